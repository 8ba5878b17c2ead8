"""The ``properties`` of each event, spelled out by hand: one function for each block of the spec.

Fields are copied one by one instead of by ``attrs.asdict``, because this runs for every event.
What never changes of a content asset or an ad is written once and kept in a small cache.
A property whose value is not known is left out; ``null`` is sent only where a rule says so.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from video_tracker.errors import EncodingError
from video_tracker.events import (
    AdEvent,
    ContentEvent,
    Envelope,
    Event,
    NowPlaying,
    PlaybackEvent,
    PlaybackInterrupted,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    PlaybackStarted,
    QualityUpdated,
)
from video_tracker.json_values import Repairs, clean_mapping
from video_tracker.plan import Ad, Content
from video_tracker.wire.blocks import (
    Properties,
    Static,
    ad_static,
    attributes,
    content_static,
    livestream,
    rates,
)
from video_tracker.wire.cache import IdentityCache
from video_tracker.wire.formats import whole
from video_tracker.wire.profiles import Profile

__all__ = ["PropertyBuilder"]


class PropertyBuilder:
    """Writes the properties of any event in one profile.

    Args:
        profile: The vendor's flavour.
    """

    __slots__ = ("_ads", "_contents", "_profile")

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._contents: IdentityCache[Content, Static] = IdentityCache(content_static)
        self._ads: IdentityCache[Ad, Static] = IdentityCache(ad_static)

    def build(self, event: Event, envelope: Envelope, repairs: Repairs) -> Properties:
        """Return the properties of ``event``, custom ones included (S51).

        Raises:
            EncodingError: It is none of the library's events, or holds too many custom values.
        """
        write = _writer_of(type(event))
        if write is None:
            raise EncodingError("unencodable", f"{type(event).__name__} is no event of the library")
        return write(self, event, envelope, repairs)

    def _started(self, event: PlaybackStarted, envelope: Envelope, repairs: Repairs) -> Properties:
        properties: Properties = {"session_id": event.session_id}
        if event.content_asset_ids:
            properties["content_asset_ids"] = list(event.content_asset_ids)
        if event.content_pod_ids:
            properties["content_pod_ids"] = list(event.content_pod_ids)
        self._planned_ads(properties, event)
        self._playback_place(properties, event)
        return _with_custom(properties, event, envelope, repairs)

    def _planned_ads(self, properties: Properties, event: PlaybackStarted) -> None:
        ads = event.planned_ads
        if self._profile.lists_planned_ads:
            if ads:
                properties["ad_asset_id"] = [ad.asset_id for ad in ads]
                properties["ad_pod_id"] = [ad.pod_id for ad in ads]
                properties["ad_type"] = [ad.ad_type for ad in ads]
            return
        first = next((ad for ad in ads if ad.ad_type == "pre-roll"), None)
        if first is not None:
            properties["ad_asset_id"] = first.asset_id
            properties["ad_pod_id"] = first.pod_id
            properties["ad_type"] = first.ad_type

    def _playback(self, event: PlaybackEvent, envelope: Envelope, repairs: Repairs) -> Properties:
        properties = self._playback_block(event, envelope)
        return _with_custom(properties, event, envelope, repairs)

    def _interrupted(
        self, event: PlaybackInterrupted, envelope: Envelope, repairs: Repairs
    ) -> Properties:
        properties = self._playback_block(event, envelope)
        if event.method is not None:
            properties["method"] = event.method
        return _with_custom(properties, event, envelope, repairs)

    def _seek_started(
        self, event: PlaybackSeekStarted, envelope: Envelope, repairs: Repairs
    ) -> Properties:
        properties = self._playback_block(event, envelope)
        _put(properties, "seek_position", whole(event.seek_position))
        return _with_custom(properties, event, envelope, repairs)

    def _seek_completed(
        self, event: PlaybackSeekCompleted, envelope: Envelope, repairs: Repairs
    ) -> Properties:
        properties = self._playback_block(event, envelope)
        sought = event.seek_position
        if self._profile.seek_completed_repeats_position and event.position is not None:
            sought = event.position
        _put(properties, "seek_position", whole(sought))
        return _with_custom(properties, event, envelope, repairs)

    def _playback_block(self, event: PlaybackEvent, envelope: Envelope) -> Properties:
        properties: Properties = {"session_id": event.session_id}
        _ids(properties, event.playing, envelope.absent == "null")
        self._playback_place(properties, event)
        return properties

    def _playback_place(self, properties: Properties, event: PlaybackEvent) -> None:
        player = event.player
        _place(properties, event, player.livestream)
        properties.update(rates(player, self._profile))
        properties.update(attributes(player))

    def _content(self, event: ContentEvent, envelope: Envelope, repairs: Repairs) -> Properties:
        static = self._contents.get(event.content)
        properties: Properties = {
            "session_id": event.session_id,
            "asset_id": event.asset_id,
            "pod_id": event.pod_id,
            **static.metadata,
        }
        live = livestream(event.content, event.player)
        if live is not None:
            properties["livestream"] = live
        _place(properties, event, live)
        properties.update(rates(event.player, self._profile))
        repairs.extend(static.repairs)
        return _with_custom(properties, event, envelope, repairs, static.custom)

    def _ad(self, event: AdEvent, envelope: Envelope, repairs: Repairs) -> Properties:
        static = self._ads.get(event.ad)
        properties: Properties = {
            "session_id": event.session_id,
            "asset_id": event.asset_id,
            "pod_id": event.pod_id,
            "type": event.ad_type,
            **static.metadata,
        }
        _put(properties, "pod_position", whole(event.pod_position))
        _put(properties, "pod_length", whole(event.pod_length))
        _place(properties, event, None)
        _put(properties, "quartile", whole(event.quartile))
        if event.content is not None or event.content_asset_id is not None:
            properties["content"] = self._content_of_ad(event, envelope, repairs)
        repairs.extend(static.repairs)
        return _with_custom(properties, event, envelope, repairs, static.custom)

    def _content_of_ad(self, event: AdEvent, envelope: Envelope, repairs: Repairs) -> Properties:
        """Write the block of content events for the asset that the ad's break belongs to (S53)."""
        block: Properties = {"session_id": event.session_id}
        _put(block, "asset_id", event.content_asset_id)
        _put(block, "pod_id", event.content_pod_id)
        custom: Properties = {}
        if event.content is not None:
            static = self._contents.get(event.content)
            block.update(static.metadata)
            custom = static.custom
            repairs.extend((f"properties.content{path[10:]}", why) for path, why in static.repairs)
        live = livestream(event.content, event.player)
        if live is not None:
            block["livestream"] = live
        _put(block, "position", whole(event.content_position))
        if live:
            block["total_length"] = None
        else:
            _put(block, "total_length", whole(event.content_length))
        block.update(rates(event.player, self._profile))
        return _merged(block, custom, envelope.custom_overrides)

    def _quality(self, event: QualityUpdated, envelope: Envelope, repairs: Repairs) -> Properties:
        properties: Properties = {"session_id": event.session_id}
        _put(properties, "position", whole(event.position))
        properties.update(rates(event, self._profile))
        _put(properties, "startupTime", whole(event.startup_time))
        _put(properties, "droppedFrames", whole(event.dropped_frames))
        return _with_custom(properties, event, envelope, repairs)


