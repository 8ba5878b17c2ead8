"""Plans as JSON: the plan file of the command line, and the plan inside a session's snapshot.

Both directions are driven by the attrs classes of ``plan.py``: a field added there is read, checked
and written here without another line. The player's attributes lie flat beside ``contents``::

    {"user_id": "u1", "video_player": "html5",
     "contents": [{"asset_id": "film", "duration": 20, "title": "..."}],
     "ad_breaks": [{"at": "start", "ads": [{"asset_id": "ad5", "duration": 5}]}],
     "settings": {"heartbeat": 5}}

Reading reports all faults at once, each with its path (``$.ad_breaks[1].ads[0].duration``); an
unknown key is a fault, because a misspelt one would silently change what is measured.
"""

import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs

from video_tracker.errors import PlanError
from video_tracker.json_values import Repairs, clean_mapping, utc_text
from video_tracker.plan import (
    Ad,
    AdBreak,
    AdRange,
    Content,
    PlayerAttributes,
    SessionPlan,
    Settings,
)
from video_tracker.spelling import nearest

__all__ = [
    "ad_break_from_json",
    "ad_break_to_json",
    "ad_from_json",
    "ad_range_from_json",
    "ad_range_to_json",
    "ad_to_json",
    "content_from_json",
    "content_to_json",
    "json_value",
    "plan_from_json",
    "plan_to_json",
    "settings_from_json",
    "settings_to_json",
]

_Kind = TypeVar("_Kind", Ad, AdBreak, AdRange, Content, PlayerAttributes, SessionPlan, Settings)
_Reader = Callable[[Any, str, list[str]], Any]
"""Reads a value at a path; what is wrong with it is added to the list of problems."""


def plan_from_json(value: object, path: str = "$") -> SessionPlan:
    """Read a session plan.

    Args:
        value: The decoded JSON object of a plan file.
        path: How error messages call it.

    Returns:
        The plan; what the object leaves out has its default.

    Raises:
        PlanError: Something is wrong; the message has a line for every fault, each with its path.
    """
    return _checked(SessionPlan, value, path)


def content_from_json(value: object, path: str = "$") -> Content:
    """Read one content asset; see :func:`plan_from_json` for the arguments and errors."""
    return _checked(Content, value, path)


def ad_from_json(value: object, path: str = "$") -> Ad:
    """Read one ad; see :func:`plan_from_json` for the arguments and errors."""
    return _checked(Ad, value, path)


def ad_break_from_json(value: object, path: str = "$") -> AdBreak:
    """Read one ad break; see :func:`plan_from_json` for the arguments and errors."""
    return _checked(AdBreak, value, path)


def ad_range_from_json(value: object, path: str = "$") -> AdRange:
    """Read one range of the stream; see :func:`plan_from_json` for the arguments and errors."""
    return _checked(AdRange, value, path)


def settings_from_json(value: object, path: str = "$") -> Settings:
    """Read settings; see :func:`plan_from_json` for the arguments and errors."""
    return _checked(Settings, value, path)


def plan_to_json(plan: SessionPlan) -> dict[str, Any]:
    """Write a plan as a JSON object that :func:`plan_from_json` reads back.

    Returns:
        Only what differs from the defaults. Air dates become ISO 8601 strings, and custom
        properties what the wire makes of them, so that every event stays the same (S51, S54).
    """
    written = _written(plan)
    player: dict[str, Any] = written.pop("player", {})
    return written | player


def content_to_json(content: Content) -> dict[str, Any]:
    """Write one content asset; see :func:`plan_to_json`."""
    return _written(content)


def ad_to_json(ad: Ad) -> dict[str, Any]:
    """Write one ad; see :func:`plan_to_json`."""
    return _written(ad)


def ad_break_to_json(ad_break: AdBreak) -> dict[str, Any]:
    """Write one ad break; see :func:`plan_to_json`."""
    return _written(ad_break)


