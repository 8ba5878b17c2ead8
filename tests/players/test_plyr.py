"""Plyr: its element's events once, elements that it throws away, its own events and IMA's ads.

The numbers (A12, E4...) are those of the notes on what real players do.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.script import callback, expected, lines, run
from video_tracker.players.base import Callback, Ignored, Mapped
from video_tracker.players.element_library import ECHO
from video_tracker.players.media_events import MEDIA_EVENTS
from video_tracker.players.plyr import PlyrAdapter
from video_tracker.signals import SIGNALS

README_EVENTS = """
progress playing play pause timeupdate volumechange seeking seeked ratechange ended
enterfullscreen exitfullscreen captionsenabled captionsdisabled languagechange controlshidden
controlsshown ready loadstart loadeddata loadedmetadata qualitychange canplay canplaythrough
stalled waiting emptied cuechange error statechange
"""
"""Plyr 3.8: the tables "Standard Media Events", "HTML5 only" and "YouTube only" of its readme."""

TYPED_EVENTS = """
progress playing play pause timeupdate volumechange seeking seeked ratechange ended
enterfullscreen exitfullscreen captionsenabled captionsdisabled languagechange controlshidden
controlsshown ready loadstart loadeddata loadedmetadata canplay canplaythrough stalled waiting
emptied cuechange error statechange qualitychange qualityrequested
"""
"""Plyr 3.8: ``PlyrEventMap`` of its type declarations."""

CONFIGURED_EVENTS = """
download adsloaded adscontentpause adscontentresume adstarted adsmidpoint adscomplete
adsallcomplete adsimpression adsclick
"""
"""Plyr 3.8: what ``config.events`` has besides."""

IMA_EVENTS = """
adBreakReady adBuffering adMetadata adProgress allAdsCompleted click complete
contentPauseRequested contentResumeRequested durationChange firstQuartile impression interaction
linearChanged loaded log midpoint pause resume skip skippableStateChanged start thirdQuartile
userClose videoClicked videoIconClicked volumeChange volumeMuted
"""
"""Google IMA SDK for HTML5: ``AdEvent.Type``; Plyr fires them in lower case after ``ads``."""


def check(script: str, signals: str) -> PlyrAdapter:
    adapter = PlyrAdapter()
    assert run(adapter, script) == expected(signals)
    return adapter


PLAYING = """
    0    plyr:ready 0/- P rs=0 src=a.mp4
    5    loadstart 0/- P rs=0 src=a.mp4
    10   durationchange 0/12 P src=a.mp4
    11   plyr:loadedmetadata 0/12 P src=a.mp4
    100  play 0/12 src=a.mp4
    101  plyr:play 0/12 src=a.mp4
    110  playing 0/12 src=a.mp4
    124  plyr:playing 0.01/12 src=a.mp4
    4110 timeupdate 4/12 src=a.mp4
    4111 plyr:timeupdate 4/12 src=a.mp4
"""
STARTED = """
    10   load duration=12
    100  play position=0
    110  playing position=0
    4110 progress position=4
