"""THEOplayer: sessions as its events tell them, signal by signal and event by event."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.native import events, hold_against_the_rules, payloads, run, signals, steps
from tests.players.script import expected
from video_tracker.plan import Content
from video_tracker.players.theoplayer import TheoplayerAdapter
from video_tracker.signals import Load


def check(script: str, said: str) -> TheoplayerAdapter:
    adapter = TheoplayerAdapter()
    assert run(adapter, script) == expected(said)
    return adapter


def sends(script: str, said: str) -> None:
    assert events(TheoplayerAdapter(), script) == expected(said)


STARTS = """
    0    sourcechange {"source": {"sources": [{"src": "a.m3u8"}]}}
    20   durationchange duration=20
    30   loadedmetadata
    100  play currentTime=0
    400  playing currentTime=0
    650  timeupdate currentTime=0.25
    1400 timeupdate currentTime=1
"""
STARTED = """
    20   load duration=20
    100  play position=0
    400  playing position=0
    650  progress position=0.25
    1400 progress position=1
"""


def test_it_works_from_state_alone() -> None:
    check(
        """
        100  play | currentTime=0 duration=20 volume=0.5
        400  playing | currentTime=0 duration=20 volume=0.5
        650  timeupdate | currentTime=0.25 paused=false
        900  volumechange | volume=0.5 muted=true
        1400 pause | currentTime=1 paused=true
        """,
        """
        100  load duration=20
        100  update sound=50
        100  play position=0
        400  playing position=0
        650  progress position=0.25
        900  update sound=0
        1400 pause position=1
        """,
    )


def test_names_with_the_part_that_fired_them() -> None:
    """S60: `ads:adbegin` and `adbegin`, `activequalitychanged` of a video track."""
    check(
        STARTS
        + """
        2000 presentation:presentationmodechange presentationMode=fullscreen
        2100 activequalitychanged {"quality": {"bandwidth": 800000, "height": 360, "frameRate": 25}}
        2200 representationchange {"representation": {"bandwidth": 800000, "height": 360, "frameRate": 25}}
        2300 activequalitychanged {"quality": {"bandwidth": 128000}}
        """.replace("presentation:p", "theoplayer:p"),  # noqa: E501
        STARTED
        + """
        2000 update full_screen=True
        2100 quality bitrate=800 framerate=25 quality=360p
        """,
    )


def test_volume_is_a_fraction_and_the_rate_a_factor() -> None:
    """S54."""
    check(
        STARTS
        + """
        2000 volumechange volume=0.4
        2100 volumechange volume=0.4 | muted=true
        2200 ratechange playbackRate=2
        2300 volumechange volume=7 | muted=false
        """,
        STARTED
        + """
        2000 update sound=40
        2100 update sound=0
        2200 update playback_rate=2
        2300 update sound=100
        """,
    )


def test_an_error_stops_playback_but_not_one_of_subtitles() -> None:
    """S76."""
    adapter = check(
        STARTS
        + """
        2000 error {"errorObject": {"code": 8000, "category": 8, "message": "no subtitles"}}
        2100 error {"errorObject": {"code": 11000}}
        2400 error {"errorObject": {"code": 6000, "category": 6, "message": "timeout"}}
        """,
        STARTED
        + """
        2400 error fatal=True reason=network loss
        2400 interrupt method=network loss
        """,
    )
    assert sum(adapter.ignored.values()) == 2


def test_another_source_is_the_next_item_and_the_same_one_is_not() -> None:
    """S24."""
    first = '{"source": {"sources": [{"src": "a.m3u8"}]}}'
    second = '{"source": {"sources": [{"src": "b.m3u8"}]}}'
    sends(
        STARTS
        + f"""
        2400 timeupdate currentTime=2
        2450 emptied
        2500 sourcechange {first}
        2600 play currentTime=0
        2700 seeking currentTime=2
        2750 seeked currentTime=2
        2800 playing currentTime=2
        5800 timeupdate currentTime=5
        5900 sourcechange {second}
        5910 emptied
        5950 durationchange duration=30
        6000 play currentTime=0
        6200 playing currentTime=0
        9200 timeupdate currentTime=3
        9300 destroy
        """,
        """
        100  Playback Started position=0
        400  Content Started position=0
        6200 Content Started position=0
        9300 Playback Exited position=23
        """,
    )


def test_a_sources_title_is_the_contents() -> None:
    """What the player says of its content is told once."""
    source = '{"source": {"sources": [{"src": "a"}], "metadata": {"title": "Film"}}}'
    said = signals(TheoplayerAdapter(), f"0 sourcechange {source}\n100 play currentTime=0")
    assert [signal.content for signal in said if isinstance(signal, Load)] == [
        Content(title="Film")
    ]


def test_a_replay_is_a_new_session() -> None:
    """S24: play after the end; the rewinding before it is no seek."""
    sends(
        STARTS
        + """
        20400 timeupdate currentTime=20
        20410 ended currentTime=20
        60000 seeking currentTime=0
        60010 play currentTime=0
        60050 seeked currentTime=0
        60100 playing currentTime=0
        61100 timeupdate currentTime=1
        62000 page:pagehide
        """,
        """
        100   Playback Started position=0
        400   Content Started position=0
        20410 Content Completed position=20
        20410 Playback Completed position=20
        60010 Playback Started position=0
        60100 Content Started position=0
        62000 Playback Exited position=1
        """,
    )


def test_a_live_stream() -> None:
    """S6, S8: it may know of what moment it tells."""
    check(
        """
        0    durationchange duration=Infinity
        100  play currentTime=7
        400  playing currentTime=7
        1400 timeupdate currentTime=8 currentProgramDateTime=1790000000000 | seekableEnd=20
        """,
        """
        0    load livestream=True
        100  play position=7
        400  playing position=7
        1400 update live_edge=20
        1400 update start_date=1789999992
        1400 progress position=8
        """,
    )


PRE_ROLL = """
    0    sourcechange {"source": {"sources": [{"src": "a"}]}}
    10   addadbreak {"adBreak": {"timeOffset": 0}}
    20   durationchange duration=20
    100  play currentTime=0
    110  pause currentTime=0
    150  adbreakbegin {"adBreak": {"timeOffset": 0, "ads": [{"id": "a"}, {"id": "b"}]}}
    300  adbegin {"ad": {"id": "a", "type": "linear", "duration": 4}}
    310  playing currentTime=0
    1300 timeupdate currentTime=1
    2300 timeupdate currentTime=2
    3300 timeupdate currentTime=3
    4300 adend {"ad": {"id": "a"}}
    4400 adbegin {"ad": {"id": "b", "duration": 8}}
    5400 timeupdate currentTime=1
    6400 adskip {"ad": {"id": "b"}, "playedPercentage": 0.25}
    6500 adbreakend
    6550 play currentTime=0
    6600 playing currentTime=0
    7600 timeupdate currentTime=1
