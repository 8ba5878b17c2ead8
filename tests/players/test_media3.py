"""Media3 (ExoPlayer): listener callbacks, as signals and as events."""

# ruff: noqa: E501 - a callback's payload is one line
from typing import Any

import pytest

from tests.players.playing import events_of
from tests.players.script import START, callback, expected, run
from video_tracker.players.base import Callback
from video_tracker.players.media3 import Media3Adapter, constant, seconds
from video_tracker.signals import AdStart, Interrupt, Load, Playing, Signal

PLAIN = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
50 media3:onPlaybackStateChanged 0 {"playbackState": 2}
800 media3:onTimelineChanged 0 {"timeline": {"durationMs": 6000}, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
1000 media3:onIsPlayingChanged 0 {"isPlaying": true}
1010 media3:onRenderedFirstFrame 0 {}
2000 media3:onProgressUpdate 1 {"position": 1000}
3000 media3:onProgressUpdate 2 {"position": 2000}
5000 media3:onProgressUpdate 4 {"position": 4000}
7000 media3:onPlaybackStateChanged 6 {"playbackState": "STATE_ENDED"}
7000 media3:onIsPlayingChanged 6 {"isPlaying": false}
"""


SEEK = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
1000 media3:onIsPlayingChanged 0 {"isPlaying": true}
2000 media3:onProgressUpdate 1 {"position": 1000}
2500 media3:onPositionDiscontinuity 30 {"oldPosition": {"positionMs": 1500, "adGroupIndex": -1}, "newPosition": {"positionMs": 30000, "adGroupIndex": -1}, "reason": 1}
2500 media3:onPlaybackStateChanged 30 {"playbackState": 2}
2500 media3:onIsPlayingChanged 30 {"isPlaying": false}
2600 media3:onPositionDiscontinuity 30 {"oldPosition": {"positionMs": 30000}, "newPosition": {"positionMs": 29900}, "reason": 2}
4000 media3:onPlaybackStateChanged 29.9 {"playbackState": 3}
4000 media3:onIsPlayingChanged 29.9 {"isPlaying": true}
5000 media3:onProgressUpdate 30.9 {"position": 30900}
"""


def test_a_seek_and_its_adjustment() -> None:
    """S33, S70: BUFFERING inside a seek is no stall, an adjustment no second seek."""
    assert run(Media3Adapter(), SEEK) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        2500 seek_start position=1.5 to=30
        4000 seek_end position=29.9
        4000 playing position=29.9
        5000 progress position=30.9
        """)
    assert events_of(Media3Adapter(), SEEK) == expected("""
        0 Playback Started 0
        1 Content Started 0
        2.5 Playback Seek Started 1
        4 Playback Seek Completed 29
        305 Playback Interrupted 30 (timeout)
        """)


ERROR = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
2000 media3:onProgressUpdate 1 {"position": 1000}
2500 media3:onLoadError 1.5 {"error": "HTTP 503"}
3000 media3:onPlayerError 2 {"errorCode": 2004, "errorCodeName": "ERROR_CODE_IO_BAD_HTTP_STATUS"}
3000 media3:onPlaybackStateChanged 2 {"playbackState": 1}
3000 media3:onIsPlayingChanged 2 {"isPlaying": false}
"""


def test_a_fatal_error() -> None:
    """S76: IDLE comes with it; a load error is tried again."""
    assert run(Media3Adapter(), ERROR) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        3000 error fatal=True reason=network loss
        3000 interrupt method=network loss
        """)
    assert events_of(Media3Adapter(), ERROR) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Interrupted 2 (network loss)
        """)


