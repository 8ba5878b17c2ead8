"""The two charts of a session, as data: where the playhead is, and how it moves.

Two rules for this file. Everything that affects a transition lives here; and the file does not know
which player is talking.

A *trigger* is an input of the session, or a *move*: a conclusion the session draws from evidence
(``content_moves_on``: the content clock runs though an ad is open). A cell says what a trigger
means in a state:

* ``go("content")``: accepted, and the next state; ``STAY``: accepted, the state remains;
* ``fix("play_lost", "starting")``: repaired, with the reason and the next state;
* ``skip("between_ads")``: ignored, with the reason.

Every trigger has a cell for every state: a row that forgets one does not build (``machine.py``).
Sound, rate, quality and full screen are attributes and never states.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from video_tracker.session.data.reasons import ACCEPT, IGNORE, REPAIR

__all__ = ["HOW", "WHERE", "Cell", "Chart"]


@attrs.frozen
class Cell:
    """What one trigger means in one state; no ``dest`` stays, only accept has no ``reason``."""

    kind: str
    dest: str | None
    reason: str | None


@attrs.frozen
class Chart:
    """A chart: its states, the first one, and a row of cells for each trigger.

    ``rest`` in a row is the cell of every state that the row does not name.
    """

    name: str
    states: tuple[str, ...]
    initial: str
    rows: Mapping[str, Mapping[str, Cell]]


def go(dest: str) -> Cell:
    return Cell(ACCEPT, dest, None)


def fix(reason: str, dest: str | None = None) -> Cell:
    return Cell(REPAIR, dest, reason)


def skip(reason: str) -> Cell:
    return Cell(IGNORE, None, reason)


STAY: Final = Cell(ACCEPT, None, None)
OVER: Final = skip("after_end")
UNBORN: Final = skip("not_started")
NO_AD: Final = skip("no_ad_open")
NO_BREAK: Final = skip("no_ad_break_open")
ALWAYS: Final = {"rest": STAY, "over": OVER}
TO_CONTENT_END: Final = {**ALWAYS, "idle": UNBORN, "after_content": skip("content_over")}
WHILE_SHOWN: Final = {**TO_CONTENT_END, "ad_break": skip("between_ads")}
IN_MEDIA: Final = {**WHILE_SHOWN, "starting": skip("before_first_frame")}
"""Seeks and stalls are of something that plays."""
MOVES: Final = {**ALWAYS, "idle": fix("play_lost", "starting")}
IN_AD: Final = {"ad": STAY, "idle": UNBORN, "over": OVER, "rest": NO_AD}
OUT_OF_AD: Final = {**IN_AD, "ad": go("ad_break")}
ENDS: Final = {"idle": UNBORN, "rest": go("over"), "over": OVER}

WHERE: Final = Chart(
    name="where",
    states=("idle", "starting", "content", "ad_break", "ad", "after_content", "over"),
    initial="idle",
    rows={
        # sources
        "load": ALWAYS,
        "next_item": {"idle": STAY, "rest": go("starting"), "over": OVER},
        # the start
        "play": {"idle": go("starting"), "rest": STAY, "over": OVER},
        "playing": MOVES,
        "progress": MOVES,
        # motion
        "pause": WHILE_SHOWN,
        "seek_start": IN_MEDIA,
        "seek_end": IN_MEDIA,
        "buffer_start": IN_MEDIA,
        "buffer_end": IN_MEDIA,
        # content
        "content_start": {**MOVES, "ad_break": fix("ad_break_end_lost"), "ad": fix("ad_end_lost")},
        "content_opens": {
            "starting": go("content"),
            "content": STAY,
            "rest": skip("content_already_open"),
        },
        "content_moves_on": {
            "ad_break": fix("ad_break_end_lost", "starting"),
            "ad": fix("ad_end_lost", "starting"),
            "rest": NO_BREAK,
        },
        "content_end": {
            **TO_CONTENT_END,
            "starting": fix("content_start_lost", "after_content"),
            "content": go("after_content"),
            "ad": skip("ad_open"),
        },
        # ads
        "ad_break_start": {
            "idle": STAY,
            "ad_break": skip("ad_break_already_open"),
            "ad": skip("ad_break_already_open"),
            "rest": go("ad_break"),
            "over": OVER,
        },
        "second_break_start": {
            "ad_break": fix("ad_break_end_lost"),
            "ad": fix("ad_end_lost", "ad_break"),
            "rest": NO_BREAK,
        },
        "ad_break_end": {
            "idle": UNBORN,
            "ad_break": go("starting"),
            "ad": fix("ad_end_lost", "starting"),
            "over": OVER,
            "rest": NO_BREAK,
        },
        "post_roll_ends": {
            "ad_break": go("after_content"),
            "ad": go("after_content"),
            "rest": NO_BREAK,
        },
        "ad_start": {
            "idle": fix("play_lost", "ad"),
            "ad_break": go("ad"),
            "ad": skip("ad_already_open"),
            "rest": fix("ad_break_start_lost", "ad"),
            "over": OVER,
        },
        "next_ad_start": {"ad": fix("ad_end_lost"), "rest": NO_AD},
        "ad_progress": {**IN_AD, "ad_break": fix("ad_start_lost", "ad")},
        "ad_end": OUT_OF_AD,
        "ad_skip": OUT_OF_AD,
        "ad_click": IN_AD,
        "ad_error": {**ALWAYS, "ad": go("ad_break")},
        "ad_ranges": ALWAYS,
        # attributes and trouble
        "quality": ALWAYS,
        "update": ALWAYS,
        "interrupt": TO_CONTENT_END,
        "error": TO_CONTENT_END,
        "tick": {"rest": STAY},
        # the end
        "exit": {"rest": go("over"), "over": OVER},
        "end": ENDS,
        "completes": ENDS,
    },
)
"""Where the playhead is.

