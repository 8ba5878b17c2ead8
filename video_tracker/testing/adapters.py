"""Holds an adapter of your own against what sessions rely on: :func:`check_adapter`."""

import gzip
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.errors import PlanError, TraceError
from video_tracker.events import Event
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback, Ignored, Mapped, finite
from video_tracker.players.channels import CHANNELS
from video_tracker.session import Playback, Session
from video_tracker.signals import SIGNALS, Signal
from video_tracker.testing.callbacks import START, Courses
from video_tracker.testing.invariants import sessions_faults
from video_tracker.trace import read_trace

__all__ = ["Log", "check_adapter"]

Log = str | os.PathLike[str] | Iterable[str | bytes | Callback]
"""A recorded log: its path (gzip too), its lines, or its callbacks."""

_NAMES: Final[Mapping[type[Signal], str]] = {kind: name for name, kind in SIGNALS.items()}
_SLACK: Final = 1e-6
_DATED_BACK: Final = 2.0
"""Seconds by which a signal may lie before the newest one: a first frame is dated back (S71)."""
_FOUND_OUT: Final = frozenset({"buffer_start", "buffer_end"})
"""What may be found out late, by the position alone (S65)."""
_SNAPSHOT: Final = frozenset({"load", "pause", "progress", "update"})
"""What the snapshot in any callback may say: length, another source, sound, a pause (S83)."""
_UNKNOWN: Final = "no such callback"


def check_adapter(
    adapter: type[Adapter],
    *,
    logs: Iterable[Log] = (),
    seed: int = 0,
    rounds: int = 30,
    longest_hold: float = 1.0,
) -> list[str]:
    """Put an adapter through its paces: its table, and what it makes of callbacks.

    It is given every callback of its table bare, callbacks in any order with values that a player
    could say and with values that none should, callbacks that nobody knows, and the logs. What it
    makes of them goes through a session, whose events are held against the grammar (S20).

    Args:
        adapter: The class.
        logs: Recordings of the player, each a path, an iterable of its lines, or of callbacks.
        seed: Another seed gives other callbacks.
        rounds: How many courses of each kind it is given.
        longest_hold: Seconds for which it may hold something back; S31 allows 0.25.

    Returns:
        What is wrong, a sentence each; nothing for an adapter that sessions can rely on. For
        tests: ``assert check_adapter(MyAdapter) == []``.
    """
    faults = Faults()
    if not _has_shape(adapter, faults):
        return faults.found
    check = AdapterCheck(adapter, faults, longest_hold)
    courses = Courses(adapter, seed)
    for course in courses.bare():
        check.course(course, "bare")
    for course in courses.likely(rounds):
        check.course(course, "likely")
    for course in courses.strange(rounds):
        check.course(course, "strange", dated=False)
    check.outsiders()
    check.neighbours([*courses.likely(2), *courses.strange(2)])
    for number, log in enumerate(logs, start=1):
        check.log(log, f"log {number}" if not isinstance(log, str | os.PathLike) else f"{log}")
    return faults.found


