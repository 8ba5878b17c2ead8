"""Shaka Player 5 with its media element, its ad manager and the element of its ads.

Channels: ``shaka`` (the names of ``FakeEvent.EventName``, what ``load()`` answers, and, as
``ad-...``, the names of ``shaka.ads.Utils``), ``html5`` (an ``el`` of its own is the ads' element),
``page`` and ``recorder``. Shaka stalls by setting the playback rate to 0 (B3), chooses a quality
long before it shows (E3) and tells of fatal errors seconds before playback stops (C2).

Interstitials play in an element of their own, or in the content's where a device has only one
decoder; a server's ads in the content's own stream; ads of the IMA SDK in an element nobody hears.
The manager says which ad is due, long before it moves and for ads that never do (D11), and that
one is complete when the next has begun (D12). The element that plays it, or where none is heard
the manager's own clock, says what really moves.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, part_of, positive, text_of, whole
from video_tracker.players.ad_breaks import Pod, placement_of
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.element_library import BESIDE_ADS, ElementPlayer
from video_tracker.players.rendition_watch import Rendition
from video_tracker.signals import AdError, Signal
from video_tracker.stream_markers import timeline_region

__all__ = ["ShakaAdapter"]

_GENERATED: Final = "_shaka_asset_"
"""What parts the interstitial's id from the place of its asset in an id that Shaka made."""
_CRITICAL: Final = 2
"""The severity of an error that ends playback; 1 is one from which Shaka recovers."""
_NETWORK: Final = 1  # The category of network errors.
_INTERRUPTED: Final = frozenset({7000, 7002})
"""Codes of a load, or another operation, that gave way to a newer one."""
_RUNS: Final = "play ad_start ad_progress"
_UNHEARD: Final = "where no ad element is heard"
_BREAK: Final = "progress seek_end ad_break_start ad_error"


