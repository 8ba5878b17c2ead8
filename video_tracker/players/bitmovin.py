"""Bitmovin Player 8 (web SDK).

Channels: ``bitmovin`` (the values of ``PlayerEvent``), ``html5`` (its element, which it repeats)
and ``page``. ``detail`` is the event object: ``time`` of ``play``, ``playing``, ``paused`` and
``timechanged`` in seconds, ``issuer``, ``position`` and ``seekTarget`` of ``seek``, ``adBreak`` and
``ad``, ``targetVolume`` (0 to 100), ``targetQuality`` (bits per second), ``from`` and ``to``.
``state`` may hold what the application asked the player for, under an element's names
(``currentTime``, ``duration``, ``muted``...), ``isLive`` and ``timeShift``; neither is needed.

* Its clock is the ad's while an ad plays, and Unix time in a live stream.
* Its seek bar pauses the player for a scrub and plays on after it (issuer ``ui-seek``): no pause.
* ``seek`` comes again and again while the viewer scrubs.
* An ``error`` ends playback at once; what can be survived is a ``warning``.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from video_tracker.players.ad_breaks import QUARTILES, Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import WEB_SETTINGS, Callback, finite, name_of, on, positive
from video_tracker.players.element_view import part_of, whole
from video_tracker.players.native_player import NativePlayer, fold
from video_tracker.players.rendition_watch import Rendition
from video_tracker.signals import SeekEnd, SeekStart, Signal

__all__ = ["BitmovinAdapter"]

_SCRUB: Final = "ui-seek"
"""The issuer of the seek bar's pause before a scrub and of its play after it."""
_UI: Final = "ui"
_ADS: Final = ("ad", "ima")
"""How issuers begin that pause the content for ads."""
_NETWORK_ERRORS: Final = range(1400, 1500)
_NEAR: Final = 5.0
"""Seconds by which the place that a seek left may differ from where the content was last seen."""
_EPOCH: Final = 1e9
"""A position from which on it can only be Unix time: the stream is live."""


