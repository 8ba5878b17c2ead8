"""Bitmovin Player 8: sessions as its web SDK tells them, signal by signal and event by event."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.native import (
    VALUES,
    callback,
    events,
    hold_against_the_rules,
    payloads,
    run,
    steps,
)
from tests.players.script import expected
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings
from video_tracker.players.bitmovin import BitmovinAdapter
from video_tracker.players.registry import find_adapter


def check(script: str, signals: str) -> BitmovinAdapter:
    adapter = BitmovinAdapter()
    assert run(adapter, script) == expected(signals)
    return adapter


def sends(script: str, said: str, plan: SessionPlan | None = None) -> None:
    assert events(BitmovinAdapter(), script, plan) == expected(said)


STARTS = """
    0    ready | duration=20
    5    sourceloaded | duration=20
    100  play time=0 issuer=ui
    400  playing time=0 issuer=ui
    650  timechanged time=0.25
    1400 timechanged time=1
"""
STARTED = """
    0    load duration=20
    100  play position=0
    400  playing position=0
    650  progress position=0.25
    1400 progress position=1
"""


def test_it_works_from_state_alone_as_from_detail_alone() -> None:
    """The application may log what it asked the player for instead of the event's own fields."""
    check(
        """
        100  play | currentTime=0 duration=20
        400  playing | currentTime=0 duration=20
        650  timechanged | currentTime=0.25 duration=20
        1400 paused | currentTime=1 paused=true
        """,
        """
        100  load duration=20
        100  play position=0
        400  playing position=0
        650  progress position=0.25
        1400 pause position=1
        """,
    )


def test_names_of_the_constants_and_of_the_callbacks_are_the_same() -> None:
    """Logs name callbacks by value (`timechanged`) or by constant (`PlayerEvent.TimeChanged`)."""
    check(
        "100 PlayerEvent.Play time=0\n400 Playing time=0\n900 PlayerEvent.TimeChanged time=0.5",
        "100 play position=0\n400 playing position=0\n900 progress position=0.5",
    )


def test_a_seek_that_is_told_again_and_again_is_one() -> None:
    """S33: `seek` comes periodically while the viewer scrubs."""
    check(
        STARTS
        + """
        2400 seek position=2 seekTarget=5 issuer=ui
        2500 seek position=2 seekTarget=9 issuer=ui
        3000 seeked
        3100 playing time=9
        4000 timechanged time=10
        """,
        STARTED
        + """
        2400 seek_start position=2 to=5
        2500 seek_start position=2 to=9
        3000 seek_end position=9
        3100 playing position=9
        4000 progress position=10
        """,
    )


def test_the_seek_bars_own_pause_is_none() -> None:
    """S30: the user interface pauses for a scrub and plays on after it (issuer `ui-seek`)."""
    scrub = """
        2400 paused time=2 issuer=ui-seek
        3400 seek position=2 seekTarget=12 issuer=ui
        3600 seeked
        3610 play time=12 issuer=ui-seek
        3650 playing time=12
        4650 timechanged time=13
    """
    check(
        STARTS + scrub,
        STARTED
        + """
        2400 seek_start position=2
        3400 seek_start position=2 to=12
        3600 seek_end position=12
        3650 playing position=12
        4650 progress position=13
        """,
    )
    sends(
        STARTS + scrub + "5000 destroy",
        """
        100  Playback Started position=0
        400  Content Started position=0
        2400 Playback Seek Started position=2
        3600 Playback Seek Completed position=12
        5000 Playback Exited position=13
        """,
    )


def test_a_scrub_that_leads_nowhere_ends_where_it_began() -> None:
    """S33: started and completed come in pairs."""
    check(
        STARTS + "2400 paused time=2 issuer=ui-seek\n3000 play time=2 issuer=ui-seek",
        STARTED + "2400 seek_start position=2\n3000 seek_end position=2",
    )


