"""One stream of messages to several destinations, each of which fares on its own.

A record that one destination took and another did not comes again, to the other alone: the fan-out
remembers who has had it. What a destination does is counted by its name.
"""

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from video_tracker.delivery.outcome import (
    DELIVERED,
    Mixed,
    Outcome,
    Refused,
    TryLater,
    settle,
)
from video_tracker.errors import TransportError
from video_tracker.interruption import interruption
from video_tracker.transports.base import Transport, check_transport
from video_tracker.wire import Record

__all__ = ["Branch", "FanOutTransport"]

_Part: TypeAlias = TryLater | Refused

_SETUP_FAULTS: Final = frozenset({"credentials", "endpoint", "closed"})


@attrs.frozen
class Branch:
    """What became of the records at one destination.

    Args:
        delivered: Those that arrived.
        refused: Those refused, by reason; each time it is refused, so that a batch which is
            divided to find the one at fault counts again.
        missed: Those that an ``optional`` destination did not take when they came; they are not
            tried again there.
        postponed: Times that a record was put off.
        last: What was last said of trouble.
    """

    delivered: int = 0
    refused: Mapping[str, int] = attrs.field(factory=dict)
    missed: int = 0
    postponed: int = 0
    last: _Part | None = None


class FanOutTransport:
    """A transport that gives every record to several others, one after the other.

    For the caller, a record is delivered when every destination that is not optional has taken
    it. While one of those asks for patience the record is to be tried later, and comes only to
    those that have not had it yet. If one refuses it while others took it, it is refused: the
    detail names who refused it.

    A destination that is wrongly configured, or away for long, holds up the others, because they
    share one queue. Make it ``optional``, so that what it misses is counted and not tried again;
    or give each destination a tracker of its own, when each shall have everything in its own time.

    Args:
        destinations: Transports by name; a sequence is numbered from 1.
        optional: Names of those that are tried once for each record and never waited for.
        remember: How many records may be taken by some and not by others at a time; beyond that
            the oldest are forgotten, and come again to those that have had them (S50 makes that
            harmless).
        on_trouble: Called with a destination's name and its :class:`TryLater` or
            :class:`Refused`. What it raises is swallowed.

    Raises:
        TransportError: There is no destination, one is no transport, or an optional one is none
            of them.
    """

    def __init__(
        self,
        destinations: Mapping[str, Transport] | Sequence[Transport],
        *,
        optional: Iterable[str] = (),
        remember: int = 100_000,
        on_trouble: Callable[[str, _Part], object] | None = None,
    ) -> None:
        if not isinstance(destinations, Mapping):
            destinations = {str(n): each for n, each in enumerate(destinations, start=1)}
        for each in destinations.values():
            check_transport(each)
        self._destinations = dict(destinations)
        self._optional = frozenset(optional)
        strangers = sorted(self._optional - self._destinations.keys())
        if not self._destinations or strangers:
            missing = f"no destination named {', '.join(strangers)}" if strangers else "none given"
            raise TransportError(f"a fan-out needs destinations: {missing}")
        self._remember = remember
        self._on_trouble = on_trouble
        self._lock = threading.Lock()
        self._taken: dict[str, frozenset[str]] = {}
        self._figures = {name: Branch() for name in self._destinations}

    @property
    def overhead(self) -> int:
        """The largest overhead of a batch's body among the destinations."""
        return max(int(getattr(each, "overhead", 0)) for each in self._destinations.values())

    def branches(self) -> dict[str, Branch]:
        """The figures of every destination, by name."""
        with self._lock:
            return dict(self._figures)

    def send(self, records: Sequence[Record]) -> Outcome:
        """Give the records to every destination that has not had them.

        Returns:
            Delivered, or one part for each fate that records shared.
        """
        verdicts: dict[str, list[_Part]] = {}
        done: dict[str, set[str]] = {record.message_id: set() for record in records}
        for name, transport in self._destinations.items():
            with self._lock:
                due = [each for each in records if name not in self._had(each.message_id)]
            if not due:
                continue
            settled = settle(due, _sent(transport, due))
            for record in settled.delivered:
                done[record.message_id].add(name)
            troubled: list[tuple[Record, _Part]] = [*settled.later, *settled.refused]
            for record, part in troubled:
                if name in self._optional:
                    done[record.message_id].add(name)
                else:
                    verdicts.setdefault(record.message_id, []).append(_named(name, part, len(due)))
            self._count(name, settled)
        return self._outcome(records, done, verdicts)

    def close(self) -> None:
        """Close all of them.

        Raises:
            Exception: What the first to fail raised, after all were closed.
        """
        first: Exception | None = None
        for transport in self._destinations.values():
            try:
                transport.close()
            except Exception as error:  # noqa: BLE001 - a transport of the user's own
                first = first or error
        if first is not None:
            raise first

    def after_fork(self) -> None:
        """Tell the destinations that want to know of it, in a child process."""
        self._lock = threading.Lock()
        for transport in self._destinations.values():
            told = getattr(transport, "after_fork", None)
            if callable(told):
                told()

    def _had(self, message_id: str) -> frozenset[str]:
        return self._taken.get(message_id, frozenset())

    def _outcome(
        self,
        records: Sequence[Record],
        done: Mapping[str, set[str]],
        verdicts: Mapping[str, Sequence[_Part]],
    ) -> Outcome:
        shared: dict[Any, list[str]] = {}
        with self._lock:
            for record in records:
                name = record.message_id
                parts = verdicts.get(name)
                if not parts:
                    self._taken.pop(name, None)
                    continue
                part = _worst(parts)
                final = len(records) == 1 and _is_final(part)
                self._book(name, frozenset() if final else self._had(name) | done[name])
                shared.setdefault(part, []).append(name)
        if not shared:
            return DELIVERED
        if len(shared) == 1 and sum(map(len, shared.values())) == len(records):
            only: _Part = next(iter(shared))
            return attrs.evolve(only, together=False) if isinstance(only, Refused) else only
        return Mixed([attrs.evolve(part, which=tuple(names)) for part, names in shared.items()])

    def _book(self, message_id: str, had: frozenset[str]) -> None:
        self._taken.pop(message_id, None)
        if had:
            self._taken[message_id] = had
            while len(self._taken) > self._remember:
                del self._taken[next(iter(self._taken))]

    def _count(self, name: str, settled: Any) -> None:
        troubles = [part for _, part in (*settled.later, *settled.refused)]
        with self._lock:
            old = self._figures[name]
            refused = dict(old.refused)
            missed = len(settled.later) if name in self._optional else 0
            for _, part in settled.refused:
                refused[part.reason] = refused.get(part.reason, 0) + 1
            self._figures[name] = attrs.evolve(
                old,
                delivered=old.delivered + len(settled.delivered),
                refused=refused,
                missed=old.missed + missed,
                postponed=old.postponed + len(settled.later) - missed,
                last=troubles[-1] if troubles else old.last,
            )
        for part in dict.fromkeys(troubles):
            self._tell(name, part)

    def _tell(self, name: str, part: _Part) -> None:
        if self._on_trouble is not None:
            with contextlib.suppress(Exception):  # a hook of the user's own
                self._on_trouble(name, part)


