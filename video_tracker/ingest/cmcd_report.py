"""CMCD version 2 (CTA-5004-B): a line of an event report as a callback.

A body has one report a line, each a dictionary of RFC 8941 with sorted keys::

    bl=(5900),br=(200),cid="film-1",e=ps,sid="...",sn=33,sta=a,ts=1795938196665,v=2

It is read here by hand, strictly and in a time that its length decides. ``e`` names the callback's
event, ``ts`` its time, and ``detail`` has all keys: numbers, texts (strings and tokens alike), True
or False, and lists, in which an item that bears a type (``120;v``) is a list of both.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from video_tracker.players.base import Callback, finite, text_of

__all__ = ["CHANNEL", "ReportError", "is_media_type", "lines_of", "read_report"]

CHANNEL: Final = "cmcd"
"""The channel of all reports."""
_TYPES: Final = frozenset({"application/cmcd", "text/cmcd"})
_LATEST: Final = 7_258_118_400.0
"""The year 2200, Unix seconds: a time beyond it is one in other units."""
_KILO: Final = 1000

_BARE: Final = (
    r'(?:-?\d{1,12}\.\d{1,3}|-?\d{1,15}|"(?:[ !#-\[\]-~]|\\["\\])*"|\?[01]|:[A-Za-z0-9+/=]*:'
    r"|[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*)"
)
_KEY: Final = r"[a-z*][a-z0-9_.*-]*"
_PARAMETERS: Final = rf"(?:; *{_KEY}(?:={_BARE})?)*"
_MEMBER: Final = re.compile(
    rf"({_KEY})(?:=(?:\(( *(?:{_BARE}{_PARAMETERS}(?: +{_BARE}{_PARAMETERS})* *)?)\)|({_BARE})))?"
    rf"{_PARAMETERS}",
    re.ASCII,
)
_ITEM: Final = re.compile(rf"({_BARE})(?:; *({_KEY}))?{_PARAMETERS}", re.ASCII)
_COMMA: Final = re.compile(r"[ \t]*,[ \t]*")


class ReportError(ValueError):
    """What is wrong with a line.

    Attributes:
        reason: A code of the reasons for which beacons are rejected: ``malformed``, ``missing``,
            ``bad_time``, ``bad_version``.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def is_media_type(value: str) -> bool:
    """Whether a ``Content-Type`` is one of event reports; ``text/cmcd`` is the older one.

    Args:
        value: The header's value; parameters such as a charset may follow.
    """
    return value.partition(";")[0].strip().lower() in _TYPES


def lines_of(body: str) -> Iterator[tuple[int, str]]:
    """The lines of a body that hold something, each with its number from 1."""
    for number, line in enumerate(body.split("\n"), start=1):
        stripped = line.strip(" \t\r")
        if stripped:
            yield number, stripped


def read_report(line: str) -> Callback:
    """One line of a body.

    Args:
        line: The line, without its break.

    Returns:
        The callback; its ``at`` is ``ts`` (of a response: when it had come), in Unix seconds.

    Raises:
        ReportError: It is no dictionary, no event report, of another version, or has no time.
    """
    keys = _dictionary(line)
    event = text_of(keys.get("e"))
    if event is None:
        raise ReportError("missing", "it names no event (e)")
    if keys.get("v") != 2:
        raise ReportError("bad_version", "it is not of version 2 (v=2)")
    if "ts" not in keys:
        raise ReportError("missing", "it has no time (ts)")
    at = _time(keys, event)
    if at is None:
        raise ReportError("bad_time", "its time (ts) is not in Unix milliseconds")
    return Callback(at, CHANNEL, event, detail=keys)


def _time(keys: Mapping[str, Any], event: str) -> float | None:
    told = finite(keys["ts"])
    if told is None:
        return None
    # A response is told with the time of its request: what it says is of when it had come.
    waited = max(finite(keys.get("ttlb")) or 0.0, 0.0) if event == "rr" else 0.0
    at = (told + waited) / _KILO
    return at if 0 <= at < _LATEST else None


def _dictionary(line: str) -> dict[str, Any]:
    """The dictionary of a line; of a key that is told twice the last value counts (RFC 8941)."""
    found: dict[str, Any] = {}
    place = 0
    while True:
        member = _MEMBER.match(line, place)
        if member is None:
            raise ReportError("malformed", f"not a dictionary of RFC 8941 at {place + 1}")
        key, items, value = member.groups()
        found[key] = _items(items) if items is not None else True if value is None else _bare(value)
        if member.end() == len(line):
            return found
        comma = _COMMA.match(line, member.end())
        if comma is None:
            raise ReportError("malformed", f"not a dictionary of RFC 8941 at {member.end() + 1}")
        place = comma.end()


def _items(text: str) -> list[Any]:
    return [
        _bare(value) if kind is None else [_bare(value), kind]
        for value, kind in (match.groups() for match in _ITEM.finditer(text))
    ]


def _bare(text: str) -> Any:
    if text[0] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1]) if "\\" in text else text[1:-1]
    if text[0] == "?":
        return text == "?1"
    if text[0] in "-0123456789":
        return float(text) if "." in text else int(text)
    return text