class ShakaAdapter(ElementPlayer):
    """The adapter of Shaka Player; see the module."""

    name: ClassVar[str] = "shaka"
    shared: ClassVar = BESIDE_ADS
    of_ad: ClassVar = {"shaka": {"ad-clicked": "click"}}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "shaka": {
            "settings and the picture's shape, not playback": """
                abrstatuschanged configurationchanged nospatialvideoinfo spatialvideoinfo""",
            "the choice of audio or text": """
                audiotrackchanged audiotrackschanged textchanged trackschanged""",
            "a part of the content, not a content": "boundarycrossed",
            "the buffer's own business; the element says what moves": """
                bufferappending mediasourcerecovered segmentappended""",
            "loading is no playback": """
                ad-interstitial-preload ad-interstitial-preloaded ad-loaded ad-metadata
                canupdatestarttime downloadcompleted downloadheadersreceived ima-ad-manager-loaded
                ima-stream-manager-loaded onstatechange programinformation sessiondata streaming
                started""",
            "a queue; the item that is played says `loading`": """
                currentitemchanged itemsinserted itemsremoved""",
            "Shaka tries again; `error` says when it gave up": "downloadfailed",
            "key negotiation": "drmsessionupdate expirationupdated keystatuschanged",
            "timed metadata; interstitials have their own events": """
                emsg metadata metadataadded prft timelinechange timelineregionexit""",
            "quartiles come from the session's own clock (S45)": """
                firstquartile midpoint thirdquartile""",
            "the element's `seeking` tells of it, too small for a viewer's (S70)": "gapjumped",
            "the element's own event says it": """
                ad-buffering ad-muted ad-volume-changed ratechange stalldetected statechanged
                unloading""",
            "the start and the end of the ad and of its break say it": """
                ad-break-ready ad-closed ad-content-attach-requested ad-content-pause-requested
                ad-content-resume-requested ad-linear-changed all-ads-completed""",
            "comes before `ad-started`, for ads that fail too (D11)": "ad-impression",
            "the viewer's doing around the ad, not its playback": """
                ad-interaction ad-skip-state-changed""",
            "the ad goes on": "ad-recoverable-error",
        }
    }

    def __init__(self) -> None:
        super().__init__(starts=False)
        self._stitched = False
        """Whether the open break is a part of the content's own stream."""
        self._stopped = False
        """Whether the content was stopped for the open break."""
        self._ad_heard = False
        """Whether an element was heard that plays the present ad."""
        self._current: str | None = None  # The present ad, by its id and its place in the pod.
        self._late_completes = 0

    @on("shaka", "loading", "load progress ad_break_end ad_error", "the next playlist item (S24)")
    def _on_loading(self, callback: Callback) -> list[Signal]:
        return self._loads(callback)

    @on("shaka", "load_resolved loaded manifestparsed", "load update", "live or not; its edge (S8)")
    @on("shaka", "manifestupdated", "load update", "whether it is still live (S8)")
    def _on_loaded(self, callback: Callback) -> list[Signal]:
        """Whether it is live; of the range of seeking, the end is Shaka's live edge (S8)."""
        detail, edge = callback.detail, part_of(callback.detail, "seekRange").get("end")
        live = detail.get("live", detail.get("isLive"))
        return self._is_live(callback.at, live, edge, least=True)

    @on("shaka", "timelineregionadded", "ad_ranges", "date ranges and events that mark ads (S9)")
    @on("shaka", "timelineregionenter", "ad_ranges", "as `timelineregionadded`")
    def _on_region(self, callback: Callback) -> list[Signal]:
        return self._markers.take(callback.at, timeline_region(callback.detail))

    @on("shaka", "ad-cue-points-changed", "", "whether a pre-roll follows (S73)")
    def _on_cue_points(self, callback: Callback) -> list[Signal]:
        points = callback.detail.get("cuepoints")
        if isinstance(points, list):
            starts = (point.get("start") for point in points if isinstance(point, Mapping))
            self._flash.pre_roll_due = 0 in map(finite, starts)
        return []

    @on("shaka", "buffering", "buffer_start update", "Shaka stalls by setting the rate to 0 (B3)")
    def _on_buffering(self, callback: Callback) -> list[Signal]:
        """A stall by the rate, whichever of the two is heard first; else as `waiting` (B3)."""
        if self._breaks.in_break or callback.number("readyState") == 0:
            return []
        waits = callback.number("playbackRate") != 0 and callback.detail.get("buffering") is True
        event = "waiting" if waits else "ratechange"
        return self._media.receive(attrs.evolve(callback, event=event))

    @on("shaka", "complete", "content_end")
    def _on_complete(self, callback: Callback) -> list[Signal]:
        """The content is at its end; Shaka says so before its post-roll (D13)."""
        if self._breaks.in_break or callback.state.get("ended") is False:
            return []
        return self._media.finish(callback.at, callback.number("currentTime"))

    @on("shaka", "adaptation variantchanged", "quality", "chosen now, told when it shows (E3)")
    def _on_choice(self, callback: Callback) -> list[Signal]:
        chosen = Rendition.read(part_of(callback.detail, "newTrack"), "videoBandwidth", "bandwidth")
        # Without a bit rate the manifest describes nothing: the frame rate is a guess (E3).
        framerate = None if chosen.bitrate is None else chosen.framerate
        self._renditions.chose(attrs.evolve(chosen, framerate=framerate))
        return []

    @on("shaka", "mediaqualitychanged", "quality", "it shows now")
    def _on_shown(self, callback: Callback) -> list[Signal]:
        told = part_of(callback.detail, "quality")
        if told.get("contentType") == "video":
            self._renditions.shows(Rendition.read(told, "bandwidth"))
        return []

    @on("shaka", "error load_rejected", "error interrupt progress")
    def _on_error(self, callback: Callback) -> list[Signal]:
        detail = part_of(callback.detail, "detail") or callback.detail  # the event around the error
        code = whole(detail.get("code"))
        if code in _INTERRUPTED:
            return self.ignore(callback, "gave way to a newer load")
        reason = "playback error" if code is None else f"Shaka error {code}"
        reason = "network loss" if detail.get("category") == _NETWORK else reason
        return self._fail(callback, reason, fatal=detail.get("severity") in (_CRITICAL, None))

    @on("shaka", "ad-break-started", f"{_BREAK} ad_break_end")
    def _begin(self, callback: Callback, ad: Mapping[str, Any] | None = None) -> list[Signal]:
        """A break begins; its first ad knows what kind of break it is (D11)."""
        at, before, pod = self._take_held(callback.at), self._breaks.began, _pod_of(ad or {})
        stands = callback.number("currentTime") if callback.element is None else None
        implied = callback.event != "ad-break-started"
        out = self._breaks.begin(at, pod, wait=True, stands=stands, implied=implied)
        if self._breaks.began != before:
            self._breaks.shares = self._stitched = self._stopped = self._ad_heard = False
            self._current, self._late_completes = None, 0
        return out

    @on("shaka", "ad-break-ended", f"{_BREAK} ad_break_end")
    def _on_break_ended(self, callback: Callback) -> list[Signal]:
        return self._breaks.end(callback.at)

    def _in_break(self, callback: Callback) -> list[Signal]:
        """The pause of the content's element is Shaka's own, unless the ads play in it."""
        breaks, ad, event = self._breaks, self._breaks.ad, callback.event
        if breaks.shares:
            if self._stitched and breaks.implied and ad.announced is None and event == "timeupdate":
                # Nobody says that such a break is over.
                return [*breaks.end(callback.at), *self._media.receive(callback)]
            return self._on_other_element(callback)
        if event == "emptied":
            breaks.shares = True  # with one decoder the ads take the element over
            return self._on_other_element(callback)
        self._stopped = self._stopped or event == "pause"
        waits = ad.announced is not None and not ad.started and self._media.begun
        if waits and not self._stopped:
            moved = breaks.ad.watch.element(callback, self._media.rate)
            return [] if moved is None else self._stitch(callback)
        return breaks.content(callback)

    def _stitch(self, callback: Callback) -> list[Signal]:
        """Nobody stopped the content: the announced ad is a part of its stream."""
        breaks, ad = self._breaks, self._breaks.ad.announced
        breaks.shares = self._stitched = True
        assert ad is not None
        stitched = attrs.evolve(ad, offset=self._media.position or 0.0)
        out = breaks.announce(stitched, breaks.began)
        return out + self._on_other_element(callback)

    def _on_other_element(self, callback: Callback) -> list[Signal]:
        event, ad = callback.event, self._breaks.ad
        if event == "error":
            return []  # the manager says which ad failed
        if event in ("playing", "timeupdate") and ad.announced is not None:
            self._ad_heard = True
        if event in ("play", "seeked") and ad.announced is not None and not ad.started:
            self._breaks.announce(ad.announced, callback.at)  # it did not move before (D13)
        return self._breaks.element(callback)

    @on("shaka", "ad-started", _BREAK, "which ad it is; it starts with its first frame (S71)")
    def _on_started(self, callback: Callback) -> list[Signal]:
        breaks, ad = self._breaks, _ad_of(callback)
        if ad.get("linear") is False:
            return breaks.overlay(callback)
        name = _name_of(ad)
        if breaks.ad.started and name == self._current:
            return []  # IMA says it twice
        out = self._begin(callback, ad)
        if breaks.ad.started and self._current is None:
            self._current = name  # the one that was seen to play before it was named
            return out
        out += self._end(callback)  # nobody said that the one before has ended
        self._current, self._ad_heard = name, False
        offset = callback.number("currentTime") or 0.0 if self._stitched else None
        return out + breaks.announce(attrs.evolve(_described(ad), offset=offset), callback.at)

    @on("shaka", "ad-duration-changed ads-loaded", "", "the declared length")
    @on("shaka", "ad-playing", _BREAK, "the declared length; the start, if it was lost (S83)")
    def _on_length(self, callback: Callback) -> list[Signal]:
        """At `ad-started` the length is unknown; -1 says so (D11)."""
        breaks, ad = self._breaks, _ad_of(callback)
        if callback.event == "ad-playing" and breaks.in_break and breaks.ad.announced is None:
            return self._on_started(callback)
        if _name_of(ad) == self._current and not breaks.ad.started:
            breaks.learn(positive(ad.get("duration")))
        return []

    @on("shaka", "ad-first-quartile ad-midpoint ad-progress ad-third-quartile", _RUNS, _UNHEARD)
    @on("shaka", "ad-paused", "pause", _UNHEARD)
    @on("shaka", "ad-resumed", "play", _UNHEARD)
    def _on_moves(self, callback: Callback) -> list[Signal]:
        """What the manager's own clock says of an ad whose element nobody hears (IMA)."""
        position, breaks, told = _position(callback), self._breaks, _ad_of(callback)
        if self._ad_heard or position is None:
            return []
        if callback.event in ("ad-paused", "ad-resumed"):
            said = "pause" if callback.event == "ad-paused" else "play"
            return breaks.media(callback, said, position)
        out: list[Signal] = []
        ad, joins = _described(told), not breaks.in_break
        if breaks.misses(ad, position):
            out += self._begin(callback, told)
            out += breaks.announce(ad, breaks.ad.watch.free_since, joined=joins)
            self._current = _name_of(told)
        return out + breaks.moves(callback, position)

    @on("shaka", "ad-stopped", "ad_end")
    def _on_stopped(self, callback: Callback) -> list[Signal]:
        out = self._end(callback)
        self._late_completes += bool(out)  # its `ad-complete` is still to come (D12)
        self._breaks.ad.announced = None
        return out

    @on("shaka", "ad-complete", "ad_end", "late, after the next ad has started (D12)")
    def _on_ad_complete(self, callback: Callback) -> list[Signal]:
        if self._late_completes:
            self._late_completes -= 1
            return []
        return self._end(callback)

    def _end(self, callback: Callback) -> list[Signal]:
        """The open ad has ended; the content's clock does not tell where."""
        if not self._breaks.ad.started:
            return []
        own = callback.element is not None or self._breaks.shares
        said = callback if own else attrs.evolve(callback, state={})
        return self._breaks.finish(said, own=True)

    @on("shaka", "ad-skipped", "ad_skip ad_error", "leaves the whole pod (D12)")
    def _on_skipped(self, callback: Callback) -> list[Signal]:
        return self._breaks.finish(callback, None, _position(callback), skipped=True)

    @on("shaka", "ad-error", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        ad, reason = _ad_of(callback), callback.text("message") or "ad error"
        if self._breaks.ad.announced is not None and (not ad or _name_of(ad) == self._current):
            return [*self._breaks.tell(), *self._breaks.fail(callback, reason)]
        if self._breaks.ad.started:
            return self.ignore(callback, "of another ad than the one that plays")
        return [AdError(callback.at, reason, _ids(ad)[0])]


def _ad_of(callback: Callback) -> Mapping[str, Any]:
    return part_of(callback.detail, "ad")


def _name_of(ad: Mapping[str, Any]) -> str:
    return f"{ad.get('id')} {ad.get('pos')}"


def _pod_of(ad: Mapping[str, Any]) -> Pod:
    """What an ad says of its break."""
    offset, size = finite(ad.get("timeOffset")), whole(positive(ad.get("podSize")))
    return Pod(_ids(ad)[1], placement_of(offset), positive(offset), size)


def _position(callback: Callback) -> float | None:
    """Where the ad is, by the manager's clock."""
    ad = _ad_of(callback)
    length, left = positive(ad.get("duration")), finite(ad.get("remaining"))
    if length is None or left is None or not 0 <= left <= length:
        return None
    return length - left


def _ids(ad: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The ids of an ad and of its break; one that Shaka made for an asset tells the break's."""
    name = text_of(ad.get("id"))
    interstitial, _, place = (name or "").rpartition(_GENERATED)
    made = _GENERATED in (name or "") and place.isdigit()
    return (None, interstitial or None) if made else (name, None)


def _described(ad: Mapping[str, Any]) -> Announced:
    return Announced(_ids(ad)[0], whole(positive(ad.get("pos"))), positive(ad.get("duration")))