class Faults:
    """What is wrong, each sentence once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, text: str) -> None:
        if text not in self.found:
            self.found.append(text)


# -- the class -----------------------------------------------------------------------------------


def _has_shape(adapter: Any, faults: Faults) -> bool:
    """Look at the class; whether its callbacks can be tried at all."""
    if not (isinstance(adapter, type) and issubclass(adapter, Adapter)):
        faults.add(f"{adapter!r:.80} is no subclass of Adapter")
        return False
    name = getattr(adapter, "name", None)
    if not isinstance(name, str) or not name:
        faults.add("it has no name")
    channels = getattr(adapter, "channels", None)
    if not isinstance(channels, frozenset) or not channels:
        faults.add(f"its channels are {channels!r:.80}, not a frozenset of names")
        return False
    vocabulary = getattr(adapter, "vocabulary", None)
    if not isinstance(vocabulary, Mapping) or not vocabulary:
        faults.add("it has no vocabulary")
        return False
    sound = [_is_row(key, entry, channels, faults) for key, entry in vocabulary.items()]
    for channel in sorted(channels - {key[0] for key in vocabulary if isinstance(key, tuple)}):
        faults.add(f"its table has no callback of its channel {channel!r}")
    return all(sound) & _has_settings(adapter, faults) and _is_made(adapter, faults)


def _is_row(key: Any, entry: Any, channels: frozenset[str], faults: Faults) -> bool:
    pair = isinstance(key, tuple) and len(key) == 2 and all(isinstance(part, str) for part in key)
    if not pair:
        faults.add(f"a key of its table is {key!r:.80}, not (channel, event)")
        return False
    said = " ".join(key)
    if key[0] not in channels:
        faults.add(f"{said}: the channel is none of its own")
    if isinstance(entry, Ignored):
        if not entry.reason.strip():
            faults.add(f"{said}: ignored without a reason (S60)")
    elif isinstance(entry, Mapped):
        if unknown := sorted(set(entry.signals) - set(SIGNALS)):
            faults.add(f"{said}: no signal is called {', '.join(unknown)}")
        if not entry.signals and not entry.note:
            faults.add(f"{said}: mapped to no signal, and no note says what for")
    else:
        faults.add(f"{said}: neither Mapped nor Ignored but {entry!r:.80}")
        return False
    return True


def _has_settings(adapter: type[Adapter], faults: Faults) -> bool:
    try:
        Settings(**adapter.settings)
    except (PlanError, TypeError) as error:
        faults.add(f"its settings are wrong: {error}")
        return False
    return True


def _is_made(adapter: type[Adapter], faults: Faults) -> bool:
    try:
        made = adapter()
    except Exception as error:  # noqa: BLE001 - told, whatever it is
        faults.add(f"it cannot be made without arguments: {_said(error)}")
        return False
    if getattr(made, "ignored", None) != {}:
        faults.add("its __init__ does not call Adapter.__init__")
        return False
    if (wake := _asked_when(made, faults)) is not None:
        faults.add(f"a fresh one wants to be woken at {wake:g}")
    return True


def _asked_when(adapter: Adapter, faults: Faults) -> float | None:
    try:
        wake = adapter.wake_at()
    except Exception as error:  # noqa: BLE001 - told, whatever it is
        faults.add(f"wake_at raised {_said(error)}")
        return None
    if wake is not None and finite(wake) is None:
        faults.add(f"wake_at gave {wake!r:.40}, neither a time nor None")
        return None
    return wake


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:160]


# -- its answers ---------------------------------------------------------------------------------


@attrs.define
class Run:
    """One adapter on its way through one course."""

    adapter: Adapter
    signals: list[Signal] = attrs.field(factory=list)
    newest: float = -math.inf
    heard: set[str] = attrs.field(factory=set)
    """The signals that the callbacks so far may become: what was held back is one of these."""


class AdapterCheck:
    """Gives an adapter callbacks and looks at its answers."""

    def __init__(self, adapter: type[Adapter], faults: Faults, longest_hold: float) -> None:
        self._adapter = adapter
        self._faults = faults
        self._longest_hold = longest_hold
        self._dated_back = _DATED_BACK

    def course(self, course: Sequence[Callback], kind: str, *, dated: bool = True) -> Run:
        """One course on a fresh adapter, twice: the answers must be the same."""
        self._dated_back = _DATED_BACK if dated else math.inf
        run, again = self._run(course), self._run(course)
        if _written(run.signals) != _written(again.signals):
            self._faults.add(f"the same callbacks gave other signals the second time ({kind})")
        self._play(run.signals)
        return run

    def outsiders(self) -> None:
        """Callbacks that nobody documented, and those of another player."""
        adapter = self._adapter()
        channel = min(self._adapter.channels)
        foreign = min(CHANNELS - self._adapter.channels)
        for player, event in ((channel, _UNKNOWN), (foreign, "play")):
            said = Callback(START, player, event, {"currentTime": 1.0}, {"a": 1})
            before = sum(adapter.ignored.values())
            answer = self._answer(adapter, said)
            what = "an unknown event" if player == channel else "a foreign channel"
            if answer:
                self._faults.add(f"{what} gave {_named(answer)}")
            elif answer is not None and sum(adapter.ignored.values()) != before + 1:
                self._faults.add(f"{what} was not counted as ignored (S60)")

    def neighbours(self, courses: Sequence[Sequence[Callback]]) -> None:
        """Two at once: what one is told must not show in the other."""
        for course in courses:
            alone = self._run(course).signals
            run, other = Run(self._adapter()), Run(self._adapter())
            backwards = [attrs.evolve(said, at=START) for said in reversed(course)]
            for said, besides in zip(course, backwards, strict=True):
                if self._answer(other.adapter, besides) is None or not self.step(run, said):
                    return  # it raised, which was told
            self._finish(run, course[-1].at)
            if _written(run.signals) != _written(alone):
                self._faults.add("two instances share something: one's callbacks change the other")
                return

    def log(self, log: Log, name: str) -> None:
        """A recording of the player."""
        course: list[Callback] = []
        try:
            course.extend(_callbacks(log))
        except (OSError, TraceError, EOFError) as error:
            self._faults.add(f"{name} cannot be read: {error}")
        for said in course:
            own = said.player in self._adapter.channels
            row = self._adapter.row_of(said.player, said.event)
            if own and row not in self._adapter.vocabulary:
                self._faults.add(f"{name}: {said.player} {said.event} is not in its table")
        if course and not self.course(course, name).signals:
            self._faults.add(f"{name}: not one signal came of it")

    # -- steps -----------------------------------------------------------------------------------

    def _run(self, course: Sequence[Callback]) -> Run:
        run = Run(self._adapter())
        for said in course:
            if not self.step(run, said):
                return run  # it raised; its state is anybody's guess
        self._finish(run, max(said.at for said in course))
        return run

    def step(self, run: Run, said: Callback) -> bool:
        """Give a callback to an adapter on its way; whether it answered at all."""
        due = _asked_when(run.adapter, self._faults)
        if due is not None and due <= said.at:
            self.flush(run, due)
        before = f"{said.state!r} {said.detail!r}"
        entry = self._adapter.vocabulary.get(self._adapter.row_of(said.player, said.event))
        ignored = sum(run.adapter.ignored.values())
        answer = self._answer(run.adapter, said)
        if answer is None:
            return False
        where = f"{said.player} {said.event}"
        if f"{said.state!r} {said.detail!r}" != before:
            self._faults.add(f"{where} changed the callback that it was given")
        if isinstance(entry, Ignored) and sum(run.adapter.ignored.values()) == ignored:
            self._faults.add(f"{where} is ignored in its table but was not counted (S60)")
        named = set(entry.signals) if isinstance(entry, Mapped) else set()
        run.heard |= named
        self._see_names(run, answer, named, where)
        self._take(run, answer, said.at, where)
        wake = _asked_when(run.adapter, self._faults)
        if wake is not None and wake - said.at > self._longest_hold + _SLACK:
            self._faults.add(f"after {where} it holds something back for {wake - said.at:.3g} s")
        return True

    def _answer(self, adapter: Adapter, said: Callback) -> tuple[Signal, ...] | None:
        try:
            answer = adapter.translate(said)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self._faults.add(f"{said.player} {said.event} raised {_said(error)}")
            return None
        return self._checked(answer, f"{said.player} {said.event}")

    def _checked(self, answer: Any, where: str) -> tuple[Signal, ...] | None:
        if not isinstance(answer, tuple):
            self._faults.add(f"{where} gave {type(answer).__name__}, not a tuple")
            return None
        for signal in answer:
            if type(signal) not in _NAMES:
                self._faults.add(f"{where} gave {type(signal).__name__}, which is no signal")
                return None
        return answer

    def _see_names(self, run: Run, answer: tuple[Signal, ...], named: set[str], where: str) -> None:
        """A signal is the callback's, its snapshot's, or an earlier one's that was held back."""
        for signal in answer:
            name = _NAMES[type(signal)]
            if name not in named | run.heard | _SNAPSHOT:
                self._faults.add(f"{where} gave {name}, which its table does not say")

    def _take(self, run: Run, answer: tuple[Signal, ...], now: float, where: str) -> None:
        last = -math.inf
        for signal in answer:
            name, at = _NAMES[type(signal)], finite(signal.at)
            if at is None:
                self._faults.add(f"{where} dated {name} at {signal.at!r:.40}")
                return
            if at > now + _SLACK:
                self._faults.add(f"{where} dated {name} later than the callback")
            if at < last - _SLACK:
                self._faults.add(f"{where} gave {name} after a later signal: not in order of time")
            if at < run.newest - self._dated_back and name not in _FOUND_OUT:
                self._faults.add(f"{where} dated {name} more than {_DATED_BACK:g} s back")
            last = at
            run.newest = max(run.newest, at)
            run.signals.append(signal)

    def flush(self, run: Run, at: float) -> None:
        """Let an adapter say what it holds back."""
        try:
            answer = self._checked(run.adapter.flush(at), "flush")
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self._faults.add(f"flush raised {_said(error)}")
            return
        if answer is not None:
            self._see_names(run, answer, set(), "flush")
            self._take(run, answer, at, "flush")
        if _asked_when(run.adapter, self._faults) is not None:
            self._faults.add("after flush it still holds something back")

    def _finish(self, run: Run, at: float) -> None:
        self.flush(run, at)
        known = len(run.signals)
        self.flush(run, at)
        if len(run.signals) > known:
            self._faults.add(f"a second flush gave {_named(run.signals[known:])} again")

    def _play(self, signals: Iterable[Signal]) -> None:
        """What a session makes of the signals: its events and its figures (S20)."""
        settings = Settings(**self._adapter.settings)
        playback = Playback(Session("check", SessionPlan(user_id="check"), settings=settings))
        events: list[Event] = []
        for signal in signals:
            events += [event for _, event in playback.receive(signal)]
        events += [event for _, event in playback.finish()]
        summaries = [session.summary() for session in playback.sessions]
        for fault in sessions_faults(events, summaries):
            self._faults.add(f"its session is wrong: {fault}")


def _callbacks(log: Log) -> Iterator[Callback]:
    if isinstance(log, str | os.PathLike):
        with Path(log).open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(log) if packed else Path(log).open("rb") as file:
            yield from read_trace(file, str(log))
        return
    lines: list[str | bytes] = []
    for item in log:
        if isinstance(item, Callback):
            yield item
        else:
            lines.append(item)
    yield from read_trace(lines, "the log")


def _written(signals: Iterable[Signal]) -> list[str]:
    return [repr(signal) for signal in signals]


def _named(signals: Iterable[Signal]) -> str:
    return ", ".join(_NAMES[type(signal)] for signal in signals)
