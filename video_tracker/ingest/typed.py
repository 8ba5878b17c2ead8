"""The quick way of what players say: msgspec reads it into types that hold the limits.

A body in which everything is ordinary is read in one pass; otherwise each beacon is read by itself,
and one that is out of the ordinary is left to the long way (``decode.py``), which alone says what
is wrong with it. Both ways make the same beacons; a property test holds that. Without msgspec
(extra ``ingest``) all goes the long way.
"""

import functools
import importlib.util
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final, Literal

import attrs

from video_tracker.ingest.limits import Limits
from video_tracker.signals import SIGNALS, Signal

__all__ = [
    "ABSENT",
    "FIELDS",
    "HEAD",
    "INSTALLED",
    "PLACED",
    "PLACES",
    "Reader",
    "count_keys",
    "count_values",
    "count_written",
    "hides_key",
    "nests",
    "reader_of",
]


def fields_of(kind: type[Signal]) -> list[str]:
    """The names of a signal's arguments."""
    return [field.name for field in attrs.fields(kind)]


INSTALLED: Final = importlib.util.find_spec("msgspec") is not None
ABSENT: Final[Any] = ()
"""What a field holds that was not said; one that was said as null holds None."""
HEAD: Final = ("session_id", "player", "sent_at")
"""Fields of a body besides its beacons."""
FIELDS: Final = ("event", "t", "seq", "state", "detail", "player", "el")
"""Fields of a beacon."""
PLACES: Final = ("position", "duration")
PLACED: Final[Mapping[str, type[Signal]]] = {
    name: kind
    for name, kind in SIGNALS.items()
    if fields_of(kind) in (["at", *PLACES], ["at", *PLACES[:1]])
}
"""Signals that say nothing but a time and a place."""

_AROUND: Final = 4
"""How deep a value of a callback's state lies at least: body, beacons, beacon, state."""
_SPACES: Final = b" \n\r\t"
_NESTS: Final = frozenset({dict, list})
_ESCAPED_LETTER: Final = re.compile(rb"\\u00[567]")
"""No writer escapes a letter, unless a key shall not be seen."""


@attrs.frozen
class Reader:
    """Reads into types, and raises where anything is out of the ordinary.

    Args:
        callbacks: Reads a body: :data:`HEAD`, and ``beacons`` with :data:`FIELDS` each.
        signals: The same, where each of ``beacons`` is a signal of :data:`PLACED`.
        parts: The same, but each of ``beacons`` is left as it was written.
        callback: Reads one that is a callback.
        signal: Reads one that is a signal of :data:`PLACED`.
    """

    callbacks: Callable[[bytes], Any]
    signals: Callable[[bytes], Any]
    parts: Callable[[bytes], Any]
    callback: Callable[[bytes], Any]
    signal: Callable[[bytes], Any]


@functools.lru_cache(maxsize=16)
def reader_of(limits: Limits) -> Reader | None:
    """What reads callbacks within some limits.

    Args:
        limits: The types hold all of them but the numbers of bytes, of beacons and of values.

    Returns:
        None where there is no quick way: without msgspec, or for limits that are too low for it.
    """
    if not INSTALLED or limits.max_depth < _AROUND or limits.max_keys < len(FIELDS):
        return None
    import msgspec  # noqa: PLC0415 - an extra

    def most(kind: Any, number: int) -> Any:
        return Annotated[kind, msgspec.Meta(max_length=number)]

    most_number = limits.max_number
    within = msgspec.Meta(ge=-most_number, le=most_number)
    longest = min(limits.max_name, limits.max_string)
    name = Annotated[str, msgspec.Meta(min_length=1, max_length=longest)]
    key: Any = most(str, limits.max_name)
    number = Annotated[float, within]
    scalar = None | bool | Annotated[int, within] | number | most(str, limits.max_string)
    value: Any = scalar
    for _ in range(limits.max_depth - _AROUND):
        arrays, objects = (
            most(list[value], limits.max_items),
            most(dict[key, value], limits.max_keys),
        )
        value = scalar | arrays | objects
    values = most(dict[key, value], limits.max_keys)
    last = min(limits.max_sequence, most_number)
    sequence = Annotated[int, msgspec.Meta(ge=0, le=last)]
    kinds = (name, number, sequence, values, values, name, name)
    fields: list[Any] = [
        (field, kind) if field in ("event", "t") else (field, kind | None, ABSENT)
        for field, kind in zip(FIELDS, kinds, strict=True)
    ]
    callback = msgspec.defstruct("Said", fields, forbid_unknown_fields=True, gc=False)

    told: Any = Annotated[int, within] | number | None
    signal = msgspec.defstruct(
        "Placed",
        [
            ("signal", Literal[tuple(PLACED)]),
            ("at", Annotated[int, within] | number),
            ("seq", sequence | None, ABSENT),
            *((field, told, ABSENT) for field in PLACES),
        ],
        forbid_unknown_fields=True,
        gc=False,
    )

    def body(each: Any) -> Callable[[bytes], Any]:
        head = [(field, float | str | None, ABSENT) for field in HEAD]
        kind = msgspec.defstruct(
            "Body", [("beacons", list[each]), *head], forbid_unknown_fields=True
        )
        return msgspec.json.Decoder(kind).decode

    bodies = map(body, (callback, signal, msgspec.Raw))
    return Reader(*bodies, *(msgspec.json.Decoder(each).decode for each in (callback, signal)))


def hides_key(written: bytes) -> bool:
    """Whether a JSON text may hold a key that no player uses (``bad_key``)."""
    return b"__proto__" in written or (
        b"\\" in written and _ESCAPED_LETTER.search(written) is not None
    )


def count_written(text: bytes) -> int:
    """How many keys a JSON text holds, one that is said twice counted twice; never too few."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    if b" " in text or b"\n" in text or b"\t" in text or b"\r" in text:
        text = text.translate(None, _SPACES)
    return text.count(b'":')


def count_keys(values: Iterable[Any]) -> int:
    """How many keys the objects among some values hold, with those inside them."""
    keys = 0
    for each in values:
        if type(each) is dict:
            keys += len(each) + (count_keys(each.values()) if nests(each.values()) else 0)
        elif type(each) is list and nests(each):
            keys += count_keys(each)
    return keys


def count_values(value: Any) -> int:
    """How many values an object or an array holds, with those inside them."""
    inner = value.values() if type(value) is dict else value
    if not nests(inner):
        return len(value)
    return len(value) + sum(count_values(each) for each in inner if type(each) in _NESTS)


def nests(values: Iterable[Any]) -> bool:
    """Whether there are objects or arrays among some values."""
    return not _NESTS.isdisjoint(map(type, values))
