"""The table of properties as a specification that messages are held against.

``check_message`` holds any message against it: what the encoder wrote (in tests) and what
somebody else sent. No vendor requires a property, and every vendor allows more than the tables
list, so an unknown property is no violation.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from video_tracker.events import EVENTS, PlaybackSeekCompleted
from video_tracker.wire.formats import airdate_text
from video_tracker.wire.profiles import PROFILES, Profile, find_profile
from video_tracker.wire.table import Kind, Property, tables

__all__ = ["AIRDATE", "MOMENT", "SCHEMAS", "Violation", "check_message", "violations"]

SCHEMAS: Final[Mapping[str, Mapping[str, Mapping[str, Property]]]] = {
    profile.name: {
        name: {row.name: row for row in tables(profile)[kind].rows} for name, kind in EVENTS.items()
    }
    for profile in PROFILES.values()
}
"""Profile name -> event name -> its properties by name."""

_DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
MOMENT: Final = re.compile(f"{_DATE}T{_TIME}[.][0-9]{{3}}Z")
"""The form of a message's timestamp."""
AIRDATE: Final = re.compile(f"{_DATE}(T{_TIME}([.][0-9]{{1,6}})?Z)?")
"""The form of an airdate: a date, or a time in UTC."""


@attrs.frozen
class Violation:
    """What is wrong with one value of a message.

    Args:
        code: The kind of violation; it never changes its meaning.
        path: Where the value is: ``properties.position``.
        value: The value, None where it is missing.
        text: A sentence for people.
    """

    code: str
    path: str
    value: Any
    text: str


def check_message(message: Mapping[str, Any], profile: str | Profile = "customerio") -> list[str]:
    """Hold one video track message against the specification.

    Args:
        message: A message as decoded from JSON.
        profile: The flavour it should have.

    Returns:
        A sentence for each violation; empty when there is none.

    Raises:
        LookupError: No profile has that name.
    """
    return [violation.text for violation in violations(message, profile)]


def violations(
    message: Mapping[str, Any], profile: str | Profile = "customerio"
) -> Iterator[Violation]:
    """Yield what :func:`check_message` finds, each with its code, its place and its value.

    Raises:
        LookupError: No profile has that name.
    """
    flavour = find_profile(profile)
    yield from _check_envelope(message)
    name, properties = message.get("event"), message.get("properties")
    if not isinstance(name, str) or name not in flavour.events | flavour.extra_events:
        text = f"event {name!r} is no video event of {flavour.name}"
        yield Violation("event", "event", name, text)
    elif not isinstance(properties, Mapping):
        yield Violation("properties", "properties", properties, "properties must be an object")
    else:
        yield from _check_rows(properties, SCHEMAS[flavour.name][name].values(), "properties")
        yield from _check_landing(name, properties, flavour)


def _check_envelope(message: Mapping[str, Any]) -> Iterator[Violation]:
    if message.get("type") != "track":
        given = message.get("type")
        yield Violation("type", "type", given, f"type must be 'track', not {given!r}")
    ids = [message[key] for key in ("userId", "anonymousId") if message.get(key) is not None]
    if not ids:
        yield Violation("nobody", "userId", None, "userId or anonymousId is required (S50)")
    if not all(isinstance(one, str) and one for one in ids):
        text = "userId and anonymousId must be non-empty strings (S50)"
        yield Violation("identity", "userId", ids, text)
    number = message.get("messageId")
    if not (isinstance(number, str) and 1 <= len(number) <= 100):
        text = "messageId must be a string of 1 to 100 characters (S50)"
        yield Violation("message_id", "messageId", number, text)
    moment = message.get("timestamp")
    if not (isinstance(moment, str) and MOMENT.fullmatch(moment) and airdate_text(moment)):
        text = f"timestamp must be ISO 8601, UTC, milliseconds, 'Z', not {moment!r} (S50)"
        yield Violation("timestamp", "timestamp", moment, text)
    for key in ("context", "integrations"):
        if key in message and not isinstance(message[key], Mapping):
            yield Violation("object", key, message[key], f"{key} must be an object (S51)")


