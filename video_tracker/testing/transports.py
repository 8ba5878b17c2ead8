"""Holds a transport of your own against what delivery relies on: :func:`check_transport`."""

import asyncio
import concurrent.futures
import inspect
import json
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

from video_tracker.delivery.outcome import Delivered, Mixed, Refused, Settlement, TryLater, settle
from video_tracker.record import Record

__all__ = ["check_transport"]

_THREADS: Final = 4
_LARGE: Final = 31_000
_IN_LINE: Final = ("check-crowd", "check-line")
"""How the sessions begin whose records are sent in order, each once."""


def check_transport(
    make: Callable[[], Any],
    *,
    arrived: Callable[[], Collection[str]] | None = None,
    secrets: Collection[str] = (),
    timeout: float = 10.0,
) -> list[str]:
    """Put a transport through its paces, against a destination that is well.

    It is given one record and many, large and unusual ones, the same one twice, and records of
    several sessions by several threads at once; then it is closed. An ``async`` transport is
    checked in an event loop.

    Args:
        make: Makes a fresh transport.
        arrived: Tells the message ids that have arrived at the destination, repetitions too; the
            checks see then that what was delivered has arrived, and in order.
        secrets: Texts, such as a key, that must show in no repr and no outcome.
        timeout: Seconds that a ``send`` or a ``close`` may take.

    Returns:
        What is wrong, a sentence each; nothing for a transport that delivery can rely on. For
        tests: ``assert check_transport(...) == []``.
    """
    check = TransportCheck(arrived, tuple(secrets), timeout)
    # Daemon threads: one that hangs for ever must not keep the tests from ending.
    transport = check.bounded("making it", make)
    if transport is not FAILED:
        check.shape(transport)
        if callable(getattr(transport, "send", None)) and hasattr(transport, "close"):
            check.sends(transport)
            check.crowd(transport)
            check.end(transport)
    return check.faults


FAILED: Final = object()


