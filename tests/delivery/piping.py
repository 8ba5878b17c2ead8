"""What the pipe's tests share: records, a pipe without chance, and destinations that answer."""

from collections.abc import Callable
from typing import Any

from video_tracker.delivery import (
    DELIVERED,
    Batch,
    DeliveryPolicy,
    Outcome,
    Pipe,
    Refused,
    Settled,
    Store,
    TryLater,
)
from video_tracker.record import Record

Destination = Callable[[Batch, float], Outcome]


def make(number: int, *, session: str = "s", size: int = 10) -> Record:
    return Record(f"m{number}", session, "e", b"x" * size)


def make_pipe(
    *, chance: float = 1.0, overhead: int = 0, store: Store | None = None, **limits: Any
) -> Pipe:
    """A pipe whose every wait is the longest possible."""
    policy = DeliveryPolicy(**{"record_bytes": 1_000, "linger": 0.0, **limits})
    return Pipe(policy, random=lambda: chance, overhead=overhead, store=store)


def fill(pipe: Pipe, count: int, *, now: float = 0.0, sessions: int = 1, size: int = 10) -> None:
    for number in range(count):
        assert pipe.put(make(number, session=f"s{number % sessions}", size=size), now).accepted


def ids(batch: Batch | None) -> list[str]:
    assert batch is not None
    return [record.message_id for record in batch.records]


class Run:
    """Drives a pipe against a destination until nothing is left or a number of requests is spent.

    Attributes:
        now: The time, which goes from one thing that is due to the next.
        batches, settled: All that was sent, and what became of it.
    """

    def __init__(self, pipe: Pipe, now: float = 0.0) -> None:
        self.pipe = pipe
        self.now = now
        self.batches: list[Batch] = []
        self.settled: list[Settled] = []

    def drive(
        self, destination: Destination, *, requests: int = 10_000, until: float = 1e12
    ) -> "Run":
        for _ in range(requests):
            at = self.pipe.wake_at(self.now, force=True)
            if at is None or at > until:
                break
            self.now = max(self.now, at)
            batch = self.pipe.next_batch(self.now, force=True)
            if batch is None:
                again = self.pipe.wake_at(self.now, force=True)
                assert again is None or again > self.now
                continue
            self.batches.append(batch)
            self.settled.append(self.pipe.settle(batch, destination(batch, self.now), self.now))
            assert self.pipe.account().balanced
        return self

    @property
    def delivered(self) -> list[str]:
        return [each.message_id for settled in self.settled for each in settled.delivered]

    @property
    def dead(self) -> list[tuple[str, str]]:
        return [
            (each.record.message_id, each.reason)
            for settled in self.settled
            for each in settled.dead
        ]


def refusing(*bad: str, reason: str = "rejected") -> Destination:
    """Refuses every batch that holds one of the bad, and does not say which."""

    def answer(batch: Batch, now: float) -> Outcome:  # noqa: ARG001
        return Refused(reason) if set(ids(batch)) & set(bad) else DELIVERED

    return answer


def failing(*bad: str, reason: str = "unavailable") -> Destination:
    """Fails, as with a 500, for every batch that holds one of the bad."""

    def answer(batch: Batch, now: float) -> Outcome:  # noqa: ARG001
        return TryLater(reason) if set(ids(batch)) & set(bad) else DELIVERED

    return answer
