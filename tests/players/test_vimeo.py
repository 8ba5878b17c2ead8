"""Vimeo's Player SDK: seconds, seeks that may lack their beginning, the next video, errors."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.players.api_script import api_callback, chaos, holds_up, run_api, view
from tests.players.script import expected
from video_tracker.players.base import Callback
from video_tracker.players.vimeo import VimeoAdapter

PLAYBACK = frozenset(
    ("play", "playing", "pause", "ended", "timeupdate", "progress", "seeking", "seeked")
)


def vimeo(line: str) -> Callback:
    """``100 play 0/60`` has ``seconds`` and ``duration``, as the SDK sends them."""
    words = line.split(" ", 2)
    if words[1] in PLAYBACK and len(words) > 2 and "{" not in line:
        position, _, rest = words[2].partition(" ")
        seconds, _, duration = position.partition("/")
        percent = float(seconds) / float(duration)
        data = f'{{"seconds": {seconds}, "percent": {percent:.3f}, "duration": {duration}}}'
        line = " ".join([*words[:2], rest, data])
    return api_callback(line, "vimeo")


def check(script: str, signals: str) -> VimeoAdapter:
    adapter = VimeoAdapter()
    assert run_api(adapter, script, vimeo) == expected(signals)
    return adapter


def check_events(script: str, events: str) -> None:
    assert view(VimeoAdapter(), script, vimeo) == expected(events)


PLAYING = """
    0    bufferstart
    40   loadedmetadata {"duration": 60}
    50   durationchange {"duration": 60}
    60   loaded {"id": 76979871}
    70   bufferend
    80   timeupdate 0/60
    90   volumechange {"volume": 0.8, "muted": false}
    100  play 0/60
    101  bufferstart
    600  bufferend
    601  playing 0/60
    850  timeupdate 0.2/60
    4650 timeupdate 4/60
"""
STARTED = """
    40   load duration=60
    60   load asset_id=76979871
    90   update sound=80
    100  play position=0
    601  playing position=0
    850  progress position=0.2
    4650 progress position=4
"""


def test_players_that_have_no_playing() -> None:
    """A13: the moving clock is the first frame; it is dated back."""
    check(
        """
        60   loaded {"id": 7}
        100  play 0/60
        800  timeupdate 0.2/60
        1050 timeupdate 0.45/60
        """,
        """
        60   load asset_id=7
        100  load duration=60
        100  play position=0
        600  playing position=0
        800  progress position=0.2
        1050 progress position=0.45
        """,
    )


SOUGHT = (
    STARTED
    + """
    5000 seek_start position=4.35 to=40
    5700 seek_end position=40
    5701 playing position=40
    5950 progress position=40.2
