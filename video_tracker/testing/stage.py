"""A tracker on a virtual clock that is watched: what it emitted, and what went wrong on the way."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker.diagnostics import REASONS, REJECT, REPAIR, Diagnostic
from video_tracker.events import Event
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Callback
from video_tracker.signals import SIGNALS, Signal
from video_tracker.summary import Summary
from video_tracker.testing.clock import ManualClock
from video_tracker.testing.patterns import nearest
from video_tracker.testing.scenario import Scenario
from video_tracker.testing.simulator import START, Simulation, Truth, simulate
from video_tracker.tracker import Stats, Tracker
from video_tracker.tracker.options import OptionsGiven
from video_tracker.tracker.tracked import TrackedPlayer, TrackedSession
from video_tracker.transcript import seconds_text, transcript
from video_tracker.transports import Transport
from video_tracker.wire import REPAIRS

__all__ = ["FAULTS", "Fault", "PlayScenario", "Stage", "Viewing", "check_words"]

FAULTS: Final[Mapping[str, str]] = {
    "undelivered": "events were not delivered",
    "unknown": "callbacks that no adapter knows",
    "repaired": "what was told had to be repaired",
    "rejected": "what was told could not be taken",
    "fault": "inputs or hooks failed",
}
"""What a tracker that is watched may not leave behind, unless it is allowed."""

_VIEWER: Final = SessionPlan(user_id="viewer")
_NAMES: Final = {kind: name for name, kind in SIGNALS.items()}


@attrs.frozen
class Fault:
    """Something that should not have happened.

    Args:
        kind: A word of :data:`FAULTS`.
        reason: Its code; empty where there is none.
        count: How often.
        text: What it was.
    """

    kind: str
    reason: str
    count: int
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.count} x {self.text}"


@attrs.frozen
class Viewing:
    """What came of a scenario that was played through a tracker.

    Args:
        simulation: What was told.
        session: Its session.
        events: The events that it made, in order; its replays' too.
    """

    simulation: Simulation
    session: TrackedSession
    events: tuple[Event, ...]

    @property
    def summary(self) -> Summary:
        """The figures of its sessions."""
        first, *others = self.session.summaries()
        return first.merge(*others)

    @property
    def truth(self) -> Truth:
        """What is true of the viewing, whoever heard of it."""
        return self.simulation.truth


PlayScenario = Callable[..., Viewing]
"""What the fixture ``play_scenario`` is: :meth:`Stage.play`."""


class Stage:
    """A tracker in manual mode, and notes of all that it makes.

    Args:
        clock: Its clock.
        transport: Its way out.
        options: Other options of the tracker. Without a plan its sessions have a viewer, no more.

    Raises:
        TypeError: There is no such option.
    """

    def __init__(
        self, clock: ManualClock, transport: Transport, options: Mapping[str, Any] | None = None
    ) -> None:
        given: dict[str, Any] = {"mode": "manual", "clock": clock, "plan": _VIEWER}
        given |= options or {}
        check_words(given, OptionsGiven.__annotations__, "option of a tracker")
        self.clock = clock
        # The seconds of a flush are real ones: on a clock that stands they would help nobody.
        self._patience = 5.0 if given["mode"] == "thread" else 0.0
        self.events: list[Event] = []
        self.diagnostics: list[Diagnostic] = []
        self._before = given.pop("before", None)
        self._on_diagnostic = given.pop("on_diagnostic", None)
        self.tracker = Tracker(transport, before=self._keep, on_diagnostic=self._note, **given)

    def _keep(self, event: Event) -> Event | None:
        sent = event if self._before is None else self._before(event)
        if sent is not None:
            self.events.append(sent)
        return sent

    def _note(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)
        if self._on_diagnostic is not None:
            self._on_diagnostic(diagnostic)

    # -- playing -------------------------------------------------------------------------------

    def play(
        self,
        scenario: Scenario | Simulation,
        player: str = "signals",
        *,
        session_id: str | None = None,
        **how: Any,
    ) -> Viewing:
        """Play a scenario through the tracker, in the time of its clock.

        Args:
            scenario: What happens; or a simulation, with faults perhaps.
            player: The dialect of a scenario, as for ``simulate``.
            session_id: The session's id; ``viewing-1``, ``viewing-2``... by default.
            how: Other arguments of ``simulate``: ``poll``, ``jitter``, ``seed``.

        Returns:
            The events, the session and the truth.
        """
        told = scenario if isinstance(scenario, Simulation) else simulate(scenario, player, **how)
        late = max(0.0, self.clock.now() - START)
        before = len(self.events)
        name = session_id or f"viewing-{len(self.sessions()) + 1}"
        session = self._open(name, told)
        for item in told.items:
            self._pass_time(item.at + late)
            self._tell(session, item, item.at + late)
        self._pass_time(told.ends_at + late)
        while told.truth.ended != "open" and not session.over and self._wake():
            continue  # what is held back until time decides: an end, a pause
        self.flush()
        return Viewing(told, session, tuple(self.events[before:]))

    def _open(self, name: str, told: Simulation) -> TrackedSession:
        if told.player == "signals":
            return self.tracker.session(name, told.plan)
        return self.tracker.adapt(name, told.player, told.plan)

    @staticmethod
    def _tell(session: TrackedSession, item: Callback | Signal, at: float) -> None:
        if isinstance(item, Signal):
            values = {f.name: getattr(item, f.name) for f in attrs.fields(type(item))}
            session.receive(_NAMES[type(item)], **values | {"at": at})
        else:
            assert isinstance(session, TrackedPlayer)
            session.callback(
                item.event, item.state, item.detail,
                channel=item.player, element=item.element, at=at,
            )  # fmt: skip

    def _pass_time(self, to: float) -> None:
        """Let time pass as in production: whoever is due is woken, and what waits is sent."""
        while (due := self.tracker.wake_at()) is not None and due < to and self._wake():
            continue
        self._move(to)
        self.tracker.poll()

    def _wake(self) -> bool:
        """Move on to when somebody waits, and wake him; False when nobody was to be woken."""
        due = self.tracker.wake_at()
        if due is None:
            return False
        self._move(due)
        return self.tracker.tick(due) > 0

    def _move(self, to: float) -> None:
        if to > self.clock.now():
            self.clock.move_to(to)

    def flush(self) -> None:
        """Send what can be sent now."""
        self.tracker.flush(self._patience)

    # -- looking back --------------------------------------------------------------------------

    def sessions(self) -> dict[str, list[Event]]:
        """The events of each session."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.session_id, []).append(event)
        return found

    def timelines(self) -> list[tuple[str, str]]:
        """For each session a title and what it emitted, with what was repaired or rejected."""
        return [
            (f"video tracker: session {name}", "\n".join([transcript(events), *self._told(events)]))
            for name, events in self.sessions().items()
        ]

    def _told(self, events: Sequence[Event]) -> Iterator[str]:
        first = events[0]
        for each in self.diagnostics:
            if each.session_id == first.session_id and each.kind in {REPAIR, REJECT}:
                done = f"{seconds_text(each.at - first.at)}  {_DONE[each.kind]} {each.input}"
                yield f"{done}: {each.reason}: {each.sentence}"

    def faults(self, allow: Collection[str] = ()) -> list[Fault]:
        """What went wrong until now and is not allowed.

        Args:
            allow: Words of :data:`FAULTS`, and reason codes of diagnostics (S60) and of values
                changed for JSON.
        """
        stats = self.tracker.stats()
        found = [*_undelivered(stats), *self._diagnosed(), *_counted(stats)]
        return [each for each in found if not {each.kind, each.reason} & {*allow}]

    def _diagnosed(self) -> Iterator[Fault]:
        counts: dict[tuple[str, str], int] = {}
        for each in self.diagnostics:
            counts[each.kind, each.reason] = counts.get((each.kind, each.reason), 0) + 1
        for (kind, reason), count in sorted(counts.items()):
            if kind in _DONE:
                yield Fault(_DONE[kind], reason, count, f"{reason}: {REASONS[reason]}")