_WRITERS: Final[Mapping[type, Callable[..., Properties]]] = {
    PlaybackStarted: PropertyBuilder._started,
    PlaybackInterrupted: PropertyBuilder._interrupted,
    PlaybackSeekStarted: PropertyBuilder._seek_started,
    PlaybackSeekCompleted: PropertyBuilder._seek_completed,
    PlaybackEvent: PropertyBuilder._playback,
    ContentEvent: PropertyBuilder._content,
    AdEvent: PropertyBuilder._ad,
    QualityUpdated: PropertyBuilder._quality,
}


_KNOWN: Final[dict[type, Callable[..., Properties]]] = {}
"""The writers of those kinds of event that were met."""


def _writer_of(kind: type) -> Callable[..., Properties] | None:
    write = _KNOWN.get(kind)
    if write is None:
        write = next((_WRITERS[each] for each in kind.__mro__ if each in _WRITERS), None)
        if write is not None:
            _KNOWN[kind] = write
    return write


def _put(properties: Properties, name: str, value: object) -> None:
    if value is not None:
        properties[name] = value


def _place(properties: Properties, event: Event, live: bool | None) -> None:
    """Write position and length; a livestream's length is null, an unknown one is absent (S6)."""
    if event.position is not None:
        _put(properties, "position", whole(event.position))
    if live:
        properties["total_length"] = None
    elif event.total_length is not None:
        _put(properties, "total_length", whole(event.total_length))


def _ids(properties: Properties, playing: NowPlaying, nulls: bool) -> None:
    """Write the ids of what plays; the others are absent, or null when asked for (S34)."""
    if nulls or playing.content_asset_id is not None:
        properties["content_asset_id"] = playing.content_asset_id
    if nulls or playing.content_pod_id is not None:
        properties["content_pod_id"] = playing.content_pod_id
    if nulls or playing.ad_asset_id is not None:
        properties["ad_asset_id"] = playing.ad_asset_id
    if nulls or playing.ad_pod_id is not None:
        properties["ad_pod_id"] = playing.ad_pod_id
    if nulls or playing.ad_type is not None:
        properties["ad_type"] = playing.ad_type


def _with_custom(
    properties: Properties,
    event: Event,
    envelope: Envelope,
    repairs: Repairs,
    asset: Mapping[str, Any] | None = None,
) -> Properties:
    """Add the custom properties: the session's and the event's, then the asset's over them."""
    if event.properties:
        custom = clean_mapping(event.properties, "properties", repairs)
        if asset:
            custom.update(asset)
        return _merged(properties, custom, envelope.custom_overrides)
    if asset:
        return _merged(properties, asset, envelope.custom_overrides)
    return properties


def _merged(properties: Properties, custom: Mapping[str, Any], overrides: bool) -> Properties:
    """Join custom properties to derived ones, which win unless ``overrides`` (S51)."""
    if not custom:
        return properties
    return {**properties, **custom} if overrides else {**custom, **properties}
