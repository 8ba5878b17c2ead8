"""The bytes of a spool: frames of a segment and of its list of settled records. Pure.

A segment is frames and nothing else, little-endian::

    u32 length   of what follows the checksum
    u32 crc32    of what follows, with the length as its seed
    u32 number   0, 1, 2, ... in this segment
    f64 at       when the record was accepted, Unix seconds
    u32          bytes of the texts
    u32 u32      characters of the message id and of the session id
    ...          texts (message id, session id, event; UTF-8), body

The length seeds the checksum so that a hole of zeros, which file systems leave after a power cut,
is no row of empty records. The number makes a reader that lost its place sure of having found it
again, and the gap says exactly how many records are gone.

The list of settled records is frames too, each of the first and last number of a run::

    u32 crc32 | u32 first | u32 last

The version of all this is in the name of the directory (``spool_directory``), so that no program
takes up what it cannot read.
"""

import functools
import re
import struct
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from zlib import crc32

from video_tracker.record import Record

__all__ = [
    "OVERHEAD",
    "RUN_SIZE",
    "Frame",
    "frame_size",
    "pack_record",
    "pack_runs",
    "runs",
    "scan_records",
    "scan_runs",
    "unpack_record",
]

_FRAME: Final = struct.Struct("<II")
_HEAD: Final = struct.Struct("<IdIII")
_NUMBER: Final = struct.Struct("<I")
_RUN: Final = struct.Struct("<II")
OVERHEAD: Final = _FRAME.size + _HEAD.size
"""Bytes that a record takes beside its own."""

RUN_SIZE: Final = _NUMBER.size + _RUN.size
"""Bytes of one run in the list of settled records."""

_pack_frame = _FRAME.pack
_pack_head = _HEAD.pack


class Frame(NamedTuple):
    """Where a whole record lies in a segment.

    Args:
        number: Its own in the segment, from 0.
        at: When it was accepted, Unix seconds.
        start, end: Its bytes, checksum and length included, from the beginning of the data.
        body: Where in them its body begins.
        first, second: Characters of its message id and session id.
    """

    number: int
    at: float
    start: int
    end: int
    body: int
    first: int
    second: int


def pack_record(record: Record, number: int, at: float) -> bytes:
    """Return the frame of a record.

    Args:
        record: The record; what its texts hold is kept, lone surrogates included.
        number: Its own in the segment.
        at: When it was accepted, Unix seconds.
    """
    message_id, session_id, body = record.message_id, record.session_id, record.body
    texts = f"{message_id}{session_id}{record.event}"
    try:
        encoded = texts.encode()
    except UnicodeEncodeError:
        encoded = texts.encode("utf-8", "surrogatepass")
    head = _pack_head(number, at, len(encoded), len(message_id), len(session_id))
    payload = b"".join((head, encoded, body))
    length = len(payload)
    return _pack_frame(length, crc32(payload, length)) + payload


def frame_size(record: Record) -> int:
    """The bytes of a record's frame."""
    texts = f"{record.message_id}{record.session_id}{record.event}"
    return OVERHEAD + len(texts.encode("utf-8", "surrogatepass")) + len(record.body)


def unpack_record(data: bytes, frame: Frame) -> Record:
    """Read the record of a frame that was found in the data.

    Raises:
        UnicodeDecodeError: It was written by something else than :func:`pack_record`.
    """
    texts = data[frame.start + OVERHEAD : frame.body].decode("utf-8", "surrogatepass")
    middle = frame.first + frame.second
    return Record(
        texts[: frame.first],
        texts[frame.first : middle],
        texts[middle:],
        data[frame.body : frame.end],
    )


def scan_records(data: bytes, number: int = 0) -> Iterator[Frame]:
    """Find all whole records of a segment, in order; what is damaged is passed over.

    Args:
        data: A segment from the frame ``number`` on.
        number: That of the record which should come first.
    """
    position, view = 0, memoryview(data)
    while position < len(data):
        frame = _whole(view, position, number) or _next_whole(data, view, position, number)
        if frame is None:
            return
        yield frame
        position, number = frame.end, frame.number + 1


def _whole(data: memoryview, start: int, wanted: int) -> Frame | None:
    """The frame that begins at ``start``; None unless it is whole and the one that is wanted."""
    payload = start + _FRAME.size
    if payload + _HEAD.size > len(data):
        return None
    length, checksum = _FRAME.unpack_from(data, start)
    end = payload + length
    if length < _HEAD.size or end > len(data):
        return None
    number, at, texts, first, second = _HEAD.unpack_from(data, payload)
    body = start + OVERHEAD + texts
    if number != wanted or body > end or crc32(data[payload:end], length) != checksum:
        return None
    return Frame(number, at, start, end, body, first, second)


def _next_whole(data: bytes, view: memoryview, start: int, number: int) -> Frame | None:
    """The first whole frame behind a damaged one: some later record's, however large the hole is.

    Looked at is every place where the highest bytes of a length and of a number could be, neither
    of which is more than the data's length. In JSON there is hardly one, in zeros there is none.
    """
    most = len(data) >> 24 & 0xFF
    last = number + len(data) // OVERHEAD
    for place in _beginnings(most).finditer(data, start):
        # A length that is a multiple of 256 begins with a zero, one place before.
        for begin in (place.start(), place.start() - 1):
            if begin < start or begin + OVERHEAD > len(data):
                continue
            wanted = _NUMBER.unpack_from(data, begin + _FRAME.size)[0]
            frame = _whole(view, begin, wanted) if number < wanted <= last else None
            if frame is not None:
                return frame
    return None


@functools.cache
def _beginnings(most: int) -> "re.Pattern[bytes]":
    """Where a length's first byte that is not zero may be, and a number 8 bytes further on."""
    high = b"[\\x00-\\x%02x]" % most
    return re.compile(
        b"(?s)[^\\x00](?=.." + high + b".{7}" + high + b"|." + high + b".{7}" + high + b")"
    )


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Put numbers together to runs of first and last, in ascending order."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def pack_runs(found: Iterable[tuple[int, int]]) -> bytes:
    """Return the frames of some runs of settled records."""
    parts = []
    for first, last in found:
        payload = _RUN.pack(first, last)
        parts.append(_NUMBER.pack(crc32(payload)) + payload)
    return b"".join(parts)


def scan_runs(data: bytes) -> Iterator[tuple[int, int]]:
    """Read the runs of settled records up to the first damaged one.

    What is damaged is not passed over here: a run too few is sent twice, one too many is lost.
    """
    for position in range(0, len(data) - RUN_SIZE + 1, RUN_SIZE):
        payload = data[position + _NUMBER.size : position + RUN_SIZE]
        first, last = _RUN.unpack(payload)
        if _NUMBER.unpack_from(data, position)[0] != crc32(payload) or first > last:
            return
        yield first, last
