"""Attributes that cost a session little or nothing.

A session lives 100,000 times in a process, so its memory is counted in bytes. A number in a slot
costs 40 of them, one in the session's *book* eight: an immutable bytes object with numbers, whole
numbers, flags and choices in fixed places, and behind them lists: watched ranges and ads. A write
makes a new book: what every callback writes has a slot. What most sessions never set stands in a
tuple that most never have (names and values in turn: a dictionary takes three times as much).
"""

import functools
import itertools
import math
import operator
import struct
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar, get_args

T = TypeVar("T")
Watched = tuple[int, float, float]  # asset, start and end of a watched range

NUMBERS: Final = 20  # so many stand in a book
UNSURE: Final = 3  # so many of them may be None; they are the last ones
_WHOLE_AT: Final = NUMBERS * 8  # behind them whole ones, two of four bytes and ten of one
_FLAGS_AT: Final = _WHOLE_AT + 2 * 4 + 10
_CHOICE_AT: Final = _FLAGS_AT + 1
_RANGES_AT: Final = _CHOICE_AT + 1
_TAIL_AT: Final = _RANGES_AT + 1
_FULL: Final = 255  # a small number of this size or more stands elsewhere, its byte says so
_LARGEST: Final = (1 << 32) - 1
_HIGHEST: Final = (1 << 16) - 1
MANY_RANGES: Final = 16  # more watched ranges are united: no log makes a session grow (S60)
_WIDTH: Final = 3  # numbers of a range in an array

_RUN: Final = struct.Struct("<3d")
_HEARD: Final = struct.Struct("<5d")
_RANGE: Final = struct.Struct("<Hdd")
_AD: Final = struct.Struct("<HHd")
_read: Final[Callable[[bytes, int], tuple[float]]] = struct.Struct("<d").unpack_from
_written: Final = struct.Struct("<d").pack
RUN_SIZE, HEARD_SIZE = _RUN.size, _HEARD.size
running: Final = _RUN.unpack_from  # the first three numbers of a book
run_written: Final = _RUN.pack
heard_written: Final = _HEARD.pack
_KNOWN: Final = bytes(8 * (NUMBERS - UNSURE))
EMPTY_BOOK: Final = _KNOWN + _written(math.nan) * UNSURE + bytes(_TAIL_AT - _WHOLE_AT)  # shared


class _Kept(Protocol):
    book: bytes
    rare: tuple[Any, ...] | None


class _Attribute(Generic[T]):
    """An attribute of a session; of each kind one stands behind the other in the book."""

    __orig_bases__: ClassVar[tuple[Any, ...]]
    first: ClassVar = 0
    step = 0

    def __set_name__(self, owner: type, name: str) -> None:
        kin = [each for each in vars(owner).values() if type(each) is type(self)]
        self.name = name
        self.at = self.first + sum(each.step for each in kin[: kin.index(self)])


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
        _put(session, self.at, _written(math.nan if value is None else value))


class Counted(_Attribute[int]):
    """A whole number, at first ``least`` and never less: a byte of the book, else a rare thing."""

    first = _WHOLE_AT + 2 * 4
    step = 1

    def __init__(self, least: int = 0) -> None:
        self.least = least

    def __get__(self, session: _Kept, owner: type) -> int:
        count = session.book[self.at]
        return count + self.least if count < _FULL else _rare(session, self.name, 0)

    def __set__(self, session: _Kept, value: int) -> None:
        count, book, at = min(value - self.least, _FULL), session.book, self.at
        if _FULL in (count, book[at]):
            _keep(session, self.name, value, count < _FULL)
        if count != book[at]:
            session.book = book[:at] + count.to_bytes() + book[at + 1 :]


class Whole(_Attribute[int]):
    """A whole number of four bytes; a larger one is a rare thing."""

    first = _WHOLE_AT
    step = 4

    def __get__(self, session: _Kept, owner: type) -> int:
        count = int.from_bytes(session.book[self.at : self.at + 4])
        return count if count < _LARGEST else _rare(session, self.name, 0)

    def __set__(self, session: _Kept, value: int) -> None:
        _keep(session, self.name, value, value < _LARGEST)
        _put(session, self.at, min(value, _LARGEST).to_bytes(4))


class Flag(_Attribute[bool]):
    """A yes or no, one bit of the book; no at first."""

    step = 1

    def __get__(self, session: _Kept, owner: type) -> bool:
        return session.book[_FLAGS_AT] >> self.at & 1 != 0

    def __set__(self, session: _Kept, value: bool) -> None:
        book, bit = session.book, 1 << self.at
        flags = book[_FLAGS_AT]
        wanted = flags | bit if value else flags & ~bit
        if wanted != flags:
            session.book = book[:_FLAGS_AT] + wanted.to_bytes() + book[_CHOICE_AT:]


class Chosen(_Attribute[T]):
    """One of a few values, a byte of the book; the first one at first."""

    def __init__(self, *choices: T) -> None:
        self.choices = choices

    def __get__(self, session: _Kept, owner: type) -> T:
        return self.choices[session.book[_CHOICE_AT]]

    def __set__(self, session: _Kept, value: T) -> None:
        _put(session, _CHOICE_AT, self.choices.index(value).to_bytes())


