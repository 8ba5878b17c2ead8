"""Which event bears which property, read from the library's one table of them."""

import itertools
from collections.abc import Iterator
from typing import Final

from video_tracker.events import EVENTS
from video_tracker.transcript import short_name
from video_tracker.wire import PROFILES
from video_tracker.wire.table import ABSENT, Block, Property, tables

HAS: Final = "●"
"""Stands where an event bears a property."""


def kinds_of_events() -> list[tuple[str, ...]]:
    """The events' names, those together that bear the same properties in every profile."""
    groups: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for name, kind in EVENTS.items():
        bears = tuple(_names(tables(profile)[kind]) for profile in PROFILES.values())
        groups.setdefault(bears, []).append(name)
    return [tuple(group) for group in groups.values()]


def _names(block: Block) -> tuple[str, ...]:
    return tuple(row.name for row in block.rows)


def rows_of_kinds() -> Iterator[tuple[str, str]]:
    """The columns of the table of properties, each with its events."""
    for names in kinds_of_events():
        yield f"**{title_of(names)}**", ", ".join(f"`{name}`" for name in names)


def title_of(names: tuple[str, ...]) -> str:
    """What a column is called: the last word that its events' names begin with."""
    words = [short_name(name).split() for name in names]
    if len(names) == 1:
        return " ".join(words[0]).removeprefix("Playback ")
    common = itertools.takewhile(lambda each: len(set(each)) == 1, zip(*words, strict=False))
    return [each[0] for each in common][-1]


def rows_of_properties() -> Iterator[tuple[str, ...]]:
    """Each property, where it is borne, and what it may be."""
    groups = kinds_of_events()
    blocks = [tables(PROFILES["customerio"])[EVENTS[names[0]]] for names in groups]
    names = dict.fromkeys(row.name for block in blocks for row in block.rows)
    for name in names:
        where = [HAS if name in _names(block) else "" for block in blocks]
        yield f"`{name}`", *where, _types(name)


def rows_of_content_in_ads() -> str:
    """The properties of the object ``content`` of an ad's events."""
    block = tables(PROFILES["customerio"])[EVENTS["Video Ad Started"]]
    assert block.inner is not None
    assert block.inner.block is not None
    return ", ".join(f"`{row.name}`" for row in block.inner.block.rows)


def _types(name: str) -> str:
    """What a property may be; where events or profiles differ, which."""
    found: dict[str, list[tuple[str, str]]] = {}
    for profile in PROFILES.values():
        for names in kinds_of_events():
            for row in tables(profile)[EVENTS[names[0]]].rows:
                if row.name == name:
                    found.setdefault(_type(row), []).append((profile.name, title_of(names)))
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"{text} ({_where(places)})" for text, places in found.items())


def _where(places: list[tuple[str, str]]) -> str:
    profiles = dict.fromkeys(profile for profile, _ in places)
    if len(profiles) == len(PROFILES):
        return ", ".join(dict.fromkeys(title for _, title in places))
    return ", ".join(profiles) + _only(places)


def _only(places: list[tuple[str, str]]) -> str:
    titles = dict.fromkeys(title for _, title in places)
    return f": {', '.join(titles)}" if len(titles) == 1 else ""


def _type(row: Property) -> str:
    kind = row.kind
    text = "date or date-time" if kind.type == "airdate" else kind.type
    text = "list of strings" if text == "strings" else text
    if kind.choices:
        text += f": {', '.join(str(choice) for choice in kind.choices)}"
    elif kind.low is not None and kind.high is not None:
        text += f", {kind.low:g} to {kind.high:g}"
    elif kind.low is not None:
        text += f", from {kind.low:g}"
    if row.null:
        text += ", or null (S34)" if row.null == ABSENT else ", or null (S6)"
    return text


def rows_of_events() -> Iterator[tuple[str, str, str]]:
    """Each event, when it comes, and in which vendors' specifications it stands."""
    for name, kind in EVENTS.items():
        said = " ".join((kind.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")
        whose = [profile.name for profile in PROFILES.values() if name in profile.events]
        everybody = len(whose) == len(PROFILES)
        yield f"`{name}`", said, "all" if everybody else ", ".join(whose) or "none"
