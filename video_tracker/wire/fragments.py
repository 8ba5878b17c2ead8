"""JSON written once and used again: of frozen objects, and of mappings that stay as they were.

A fragment is the inside of an object, without its braces: ``"title":"Up","season":"2"``. It is
text, not bytes, because only the whole message tells whether UTF-8 can carry it.
"""

import marshal
from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.json_values import Repairs, clean_mapping
from video_tracker.plan import Ad, Content, PlayerAttributes
from video_tracker.wire.blocks import ad_static, attributes, content_static, livestream, rates
from video_tracker.wire.engines import json_text
from video_tracker.wire.profiles import Profile
from video_tracker.wire.schema import SCHEMAS

__all__ = [
    "DERIVED",
    "AssetText",
    "MappingTexts",
    "PlayerText",
    "ad_text",
    "content_text",
    "further",
    "player_text",
]

DERIVED: Final = frozenset(
    name for tables in SCHEMAS.values() for table in tables.values() for name in table
)
"""Every name that a property which is not the caller's may have."""


def inside(values: Mapping[str, Any]) -> str:
    """Write the members of an object, without its braces."""
    return json_text(values)[1:-1]


def further(values: Mapping[str, Any]) -> str:
    """Write members that follow others: with a comma before them; nothing when there are none."""
    return f",{inside(values)}" if values else ""


def _leading(custom: Mapping[str, Any]) -> str | None:
    """Write custom properties as members that others follow; None when they share a name."""
    if not DERIVED.isdisjoint(custom):
        return None
    return f"{inside(custom)}," if custom else ""


@attrs.frozen
class AssetText:
    """What is always said of a content or an ad.

    Args:
        custom: Its custom properties, a comma after them.
        metadata: The rest, a comma before it, ``livestream`` included when the content has one.
        livestream: The content's own; None when it is the player's to say.
    """

    custom: str
    metadata: str
    livestream: bool | None


def content_text(content: Content) -> AssetText | None:
    """Write a content; None when it is out of the ordinary: repaired, or with a name of ours."""
    static = content_static(content)
    custom = _leading(static.custom)
    if static.repairs or custom is None:
        return None
    metadata = static.metadata
    if content.livestream is not None:
        metadata = {**metadata, "livestream": content.livestream}
    return AssetText(custom, further(metadata), content.livestream)


def ad_text(ad: Ad) -> AssetText | None:
    """Write an ad; None when it is out of the ordinary."""
    static = ad_static(ad)
    custom = _leading(static.custom)
    if static.repairs or custom is None:
        return None
    return AssetText(custom, further(static.metadata), None)


@attrs.frozen
class PlayerText:
    """What is said of the player, each part with a comma before it.

    Args:
        rates: Bitrate and framerate.
        attributes: These and all others.
        livestream: ``livestream`` alone, for a content that does not say it itself.
        live: Whether it is one.
    """

    rates: str
    attributes: str
    livestream: str
    live: bool


def player_text(player: PlayerAttributes, profile: Profile) -> PlayerText:
    """Write the player's attributes as the profile wants them."""
    pace = rates(player, profile)
    live = livestream(None, player)
    return PlayerText(
        rates=further(pace),
        attributes=further({**pace, **attributes(player)}),
        livestream="" if live is None else further({"livestream": live}),
        live=bool(live),
    )


class MappingTexts:
    """Remembers the JSON of the caller's mappings, known again by their value.

    Never by identity: a caller may fill one dict for one viewer after the other. Nor by ``==``,
    which takes 1 for True. ``marshal`` tells every two values apart, faster than JSON is written,
    and refuses the types that the cleaning would have to think about.

    Args:
        taken: Names that the message has itself.
        size: How many values are remembered.
    """

    __slots__ = ("_size", "_taken", "_texts")

    _LONGEST: Final = 4096
    """Bytes of a value that is worth to be remembered."""

    def __init__(self, taken: frozenset[str], size: int = 256) -> None:
        self._taken = taken
        self._size = size
        self._texts: dict[bytes, str | None] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def get(self, mapping: Any) -> str | None:
        """Write ``mapping`` as members that others follow; None when it is out of the ordinary.

        Raises:
            ValueError: It holds values of types beyond those of JSON.
            EncodingError: It holds too many.
        """
        if not mapping:
            return ""
        value = marshal.dumps(mapping)
        if value in self._texts:
            return self._texts[value]
        if len(value) > self._LONGEST:
            return None
        # From the copy, not from the mapping, which another thread may have changed by now.
        text = self._write(marshal.loads(value))  # noqa: S302 - our own bytes, of a moment ago
        if len(self._texts) >= self._size:
            self._texts.clear()
        self._texts[value] = text
        return text

    def _write(self, copy: Mapping[str, Any]) -> str | None:
        repairs: Repairs = []
        clean = clean_mapping(copy, "", repairs)
        if repairs or not self._taken.isdisjoint(clean):
            return None
        return f"{inside(clean)}," if clean else ""
