"""A Cast receiver: sessions as the web receiver's events tell them."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.native import (
    VALUES,
    events,
    hold_against_the_rules,
    payloads,
    run,
    signals,
    steps,
)
from tests.players.script import expected
from video_tracker.plan import Content
from video_tracker.players.chromecast import ChromecastAdapter
from video_tracker.players.registry import adapter_for_channels
from video_tracker.signals import Load


def check(script: str, said: str) -> ChromecastAdapter:
    adapter = ChromecastAdapter()
    assert run(adapter, script) == expected(said)
    return adapter


def sends(script: str, said: str) -> None:
    assert events(ChromecastAdapter(), script) == expected(said)


STARTS = """
    0    REQUEST_LOAD {"requestData": {"autoplay": true}}
    10   PLAYER_LOADING {"media": {"contentId": "cdn/film", "duration": 20}}
    50   PLAYER_LOAD_COMPLETE
    100  PLAY currentMediaTime=0
    110  BUFFERING isBuffering=true
    390  BUFFERING isBuffering=false
    400  PLAYING currentMediaTime=0
    650  TIME_UPDATE currentMediaTime=0.25
    1400 TIME_UPDATE currentMediaTime=1
"""
STARTED = """
    10   load duration=20
    100  play position=0
    400  playing position=0
    650  progress position=0.25
    1400 progress position=1