def ad_range_to_json(ad_range: AdRange) -> dict[str, Any]:
    """Write one range of the stream; see :func:`plan_to_json`."""
    return _written(ad_range)


def settings_to_json(settings: Settings) -> dict[str, Any]:
    """Write settings; see :func:`plan_to_json`."""
    return _written(settings)


def json_value(value: object, path: str = "$") -> Any:
    """Copy a value into plain JSON types, as the wire would write it, but refuse to lose anything.

    Args:
        value: Any value, for example custom properties (S51).
        path: How error messages call it.

    Raises:
        PlanError: It holds what JSON cannot; the message has a line for every fault.
    """
    repairs: Repairs = []
    copy = clean_mapping({path: value}, "", repairs, most=math.inf)
    faults = [f"{place} {_LOSSES[code]}" for place, code in repairs if code in _LOSSES]
    if faults:
        raise PlanError("\n".join(faults))
    (result,) = copy.values()
    return result


_LOSSES: Final = {
    "bad_key": "must have keys that are strings",
    "circular": "must not contain itself",
    "not_finite": "must be a finite number",
    "not_json": "must be a JSON value",
    "too_deep": "must not be nested this deeply",
}
"""Repairs of the wire that lose something, as faults."""


# --- reading ---------------------------------------------------------------------------------


def _checked(kind: type[_Kind], value: object, path: str) -> _Kind:
    problems: list[str] = []
    result = _read(kind, value, path, problems)
    if result is None:
        raise PlanError("\n".join(problems))
    return result


def _read(kind: type[_Kind], value: object, path: str, problems: list[str]) -> _Kind | None:
    """One object; None when something was added to the problems."""
    before = len(problems)
    arguments = _arguments(_FIELDS[kind], value, path, problems)
    if len(problems) == before and kind is SessionPlan:
        arguments = _plan_arguments(arguments, path, problems)
    if len(problems) > before:
        return None
    try:
        return kind(**arguments)
    except PlanError as error:  # fields that do not fit together
        problems.append(f"{path}: {error}")
        return None


@attrs.frozen
class _Field:
    """A field of one of the plan's classes, judged by the class's own converter and validator."""

    owner: type
    attribute: "attrs.Attribute[Any]"
    nested: _Reader | None = None

    def read(self, value: Any, path: str, problems: list[str]) -> Any:
        if value is None and (
            self.attribute.default is None or self.attribute.metadata.get("null")
        ):
            return None
        if value is None:
            problems.append(f"{path} must not be null")
        elif self.nested is not None:
            return self.nested(value, path, problems)
        else:
            value = self._judge(value, path, problems)
        return value

    def _judge(self, value: Any, path: str, problems: list[str]) -> Any:
        attribute: Any = self.attribute
        try:
            if attribute.converter is not None:
                value = attribute.converter(value)
            if attribute.validator is not None:
                attribute.validator(object.__new__(self.owner), attribute, value)
        except PlanError as error:
            # The class says "Content.duration must be ..."; the path says where it stands.
            reason = str(error).removeprefix(f"{self.owner.__name__}.{attribute.name}")
            problems.append(path + reason)
        return value


def _arguments(
    fields: Mapping[str, _Field], value: object, path: str, problems: list[str]
) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        problems.append(f"{path} must be an object, not {_named(value)}")
        return {}
    for name, field in fields.items():
        if field.attribute.default is attrs.NOTHING and name not in value:
            problems.append(f"{path} must have the key {name!r}")
    arguments = {}
    for key, part in value.items():
        field_of_key = fields.get(key) if isinstance(key, str) else None
        if field_of_key is None:
            problems.append(f"{path} has an unknown key {key!r}{_meant(key, fields)}")
        else:
            arguments[key] = field_of_key.read(part, f"{path}.{key}", problems)
    return arguments


