"""YouTube's IFrame API: states, polls, seeks that nobody announces, playlists, live."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.players.api_script import api_callback, chaos, holds_up, run_api, view
from tests.players.script import expected
from video_tracker.plan import Content
from video_tracker.players.base import Callback
from video_tracker.players.youtube import YoutubeAdapter


def youtube(line: str) -> Callback:
    """``100 3 0/60`` is a state; other callbacks are written out."""
    ms, event, *rest = line.split(" ", 2)
    if event.lstrip("-").isdigit():
        line = " ".join([ms, "onStateChange", *rest, f'{{"data": {event}}}'])
    return api_callback(line, "youtube")


def check(script: str, signals: str) -> YoutubeAdapter:
    adapter = YoutubeAdapter()
    assert run_api(adapter, script, youtube) == expected(signals)
    return adapter


def check_events(script: str, events: str) -> None:
    assert view(YoutubeAdapter(), script, youtube) == expected(events)


PLAYING = """
    0    onReady 0/60 videoId=abc volume=80 muted=false playbackRate=1
    10   -1 0/60
    100  3 0/60
    600  1 0/60
    850  poll 0.2/60
    1600 poll 1/60
    4600 poll 4/60
"""
STARTED = """
    0    load asset_id=abc
    0    load duration=60
    0    update sound=80
    100  play position=0
    600  playing position=0
    850  progress position=0.2
    1600 progress position=1
    4600 progress position=4
"""


def test_the_viewer_s_pause_is_told_with_its_own_time() -> None:
    """S31: held until the next callback, a quarter of a second at most."""
    check(
        PLAYING
        + """
        5000 2 4.4/60
        5250 poll 4.4/60
        9000 poll 4.4/60
        9100 1 4.4/60
        9350 poll 4.6/60
        """,
        STARTED
        + """
        5000 pause position=4.4
        9100 play position=4.4
        9100 playing position=4.4
        9350 progress position=4.6
        """,
    )


def test_a_double_click_is_no_pause() -> None:
    """S31: full screen by double click pauses and plays within a moment."""
    adapter = check(
        PLAYING
        + """
        5000 2 4.4/60
        5180 1 4.4/60
        5350 poll 4.6/60
        """,
        STARTED
        + """
        5180 playing position=4.4
        5350 progress position=4.6
        """,
    )
    assert adapter.notes == {"pause: undone at once, as by a double click": 1}


def test_a_click_into_the_time_line_is_a_seek() -> None:
    """S33: paused, buffering, playing within a moment, and the position has jumped."""
    check(
        PLAYING
        + """
        5000 2 4.4/60
        5040 3 40/60
        5900 1 40/60
        6150 poll 40.2/60
        """,
        STARTED
        + """
        5000 seek_start position=4.4 to=40
        5900 seek_end position=40
        5900 playing position=40
        6150 progress position=40.2
        """,
    )


def test_a_seek_whose_position_is_told_late() -> None:
    """S33: the buffering belongs to it, although nobody knew of it yet."""
    check(
        PLAYING
        + """
        5000 3 4.4/60
        5100 poll 20/60
        5900 1 20/60
        """,
        STARTED
        + """
        5000 seek_start position=4.4 to=20
        5900 seek_end position=20
        5900 playing position=20
        """,
    )


def test_a_seek_within_what_is_loaded_is_seen_by_its_position_alone() -> None:
    """S61: forward and back; a jump below half a second is nobody's (S70)."""
    check(
        PLAYING
        + """
        4850 poll 14.2/60
        5100 poll 14.45/60
        5350 poll 14.3/60
        5600 poll 9/60
        5850 poll 9.25/60
        """,
        STARTED
        + """
        4850 seek_start position=4.25 to=14.2
        4850 seek_end position=14.2
        5100 progress position=14.45
        5350 progress position=14.3
        5600 seek_start position=14.55 to=9
        5600 seek_end position=9
        5850 progress position=9.25
        """,
    )


def test_a_poll_that_sees_the_jump_before_the_state_does() -> None:
    """S33: the buffering after it is the seek's."""
    check(
        PLAYING
        + """
        4850 poll 30/60
        4870 3 30/60
        5870 1 30/60
        """,
        STARTED
        + """
        4850 seek_start position=4.25 to=30
        5870 seek_end position=30
        5870 playing position=30
        """,
    )


def test_dragging_pauses_and_seeks() -> None:
    """S33: a drag that lasts is a pause and a seek; both are told with their own times."""
    check(
        PLAYING
        + """
        5000 2 4.4/60
        6000 poll 12/60
        6100 poll 20/60
        6150 3 20/60
        6500 1 20/60
        """,
        STARTED
        + """
        5000 pause position=4.4
        6000 seek_start position=4.4 to=12
        6100 seek_start position=4.4 to=20
        6500 seek_end position=20
        6500 play position=20
        6500 playing position=20
        """,
    )


