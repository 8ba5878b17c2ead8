"""The parts of ``properties`` that change seldom: an asset's metadata, the player's attributes.

Both ways of writing a message take them from here, the general one (``properties.py``) as dicts
and the plain one (``plain.py``) as JSON made of these dicts once.
"""

from typing import Any, Final

import attrs

from video_tracker.events import QualityUpdated
from video_tracker.json_values import Repairs, clean_mapping
from video_tracker.plan import Ad, Content, PlayerAttributes
from video_tracker.wire.formats import airdate_text, nearest
from video_tracker.wire.profiles import Profile

__all__ = [
    "Properties",
    "Static",
    "ad_static",
    "attributes",
    "content_static",
    "livestream",
    "rates",
]

Properties = dict[str, Any]

_CONTENT_FIELDS: Final = (
    "title",
    "description",
    "season",
    "episode",
    "genre",
    "program",
    "publisher",
    "channel",
    "full_episode",
    "load_type",
)
_AD_FIELDS: Final = ("title", "publisher", "load_type")
_PLAYER_FIELDS: Final = ("full_screen", "ad_enabled", "quality", "livestream")


@attrs.frozen
class Static:
    """What never changes of an asset: its metadata, its custom properties and their repairs."""

    metadata: Properties
    custom: Properties
    repairs: tuple[tuple[str, str], ...]


def content_static(content: Content) -> Static:
    """Return what every event about ``content`` says of it, livestream and lengths aside."""
    repairs: Repairs = []
    metadata = _known(content, _CONTENT_FIELDS)
    if content.keywords is not None:
        metadata["keywords"] = list(content.keywords)
    if content.airdate is not None:
        airdate = airdate_text(content.airdate)
        if airdate is None:
            repairs.append(("properties.airdate", "bad_date"))
        else:
            metadata["airdate"] = airdate
    custom = clean_mapping(content.properties, "properties", repairs)
    return Static(metadata, custom, tuple(repairs))


def ad_static(ad: Ad) -> Static:
    """Return what every event about ``ad`` says of it, its place and length aside."""
    repairs: Repairs = []
    custom = clean_mapping(ad.properties, "properties", repairs)
    return Static(_known(ad, _AD_FIELDS), custom, tuple(repairs))


def _known(owner: object, names: tuple[str, ...]) -> Properties:
    values = ((name, getattr(owner, name)) for name in names)
    return {name: value for name, value in values if value is not None}


def rates(source: PlayerAttributes | QualityUpdated, profile: Profile) -> Properties:
    """Return bitrate and framerate as the profile writes them (S54)."""
    found: Properties = {}
    if source.bitrate is not None:
        bitrate = nearest(source.bitrate)
        if bitrate is not None:
            found["bitrate"] = bitrate
    if source.framerate is not None:
        framerate = nearest(source.framerate)
        if framerate is not None:
            found["framerate"] = framerate if profile.whole_framerate else float(source.framerate)
    return found


def attributes(player: PlayerAttributes) -> Properties:
    """Return the player's attributes that playback events name beside the rates (S54)."""
    found: Properties = {}
    if player.video_player is not None:
        found["video_player"] = player.video_player
    if player.sound is not None:
        sound = nearest(player.sound)
        if sound is not None:
            found["sound"] = min(sound, 100)
    found.update(_known(player, _PLAYER_FIELDS))
    return found


def livestream(content: Content | None, player: PlayerAttributes) -> bool | None:
    """Whether it is a livestream: the content says so, else the player; None is not known (S6)."""
    if content is not None and content.livestream is not None:
        return content.livestream
    return player.livestream