def _check_rows(
    properties: Mapping[str, Any], rows: Iterable[Property], path: str
) -> Iterator[Violation]:
    for row in rows:
        if row.name in properties:
            yield from _check_value(properties[row.name], row, f"{path}.{row.name}")
        elif row.required:
            place = f"{path}.{row.name}"
            yield Violation("missing", place, None, f"{place} is missing")
    if any(row.name == "livestream" for row in rows):
        yield from _check_live(properties, path)


def _check_value(value: Any, row: Property, path: str) -> Iterator[Violation]:
    kind = row.kind
    if value is None:
        if not row.null:
            yield Violation("null", path, value, f"{path} must not be null; leave the key out")
        return
    if not _IS[kind.type](value):
        text = f"{path} must be {_SAID[kind.type]}, not {value!r}"
        yield Violation(_code_of(kind, value), path, value, text)
        return
    items = value if kind.type == "strings" else (value,)
    if kind.choices and not all(item in kind.choices for item in items):
        choices = ", ".join(map(str, kind.choices))
        text = f"{path} must be one of {choices}, not {value!r}"
        yield Violation("choice", path, value, text)
    if (kind.low is not None and value < kind.low) or (kind.high is not None and value > kind.high):
        text = f"{path} must be {_range(kind)}, not {value!r}"
        yield Violation("range", path, value, text)
    if row.block is not None:
        yield from _check_rows(value, row.block.rows, path)


def _code_of(kind: Kind, value: Any) -> str:
    """A fraction where whole seconds are wanted, or a date that none is, is told apart."""
    if kind.type == "airdate":
        return "airdate"
    return "fraction" if kind.type == "integer" and isinstance(value, float) else "kind"


def _range(kind: Kind) -> str:
    return f"{kind.low} or more" if kind.high is None else f"{kind.low} to {kind.high}"


def _is_strings(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_airdate(value: Any) -> bool:
    """A date, or UTC with ``Z``; an offset is what some destinations cannot read (S54)."""
    return (
        isinstance(value, str)
        and AIRDATE.fullmatch(value) is not None
        and airdate_text(value) is not None
    )


_IS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "number": lambda value: (
        _is_integer(value) or (isinstance(value, float) and math.isfinite(value))
    ),
    "boolean": lambda value: isinstance(value, bool),
    "strings": _is_strings,
    "airdate": _is_airdate,
    "object": lambda value: isinstance(value, Mapping),
}
_SAID: Final[Mapping[str, str]] = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "strings": "a list of strings",
    "airdate": "a date, or a time in UTC with Z",
    "object": "an object",
}


def _check_landing(
    name: str, properties: Mapping[str, Any], profile: Profile
) -> Iterator[Violation]:
    if issubclass(EVENTS[name], PlaybackSeekCompleted) and profile.seek_completed_repeats_position:
        sought, reached = properties.get("seek_position"), properties.get("position")
        if sought is not None and reached is not None and sought != reached:
            text = "properties.seek_position must equal position on Seek Completed"
            yield Violation("landing", "properties.seek_position", sought, text)


def _check_live(block: Mapping[str, Any], path: str) -> Iterator[Violation]:
    """A livestream's length is null, and only a livestream's (S6); so are negative positions."""
    live = block.get("livestream") is True
    if live and not ("total_length" in block and block["total_length"] is None):
        text = f"{path}.total_length must be present and null for a livestream (S6)"
        yield Violation("live_length", f"{path}.total_length", block.get("total_length"), text)
    if not live and "total_length" in block and block["total_length"] is None:
        text = f"{path}.total_length is null, but livestream is not true (S6)"
        yield Violation("null_length", f"{path}.total_length", None, text)
    position: Any = block.get("position")
    if not live and _is_integer(position) and position < 0:
        text = f"{path}.position is negative, but livestream is not true (S3, S8)"
        yield Violation("negative", f"{path}.position", position, text)
