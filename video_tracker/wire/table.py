"""The one table of properties: what each event says, in the order of its message.

A row is a property: its name, where its value comes from, how it is written, what it may be. The
tables are those of ``video-events.md`` 1.1, 1.2, 2.1 and 2.4 with the choices of the semantic
rules. The two writers (``properties.py``, ``plain.py``) and the specification that messages are
held against (``schema.py``) are made of them: who adds a row has added a property.
"""

import functools
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

import attrs

from video_tracker.events import (
    EVENTS,
    AdEvent,
    ContentEvent,
    Event,
    PlaybackEvent,
    PlaybackInterrupted,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    PlaybackStarted,
    QualityUpdated,
)
from video_tracker.wire.formats import airdate_text, float_rate, nearest, percent, whole
from video_tracker.wire.profiles import PROFILES, Profile

__all__ = ["ABSENT", "DERIVED", "LIVE", "Block", "Kind", "Property", "Table", "block_of", "tables"]

ABSENT: Final = "absent"
"""Null when it is not known and the caller asked for nulls (S34); else it is left out."""
LIVE: Final = "live"
"""Null for a livestream, whatever is known (S6)."""


@attrs.frozen(eq=False)
class Kind:
    """What a property may be, and how it is written.

    Args:
        type: ``string``, ``integer``, ``number``, ``boolean``, ``strings`` (a list), ``airdate``
            or ``object``.
        write: Makes what is sent of what is known, or None, which leaves the property out;
            without it, what is known is sent.
        choices: The only values allowed; empty is any. Those of a list are its items'.
        low, high: The range of a number.
        repair: The code of ``REPAIRS`` for what ``write`` cannot use.
    """

    type: str
    write: Callable[[Any], Any] | None = None
    choices: tuple[object, ...] = ()
    low: float | None = None
    high: float | None = None
    repair: str = ""


def _alternatives(source: str) -> tuple[str, ...]:
    return tuple(source.split(" or "))


@attrs.frozen(eq=False)
class Property:
    """A row of the table.

    Args:
        name: What it is called in the message.
        sources: Where its value is, from the event on: ``player.sound``. Of several, joined by
            ``or``, it is the first one known.
        kind: What it may be, and how it is written.
        null: When it is sent as null (``ABSENT``, ``LIVE``); empty is never.
        required: Whether the specification misses it.
        block: The table of what is inside, of an object.
        read: Takes the value from an event; None is not known.
    """

    name: str
    sources: tuple[str, ...] = attrs.field(converter=_alternatives)
    kind: Kind
    null: str = ""
    required: bool = False
    block: "Block | None" = None
    read: Callable[[Any], Any] = attrs.field(init=False, repr=False)

    @read.default
    def _reader(self) -> Callable[[Any], Any]:
        get = attrgetter(*self.sources)
        if len(self.sources) == 1:
            return get
        return lambda event: next((value for value in get(event) if value is not None), None)


@attrs.frozen(eq=False)
class Block:
    """The properties of an event, or of an object in one.

    Args:
        rows: In the order in which they are written; an object comes last.
        asset: Whose custom properties join those of the event: ``content`` or ``ad`` (S51).
        livestream: What says whether it is a livestream; None in a block that is never one.
        inner: The object among them, if there is one.
    """

    rows: tuple[Property, ...]
    asset: str = ""
    livestream: Property | None = attrs.field(init=False)
    inner: Property | None = attrs.field(init=False)

    @livestream.default
    def _find_livestream(self) -> Property | None:
        return next((row for row in self.rows if row.name == "livestream"), None)

    @inner.default
    def _find_inner(self) -> Property | None:
        return next((row for row in self.rows if row.block is not None), None)


Table = Mapping[type[Event], Block]
"""The blocks by kind of event, all of ``EVENTS`` among them."""

_AD_TYPES: Final = ("pre-roll", "mid-roll", "post-roll")
_TEXT: Final = Kind("string")
_AD_TYPE: Final = Kind("string", choices=_AD_TYPES)
_LOAD_TYPE: Final = Kind("string", choices=("dynamic", "linear"))
_FLAG: Final = Kind("boolean")
_PLACE: Final = Kind("integer", whole)
_COUNT: Final = Kind("integer", whole, low=0)
_ORDINAL: Final = Kind("integer", whole, low=1)
_QUARTILE: Final = Kind("integer", whole, choices=(1, 2, 3))
_RATE: Final = Kind("integer", nearest, low=0)
_FLOAT_RATE: Final = Kind("number", float_rate, low=0)
_SOUND: Final = Kind("integer", percent, low=0, high=100)
_WORDS: Final = Kind("strings", list)
_IDS: Final = Kind("strings", lambda ids: list(ids) or None)
_AIRDATE: Final = Kind("airdate", airdate_text, repair="bad_date")

_SESSION: Final = Property("session_id", "session_id", _TEXT, required=True)
_ALSO_SESSION: Final = Property("session_id", "session_id", _TEXT)
_PLAYING: Final = (
    Property("content_asset_id", "playing.content_asset_id", _TEXT, ABSENT),
    Property("content_pod_id", "playing.content_pod_id", _TEXT, ABSENT),
    Property("ad_asset_id", "playing.ad_asset_id", _TEXT, ABSENT),
    Property("ad_pod_id", "playing.ad_pod_id", _TEXT, ABSENT),
    Property("ad_type", "playing.ad_type", _AD_TYPE, ABSENT),
)