"""


def test_it_works_from_state_alone() -> None:
    check(
        """
        100  PLAY | currentTime=0 duration=20
        400  PLAYING | currentTime=0 duration=20
        650  TIME_UPDATE | currentTime=0.25
        1400 PAUSE | currentTime=1
        """,
        """
        100  load duration=20
        100  play position=0
        400  playing position=0
        650  progress position=0.25
        1400 pause position=1
        """,
    )


def test_a_plain_viewing() -> None:
    """S25, S31, S75: a pause with `ended` is none; what follows is told once."""
    script = (
        STARTS
        + """
        20400 TIME_UPDATE currentMediaTime=20
        20410 PAUSE {"currentMediaTime": 20, "ended": true}
        20420 ENDED currentMediaTime=20
        20430 CLIP_ENDED {"currentMediaTime": 20, "endedReason": "END_OF_STREAM"}
        20440 MEDIA_FINISHED {"currentMediaTime": 20, "endedReason": "END_OF_STREAM"}
        """
    )
    check(script, STARTED + "20400 progress position=20\n20420 content_end position=20")
    sends(
        script,
        """
        100   Playback Started position=0
        400   Content Started position=0
        20420 Content Completed position=20
        20420 Playback Completed position=20
        """,
    )


def test_a_stall_after_one_whose_end_was_lost_is_told() -> None:
    """S79: the clock ended the first; the log has no `PLAYING` and no `WAITING`."""
    check(
        STARTS
        + """
        2400 TIME_UPDATE currentMediaTime=2
        2400 BUFFERING isBuffering=true
        6400 TIME_UPDATE currentMediaTime=2.5
        7400 TIME_UPDATE currentMediaTime=3.5
        7400 BUFFERING isBuffering=true
        9900 BUFFERING isBuffering=false
        """,
        STARTED
        + """
        2400 progress position=2
        2400 buffer_start position=2
        5900 buffer_end position=2
        6400 progress position=2.5
        7400 progress position=3.5
        7400 buffer_start position=3.5
        9900 buffer_end position=3.5
        """,
    )


def test_a_pause_a_seek_and_a_stall() -> None:
    """S30, S33, S32: waiting is told twice."""
    check(
        STARTS
        + """
        2300 REQUEST_PAUSE senderId=s
        2400 PAUSE currentMediaTime=2
        3000 PLAY currentMediaTime=2
        3050 PLAYING currentMediaTime=2
        4000 REQUEST_SEEK {"requestData": {"currentTime": 12}}
        4050 SEEKING
        4300 SEEKED currentMediaTime=12
        4350 PLAYING currentMediaTime=12
        5350 TIME_UPDATE currentMediaTime=13
        5400 WAITING currentMediaTime=13
        5410 BUFFERING isBuffering=true
        7400 BUFFERING isBuffering=false
        7410 PLAYING currentMediaTime=13
        8400 TIME_UPDATE currentMediaTime=14
        """,
        STARTED
        + """
        2400 pause position=2
        3000 play position=2
        3050 playing position=2
        4050 seek_start position=2.94 to=12
        4300 seek_end position=12
        4350 playing position=12
        5350 progress position=13
        5400 buffer_start position=13
        7400 buffer_end position=13
        7410 playing position=13
        8400 progress position=14
        """,
    )


def test_two_volumes_the_rate_and_the_bit_rate() -> None:
    """S54: the stream's volume times the device's; bits per second become kbps."""
    check(
        STARTS
        + """
        2000 systemvolumechanged {"data": {"level": 0.5, "muted": false}}
        2100 REQUEST_VOLUME_CHANGE {"requestData": {"volume": {"level": 0.5}}}
        2200 MEDIA_STATUS {"mediaStatus": {"volume": {"level": 1, "muted": false}}}
        2300 systemvolumechanged {"data": {"muted": true}}
        2400 REQUEST_PLAYBACK_RATE_CHANGE {"requestData": {"relativePlaybackRate": 1.5}}
        2410 RATE_CHANGE
        2500 BITRATE_CHANGED totalBitrate=3500000
        2600 BITRATE_CHANGED totalBitrate=0
        """,
        STARTED
        + """
        2000 update sound=50
        2100 update sound=25
        2200 update sound=50
        2300 update sound=0
        2400 update playback_rate=1.5
        2500 quality bitrate=3500
        """,
    )


def test_an_error_stops_playback_but_not_one_that_is_recovered_from() -> None:
    """S76; a load that gave way to another is none."""
    check(
        STARTS
        + """
        2000 ERROR detailedErrorCode=301 severity=1
        2100 ERROR detailedErrorCode=904
        2400 ERROR detailedErrorCode=301 severity=2
        2410 MEDIA_FINISHED {"currentMediaTime": 2, "endedReason": "ERROR"}
        9000 PLAYER_LOADING {"media": {"contentId": "cdn/film"}}
        9100 PLAY currentMediaTime=2
        9200 PLAYING currentMediaTime=2
        """,
        STARTED
        + """
        2000 error reason=network loss
        2400 error fatal=True reason=network loss
        2400 interrupt method=network loss
        9100 play position=2
        9200 playing position=2
        """,
    )


def test_an_end_by_an_error_without_another_word() -> None:
    check(
        STARTS + "2400 MEDIA_FINISHED endedReason=ERROR",
        STARTED
        + "2400 error fatal=True reason=playback error\n2400 interrupt method=playback error",
    )


@pytest.mark.parametrize("reason", ["INTERRUPTED", "SKIPPED", "END_OF_STREAM"])
def test_the_next_item_of_the_queue(reason: str) -> None:
    """S24: whether the one before it ended, was skipped or gave way."""
    ended = "2400  Content Completed position=20\n" if reason == "END_OF_STREAM" else ""
    sends(
        STARTS
        + f"""
        2400 MEDIA_FINISHED {{"currentMediaTime": 20, "endedReason": "{reason}"}}
        2500 PLAYER_LOADING {{"media": {{"contentId": "cdn/next", "duration": 30}}}}
        2600 PLAY currentMediaTime=0
        2700 PLAYING currentMediaTime=0
        5700 TIME_UPDATE currentMediaTime=3
        5800 shutdown
        """,
        f"""
        100  Playback Started position=0
        400  Content Started position=0
        {ended.strip()}
        2700 Content Started position=0
        5800 Playback Exited position=23
        """.replace("\n        \n", "\n").replace("2400  ", "2400 "),
    )


def test_what_the_media_information_says_of_the_content() -> None:
    """S12, S24: an address is no id; what comes in parts is told as a whole, and once."""
    adapter = ChromecastAdapter()
    loads = [
        signal.content
        for signal in signals(
            adapter,
            """
            10   PLAYER_LOADING {"media": {"contentId": "e7", "metadata": {"title": "Seven", "season": 2, "episode": 7, "seriesTitle": "Numbers"}}}
            20   MEDIA_STATUS {"mediaStatus": {"media": {"contentId": "e7", "metadata": {"studio": "S"}}}}
            30   MEDIA_STATUS {"mediaStatus": {"media": {"contentId": "e7"}}}
            100  PLAY currentMediaTime=0
            400  PLAYING currentMediaTime=0
            9000 PLAYER_LOADING {"media": {"contentId": "e8", "metadata": {"title": "Eight"}}}
            """,  # noqa: E501
        )
        if isinstance(signal, Load)
    ]
    seven = Content(asset_id="e7", title="Seven", program="Numbers", season="2", episode="7")
    assert loads == [
        seven,
        attrs.evolve(seven, publisher="S"),
        Content(asset_id="e8", title="Eight"),
    ]


def test_a_live_stream() -> None:
    """S6, S8: its window's end is the edge."""
    check(
        """
        10   PLAYER_LOADING {"media": {"contentId": "cdn/tv", "streamType": "LIVE", "duration": -1}}
        100  PLAY currentMediaTime=50
        400  PLAYING currentMediaTime=50
        1400 LIVE_IS_MOVING_WINDOW_CHANGED {"liveSeekableRange": {"start": 0, "end": 60}}
        2400 TIME_UPDATE currentMediaTime=52
        """,
        """
        10   load livestream=True
        100  play position=50
        400  playing position=50
        1400 update live_edge=60
        2400 progress position=52
        """,
    )