"""


def test_a_pre_roll_pod_in_the_players_own_clock() -> None:
    """S31, S13: the skip says how much was played, as a fraction; a quartile passed by it (S45)."""
    check(
        PRE_ROLL,
        """
        20   load duration=20
        100  play position=0
        110  ad_break_start ads=2
        300  ad_start asset_id=a pod_position=1 duration=4
        1300 ad_progress position=1
        2300 ad_progress position=2
        3300 ad_progress position=3
        4300 ad_end asset_id=a
        4400 ad_start asset_id=b pod_position=2 duration=8
        5400 ad_progress position=1
        6400 ad_skip position=2
        6500 ad_break_end
        6600 playing position=0
        7600 progress position=1
        """,
    )
    sends(
        PRE_ROLL + "7700 destroy",
        """
        100  Playback Started position=0
        300  Ad Started position=0
        1300 Ad Playing position=1
        2300 Ad Playing position=2
        3300 Ad Playing position=3
        4300 Ad Completed position=4
        4400 Ad Started position=0
        6400 Ad Playing position=2
        6600 Content Started position=0
        7700 Playback Exited position=7
        """,
    )


STITCHED = (
    STARTS
    + """
    9400  timeupdate currentTime=9
    10400 adbreakbegin {"adBreak": {"id": "1", "integration": "google-dai", "timeOffset": 10}}
    10410 adbegin {"ad": {"id": "a", "duration": 3}}
    10650 timeupdate currentTime=10.25
    12400 timeupdate currentTime=12
    13400 adend {"ad": {"id": "a"}}
    13410 adbegin {"ad": {"id": "b", "duration": 3}}
    13650 timeupdate currentTime=13.25
    15400 timeupdate currentTime=15
    16400 adend {"ad": {"id": "b"}}
    16400 timeupdate currentTime=16
    16410 adbreakend
    17400 timeupdate currentTime=17
    18400 timeupdate currentTime=18
    """
)


def test_a_servers_ads_run_on_the_streams_clock() -> None:
    """S9: their seconds are no content's, then or later."""
    check(
        STITCHED,
        STARTED
        + """
        9400 progress position=9
        10400 load positions=content
        10400 progress position=10
        10400 ad_break_start placement=mid offset=10
        10410 ad_start asset_id=a pod_position=1 duration=3
        10650 ad_progress position=0.24
        12400 ad_progress position=1.99
        13400 ad_end asset_id=a
        13410 ad_start asset_id=b pod_position=2 duration=3
        13650 ad_progress position=0.24
        15400 ad_progress position=1.99
        16400 ad_end asset_id=b
        16410 ad_break_end
        16410 playing position=10
        17400 progress position=11
        18400 progress position=12
        """,
    )