def _put(session: _Kept, at: int, written: bytes) -> None:
    book, end = session.book, at + len(written)
    if book[at:end] != written:
        session.book = book[:at] + written + book[end:]


_WORDS: Final = struct.Struct(f"<{NUMBERS}Q")  # what numbers are compared as: NaN is one, too
_EMPTY_WORDS: Final = _WORDS.unpack_from(EMPTY_BOOK)
_MASKS: Final = 4096  # so many are remembered of which numbers stand in a book


def thin_book(book: bytes) -> tuple[int, bytes, bytes]:
    """A book without what is as in a new one.

    Returns:
        Which of its numbers differ, a bit for each; those numbers; all that stands behind them.
    """
    differs = bytes(map(operator.ne, _WORDS.unpack_from(book), _EMPTY_WORDS))
    kept, spans = _spans(differs)
    return kept, b"".join([book[begin:end] for begin, end in spans]), book[_WHOLE_AT:]


@functools.lru_cache(maxsize=_MASKS)
def _spans(differs: bytes) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The bits of the numbers that differ, and where they stand: each run of them as one."""
    kept = sum(each << place for place, each in enumerate(differs))
    runs = itertools.groupby(range(NUMBERS), lambda place: differs[place])
    places = [list(run) for differing, run in runs if differing]
    return kept, tuple((run[0] * 8, run[-1] * 8 + 8) for run in places)


@functools.lru_cache(maxsize=_MASKS)
def _fillings(kept: int) -> tuple[tuple[bytes, int, int], ...]:
    """How a book is made whole: so much of a new one, then from where to where of its own."""
    differs = bytes(kept >> place & 1 for place in range(NUMBERS))
    parts, at, own = [], 0, 0
    for begin, end in _spans(differs)[1]:
        parts.append((EMPTY_BOOK[at:begin], own, own + end - begin))
        at, own = end, own + end - begin
    return (*parts, (EMPTY_BOOK[at:_WHOLE_AT], own, own))


def whole_book(kept: int, changed: bytes, rest: bytes) -> bytes:
    """The book of which these are the parts.

    Raises:
        ValueError: There is none.
    """
    if kept >> NUMBERS or len(changed) != 8 * kept.bit_count():
        raise ValueError(f"a book has other numbers than {len(changed)} bytes")
    numbers = [empty + changed[begin:end] for empty, begin, end in _fillings(kept)]
    book = b"".join((*numbers, rest))
    ads = len(book) - _ads_at(book) if len(book) >= _TAIL_AT else -1
    if ads < 0 or ads % _AD.size or book[_RANGES_AT] > MANY_RANGES:
        raise ValueError(f"no book has {len(book)} bytes")
    return book


# -- lists -----------------------------------------------------------------------------------------


def ads_in_book(session: _Kept) -> Iterator[tuple[int, int, float]]:
    """The ads in the book: break, place and seconds."""
    book = session.book
    return _AD.iter_unpack(book[_ads_at(book) :])


def ads_seen(session: _Kept) -> set[tuple[int, int]]:
    """Which ads the book has: break and place."""
    return {(index, place) for index, place, _ in ads_in_book(session)}


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


def ads_told(session: _Kept) -> "array[float] | None":
    """All ads, flat."""
    return array("d", itertools.chain(*ads_in_book(session))) or None


def tell_ads(session: _Kept, ads: Sequence[float] | None) -> None:
    """Keep these ads in place of all others."""
    session.book, told = session.book[: _ads_at(session.book)], ads or ()
    for at in range(0, len(told), 3):
        put_ad_in_book(session, int(told[at]), int(told[at + 1]), told[at + 2])


def _ads_at(book: bytes) -> int:
    return _TAIL_AT + book[_RANGES_AT] * _RANGE.size


def add_watched(session: Any, asset: int, start: float, end: float) -> None:
    """A range of an asset was watched.

    A few stand in the book. More are kept in an array, each sorted in among the others and united
    with those that it touches: a log of any length costs what was seen, and each range the same
    however many there are.
    """
    if session.watched_often is not None:
        _insert(session.watched_often, asset, start, end)
    elif not _append_to_book(session, asset, start, end):
        tell_watched(session, [*itertools.chain(*watched(session)), asset, start, end])


def watched(session: Any) -> list[Watched]:
    """All watched ranges."""
    if session.watched_often is not None:
        return _triples(session.watched_often)
    book = session.book
    return list(_RANGE.iter_unpack(book[_TAIL_AT : _ads_at(book)]))


def furthest_watched(session: Any, asset: int) -> float:
    """The furthest second of an asset that was watched; 0 when none was."""
    many = session.watched_often
    if many is None:
        return max((end for each, _, end in watched(session) if each == asset), default=0.0)
    last = _place(many, asset + 1, -1.0) - 1
    return many[last * _WIDTH + 2] if last >= 0 and many[last * _WIDTH] == asset else 0.0


def watched_told(session: Any) -> "array[float] | None":
    """All watched ranges, flat."""
    return array("d", itertools.chain(*watched(session))) or None


def tell_watched(session: Any, ranges: Sequence[float] | None) -> None:
    """Keep these watched ranges in place of all others."""
    book, parts = session.book, _triples(array("d", ranges or ()))
    none = book[:_RANGES_AT] + b"\0" + book[_ads_at(book) :]
    session.book, session.watched_often = none, None
    if not all(_append_to_book(session, *part) for part in parts):
        session.book, session.watched_often = none, array("d")
        for part in sorted(parts):
            _insert(session.watched_often, *part)


def _append_to_book(session: _Kept, asset: int, start: float, end: float) -> bool:
    """Keep one more range; False when it does not fit."""
    book = session.book
    count, ends = book[_RANGES_AT], _ads_at(book)
    if count >= MANY_RANGES or asset > _HIGHEST:
        return False
    ranges = book[_TAIL_AT:ends] + _RANGE.pack(asset, start, end)
    session.book = book[:_RANGES_AT] + bytes((count + 1,)) + ranges + book[ends:]
    return True


def _triples(many: "array[float]") -> list[Watched]:
    return [(int(many[at]), many[at + 1], many[at + 2]) for at in range(0, len(many), _WIDTH)]


def _place(many: "array[float]", asset: float, start: float) -> int:
    """How many of the sorted ranges lie before the first that begins at ``start`` or later."""

    def begin(place: int) -> tuple[float, float]:
        return many[place * _WIDTH], many[place * _WIDTH + 1]

    return bisect_left(range(len(many) // _WIDTH), (asset, start), key=begin)


def _insert(many: "array[float]", asset: int, start: float, end: float) -> None:
    """Sort one in among sorted ones and unite it with those that it touches."""
    first = last = _place(many, asset, start)
    before = (first - 1) * _WIDTH
    if first and many[before] == asset and many[before + 2] >= start:
        first -= 1
        start, end = many[before + 1], max(many[before + 2], end)
    at = last * _WIDTH
    while at < len(many) and many[at] == asset and many[at + 1] <= end:
        end = max(many[at + 2], end)
        at += _WIDTH
    many[first * _WIDTH : at] = array("d", (asset, start, end))


# -- what is rare ----------------------------------------------------------------------------------


class Rarely(_Attribute[T]):
    """A value that most sessions leave at its default; ``rare`` names it only when it is not."""

    def __init__(self, default: T) -> None:
        self.default = default

    def __get__(self, session: _Kept, owner: type) -> T:
        if session.rare is None or self.name not in session.rare:
            return self.default
        return _rare(session, self.name, self.default)

    def __set__(self, session: _Kept, value: T) -> None:
        usual, rare = value == self.default, session.rare
        if not usual or (rare is not None and self.name in rare):
            _keep(session, self.name, value, usual)


class Planned(_Attribute[T]):
    """A value that is the plan's, unless the session has its own."""

    def __get__(self, session: Any, owner: type) -> T:
        planned: T = getattr(session.plan, self.name)
        return _rare(session, self.name, planned)

    def __set__(self, session: Any, value: T) -> None:
        _keep(session, self.name, value, value is getattr(session.plan, self.name))


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
        several = tuple(ids) if own else None
        session.viewer = ids[own[0]] if single else several


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


