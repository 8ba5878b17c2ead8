"""A replay as people read it: each session's events, its picture, what was not simply accepted."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from video_tracker.cli.engine import Replay
from video_tracker.cli.remarks import Remark, remark_line
from video_tracker.cli.screen import Line, Look, Part, table
from video_tracker.explain import RecordedSession
from video_tracker.session import Session
from video_tracker.timeline import explained_timeline, terminal_timeline
from video_tracker.transcript import Row, rows_of
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


def view_of(
    replay: Replay,
    records: Iterable[Record],
    remarks: Iterable[Remark],
    look: Look,
    *,
    verbose: bool,
) -> Iterator[Part]:
    """What a replay shows.

    Args:
        replay: The replay of recorded sessions, at its end.
        records: What it made.
        remarks: What was not simply accepted.
        look: How it is looked at.
        verbose: Show every event by itself.
    """
    own: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        own.setdefault(record.session_id, []).append(json.loads(record.body))
    for session in replay.sessions:
        assert isinstance(session, RecordedSession)
        yield from _session(session, own.get(session.session_id, []), look, verbose=verbose)
    for remark in remarks:
        yield _REMARKS.get(remark.done, "dim" if remark.passed_over else ""), remark_line(remark)


def _session(
    session: RecordedSession, messages: Sequence[Mapping[str, Any]], look: Look, *, verbose: bool
) -> Iterator[Part]:
    yield from _heading(session, messages)
    if messages:
        rows = rows_of(messages)
        shown = [[row] for row in rows] if verbose else _with_beats_together(rows)
        listed = ((_style(each[0].name), _cells(each)) for each in shown)
        yield from table(_HEAD, listed, right=_RIGHT)
        yield "", ""
        yield terminal_timeline(
            explained_timeline(session.explain()),
            width=look.columns,
            colour=look.colour,
            titles=False,
        )
    yield "", ""


def _heading(session: Session, messages: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    yield "bold", f"Session {session.session_id}"
    if not messages:
        yield "", "Nothing was played: it has no events."
        return
    first = messages[0]
    viewer = first.get("userId") or f"{first.get('anonymousId')} (anonymous)"
    yield "", f"of {viewer}; second 0 is {first['timestamp']}"
    yield "", ""


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