"""


def test_every_documented_event_is_mapped_or_ignored_with_a_reason() -> None:
    """S60: nothing a player says is dropped silently."""
    ima = [f"ads{name.lower()}" for name in IMA_EVENTS.split()]
    named = [*README_EVENTS.split(), *TYPED_EVENTS.split(), *CONFIGURED_EVENTS.split(), *ima]
    for event in [*named, *MEDIA_EVENTS]:
        assert ("plyr", event) in PlyrAdapter.vocabulary, event
    for (channel, event), entry in PlyrAdapter.vocabulary.items():
        assert channel in PlyrAdapter.channels
        if isinstance(entry, Ignored):
            assert entry.reason, event
        else:
            assert set(entry.signals) <= SIGNALS.keys(), event
            assert entry.signals or entry.note, event


def test_what_plyr_fires_again_counts_once() -> None:
    """S61, E4: however late the copy comes."""
    adapter = check(PLAYING, STARTED)
    assert adapter.ignored[f"play: {ECHO}"] == 1
    assert adapter.ignored[f"playing: {ECHO}"] == 1


def test_a_log_of_plyr_alone_is_read_from_plyr() -> None:
    """An embedded player has no media element that could speak."""
    alone = PLAYING.replace("durationchange", "plyr:loadedmetadata")
    check(
        "\n".join(line for line in lines(alone) if "plyr:" in line),
        """
        10   load duration=12
        101  play position=0
        124  playing position=0.01
        4111 progress position=4
        """,
    )


def test_a_new_source_throws_the_element_away_and_its_error_is_nobody_s() -> None:
    """A12, S24, S76: the next item plays in another element."""
    adapter = check(
        PLAYING
        + """
        4200 recorder:media_element_replaced 0/- P rs=0 src=a.mp4
        4205 main/emptied 0/- P rs=0 src=a.mp4
        4206 plyr:emptied 0/- P rs=0 src=
        4206 plyr:ready 0/- P rs=0 src=
        4206 emptied 0/- P rs=0 src=
        4210 main/loadstart 0/- P rs=0 src=a.mp4
        4211 main/error 0/- P rs=0 src=a.mp4 {"error": {"code": 4, "message": "Empty src"}}
        4211 plyr:error 0/- P rs=0 src=b.mp4
        4215 loadstart 0/- P rs=0 src=b.mp4
        4220 durationchange 0/9 P src=b.mp4
        4230 plyr:play 0/9 src=b.mp4
        4230 play 0/9 src=b.mp4
        4240 playing 0/9 src=b.mp4
        """,
        STARTED
        + """
        4206 progress position=4.096
        4215 load next_item=True
        4220 load duration=9
        4230 play position=0
        4240 playing position=0
        """,
    )
    assert [key for key in adapter.ignored if key.startswith("error: of another")] != []


def test_a_new_source_is_the_next_item_for_plyr_alone_too() -> None:
    """A12: an `error` while the element at work still loads is not its own."""
    check(
        """
        10   plyr:loadedmetadata 0/12 P src=a.mp4
        100  plyr:play 0/12 src=a.mp4
        110  plyr:playing 0/12 src=a.mp4
        4110 plyr:timeupdate 4/12 src=a.mp4
        4200 plyr:emptied 0/- P rs=0 src=
        4211 plyr:error 0/- P rs=0 ns=2 src=b.mp4
        4215 plyr:loadstart 0/- P rs=0 src=b.mp4
        4220 plyr:loadedmetadata 0/9 P src=b.mp4
        4230 plyr:play 0/9 src=b.mp4
        """,
        STARTED
        + """
        4200 progress position=4.09
        4215 load next_item=True
        4220 load duration=9
        4230 play position=0
        """,
    )


def test_an_error_of_the_element_at_work_interrupts() -> None:
    """S76: of the next item too."""
    check(
        PLAYING
        + """
        4500 error 4.3/12 P ns=3 src=a.mp4 {"error": {"code": 3, "message": "decode"}}
        4501 plyr:error 4.3/12 P ns=3 src=a.mp4
        """,
        STARTED
        + """
        4500 error fatal=True reason=decode error
        4500 interrupt method=decode error
        """,
    )


def test_another_quality_is_another_file_of_the_same_content() -> None:
    """S24 does not hold: nothing is next; the way back to the position is no seek (S70)."""
    check(
        PLAYING
        + """
        4200 plyr:qualitychange 4.09/12 src=a.mp4 {"quality": 720}
        4205 emptied 0/- P rs=0 src=a.mp4
        4206 loadstart 0/- P rs=0 src=a-720.mp4
        4220 durationchange 0/12 P src=a-720.mp4
        4221 seeking 4.09/12 PS rs=1 src=a-720.mp4
        4222 play 4.09/12 S rs=1 src=a-720.mp4
        4230 seeked 4.09/12 src=a-720.mp4
        4231 playing 4.09/12 src=a-720.mp4
        5231 timeupdate 5.09/12 src=a-720.mp4
        """,
        STARTED
        + """
        4200 quality quality=720p
        4205 progress position=4.095
        4231 playing position=4.09
        5231 progress position=5.09
        """,
    )


def test_plyr_s_full_screen_is_told_though_the_page_has_none() -> None:
    """The full-window fallback changes no document."""
    check(
        PLAYING
        + """
        4200 plyr:enterfullscreen 4/12 src=a.mp4
        4900 plyr:exitfullscreen 4/12 src=a.mp4
        """,
        STARTED
        + """
        4200 update full_screen=True
        4900 update full_screen=False
        """,
    )


def test_a_mid_roll_of_ima_stops_the_content_without_a_pause() -> None:
    """S21, S31: the element's `pause` and `play` around the break are nobody's."""
    check(
        PLAYING
        + """
        4200 plyr:adscontentpauserequested 4.09/12 src=a.mp4
        4201 pause 4.09/12 P src=a.mp4
        4300 plyr:adsloaded 4.09/12 P src=a.mp4
        4400 plyr:adsstart 4.09/12 P src=a.mp4
        4401 plyr:adsimpression 4.09/12 P src=a.mp4
        5000 plyr:adsclick 4.09/12 P src=a.mp4
        5001 plyr:adspause 4.09/12 P src=a.mp4
        6000 plyr:adsresume 4.09/12 P src=a.mp4
        9400 plyr:adscomplete 4.09/12 P src=a.mp4
        9410 plyr:adsstart 4.09/12 P src=a.mp4
        9900 plyr:adsskip 4.09/12 P src=a.mp4
        9950 plyr:adscontentresumerequested 4.09/12 P src=a.mp4
        9960 play 4.09/12 src=a.mp4
        9961 playing 4.09/12 src=a.mp4
        10961 timeupdate 5.09/12 src=a.mp4
        """,
        STARTED
        + """
        4200 progress position=4.09
        4200 ad_break_start
        4400 ad_start pod_position=1
        5000 ad_click
        5001 pause
        6000 play
        9400 ad_end
        9410 ad_start pod_position=2
        9900 ad_skip
        9950 ad_break_end
        9961 playing position=4.09
        10961 progress position=5.09
        """,
    )


def test_a_pre_roll_of_ima_is_the_start_of_playback() -> None:
    """S25: it is asked for once play is wanted; and leaving in it has no content position."""
    check(
        """
        10   durationchange 0/12 P
        100  plyr:adscontentpause 0/12 P
        200  plyr:adstarted 0/12 P
        900  page:pagehide 0/12 P
        """,
        """
        10   load duration=12
        100  play
        100  ad_break_start
        200  ad_start pod_position=1
        900  exit
        """,
    )


BROKEN = """
    4200 progress position=4.09
    4200 ad_break_start
    4440 ad_start pod_position=1
    9450 ad_end
    9500 ad_break_end
    9601 playing position=4.09
