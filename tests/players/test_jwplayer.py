"""JW Player: states, seeks, live windows with negative positions, items, ads of all clients."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.players.api_script import api_callback, chaos, holds_up, run_api, view
from tests.players.script import expected
from video_tracker.players.base import Callback
from video_tracker.players.jwplayer import JwplayerAdapter


def jwplayer(line: str) -> Callback:
    """``100 time 4/60`` and ``adTime`` carry position and duration, as the player sends them."""
    words = line.split(" ", 2)
    if words[1] in ("time", "adTime") and "{" not in line:
        position, _, duration = words[2].partition("/")
        line = f'{words[0]} {words[1]} {{"position": {position}, "duration": {duration}}}'
    return api_callback(line, "jwplayer")


def check(script: str, signals: str) -> JwplayerAdapter:
    adapter = JwplayerAdapter()
    assert run_api(adapter, script, jwplayer) == expected(signals)
    return adapter


def check_events(script: str, events: str) -> None:
    assert view(JwplayerAdapter(), script, jwplayer) == expected(events)


SETUP = """
    0    playlist {"playlist": []}
    1    playlistItem {"index": 0, "item": {"mediaid": "m1", "title": "T", "tags": "a,b"}}
    2    ready volume=80 muted=false playbackRate=1
"""
SET_UP = """
    1    load asset_id=m1 title=T keywords=('a', 'b')
    2    update sound=80
"""
PLAYING = (
    SETUP
    + """
    100  beforePlay
    101  playAttempt {"playReason": "interaction"}
    102  buffer {"oldstate": "idle", "newstate": "buffering", "reason": "loading"}
    600  play {"oldstate": "buffering", "newstate": "playing"}
    601  firstFrame {"loadTime": 500}
    850  time 0.2/60
    4650 time 4/60
"""
)
STARTED = (
    SET_UP
    + """
    100  play
    600  playing
    850  load duration=60
    850  progress position=0.2
    4650 progress position=4
"""
)


def test_a_start_that_the_browser_refuses() -> None:
    """S25: the intent was there; nothing moved."""
    check(
        SETUP
        + """
        100 beforePlay
        101 playAttempt {"playReason": "autostart"}
        120 playAttemptFailed {"code": 303213}
        130 autostartNotAllowed {"code": 303220}
        """,
        SET_UP
        + """
        100 play
        120 pause
        """,
    )


def test_a_stall() -> None:
    """S32, S66: a pause in it closes it."""
    check(
        PLAYING
        + """
        5000 buffer {"oldstate": "playing", "newstate": "buffering", "reason": "stalled"}
        8000 play {"oldstate": "buffering", "newstate": "playing"}
        8250 time 4.25/60
        9000 buffer {"oldstate": "playing", "newstate": "buffering", "reason": "stalled"}
        9500 pause {"oldstate": "buffering", "newstate": "paused"}
        """,
        STARTED
        + """
        5000 buffer_start position=4
        8000 buffer_end position=4
        8250 progress position=4.25
        9000 buffer_start position=4.25
        9500 pause position=4.25
        """,
    )


AD = '"adPlayId": "p1", "adId": "a1", "duration": 5, "linear": "linear", "client": "vast"'
POD = f'{AD}, "sequence": 1, "podcount": 2, "adschedule": {{"breakid": "adbreak1"}}'
SECOND = POD.replace("p1", "p2").replace("a1", "a2").replace('"sequence": 1', '"sequence": 2')


def test_a_pre_roll_before_the_content() -> None:
    """S25, S71: play is wanted, the ad starts with its first frame, the break is told with it."""
    check(
        SETUP
        + f"""
        100  beforePlay
        110  adRequest {{"adposition": "pre"}}
        300  adLoaded {{{AD}}}
        301  adBreakStart {{"adposition": "pre", "client": "vast"}}
        310  adMeta {{{AD}}}
        520  adImpression {{{AD}, "adposition": "pre"}}
        521  adPlay {{"oldstate": "buffering", "newstate": "playing"}}
        771  adTime 0.25/5
        3521 adTime 3/5
        3600 adViewableImpression {{{AD}}}
        5521 adComplete {{{AD}}}
        5522 adBreakEnd {{"adposition": "pre"}}
        5530 playAttempt
        5540 buffer {{"oldstate": "idle", "newstate": "buffering"}}
        6000 play {{"oldstate": "buffering", "newstate": "playing"}}
        6250 time 0.25/60
        """,
        SET_UP
        + """
        100  play
        301  ad_break_start placement=pre
        521  ad_start asset_id=a1 duration=5
        771  ad_progress position=0.25
        3521 ad_progress position=3
        5521 ad_end position=5 asset_id=a1
        5522 ad_break_end
        6000 playing
        6250 load duration=60
        6250 progress position=0.25
        """,
    )


MID_ROLL = f"""
    4700 adBreakStart {{"adposition": "mid", "client": "vast"}}
    4710 pause {{"oldstate": "playing", "newstate": "paused"}}
    5000 adImpression {{{POD}, "adposition": "mid", "offset": 4}}
    5001 adPlay {{"newstate": "playing"}}
    5251 adTime 0.25/5
    6000 adClick {{{POD}}}
    6001 adPause {{"newstate": "paused"}}
    8000 adPlay {{"newstate": "playing"}}
    12000 adTime 5/5
    12001 adComplete {{{POD}}}
    12002 adItem {{{SECOND}}}
    12100 adImpression {{{SECOND}, "adposition": "mid"}}
    12101 adPlay {{"newstate": "playing"}}
    13101 adTime 1/5
    13150 adSkipped {{{SECOND}}}
    13160 adBreakEnd {{"adposition": "mid"}}
    13200 play {{"oldstate": "idle", "newstate": "playing"}}
    13450 time 4.25/60
