"""The library's own normalised log: session signals as JSON Lines, read and written.

A line is ``{"signal": "progress", "at": 1795432210.25, "session_id": "s1", "position": 8.14}``: the
name of a session input, its time in Unix seconds, the session it belongs to (may be left out when
there is one) and its ``user_id`` and ``anonymous_id`` (may be left out where others say who
watches), and the input's own arguments. Assets and plans are objects as in a plan file: an
``ad_start`` has an ``ad`` (an object) or an ``asset_id``, a ``content_start`` a ``content`` or an
``asset_id``, an ``ad_break_start`` a list of ``ads`` or their number, a ``load`` a ``plan`` and
what the player says of its ``content``, an ``ad_ranges`` a list of ``ranges`` of the stream.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from video_tracker.errors import PlanError, SignalFormatError, TraceError
from video_tracker.payload import finite
from video_tracker.plan import Ad, AdRange, Content, SessionPlan
from video_tracker.plan_json import (
    ad_from_json,
    ad_range_from_json,
    ad_range_to_json,
    ad_to_json,
    content_from_json,
    content_to_json,
    json_value,
    plan_from_json,
    plan_to_json,
)
from video_tracker.signals import SIGNALS, Signal
from video_tracker.spelling import hint
from video_tracker.trace import LineError, Owner, owner_of, parse_line

__all__ = ["read_signals", "signal_from_json", "signal_to_json", "signal_to_line"]

_Reader = Callable[[str, Any], Any]
_OnUnknown = Callable[[int, str], None]

_PLAN_PARTS: Final = ("contents", "ad_breaks")
"""Parts of a plan that a ``load`` may also carry without a ``plan`` around them."""

_LONGEST_NAME: Final = 60


def _fault(field: str, wanted: str, value: object) -> SignalFormatError:
    return SignalFormatError(f'field "{field}" must be {wanted}, not {value!r:.60}')


def _checked(wanted: str, fits: Callable[[Any], bool]) -> _Reader:
    """Reads a value as it is, when it is one of these."""

    def read(field: str, value: Any) -> Any:
        if not fits(value):
            raise _fault(field, wanted, value)
        return value

    return read


def _part(from_json: Callable[[object, str], Any]) -> _Reader:
    """Reads an object as a plan file has it."""

    def read(field: str, value: Any) -> Any:
        try:
            return from_json(_object(field, value), field)
        except PlanError as error:
            raise SignalFormatError(str(error)) from error

    return read


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_flag = _checked("true or false", lambda value: isinstance(value, bool))
_number = _checked("a number", lambda value: finite(value) is not None)
_string = _checked("a string", lambda value: isinstance(value, str))
_whole = _checked("a whole number", _is_whole)
_object = _checked("an object", lambda value: isinstance(value, dict))
_ad, _range = _part(ad_from_json), _part(ad_range_from_json)


def _ads(field: str, value: Any) -> tuple[Ad, ...] | int:
    if isinstance(value, list):
        named = ({"asset_id": ad} if isinstance(ad, str) else ad for ad in value)
        return tuple(_ad(f"{field}[{index}]", ad) for index, ad in enumerate(named))
    if not _is_whole(value) or value < 0:
        raise _fault(field, "a list of ads or their number", value)
    return int(value)


def _ranges(field: str, value: Any) -> tuple[AdRange, ...]:
    if not isinstance(value, list):
        raise _fault(field, "a list of ranges", value)
    return tuple(_range(f"{field}[{index}]", part) for index, part in enumerate(value))


_READERS: Final[Mapping[str, _Reader]] = {
    **dict.fromkeys(("ad_enabled", "fatal", "full_screen", "livestream", "next_item"), _flag),
    **dict.fromkeys(("asset_id", "method", "name", "placement", "pod_id"), _string),
    **dict.fromkeys(("positions", "quality", "reason"), _string),
    **dict.fromkeys(("bitrate", "duration", "framerate", "lasted", "live_edge"), _number),
    **dict.fromkeys(("offset", "playback_rate", "position", "sound", "start_date", "to"), _number),
    **dict.fromkeys(("dropped_frames", "pod_position"), _whole),
    "ads": _ads,
    "content": _part(content_from_json),
    "plan": _part(plan_from_json),
    **dict.fromkeys(("context", "integrations", "properties"), _object),
    "ranges": _ranges,
}
"""How each argument of a signal is read; the same name means the same everywhere."""
_ASSETS: Final[Mapping[str, tuple[str, _Reader]]] = {
    "ad_start": ("ad", _ad),
    "content_start": ("content", _READERS["content"]),
}
"""Signals whose asset may be a whole object, and the field that holds it."""

_NO_ARGUMENTS: Final = frozenset(("signal", "at", *Owner._fields))

_NAMES: Final = {kind: name for name, kind in SIGNALS.items()}


def signal_from_json(
    line: Mapping[str, Any], on_unknown: Callable[[str], None] | None = None
) -> Signal:
    """One signal from its object.

    Args:
        line: The decoded object; a field that is null is as if it were left out.
        on_unknown: Told the name of each field that this signal does not have.

    Returns:
        The signal.

    Raises:
        SignalFormatError: No such signal, no time, or a field of the wrong type; the message names
            the field.
    """
    name = line.get("signal")
    if not isinstance(name, str):
        raise _fault("signal", "the name of a signal", name)
    kind = SIGNALS.get(name)
    if kind is None:
        meant = hint(name, SIGNALS)
        raise SignalFormatError(f"there is no signal {name[:_LONGEST_NAME]!r}{meant}")
    if line.get("at") is None:
        raise SignalFormatError('field "at" is missing')
    values: dict[str, Any] = {"at": float(_number("at", line["at"]))}
    known = {field.name for field in attrs.fields(kind)}
    for field, value in line.items():
        if field in _NO_ARGUMENTS or value is None:
            continue
        if field in known:
            values[field] = _READERS[field](field, value)
        elif not _read_asset(name, field, value, values) and on_unknown is not None:
            on_unknown(field)
    return kind(**values)


def _read_asset(name: str, field: str, value: Any, values: dict[str, Any]) -> bool:
    """Read a field that stands for another argument; False when it is none of them."""
    if name in _ASSETS and field == _ASSETS[name][0]:
        values["asset_id"] = _ASSETS[name][1](field, value)
        return True
    if name == "load" and field in _PLAN_PARTS:
        part = _READERS["plan"]("$", {field: value})
        plan = values.get("plan", SessionPlan())
        values["plan"] = attrs.evolve(plan, **{field: getattr(part, field)})
        return True
    return False


def signal_to_json(signal: Signal, session_id: str | None = None) -> dict[str, Any]:
    """The object of one signal: its name, its time and what differs from the defaults.

    Args:
        signal: The signal.
        session_id: The session it belongs to, when the log holds several.

    Raises:
        SignalFormatError: A value of it has no place in JSON.
    """
    name = _NAMES[type(signal)]
    line: dict[str, Any] = {"signal": name, "at": signal.at}
    if session_id is not None:
        line["session_id"] = session_id
    for field in attrs.fields(type(signal)):
        value = getattr(signal, field.name)
        if field.name == "at" or value is None or value == field.default:
            continue
        try:
            key, written = _written(field.name, value)
            line[key] = json_value(written, key)
        except PlanError as error:
            raise SignalFormatError(f'field "{field.name}": {error}') from error
    return line


def _written(field: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, Ad):
        return "ad", ad_to_json(value)
    if isinstance(value, Content):
        return "content", content_to_json(value)
    if isinstance(value, SessionPlan):
        return field, plan_to_json(value)
    if isinstance(value, tuple):
        written = (ad_range_to_json, ad_to_json)
        return field, [written[isinstance(part, Ad)](part) for part in value]
    return field, value


def signal_to_line(signal: Signal, session_id: str | None = None) -> str:
    """One line of the log, without its line break; see :func:`signal_to_json`."""
    line = signal_to_json(signal, session_id)
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_signals(
    lines: Iterable[str | bytes],
    file: str = "-",
    on_unknown: _OnUnknown | None = None,
    on_owner: Callable[[Owner], object] = lambda _owner: None,
) -> Iterator[tuple[str | None, Signal]]:
    """The signals of a log, in its order.

    Args:
        lines: The log's lines, as text or UTF-8; blank ones are skipped.
        file: Its name for the error message; ``-`` is standard input.
        on_unknown: Told the line's number and the name of each field that is not read.
        on_owner: Told whose each signal is, right before it is yielded.

    Yields:
        The session id that the line names (None when it names none) and the signal.

    Raises:
        TraceError: A line cannot be read; all signals before it have been delivered.
    """
    for number, raw in enumerate(lines, start=1):
        unknown: list[str] = []
        try:
            line = parse_line(raw)
            if line is None:
                continue
            owner = owner_of(line)
            signal = signal_from_json(line, unknown.append)
        except (LineError, SignalFormatError) as error:
            raise TraceError(file, number, str(error)) from error
        for field in unknown:
            if on_unknown is not None:
                on_unknown(number, field)
        on_owner(owner)
        yield owner.session_id, signal
