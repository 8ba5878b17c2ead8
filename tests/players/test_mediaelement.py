"""MediaElement.js: its element's events once, and an end that is rewound before it is told.

The numbers (A10, E4...) are those of the notes on what real players do.
"""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.players.script import callback, expected, run
from video_tracker.players.base import Callback, Ignored
from video_tracker.players.element_library import ECHO
from video_tracker.players.media_events import MEDIA_EVENTS
from video_tracker.players.mediaelement import MediaelementAdapter
from video_tracker.signals import SIGNALS

API_EVENTS = """
loadedmetadata progress timeupdate seeking seeked canplay play playing pause ended volumechange
captionschange
"""
"""MediaElement.js 7.1: the table "Events" of its API documentation."""

WRAPPED_EVENTS = """
loadstart durationchange loadedmetadata loadeddata progress canplay canplaythrough suspend abort
error emptied stalled play playing pause waiting seeking seeked timeupdate ended ratechange
volumechange
"""
"""MediaElement.js 7.1: ``mejs.html5media.events``."""

PLAYER_EVENTS = """
captionschange controlshidden controlsready controlsshown enteredfullscreen exitedfullscreen
rendererready click mouseover mouseout controlsresize
"""
"""MediaElement.js 7.1: what the player and its renderers create themselves."""


def check(script: str, signals: str) -> MediaelementAdapter:
    adapter = MediaelementAdapter()
    assert run(adapter, script) == expected(signals)
    return adapter


PLAYING = """
    0    loadstart 0/- P rs=0 src=a.mp4
    1    mediaelement:loadstart 0/- P rs=0 src=a.mp4
    10   durationchange 0/12 P src=a.mp4
    11   mediaelement:durationchange 0/12 P src=a.mp4
    100  play 0/12 src=a.mp4
    109  mediaelement:play 0/12 src=a.mp4
    110  playing 0/12 src=a.mp4
    113  mediaelement:playing 0/12 src=a.mp4
    4110 timeupdate 4/12 src=a.mp4
    4111 mediaelement:timeupdate 4/12 src=a.mp4
"""
STARTED = """
    10   load duration=12
    100  play position=0
    110  playing position=0
    4110 progress position=4
"""


def of_library(script: str) -> str:
    """What is left of a script when the element's channel was not recorded."""
    return "\n".join(line for line in script.splitlines() if "mediaelement:" in line)


def test_every_documented_event_is_mapped_or_ignored_with_a_reason() -> None:
    """S60: nothing a player says is dropped silently."""
    named = [*API_EVENTS.split(), *WRAPPED_EVENTS.split(), *PLAYER_EVENTS.split()]
    for event in [*named, *MEDIA_EVENTS]:
        assert ("mediaelement", event) in MediaelementAdapter.vocabulary, event
    for (channel, event), entry in MediaelementAdapter.vocabulary.items():
        assert channel in MediaelementAdapter.channels
        if isinstance(entry, Ignored):
            assert entry.reason, event
        else:
            assert set(entry.signals) <= SIGNALS.keys(), event
            assert entry.signals or entry.note, event


def test_what_the_wrapper_fires_again_counts_once() -> None:
    """S61, E4: up to 14 ms later."""
    adapter = check(PLAYING, STARTED)
    assert adapter.ignored[f"play: {ECHO}"] == 1


END = """
    12110 pause 12/12 PE src=a.mp4
    12113 mediaelement:pause 12/12 PE src=a.mp4
    12114 ended 12/12 PE src=a.mp4
    12124 mediaelement:ended 0/12 PS rs=1 src=a.mp4
    12128 seeking 0/12 PS rs=1 src=a.mp4
    12129 mediaelement:seeking 0/12 PS rs=1 src=a.mp4
    12138 seeked 0/12 P src=a.mp4
    12139 mediaelement:seeked 0/12 P src=a.mp4
"""
REPLAY = """
    13500 play 0/12 src=a.mp4
    13502 mediaelement:play 0/12 src=a.mp4
    13510 playing 0/12 src=a.mp4
    13512 mediaelement:playing 0/12 src=a.mp4
"""


def test_the_player_rewinds_after_the_end_and_then_replays() -> None:
    """A10, S70, S75: one end, no seek, and the replay starts at 0."""
    check(
        PLAYING + END + REPLAY,
        STARTED
        + """
        12110 content_end position=12
        13500 play position=0
        13510 playing position=0
        """,
    )


def test_the_wrapper_alone_tells_the_same_story() -> None:
    """A10: its `ended` comes with the rewound state."""
    check(
        of_library(PLAYING + END + REPLAY),
        """
        11   load duration=12
        109  play position=0
        113  playing position=0
        4111 progress position=4
        12113 content_end position=12
        13502 play position=0
        13512 playing position=0
        """,
    )


