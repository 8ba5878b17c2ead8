"""The engine of ``replay``: a log's lines in, records out; no file, no clock, no printing.

A log without a named player is read to its end first, because only all of its channels tell whose
it is; with a name it is streamed. When a line is damaged, everything before it is replayed as if
the log had ended there, and then the fault is raised.

Whose a line is, its ``session_id`` says; without one its viewer does (``user_id``,
``anonymous_id``). A line that names neither is of the log's only session.
"""

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, TypeVar

import attrs

from video_tracker.diagnostics import Diagnostic
from video_tracker.errors import EncodingError, TraceError, UnknownPlayerError
from video_tracker.events import Envelope, Event
from video_tracker.ingest.cmcd_log import in_order, read_bodies, session_of
from video_tracker.payload import text_of
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.cmcd import CmcdAdapter
from video_tracker.players.registry import adapter_for_channels, find_adapter
from video_tracker.session import Playback, Session, Summary
from video_tracker.session.rules import values
from video_tracker.signal_log import read_signals
from video_tracker.signals import Signal
from video_tracker.trace import NOBODY, LineError, Owner, Owners, read_trace
from video_tracker.wire import Encoder, Record

__all__ = ["CMCD_PLAYER", "SIGNALS_PLAYER", "Account", "Replay", "peek_player"]

_Item = TypeVar("_Item")
_Read = tuple[int, Owner, Owner, Callback]
"""A callback with its line, its owner and its session."""

SIGNALS_PLAYER: Final = "signals"
"""The player name of the library's own log, which needs no adapter."""
CMCD_PLAYER: Final = "cmcd"
"""The player name of recorded CMCD bodies, which may hold several sessions."""


@attrs.define
class Account:
    """What a replay did, to be told beside the messages.

    Attributes:
        callbacks: How many lines were read.
        messages: How many records were made.
        diagnostics: How often the sessions said which (kind, reason code).
        unknown: How often a signal had which field that it does not have.
        dropped: How often a body or a report of CMCD was not used for which reason.
        unsent: What must not be sent, a sentence each (S55).
    """

    callbacks: int = 0
    messages: int = 0
    diagnostics: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    unknown: Counter[str] = attrs.field(factory=Counter)
    dropped: Counter[str] = attrs.field(factory=Counter)
    unsent: list[str] = attrs.field(factory=list)


