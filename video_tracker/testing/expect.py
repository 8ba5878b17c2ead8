"""Expectations of a session: its transcript, its events, golden files, figures.

Each function returns nothing, or raises ``AssertionError`` with everything that is wrong at once
and both sides beside each other. Events and messages of the wire are both taken.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import EllipsisType
from typing import Any, Final

import attrs

from video_tracker.errors import EncodingError
from video_tracker.events import AdPlaying, ContentPlaying, Envelope, Event, PlaybackEvent
from video_tracker.testing.figures import assert_summary
from video_tracker.testing.golden import assert_golden
from video_tracker.testing.patterns import (
    ANY,
    NAMES,
    columns_that_fail,
    holds,
    nearest,
    read_patterns,
    shown,
)
from video_tracker.transcript import GAP, Item, Row, compare_rows, name_of, rows_of, short_name
from video_tracker.transcript_alignment import Pair, align
from video_tracker.wire import Encoder
from video_tracker.wire.table import DERIVED

__all__ = ["Expected", "assert_events", "assert_golden", "assert_summary", "assert_transcript"]

Expected = str | tuple[str, Mapping[str, Any]] | Event | Mapping[str, Any] | EllipsisType
"""A name; a name and some properties; a whole event or message; ``...`` for any in between."""


_BEATS: Final = frozenset({ContentPlaying.name, AdPlaying.name})


def _counted(events: Iterable[Item], heartbeats: bool) -> list[Item]:
    return [item for item in events if heartbeats or name_of(item) not in _BEATS]


def assert_transcript(
    events: Iterable[Item],
    expected: str,
    *,
    heartbeats: bool = True,
    within: float = 0.0,
    origin: float | None = None,
) -> None:
    """Hold the transcript of some events against expected lines: these, in this order, no more.

    A line is ``time name asset/pod position/length rest``, as
    :func:`~video_tracker.transcript.transcript` writes it; see
    :mod:`video_tracker.testing.patterns` for what may be left out.

    Args:
        events: Events or messages, in the order in which they came.
        expected: The lines.
        heartbeats: Whether Content Playing and Ad Playing count; else they are left out.
        within: Seconds by which times may differ.
        origin: The Unix time that is second 0; by default that of the first event.

    Raises:
        AssertionError: They differ; the text has all differences, side by side.
        ValueError: An expected line cannot be read.
    """
    __tracebackhide__ = True
    rows = rows_of(_counted(events, heartbeats), origin=origin)
    patterns = read_patterns(expected, {row.name for row in rows})

    def failing(i: int, j: int) -> Sequence[str]:
        return columns_that_fail(patterns[i], rows[j], within)

    if not holds(patterns, lambda i: patterns[i] is GAP, len(rows), lambda i, j: not failing(i, j)):
        raise AssertionError(_failure("transcript", patterns, rows, failing))


def assert_events(
    events: Iterable[Item], expected: Iterable[Expected], *, heartbeats: bool = True
) -> None:
    """Hold events against what is expected of each: these, in this order, no more.

    Args:
        events: Events or messages, in the order in which they came.
        expected: For each event its name, with or without ``Video``; or its name and the
            properties that it must have, by their names in the message or in the event, whatever
            its others are (a value may be anything that compares, ``pytest.approx`` for instance);
            or the whole event or message. ``...`` stands for any events in between.
        heartbeats: Whether Content Playing and Ad Playing count; else they are left out.

    Raises:
        AssertionError: They differ; the text has all differences, side by side.
        TypeError: Something expected is none of that.
    """
    __tracebackhide__ = True
    items = _counted(events, heartbeats)
    rows = rows_of(items)
    wanted = [_wanted(each) for each in expected]
    patterns = [each.row for each in wanted]

    def faults(i: int, j: int) -> dict[str, str]:
        if patterns[i].name != rows[j].name:
            return {"name": ""}
        return wanted[i].faults(items[j])

    if holds(wanted, lambda i: patterns[i] is GAP, len(rows), lambda i, j: not faults(i, j)):
        return
    text = _failure(
        "stream", patterns, rows, lambda i, j: [*faults(i, j)], lambda i, j: faults(i, j).values()
    )
    unknown = {each.name for each in patterns if each is not GAP} - NAMES - {r.name for r in rows}
    notes = [
        f"\nno event of the library is called {name!r}{nearest(name, NAMES)}" for name in unknown
    ]
    raise AssertionError("".join([text, *sorted(notes)]))


# -- what is wanted of an event --------------------------------------------------------------------


@attrs.frozen
class _Wanted:
    """What is expected of an event: its line, and what an event lacks of it."""

    row: Row
    faults: Callable[[Item], dict[str, str]]


def _wanted(expected: Expected) -> _Wanted:
    match expected:
        case EllipsisType():
            return _Wanted(GAP, lambda _: {})
        case str():
            return _Wanted(_named(expected), lambda _: {})
        case (str() as name, Mapping() as properties):
            words = " ".join(f"{key}={value!r}" for key, value in properties.items())
            return _Wanted(_named(name, words), lambda item: _unmet(properties, facts_of(item)))
        case Event() | {"event": _}:
            whole = _whole(expected)
            row = rows_of([expected])[0]._replace(time=ANY)
            return _Wanted(row, lambda item: _unequal(whole, _whole(item)))
    raise TypeError(
        "an event is expected by its name, as (name, {property: value}), as an Event or a"
        f" message, or ... for any; not as {expected!r:.80}"
    )


def _named(name: str, rest: str = ANY) -> Row:
    return Row(ANY, short_name(name), ANY, ANY, rest)


def _whole(item: Item) -> Mapping[str, Any]:
    """All there is to compare of an item."""
    return _fields(item) if isinstance(item, Event) else item


def _fields(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in attrs.fields(type(event))}


_ENCODER: Final = Encoder()
_ANYBODY: Final = Envelope(anonymous_id="anybody")


def facts_of(item: Item) -> Mapping[str, Any]:
    """Everything that can be asked of an item by a name: of its message, and of its fields."""
    if not isinstance(item, Event):
        properties = item.get("properties")
        return properties if isinstance(properties, Mapping) else {}
    playing = item.playing if isinstance(item, PlaybackEvent) else None
    ids = {} if playing is None else attrs.asdict(playing)
    try:
        sent = _ENCODER.message(item, _ANYBODY)["properties"]
    except EncodingError:  # what cannot be sent has its fields all the same
        sent = {}
    return {**item.properties, **ids, **_fields(item), **sent}


_ABSENT: Final = object()


def _unmet(wanted: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, str]:
    """The properties that are not as wanted, each with a sentence part."""
    faults = {}
    for key, value in wanted.items():
        got = facts.get(key, None if key in DERIVED else _ABSENT)
        if got is _ABSENT:
            faults[key] = f"it has no {key!r}{nearest(key, {*facts, *DERIVED})}"
        elif got != value:
            faults[key] = f"{key} is {got!r}, not {value!r}"
    return faults


def _unequal(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: f"{key} is {got.get(key)!r}, not {wanted.get(key)!r}"
        for key in dict.fromkeys([*wanted, *got])
        if wanted.get(key) != got.get(key)
    }


# -- the failure's text ----------------------------------------------------------------------------


def _failure(
    what: str,
    patterns: Sequence[Row],
    rows: Sequence[Row],
    failing: Callable[[int, int], Sequence[str]],
    sentences: Callable[[int, int], Iterable[str]] = lambda _i, _j: (),
) -> str:
    pairs = align(patterns, rows, failing)
    table = compare_rows([*map(shown, patterns)], rows, pairs, titles=("expected", "got"))
    lines = [f"the {what} is not the expected one: {_numbers(pairs)}", "", table]
    for i, j in (pair.beside for pair in pairs if pair.beside):
        lines += [f"event {j + 1}, {rows[j].name}: {each}" for each in sentences(i, j)]
    return "\n".join(lines)


def _numbers(pairs: Sequence[Pair]) -> str:
    words = (("|", "different"), ("<", "missing"), (">", "not expected"))
    counts = ((sum(pair.mark == mark for pair in pairs), mark, word) for mark, word in words)
    return ", ".join(f"{count} {word} ({mark})" for count, mark, word in counts if count)
