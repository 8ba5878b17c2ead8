"""Recorded and made-up streams of beacons, and the messages that come of them."""

import functools
import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from video_tracker.ingest import Beacon, ClockSkew, Intake, PlayerFeed, ReorderWindow, Said
from video_tracker.ingest.feed import Pair
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import adapter_for_channels, find_adapter
from video_tracker.session import Playback, Session
from video_tracker.trace import read_trace
from video_tracker.wire import Encoder

DATA = Path(__file__).parents[1] / "recordings" / "data"
RECORDINGS = tuple(sorted(path.name.removesuffix(".jsonl.gz") for path in DATA.glob("*.gz")))
WINDOW = 10.0


@attrs.frozen
class Arrival:
    """Beacons that arrive together.

    Args:
        at: When, by the server's clock.
        beacons: Which, in the body's order.
        sent_at: When they were sent, by the client's clock.
    """

    at: float
    beacons: tuple[Beacon, ...]
    sent_at: float | None = None


@functools.cache
def recorded(name: str) -> tuple[Callback, ...]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rb") as log:
        return tuple(read_trace(log, name))


def adapter_of(said: Sequence[Said]) -> type[Adapter] | None:
    channels = {each.player for each in said if isinstance(each, Callback)}
    return find_adapter(adapter_for_channels(channels)) if channels else None


def intake_of(
    said: Sequence[Said],
    plan: SessionPlan | None = None,
    *,
    skew: ClockSkew | None = None,
    first: int | None = 0,
) -> tuple[Intake[Pair], Playback]:
    kind = adapter_of(said)
    if plan is None:
        settings = Settings(**({} if kind is None else kind.settings))
        plan = SessionPlan(user_id="u1", settings=settings)
    playback = Playback(Session("s1", plan))
    feed = PlayerFeed(playback, None if kind is None else kind())
    window: ReorderWindow[Beacon] = ReorderWindow(WINDOW, limit_items=100_000, first=first)
    return Intake(feed, session_id="s1", window=window, skew=skew), playback


def numbered(said: Sequence[Said]) -> list[Beacon]:
    return [Beacon("s1", number, each.at, each) for number, each in enumerate(said)]


def encoded(pairs: Iterable[Pair]) -> list[bytes]:
    encoder = Encoder()
    return [encoder.encode(event, envelope).body for envelope, event in pairs]


def drive(intake: Intake[Pair], arrivals: Iterable[Arrival], *, timer: bool = True) -> list[bytes]:
    """Let beacons arrive, the timer ringing in between, and the stream end."""
    made: list[Pair] = []
    for arrival in arrivals:
        while timer and (due := intake.wake_at()) is not None and due <= arrival.at:
            made += intake.release(due)
            if intake.wake_at() == due:
                break
        made += intake.push(arrival.beacons, arrival.at, arrival.sent_at)
    made += intake.finish()
    return encoded(made)


def straight(said: Sequence[Said], plan: SessionPlan | None = None) -> list[bytes]:
    """The messages when every beacon arrives alone, at once, in order."""
    intake, _ = intake_of(said, plan, skew=ClockSkew(opened=(0.0, 0.0)))
    return drive(
        intake, [Arrival(beacon.at, (beacon,), beacon.at) for beacon in numbered(said)], timer=False
    )
