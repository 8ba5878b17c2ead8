"""The types and ranges of one event or message by itself (S3, S6, S34, S50, S54).

The rules of order between events are in ``grammar``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from video_tracker.events import (
    EVENTS,
    AdEvent,
    ContentEvent,
    Event,
    NowPlaying,
    PlaybackEvent,
    PlaybackInterrupted,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    QualityUpdated,
)
from video_tracker.plan import PlayerAttributes, is_number

__all__ = ["check_fields", "check_lengths", "check_message", "check_values"]

_AD_TYPES: Final = ("pre-roll", "mid-roll", "post-roll")
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_LONGEST_ID: Final = 100


def check_fields(event: Event) -> list[str]:
    """Find what is wrong in one event whatever comes before and after it.

    Args:
        event: Any event.

    Returns:
        A sentence part for each fault.
    """
    return [*check_values(event), *check_lengths(event)]


def check_values(event: Event) -> Iterator[str]:
    """What is wrong with the types and the words of an event's properties."""
    yield from _check_head(event)
    if isinstance(event, PlaybackEvent):
        yield from _check_player(event.player)
        yield from _check_playback(event)
    elif isinstance(event, ContentEvent | AdEvent):
        yield from _check_player(event.player)
        yield from _check_ids(event)
    elif isinstance(event, QualityUpdated):
        yield from _check_quality(event)
    if isinstance(event, AdEvent):
        yield from _check_ad(event)


def _check_head(event: Event) -> Iterator[str]:
    if not is_number(event.at):
        yield f"at {event.at!r} is no time in seconds (S46)"
    if not _is_text(event.session_id):
        yield "it has no session id (S20)"
    if not _is_whole(event.sequence) or event.sequence < 1:
        yield f"sequence {event.sequence!r} is no whole number from 1 (S50)"
    if not _is_mapping(event.properties):
        yield "its custom properties are no mapping with string keys (S51)"


def _check_playback(event: PlaybackEvent) -> Iterator[str]:
    yield from _check_playing(event.playing)
    if isinstance(event, PlaybackSeekStarted | PlaybackSeekCompleted):
        yield from _check_seconds("seek_position", event.seek_position, _is_live(event))
    if isinstance(event, PlaybackInterrupted) and not _is_optional_text(event.method):
        yield f"method {event.method!r} is no text (S26)"


def _check_ids(event: ContentEvent | AdEvent) -> Iterator[str]:
    if not _is_text(event.asset_id):
        yield "it has no asset id (S12)"
    if not _is_text(event.pod_id):
        yield "it has no pod id (S12)"


def _is_live(event: Event) -> bool:
    """S6: the player's word stands before the content's."""
    if isinstance(event, ContentEvent | AdEvent) and event.player.livestream is None:
        return event.content is not None and event.content.livestream is True
    if isinstance(event, PlaybackEvent | ContentEvent | AdEvent):
        return event.player.livestream is True
    return False


def check_lengths(event: Event) -> Iterator[str]:
    """What is wrong with its position and length.

    S3: whole seconds from 0; S6: no length for a livestream; S2: inside the length.
    """
    live = _is_live(event) and not isinstance(event, AdEvent)
    # Quality Updated does not say whether its position is one of a livestream (S8).
    negative = live or isinstance(event, QualityUpdated)
    yield from _check_seconds("position", event.position, negative)
    yield from _check_seconds("total_length", event.total_length, negative=False)
    if live and event.total_length is not None:
        yield "a livestream has no total_length (S6)"
    if live or not (_is_whole(event.position) and _is_whole(event.total_length)):
        return
    if event.position > event.total_length:  # type: ignore[operator]
        yield f"position {event.position} lies after total_length {event.total_length} (S1, S2)"


def _check_seconds(name: str, value: object, negative: bool) -> Iterator[str]:
    if value is None:
        return
    if not _is_whole(value):
        yield f"{name} {value!r} is no whole number of seconds (S3)"
    elif value < 0 and not negative:  # type: ignore[operator]
        yield f"{name} {value} is negative (S3)"


def _check_player(player: PlayerAttributes) -> Iterator[str]:
    for name in ("bitrate", "framerate", "sound"):
        value = getattr(player, name)
        if value is not None and not (is_number(value) and value >= 0):
            yield f"{name} {value!r} is no number from 0 (S54)"
    if is_number(player.sound) and player.sound > 100:  # type: ignore[operator]
        yield f"sound {player.sound} is more than 100 (S54)"
    for name in ("full_screen", "ad_enabled", "livestream"):
        if not isinstance(getattr(player, name), bool | None):
            yield f"{name} {getattr(player, name)!r} is neither true nor false (S54)"
    for name in ("video_player", "quality"):
        if not _is_optional_text(getattr(player, name)):
            yield f"{name} {getattr(player, name)!r} is no text (S54)"


