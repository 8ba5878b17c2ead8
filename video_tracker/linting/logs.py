"""Traces, signal logs and plans: what cannot be read, and what a session makes of the rest."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, Final

from video_tracker.diagnostics import ACCEPT, REASONS, Diagnostic
from video_tracker.errors import PlanError, TraceError, UnknownPlayerError
from video_tracker.linting.options import Options
from video_tracker.linting.reading import Read, Unreadable
from video_tracker.linting.report import Report
from video_tracker.plan import SessionPlan
from video_tracker.plan_json import plan_from_json
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import adapter_for_channels, find_adapter
from video_tracker.session import Playback, Session
from video_tracker.signal_log import read_signals
from video_tracker.signals import Signal
from video_tracker.trace import NOBODY, LineError, Owner, Owners, read_trace

__all__ = ["lint_plans", "lint_signals", "lint_trace"]

_Heard = tuple[int, str, Callback]
"""A callback with its line and the name of its session."""
_ENOUGH: Final = 1000
"""Callbacks that are read ahead to see whose trace it is."""


class _Lines:
    """Lines with a count that goes on over a damaged one, whoever reads them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> bytes:
        line = next(self._lines)
        self.number += 1
        return line


def lint_trace(
    lines: Iterable[bytes], options: Options, report: Report, player: str | None = None
) -> None:
    """Judge a trace: its lines, its clock, and what its adapter and a session make of it.

    Args:
        lines: The lines of the log.
        options: What was asked for.
        report: Takes the findings and the counts.
        player: Whose log it is; None lets its channels tell.

    Raises:
        UnknownPlayerError: There is no such player.
    """
    numbered = _Lines(lines)
    callbacks = _callbacks(numbered, options, report)
    first = list(itertools.islice(callbacks, _ENOUGH))
    kind = _kind_of_adapter(player, first, options, report)
    judge = _Judge(options, report)
    astray: list[str] = []
    adapters: dict[str, Adapter] = {}
    known: set[str] = set()
    told = False
    for line, key, callback in itertools.chain(first, callbacks):
        report.messages += 1
        told |= bool(callback.state)
        judge.time(line, callback.at, callback.event, key)
        if kind is None:
            continue
        if key not in adapters:
            adapters[key] = kind()
            adapters[key].on_astray = astray.append
        for signal in adapters[key].translate(callback):
            judge.signal(line, key, signal)
        for what in astray:
            if what not in known:
                known.add(what)
                text = f"{kind.name} does not know {what}"
                report.add(options.of_file("VT702", line, text, event=callback.event))
        astray.clear()
    judge.finish(told, "callback")


def _callbacks(lines: _Lines, options: Options, report: Report) -> Iterator[_Heard]:
    """The callbacks that can be read, each with its line and the name of its session."""
    whose = _Whose(lines, options, report)
    while True:
        try:
            for callback in read_trace(lines, on_owner=whose.hear):
                if (key := whose.session()) is not None:
                    yield lines.number, key, callback
        except TraceError as error:
            report.add(options.of_file("VT001", lines.number, error.reason))
        else:
            return


class _Whose:
    """Of which session a line is; one that does not tell is a finding."""

    def __init__(self, lines: _Lines, options: Options, report: Report) -> None:
        self._lines, self._options, self._report = lines, options, report
        self._owners = Owners()
        self._owner = NOBODY

    def hear(self, owner: Owner) -> None:
        """Whose the line is that was read."""
        self._owner = owner

    def session(self) -> str | None:
        """The name of its session, empty where nobody gave one; None where nobody can tell."""
        try:
            key = self._owners.session_of(self._owner)
        except LineError as error:
            self._report.add(self._options.of_file("VT001", self._lines.number, str(error)))
            return None
        return "/".join(filter(None, key))


def _kind_of_adapter(
    player: str | None, first: list[_Heard], options: Options, report: Report
) -> type[Adapter] | None:
    if player is not None:
        return find_adapter(player)
    if not first:
        return None
    channels = {callback.player for *_, callback in first}
    try:
        return find_adapter(adapter_for_channels(channels))
    except UnknownPlayerError as error:
        report.add(options.of_file("VT701", first[0][0], str(error)))
        return None


