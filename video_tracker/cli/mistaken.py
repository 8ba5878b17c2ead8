"""What a file is that is not what was wanted, and what to do with it: the first line tells."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from video_tracker.errors import TraceError

__all__ = [
    "LOG",
    "MESSAGES",
    "PLAN",
    "SCENARIO",
    "head_of",
    "kind_of_value",
    "only",
    "unreadable",
    "what_else",
]

LOG: Final = "a callback log"
MESSAGES: Final = "messages"
PLAN: Final = "a plan"
SCENARIO: Final = "a scenario"

_SIGNALS: Final = "a log of signals"
_TRACE: Final = "a log of a player's callbacks"
_BODIES: Final = "a log of CMCD bodies"
_REQUEST: Final = "the body of a request"
_SUMMARY: Final = "summaries of sessions"

_LOGS: Final = (_SIGNALS, _TRACE, _BODIES)

_KINDS: Final[tuple[tuple[str, Callable[[Mapping[str, Any]], bool]], ...]] = (
    (_SIGNALS, lambda value: "signal" in value),
    (_TRACE, lambda value: {"player", "event"} <= {*value} and ("wall" in value or "t" in value)),
    (_BODIES, lambda value: "body" in value and "event" not in value),
    (_REQUEST, lambda value: "batch" in value),
    (MESSAGES, lambda value: "messageId" in value or value.get("type") == "track"),
    (_SUMMARY, lambda value: "session_id" in value and "content_played" in value),
    (SCENARIO, lambda value: "steps" in value),
    (PLAN, lambda value: "contents" in value or "ad_breaks" in value or "settings" in value),
)
"""What an object may be of, and how it is known."""

_REPLAY: Final = "video-tracker replay makes messages of it"
_ONE_A_LINE: Final = "one message a line is needed"
_ADVICE: Final[Mapping[str, Mapping[str, str]]] = {
    LOG: {
        MESSAGES: "messages that were made already: video-tracker send sends them, "
        "video-tracker lint judges them",
        _REQUEST: "the body of a request; a log of what the player said is needed",
        _SUMMARY: "summaries that replay wrote; the log that they are of is needed",
        SCENARIO: "a scenario: video-tracker simulate makes a log of it",
        PLAN: "a plan: give it by --plan, and the log in its place",
    },
    MESSAGES: {
        **{log: f"{log}: {_REPLAY}" for log in _LOGS},
        _REQUEST: f"the body of a request; {_ONE_A_LINE}",
        _SUMMARY: f"summaries that replay wrote; {_ONE_A_LINE}",
        SCENARIO: "a scenario: video-tracker simulate --out messages makes messages of it",
        PLAN: f"a plan; {_ONE_A_LINE}",
    },
    PLAN: {
        **{log: f"{log}, not a plan: were the two swapped?" for log in _LOGS},
        MESSAGES: "messages, not a plan",
        _REQUEST: "the body of a request, not a plan",
        SCENARIO: "a scenario, not a plan; its plan stands under the key 'plan'",
    },
    SCENARIO: {
        **{log: f"{log}, no scenario: video-tracker replay reads it" for log in _LOGS},
        MESSAGES: "messages, no scenario: that has the length of a film and steps of a viewer",
        PLAN: "a plan, no scenario; a scenario has steps, and its plan under the key 'plan'",
    },
}
"""What to do where one is wanted and another given; nothing where the two may be the same."""

_FIRST_BYTES: Final = {
    b"\x1f\x8b": "packed with gzip: unpack it, as in zcat FILE | video-tracker ... -",
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"\xff\xfe": "UTF-16 text, as PowerShell's > writes it: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
    b"<": "HTML or XML, no JSON: is it the page of an error?",
}
_BINARY: Final = "not UTF-8 text: a binary file, or text of another encoding; JSON is needed"
_ARRAY: Final = "a JSON array; one object a line is needed, as jq -c '.[]' {name} writes them"
_SPREAD: Final = (
    "malformed JSON: where an object stands over several lines, jq -c . {name} writes it on one"
)
_CSV: Final = "a table of values (CSV); JSON is needed, in a log or of messages one object a line"
_TABLE_MARKS: Final = (",", ";", "\t")
_OPENERS: Final = (b"[", b"{")
_LONGEST_HEAD: Final = 1024 * 1024
"""Bytes that are read to see what a document over several lines is."""


def unreadable(head: bytes, name: str) -> str | None:
    """Why the bytes of a file's first line are no JSON, and what to do; None when they may be.

    Args:
        head: The first line.
        name: The file's name, for the advice.
    """
    text = head.strip()
    for first, what in _FIRST_BYTES.items():
        if text.startswith(first):
            return what.format(name=name)
    return None


def what_else(wanted: str, head: bytes, name: str) -> str | None:
    """What a file is instead, by its first line or more, and what to do.

    Args:
        wanted: What it should be: :data:`LOG`, :data:`MESSAGES`, :data:`PLAN`, :data:`SCENARIO`.
        head: Its first line; of a document over several lines all of them.
        name: The file's name, for the advice.

    Returns:
        None where it may be what is wanted, or nobody knows.
    """
    if other := unreadable(head, name):
        return other
    try:
        text = head.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return _BINARY
    by_lines = wanted in (LOG, MESSAGES)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        shape = _ARRAY if text.startswith("[\n") or text == "[" else _SPREAD
        is_spread = by_lines and (text in ("[", "{") or "\n" in text)
        return shape.format(name=name) if is_spread else _table(wanted, text)
    if isinstance(value, list) and by_lines:
        other = kind_of_value(wanted, value[0]) if value else None
        return other or _ARRAY.format(name=name)
    other = kind_of_value(wanted, value)
    if other is None and by_lines and "\n" in text:
        return _SPREAD.format(name=name)
    return other


def _table(wanted: str, text: str) -> str | None:
    if wanted == SCENARIO or text.startswith(("{", "[")) or not text.isascii():
        return None
    is_table = any(mark in text for mark in _TABLE_MARKS)
    return _CSV if is_table and text.replace("\t", " ").isprintable() else None


def kind_of_value(wanted: str, value: object) -> str | None:
    """What an object is of instead, and what to do; as :func:`what_else`."""
    if not isinstance(value, Mapping):
        return None
    kind = next((kind for kind, is_it in _KINDS if is_it(value)), None)
    return None if kind is None else _ADVICE[wanted].get(kind)


def only(wanted: str, lines: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The lines of a file, if its first one is of what is wanted.

    Args:
        wanted: As for :func:`what_else`.
        lines: The lines of a file.
        name: Its name for messages.

    Raises:
        TraceError: It is something else.
    """
    rest = iter(lines)
    for number, line in enumerate(rest, start=1):
        if not line.strip():
            yield line
            continue
        other = what_else(wanted, _head(line, rest), name)
        if other is not None:
            raise TraceError(name, number, other)
        yield line
        break
    yield from rest


def head_of(lines: Iterable[bytes]) -> bytes:
    """What tells what a file is: its first line, or the document that begins on it."""
    rest = iter(lines)
    return _head(next((line for line in rest if line.strip()), b""), rest)


def _head(line: bytes, rest: Iterable[bytes]) -> bytes:
    whole = line.strip() in _OPENERS
    return line + b"".join(_up_to(_LONGEST_HEAD, rest)) if whole else line


def _up_to(most: int, lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of so many bytes."""
    size = 0
    for line in lines:
        yield line
        size += len(line)
        if size >= most:
            return
