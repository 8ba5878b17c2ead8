"""AndroidX Media3 (ExoPlayer): a log of its listeners' callbacks.

Channel ``media3``: the events are the methods of ``Player.Listener`` and ``AnalyticsListener``;
one registered as both says many things twice, which does no harm. Channel ``android`` is the
activity's own life (``onStop``, ``onDestroy``).

* ``detail`` holds the callback's arguments by name: ``{"playbackState": 3}``,
  ``{"playWhenReady": false, "reason": 1}``, ``{"oldPosition": {"mediaItemIndex": 0, "positionMs":
  1500, "contentPositionMs": 1500, "adGroupIndex": -1, "adIndexInAdGroup": -1}, "newPosition":
  {...}, "reason": 1}``, ``{"timeline": {"durationMs": 60000, "isLive": false}, "adPlaybackState":
  {"adGroups": [{"timeUs": 0, "count": 2, "durationsUs": [5000000, ...], "ids": ["a1", ...],
  "states": [1, 1]}]}}``. Constants are numbers or names (``"STATE_READY"``, ``"READY"``).
* ``state`` is a snapshot of the player's getters: ``currentPosition``, ``contentPosition``,
  ``duration`` in milliseconds (``currentTime`` and, beside it, ``duration`` in seconds are
  understood too), ``isPlayingAd``, ``currentAdGroupIndex``, ``currentAdIndexInAdGroup``,
  ``playbackState``, ``playWhenReady``, ``isPlaying``.
* Nothing tells that time passes: an app polls, and logs it as ``onProgressUpdate`` (the name that
  PlayerControlView uses) with ``{"position": ms}`` or a snapshot.

Within one of the player's own updates all callbacks see its final state, so a snapshot may know of
an ad before the discontinuity that says how it came: only callbacks that come after that one in an
update are believed. Length, liveness, sound and rate are read in every callback (S83); states and
the wish to play, of which a callback of their own tells more, in polls and while nobody told them.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, list_of, part_of, parts_of, positive, text_of, whole
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.state_player import StatePlayer
from video_tracker.signals import AdError, Load, Signal

__all__ = ["Media3Adapter"]

_on: Final = partial(on, "media3")


def _numbered(names: str, start: int = 0) -> Mapping[int, str]:
    """Constants of Media3 by their numbers."""
    return dict(enumerate(names.split(), start))


_STATES: Final = _numbered("IDLE BUFFERING READY ENDED", start=1)
_PLAY_REASONS: Final = _numbered(
    "USER_REQUEST AUDIO_FOCUS_LOSS AUDIO_BECOMING_NOISY REMOTE END_OF_MEDIA_ITEM "
    "SUPPRESSED_TOO_LONG",
    start=1,
)
_SUPPRESSIONS: Final = _numbered(
    "NONE TRANSIENT_AUDIO_FOCUS_LOSS UNSUITABLE_AUDIO_ROUTE UNSUITABLE_AUDIO_OUTPUT SCRUBBING"
)
_JUMPS: Final = _numbered("AUTO_TRANSITION SEEK SEEK_ADJUSTMENT SKIP REMOVE INTERNAL SILENCE_SKIP")
_TRANSITIONS: Final = _numbered("REPEAT AUTO SEEK PLAYLIST_CHANGED")
_METHODS: Final = {
    "AUDIO_FOCUS_LOSS": "audio focus loss",
    "AUDIO_BECOMING_NOISY": "headphones unplugged",
    "SUPPRESSED_TOO_LONG": "suppressed",
    "TRANSIENT_AUDIO_FOCUS_LOSS": "audio focus loss",
    "UNSUITABLE_AUDIO_ROUTE": "no suitable audio output",
    "UNSUITABLE_AUDIO_OUTPUT": "no suitable audio output",
}
"""Why playback stopped without the viewer's will (S26)."""
_UNLOADED: Final = "ad could not be loaded"
_NETWORK: Final = range(2000, 3000)
_SEEK_OVER: Final = 0.25  # Seconds after which a seek that no buffering followed is over.

_LONGEST: Final = 1e9  # Seconds (thirty years) beyond which a time is a sentinel, not a time.
_AD_ERROR: Final = 4  # ``AdPlaybackState.AD_STATE_ERROR``.

