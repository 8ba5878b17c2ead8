"""The Brightcove Player: video.js with a catalog, and ads by IMA3, FreeWheel or in the stream.

Channels: ``brightcove`` (video.js' events and those of Brightcove's plugins), ``html5`` and
``page``. ``state`` is the player's: ``currentTime``, ``duration``, ``paused``, ``volume`` (0 to 1),
``muted``... with ``mediainfo`` among it or among ``detail``: the catalog's ``id``, ``name``,
``description``, ``tags`` and ``duration`` of the video (seconds; -1 for a live stream). ``detail``
of an ad's event is ``player.ads`` (``ad`` and ``pod``, or both inside ``ads``), or the ad of
Google's SDK as ``currentAd`` (``adPodInfo`` with its ``adPosition`` counted from 1).

* The catalog's id tells which video plays: another source of the same video is no next item (S24).
* The IMA3 plugin says a thing twice, as ``ima3-started`` and at once as ``ads-ad-started``: the
  second one counts; the first alone does where no second follows.
* Ads in the stream (SSAI) are told as any others; the plugin takes their time out of the player's
  ``currentTime`` itself.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, name_of, part_of, positive
from video_tracker.plan import Content
from video_tracker.players.ad_breaks import placement_of
from video_tracker.players.base import Callback, earliest, on
from video_tracker.players.remote import Item, as_element, said_content
from video_tracker.players.rows import Mapped, Vocabulary, rows_in
from video_tracker.players.videojs_player import VideojsAdapter
from video_tracker.signals import Load, Signal

__all__ = ["BrightcoveAdapter"]

_LOADS: Final = frozenset({"loadstart", "loadedmetadata", "durationchange", "play"})
"""Events from which on the catalog's word is that of the video that plays."""
_TWINS: Final[dict[str, str]] = {
    name: twin
    for twin, names in {
        "ads-ad-ended": "ima3-complete ima3-completed",
        "ads-ad-skipped": "ima3-skipped",
        "ads-ad-started": "ima3-started",
        "ads-click": "ima3-click ima3-clicked",
        "ads-first-quartile": "ima3-first-quartile ima3-firstQuartile",
        "ads-midpoint": "ima3-midpoint",
        "ads-pause": "ima3-paused",
        "ads-play": "ima3-resumed",
        "ads-third-quartile": "ima3-third-quartile ima3-thirdQuartile",
        "adserror": "ima3-ad-error ima3-adError",
    }.items()
    for name in names.split()
}
"""What the IMA3 plugin says -> what it says again at once, in the words of contrib-ads."""
_ALONE: Final = {
    event: Mapped(entry.signals, "alone, where its twin of contrib-ads does not follow")
    for event, twin in _TWINS.items()
    if isinstance(entry := VideojsAdapter.vocabulary["videojs", twin], Mapped)
}
_TWIN: Final = 0.05  # Seconds within which the IMA3 plugin says a thing again.


