"""HTML5 video: callbacks in, exact signals out.

Sequences are those of real browsers; the notes' numbers (A4, B1...) name the behaviour.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.playing import events_of, watch
from tests.players.script import callback, expected, run
from video_tracker.players.base import Callback, Ignored, Mapped
from video_tracker.players.html5 import Html5Adapter
from video_tracker.players.media_events import MEDIA_EVENTS, PAGE_EVENTS
from video_tracker.signals import SIGNALS


def check(script: str, signals: str) -> Html5Adapter:
    adapter = Html5Adapter()
    assert run(adapter, script) == expected(signals)
    return adapter


STARTED = """
    0    loadedmetadata 0/20 P
    100  play 0/20
    110  playing 0/20
    5110 timeupdate 5/20
"""
START = """
    0    load duration=20
    100  play position=0
    110  playing position=0
    5110 progress position=5
"""


# --- start and end --------------------------------------------------------------------------------


def test_a_pause_at_the_very_end_is_none_even_if_nothing_says_ended() -> None:
    """S75, A1: position >= duration is the end as well."""
    check(
        STARTED + "20110 pause 20/20 P",
        START + "20110 content_end position=20",
    )


def test_waiting_before_the_first_frame_is_startup() -> None:
    """S25, A15: the data come 3 s later; no buffering is told."""
    check(
        """
        0    play 0/- rs=0
        10   waiting 0/- rs=0
        3000 loadedmetadata 0/20
        3010 playing 0/20
        """,
        """
        0    play position=0
        3000 load duration=20
        3010 playing position=0
        """,
    )


def test_an_autoplay_start_is_a_start() -> None:
    """S25, A15: `play` comes late, the element plays already."""
    check(
        """
        0  durationchange 0/20
        10 loadeddata 0.017/20
        11 play 0.017/20
        28 playing 0.0379/20
        """,
        """
        0  load duration=20
        11 play position=0.017
        28 playing position=0.0379
        """,
    )


def test_blocked_autoplay_and_a_missing_file_start_nothing() -> None:
    """A15: the promise is rejected; no event plays anything, and nobody exits."""
    check(
        """
        0    loadstart 0/- P rs=0
        20   error 0/- P rs=0 {"error": {"code": 4, "message": "404"}}
        3000 page:pagehide 0/- P rs=0
        """,
        "20 error fatal=True reason=source not playable",
    )


def test_a_first_frame_that_no_event_tells_is_dated_by_the_position() -> None:
    """S25: some engines let `playing` out; the moving position proves it."""
    check(
        """
        0    play 0/20
        1000 timeupdate 0.25/20
        """,
        """
        0    load duration=20
        0    play position=0
        750  playing position=0
        1000 progress position=0.25
        """,
    )


def test_a_start_offset_is_no_seek() -> None:
    """S33: seeking before the first frame only chooses where it begins."""
    check(
        """
        0   seeking 10/20 PS
        5   seeked 10/20 P
        500 play 10/20
        510 playing 10/20
        """,
        """
        0   load duration=20
        500 play position=10
        510 playing position=10
        """,
    )


# --- pauses ---------------------------------------------------------------------------------------


def test_a_pause_right_after_hiding_is_the_browser_s() -> None:
    """S77, B6: a muted video is paused by the browser; it is a pause, with a note."""
    adapter = check(
        STARTED
        + """
        5200 page:visibilitychange 5.09/20 HM {"visibility": "hidden"}
        5225 pause 5.11/20 PHM
        """,
        START + "5225 pause position=5.11",
    )

    assert adapter.notes == {"pause: background": 1}


def test_a_pause_long_after_hiding_is_the_viewer_s() -> None:
    adapter = check(
        STARTED
        + """
        5200 page:visibilitychange 5.09/20 H {"visibility": "hidden"}
        5400 pause 5.29/20 PH
        """,
        START + "5400 pause position=5.29",
    )

    assert adapter.notes == {}


# --- seeks ----------------------------------------------------------------------------------------


def test_a_seek_while_playing_owns_its_waiting_and_playing() -> None:
    """S33, A3, A4: `seeking` carries the target; where it left is the last position moved on."""
    check(
        STARTED
        + """
        5210 seeking 12/20 S
        5211 waiting 12/20 S rs=1
        5215 timeupdate 12/20
        5216 seeked 12/20
        5217 canplay 12/20
        5218 playing 12/20
        """,
        START
        + """
        5210 seek_start position=5.1 to=12
        5216 seek_end position=12
        5218 playing position=12
        """,
    )


def test_webkit_waits_after_the_seek_flag_has_gone() -> None:
    """A4: `waiting` with seeking=false and readyState 2, inside the seek; no `playing` follows."""
    check(
        STARTED
        + """
        5210 seeking 12/20 S
        5216 waiting 12.002/20 rs=2
        5220 timeupdate 12.002/20 rs=2
        5221 seeked 12.002/20 rs=2
        5460 timeupdate 12.25/20 rs=2
        """,
        START
        + """
        5210 seek_start position=5.1 to=12
        5221 seek_end position=12
        5460 progress position=12.25
        """,
    )


def test_a_seek_into_missing_data_is_one_long_seek() -> None:
    """B6: the wait belongs to the seek, no rebuffer."""
    check(
        STARTED
        + """
        5110 seeking 15/20 S
        5111 waiting 15/20 S
        8300 seeked 15/20
        8301 playing 15/20
        """,
        START
        + """
        5110 seek_start position=5 to=15
        8300 seek_end position=15
        8301 playing position=15
        """,
    )


def test_a_machine_s_nudge_is_no_seek() -> None:
    """S70, B8: less than half a second, with its waiting and playing."""
    check(
        STARTED
        + """
        5110 seeking 5.08/20 S
        5111 waiting 5.08/20 S
        5120 seeked 5.08/20
        5121 playing 5.08/20
        5371 timeupdate 5.33/20
        """,
        START
        + """
        5121 playing position=5.08
        5371 progress position=5.33
        """,
    )


def test_a_small_step_inside_a_scrub_belongs_to_it() -> None:
    """S33, A5: what follows a seek within half a second is the same gesture."""
    check(
        STARTED
        + """
        5110 seeking 8/20 S
        5120 seeked 8/20
        5121 playing 8/20
        5240 seeking 8.4/20 S
        5250 seeked 8.4/20
        5251 playing 8.4/20
        """,
        START
        + """
        5110 seek_start position=5 to=8
        5120 seek_end position=8
        5121 playing position=8
        5240 seek_start position=8.059 to=8.4
        5250 seek_end position=8.4
        5251 playing position=8.4
        """,
    )


def test_small_steps_that_lead_far_are_a_seek_from_where_they_began() -> None:
    """S70: dragging in steps under half a second is the viewer's all the same."""
    check(
        STARTED
        + """
        5110 pause 5/20 P
        6000 seeking 5.4/20 PS
        6005 seeked 5.4/20 P
        6150 seeking 5.8/20 PS
        6155 seeked 5.8/20 P
        """,
        START
        + """
        5110 pause position=5
        6150 seek_start position=5 to=5.8
        6155 seek_end position=5.8
        """,
    )