AUDIO_FOCUS = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
2000 media3:onProgressUpdate 1 {"position": 1000}
3000 media3:onPlaybackSuppressionReasonChanged 2 {"playbackSuppressionReason": 1}
3000 media3:onIsPlayingChanged 2 {"isPlaying": false}
9000 media3:onPlaybackSuppressionReasonChanged 2 {"playbackSuppressionReason": 0}
9000 media3:onIsPlayingChanged 2 {"isPlaying": true}
10000 media3:onProgressUpdate 3 {"position": 3000}
11000 media3:onPlayWhenReadyChanged 4 {"playWhenReady": false, "reason": 3}
11000 media3:onIsPlayingChanged 4 {"isPlaying": false}
"""


def test_lost_audio_focus_and_unplugged_headphones() -> None:
    """S26: nobody pressed pause."""
    assert run(Media3Adapter(), AUDIO_FOCUS) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        3000 interrupt method=audio focus loss
        9000 play position=2
        9000 playing position=2
        10000 progress position=3
        11000 interrupt method=headphones unplugged
        """)
    assert events_of(Media3Adapter(), AUDIO_FOCUS) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Interrupted 2 (audio focus loss)
        9 Playback Resumed 2
        11 Playback Interrupted 4 (headphones unplugged)
        """)


LOOP = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
800 media3:onTimelineChanged 0 {"timeline": {"durationMs": 4000}, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
1000 media3:onIsPlayingChanged 0 {"isPlaying": true}
3000 media3:onProgressUpdate 2 {"position": 2000}
5000 media3:onPositionDiscontinuity 0 {"oldPosition": {"mediaItemIndex": 0, "positionMs": 4000}, "newPosition": {"mediaItemIndex": 0, "positionMs": 0}, "reason": 0}
5000 media3:onMediaItemTransition 0 {"mediaItem": {"mediaId": "one"}, "reason": 0}
7000 media3:onProgressUpdate 2 {"position": 2000}
7500 media3:onPlayerReleased 2.5 {}
"""


def test_a_loop() -> None:
    """S70: a new session each time, though nothing ever ends."""
    assert run(Media3Adapter(), LOOP) == expected("""
        0 play position=0
        800 load duration=4
        1000 playing position=0
        3000 progress position=2
        5000 content_end position=4
        5000 end position=4
        5000 play position=0
        5000 playing position=0
        7000 progress position=2
        7500 exit position=2.5
        """)
    assert events_of(Media3Adapter(), LOOP) == expected("""
        0 Playback Started 0
        1 Content Started 0
        5 Content Completed 4
        5 Playback Completed 4
        5 Playback Started 0
        5 Content Started 0
        7.5 Playback Exited 2
        """)


SEEK_OVER_A_BREAK = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
500 media3:onTimelineChanged 0 {"timeline": {"durationMs": 60000}, "adPlaybackState": {"adGroups": [{"timeUs": 10000000, "count": 1, "durationsUs": [5000000], "ids": ["m1"], "states": [1]}]}, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
1000 media3:onIsPlayingChanged 0 {"isPlaying": true}
3000 media3:onProgressUpdate 2 {"position": 2000}
3500 media3:onPositionDiscontinuity 0 {"oldPosition": {"positionMs": 2500, "adGroupIndex": -1}, "newPosition": {"positionMs": 0, "contentPositionMs": 30000, "adGroupIndex": 0, "adIndexInAdGroup": 0}, "reason": 1}
3500 media3:onPlaybackStateChanged 0 {"playbackState": 2}
4000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
4000 media3:onIsPlayingChanged 0 {"isPlaying": true}
9000 media3:onPositionDiscontinuity 30 {"oldPosition": {"positionMs": 5000, "contentPositionMs": 30000, "adGroupIndex": 0, "adIndexInAdGroup": 0}, "newPosition": {"positionMs": 30000, "adGroupIndex": -1}, "reason": 0}
10000 media3:onProgressUpdate 31 {"position": 31000}
"""


def test_a_seek_over_a_break_that_then_plays() -> None:
    """S21: the seek is over before the break."""
    assert run(Media3Adapter(), SEEK_OVER_A_BREAK) == expected("""
        0 play position=0
        500 load duration=60
        500 load positions=content
        1000 playing position=0
        3000 progress position=2
        3500 seek_start position=2.5 to=30
        3500 seek_end position=30
        3500 ad_break_start placement=mid offset=10 ads=1
        4000 ad_start asset_id=m1 pod_position=1 duration=5
        9000 ad_end position=5 asset_id=m1
        9000 ad_break_end
        9000 playing position=30
        10000 progress position=31
        """)
    assert events_of(Media3Adapter(), SEEK_OVER_A_BREAK) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3.5 Playback Seek Started 2
        3.5 Playback Seek Completed 30
        3.5 Content Completed 2
        4 Ad Started 0 m1 mid-roll
        9 Ad Completed 5 m1 mid-roll
        9 Content Started 30
        310 Playback Interrupted 36 (timeout)
        """)


