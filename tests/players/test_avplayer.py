"""AVPlayer: observed key paths and notifications, as signals and as events."""

# ruff: noqa: E501 - a callback's payload is one line
from typing import Any

import pytest

from tests.players.playing import events_of
from tests.players.script import callback, expected, run
from video_tracker.players.avplayer import (
    AVPlayerAdapter,
    error_reason,
    is_indefinite,
    named,
    seconds,
    status_of,
)

PLAIN = """
0 avplayer:currentItem.status 0 {"new": 1}
100 avplayer:timeControlStatus 0 {"new": 1, "reasonForWaitingToPlay": "AVPlayerWaitingWhileEvaluatingBufferingRateReason"}
110 avplayer:rate 0 {"new": 1}
900 avplayer:currentItem.duration 0 {"new": {"value": 3600, "timescale": 600, "flags": 1}}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": {"value": 600, "timescale": 600}}
4000 avplayer:periodicTimeObserver 3 {"time": {"value": 1800, "timescale": 600}}
6000 avplayer:periodicTimeObserver 5 {"time": {"value": 3000, "timescale": 600}}
6995 avplayer:timeControlStatus 6 {"new": 0}
6996 avplayer:rate 6 {"new": 0}
7000 avplayer:AVPlayerItemDidPlayToEndTimeNotification 6 {}
"""


def test_a_viewing_from_start_to_end() -> None:
    """S25, S31, A1: the player pauses before it says that the item has played to its end."""
    assert run(AVPlayerAdapter(), PLAIN) == expected("""
        100 play position=0
        900 load duration=6
        1000 playing position=0
        2000 progress position=1
        4000 progress position=3
        6000 progress position=5
        7000 content_end position=6
        """)
    assert events_of(AVPlayerAdapter(), PLAIN) == expected("""
        0.1 Playback Started 0
        1 Content Started 0
        7 Content Completed 6
        7 Playback Completed 6
        """)


PAUSE = """
0 avplayer:timeControlStatus 0 {"new": 1}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": 1}
2500 avplayer:timeControlStatus 1.5 {"new": "paused"}
2500 avplayer:AVPlayerRateDidChangeNotification 1.5 {"reason": "AVPlayerRateDidChangeReasonSetRateCalled", "rate": 0}
5500 avplayer:timeControlStatus 1.5 {"new": "playing"}
6500 avplayer:periodicTimeObserver 2.5 {"time": 2.5}
7000 avplayer:UIApplicationWillTerminateNotification 3 {}
"""


def test_a_pause_that_the_app_made() -> None:
    """S30: `setRateCalled` explains it at once; the app ends while it plays."""
    assert run(AVPlayerAdapter(), PAUSE) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        2500 pause position=1.5
        5500 play position=1.5
        5500 playing position=1.5
        6500 progress position=2.5
        7000 exit position=3
        """)
    assert events_of(AVPlayerAdapter(), PAUSE) == expected("""
        0 Playback Started 0
        1 Content Started 0
        2.5 Playback Paused 1
        5.5 Playback Resumed 1
        7 Playback Exited 3
        """)


SEEK = """
0 avplayer:timeControlStatus 0 {"new": 1}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": 1}
2500 avplayer:seek 1.5 {"to": {"value": 18000, "timescale": 600}}
2510 avplayer:AVPlayerItemTimeJumpedNotification 30 {}
2520 avplayer:timeControlStatus 30 {"new": 1, "reasonForWaitingToPlay": "AVPlayerWaitingToMinimizeStallsReason"}
2600 avplayer:seekCompleted 30 {"finished": true}
4000 avplayer:timeControlStatus 30 {"new": 2}
5000 avplayer:periodicTimeObserver 31 {"time": 31}
"""


def test_a_seek_that_the_app_logs() -> None:
    """S33, B6: the jump and the wait for its data are the seek itself."""
    assert run(AVPlayerAdapter(), SEEK) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        2500 seek_start position=1.5 to=30
        4000 seek_end position=30
        4000 playing position=30
        5000 progress position=31
        """)
    assert events_of(AVPlayerAdapter(), SEEK) == expected("""
        0 Playback Started 0
        1 Content Started 0
        2.5 Playback Seek Started 1
        4 Playback Seek Completed 30
        305 Playback Interrupted 31 (timeout)
        """)