def test_a_seek_begun_before_the_last_one_ended_continues_it() -> None:
    """S33, A5: twice `seeking`, one `seeked`."""
    check(
        STARTED
        + """
        5110 seeking 12/20 S
        5150 seeking 14/20 S
        5200 seeked 14/20
        5201 playing 14/20
        """,
        START
        + """
        5110 seek_start position=5 to=12
        5150 seek_start position=5 to=14
        5200 seek_end position=14
        5201 playing position=14
        """,
    )


def test_a_seek_whose_end_never_comes_is_ended_by_playing_on() -> None:
    """S62: evidence closes what the player forgot."""
    check(
        STARTED
        + """
        5110 seeking 12/20 S
        5300 timeupdate 12.15/20
        5550 timeupdate 12.4/20
        """,
        START
        + """
        5110 seek_start position=5 to=12
        5150 seek_end position=12
        5550 progress position=12.4
        """,
    )


def test_a_seek_to_the_end_ends_the_content() -> None:
    """S75, A6: the `playing` in between is of something that has ended."""
    check(
        STARTED
        + """
        5110 seeking 20/20 S
        5112 waiting 20/20 S
        5119 timeupdate 20/20 PE
        5120 seeked 20/20 PE
        5122 playing 20/20 PE
        5124 pause 20/20 PE
        5125 ended 20/20 PE
        """,
        START
        + """
        5110 seek_start position=5 to=20
        5120 seek_end position=20
        5120 content_end position=20
        """,
    )


@pytest.mark.parametrize("last", ["", "7002 ended 20/20 PE"], ids=["chromium", "firefox"])
def test_a_seek_to_the_end_while_paused_ends_the_content(last: str) -> None:
    """A7: Chromium sets ended=true without any event, the others fire `ended` without `pause`."""
    check(
        STARTED
        + """
        5200 pause 5.09/20 P
        7000 seeking 20/20 PS
        7001 seeked 20/20 PE
        """
        + last,
        START
        + """
        5200 pause position=5.09
        7000 seek_start position=5.09 to=20
        7001 seek_end position=20
        7001 content_end position=20
        """,
    )


# --- replays, loops, other sources ----------------------------------------------------------------

ENDED = (
    STARTED
    + """
    20110 pause 20/20 PE
    20112 ended 20/20 PE
"""
)
END = START + "20110 content_end position=20\n"


