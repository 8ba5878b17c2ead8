"""Attributes that cost a session little or nothing.

A session lives 100,000 times in a process, so its memory is counted in bytes. A number of its own
costs 40 of them (a slot and a float); in the session's *book*, one immutable bytes object with all
of them in fixed places, it costs eight, and all sessions that have set none share one book. Small
whole numbers, flags and choices stand behind the numbers, one byte each, and behind these the
lists: watched ranges and ads. A write makes a new book, which is right for what few inputs write;
what every callback writes has a slot. What most sessions never set stands in a tuple that most
sessions never have (names and values in turn: a dictionary of one entry takes three times as much).
"""

import math
import struct
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar, get_args

T = TypeVar("T")

NUMBERS: Final = 20  # so many stand in a book
UNSURE: Final = 3  # so many of them may be None; they are the last ones
_WHOLE_AT: Final = NUMBERS * 8  # two whole ones that may be large: four bytes each
_SMALL_AT: Final = _WHOLE_AT + 2 * 4  # ten that are usually small: one byte each
_FLAGS_AT: Final = _SMALL_AT + 10
_CHOICE_AT: Final = _FLAGS_AT + 1
_RANGES_AT: Final = _CHOICE_AT + 1
_TAIL_AT: Final = _RANGES_AT + 1
_HIGHEST: Final = (1 << 16) - 1
_LARGEST: Final = (1 << 32) - 1
_FULL: Final = 255  # a small number of this size or more stands elsewhere, its byte says so
MOST_RANGES: Final = 16  # more are not kept in a book: every write copies it

_NUMBER: Final = struct.Struct("<d")
_LARGE: Final = struct.Struct("<I")
_RUN: Final = struct.Struct("<3d")
_HEARD: Final = struct.Struct("<5d")
_RANGE: Final = struct.Struct("<Hdd")
_AD: Final = struct.Struct("<HHd")
_read: Final[Callable[[bytes, int], tuple[float]]] = _NUMBER.unpack_from
_written: Final = _NUMBER.pack
RUN_SIZE, HEARD_SIZE = _RUN.size, _HEARD.size
running: Final = _RUN.unpack_from  # the first three numbers of a book
run_written: Final = _RUN.pack
heard_written: Final = _HEARD.pack
EMPTY_BOOK: Final = (
    bytes(8 * (NUMBERS - UNSURE)) + _written(math.nan) * UNSURE + bytes(_TAIL_AT - _WHOLE_AT)
)
"""The book of a session that has set nothing in it; shared."""


class _Kept(Protocol):
    book: bytes
    rare: tuple[Any, ...] | None


class _Attribute(Generic[T]):
    """An attribute of a session; of each kind one stands behind the other in the book."""

    __orig_bases__: ClassVar[tuple[Any, ...]]
    first: ClassVar = 0
    step: ClassVar = 0

    def __set_name__(self, owner: type, name: str) -> None:
        kin = [each for each, value in vars(owner).items() if type(value) is type(self)]
        self.name = name
        self.at = self.first + kin.index(name) * self.step


# -- numbers ---------------------------------------------------------------------------------------


class Booked(_Attribute[float]):
    """A number kept in the session's book."""

    step = 8

    def __get__(self, session: _Kept, owner: type) -> float:
        return _read(session.book, self.at)[0]

    def __set__(self, session: _Kept, value: float) -> None:
        book, at = session.book, self.at
        session.book = book[:at] + _written(value) + book[at + 8 :]


class BookedOrNone(_Attribute[float | None]):
    """A number or None, kept in the session's book; NaN stands for None there."""

    first = (NUMBERS - 1) * 8
    step = -8

    def __get__(self, session: _Kept, owner: type) -> float | None:
        value = _read(session.book, self.at)[0]
        return None if value != value else value  # noqa: PLR0124 - NaN is what differs from itself

    def __set__(self, session: _Kept, value: float | None) -> None:
        book, at = session.book, self.at
        number = _written(math.nan if value is None else value)
        session.book = book[:at] + number + book[at + 8 :]