_DONE: Final = {REPAIR: "repaired", REJECT: "rejected"}


def _undelivered(stats: Stats) -> Iterator[Fault]:
    if stats.pending:
        why = f", the last trouble was {stats.last_error}" if stats.last_error else ""
        yield Fault("undelivered", "", stats.pending, f"still waiting{why}")
    for what, group in (
        ("dropped", stats.dropped), ("given up", stats.dead), ("never sent", stats.undeliverable),
    ):  # fmt: skip
        for reason, count in group.items():
            yield Fault("undelivered", "", count, f"{what}: {reason}")


def _counted(stats: Stats) -> Iterator[Fault]:
    for what, count in stats.astray.items():
        yield Fault("unknown", "", count, f"callback {what}")
    for reason, count in stats.repairs.items():
        yield Fault("repaired", reason, count, f"{reason}: {REPAIRS[reason]}")
    if stats.faults:
        yield Fault("fault", "", stats.faults, "input lost to an error; see the log")
    if stats.hook_failures:
        yield Fault("fault", "", stats.hook_failures, "hook that raised; see the log")


def check_words(words: Collection[str], known: Collection[str], what: str) -> None:
    """Refuse a word that is none of some.

    Raises:
        TypeError: One is not known.
    """
    for word in words:
        if word not in known:
            raise TypeError(f"{word!r} is no {what}{nearest(str(word), known)}")