def test_a_player_that_rewinds_itself_after_the_end_seeks_nothing() -> None:
    """A10: `seeking` and `seeked` to 0 while paused, and ended is false again."""
    check(
        ENDED
        + """
        20120 seeking 0/20 PS
        20125 seeked 0/20 P
        20130 timeupdate 0/20 P
        25000 page:pagehide 0/20 P
        """,
        END + "25000 exit position=0",
    )


def test_a_loop_completes_and_starts_anew() -> None:
    """S24, S70, A9: no `ended`, no `pause`, no `play`; only a jump from the end to 0."""
    check(
        STARTED
        + """
        19900 timeupdate 19.8/20
        20110 seeking 0/20 S
        20112 waiting 0/20 S
        20115 seeked 0/20
        20116 playing 0/20
        20366 timeupdate 0.25/20
        """,
        START
        + """
        19900 progress position=19.8
        20110 content_end position=20
        20110 end position=20
        20110 play position=0
        20116 playing position=0
        20366 progress position=0.25
        """,
    )


def test_a_loop_that_firefox_tells_late_is_dated_back() -> None:
    """A9: `seeking` with seeking=false, the new round already 0.3 s old."""
    check(
        STARTED
        + """
        19900 timeupdate 19.8/20
        20400 seeking 0.3/20
        20402 timeupdate 0.3/20
        20402 seeked 0.3/20
        20700 timeupdate 0.6/20
        """,
        START
        + """
        19900 progress position=19.8
        20100 content_end position=20
        20100 end position=20
        20100 play position=0
        20100 playing position=0
        20700 progress position=0.6
        """,
    )


def test_a_viewer_s_seek_back_to_the_start_is_no_loop() -> None:
    check(
        STARTED
        + """
        5110 seeking 0/20 S
        5120 seeked 0/20
        """,
        START
        + """
        5110 seek_start position=5 to=0
        5120 seek_end position=0
        """,
    )


def test_another_source_while_playing_is_the_next_item() -> None:
    """S24, A11: no pause, no ended; `play` before `loadstart`; the last position is kept."""
    check(
        STARTED
        + """
        5210 emptied 0/- rs=0
        5211 play 0/- rs=0 src=next.mp4
        5212 waiting 0/- rs=0 src=next.mp4
        5215 loadstart 0/- rs=0 src=next.mp4
        5216 timeupdate 0/- rs=0 src=next.mp4
        5220 durationchange 0/9 rs=1 src=next.mp4
        5230 playing 0/9 src=next.mp4
        5480 timeupdate 0.25/9 src=next.mp4
        """,
        START
        + """
        5210 progress position=5.1
        5211 load next_item=True
        5211 play position=0
        5220 load duration=9
        5230 playing position=0
        5480 progress position=0.25
        """,
    )


def test_the_same_source_loaded_again_is_no_next_item() -> None:
    """S70: the way back to the old position is the machine's."""
    check(
        STARTED
        + """
        5210 emptied 0/- rs=0
        5211 loadstart 0/- rs=0
        5220 durationchange 0/20 rs=1
        5225 seeking 5.1/20 S
        5230 seeked 5.1/20
        5231 playing 5.1/20
        """,
        START
        + """
        5210 progress position=5.1
        5231 playing position=5.1
        """,
    )


# --- buffering ------------------------------------------------------------------------------------


def test_a_stall_whose_end_nobody_tells_is_ended_by_progress() -> None:
    """A4: WebKit says `waiting` when it resumes and never `playing`."""
    check(
        STARTED
        + """
        5110 pause 5/20 P
        6000 play 5/20
        6002 waiting 5/20 rs=2
        6252 timeupdate 5.25/20 rs=2
        """,
        START
        + """
        5110 pause position=5
        6000 play position=5
        6002 buffer_start position=5
        6002 buffer_end position=5
        6252 progress position=5.25
        """,
    )


def test_a_pause_ends_a_stall() -> None:
    """S66, B5: and waiting comes again after the resume."""
    check(
        STARTED
        + """
        5110 waiting 5/20 rs=2
        6000 pause 5/20 P
        8000 play 5/20 rs=2
        8002 waiting 5/20 rs=2
        9000 playing 5.01/20
        """,
        START
        + """
        5110 buffer_start position=5
        6000 pause position=5
        8000 play position=5
        8002 buffer_start position=5
        9000 buffer_end position=5.01
        """,
    )


def test_a_stall_that_firefox_does_not_tell_is_told_when_data_come_back() -> None:
    """S65, B2: `timeupdate` just stops; `canplaythrough` comes, then the position jumps."""
    check(
        STARTED
        + """
        9110 canplaythrough 5.1/20
        9230 timeupdate 8.9/20
        """,
        START
        + """
        5210 buffer_start position=5.1
        9110 buffer_end position=5.1
        9230 progress position=8.9
        """,
    )


