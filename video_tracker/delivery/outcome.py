"""What a transport says about the records it was given: the one arrow that leads back.

Three answers and their mixture::

    Delivered()                          all of them arrived
    TryLater("throttled", after=5.0)     none is lost, none arrived: ask again
    Refused("rejected", "no userId")     asking again is of no use
    Mixed((Refused(..., which=("a",)), TryLater(..., which=("b", "c"))))

``which`` names records by message id; a record that no part names was delivered. :func:`settle`
is the one reading of an outcome, so that every shell counts alike.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

import attrs

__all__ = [
    "DELIVERED",
    "Delivered",
    "Mixed",
    "Outcome",
    "Refused",
    "Settlement",
    "TryLater",
    "settle",
]

_DETAIL_LIMIT: Final = 500
"""Characters of a destination's own words that are kept."""


_DEEPEST: Final = 8
"""Mixtures inside each other that are read."""


def _excerpt(text: object) -> str:
    words = text if isinstance(text, str) else str(text)
    return words if len(words) <= _DETAIL_LIMIT else words[: _DETAIL_LIMIT - 1] + "…"


def _code(reason: object) -> str:
    return reason if isinstance(reason, str) and reason else "unknown"


def _ids(value: Iterable[str] | None) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    return None if value is None else tuple(value)


def _seconds(value: float | None) -> float | None:
    # NaN fails every comparison, so it becomes "unknown" too.
    return float(value) if value is not None and 0.0 <= value < float("inf") else None


@attrs.frozen
class Delivered:
    """Every record arrived."""


@attrs.frozen
class TryLater:
    """The records did not arrive, and the destination did not refuse them.

    Args:
        reason: A stable code: ``throttled``, ``unavailable``, ``timeout``, ``network``,
            ``disk_full``, ``io_error``, or a transport's own.
        detail: What happened, for people; cut at 500 characters.
        after: Seconds that the destination asked to be left alone; None when it did not say.
        which: The message ids it holds for; None is all of them, and so is one that names anything
            that was not sent: a slip must not pass for a delivery.
    """

    reason: str = attrs.field(converter=_code)
    detail: str = attrs.field(default="", converter=_excerpt)
    after: float | None = attrs.field(default=None, converter=_seconds)
    which: tuple[str, ...] | None = attrs.field(default=None, converter=_ids)


@attrs.frozen
class Refused:
    """The records will not be accepted, however often they are sent.

    Args:
        reason: A stable code: ``rejected`` (these records are at fault), ``too_large`` (S55),
            ``credentials`` or ``endpoint`` (the configuration is at fault, whatever the
            records), ``closed``, or a transport's own.
        detail: The destination's reasons, for people; cut at 500 characters.
        which: The message ids it holds for; None is all of them, and so is one that names anything
            that was not sent: a slip must not pass for a delivery.
        together: Those in ``which`` were refused in one, and it is not known which of them is at
            fault: they are sent again in smaller numbers until it is. Without ``which`` this goes
            without saying.
    """

    reason: str = attrs.field(converter=_code)
    detail: str = attrs.field(default="", converter=_excerpt)
    which: tuple[str, ...] | None = attrs.field(default=None, converter=_ids)
    together: bool = False


def _parts(value: Iterable[TryLater | Refused]) -> tuple[TryLater | Refused, ...]:
    return tuple(value)


@attrs.frozen
class Mixed:
    """Not all records fared alike; those which no part names were delivered.

    Args:
        parts: Refusals and postponements with their ``which``; the first to name a record rules.
    """

    parts: tuple[TryLater | Refused, ...] = attrs.field(converter=_parts)


Outcome: TypeAlias = Delivered | TryLater | Refused | Mixed
"""What :meth:`video_tracker.transports.base.Transport.send` returns."""

DELIVERED: Final = Delivered()
"""The good answer, ready made."""


class _Identified(Protocol):
    @property
    def message_id(self) -> str: ...


R = TypeVar("R", bound=_Identified)


@attrs.frozen
class Settlement(Generic[R]):
    """An outcome read against its records: each record is in exactly one of the three.

    Args:
        delivered: Those that arrived.
        later: Those to be tried again, each with the reason.
        refused: Those refused, each with the reason.
    """

    delivered: tuple[R, ...] = ()
    later: tuple[tuple[R, TryLater], ...] = ()
    refused: tuple[tuple[R, Refused], ...] = ()


def settle(records: Sequence[R], outcome: Any) -> Settlement[R]:
    """Say of each record what became of it.

    Args:
        records: What was sent.
        outcome: What the transport returned. It may be a transport of the user's own, so any
            value is taken: one that is no outcome counts as refused, reason ``no_outcome``.

    Returns:
        The settlement; its three parts together are exactly ``records``, in their order.
    """
    if type(outcome) is Delivered:
        return Settlement(delivered=tuple(records))
    # What names nobody in particular comes last: it holds for those that are named nowhere.
    ids = {record.message_id for record in records}
    read = [_legible(part, ids) for part in _read(outcome, _DEEPEST)]
    parts = sorted(read, key=lambda part: part.which is None)
    delivered: list[R] = []
    later: list[tuple[R, TryLater]] = []
    refused: list[tuple[R, Refused]] = []
    for record in records:
        part = _ruling(parts, record.message_id)
        if part is None:
            delivered.append(record)
        elif isinstance(part, TryLater):
            later.append((record, part))
        else:
            refused.append((record, part))
    return Settlement(tuple(delivered), tuple(later), tuple(refused))


def _read(outcome: object, depth: int) -> Iterator[TryLater | Refused]:
    """The parts of an outcome. A slip in one must never pass for a delivery."""
    match outcome:
        case Delivered():
            return
        case TryLater() | Refused():
            yield outcome
        case Mixed() if depth:
            for part in outcome.parts:
                yield from _read(part, depth - 1)
        case _:
            kind = type(outcome).__name__
            yield Refused("no_outcome", f"the transport returned {kind}, not an Outcome")


def _legible(part: TryLater | Refused, ids: Collection[str]) -> TryLater | Refused:
    """The part as it is; one whose ``which`` holds what is no id of these may mean any record."""
    if part.which is None or all(_is_one(name, ids) for name in part.which):
        return part
    return attrs.evolve(part, which=None)


def _is_one(name: object, ids: Collection[str]) -> bool:
    return isinstance(name, str) and name in ids


def _ruling(parts: Sequence[TryLater | Refused], message_id: str) -> TryLater | Refused | None:
    for part in parts:
        if part.which is None or message_id in part.which:
            return part
    return None