BREAKS = """
    0    PLAYER_LOADING {"media": {"contentId": "cdn/film", "duration": 20, "breaks": [
         {"id": "pre", "position": 0, "breakClipIds": ["a", "b"]},
         {"id": "mid", "position": 5, "breakClipIds": ["c"]},
         {"id": "post", "position": -1, "breakClipIds": ["d"]}],
         "breakClips": [{"id": "a", "duration": 4}, {"id": "b", "duration": 6},
         {"id": "c", "duration": 3}, {"id": "d", "duration": 3}]}}
""".replace("\n         ", " ")


def test_content_that_shows_before_its_pre_roll_is_a_flash() -> None:
    """S73: the media information says that a break comes first."""
    sends(
        BREAKS
        + """
        100  PLAY currentMediaTime=0
        200  PLAYING currentMediaTime=0
        260  TIME_UPDATE currentMediaTime=0.05
        270  BREAK_STARTED breakId=pre
        500  BREAK_CLIP_STARTED breakId=pre breakClipId=a index=1 total=2
        4500 BREAK_CLIP_ENDED breakClipId=a endedReason=END_OF_STREAM
        4550 BREAK_ENDED breakId=pre
        4600 PLAYING currentMediaTime=0
        5600 TIME_UPDATE currentMediaTime=1
        5700 shutdown
        """,
        """
        100  Playback Started position=0
        500  Ad Started position=0
        4500 Ad Completed position=4
        4600 Content Started position=0
        5700 Playback Exited position=5
        """,
    )


EMBEDDED = """
    0     PLAYER_LOADING {"media": {"contentId": "cdn/film", "duration": 26, "breaks": [{"id": "m", "position": 10, "isEmbedded": true, "breakClipIds": ["a", "b"]}], "breakClips": [{"id": "a", "duration": 3}, {"id": "b", "duration": 3}]}}
    100   PLAY currentMediaTime=0
    400   PLAYING currentMediaTime=0
    9400  TIME_UPDATE currentMediaTime=9
    10400 BREAK_STARTED breakId=m
    10400 BREAK_CLIP_STARTED breakId=m breakClipId=a index=1 total=2
    10650 TIME_UPDATE currentMediaTime=10.25
    12400 TIME_UPDATE currentMediaTime=12
    13400 BREAK_CLIP_ENDED breakClipId=a endedReason=END_OF_STREAM
    13400 BREAK_CLIP_STARTED breakId=m breakClipId=b index=2 total=2
    13650 TIME_UPDATE currentMediaTime=13.25
    16400 BREAK_CLIP_ENDED breakClipId=b endedReason=END_OF_STREAM
    16400 BREAK_ENDED breakId=m
    16650 TIME_UPDATE currentMediaTime=16.25
    17400 TIME_UPDATE currentMediaTime=17
"""  # noqa: E501


