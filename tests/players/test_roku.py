"""Roku: the Video node and the Roku Advertising Framework, as callbacks and as events."""

import pytest

from tests.players.playing import events_of, watch
from tests.players.script import callback, expected, run
from video_tracker.players.roku import RokuAdapter
from video_tracker.signals import AdStart, Signal

PAUSE = """
0 roku:state 0 {"value": "buffering"}
1000 roku:state 0 {"value": "playing"}
2000 roku:position 1 {"value": 1}
2500 roku:state 1.5 {"value": "paused"}
5500 roku:state 1.5 {"value": "playing"}
6000 roku:position 2 {"value": 2}
6500 roku:state 2.5 {"value": "stopped"}
"""


def test_a_pause_and_a_stop() -> None:
    """S30, S26: without ads in sight `stopped` is the viewer leaving."""
    assert run(RokuAdapter(), PAUSE) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        2500 pause position=1.5
        5500 play position=1.5
        5500 playing position=1.5
        6000 progress position=2
        6500 exit position=2.5
        """)
    assert events_of(RokuAdapter(), PAUSE) == expected("""
        0 Playback Started 0
        1 Content Started 0
        2.5 Playback Paused 1
        5.5 Playback Resumed 1
        6.5 Playback Exited 2
        """)


TRICK = """
0 roku:state 0 {"value": "buffering"}
1000 roku:state 0 {"value": "playing"}
2000 roku:position 1 {"value": 1}
2500 roku:state 1.5 {"value": "paused"}
6000 roku:state 1.5 {"value": "buffering"}
7000 roku:state 40 {"value": "playing"}
8000 roku:position 41 {"value": 41}
"""


def test_a_seek_by_trick_play() -> None:
    """S33: nobody says that it seeks; it pauses and plays elsewhere."""
    assert run(RokuAdapter(), TRICK) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        2500 pause position=1.5
        7000 seek_start position=1.5 to=40
        7000 seek_end position=40
        7000 play position=40
        7000 playing position=40
        8000 progress position=41
        """)
    assert events_of(RokuAdapter(), TRICK) == expected("""
        0 Playback Started 0
        1 Content Started 0
        2.5 Playback Paused 1
        7 Playback Seek Started 1
        7 Playback Seek Completed 40
        7 Playback Resumed 40
        308 Playback Interrupted 41 (timeout)
        """)


PLAYLIST = (
    """
0 roku:contentIndex 0 {"value": 0}
10 roku:state 0 {"value": "buffering"}
500 roku:duration 0/4 {"value": 4}
1000 roku:state 0/4 {"value": "playing"}
"""
    + watch("roku:position", 2000, 4000, 1, 4)
    + """
4900 roku:contentIndex 4/4 {"value": 1}
5000 roku:state 0/- {"value": "buffering"}
5100 roku:duration 0/5 {"value": 5}
5500 roku:state 0/5 {"value": "playing"}
"""
    + watch("roku:position", 6500, 9500, 1, 5)
    + """
10500 roku:state 5/5 {"value": "finished"}
"""
)


def test_a_playlist() -> None:
    """S24: `contentIndex` is the next item; the one before ended if it was at its end."""
    assert run(RokuAdapter(), PLAYLIST) == expected("""
        10 play position=0
        500 load duration=4
        1000 playing position=0
        2000 progress position=1
        3000 progress position=2
        4000 progress position=3
        4900 content_end position=4
        4900 load next_item=True
        5100 load duration=5
        5500 play position=0
        5500 playing position=0
        6500 progress position=1
        7500 progress position=2
        8500 progress position=3
        9500 progress position=4
        10500 content_end position=5
        """)
    assert events_of(RokuAdapter(), PLAYLIST) == expected("""
        0.01 Playback Started 0
        1 Content Started 0
        4.9 Content Completed 4
        5.5 Content Started 0
        10.5 Content Completed 5
        10.5 Playback Completed 9
        """)


