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
from functools import partial
from typing import Any, ClassVar, Final

from video_tracker.payload import finite, name_of, part_of, positive, whole
from video_tracker.players.ad_breaks import QUARTILES, Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.native_player import NativePlayer, fold, ids_of
from video_tracker.players.reasons import ad_failure, reason_of
from video_tracker.players.words import AD, BREAK, MOVES, OVERLAY, PLAYS, QUARTILE, SEEKS, WAITS
from video_tracker.signals import Signal

__all__ = ["BitmovinAdapter"]

_on: Final = partial(on, "bitmovin")
_SCRUB: Final = "ui-seek"
"""The issuer of the seek bar's pause before a scrub and of its play after it."""
_UI: Final = "ui"
_ADS: Final = ("ad", "ima")  # How issuers begin that pause the content for ads.
_NETWORK_ERRORS: Final = range(1400, 1500)
_NEAR: Final = 5.0
"""Seconds by which the place that a seek left may differ from where the content was last seen."""
_EPOCH: Final = 1e9  # A position from which on it can only be Unix time: the stream is live.


class BitmovinAdapter(NativePlayer):
    """The adapter of the Bitmovin Player; see the module (S30, S31, S33, S62, S71, S76)."""

    name: ClassVar[str] = "bitmovin"
    of_ad: ClassVar = {"bitmovin": {"adclicked": "click"}}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "bitmovin": {
            "the viewer's doing around the ad, not its playback": "adinteraction",
            "`adbreakfinished` says when the content goes on": "adlinearitychanged",
            "ads are there; nothing moved": "admanifestloaded",
            "the player goes on telling what plays, whichever device shows it": """airplayavailable
                airplaychanged castavailable caststart caststarted caststopped castwaitingfordevice
                showairplaytargetpicker""",
            "the player's appearance": "aspectratiochanged playerresized",
            "of the sound's tracks, not of the picture": """audioadaptation audioadded audiochanged
                audiodownloadqualitychange audiodownloadqualitychanged audioplaybackqualitychanged
                audioqualityadded audioqualitychanged audioqualityremoved audioremoved""",
            "another server of the same content": "contentlocationchanged",
            "subtitles": """cueenter cueexit cueparsed cueupdate subtitleadded subtitledisable
                subtitledisabled subtitleenable subtitleenabled subtitleremoved""",
            "what is loaded, not what is seen": "downloadfinished segmentrequestfinished",
            "key negotiation": "drmlicenseadded",
            "the way back into the window is nobody's seek (S70)": "dvrwindowexceeded",
            "how the player keeps to the live edge": "latencymodechanged targetlatencychanged",
            "the player's own licence": "licensevalidated",
            "timed metadata: the application's own": "metadata metadatachanged metadataparsed",
            "a part of the player was loaded": "moduleready",
            OVERLAY: "overlayadstarted",
            "periods are parts of one content": "periodswitch periodswitched",
            "`adbreakfinished` follows when the content is back": "restoringcontent",
            "`videoplaybackqualitychanged` says which quality shows": "segmentplayback",
            "chosen or loaded; `videoplaybackqualitychanged` says when it shows": """videoadaptation
                videodownloadqualitychange videodownloadqualitychanged videoqualitychanged""",
            "what could be chosen, not what is": "videoqualityadded videoqualityremoved",
            "the page says it": "visibilitychanged",
            "the direction of view in a spherical video": """vrstereochanged
                vrviewingdirectionchange vrviewingdirectionchanged""",
            "playback goes on; what stops it is an `error`": "warning",
        }
    }
    clock: ClassVar[frozenset[str]] = frozenset(
        {"play", "playing", "seeked", "timechanged", "timeshifted"}
    )
    lengths: ClassVar[Mapping[str, str]] = {"durationchanged": "to"}
    clock_key: ClassVar[str] = "time"
    changes: ClassVar[frozenset[str]] = frozenset({"playlisttransition", "sourceloaded"})
    decisive: ClassVar[frozenset[str]] = frozenset(
        {"destroy", "error", "play", "playbackfinished", "sourceunloaded"}
    )

    def __init__(self) -> None:
        super().__init__()
        self._target: float | None = None
        self._unloaded = False

    def _look(self, callback: Callback) -> list[Signal]:
        out = self._found_source(callback) + super()._look(callback)
        return out + self._live_by(callback, self._time(callback))

    def _found_source(self, callback: Callback) -> list[Signal]:
        """The snapshot shows another source, whose loading nobody heard."""
        other = _source_of(callback) not in (None, self._key)
        heard = callback.event in self.changes or callback.player != self.name
        if heard or not other or self._breaks.in_break:
            return []
        if self._key is None and not self._unloaded:
            self._key = _source_of(callback)
            return []
        return self._on_source(callback)

    def _live_by(self, callback: Callback, time: float | None) -> list[Signal]:
        """What a live stream's clock says of it: it is Unix time, its edge a shift away (S8)."""
        dated = time is not None and time >= _EPOCH
        if self._breaks.in_break or not (dated or callback.flag("isLive")):
            return []
        media, at = self._media, callback.at
        out = media.is_live(at)
        if dated:
            out += media.live.date(at, 0.0)
        shift = callback.number("timeShift")
        if shift is not None and time is not None and shift <= 0:
            out += media.live.edge(at, time - shift)
        return out

    @_on("durationchanged ready", "load")
    def _on_length(self, _callback: Callback) -> list[Signal]:
        return []  # it was read already, as in every snapshot

    @_on("sourceloaded", "load progress", in_break="an ad's")
    def _on_source(self, callback: Callback) -> list[Signal]:
        """A source was loaded: the first one, the next one, or the same one again."""
        self._unloaded = False
        return self._loads(callback, again=self._is_known(_source_of(callback)))

    @_on("sourceunloaded", "progress", "the last position of what was unloaded", in_break="")
    def _on_unloaded(self, callback: Callback) -> list[Signal]:
        known, self._unloaded = self._unloaded, True
        return [] if known else self._content(callback, "emptied")

    @_on("playlisttransition", "load ad_break_end progress")
    def _on_transition(self, callback: Callback) -> list[Signal]:
        return self._loads(callback, again=False)

    @_on("play", PLAYS, in_break="play")
    def _on_play(self, callback: Callback) -> list[Signal]:
        out = self._on_source(callback) if self._unloaded else []
        out += self._says(callback, "play")
        if self._media.seeking and self._target is None:
            out += self._says(callback, "seeked")  # he let go of the bar where he took it
        return out

    @_on("playing", PLAYS, in_break="playing")
    def _on_playing(self, callback: Callback) -> list[Signal]:
        return self._says(callback, "playing")

    @_on("timechanged", MOVES)
    def _on_time(self, callback: Callback) -> list[Signal]:
        time = self._time(callback)
        return self._moves(callback, time, time)

    @_on("paused", "pause content_end interrupt seek_start")
    def _on_paused(self, callback: Callback) -> list[Signal]:
        if self._breaks.in_break:
            time = self._time(callback)
            owned = time is not None and self._breaks.ad.owns(callback.at, time)
            return self._breaks.media(callback, "pause", time if owned else None)
        issuer = (name_of(callback.detail.get("issuer")) or "").lower()
        if issuer == _SCRUB:
            return self._on_scrub(callback)
        pause = self._pause(callback)
        if issuer.startswith(_ADS):
            self._media.stand(pause)
            return []
        return self._pauses(pause, viewers=issuer.startswith(_UI))

    @_on("stallstarted", WAITS, in_break="waiting")
    def _on_stall(self, callback: Callback) -> list[Signal]:
        # One before the first frame is the start's (S25).
        return self._content(callback, "waiting") if self._media.shown else []

    @_on("stallended", PLAYS, in_break="playing")
    def _on_stall_end(self, callback: Callback) -> list[Signal]:
        return self._content(callback, "playing") if self._media.shown else []

    @_on("playbackfinished", "content_end", in_break="the content ended before the break")
    def _on_finished(self, callback: Callback) -> list[Signal]:
        return self._ends(callback)

    def _on_scrub(self, callback: Callback) -> list[Signal]:
        """The seek bar stops the player for a scrub: where it leads is told when it is over."""
        media = self._media
        if not media.shown or not media.wanted or media.seeking:
            return []
        media.stand(self._pause(callback))
        return self._content(callback, "seeking", currentTime=None)

    @_on("seek timeshift", SEEKS, in_break="the content's place after the ads")
    def _on_seek(self, callback: Callback) -> list[Signal]:
        detail, here = callback.detail, self._media.where(callback.at)
        target, origin = finite(detail.get("seekTarget")), finite(detail.get("position"))
        if callback.event == "timeshift":
            target = finite(detail.get("target"))
            if target is not None and target <= 0:  # an offset from the live edge
                behind = origin if origin is not None and origin <= 0 else 0.0
                target = None if here is None else here - behind + target
        target = callback.number("currentTime") if target is None else target
        # Where it left, as it says; that of a shift may be an offset from the live edge.
        left = None not in (origin, here) and abs((origin or 0.0) - (here or 0.0)) <= _NEAR
        if left and not self._media.seeking:
            self._media.stand(self._view.event(callback, "pause", currentTime=origin))
        self._target = target
        return self._content(callback, "seeking", currentTime=target)

    @_on("seeked timeshifted", SEEKS, in_break="")
    def _on_seeked(self, callback: Callback) -> list[Signal]:
        target, self._target = self._target, None
        position = callback.number("currentTime")
        if position is None and not self._media.seeking:
            return []  # playing on has told it already (S79)
        position = target if position is None else position
        return self._content(callback, "seeked", currentTime=position)

    @_on("muted unmuted volumechanged", "update")
    def _on_volume(self, callback: Callback) -> list[Signal]:
        if callback.event != "volumechanged":
            return self._sounds(callback, None, callback.event == "muted")
        volume = finite(callback.detail.get("targetVolume"))
        return self._sounds(callback, None if volume is None else volume / 100)

    @_on("playbackspeedchanged", "update")
    def _on_speed(self, callback: Callback) -> list[Signal]:
        return self._plays_at(callback, positive(callback.detail.get("to")))

    @_on("viewmodechanged", "update")
    def _on_view_mode(self, callback: Callback) -> list[Signal]:
        return self._fills(callback, callback.detail.get("to"))

    @_on("videoplaybackqualitychanged", "quality", in_break="")
    def _on_quality(self, callback: Callback) -> list[Signal]:
        return self._renders(part_of(callback.detail, "targetQuality"), "bitrate")

    @_on("error", "error interrupt progress ad_error ad_break_end")
    def _on_error(self, callback: Callback) -> list[Signal]:
        detail, code = callback.detail, whole(callback.detail.get("code"))
        reason = reason_of("Bitmovin error", code, detail.get("name"), detail.get("message"))
        return self._fails(callback, "network loss" if code in _NETWORK_ERRORS else reason)

    @_on("destroy", "exit")
    def _on_destroy(self, callback: Callback) -> list[Signal]:
        return self._leave(callback)

    @_on("adbreakstarted", BREAK)
    def _on_break(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "adBreak")
        self._ads = ids_of(told.get("ads"))
        self._target = None
        return self._begin_break(callback, self._pod_of(told), in_stream=False)

    def _pod_of(self, told: Mapping[str, Any]) -> Pod:
        pod_id, position, size = name_of(told.get("id")), told.get("position"), len(self._ads)
        offset, length = finite(told.get("scheduleTime")), self._media.duration
        late = told.get("scheduleTime") in ("Infinity", math.inf)
        if late or (offset is not None and length is not None and offset >= length):
            position = position if position == "pre" else "post"
        if position in ("pre", "post"):
            return Pod(pod_id, position, None, size or None)
        if offset is not None and offset > 0:
            return Pod(pod_id, "mid", offset, size or None)
        return Pod(pod_id, None, None, size or None)  # 0 is said of breaks that play at once, too

    @_on("adstarted", f"{AD} playing")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        ad = part_of(callback.detail, "ad")
        if ad.get("isLinear") is False:
            return self._breaks.overlay(callback)
        out = [] if self._breaks.in_break else self._begin_break(callback, Pod(), in_stream=False)
        asset, place = name_of(ad.get("id")), whole(callback.detail.get("indexInQueue"))
        place = place + 1 if place is not None and place >= 0 else self._place(asset)
        length = positive(ad.get("duration")) or positive(callback.detail.get("duration"))
        return out + self._begin_ad(callback, Announced(asset, place, length))

    @_on("adfinished", "ad_end")
    def _on_ad_end(self, callback: Callback) -> list[Signal]:
        return self._end_ad(callback, name_of(part_of(callback.detail, "ad").get("id")))

    @_on("adskipped", "ad_skip")
    def _on_ad_skip(self, callback: Callback) -> list[Signal]:
        name = name_of(part_of(callback.detail, "ad").get("id"))
        return self._breaks.finish(callback, name, skipped=True)

    @_on("adquartile", QUARTILE, "of an ad whose clock is not heard")
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        part = QUARTILES.get(fold(name_of(callback.detail.get("quartile")) or ""))
        return [] if part is None else self._quartile(callback, part, Announced())

    @_on("aderror", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        return self._breaks.fail(callback, ad_failure(callback.detail))

    @_on("adbreakfinished", "ad_break_end")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        return self._end_break(callback)


def _source_of(callback: Callback) -> str | None:
    """What the snapshot says that is loaded; an address of the browser's own says nothing."""
    source = name_of(callback.state.get("src"))
    return None if source is not None and source.startswith("blob:") else source