class Whole(_Attribute[int]):
    """A whole number of four bytes; a larger one is a rare thing."""

    first = _WHOLE_AT
    step = 4

    def __get__(self, session: _Kept, owner: type) -> int:
        value: int = _LARGE.unpack_from(session.book, self.at)[0]
        return value if value < _LARGEST else _rare(session, self.name, value)

    def __set__(self, session: _Kept, value: int) -> None:
        if value >= _LARGEST:
            _keep(session, self.name, value)
        else:
            _forget(session, self.name)
        book, at = session.book, self.at
        session.book = book[:at] + _LARGE.pack(min(value, _LARGEST)) + book[at + 4 :]


# -- one byte each ---------------------------------------------------------------------------------


class Counted(_Attribute[int]):
    """A whole number, usually small: a byte of the book, or else a rare thing.

    Args:
        least: What it is at first, and never less than.
    """

    first = _SMALL_AT
    step = 1

    def __init__(self, least: int = 0) -> None:
        self.least = least

    def __get__(self, session: _Kept, owner: type) -> int:
        small = session.book[self.at]
        return small + self.least if small < _FULL else _rare(session, self.name, 0)

    def __set__(self, session: _Kept, value: int) -> None:
        small = value - self.least
        if small >= _FULL:
            _keep(session, self.name, value)
            small = _FULL
        elif session.book[self.at] == _FULL:
            _forget(session, self.name)
        _put_byte(session, self.at, small)


class Flag(_Attribute[bool]):
    """A yes or no, one bit of the book; no at first."""

    step = 1

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self.bit = 1 << self.at

    def __get__(self, session: _Kept, owner: type) -> bool:
        return session.book[_FLAGS_AT] & self.bit != 0

    def __set__(self, session: _Kept, value: bool) -> None:
        flags = session.book[_FLAGS_AT]
        wanted = flags | self.bit if value else flags & ~self.bit
        if wanted != flags:
            _put_byte(session, _FLAGS_AT, wanted)


class Chosen(_Attribute[T]):
    """One of a few values, a byte of the book; the first one at first."""

    def __init__(self, *choices: T) -> None:
        self.choices = choices

    def __get__(self, session: _Kept, owner: type) -> T:
        return self.choices[session.book[_CHOICE_AT]]

    def __set__(self, session: _Kept, value: T) -> None:
        _put_byte(session, _CHOICE_AT, self.choices.index(value))


def _put_byte(session: _Kept, at: int, value: int) -> None:
    book = session.book
    if book[at] != value:
        session.book = book[:at] + value.to_bytes(1, "little") + book[at + 1 :]


# -- lists -----------------------------------------------------------------------------------------


def ranges_in_book(session: _Kept) -> list[tuple[int, float, float]]:
    """The watched ranges in the book: asset, start and end."""
    book = session.book
    return list(_RANGE.iter_unpack(book[_TAIL_AT : _ads_at(book)]))


def append_range_in_book(session: _Kept, asset: int, start: float, end: float) -> bool:
    """Keep one more range; False when it does not fit."""
    book = session.book
    count, ends = book[_RANGES_AT], _ads_at(book)
    if count >= MOST_RANGES or asset > _HIGHEST:
        return False
    ranges = book[_TAIL_AT:ends] + _RANGE.pack(asset, start, end)
    session.book = book[:_RANGES_AT] + bytes((count + 1,)) + ranges + book[ends:]
    return True


def without_ranges(book: bytes) -> bytes:
    """A book that has forgotten its ranges."""
    return book[:_RANGES_AT] + b"\0" + book[_ads_at(book) :]


def ads_in_book(session: _Kept) -> Iterator[tuple[int, int, float]]:
    """The ads in the book: break, place and seconds."""
    book = session.book
    return _AD.iter_unpack(book[_ads_at(book) :])