def test_data_that_come_while_it_plays_are_nothing() -> None:
    check(STARTED + "7110 canplaythrough 6.9/20", START)


def test_waiting_while_paused_is_nothing() -> None:
    check(
        STARTED
        + """
        5110 pause 5/20 P
        5200 waiting 5/20 P
        """,
        START + "5110 pause position=5",
    )


# --- attributes and lengths -----------------------------------------------------------------------


def test_rate_volume_and_full_screen_are_updates_when_they_change() -> None:
    """S54, A18, A19: muted is 0, and WebKit says the same twice."""
    check(
        """
        0   play 0/20 v=1
        10  playing 0/20 v=1
        500 ratechange 0.5/20 v=1 r=2
        600 volumechange 0.7/20 v=0.3 r=2
        602 volumechange 0.7/20 v=0.3 r=2
        700 volumechange 0.9/20 M v=0.3 r=2
        800 volumechange 1.1/20 v=0 r=2
        900 page:fullscreenchange 1.3/20 F v=0 r=2
        950 webkitendfullscreen 1.4/20 v=0 r=2
        """,
        """
        0   load duration=20
        0   update sound=100
        0   play position=0
        10  playing position=0
        500 update playback_rate=2
        600 update sound=30
        700 update sound=0
        900 update full_screen=True
        950 update full_screen=False
        """,
    )


def test_rate_zero_is_passed_on_and_never_divided_by() -> None:
    """S74, B3: the session makes it buffering."""
    check(
        STARTED
        + """
        5110 ratechange 5/20 r=0
        7110 seeking 12/20 S r=0
        7120 seeked 12/20 r=0
        7121 ratechange 12/20
        """,
        START
        + """
        5110 update playback_rate=0
        7110 seek_start position=5 to=12
        7120 seek_end position=12
        7121 update playback_rate=1
        """,
    )


def test_the_position_left_moves_on_with_the_rate_and_not_for_ever() -> None:
    """A3: at rate 2, and at most a second since the last callback."""
    check(
        STARTED
        + """
        5110 ratechange 5/20 r=2
        5310 seeking 15/20 S r=2
        5320 seeked 15/20 r=2
        5321 playing 15/20 r=2
        9321 seeking 3/20 S r=2
        9330 seeked 3/20 r=2
        """,
        START
        + """
        5110 update playback_rate=2
        5310 seek_start position=5.4 to=15
        5320 seek_end position=15
        5321 playing position=15
        9321 seek_start position=17 to=3
        9330 seek_end position=3
        """,
    )


def test_a_duration_is_told_when_it_changes() -> None:
    """A13: NaN is nothing, Infinity is live."""
    check(
        """
        0   durationchange 0/-
        10  durationchange 0/20
        20  loadedmetadata 0/20
        30  durationchange 0/20.0956
        40  durationchange 0/Infinity
        50  durationchange 0/Infinity
        """,
        """
        10  load duration=20
        30  load duration=20.1
        40  load livestream=True
        """,
    )


# --- errors and leaving ---------------------------------------------------------------------------


def test_an_error_that_stopped_playback_interrupts_and_its_pause_is_no_pause() -> None:
    """S76, C1: Chromium is paused in the error's state and fires `pause` after it."""
    check(
        STARTED
        + """
        5200 error 5.09/20 P {"error": {"code": 3, "message": "decode"}}
        5210 timeupdate 5.09/20 P
        5211 pause 5.09/20 P
        """,
        START
        + """
        5200 error fatal=True reason=decode error
        5200 interrupt method=decode error
        """,
    )


def test_an_error_that_playback_survives_interrupts_nothing_yet() -> None:
    """S76, C1: Firefox plays on; only when it stops for data is it over."""
    check(
        STARTED
        + """
        5200 error 5.09/20 {"error": {"code": 2, "message": ""}}
        5450 timeupdate 5.34/20
        6000 waiting 5.8/20 rs=2
        6250 timeupdate 5.8/20 rs=2
        """,
        START
        + """
        5200 error fatal=True reason=network loss
        5450 progress position=5.34
        6000 interrupt method=network loss
        """,
    )


def test_playing_again_after_an_error_is_a_new_wish_to_play() -> None:
    """S26: any sign of playing undoes an interruption."""
    check(
        STARTED
        + """
        5200 error 5.09/20 P {"error": {"code": 3}}
        9000 play 5.09/20
        9010 playing 5.09/20
        """,
        START
        + """
        5200 error fatal=True reason=decode error
        5200 interrupt method=decode error
        9000 play position=5.09
        9010 playing position=5.09
        """,
    )


def test_an_aborted_download_is_not_fatal() -> None:
    check(
        STARTED + '5200 error 5.09/20 {"error": {"code": 1}}',
        START + "5200 error reason=aborted",
    )