"""
)


def test_a_seek_whose_timeupdate_comes_first() -> None:
    """S33: a position that jumps waits for the event that explains it."""
    check(
        PLAYING
        + """
        4999 timeupdate 40/60
        5000 seeking 40/60
        5700 seeked 40/60
        5701 playing 40/60
        5950 timeupdate 40.2/60
        """,
        SOUGHT,
    )


def test_a_player_that_does_not_say_when_a_seek_begins() -> None:
    """S33: `seeked` alone, with or without the `timeupdate` before it."""
    check(
        PLAYING
        + """
        5000 timeupdate 40/60
        5200 seeked 40/60
        5450 timeupdate 40.2/60
        8000 seeked 10/60
        8250 timeupdate 10.2/60
        """,
        STARTED
        + """
        5000 seek_start position=4.35 to=40
        5200 seek_end position=40
        5450 progress position=40.2
        8000 seek_start position=41.2 to=10
        8000 seek_end position=10
        8250 progress position=10.2
        """,
    )


def test_a_seek_while_paused_of_which_only_the_end_is_told() -> None:
    """S33: the `timeupdate` before it does not hide where it began."""
    check(
        PLAYING
        + """
        5000 pause 4.35/60
        7000 timeupdate 30/60
        7001 seeked 30/60
        9000 play 30/60
        9010 playing 30/60
        """,
        STARTED
        + """
        5000 pause position=4.35
        7000 seek_start position=4.35 to=30
        7001 seek_end position=30
        9000 play position=30
        9010 playing position=30
        """,
    )


def test_a_pause_before_a_seek_that_plays_on_inside_it_is_the_seek_bars() -> None:
    """S30, S31: play undoes it, a quarter of a second later at most."""
    check(
        PLAYING
        + """
        5000 pause 4.35/60
        5080 seeking 30/60
        5090 play 30/60
        5480 seeked 30/60
        5500 playing 30/60
        5750 timeupdate 30.25/60
        """,
        STARTED
        + """
        5080 seek_start position=4.43 to=30
        5480 seek_end position=30
        5500 playing position=30
        5750 progress position=30.25
        """,
    )


def test_a_pause_before_a_seek_that_nothing_undoes_is_the_viewers() -> None:
    """S31: it bears its own time, where the seek ends paused, or comes too late to have made it."""
    inside = """
        5000 pause position=4.35
        5080 seek_start position=4.35 to=30
        5480 seek_end position=30
    """
    told = "\n5000 pause 4.35/60\n5080 seeking 30/60\n5480 seeked 30/60"
    check(PLAYING + told + "\n9000 timeupdate 30/60", STARTED + inside)
    apart = told.replace("5080", "5300") + "\n5490 play 30/60\n5500 playing 30/60"
    check(
        PLAYING + apart,
        STARTED
        + inside.replace("5080", "5300")
        + """
        5490 play position=30
        5500 playing position=30
        """,
    )


def test_a_jump_that_nothing_explains_is_followed() -> None:
    """S70: without an event of its own, after a quarter of a second at most."""
    check(
        PLAYING + "5000 timeupdate 40/60\n5250 timeupdate 40.25/60",
        STARTED + "5000 progress position=40\n5250 progress position=40.25",
    )


def test_a_stall() -> None:
    """S32, S66: a pause in it closes it."""
    check(
        PLAYING
        + """
        5000 bufferstart
        8000 bufferend
        8250 timeupdate 4.25/60
        9000 bufferstart
        9500 pause 5/60
        9700 bufferend
        """,
        STARTED
        + """
        5000 buffer_start position=4
        8000 buffer_end position=4
        8250 progress position=4.25
        9000 buffer_start position=4.25
        9500 pause position=5
        """,
    )


def test_the_next_video_stays_in_the_session() -> None:
    """S24: `loaded` with another id."""
    check_events(
        """
        60    loaded {"id": 7}
        100   play 0/5
        600   playing 0/5
        2600  timeupdate 1.9/5
        4600  timeupdate 3.9/5
        5600  pause 5/5
        5601  ended 5/5
        6000  loaded {"id": 8}
        6010  durationchange {"duration": 9}
        6100  play 0/9
        6500  playing 0/9
        8500  timeupdate 1.9/9
        9000  page:pagehide
        """,
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        5.6 Content Completed 5 content-1
        6.5 Content Started 0 content-2
        9 Exited 7 @content-2
        """,
    )