def _sent(transport: Transport, records: Sequence[Record]) -> Any:
    try:
        return transport.send(tuple(records))
    except Exception as error:  # noqa: BLE001 - what is to reach the caller is raised
        interrupting = interruption(error)
        if interrupting is not None:
            raise interrupting from interrupting.__cause__
        return TryLater("raised", f"{type(error).__name__}: {error}".rstrip(": "))


def _named(name: str, part: _Part, sent: int) -> _Part:
    detail = f"{name}: {part.detail}".rstrip(": ")
    if isinstance(part, Refused):
        together = sent > 1 and (part.together or part.which is None)
        return attrs.evolve(part, detail=detail, which=None, together=together)
    return attrs.evolve(part, detail=detail, which=None)


def _worst(parts: Sequence[_Part]) -> _Part:
    """Patience before refusal, so that all have had their turn; the longest wait, if any."""
    later = [part for part in parts if isinstance(part, TryLater)]
    if later:
        return max(later, key=lambda part: part.after or 0.0)
    setup = [part for part in parts if part.reason in _SETUP_FAULTS]
    return (setup or list(parts))[0]


def _is_final(part: _Part) -> bool:
    """Whether a record that was sent alone is not going to come again."""
    return isinstance(part, Refused) and part.reason not in _SETUP_FAULTS