def test_an_error_of_a_blanked_source_is_housekeeping() -> None:
    """S76, A12, C4: Plyr blanks the source of an element it throws away."""
    check(
        ENDED + '20500 error 0/- P rs=0 {"error": {"code": 4, "message": "Empty src attribute"}}',
        END,
    )


def test_leaving_the_page_is_an_exit_at_its_last_position() -> None:
    """S77, E5: and nothing after it counts."""
    check(
        STARTED
        + """
        5200 page:beforeunload 5.09/20
        5205 page:pagehide 5.1/20 {"persisted": true}
        5206 page:visibilitychange 5.1/20 H {"visibility": "hidden"}
        5300 timeupdate 5.2/20
        """,
        START + "5205 exit position=5.1",
    )


def test_an_element_already_reset_does_not_exit_at_zero() -> None:
    """E5: the last known position is better than that of a torn down element."""
    check(
        STARTED
        + """
        5200 emptied 0/- rs=0
        5205 page:pagehide 0/- P rs=0
        """,
        START
        + """
        5200 progress position=5.09
        5205 exit position=5.09
        """,
    )


def test_a_page_that_comes_back_plays_anew() -> None:
    """E5: a page from the back-forward cache."""
    check(
        STARTED
        + """
        5205 page:pagehide 5.1/20 {"persisted": true}
        9000 page:pageshow 5.1/20 P {"persisted": true}
        9500 play 5.1/20
        9505 playing 5.1/20
        """,
        START
        + """
        5205 exit position=5.1
        9500 play position=5.1
        9505 playing position=5.1
        """,
    )


def test_a_synthetic_end_ends_nothing() -> None:
    """S75, D15: a library dispatched `ended` on a running element."""
    check(STARTED + "5200 ended 5.09/20", START)


# --- ads in a second element ----------------------------------------------------------------------

BREAK = """{"breakId": "mid", "kind": "mid", "podSize": 2, "startTime": 5}"""
AD = """{"ad": "ad4", "break": "mid", "pos": 1, "pod_size": 2, "duration": 4}"""


def test_a_pre_roll_starts_playback_before_the_content() -> None:
    """S25, S71: the break is told right after the intent to play."""
    check(
        """
        0    loadedmetadata 0/20 P
        900  vast-client:adrequest 0/20 P {"break": "pre"}
        1000 vast-client:breakstart 0/20 P {"breakId": "pre", "kind": "pre", "podSize": 1}
        1020 ad/play 0/- rs=0
        1040 ad/playing 0/5
        1042 vast-client:ad/creativeView 0/5 {"ad": "ad5", "pos": 1, "duration": 5}
        6040 ad/ended 5/5 PE
        6045 vast-client:breakend 0/20 P
        6050 play 0/20
        6052 playing 0/20
        """,
        """
        0    load duration=20
        1020 play
        1020 ad_break_start pod_id=pre placement=pre ads=1
        1040 ad_start asset_id=ad5 pod_position=1 duration=5
        6040 ad_end position=5 asset_id=ad5
        6045 ad_break_end
        6052 playing position=0
        """,
    )


def test_play_that_starts_with_an_ad_knows_where_the_content_stands() -> None:
    """S52: from the snapshot of an element that waits."""
    check(
        """
        0    loadedmetadata 7/20 P
        1000 vast-client:breakstart 7/20 P {"breakId": "pre", "kind": "pre", "podSize": 1}
        1020 ad/play 0/- rs=0
        """,
        """
        0    load duration=20
        1020 play position=7
        1020 ad_break_start pod_id=pre placement=pre ads=1
        """,
    )


def test_an_ad_file_that_is_missing_fails_without_having_started() -> None:
    """S71, S76: its element's error is not the content's."""
    check(
        STARTED
        + """
        5112 vast-client:adrequest 5/20 P {"break": "mid"}
        5115 pause 5/20 P
        5240 vast-client:breakstart 5/20 P {"breakId": "mid", "kind": "mid", "podSize": 1}
        5250 ad/play 0/- rs=0
        5255 ad/error 0/- P rs=0 {"error": {"code": 4, "message": "404"}}
        5255 vast-client:ad/aderror 0/- P {"ad": "bad", "break": "mid", "pos": 1, "code": 401}
        5260 vast-client:breakend 5/20 P
        5270 play 5/20
        5271 playing 5/20
        """,
        START
        + """
        5115 progress position=5
        5115 ad_break_start pod_id=mid placement=mid ads=1
        5255 ad_error reason=VAST error 401 asset_id=bad
        5260 ad_break_end
        5271 playing position=5
        """,
    )