def test_a_servers_ads_as_events() -> None:
    """S9: the same as of client ads."""
    sends(
        STITCHED + "18500 destroy",
        """
        100   Playback Started position=0
        400   Content Started position=0
        10400 Content Completed position=10
        10410 Ad Started position=0
        12400 Ad Playing position=1
        13400 Ad Playing position=2
        13400 Ad Completed position=3
        13410 Ad Started position=0
        15400 Ad Playing position=1
        16400 Ad Playing position=2
        16400 Ad Completed position=3
        16410 Content Started position=10
        18500 Playback Exited position=18
        """,
    )


AFTER = """
    19400 timeupdate currentTime=19
    24400 timeupdate currentTime=24
    24500 destroy
"""
BEFORE_ITS_END = """
    100   Playback Started position=0
    400   Content Started position=0
    10400 Content Completed position=10
    10410 Ad Started position=0
"""


def without(script: str, *words: str) -> str:
    return "\n".join(line for line in script.splitlines() if not any(w in line for w in words))


def unbroken(said: list[str]) -> list[str]:
    """Without the beats of ads, which come with what is heard of them (S45)."""
    return [line for line in said if "Ad Playing" not in line]


A_ENDS, B_ENDS = "13400 adend", "16400 adend"


@pytest.mark.parametrize(
    ("lost", "ends"),
    [
        (["adbreakend"], (13400, 16400, 16400)),
        ([B_ENDS, "adbreakend"], (13400, 16410, 16410)),
        ([A_ENDS, B_ENDS, "adbreakend"], (13410, 16410, 16410)),
    ],
)
def test_a_servers_break_that_nobody_ended_ends_where_its_ads_did(
    lost: list[str], ends: tuple[int, int, int]
) -> None:
    """S62, S81: 2 s beyond the last of them its stream says so; an ad's length, from its start."""
    adapter = TheoplayerAdapter()

    said = events(adapter, without(STITCHED, *lost) + AFTER)

    assert unbroken(said) == expected(
        BEFORE_ITS_END
        + f"""
        {ends[0]} Ad Completed position=3
        13410 Ad Started position=0
        {ends[1]} Ad Completed position=3
        {ends[2]} Content Started position=10
        24500 Playback Exited position=24
        """
    )
    assert adapter.notes == {"timeupdate: nobody ended the break": 1}


@pytest.mark.parametrize(
    ("lost", "ended"), [(["adbreakend"], 16400), ([B_ENDS, "adbreakend"], 16410)]
)
def test_a_servers_break_that_nobody_ended_is_over_before_the_next_one(
    lost: list[str], ended: int
) -> None:
    """S62: where its own ads were over, though nothing was heard in between."""
    second = """
        26500 adbreakbegin {"adBreak": {"timeOffset": 26.1, "integration": "google-dai"}} | currentTime=26.1
        26510 adbegin {"ad": {"id": "c", "duration": 3}}
        26750 timeupdate currentTime=26.35
        29510 adend {"ad": {"id": "c"}}
        29510 adbreakend
        30400 timeupdate currentTime=30
        30500 destroy
        """  # noqa: E501
    script = without(STITCHED, "16400 timeupdate", "17400", "18400", *lost) + second

    said = events(TheoplayerAdapter(), script.replace("duration=20", "duration=90"))

    assert unbroken(said)[6:] == expected(
        f"""
        {ended} Ad Completed position=3
        {ended} Content Started position=10
        26500 Content Completed position=20
        26510 Ad Started position=0
        29510 Ad Completed position=3
        29510 Content Started position=20
        30500 Playback Exited position=30
        """
    )


