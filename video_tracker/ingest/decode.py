"""Bytes in, beacons out: reads what a browser posted and says exactly what it did not take.

A body is an object, a bare array of beacons, one beacon, or one beacon on each line::

    {"session_id": "s1", "sent_at": 1795432211500, "beacons": [
      {"seq": 17, "t": 1795432210250, "player": "html5", "event": "timeupdate",
       "state": {"currentTime": 8.14}, "detail": {}},
      {"seq": 18, "signal": "pause", "at": 1795432211.25, "position": 9.1}]}

A beacon is a player's callback as in a trace (``player``, ``event``, ``state``, ``detail``,
``el``; its time is ``t`` in Unix milliseconds or ISO 8601 text, or ``wall``) or a signal as in the
signal log (its time is ``at`` in Unix seconds, or ``t``). ``session_id`` and ``player`` may stand
once, beside ``beacons``. A beacon that is wrong costs itself alone.
"""

import contextlib
import datetime
import functools
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from video_tracker.errors import SignalFormatError
from video_tracker.ingest.limits import Limits
from video_tracker.ingest.rejections import Fault, Rejection
from video_tracker.ingest.text import Doubled, parse_body, parse_lines, parse_part
from video_tracker.ingest.typed import (
    ABSENT,
    FIELDS,
    HEAD,
    PLACED,
    PLACES,
    Reader,
    count_keys,
    count_values,
    count_written,
    hides_key,
    reader_of,
)
from video_tracker.ingest.walk import check_values
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Callback, finite
from video_tracker.signal_log import signal_from_json
from video_tracker.signals import SIGNALS, Load, Signal

__all__ = ["Beacon", "Decoded", "Said", "decode_beacons"]

Said: TypeAlias = Callback | Signal
"""What a beacon says: a player's callback, or a signal of the library's own."""

_LATEST: Final = 7_258_118_400.0
"""The year 2200, Unix seconds: a time beyond it is one in other units."""

_ENVELOPE: Final = frozenset({"seq", "t", "wall", "session_id"})
"""Fields of a beacon that are no arguments of its signal."""

_DEFAULT: Final = Limits()
_NOTHING: Final[Mapping[str, Any]] = {}
_OUTSIDE: Final = 2
"""How deep a beacon lies: body, beacons."""
_SIGNAL: Final = b'"signal"'
_WEIGHT: Final = 4
"""Bytes in memory for each of a body, about."""


@attrs.define
class Beacon:
    """One thing that a client said.

    Args:
        session_id: The session that it names; not proven by anything yet.
        sequence: Its number among the client's beacons; None when it has none.
        at: The client's clock, Unix seconds; also the time of ``said``.
        said: The player's callback or the signal.
        weight: Bytes that it takes in memory, about.
        order: Of one without a number: which goes first of several of the same time.
    """

    session_id: str
    sequence: int | None
    at: float
    said: Said
    weight: int = attrs.field(default=0, eq=False)
    order: int = attrs.field(default=0, eq=False)