JUMP = """
0 avplayer:timeControlStatus 0 {"new": 1}
500 avplayer:AVPlayerItemTimeJumpedNotification 0 {}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": 1}
2500 avplayer:AVPlayerItemTimeJumpedNotification 40 {}
3500 avplayer:periodicTimeObserver 41 {"time": 41}
4500 avplayer:AVPlayerItemTimeJumpedNotification 42.2 {}
5000 avplayer:periodicTimeObserver 42.7 {"time": 42.7}
"""


def test_a_jump_that_only_the_clock_tells() -> None:
    """S70: the one at the start and a small one are no seeks."""
    assert run(AVPlayerAdapter(), JUMP) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        2500 seek_start position=1.5 to=40
        2500 seek_end position=40
        2500 playing position=40
        3500 progress position=41
        5000 progress position=42.7
        """)
    assert events_of(AVPlayerAdapter(), JUMP) == expected("""
        0 Playback Started 0
        1 Content Started 0
        2.5 Playback Seek Started 1
        2.5 Playback Seek Completed 40
        305 Playback Interrupted 42 (timeout)
        """)


STALL = """
0 avplayer:timeControlStatus 0 {"new": 1}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": 1}
3000 avplayer:AVPlayerItemPlaybackStalledNotification 2 {}
3000 avplayer:timeControlStatus 2 {"new": 1}
3001 avplayer:reasonForWaitingToPlay 2 {"new": "AVPlayerWaitingToMinimizeStallsReason"}
3500 avplayer:currentItem.playbackBufferEmpty 2 {"new": true}
6000 avplayer:timeControlStatus 2 {"new": 2}
7000 avplayer:periodicTimeObserver 3 {"time": 3}
"""


def test_a_stall() -> None:
    """S32: told three times, counted once."""
    assert run(AVPlayerAdapter(), STALL) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        3000 buffer_start position=2
        6000 buffer_end position=2
        7000 progress position=3
        """)
    assert events_of(AVPlayerAdapter(), STALL) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Buffer Started 2
        6 Playback Buffer Completed 2
        307 Playback Interrupted 3 (timeout)
        """)


ERROR = """
0 avplayer:timeControlStatus 0 {"new": 1}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": 1}
2500 avplayer:AVPlayerItemNewErrorLogEntryNotification 1.5 {"errorStatusCode": -12888, "errorDomain": "CoreMediaErrorDomain"}
3000 avplayer:AVPlayerItemFailedToPlayToEndTimeNotification 2 {"error": {"domain": "NSURLErrorDomain", "code": -1009}}
3001 avplayer:currentItem.status 2 {"new": 2, "error": {"domain": "NSURLErrorDomain", "code": -1009}}
3002 avplayer:timeControlStatus 2 {"new": 0}
"""


def test_an_item_that_fails() -> None:
    """S76: told twice; the pause after it is no viewer. An entry of the error log is not fatal."""
    assert run(AVPlayerAdapter(), ERROR) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        2500 error reason=CoreMedia error -12888
        3000 error fatal=True reason=network loss
        3002 interrupt method=network loss
        """)
    assert events_of(AVPlayerAdapter(), ERROR) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Interrupted 2 (network loss)
        """)


CALL = """
0 avplayer:timeControlStatus 0 {"new": 1}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": 1}
3000 avplayer:timeControlStatus 2 {"new": 0}
3010 avplayer:AVPlayerRateDidChangeNotification 2 {"reason": "AVPlayerRateDidChangeReasonAudioSessionInterrupted", "rate": 0}
3020 avplayer:AVAudioSessionInterruptionNotification 2 {"type": 1}
20000 avplayer:AVAudioSessionInterruptionNotification 2 {"type": 0, "options": 1}
20100 avplayer:timeControlStatus 2 {"new": 2}
21100 avplayer:periodicTimeObserver 3 {"time": 3}
"""


def test_a_phone_call() -> None:
    """S26, S31: the pause comes first, its cause 10 ms later."""
    assert run(AVPlayerAdapter(), CALL) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        3000 interrupt method=audio interruption
        20100 play position=2
        20100 playing position=2
        21100 progress position=3
        """)
    assert events_of(AVPlayerAdapter(), CALL) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Interrupted 2 (audio interruption)
        20.1 Playback Resumed 2
        321.1 Playback Interrupted 3 (timeout)
        """)


BACKGROUND = """
0 avplayer:timeControlStatus 0 {"new": 1}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": 1}
3000 avplayer:timeControlStatus 2 {"new": 0}
3020 avplayer:AVPlayerRateDidChangeNotification 2 {"reason": "AVPlayerRateDidChangeReasonAppBackgrounded", "rate": 0}
3050 avplayer:UIApplicationDidEnterBackgroundNotification 2 {}
20000 avplayer:UIApplicationWillEnterForegroundNotification 2 {}
20100 avplayer:timeControlStatus 2 {"new": 2}
21100 avplayer:periodicTimeObserver 3 {"time": 3}
"""


def test_an_app_in_the_background() -> None:
    """S77: a pause, with a remark."""
    assert run(AVPlayerAdapter(), BACKGROUND) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        3000 pause position=2
        20100 play position=2
        20100 playing position=2
        21100 progress position=3
        """)
    assert events_of(AVPlayerAdapter(), BACKGROUND) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Paused 2
        20.1 Playback Resumed 2
        321.1 Playback Interrupted 3 (timeout)
        """)


QUEUE = """
0 avplayer:currentItem 0 {"new": {"asset": "one.m3u8"}}
10 avplayer:timeControlStatus 0 {"new": 1}
500 avplayer:currentItem.duration 0 {"new": 4}
1000 avplayer:timeControlStatus 0 {"new": 2}
3000 avplayer:periodicTimeObserver 2 {"time": 2}
5000 avplayer:AVPlayerItemDidPlayToEndTimeNotification 4 {}
5001 avplayer:currentItem 0 {"old": {"asset": "one.m3u8"}, "new": {"asset": "two.m3u8"}}
5010 avplayer:timeControlStatus 0 {"new": 1}
5020 avplayer:currentItem.duration 0 {"new": 3}
5200 avplayer:timeControlStatus 0 {"new": 2}
7200 avplayer:periodicTimeObserver 2 {"time": 2}
8200 avplayer:AVPlayerItemDidPlayToEndTimeNotification 3 {}
8201 avplayer:currentItem 3 {"old": {"asset": "two.m3u8"}, "new": null}
8202 avplayer:timeControlStatus 3 {"new": 0}
"""


def test_a_queue_player() -> None:
    """S24: the next item, and no item at all at its end."""
    assert run(AVPlayerAdapter(), QUEUE) == expected("""
        10 play position=0
        500 load duration=4
        1000 playing position=0
        3000 progress position=2
        5000 content_end position=4
        5001 load next_item=True
        5010 play position=0
        5020 load duration=3
        5200 playing position=0
        7200 progress position=2
        8200 content_end position=3
        8201 end position=3
        """)
    assert events_of(AVPlayerAdapter(), QUEUE) == expected("""
        0.01 Playback Started 0
        1 Content Started 0
        5 Content Completed 4
        5.2 Content Started 0
        8.2 Content Completed 3
        8.2 Playback Completed 7
        """)


LOOPER = """
0 avplayer:currentItem 0 {"new": {"asset": "one.mp4"}}
10 avplayer:timeControlStatus 0 {"new": 1}
500 avplayer:currentItem.duration 0 {"new": 4}
1000 avplayer:timeControlStatus 0 {"new": 2}
3000 avplayer:periodicTimeObserver 2 {"time": 2}
5000 avplayer:AVPlayerItemDidPlayToEndTimeNotification 4 {}
5001 avplayer:currentItem 0 {"old": {"asset": "one.mp4"}, "new": {"asset": "one.mp4"}}
5002 avplayer:timeControlStatus 0 {"new": 2}
7000 avplayer:periodicTimeObserver 2 {"time": 2}
7500 avplayer:UIApplicationWillTerminateNotification 2.5 {}
"""


def test_a_looper() -> None:
    """S70: the same asset again is another session."""
    assert run(AVPlayerAdapter(), LOOPER) == expected("""
        10 play position=0
        500 load duration=4
        1000 playing position=0
        3000 progress position=2
        5000 content_end position=4
        5001 end position=4
        5002 play position=0
        5002 playing position=0
        7000 progress position=2
        7500 exit position=2.5
        """)
    assert events_of(AVPlayerAdapter(), LOOPER) == expected("""
        0.01 Playback Started 0
        1 Content Started 0
        5 Content Completed 4
        5 Playback Completed 4
        5 Playback Started 0
        5 Content Started 0
        7.5 Playback Exited 2
        """)


REPLAY = (
    PLAIN
    + """