"""


@pytest.mark.parametrize(
    "words",
    [
        '4800 adImpression {%s, "adposition": "mid", "offset": 4}',
        '4750 meta {"metadataType": "media"}\n4800 adBreakStart {"adposition": "mid"}',
    ],
    ids=["its start was lost", "a remark before it"],
)
def test_the_pause_before_a_break_is_the_player_s_and_dates_it(words: str) -> None:
    """S31, S21: no viewer paused, and the content stopped there."""
    _, _, rest = MID_ROLL.partition('paused"}')
    check_events(
        PLAYING + "4700 pause\n" + words.replace("%s", POD) + rest + "14000 page:pagehide",
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        4.7 Content Completed 4 content-1
        5 Ad Started 0 adbreak1/a1 mid
        6 Paused 4 @adbreak1
        8 Resumed 4 @adbreak1
        8 Ad Playing 0 adbreak1/a1 mid
        12 Ad Playing 5 adbreak1/a1 mid q3
        12 Ad Completed 5 adbreak1/a1 mid
        12.1 Ad Started 0 adbreak1/a2 mid
        13.2 Content Started 4 content-2
        14 Exited 10 @content-2
        """,
    )


def test_a_mid_roll_pod() -> None:
    """S14, S21, S12: places and ids are the ad server's; a skip is told (S13)."""
    check(
        PLAYING + MID_ROLL,
        STARTED
        + """
        4700 progress position=4.05
        4700 ad_break_start pod_id=adbreak1 placement=mid offset=4 ads=2
        5001 ad_start asset_id=a1 pod_position=1 duration=5
        5251 ad_progress position=0.25
        6000 ad_click
        6001 pause position=0.25
        8000 play position=0.25
        12000 ad_progress position=5
        12001 ad_end position=5 asset_id=a1
        12101 ad_start asset_id=a2 pod_position=2 duration=5
        13101 ad_progress position=1
        13150 ad_skip position=1
        13160 ad_break_end
        13200 playing position=4.05
        13450 progress position=4.25
        """,
    )
    check_events(
        PLAYING + MID_ROLL + "14000 page:pagehide",
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        4.7 Content Completed 4 content-1
        5 Ad Started 0 adbreak1/a1 mid
        6 Paused 4 @adbreak1
        8 Resumed 4 @adbreak1
        8 Ad Playing 0 adbreak1/a1 mid
        12 Ad Playing 5 adbreak1/a1 mid q3
        12 Ad Completed 5 adbreak1/a1 mid
        12.1 Ad Started 0 adbreak1/a2 mid
        13.2 Content Started 4 content-2
        14 Exited 10 @content-2
        """,
    )


def test_a_break_whose_ads_all_fail_parts_no_content() -> None:
    """S4, S71, S21: its pod goes on; the break is told to have had no ad."""
    check(
        PLAYING
        + """
        4700 adBreakStart {"adposition": "mid"}
        4900 adError {"message": "error loading ad tag", "tag": "t"}
        4910 adBreakEnd {"adposition": "mid"}
        5000 time 4.1/60
        5250 time 4.35/60
        """,
        STARTED
        + """
        4700 progress position=4.05
        4900 ad_error reason=error loading ad tag
        4910 ad_break_end lasted=0.21
        4950 playing position=4.05
        5000 progress position=4.1
        5250 progress position=4.35
        """,
    )


def test_an_announced_ad_that_never_moves_has_failed() -> None:
    """S71: `adStarted` is no moving frame."""
    check(
        SETUP
        + f"""
        100 beforePlay
        300 adBreakStart {{"adposition": "pre"}}
        310 adStarted {{{AD}}}
        900 adError {{"message": "error playing creative", "adId": "a1"}}
        910 adBreakEnd
        990 play
        """,
        SET_UP
        + """
        100 play
        300 ad_break_start placement=pre
        900 ad_error reason=error playing creative asset_id=a1
        910 ad_break_end
        990 playing
        """,
    )


def test_an_ad_whose_clock_was_not_recorded() -> None:
    """S45: an impression and a completion are enough."""
    check(
        SETUP
        + f"""
        100  beforePlay
        300  adBreakStart {{"adposition": "pre"}}
        500  adImpression {{{AD}}}
        5500 adComplete {{{AD}}}
        5510 adBreakEnd
        6000 play
        """,
        SET_UP
        + """
        100  play
        300  ad_break_start placement=pre
        500  ad_start asset_id=a1 duration=5
        5500 ad_end asset_id=a1
        5510 ad_break_end
        6000 playing
        """,
    )


def test_a_pod_that_no_break_announced() -> None:
    """S61: its ads are one break, which is over when the content plays."""
    check(
        PLAYING
        + f"""
        4800 adImpression {{{POD}, "adposition": "mid"}}
        4801 adPlay
        5801 adTime 1/5
        9801 adComplete {{{POD}}}
        9900 adImpression {{{SECOND}, "adposition": "mid"}}
        9901 adPlay
        10901 adTime 1/5
        14901 adComplete {{{SECOND}}}
        15000 play
        15250 time 4.25/60
        """,
        STARTED
        + """
        4800 progress position=4.15
        4800 ad_break_start pod_id=adbreak1 placement=mid ads=2
        4801 ad_start asset_id=a1 pod_position=1 duration=5
        5801 ad_progress position=1
        9801 ad_end position=5 asset_id=a1
        9901 ad_start asset_id=a2 pod_position=2 duration=5
        10901 ad_progress position=1
        14901 ad_end position=5 asset_id=a2
        15000 ad_break_end
        15000 playing position=4.15
        15250 progress position=4.25
        """,
    )


def test_an_overlay_is_no_break() -> None:
    """The content goes on under it."""
    check(
        PLAYING
        + """
        4700 adImpression {"linear": "nonlinear", "adId": "o1"}
        5000 time 4.35/60
        """,
        STARTED + "5000 progress position=4.35",
    )


def test_a_playlist_and_its_replay() -> None:
    """S24: two items in one session; playing the last one again is a new session."""
    check_events(
        """
        1     playlistItem {"index": 0, "item": {"mediaid": "m1"}}
        100   beforePlay
        600   play
        2600  time 2/5
        5600  beforeComplete
        5601  complete
        5602  playlistItem {"index": 1, "item": {"mediaid": "m2"}}
        5610  beforePlay
        6000  play
        8000  time 2/5
        11000 beforeComplete
        11001 complete
        11002 playlistComplete
        19000 beforePlay
        19100 play
        21100 time 2/5
        21500 remove
        """,
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        5.6 Content Completed 5 content-1
        6 Content Started 0 content-2
        11 Content Completed 5 content-2
        11 Playback Completed 10
        --
        19 Playback Started 0
        19.1 Content Started 0 content-1
        21.5 Exited 2 @content-1
        """,
    )


