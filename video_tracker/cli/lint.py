"""``video-tracker lint``: what is wrong with anybody's messages, traces, signal logs and plans."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from video_tracker.cli.files import CommandError, print_json, standard_output, why
from video_tracker.cli.progress import open_watched
from video_tracker.cli.screen import Line, show
from video_tracker.clock import SystemClock
from video_tracker.errors import UnknownPlayerError
from video_tracker.linting import DESTINATIONS, KINDS, RULES, Finding, Report, lint
from video_tracker.linting.as_we_would import as_we_would
from video_tracker.linting.reading import chunks_of, read_values
from video_tracker.linting.rules import GROUPS
from video_tracker.linting.sarif import sarif
from video_tracker.linting.sources import kind_of
from video_tracker.spelling import counted

__all__ = ["DESTINATIONS", "KINDS", "RULES", "run"]

_MOST_LINES: Final = 5
"""Places that are shown of one rule in one session."""
_STYLES: Final = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def run(arguments: argparse.Namespace) -> int:
    """Lint the file that the arguments name.

    Returns:
        1 when something as bad as ``--fail-on`` was found, else 0.

    Raises:
        CommandError: Something cannot be read or used.
    """
    if arguments.json:
        arguments.format = "json"
    if arguments.rules:
        _list_rules(arguments.format)
        return 0
    if arguments.source is None:
        raise CommandError(
            "which file? give FILE, or - for standard input (see video-tracker lint --help)"
        )
    if arguments.as_we_would:
        return _beside(arguments)
    report = _report(arguments)
    if arguments.format == "text":
        show(_text(report, _named(arguments.source)))
    else:
        name = _named(arguments.source)
        print_json(sarif(report, name) if arguments.format == "sarif" else report.to_dict())
    return int(report.reaches(arguments.fail_on))


def _named(source: str) -> str:
    return "stdin" if source == "-" else source


def _report(arguments: argparse.Namespace) -> Report:
    with open_watched(arguments.source) as file:
        try:
            return lint(
                file,
                kind=arguments.kind,
                destinations=arguments.destinations,
                profile=arguments.profile,
                ignore=arguments.ignore,
                heartbeat=arguments.heartbeat,
                now=SystemClock().now(),
                player=arguments.player,
            )
        except OSError as error:
            raise CommandError(f"{arguments.source}: {why(error)}") from error
        except (ValueError, UnknownPlayerError) as error:
            raise CommandError(str(error)) from error


def _beside(arguments: argparse.Namespace) -> int:
    if arguments.format != "text":
        raise CommandError("--as-we-would shows text to read; leave --json and --format out")
    if arguments.kind not in (None, "messages"):
        raise CommandError(f"--as-we-would reads messages, not {arguments.kind}")
    with open_watched(arguments.source) as file:
        kind, lines = kind_of(chunks_of(file))
        if kind != "messages":
            raise CommandError(f"{arguments.source}: --as-we-would reads messages, not a {kind}")
        texts = list(as_we_would(read_values(lines)))
    if not texts:
        raise CommandError(f"{arguments.source}: there is no message of a video event in it")
    standard_output().write(["\n\n".join(texts).encode(), b"\n"])
    return 0


# -- text for people -------------------------------------------------------------------------------


def _list_rules(form: str) -> None:
    if form == "text":
        show(_table())
    else:
        print_json([attrs.asdict(rule, filter=_is_text) for rule in RULES.values()])


def _is_text(_field: object, value: object) -> bool:
    return isinstance(value, str)


def _table() -> Iterator[Line]:
    for group, rules in GROUPS.items():
        yield "bold", group
        for rule in rules:
            yield _STYLES[rule.severity], f"  {rule.id}  {rule.severity:<7}  {rule.finds}"
        yield "", ""


def _text(report: Report, name: str) -> Iterator[Line]:
    sessions: dict[str, dict[str, list[Finding]]] = {}
    for finding in report.findings:
        sessions.setdefault(finding.session, {}).setdefault(finding.rule, []).append(finding)
    for session, rules in sessions.items():
        yield "bold", f"session {session}" if session else name
        for number in sorted(rules):
            yield from _of_rule(number, rules[number])
        yield "", ""
    if report.left_out:
        yield "", f"... and {report.left_out:,} findings more"
    yield "", _summary(report, name)


def _of_rule(number: str, findings: list[Finding]) -> Iterator[Line]:
    rule = RULES[number]
    yield _STYLES[rule.severity], f"  {number} {rule.severity}: {rule.finds}"
    for finding in findings[:_MOST_LINES]:
        event = f"{finding.event}: " if finding.event else ""
        yield "", f"    line {finding.line}  {event}{finding.message}"
    if len(findings) > _MOST_LINES:
        places = ", ".join(str(finding.line) for finding in findings[_MOST_LINES:][:10])
        dots = ", ..." if len(findings) > _MOST_LINES + 10 else ""
        yield "", f"    and {len(findings) - _MOST_LINES} more: lines {places}{dots}"
    yield "", f"    why: {findings[0].why}"
    yield "", f"    do:  {findings[0].do}"


def _summary(report: Report, name: str) -> str:
    what = {"messages": "message", "trace": "callback", "signals": "signal", "plan": "plan"}
    parts = [counted(report.messages, what[report.kind])]
    parts += [counted(report.sessions, "session")] if report.sessions else []
    parts += [counted(report.others, "other call")] if report.others else []
    found = [
        counted(report.severities[severity], severity)
        for severity in ("error", "warning", "note")
        if report.severities[severity]
    ]
    return f"{Path(name).name}: {', '.join(parts)}; {', '.join(found) or 'nothing found'}"