def test_a_stall() -> None:
    """S32; what comes before the first frame is the start's (S25)."""
    check(
        """
        100  play time=0
        150  stallstarted
        380  stallended
        400  playing time=0
        2400 timechanged time=2
        2500 stallstarted
        4500 stallended
        4800 timechanged time=2.4
        """,
        """
        100  play position=0
        400  playing position=0
        2400 progress position=2
        2500 buffer_start position=2
        4500 buffer_end position=2
        4800 progress position=2.4
        """,
    )


def test_volume_counts_to_a_hundred() -> None:
    """S54: muted is 0, and unmuted is what it was."""
    check(
        STARTS
        + """
        2000 volumechanged sourceVolume=100 targetVolume=40
        2100 muted issuer=ui
        2200 unmuted issuer=ui
        2300 volumechanged targetVolume=1
        2400 volumechanged targetVolume=900
        """,
        STARTED
        + """
        2000 update sound=40
        2100 update sound=0
        2200 update sound=40
        2300 update sound=1
        2400 update sound=100
        """,
    )


def test_muted_is_silent_whatever_the_volume() -> None:
    check(STARTS + "2100 muted", STARTED + "2100 update sound=0")


def test_speed_full_screen_and_quality() -> None:
    """S54: bits per second become kbps; only the picture that shows counts."""
    check(
        STARTS
        + """
        2000 playbackspeedchanged from=1 to=1.5
        2100 viewmodechanged from=inline to=fullscreen
        2200 viewmodechanged from=fullscreen to=pictureinpicture
        2300 videodownloadqualitychanged {"targetQuality": {"bitrate": 9000000}}
        2400 videoplaybackqualitychanged {"targetQuality": {"id": "1", "bitrate": 2500000, "height": 720, "frameRate": 25}}
        """,  # noqa: E501
        STARTED
        + """
        2000 update playback_rate=1.5
        2100 update full_screen=True
        2200 update full_screen=False
        2400 quality bitrate=2500 framerate=25 quality=720p
        """,
    )


def test_a_fatal_error_stops_playback_and_a_retry_goes_on() -> None:
    """S76: Bitmovin's errors are fatal at once; what failed and is loaded again goes on."""
    check(
        STARTS
        + """
        2400 error code=1402 name=NETWORK_SEGMENT_DOWNLOAD_TIMEOUT
        2410 sourceunloaded
        9000 sourceloaded
        9010 play time=0
        9200 playing time=2
        """,
        STARTED
        + """
        2400 error fatal=True reason=network loss
        2400 interrupt method=network loss
        9010 play position=0
        9200 playing position=2
        """,
    )


def test_a_warning_is_counted_and_no_more() -> None:
    """S60."""
    adapter = check(STARTS + "2400 warning code=1301 name=W message=m", STARTED)
    reason = "warning: playback goes on; what stops it is an `error`"
    assert adapter.ignored == {reason: 1}


def test_the_next_source_is_the_next_item() -> None:
    """S24."""
    script = (
        STARTS
        + """
        20400 timechanged time=20
        20410 playbackfinished
        20500 sourceunloaded
        20700 sourceloaded | duration=30
        20710 play time=0
        20900 playing time=0
        21900 timechanged time=1
        22000 page:pagehide
        """
    )
    check(
        script,
        STARTED
        + """
        20400 progress position=20
        20410 content_end position=20
        20700 load next_item=True
        20700 load duration=30
        20710 play position=0
        20900 playing position=0
        21900 progress position=1
        22000 exit position=1.1
        """,
    )
    sends(
        script,
        """
        100   Playback Started position=0
        400   Content Started position=0
        20410 Content Completed position=20
        20900 Content Started position=0
        22000 Playback Exited position=21
        """,
    )


def test_a_playlists_transition_is_the_next_item() -> None:
    """S24: the other SDKs have a playlist of their own."""
    check(
        STARTS + "2400 playlisttransition\n2500 play time=0\n2600 playing time=0",
        STARTED
        + """
        2400 progress position=2
        2400 load next_item=True
        2500 play position=0
        2600 playing position=0
        """,
    )