def another_node(*, first: str, at: str, before: str = "") -> str:
    return (
        first
        + """
        10 roku:state 0 {"value": "buffering"}
        500 roku:duration 0/4 {"value": 4}
        1000 roku:state 0/4 {"value": "playing"}
        """
        + watch("roku:position", 2000, 3000, 1, 4)
        + f"\n{before}"
        + f"""
        3900 roku:content {at} {{"value": {{"url": "two.mp4"}}}}
        3950 roku:control {at} {{"value": "play"}}
        4000 roku:state 0/- {{"value": "buffering"}}
        4100 roku:duration 0/5 {{"value": 5}}
        4500 roku:state 0/5 {{"value": "playing"}}
        """
        + watch("roku:position", 5500, 8500, 1, 5)
        + """
        9500 roku:state 5/5 {"value": "finished"}
        """
    )


FIRST_NODE = '0 roku:content 0 {"value": {"url": "one.mp4"}}'


@pytest.mark.parametrize(
    "script",
    [
        another_node(first=FIRST_NODE, at="2.9/4"),
        another_node(first="", at="0/5"),
        another_node(
            first=FIRST_NODE, at="2.9/4", before='3850 roku:state 2.9/4 {"value": "stopped"}'
        ),
    ],
)
def test_another_content_node_is_the_next_item(script: str) -> None:
    """S24, S83: also where the first one was not told, or its node was stopped for it."""
    assert events_of(RokuAdapter(), script) == expected("""
        0.01 Playback Started 0
        1 Content Started 0
        4.5 Content Started 0
        9.5 Content Completed 5
        9.5 Playback Completed 9
        """)


def test_a_content_node_that_has_ended_gives_way_to_the_next_one() -> None:
    """S24: the first film is completed, and the second one is none of its replays."""
    ended = another_node(
        first=FIRST_NODE, at="0/-", before='3850 roku:state 4/4 {"value": "finished"}'
    )
    assert events_of(RokuAdapter(), ended) == expected("""
        0.01 Playback Started 0
        1 Content Started 0
        3.85 Content Completed 4
        4.5 Content Started 0
        9.5 Content Completed 5
        9.5 Playback Completed 9
        """)


@pytest.mark.parametrize("node", ['{"url": "one.mp4"}', '{"title": "One"}', '{"live": false}'])
def test_the_same_content_node_again_is_no_next_item(node: str) -> None:
    """S24: an app may set it anew; one that names no file says nothing of it."""
    script = another_node(first=FIRST_NODE, at="2.9/4").split("3900")[0]
    script += f"""
    3900 roku:content 2.9/4 {{"value": {node}}}
    4000 roku:position 3/4 {{"value": 3}}
    5000 roku:state 4/4 {{"value": "finished"}}
    """
    assert events_of(RokuAdapter(), script) == expected("""
        0.01 Playback Started 0
        1 Content Started 0
        5 Content Completed 4
        5 Playback Completed 4
        """)


BACKGROUND = """
0 roku:state 0 {"value": "buffering"}
1000 roku:state 0 {"value": "playing"}
2000 roku:position 1 {"value": 1}
3000 roku:customSuspend 2 {}
60000 roku:customResume 2 {}
61000 roku:state 2 {"value": "buffering"}
61500 roku:state 2 {"value": "playing"}
62500 roku:position 3 {"value": 3}
"""


def test_an_app_that_is_put_to_sleep() -> None:
    """S26: Instant Resume interrupts; playing again resumes."""
    assert run(RokuAdapter(), BACKGROUND) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        3000 interrupt method=background
        61500 play position=2
        61500 playing position=2
        62500 progress position=3
        """)
    assert events_of(RokuAdapter(), BACKGROUND) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Interrupted 2 (background)
        61.5 Playback Resumed 2
        362.5 Playback Interrupted 3 (timeout)
        """)


CLOSE_IN_AD = """
0 raf:PodStart 0 {"rendersequence": "preroll"}
1000 raf:Start 0 {"adIndex": 1, "ad": {"adid": "a1", "duration": 30}}
4000 raf:Close 0 {"adIndex": 1, "time": 3}
4100 raf:PodComplete 0 {}
"""


