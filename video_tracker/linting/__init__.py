"""The linter: what is wrong with anybody's video messages, traces, signal logs and plans.

The rules are a table (``RULES``); those about destinations speak when they are asked for.
"""

from collections.abc import Iterable
from typing import Any, cast

from video_tracker.linting.logs import lint_plans, lint_signals, lint_trace
from video_tracker.linting.messages import lint_messages
from video_tracker.linting.options import KINDS, Options
from video_tracker.linting.reading import Read, read_values
from video_tracker.linting.report import Report
from video_tracker.linting.rule import Finding, Rule
from video_tracker.linting.rules import RULES
from video_tracker.linting.rules.destinations import DESTINATIONS
from video_tracker.linting.sources import Source, is_of_values, kind_of, opened
from video_tracker.wire.profiles import Profile

__all__ = ["DESTINATIONS", "KINDS", "RULES", "Finding", "Report", "Rule", "lint"]


def lint(
    source: Source,
    *,
    kind: str | None = None,
    destinations: str | Iterable[str] = (),
    profile: str | Profile | None = None,
    ignore: str | Iterable[str] = (),
    heartbeat: float = 10.0,
    now: float | None = None,
    player: str | None = None,
) -> Report:
    """Find what is wrong with messages, a trace, a signal log or a plan.

    Messages are anybody's: Segment, RudderStack, Customer.io, one a line, as an array or in
    batches. What cannot be read is a finding with its line, and reading goes on.

    Args:
        source: A file's name, an open binary file, lines, or messages as decoded objects.
        kind: ``messages``, ``trace``, ``signals`` or ``plan``; None lets the first line tell.
        destinations: Whose rules to apply besides: names of ``DESTINATIONS``, or ``all``.
        profile: The vendor's flavour of messages; None takes the one that each fits best.
        ignore: Rules that do not speak, by id: ``VT604``.
        heartbeat: Seconds between two heartbeats, as they should be.
        now: The time of the run in Unix seconds, for dates in the future; None leaves that out.
        player: Whose trace it is; None lets its channels tell.

    Returns:
        The findings in the order of the file, with counts.

    Raises:
        ValueError: There is no such kind, destination or rule.
        LookupError: There is no such profile or player.
        OSError: The file cannot be read.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}; there are: {', '.join(KINDS)}")
    options = Options.of(
        destinations=destinations, profile=profile, ignore=ignore, heartbeat=heartbeat, now=now
    )
    with opened(source) as given:
        if is_of_values(given):
            report = Report(kind=kind or "messages")
            _lint_values(cast("Iterable[Read]", given), options, report)
        else:
            report = _lint_lines(cast("Iterable[bytes]", given), kind, options, player)
    return report


def _lint_values(values: Iterable[Read], options: Options, report: Report) -> None:
    judge: Any = lint_plans if report.kind == "plan" else lint_messages
    judge(values, options, report)


def _lint_lines(
    lines: Iterable[bytes], kind: str | None, options: Options, player: str | None
) -> Report:
    found, lines = kind_of(lines) if kind is None else (kind, lines)
    report = Report(kind=found)
    if found == "trace":
        lint_trace(lines, options, report, player)
    elif found == "signals":
        lint_signals(lines, options, report)
    else:
        _lint_values(read_values(lines), options, report)
    return report
