"""From the table to what writes JSON: a block becomes a few functions that write its members.

Rows that stand together are one part. What an asset or the player says is remembered by that
object, ids by their values; numbers are written anew. A part takes the fields of an event, which
are at hand in its ``__dict__``, and writes each member with a comma before it.
"""

import itertools
from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from types import SimpleNamespace
from typing import Any, Final

from video_tracker.json_values import Repairs
from video_tracker.wire.cache import IdentityCache, remember
from video_tracker.wire.engines import json_text
from video_tracker.wire.fragments import inside
from video_tracker.wire.properties import known
from video_tracker.wire.table import LIVE, Block, Property

__all__ = ["Fields", "Part", "UnusualError", "ordinary", "parts_of"]

Fields = Mapping[str, Any]
"""What an event holds, by name."""
Part = Callable[[Fields], str]
"""Writes some members of an event, each with a comma before it."""
Rows = tuple[Property, ...]

_LARGE: Final = 10**9
"""From here on numbers are looked at more closely; no asset lasts so many seconds."""


class UnusualError(Exception):
    """The message is out of the ordinary."""


def ordinary(text: str | None) -> str:
    """Return a text that could be written.

    Raises:
        UnusualError: It could not.
    """
    if text is None:
        raise UnusualError
    return text


def parts_of(
    block: Block, made: dict[object, Part], nest: Callable[[Property], Part]
) -> tuple[Part, ...]:
    """Return what writes the members of a block, after the session's id that it begins with.

    Args:
        block: The block.
        made: The parts made before: blocks share the parts of the rows that they share.
        nest: Makes the part of an object among the members.
    """
    flags = () if block.livestream is None else block.livestream.sources
    parts = []
    for way, group in itertools.groupby(block.rows[1:], _way_of):
        rows = tuple(group)
        key = rows, flags if way == "place" else ()
        if key not in made:
            made[key] = nest(*rows) if way == "object" else _part(way, rows, flags)
        parts.append(made[key])
    return tuple(parts)


def _way_of(row: Property) -> str:
    """In which way a row is written: by its kind, or with all that an asset or the player says."""
    owner, dot, _ = row.sources[0].partition(".")
    if row.block is not None:
        return "object"
    if dot and len(row.sources) == 1:
        return owner
    if row.null == LIVE or row.name in {"livestream", "position", "total_length"}:
        return "place"
    return "numbers" if row.kind.type in {"integer", "number"} else "ids"


def _part(way: str, rows: Rows, flags: tuple[str, ...]) -> Part:
    if way == "place":
        return _place(rows, [flag.partition(".")[0] for flag in flags])
    if way == "numbers":
        return _numbers(rows)
    return _ids(way, rows) if way in {"ids", "playing"} else _said(way, rows)


def _said(owner: str, rows: Rows) -> Part:
    """What an asset or the player says: written once for each."""

    def make(thing: object) -> str | None:
        repairs: Repairs = []
        text = _members(rows, {owner: thing}, repairs)
        return None if repairs else text

    cache = IdentityCache(make)
    entries = cache.entries

    def part(fields: Fields) -> str:
        thing = fields[owner]
        try:
            text = entries[id(thing)][1]  # as the cache does, and a call less
        except KeyError:
            text = cache.get(thing)
        if text is None:
            raise UnusualError
        return text

    return part


def _ids(way: str, rows: Rows) -> Part:
    """Ids, of the event or of what is ``playing``: written once for the values that they have."""
    names = [row.sources[0].rpartition(".")[2] for row in rows]
    playing = way == "playing"
    read: Callable[[Any], object] = attrgetter(*names) if playing else itemgetter(*names)
    texts: dict[object, str] = {}

    def part(fields: Fields) -> str:
        ids = read(fields["playing"] if playing else fields)
        try:
            return texts[ids]
        except KeyError:
            text = _members(rows, fields, [], str)
            remember(texts, ids, text)
            return text

    return part


def _numbers(rows: Rows) -> Part:
    """Numbers: written anew."""
    cells = [
        (
            f',"{row.name}":',
            row.sources[0],
            row.sources[-1],
            _LARGE if row.kind.type == "integer" else 0,
            row.kind.write or float,
        )
        for row in rows
    ]

    def part(fields: Fields) -> str:
        text = ""
        for name, source, other, large, write in cells:
            value = fields[source]
            if type(value) is int and 0 <= value < large:
                text += f"{name}{value}"
                continue
            if value is None:
                value = fields[other]
            if value is not None and (value := write(value)) is not None:
                text += f"{name}{value!r}"
        return text

    return part


def _place(rows: Rows, owners: list[str]) -> Part:
    """Position and length, after the flag of a livestream, where the length is null (S6).

    ``owners`` are who says whether it is one, the first who knows.
    """
    flags = [row.name for row in rows if row.kind.type == "boolean"]
    numbers = tuple(row for row in rows if row.name not in flags)
    said = {
        live: "".join(f',"{flag}":{json_text(live)}' for flag in flags if live is not None)
        for live in (None, False, True)
    }
    usual = _numbers(numbers)
    at_live = [_null(row) if row.null == LIVE else _numbers((row,)) for row in numbers]
    pair = len(numbers) == 2
    first, second = [row.sources[0] for row in numbers] if pair else ("", "")
    before, between = [f',"{row.name}":' for row in numbers] if pair else ("", "")
    heads = {live: f"{flag}{before}" for live, flag in said.items()}

    def part(fields: Fields) -> str:
        live = None
        for owner in owners:
            live = fields[owner].livestream
            if live is not None:
                break
        if live:
            return said[live] + "".join(part(fields) for part in at_live)
        if pair:
            place, length = fields[first], fields[second]
            # Two whole numbers of ordinary size, as nearly always: one text instead of three.
            if type(place) is type(length) is int and 0 <= place < _LARGE and 0 <= length < _LARGE:
                return f"{heads[live]}{place}{between}{length}"
        return said[live] + usual(fields)

    return part


def _null(row: Property) -> Part:
    return lambda _: f',"{row.name}":null'


def _members(rows: Rows, fields: Fields, repairs: Repairs, kind: type = object) -> str:
    """Write rows as the dict that the general way makes of them.

    Raises:
        UnusualError: There is a value of another kind.
    """
    members = known(rows, SimpleNamespace(**fields), repairs)
    if not all(isinstance(value, kind) for value in members.values()):
        raise UnusualError
    return f",{inside(members)}" if members else ""
