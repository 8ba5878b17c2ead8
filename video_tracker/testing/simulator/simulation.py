"""``simulate``: a scenario played in a player's dialect, and run through the library."""

import datetime
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.events import Envelope, Event
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import find_adapter
from video_tracker.session import Playback, Session, Summary
from video_tracker.signal_log import signal_to_line
from video_tracker.signals import Signal
from video_tracker.testing.scenario import Scenario
from video_tracker.testing.scenario_steps import ScenarioError, nearest
from video_tracker.testing.simulator.acting import played
from video_tracker.testing.simulator.dialects import DIALECTS
from video_tracker.testing.simulator.player import Player
from video_tracker.testing.simulator.speech import START, Dialect, Said
from video_tracker.testing.simulator.stream import in_stream
from video_tracker.testing.simulator.truth import Truth

__all__ = ["Run", "Simulation", "simulate", "simulated"]

_FASTEST: Final = 0.25
"""Seconds: a media element fires ``timeupdate`` at most four times a second."""
_ELEMENTS: Final = frozenset({"html5", "hlsjs", "ima"})


@attrs.frozen
class Run:
    """What came of a simulation.

    Args:
        said: Each event with the envelope of its session.
        sessions: The sessions that had begun, in order.
    """

    said: tuple[tuple[Envelope, Event], ...]
    sessions: tuple[Session, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of all sessions, in order."""
        return tuple(event for _, event in self.said)

    @property
    def summary(self) -> Summary:
        """The figures of all sessions."""
        first, *others = (session.summary() for session in self.sessions)
        return first.merge(*others)


@attrs.frozen
class Simulation:
    """A scenario as a player told it.

    Args:
        scenario: What happened.
        player: The dialect: an adapter's name, or ``signals``.
        plan: What the session knows beforehand.
        items: What was said, in order: callbacks, or signals of the dialect ``signals``.
        truth: What is true of it, whoever heard of it.
        ends_at: When the last thing happened, in Unix seconds.
    """

    scenario: Scenario = attrs.field(repr=str)
    player: str
    plan: SessionPlan = attrs.field(repr=False)
    items: tuple[Said, ...] = attrs.field(repr=lambda items: f"<{len(items)}>")
    truth: Truth = attrs.field(repr=False)
    ends_at: float = attrs.field(repr=False)

    @property
    def callbacks(self) -> tuple[Callback, ...]:
        """What the player said.

        Raises:
            ScenarioError: The dialect is ``signals``, which has no callbacks.
        """
        if self.player == "signals":
            raise ScenarioError("the dialect 'signals' has no callbacks; take .signals")
        return tuple(item for item in self.items if isinstance(item, Callback))

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What the session is told: the dialect's own signals, or what the adapter makes of it."""
        return tuple(self._signals())

    def told(self, items: Iterable[Said]) -> "Simulation":
        """The same viewing, of which something else was heard: after faults, for example.

        Args:
            items: Callbacks or signals, in the order in which they came.
        """
        return attrs.evolve(self, items=tuple(items))

    def run(self, *, session_id: str = "simulated", finish: bool | None = None) -> Run:
        """Run it through the adapter and a session.

        Args:
            session_id: The session's id.
            finish: Let time pass afterwards until nothing more falls due, as at the end of a log;
                by default only where the viewing has ended, so that an open one stays open.

        Returns:
            The events and the sessions.
        """
        playback = Playback(Session(session_id, self.plan))
        said = [pair for signal in self._signals() for pair in playback.receive(signal)]
        over = self.truth.ended != "open" if finish is None else finish
        said += playback.finish(None if over else self.ends_at)
        return Run(tuple(said), playback.sessions)

    def events(self) -> tuple[Event, ...]:
        """The events that come of it."""
        return self.run().events

    def summary(self) -> Summary:
        """The figures that come of it."""
        return self.run().summary

    def write(self, path: str | Path) -> None:
        """Write what was said as a log that ``video-tracker replay`` reads.

        Args:
            path: The file; JSON Lines.
        """
        Path(path).write_text("".join(f"{line}\n" for line in self.lines()), "utf-8")

    def lines(self) -> Iterator[str]:
        """The lines of that log."""
        for number, item in enumerate(self.items):
            if isinstance(item, Signal):
                yield signal_to_line(item)
            else:
                yield json.dumps(_line(number, item), allow_nan=False)

    def _signals(self) -> Iterator[Signal]:
        adapter: Adapter | None = None if self.player == "signals" else find_adapter(self.player)()
        for item in self.items:
            if isinstance(item, Signal):
                yield item
            elif adapter is not None:
                yield from adapter.translate(item)
        if adapter is not None:
            yield from adapter.flush(max((item.at for item in self.items), default=self.ends_at))


def simulate(
    scenario: Scenario,
    player: str = "signals",
    *,
    poll: float | None = None,
    jitter: float = 0.0,
    seed: int = 0,
) -> Simulation:
    """Play a scenario on a virtual clock, as a player tells it.

    Args:
        scenario: What happens.
        player: The dialect: ``signals``, ``html5``, ``hlsjs``, ``ima`` or ``media3``.
        poll: Seconds between two words of the clock; by default as often as that player speaks. A
            media element speaks at most four times a second.
        jitter: How irregular they are: 0.2 is up to a fifth longer or shorter.
        seed: Of the irregularity; the same seed gives the same simulation.

    Returns:
        What was said, the plan and the truth.

    Raises:
        ScenarioError: There is no such dialect, or a step makes no sense where it stands.
    """
    dialect = DIALECTS.get(player)
    if dialect is None:
        raise ScenarioError(f"no dialect {player!r}{nearest(player, DIALECTS)}")
    return simulated(scenario, dialect, poll=poll, jitter=jitter, seed=seed)


def simulated(
    scenario: Scenario,
    dialect: Dialect,
    *,
    poll: float | None = None,
    jitter: float = 0.0,
    seed: int = 0,
) -> Simulation:
    """Play a scenario in a dialect of one's own; see :func:`simulate`."""
    every = dialect.every if poll is None else poll
    if not (0 < every < 1e6 and 0 <= jitter < 1):
        raise ScenarioError(f"poll must be seconds, and jitter below 1, not {poll!r}, {jitter!r}")
    if dialect.player in _ELEMENTS:
        every = max(every, _FASTEST)
    fewest, most = dialect.gaps
    scenario = attrs.evolve(scenario, gaps=min(max(scenario.gaps, fewest), most))
    model = played(scenario, every=every, jitter=jitter, seed=seed)
    moments = model.moments
    stitched = scenario.ads_mode == "stitched"
    items = dialect.speak(in_stream(moments) if stitched else moments)
    ends_at = START + moments[-1].at
    return Simulation(
        scenario, dialect.player, _plan(model, dialect.player), tuple(items),
        model.book.truth(), ends_at,
    )  # fmt: skip


def _plan(model: Player, player: str) -> SessionPlan:
    """The scenario's plan, or one that knows all of it; the adapter's settings lie under it."""
    scenario = model.scenario
    defaults = {} if player == "signals" else {**find_adapter(player).settings}
    plan = scenario.plan
    if plan is not None:
        usual = Settings()
        under: dict[str, Any] = {
            name: value
            for name, value in defaults.items()
            if getattr(plan.settings, name) == getattr(usual, name)
        }
        return attrs.evolve(plan, settings=attrs.evolve(plan.settings, **under))
    items = {moment.item.number: moment.item for moment in model.moments}
    contents = tuple(
        Content(asset_id=i.name, duration=i.length, livestream=True if i.length is None else None)
        for i in items.values()
    )
    breaks = tuple(
        AdBreak(
            at={"pre": "start", "post": "end"}.get(pod.kind, at),  # type: ignore[arg-type]
            ads=tuple(Ad(asset_id=ad.name, duration=ad.length) for ad in pod.ads),
            content_asset_id=items[number].name,
        )
        for number, places in model.schedule.items()
        for at, pod in places
    )
    settings = Settings(**defaults, ads=scenario.ads_mode)
    return SessionPlan(user_id="viewer", contents=contents, ad_breaks=breaks, settings=settings)


def _line(number: int, item: Callback) -> dict[str, Any]:
    wall = datetime.datetime.fromtimestamp(item.at, datetime.UTC)
    return {
        "seq": number,
        "wall": wall.isoformat(timespec="microseconds"),
        "player": item.player,
        "event": item.event,
        **({} if item.element is None else {"el": item.element}),
        **({"state": dict(item.state)} if item.state else {}),
        **({"detail": dict(item.detail)} if item.detail else {}),
    }