def _planned(profile: Profile) -> tuple[Property, ...]:
    """All planned ads as lists, or the first planned pre-roll (S52)."""

    def of_ads(name: str, field: str, choices: tuple[str, ...] = ()) -> Property:
        def first(ads: Any) -> Any:
            return next((getattr(ad, field) for ad in ads if ad.ad_type == "pre-roll"), None)

        def listed(ads: Any) -> Any:
            return [getattr(ad, field) for ad in ads] or None

        if profile.lists_planned_ads:
            return Property(name, "planned_ads", Kind("strings", listed, choices))
        return Property(name, "planned_ads", Kind("string", first, choices))

    return (
        Property("content_asset_ids", "content_asset_ids", _IDS),
        Property("content_pod_ids", "content_pod_ids", _IDS),
        of_ads("ad_asset_id", "asset_id"),
        of_ads("ad_pod_id", "pod_id"),
        of_ads("ad_type", "ad_type", _AD_TYPES),
    )


@functools.cache
def _rates(profile: Profile, of: str) -> tuple[Property, ...]:
    framerate = _RATE if profile.whole_framerate else _FLOAT_RATE
    return (
        Property("bitrate", f"{of}bitrate", _RATE),
        Property("framerate", f"{of}framerate", framerate),
    )


def _playback(profile: Profile) -> tuple[Property, ...]:
    return (
        Property("position", "position", _PLACE),
        Property("total_length", "total_length", _COUNT, LIVE),
        *_rates(profile, "player."),
        Property("video_player", "player.video_player", _TEXT),
        Property("sound", "player.sound", _SOUND),
        Property("full_screen", "player.full_screen", _FLAG),
        Property("ad_enabled", "player.ad_enabled", _FLAG),
        Property("quality", "player.quality", _TEXT),
        Property("livestream", "player.livestream", _FLAG),
    )


_METADATA: Final = (
    Property("title", "content.title", _TEXT),
    Property("description", "content.description", _TEXT),
    Property("season", "content.season", _TEXT),
    Property("episode", "content.episode", _TEXT),
    Property("genre", "content.genre", _TEXT),
    Property("program", "content.program", _TEXT),
    Property("publisher", "content.publisher", _TEXT),
    Property("channel", "content.channel", _TEXT),
    Property("full_episode", "content.full_episode", _FLAG),
    Property("load_type", "content.load_type", _LOAD_TYPE),
    Property("keywords", "content.keywords", _WORDS),
    Property("airdate", "content.airdate", _AIRDATE),
)


def _content(
    profile: Profile, asset: str, pod: str, position: str, length: str
) -> tuple[Property, ...]:
    """What is said of a content; the arguments are where its ids and its place are."""
    return (
        Property("asset_id", asset, _TEXT),
        Property("pod_id", pod, _TEXT),
        *_METADATA,
        Property("livestream", "content.livestream or player.livestream", _FLAG),
        Property("position", position, _PLACE),
        Property("total_length", length, _COUNT, LIVE),
        *_rates(profile, "player."),
    )


def _ad(profile: Profile) -> tuple[Property, ...]:
    places = ("content_asset_id", "content_pod_id", "content_position", "content_length")
    content = Block((_ALSO_SESSION, *_content(profile, *places)), "content")
    return (
        _SESSION,
        Property("asset_id", "asset_id", _TEXT),
        Property("pod_id", "pod_id", _TEXT),
        Property("type", "ad_type", _AD_TYPE),
        Property("title", "ad.title", _TEXT),
        Property("publisher", "ad.publisher", _TEXT),
        Property("load_type", "ad.load_type", _LOAD_TYPE),
        Property("pod_position", "pod_position", _ORDINAL),
        Property("pod_length", "pod_length", _COUNT),
        Property("position", "position", _COUNT),
        Property("total_length", "total_length", _COUNT),
        Property("quartile", "quartile", _QUARTILE),
        Property("content", "content or content_asset_id", Kind("object"), block=content),  # S53
    )


def _quality(profile: Profile) -> tuple[Property, ...]:
    return (
        _ALSO_SESSION,
        Property("position", "position", _PLACE),
        *_rates(profile, ""),
        Property("startupTime", "startup_time", _COUNT),
        Property("droppedFrames", "dropped_frames", _COUNT),
    )


@functools.cache
def tables(profile: Profile) -> Table:
    """Return the table of each kind of event, as the profile wants it."""
    playback = (_SESSION, *_PLAYING, *_playback(profile))
    sought = Property("seek_position", "seek_position", _PLACE)
    repeats = profile.seek_completed_repeats_position
    landed = Property("seek_position", "position or seek_position", _PLACE) if repeats else sought
    places = ("asset_id", "pod_id", "position", "total_length")
    own = {
        PlaybackEvent: Block(playback),
        PlaybackStarted: Block((_SESSION, *_planned(profile), *_playback(profile))),
        PlaybackInterrupted: Block((*playback, Property("method", "method", _TEXT))),
        PlaybackSeekStarted: Block((*playback, sought)),
        PlaybackSeekCompleted: Block((*playback, landed)),
        ContentEvent: Block((_SESSION, *_content(profile, *places)), "content"),
        AdEvent: Block(_ad(profile), "ad"),
        QualityUpdated: Block(_quality(profile)),
    }
    return {kind: block_of(own, kind) or own[kind] for kind in (*own, *EVENTS.values())}


def block_of(table: Table, kind: type) -> Block | None:
    """Return the block of a kind of event, or of its nearest parent; None of what is no event."""
    return next((table[parent] for parent in kind.__mro__ if parent in table), None)


DERIVED: Final = frozenset(
    row.name for one in PROFILES.values() for block in tables(one).values() for row in block.rows
)
"""Every name that a property which is not the caller's may have."""
