"""The table of properties as JSON Schemas (draft 2020-12), one for each event and profile."""

from collections.abc import Iterable
from typing import Any, Final

from video_tracker.events import EVENTS
from video_tracker.wire.profiles import Profile, find_profile
from video_tracker.wire.schema import AIRDATE, MOMENT
from video_tracker.wire.table import Property, tables

__all__ = ["file_name", "json_schema"]

Schema = dict[str, Any]

_TEXT: Final = {"type": "string", "minLength": 1}
_LIVE: Final = {"properties": {"livestream": {"const": True}}, "required": ["livestream"]}
_AT_LIVE: Final = {"properties": {"total_length": {"type": "null"}}, "required": ["total_length"]}
_NOT_LIVE: Final = {
    "properties": {"total_length": {"not": {"type": "null"}}, "position": {"minimum": 0}}
}


def json_schema(event: str, profile: str | Profile = "customerio") -> Schema:
    """Return the JSON Schema (draft 2020-12) of the messages of an event.

    It holds a message against what ``check_message`` does, but for two things that JSON Schema
    cannot say: that ``8.0`` is no integer, and that two properties are equal (S33).

    Args:
        event: The event's name: ``Video Playback Paused``.
        profile: The vendor's flavour.

    Returns:
        A new dict of plain JSON values, the caller's to change.

    Raises:
        LookupError: No event or profile has that name.
    """
    flavour = find_profile(profile)
    if event not in EVENTS:
        raise LookupError(f"no event is named {event!r}; there are {', '.join(EVENTS)}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event,
        "description": f"The message of {event!r} as {flavour.name} gets it (S50 to S55).",
        "type": "object",
        "properties": {
            "type": {"const": "track"},
            "event": {"const": event},
            "userId": {**_TEXT, "type": ["string", "null"]},
            "anonymousId": {**_TEXT, "type": ["string", "null"]},
            "messageId": {**_TEXT, "maxLength": 100},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "pattern": f"^{MOMENT.pattern}$",
            },
            "properties": _object(tables(flavour)[EVENTS[event]].rows),
            "context": {"type": "object"},
            "integrations": {"type": "object"},
        },
        "required": ["type", "event", "messageId", "timestamp", "properties"],
        "anyOf": [
            {"properties": {name: {"type": "string"}}, "required": [name]}
            for name in ("userId", "anonymousId")
        ],
    }


def file_name(event: str) -> str:
    """Return what the file of an event's schema is called: ``video-playback-paused.json``."""
    return f"{event.lower().replace(' ', '-')}.json"


def _object(rows: Iterable[Property]) -> Schema:
    """A vendor allows more properties than the table has, and misses none but the session."""
    schema: Schema = {"type": "object", "properties": {row.name: _property(row) for row in rows}}
    if required := [row.name for row in rows if row.required]:
        schema["required"] = required
    if "livestream" in schema["properties"]:  # its length is null, and only its place below zero
        schema |= {"if": _LIVE, "then": _AT_LIVE, "else": _NOT_LIVE}
    return schema


def _property(row: Property) -> Schema:
    kind = row.kind
    if row.block is not None:
        return _object(row.block.rows)
    schema: Schema = {"type": _TYPES.get(kind.type, kind.type)}
    if kind.type == "airdate":
        schema["pattern"] = f"^{AIRDATE.pattern}$"
        schema["anyOf"] = [{"format": "date"}, {"format": "date-time"}]
    if kind.low is not None:
        schema["minimum"] = kind.low
    if kind.high is not None:
        schema["maximum"] = kind.high
    if kind.type == "strings":
        schema["items"] = {"type": "string"}
    if kind.choices:
        items = schema.get("items", schema)
        items["enum"] = [*kind.choices]
    if row.null:
        schema["type"] = [schema["type"], "null"]
        if kind.choices:
            schema["enum"] = [*kind.choices, None]
    return schema


_TYPES: Final = {"strings": "array", "airdate": "string"}
