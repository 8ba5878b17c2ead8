"""Keeps what it is given, for tests; answers as it is told to."""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from video_tracker.delivery.outcome import DELIVERED, Outcome, settle
from video_tracker.errors import TransportError
from video_tracker.wire import Record

__all__ = ["MemoryTransport"]


class MemoryTransport:
    """A transport whose destination is a list.

    Args:
        answers: What ``send`` does, call by call: an outcome is returned, an exception is raised.
            When they are used up, everything is delivered.

    Attributes:
        batches: The records of every call, as they came, whatever the answer was.
        records: The records that were delivered, in order.
        closed: Whether ``close`` was called.
    """

    def __init__(self, answers: Iterable[Outcome | BaseException] = ()) -> None:
        self._answers: Iterator[Outcome | BaseException] = iter(answers)
        self._lock = threading.Lock()
        self.batches: list[tuple[Record, ...]] = []
        self.records: list[Record] = []
        self.closed = False

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The delivered messages, decoded."""
        return [json.loads(record.body) for record in self.records]

    @property
    def events(self) -> list[str]:
        """The names of the delivered events."""
        return [record.event for record in self.records]

    def send(self, records: Sequence[Record]) -> Outcome:
        """Keep the records and give the next answer.

        Raises:
            TransportError: It was closed before.
        """
        with self._lock:
            if self.closed:
                raise TransportError("this memory transport is closed")
            self.batches.append(tuple(records))
            answer = next(self._answers, DELIVERED)
            if isinstance(answer, BaseException):
                raise answer
            self.records.extend(settle(records, answer).delivered)
            return answer

    def after_fork(self) -> None:
        """Let go of a lock that a thread of the parent's may hold for ever."""
        self._lock = threading.Lock()

    def close(self) -> None:
        """Refuse everything from now on; what was kept stays."""
        self.closed = True
