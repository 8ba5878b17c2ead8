"""Where the linter reads from, and what kind of file it is."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import attrs

from video_tracker.linting.reading import Item, Read, chunks_of, read_values
from video_tracker.plan import PlayerAttributes, SessionPlan

__all__ = ["Source", "bytes_of", "is_of_values", "kind_of", "opened"]

Source = str | Path | BinaryIO | Mapping[str, Any] | Iterable[str | bytes | Mapping[str, Any]]
"""A file by its name or open, its lines, or decoded messages."""

_AHEAD: Final = 50
"""Lines that are looked at to see what kind of file it is."""
_PLAN_KEYS: Final = frozenset(
    field.name
    for kind in (SessionPlan, PlayerAttributes)
    for field in attrs.fields(kind)
    if field.init
) - {"context", "integrations", "properties"}
_MESSAGE_KEYS: Final = frozenset({"type", "event", "batch", "messageId", "properties"})


@contextmanager
def opened(source: Source) -> Iterator[Iterable[bytes] | Sequence[Read]]:
    """The lines of a source, or its values where they are decoded already.

    Raises:
        OSError: A file cannot be opened.
        TypeError: It is nothing that can be read.
    """
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            yield chunks_of(file)
    elif isinstance(source, Mapping):
        yield [Item(1, source, 0)]
    elif hasattr(source, "readline"):
        yield chunks_of(cast("BinaryIO", source))
    elif isinstance(source, Iterable):
        yield _of_iterable(source)
    else:
        raise TypeError(f"a file, its lines or messages are needed, not {source!r:.60}")


def _of_iterable(source: Iterable[Any]) -> Iterable[bytes] | Sequence[Read]:
    rest = iter(source)
    first = next(rest, None)
    if first is None:
        return []
    if isinstance(first, Mapping):
        return [Item(number, value, 0) for number, value in enumerate(chain([first], rest), 1)]
    return bytes_of(chain([first], rest))


def bytes_of(lines: Iterable[str | bytes]) -> Iterator[bytes]:
    """Lines as bytes; of text without line breaks each is a line."""
    for line in lines:
        raw = line.encode() if isinstance(line, str) else bytes(line)
        yield raw if raw.endswith(b"\n") else raw + b"\n"


def is_of_values(source: object) -> bool:
    """Whether what ``opened`` gave are values, not lines."""
    return isinstance(source, list)


def kind_of(lines: Iterable[bytes]) -> tuple[str, Iterable[bytes]]:
    """What kind of file it is, by its first line that can be read, and all of its lines."""
    rest = iter(lines)
    seen: list[bytes] = []
    for line in rest:
        seen.append(line)
        kind = _kind_of_line(line)
        if kind or len(seen) >= _AHEAD:
            return kind or "messages", chain(seen, rest)
    # A document over several lines.
    values = (item.value for item in read_values(seen) if isinstance(item, Item))
    kinds = (kind_of_value(value) for value in values)
    return next(filter(None, kinds), "messages"), seen


def _kind_of_line(line: bytes) -> str:
    text = line.removeprefix(b"\xef\xbb\xbf").strip()
    if text.startswith(b"["):
        return "messages"
    try:
        return kind_of_value(json.loads(text)) if text else ""
    except (ValueError, RecursionError):
        return ""


def kind_of_value(value: object) -> str:
    """What kind of file an object is of; empty when it tells nothing."""
    if not isinstance(value, Mapping):
        return ""
    keys = set(value)
    if "signal" in keys:
        return "signals"
    if {"player", "event"} <= keys and keys & {"t", "wall"}:
        return "trace"
    if keys & _MESSAGE_KEYS:
        return "messages"
    return "plan" if keys & _PLAN_KEYS else ""