def test_a_request_that_brings_no_ad_is_no_pause_but_a_stall_when_it_took_long() -> None:
    """S31: the framework's pause is nobody's; S74: only a long one is told, as waiting."""
    check(
        STARTED
        + """
        5112 vast-client:adrequest 5/20 P {"break": "mid"}
        5115 pause 5/20 P
        6500 vast-client:adresponse 5/20 P {"break": "mid", "ads": []}
        6510 play 5/20
        6511 playing 5/20
        """,
        START
        + """
        5115 buffer_start position=5
        6510 buffer_end position=5
        6511 playing position=5
        """,
    )


def test_a_pause_right_before_the_break_is_the_framework_s() -> None:
    """S31: held until the break shows whose it was."""
    check(
        STARTED
        + """
        5110 recorder:ad_media_element_added 5/20
        5200 pause 5.09/20 P
        5300 vast-client:breakstart 5.09/20 P {"breakId": "m", "kind": "mid", "podSize": 1}
        """,
        START
        + """
        5200 progress position=5.09
        5200 ad_break_start pod_id=m placement=mid ads=1
        """,
    )


def test_a_break_that_is_announced_early_begins_when_the_content_stops() -> None:
    """S92: what moves meanwhile is content."""
    check(
        STARTED
        + """
        5200 vast-client:breakstart 5.09/20 {"breakId": "m", "kind": "mid", "podSize": 1}
        5950 timeupdate 5.84/20
        6110 pause 6/20 P
        6500 ad/playing 0/4
        6510 vast-client:ad/creativeView 0/4 {"ad": "ad4", "pos": 1, "duration": 4}
        """,
        START
        + """
        5950 progress position=5.84
        6110 progress position=6
        6110 ad_break_start pod_id=m placement=mid ads=1
        6500 ad_start asset_id=ad4 pod_position=1 duration=4
        """,
    )


def test_a_break_for_which_the_content_never_stops_is_none() -> None:
    """S21: it was announced, brought no ad, and parts no content."""
    check(
        STARTED
        + """
        5200 vast-client:breakstart 5.09/20 {"breakId": "m", "kind": "mid", "podSize": 1}
        5950 timeupdate 5.84/20
        6000 vast-client:breakend 5.89/20
        6110 timeupdate 6/20
        """,
        START
        + """
        5950 progress position=5.84
        6110 progress position=6
        """,
    )


EARLY = """
    100  play 0/200
    110  playing 0/200
    5110 timeupdate 5/200
    5200 vast-client:breakstart 5.09/200 {"breakId": "m", "kind": "mid", "podSize": 1}
"""


def test_a_pause_long_after_a_break_that_content_passed_is_the_viewer_s() -> None:
    """S12, S81: nobody said that the announced break was over; it parts no content."""
    script = f"""{EARLY}{watch("timeupdate", 6110, 20110, 6, 200)}
    20500 pause 20.4/200 P
    23000 play 20.4/200
    23001 playing 20.4/200
    24001 timeupdate 21.4/200"""
    assert events_of(Html5Adapter(), script) == expected("""
        0.1 Playback Started 0
        0.11 Content Started 0
        20.5 Playback Paused 20
        23 Playback Resumed 20
        324 Playback Interrupted 21 (timeout)
        """)


def test_a_break_that_never_came_is_none_of_the_next_break() -> None:
    """S61: the post-roll's own ad opens no other break."""
    script = f"""{EARLY}
    8000 ended 8/8 PE
    8100 vast-client:breakstart 8/8 {{"breakId": "post", "kind": "post", "podSize": 1}}
    8400 ad/play 0/4
    8401 ad/playing 0/4
    8402 vast-client:ad/creativeView 0/4 {{"ad": "ad4", "pos": 1, "duration": 4}}
    12400 ad/ended 4/4 PE
    12500 vast-client:breakend 8/8 P"""
    assert run(Html5Adapter(), script)[-5:] == expected("""
        8000  content_end position=8
        8100  ad_break_start pod_id=post placement=post ads=1
        8401  ad_start asset_id=ad4 pod_position=1 duration=4
        12400 ad_end position=4 asset_id=ad4
        12500 ad_break_end
        """)


def test_a_viewer_s_pause_beside_ads_is_told_with_its_own_time() -> None:
    """S31: held for 0.25 s at most."""
    adapter = Html5Adapter()
    run(adapter, STARTED + "5110 recorder:ad_media_element_added 5/20")
    paused = callback("5200 pause 5.09/20 P")

    assert adapter.translate(paused) == ()
    assert adapter.wake_at() == paused.at + 0.25
    assert [(each.at, type(each).__name__) for each in adapter.flush(paused.at + 0.25)] == [
        (paused.at, "Pause")
    ]
    assert adapter.wake_at() is None