def test_breaks_embedded_in_the_stream() -> None:
    """S9: the clip's clock runs through them; positions and lengths are the content's."""
    check(
        EMBEDDED,
        """
        0     load positions=content
        0     load duration=20
        100   play position=0
        400   playing position=0
        9400  progress position=9
        10400 progress position=10
        10400 ad_break_start pod_id=m placement=mid offset=10 ads=2
        10400 ad_start asset_id=a pod_position=1 duration=3
        10650 ad_progress position=0.25
        12400 ad_progress position=2
        13400 ad_end asset_id=a
        13400 ad_start asset_id=b pod_position=2 duration=3
        13650 ad_progress position=0.25
        16400 ad_end asset_id=b
        16400 ad_break_end
        16400 playing position=10
        16650 progress position=10.25
        17400 progress position=11
        """,
    )


LATE = "5400 TIME_UPDATE currentMediaTime=5"


@pytest.mark.parametrize("first", [16650, 17400, 18900, 21400])
def test_content_goes_on_where_the_stream_left_its_ads_whenever_that_is_heard(first: int) -> None:
    """S79: its first place says since when; the stream plays on without a word."""
    told = "\n".join(line for line in EMBEDDED.splitlines() if not line.strip().startswith("17400"))
    told = told.replace("16650 TIME_UPDATE currentMediaTime=16.25", "")
    shows = (first - 400) / 1000

    said = events(ChromecastAdapter(), told + f"{first} TIME_UPDATE currentMediaTime={shows}")

    assert "16400 Content Started position=10" in said


def test_a_breaks_start_says_where_the_content_stopped() -> None:
    """S79, S83: also where the clock was last told long before it."""
    script = EMBEDDED.replace(
        "9400  TIME_UPDATE currentMediaTime=9", "5400 TIME_UPDATE currentMediaTime=5"
    )
    script = script.replace(
        "BREAK_STARTED breakId=m", "BREAK_STARTED breakId=m currentMediaTime=10", 1
    )

    said = run(ChromecastAdapter(), script)

    assert said[4:7] == expected(
        """
        5400  progress position=5
        10400 progress position=10
        10400 ad_break_start pod_id=m placement=mid offset=10 ads=2
        """
    )
    assert "10650 ad_progress position=0.25" in said


@pytest.mark.parametrize("lost", ["BREAK_ENDED", "16400 BREAK_"])
def test_a_break_in_the_stream_whose_clips_have_no_lengths_ends_without_a_word(lost: str) -> None:
    """S62, S81: its clips' own words say how long they are; the stream runs on beyond them."""
    told = EMBEDDED.replace(', "duration": 3}', "}").replace("index=2", "index=2 duration=3")
    told = "\n".join(line for line in told.splitlines() if lost not in line)

    said = events(ChromecastAdapter(), told + "\n19400 TIME_UPDATE currentMediaTime=19")

    ended = [line for line in said if line.startswith("16400") and "Ad Playing" not in line]
    assert ended == ["16400 Ad Completed position=3", "16400 Content Started position=10"]


def test_failed_and_stopped_clips() -> None:
    """S13, S71, S72: one that never moved, and one that was cut off."""
    check(
        BREAKS
        + """
        100  PLAY currentMediaTime=0
        150  BREAK_STARTED breakId=pre
        200  BREAK_CLIP_LOADING breakClipId=a
        300  ERROR detailedErrorCode=901 severity=2
        400  BREAK_CLIP_STARTED breakId=pre breakClipId=b index=2 total=2
        1400 TIME_UPDATE currentMediaTime=1
        1500 BREAK_CLIP_ENDED breakClipId=b endedReason=STOPPED
        1600 BREAK_CLIP_STARTED breakId=pre breakClipId=x index=3 total=3
        1700 BREAK_CLIP_ENDED breakClipId=x endedReason=ERROR
        1800 BREAK_ENDED breakId=pre
        """,
        """
        0    load duration=20
        100  play position=0
        150  ad_break_start pod_id=pre placement=pre ads=2
        300  ad_error reason=Cast error 901 asset_id=a
        400  ad_start asset_id=b pod_position=2 duration=6
        1400 ad_progress position=1
        1500 ad_end position=1 asset_id=b
        1600 ad_start asset_id=x pod_position=3
        1700 ad_error reason=ad error asset_id=x
        1800 ad_break_end
        """,
    )