def test_an_end_without_a_pause_is_where_the_content_was_last() -> None:
    """A10, S75: a renderer that is no media element; the rewound 0 is not the end."""
    check(
        of_library(PLAYING) + "\n12124 mediaelement:ended 0/12 P",
        """
        11   load duration=12
        109  play position=0
        113  playing position=0
        4111 progress position=4
        12124 content_end position=5
        """,
    )


SWITCH = """
    4309 mediaelement:pause 4.2/12 P src=a.mp4
    4315 emptied 0/- rs=0 src=a.mp4
    4317 play 0/- rs=0 src=b.mp4
    4322 mediaelement:play 0/- rs=0 src=b.mp4
    4326 loadstart 0/- rs=0 src=b.mp4
    4331 durationchange 0/9 rs=1 src=b.mp4
    4332 mediaelement:durationchange 0/9 rs=1 src=b.mp4
    4344 playing 0/9 src=b.mp4
    4346 mediaelement:playing 0/9 src=b.mp4
"""


def test_the_wrapper_s_pause_before_another_source_is_no_pause() -> None:
    """S24, S31: the element goes on to the next item without one."""
    check(
        PLAYING + SWITCH,
        STARTED
        + """
        4315 progress position=4.205
        4317 load next_item=True
        4317 play position=0
        4331 load duration=9
        4344 playing position=0
        """,
    )


def test_nor_is_it_one_when_only_the_wrapper_was_recorded() -> None:
    """S31: held until the next callback shows whose it was."""
    adapter = check(
        of_library(PLAYING + SWITCH),
        """
        11   load duration=12
        109  play position=0
        113  playing position=0
        4111 progress position=4
        4322 progress position=4.211
        4322 load next_item=True
        4322 play position=0
        4332 load duration=9
        4346 playing position=0
        """,
    )
    assert adapter.ignored["pause: the player pauses before it changes the source"] == 1


def test_a_viewer_s_pause_keeps_its_time() -> None:
    """S31: at once from the element; from the wrapper alone after a quarter of a second."""
    paused = """
        4250 pause 4.14/12 P src=a.mp4
        4252 mediaelement:pause 4.14/12 P src=a.mp4
        6000 play 4.14/12 src=a.mp4
        6002 mediaelement:play 4.14/12 src=a.mp4
    """
    check(
        PLAYING + paused,
        STARTED
        + """
        4250 pause position=4.14
        6000 play position=4.14
        """,
    )
    adapter = MediaelementAdapter()
    said = run(adapter, of_library(PLAYING + paused))
    assert said[-2:] == ["4252 pause position=4.14", "6002 play position=4.14"]


def test_a_held_pause_falls_due_by_itself() -> None:
    """S31: a quarter of a second at most."""
    adapter = MediaelementAdapter()
    for line in of_library(PLAYING).splitlines():
        adapter.translate(callback(line))
    pause = callback("4252 mediaelement:pause 4.14/12 P src=a.mp4")
    assert adapter.translate(pause) == ()
    due = adapter.wake_at()
    assert due == pause.at + 0.25
    assert [signal.at for signal in adapter.flush(due)] == [pause.at]
    assert adapter.wake_at() is None


def test_full_screen_is_the_player_s_own() -> None:
    check(
        PLAYING
        + """
        4200 mediaelement:enteredfullscreen 4/12 src=a.mp4
        4900 mediaelement:exitedfullscreen 4/12 src=a.mp4
        """,
        STARTED
        + """
        4200 update full_screen=True
        4900 update full_screen=False
        """,
    )


def test_another_element_s_events_are_not_the_content_s() -> None:
    adapter = check(PLAYING + "4200 ad/pause 1/5 P", STARTED)
    assert any(key.startswith("pause: of another media element") for key in adapter.ignored)


_STATES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["currentTime", "duration", "readyState", "paused", "ended", "seeking", "src"]),
    st.sampled_from([None, True, False, -1, 0, 5.5, float("nan"), float("inf"), "", "x", [], {}]),
)
_SAID = st.tuples(st.sampled_from(list(MediaelementAdapter.vocabulary)), _STATES)


@given(st.lists(_SAID))
def test_nothing_that_a_callback_holds_raises(
    said: list[tuple[tuple[str, str], dict[str, Any]]],
) -> None:
    """S60."""
    adapter = MediaelementAdapter()
    for at, ((channel, event), state) in enumerate(said):
        adapter.translate(Callback(at / 8, channel, event, state))
    adapter.flush(1e6)