def test_a_viewer_who_leaves_during_an_ad() -> None:
    """S26: RAF says `Close`; the ad is not completed."""
    assert run(RokuAdapter(), CLOSE_IN_AD) == expected("""
        0 play
        0 ad_break_start placement=pre
        1000 ad_start asset_id=a1 pod_position=1 duration=30
        4000 ad_progress position=3
        4000 exit
        """)
    assert events_of(RokuAdapter(), CLOSE_IN_AD) == expected("""
        0 Playback Started 0
        1 Ad Started 0 a1 pre-roll
        4 Playback Exited 3
        """)


def signals(script: str) -> list[str]:
    return run(RokuAdapter(), script)


STARTED = """
0 roku:state 0 {"value": "buffering"}
1000 roku:state 0 {"value": "playing"}
2000 roku:position 1 {"value": 1}
"""


def test_a_stop_for_a_mid_roll_that_comes_late_is_an_interruption() -> None:
    """S26, S30, S31: held a quarter of a second; where ads are known it is no exit."""
    script = """
        0 raf:PodStart 0 {"rendersequence": "preroll"}
        100 raf:Start 0 {"adIndex": 1, "ad": {"adid": "a1", "duration": 2}}
        2100 raf:Complete 0 {"adIndex": 1, "ad": {"adid": "a1"}}
        2200 raf:PodComplete 0 {}
        3000 roku:state 0 {"value": "playing"}
        4000 roku:position 1 {"value": 1}
        5000 roku:state 2 {"value": "stopped"}
        8000 raf:PodStart 2 {"rendersequence": "midroll", "rendertime": 2}
        8500 raf:Start 2 {"adIndex": 1, "ad": {"adid": "m1", "duration": 2}}
        10500 raf:Complete 2 {"adIndex": 1, "ad": {"adid": "m1"}}
        10600 raf:PodComplete 2 {}
        11000 roku:state 2 {"value": "playing"}
        """

    assert [line for line in events_of(RokuAdapter(), script) if "Interrupted" not in line] == [
        "0 Playback Started 0",
        "0.1 Ad Started 0 a1 pre-roll",
        "2.1 Ad Completed 2 a1 pre-roll",
        "3 Content Started 0",
        "8 Content Completed 2",
        "8.5 Playback Resumed 4",
        "8.5 Ad Started 0 m1 mid-roll",
        "10.5 Ad Completed 2 m1 mid-roll",
        "11 Content Started 2",
    ]


def test_a_stop_is_held_a_quarter_of_a_second() -> None:
    """S31."""
    adapter = RokuAdapter()
    for line in (STARTED + '2500 roku:state 1.5 {"value": "stopped"}').strip().splitlines():
        adapter.translate(callback(line))

    wake = adapter.wake_at()
    assert wake is not None
    assert [type(signal).__name__ for signal in adapter.flush(wake)] == ["Exit"]
    assert adapter.wake_at() is None


@pytest.mark.parametrize(
    ("code", "method"),
    [(0, "network loss"), (-1, "network loss"), (-5, "decode error"), (-6, "DRM error")],
)
def test_the_error_code_is_read_from_the_node(code: int, method: str) -> None:
    adapter = RokuAdapter()
    for line in STARTED.strip().splitlines():
        adapter.translate(callback(line))
    said = callback('3000 roku:state 2 {"value": "error"}')
    state = {**said.state, "errorCode": code, "errorMsg": "whatever"}
    out = adapter.translate(type(said)(said.at, said.player, said.event, state, said.detail))

    assert [getattr(signal, "method", None) for signal in out] == [None, method]


def test_the_snapshot_alone_is_enough() -> None:
    """An app that sends the node's fields and no payload."""
    adapter = RokuAdapter()
    out: list[Signal] = []
    for ms, state in ((0, "buffering"), (1000, "playing"), (2000, "paused")):
        said = callback(f"{ms} roku:state {ms / 1000:g}/60")
        out += adapter.translate(
            type(said)(said.at, "roku", "state", {"state": state, "position": ms / 1000})
        )

    assert [type(signal).__name__ for signal in out] == ["Play", "Playing", "Pause"]