def _keep(session: _Kept, name: str, value: Any, usual: bool) -> None:
    """Keep a value in place of the one before; the usual one is not kept."""
    rare = session.rare or ()
    if name in rare:
        at = rare.index(name)
        rare = rare[:at] + rare[at + 2 :]
    if not usual:
        rare = (*rare, name, _Text((value,)) if type(value) is str else value)
    session.rare = rare or None


def rare_things(rare: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """The names of what is rare, each with its value."""
    for name, kept in zip(rare[::2], rare[1::2], strict=True):
        yield name, kept[0] if type(kept) is _Text else kept


def kept_fields(owner: type) -> dict[str, Any]:
    """The names of a class's attributes of these kinds, with the types of their values."""
    return {
        name: get_args(getattr(each, "__orig_class__", each.__orig_bases__[0]))[0]
        for name, each in vars(owner).items()
        if isinstance(each, _Attribute)
    }


def copier(kinds: frozenset[type], fixed: object) -> Callable[[Any], Any]:
    """What copies a value so far as it is changed in place: in a fraction of ``copy.deepcopy``.

    Args:
        kinds: The attrs classes whose objects change; sets, arrays and lists do, too.
        fixed: The one object of them that never does.
    """
    changed = kinds | {tuple, list, array, set}

    def copied(value: Any) -> Any:
        kind: Any = type(value)
        if kind not in changed or value is fixed:
            return value
        if kind is tuple or kind is list:
            return kind([copied(each) if type(each) in changed else each for each in value])
        if kind is array or kind is set:
            return value[:] if kind is array else set(value)
        made = kind.__new__(kind)
        for field in kind.__attrs_attrs__:
            setattr(made, field.name, copied(getattr(value, field.name)))
        return made

    return copied
