"""Reads recorded bodies of CMCD event reports, and puts the reports of each lane in order.

A line is what a collector kept of one request: ``{"at": 1795938180.63, "type": "application/cmcd",
"body": "cid=..."}``; ``at`` is the server's Unix time, ``user_id`` and ``anonymous_id`` may say who
watches, other fields are not read. A body that is none of reports, and a report that cannot be
read, cost themselves alone, with a reason; a line that is no such object is a damaged log.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import attrs

from video_tracker.errors import TraceError
from video_tracker.ingest.cmcd_report import ReportError, is_media_type, lines_of, read_report
from video_tracker.players.base import Callback, finite, name_of, text_of
from video_tracker.trace import LineError, Owner, owner_of, parse_line

__all__ = ["in_order", "read_bodies", "session_of"]

_SHUFFLED: Final = 2.0
"""Seconds by which reports of one lane may overtake each other."""


def session_of(callback: Callback) -> str | None:
    """The session (``sid``) that a report names."""
    return text_of(callback.detail.get("sid"))


def read_bodies(
    lines: Iterable[str | bytes],
    file: str = "-",
    on_drop: Callable[[str], object] | None = None,
    on_owner: Callable[[Owner], object] = lambda _owner: None,
) -> Iterator[Callback]:
    """The reports of a log, in its order.

    Args:
        lines: The log's lines, as text or UTF-8; blank ones are skipped.
        file: Its name for the error message; ``-`` is standard input.
        on_drop: Told of each body or report that is not used, and why.
        on_owner: Told whose the reports of a body are, right before they are yielded.

    Yields:
        A callback for each report (S60).

    Raises:
        TraceError: A line cannot be read; all reports before it have been delivered.
    """
    drop = on_drop or (lambda _reason: None)
    for number, raw in enumerate(lines, start=1):
        try:
            line = parse_line(raw)
            if line is None:
                continue
            owner, kind, body = owner_of(line), line.get("type"), line.get("body")
            if not isinstance(body, str):
                raise LineError(f'field "body" must be a string, not {body!r:.60}')
            if kind is not None and not isinstance(kind, str):
                raise LineError(f'field "type" must be a string, not {kind!r:.60}')
        except LineError as error:
            raise TraceError(file, number, str(error)) from error
        if kind is not None and not is_media_type(kind):
            drop(f"a body of the type {kind!r:.60}, which is not application/cmcd")
            continue
        on_owner(owner)
        for _, text in lines_of(body):
            try:
                yield read_report(text)
            except ReportError as error:
                drop(f"a report: {error}")


@attrs.define
class _Count:
    """One counting (``sn``) of a lane; the next source of a player begins another.

    Attributes:
        reports: Its reports.
        times: When each number was told.
    """

    reports: list[Callback] = attrs.field(factory=list)
    times: dict[float, float] = attrs.field(factory=dict)
    begin: float = math.inf
    end: float = -math.inf
    most: float = -1.0

    def fits(self, number: float, at: float) -> bool:
        """Whether a report may be of this counting: its number is free, or it is told again."""
        if number < 0 or self.times.get(number) == at:
            return True
        return number not in self.times and (number > self.most or at <= self.end + _SHUFFLED)

    def add(self, report: Callback, number: float) -> None:
        """Take a report."""
        self.reports.append(report)
        self.times[number] = report.at
        self.begin, self.end = min(self.begin, report.at), max(self.end, report.at)
        self.most = max(self.most, number)


def in_order(reports: Iterable[Callback]) -> list[Callback]:
    """The reports of a log in the order in which they were made.

    A lane (``sid`` and ``cid``) goes by its numbers (``sn``), whatever its clock did; between lanes
    the times decide. So neither the order nor the repetition of lines changes anything, as long as
    they overtook each other by no more than two seconds (S68).

    Args:
        reports: The callbacks, as they were recorded.
    """
    lanes: dict[tuple[str | None, str | None], list[_Count]] = {}
    for report in reports:
        cid = name_of(report.detail.get("cid"))
        _put(lanes.setdefault((session_of(report), cid), []), report)
    timed: list[tuple[float, str, float, int, Callback]] = []
    for (_, cid), counts in lanes.items():
        newest = 0.0
        for count in sorted(counts, key=lambda each: each.begin):
            for report in sorted(count.reports, key=lambda each: (_number(each), each.at)):
                newest = newest if report.event == "rr" else max(newest, report.at)
                place = (max(newest, report.at), cid or "", _number(report), len(timed))
                timed.append((*place, report))
    return [report for *_, report in sorted(timed, key=lambda each: each[:4])]


def _number(report: Callback) -> float:
    number = finite(report.detail.get("sn"))
    return -1.0 if number is None else number


def _put(counts: list[_Count], report: Callback) -> None:
    number, at = _number(report), report.at
    fitting = [count for count in counts if count.fits(number, at)]
    begun = [count for count in fitting if count.begin <= at]
    if not fitting:
        counts.append(_Count())
    (begun[-1] if begun else fitting[0] if fitting else counts[-1]).add(report, number)