9000 avplayer:seek 6 {"to": 0}
9010 avplayer:AVPlayerItemTimeJumpedNotification 0 {}
9020 avplayer:seekCompleted 0 {"finished": true}
9100 avplayer:timeControlStatus 0 {"new": 2}
11100 avplayer:periodicTimeObserver 2 {"time": 2}
12000 avplayer:UIApplicationWillTerminateNotification 2.9 {}
"""
)


def test_a_replay_after_the_end() -> None:
    """S24, A8: the way back to the start is no seek."""
    assert run(AVPlayerAdapter(), REPLAY) == expected("""
        100 play position=0
        900 load duration=6
        1000 playing position=0
        2000 progress position=1
        4000 progress position=3
        6000 progress position=5
        7000 content_end position=6
        9100 play position=0
        9100 playing position=0
        11100 progress position=2
        12000 exit position=2.9
        """)
    assert events_of(AVPlayerAdapter(), REPLAY) == expected("""
        0.1 Playback Started 0
        1 Content Started 0
        7 Content Completed 6
        7 Playback Completed 6
        9.1 Playback Started 0
        9.1 Content Started 0
        12 Playback Exited 2
        """)


INTERSTITIALS = """
0 avplayer:timeControlStatus 0 {"new": 1}
10 avplayer:ad/timeControlStatus 0 {"new": 0}
100 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 0 {"event": {"identifier": "pre", "time": 0, "cue": "AVPlayerInterstitialEventJoinCue", "templateItems": [{"identifier": "a1", "duration": 4}, {"identifier": "a2", "duration": 8}]}}
900 avplayer:ad/timeControlStatus 0 {"new": 2}
2900 avplayer:ad/periodicTimeObserver 2 {"time": 2}
4900 avplayer:ad/AVPlayerItemDidPlayToEndTimeNotification 4 {}
5100 avplayer:ad/timeControlStatus 0 {"new": 2}
8100 avplayer:ad/periodicTimeObserver 3 {"time": 3}
8200 avplayer:AVPlayerInterstitialEventMonitorCurrentEventSkippedNotification 0 {}
8300 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 0 {"event": null}
8400 avplayer:currentItem.duration 0 {"new": 20}
8500 avplayer:timeControlStatus 0 {"new": 2}
10500 avplayer:periodicTimeObserver 2 {"time": 2}
14500 avplayer:periodicTimeObserver 6 {"time": 6}
18500 avplayer:timeControlStatus 10 {"new": 1, "reasonForWaitingToPlay": "AVPlayerWaitingDuringInterstitialEventReason"}
18510 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 10 {"event": {"identifier": "mid", "time": {"value": 6000, "timescale": 600, "flags": 1}, "cue": "AVPlayerInterstitialEventNoCue", "templateItems": [{"identifier": "m1", "duration": 5}]}}
18700 avplayer:ad/timeControlStatus 0 {"new": 2}
21700 avplayer:ad/periodicTimeObserver 3 {"time": 3}
23700 avplayer:ad/AVPlayerItemDidPlayToEndTimeNotification 5 {}
23710 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 10 {"event": null}
23720 avplayer:timeControlStatus 10 {"new": 2}
27720 avplayer:periodicTimeObserver 14 {"time": 14}
33720 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 20 {"event": {"identifier": "post", "cue": "AVPlayerInterstitialEventLeaveCue", "templateItems": [{"identifier": "p1", "duration": 2}]}}
33900 avplayer:ad/timeControlStatus 0 {"new": 2}
35900 avplayer:ad/AVPlayerItemDidPlayToEndTimeNotification 2 {}
35950 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 20 {"event": null}
35960 avplayer:AVPlayerItemDidPlayToEndTimeNotification 20 {}
35970 avplayer:currentItem 20 {"new": null}
"""


def test_hls_interstitials_with_their_own_player() -> None:
    """S10, S13, S71: pre-roll pod with a skip, mid-roll, post-roll."""
    assert run(AVPlayerAdapter(), INTERSTITIALS) == expected("""
        0 play position=0
        100 ad_break_start pod_id=pre placement=pre ads=2
        900 ad_start asset_id=a1 pod_position=1 duration=4
        2900 ad_progress position=2
        4900 ad_end asset_id=a1
        5100 ad_start asset_id=a2 pod_position=2 duration=8
        8100 ad_progress position=3
        8200 ad_skip position=3
        8300 ad_break_end
        8400 load duration=20
        8500 playing position=0
        10500 progress position=2
        14500 progress position=6
        18510 progress position=10
        18510 ad_break_start pod_id=mid placement=mid offset=10 ads=1
        18700 ad_start asset_id=m1 pod_position=1 duration=5
        21700 ad_progress position=3
        23700 ad_end asset_id=m1
        23710 ad_break_end
        23720 playing position=10
        27720 progress position=14
        33720 content_end position=20
        33720 ad_break_start pod_id=post placement=post ads=1
        33900 ad_start asset_id=p1 pod_position=1 duration=2
        35900 ad_end asset_id=p1
        35950 ad_break_end
        35970 end position=20
        """)
    assert events_of(AVPlayerAdapter(), INTERSTITIALS) == expected("""
        0 Playback Started 0
        0.9 Ad Started 0 a1 pre-roll
        4.9 Ad Completed 4 a1 pre-roll
        5.1 Ad Started 0 a2 pre-roll
        8.5 Content Started 0
        18.51 Content Completed 10
        18.7 Ad Started 0 m1 mid-roll
        23.7 Ad Completed 5 m1 mid-roll
        23.72 Content Started 10
        33.72 Content Completed 20
        33.9 Ad Started 0 p1 post-roll
        35.9 Ad Completed 2 p1 post-roll
        35.95 Playback Completed 34
        """)


MONITOR_ALONE = """
0 avplayer:timeControlStatus 0 {"new": 2}
500 avplayer:currentItem.duration 0 {"new": 60}
2000 avplayer:periodicTimeObserver 2 {"time": 2}
3000 avplayer:timeControlStatus 3 {"new": 1, "reasonForWaitingToPlay": "AVPlayerWaitingDuringInterstitialEventReason"}
3010 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 3 {"event": {"identifier": "mid", "time": 3, "templateItems": [{"identifier": "m1", "duration": 5}]}}
5000 avplayer:timeControlStatus 3 {"new": 0}
7000 avplayer:timeControlStatus 3 {"new": 1}
10010 avplayer:timeControlStatus 3 {"new": 2}
12010 avplayer:periodicTimeObserver 5 {"time": 5}
"""


def test_hls_interstitials_without_their_player() -> None:
    """S30: a pause of the primary player is the ad being paused."""
    assert run(AVPlayerAdapter(), MONITOR_ALONE) == expected("""
        0 play position=0
        0 playing position=0
        500 load duration=60
        2000 progress position=2
        3010 progress position=3
        3010 ad_break_start pod_id=mid placement=mid offset=3 ads=1
        3010 ad_start asset_id=m1 pod_position=1 duration=5
        5000 pause
        7000 play
        10010 ad_end asset_id=m1
        10010 ad_break_end
        10010 playing position=3
        12010 progress position=5
        """)
    assert events_of(AVPlayerAdapter(), MONITOR_ALONE) == expected("""
        0 Playback Started 0
        0 Content Started 0
        3.01 Content Completed 3
        3.01 Ad Started 0 m1 mid-roll
        5 Playback Paused 4
        7 Playback Resumed 4
        10.01 Ad Completed 5 m1 mid-roll
        10.01 Content Started 3
        312.01 Playback Interrupted 10 (timeout)
        """)


def signals(script: str) -> list[str]:
    return run(AVPlayerAdapter(), script)


STARTED = """
0 avplayer:timeControlStatus 0 {"new": 1}
1000 avplayer:timeControlStatus 0 {"new": 2}
2000 avplayer:periodicTimeObserver 1 {"time": 1}
"""


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ({"value": 900, "timescale": 600, "flags": 1}, 1.5),
        ({"value": 900, "timescale": 600}, 1.5),
        ({"seconds": 1.5}, 1.5),
        (1.5, 1.5),
        ({"value": 900, "timescale": 600, "flags": 0}, None),
        ({"value": 0, "timescale": 0, "flags": 17}, None),
        ({"value": 1, "timescale": 0}, None),
        ({"value": -600, "timescale": 600}, None),
        (float("nan"), None),
        (-1, None),
        ("1.5", None),
        (None, None),
    ],
)
def test_times_are_ticks_and_their_scale_or_seconds(time: object, told: float | None) -> None:
    """S3: an invalid, an infinite and an indefinite time are none."""
    assert seconds(time) == told


@pytest.mark.parametrize("value", [{"flags": 17}, {"indefinite": True}, "indefinite", float("inf")])
def test_an_indefinite_length_is_that_of_a_live_item(value: object) -> None:
    """S6."""
    assert is_indefinite(value)
    assert not is_indefinite({"value": 600, "timescale": 600, "flags": 1})


def test_an_item_without_a_length_is_live() -> None:
    """S6."""
    assert signals('0 avplayer:currentItem.duration 0 {"new": {"value": 0, "flags": 17}}') == [
        "0 load livestream=True"
    ]


def test_constants_are_numbers_or_names() -> None:
    assert [status_of(value) for value in (0, 1, 2)] == ["paused", "waiting", "playing"]
    assert status_of("waitingToPlayAtSpecifiedRate") == "waiting"
    assert status_of("AVPlayer") is None
    assert status_of(7) is None
    assert named("AVPlayerWaitingDuringInterstitialEventReason", "InterstitialEvent") is not None
    assert named("AVPlayerRateDidChangeReasonSetRateCalled", "SetRateCalled") is not None
    assert named("setRateCalled", "SetRateCalled") is not None
    assert named(3, "SetRateCalled") is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"domain": "NSURLErrorDomain", "code": -1009}, "network loss"),
        ({"domain": "AVFoundationErrorDomain", "code": -11800}, "AVFoundationErrorDomain -11800"),
        (
            {"errorDomain": "CoreMediaErrorDomain", "errorStatusCode": -12889},
            "CoreMedia error -12889",
        ),
        ({"domain": "X"}, "X"),
        (None, "playback error"),
        ({"code": 5}, "playback error"),
    ],
)
def test_an_error_says_what_it_knows(error: Any, reason: str) -> None:
    assert error_reason(error) == reason


def test_a_pause_that_nothing_explains_is_the_viewer_s_after_a_quarter_of_a_second() -> None:
    """S31."""
    adapter = AVPlayerAdapter()
    for line in (STARTED + '2500 avplayer:timeControlStatus 1.5 {"new": 0}').strip().splitlines():
        adapter.translate(callback(line))

    wake = adapter.wake_at()
    assert wake == pytest.approx(callback("2750 avplayer:rate 0").at)
    assert [type(signal).__name__ for signal in adapter.flush(wake or 0.0)] == ["Pause"]
    assert adapter.wake_at() is None


def test_the_next_callback_lets_a_pause_go_when_its_time_is_up() -> None:
    """S31: with its own time."""
    script = (
        STARTED
        + """
        2500 avplayer:timeControlStatus 1.5 {"new": 0}
        2900 avplayer:muted 1.5 {"new": true}
        """
    )

    assert signals(script)[3:] == ["2500 pause position=1.5", "2900 update sound=0"]


def test_a_cause_that_comes_before_its_pause() -> None:
    """S26: notifications and key paths come in either order."""
    script = (
        STARTED
        + """
        2500 avplayer:AVPlayerRateDidChangeNotification 1.5 {"reason": "audioSessionInterrupted"}
        2510 avplayer:timeControlStatus 1.5 {"new": 0}
        """
    )

    assert signals(script)[3:] == ["2510 interrupt method=audio interruption"]


def test_a_pause_of_the_background_is_noted() -> None:
    """S77."""
    adapter = AVPlayerAdapter()
    run(adapter, BACKGROUND)

    assert adapter.notes == {"pause: background": 1}


def test_headphones_that_are_unplugged_interrupt() -> None:
    """S26."""
    script = (
        STARTED
        + """
        2500 avplayer:timeControlStatus 1.5 {"new": 0}
        2550 avplayer:AVAudioSessionRouteChangeNotification 1.5 {"reason": 2}
        """
    )

    assert signals(script)[3:] == ["2500 interrupt method=headphones unplugged"]


def test_a_wait_for_an_interstitial_is_no_stall_even_if_its_reason_comes_late() -> None:
    """S67: the pair is too short to be reported (S74)."""
    script = (
        STARTED
        + """
        3000 avplayer:timeControlStatus 2 {"new": 1}
        3002 avplayer:reasonForWaitingToPlay 2 {"new": "AVPlayerWaitingDuringInterstitialEventReason"}
        3005 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 2 {"event": {"identifier": "mid"}}
        """
    )

    assert signals(script)[3:] == [
        "3000 buffer_start position=2",
        "3002 buffer_end position=2",
        "3005 progress position=2",
        "3005 ad_break_start pod_id=mid",
        "3005 ad_start pod_position=1",
    ]
    assert [line for line in events_of(AVPlayerAdapter(), script) if "Buffer" in line] == []


def test_quality_comes_from_the_access_log_and_the_picture_s_size() -> None:
    """E3, S54: bits a second, -1 is unknown; each entry counts its own dropped frames."""
    script = (
        """
        0 avplayer:AVPlayerItemNewAccessLogEntryNotification 0 {"indicatedBitrate": 2000000, "observedBitrate": 9e6, "numberOfDroppedVideoFrames": 0}
        """
        + STARTED
        + """
        2100 avplayer:currentItem.presentationSize 1 {"new": {"width": 1280, "height": 720}}
        2500 avplayer:AVPlayerItemNewAccessLogEntryNotification 1 {"indicatedBitrate": -1, "numberOfDroppedVideoFrames": 5}
        3000 avplayer:AVPlayerItemNewAccessLogEntryNotification 2 {"indicatedBitrate": 4000000, "numberOfDroppedVideoFrames": 2}
        """
    )

    assert [line for line in signals(script) if "quality" in line] == [
        "1000 quality bitrate=2000 dropped_frames=0",
        "2100 quality bitrate=2000 quality=720p dropped_frames=0",
        "3000 quality bitrate=4000 quality=720p dropped_frames=7",
    ]


def test_volume_mute_rate_and_full_screen() -> None:
    """S54: a fraction; rate 0 is no rate (S74)."""
    script = """
        0 avplayer:volume 0 {"new": 0.5}
        10 avplayer:muted 0 {"new": true}
        20 avplayer:muted 0 {"new": false}
        30 avplayer:playerViewControllerWillBeginFullScreenPresentation 0
        40 avplayer:timeControlStatus 0 {"new": 2}
        50 avplayer:rate 0 {"new": 1.5}
        60 avplayer:rate 0 r=1.5 {"new": 0}
        70 avplayer:playerViewControllerWillEndFullScreenPresentation 0 r=1.5
        """

    assert [line for line in signals(script) if "update" in line] == [
        "0 update sound=50",
        "10 update sound=0",
        "20 update sound=50",
        "30 update full_screen=True",
        "50 update playback_rate=1.5",
        "70 update full_screen=False",
    ]


def test_an_app_that_observes_the_rate_alone() -> None:
    """Before iOS 10 there was no `timeControlStatus`."""
    script = """
        0 avplayer:rate 0 {"new": 1}
        1000 avplayer:periodicTimeObserver 1 {"time": 1}
        2000 avplayer:rate 2 {"new": 0}
        5000 avplayer:rate 2 {"new": 1}
        """

    assert signals(script) == [
        "0 play position=0",
        "0 playing position=0",
        "1000 progress position=1",
        "2000 pause position=2",
        "5000 play position=2",
        "5000 playing position=2",
    ]


def test_length_and_volume_are_read_from_the_snapshot_too() -> None:
    script = """
        0 avplayer:timeControlStatus 0/60 v=0.5 {"new": 2}
        1000 avplayer:periodicTimeObserver 1/60 v=0.5 {"time": 1}
        """

    assert signals(script) == [
        "0 update sound=50",
        "0 load duration=60",
        "0 play position=0",
        "0 playing position=0",
        "1000 progress position=1",
    ]


def test_the_clock_alone_is_enough() -> None:
    """S61: a position that moves is playing, since the frames that it has shown."""
    script = """
        0 avplayer:periodicTimeObserver 0 {"time": 0}
        1000 avplayer:periodicTimeObserver 1 {"time": 1}
        2000 avplayer:periodicTimeObserver 2 {"time": 2}
        """

    assert signals(script) == [
        "0 play position=0",
        "0 playing position=0",
        "1000 progress position=1",
        "2000 progress position=2",
    ]


def test_an_interstitial_that_fails_before_it_moves_is_a_failed_ad() -> None:
    """S71: its own player says so."""
    script = (
        STARTED
        + """
        2400 avplayer:ad/timeControlStatus 0 {"new": 0}
        2500 avplayer:AVPlayerInterstitialEventMonitorCurrentEventDidChangeNotification 1 {"event": {"identifier": "mid", "time": 1, "templateItems": [{"identifier": "m1"}, {"identifier": "m2"}]}}
        2600 avplayer:ad/currentItem.status 0 {"new": 2, "error": {"domain": "NSURLErrorDomain", "code": -1100}}
        2700 avplayer:ad/timeControlStatus 0 {"new": 2}
        """
    )

    assert signals(script)[3:] == [
        "2500 progress position=1.5",
        "2500 ad_break_start pod_id=mid placement=mid offset=1 ads=2",
        "2600 ad_error reason=network loss asset_id=m1",
        "2700 ad_start asset_id=m2 pod_position=2",
    ]


def test_a_seek_that_another_one_replaces_goes_on() -> None:
    """S33: `finished` is false for the one that was given up."""
    script = (
        STARTED
        + """
        2500 avplayer:seek 1.5 {"to": 10}
        2600 avplayer:seek 1.5 {"to": 20}
        2610 avplayer:seekCompleted 1.5 {"finished": false}
        2900 avplayer:seekCompleted 20 {"finished": true}
        """
    )

    assert signals(script)[3:] == [
        "2500 seek_start position=1.5 to=10",
        "2600 seek_start position=1.5 to=20",
        "2900 seek_end position=20",
        "2900 playing",
    ]