def test_a_loop_has_no_ended() -> None:
    """S70: one completed pod and session, then a new session."""
    check_events(
        """
        60    loaded {"id": 7}
        100   play 0/5
        600   playing 0/5
        2600  timeupdate 1.9/5
        4600  timeupdate 3.9/5
        5550  timeupdate 4.85/5
        5800  timeupdate 0.1/5
        6800  timeupdate 1.1/5
        7000  page:pagehide
        """,
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        5.7 Content Completed 5 content-1
        5.7 Playback Completed 5
        --
        5.7 Playback Started 0
        5.7 Content Started 0 content-1
        7 Exited 1 @content-1
        """,
    )


def test_an_error_of_a_call_stops_nothing() -> None:
    """S76: it has the name of the method that was called."""
    adapter = check(
        PLAYING
        + """
        4700 error {"name": "ContrastError", "message": "too pale", "method": "setColor"}
        4710 error {"name": "PasswordError", "message": "no", "method": "loadVideo"}
        4720 error {"name": "NotAllowedError", "message": "play() was refused"}
        5000 timeupdate 4.35/60
        """,
        STARTED
        + """
        4720 error reason=play() was refused
        5000 progress position=4.35
        """,
    )
    assert sum(adapter.ignored.values()) == 2


def test_an_error_of_the_player_interrupts_when_playback_stops() -> None:
    """S76, S26."""
    check(
        PLAYING
        + """
        4700 error {"name": "PlaybackError", "message": "decoding failed"}
        5000 bufferstart
        9000 play 4.35/60
        9100 playing 4.35/60
        """,
        STARTED
        + """
        4700 error fatal=True reason=decoding failed
        5000 interrupt method=decoding failed
        9000 play position=4.35
        9100 playing position=4.35
        """,
    )
    check(
        '100 play\n500 error {"name": "PrivacyError"}',
        """
        100 play
        500 error fatal=True reason=PrivacyError
        500 interrupt method=PrivacyError
        """,
    )


def test_volume_rate_quality_and_full_screen() -> None:
    """S54: volume goes from 0 to 1; a quality is told once the content shows (S25)."""
    check(
        """
        60   loaded {"id": 7}
        70   qualitychange {"quality": "720p"}
        100  play 0/60
        601  playing 0/60
        850  timeupdate 0.2/60
        900  volumechange {"volume": 0.5, "muted": true}
        950  volumechange {"volume": 0.5, "muted": false}
        960  playbackratechange {"playbackRate": 2}
        970  fullscreenchange {"fullscreen": true}
        980  qualitychange {"quality": "auto"}
        990  qualitychange {"quality": "4K"}
        1850 timeupdate 2.1/60
        """,
        """
        60   load asset_id=7
        100  load duration=60
        100  play position=0
        601  playing position=0
        601  quality quality=720p
        850  progress position=0.2
        900  update sound=0
        950  update sound=50
        960  update playback_rate=2
        970  update full_screen=True
        990  quality quality=4K
        1850 progress position=2.1
        """,
    )


def test_a_live_event() -> None:
    """S6: a length that grows, or the application's word."""
    check(
        """
        60   loaded {"id": 7}
        100  play 100/100
        600  playing 100/100
        850  timeupdate 100.2/100.3
        1850 timeupdate 101.2/101.3
        2850 timeupdate 102.2/102.3
        3850 timeupdate 103.2/103.3
        """,
        """
        60   load asset_id=7
        100  load duration=100
        100  play position=100
        600  playing position=100
        850  load duration=100.3
        850  progress position=100.2
        1850 load duration=101.3
        1850 progress position=101.2
        2850 load livestream=True
        2850 update live_edge=102.3
        2850 progress position=102.2
        3850 progress position=103.2
        """,
    )
    assert run_api(VimeoAdapter(), "5 durationchange live=true", vimeo) == [
        "5 load livestream=True"
    ]


def test_leaving_and_hiding_the_page() -> None:
    """S77."""
    adapter = check(
        PLAYING
        + """
        4700 page:visibilitychange hidden=true
        4720 pause 4.07/60
        6000 page:pagehide
        """,
        STARTED
        + """
        4720 pause position=4.07
        6000 exit position=4.07
        """,
    )
    assert adapter.notes == {"pause: background": 1}


def test_the_state_alone_is_enough() -> None:
    """For events whose data were not kept."""
    check(
        """
        60   loaded videoId=7 title="T"
        100  play 0/60 volume=0.5
        600  playing 0/60 volume=0.5
        850  timeupdate 0.2/60 volume=0.5
        """,
        """
        60   load asset_id=7 title=T
        100  load duration=60
        100  update sound=50
        100  play position=0
        600  playing position=0
        850  progress position=0.2
        """,
    )


SECONDS = st.one_of(st.floats(0, 70), st.sampled_from([0.0, 59.9, 60.0]))
STATES = {
    "currentTime": SECONDS,
    "duration": st.sampled_from([0, 60, 60.1, 3600]),
    "paused": st.booleans(),
    "hidden": st.booleans(),
    "live": st.just(False),
}
DETAILS = {
    "seconds": SECONDS,
    "duration": st.sampled_from([60, 60, 60.01]),
    "volume": st.floats(0, 1),
    "muted": st.booleans(),
    "playbackRate": st.sampled_from([1, 0.5, 2]),
    "id": st.sampled_from([7, 7, 8]),
    "quality": st.sampled_from(["720p", "auto"]),
    "fullscreen": st.booleans(),
    "name": st.sampled_from(["NotFoundError", "NotAllowedError"]),
    "method": st.sampled_from(["", "play"]),
}


@settings(max_examples=100, deadline=None)
@given(chaos(VimeoAdapter, STATES, DETAILS))
def test_whatever_it_says_the_stream_is_in_order(said: list[Callback]) -> None:
    """S60."""
    holds_up(VimeoAdapter(), said)