def test_length_and_mute_are_read_from_the_snapshot_too() -> None:
    """An app that observes `state` and `position` alone."""
    adapter = RokuAdapter()
    out: list[Signal] = []
    for ms, state in ((0, "buffering"), (1000, "playing")):
        said = callback(f"{ms} roku:state 0")
        fields = {"state": state, "position": 0, "duration": 60, "mute": True}
        out += adapter.translate(type(said)(said.at, "roku", "state", fields))

    assert [type(signal).__name__ for signal in out] == ["Update", "Load", "Play", "Playing"]


def test_brightscript_does_not_mind_the_case_of_keys() -> None:
    """`FormatJson` writes keys of associative arrays in lower case."""
    script = """
        0 raf:PodStart 0 {"RenderSequence": "PreRoll"}
        100 raf:Start 0 {"adindex": 2, "AD": {"AdId": "a1", "Duration": 2}}
        """

    assert signals(script)[2:] == ["100 ad_start asset_id=a1 pod_position=2 duration=2"]


def test_quality_is_that_of_the_picture_that_shows() -> None:
    """E3, S54: bits a second; audio segments, downloads and zeros say nothing."""
    script = """
        0 roku:state 0 {"value": "buffering"}
        100 roku:streamInfo 0 {"value": {"streamBitrate": 2000000, "measuredBitrate": 9000000}}
        200 roku:decoderStats 0 {"value": {"frameDropCount": 3}}
        1000 roku:state 0 {"value": "playing"}
        1500 roku:streamingSegment 0 {"value": {"segBitrateBps": 128000, "segType": 1}}
        2000 roku:streamingSegment 1 {"value": {"segBitrateBps": 4e6, "segType": 2, "height": 720}}
        2500 roku:downloadedSegment 1 {"value": {"segBitrateBps": 8e6, "segType": 2}}
        3000 roku:streamingSegment 1 {"value": {"segBitrateBps": 0, "segType": 2}}
        """

    assert signals(script) == [
        "0 play position=0",
        "1000 playing position=0",
        "1000 quality bitrate=2000",
        "2000 quality bitrate=4000 quality=720p dropped_frames=3",
    ]


def test_prebuffering_is_no_wish_to_play() -> None:
    """S25: the app loads ahead while the viewer still chooses."""
    script = """
        0 roku:control 0 {"value": "prebuffer"}
        100 roku:state 0 {"value": "buffering"}
        5000 roku:control 0 {"value": "play"}
        5100 roku:state 0 {"value": "playing"}
        """

    assert signals(script) == ["5000 play position=0", "5100 playing position=0"]


def test_a_live_stream_says_so_in_its_content() -> None:
    """S6."""
    assert signals('0 roku:content 0 {"value": {"title": "News", "live": true}}') == [
        "0 load livestream=True"
    ]


def test_mute_is_all_that_the_node_knows_of_volume() -> None:
    assert signals(
        STARTED
        + """
        3000 roku:mute 2 {"value": true}
        4000 roku:mute 2 {"value": true}
        5000 roku:mute 2 {"value": false}
        """
    )[3:] == ["3000 update sound=0", "5000 update sound=100"]


def test_an_ad_that_fails_before_its_start_is_a_failed_ad_and_the_next_one_plays() -> None:
    """S71, S13."""
    script = """
        0 raf:PodStart 0 {"rendersequence": "preroll"}
        100 raf:Impression 0 {"adIndex": 1, "ad": {"adid": "a1", "duration": 5}}
        300 raf:Error 0 {"adIndex": 1, "ad": {"adid": "a1"}, "errMsg": "no media", "errCode": 405}
        400 raf:Start 0 {"adIndex": 2, "ad": {"adid": "a2", "duration": 5}}
        5400 raf:Complete 0 {"adIndex": 2, "ad": {"adid": "a2"}}
        5500 raf:PodComplete 0 {}
        """

    assert signals(script) == [
        "0 play",
        "0 ad_break_start placement=pre",
        "300 ad_error reason=no media asset_id=a1",
        "400 ad_start asset_id=a2 pod_position=2 duration=5",
        "5400 ad_end asset_id=a2",
        "5500 ad_break_end",
    ]