def test_a_break_beside_the_content_that_nobody_ended_is_over_before_the_next_one() -> None:
    """S62: when the content went on, as its place at the next one's start shows."""
    sends(
        STARTS
        + """
        9400  timeupdate currentTime=9
        9500  adbreakbegin {"adBreak": {"id": "x", "integration": "csai"}}
        9600  adbegin {"ad": {"id": "a", "duration": 4}}
        10600 timeupdate currentTime=1
        13600 adend {"ad": {"id": "a"}}
        19500 adbreakbegin {"adBreak": {"id": "y", "integration": "csai"}} | currentTime=15
        19600 adbegin {"ad": {"id": "b", "duration": 4}}
        23600 adend {"ad": {"id": "b"}}
        23700 adbreakend
        24700 timeupdate currentTime=16
        24800 destroy
        """,
        """
        100   Playback Started position=0
        400   Content Started position=0
        9500  Content Completed position=9
        9600  Ad Started position=0
        10600 Ad Playing position=1
        13600 Ad Playing position=4
        13600 Ad Completed position=4
        13600 Content Started position=9
        19500 Content Completed position=15
        19600 Ad Started position=0
        23600 Ad Completed position=4
        23700 Content Started position=15
        24800 Playback Exited position=24
        """,
    )


def test_a_servers_pre_roll_that_nobody_ended_ends_where_its_ads_did() -> None:
    """S62: from 0 on, both clocks look alike; who put the ad there says that it is the stream's."""
    sends(
        """
        20    durationchange duration=26
        100   play currentTime=0
        150   adbreakbegin {"adBreak": {"integration": "google-dai", "timeOffset": 0}}
        160   adbegin {"ad": {"id": "a", "duration": 6}}
        3160  timeupdate currentTime=3
        6910  timeupdate currentTime=6.75
        8160  timeupdate currentTime=8
        9160  timeupdate currentTime=9
        9200  destroy
        """,
        """
        100  Playback Started position=0
        160  Ad Started position=0
        3160 Ad Playing position=3
        6160 Ad Playing position=6
        6160 Ad Completed position=6
        6160 Content Started position=0
        9200 Playback Exited position=9
        """,
    )


def test_an_ad_of_a_server_whose_start_was_lost_begins_where_the_one_before_ended() -> None:
    """S83: the break's list says that it is due."""
    ads = '"timeOffset": 10, "ads": [{"id": "a"}, {"id": "b"}]'
    script = without(STITCHED, "13410 adbegin").replace('"timeOffset": 10', ads)
    told = """
        14650 timeupdate currentTime=14.25
        15400"""

    said = events(TheoplayerAdapter(), script.replace("15400", told, 1) + AFTER)

    assert unbroken(said) == expected(
        BEFORE_ITS_END
        + """
        13400 Ad Completed position=3
        13400 Ad Started position=0
        16400 Ad Completed position=3
        16410 Content Started position=10
        24500 Playback Exited position=24
        """
    )


def test_an_ad_of_a_server_that_lasts_longer_than_was_said_is_not_cut_off_by_a_second() -> None:
    """S72, S80: lengths are declared a little wrong."""
    script = STITCHED.replace('"b", "duration": 3', '"b", "duration": 1.5')

    said = events(TheoplayerAdapter(), script + AFTER)

    assert [line for line in said if line.endswith("Content Started position=10")] == [
        "16410 Content Started position=10"
    ]


def test_a_servers_pre_roll_is_found_out_by_what_follows_it() -> None:
    """S9: until then its clock is that of any ad."""
    check(
        """
        20   durationchange duration=26
        100  play currentTime=0
        150  adbreakbegin {"adBreak": {"integration": "google-dai", "timeOffset": 0}}
        160  adbegin {"ad": {"id": "a", "duration": 6}}
        400  timeupdate currentTime=0.24
        3160 timeupdate currentTime=3
        6160 adend {"ad": {"id": "a"}}
        6170 adbreakend
        6410 timeupdate currentTime=6.25
        7160 timeupdate currentTime=7
        """,
        """
        20   load duration=26
        100  play position=0
        150  load positions=content
        150  ad_break_start
        160  ad_start asset_id=a pod_position=1 duration=6
        400  ad_progress position=0.24
        3160 ad_progress position=3
        6160 ad_end asset_id=a
        6170 ad_break_end
        6170 playing position=0
        6410 progress position=0.25
        7160 progress position=1
        """,
    )