def _plan_arguments(arguments: dict[str, Any], path: str, problems: list[str]) -> dict[str, Any]:
    """The flat player attributes gathered; a break of an unknown content named by its path."""
    player = {
        name: arguments.pop(name)
        for name, field in _FIELDS[SessionPlan].items()
        if field.owner is PlayerAttributes and name in arguments
    }
    for place, ad_break in enumerate(arguments.get("ad_breaks", ())):
        try:
            SessionPlan(contents=arguments.get("contents", ()), ad_breaks=(ad_break,))
        except PlanError as error:
            problems.append(f"{path}.ad_breaks[{place}]: {error}")
    return {**arguments, "player": PlayerAttributes(**player)}


def _list_of(read: _Reader, noun: str) -> _Reader:
    def read_list(value: object, path: str, problems: list[str]) -> list[Any]:
        if isinstance(value, list | tuple):
            return [read(part, f"{path}[{place}]", problems) for place, part in enumerate(value)]
        problems.append(f"{path} must be a list of {noun}, not {_named(value)}")
        return []

    return read_list


def _object(kind: type[_Kind]) -> _Reader:
    return lambda value, path, problems: _read(kind, value, path, problems)


def _read_text(value: object, path: str, problems: list[str]) -> object:
    if not isinstance(value, str):
        problems.append(f"{path} must be a string, not {_named(value)}")
    return value


def _read_properties(value: object, path: str, problems: list[str]) -> Any:
    if not isinstance(value, Mapping):
        problems.append(f"{path} must be an object, not {_named(value)}")
        return value
    try:
        return json_value(value, path)
    except PlanError as error:
        problems += str(error).splitlines()
    return value


def _named(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else repr(value)


def _meant(key: object, known: Mapping[str, object]) -> str:
    near = nearest(key, known)
    return "; known are " + ", ".join(known) if near is None else f" (did you mean {near!r}?)"


_OPEN: Final = dict.fromkeys(("properties", "context", "integrations"), _read_properties)


def _fields(kind: type, **nested: _Reader) -> dict[str, _Field]:
    readers = _OPEN | nested
    return {
        attribute.name: _Field(kind, attribute, readers.get(attribute.name))
        for attribute in attrs.fields(kind)
        if attribute.init
    }


_FIELDS: Final[dict[type, dict[str, _Field]]] = {
    Settings: _fields(Settings),
    Ad: _fields(Ad),
    Content: _fields(Content, pod_ids=_list_of(_read_text, "strings")),
    AdBreak: _fields(AdBreak, ads=_list_of(_object(Ad), "ads")),
    AdRange: _fields(AdRange, ads=_list_of(_object(Ad), "ads")),
    SessionPlan: _fields(
        SessionPlan,
        contents=_list_of(_object(Content), "contents"),
        ad_breaks=_list_of(_object(AdBreak), "ad breaks"),
        settings=_object(Settings),
    )
    | _fields(PlayerAttributes),
}
del _FIELDS[SessionPlan]["player"]


# --- writing ---------------------------------------------------------------------------------


def _written(value: Any) -> dict[str, Any]:
    """The fields of an attrs value that differ from their defaults."""
    return {
        attribute.name: _json(part)
        for attribute in attrs.fields(type(value))
        if attribute.init and (part := getattr(value, attribute.name)) != _default(attribute)
    }


def _default(attribute: "attrs.Attribute[Any]") -> Any:
    factory = getattr(attribute.default, "factory", None)
    return attribute.default if factory is None else factory()


def _json(value: object) -> Any:  # noqa: PLR0911 - one line a type
    if attrs.has(type(value)):
        return _written(value)
    if isinstance(value, Mapping):
        return clean_mapping(value, "", [], most=math.inf)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    if isinstance(value, datetime.datetime):
        return utc_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


FORMS: Final[dict[type, tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = {
    Ad: (ad_from_json, ad_to_json),
    Content: (content_from_json, content_to_json),
    SessionPlan: (plan_from_json, plan_to_json),
    Settings: (settings_from_json, settings_to_json),
}
# What stands in a snapshot in this form: how it is read, how it is written.
