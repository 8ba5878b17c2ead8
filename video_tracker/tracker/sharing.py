"""Viewers that live in a store, as one of any number of workers serves them."""

import os
import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypedDict

import attrs

from video_tracker.clock import Clock
from video_tracker.ingest import Beacon, ClockSkew, Decoded
from video_tracker.keyed import Arrival, Opening, Told
from video_tracker.keyed.opening import settings_under
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback
from video_tracker.signals import Signal
from video_tracker.stores import SharedSessions, Store
from video_tracker.tracker.beacons import TrackedIntake
from video_tracker.tracker.dispatch import Dispatcher
from video_tracker.tracker.inputs import Events
from video_tracker.tracker.keeper import Keeper
from video_tracker.tracker.sender import Sender
from video_tracker.tracker.store_pump import Pump
from video_tracker.tracker.tracked import TrackedPlayer, TrackedSession
from video_tracker.tracker.wanted import adapter_class

__all__ = ["Beginning", "BeginningGiven", "Sharing", "arrival_of", "told_here"]


@attrs.frozen(kw_only=True)
class Beginning:
    """What a caller tells of a viewer; see :meth:`video_tracker.tracker.Tracker.feed`."""

    plan: SessionPlan | None = None
    player: str | type[Adapter] | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    settings: Settings | None = None
    labels: Iterable[str] = ()
    opened: tuple[float, float] | None = None

    def opening(self, plan: SessionPlan, settings: Settings | None) -> Opening:
        """The opening of a viewer, with a tracker's plan and settings under what is told."""
        kind: Any = adapter_class(self.player)
        told = plan if self.plan is None else self.plan
        own = self.settings
        if own is None:
            own = settings if kind is None else settings_under(settings or told.settings, kind)
        return Opening(
            player=kind,
            plan=told,
            user_id=self.user_id,
            anonymous_id=self.anonymous_id,
            settings=own,
            labels=self.labels,
            opened=self.opened,
        )

    def here(self) -> dict[str, Any]:
        """What of it a session of this process is opened with."""
        told = attrs.asdict(self, recurse=False)
        del told["labels"]
        opened = told.pop("opened")
        return told if opened is None else {**told, "skew": ClockSkew(opened=opened)}


class BeginningGiven(TypedDict, total=False):
    """The same, as a caller gives it."""

    plan: SessionPlan | None
    player: str | type[Adapter] | None
    user_id: str | None
    anonymous_id: str | None
    settings: Settings | None
    labels: Iterable[str]
    opened: tuple[float, float] | None


class Sharing:
    """Feeds viewers in a store, and has them looked after.

    Args:
        store: Where they are.
        sender: Sends their messages.
        dispatcher: Makes them.
        clock: The viewers' time.
        presence: Whether it is noted who is live.

    Attributes:
        sessions: The viewers.
        keeper: Looks after them.
    """

    def __init__(
        self, store: Store, sender: Sender, dispatcher: Dispatcher, clock: Clock, presence: bool
    ) -> None:
        hooks = sender.hooks
        self.sessions = SharedSessions(store, None, dispatcher.message, presence=presence)
        pump = Pump(store, sender, f"{os.getpid()}-{uuid.uuid4().hex[:12]}")
        hooks.on_settled, hooks.on_given_up = pump.settled, pump.given_up
        self.keeper = Keeper(self.sessions, pump, clock, hooks.log, sender.exit_timeout)
        self._sender = sender

    def feed(self, session_id: str, arrival: Arrival, opening: Opening) -> Events:
        """A viewer said something; what that makes is in the store when this returns."""
        made = self.sessions.feed({session_id: (arrival,)}, opening).get(session_id, ())
        self.start()
        if made and self._sender.mode == "sync":
            self.keeper.hand_on(session_id, self._sender.send_now)
        elif made:
            self.keeper.ring()
        return tuple(event for _, event in made)

    def start(self) -> None:
        """Look after the store from now on, unless that is left to :meth:`tick`."""
        if self._sender.mode == "thread" or self._sender.on_wake is not None:
            self.keeper.start()

    def tick(self) -> int:
        """Take one round; with mode ``sync`` what waits is sent, and nothing is held afterwards."""
        done = self.keeper.turn()
        if self._sender.mode == "sync":
            self._sender.send_now()
            self.keeper.rest()
        return done

    def flush(self, seconds: float | None, send: Callable[[float | None], object]) -> None:
        """Send what waits in the store, as far as this worker may have it.

        Args:
            seconds: For how long; None is as long as it takes.
            send: Has the sender flush, for so many seconds.
        """
        if self._sender.mode == "sync":  # a feed has sent what it could, and a tick all of it
            send(seconds)
            self.keeper.rest()
            return
        now = self._sender.now
        end = None if seconds is None else now() + seconds
        while True:
            read = self.keeper.turn()
            left = None if end is None else max(0.0, end - now())
            send(left)
            if not read or left == 0.0:
                break
        self.keeper.turn()  # which lets go of what has just arrived


def arrival_of(told: Decoded | Iterable[Told], received_at: float) -> Arrival:
    """What came together."""
    if isinstance(told, Decoded):
        return Arrival.of(told, received_at)
    said: list[Any] = []
    for each in told:
        said += each.said if isinstance(each, Arrival) else (each,)
    return Arrival(received_at, said)


def told_here(tracked: TrackedSession, arrival: Arrival) -> Events:
    """A session of this process takes what came."""
    made: Events = ()
    beacons = [each for each in arrival.said if isinstance(each, Beacon)]
    if beacons and isinstance(tracked, TrackedIntake):
        made += tracked.push(
            Decoded(tuple(beacons), (), arrival.sent_at), received_at=arrival.received_at
        )
    for each in arrival.said:
        if isinstance(each, Callback) and isinstance(tracked, TrackedPlayer):
            made += tracked.callback(
                each.event,
                each.state,
                each.detail,
                channel=each.player,
                element=each.element,
                at=each.at,
            )
        elif isinstance(each, Signal):
            made += tracked._say(type(each), **vars(each))
    return made