def test_stopping_is_a_pause() -> None:
    """S30: `stop` leaves the player idle; nothing follows that would explain it."""
    check(
        PLAYING
        + """
        5000 idle {"oldstate": "playing", "newstate": "idle", "reason": "idle"}
        8000 viewable {"viewable": 0}
        """,
        STARTED + "5000 pause position=4",
    )


def test_an_error_interrupts_and_playing_undoes_it() -> None:
    """S76, S26: the player is stopped when it says so; warnings are none."""
    check(
        PLAYING
        + """
        4700 warning {"code": 330001}
        5000 error {"code": 230002, "message": "cannot be loaded"}
        5001 idle {"oldstate": "playing", "newstate": "idle", "reason": "error"}
        9000 playAttempt
        9100 play
        """,
        STARTED
        + """
        5000 error fatal=True reason=cannot be loaded
        5000 interrupt method=cannot be loaded
        9000 play
        9100 playing position=4
        """,
    )
    check('5 setupError {"code": 100013}', "5 error fatal=True reason=error 100013")


def test_an_error_while_ads_play_stops_no_content() -> None:
    """S76: the content is not what plays."""
    check(
        PLAYING
        + f"""
        4700 adBreakStart {{"adposition": "mid"}}
        5000 adImpression {{{AD}}}
        5001 adPlay
        5500 error {{"code": 230002, "message": "lost"}}
        6001 adTime 1/5
        """,
        STARTED
        + """
        4700 progress position=4.05
        4700 ad_break_start placement=mid
        5001 ad_start asset_id=a1 duration=5
        5500 error reason=lost
        6001 ad_progress position=1
        """,
    )