def test_a_live_streams_clock_is_unix_time_and_its_shifts_are_seeks() -> None:
    """S6, S8: a shift may be told as an offset from the edge, zero or negative."""
    check(
        """
        100  play time=1790000000
        400  playing time=1790000000 | duration=Infinity
        1400 timechanged time=1790000001 | timeShift=-4
        1500 timeshift position=0 target=-60
        1900 timeshifted
        1950 playing time=1789999941
        2950 timechanged time=1789999942
        """,
        """
        100  load livestream=True
        100  update start_date=0
        100  play position=1790000000
        400  playing position=1790000000
        1400 update live_edge=1790000005
        1400 progress position=1790000001
        1500 seek_start position=1790000001 to=1789999941
        1900 seek_end position=1789999941
        1950 playing position=1789999941
        2950 progress position=1789999942
        """,
    )


def test_a_live_streams_length_is_none() -> None:
    """S6: `Infinity` says live."""
    check(
        "0 sourceloaded | duration=Infinity\n100 play time=5\n400 playing time=5",
        "0 load livestream=True\n100 play position=5\n400 playing position=5",
    )


PRE_ROLL = """
    0    admanifestloaded
    5    sourceloaded | duration=20
    100  play time=0 issuer=ui
    120  paused time=0 issuer=advertising-api
    150  adbreakstarted {"adBreak": {"id": "b1", "scheduleTime": 0, "position": "pre", "ads": [{"id": "a1"}, {"id": "a2"}]}}
    300  adstarted {"ad": {"id": "a1", "isLinear": true, "duration": 5}}
    1300 timechanged time=1
    1550 adquartile quartile=firstQuartile
    5300 timechanged time=5
    5310 adfinished {"ad": {"id": "a1"}}
    5500 adstarted {"ad": {"id": "a2", "isLinear": true, "duration": 4}}
    7500 timechanged time=2
    7600 adskipped {"ad": {"id": "a2"}}
    7700 restoringcontent
    7900 adbreakfinished {"adBreak": {"id": "b1"}}
    8000 playing time=0
    9000 timechanged time=1
"""  # noqa: E501


def test_a_pre_roll_pod_with_a_skip() -> None:
    """S31, S13: the ads' pause is none; the clock in the break is the ads'."""
    check(
        PRE_ROLL,
        """
        5    load duration=20
        100  play position=0
        150  ad_break_start pod_id=b1 placement=pre ads=2
        300  ad_start asset_id=a1 pod_position=1 duration=5
        1300 ad_progress position=1
        5300 ad_progress position=5
        5310 ad_end asset_id=a1
        5500 ad_start asset_id=a2 pod_position=2 duration=4
        7500 ad_progress position=2
        7600 ad_skip position=2
        7900 ad_break_end
        8000 playing position=0
        9000 progress position=1
        """,
    )


def test_a_pause_that_no_break_follows_is_the_viewers() -> None:
    """S31: let go after 0.25 s at most, with its own time."""
    adapter = BitmovinAdapter()
    said = [callback(line, "bitmovin") for line in expected(STARTS + "2400 paused time=2")]
    for one in said[:-1]:
        adapter.translate(one)
    assert adapter.translate(said[-1]) == ()
    due = adapter.wake_at()
    assert due == said[-1].at + 0.25
    assert [signal.at for signal in adapter.flush(due)] == [said[-1].at]
    assert adapter.wake_at() is None


def test_a_break_without_ads_parts_no_content() -> None:
    """S4, S71: what never moves was no ad; a failed one is counted."""
    script = (
        STARTS
        + """
        5400 timechanged time=5
        5500 adbreakstarted {"adBreak": {"id": "b2", "scheduleTime": 5}}
        6000 aderror code=1101 message=timeout
        6100 adbreakfinished
        6200 playing time=5
        7200 timechanged time=6
        """
    )
    check(
        script,
        STARTED
        + """
        5400 progress position=5
        5500 progress position=5.1
        6000 ad_error reason=timeout
        6100 ad_break_end lasted=0.6
        6200 playing position=5
        7200 progress position=6
        """,
    )
    sends(
        script + "8000 destroy",
        """
        100  Playback Started position=0
        400  Content Started position=0
        8000 Playback Exited position=6
        """,
    )


