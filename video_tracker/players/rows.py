"""One row a callback: what it may become stands at the method that answers it.

An adapter marks its methods with :func:`on` and lists the callbacks that say nothing by reason
(``silent``); its vocabulary, its channels, its dispatch and the tables of the docs are made of them
when the class is (:func:`table_of`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import attrs

__all__ = ["Answers", "Ignored", "Mapped", "Vocabulary", "on", "rows_in", "table_of"]


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.split() if isinstance(value, str) else value))


@attrs.frozen
class Mapped:
    """A callback that is used.

    Args:
        signals: The names of the signals it may become (``"play playing"`` or a list); empty when
            it only tells the adapter what the callbacks after it mean. ``load``, ``update``,
            ``progress`` and ``pause`` may come of the snapshot in every callback, and need no
            name (S83).
        note: What it is used for, where the names do not say it.
        in_break: What it is while ads have the player, as of :func:`on`.
    """

    signals: tuple[str, ...] = attrs.field(default=(), converter=_names)
    note: str = ""
    in_break: str | None = None


@attrs.frozen
class Ignored:
    """A callback that says nothing a session wants to know, with the reason."""

    reason: str


Entry = Mapped | Ignored
Vocabulary = Mapping[tuple[str, str], Entry]
"""(channel, event) -> what becomes of it."""
Answers = Mapping[tuple[str, str], Callable[..., Any]]
"""(channel, event) -> the method that answers it."""

_Method = TypeVar("_Method", bound=Callable[..., Any])
_ROWS: Final = "_rows"  # Where a marked method keeps its rows.
_OF_AD: Final[Mapping[str, str]] = {
    "play": "play",
    "pause": "pause",
    "click": "ad_click",
    "waiting": "buffer_start",
    "playing": "buffer_end",
}
"""What the open ad's element says, or its viewer does: the signal it may become."""


def on(
    channel: str, events: str, signals: str = "", note: str = "", *, in_break: str | None = None
) -> Callable[[_Method], _Method]:
    """Mark a method of an adapter as the answer to callbacks; a method may bear several rows.

    Args:
        channel: Who fires them.
        events: Their names, with spaces between them.
        signals: The names of the signals that they may become, as of :class:`Mapped`.
        note: What they are used for, where the names do not say it.
        in_break: What they are while ads have the player, where the method is only for the
            content: an event of the ad's element (``play``, ``playing``, ``pause``, ``waiting``),
            or why they say nothing then (nothing is counted without a reason). Read by
            :class:`~video_tracker.players.native_player.NativePlayer`.

    Returns:
        The decorator; the method stays as it is.
    """
    rows = {(channel, event): Mapped(signals, note, in_break) for event in events.split()}

    def mark(method: _Method) -> _Method:
        setattr(method, _ROWS, [*getattr(method, _ROWS, ()), rows])
        return method

    return mark


def rows_in(channel: str, table: Mapping[str, Entry]) -> dict[tuple[str, str], Entry]:
    """The rows of a channel, of a table of its events: for parts that adapters share."""
    return {(channel, event): entry for event, entry in table.items()}


def table_of(adapter: type[Any]) -> tuple[Vocabulary, Answers]:
    """What the rows of an adapter class and of its parents make: its vocabulary and its dispatch.

    Raises:
        TypeError: One class has two rows for the same callback.
    """
    vocabulary: dict[tuple[str, str], Entry] = {}
    answers: dict[tuple[str, str], Callable[..., Any]] = {}
    for part in reversed(adapter.__mro__):
        own: dict[tuple[str, str], Entry] = {}
        besides = getattr(part, "besides", {})
        for name, rows in _rows_of(part):
            twice = own.keys() & rows
            if twice:
                raise TypeError(f"{part.__name__} has two rows for {', '.join(map(str, twice))}")
            own |= {key: _with(besides.get(key[0]), entry) for key, entry in rows.items()}
            if name is not None:
                answers |= dict.fromkeys(rows, getattr(adapter, name))
        shared = vars(part).get("shared")
        vocabulary = {} if shared == {} else vocabulary | (shared or {})
        vocabulary |= own
    names = adapter.renamed
    return (
        {(names.get(channel, channel), event): row for (channel, event), row in vocabulary.items()},
        {(names.get(channel, channel), event): row for (channel, event), row in answers.items()},
    )


def _with(besides: str | None, entry: Entry) -> Entry:
    if besides is None or isinstance(entry, Ignored):
        return entry
    return attrs.evolve(entry, signals=dict.fromkeys((*entry.signals, *besides.split())))


def _rows_of(part: type[Any]) -> Iterator[tuple[str | None, Mapping[tuple[str, str], Entry]]]:
    """The rows that stand in a class itself, with the name of the method that answers them."""
    for channel, reasons in vars(part).get("silent", {}).items():
        for reason, events in reasons.items():
            yield None, {(channel, event): Ignored(reason) for event in events.split()}
    for channel, words in vars(part).get("of_ad", {}).items():
        for event, word in words.items():
            yield "_on_ad_word", {(channel, event): Mapped(_OF_AD[word])}
    for name, method in vars(part).items():
        for rows in getattr(method, _ROWS, ()):
            yield name, rows