def test_a_pause_in_an_ad_and_companions() -> None:
    """S30; a companion's events are not the ad's."""
    script = """
        0 raf:PodStart 0 {"rendersequence": "preroll"}
        100 raf:Start 0 {"adIndex": 1, "ad": {"adid": "a1", "duration": 8}}
        150 raf:Impression 0 {"adIndex": 3, "ad": {"adid": "c1"}, "companion": true}
        1100 raf:Progress 0 {"time": 1}
        1200 raf:Pause 0 {"adIndex": 1, "time": 1.1}
        3200 raf:Resume 0 {"adIndex": 1, "time": 1.1}
        4200 raf:Progress 0 {"time": 2.1}
        """

    assert signals(script)[2:] == [
        "100 ad_start asset_id=a1 pod_position=1 duration=8",
        "1100 ad_progress position=1",
        "1200 pause position=1",
        "3200 play position=1",
        "4200 ad_progress position=2.1",
    ]


IN_STREAM = """
    3000 raf:PodStart 2 {"rendersequence": "midroll", "rendertime": 2}
    3000 raf:Start 2 {"adIndex": 1, "ad": {"adid": "m1", "duration": 5}}
    4000 roku:position 3 {"value": 3}
    5000 roku:position 4 {"value": 4}
    5000 roku:state 4 {"value": "paused"}
    7000 roku:state 4 {"value": "playing"}
    8000 roku:position 5 {"value": 5}
    10000 raf:Complete 7 {"adIndex": 1, "ad": {"adid": "m1"}}
    10000 raf:PodComplete 7 {}
"""
GOES_ON = """
    12000 roku:position 9 {"value": 9}
    13000 roku:position 10 {"value": 10}
    13500 roku:isScreenClosed 10.5 {"value": true}
"""


def test_ads_in_the_content_s_own_stream_are_ads_all_the_same() -> None:
    """S9: RAF reports a stitched stream's ads while the node plays on, whose clock counts them."""
    assert signals(STARTED + IN_STREAM)[3:] == [
        "3000 load positions=content",
        "3000 progress position=2",
        "3000 ad_break_start placement=mid offset=2",
        "3000 ad_start asset_id=m1 pod_position=1 duration=5",
        "4000 ad_progress position=1",
        "5000 ad_progress position=2",
        "5000 pause position=2",
        "7000 play position=2",
        "8000 ad_progress position=3",
        "10000 ad_end asset_id=m1",
        "10000 ad_break_end",
        "10000 playing position=2",
    ]


@pytest.mark.parametrize("lost", ["nothing", "PodComplete", "omplete"])
def test_content_after_ads_in_its_stream_goes_on_where_it_was(lost: str) -> None:
    """S2, S9: no seek, whether or not anybody ended the break (S62, S81)."""
    told = "\n".join(line for line in IN_STREAM.splitlines() if lost not in line)

    assert events_of(RokuAdapter(), STARTED + told + GOES_ON) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Content Completed 2
        3 Ad Started 0 m1 mid-roll
        5 Playback Paused 4
        7 Playback Resumed 4
        10 Ad Completed 5 m1 mid-roll
        10 Content Started 2
        13.5 Playback Exited 10
        """)


def test_a_start_without_a_place_or_a_name_is_an_ad() -> None:
    out = RokuAdapter().translate(callback("0 raf:Start 0 {}"))

    assert isinstance(out[-1], AdStart)
    assert out[-1].asset_id is None


def test_a_state_that_comes_twice_or_is_unknown_is_counted() -> None:
    """S60."""
    adapter = RokuAdapter()
    for value in ("playing", "playing", "dreaming"):
        adapter.translate(callback(f'0 roku:state 0 {{"value": "{value}"}}'))

    assert adapter.ignored == {
        "state: the same state once more": 1,
        "state: no state that the node documents": 1,
    }