_ANYTHING: Final = (
    "play playing pause progress seek_start seek_end buffer_start buffer_end content_end "
    "end interrupt load update quality ad_progress ad_skip ad_start ad_end ad_break_start "
    "ad_break_end"
)


_END_OF_SOURCE: Final = -(2**63)


def seconds(value: object, scale: float = 1000) -> float | None:
    """A time in milliseconds, or other units, as seconds; None for what is no time.

    Sentinels are none: ``C.TIME_UNSET`` is the smallest long plus one, ``C.TIME_END_OF_SOURCE`` the
    smallest long, ``C.INDEX_UNSET`` and ``Format.NO_VALUE`` -1.
    """
    number = finite(value)
    return number / scale if number is not None and 0 <= number <= _LONGEST * scale else None


def constant(value: object, names: Mapping[int, str]) -> str | None:
    """A constant by its number or by its name, with or without its prefix, in any case."""
    if isinstance(value, str):
        said = value.upper()
        fits = (name for name in names.values() if said == name or said.endswith(f"_{name}"))
        return next(fits, None)
    number = finite(value)
    return names.get(int(number)) if number is not None and abs(number) < 100 else None


def _index(value: object) -> int | None:
    number = finite(value)
    return int(number) if number is not None and 0 <= number < 1e6 else None


@attrs.frozen
class Place:
    """Where a player is: in which item, in which ad of which ad group if any, how far in that."""

    item: int | None = None
    group: int | None = None
    ad: int = 0
    position: float | None = None
    """Seconds into what plays."""
    content: float | None = None
    """Seconds into the content."""
    tells_ads: bool = True
    """Whether it is known that an ad plays, or that none does."""
    length: float | None = None
    """Seconds of the ad that plays, when known."""

    @property
    def key(self) -> tuple[int, int] | None:
        """Which ad it is; None for content."""
        return None if self.group is None else (self.group, self.ad)

    @classmethod
    def of_info(cls, told: Mapping[str, Any]) -> "Place":
        """A ``Player.PositionInfo``."""
        group = _index(told.get("adGroupIndex"))
        position = seconds(told.get("positionMs"))
        content = seconds(told.get("contentPositionMs"))
        return cls(
            _index(told.get("mediaItemIndex", told.get("windowIndex"))),
            group,
            _index(told.get("adIndexInAdGroup")) or 0,
            position,
            position if group is None and position is not None else content,
        )

    @classmethod
    def of_snapshot(cls, callback: Callback) -> "Place":
        """What the player's getters, or the event's time, say.

        ``currentTime`` is seconds, as on other players; ``currentPosition`` and
        ``contentPosition`` are Media3's own, in milliseconds.
        """
        state, time = callback.state, part_of(callback.detail, "eventTime")
        position = finite(state.get("currentTime"))
        if position is None or position < 0:
            position = seconds(state.get("currentPosition"))
        if position is None:
            position = seconds(time.get("currentPlaybackPositionMs"))
        period = part_of(time, "currentMediaPeriodId")
        group = _index(state.get("currentAdGroupIndex", period.get("adGroupIndex")))
        index = _index(state.get("currentAdIndexInAdGroup", period.get("adIndexInAdGroup")))
        if isinstance(playing := state.get("isPlayingAd"), bool):
            group = (group or 0) if playing else None
        told = "isPlayingAd" in state or "currentAdGroupIndex" in state or bool(period)
        content = position if group is None else seconds(state.get("contentPosition"))
        scale = 1 if "currentTime" in state else 1000
        length = None if group is None else seconds(state.get("duration"), scale)
        return cls(None, group, index or 0, position, content, told, length or None)


@attrs.frozen
class AdGroup:
    """A break as an ``AdPlaybackState`` has it, with what is known of its ads."""

    pod: Pod
    lengths: tuple[float | None, ...] = ()
    ids: tuple[str | None, ...] = ()
    failed: frozenset[int] = frozenset()
    """Which of them could not be loaded."""

    def ad(self, index: int, length: float | None = None) -> Announced:
        """One of its ads, of some length if none was declared."""
        name = self.ids[index] if index < len(self.ids) else None
        declared = self.lengths[index] if index < len(self.lengths) else None
        return Announced(name, index + 1, declared or length)


