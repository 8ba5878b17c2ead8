"""JSON values out of anybody's file, each with its line; what cannot be read is told with its line.

A file is JSON Lines, an array, or one document over several lines; its first line tells which. An
array is read value by value, so that it may be of any size.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO, Final, NoReturn, TextIO

import attrs

__all__ = ["LONGEST", "Item", "Read", "Unreadable", "chunks_of", "read_values"]

LONGEST: Final = 16 * 1024 * 1024
"""Bytes that a line, a value of an array or a document may take."""
_PIECE: Final = 64 * 1024
_BATCH: Final = re.compile(r'"batch"\s*:\s*(?=\[)')
_UNFINISHED: Final = 8
"""Where the text stops within so many characters of a fault, more text may mend it."""


@attrs.frozen
class Item:
    """A JSON value and where it begins.

    Args:
        line: The line, counted from 1.
        value: What was decoded.
        size: Bytes that it takes in the file, about.
        batch: Whether it lies in a ``batch``, where each message must say its type.
    """

    line: int
    value: Any
    size: int
    batch: bool = False


@attrs.frozen
class Unreadable:
    """A line that cannot be read, and why."""

    line: int
    why: str


Read = Item | Unreadable


def chunks_of(file: BinaryIO | TextIO) -> Iterator[bytes]:
    """Yield the lines of a file; one that is too long comes in pieces without a line break."""
    while line := file.readline(LONGEST + 1):
        yield line.encode() if isinstance(line, str) else line  # a file opened as text will do


def read_values(lines: Iterable[bytes | str]) -> Iterator[Read]:
    """Yield the values of a file.

    Args:
        lines: Its lines, as UTF-8 or text.

    Yields:
        Each value, and each line that cannot be read. Of an array with a damaged value the rest
        cannot be read either.
    """
    rest = (line.encode() if isinstance(line, str) else line for line in lines)
    number = 0
    for line in rest:
        number += 1
        text = line.removeprefix(codecs.BOM_UTF8).lstrip()
        if not text:
            continue
        if text.startswith(b"["):
            yield from _array(chain([text], rest), number)
        elif _is_begun(text):
            yield from _document(chain([text], rest), number)
        else:
            yield from _lines(chain([text], rest), number)
        return


def _is_begun(text: bytes) -> bool:
    """Whether a line begins an object that ends on a later one."""
    if not text.startswith(b"{"):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(error.doc.rstrip())
    except (ValueError, RecursionError):
        return False
    return False


def _lines(lines: Iterable[bytes], first: int) -> Iterator[Read]:
    broken = False
    number = first - 1
    for line in lines:
        number += not broken
        if broken:  # the rest of a line that was told already
            broken = not line.endswith(b"\n")
        elif len(line) > LONGEST:
            broken = not line.endswith(b"\n")
            yield Unreadable(number, "a line of more than 16 MiB; this is no message")
        elif line.strip():
            yield _decoded(line, number)


def _decoded(line: bytes, number: int) -> Read:
    try:
        return Item(number, _loads(line.decode()), len(line.strip()))
    except UnicodeDecodeError as error:
        return Unreadable(number, f"not UTF-8: {error.reason}")
    except RecursionError:
        return Unreadable(number, "nested too deeply")
    except ValueError as error:
        return Unreadable(number, f"malformed JSON: {error}")


def _document(lines: Iterator[bytes], first: int) -> Iterator[Read]:
    """One object over several lines; else each line is judged by itself."""
    kept, size = [], 0
    for line in lines:
        kept.append(line)
        size += len(line)
        if size > LONGEST:
            break
    else:
        whole = _decoded(b"".join(kept), first)
        if isinstance(whole, Item):
            yield from _unpacked(whole, b"".join(kept).decode())
            return
    yield from _lines(chain(kept, lines), first)


def _unpacked(whole: Item, text: str) -> Iterator[Read]:
    """The document, or the messages of its batch with the lines on which they begin."""
    batch = whole.value.get("batch") if isinstance(whole.value, dict) else None
    match = _BATCH.search(text)
    if not isinstance(batch, list) or match is None:
        yield whole
        return
    line = whole.line + text.count("\n", 0, match.end())
    inside = list(_array([text[match.end() :].encode()], line))
    lines = [item.line for item in inside if isinstance(item, Item)]
    if len(lines) < len(batch):
        lines = [whole.line] * len(batch)
    for value, at in zip(batch, lines, strict=False):
        yield Item(at, value, len(json.dumps(value).encode()), batch=True)


class _Text:
    """Text that is read as far as it is wanted, and let go where it was used.

    Args:
        lines: Where it comes from, as UTF-8.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.source = iter(lines)
        self.text, self.place, self.ended = "", 0, False
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def want(self, characters: int) -> None:
        """Have so many ahead of the place, or all that there are."""
        ahead = len(self.text) - self.place
        if self.ended or ahead >= characters:
            return
        parts = [self.text[self.place :]]
        while not self.ended and ahead < characters:
            piece = next(self.source, None)
            self.ended = piece is None
            parts.append(self._decoder.decode(piece or b"", final=self.ended))
            ahead += len(parts[-1])
        self.text, self.place = "".join(parts), 0

    def goes_on_after(self, place: int) -> bool:
        """Whether anything but blanks follows what stands at a place."""
        return bool(self.text[place + 1 :].strip()) or any(part.strip() for part in self.source)


def _array(lines: Iterable[bytes], line: int) -> Iterator[Read]:
    """The values of an array, one after the other.

    More is read until the text has doubled, so that a long value is not scanned again and again.
    """
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    read = _Text(lines)
    wanted, opened = _PIECE, False
    while True:
        try:
            read.want(wanted)
        except UnicodeDecodeError as error:
            yield Unreadable(line, f"not UTF-8: {error.reason}")
            return
        read.place += not opened  # the bracket
        opened = True
        start = _past_blanks(read.text, read.place)
        line += read.text.count("\n", read.place, start)
        read.place = start
        if read.text[start : start + 1] == "]":
            if read.goes_on_after(start):
                yield Unreadable(line, "something follows the array; it is not read")
            return
        try:
            value, end = decoder.raw_decode(read.text, start)
        except (ValueError, RecursionError) as error:
            ahead = len(read.text) - start
            if not read.ended and _may_go_on(error, read.text) and ahead < LONGEST:
                wanted = 2 * ahead + _PIECE
                continue
            yield _broken(error, line, cut=read.ended and not ahead)
            return
        yield Item(line, value, len(read.text[start:end].encode()))
        line += read.text.count("\n", start, end)
        read.place, wanted = end, _PIECE


def _past_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n,":
        place += 1
    return place


def _may_go_on(error: Exception, text: str) -> bool:
    if not isinstance(error, json.JSONDecodeError):
        return False
    return "Unterminated" in error.msg or error.pos >= len(text) - _UNFINISHED


def _broken(error: Exception, line: int, *, cut: bool) -> Unreadable:
    if cut:
        return Unreadable(line, "the array has no end; the file was cut off")
    if isinstance(error, json.JSONDecodeError):
        return Unreadable(line, f"malformed JSON: {error.msg}; the rest of the array is not read")
    if isinstance(error, RecursionError):
        return Unreadable(line, "nested too deeply; the rest of the array is not read")
    return Unreadable(line, f"{error}; the rest of the array is not read")


def _loads(text: str) -> Any:
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