def test_a_held_pause_comes_before_what_the_viewer_does_next() -> None:
    """S31: `seeking` in the content shows that the pause was his."""
    check(
        STARTED
        + """
        5110 recorder:ad_media_element_added 5/20
        5200 pause 5.09/20 P
        5210 seeking 12/20 PS
        5215 seeked 12/20 P
        """,
        START
        + """
        5200 pause position=5.09
        5210 seek_start position=5.09 to=12
        5215 seek_end position=12
        """,
    )


def test_a_pause_and_a_stall_in_the_ad_are_told() -> None:
    """S32: they are the viewer's and the network's there too."""
    check(
        STARTED
        + f"""
        5112 vast-client:adrequest 5/20 P
        5115 pause 5/20 P
        5240 vast-client:breakstart 5/20 P {BREAK}
        5270 ad/playing 0/4
        5272 vast-client:ad/creativeView 0/4 {AD}
        6270 ad/waiting 1/4 rs=2
        7270 ad/playing 1.01/4
        7500 ad/pause 1.2/4 P
        9000 ad/play 1.2/4
        9001 ad/playing 1.2/4
        9250 ad/timeupdate 1.45/4
        9300 page:pagehide 5/20 P
        """,
        START
        + """
        5115 progress position=5
        5115 ad_break_start pod_id=mid placement=mid ads=2
        5270 ad_start asset_id=ad4 pod_position=1 duration=4
        6270 buffer_start position=1
        7270 buffer_end position=1.01
        7500 pause position=1.2
        9000 play position=1.2
        9250 ad_progress position=1.45
        9300 exit
        """,
    )


def test_content_that_comes_back_is_not_dated_by_where_it_once_began() -> None:
    """S21: a second of content before the break is no second after it."""
    check(
        """
        0    play 0/20
        10   playing 0/20
        760  timeupdate 0.75/20
        765  vast-client:adrequest 0.75/20 P
        766  pause 0.75/20 P
        900  vast-client:breakstart 0.75/20 P {"breakId": "m", "kind": "mid"}
        5000 vast-client:breakend 0.75/20 P
        5010 play 0.75/20
        5011 playing 0.75/20
        """,
        """
        0    load duration=20
        0    play position=0
        10   playing position=0
        760  progress position=0.75
        766  progress position=0.75
        766  ad_break_start pod_id=m placement=mid
        5000 ad_break_end
        5011 playing position=0.75
        """,
    )


def test_playing_at_rate_zero_is_no_playing() -> None:
    """S74, B3: `play, playing` although nothing moves."""
    check(
        STARTED
        + """
        5110 ratechange 5/20 r=0
        6000 pause 5/20 P r=0
        8000 play 5/20 r=0
        8001 playing 5/20 r=0
        9000 ratechange 5/20
        9250 timeupdate 5.25/20
        """,
        START
        + """
        5110 update playback_rate=0
        6000 pause position=5
        8000 play position=5
        8000 update playback_rate=0
        9000 update playback_rate=1
        9250 progress position=5.25
        """,
    )


def test_a_click_on_the_ad() -> None:
    """S13: no ad plays, no ad is clicked."""
    adapter = check(
        STARTED
        + f"""
        5112 vast-client:clickthrough 5/20
        5115 pause 5/20 P
        5240 vast-client:breakstart 5/20 P {BREAK}
        5270 ad/playing 0/4
        5272 vast-client:ad/creativeView 0/4 {AD}
        5300 vast-client:clickthrough 5/20
        """,
        START
        + """
        5115 progress position=5
        5115 ad_break_start pod_id=mid placement=mid ads=2
        5270 ad_start asset_id=ad4 pod_position=1 duration=4
        5300 ad_click
        """,
    )
    assert adapter.ignored["clickthrough: no ad plays"] == 1


def test_ads_in_an_element_without_any_framework_make_a_break() -> None:
    """S61: the ad's element plays, then the content's again."""
    check(
        STARTED
        + """
        5110 recorder:ad_media_element_added 5/20
        5200 pause 5.09/20 P
        5300 ad/play 0/- rs=0
        5320 ad/playing 0/4
        5570 ad/timeupdate 0.25/4
        9320 ad/ended 4/4 PE
        9400 play 5.09/20
        9402 playing 5.09/20
        """,
        START
        + """
        5200 progress position=5.09
        5200 ad_break_start
        5320 ad_start pod_position=1
        5570 ad_progress position=0.25
        9320 ad_end position=4
        9400 ad_break_end
        9402 playing position=5.09
        """,
    )


# --- the vocabulary -------------------------------------------------------------------------------

