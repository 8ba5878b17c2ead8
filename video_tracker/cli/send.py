"""``video-tracker send``: stored messages, a file or a spool directory, on their way at last."""

import argparse
import codecs
import contextlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.cli.files import CommandError, log_lines, open_input, print_json, tell, why
from video_tracker.cli.mistaken import MESSAGES, kind_of_value, only, what_else
from video_tracker.cli.progress import Progress, progress
from video_tracker.clock import SystemClock
from video_tracker.delivery import Account, Dead, DeliveryPolicy
from video_tracker.errors import TraceError, TransportError
from video_tracker.events import EVENTS
from video_tracker.record import Record
from video_tracker.spelling import counted
from video_tracker.transports.base import DELIVERED, Outcome, Transport
from video_tracker.wire.formats import LIBRARY

__all__ = ["KEY_VARIABLE", "run"]

KEY_VARIABLE: Final = "VIDEO_TRACKER_KEY"
"""The environment variable that the key is read from when ``--key`` is not given."""

_WINDOW: Final = 2_000
"""Messages of a file that are read ahead."""

_NAP: Final = 0.25
"""Seconds between two looks at how far it is."""

_TOLD: Final = 20
"""Dead letters that are told one by one."""


def run(arguments: argparse.Namespace) -> int:
    """Send what the arguments name.

    Returns:
        The exit status: 0 when all has arrived, 1 when something was refused or could not be sent.

    Raises:
        CommandError: Something cannot be read or used. What came before a damaged line was sent.
    """
    is_spool = arguments.source != "-" and Path(arguments.source).is_dir()
    with contextlib.ExitStack() as stack:
        folder = Path(arguments.source) if is_spool else None
        if folder is not None and not _is_spool(folder):
            raise CommandError(f"{folder}: no spool: nothing in it is a tracker's (spool_dir=...)")
        if folder is not None and arguments.dry_run:
            folder = _copied(folder, stack)
        transport = _Counting(_transport(arguments))
        with progress("sending", quiet=arguments.quiet) as bar:
            sending = _Sending(transport, folder, arguments.patience, bar)
            fault = None if is_spool else sending.feed(arguments.source)
            account = sending.finish()
    told = _Told(account, sending, transport, dry=arguments.dry_run, kept=is_spool)
    if arguments.json:
        print_json(told.data())
    else:
        for line in told.lines():
            tell(line)
    if fault is not None:
        raise CommandError(str(fault)) from fault
    return 0 if account.delivered == account.accepted else 1


def _is_spool(folder: Path) -> bool:
    """Whether a directory is a spool; an empty one may be."""
    from video_tracker.delivery.spool_directory import find_names  # noqa: PLC0415 - as below
    from video_tracker.delivery.spool_disk import Disk  # noqa: PLC0415 - as below

    try:
        names = [each.name for each in folder.iterdir()]
        return not names or "dead.jsonl" in names or bool(find_names(Disk(), str(folder)))
    except OSError as error:
        raise CommandError(f"{folder}: cannot be read: {why(error)}") from error


def _copied(folder: Path, stack: contextlib.ExitStack) -> Path:
    """A copy to look into: to adopt from the directory itself would change it."""
    place = Path(stack.enter_context(tempfile.TemporaryDirectory()), "spool")
    try:
        shutil.copytree(folder, place)
    except (OSError, shutil.Error) as error:
        raise CommandError(f"{folder}: cannot be read: {error}") from error
    return place


def _transport(arguments: argparse.Namespace) -> Transport:
    if arguments.dry_run:
        return _Nowhere()
    key = arguments.key or os.environ.get(KEY_VARIABLE, "")
    if not key:
        raise CommandError(f"the API key? give --key, or set {KEY_VARIABLE}, or try --dry-run")
    if any(each.isspace() or each in "\"'" for each in key.strip()):
        given = "--key" if arguments.key else KEY_VARIABLE
        raise CommandError(f"{given}: no key has white space or quotes; was it quoted twice?")
    from video_tracker.transports.http import HttpTransport  # noqa: PLC0415 - only who posts

    try:
        return HttpTransport(
            key,
            region=arguments.region,
            base_url=arguments.base_url,
            strict=arguments.strict,
            gzip=arguments.gzip,
        )
    except TransportError as error:
        raise CommandError(str(error)) from error


