"""From an event and its envelope to a message, and from a message to the bytes that are sent.

This is the only place that decides how an event looks on the wire. ``sentAt`` is not put here:
it is new on every attempt, and whoever sends adds it.
"""

import contextlib
from collections.abc import Callable
from typing import Any, Final

import attrs

from video_tracker.errors import EncodingError
from video_tracker.events import Envelope, Event
from video_tracker.interruption import interrupts
from video_tracker.json_values import Repairs, clean_mapping
from video_tracker.record import Record, new_record
from video_tracker.wire.engines import find_engine
from video_tracker.wire.formats import LIBRARY, message_id, timestamp
from video_tracker.wire.plain import PlainWriter
from video_tracker.wire.profiles import Profile, find_profile
from video_tracker.wire.properties import build
from video_tracker.wire.table import tables

__all__ = ["MESSAGE_LIMIT", "Encoder", "Record", "Repair"]

MESSAGE_LIMIT: Final = 32_000
"""Bytes of UTF-8 JSON that one message may take (S55)."""


@attrs.frozen
class Repair:
    """A value of the caller's that could not be sent as it was.

    Args:
        session_id: The session in which it happened.
        event: The name of the event.
        path: Which value: ``properties.price``, ``context.ip``.
        reason: A code of ``REPAIRS``, which has its sentence.
    """

    session_id: str
    event: str
    path: str
    reason: str


class Encoder:
    """Turns events into messages and records.

    One encoder serves any number of sessions and threads. It keeps nothing of them but bounded
    caches of what it wrote for the last viewers, ids, contents and ads, which must therefore not
    be changed, nor their mappings, once they were handed over.

    Args:
        profile: The vendor's flavour: a ``Profile`` or the name of one.
        engine: What writes the messages that are out of the ordinary: ``orjson``, ``msgspec`` or
            ``json``; without one the first that is installed. The others are joined from parts.
        on_repair: Told of each value of the caller's that was converted or left out. What it
            raises is swallowed: no event is lost to a watcher.

    Raises:
        LookupError: No profile or engine has that name.
        ImportError: The engine asked for is not installed.
    """

    __slots__ = ("_dumps", "_on_repair", "_plain", "_table", "profile", "repairs")

    def __init__(
        self,
        profile: str | Profile = "customerio",
        *,
        engine: str | None = None,
        on_repair: Callable[[Repair], object] | None = None,
    ) -> None:
        self.profile: Final = find_profile(profile)
        self.repairs: Final[dict[str, int]] = {}
        """How often each kind of repair was made, by reason code."""
        self._table = tables(self.profile)
        self._plain = PlainWriter(self.profile).write
        self._dumps = find_engine(engine)
        self._on_repair = on_repair

    def message(self, event: Event, envelope: Envelope) -> dict[str, Any]:
        """Return the message as a dict of plain JSON values, new and the caller's to change.

        It means exactly what ``encode`` writes; only its bytes are not counted.

        Args:
            event: Any event of the library.
            envelope: The envelope of its session.

        Raises:
            EncodingError: The event must not be sent (``unencodable``, ``too_large``).
        """
        repairs: Repairs = []
        try:
            message = _clean_draft(self._draft(event, envelope, repairs), repairs)
        except Exception as error:
            if interrupts(error):
                raise
            raise _refusal(event, error) from error
        if repairs:
            self._report(event, repairs)
        return message

    def encode(self, event: Event, envelope: Envelope) -> Record:
        """Return the record of an event: its message as JSON, ready to be sent (S50, S55).

        Args:
            event: Any event of the library.
            envelope: The envelope of its session.

        Raises:
            EncodingError: The event must not be sent: over 32,000 bytes (``too_large``), without
                an identity, or with a time that no date has (``unencodable``).
        """
        number, body = self._plain(event, envelope) or self._general(event, envelope)
        if len(body) > MESSAGE_LIMIT:
            size = f"{len(body):,} bytes are more than {MESSAGE_LIMIT:,} (S55)"
            raise EncodingError("too_large", f"{_described(event)}: {size}")
        return new_record(number, event.session_id, event.name, body)

    def _general(self, event: Event, envelope: Envelope) -> tuple[str, bytes]:
        """Write any event with any values, and report what had to be repaired."""
        repairs: Repairs = []
        try:
            draft = self._draft(event, envelope, repairs)
            body = self._write(draft, repairs)
        except Exception as error:
            if interrupts(error):
                raise
            raise _refusal(event, error) from error
        if repairs:
            self._report(event, repairs)
        return draft["messageId"], body

    def _write(self, draft: dict[str, Any], repairs: Repairs) -> bytes:
        try:
            return self._dumps(draft)
        except Exception as error:
            # Each engine has its own errors for what it cannot write.
            if interrupts(error):
                raise
            # Rare: text or numbers from the player that JSON cannot carry, found by the engine.
            return self._dumps(_clean_draft(draft, repairs))

    def _draft(self, event: Event, envelope: Envelope, repairs: Repairs) -> dict[str, Any]:
        return {
            "type": "track",
            "event": event.name,
            **_identity(envelope),
            "messageId": message_id(
                event.session_id, event.sequence, replay=envelope.restarted_from is not None
            ),
            "timestamp": timestamp(event.at),
            "properties": build(self._table, event, envelope, repairs),
            # Read anew each time: a caller may well fill one dict for one viewer after the other.
            "context": _context(event, envelope, repairs),
            "integrations": clean_mapping(
                {**envelope.integrations, **event.integrations}, "integrations", repairs
            ),
        }

    def _report(self, event: Event, repairs: Repairs) -> None:
        for path, reason in repairs:
            self.repairs[reason] = self.repairs.get(reason, 0) + 1
            if self._on_repair is not None:
                with contextlib.suppress(Exception):
                    self._on_repair(Repair(event.session_id, event.name, path, reason))


def _clean_draft(draft: dict[str, Any], repairs: Repairs) -> dict[str, Any]:
    # The caller's values in it are clean already, and lie a little deeper than they did alone.
    return clean_mapping(draft, "", repairs, deepest=100)


def _identity(envelope: Envelope) -> dict[str, str]:
    user = envelope.user_id
    if user and type(user) is str and not envelope.anonymous_id:
        return {"userId": user}
    identity = {}
    if user:
        identity["userId"] = user
    if envelope.anonymous_id:
        identity["anonymousId"] = envelope.anonymous_id
    if not identity:
        raise EncodingError("unencodable", "neither user_id nor anonymous_id is set (S50)")
    for name, value in identity.items():
        if not isinstance(value, str):
            raise EncodingError("unencodable", f"{name} must be a string, not {value!r} (S50)")
    return identity


def _context(event: Event, envelope: Envelope, repairs: Repairs) -> dict[str, Any]:
    context = clean_mapping({**envelope.context, **event.context}, "context", repairs)
    context["library"] = LIBRARY
    if envelope.restarted_from is not None:
        context["restarted_from"] = envelope.restarted_from  # S24: of which session a replay
    return context


def _described(event: Event) -> str:
    name = getattr(event, "name", type(event).__name__)
    session = getattr(event, "session_id", "?")
    return f"{name} of session {session!r}, event {getattr(event, 'sequence', '?')}"


def _refusal(event: Event, error: Exception) -> EncodingError:
    reason = error.reason if isinstance(error, EncodingError) else "unencodable"
    return EncodingError(reason, f"{_described(event)}: {error}")
