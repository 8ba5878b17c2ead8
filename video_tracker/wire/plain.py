"""The ordinary message, joined from parts: no dict is built and none is walked.

Nearly all events of nearly all sessions differ from the one before in a few numbers. Building
their message as a dict and giving that to the standard library's JSON takes five times the
instructions of joining what was written before with what is new, and no compiled JSON library is
needed to be as quick. What is out of the ordinary (explicit nulls, values that need a repair,
custom properties under derived names, foreign kinds of events) is left to the general way in
``codec.py``; a property test holds that both write the same bytes.
"""

import functools
from collections.abc import Callable, Mapping
from json import encoder
from typing import Final

from video_tracker.events import (
    EVENTS,
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
from video_tracker.plan import Ad, Content, PlayerAttributes
from video_tracker.wire.blocks import rates
from video_tracker.wire.cache import IdentityCache
from video_tracker.wire.engines import json_text
from video_tracker.wire.formats import LIBRARY, message_id, timestamp, whole
from video_tracker.wire.fragments import (
    DERIVED,
    AssetText,
    MappingTexts,
    PlayerText,
    ad_text,
    content_text,
    further,
    player_text,
)
from video_tracker.wire.profiles import Profile

__all__ = ["PlainWriter"]

_quoted: Final[Callable[[str], str]] = encoder.encode_basestring
"""Text in quotes, escaped as JSON demands; TypeError for what is no text."""

_LARGE: Final = 10**9
"""From here on numbers are looked at more closely; no asset lasts so many seconds."""

_LIBRARY: Final = f'"library":{json_text(LIBRARY)}'
_BARE_TAIL: Final = f'}},"context":{{{_LIBRARY}}},"integrations":{{}}}}'


class PlainWriter:
    """Writes ordinary messages in one profile.

    Args:
        profile: The vendor's flavour.
    """

    __slots__ = (
        "_ads",
        "_contents",
        "_contexts",
        "_customs",
        "_integrations",
        "_players",
        "_profile",
    )

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._contents: IdentityCache[Content, AssetText | None] = IdentityCache(content_text)
        self._ads: IdentityCache[Ad, AssetText | None] = IdentityCache(ad_text)
        self._players: IdentityCache[PlayerAttributes, PlayerText] = IdentityCache(
            functools.partial(player_text, profile=profile)
        )
        self._customs = MappingTexts(DERIVED)
        self._contexts = MappingTexts(frozenset({"library", "restarted_from"}))
        self._integrations = MappingTexts(frozenset())

    def write(self, event: Event, envelope: Envelope) -> tuple[str, bytes] | None:
        """Return the message's id and its JSON, or None when it is not an ordinary one.

        It never raises: what it cannot write, the general way writes, repairs or refuses.
        """
        kind = _KINDS.get(type(event))
        if kind is None:
            return None
        head, write_properties = kind
        try:
            properties = write_properties(self, event, envelope)
            identity = _identity(envelope)
            tail = self._tail(envelope)
            if properties is None or not identity or tail is None:
                return None
            number = message_id(event.session_id, event.sequence)
            body = (
                f'{head}{identity}"messageId":{_quoted(number)},"timestamp":"{timestamp(event.at)}"'
                f',"properties":{{{properties}{tail}'
            )
            return number, body.encode()
        except Exception:  # noqa: BLE001 - odd values; the general way says what is wrong with them
            return None

    def _tail(self, envelope: Envelope) -> str | None:
        """Write all that follows the properties' members."""
        context, integrations = envelope.context, envelope.integrations
        if not context and not integrations and envelope.restarted_from is None:
            return _BARE_TAIL
        own = self._contexts.get(context)
        switches = self._integrations.get(integrations)
        if own is None or switches is None:
            return None
        source = envelope.restarted_from
        replay = "" if source is None else f',"restarted_from":{_quoted(source)}'
        return f'}},"context":{{{own}{_LIBRARY}{replay}}},"integrations":{{{switches[:-1]}}}}}'

    def _custom(self, event: Event, envelope: Envelope, asset: str = "") -> str | None:
        """Write the custom properties, a comma after them; ``asset``: those of the asset."""
        if not event.properties:
            return None if asset and envelope.custom_overrides else asset
        if asset or envelope.custom_overrides:
            return None
        return self._customs.get(event.properties)

    def _playback(self, event: PlaybackEvent, envelope: Envelope) -> str | None:
        custom = self._custom(event, envelope)
        if custom is None or envelope.absent == "null":
            return None
        player = self._players.get(event.player)
        return (
            f'{custom}"session_id":{_quoted(event.session_id)}{_ids(event.playing)}'
            f"{_place(event.position, event.total_length, player.live)}{player.attributes}"
        )

    def _interrupted(self, event: PlaybackInterrupted, envelope: Envelope) -> str | None:
        members = self._playback(event, envelope)
        if members is None or event.method is None:
            return members
        return f'{members},"method":{_quoted(event.method)}'

    def _seek_started(self, event: PlaybackSeekStarted, envelope: Envelope) -> str | None:
        members = self._playback(event, envelope)
        if members is None:
            return None
        return f"{members}{_number('seek_position', event.seek_position)}"

    def _seek_completed(self, event: PlaybackSeekCompleted, envelope: Envelope) -> str | None:
        members = self._playback(event, envelope)
        if members is None:
            return None
        sought = event.seek_position
        if self._profile.seek_completed_repeats_position and event.position is not None:
            sought = event.position
        return f"{members}{_number('seek_position', sought)}"

    def _content(self, event: ContentEvent, envelope: Envelope) -> str | None:
        content = self._contents.get(event.content)
        if content is None:
            return None
        custom: str | None = content.custom
        if custom or event.properties:
            custom = self._custom(event, envelope, content.custom)
        if custom is None:
            return None
        player = self._players.get(event.player)
        inherited, live = _livestream(content, player)
        return (
            f'{custom}"session_id":{_quoted(event.session_id)},"asset_id":{_quoted(event.asset_id)}'
            f',"pod_id":{_quoted(event.pod_id)}{content.metadata}{inherited}'
            f"{_place(event.position, event.total_length, live)}{player.rates}"
        )

    def _ad(self, event: AdEvent, envelope: Envelope) -> str | None:
        ad = self._ads.get(event.ad)
        if ad is None:
            return None
        custom = self._custom(event, envelope, ad.custom)
        content = self._content_of_ad(event, envelope)
        if custom is None or content is None:
            return None
        position, length = event.pod_position, event.pod_length
        return (
            f'{custom}"session_id":{_quoted(event.session_id)},"asset_id":{_quoted(event.asset_id)}'
            f',"pod_id":{_quoted(event.pod_id)},"type":{_quoted(event.ad_type)}{ad.metadata}'
            f"{_number('pod_position', position)}{_number('pod_length', length)}"
            f"{_place(event.position, event.total_length, live=False)}"
            f"{_number('quartile', event.quartile)}{content}"
        )

    def _content_of_ad(self, event: AdEvent, envelope: Envelope) -> str | None:
        """Write the content that the ad's break belongs to, a comma before it (S53)."""
        if event.content is None and event.content_asset_id is None:
            return ""
        content = _UNKNOWN if event.content is None else self._contents.get(event.content)
        if content is None or (content.custom and envelope.custom_overrides):
            return None
        player = self._players.get(event.player)
        inherited, live = _livestream(content, player)
        return (
            f',"content":{{{content.custom}"session_id":{_quoted(event.session_id)}'
            f"{_text('asset_id', event.content_asset_id)}{_text('pod_id', event.content_pod_id)}"
            f"{content.metadata}{inherited}"
            f"{_place(event.content_position, event.content_length, live)}{player.rates}}}"
        )

    def _quality(self, event: QualityUpdated, envelope: Envelope) -> str | None:
        custom = self._custom(event, envelope)
        if custom is None:
            return None
        return (
            f'{custom}"session_id":{_quoted(event.session_id)}{_number("position", event.position)}'
            f"{further(rates(event, self._profile))}{_number('startupTime', event.startup_time)}"
            f"{_number('droppedFrames', event.dropped_frames)}"
        )


_UNKNOWN: Final = AssetText("", "", None)
"""Stands for a content of which no more than its id is known."""

_WRITERS: Final[Mapping[type[Event], Callable[..., str | None]]] = {
    PlaybackInterrupted: PlainWriter._interrupted,
    PlaybackSeekStarted: PlainWriter._seek_started,
    PlaybackSeekCompleted: PlainWriter._seek_completed,
    PlaybackEvent: PlainWriter._playback,
    ContentEvent: PlainWriter._content,
    AdEvent: PlainWriter._ad,
    QualityUpdated: PlainWriter._quality,
}


def _writer_of(kind: type[Event]) -> Callable[..., str | None]:
    return next(_WRITERS[base] for base in kind.__mro__ if base in _WRITERS)


# Playback Started, once in a session and of many lists, goes the general way.
_KINDS: Final[Mapping[type, tuple[str, Callable[..., str | None]]]] = {
    kind: (f'{{"type":"track","event":{_quoted(name)},', _writer_of(kind))
    for name, kind in EVENTS.items()
    if kind is not PlaybackStarted
}
"""By the exact kind of an event: how its message begins, and what writes its properties."""


def _identity(envelope: Envelope) -> str:
    """Write who watched; nothing when nobody did, which is an error (S50)."""
    user, anonymous = envelope.user_id, envelope.anonymous_id
    identity = f'"userId":{_quoted(user)},' if user else ""
    return f'{identity}"anonymousId":{_quoted(anonymous)},' if anonymous else identity


def _ids(playing: NowPlaying) -> str:
    """Write the ids of what plays; the others are absent (S34)."""
    return (
        f"{_text('content_asset_id', playing.content_asset_id)}"
        f"{_text('content_pod_id', playing.content_pod_id)}"
        f"{_text('ad_asset_id', playing.ad_asset_id)}"
        f"{_text('ad_pod_id', playing.ad_pod_id)}"
        f"{_text('ad_type', playing.ad_type)}"
    )


def _livestream(content: AssetText, player: PlayerText) -> tuple[str, bool]:
    """What the player says of a livestream where the asset says nothing, and what holds (S6)."""
    if content.livestream is None:
        return player.livestream, player.live
    return "", content.livestream


def _place(position: int | None, length: int | None, live: bool) -> str:
    """Write position and length; a livestream's length is null, an unknown one is absent (S6)."""
    if live:
        return f'{_number("position", position)},"total_length":null'
    # Two whole numbers of ordinary size, as nearly always: one text instead of three.
    if type(position) is type(length) is int and 0 <= position < _LARGE and 0 <= length < _LARGE:
        return f',"position":{position},"total_length":{length}'
    return f"{_number('position', position)}{_number('total_length', length)}"


def _number(name: str, value: int | None) -> str:
    if value is None:
        return ""
    if type(value) is int and 0 <= value < _LARGE:
        return f',"{name}":{value}'
    known = whole(value)
    return "" if known is None else f',"{name}":{known}'


def _text(name: str, value: str | None) -> str:
    return "" if value is None else f',"{name}":{_quoted(value)}'
