"""Looks after viewers in a store: lets time pass for them, and has sent what waits there.

Every worker does both: who is due is told to one of them, and a partition's messages are sent by
one of them.
"""

import contextlib
import os
import random
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Final

from video_tracker.clock import Clock
from video_tracker.errors import StoreError
from video_tracker.interruption import interrupts
from video_tracker.stores import SharedSessions, partition_of
from video_tracker.tracker.bell import Bell
from video_tracker.tracker.lifecycle import forget, watch_exit
from video_tracker.tracker.log import LimitedLog
from video_tracker.tracker.store_pump import Pump
from video_tracker.tracker.worker import aside, tell_end

__all__ = ["Keeper"]

_EVERY: Final = 1.0
"""Seconds between two rounds, half as many more or less: workers do not march in step."""
_SHORTEST: Final = 0.05
"""Seconds between two rounds at least, whoever asks for one."""
_LONGEST: Final = 30.0
"""Seconds between two rounds at most, while the store cannot be reached."""
_ROUNDS: Final = 10
"""Rounds over one partition at most: while it is sent others may add to it."""
_AT_LAST: Final = 0.5
"""Seconds that the end of the process is held up for the store, when all is sent."""
_MANY: Final = 500
"""Viewers that are seen to together."""


class Keeper:
    """Looks after a store for one tracker; in a thread of its own from :meth:`start` on.

    Args:
        sessions: The viewers.
        pump: Sends what waits.
        clock: The viewers' time.
        log: Of what goes wrong.
        exit_timeout: Seconds for which the end of the process is held up to send what is left.

    Attributes:
        troubles: Rounds in which the store could not be reached.
    """

    def __init__(
        self,
        sessions: SharedSessions,
        pump: Pump,
        clock: Clock,
        log: LimitedLog,
        exit_timeout: float,
    ) -> None:
        self.sessions: Final = sessions
        self.pump: Final = pump
        self.exit_timeout = exit_timeout + _AT_LAST  # after the sender, which is no more then
        self.troubles = 0
        self._process = os.getpid()
        self._clock = clock
        self._log = log
        self._bell = Bell()
        self._over = False
        self._failing = 0
        self._turning = threading.RLock()
        self._starting = threading.Lock()
        self._begun = False

    def turn(self) -> int:
        """Take one round; never raises but what ends a program.

        Returns:
            How many viewers were due, and messages were read.
        """
        done = 0
        with self._turning, self._seen_to():
            now = self._clock.now()
            while (woken := self.sessions.wake(now, _MANY)) == _MANY:
                done += woken
            done += woken + self.pump.turn()
        return done

    def hand_on(self, key: str, send: Callable[[], object]) -> None:
        """Have sent what waits in a viewer's partition, and let others have that; never raises.

        Whoever asked for it meanwhile, in vain, has left messages there: so it is looked at once
        more when it was let go of.

        Args:
            key: The viewer's.
            send: Has the sender send what it was given.
        """
        partition = partition_of(key, self.sessions.store.partitions)
        with self._turning, self._seen_to():
            for _ in range(_ROUNDS):
                if self.pump.turn(partition):
                    send()
                if not (self.pump.rest(partition) and self.pump.waits(partition)):
                    break

    def rest(self) -> None:
        """Let others have the partitions of which nothing is on its way; never raises."""
        with self._turning, self._seen_to():
            for partition in range(self.sessions.store.partitions):
                self.pump.rest(partition)

    @contextlib.contextmanager
    def _seen_to(self) -> Iterator[None]:
        try:
            yield
            self._failing = 0
        except Exception as error:
            if interrupts(error):
                raise
            self._fails(error)

    def _fails(self, error: Exception) -> None:
        self.troubles += 1
        self._failing += 1
        known = isinstance(error, StoreError)
        what = f"the store of viewers: {error}" if known else "looking after the store failed"
        self._log.tell("store", what, error=None if known else error)

    # -- the thread ----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to take rounds by itself, if that did not happen yet."""
        if self._begun or self._over:
            return
        with self._starting:
            begun, self._begun = self._begun, True
        if not begun:
            thread = threading.Thread(
                target=_work, args=(weakref.ref(self),), name="video-tracker-store", daemon=True
            )
            watch_exit(self)
            try:
                thread.start()
            except RuntimeError as error:
                self._log.tell("threads", f"a thread cannot be started ({error}): call tick()")

    def ring(self) -> None:
        """Something waits to be sent."""
        self._bell.set()

    def stop(self) -> None:
        """Take no more rounds, and let others have the partitions; never raises."""
        self._over = True
        self._bell.set()
        forget(self)
        with self._turning, self._seen_to():
            self.pump.close()

    def hurry(self) -> None:
        """Nothing: who sends is told."""

    def close_at_exit(self, timeout: float) -> None:
        """Let others have the partitions at once, within that many seconds."""
        if self._process == os.getpid():
            aside(self.stop, timeout, "video-tracker-store-end")

    def work(self) -> "tuple[Bell, float] | None":
        """Take a round of the thread's: what to wait for then, and how long; None at the end."""
        if self._over:
            return None
        self._bell.clear()
        done = self.turn()
        wait = min(_LONGEST, _EVERY * 2**self._failing) * (0.5 + random.random())  # noqa: S311
        return self._bell, _SHORTEST if done and not self._failing else wait


def _work(reference: "weakref.ref[Keeper]") -> None:
    """Take rounds for as long as somebody has the keeper, whatever comes up."""
    pause = Bell()
    while True:
        try:
            keeper = reference()
            ahead = None if keeper is None else keeper.work()
            keeper = None
            if ahead is None:
                return
            bell, wait = ahead
            bell.wait(wait)
            pause.wait(_SHORTEST)
        except BaseException:  # noqa: BLE001 - what is thrown in from outside ends no keeping
            tell_end()