class TransportCheck:
    def __init__(
        self,
        arrived: Callable[[], Collection[str]] | None,
        secrets: tuple[str, ...],
        timeout: float,
    ) -> None:
        self.faults: list[str] = []
        self._arrived = arrived
        self._secrets = secrets
        self._timeout = timeout
        self._delivered: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def forget_arrivals(self) -> None:
        """Nobody can tell what has arrived."""
        self._arrived = None

    def fault(self, text: str) -> None:
        with self._lock:
            if text not in self.faults:
                self.faults.append(text)

    # -- calls that may hang ---------------------------------------------------------------------

    def bounded(self, what: str, call: Callable[[], Any]) -> Any:
        """Call it in a thread; a fault if it raises or takes too long."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()

        def work() -> None:
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - that is what is looked for
                future.set_exception(error)

        threading.Thread(target=work, name="check-transport", daemon=True).start()
        return self._result(what, future)

    def _result(self, what: str, future: "concurrent.futures.Future[Any]") -> Any:
        try:
            return future.result(self._timeout)
        except concurrent.futures.TimeoutError:
            if future.done():
                self.fault(f"{what} raised TimeoutError: trouble is an outcome, not an exception")
            else:
                self.fault(f"{what} took longer than {self._timeout:g} s")
        except BaseException as error:  # noqa: BLE001 - told, whatever it is
            said = f"{type(error).__name__}: {error}"
            self.fault(f"{what} raised {self._hidden(said)}")
        return FAILED

    def _hidden(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _call(self, what: str, method: Callable[..., Any], *arguments: Any) -> Any:
        if not inspect.iscoroutinefunction(method):
            return self.bounded(what, lambda: method(*arguments))
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=_run, args=(self._loop,), daemon=True).start()
        coroutine = method(*arguments)
        return self._result(what, asyncio.run_coroutine_threadsafe(coroutine, self._loop))

    # -- what is looked at -----------------------------------------------------------------------

    def shape(self, transport: Any) -> None:
        for name in ("send", "close"):
            if not callable(getattr(transport, name, None)):
                self.fault(f"it has no method {name}")
        overhead = getattr(transport, "overhead", 0)
        if not isinstance(overhead, int) or overhead < 0:
            self.fault(f"overhead is {overhead!r}, not a number of bytes")
        if not callable(getattr(transport, "after_fork", lambda: None)):
            self.fault("after_fork is no method")
        self._secret_in("its repr", self.bounded("repr", lambda: repr(transport)))

    def _secret_in(self, where: str, text: object) -> None:
        if any(secret in str(text) for secret in self._secrets):
            self.fault(f"{where} shows a secret")

    def sends(self, transport: Any) -> None:
        """One, many, large, unusual, repeated."""
        for what, records in _courses():
            before = [(record.message_id, record.body) for record in records]
            self.send(f"send of {what}", transport, records)
            if [(record.message_id, record.body) for record in records] != before:
                self.fault(f"send of {what} changed its records")

    def send(
        self, what: str, transport: Any, records: Sequence[Record]
    ) -> Settlement[Record] | None:
        """Send records and judge the answer; None when there was none."""
        outcome = self._call(what, transport.send, records)
        if outcome is FAILED:
            return None
        if not isinstance(outcome, Delivered | TryLater | Refused | Mixed):
            self.fault(f"{what} returned {type(outcome).__name__}, not an Outcome")
            return None
        self._secret_in(f"the outcome of {what}", outcome)
        known = {record.message_id for record in records}
        parts = outcome.parts if isinstance(outcome, Mixed) else (outcome,)
        for part in parts:
            which = getattr(part, "which", None)
            if which is not None and not known.issuperset(which):
                self.fault(f"{what} named records that it was not given")
            if isinstance(outcome, Mixed) and which is None:
                self.fault(f"{what} returned a Mixed with a part that names nobody")
        settled = settle(records, outcome)
        with self._lock:
            self._delivered += [record.message_id for record in settled.delivered]
        if isinstance(outcome, Refused) and outcome.reason in {"credentials", "endpoint", "closed"}:
            self.fault(f"{what} was refused for its configuration: {outcome.reason}")
        return settled

    def crowd(self, transport: Any) -> None:
        """Several threads with a session each."""

        def session(number: int) -> None:
            for turn in range(5):
                name = f"check-crowd-{number}"
                records = tuple(_record(turn * 3 + each, name) for each in range(3))
                self.send("send by several threads at once", transport, records)

        threads = [threading.Thread(target=session, args=(n,)) for n in range(_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def end(self, transport: Any) -> None:
        """Close it, and see what arrived."""
        self._call("close", transport.close)
        self._after_close(transport)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
        if self._arrived is not None:
            found = list(self._arrived())
            lost = set(self._delivered) - set(found)
            if lost:
                self.fault(
                    f"{len(lost)} of {len(set(self._delivered))} records that it called delivered"
                    " did not arrive"
                )
            self._see_order(found)

    def _after_close(self, transport: Any) -> None:
        """To raise is right then; to say that it was delivered, without delivering it, is not."""
        silent = TransportCheck(None, self._secrets, self._timeout)
        silent._loop = self._loop
        record = _record(1, "check-late")
        outcome = silent._call("send after close", transport.send, (record,))
        if isinstance(outcome, Delivered) and not self._has_arrived(record):
            self.fault("send after close said delivered, and nothing arrived")
        self.faults += [text for text in silent.faults if "longer than" in text]

    def _has_arrived(self, record: Record) -> bool:
        return self._arrived is None or record.message_id in set(self._arrived())

    def _see_order(self, found: Sequence[str]) -> None:
        first = {name: place for place, name in reversed(list(enumerate(found)))}
        sessions: dict[str, list[int]] = {}
        for name in dict.fromkeys(self._delivered):
            if name in first and name.startswith(_IN_LINE):
                session, _, number = name.rpartition(":")
                sessions.setdefault(session, []).append(int(number))
        for session, numbers in sessions.items():
            places = [first[f"{session}:{number}"] for number in sorted(numbers)]
            if places != sorted(places):
                self.fault("records of one session arrived out of order")


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _courses() -> Iterator[tuple[str, Sequence[Record]]]:
    one = _record(1, "check-one")
    yield "one record", (one,)
    yield "the same record again", (one,)
    yield "a list", [_record(n, "check-list") for n in range(3)]
    yield "500 records", tuple(_record(n, f"check-many-{n % 7}") for n in range(500))
    yield "a record of 31 KB", (_record(1, "check-large", title="x" * _LARGE),)
    yield "unusual text", (_record(1, "check-text", title="Zoë\n\u2028\U0001f39e\ufeff\x7f"),)
    yield "a record with line breaks", (_record(1, "check-lines", indent=1),)


def _record(number: int, session: str, title: str = "t", indent: int | None = None) -> Record:
    message = {
        "type": "track",
        "event": "Video Content Playing",
        "userId": "u1",
        "messageId": f"{session}:{number}",
        "timestamp": "2026-01-01T12:00:00.000Z",
        "properties": {"session_id": session, "position": number, "title": title},
        "context": {},
        "integrations": {},
    }
    body = json.dumps(message, ensure_ascii=False, indent=indent).encode()
    return Record(f"{session}:{number}", session, "Video Content Playing", body)