def test_a_live_window_with_negative_positions() -> None:
    """S6: the clock beside them runs with the stream; so does one made of the time that passes."""
    check(
        """
        100  beforePlay
        600  play
        850  time {"position": -10, "duration": -3600, "currentTime": 500.2}
        1850 time {"position": -10, "duration": -3600, "currentTime": 501.2}
        2000 seek {"position": -10, "offset": -70, "duration": -3600, "currentTime": 501.35}
        2300 seeked
        2301 play
        2550 time {"position": -69.8, "duration": -3601, "currentTime": 441.6}
        """,
        """
        100  play
        600  playing
        850  load livestream=True
        850  progress position=500.2
        1850 progress position=501.2
        2000 seek_start position=501.4 to=441.4
        2300 seek_end position=441.4
        2301 playing position=441.4
        2550 progress position=441.6
        """,
    )
    check(
        """
        100  beforePlay
        600  play
        850  time -10/-3600
        1850 time -10/-3600
        3850 time -12/-3600
        """,
        """
        100  play
        600  playing
        850  load livestream=True
        850  progress position=3590
        1850 progress position=3591
        3850 progress position=3591
        """,
    )


def test_quality_sound_rate_and_full_screen() -> None:
    """S54: bits become kilobits; a level is told once the content shows (S25)."""
    check(
        SETUP
        + """
        50   levels {"levels": []}
        60   visualQuality {"mode": "auto", "level": {"bitrate": 2500000, "height": 720}}
        100  beforePlay
        600  play
        700  mute {"mute": true}
        710  mute {"mute": false}
        720  volume {"volume": 30}
        730  playbackRateChanged {"playbackRate": 2}
        740  fullscreen {"fullscreen": true}
        750  visualQuality {"level": {"bitrate": 0, "height": 0, "label": "Auto"}}
        760  visualQuality {"level": {"bitrate": 900000, "height": 480}}
        770  adBlock
        """,
        SET_UP
        + """
        100  play
        600  playing
        600  quality bitrate=2500 quality=720p
        700  update sound=0
        710  update sound=80
        720  update sound=30
        730  update playback_rate=2
        740  update full_screen=True
        760  quality bitrate=900 quality=480p
        770  update ad_enabled=False
        """,
    )


def test_hiding_the_page() -> None:
    """S77."""
    adapter = check(
        PLAYING
        + """
        4700 page:visibilitychange {"visibility": "hidden"}
        4720 pause {"pauseReason": "viewable"}
        """,
        STARTED + "4720 pause position=4",
    )
    assert adapter.notes == {"pause: background": 1}


SECONDS = st.one_of(st.floats(-20, 70), st.sampled_from([0.0, 59.9, 60.0]))
STATES = {
    "currentTime": SECONDS,
    "duration": st.sampled_from([60, -3600]),
    "volume": st.integers(0, 100),
    "muted": st.booleans(),
    "hidden": st.booleans(),
}
DETAILS = {
    "position": SECONDS,
    "offset": SECONDS,
    "duration": st.sampled_from([60, 60, 5, -3600, "Infinity"]),
    "currentTime": st.floats(0, 70),
    "adposition": st.sampled_from(["pre", "mid", "post"]),
    "adPlayId": st.sampled_from(["p1", "p2"]),
    "adId": st.sampled_from(["a1", "a2"]),
    "sequence": st.sampled_from([1, 2]),
    "podcount": st.sampled_from([1, 2]),
    "linear": st.sampled_from(["linear", "nonlinear"]),
    "index": st.sampled_from([0, 0, 1]),
    "item": st.sampled_from([{"mediaid": "m1"}, {"mediaid": "m2", "title": "T"}]),
    "level": st.just({"bitrate": 1000, "height": 360}),
    "code": st.just(230001),
}


@settings(max_examples=100, deadline=None)
@given(chaos(JwplayerAdapter, STATES, DETAILS))
def test_whatever_it_says_the_stream_is_in_order(said: list[Callback]) -> None:
    """S60."""
    holds_up(JwplayerAdapter(), said)


def test_a_word_of_sound_says_nothing_of_a_pause_before_ads() -> None:
    """S31: the break that follows within a quarter of a second made it."""
    script = (
        PLAYING
        + """
        5000 pause {"oldstate": "playing", "newstate": "paused"}
        5050 volume {"volume": 40}
        5100 adBreakStart {"adposition": "mid"}
        """
    )

    assert not [line for line in run_api(JwplayerAdapter(), script, jwplayer) if " pause" in line]