BACKGROUND = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
2000 media3:onProgressUpdate 1 {"position": 1000}
3000 android:onStop 2 {}
3010 media3:onPlayWhenReadyChanged 2 {"playWhenReady": false, "reason": 1}
9000 android:onStart 2 {}
9100 media3:onPlayWhenReadyChanged 2 {"playWhenReady": true, "reason": 1}
10100 media3:onProgressUpdate 3 {"position": 3000}
11000 android:onDestroy 3.9 {}
"""


def test_an_activity_that_is_stopped() -> None:
    """S77: the app pauses for the background; that is a pause."""
    assert run(Media3Adapter(), BACKGROUND) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        3010 pause position=2
        9100 play position=2
        9100 playing position=2
        10100 progress position=3
        11000 exit position=3.9
        """)
    assert events_of(Media3Adapter(), BACKGROUND) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3.01 Playback Paused 2
        9.1 Playback Resumed 2
        11 Playback Exited 3
        """)


STOPPED = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
2000 media3:onProgressUpdate 1 {"position": 1000}
3000 media3:onPlaybackStateChanged 2 {"playbackState": 1}
3500 media3:onPlayerReleased 2 {}
"""


def test_a_player_that_is_stopped_and_released() -> None:
    """S26: `stop()` may be undone, a release not."""
    assert run(Media3Adapter(), STOPPED) == expected("""
        0 play position=0
        1000 playing position=0
        2000 progress position=1
        3000 interrupt method=stopped
        3500 exit position=2
        """)
    assert events_of(Media3Adapter(), STOPPED) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Interrupted 2 (stopped)
        3.5 Playback Exited 2
        """)


UNSET = -(2**63) + 1


def signals(script: str) -> list[str]:
    return run(Media3Adapter(), script)


def given(*callbacks: tuple[str, dict[str, Any], dict[str, Any]]) -> list[Signal]:
    adapter, out = Media3Adapter(), list[Signal]()
    for number, (event, state, detail) in enumerate(callbacks):
        out += adapter.translate(Callback(START + number, "media3", event, state, detail))
    return out


STARTED = """
0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true, "reason": 1}
1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
2000 media3:onProgressUpdate 1 {"position": 1000}
"""


@pytest.mark.parametrize("value", [UNSET, -(2**63), -1, 1e30, None, True, "8", float("nan")])
def test_sentinels_are_no_times(value: object) -> None:
    """`C.TIME_UNSET`, `C.TIME_END_OF_SOURCE`, and whatever else is no time (S3)."""
    assert seconds(value) is None


def test_times_are_milliseconds_and_lengths_of_ads_microseconds() -> None:
    assert seconds(1500) == 1.5
    assert seconds(1_500_000, 1e6) == 1.5


@pytest.mark.parametrize("value", [3, "READY", "STATE_READY", "state_ready"])
def test_constants_are_numbers_or_names(value: object) -> None:
    assert constant(value, {2: "BUFFERING", 3: "READY"}) == "READY"
    assert constant("ALREADY", {3: "READY"}) is None


def test_a_snapshot_of_the_getters_in_milliseconds_is_enough() -> None:
    """The app logs `onEvents` with the player's getters and nothing else."""
    state = {"currentPosition": 0, "isPlayingAd": False, "playWhenReady": True}
    out = given(
        ("onPlayWhenReadyChanged", state, {}),
        ("onPlaybackStateChanged", {**state, "playbackState": 3}, {}),
        ("onEvents", {**state, "currentPosition": 1500}, {}),
    )

    assert [type(signal).__name__ for signal in out] == ["Play", "Playing", "Progress"]
    assert [getattr(signal, "position", None) for signal in out] == [0.0, 0.0, 1.5]


