"""A viewer: his session, his player's adapter, the window of his beacons, his clock's correction.

Pure: it goes where its snapshot goes, and makes the same events wherever it is (S88).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import attrs

from video_tracker.ingest import (
    Beacon,
    ClockSkew,
    Decoded,
    Intake,
    PlayerFeed,
    ReorderWindow,
    Said,
)
from video_tracker.ingest.feed import Pair
from video_tracker.keyed.opening import Opening, settings_under
from video_tracker.players.base import Adapter
from video_tracker.session import Playback, Session
from video_tracker.session.data.tolerances import LATEST_TIME

__all__ = ["Arrival", "Told", "Viewer"]


@attrs.frozen
class Arrival:
    """What came together.

    Args:
        received_at: When it came, by the server's clock, in Unix seconds: of a log, when it was
            appended to it. The same each time that it is read.
        said: What it holds: beacons, callbacks or signals.
        sent_at: When the client sent it, by its own clock; None: nobody told.
    """

    received_at: float
    said: Sequence[Beacon | Said]
    sent_at: float | None = None

    @classmethod
    def of(cls, body: Decoded, received_at: float) -> "Arrival":
        """A decoded body that came at a time."""
        return cls(received_at, body.beacons, body.sent_at)


Told: TypeAlias = Arrival | Beacon | Said
"""What a viewer can be told. Of what names no arrival it is taken to come when it happened."""


class Viewer:
    """One viewer, as it is held in memory between two snapshots.

    Args:
        key: His key: the id of his first session.
        opening: How it begins, and the limits of his window.
        restored: His session and his adapter, where they are those of a snapshot.
        keep_sessions: How many of his sessions are kept, the newest.

    Attributes:
        key, opening: As given.
        feed: His player and his sessions.
        intake: The window of his beacons; None while no beacon came.
        lag: Seconds by which his times lie behind those at which they came (S88).
        heard_at: When he was heard of last, by the server's clock; minus infinity: never.
        labels: Those of his opening.
        renewed: Whether his adapter could not go on from its snapshot, and is a new one (S83).
    """

    __slots__ = ("_due", "feed", "heard_at", "intake", "key", "labels", "lag", "opening", "renewed")

    def __init__(
        self,
        key: str,
        opening: Opening,
        restored: tuple[Session, Adapter | None] | None = None,
        *,
        keep_sessions: int = 1,
    ) -> None:
        self.key = key
        self.opening = opening
        if restored is None:
            adapter = None if opening.player is None else opening.player()
            session = _first_session(key, opening, adapter)
        else:
            session, adapter = restored
        self.feed = PlayerFeed(Playback(session), adapter, keep_sessions=keep_sessions)
        self.intake: Intake[Pair] | None = None
        self.lag = 0.0
        self.heard_at = -math.inf
        self.labels = opening.labels
        self.renewed = False
        self._due: float | None = None  # as long as nothing happens it stays the same

    def take(self, told: Iterable[Told]) -> list[Pair]:
        """Take what he said, in the order in which it came.

        Args:
            told: Arrivals, beacons, callbacks, signals.

        Returns:
            The events that it made, each with its envelope.
        """
        made: list[Pair] = []
        self._due = None
        for each in told:
            if isinstance(each, Arrival):
                self._take(each.said, each.received_at, each.sent_at, made)
            else:
                self._take((each,), None, None, made)
        return made

    def _take(
        self,
        said: Sequence[Beacon | Said],
        received_at: float | None,
        sent_at: float | None,
        made: list[Pair],
    ) -> None:
        beacons = [each for each in said if isinstance(each, Beacon)]
        if beacons:
            at = max(each.at for each in beacons) if received_at is None else received_at
            made += self.ordered().push(beacons, at, sent_at)
            self._came(at)
            if len(beacons) == len(said):
                return
        for each in said:
            if not isinstance(each, Beacon):
                self.feed.take(each, made)
                at = each.at if received_at is None else received_at
                if is_time(at) and is_time(each.at):
                    self.lag = at - each.at
                    self._came(at)

    def _came(self, at: float) -> None:
        self.heard_at = max(self.heard_at, at)

    def ordered(self) -> Intake[Pair]:
        """The window of his beacons, made when it is first needed."""
        if self.intake is None:
            opening = self.opening
            window: ReorderWindow[Beacon] = ReorderWindow(
                opening.window_seconds, opening.window_items, limit_weight=opening.window_bytes
            )
            self.intake = Intake(
                self.feed,
                session_id=self.key,
                window=window,
                skew=ClockSkew(opening.tolerance, opened=opening.opened),
            )
        return self.intake

    def advance(self, now: float) -> list[Pair]:
        """Let time pass: all that falls due.

        Args:
            now: The server's time in Unix seconds.
        """
        self._due = None
        if self.intake is not None:
            return list(self.intake.release(now))
        return self.feed.advance(now - self.lag)

    def finish(self) -> list[Pair]:
        """The log is over: give on what is held, and let time pass until nothing more falls due."""
        self._due = None
        target = self.feed if self.intake is None else self.intake
        return list(target.finish())

    def deadline(self) -> float:
        """When he is next to be looked after, in Unix seconds.

        It is when something falls due, or else when he is to be forgotten.
        """
        if self._due is None:
            self._due = self._next_due()
        return self._due

    def _next_due(self) -> float:
        if self.intake is not None:
            due = self.intake.wake_at()
        else:
            due = self.feed.wake_at()
            due = None if due is None else due + self.lag
        return self._forgotten_at() if due is None else due

    def _forgotten_at(self) -> float:
        opening, session = self.opening, self.feed.playback.session
        return self.heard_at + (opening.remember if session.over else opening.wait)

    def live_labels(self) -> tuple[str, ...]:
        """Under what he counts as live: nothing unless a session has begun, and is heard of."""
        state = self.feed.playback.session._state
        if state.started_at is None or state.where == "over" or state.silence is not None:
            return ()
        who = state.user_id or state.anonymous_id
        return (f"asset:{state.asset.asset_id}", f"viewer:{who}", *self.labels)

    def is_forgotten(self, now: float) -> bool:
        """Whether nothing need be remembered of him any more."""
        at = self.deadline()
        return at <= now and at == self._forgotten_at()


def _first_session(key: str, opening: Opening, adapter: Adapter | None) -> Session:
    plan, user, anonymous = opening.plan, opening.user_id, opening.anonymous_id
    if not (user or anonymous or plan.user_id or plan.anonymous_id):
        anonymous = key
    settings = opening.settings
    if settings is None and adapter is not None:
        kind: Any = type(adapter)
        settings = settings_under(plan.settings, kind)
    return Session(key, plan, user_id=user, anonymous_id=anonymous, settings=settings)


def is_time(at: float) -> bool:
    """Whether it is one; what a player says may be anything."""
    return type(at) is float and 0.0 <= at < LATEST_TIME