HTML_STANDARD = """
    abort canplay canplaythrough durationchange emptied encrypted ended error loadeddata
    loadedmetadata loadstart pause play playing progress ratechange resize seeked seeking stalled
    suspend timeupdate volumechange waiting waitingforkey
    enterpictureinpicture leavepictureinpicture
"""
PAGE = """
    beforeunload blur focus freeze fullscreenchange pagehide pageshow resume unload visibilitychange
"""
VAST_TRACKER = """
    acceptInvitation adCollapse adExpand clickthrough close closeLinear collapse complete
    creativeView exitFullscreen expand firstQuartile fullscreen midpoint minimize mute notUsed
    otherAdInteraction overlayViewDuration pause playerCollapse playerExpand resume rewind skip
    skip-countdown start thirdQuartile unmute impression interactiveStart loaded
"""


def test_every_media_event_of_the_html_standard_is_accounted_for() -> None:
    """S60: used, or ignored with a reason."""
    assert set(HTML_STANDARD.split()) <= set(MEDIA_EVENTS)


def test_every_page_event_is_accounted_for() -> None:
    """S60, E5, E6."""
    assert set(PAGE.split()) <= set(PAGE_EVENTS)


def test_every_event_of_the_vast_tracker_is_accounted_for() -> None:
    """S60."""
    known = {event for channel, event in Html5Adapter.vocabulary if channel == "vast-client"}
    assert set(VAST_TRACKER.split()) <= known


def test_the_table_names_real_signals_and_good_reasons() -> None:
    for entry in Html5Adapter.vocabulary.values():
        if isinstance(entry, Mapped):
            assert entry.signals or entry.note
            assert set(entry.signals) <= set(SIGNALS)
        else:
            assert isinstance(entry, Ignored)
            assert len(entry.reason.split()) > 1


STATE_KEYS = [
    *("currentTime", "duration", "paused", "ended", "seeking", "readyState"),
    *("playbackRate", "volume", "muted", "src", "hidden", "fullscreen"),
]
VALUES = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=3), st.just("Infinity")
)
STATES = st.dictionaries(
    st.sampled_from(STATE_KEYS),
    VALUES,
)
DETAILS = st.dictionaries(
    st.sampled_from(["error", "ad", "break", "pos", "podSize", "kind", "duration", "ads"]),
    st.one_of(VALUES, st.dictionaries(st.just("code"), VALUES), st.lists(VALUES, max_size=2)),
)


@given(
    st.lists(
        st.tuples(
            st.floats(min_value=0, max_value=0.5),
            st.sampled_from(sorted(Html5Adapter.vocabulary)),
            STATES,
            DETAILS,
            st.sampled_from([None, "ad"]),
        ),
        max_size=40,
    )
)
def test_no_callback_of_any_kind_makes_it_raise(calls: list[tuple]) -> None:  # type: ignore[type-arg]
    """S60: whatever a page fires, in whatever order, with whatever values."""
    adapter = Html5Adapter()
    at = 1e9
    for gap, (player, event), state, detail, element in calls:
        at += gap
        for signal in adapter.translate(Callback(at, player, event, state, detail, element)):
            assert signal.at <= at
    adapter.flush(at)


# --- what a snapshot shows (S83) ------------------------------------------------------------------


PLAYED = """
    0    play 0/20
    10   playing 0/20
    1010 timeupdate 1/20
    """
"""Content that plays."""
PLAYED_SIGNALS = """
    0    load duration=20
    0    play position=0
    10   playing position=0
    1010 progress position=1
    """


def test_an_element_whose_source_goes_without_another_word_is_left() -> None:
    """A feed that reuses its players; dated when the source went."""
    check(
        PLAYED + "2010 emptied 0/- P rs=0 src=",
        PLAYED_SIGNALS
        + """
        2010 progress position=2
        2010 exit position=2
        """,
    )


def test_an_element_that_is_given_another_source_is_not_left() -> None:
    """A11: the same task sets the next one."""
    out = run(
        Html5Adapter(),
        PLAYED
        + """
        2010 emptied 0/- rs=0
        2011 loadstart 0/- rs=0 src=two.mp4
        9000 durationchange 0/9 src=two.mp4
        """,
    )
    assert not [line for line in out if "exit" in line]
    assert "2011 load next_item=True" in out


def test_a_pause_that_no_event_tells_is_dated_by_the_snapshot() -> None:
    """Its `pause` was lost; a clock that was told while paused shows it."""
    check(
        PLAYED
        + """
        2010 timeupdate 2/20 P
        9000 play 2/20
        9010 playing 2/20
        """,
        PLAYED_SIGNALS
        + """
        2010 pause position=2
        9000 play position=2
        9010 playing position=2
        """,
    )


def test_a_paused_snapshot_that_goes_on_at_once_is_no_pause() -> None:
    """S31: doubted for a quarter of a second."""
    adapter = check(
        PLAYED + "2010 timeupdate 2/20 P\n2100 timeupdate 2.1/20",
        PLAYED_SIGNALS + "2100 progress position=2.1",
    )
    assert adapter.wake_at() is None