def test_length_and_volume_are_read_from_the_snapshot_too() -> None:
    """Milliseconds beside Media3's own positions, seconds beside an element's `currentTime`."""
    for state in (
        {"currentPosition": 0, "duration": 60000, "volume": 0.5},
        {"currentTime": 0, "duration": 60, "volume": 0.5},
    ):
        out = given(
            ("onIsPlayingChanged", state, {"isPlaying": True}),
            ("onProgressUpdate", state, {}),
        )

        names = ["Update", "Load", "Play", "Playing", "Progress"]
        assert [type(signal).__name__ for signal in out] == names
        assert out[1] == Load(START, duration=60.0)


def test_the_length_of_an_ad_is_not_the_content_s() -> None:
    state = {"isPlayingAd": True, "currentPosition": 0, "duration": 5000}
    out = given(
        ("onIsPlayingChanged", state, {"isPlaying": True}),
        ("onProgressUpdate", state, {}),
    )

    assert [signal for signal in out if isinstance(signal, Load)] == []


def test_the_time_of_an_analytics_event_is_a_snapshot_too() -> None:
    time = {
        "currentPlaybackPositionMs": 2000,
        "currentMediaPeriodId": {"adGroupIndex": 0, "adIndexInAdGroup": 1},
    }
    out = given(
        ("onPlayWhenReadyChanged", {}, {"playWhenReady": True}),
        ("onPlaybackStateChanged", {}, {"eventTime": time, "state": 3}),
    )

    assert isinstance(out[-1], AdStart)
    assert out[-1].pod_position == 2


def test_the_two_listeners_of_one_player_do_not_count_twice() -> None:
    """E4: an app that registers as `Player.Listener` and as `AnalyticsListener`."""
    twice = "\n".join(line + "\n" + line for line in PLAIN.strip().splitlines())

    assert [line for line in run(Media3Adapter(), twice) if " progress " not in line] == [
        line for line in run(Media3Adapter(), PLAIN) if " progress " not in line
    ]


def test_an_app_that_logs_is_playing_alone() -> None:
    """Nothing else is heard: what is no longer playing is paused."""
    script = """
        0 media3:onIsPlayingChanged 0 {"isPlaying": true}
        2000 media3:onIsPlayingChanged 2 {"isPlaying": false}
        5000 media3:onIsPlayingChanged 2 {"isPlaying": true}
        """

    assert signals(script) == [
        "0 play position=0",
        "0 playing position=0",
        "2000 pause position=2",
        "5000 play position=2",
        "5000 playing position=2",
    ]


def test_a_player_that_is_prepared_with_a_pre_roll_waits_for_the_viewer() -> None:
    """S71, S25: the ad group has the player long before anybody presses play."""
    group = {"timeUs": 0, "count": 1, "durationsUs": [UNSET]}
    ad = {"isPlayingAd": True, "currentAdGroupIndex": 0, "currentAdIndexInAdGroup": 0}
    before = (
        ("onTimelineChanged", ad, {"adPlaybackState": {"adGroups": [group]}}),
        ("onPlaybackStateChanged", ad, {"playbackState": 3}),
    )

    assert given(*before) == [Load(START, positions="content")]
    out = given(*before, ("onPlayWhenReadyChanged", {}, {"playWhenReady": True}))
    assert [type(signal).__name__ for signal in out] == ["Load", "Play", "AdBreakStart", "AdStart"]
    assert out[-1] == AdStart(START + 2, None, 1, None)