``starting``: play is wanted and neither content nor an ad moves: before the first frame, and
between an ad break or a playlist item and the content that follows.
"""

HALTED: Final = skip("while_interrupted")

HOW: Final = Chart(
    name="how",
    states=("playing", "paused", "seeking", "seeking_paused", "buffering", "interrupted"),
    initial="playing",
    rows={
        "play": {
            "paused": go("playing"),
            "seeking_paused": go("seeking"),
            "interrupted": go("playing"),
            "rest": skip("already_playing"),
        },
        "playing": {
            "playing": STAY,
            "paused": fix("play_lost", "playing"),
            "seeking": fix("seek_end_lost", "playing"),
            "seeking_paused": fix("seek_end_lost", "playing"),
            "rest": go("playing"),
        },
        "pause": {
            "playing": go("paused"),
            "buffering": go("paused"),
            "seeking": go("seeking_paused"),
            "interrupted": HALTED,
            "rest": skip("already_paused"),
        },
        "seek_start": {
            "playing": go("seeking"),
            "buffering": go("seeking"),
            "paused": go("seeking_paused"),
            "rest": STAY,
        },
        "seek_end": {
            "seeking": go("playing"),
            "seeking_paused": go("paused"),
            "interrupted": STAY,
            "rest": skip("no_seek_open"),
        },
        "buffer_start": {
            "playing": go("buffering"),
            "seeking": STAY,
            "buffering": skip("already_buffering"),
            "interrupted": HALTED,
            "rest": skip("buffer_while_paused"),
        },
        "buffer_end": {"buffering": go("playing"), "seeking": STAY, "rest": skip("no_buffer_open")},
        "interrupt": {"interrupted": skip("already_interrupted"), "rest": go("interrupted")},
        # an ad, an ad break or a content begins or ends: what outlasts it a first frame ends (S30)
        "settle": {
            "interrupted": STAY,
            "paused": STAY,
            "seeking_paused": go("paused"),
            "rest": go("playing"),
        },
    },
)
"""How the playhead moves."""