def test_an_ad_that_fails_after_its_start_gives_way_to_the_next() -> None:
    """S13."""
    check(
        STARTS
        + """
        5500 adbreakstarted {"adBreak": {"id": "b2", "scheduleTime": 5, "ads": [{"id": "a"}, {"id": "b"}]}}
        6000 adstarted {"ad": {"id": "a", "duration": 9}}
        7000 timechanged time=1
        7100 aderror code=1002 message=decode
        7300 adstarted {"ad": {"id": "b", "duration": 4}}
        11300 adfinished {"ad": {"id": "b"}}
        11400 adbreakfinished
        """,  # noqa: E501
        STARTED
        + """
        5500 progress position=2
        5500 ad_break_start pod_id=b2 placement=mid offset=5 ads=2
        6000 ad_start asset_id=a pod_position=1 duration=9
        7000 ad_progress position=1
        7100 ad_error reason=decode asset_id=a
        7300 ad_start asset_id=b pod_position=2 duration=4
        11300 ad_end asset_id=b
        11400 ad_break_end
        """,
    )


def test_an_ad_started_twice_is_one_and_one_whose_end_is_lost_ends_with_the_next() -> None:
    """S62."""
    check(
        STARTS
        + """
        5500 adbreakstarted {"adBreak": {"id": "b2"}}
        6000 adstarted {"ad": {"id": "a", "duration": 3}}
        6010 adstarted {"ad": {"id": "a", "duration": 3}}
        9000 adstarted {"ad": {"id": "b", "duration": 3}}
        9010 adclicked clickThroughUrl=x
        9100 adfinished {"ad": {"id": "a"}}
        12000 adbreakfinished
        12010 adclicked
        """,
        STARTED
        + """
        5500 progress position=2
        5500 ad_break_start pod_id=b2
        6000 ad_start asset_id=a pod_position=1 duration=3
        9000 ad_start asset_id=b pod_position=2 duration=3
        9010 ad_click
        12000 ad_break_end
        """,
    )


def test_quartiles_tell_of_an_ad_whose_clock_is_not_heard() -> None:
    """S45, S72: not when they burst in without the time to play it."""
    check(
        """
        100  play time=0
        150  adbreakstarted {"adBreak": {"id": "b1", "scheduleTime": 0}}
        300  adstarted {"ad": {"id": "a", "duration": 8}}
        2300 adquartile quartile=firstQuartile
        2310 adquartile quartile=midpoint
        2320 adquartile quartile=thirdQuartile
        8300 adfinished {"ad": {"id": "a"}}
        """,
        """
        100  play position=0
        150  ad_break_start pod_id=b1
        300  ad_start asset_id=a pod_position=1 duration=8
        2300 ad_progress position=2
        2310 ad_progress position=4
        8300 ad_end asset_id=a
        """,
    )


def test_an_overlay_stops_nothing() -> None:
    check(
        STARTS
        + """
        2000 overlayadstarted {"ad": {"id": "o", "isLinear": false}}
        2100 adstarted {"ad": {"id": "o", "isLinear": false}}
        2400 timechanged time=2
        """,
        STARTED + "2400 progress position=2",
    )


def test_an_overlay_before_the_content_ends_the_break_that_only_it_filled() -> None:
    """S10, S31: the content plays under it."""
    check(
        """
        100  play time=0
        110  adbreakstarted {"adBreak": {"id": "b1", "position": "pre"}}
        120  adstarted {"ad": {"id": "o", "isLinear": false}}
        400  playing time=0
        650  timechanged time=0.25
        1400 timechanged time=1
        """,
        """
        100  play position=0
        110  ad_break_start pod_id=b1 placement=pre
        120  ad_break_end
        400  playing position=0
        650  progress position=0.25
        1400 progress position=1
        """,
    )