"""
BACK = """
    4440 plyr:adsstart 4.09/12 P src=a.mp4
    9450 plyr:adscomplete 4.09/12 P src=a.mp4
    9500 plyr:adscontentresume 4.09/12 P src=a.mp4
    9600 play 4.09/12 src=a.mp4
    9601 playing 4.09/12 src=a.mp4
"""


@pytest.mark.parametrize("word", ["4400 plyr:adscontentpause 4.09/12 P src=a.mp4", ""])
def test_a_break_begins_when_the_content_stopped(word: str) -> None:
    """S31, S21: IMA's pause comes before its word, and though that is lost."""
    check(f"{PLAYING}4200 pause 4.09/12 P src=a.mp4\n{word}{BACK}", STARTED + BROKEN)


def test_destroying_the_player_is_an_exit() -> None:
    check(
        PLAYING + "4200 plyr:destroyed 0/- P rs=0 src=",
        STARTED + "4200 exit position=4.09",
    )


def test_hiding_the_page_pauses_a_muted_video() -> None:
    """S77: noted as the browser's."""
    adapter = check(
        PLAYING
        + """
        4150 page:visibilitychange 4.04/12 H
        4170 pause 4.06/12 PH src=a.mp4
        """,
        STARTED + "4170 pause position=4.06",
    )
    assert adapter.notes == {"pause: background": 1}


_STATES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(
        [
            "currentTime",
            "duration",
            "readyState",
            "networkState",
            "paused",
            "ended",
            "seeking",
            "src",
        ]
    ),
    st.sampled_from(
        [None, True, False, -1, 0, 2, 5.5, float("nan"), float("inf"), "", "x", [], {}]
    ),
)
_DETAILS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["error", "quality", "fullscreen"]),
    st.sampled_from([None, 0, 720, float("nan"), "x", [], {"code": 4, "message": 3}]),
)


_SAID = st.tuples(st.sampled_from(list(PlyrAdapter.vocabulary)), _STATES, _DETAILS)


@given(st.lists(_SAID))
def test_nothing_that_a_callback_holds_raises(
    said: list[tuple[tuple[str, str], dict[str, Any], dict[str, Any]]],
) -> None:
    """S60."""
    adapter = PlyrAdapter()
    for at, ((channel, event), state, detail) in enumerate(said):
        adapter.translate(Callback(float(at), channel, event, state, detail))
    adapter.flush(1e6)


def test_an_unknown_event_is_counted() -> None:
    """S60."""
    adapter = PlyrAdapter()
    adapter.translate(callback("0 plyr:sparkle 0/12"))
    assert adapter.ignored == {"sparkle: not in the vocabulary": 1}
    assert isinstance(PlyrAdapter.vocabulary["plyr", "play"], Mapped)