def test_content_that_stands_beside_its_ads() -> None:
    """S45: its clock says nothing of the ad; the quartiles do."""
    check(
        STARTS
        + """
        9400  timeupdate currentTime=9
        9500  adbreakbegin {"adBreak": {"id": "x", "timeOffset": 9}}
        9600  adbegin {"ad": {"id": "a", "duration": 4}}
        9700  timeupdate currentTime=9.1
        10650 adfirstquartile {"ad": {"id": "a"}}
        11600 timeupdate currentTime=9.1
        11650 admidpoint {"ad": {"id": "a"}}
        11700 adbuffering {"ad": {"id": "a"}}
        12700 playing currentTime=9.1
        14600 adend {"ad": {"id": "a"}}
        14650 adbreakend
        14700 playing currentTime=9.1
        """,
        STARTED
        + """
        9400 progress position=9
        9500 progress position=9.1
        9500 ad_break_start pod_id=x placement=mid offset=9
        9600 ad_start asset_id=a pod_position=1 duration=4
        10650 ad_progress position=1
        11650 ad_progress position=2
        11700 buffer_start
        12700 buffer_end
        14600 ad_end asset_id=a
        14650 ad_break_end
        14700 playing position=9.1
        """,
    )


@pytest.mark.parametrize(
    ("told", "placed"),
    [
        ('{"id": "0", "integration": "google-ima", "timeOffset": 0}', ""),
        ('{"id": "-1", "integration": "google-ima", "timeOffset": -1}', "placement=post"),
        ('{"id": "2", "integration": "google-ima", "timeOffset": 9}', "placement=mid offset=9"),
        ('{"id": "m", "integration": "csai", "timeOffset": 9}', "pod_id=m placement=mid offset=9"),
        ('{"id": "p", "timeOffset": 20}', "pod_id=p placement=post"),
        ('{"id": 7, "timeOffset": "x"}', "pod_id=7"),
        ("{}", ""),
    ],
)
def test_where_a_break_lies(told: str, placed: str) -> None:
    """S10: an offset of 0 is said of ads in no break, too; IMA's index is no id."""
    script = f'100 play currentTime=0\n150 adbreakbegin {{"adBreak": {told}}}'
    check(
        "20 durationchange duration=20\n" + script,
        f"20 load duration=20\n100 play position=0\n150 ad_break_start {placed}",
    )


def test_failed_ads() -> None:
    """S71, S13: one that never moved parts no content."""
    check(
        STARTS
        + """
        2000 aderror message=empty
        2400 adbreakbegin {"adBreak": {"timeOffset": 2}}
        2500 aderror message=missing
        2600 adbegin {"ad": {"id": "b", "duration": 9}}
        3600 timeupdate currentTime=1
        3700 aderror {"ad": {"id": "b"}, "message": "decode"}
        3800 adbreakend
        """,
        STARTED
        + """
        2400 progress position=2
        2500 ad_error reason=missing
        2500 ad_break_start placement=mid offset=2
        2600 ad_start asset_id=b pod_position=2 duration=9
        3600 ad_progress position=1
        3700 ad_error reason=decode asset_id=b
        3800 ad_break_end
        """,
    )


def test_an_overlay_stops_nothing() -> None:
    check(
        STARTS + '2000 adbegin {"ad": {"id": "o", "type": "nonlinear"}}\n'
        "2400 timeupdate currentTime=2",
        STARTED + "2400 progress position=2",
    )


def test_an_overlay_before_the_content_ends_the_break_that_only_it_filled() -> None:
    """S10, S31: the content plays under it."""
    script = """
        100  play currentTime=0
        110  adbreakbegin {"adBreak": {"timeOffset": 0}}
        120  adbegin {"ad": {"id": "o", "type": "nonlinear"}}
        400  playing currentTime=0
        650  timeupdate currentTime=0.25
        1400 timeupdate currentTime=1
        3120 adend {"ad": {"id": "o"}}
        3130 adbreakend
        3400 timeupdate currentTime=3
        """
    check(
        script,
        """
        100  play position=0
        110  ad_break_start
        120  ad_break_end
        400  playing position=0
        650  progress position=0.25
        1400 progress position=1
        3400 progress position=3
        """,
    )
    sends(
        script + "3500 destroy",
        """
        100  Playback Started position=0
        400  Content Started position=0
        3500 Playback Exited position=3
        """,
    )