def test_a_plans_own_ids_win() -> None:
    """S12: the break is found by its place."""
    ads = (Ad(asset_id="plan-ad", duration=3),)
    plan = SessionPlan(
        user_id="u",
        contents=(Content(asset_id="film", duration=20),),
        ad_breaks=(AdBreak(at=5.0, ads=ads),),
        settings=Settings(**BitmovinAdapter.settings),
    )
    sends(
        STARTS
        + """
        5400 timechanged time=5
        5500 adbreakstarted {"adBreak": {"id": "b2", "scheduleTime": 5}}
        6000 adstarted {"ad": {"isLinear": true}}
        9000 adfinished
        9100 adbreakfinished
        9200 playing time=5
        9300 destroy
        """,
        """
        100  Playback Started position=0
        400  Content Started position=0
        5500 Content Completed position=5
        6000 Ad Started position=0
        9000 Ad Completed position=3
        9200 Content Started position=5
        9300 Playback Exited position=8
        """,
        plan,
    )


def test_an_error_of_the_player_in_a_break_ends_it() -> None:
    check(
        """
        100 play time=0
        150 adbreakstarted {"adBreak": {"id": "b1", "scheduleTime": 0}}
        900 error code=1301 name=PLAYBACK_VIDEO_DECODING_ERROR
        """,
        """
        100 play position=0
        150 ad_break_start pod_id=b1
        900 ad_error reason=PLAYBACK_VIDEO_DECODING_ERROR
        900 ad_break_end
        900 error fatal=True reason=PLAYBACK_VIDEO_DECODING_ERROR
        900 interrupt method=PLAYBACK_VIDEO_DECODING_ERROR
        """,
    )


def test_leaving_in_a_break_has_no_content_position_and_nothing_comes_after() -> None:
    """S26: the last twitches of a page are none of a new session."""
    check(
        """
        100 play time=0
        150 adbreakstarted {"adBreak": {"id": "b1", "scheduleTime": 0}}
        300 adstarted {"ad": {"id": "a", "duration": 8}}
        900 page:pagehide
        910 adfinished {"ad": {"id": "a"}}
        920 adbreakfinished
        930 adstarted {"ad": {"id": "b"}}
        940 destroy
        """,
        """
        100 play position=0
        150 ad_break_start pod_id=b1
        300 ad_start asset_id=a pod_position=1 duration=8
        900 exit
        """,
    )


def test_hiding_the_page_pauses() -> None:
    """S77: noted as the browser's."""
    adapter = BitmovinAdapter()
    run(
        adapter,
        STARTS + "2000 page:visibilitychange | hidden=true\n2050 paused time=1.6 issuer=api",
    )
    assert adapter.notes == {"pause: background": 1}


def test_the_elements_own_events_are_echoes() -> None:
    """S61: the player says everything itself."""
    adapter = check(STARTS + "2000 html5:timeupdate | currentTime=1.6", STARTED)
    assert adapter.ignored == {"timeupdate: the player says it itself": 1}


_SAID = st.tuples(
    steps(),
    st.sampled_from(list(BitmovinAdapter.vocabulary)),
    payloads("currentTime", "duration", "paused", "ended", "isLive", "src", "muted", "volume"),
    st.one_of(
        payloads("time", "issuer", "position", "seekTarget", "target", "to", "code", "name"),
        payloads("ad", "adBreak", "quartile", "indexInQueue", "duration", "targetQuality"),
        st.fixed_dictionaries(
            {
                "ad": payloads("id", "duration", "isLinear"),
                "adBreak": payloads("id", "scheduleTime", "position", "ads"),
                "time": VALUES,
            }
        ),
    ),
)