class _Nowhere:
    """Takes everything and sends nothing."""

    def send(self, records: Sequence[Record]) -> Outcome:
        assert records
        return DELIVERED

    def close(self) -> None:
        """Nothing to do."""


class _Counting:
    """Counts what goes through."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.overhead = getattr(transport, "overhead", 0)
        self.requests = 0
        self.bytes = 0

    def send(self, records: Sequence[Record]) -> Outcome:
        self.requests += 1
        self.bytes += sum(len(record.body) for record in records)
        return self._transport.send(records)

    def close(self) -> None:
        self._transport.close()


class _Sending:
    """A sender without threads, and how far it is."""

    def __init__(
        self, transport: Transport, folder: Path | None, patience: float, bar: Progress
    ) -> None:
        # Only who sends pays for what it needs.
        from video_tracker.delivery.spool import Spool  # noqa: PLC0415
        from video_tracker.tracker.hooks import Hooks  # noqa: PLC0415
        from video_tracker.tracker.sender import Sender  # noqa: PLC0415

        self.dead: list[Dead] = []
        self.found = False
        self.unread = 0
        self.last_error: str | None = None
        self._patience = patience
        self._bar = bar
        self._total: int | None = None
        self._clock = SystemClock()
        self._progress_at = self._clock.now()
        self._settled = 0
        self._nap = threading.Event()
        self._sender = Sender(
            transport,
            policy=DeliveryPolicy.durable(max_age=None),
            mode="manual",
            spool=None if folder is None else Spool(folder),
            hooks=Hooks(self._clock, on_dead=self._note),
            clock=self._clock,
        )

    def _note(self, dead: Dead) -> None:
        if len(self.dead) < _TOLD:
            self.dead.append(dead)

    def feed(self, source: str) -> TraceError | None:
        """Send a file's messages; return the fault at which it ended, if it did."""
        self._total = _lines_of(source)
        try:
            with open_input(source) as file:
                for record in read_messages(
                    only(MESSAGES, log_lines(file, source), source), source
                ):
                    self.found = True
                    self._sender.queue(record)
                    if self._sender.account().pending >= _WINDOW and not self._work(_WINDOW // 2):
                        self.unread = _count(log_lines(file, source))
                        break
        except TraceError as error:
            return error
        return None if self.found else TraceError(source, None, "there is no message in it")

    def finish(self) -> Account:
        """Send the rest, as far as patience goes, and close."""
        self._work(0)
        self.last_error = self._sender.figures().last_error
        return self._sender.close(0)

    def _work(self, goal: int) -> bool:
        """Send until no more than ``goal`` is pending; False when there is no hope."""
        while True:
            self._sender.pump(force=True)
            account = self._sender.account()
            self._show(account)
            if account.pending <= goal:
                return True
            if account.state == "stopped" or self._is_hopeless(account):
                return False
            self._nap.wait(_NAP if account.state == "backing_off" else 0.001)

    def _is_hopeless(self, account: Account) -> bool:
        settled = account.accepted - account.pending
        now = self._clock.now()
        if settled > self._settled:
            self._settled, self._progress_at = settled, now
        return now - self._progress_at >= self._patience

    def _show(self, account: Account) -> None:
        total = self._total if self._total is not None else account.accepted
        remark = ""
        if account.state != "open":
            remark = self._sender.figures().last_error or account.state
        self._bar.show(account.accepted - account.pending, total, remark)


def _lines_of(source: str) -> int | None:
    """How many lines a file has; None for what can be read only once."""
    if source == "-" or not Path(source).is_file():
        return None
    with open_input(source) as file:
        return _count(log_lines(file, source))


def _count(lines: Iterable[bytes]) -> int:
    return sum(1 for line in lines if line.strip())


def read_messages(lines: Iterable[bytes], name: str) -> Iterator[Record]:
    """Read stored messages, such as ``replay`` and the JSON Lines transports write.

    Lines of a spool's dead letters are read as well. Anything else is not sent: a destination
    answers 200 to what it then throws away.

    Args:
        lines: One JSON object a line; blank ones are passed over.
        name: The file's name for messages.

    Raises:
        TraceError: A line holds no message, with what it holds.
    """
    for number, line in enumerate(lines, start=1):
        body = line.removeprefix(codecs.BOM_UTF8).strip()
        if not body:
            continue
        try:
            value = json.loads(body, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            what = what_else(MESSAGES, line, name) or "malformed JSON"
            raise TraceError(name, number, what) from error
        if isinstance(value, dict) and isinstance(value.get("message"), dict):
            value = value["message"]
            body = _encoded(value)
        fault = _fault(value)
        if fault is not None:
            raise TraceError(name, number, fault)
        properties = value.get("properties")
        session = properties.get("session_id") if isinstance(properties, Mapping) else None
        session = session if isinstance(session, str) else ""
        yield Record(value["messageId"], session, value["event"], body)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _fault(value: Any) -> str | None:
    """Why it is no message of ours, or what it is instead; None when it is one."""
    if not isinstance(value, dict):
        shape = type(value).__name__
        return f"no message but JSON of another kind ({shape}); one message a line is needed"
    other = kind_of_value(MESSAGES, value)
    if other is not None:
        return other
    kind, event = value.get("type"), value.get("event")
    if kind != "track":
        return f"no message of an event: its type is {kind!r:.60}, not 'track'"
    if not isinstance(event, str) or (event not in EVENTS and not _is_ours(value)):
        return f"an event that is none of this library's: {event!r:.60}"
    for names in (("messageId",), ("userId", "anonymousId")):
        if not any(isinstance(value.get(each), str) and value[each] for each in names):
            return f"a message without {' and '.join(names)}"
    return None


def _is_ours(message: Mapping[str, Any]) -> bool:
    """Whether this library wrote it: an embedder's own event (``emit``), or a renamed one."""
    context = message.get("context")
    library = context.get("library") if isinstance(context, dict) else None
    return isinstance(library, dict) and library.get("name") == LIBRARY["name"]


def _encoded(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


@attrs.frozen
class _Told:
    """The account of a sending.

    Args:
        account: What became of the messages.
        sending: What was met on the way.
        transport: What went through.
        dry: Whether nothing was sent.
        kept: Whether what is left stays in a spool.
    """

    account: Account
    sending: _Sending
    transport: _Counting
    dry: bool = attrs.field(kw_only=True)
    kept: bool = attrs.field(kw_only=True)

    @property
    def left(self) -> int:
        """How many messages are still to be sent."""
        account = self.account
        return account.pending + account.dropped.get("closed", 0) + self.sending.unread

    @property
    def dropped(self) -> dict[str, int]:
        """How many messages were dropped for which reason."""
        counts = sorted(self.account.dropped.items())
        return {reason: count for reason, count in counts if reason != "closed"}

    def data(self) -> dict[str, Any]:
        """The account as JSON-able values."""
        return {
            "delivered": self.account.delivered,
            "requests": self.transport.requests,
            "bytes": self.transport.bytes,
            "dead": dict(sorted(self.account.dead.items())),
            "dropped": self.dropped,
            "left": self.left,
            "dry_run": self.dry,
            "trouble": self.sending.last_error if self.left else None,
            "dead_letters": [
                {"message_id": dead.record.message_id, "reason": dead.reason, "detail": dead.detail}
                for dead in self.sending.dead
            ],
        }

    def lines(self) -> Iterator[str]:
        """The account for people."""
        for dead in self.sending.dead:
            yield f"dead     {dead.record.message_id}: {dead.reason}: {dead.detail}".rstrip(": ")
        many = sum(self.account.dead.values())
        if many > len(self.sending.dead):
            yield f"dead     ... and {many - len(self.sending.dead)} more"
        if self.left and self.sending.last_error:
            yield f"trouble  {self.sending.last_error}"
        parts = [
            f"{self.account.delivered:,} {'would be sent' if self.dry else 'sent'}",
            counted(self.transport.requests, "request"),
            counted(self.transport.bytes, "byte"),
        ]
        dead_counts = sorted(self.account.dead.items())
        parts += [f"{count} dead ({reason})" for reason, count in dead_counts]
        parts += [f"{count} dropped ({reason})" for reason, count in self.dropped.items()]
        if self.left:
            parts.append(f"{self.left} {'left in the spool' if self.kept else 'not sent'}")
        yield "video-tracker: " + ", ".join(parts)
