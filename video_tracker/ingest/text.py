"""From a stranger's bytes to JSON values, at a cost that the bytes' number alone decides.

Size, encoding and nesting are checked before the parser sees anything. Integers of thousands of
digits are not computed, ``NaN`` and ``Infinity`` become numbers that :mod:`.walk` finds and can
name the path of, and objects with a key said twice are marked.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from video_tracker.ingest.limits import Limits
from video_tracker.ingest.rejections import Fault

__all__ = ["Doubled", "body_text", "parse_body", "parse_lines", "parse_part"]

_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_BRACKET: Final = re.compile(r"[\[\]{}]")
_LONGEST_INTEGER: Final = 25
"""Digits beyond which an integer is too large for any limit, and not worth computing."""


class Doubled(dict[str, Any]):
    """An object in which a key was said twice: two readers might read two things."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else Doubled(made)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else math.inf


def _constant(_name: str) -> float:
    return math.nan


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_constant=_constant
)


def body_text(body: bytes, limits: Limits) -> str:
    """The text of a body.

    Args:
        body: The bytes as they came.
        limits: How many of them.

    Raises:
        Fault: It is too large, or no UTF-8.
    """
    if len(body) > limits.max_bytes:
        raise Fault("$", "too_large", f"the body has {len(body)} bytes")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault("$", "encoding", f"not UTF-8 at byte {error.start}") from error
    return text


def _check_depth(text: str, most: int) -> None:
    if text.count("[") + text.count("{") <= most:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        if bracket.group() in "[{":
            depth += 1
            if depth > most:
                raise Fault("$", "too_deep")
        else:
            depth = max(0, depth - 1)  # a stray closing one must not hide what follows it


def _parsed(text: str, path: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise Fault(path, "malformed", f"not JSON: {str(error)[:80]}") from error


def parse_body(body: bytes, limits: Limits) -> tuple[Any, str | None]:
    """The value of a body that is one JSON text.

    Args:
        body: The bytes as they came.
        limits: How many of them, and how deep.

    Returns:
        The value and None; or, when more follows the first value, None and the text, which is
        :func:`parse_lines`' then.

    Raises:
        Fault: It cannot be read.
    """
    text = body_text(body, limits)
    _check_depth(text, limits.max_depth)
    try:
        return _DECODER.decode(text), None
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return None, text
        raise Fault("$", "malformed", f"not JSON: {error.msg} at {error.pos}") from error
    except (ValueError, RecursionError) as error:
        raise Fault("$", "malformed") from error


def parse_part(part: bytes, most: int) -> Any:
    """The value of a part of a body.

    Args:
        part: Its bytes.
        most: How many arrays and objects may lie inside each other.

    Raises:
        Fault: It is too deep.
        ValueError: It is no JSON, or no UTF-8.
    """
    text = part.decode()
    _check_depth(text, most)
    return _DECODER.decode(text)


def parse_lines(text: str) -> Iterator[tuple[str, Any]]:
    """The values of a text that has one on each line, blank lines left out.

    Yields:
        The line's path, counted from 1, and its value; or the :class:`Fault` that it has.
    """
    for path, line in _numbered(text.split("\n")):
        try:
            yield path, _parsed(line, path)
        except Fault as fault:
            yield path, fault


def _numbered(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"lines[{number}]", line