def put_ad_in_book(session: _Kept, index: int, place: int, seconds: float) -> None:
    """Keep an ad's seconds in place of what the book has of it."""
    book = session.book
    # nobody has seen so many; the last ones share a place
    entry = _AD.pack(min(index, _HIGHEST), min(place, _HIGHEST), seconds)
    for at in range(_ads_at(book), len(book), _AD.size):
        if book[at : at + 4] == entry[:4]:
            session.book = book[:at] + entry + book[at + _AD.size :]
            return
    session.book = book + entry


def _ads_at(book: bytes) -> int:
    return _TAIL_AT + book[_RANGES_AT] * _RANGE.size


def without_ads(book: bytes) -> bytes:
    """A book that has forgotten its ads."""
    return book[: _ads_at(book)]


# -- what is rare ----------------------------------------------------------------------------------


class Rarely(_Attribute[T]):
    """A value that most sessions leave at its default.

    Its name is in ``rare`` only while it is another: where every input asks, that is cheaper.
    """

    def __init__(self, default: T) -> None:
        self.default = default

    def __get__(self, session: _Kept, owner: type) -> T:
        default = self.default
        return default if session.rare is None else _rare(session, self.name, default)

    def __set__(self, session: _Kept, value: T) -> None:
        if value != self.default:
            _keep(session, self.name, value)
        elif session.rare is not None:
            _forget(session, self.name)


class Planned(_Attribute[T]):
    """A value that is the plan's, unless the session has its own."""

    def __get__(self, session: Any, owner: type) -> T:
        planned: T = getattr(session.plan, self.name)
        return planned if session.rare is None else _rare(session, self.name, planned)

    def __set__(self, session: Any, value: T) -> None:
        if value is getattr(session.plan, self.name):
            _forget(session, self.name)
        else:
            _keep(session, self.name, value)


class Identity(_Attribute[str | None]):
    """An id of the viewer; only one that differs from the plan's needs no pair around it."""

    step = 1

    def __get__(self, session: Any, owner: type) -> str | None:
        viewer = session.viewer
        value: str | None = viewer[self.at] if isinstance(viewer, tuple) else viewer
        if viewer is None or (value is viewer and session.anonymous != self.at):
            value = getattr(session.plan, self.name)
        return value

    def __set__(self, session: Any, value: str | None) -> None:
        ids = [session.user_id, session.anonymous_id]
        ids[self.at] = value
        planned = (session.plan.user_id, session.plan.anonymous_id)
        own = [place for place in (0, 1) if ids[place] != planned[place]]
        single = len(own) == 1 and type(ids[own[0]]) is str
        session.anonymous = single and own == [1]
        if single:
            session.viewer = ids[own[0]]
        else:
            session.viewer = tuple(ids) if own else None


class _Text(tuple[Any]):
    """A text in ``rare``: wrapped, so that it is never taken for a name there."""

    __slots__ = ()


def _rare(session: _Kept, name: str, default: T) -> T:
    rare = session.rare
    if rare is None or name not in rare:
        return default
    kept = rare[rare.index(name) + 1]
    value: T = kept[0] if type(kept) is _Text else kept
    return value


def _keep(session: _Kept, name: str, value: Any) -> None:
    if type(value) is str:
        value = _Text((value,))
    _forget(session, name)
    session.rare = (*(session.rare or ()), name, value)


def _forget(session: _Kept, name: str) -> None:
    rare = session.rare
    if rare is not None and name in rare:
        at = rare.index(name)
        session.rare = (rare[:at] + rare[at + 2 :]) or None


def kept_fields(owner: type) -> dict[str, Any]:
    """The names of a class's attributes of these kinds, with the types of their values."""
    return {
        name: get_args(getattr(each, "__orig_class__", each.__orig_bases__[0]))[0]
        for name, each in vars(owner).items()
        if isinstance(each, _Attribute)
    }