@given(st.lists(_SAID, max_size=40))
def test_any_callbacks_in_any_order_keep_the_rules(said: list[tuple[Any, ...]]) -> None:
    """S60, S20."""
    hold_against_the_rules(BitmovinAdapter(), said)


def test_the_elements_clock_counts_where_the_players_own_is_missing() -> None:
    """A log without `timechanged`, which comes too often for some; after 2 s without one."""
    check(
        """
        100  play time=0
        400  playing time=0
        1400 html5:timeupdate | currentTime=1 duration=20
        2500 html5:timeupdate | currentTime=2.1 duration=20
        3500 html5:timeupdate | currentTime=3.1 duration=20
        3510 paused time=3.11 issuer=ui
        3520 html5:timeupdate | currentTime=3.11 paused=true
        """,
        """
        100  play position=0
        400  playing position=0
        1400 load duration=20
        2500 progress position=2.1
        3500 progress position=3.1
        3510 pause position=3.11
        """,
    )


@pytest.mark.parametrize("player", ["bitmovin", "chromecast", "theoplayer"])
def test_the_elements_clock_alone_joins_a_playback_two_seconds_after_it_is_first_heard(
    player: str,
) -> None:
    """S83: attached in mid-play, where the player's own clock is not logged."""
    assert run(
        find_adapter(player)(),
        """
        1000 html5:timeupdate | currentTime=40 duration=60
        2000 html5:timeupdate | currentTime=41 duration=60
        3250 html5:timeupdate | currentTime=42.25 duration=60
        3500 html5:timeupdate | currentTime=42.5 duration=60
        """,
    ) == expected(
        """
        1000 load duration=60
        3250 play position=42.25
        3250 playing position=42.25
        3500 progress position=42.5
        """
    )


def test_the_same_source_again_is_the_same_content_and_another_is_not() -> None:
    """S24: where the log says which file it is."""
    check(
        """
        0    sourceloaded | duration=20 src=a.m3u8
        100  play time=0
        400  playing time=0
        2400 sourceunloaded
        2500 sourceloaded | duration=20 src=a.m3u8
        2600 playing time=2
        4600 sourceunloaded
        4700 sourceloaded | duration=30 src=b.m3u8
        4800 play time=0
        """,
        """
        0    load duration=20
        100  play position=0
        400  playing position=0
        2400 progress position=1
        2600 playing position=2
        4600 progress position=3
        4700 load next_item=True
        4700 load duration=30
        4800 play position=0
        """,
    )


def test_what_belongs_to_a_break_while_it_lasts() -> None:
    """S31, S70: seeks, sources and stalls of the ads are not the content's."""
    check(
        STARTS
        + """
        2000 adbreakstarted {"adBreak": {"id": "x", "position": "post", "scheduleTime": "Infinity"}}
        2050 adbreakstarted {"adBreak": {"id": "x", "ads": [{"id": "a"}]}}
        2100 adstarted {"ad": {"id": "a", "duration": 9}, "indexInQueue": 2}
        2200 sourceunloaded
        2300 sourceloaded | duration=9
        2400 seek position=0 seekTarget=5
        2500 seeked
        3100 timechanged time=1
        3200 stallstarted
        4200 stallended
        4300 playbackfinished
        4400 adlinearitychanged isLinear=false
        4500 videoplaybackqualitychanged {"targetQuality": {"bitrate": 1000}}
        4600 adbreakstarted {"adBreak": {"id": "y", "scheduleTime": 1.6}}
        4700 adstarted {"ad": {"id": "b", "duration": 9}}
        """,
        STARTED
        + """
        2000 progress position=1.6
        2000 ad_break_start pod_id=x placement=post ads=1
        2100 ad_start asset_id=a pod_position=3 duration=9
        3100 ad_progress position=1
        3200 buffer_start position=1
        4200 buffer_end position=1
        4600 ad_break_end
        4600 ad_break_start pod_id=y placement=mid offset=1.6
        4700 ad_start asset_id=b pod_position=1 duration=9
        """,
    )