def polls(start: int, end: int, position: float, step: int = 1000) -> str:
    """Polls of the position alone, of a clock that runs."""
    ats = range(start, end + 1, step)
    return "\n".join(f"{at} poll {position + (at - start) / 1000:g}/60" for at in ats)


@pytest.mark.parametrize("step", [250, 1000, 2000])
def test_a_clock_that_runs_ends_a_stall_whose_end_was_lost(step: int) -> None:
    """S79, S83: state 1 never came; the next stall is one, too."""
    check_events(
        f"{PLAYING}5000 3 4.4/60\n{polls(7000, 11000, 4.4, step)}\n12000 3 9.4/60\n13000 1 9.4/60",
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        5 Buffer Started 4 @content-1
        7 Buffer Completed 4 @content-1
        12 Buffer Started 9 @content-1
        13 Buffer Completed 9 @content-1
        313 Interrupted 9 @content-1 timeout
        """,
    )


@pytest.mark.parametrize("step", [250, 1000])
def test_a_clock_that_runs_ends_a_seek_whose_end_was_lost(step: int) -> None:
    """S79, S83: it is one seek, and what is played after it is content."""
    check_events(
        f"{PLAYING}4850 poll 30/60\n4870 3 30/60\n{polls(5870, 8870, 30, step)}",
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        4.85 Seek Started 4 @content-1 >30
        5.87 Seek Completed 30 @content-1 >30
        308.87 Interrupted 33 @content-1 timeout
        """,
    )


@pytest.mark.parametrize("step", [250, 1000])
def test_a_clock_that_runs_is_a_start_whose_word_was_lost(step: int) -> None:
    """S79, S83: state 3 was heard, state 1 was not."""
    check_events(
        f"0 onReady 0/60 videoId=abc\n100 3 0/60\n{polls(600, 3600, 0, step)}",
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        303.6 Interrupted 3 @content-1 timeout
        """,
    )


@pytest.mark.parametrize("step", [250, 1000])
def test_a_clock_that_runs_ends_a_pause_whose_end_was_lost(step: int) -> None:
    """S79, S83: none of its steps is a seek."""
    check_events(
        f"{PLAYING}5000 2 4.4/60\n6000 poll 4.4/60\n{polls(9000, 12000, 4.4, step)}",
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        5 Paused 4 @content-1
        9 Resumed 4 @content-1
        9 Content Playing 4 content-1
        312 Interrupted 7 @content-1 timeout
        """,
    )


