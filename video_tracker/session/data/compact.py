"""Attributes that cost a session nothing while they are at rest.

A session lives 100,000 times in a process, so its memory is counted in bytes. A number of its own
costs 40 of them (a slot and a float); kept in one array it costs eight, and the array is shared
until the first of its numbers is set. What most sessions never set is kept in a dictionary that
most sessions never have.
"""

import math
from array import array
from typing import Any, Final, Generic, Protocol, TypeVar, get_args, overload

__all__ = [
    "MOST_BOOKED",
    "BookTail",
    "Booked",
    "BookedOrNone",
    "Rarely",
    "empty_book",
    "kept_fields",
    "own_book",
]

T = TypeVar("T")


class _Kept(Protocol):
    book: "array[float]"
    rare: dict[str, Any] | None


class Booked:
    """A number kept in the session's book."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.place = booked(owner).index(name)

    @overload
    def __get__(self, session: None, owner: type) -> "Booked": ...
    @overload
    def __get__(self, session: _Kept, owner: type | None = None) -> float: ...
    def __get__(self, session: _Kept | None, owner: type | None = None) -> "float | Booked":
        return self if session is None else session.book[self.place]

    def __set__(self, session: _Kept, value: float) -> None:
        book = session.book
        if book is _EMPTY:
            if value == 0.0:
                return
            book = session.book = array("d", _EMPTY)
        book[self.place] = value


class BookedOrNone:
    """A number or None, kept in the session's book; NaN stands for None there."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.place = MOST_BOOKED - 1 - unsure(owner).index(name)

    @overload
    def __get__(self, session: None, owner: type) -> "BookedOrNone": ...
    @overload
    def __get__(self, session: _Kept, owner: type | None = None) -> float | None: ...
    def __get__(
        self, session: _Kept | None, owner: type | None = None
    ) -> "float | BookedOrNone | None":
        if session is None:
            return self
        value = session.book[self.place]
        return None if value != value else value  # noqa: PLR0124 - NaN is what differs from itself

    def __set__(self, session: _Kept, value: float | None) -> None:
        if session.book is _EMPTY:
            if value is None:
                return
            session.book = array("d", _EMPTY)
        session.book[self.place] = math.nan if value is None else value


class BookTail:
    """Numbers of any amount, kept behind the booked ones; None when there are none."""

    @overload
    def __get__(self, session: None, owner: type) -> "BookTail": ...
    @overload
    def __get__(self, session: _Kept, owner: type | None = None) -> "array[float] | None": ...
    def __get__(
        self, session: _Kept | None, owner: type | None = None
    ) -> "array[float] | BookTail | None":
        if session is None:
            return self
        return session.book[MOST_BOOKED:] or None

    def __set__(self, session: _Kept, value: "array[float] | None") -> None:
        book = own_book(session)[:MOST_BOOKED]
        session.book = book if value is None else book + value


def own_book(session: _Kept) -> "array[float]":
    """The session's book, its own from now on."""
    if session.book is _EMPTY:
        session.book = array("d", _EMPTY)
    return session.book


class Rarely(Generic[T]):
    """A value that most sessions leave at its default.

    Its name is in ``rare`` only while it is another: where every input asks, that is cheaper.
    """

    def __init__(self, default: T) -> None:
        self.default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, session: None, owner: type) -> "Rarely[T]": ...
    @overload
    def __get__(self, session: _Kept, owner: type | None = None) -> T: ...
    def __get__(self, session: _Kept | None, owner: type | None = None) -> "T | Rarely[T]":
        if session is None:
            return self
        rare = session.rare
        value: T = self.default if rare is None else rare.get(self.name, self.default)
        return value

    def __set__(self, session: _Kept, value: T) -> None:
        rare = session.rare
        if value == self.default:
            if rare is not None:
                rare.pop(self.name, None)
                if not rare:
                    session.rare = None
            return
        if rare is None:
            rare = session.rare = {}
        rare[self.name] = value


MOST_BOOKED: Final = 28
UNSURE: Final = 3
"""How many of the booked numbers may be None; they are the last ones."""
_EMPTY: Final = array("d", [0.0] * (MOST_BOOKED - UNSURE) + [math.nan] * UNSURE)


def empty_book() -> "array[float]":
    """The book of a session that has set none of its numbers; shared, never written."""
    return _EMPTY


def kept_fields(owner: type) -> dict[str, Any]:
    """The names of a class's booked numbers and rare values, with their types."""
    kept: dict[str, Any] = dict.fromkeys(booked(owner), float)
    kept.update(dict.fromkeys(unsure(owner), float | None))
    for name, value in vars(owner).items():
        if isinstance(value, BookTail):
            kept[name] = array
        if isinstance(value, Rarely):
            kept[name] = get_args(value.__orig_class__)[0]  # type: ignore[attr-defined]
    return kept


def booked(owner: type) -> list[str]:
    """The names of a class's booked numbers."""
    return [name for name, value in vars(owner).items() if isinstance(value, Booked)]


def unsure(owner: type) -> list[str]:
    """The names of a class's booked numbers that may be None."""
    return [name for name, value in vars(owner).items() if isinstance(value, BookedOrNone)]