def _check_playing(playing: NowPlaying) -> Iterator[str]:
    """S34: a block of ids is there as a whole or not at all."""
    content = (playing.content_asset_id, playing.content_pod_id)
    ad = (playing.ad_asset_id, playing.ad_pod_id, playing.ad_type)
    for what, block in (("content", content), ("ad", ad)):
        present = [value for value in block if value is not None]
        # With ids="both" an ad's event names the content before it has a pod: no pod id then.
        beside_ad = what == "content" and playing.ad_asset_id is not None
        if present and len(present) < len(block) and not beside_ad:
            yield f"only some of the {what} ids are there (S34)"
        if not all(_is_text(value) for value in present):
            yield f"one of the {what} ids is no text or empty (S34)"
    if playing.ad_type is not None and playing.ad_type not in _AD_TYPES:
        yield f"ad_type {playing.ad_type!r} is none of {', '.join(_AD_TYPES)} (S10)"


def _check_ad(event: AdEvent) -> Iterator[str]:
    if event.ad_type not in _AD_TYPES:
        yield f"ad_type {event.ad_type!r} is none of {', '.join(_AD_TYPES)} (S10)"
    if not _is_whole(event.pod_position) or event.pod_position < 1:
        yield f"pod_position {event.pod_position!r} is no whole number from 1 (S12)"
    elif event.pod_length is not None and not (
        _is_whole(event.pod_length) and event.pod_length >= event.pod_position
    ):
        yield f"pod_position {event.pod_position} lies after pod_length {event.pod_length!r} (S12)"
    if event.quartile is not None and (
        event.quartile not in (1, 2, 3) or event.name != "Video Ad Playing"
    ):
        yield f"quartile {event.quartile!r} on {event.name} (S45)"
    if (event.content is None) != (event.content_asset_id is None):
        yield "the content's block and its asset id come together (S53)"
    yield from _check_seconds("content_position", event.content_position, _is_live(event))
    yield from _check_seconds("content_length", event.content_length, negative=False)


def _check_quality(event: QualityUpdated) -> Iterator[str]:
    for name in ("bitrate", "framerate"):
        value = getattr(event, name)
        if value is not None and not (is_number(value) and value >= 0):
            yield f"{name} {value!r} is no number from 0 (S54)"
    for name in ("startup_time", "dropped_frames"):
        value = getattr(event, name)
        if value is not None and not (_is_whole(value) and value >= 0):
            yield f"{name} {value!r} is no whole number from 0 (S54)"


def is_own(name: object) -> bool:
    """Whether an event of that name is the embedder's own, by ``emit``."""
    return _is_text(name) and not str(name).startswith("Video ")


def check_message(message: Mapping[str, Any]) -> list[str]:
    """Find what is wrong in one wire message by itself, in any profile (S3, S6, S50).

    Args:
        message: The message as a JSON object.

    Returns:
        A sentence part for each fault.
    """
    faults: list[str] = []
    if message.get("type") != "track":
        faults.append("its type is not track (S50)")
    name = message.get("event")
    if name not in EVENTS and not is_own(name):
        faults.append(f"{message.get('event')!r} is no video event (S20)")
    if not (_is_text(message.get("userId")) or _is_text(message.get("anonymousId"))):
        faults.append("it has neither userId nor anonymousId (S50)")
    message_id = message.get("messageId")
    if not _is_text(message_id) or len(str(message_id)) > _LONGEST_ID:
        faults.append(f"messageId {message_id!r} is no text of 1 to {_LONGEST_ID} characters (S50)")
    timestamp = message.get("timestamp")
    if not isinstance(timestamp, str) or not _TIMESTAMP.fullmatch(timestamp):
        faults.append(f"timestamp {timestamp!r} is no UTC time with milliseconds and Z (S50)")
    properties = message.get("properties")
    if not isinstance(properties, Mapping):
        return [*faults, "it has no properties (S50)"]
    is_quality = message.get("event") == QualityUpdated.name
    return faults + list(_check_properties(properties, is_quality))


def _check_properties(properties: Mapping[str, Any], is_quality: bool) -> Iterator[str]:
    live = properties.get("livestream") is True
    position, length = properties.get("position"), properties.get("total_length")
    yield from _check_seconds("position", position, live or is_quality)
    yield from _check_seconds("seek_position", properties.get("seek_position"), live)
    for name in ("total_length", "pod_position", "pod_length"):
        yield from _check_seconds(name, properties.get(name), negative=False)
    if _is_whole(position) and _is_whole(length) and position > length:  # type: ignore[operator]
        yield f"position {position} lies after total_length {length} (S1, S2)"
    if live and properties.get("total_length", 0) is not None:
        yield "a livestream's total_length is null (S6)"
    sound = properties.get("sound")
    if sound is not None and not (_is_whole(sound) and 0 <= sound <= 100):
        yield f"sound {sound!r} is no whole number from 0 to 100 (S54)"
    for name in ("type", "ad_type"):
        value = properties.get(name)
        if isinstance(value, str) and value not in _AD_TYPES:
            yield f"{name} {value!r} is none of {', '.join(_AD_TYPES)} (S10)"


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_optional_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