def test_a_late_status_of_a_clip_that_has_ended_starts_no_other_ad() -> None:
    """S78: the word of one that has ended; another clip's status starts that one (S83)."""
    check(
        BREAKS
        + """
        100  PLAY currentMediaTime=0
        150  BREAK_STARTED breakId=pre
        300  BREAK_CLIP_STARTED breakId=pre breakClipId=a index=1 total=2
        4300 BREAK_CLIP_ENDED breakClipId=a endedReason=END_OF_STREAM
        4310 MEDIA_STATUS {"mediaStatus": {"breakStatus":
             {"breakId": "pre", "breakClipId": "a", "currentBreakClipTime": 4}}}
        5500 MEDIA_STATUS {"mediaStatus": {"breakStatus":
             {"breakId": "pre", "breakClipId": "b", "currentBreakClipTime": 1}}}
        """.replace("\n             {", " {"),
        """
        0    load duration=20
        100  play position=0
        150  ad_break_start pod_id=pre placement=pre ads=2
        300  ad_start asset_id=a pod_position=1 duration=4
        4300 ad_end asset_id=a
        4500 ad_start asset_id=b pod_position=2 duration=6
        """,
    )


def test_leaving_in_a_break() -> None:
    """S26; a new load begins anew."""
    check(
        BREAKS
        + """
        100  PLAY currentMediaTime=0
        150  BREAK_STARTED breakId=pre
        300  BREAK_CLIP_STARTED breakId=pre breakClipId=a index=1 total=2
        900  MEDIA_FINISHED endedReason=STOPPED
        910  BREAK_CLIP_ENDED breakClipId=a endedReason=STOPPED
        920  BREAK_ENDED breakId=pre
        5000 PLAYER_LOADING {"media": {"contentId": "cdn/other"}}
        5100 PLAY currentMediaTime=0
        """,
        """
        0    load duration=20
        100  play position=0
        150  ad_break_start pod_id=pre placement=pre ads=2
        300  ad_start asset_id=a pod_position=1 duration=4
        900  exit
        5100 play position=0
        """,
    )


def test_a_screen_that_is_switched_away_pauses() -> None:
    """S77."""
    adapter = ChromecastAdapter()
    run(
        adapter,
        STARTS
        + '2000 visibilitychanged {"data": {"isVisible": false}}\n2050 PAUSE currentMediaTime=1.6',
    )
    assert adapter.notes == {"pause: background": 1}


def test_the_channels_of_a_log_name_it() -> None:
    assert adapter_for_channels({"cast", "page"}) == "chromecast"
    check("100 cast:PLAY currentMediaTime=0", "100 play position=0")


_MEDIA = st.fixed_dictionaries(
    {
        "contentId": VALUES,
        "streamType": st.sampled_from(["LIVE", "BUFFERED", "NONE", 3]),
        "duration": VALUES,
        "breaks": st.lists(
            st.fixed_dictionaries(
                {"id": VALUES, "position": VALUES, "isEmbedded": VALUES, "breakClipIds": VALUES}
            ),
            max_size=2,
        ),
        "breakClips": st.lists(
            st.fixed_dictionaries({"id": VALUES, "duration": VALUES}), max_size=2
        ),
    }
)
_SAID = st.tuples(
    steps(),
    st.sampled_from(list(ChromecastAdapter.vocabulary)),
    payloads("currentTime", "duration", "paused", "ended"),
    st.one_of(
        payloads("currentMediaTime", "ended", "isBuffering", "totalBitrate", "mediaStatus", "data"),
        payloads("breakId", "breakClipId", "index", "total", "requestData", "liveSeekableRange"),
        st.fixed_dictionaries(
            {
                "media": _MEDIA,
                "endedReason": st.sampled_from(
                    ["END_OF_STREAM", "ERROR", "STOPPED", "SKIPPED", "INTERRUPTED", "BREAK_SWITCH"]
                ),
                "currentMediaTime": VALUES,
                "breakClipId": VALUES,
                "severity": VALUES,
            }
        ),
    ),
)


@given(st.lists(_SAID, max_size=40))
def test_any_callbacks_in_any_order_keep_the_rules(said: list[tuple[Any, ...]]) -> None:
    """S60, S20."""
    hold_against_the_rules(ChromecastAdapter(), said)