def groups_of(told: Mapping[str, Any]) -> Iterator[AdGroup]:
    """The ad groups of an ``AdPlaybackState``."""
    for group in parts_of(told.get("adGroups")):
        raw = finite(group.get("timeUs"))
        at_end = raw is not None and raw <= _END_OF_SOURCE / 2
        offset = seconds(raw, 1e6)
        count = _index(group.get("count"))
        placement = "post" if at_end else "pre" if offset == 0 else "mid"
        yield AdGroup(
            Pod(None, placement, None if at_end or not offset else offset, count or None),
            tuple(seconds(length, 1e6) or None for length in list_of(group.get("durationsUs"))),
            tuple(text_of(name) for name in list_of(group.get("ids"))),
            frozenset(n for n, s in enumerate(list_of(group.get("states"))) if s == _AD_ERROR),
        )


class Media3Adapter(StatePlayer):
    """Media3's player with its ad groups; see the module (S24, S26, S33, S70)."""

    name: ClassVar[str] = "media3"
    snapshot: ClassVar[str] = "fullscreen muted playbackRate volume"
    changes: ClassVar[frozenset[str]] = frozenset(
        {"onMediaItemTransition", "onPositionDiscontinuity", "onTimelineChanged"}
    )
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "media3": {
            "the sound's own business": """onAudioAttributesChanged onAudioDisabled onAudioEnabled
                onAudioPositionAdvancing onAudioSessionIdChanged onAudioTrackInitialized
                onAudioTrackReleased onAudioUnderrun""",
            "the player goes on; `onPlayerError` says when it gave up": """onAudioCodecError
                onAudioSinkError onDrmSessionManagerError onLoadError onVideoCodecError""",
            "the decoder's own business": """onAudioDecoderInitialized onAudioDecoderReleased
                onRendererReadyChanged onVideoDecoderInitialized onVideoDecoderReleased
                onVideoDisabled onVideoEnabled onVideoFrameProcessingOffset""",
            "the sound's quality, not the picture's": "onAudioInputFormatChanged",
            "an option of the player, not what it does": """onAvailableCommandsChanged
                onDeviceInfoChanged onMaxSeekToPreviousPositionChanged onRepeatModeChanged
                onSeekBackIncrementChanged onSeekForwardIncrementChanged onShuffleModeChanged
                onShuffleModeEnabledChanged onSkipSilenceEnabledChanged""",
            "the network's speed, not the picture's bit rate": "onBandwidthEstimate",
            "the choice of audio or text": """onCues onTrackSelectionParametersChanged
                onTracksChanged""",
            "the device's own scale, which differs from device to device": "onDeviceVolumeChanged",
            "chosen, not shown yet (E3)": "onDownstreamFormatChanged",
            "key negotiation": """onDrmKeysLoaded onDrmKeysRemoved onDrmKeysRestored
                onDrmSessionAcquired onDrmSessionReleased""",
            "a scrub is one seek (S33)": "onDroppedSeeksWhileScrubbing",
            "loading is no playback": """onIsLoadingChanged onLoadCanceled onLoadCompleted
                onLoadStarted onUpstreamDiscarded""",
            "deprecated; its successor says it too": "onLoadingChanged onPlayerStateChanged",
            "metadata; ads stand in the timeline": """onMediaMetadataChanged onMetadata
                onPlaylistMetadataChanged""",
            "`onPlayerError` says it": "onPlayerErrorChanged",
            "comes while paused too; `onIsPlayingChanged` says what moves": "onRenderedFirstFrame",
            "deprecated; `onPositionDiscontinuity` says from where to where": "onSeekStarted",
            "the player's appearance": "onSurfaceSizeChanged",
        },
        "android": {
            "nothing was played yet": "onCreate",
            "another window is in front; the viewer may still see the video": "onPause",
            "playback tells of itself": "onRestart onResume onStart",
        },
    }

    def __init__(self) -> None:
        super().__init__(starts=False)
        self._now: tuple[int, int] | None = None
        """The ad that has the player: its group and its place in it."""
        self._groups: tuple[AdGroup, ...] = ()
        self._here = Place()
        """Where the player is by the snapshot."""
        self._state: str | None = None
        self._wants: bool | None = None
        self._suppressed = False
        self._item_at: float | None = None
        """When a discontinuity told of another item: its transition says the same."""
        self._index: float | None = None  # The playlist item's index, as the getters last told it.
        self._renditions.dropped = 0.0

    def _spoken(self, callback: Callback) -> list[Signal]:
        self._here = Place.of_snapshot(callback)
        if callback.player == "android":
            return self._by_channel(callback)
        if callback.event in self.changes:
            self._state = constant(callback.state.get("playbackState"), _STATES) or self._state
        return super()._spoken(callback)

    def _look(self, callback: Callback) -> list[Signal]:
        """What the snapshot says, whatever the callback is (S83)."""
        out = [*self._found_item(callback), *super()._look(callback)]
        wants = callback.state.get("playWhenReady")
        if self._wants is None and isinstance(wants, bool):
            self._wants = wants
        if self._state is None:
            self._state = constant(callback.state.get("playbackState"), _STATES)
        if callback.state.get("isCurrentMediaItemLive") is True:
            out += self._media.is_live(callback.at)
        return out

    def _told_length(self, callback: Callback) -> object:
        state = callback.state
        length = seconds(state.get("contentDuration"))
        if self._media.live.live or state.get("isCurrentMediaItemLive") is True:
            return None
        if length is not None or state.get("isPlayingAd") is True:
            return length
        return seconds(state.get("duration"), 1 if "currentTime" in state else 1000)

    def _found_item(self, callback: Callback) -> list[Signal]:
        """Another item plays, and no callback said that it came."""
        index = finite(callback.state.get("currentMediaItemIndex"))
        before, self._index = self._index, self._index if index is None else index
        if callback.event in self.changes or None in (before, index) or before == index:
            return []
        return [*self._leave_ads(callback), *self._other_item(callback)]

    def _follow(self, callback: Callback) -> list[Signal]:
        """The state and the wish that a poll shows, if their own callbacks were lost."""
        state = constant(callback.state.get("playbackState"), _STATES)
        out = self._on_state(callback) if state not in (None, self._state) else []
        wants = callback.state.get("playWhenReady")
        if self._wants is not None and wants != self._wants:
            out += self._on_wants(callback)
        return out

    # -- states ------------------------------------------------------------------------------------

    @_on("onPlaybackStateChanged", f"{_ANYTHING} exit")
    def _on_state(self, callback: Callback) -> list[Signal]:
        told = callback.detail.get("playbackState", callback.detail.get("state"))
        state = constant(callback.state.get("playbackState") if told is None else told, _STATES)
        if state is None:
            return self.ignore(callback, "no state that Media3 documents")
        self._state = state
        out = self._sync(callback)
        if state == "BUFFERING":
            return out + self._stall(callback)
        if state == "READY":
            place = self._position(callback)
            return out + (self._go(callback, place) or self._lands(callback, place))
        if state == "ENDED":
            return out + self._finish(callback)
        return out + self._idle(callback.at)

    def _stall(self, callback: Callback) -> list[Signal]:
        if self._wants is False:
            return []
        if self._breaks.in_break:
            return self._breaks.media(callback, "waiting")
        return self._waits(callback)

    def _go(self, callback: Callback, position: float | None) -> list[Signal]:
        """Frames move, if the player is ready, wants to play and is let."""
        wants = self._media.wanted if self._wants is None else self._wants
        if self._state != "READY" or not wants or self._suppressed:
            return []
        if self._breaks.in_break:
            return self._breaks.media(callback, "playing", position)
        return [] if self._media.ended else self._runs(callback, position)

    def _finish(self, callback: Callback) -> list[Signal]:
        """The last item ended, and its post-roll with it."""
        self._wants, media, at = None, self._media, callback.at
        out = self._leave_ads(callback) + media.finish(at, media.duration)
        return out + media.over(at)

    def _idle(self, at: float) -> list[Signal]:
        """The app stopped the player; it may prepare it again (S26)."""
        self._wants = None
        return self._media.interrupt(at, "stopped") if self._media.wanted else []

    @_on("onPlayWhenReadyChanged", _ANYTHING)
    def _on_wants(self, callback: Callback) -> list[Signal]:
        wants = callback.detail.get("playWhenReady", callback.state.get("playWhenReady"))
        if not isinstance(wants, bool):
            return []
        self._wants = wants
        if not wants:
            reason = constant(callback.detail.get("reason"), _PLAY_REASONS)
            return [*self._sync(callback), *self._stop(callback, reason)]
        if self._media.ended and self._state == "ENDED":
            return []  # the way back to the start comes first
        if self._breaks.in_break:
            return [*self._breaks.media(callback, "play"), *self._go_on(callback)]
        return [*self._says(callback, "play"), *self._go_on(callback)]

    def _stop(self, callback: Callback, reason: str | None) -> list[Signal]:
        if reason in _METHODS:
            return self._media.interrupt(callback.at, _METHODS[reason])
        if self._breaks.in_break:
            return self._breaks.media(callback, "pause")
        if reason == "END_OF_MEDIA_ITEM":
            return self._media.finish(callback.at, self._media.duration)
        return self._rests(callback)

    @_on("onPlaybackSuppressionReasonChanged", _ANYTHING)
    def _on_suppressed(self, callback: Callback) -> list[Signal]:
        told = callback.detail.get("playbackSuppressionReason", callback.detail.get("reason"))
        reason, at = constant(told, _SUPPRESSIONS), callback.at
        self._suppressed = reason not in ("NONE", "SCRUBBING", None)
        if not self._suppressed:
            return self._go_on(callback)
        out = self._sync(callback)
        if self._media.wanted:
            out += self._media.interrupt(at, _METHODS[reason or ""])
        return out

    @_on("onIsPlayingChanged", _ANYTHING)
    def _on_playing(self, callback: Callback) -> list[Signal]:
        playing = callback.detail.get("isPlaying", callback.state.get("isPlaying"))
        if not isinstance(playing, bool):
            return []
        if playing:
            self._state, self._wants, self._suppressed = "READY", True, False
            self._media.ended = self._media.ended and self._breaks.in_break
            return self._go_on(callback)
        out = self._sync(callback)
        told = constant(callback.state.get("playbackState"), _STATES) or self._state
        if told == "BUFFERING":
            out += self._stall(callback)
        elif told in ("READY", None) and not self._suppressed and self._wants is not False:
            # Nobody said why: an app that logs this callback alone.
            self._wants = False
            out += self._stop(callback, None)
        return out

    # -- places ------------------------------------------------------------------------------------

    def _position(self, callback: Callback) -> float | None:  # noqa: ARG002 - it was read
        return self._here.position if self._breaks.in_break else self._here.content

    def _sync(self, callback: Callback) -> list[Signal]:
        """Follow what the snapshot says of ads (S62)."""
        return self._to(callback, self._here) if self._here.tells_ads else []

    def _go_on(self, callback: Callback) -> list[Signal]:
        out = self._sync(callback)
        return out + self._go(callback, self._position(callback))

    def _to(self, callback: Callback, place: Place) -> list[Signal]:
        """The player is somewhere else: in an ad, in another one, or back in the content."""
        ads, media, key, now = self._breaks, self._media, place.key, self._now
        if key == now:
            return []
        if key is None:
            return self._back(callback, place)
        out = self._leave_ad(callback)
        if now is not None and now[0] != key[0]:
            out += ads.end(callback.at)
        self._now = key
        group = self._groups[key[0]] if key[0] < len(self._groups) else AdGroup(Pod())
        if not ads.in_break:
            # Without the discontinuity into it, the ad's own clock tells when it began (S83).
            shown = (place.position or 0.0) if media.shown else 0.0
            began = min(max(callback.at - shown, media.known_at), callback.at)
            ads.gone = False
            out += ads.begin(began, group.pod, stands=place.content)
        out += ads.announce(group.ad(key[1], place.length), ads.ad.watch.free_since)
        return out + self._go(callback, place.position)

    def _back(self, callback: Callback, place: Place) -> list[Signal]:
        """The player is in the content again, whose clock may tell since when (S62)."""
        ads, media, at = self._breaks, self._media, callback.at
        self._now = None
        resumed = ads.ad.watch.content(at, place.content, media.rate)
        since = callback if resumed is None else attrs.evolve(callback, at=resumed.at)
        out = [*self._leave_ad(since), *ads.end(since.at)]
        if resumed is not None:
            out += self._runs(since, resumed.position)
        self._stands(callback, place.content)
        return out + self._go(callback, place.content)

    def _leave_ad(
        self, callback: Callback, left: float | None = None, *, skipped: bool = False
    ) -> list[Signal]:
        """The player is not in the open ad any more, which it ``left`` there."""
        if not self._breaks.ad.started:
            return []
        return self._breaks.finish(callback, None, left, skipped=skipped)

    def _leave_ads(self, callback: Callback) -> list[Signal]:
        return self._to(callback, Place(content=self._media.position))

    @_on("onPositionDiscontinuity", _ANYTHING)
    def _on_jump(self, callback: Callback) -> list[Signal]:
        detail = callback.detail
        old = Place.of_info(part_of(detail, "oldPosition"))
        new = Place.of_info(part_of(detail, "newPosition"))
        reason = constant(detail.get("reason"), _JUMPS)
        out: list[Signal] = []
        if self._now not in (None, new.key):
            left = old.position if old.key == self._now else None
            out = self._leave_ad(callback, left, skipped=reason == "SKIP" and old.key is not None)
        other = None not in (old.item, new.item) and old.item != new.item
        if other or (reason == "REMOVE" and self._has_item):
            out += self._leave_ads(callback)
            self._stands(callback, old.content)
            return [*out, *self._other_item(callback, ended=reason == "AUTO_TRANSITION", place=new)]
        if reason == "SEEK" and old.key is None:
            return self._seek(callback, old, new)
        out += self._to(callback, new)
        if reason == "SEEK" or (old.key, new.key) == (None, None):
            self._stands(callback, new.content)  # nobody's seek (S70)
        return out

    @property
    def _has_item(self) -> bool:
        """Whether an item has begun that another one may follow."""
        media = self._media
        return media.begun and (media.shown or media.ended or self._breaks.in_break)

    def _seek(self, callback: Callback, old: Place, new: Place) -> list[Signal]:
        out = self._seeks(callback, new.content, old.content)
        self._state = "BUFFERING"
        return out if new.key is None else out + self._to(callback, new)

    def _other_item(
        self, callback: Callback, *, ended: bool = False, place: Place | None = None
    ) -> list[Signal]:
        self._item_at = at = callback.at
        self._groups = ()
        out = self._media.finish(at, self._media.duration) if ended else []
        out += self._next_item(callback)
        if place is not None:
            self._stands(callback, place.content)
            out += self._to(callback, place)
        if self._now is None and self._wants and ended:
            out += self._go(callback, place.content if place is not None else None)
        return out

    @_on(
        "onMediaItemTransition",
        ("progress content_end end load play playing ad_start ad_end ad_break_start ad_break_end"),
        "the next item, or a loop (S24, S70)",
    )
    def _on_transition(self, callback: Callback) -> list[Signal]:
        reason = constant(callback.detail.get("reason"), _TRANSITIONS)
        told, self._item_at = self._item_at, None
        at, media = callback.at, self._media
        if reason == "REPEAT":
            out = media.finish(at, media.duration)
            out += media.over(at)
            media.ended = False  # the next round begins at once (S70)
            return [*out, *self._go(callback, 0.0)] if self._wants else out
        if (told is not None and at - told < _SEEK_OVER) or not self._has_item:
            return []
        return [*self._leave_ads(callback), *self._other_item(callback, ended=reason == "AUTO")]

    @_on("onEvents", _ANYTHING, "its snapshot")
    @_on("onProgressUpdate", _ANYTHING, "PlayerControlView's clock, or the app's own polling")
    def _on_progress(self, callback: Callback) -> list[Signal]:
        out = [*self._sync(callback), *self._follow(callback)]
        told = (
            seconds(callback.detail.get("position")),
            self._position(callback),
            finite(callback.state.get("currentTime")),
            seconds(callback.state.get("currentPosition")),
        )
        position = next((each for each in told if each is not None), None)
        if position is None:
            return out
        if self._breaks.in_break:
            return [*out, *self._breaks.moves(callback, position)]
        out += self._clock_tells(callback, position, plays=self._plays(callback))
        if self._media.moving:
            self._state, self._wants, self._suppressed = "READY", True, False
        return out

    def _plays(self, callback: Callback) -> bool | None:
        """Whether the player says that it plays, in a poll; it may leave that to its clock."""
        media = self._media
        stands = self._state not in ("READY", None) and not media.seeking
        wanted = media.wanted or media.seeking or self._wants
        if stands or self._suppressed or self._wants is False or not wanted:
            return False
        return True if callback.flag("isPlaying") else None

    # -- what is known of the content --------------------------------------------------------------

    @_on("onTimelineChanged", "load ad_error", "length, live, ad groups")
    def _on_timeline(self, callback: Callback) -> list[Signal]:
        timeline = part_of(callback.detail, "timeline") or callback.detail
        length = seconds(timeline.get("durationMs"))
        length = seconds(timeline.get("durationUs"), 1e6) if length is None else length
        if timeline.get("isLive") is True or callback.state.get("isCurrentMediaItemLive") is True:
            out = self._media.is_live(callback.at)
        else:
            out = self._length(callback, length)
        told = part_of(callback.detail, "adPlaybackState") or part_of(timeline, "adPlaybackState")
        return out + self._learn(callback, tuple(groups_of(told))) if told else out

    def _learn(self, callback: Callback, groups: tuple[AdGroup, ...]) -> list[Signal]:
        """The ad playback state: what the groups are, and which ads could not be loaded (S71)."""
        before, self._groups, at = self._groups, groups, callback.at
        # Its content positions are without the ads, also where a server put them in (S78).
        news = bool(groups) and not before
        out: list[Signal] = [Load(at, positions="content")] if news else []
        for number, group in enumerate(groups):
            known = before[number].failed if number < len(before) else frozenset()
            for index in sorted(group.failed - known):
                name = group.ad(index).asset_id
                if (number, index) == self._now:
                    out += self._breaks.fail(callback, _UNLOADED, name)
                elif self._media.begun:
                    out.append(AdError(at, _UNLOADED, name))
        return out

    @_on("onVideoInputFormatChanged", "quality", in_break="")
    def _on_format(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "format") or callback.detail
        rates = ("bitrate", "averageBitrate", "peakBitrate")
        self._renditions.learn(Rendition.read(told, *rates))
        return []

    @_on("onVideoSizeChanged", "quality", in_break="")
    def _on_size(self, callback: Callback) -> list[Signal]:
        height = positive((part_of(callback.detail, "videoSize") or callback.detail).get("height"))
        self._renditions.learn(Rendition(height=height))
        return []

    @_on("onDroppedVideoFrames", "", "counted for the next quality", in_break="")
    def _on_dropped(self, callback: Callback) -> list[Signal]:
        frames = positive(callback.detail.get("droppedFrames"))
        if frames is not None and frames < 1e6:
            self._renditions.dropped = (self._renditions.dropped or 0.0) + frames
        return []

    @_on("onFullscreenButtonClick", "update")
    def _on_full_screen(self, callback: Callback) -> list[Signal]:
        return self._fills(callback, callback.detail.get("isFullScreen"))

    @_on("onPlaybackParametersChanged", "update")
    def _on_speed(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "playbackParameters") or callback.detail
        return self._plays_at(callback, positive(told.get("speed")))

    @_on("onVolumeChanged", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        return self._sounds(callback, callback.detail.get("volume"))

    @_on("onPlayerError", "error interrupt ad_error ad_break_end")
    def _on_error(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "error") or callback.detail
        code = whole(told.get("errorCode"))
        reason = text_of(told.get("errorCodeName")) or "playback error"
        self._now = None
        return self._fails(callback, "network loss" if code in _NETWORK else reason)

    # -- the end -----------------------------------------------------------------------------------

    @_on("onPlayerReleased", "exit end")
    @on("android", "onDestroy", "exit end")
    def _on_released(self, callback: Callback) -> list[Signal]:
        self._now = None
        return self._leave(callback)

    @on("android", "onStop", "", "a pause right after it is the background's (S77)")
    def _on_activity(self, callback: Callback) -> list[Signal]:
        self._media.hidden_at = callback.at
        return []
