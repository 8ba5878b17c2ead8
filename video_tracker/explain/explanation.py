"""Why each event came, and what each position and figure is made of, as plain values."""

from collections.abc import Mapping, Sequence

import attrs

from video_tracker.diagnostics import Diagnostic
from video_tracker.events import Event
from video_tracker.explain.figures import Figure, figures_of
from video_tracker.explain.missing import misses_of
from video_tracker.explain.places import PositionAccount, position_of
from video_tracker.explain.record import Cause, Made, Note, Playhead, Record
from video_tracker.explain.rules import Rule, rule_of
from video_tracker.explain.view import Miss
from video_tracker.session.data.state import State
from video_tracker.summary import Summary

__all__ = ["EventAccount", "Explanation", "explanation_of"]


@attrs.frozen
class EventAccount:
    """Why an event came.

    Args:
        event: The event; its ``sequence`` is its number in the session.
        cause: The input with which it was said.
        dated: The earlier input whose time it bears, where it was held back or shown late.
        by_clock: Whether it fell due by time alone; then ``cause`` is what noticed it.
        rule: The rule that made it.
        notes: What was repaired, ignored or rejected of these inputs.
        position: What its position is made of.
        way: The functions of the session on the way to it, for who reads the source.
    """

    event: Event
    cause: Cause
    dated: Cause | None
    by_clock: bool
    rule: Rule
    notes: tuple[Diagnostic, ...]
    position: PositionAccount
    way: tuple[str, ...]


@attrs.frozen
class Explanation:
    """Why a session said what it said.

    Args:
        session_id: The session.
        origin: The Unix time from which seconds are counted: Playback Started, else the first
            input.
        events: An account of each event, in their order.
        notes: All that was repaired, ignored or rejected, with the inputs that showed it.
        figures: Each figure of the summary, and what it is made of.
        missing: For each event's name, and for ``heartbeat`` and ``quartile``, what of it did not
            come, and the nearest miss.
        summary: The figures.
        playhead: Where the content stood after each input while it played.
    """

    session_id: str
    origin: float
    events: tuple[EventAccount, ...]
    notes: tuple[Note, ...]
    figures: Mapping[str, Figure]
    missing: Mapping[str, tuple[Miss, ...]]
    summary: Summary
    playhead: tuple[Playhead, ...]


def explanation_of(s: State, record: Record, summary: Summary) -> Explanation:
    """Explain what was recorded of a session so far."""
    return Explanation(
        session_id=s.session_id,
        origin=_origin(s, record),
        events=_accounts(record),
        notes=tuple(record.notes),
        figures=figures_of(s, record, summary),
        missing=misses_of(s, record, summary),
        summary=summary,
        playhead=tuple(record.playhead),
    )


def _origin(s: State, record: Record) -> float:
    if s.started_at is not None:
        return s.started_at
    return next((each.moment for each in record.inputs if each.moment is not None), 0.0)


def _accounts(record: Record) -> tuple[EventAccount, ...]:
    notes: dict[int, list[Diagnostic]] = {}
    for note in record.notes:
        notes.setdefault(note.cause.number, []).append(note.diagnostic)
    told: dict[float, list[Cause]] = {}
    for cause in record.inputs:
        if cause.moment is not None:
            told.setdefault(cause.moment, []).append(cause)
    return tuple(_account(made, notes, told.get(made.event.at, ())) for made in record.made)


def _account(
    made: Made, notes: Mapping[int, list[Diagnostic]], same_time: Sequence[Cause]
) -> EventAccount:
    """The account of an event; ``same_time`` are the inputs that bear its time."""
    event, cause = made.event, made.cause
    earlier = [each for each in same_time if each.number < cause.number]
    dated = earlier[-1] if earlier and event.at != cause.moment else None
    own = [*notes.get(cause.number, ()), *(notes.get(dated.number, ()) if dated else ())]
    return EventAccount(
        event=event,
        cause=cause,
        dated=dated,
        by_clock="on_time.fall_due" in made.way,
        rule=rule_of(type(event), made.way),
        notes=tuple(own),
        position=position_of(made),
        way=made.way,
    )
