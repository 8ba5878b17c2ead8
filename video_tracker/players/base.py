"""What every player adapter is made of: the callback it reads and the table it answers from.

An adapter is one file, pure, and knows one player's vocabulary. It turns each
:class:`Callback` into session signals; whatever it does not use stands in its table as
:class:`Ignored`, with the reason, so that nothing a player says is dropped silently (S60).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, ClassVar, Final, Protocol

import attrs

from video_tracker.payload import finite, name_of, part_of, positive, text_of, whole
from video_tracker.players.channels import CHANNELS
from video_tracker.players.rows import Answers, Ignored, Mapped, Vocabulary, on, table_of
from video_tracker.signals import Signal
from video_tracker.spelling import nearest
from video_tracker.tally import MOST_NAMES, Tally

__all__ = [
    "WEB_SETTINGS",
    "Adapter",
    "Callback",
    "Holding",
    "Ignored",
    "Mapped",
    "Vocabulary",
    "earliest",
    "finite",
    "name_of",
    "on",
    "part_of",
    "positive",
    "text_of",
    "whole",
]

WEB_SETTINGS: Final[Mapping[str, Any]] = {
    "min_buffer": 0.25,
    "scrub_window": 0.5,
    "inferred_seeks": False,
}
"""Defaults for players in a browser.

Micro-waits are no stalls (S74), and a scrub is one seek (S33). A media element announces every
seek, so a jump that it does not announce is nobody's: data that were skipped after a stall (B2), or
content that goes on a little earlier after an ad (D6, D17).
"""

_NOTHING: Final[Mapping[str, Any]] = {}

_LONGEST_NAME: Final = 60
"""Characters of an unknown event's name that are compared with known ones."""


def earliest(one: float | None, other: float | None) -> float | None:
    """The earlier of two times, of those that are set."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


@attrs.define  # not frozen: that would take five times as long for each of them
class Callback:
    """One callback of a player, as the application received it.

    Args:
        at: When it came, in Unix seconds.
        player: The channel: which of the player's objects called (``html5``, ``hlsjs``...).
        event: The event's native name.
        state: What the player's properties said inside the callback.
        detail: The event's native payload.
        element: The media element it came from, when that is not the main one (``ad``).
    """

    at: float
    player: str
    event: str
    state: Mapping[str, Any] = _NOTHING
    detail: Mapping[str, Any] = _NOTHING
    element: str | None = None

    def number(self, key: str) -> float | None:
        """The state's ``key`` as a finite number; None for anything else (S3)."""
        return finite(self.state.get(key))

    def flag(self, key: str) -> bool:
        """Whether the state's ``key`` is true."""
        return self.state.get(key) is True

    def text(self, key: str) -> str | None:
        """The payload's ``key`` as a non-empty string, else None."""
        return text_of(self.detail.get(key))


class Holding(Protocol):
    """What holds something back until a later callback explains it, or until it falls due."""

    def wake_at(self) -> float | None:
        """When that is, in Unix seconds; None while nothing is held."""

    def settle(self, at: float) -> Iterable[Signal]:
        """What has fallen due by ``at``, with its own dates."""