def test_an_overlay_in_the_content_unmakes_the_break_that_only_it_filled() -> None:
    """S21: and an ad that follows has a break of its own."""
    sends(
        STARTS
        + """
        2400 adbreakbegin {"adBreak": {"timeOffset": 2}}
        2410 adbegin {"ad": {"id": "o", "type": "nonlinear"}}
        2650 timeupdate currentTime=2.25
        4650 timeupdate currentTime=4.25
        4700 adbreakend
        5650 timeupdate currentTime=5.25
        6400 adbreakbegin {"adBreak": {"timeOffset": 6}}
        6410 adbegin {"ad": {"id": "a", "duration": 5}}
        6650 timeupdate currentTime=0.24
        8400 destroy
        """,
        """
        100  Playback Started position=0
        400  Content Started position=0
        6400 Content Completed position=6
        6410 Ad Started position=0
        8400 Playback Exited position=7
        """,
    )


def test_an_overlay_after_an_ad_of_its_break_leaves_the_break_alone() -> None:
    """S14: more may come."""
    sends(
        STARTS
        + """
        2400 adbreakbegin {"adBreak": {"timeOffset": 2, "ads": [{"id": "a"}, {"id": "b"}]}}
        2410 adbegin {"ad": {"id": "a", "duration": 2}}
        2650 timeupdate currentTime=0.24
        4410 adend {"ad": {"id": "a"}}
        4420 adbegin {"ad": {"id": "o", "type": "nonlinear"}}
        4430 adbegin {"ad": {"id": "b", "duration": 2}}
        4650 timeupdate currentTime=0.22
        6430 adend {"ad": {"id": "b"}}
        6440 adbreakend
        6500 playing currentTime=2
        7500 timeupdate currentTime=3
        7600 destroy
        """,
        """
        100  Playback Started position=0
        400  Content Started position=0
        2400 Content Completed position=2
        2410 Ad Started position=0
        4410 Ad Playing position=2
        4410 Ad Completed position=2
        4430 Ad Started position=0
        6430 Ad Playing position=2
        6430 Ad Completed position=2
        6500 Content Started position=2
        7600 Playback Exited position=7
        """,
    )


def test_uplynks_breaks_are_read_like_the_others() -> None:
    check(
        STARTS
        + """
        2400 uplynk:adbreakbegin {"adBreak": {"timeOffset": 2}}
        2410 uplynk:adbegin {"ad": {"duration": 5}}
        2650 timeupdate currentTime=2.25
        3400 uplynk:adbreakskip
        """.replace("uplynk:", "theoplayer:uplynk:"),
        STARTED
        + """
        2400 progress position=2
        2400 ad_break_start placement=mid offset=2
        2410 ad_start pod_position=1 duration=5
        2650 ad_progress position=0.24
        3400 ad_skip position=0.24
        3400 load positions=content
        3400 ad_break_end
        """,
    )


def test_leaving_in_a_break() -> None:
    """S26."""
    check(
        PRE_ROLL.split("4300 adend", maxsplit=1)[0]
        + "3400 page:pagehide\n3500 adend\n3600 adbreakend",
        """
        20   load duration=20
        100  play position=0
        110  ad_break_start ads=2
        300  ad_start asset_id=a pod_position=1 duration=4
        1300 ad_progress position=1
        2300 ad_progress position=2
        3300 ad_progress position=3
        3400 exit
        """,
    )


_SAID = st.tuples(
    steps(),
    st.sampled_from(list(TheoplayerAdapter.vocabulary)),
    payloads("currentTime", "duration", "paused", "ended", "seeking", "muted", "volume"),
    st.one_of(
        payloads("currentTime", "duration", "volume", "playbackRate", "source", "quality"),
        payloads("ad", "adBreak", "playedPercentage", "errorObject", "presentationMode"),
        st.fixed_dictionaries(
            {
                "ad": payloads("id", "duration", "type", "adBreak"),
                "adBreak": payloads("id", "timeOffset", "integration", "ads"),
                "errorObject": payloads("code", "category", "message"),
            }
        ),
    ),
)


@given(st.lists(_SAID, max_size=40))
def test_any_callbacks_in_any_order_keep_the_rules(said: list[tuple[Any, ...]]) -> None:
    """S60, S20."""
    hold_against_the_rules(TheoplayerAdapter(), said)
