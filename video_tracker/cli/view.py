"""A replay as people read it: each session's events, figures, and what was not simply accepted."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from video_tracker.cli.engine import Replay
from video_tracker.cli.remarks import Remark, remark_line
from video_tracker.cli.screen import Line, Part, Table
from video_tracker.summary import Summary, merge_ranges
from video_tracker.transcript import Row, rows_of, seconds_text
from video_tracker.wire import Record

__all__ = ["view_of"]

_HEAD: Final = ("second", "event", "asset/pod", "position", "")
_RIGHT: Final = frozenset((0, 3))
_MOST_BEATS: Final = 3
"""Heartbeats that stand in a row one by one; more of them become one row."""
_STYLES: Final = (
    ("Ad Error", "bold red"),
    ("Ad ", "yellow"),
    ("Content Playing", "dim"),
    ("Content ", "cyan"),
    ("Playback Interrupted", "bold red"),
    ("Playback Buffer", "magenta"),
    ("Playback ", "bold"),
    ("Quality ", "dim"),
)
"""How the rows of events look whose names begin so; the first that fits."""
_REMARKS: Final = {"repaired": "yellow", "changed": "yellow", "rejected": "red", "unsent": "red"}
_SHOWN: Final = 0.05
"""Seconds that are not nothing, where they are told to the tenth."""


def view_of(
    replay: Replay, records: Iterable[Record], remarks: Iterable[Remark], *, verbose: bool
) -> Iterator[Part]:
    """What a replay shows.

    Args:
        replay: The replay, at its end.
        records: What it made.
        remarks: What was not simply accepted.
        verbose: Show every event by itself.
    """
    own: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        own.setdefault(record.session_id, []).append(json.loads(record.body))
    for session in replay.sessions:
        yield from _session(session.summary(), own.get(session.session_id, []), verbose=verbose)
    for remark in remarks:
        yield _REMARKS.get(remark.done, "dim" if remark.passed_over else ""), remark_line(remark)


def _session(
    summary: Summary, messages: Sequence[Mapping[str, Any]], *, verbose: bool
) -> Iterator[Part]:
    yield from _heading(summary, messages)
    if messages:
        rows = rows_of(messages)
        shown = [[row] for row in rows] if verbose else _with_beats_together(rows)
        table = [(_style(each[0].name), _cells(each)) for each in shown]
        yield Table(head=_HEAD, right=_RIGHT, rows=table)
    yield "", ""
    yield from _figures(summary)
    yield "", ""


def _heading(summary: Summary, messages: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    yield "bold", f"Session {summary.session_ids[0]}"
    if not messages:
        yield "", "Nothing was played: it has no events."
        return
    first = messages[0]
    viewer = first.get("userId") or f"{first.get('anonymousId')} (anonymous)"
    yield "", f"{viewer}, {_ENDS[summary.ended]}; second 0 is {first['timestamp']}"
    yield "", ""


_ENDS: Final = {
    "completed": "completed",
    "exited": "left before the end",
    "timeout": "timed out: nothing more was heard",
    "open": "still open",
}


def _with_beats_together(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows, those of many heartbeats of one asset together."""
    shown: list[list[Row]] = []
    for _, group in groupby(rows, key=_beats_of):
        listed = list(group)
        beats = _is_beat(listed[0]) and len(listed) > _MOST_BEATS
        shown += [listed] if beats else [[row] for row in listed]
    return shown


def _is_beat(row: Row) -> bool:
    return row.name == "Content Playing" and not row.rest


def _beats_of(row: Row) -> tuple[bool, str]:
    return (_is_beat(row), row.ids)


def _cells(rows: Sequence[Row]) -> tuple[str, ...]:
    """The cells of a row, or of many heartbeats."""
    first, last = rows[0], rows[-1]
    time = first.time if first.time == "-" else f"{float(first.time):.2f}"
    if len(rows) == 1:
        return (time, first.name, first.ids, first.position, first.rest)
    until = f"until second {float(last.time):.2f}, at {last.position}"
    return (time, f"{first.name} x {len(rows)}", first.ids, first.position, until)


def _style(name: str) -> str:
    return next((style for begin, style in _STYLES if f"{name} ".startswith(begin)), "")


def _figures(summary: Summary) -> Iterator[Line]:
    """The main figures, of which none is zero."""
    seconds = {name.replace("_", " "): float(value) for name, value in summary.buckets.items()}
    parts = [f"{name} {_short(value)}" for name, value in seconds.items() if value >= _SHOWN]
    yield "", f"{_short(summary.elapsed)} seconds: {', '.join(parts) or 'nothing'}"
    if summary.startup_time is not None:
        yield "", f"first frame after {_short(float(summary.startup_time))} s"
    for asset, ranges in summary.watched.items():
        near = merge_ranges((start, end + _SHOWN) for start, end in ranges)
        seen = ", ".join(f"{_short(start)}-{_short(end - _SHOWN)}" for start, end in near)
        yield "", f"watched of {asset}: {seen}"
    counts = ((name.replace("_", " "), count) for name, count in summary.counts.items() if count)
    counted = ", ".join(f"{name} {count}" for name, count in counts)
    if counted:
        yield "", counted


def _short(seconds: float) -> str:
    return seconds_text(round(seconds, 1))