def test_a_timeline_that_sees_the_end_of_an_ad_first_does_not_hide_the_skip() -> None:
    """S13: within one update every callback sees the player's final state."""
    ad = {"isPlayingAd": True, "currentAdGroupIndex": 0, "currentAdIndexInAdGroup": 0}
    content = {"isPlayingAd": False, "currentPosition": 0}
    old = {"positionMs": 3000, "adGroupIndex": 0, "adIndexInAdGroup": 0}
    out = given(
        ("onPlayWhenReadyChanged", {}, {"playWhenReady": True}),
        ("onPlaybackStateChanged", ad, {"playbackState": 3}),
        ("onTimelineChanged", content, {"timeline": {"durationMs": 60000}}),
        ("onPositionDiscontinuity", content, {"oldPosition": old, "newPosition": {}, "reason": 3}),
    )

    assert [type(signal).__name__ for signal in out][2:] == [
        "AdStart", "Load", "AdSkip", "AdBreakEnd", "Playing",
    ]  # fmt: skip


def test_an_ad_that_cannot_be_loaded_is_told_once() -> None:
    """S71: `AD_STATE_ERROR` in the ad playback state."""
    script = (
        STARTED
        + """
        3000 media3:onTimelineChanged 2 {"adPlaybackState": {"adGroups": [{"timeUs": 9000000, "ids": ["m1"], "states": [4]}]}}
        3500 media3:onTimelineChanged 2 {"adPlaybackState": {"adGroups": [{"timeUs": 9000000, "ids": ["m1"], "states": [4]}]}}
        """
    )

    assert signals(script)[3:] == [
        "3000 load positions=content",
        "3000 ad_error reason=ad could not be loaded asset_id=m1",
    ]


def test_a_paused_ad_and_a_stall_in_it() -> None:
    """S30, S32."""
    script = """
        0 media3:onPlayWhenReadyChanged 0 {"playWhenReady": true}
        500 media3:onPositionDiscontinuity 0 {"newPosition": {"positionMs": 0, "adGroupIndex": 0}, "reason": 5}
        1000 media3:onPlaybackStateChanged 0 {"playbackState": 3}
        2000 media3:onProgressUpdate 1 {"position": 1000}
        2500 media3:onPlayWhenReadyChanged 1.5 {"playWhenReady": false, "reason": 1}
        4500 media3:onPlayWhenReadyChanged 1.5 {"playWhenReady": true, "reason": 1}
        5000 media3:onPlaybackStateChanged 2 {"playbackState": 2}
        7000 media3:onPlaybackStateChanged 2 {"playbackState": 3}
        """

    assert signals(script)[2:] == [
        "1000 ad_start pod_position=1",
        "2000 ad_progress position=1",
        "2500 pause position=1",
        "4500 play position=1",
        "5000 buffer_start position=1.5",
        "7000 buffer_end position=2",
    ]


def test_quality_comes_from_the_decoder_s_input_and_the_picture_s_size() -> None:
    """E3, S54: bits a second, -1 is unknown; what is downloaded is not shown yet."""
    script = (
        """
        0 media3:onVideoInputFormatChanged 0 {"format": {"bitrate": -1, "averageBitrate": 2000000, "frameRate": 25, "height": 720}}
        """
        + STARTED
        + """
        2500 media3:onDownstreamFormatChanged 1 {"format": {"bitrate": 9000000}}
        2600 media3:onDroppedVideoFrames 1 {"droppedFrames": 3, "elapsedMs": 100}
        2700 media3:onDroppedVideoFrames 1 {"droppedFrames": 2, "elapsedMs": 100}
        3000 media3:onVideoInputFormatChanged 2 {"format": {"bitrate": 4000000, "frameRate": 25}}
        3100 media3:onVideoSizeChanged 2 {"videoSize": {"width": 1920, "height": 1080}}
        3200 media3:onVideoSizeChanged 2 {"videoSize": {"width": 0, "height": 0}}
        """
    )

    assert [line for line in signals(script) if "quality" in line] == [
        "1000 quality bitrate=2000 framerate=25 quality=720p dropped_frames=0",
        "3000 quality bitrate=4000 framerate=25 quality=720p dropped_frames=5",
        "3100 quality bitrate=4000 framerate=25 quality=1080p dropped_frames=5",
    ]