class Adapter:
    """Translates one playback's callbacks into session signals; stateful and pure.

    A subclass names its player, marks the methods that answer its callbacks with
    :func:`~video_tracker.players.rows.on`, and lists in :attr:`silent` those that say nothing. It
    never raises, whatever a callback holds.
    """

    name: ClassVar[str]
    """The player's name, as on the command line."""
    channels: ClassVar[frozenset[str]] = frozenset()
    """The channels that it reads, made of its rows."""
    main_channel: ClassVar[str]
    """The channel of callbacks that name none: the player's own, or its media element's."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """Session settings put under the plan's own: a plan that says otherwise wins."""
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """The callbacks that say nothing: channel -> reason -> their names, with spaces between."""
    besides: ClassVar[Mapping[str, str]] = {}
    """Channel -> the signals that its callbacks which this class answers may become besides."""
    shared: ClassVar[Vocabulary] = {}
    """Rows that a part answers which several adapters have: a media element, a page. An empty table
    takes those of its parents away."""
    renamed: ClassVar[Mapping[str, str]] = {}
    """A channel of its parents' rows -> what this player calls it."""
    vocabulary: ClassVar[Vocabulary] = {}
    """Every documented callback and what becomes of it, made of its rows."""
    __slots__ = ("_found", "_tally", "_told_at", "holding", "on_astray", "understood")
    _answers: ClassVar[Answers] = {}

    def __init_subclass__(cls) -> None:
        """Make the tables of the rows; a class that writes a table itself keeps it.

        Raises:
            TypeError: It has two rows for the same callback.
        """
        super().__init_subclass__()
        vocabulary, cls._answers = table_of(cls)
        if "vocabulary" not in vars(cls) and vocabulary:
            cls.vocabulary = vocabulary
            cls.channels = frozenset(channel for channel, _ in vocabulary)
        own = getattr(cls, "name", "html5")
        known = (name for name in (own, "html5") if name in cls.channels)
        cls.main_channel = next(known, min(cls.channels, default=own))

    def __init__(self) -> None:
        self._tally = Tally()
        self.understood = 0
        """How many callbacks its table has a row for."""
        self.on_astray: Callable[[str], object] | None = None
        """Told of each callback that is counted in :attr:`astray`, under its name there."""
        self.holding: Sequence[Holding] = ()
        """Its parts that hold something back."""
        self._told_at = -math.inf
        self._found: dict[tuple[str, str], tuple[str | None, str | None]] | None = None

    on_ignored: Any = property(
        attrgetter("_tally.on_ignored"), lambda self, told: setattr(self._tally, "on_ignored", told)
    )
    """Told of each callback that was ignored, likewise."""
    ignored: Any = property(lambda self: self._tally.of("ignored"))
    """How often which callback was ignored: ``event: reason`` -> count."""
    notes: Any = property(lambda self: self._tally.of("notes"))
    """Remarks on callbacks that were used, such as ``pause: background`` (S77)."""
    astray: Any = property(lambda self: self._tally.of("astray"))
    """How often which callback had no row, or named a channel that it is not of (S60)."""

    def translate(self, callback: Callback) -> tuple[Signal, ...]:
        """The signals that ``callback`` is, often none.

        Args:
            callback: What the player fired; callbacks come in the order in which they were fired.

        Returns:
            Signals in order of their times.
        """
        settled = () if self.wake_at() is None else tuple(self._settle(callback.at))
        return settled + self._in_order(self._translated(callback), callback.at)

    def quick(self, at: float, channel: str, event: str, state: Mapping[str, Any]) -> float | None:  # noqa: ARG002
        """The position of a callback that is content's progress and nothing else, for ``step``.

        It has no detail and names no element. None: it is for :meth:`translate`.
        """
        return None

    def step(self, at: float, position: float) -> None:
        """Take a callback for which :meth:`quick` gave a position."""

    def _in_order(self, signals: Iterable[Signal], at: float) -> tuple[Signal, ...]:
        """Signals of a time in their order, none of them before one that was told earlier.

        What is dated back (a first frame, a silent stall) came before what else was noticed. A
        clock that steps back is the session's to judge (S64).
        """
        out: list[Signal] = []
        for signal in sorted(signals, key=attrgetter("at")):
            floor = min(self._told_at, at)
            out.append(attrs.evolve(signal, at=floor) if signal.at < floor else signal)
            self._told_at = out[-1].at
        return tuple(out)

    def _translated(self, callback: Callback) -> Iterable[Signal]:
        entry = self.vocabulary.get(self.row_of(callback.player, callback.event))
        if entry is None:
            channel = self._right_channel(callback)
            if channel is None:
                return ()
            callback = attrs.evolve(callback, player=channel)
            entry = self.vocabulary[self.row_of(channel, callback.event)]
        self.understood += 1
        if isinstance(entry, Ignored):
            return self.ignore(callback, entry.reason)
        return self._answer(callback)

    @classmethod
    def row_of(cls, player: str, event: str) -> tuple[str, str]:
        """The key of the row that answers an event: a family of events may share one.

        Args:
            player: The channel.
            event: The event's native name.
        """
        return player, event

    def flush(self, at: float) -> tuple[Signal, ...]:
        """All that was held back: at the end of the log.

        Args:
            at: Now, in Unix seconds.
        """
        return self._in_order(self._let_go(math.inf), at)

    def wake_at(self) -> float | None:
        """When something held back falls due (Unix seconds); None while nothing is held."""
        due: float | None = None
        for part in self.holding:
            due = earliest(due, part.wake_at())
        return due

    def _let_go(self, at: float) -> Iterable[Signal]:
        """What has fallen due by ``at``, which at the end of the log is infinity.

        An adapter that says only in its own :meth:`flush` what it holds lets all of it go.
        """
        if type(self).flush is not Adapter.flush and math.isfinite(at):
            return self.flush(at)
        return [signal for part in self.holding for signal in part.settle(at)]

    def settle(self, at: float) -> tuple[Signal, ...]:
        """What has fallen due by ``at``, with its own dates: time passed without a callback.

        Args:
            at: Now, in Unix seconds.
        """
        return tuple(self._settle(math.nextafter(at, math.inf)))

    def _settle(self, before: float) -> Iterator[Signal]:
        """What fell due before a time: in front of every callback, as if a tick had come (S88).

        So it does not matter who noticed it; at the same time the callback comes first.
        """
        last = -math.inf
        while (due := self.wake_at()) is not None and last < due < before:
            yield from self._in_order(self._let_go(due), due)
            last = due

    def _right_channel(self, callback: Callback) -> str | None:
        """The channel of a callback without a row: the only one that knows such an event.

        A log with one column for the player's name, or a name of the application's own, loses
        nothing; what another player's channel says is never taken for this one's.
        """
        key = callback.player, callback.event
        found = self._found = self._found or {}
        if key not in found:
            if len(found) >= MOST_NAMES:
                found.clear()
            found[key] = self._search(*key)
        channel, reason = found[key]
        if reason is not None:
            self.ignore(callback, reason)
            self._went_astray(f"{callback.event[:_LONGEST_NAME]}: {reason}")
        else:
            name = callback.event[:_LONGEST_NAME]
            said = f"{name}: told as {callback.player!r:.40}, it is {channel}'s"
            self.note(said)
            self._went_astray(said)
        return channel

    def _search(self, player: str, event: str) -> tuple[str | None, str | None]:
        """The channel that an event is of, or why it is nobody's."""
        if player not in self.channels and player in CHANNELS:
            return None, "not this player's channel"
        knows = sorted(c for c in self.channels if self.row_of(c, event) in self.vocabulary)
        silent = player in self.channels and player not in {name for name, _ in self.vocabulary}
        if len(knows) == 1 and not silent:
            return knows[0], None
        if player not in self.channels:
            return None, "not this player's channel"
        if knows:
            return None, f"not in the vocabulary of {player!r}, but of {' and '.join(knows)}"
        names = {name.lower(): name for _, name in self.vocabulary}
        near = nearest(event.lower()[:_LONGEST_NAME], names, cutoff=0.8)
        hint = "" if near is None else f"; did you mean {names[near]!r}?"
        return None, f"not in the vocabulary{hint}"

    def _went_astray(self, what: str) -> None:
        what = self._tally.count("astray", what)
        if self.on_astray is not None:
            self.on_astray(what)

    def ignore(self, callback: Callback, reason: str) -> list[Signal]:
        """Count a callback that became nothing, which is what it gives."""
        return self._tally.ignore(callback.event, reason)

    def note(self, remark: str) -> None:
        """Count a remark on a callback that was used."""
        self._tally.count("notes", remark)

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        """The signals of a mapped callback."""
        return self._by_row(callback)

    def _by_row(self, callback: Callback) -> list[Signal]:
        """What the method of a callback's row makes of it."""
        method = self._answers.get(self.row_of(callback.player, callback.event))
        if method is None:
            return self.ignore(callback, "no method answers it")
        signals: list[Signal] = method(self, callback)
        return signals