@attrs.frozen
class Decoded:
    """What a body held.

    Args:
        beacons: What can be used, in the body's order.
        rejected: What was not taken.
        sent_at: When the client sent the body, by its own clock, Unix seconds; None unless told.
    """

    beacons: tuple[Beacon, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    sent_at: float | None = None

    def reasons(self) -> dict[str, int]:
        """How many beacons (or whole bodies) were rejected for which reason."""
        counted: Counter[str] = Counter()
        for rejection in self.rejected:
            counted[rejection.reason] += rejection.count
        return dict(sorted(counted.items()))


def decode_beacons(
    body: bytes, limits: Limits = _DEFAULT, *, session_id: str | None = None
) -> Decoded:
    """Read a body of beacons. Nothing is raised, whatever the bytes are (S60).

    Args:
        body: The bytes as they came.
        limits: How much of them is read.
        session_id: The session whose token came with them. A beacon that names none belongs to
            it, one that names another is rejected (``foreign_session``). None: every beacon, or
            the body, must name its session, and nobody has proven it.

    Returns:
        The beacons and the rejections.

    Raises:
        TypeError: What was given are no bytes at all.
    """
    if not isinstance(body, (bytes, bytearray)):
        raise TypeError(f"a body is bytes as they came, not {type(body).__name__}")
    quick = _quick(body, limits, session_id)
    if quick is not None:
        return quick
    try:
        value, lines = parse_body(body, limits)
    except Fault as fault:
        return Decoded(rejected=(fault.rejection(),))
    reading = _Reading(limits, session_id)
    try:
        if lines is not None:
            reading.lines(lines)
        else:
            reading.body(value)
    except Fault as fault:
        reading.rejected.append(fault.rejection())
    return reading.decoded()


def _quick(body: bytes, limits: Limits, owner: str | None) -> Decoded | None:
    """What a body holds, if types can read it; None: the long way says what is wrong."""
    reader = reader_of(limits)
    if reader is None or len(body) > limits.max_bytes:
        return None
    reading = _Reading(limits, owner)
    read, take = reader.callbacks, reading.typed
    if _SIGNAL in body:
        read, take = reader.signals, reading.placed
    try:
        whole = read(body)
        made = take(whole.beacons, body, count_written(body) - reading.head_of(whole))
    except Exception:  # noqa: BLE001 - each beacon by itself, then
        return _apart(body, limits, owner, reader)
    return Decoded(made, sent_at=reading.sent_at)


def _apart(body: bytes, limits: Limits, owner: str | None, reader: Reader) -> Decoded | None:
    """The same of each beacon by itself: one that types cannot read goes the long way alone."""
    reading = _Reading(limits, owner)
    try:
        parts = reader.parts(body)
        keys = count_written(body) - reading.head_of(parts)
        written = [bytes(part) for part in parts.beacons]
        counts = [count_written(part) for part in written]
        if keys != sum(counts):
            return None
        for place, (part, count) in enumerate(zip(written, counts, strict=True)):
            try:
                reading.beacons += _one(reading, reader, part, count)
            except Exception:  # noqa: BLE001 - it may be wrong
                value = parse_part(part, limits.max_depth - _OUTSIDE)
                reading.take(value, f"beacons[{place}]")
    except Exception:  # noqa: BLE001 - the body itself may be wrong
        return None
    return reading.decoded()


def _one(reading: "_Reading", reader: Reader, part: bytes, keys: int) -> tuple[Beacon, ...]:
    if _SIGNAL in part:
        with contextlib.suppress(Exception):  # a player may say that word, too
            return reading.placed([reader.signal(part)], part, keys)
    return reading.typed([reader.callback(part)], part, keys)


def _inner_keys(values: Any) -> int:
    return count_keys(values.values()) if values else 0


class _Unread(Exception):  # noqa: N818 - never leaves the module
    """Something is out of the ordinary."""


def _is_wide(written: bytes, said: list[Any], keys: int, limits: Limits) -> bool:
    """Whether a beacon may hold too many values; all of a body together are seldom so many."""
    array = written.find(b"[", written.find(b"[") + 1) >= 0  # the first is of all beacons, mostly
    if not array and keys + len(said) + limits.max_items < limits.max_values:
        return False
    around = 1 + len(FIELDS)
    return any(
        around + sum(count_values(inner) for inner in (each.state, each.detail) if inner)
        > limits.max_values
        for each in said
    )


@functools.lru_cache(maxsize=2_000)
def _is_name(name: str | None) -> bool:
    return name is not None and name.isprintable() and not name.isspace()


class _Reading:
    """The reading of one body."""

    def __init__(self, limits: Limits, owner: str | None) -> None:
        self.limits = limits
        self.owner = owner
        self.session_id: str | None = owner
        self.player: str | None = None
        self.sent_at: float | None = None
        self.beacons: list[Beacon] = []
        self.rejected: list[Rejection] = []

    def lines(self, text: str) -> None:
        for count, (path, value) in enumerate(parse_lines(text)):
            if count >= self.limits.max_beacons:
                raise Fault(path, "too_many")
            if isinstance(value, Fault):
                self.rejected.append(value.rejection())
            else:
                self.take(value, path)

    def body(self, value: Any) -> None:
        if isinstance(value, list):
            self.array(value, "$")
        elif not isinstance(value, dict):
            raise Fault("$", "wrong_type", f"a body must be an object or an array, {_not(value)}")
        elif "beacons" not in value:
            self.take(value, "$")
        else:
            self.head(value)
            beacons = value["beacons"]
            if not isinstance(beacons, list):
                raise Fault("beacons", "wrong_type", f"must be an array, {_not(beacons)}")
            self.array(beacons, "beacons")

    def head(self, value: Mapping[str, Any]) -> None:
        if isinstance(value, Doubled):
            raise Fault("$", "duplicate_key")
        if len(value) > self.limits.max_keys:
            raise Fault("$", "too_wide", f"the object has {len(value)} keys")
        self.session_id = self.session(value, "$")
        if value.get("sent_at") is not None:
            self.sent_at = _milliseconds(value["sent_at"], "sent_at")
        if value.get("player") is not None:
            self.player = self.name(value, "player", "$")

    def array(self, values: list[Any], path: str) -> None:
        most = self.limits.max_beacons
        for place, value in enumerate(values[:most]):
            self.take(value, f"{path}[{place}]")
        if len(values) > most:
            more = len(values) - most
            fault = Fault(f"{path}[{most}]", "too_many", f"{more} more than {most} beacons")
            self.rejected.append(fault.rejection(more))

    def take(self, value: Any, path: str) -> None:
        try:
            self.beacons.append(self.beacon(value, path))
        except Fault as fault:
            self.rejected.append(fault.rejection())

    def beacon(self, value: Any, path: str) -> Beacon:
        if not isinstance(value, dict):
            raise Fault(path, "wrong_type", f"a beacon must be an object, {_not(value)}")
        weight = check_values(value, path, self.limits)
        session_id = self.session(value, path)
        if session_id is None:
            raise Fault(f"{path}.session_id", "missing")
        sequence = self.sequence(value, path)
        read: Callable[[Mapping[str, Any], str], Said]
        read = self.signal if "signal" in value else self.callback
        said = read(value, path)
        return Beacon(session_id, sequence, said.at, said, weight)

    def decoded(self) -> Decoded:
        return Decoded(tuple(self.beacons), tuple(self.rejected), self.sent_at)

    # -- what types have read --------------------------------------------------------------------

    def head_of(self, body: Any) -> int:
        """Read the head of a body; how many keys it has."""
        if len(body.beacons) > self.limits.max_beacons:
            raise _Unread
        head = {field: value for field in HEAD if (value := getattr(body, field)) is not ABSENT}
        self.head(head)
        return 1 + len(head)

    def typed(self, said: list[Any], written: bytes, keys: int) -> tuple[Beacon, ...]:
        """The beacons that some callbacks are.

        Args:
            said: As types have read them.
            written: What they were read from.
            keys: How many keys were written in them: there are fewer where one was said twice.

        Raises:
            _Unread: Something about them is out of the ordinary.
        """
        session_id: str | None = self.session_id
        common: Any = self.player
        if session_id is None or hides_key(written):
            raise _Unread
        weight = _WEIGHT * len(written) // (len(said) or 1)
        beacons: list[Beacon] = []
        names = set()
        left = keys - len(FIELDS) * len(said)
        for each in said:
            number, state, detail = each.seq, each.state, each.detail
            event, player, element, at = each.event, each.player, each.el, each.t / 1000
            left += (number is ABSENT) + (state is ABSENT) + (detail is ABSENT)
            left += (player is ABSENT) + (element is ABSENT) - len(state or ()) - len(detail or ())
            number = None if number is ABSENT else number
            player, element = player or common, element or None
            names.add(event)
            names.add(player)
            if element is not None:
                names.add(element)
            if not 0.0 <= at < _LATEST:
                raise _Unread
            callback = Callback(at, player, event, state or _NOTHING, detail or _NOTHING, element)
            beacons.append(Beacon(session_id, number, at, callback, weight))
        if left:
            left -= sum(_inner_keys(each.state) + _inner_keys(each.detail) for each in said)
        if left or not all(map(_is_name, names)) or _is_wide(written, said, keys, self.limits):
            raise _Unread
        return tuple(beacons)

    def placed(self, said: list[Any], written: bytes, keys: int) -> tuple[Beacon, ...]:
        """The beacons that some signals are; arguments as for :meth:`typed`."""
        session_id: str | None = self.session_id
        if session_id is None or self.limits.max_values <= 1 + len(FIELDS):
            raise _Unread
        weight = _WEIGHT * len(written) // (len(said) or 1)
        beacons: list[Beacon] = []
        left = keys - (2 + len(PLACES) + 1) * len(said)
        for each in said:
            number, position, duration = each.seq, each.position, each.duration
            left += (number is ABSENT) + (position is ABSENT) + (duration is ABSENT)
            at = float(each.at)
            if not 0.0 <= at < _LATEST:
                raise _Unread
            kind: Any = PLACED[each.signal]
            number = None if number is ABSENT else number
            position = None if position is ABSENT else position
            signal = kind(at, position) if duration is ABSENT else kind(at, position, duration)
            beacons.append(Beacon(session_id, number, at, signal, weight))
        if left:
            raise _Unread
        return tuple(beacons)

    # -- fields ----------------------------------------------------------------------------------

    def session(self, value: Mapping[str, Any], path: str) -> str | None:
        named = value.get("session_id")
        if named is None:
            return self.session_id
        where = f"{path}.session_id"
        if not isinstance(named, str) or not named.isprintable() or not named.strip():
            raise Fault(where, "bad_id")
        if len(named) > self.limits.max_name:
            raise Fault(where, "too_long", f"the id has {len(named)} characters")
        if self.owner is not None and named != self.owner:
            raise Fault(where, "foreign_session")
        return named

    def sequence(self, value: Mapping[str, Any], path: str) -> int | None:
        number = value.get("seq")
        if number is None:
            return None
        if type(number) is not int or not 0 <= number <= self.limits.max_sequence:
            raise Fault(f"{path}.seq", "bad_sequence")
        return number

    def name(self, value: Mapping[str, Any], field: str, path: str) -> str:
        name = value.get(field)
        if name is None:
            raise Fault(f"{path}.{field}", "missing")
        if not isinstance(name, str) or not name.isprintable() or not name.strip():
            raise Fault(f"{path}.{field}", "bad_name")
        if len(name) > self.limits.max_name:
            raise Fault(f"{path}.{field}", "too_long", f"the name has {len(name)} characters")
        return name

    def callback(self, value: Mapping[str, Any], path: str) -> Callback:
        named = value.get("player") is not None or self.player is None
        return Callback(
            at=_client_time(value, path),
            player=self.name(value, "player", path) if named else self.player or "",
            event=self.name(value, "event", path),
            state=_mapping(value, "state", path),
            detail=_mapping(value, "detail", path),
            element=self.name(value, "el", path) if value.get("el") is not None else None,
        )

    def signal(self, value: Mapping[str, Any], path: str) -> Signal:
        name = value["signal"]
        if not isinstance(name, str) or name not in SIGNALS:
            raise Fault(f"{path}.signal", "unknown_signal")
        line = {key: inner for key, inner in value.items() if key not in _ENVELOPE}
        line["at"] = _signal_time(value, path)
        try:
            signal = signal_from_json(line)
        except SignalFormatError as error:
            raise Fault(path, "bad_signal", str(error)[:160]) from error
        if isinstance(signal, Load) and signal.plan is not None:
            # Of a plan a client may tell what plays, but not who watches, nor any setting.
            known = SessionPlan(contents=signal.plan.contents, ad_breaks=signal.plan.ad_breaks)
            signal = attrs.evolve(signal, plan=known)
        return signal


def _not(value: object) -> str:
    return f"not {_NAMES.get(type(value), 'a number')}"


_NAMES: Final = {
    dict: "an object",
    Doubled: "an object",
    list: "an array",
    str: "a string",
    bool: "true or false",
    type(None): "null",
}


def _mapping(value: Mapping[str, Any], field: str, path: str) -> Mapping[str, Any]:
    inner = value.get(field)
    if inner is None:
        return {}
    if not isinstance(inner, dict):
        raise Fault(f"{path}.{field}", "wrong_type", f"must be an object, {_not(inner)}")
    return inner


# -- times ---------------------------------------------------------------------------------------


def _client_time(value: Mapping[str, Any], path: str) -> float:
    for field in ("wall", "t"):
        if value.get(field) is not None:
            return _milliseconds(value[field], f"{path}.{field}")
    raise Fault(f"{path}.t", "missing")


def _signal_time(value: Mapping[str, Any], path: str) -> float:
    if value.get("at") is None:
        return _client_time(value, path)
    return _within(finite(value["at"]), f"{path}.at")


def _milliseconds(value: object, path: str) -> float:
    if isinstance(value, str):
        return _within(_iso(value), path)
    number = finite(value)
    return _within(None if number is None else number / 1000, path)


def _iso(text: str) -> float | None:
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def _within(seconds: float | None, path: str) -> float:
    # A device without a battery begins in 1970; its clock is corrected later, as any other.
    if seconds is None or not 0 <= seconds < _LATEST:
        raise Fault(path, "bad_time")
    return seconds