def test_volume_is_a_fraction_speed_a_rate_and_full_screen_the_view_s() -> None:
    """S54; the device's own volume has a scale that nobody knows."""
    script = """
        0 media3:onVolumeChanged 0 {"volume": 0.5}
        10 media3:onVolumeChanged 0 {"volume": 0.5}
        20 media3:onDeviceVolumeChanged 0 {"volume": 12, "muted": false}
        30 media3:onPlaybackParametersChanged 0 {"playbackParameters": {"speed": 2, "pitch": 1}}
        40 media3:onFullscreenButtonClick 0 r=2 {"isFullScreen": true}
        """

    assert signals(script) == [
        "0 update sound=50",
        "30 update playback_rate=2",
        "40 update full_screen=True",
    ]


def test_a_live_timeline_has_no_length() -> None:
    """S6."""
    out = given(("onTimelineChanged", {}, {"timeline": {"isLive": True, "durationMs": 30000}}))

    assert out == [Load(START, livestream=True)]


def test_scrubbing_suppresses_playback_and_interrupts_nothing() -> None:
    """S33: a scrub is one seek."""
    out = given(
        ("onIsPlayingChanged", {}, {"isPlaying": True}),
        ("onPlaybackSuppressionReasonChanged", {}, {"playbackSuppressionReason": 4}),
    )

    assert [signal for signal in out if isinstance(signal, Interrupt)] == []
    assert isinstance(out[-1], Playing)


def test_a_pause_right_after_the_activity_s_stop_is_noted() -> None:
    """S77."""
    adapter = Media3Adapter()
    for line in BACKGROUND.strip().splitlines():
        adapter.translate(callback(line))

    assert adapter.notes == {"pause: background": 1}


def polls(start: int, end: int, position: float, *, moves: bool = True) -> str:
    """A poll a second."""
    places = ((at, position + (at - start) / 1000 * moves) for at in range(start, end + 1, 1000))
    return "".join(
        f'{at} media3:onProgressUpdate {place:g} {{"position": {place * 1000:g}}}\n'
        for at, place in places
    )


BEGUN = PLAIN.partition("3000 ")[0]


def test_a_pause_lasts_until_the_clock_runs_whose_resume_was_lost() -> None:
    """S79: the first of the positions that were polled in it does not date the resume."""
    script = f"""{BEGUN}
    3000 media3:onPlayWhenReadyChanged 2 {{"playWhenReady": false, "reason": 1}}
    3000 media3:onIsPlayingChanged 2 {{"isPlaying": false}}
    {polls(4000, 60000, 2, moves=False)}{polls(61000, 63000, 2)}"""
    assert events_of(Media3Adapter(), script) == expected("""
        0 Playback Started 0
        1 Content Started 0
        3 Playback Paused 2
        61 Playback Resumed 2
        363 Playback Interrupted 4 (timeout)
        """)


def test_polls_that_move_end_a_suppression_whose_end_was_lost() -> None:
    """S83: each of them is progress, and a stall after it ends with the player's word."""
    script = f"""{BEGUN}
    3000 media3:onPlaybackSuppressionReasonChanged 2 {{"playbackSuppressionReason": 1}}
    3000 media3:onIsPlayingChanged 2 {{"isPlaying": false}}
    {polls(4000, 8000, 2, moves=False)}{polls(9000, 12000, 2)}
    13000 media3:onPlaybackStateChanged 6 {{"playbackState": 2}}
    15000 media3:onPlaybackStateChanged 6 {{"playbackState": 3}}
    {polls(16000, 17000, 7)}"""
    assert run(Media3Adapter(), script) == expected("""
        0 play position=0
        800 load duration=6
        1000 playing position=0
        2000 progress position=1
        3000 interrupt method=audio focus loss
        9000 play position=2
        9000 playing position=2
        10000 progress position=3
        11000 progress position=4
        12000 progress position=5
        13000 buffer_start position=6
        15000 buffer_end position=6
        16000 progress position=7
        17000 progress position=8
        """)
