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
        "2500 progress position=1",
        "2500 ad_break_start pod_id=mid placement=mid offset=1 ads=2",
        "2600 ad_error reason=network loss asset_id=m1",
        "2700 ad_start asset_id=m2 pod_position=2",
    ]


@pytest.mark.parametrize(
    ("shows", "origin"), [("4.5", "4.5"), ("400", "2"), ("1.5", "1.5"), ("0.2", "2"), ("", "2")]
)
def test_a_seek_leaves_where_the_app_saw_the_clock(shows: str, origin: str) -> None:
    """S79, S83: a place that playing on explains; another one is no place of before the seek."""
    script = STARTED + f'5500 avplayer:seek {shows} {{"to": 400}}'

    assert signals(script)[-1] == f"5500 seek_start position={origin} to=400"


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
        "2900 playing position=20",
    ]