class BitmovinAdapter(NativePlayer):
    """The adapter of the Bitmovin Player; see the module (S30, S31, S33, S62, S71, S76)."""

    name: ClassVar[str] = "bitmovin"
    settings: ClassVar = WEB_SETTINGS
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "bitmovin": {
            "the viewer's doing around the ad, not its playback": "adinteraction",
            "`adbreakfinished` says when the content goes on": "adlinearitychanged",
            "ads are there; nothing moved": "admanifestloaded",
            "the player goes on telling what plays, whichever device shows it": (
                "airplayavailable airplaychanged castavailable caststart caststarted caststopped "
                "castwaitingfordevice showairplaytargetpicker"
            ),
            "the player's appearance": "aspectratiochanged playerresized",
            "of the sound's tracks, not of the picture": (
                "audioadaptation audioadded audiochanged audiodownloadqualitychange "
                "audiodownloadqualitychanged audioplaybackqualitychanged audioqualityadded "
                "audioqualitychanged audioqualityremoved audioremoved"
            ),
            "another server of the same content": "contentlocationchanged",
            "subtitles": (
                "cueenter cueexit cueparsed cueupdate subtitleadded subtitledisable "
                "subtitledisabled subtitleenable subtitleenabled subtitleremoved"
            ),
            "what is loaded, not what is seen": "downloadfinished segmentrequestfinished",
            "key negotiation": "drmlicenseadded",
            "the way back into the window is nobody's seek (S70)": "dvrwindowexceeded",
            "how the player keeps to the live edge": "latencymodechanged targetlatencychanged",
            "the player's own licence": "licensevalidated",
            "timed metadata: the application's own": "metadata metadatachanged metadataparsed",
            "a part of the player was loaded": "moduleready",
            "an overlay: the content goes on under it": "overlayadstarted",
            "periods are parts of one content": "periodswitch periodswitched",
            "`adbreakfinished` follows when the content is back": "restoringcontent",
            "`videoplaybackqualitychanged` says which quality shows": "segmentplayback",
            "chosen or loaded; `videoplaybackqualitychanged` says when it shows": (
                "videoadaptation videodownloadqualitychange videodownloadqualitychanged "
                "videoqualitychanged"
            ),
            "what could be chosen, not what is": "videoqualityadded videoqualityremoved",
            "the page says it": "visibilitychanged",
            "the direction of view in a spherical video": (
                "vrstereochanged vrviewingdirectionchange vrviewingdirectionchanged"
            ),
            "playback goes on; what stops it is an `error`": "warning",
        },
    }
    clock: ClassVar[frozenset[str]] = frozenset(
        {"play", "playing", "seeked", "timechanged", "timeshifted"}
    )

    changes: ClassVar[frozenset[str]] = frozenset({"playlisttransition", "sourceloaded"})

    def __init__(self) -> None:
        super().__init__()
        self._scrubbing = False
        self._target: float | None = None
        self._ads: tuple[str | None, ...] = ()
        self._source: str | None = None
        self._unloaded = False
        self._failed = False

    def _on_player(self, callback: Callback) -> list[Signal]:
        out = self._by_row(callback)
        if any(isinstance(signal, SeekEnd) for signal in out):
            self._scrubbing = False
        return out

    def _is_decisive(self, callback: Callback) -> bool:
        own = callback.player == "bitmovin" and callback.event in _DECISIVE
        return own or super()._is_decisive(callback)

    # -- playing -----------------------------------------------------------------------------

    def _time(self, callback: Callback) -> float | None:
        time = finite(callback.detail.get("time"))
        return time if time is not None else callback.number("currentTime")

    def _look(self, callback: Callback) -> list[Signal]:
        out = self._found_source(callback) + super()._look(callback)
        return out + self._live_by(callback, self._time(callback))

    def _found_source(self, callback: Callback) -> list[Signal]:
        """The snapshot shows another source, whose loading nobody heard."""
        other = _source_of(callback) not in (None, self._source)
        heard = callback.event in self.changes or callback.player != self.name
        if heard or not other or self._breaks.in_break:
            return []
        if self._source is None and not self._unloaded:
            self._source = _source_of(callback)
            return []
        return self._on_source(callback)

    @on("bitmovin", "ready", "load")
    def _on_ready(self, _callback: Callback) -> list[Signal]:
        return []  # its snapshot was read

    @on("bitmovin", "sourceloaded", "load progress")
    def _on_source(self, callback: Callback) -> list[Signal]:
        """A source was loaded: the first one, the next one, or the same one again."""
        if self._breaks.in_break:
            return self._drop(callback, "an ad's")
        source = _source_of(callback)
        retried = source is None and self._failed  # nobody says what it is: what failed, again
        again = retried or (source is not None and source == self._source)
        self._source, self._failed = source or self._source, False
        out: list[Signal] = []
        if again and not self._media.ended:
            self._media.come_back()
        elif not again and self._media.begun:
            out = self._next_item(callback)
        self._unloaded = self._scrubbing = False
        return out

    @on("bitmovin", "sourceunloaded", "progress", "the last position of what was unloaded")
    def _on_unloaded(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break or self._unloaded:
            return []
        self._unloaded = True
        return self._content(callback, "emptied")

    @on("bitmovin", "playlisttransition", "load ad_break_end progress")
    def _on_transition(self, callback: Callback) -> list[Signal]:
        return self._next_item(callback) if self._media.begun else []

    @on("bitmovin", "play", "play seek_end load update")
    def _on_play(self, callback: Callback) -> list[Signal]:
        time = self._time(callback)
        if self._breaks.in_break:
            return self._breaks.media(callback, "play")
        self._view.know(paused=False)
        out = self._on_source(callback) if self._unloaded else []
        out += self._content(callback, "play", currentTime=time, paused=False)
        if self._scrubbing and self._target is None:
            # The viewer let go of the bar where he took it.
            self._content(callback, "seeked", currentTime=time)
            out.append(SeekEnd(callback.at, time))
        return out

    @on("bitmovin", "playing", "playing buffer_end play load update seek_end content_end")
    def _on_playing(self, callback: Callback) -> list[Signal]:
        time = self._time(callback)
        if self._breaks.in_break:
            return self._breaks.media(callback, "playing")
        self._view.know(paused=False)
        return self._content(callback, "playing", currentTime=time, paused=False)

    @on(
        "bitmovin",
        "timechanged",
        (
            "progress ad_progress playing ad_break_end play load seek_end update buffer_end "
            "content_end"
        ),
    )
    def _on_time(self, callback: Callback) -> list[Signal]:
        time = self._time(callback)
        return self._moves(callback, time, time)

    def _live_by(self, callback: Callback, time: float | None) -> list[Signal]:
        """What a live stream's clock says of it: it is Unix time, its edge a shift away (S8)."""
        dated = time is not None and time >= _EPOCH
        if self._breaks.in_break or not (dated or callback.state.get("isLive") is True):
            return []
        media, at = self._media, callback.at
        out = media.is_live(at)
        if dated:
            out += media.live.date(at, 0.0)
        shift = callback.number("timeShift")
        if shift is not None and time is not None and shift <= 0:
            out += media.live.edge(at, time - shift)
        return out

    @on("bitmovin", "paused", "pause content_end interrupt seek_start")
    def _on_paused(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return self._breaks.media(callback, "pause", self._ad_time(callback))
        issuer = (name_of(callback.detail.get("issuer")) or "").lower()
        time = self._time(callback)
        pause = self._view.event(callback, "pause", currentTime=time, paused=True)
        if issuer == _SCRUB:
            return self._on_scrub(callback)
        if issuer.startswith(_ADS):
            self._media.stand(pause)
            return []
        self._view.know(paused=True)
        return self._media.receive(pause) if issuer.startswith(_UI) else self._hold(pause)

    @on("bitmovin", "playbackfinished", "content_end")
    def _on_finished(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return self._drop(callback, "the content ended before the break")
        self._view.know(paused=None)
        position = callback.number("currentTime")
        return self._media.finish(callback.at, position or self._media.duration)

    # -- seeks -------------------------------------------------------------------------------

    def _on_scrub(self, callback: Callback) -> list[Signal]:
        """The seek bar stops the player for a scrub: where it leads is told when it is over."""
        media = self._media
        if not media.shown or not media.wanted or self._scrubbing:
            return []
        time = self._time(callback)
        position = media.where(callback.at) if time is None else time
        media.stand(self._view.event(callback, "pause", currentTime=position))
        self._scrubbing = True
        # From here on the content stands: a seek that has not moved yet.
        self._content(callback, "seeking", currentTime=position)
        return [SeekStart(callback.at, position)]

    @on("bitmovin", "seek timeshift", "seek_start content_end end play playing")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return self._drop(callback, "the content's place after the ads")
        target = finite(callback.detail.get("seekTarget"))
        if callback.event == "timeshift":
            return self._begin_seek(callback, self._shifted(callback))
        return self._begin_seek(callback, target)

    def _begin_seek(self, callback: Callback, target: float | None) -> list[Signal]:
        if target is None:
            target = callback.number("currentTime")
        origin = self._origin(callback)
        if origin is not None and self._target is None and not self._scrubbing:
            self._media.stand(self._view.event(callback, "pause", currentTime=origin))
        self._target = target
        return self._content(callback, "seeking", currentTime=target)

    @on("bitmovin", "seeked timeshifted", "seek_start seek_end content_end end play playing")
    def _on_seeked(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            return []
        target, self._target = self._target, None
        position = callback.number("currentTime")
        position = target if position is None else position
        out = self._content(callback, "seeked", currentTime=position)
        if self._scrubbing and not out:
            out.append(SeekEnd(callback.at, position))
        return out

    def _origin(self, callback: Callback) -> float | None:
        """Where a seek left, as the event says; a shift's may be an offset from the live edge."""
        origin, here = finite(callback.detail.get("position")), self._media.where(callback.at)
        if origin is None or here is None or abs(origin - here) > _NEAR:
            return None
        return origin

    def _shifted(self, callback: Callback) -> float | None:
        """Where a shift within a live stream leads: absolute, or as an offset from its edge."""
        target = finite(callback.detail.get("target"))
        if target is None or target > 0:
            return target
        origin = finite(callback.detail.get("position"))
        here = self._media.where(callback.at)
        if here is None:
            return None
        behind = origin if origin is not None and origin <= 0 else 0.0
        return here - behind + target

    # -- attributes --------------------------------------------------------------------------

    @on("bitmovin", "stallended", "buffer_end update")
    @on("bitmovin", "stallstarted", "buffer_start interrupt")
    def _on_stall(self, callback: Callback) -> list[Signal]:
        waits = callback.event == "stallstarted"
        event = "waiting" if waits else "playing"
        if self._breaks.in_break:
            return self._breaks.media(callback, event)
        if not self._media.shown:
            return []  # the start's (S25)
        return self._content(callback, event)

    @on("bitmovin", "muted unmuted volumechanged", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        if callback.event == "volumechanged":
            volume = finite(callback.detail.get("targetVolume"))
            if volume is not None:
                self._view.know(volume=min(max(volume, 0.0), 100.0) / 100)
        else:
            self._view.know(muted=callback.event == "muted")
        known = self._view.known("volume")
        if known is None and callback.event == "muted":
            known = 0.0  # how loud it was is not known, that it is silent is
        muted = self._view.known("muted") or False
        told = self._view.event(callback, "volumechange", volume=known, muted=muted)
        return self._media.attributes.changes(told)

    @on("bitmovin", "playbackspeedchanged", "update")
    def _on_speed(self, callback: Callback) -> list[Signal]:
        rate = positive(callback.detail.get("to"))
        if rate is None:
            return []
        self._view.know(playbackRate=rate)
        return self._content(callback, "ratechange", playbackRate=rate)

    @on("bitmovin", "viewmodechanged", "update")
    def _on_view_mode(self, callback: Callback) -> list[Signal]:
        mode = callback.detail.get("to")
        if not isinstance(mode, str):
            return []
        self._view.know(fullscreen=mode.lower() == "fullscreen")
        return self._media.attributes.changes(self._view.event(callback, "volumechange"))

    @on("bitmovin", "durationchanged", "load")
    def _on_duration(self, callback: Callback) -> list[Signal]:
        return self._length(callback, callback.detail.get("to", callback.state.get("duration")))

    @on("bitmovin", "videoplaybackqualitychanged", "quality")
    def _on_quality(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            quality = part_of(callback.detail, "targetQuality")
            self._renditions.shows(Rendition.read(quality, "bitrate"))
        return []

    # -- errors and the end ------------------------------------------------------------------

    @on("bitmovin", "error", "error interrupt progress ad_error ad_break_end")
    def _on_error(self, callback: Callback) -> list[Signal]:
        code = whole(callback.detail.get("code"))
        name = callback.text("name") or callback.text("message")
        reason = name or (f"Bitmovin error {code}" if code is not None else "playback error")
        if code is not None and code in _NETWORK_ERRORS:
            reason = "network loss"
        out: list[Signal] = []
        if self._breaks.in_break:
            out += self._breaks.fail(callback, reason) + self._breaks.end(callback.at)
        self._failed = True
        # Playback is over with it, unless the snapshot knows better.
        runs = callback.state.get("paused") is False
        stopped = self._view.event(callback, "error", paused=not runs)
        return out + self._media.fail(stopped, reason)

    @on("bitmovin", "destroy", "exit")
    def _on_destroy(self, callback: Callback) -> list[Signal]:
        return self._leave(callback)

    # -- ads ---------------------------------------------------------------------------------

    @on("bitmovin", "adbreakstarted", "ad_break_start content_end play progress seek_end")
    def _on_break(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "adBreak")
        ads = told.get("ads")
        listed = [ad for ad in ads if isinstance(ad, Mapping)] if isinstance(ads, list) else []
        self._ads = tuple(name_of(ad.get("id")) for ad in listed)
        at = self._take_held(callback.at)
        pod = self._pod_of(told, len(listed) or None)
        self._scrubbing, self._target = False, None
        return self._breaks.begin(at, pod)

    def _pod_of(self, told: Mapping[str, Any], size: int | None) -> Pod:
        pod_id, position = name_of(told.get("id")), told.get("position")
        offset, length = finite(told.get("scheduleTime")), self._media.duration
        if position in ("pre", "post"):
            return Pod(pod_id, position, None, size)
        late = told.get("scheduleTime") in ("Infinity", math.inf)
        if late or (offset is not None and length is not None and offset >= length):
            return Pod(pod_id, "post", None, size)
        if offset is not None and offset > 0:
            return Pod(pod_id, "mid", offset, size)
        return Pod(pod_id, None, None, size)  # 0 is said of breaks that play at once, too

    def _ad_time(self, callback: Callback) -> float | None:
        time = self._time(callback)
        return time if time is not None and self._breaks.owns(callback.at, time) else None

    @on("bitmovin", "adstarted", "ad_start ad_break_start play ad_end seek_end progress")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        ad = part_of(callback.detail, "ad")
        if ad.get("isLinear") is False:
            return self._drop(callback, "an overlay: the content goes on under it")
        out = [] if self._breaks.in_break else self._breaks.begin(self._take_held(callback.at))
        asset = name_of(ad.get("id"))
        place = whole(callback.detail.get("indexInQueue"))
        position = place + 1 if place is not None and place >= 0 else None
        if position is None and asset is not None and self._ads.count(asset) == 1:
            position = self._ads.index(asset) + 1
        length = positive(ad.get("duration")) or positive(callback.detail.get("duration"))
        return out + self._breaks.start(callback, Announced(asset, position, length))

    @on("bitmovin", "adfinished", "ad_end")
    def _on_ad_end(self, callback: Callback) -> list[Signal]:
        asset = name_of(part_of(callback.detail, "ad").get("id"))
        return self._breaks.finish(callback, asset)

    @on("bitmovin", "adskipped", "ad_skip")
    def _on_ad_skip(self, callback: Callback) -> list[Signal]:
        return self._breaks.skip(callback)

    @on("bitmovin", "adclicked", "ad_click")
    def _on_ad_click(self, callback: Callback) -> list[Signal]:
        return self._breaks.click(callback)

    @on("bitmovin", "adquartile", "ad_progress", "of an ad whose clock is not heard")
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        part = QUARTILES.get(fold(name_of(callback.detail.get("quartile")) or ""))
        return [] if part is None else self._breaks.quartile(callback, part)

    @on("bitmovin", "aderror", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        code = whole(callback.detail.get("code"))
        reason = callback.text("message") or callback.text("name")
        fallback = f"ad error {code}" if code is not None else "ad error"
        return self._breaks.fail(callback, reason or fallback)

    @on("bitmovin", "adbreakfinished", "ad_break_end")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        return self._breaks.end(callback.at)


def _source_of(callback: Callback) -> str | None:
    """What the snapshot says that is loaded; an address of the browser's own says nothing."""
    source = name_of(callback.state.get("src"))
    return None if source is not None and source.startswith("blob:") else source


_DECISIVE: Final = frozenset({"destroy", "play", "playbackfinished", "sourceunloaded", "error"})
"""Callbacks before which a held pause is let go: an ad break would have come first."""