class BrightcoveAdapter(VideojsAdapter):
    """The Brightcove Player; see the module."""

    name: ClassVar[str] = "brightcove"
    renamed: ClassVar[Mapping[str, str]] = {"videojs": "brightcove"}
    shared: ClassVar[Vocabulary] = rows_in("brightcove", _ALONE)
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "brightcove": {
            "the ad plugin's own state; nothing plays": """
                ima3-ad-break-ready ima3-ad-metadata ima3-adMetadata ima3-adbreakready
                ima3-ads-manager-loaded ima3-loaded ima3-log ima3-ready ads-ready""",
            "the end of the ad or of the break follows": """
                ima3-all-ads-completed ima3-allAdsCompleted ima3-stopped ima3-user-close
                ima3-userClosed""",
            "`adstart` and `adend` tell when ads have the player": """
                ima3-content-pause-requested ima3-content-resume-requested
                ima3-contentPauseRequested ima3-contentResumeRequested ima3-linearChanged
                ad-playback content-playback content-resuming contentplayback preroll?""",
            "without a length": "ima3-durationChanged",
            "`ima3-ad-error` tells of it": "ima3-error",
            "`fullscreenchange` tells of it": "ima3-exitFullscreen ima3-fullScreen",
            "the ad's appearance, or the viewer's doing around it": """
                ima3-expandedChanged ima3-interaction ima3-sizeChanged ima3-userAcceptedInvitation
                ima3-userMinimized ima3-skippable-state-changed ima3-skippableStateChanged""",
            "no ad comes; `adtimeout` or the content follows": """
                ima3-hard-timeout ima3-hardtimeout ad-hard-timeout ima3error""",
            "`ima3-started` tells of the ad": "ima3-impression ima3-start",
            "`advolumechange` tells how loud it is": """
                ima3-volume-changed ima3-volume-muted ima3-volumeChanged ima3-volumeMuted
                ads-volume-change ads-volumechange""",
            "an older word; `ads-ad-started`, `ads-ad-ended` and their like tell": """
                ads-adend ads-adplay ads-adstart ads-complete ads-ended ads-started""",
            "the catalog's; `loadstart` tells of the video": "catalog_request catalog_response",
        }
    }

    def __init__(self) -> None:
        super().__init__()
        self._item = Item()
        self._pending: Callback | None = None  # What IMA3 said, until its twin comes or does not.

    def _let_go(self, at: float) -> list[Signal]:
        pending = self._pending
        due = pending is not None and pending.at + _TWIN <= at
        return [*(self._alone() if due else []), *super()._let_go(at)]

    def wake_at(self) -> float | None:
        """When something held back falls due."""
        twin = None if self._pending is None else self._pending.at + _TWIN
        return earliest(twin, super().wake_at())

    def _by_channel(self, callback: Callback) -> list[Signal]:
        callback = _with_ads(callback)
        if callback.player != self.name:
            return self._alone() + super()._by_channel(self._sourced(callback))
        out = self._resolve(callback)
        if callback.event in _TWINS:
            self._pending = attrs.evolve(callback, event=_TWINS[callback.event])
            return out
        out += self._learn(callback)
        if callback.event == "bc-catalog-error":
            return out + self._by_row(callback)  # no word of video.js
        return out + self._named(super()._by_channel(self._sourced(callback)), callback)

    @on("brightcove", "bc-catalog-error", "error interrupt progress")
    def _on_catalog_error(self, callback: Callback) -> list[Signal]:
        return self._media.fail(callback, callback.text("message") or "catalog error")

    def _resolve(self, callback: Callback) -> list[Signal]:
        pending = self._pending
        if pending is not None and callback.event == pending.event:
            self._pending = None
            return self.ignore(pending, "the IMA3 plugin says it again")
        return self._alone()

    def _alone(self) -> list[Signal]:
        """What IMA3 said and nobody repeated."""
        pending, self._pending = self._pending, None
        return [] if pending is None else super()._by_channel(pending)

    def _learn(self, callback: Callback) -> list[Signal]:
        """What the catalog says of the video; another video is told by its source's events."""
        info = _mediainfo(callback)
        content = _described(info) if callback.event in _LOADS else None
        if content is None or self._breaks.in_break:
            return []
        if not self._item.is_other(content.asset_id):
            told = self._item.learn(callback.at, content)
        elif self._media.begun:
            return []
        else:
            told = self._item.replace([], content, callback.at)
        return told + self._length(callback.at, info) if told else []

    def _length(self, at: float, info: Mapping[str, Any]) -> list[Signal]:
        length = finite(info.get("duration"))
        if length is not None and length < 0:
            return self._media.is_live(at)
        if self._media.begun or positive(length) is None:
            return []
        return self._media.receive(as_element("durationchange", at, duration=length))

    def _sourced(self, callback: Callback) -> Callback:
        """The callback with the catalog's id for its source: files change for ads and qualities."""
        asset_id = name_of(_mediainfo(callback).get("id"))
        if asset_id is None or (self._breaks.in_break and self._item.asset_id is not None):
            asset_id = self._item.asset_id
        if asset_id is None:
            return callback
        return attrs.evolve(callback, state={**callback.state, "src": f"catalog:{asset_id}"})

    def _named(self, out: list[Signal], callback: Callback) -> list[Signal]:
        """The next item, with what the catalog says of it."""
        info = _mediainfo(callback)
        at = next((s.at for s in out if isinstance(s, Load) and s.next_item), None)
        if at is None:
            return out
        return [*self._item.replace(out, _described(info), at), *self._length(at, info)]


def _mediainfo(callback: Callback) -> Mapping[str, Any]:
    return part_of(callback.detail, "mediainfo") or part_of(callback.state, "mediainfo")


def _described(info: Mapping[str, Any]) -> Content | None:
    return said_content(
        info.get("id"),
        title=info.get("name"),
        description=info.get("description"),
        keywords=info.get("tags"),
    )


def _with_ads(callback: Callback) -> Callback:
    """The callback with its ad and pod where contrib-ads' conventions have them."""
    detail = callback.detail
    ads, current = part_of(detail, "ads"), part_of(detail, "currentAd")
    if not ads and not current:
        return callback
    known = _of_sdk(current) if current else {}
    known |= {key: ads[key] for key in ("ad", "pod") if isinstance(ads.get(key), Mapping)}
    return attrs.evolve(callback, detail={**known, **detail})


def _of_sdk(ad: Mapping[str, Any]) -> dict[str, Any]:
    """An ad of Google's SDK in contrib-ads' words, whose places count from 0."""
    info = part_of(ad, "adPodInfo")
    place, kind = positive(info.get("adPosition")), placement_of(finite(info.get("timeOffset")))
    return {
        "ad": {
            "id": ad.get("adId") or ad.get("id"),
            "duration": ad.get("duration"),
            "index": None if place is None else place - 1,
        },
        "pod": {"size": info.get("totalAds"), "type": kind},
    }