def test_a_seek_forward_in_a_pause_is_none_of_playing_however_seldom_it_is_polled() -> None:
    """S89: playing would explain the step, but the next position stands."""
    check_events(
        PLAYING
        + """
        5000  2 4.4/60
        10000 poll 4.4/60
        20000 poll 9.4/60
        30000 poll 9.4/60
        40000 1 9.4/60
        """,
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        5 Paused 4 @content-1
        30 Seek Started 4 @content-1 >9
        30 Seek Completed 9 @content-1 >9
        40 Resumed 9 @content-1
        40 Content Playing 9 content-1
        340 Interrupted 9 @content-1 timeout
        """,
    )


def test_a_seek_while_paused_stays_paused() -> None:
    """S33."""
    check(
        PLAYING
        + """
        5000 2 4.4/60
        7000 3 30/60
        7300 2 30/60
        7600 poll 30/60
        """,
        STARTED
        + """
        5000 pause position=4.4
        7000 seek_start position=4.4 to=30
        7300 seek_end position=30
        """,
    )


def test_a_clock_that_is_guessed_ahead_is_no_seek() -> None:
    """S70: after a rest the API's script adds up to a second, and is put right by the player."""
    check(
        PLAYING
        + """
        5000 2 4.4/60
        60000 1 5.4/60
        60250 poll 4.65/60
        """,
        STARTED
        + """
        5000 pause position=4.4
        60000 play position=5.4
        60000 playing position=5.4
        60250 progress position=4.65
        """,
    )


PLAYLIST = """
    0    onReady 0/5 videoId=abc playlistIndex=0
    100  3 0/5
    200  1 0/5
    450  poll 0.2/5
    2450 poll 2.2/5
    4450 poll 4.2/5
    5250 0 5/5
    5300 -1 0/9 videoId=def playlistIndex=1
    5310 3 0/9 videoId=def
    5800 1 0/9 videoId=def
    6050 poll 0.2/9 videoId=def
    7050 poll 1.2/9 videoId=def
"""


def test_an_id_that_is_told_only_when_it_plays() -> None:
    """S24: the states before it do not make a replay."""
    check_events(
        PLAYLIST.replace("5310 3 0/9 videoId=def", "5310 3 0/9 videoId=abc")
        .replace("-1 0/9 videoId=def playlistIndex=1", "-1 0/9 videoId=abc")
        .replace("7050", "8000 page:pagehide 2.15/9\n7050"),
        """
        0.1 Playback Started 0
        0.2 Content Started 0 content-1
        5.25 Content Completed 5 content-1
        5.8 Content Started 0 content-2
        8 Exited 7 @content-2
        """,
    )


def test_the_next_video_without_an_id() -> None:
    """S24: its place in the list tells, or another length after the end."""
    script = """
        0     onReady 0/5 playlistIndex=0
        100   3 0/5
        200   1 0/5
        450   poll 0.2/5
        2450  poll 2.2/5
        4450  poll 4.2/5
        5250  0 5/5
        5310  3 0/9 playlistIndex=1
        5800  1 0/9 playlistIndex=1
        6050  poll 0.2/9
        8000  page:pagehide 2.15/9
        """
    events = """
        0.1 Playback Started 0
        0.2 Content Started 0 content-1
        5.25 Content Completed 5 content-1
        5.8 Content Started 0 content-2
        8 Exited 7 @content-2
        """
    check_events(script, events)
    check_events(script.replace("playlistIndex=1", "").replace("playlistIndex=0", ""), events)


def test_the_video_s_id_and_title_are_the_content_s() -> None:
    """S12, S52: unless the plan has its own."""
    script = """
        0    onReady 0/60 {"info": {"videoData": {"video_id": "abc", "title": "T", "author": "A"}}}
        10   infoDelivery {"info": {"currentTime": 0, "duration": 60, "volume": 30}}
        100  onStateChange {"info": 3}
        200  onStateChange {"info": 1}
        450  infoDelivery {"info": {"currentTime": 0.2, "currentTimeLastUpdated_": 179.1}}
        1450 infoDelivery {"info": {"currentTime": 1.2, "playerState": 1}}
        """
    check(
        script,
        """
        0    load asset_id=abc title=T publisher=A
        0    load duration=60
        10   update sound=30
        100  play position=0
        200  playing position=0
        450  progress position=0.2
        1450 progress position=1.2
        """.replace("100  play position=0", "100  play"),
    )
    assert "Content Started 0 content-1" in " ".join(
        view(YoutubeAdapter(), script, youtube, contents=(Content(asset_id="mine", duration=60),))
    )


def test_an_error_of_a_video_that_cannot_play() -> None:
    """S76: nothing was wanted yet, so nothing is interrupted."""
    check(
        """
        0   onReady 0/0 videoId=abc
        10  -1 0/0
        500 onError {"data": 150}
        """,
        """
        0   load asset_id=abc
        500 error fatal=True reason=embedding not allowed
        """,
    )


def test_stopping_the_video_is_a_pause() -> None:
    """S30: `stopVideo` leaves the player cued or unstarted, at 0."""
    check(
        PLAYING
        + """
        5000 5 0/60
        7000 poll 0/60
        9000 1 0/60
        9250 poll 0.2/60
        """,
        STARTED
        + """
        5000 pause position=4.4
        9000 seek_start position=4.4 to=0
        9000 seek_end position=0
        9000 play position=0
        9000 playing position=0
        9250 progress position=0.2
        """,
    )


def test_quality_and_rate() -> None:
    """S25: a quality is told once it shows; YouTube's words for none are none."""
    check(
        """
        0    onReady 0/60 videoId=abc
        50   onPlaybackQualityChange {"data": "hd720"}
        100  3 0/60
        600  1 0/60
        850  poll 0.2/60
        900  onPlaybackQualityChange {"data": "unknown"}
        1000 onPlaybackQualityChange {"data": "large"}
        1100 onPlaybackRateChange {"data": 2}
        1850 poll 2/60 playbackRate=2
        2850 poll 4/60 playbackRate=2
        """,
        """
        0    load asset_id=abc
        0    load duration=60
        100  play position=0
        600  playing position=0
        850  progress position=0.2
        850  quality quality=hd720
        1000 quality quality=large
        1100 update playback_rate=2
        1850 progress position=2
        2850 progress position=4
        """,
    )


def test_polls_that_do_not_repeat_the_rate_run_at_the_one_that_was_told() -> None:
    """S70, S87: 4 s of content in 2 s are no seek."""
    check(
        PLAYING
        + """
        4650 onPlaybackRateChange {"data": 2}
        6600 poll 8/60
        8600 poll 12/60
        """,
        STARTED
        + """
        4650 update playback_rate=2
        6600 progress position=8
        8600 progress position=12
        """,
    )


def test_a_length_that_grows_is_that_of_a_live_stream() -> None:
    """S6."""
    check(
        """
        0    onReady 0/0 videoId=live
        100  3 3600/3600
        600  1 3600/3600
        850  poll 3600.2/3600.3
        1850 poll 3601.2/3601.3
        2850 poll 3602.2/3602.3
        3850 poll 3603.2/3603.3
        """,
        """
        0    load asset_id=live
        100  load duration=3600
        100  play position=3600
        600  playing position=3600
        850  load duration=3600
        850  progress position=3600
        1850 load duration=3601
        1850 progress position=3601
        2850 load livestream=True
        2850 update live_edge=3602
        2850 progress position=3602
        3850 progress position=3603
        """,
    )
    assert "0 load livestream=True" in run_api(
        YoutubeAdapter(), '0 poll 5/5 {"info": {"videoData": {"isLive": true}}}', youtube
    )


def test_an_ad_of_youtube_s_own_is_startup() -> None:
    """No callback tells of it: the clock stands, and no ad is made up."""
    check_events(
        "\n".join(
            [
                "0 onReady 0/60 videoId=abc",
                "50 poll 0/60",
                "100 3 0/60",
                "600 1 0/60",
                *(f"{600 + 250 * step} poll 0/60" for step in range(1, 40)),
                *(f"{10600 + 250 * step} poll {0.25 * step}/60" for step in range(1, 9)),
                "13000 page:pagehide 2.4/60",
            ]
        ),
        """
        0.1 Playback Started 0
        10.6 Content Started 0 content-1
        13 Exited 2 @content-1
        """,
    )


def test_states_alone_are_enough() -> None:
    """Without any position or poll."""
    check(
        """
        0    onReady
        100  3
        600  1
        5000 2
        9000 1
        9500 3
        9900 1
        20000 0
        """,
        """
        100  play
        600  playing
        5000 pause
        9000 play
        9000 playing
        9500 buffer_start
        9900 buffer_end
        20000 content_end
        """,
    )


def test_polls_alone_are_enough() -> None:
    """A recorder that only asks: play is what moves."""
    check(
        """
        0    poll 0/60 playerState=-1
        1000 poll 0/60 playerState=3
        2000 poll 0.4/60 playerState=1
        3000 poll 1.4/60 playerState=1
        4000 poll 2/60 playerState=2
        5000 poll 2/60 playerState=2
        """,
        """
        0    load duration=60
        1000 play position=0
        1600 playing position=0
        3000 progress position=1.4
        4000 pause position=2
        """,
    )


def test_leaving_and_hiding_the_page() -> None:
    """S77: a pause that the browser makes itself; `pagehide` is an exit."""
    adapter = check(
        PLAYING
        + """
        4700 page:visibilitychange 4.1/60 hidden=true
        4720 2 4.1/60
        6000 page:pagehide 4.1/60 volume=80
        """,
        STARTED
        + """
        4720 pause position=4.1
        6000 exit position=4.1
        """,
    )
    assert adapter.notes == {"pause: background": 1}


def test_a_volume_that_was_made_an_element_s() -> None:
    """S54: what an application read may go from 0 to 1; YouTube's own word goes to 100."""
    check("0 poll 0/- volume=0.5", "0 update sound=50")
    check("0 poll 0/- volume=1 muted=true", "0 update sound=0")
    check('0 infoDelivery {"info": {"volume": 1}}', "0 update sound=1")


def test_full_screen_is_the_page_s() -> None:
    """The page's event, and the volume beside it in YouTube's scale."""
    check(
        PLAYING + "4700 page:fullscreenchange 4.1/60 volume=50 fullscreen=true",
        STARTED + "4700 update sound=50 full_screen=True",
    )


STATES = {
    "currentTime": st.one_of(st.floats(0, 70), st.sampled_from([0.0, 59.9, 60.0])),
    "duration": st.sampled_from([0, 60, 60.1, 3600]),
    "playerState": st.sampled_from([-1, 0, 1, 2, 3, 5]),
    "volume": st.integers(0, 100),
    "muted": st.booleans(),
    "playbackRate": st.sampled_from([1, 0.25, 2]),
    "videoId": st.sampled_from(["abc", "abc", "def"]),
    "hidden": st.booleans(),
}
DETAILS = {
    "data": st.sampled_from([-1, 0, 1, 1, 2, 3, 5, 150, "hd720"]),
    "info": st.one_of(
        st.sampled_from([0, 1, 2, 3]),
        st.fixed_dictionaries(
            {}, optional={**STATES, "videoData": st.just({"video_id": "abc", "title": "T"})}
        ),
    ),
}


@settings(max_examples=100, deadline=None)
@given(chaos(YoutubeAdapter, STATES, DETAILS))
def test_whatever_it_says_the_stream_is_in_order(said: list[Callback]) -> None:
    """S60."""
    holds_up(YoutubeAdapter(), said)
