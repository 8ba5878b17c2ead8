"""What is held back or open, what shows what it was, and what ends it (S31, S86).

What begins ends what is open or held: a row of :data:`ROWS` is what begins, a column what can be
open or held, a cell what becomes of it, always from left to right. A table that contradicts itself
fails at import; it is drawn into the documentation.
"""

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from video_tracker.session.data.machine import HOW_CELLS
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import PRE
from video_tracker.session.data.tolerances import DOUBT, MOVED_IN_DOUBT, NEAR
from video_tracker.session.effects import annotations, ledger, motion, pods, positions, words
from video_tracker.session.rules import breaks

Cell = Callable[[State, float, str], object]
"""What becomes of something open, given when and which input it is that ends it."""


def pause_in_doubt(s: State) -> bool:
    if s.how in ("seeking", "seeking_paused"):
        return not s.pause_told  # else it only takes back a play pressed inside the seek
    if s.where == "ad":
        left = positions.to_ad_end(s)
        return left is not None and left <= NEAR
    if s.where == "starting":
        return bool(breaks.to_come(s, PRE))
    return positions.near_content_end(s) or bool(breaks.breaks_at_hand(s))


@annotations.held_by("pause")
def pause_was_real(s: State) -> None:
    """The pause that was held back was the viewer's: reported with its own time."""
    if (at := s.held.pause_at) is not None:
        s.let_go("pause")
        pods.confirm_opening(s)
        if HOW_CELLS["pause"][s.how].reason is None:
            motion.say_pause(s, at)
        if s.settings.scrub_window <= 0:  # a seek that ended meanwhile is told behind it (S86)
            motion.tell_seek(s)


def pause_was_none(s: State, at: float, name: str) -> None:
    """The pause that was held back was the player's own (S31)."""
    if s.let_go("pause"):
        s.ignored(at, name, "pause_of_the_player")
        if s.settings.scrub_window <= 0:
            motion.tell_seek(s)


def settle_pause(s: State, at: float, place: float, stood: float, name: str) -> None:
    """A pause is in doubt: what moves on from where it ``stood`` was not paused (S31)."""
    if s.held.pause_at is not None:
        if place > stood + MOVED_IN_DOUBT:
            pause_was_none(s, at, name)
        else:
            pause_was_real(s)


def pause_real_at(s: State, at: float) -> float:
    """Until when a callback may explain a pause in doubt: while its end can come (S31)."""
    if s.where == "ad":
        left = positions.to_ad_end(s) or 0.0
    else:
        ends = [positions.to_content_end(s)]
        ends += [part.offset - s.position for part in breaks.breaks_at_hand(s)]
        left = max((end for end in ends if end is not None and end <= NEAR), default=0.0)
    return at + DOUBT + max(left, 0.0) / s.rate


def in_doubt(s: State) -> bool:
    """Whether something is held that may yet be told with an earlier date (S86)."""
    held, seek = s.held, s.seek
    waits = (held.pause_at, held.opening_at, held.buffer_at, held.end_at, seek and seek.ended_at)
    jumps = s.held.far_at is not None and s.ad is None
    lands = s.stitch is not None and s.stitch.landed_at is not None
    return jumps or lands or any(at is not None for at in waits) or breaks.is_played_out(s)


def move_qualities(s: State, since: float) -> None:
    """What was told since a jump that shows only now was told where that led."""
    waiting, place = list(s.qualities), positions.playback_position(s)
    for number in range(0, len(waiting), 4):
        if (waiting[number] or 0.0) >= since:
            waiting[number + 3] = place
    s.qualities = tuple(waiting)


def release(s: State) -> None:
    """The qualities that waited for a doubt's end take their places by their dates (S86)."""
    if s.rare is None or "qualities" not in s.rare:
        return
    over = s.where == "over"
    before_frames = s.startup_time is None and s.where != "content" and s.how != "interrupted"
    if not over and (in_doubt(s) or s.where == "idle" or before_frames):
        return
    waiting, s.qualities = s.qualities, ()
    first = s.sequence - len(s.out)
    for number in range(len(waiting) // 4):
        told_at, bitrate, framerate, place = waiting[number * 4 : number * 4 + 4]
        at = max(told_at or 0.0, s.started_at or 0.0)
        if over and (s.started_at is None or at > (s.over_at or 0.0)):
            s.ignored(at, "quality", "after_end")
            continue
        with annotations.of_held(s, f"quality {number}"):
            words.say_quality(s, at, bitrate, framerate)
        event = s.out.pop()
        if place is not None:
            event = attrs.evolve(event, position=int(place))
        index = next((n for n, each in enumerate(s.out) if each.at > at), len(s.out))
        if over and s.out and index == len(s.out):
            index -= 1
        s.out.insert(index, event)
    s.out[:] = [attrs.evolve(each, sequence=first + n + 1) for n, each in enumerate(s.out)]
    s.sequence = first + len(s.out)


def follow_moved(s: State, at: float, _name: str) -> None:
    held = s.held
    if held.both_move and held.moved_seen_at is not None:
        pods.arrive(s, held.moved_seen + max(at - held.moved_seen_at, 0.0) * s.rate)
    s.let_go("moved")


COLUMNS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "pause in doubt": {
        "was none": pause_was_none,
        "was real": lambda s, _at, _name: pause_was_real(s),
    },
    "time": {"counts": lambda s, at, _name: ledger.accrue(s, at)},
    "stall": {
        "is over": motion.stall_over,
        "is told": lambda s, at, _name: motion.stall_lasts(s, at),
    },
    "seek": {
        "breaks off": lambda s, at, _name: motion.break_off_seek(s, at),
        "is told": lambda s, _at, _name: motion.tell_seek(s),
    },
    "pause": {"is over": lambda s, at, _name: words.go_on(s, at)},
    "opening": {"is confirmed": lambda s, _at, _name: pods.confirm_opening(s)},
    "error": {"is dropped": lambda s, _at, _name: s.let_go("error")},
    "content's clock": {
        "is forgotten": lambda s, _at, _name: s.let_go("moved"),
        "goes on": follow_moved,
    },
}
"""What can be open or held, and what can become of it."""

STOPS: Final = {"stall": "is over", "seek": "breaks off"}
"""No stall or seek outlasts it."""
AD_OVER: Final = {**STOPS, "error": "is dropped", "content's clock": "goes on"}

ROWS: Final[Mapping[str, Mapping[str, str]]] = {
    "ads": {"pause in doubt": "was none", "time": "counts", **STOPS},
    "ads begin": {"error": "is dropped", "content's clock": "is forgotten"},
    "ad ends": {**AD_OVER, "pause": "is over"},
    "ad is left": AD_OVER,
    "content ends": STOPS,
    "stall or seek ends": {"time": "counts", "stall": "is over", "content's clock": "is forgotten"},
    "next item": {"pause in doubt": "was none", "time": "counts", **STOPS, "error": "is dropped"},
    "rest at the end": {**STOPS, "opening": "is confirmed"},
    "interruption": {**STOPS, "opening": "is confirmed", "error": "is dropped"},
    "exit": {
        "pause in doubt": "was real",
        "stall": "is told",
        "seek": "is told",
        "opening": "is confirmed",
    },
}
"""What becomes of what is open when something begins."""

_ORDER: Final = tuple(COLUMNS)
_CELLS: Final = {
    name: [COLUMNS[column][row[column]] for column in sorted(row, key=_ORDER.index)]
    for name, row in ROWS.items()
}


def settle(s: State, at: float, name: str, row: str) -> None:
    for cell in _CELLS[row]:
        cell(s, at, name)
