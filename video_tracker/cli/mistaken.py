"""What a file is that is not what was wanted, and what to do with it: the first line tells."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from video_tracker.errors import TraceError

__all__ = ["LOG", "MESSAGES", "PLAN", "SCENARIO", "kind_of_value", "only_logs", "what_else"]

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
_NO_EVENTS: Final = "it tells what happened; video-tracker replay reads a log"
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
        PLAN: f"a plan; it has no messages, and {_ONE_A_LINE}",
    },
    PLAN: {
        **{log: f"{log}, not a plan: were the two swapped?" for log in _LOGS},
        MESSAGES: "messages, not a plan",
        _REQUEST: "the body of a request, not a plan",
        SCENARIO: "a scenario, not a plan; its plan stands under the key 'plan'",
    },
    SCENARIO: {
        **{log: f"{log}, no scenario: video-tracker replay reads it" for log in _LOGS},
        MESSAGES: f"messages, no scenario; {_NO_EVENTS}",
        PLAN: "a plan, no scenario; a scenario has steps, and its plan under the key 'plan'",
    },
}
"""What to do where one is wanted and another given; nothing where the two may be the same."""

_FIRST_BYTES: Final = {
    b"\x1f\x8b": "packed with gzip: unpack it first, as in zcat FILE | video-tracker ... -",
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"\xff\xfe": "UTF-16 text, as PowerShell's > writes it: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
    b"<": "HTML or XML, no JSON: is it the page of an error?",
}
_ARRAY: Final = "a JSON array; one object a line is needed, as jq -c '.[]' FILE writes them"
_SPREAD: Final = (
    "malformed JSON: where an object stands over several lines, jq -c . FILE writes it on one"
)
_CSV: Final = "a table of values (CSV); JSON Lines are needed, one object a line"
_TABLE_MARKS: Final = (b",", b";", b"\t")


def what_else(wanted: str, line: bytes) -> str | None:
    """What a file is instead, by its first line, and what to do.

    Args:
        wanted: What it should be: :data:`LOG`, :data:`MESSAGES`, :data:`PLAN`, :data:`SCENARIO`.
        line: The line.

    Returns:
        None where it may be what is wanted, or nobody knows.
    """
    text = line.strip()
    for first, what in _FIRST_BYTES.items():
        if text.startswith(first):
            return what
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _what_else_of_text(wanted, text)
    if isinstance(value, list) and wanted in (LOG, MESSAGES):
        return _ARRAY
    return kind_of_value(wanted, value)


def _what_else_of_text(wanted: str, text: bytes) -> str | None:
    if wanted in (LOG, MESSAGES) and text in (b"[", b"{"):
        return _ARRAY if text == b"[" else _SPREAD
    if wanted == SCENARIO or text.startswith((b"{", b"[")) or not text.isascii():
        return None
    is_table = any(mark in text for mark in _TABLE_MARKS)
    return _CSV if is_table and text.decode().replace("\t", " ").isprintable() else None


def kind_of_value(wanted: str, value: object) -> str | None:
    """What an object is of instead, and what to do; as :func:`what_else`."""
    if not isinstance(value, Mapping):
        return None
    kind = next((kind for kind, is_it in _KINDS if is_it(value)), None)
    return None if kind is None else _ADVICE[wanted].get(kind)


def only_logs(lines: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The lines of a log, if its first one is of one.

    Args:
        lines: The lines of a file.
        name: Its name for messages.

    Raises:
        TraceError: It is something else.
    """
    seen = False
    for number, line in enumerate(lines, start=1):
        if not seen and line.strip():
            seen = True
            other = what_else(LOG, line)
            if other is not None:
                raise TraceError(name, number, other)
        yield line
