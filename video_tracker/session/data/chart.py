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
from functools import partial
from typing import Final

import attrs

from video_tracker.diagnostics import ACCEPT, IGNORE, REPAIR

__all__ = ["HOW", "WHERE", "Cell", "Chart"]


@attrs.frozen
class Cell:
    """What one trigger means in one state; no ``dest`` stays, only accept has no ``reason``."""

    kind: str
    reason: str | None = None
    dest: str | None = None


@attrs.frozen
class Chart:
    """A chart: its states, of which the first is where it begins, and a row for each trigger."""

    name: str
    states: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Cell]]  # ``rest``: the cell of each state that a row leaves out


def row(rest: Cell, **cells: Cell) -> dict[str, Cell]:
    return {"rest": rest, **cells}


go, fix, skip = partial(Cell, ACCEPT, None), partial(Cell, REPAIR), partial(Cell, IGNORE)
STAY: Final = Cell(ACCEPT)
OVER: Final = skip("after_end")
UNBORN: Final = skip("not_started")
NO_AD: Final = skip("no_ad_open")
NO_BREAK: Final = skip("no_ad_break_open")
TWICE: Final = skip("ad_break_already_open")
AD_LOST: Final = fix("ad_end_lost", "starting")
ALWAYS: Final = row(STAY, over=OVER)
TO_CONTENT_END: Final = {**ALWAYS, "idle": UNBORN, "after_content": skip("content_over")}
WHILE_SHOWN: Final = {**TO_CONTENT_END, "ad_break": skip("between_ads")}
IN_MEDIA: Final = {**WHILE_SHOWN, "starting": skip("before_first_frame")}
"""Seeks and stalls are of something that plays."""
MOVES: Final = {**ALWAYS, "idle": fix("play_lost", "starting")}
IN_AD: Final = row(NO_AD, ad=STAY, idle=UNBORN, over=OVER)
OUT_OF_AD: Final = {**IN_AD, "ad": go("ad_break")}

WHERE: Final = Chart(
    name="where",
    states=("idle", "starting", "content", "ad_break", "ad", "after_content", "over"),
    rows={
        # sources
        "load": ALWAYS,
        "next_item": row(go("starting"), idle=STAY, over=OVER),
        # the start
        "play": row(STAY, idle=go("starting"), over=OVER),
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
        "content_opens": row(skip("content_already_open"), starting=go("content"), content=STAY),
        "content_moves_on": row(
            NO_BREAK, ad_break=fix("ad_break_end_lost", "starting"), ad=AD_LOST
        ),
        "content_end": {
            **TO_CONTENT_END,
            "starting": fix("content_start_lost", "after_content"),
            "content": go("after_content"),
            "ad": skip("ad_open"),
        },
        # ads
        "ad_break_start": row(go("ad_break"), idle=STAY, ad_break=TWICE, ad=TWICE, over=OVER),
        "second_break_start": row(
            NO_BREAK, ad_break=fix("ad_break_end_lost"), ad=fix("ad_end_lost", "ad_break")
        ),
        "ad_break_end": row(NO_BREAK, idle=UNBORN, ad_break=go("starting"), ad=AD_LOST, over=OVER),
        "post_roll_ends": row(NO_BREAK, ad_break=go("after_content"), ad=go("after_content")),
        "ad_start": row(
            fix("ad_break_start_lost", "ad"),
            idle=fix("play_lost", "ad"),
            ad_break=go("ad"),
            ad=skip("ad_already_open"),
            over=OVER,
        ),
        "next_ad_start": row(NO_AD, ad=fix("ad_end_lost")),
        "ad_progress": {**IN_AD, "ad_break": fix("ad_start_lost", "ad")},
        "ad_end": OUT_OF_AD,
        "ad_skip": OUT_OF_AD,
        "ad_click": IN_AD,
        "ad_error": {**ALWAYS, "ad": go("ad_break")},
        "ad_ranges": ALWAYS,
        # attributes and trouble
        "quality": ALWAYS,
        "update": ALWAYS,
        "emit": {**ALWAYS, "idle": UNBORN},
        "interrupt": TO_CONTENT_END,
        "error": TO_CONTENT_END,
        "tick": row(STAY),
        # the end
        "exit": row(go("over"), over=OVER),
        "end": row(go("over"), idle=UNBORN, over=OVER),
    },
)
"""Where the playhead is.

``starting``: play is wanted and neither content nor an ad moves: before the first frame, and
between an ad break or a playlist item and the content that follows.
"""

AT_REST: Final = skip("already_paused")
HALTED: Final = skip("while_interrupted")
PLAY: Final = go("playing")
PAUSE: Final = go("paused")
SEEK: Final = go("seeking")
SEEK_PAUSED: Final = go("seeking_paused")
PLAY_LOST: Final = fix("play_lost", "playing")
SEEK_LOST: Final = fix("seek_end_lost", "playing")

HOW: Final = Chart(
    name="how",
    states=("playing", "paused", "seeking", "seeking_paused", "buffering", "interrupted"),
    rows={
        "play": row(skip("already_playing"), paused=PLAY, seeking_paused=SEEK, interrupted=PLAY),
        "playing": row(
            PLAY, playing=STAY, paused=PLAY_LOST, seeking=SEEK_LOST, seeking_paused=SEEK_LOST
        ),
        "pause": row(
            AT_REST, playing=PAUSE, buffering=PAUSE, seeking=SEEK_PAUSED, interrupted=HALTED
        ),
        "seek_start": row(STAY, playing=SEEK, buffering=SEEK, paused=SEEK_PAUSED),
        "seek_end": row(skip("no_seek_open"), seeking=PLAY, seeking_paused=PAUSE, interrupted=STAY),
        "buffer_start": row(
            skip("buffer_while_paused"),
            playing=go("buffering"),
            seeking=STAY,
            buffering=skip("already_buffering"),
            interrupted=HALTED,
        ),
        "buffer_end": row(skip("no_buffer_open"), buffering=PLAY),
        "interrupt": row(go("interrupted"), interrupted=skip("already_interrupted")),
        # an ad, an ad break or a content begins or ends: what outlasts it a first frame ends (S30)
        "settle": row(PLAY, interrupted=STAY, paused=STAY, seeking_paused=PAUSE),
    },
)
"""How the playhead moves."""