class Replay:
    """One run through one log.

    Args:
        lines: The log's lines.
        file: The log's name for error messages.
        player: The player's name; None lets the log decide.
        make_plan: Gives a session's plan once its player is known (None for the own log), and who
            watches by the log.
        encoder: Makes the records.
        session_id: The id of the first session; None makes one of ``name`` and the log's first
            time, so that the same log gives the same ids (S50).
        name: What ids are made of.
        make_session: Makes each first session of its id, plan and hook.
        on_line: Told of each line that is taken, and of its callback where the log has callbacks;
            of no line at the log's end.

    Attributes:
        account: What was done so far.
        adapter: The player's adapter, once it is known.
        adapters: All that were used: one for each session of CMCD reports, else this one.
        sessions: All sessions so far, in order of their starts.
    """

    def __init__(
        self,
        lines: Iterable[bytes],
        *,
        file: str,
        player: str | None,
        make_plan: Callable[[Adapter | None, Owner], SessionPlan],
        encoder: Encoder,
        session_id: str | None = None,
        name: str = "log",
        make_session: Callable[..., Session] = Session,
        on_line: Callable[[int | None, Callback | None], None] = lambda _line, _callback: None,
    ) -> None:
        self.account = Account()
        self.adapter: Adapter | None = None
        self.adapters: list[Adapter] = []
        self._lines = lines
        self._file = file
        self._player = player
        self._make_plan = make_plan
        self._plans: dict[Owner, SessionPlan] = {}
        self.encoder = encoder
        self._session_id = session_id
        self._name = name
        self._make_session = make_session
        self._on_line = on_line
        self.sessions: list[Session] = []
        self._playbacks: dict[Owner, Playback] = {}
        self._known: dict[Owner, int] = {}
        self._owner = NOBODY
        self._owners = Owners()
        self._viewers: dict[Owner, Owner] = {}
        self._last_at = 0.0
        self._fault: TraceError | None = None
        self._line = 0
        self._first_wrong: tuple[int, str] | None = None
        self._channels: set[str] = set()
        self._heard = True
        self._useless: str | None = None

    def records(self) -> Iterator[Record]:
        """Replay the log.

        Yields:
            The records, in the order in which the log causes them.

        Raises:
            TraceError: A line is damaged, or there is none at all, or none can be used: each time
                is absurd, none is this player's, or none holds a play state; what was before it
                was yielded.
            UnknownPlayerError: There is no such player, or the log does not tell which it is.
            PlanError: The plan is impossible.
        """
        for key, signal in self._signals():
            yield from self._run(key, self._playback(key, signal.at).receive(signal))
        self._on_line(None, None)
        for key, playback in self._playbacks.items():
            yield from self._run(key, playback.finish())
        if self._fault is not None:
            raise self._fault
        if not self.account.callbacks:
            raise TraceError(self._file, None, self._empty())
        if self._first_wrong is not None:
            raise TraceError(self._file, *self._first_wrong)
        if not self._heard or (not self.account.messages and self._is_anothers()):
            raise TraceError(self._file, None, self._whose())
        if self._useless is not None:
            raise TraceError(self._file, None, self._useless)

    def summaries(self) -> list[Summary]:
        """The summaries of all sessions so far, in order of their starts."""
        return [session.summary() for session in self.sessions]

    # --- lines to signals ------------------------------------------------------------------------

    def _signals(self) -> Iterator[tuple[Owner, Signal]]:
        """Signals in the log's order, each with the session that it is of."""
        lines, first = _peek(self._lines)
        kind = _kind_of_line(first)
        own = kind if kind != _TRACE else ""
        if self._player is None:
            self._player = own or None
        elif kind and own != (self._player if self._player in _WHAT else ""):
            channel = text_of(first.get("player")) if kind == _TRACE else None
            what = _WHAT[kind] if channel is None else f"callbacks of {channel}"
            reason = f"its lines are {what}: leave --player {self._player} out"
            raise TraceError(self._file, None, reason)
        if self._player == SIGNALS_PLAYER:
            signals = read_signals(self._numbered(lines), self._file, self._unknown, self._owned)
            for key, (_, signal) in self._keyed(signals):
                self._on_line(self._line, None)
                self._count(signal.at)
                yield key, signal
        elif self._player == CMCD_PLAYER:
            yield from self._reported(lines)
        else:
            yield from self._translated(lines)

    def _translated(self, lines: Iterable[bytes]) -> Iterator[tuple[Owner, Signal]]:
        """Signals of a player's callbacks: an adapter for each session."""
        trace = read_trace(self._numbered(lines), self._file, self._owned)
        read = ((self._line, self._owner, key, each) for key, each in self._keyed(trace))
        kind, callbacks = self._choose_adapter(read)
        adapters: dict[Owner, Adapter] = {}
        for line, owner, key, callback in callbacks:
            self._on_line(line, callback)
            self._count(callback.at)
            self._channels.add(callback.player)
            if key not in adapters:
                adapters[key] = kind()
                self.adapters = list(adapters.values())
                self.adapter = self.adapters[0]
            self._owner = owner
            for signal in adapters[key].translate(callback):
                yield key, signal
        yield from self._last_words(adapters)
        self._heard = not self._channels or any(each.understood for each in self.adapters)

    def _last_words(self, adapters: Mapping[Owner, Adapter]) -> Iterator[tuple[Owner, Signal]]:
        """What adapters still hold at the end of a log."""
        self._on_line(None, None)
        self._owner = NOBODY
        for key, adapter in adapters.items():
            for signal in adapter.flush(self._last_at):
                yield key, signal

    def _reported(self, lines: Iterable[bytes]) -> Iterator[tuple[Owner, Signal]]:
        """Signals of recorded CMCD bodies, each with its ``sid``: an adapter for each."""
        adapters: dict[Owner, CmcdAdapter] = {}
        bodies = read_bodies(self._numbered(lines), self._file, self._drop, self._owned)
        found = [(report, self._line, self._owner) for report in self._sound(bodies)]
        told = {id(report): (line, owner) for report, line, owner in found}
        for report in in_order(report for report, *_ in found):
            line, self._owner = told[id(report)]
            self._on_line(line, report)
            key = Owner(session_of(report))
            adapter = adapters.setdefault(key, CmcdAdapter())
            self.adapter, self.adapters = self.adapter or adapter, list(adapters.values())
            self._count(report.at)
            self._channels.add(report.player)
            for signal in adapter.translate(report):
                yield key, signal
        yield from self._last_words(adapters)
        useless = [each.unusable for each in adapters.values() if each.unusable is not None]
        if useless and len(useless) == len(adapters):
            self._useless = f"no session in {self.account.callbacks} reports: {useless[0]}"

    def _drop(self, reason: str) -> None:
        self.account.dropped[reason] += 1

    def _empty(self) -> str:
        for reason, count in self.account.dropped.most_common(1):
            return f"there is no report in it that can be read ({count} x {reason})"
        return "there is no callback in it"

    def _choose_adapter(self, read: Iterable[_Read]) -> tuple[type[Adapter], Iterable[_Read]]:
        if self._player is not None:
            return find_adapter(self._player), read
        read = list(read)
        # An empty or wholly damaged log is told as such, not as one of an unknown player.
        channels = {callback.player for *_, callback in read} or {"html5"}
        try:
            return find_adapter(adapter_for_channels(channels)), read
        except UnknownPlayerError as error:
            if "html5" not in channels:
                raise
            hint = "--player html5 reads its media element alone"
            raise UnknownPlayerError(f"{error}; {hint}") from error

    def _sound(self, items: Iterable[_Item]) -> Iterator[_Item]:
        """The items before the first fault, which is kept for later."""
        try:
            yield from items
        except TraceError as error:
            self._fault = error

    def _owned(self, owner: Owner) -> None:
        self._owner = owner

    def _keyed(self, items: Iterable[_Item]) -> Iterator[tuple[Owner, _Item]]:
        """The items before the first fault, each with the session that its line is of."""
        return self._sound((self._key(), item) for item in items)

    def _key(self) -> Owner:
        try:
            return self._owners.session_of(self._owner)
        except LineError as error:
            raise TraceError(self._file, self._line, str(error)) from error

    def _unknown(self, _line: int, field: str) -> None:
        self.account.unknown[field] += 1

    def _numbered(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for self._line, line in enumerate(lines, 1):
            yield line

    def _count(self, at: float) -> None:
        """One more callback; a log of which no time can be used is no log (S60)."""
        if values.readable(at) is not None:
            self._first_wrong = None
        elif not self.account.callbacks:
            wanted = "Unix seconds are needed (milliseconds by mistake?)"
            self._first_wrong = self._line, f"its time is {at!r}, and no other is better: {wanted}"
        self.account.callbacks += 1
        self._last_at = at

    def _is_anothers(self) -> bool:
        """Whether the log has no word of the named player, but of another one that is known."""
        adapter = self.adapter
        if adapter is None or adapter.main_channel in self._channels:
            return False
        return self._meant() not in (None, adapter.name)

    def _meant(self) -> str | None:
        """The player that the log's channels tell of, if they tell of one."""
        with contextlib.suppress(UnknownPlayerError):
            meant = adapter_for_channels(self._channels)
            find_adapter(meant)
            return meant
        return None

    def _whose(self) -> str:
        adapter, meant = self.adapter, self._meant()
        wanted = self._player if adapter is None else adapter.name
        found = ", ".join(sorted(self._channels))
        text = f"no callback in it is one of {wanted}: its channels are {found}"
        if meant not in (None, wanted):
            return f"{text}; leave --player out, or give --player {meant}"
        if adapter is None or self._channels.isdisjoint(adapter.channels):
            return text
        return f"{text}, and of their events it knows none ({', '.join(list(adapter.astray)[:3])})"

    # --- signals to records ----------------------------------------------------------------------

    def _playback(self, key: Owner, at: float) -> Playback:
        viewer = Owner(None, self._owner.user_id, self._owner.anonymous_id)
        playback = self._playbacks.get(key)
        if playback is None:
            session = self._make_session(
                key.session_id or self._made_id(at),
                self._plan(viewer),
                on_diagnostic=self._diagnose,
            )
            playback = self._playbacks[key] = Playback(session)
        elif viewer not in (NOBODY, self._viewers[key]):  # news of who watches (S50)
            plan = self._plan(viewer)
            playback.session.identify(plan.user_id, plan.anonymous_id)
        else:
            return playback
        self._viewers[key] = viewer
        return playback

    def _plan(self, viewer: Owner) -> SessionPlan:
        if viewer not in self._plans:
            self._plans[viewer] = self._make_plan(self.adapter, viewer)
        return self._plans[viewer]

    def _made_id(self, at: float) -> str:
        """An id for a session that the log does not name; each viewer's is another."""
        made = self._session_id or f"{self._name}-{round(at * 1000)}"
        earlier = sum(key.session_id is None for key in self._playbacks)
        return f"{made}.{earlier + 1}" if earlier else made

    def _run(self, key: Owner, events: Iterable[tuple[Envelope, Event]]) -> Iterator[Record]:
        yield from self._encoded(events)
        sessions = self._playbacks[key].sessions
        known = self._known.get(key, 0)
        if len(sessions) > known:  # a playback starts a new session for each replay (S24)
            self.sessions += sessions[known:]
            self._known[key] = len(sessions)

    def _diagnose(self, diagnostic: Diagnostic) -> None:
        self.account.diagnostics[diagnostic.kind, diagnostic.reason] += 1

    def _encoded(self, events: Iterable[tuple[Envelope, Event]]) -> Iterator[Record]:
        for envelope, event in events:
            try:
                record = self.encoder.encode(event, envelope)
            except EncodingError as error:
                self.account.unsent.append(f"{error.reason}: {error}")
            else:
                self.account.messages += 1
                yield record


def peek_player(lines: Iterable[bytes]) -> tuple[Iterable[bytes], str | None]:
    """Whether the first line is a signal, or a body; the lines come back whole, for their count."""
    lines, first = _peek(lines)
    kind = _kind_of_line(first)
    return lines, None if kind in ("", _TRACE) else kind


def _peek(lines: Iterable[bytes]) -> tuple[Iterable[bytes], dict[str, Any]]:
    """The first line, by which it is known whose log it is; the lines come back whole."""
    rest = iter(lines)
    seen = []
    for line in rest:
        seen.append(line)
        if line.strip():
            break
    try:
        first: Any = json.loads(seen[-1]) if seen else None
    except (ValueError, RecursionError):
        first = None
    return chain(seen, rest), first if isinstance(first, dict) else {}


def _kind_of_line(line: dict[str, Any]) -> str:
    if "event" in line:
        return _TRACE
    return SIGNALS_PLAYER if "signal" in line else CMCD_PLAYER if "body" in line else ""


_TRACE: Final = "trace"
_WHAT: Final = {
    SIGNALS_PLAYER: "signals, of the library's own log",
    CMCD_PLAYER: "CMCD bodies",
    _TRACE: "a player's callbacks",
}
"""What the lines of a log are."""