def lint_signals(lines: Iterable[bytes], options: Options, report: Report) -> None:
    """Judge a signal log: its lines, its fields, its clock, and what sessions make of it.

    Args:
        lines: The lines of the log.
        options: What was asked for.
        report: Takes the findings and the counts.
    """
    numbered = _Lines(lines)

    def unknown(_line: int, field: str) -> None:
        text = f"its signal has no field {field!r}"
        report.add(options.of_file("VT705", numbered.number, text))

    judge = _Judge(options, report)
    whose = _Whose(numbered, options, report)
    told = False
    while True:
        try:
            for _, signal in read_signals(numbered, on_unknown=unknown, on_owner=whose.hear):
                if (key := whose.session()) is None:
                    continue
                report.messages += 1
                told |= getattr(signal, "position", None) is not None
                judge.time(numbered.number, signal.at, type(signal).__name__, key)
                judge.signal(numbered.number, key, signal)
        except TraceError as error:
            report.add(options.of_file("VT001", numbered.number, error.reason))
        else:
            break
    judge.finish(told, "signal")


class _Judge:
    """Sessions that run along and say what they had to repair."""

    def __init__(self, options: Options, report: Report) -> None:
        self._options, self._report = options, report
        self._playbacks: dict[str, Playback] = {}
        self._newest: dict[str, float] = {}
        self._line = 0

    def time(self, line: int, at: float, event: str, session: str = "") -> None:
        """Hold a time against the newest one of its session."""
        newest = self._newest.get(session)
        if newest is not None and at < newest:
            text = f"its time lies {newest - at:g} s before the newest one"
            self._report.add(
                self._options.of_file("VT703", line, text, session=session, event=event)
            )
        self._newest[session] = at if newest is None else max(newest, at)

    def signal(self, line: int, name: str, signal: Signal) -> None:
        """Give a session what was said."""
        self._line = line
        playback = self._playbacks.get(name)
        if playback is None:
            plan = SessionPlan(anonymous_id="lint")
            session = Session(name or "lint", plan, on_diagnostic=self._told)
            playback = self._playbacks[name] = Playback(session)
        playback.receive(signal)

    def _told(self, diagnostic: Diagnostic) -> None:
        if diagnostic.kind == ACCEPT:
            return
        text = f"{diagnostic.reason}: {REASONS[diagnostic.reason]}"
        self._report.add(self._options.of_file("VT704", self._line, text))

    def finish(self, told: bool, what: str) -> None:
        """The log is over."""
        report, options = self._report, self._options
        report.sessions = sum(len(playback.sessions) for playback in self._playbacks.values())
        if not report.messages:
            report.add(options.of_file("VT003", 1, f"there is no {what} in it"))
        elif not told:
            report.add(options.of_file("VT706", 1, f"no {what} of it tells a position"))


def lint_plans(values: Iterable[Read], options: Options, report: Report) -> None:
    """Judge plan files.

    Args:
        values: What was read.
        options: What was asked for.
        report: Takes the findings and the counts.
    """
    for value in values:
        if isinstance(value, Unreadable):
            report.add(options.of_file("VT001", value.line, value.why))
            continue
        report.messages += 1
        try:
            plan = plan_from_json(value.value)
        except PlanError as error:
            for fault in str(error).splitlines():
                report.add(options.of_file("VT721", value.line, fault))
            continue
        for number, text in _of_plan(plan):
            report.add(options.of_file(number, value.line, text))
    if not report.messages:
        report.add(options.of_file("VT003", 1, "there is no plan in it"))


def _of_plan(plan: SessionPlan) -> Iterator[tuple[str, str]]:
    if not (plan.user_id or plan.anonymous_id):
        yield "VT722", "neither user_id nor anonymous_id is set"
    live = plan.player.livestream is True
    lengths = {content.asset_id: content.duration for content in plan.contents}
    for number, content in enumerate(plan.contents):
        if content.duration is None and not (live or content.livestream):
            yield "VT723", f"$.contents[{number}] has no duration"
    only = plan.contents[0].asset_id if plan.contents else None
    for number, each in enumerate(plan.ad_breaks):
        length = lengths.get(each.content_asset_id or only)
        if not isinstance(each.at, str) and length is not None and each.at > length:
            yield "VT724", f"$.ad_breaks[{number}].at is {each.at:g}, the content has {length:g} s"
    yield from _doubles(plan)
    beat = plan.settings.heartbeat
    if beat is None or not 5 <= beat <= 30:
        yield "VT726", f"$.settings.heartbeat is {beat if beat is None else format(beat, 'g')}"


def _doubles(plan: SessionPlan) -> Iterator[tuple[str, str]]:
    ids: dict[str, list[Any]] = {
        "contents": [content.asset_id for content in plan.contents],
        "ad_breaks": [each.pod_id for each in plan.ad_breaks],
    }
    for number, each in enumerate(plan.ad_breaks):
        ids[f"ad_breaks[{number}].ads"] = [ad.asset_id for ad in each.ads]
    for place, names in ids.items():
        known = [name for name in names if name is not None]
        for name in sorted({name for name in known if known.count(name) > 1}):
            yield "VT725", f"$.{place} has {name!r} {known.count(name)} times"
