"""The tracker: owns the clock, the sessions and the way out; it carries values, decides nothing."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self, Unpack

from video_tracker.ingest import Decoded
from video_tracker.keyed import Told
from video_tracker.tracker.account import Stats
from video_tracker.tracker.base import TrackerBase, all_of, shares
from video_tracker.tracker.inputs import Events
from video_tracker.tracker.options import Options, OptionsGiven, merged
from video_tracker.tracker.shared_session import SharedSession
from video_tracker.tracker.sharing import Beginning, BeginningGiven
from video_tracker.tracker.wanted import adapter_class
from video_tracker.transports.base import Transport

__all__ = ["Tracker"]


class Tracker(TrackerBase):
    """Serves any number of playback sessions and sends what they make; safe for threads.

    Events are queued by the thread whose input made them and sent in batches by a thread of the
    tracker's, which tries again for as long as the policy says. Another thread lets time pass for
    the sessions. Both begin when there is something to do for them.

    The tracker holds a session for as long as it waits for something: until it is over, its idle
    timeout was reported, or nothing at all was said to it for half an hour. After that the
    caller's own reference is what keeps it; an input brings it back. Of more than
    ``max_sessions``, the one that began first is let go of likewise.

    A child that the process forks begins anew: the tracker is empty there and works, with a
    connection, threads and a spool of its own. What was queued and which sessions ran is the
    parent's; an input to an inherited session does nothing.

    Args:
        transport: The way out; the tracker closes it.
        options: All of the following in one value; what is given besides stands before it.
        mode: ``thread``: as told above. ``sync``: whose input makes an event sends it, with all
            that waits, and nothing happens in between; time passes by :meth:`tick`. ``manual``:
            nothing is sent and no time passes but by :meth:`poll`.
        policy: The limits of delivery.
        spool_dir: A directory to keep events in until they arrived, so that they outlive the
            process; or a :class:`~video_tracker.delivery.spool.Spool` made otherwise. When the
            disk fails, events are kept in memory: loudly, and counted.
        spool_sync: ``timer``: safe from the end of the process at once, from a power cut within
            half a second. ``always``: from both at once.
        clock: Where the time comes from; the machine's by default.
        profile: The vendor's flavour: ``customerio``, ``segment`` or ``rudderstack``.
        plan: The plan of sessions that bring none.
        settings: Settings of all sessions, in place of their plans'.
        strict: Let sessions raise :class:`~video_tracker.errors.StrictError` (S60); for tests.
        max_sessions: How many sessions are held at most.
        before: A function from each event to the event as it is sent, or to None: it is left out.
            Its number, its session's id and its date stay as they are (S50). One that raises loses
            the event, counted as undeliverable, ``before_failed``.
        also: Trackers that are given the same events, each with a transport, a profile, a
            ``before``, a policy, a spool and figures of its own. They are flushed and closed with
            this one.
        store: A store of viewers (:mod:`video_tracker.stores`): any worker with the same one may
            hear any of them, by :meth:`feed`; this one looks after them, too, and sends what waits
            there.
        presence: With a store: note who is live (:class:`~video_tracker.stores.Presence`).
        remember: How many sessions that were let go of are remembered, so that what comes late for
            them is known for that, and their ids are used once; of ten times as many the ids are.
        block_timeout: With ``overflow="block"``: seconds that an input waits for room.
        exit_timeout: Seconds for which the end of the process is held up to send what is left;
            2 by default, 0.2 with a spool.
        on_diagnostic: Called with each :class:`~video_tracker.session.Diagnostic`.
        on_repair: Called with each :class:`~video_tracker.wire.Repair`.
        on_failure: Called with each :class:`~video_tracker.tracker.Failure`.
        on_sent: Called with each :class:`~video_tracker.tracker.Sent`.
        on_retry: Called with each :class:`~video_tracker.tracker.Retry`.
        on_drop: Called with each :class:`~video_tracker.tracker.Drop`.
        on_dead: Called with each :class:`~video_tracker.delivery.Dead` letter.
        on_lane: Called with each :class:`~video_tracker.tracker.Lane` that opens or closes.

    Hooks are called outside all locks, by whatever thread was at it. What they raise is counted.

    Raises:
        LookupError: No profile has that name.
        PolicyError: A limit or a mode is impossible.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        options: Options | None = None,
        **given: Unpack[OptionsGiven],
    ) -> None:
        self._also: tuple[Tracker, ...] = all_of(Tracker, given, options)
        super().__init__(transport, merged(options, given))

    @property
    def _all(self) -> "tuple[Tracker, ...]":
        return (self, *self._also)

    def feed(
        self,
        session_id: str,
        told: Decoded | Iterable[Told],
        *,
        received_at: float | None = None,
        **given: Unpack[BeginningGiven],
    ) -> Events:
        """Take what a viewer said, whichever worker hears him: resume, feed, let go in one call.

        With a ``store`` the viewer is there, and what this makes is there too when this returns;
        without one he is in this process, as ``open`` has him.

        Args:
            session_id: The id of his session, new or not.
            told: Callbacks, signals or beacons, each with its time; or a decoded body.
            received_at: When that came, in Unix seconds; by default now.
            given: How his session begins, if it is new: ``plan``, ``player``, ``user_id``,
                ``anonymous_id``, ``settings`` as for ``open``, ``labels`` under which he
                counts as live (``("account:42",)``), and ``opened``: what the server's and the
                client's clocks said when both were compared (Unix seconds).

        Returns:
            The events that it made, often none.

        Raises:
            PlanError: The id is not a non-empty string, or nobody is named (S50).
            UnknownPlayerError: There is no adapter for that player.
            StoreError: The store cannot be reached: nothing was taken.
        """
        return self._fed(session_id, told, received_at, Beginning(**given))

    def shared(self, session_id: str, **given: Unpack[BeginningGiven]) -> SharedSession:
        """A session as it is told to, one :meth:`feed` for each input; it holds nothing itself.

        Args:
            session_id: Its id, new or not.
            given: As for :meth:`feed`.

        Raises:
            UnknownPlayerError: There is no adapter for that player.
        """
        beginning = Beginning(**given)

        def feed(told: Decoded | Iterable[Told], received_at: float | None = None) -> Events:
            return self._fed(session_id, told, received_at, beginning)

        return SharedSession(session_id, adapter_class(beginning.player), feed, self._clock.now)

    def start(self) -> None:
        """Begin to work at once, not with the first event: what spool or store holds is sent."""
        if self._sharing is not None:
            self._sharing.start()
        for each in self._all:
            each._sender.start()

    def poll(self) -> float | None:
        """With mode ``manual``: let time pass, and send what is to be sent by now.

        Returns:
            When there is next something to do, Unix seconds; None while there is nothing.
        """
        self.tick()
        wishes = [self.wake_at()]
        for each in self._all:
            each._sender.pump()
            wishes.append(each._sender.wake_at())
        return min((when for when in wishes if when is not None), default=None)

    def flush(self, timeout: float | None = 5.0) -> Stats:
        """Send what was made until now, and wait until it is settled.

        A back-off and a stopped lane are respected; when they last longer than the timeout, this
        returns at once.

        Args:
            timeout: Seconds; None is as long as it takes.

        Returns:
            The figures; ``pending`` is what was not sent.
        """
        if self._sharing is not None:
            self._sharing.flush(timeout, self._sender.flush)
        for each, left in shares(self._all, timeout):
            each._sender.flush(left)
        return self.stats()

    def close(self, timeout: float | None = 5.0) -> Stats:
        """Send what is pending, then close the transport; safe to call again.

        Sessions that are open stay as they are: a process that ends is not a viewer who leaves,
        so no event is made up for them. Take a ``snapshot()`` of each to go on elsewhere. Inputs
        given later are measured; the events they make are counted as undeliverable, ``closed``.

        Args:
            timeout: Seconds for sending; None is as long as it takes.

        Returns:
            The figures at the end. What was not sent is dropped, reason ``closed``; with a spool
            it is ``pending``, and kept there. ``in_flight`` is what a transport did not return
            from.
        """
        if not self.closed:
            self._conclude_sessions()
            if self._sharing is not None:
                self._sharing.flush(timeout, self._sender.flush)
        self._timekeeper.stop()
        for each, left in shares(self._all, timeout):
            each._sender.close(left)
        if self._sharing is not None:
            self._sharing.keeper.stop()
        return self.stats()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
