"""The specification as data: each event's properties and their types, for each profile.

The tables are those of ``video-events.md`` 1.1, 1.2, 2.1 and 2.4 with the choices of the semantic
rules. ``check_message`` holds any message against them: what the encoder wrote (in tests) and what
somebody else sent (``video-tracker lint``). No vendor requires a property, and every vendor allows
more than the tables list, so an unknown property is no violation.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from video_tracker.events import (
    EVENTS,
    AdEvent,
    ContentEvent,
    Event,
    PlaybackEvent,
    PlaybackInterrupted,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    PlaybackStarted,
)
from video_tracker.wire.formats import airdate_text
from video_tracker.wire.profiles import PROFILES, Profile, find_profile

__all__ = ["SCHEMAS", "Field", "Table", "check_message"]

AD_TYPES: Final = ("pre-roll", "mid-roll", "post-roll")


@attrs.frozen
class Field:
    """What one property may be.

    Args:
        type: ``string``, ``integer``, ``number``, ``boolean``, ``strings`` (a list), ``airdate``
            or ``object``.
        choices: The only values allowed; empty is any. Those of a list are its items'.
        low, high: The range of a number.
        nullable: Whether ``null`` is allowed.
        required: Whether it must be there.
    """

    type: str
    choices: tuple[object, ...] = ()
    low: float | None = None
    high: float | None = None
    nullable: bool = False
    required: bool = False


Table = Mapping[str, Field]
"""The properties of one event, by name."""

_TEXT: Final = Field("string")
_FLAG: Final = Field("boolean")
_COUNT: Final = Field("integer", low=0)
_PLACE: Final = Field("integer")
_LENGTH: Final = Field("integer", low=0, nullable=True)
_SESSION: Final[Table] = {"session_id": Field("string", required=True)}
_IDS: Final[Table] = {
    "content_asset_id": Field("string", nullable=True),
    "content_pod_id": Field("string", nullable=True),
    "ad_asset_id": Field("string", nullable=True),
    "ad_pod_id": Field("string", nullable=True),
    "ad_type": Field("string", AD_TYPES, nullable=True),
}


def _rates(profile: Profile) -> Table:
    framerate = Field("integer" if profile.whole_framerate else "number", low=0)
    return {"bitrate": _COUNT, "framerate": framerate}


def _playback(profile: Profile) -> Table:
    return {
        **_SESSION,
        "position": _PLACE,
        "total_length": _LENGTH,
        **_rates(profile),
        "video_player": _TEXT,
        "sound": Field("integer", low=0, high=100),
        "full_screen": _FLAG,
        "ad_enabled": _FLAG,
        "quality": _TEXT,
        "livestream": _FLAG,
    }


def _started(profile: Profile) -> Table:
    many = "strings" if profile.lists_planned_ads else "string"
    return {
        **_playback(profile),
        "content_asset_ids": Field("strings"),
        "content_pod_ids": Field("strings"),
        "ad_asset_id": Field(many),
        "ad_pod_id": Field(many),
        "ad_type": Field(many, AD_TYPES),
    }


def _content(profile: Profile) -> Table:
    texts = ["asset_id", "pod_id", "title", "description", "season", "episode"]
    texts += ["genre", "program", "publisher", "channel"]
    return {
        **_SESSION,
        **dict.fromkeys(texts, _TEXT),
        "keywords": Field("strings"),
        "full_episode": _FLAG,
        "livestream": _FLAG,
        "airdate": Field("airdate"),
        "position": _PLACE,
        "total_length": _LENGTH,
        **_rates(profile),
        "load_type": Field("string", ("dynamic", "linear")),
    }


_AD: Final[Table] = {
    **_SESSION,
    **dict.fromkeys(("asset_id", "pod_id", "title", "publisher"), _TEXT),
    "type": Field("string", AD_TYPES),
    "pod_position": Field("integer", low=1),
    "pod_length": _COUNT,
    "position": _COUNT,
    "total_length": _COUNT,
    "load_type": Field("string", ("dynamic", "linear")),
    "content": Field("object"),
    "quartile": Field("integer", (1, 2, 3)),
}


def _quality(profile: Profile) -> Table:
    extras: Table = {"session_id": _TEXT, "position": _PLACE}
    return {**extras, **_rates(profile), "startupTime": _COUNT, "droppedFrames": _COUNT}


def _table(kind: type[Event], profile: Profile) -> Table:
    if issubclass(kind, PlaybackStarted):
        return _started(profile)
    if issubclass(kind, ContentEvent):
        return _content(profile)
    if issubclass(kind, AdEvent):
        return _AD
    if not issubclass(kind, PlaybackEvent):
        return _quality(profile)
    table = {**_playback(profile), **_IDS}
    if issubclass(kind, PlaybackInterrupted):
        table["method"] = _TEXT
    if issubclass(kind, PlaybackSeekStarted | PlaybackSeekCompleted):
        table["seek_position"] = _PLACE
    return table


SCHEMAS: Final[Mapping[str, Mapping[str, Table]]] = {
    profile.name: {name: _table(kind, profile) for name, kind in EVENTS.items()}
    for profile in PROFILES.values()
}
"""Profile name -> event name -> its table."""


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
    flavour = find_profile(profile)
    found = list(_check_envelope(message))
    name = message.get("event")
    if not isinstance(name, str) or name not in flavour.events | flavour.extra_events:
        return [*found, f"event {name!r} is no video event of {flavour.name}"]
    properties = message.get("properties")
    if not isinstance(properties, Mapping):
        return [*found, "properties must be an object"]
    found += _check_table(properties, SCHEMAS[flavour.name][name], "properties")
    found += _check_together(name, properties, flavour)
    return found


def _check_envelope(message: Mapping[str, Any]) -> Iterator[str]:
    if message.get("type") != "track":
        yield f"type must be 'track', not {message.get('type')!r}"
    ids = [message[key] for key in ("userId", "anonymousId") if message.get(key) is not None]
    if not ids:
        yield "userId or anonymousId is required (S50)"
    if not all(isinstance(one, str) and one for one in ids):
        yield "userId and anonymousId must be non-empty strings (S50)"
    number = message.get("messageId")
    if not (isinstance(number, str) and 1 <= len(number) <= 100):
        yield "messageId must be a string of 1 to 100 characters (S50)"
    moment = message.get("timestamp")
    if not (isinstance(moment, str) and _MOMENT.fullmatch(moment) and airdate_text(moment)):
        yield f"timestamp must be ISO 8601, UTC, milliseconds, 'Z', not {moment!r} (S50)"
    for key in ("context", "integrations"):
        if key in message and not isinstance(message[key], Mapping):
            yield f"{key} must be an object (S51)"


_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


def _check_table(properties: Mapping[str, Any], table: Table, path: str) -> Iterator[str]:
    for name, field in table.items():
        if name in properties:
            yield from _check_value(properties[name], field, f"{path}.{name}")
        elif field.required:
            yield f"{path}.{name} is missing"


def _check_value(value: Any, field: Field, path: str) -> Iterator[str]:
    if value is None:
        if not field.nullable:
            yield f"{path} must not be null; leave the key out"
        return
    if not _IS[field.type](value):
        yield f"{path} must be {_SAID[field.type]}, not {value!r}"
        return
    items = value if field.type == "strings" else (value,)
    if field.choices and not all(item in field.choices for item in items):
        choices = ", ".join(map(str, field.choices))
        yield f"{path} must be one of {choices}, not {value!r}"
    if (field.low is not None and value < field.low) or (
        field.high is not None and value > field.high
    ):
        yield f"{path} must be {_range(field)}, not {value!r}"


def _range(field: Field) -> str:
    return f"{field.low} or more" if field.high is None else f"{field.low} to {field.high}"


def _is_strings(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_airdate(value: Any) -> bool:
    """A date, or UTC with ``Z``; an offset is what some destinations cannot read (S54)."""
    return (
        isinstance(value, str)
        and _AIRDATE.fullmatch(value) is not None
        and airdate_text(value) is not None
    )


_AIRDATE: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?Z)?", re.ASCII)

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


def _check_together(name: str, properties: Mapping[str, Any], profile: Profile) -> Iterator[str]:
    """Check what holds between properties."""
    kind = EVENTS[name]
    if issubclass(kind, PlaybackEvent | ContentEvent):
        yield from _check_live(properties, "properties")
    if issubclass(kind, AdEvent) and isinstance(content := properties.get("content"), Mapping):
        table = {**_content(profile), **dict.fromkeys(_SESSION, _TEXT)}
        yield from _check_table(content, table, "properties.content")
        yield from _check_live(content, "properties.content")
    if issubclass(kind, PlaybackSeekCompleted) and profile.seek_completed_repeats_position:
        sought, reached = properties.get("seek_position"), properties.get("position")
        if sought is not None and reached is not None and sought != reached:
            yield "properties.seek_position must equal position on Seek Completed"


def _check_live(block: Mapping[str, Any], path: str) -> Iterator[str]:
    """A livestream's length is null, and only a livestream's (S6); so are negative positions."""
    live = block.get("livestream") is True
    if live and not ("total_length" in block and block["total_length"] is None):
        yield f"{path}.total_length must be present and null for a livestream (S6)"
    if not live and "total_length" in block and block["total_length"] is None:
        yield f"{path}.total_length is null, but livestream is not true (S6)"
    position: Any = block.get("position")
    if not live and _is_integer(position) and position < 0:
        yield f"{path}.position is negative, but livestream is not true (S3, S8)"
