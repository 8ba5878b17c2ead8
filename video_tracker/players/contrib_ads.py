"""videojs-contrib-ads: ad breaks in a video.js player, whichever plugin fills them.

Read here are the framework's own events (``adstart``, ``adend``, ``adserror``), the conventions of
ad plugins (``ads-pod-started``, ``ads-ad-started``...) and the ad's media events under their
``ad...`` names. A plugin says what it knows in ``player.ads.pod`` (``id``, ``size``) and
``player.ads.ad`` (``type`` such as ``PREROLL``, ``index`` from 0, ``id``, ``duration``), and with
``indexInBreak``; none is obliged to it. Plugins differ: some play ads in the content's element (its
source is swapped, its clock is the ad's), some in an element that nobody sees (IMA); some tell
which ad it is, some only that there is a break.

* An ad begins with its first moving frame (S71), not when a plugin says so: the content's own
  ``playing``, called ``adplaying`` in ad mode, deceives plugins (D3).
* A break inside the content is told with its first ad, dated when it began: a break in which
  nothing moves never was one, and parts no content (S21, S71).
* ``adserror`` ends the break (D4); it and the element's ``aderror`` are one failure.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import QUARTILES, AdBreaks, Pod
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, earliest, finite, name_of, on, part_of, positive
from video_tracker.players.doubt import HOLD
from video_tracker.players.element_library import ElementPlayer
from video_tracker.players.media_events import error_reason
from video_tracker.signals import Signal

__all__ = ["BREAK", "ContribAds"]

BREAK: Final = "play progress update seek_end ad_break_start"
"""What a break's start is, when an event in ad mode is the first that tells of it (S61)."""

_SAME: Final = 1.0
"""Seconds within which a nameless ad, announced again in an unseen element, is the same one."""
_NAMING: Final = frozenset({"adstart", "ads-pod-started"})


class ContribAds(ElementPlayer):
    """The part of an adapter of video.js that answers contrib-ads and the plugins on top of it."""

    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "videojs": {
            "deprecated; ads that will not play announce nothing": "adscanceled",
            "the plugin has no ad for this place; the content goes on": "adskip",
            "a remark of the ad plugin": "adslog",
            "the ad plugin is ready; nothing plays": "adsready",
            "the ad plugin was too slow; no ad was announced": "adtimeout",
            "`loadstart` tells of the new source": "contentchanged contentupdate",
            "nothing will be announced": "nopostroll nopreroll",
            "an ad without content; `adstart` tells of it": "readyforoutstream",
            "`adserror` comes with it": "vjsadserror",
            "every break tells of its own end": "ads-allpods-completed",
            "names a break without its place and lengths": "ads-load",
            "the ad SDK hands out its manager; nothing plays": "ads-manager",
            "`advolumechange` tells how loud it is": "ads-mute",
            "`adend` ends the break": "ads-pod-ended",
            "an ad was asked for, none is announced": "ads-request",
        },
    }

    def __init__(self) -> None:
        super().__init__(new_blob_is_new_item=True)
        self._breaks = AdBreaks(self._media, self._drop)
        self._said: Callback | None = None
        """The last callback of video.js, under its own name."""
        self._restoring = False
        """Whether the framework brings the content back after a break."""
        self._fresh_at: float | None = None
        """When a source was set in the break that has not played yet."""
        self._failed = False
        """Whether the failure of the present ad was told."""
        self._ad_at = 0.0
        """When the present ad was announced."""
        self._first: Callback | None = None
        """An ad's first frame, held until the next callback says which ad it is."""
        self._early: Callback | None = None
        """An ad announced before its source, held until the source shows whose element it uses."""

    def _drop(self, callback: Callback, reason: str) -> list[Signal]:
        """Count what became nothing, under the name that video.js gave it."""
        said = self._said if callback.player == self.name else None
        return self.ignore(callback if said is None else said, reason)

    def wake_at(self) -> float | None:
        """When something held back falls due."""
        held = (each.at + HOLD for each in (self._first, self._early) if each is not None)
        return earliest(super().wake_at(), *held)

    # -- the element -------------------------------------------------------------------------

    def _missed_start(self, callback: Callback) -> list[Signal]:
        """The framework says that ads have the player though no ``adstart`` came (S61)."""
        runs = callback.event == "timeupdate" and not callback.flag("paused")
        joined = runs and not self._media.begun and bool(callback.number("currentTime"))
        if callback.detail.get("inAdBreak") is not True and not joined:
            return []
        out = self._open(callback, implied=True)
        if joined and self._breaks.in_break:
            # The session begins in the middle of an ad that plays in the content's element (S83).
            self._new_source(callback)
            due = Announced(duration=callback.number("duration"))
            out += self._breaks.announce(due, callback.at, joined=True)
        return out

    def _content_speaks(self, callback: Callback) -> list[Signal]:
        """The content's own event in a break: has it gone on though nobody said so (S62)?"""
        if callback.detail.get("inAdBreak") is True:
            return self._drop(callback, "an echo of the content while ads have the player (D1)")
        out = self._breaks.content(callback)
        self._restoring = self._restoring and self._breaks.in_break
        return out

    def _ad_media(self, callback: Callback) -> list[Signal]:
        """The signals of an ad's media event, under its own name, inside a break."""
        event = callback.event
        if event in ("emptied", "loadstart"):
            return self._new_source(callback)
        if event == "error":
            return self._fail_ad(callback, error_reason(callback)[1])
        if not self._breaks.shares:
            return self._drop(callback, "the content's element, while ads play in another (D3)")
        if event in ("playing", "timeupdate") and self._fresh_at is not None:
            return self._first_frame(callback)
        return self._breaks.element(callback, sure=True)

    def _new_source(self, callback: Callback) -> list[Signal]:
        """A source is set: inside a break an ad takes the content's element over."""
        if self._breaks.in_break:
            self._breaks.shares, self._failed = True, False
            self._fresh_at = callback.at
            self._early = None  # the announced ad waits for its own first frame
        return []

    def _settle_ads(self, at: float, event: str | None = None) -> list[Signal]:
        """What was held until the next callback, or for a quarter of a second at most.

        Args:
            at: Now, in Unix seconds.
            event: The callback that comes next; None when time has passed without one.
        """
        out: list[Signal] = []
        if not self._breaks.in_break:
            self._first = self._early = None
            return out
        if event not in _NAMING and not self._media.shown:
            out += self._breaks.tell()  # it stops no content: told as soon as it is named
        first, early = self._first, self._early
        waits = event is None and first is not None and at < first.at + HOLD
        if first is not None and event != "ads-ad-started" and not waits:
            out += self._start(first)
        if early is not None and at >= early.at + HOLD:
            # No source came: the ad plays in an element of its own, or within the content.
            self._early = None
            out += self._breaks.media(early, "playing", 0.0)
        return out

    def _leave(self, callback: Callback) -> list[Signal]:
        settled = self._settle_ads(callback.at, callback.event) if self._breaks.in_break else []
        return settled + super()._leave(callback)

    # -- breaks ------------------------------------------------------------------------------

    @on("videojs", "adstart", f"{BREAK} ad_error ad_end ad_break_end")
    def _on_break_start(self, callback: Callback) -> list[Signal]:
        """``adstart``: the break begins; its name may come with the next callback."""
        return self._open(callback, said=True)

    @on("videojs", "ads-pod-started", f"{BREAK} ad_error ad_end ad_break_end")
    def _on_pod_start(self, callback: Callback) -> list[Signal]:
        """Its name; a plugin may play two pods within one break of the framework."""
        return self._open(callback, implied=True)

    def _open(
        self, callback: Callback, *, said: bool = False, implied: bool = False
    ) -> list[Signal]:
        content, out = self._media, []
        if not content.begun and not self._breaks.gone:
            own = callback.state if said else {}  # else it is the ad's
            out += content.receive(attrs.evolve(callback, event="play", state=own))
        if not self._breaks.in_break:
            self._restoring = self._breaks.shares = self._failed = False
            self._fresh_at = None
        stands = callback.number("currentTime") if said else None
        return out + self._breaks.begin(
            callback.at, _pod(callback), wait=True, stands=stands, said=said, implied=implied
        )

    @on("videojs", "adend", "ad_break_end ad_end ad_error")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if not self._breaks.in_break:
            return self._drop(callback, "no ad break is open")
        out = self._end_ad(callback) + self._breaks.unmoved(callback.at)
        self._first = self._early = None
        self._restoring = True
        return out + self._breaks.end(callback.at)

    # -- ads ---------------------------------------------------------------------------------

    @on("videojs", "ads-ad-started", f"{BREAK} ad_start ad_end ad_break_end")
    def _on_ad_start(self, callback: Callback) -> list[Signal]:
        """``ads-ad-started``: which ad it is; that it moves is for the element to say."""
        breaks = self._breaks
        out = self._open(callback, implied=True)
        if breaks.gone:
            return out
        ad = _described(callback)
        if breaks.ad.started and self._repeats(ad, callback.at):
            return out + self._drop(callback, "this ad was started already (S62)")
        out += self._end_ad(callback)
        since = self._fresh_at if self._fresh_at is not None else callback.at
        out += breaks.announce(ad, since)
        self._failed, self._ad_at = False, callback.at
        if self._first is not None:
            return out + self._start(self._first)
        self._early = callback if self._fresh_at is None else None
        return out

    def _repeats(self, ad: Announced, at: float) -> bool:
        """Whether ``ad`` is the one that plays; plugins that name none announce them alike."""
        known, shares = self._breaks.ad.announced or Announced(), self._breaks.shares
        if known.asset_id is None and known.pod_position is None and shares:
            return self._fresh_at is None  # it was seen to play before it was named
        if (known.asset_id, known.pod_position) != (ad.asset_id, ad.pod_position):
            return False
        named = ad.asset_id is not None or ad.pod_position is not None
        return named or shares or at - self._ad_at < _SAME

    def _first_frame(self, callback: Callback) -> list[Signal]:
        """The ad's element plays; which ad it is may be said before or right after."""
        if self._breaks.ad.announced is not None:
            return self._start(callback)
        still = callback.flag("paused") or callback.flag("ended") or callback.flag("seeking")
        moved = callback.event == "playing" or (callback.number("currentTime") or 0.0) > 0
        if moved and not still and self._first is None:
            self._first = callback
        return []

    def _start(self, callback: Callback) -> list[Signal]:
        breaks, self._first = self._breaks, None
        out: list[Signal] = []
        if breaks.ad.announced is None:
            out += breaks.announce(Announced(), self._fresh_at or callback.at)
        breaks.learn(callback.number("duration") if breaks.shares else None)
        out += breaks.element(callback, sure=True)
        if breaks.ad.started:
            self._fresh_at = None
        return out

    @on("videojs", "ads-ad-ended", "ad_end")
    def _on_ad_end(self, callback: Callback) -> list[Signal]:
        return self._breaks.finish(callback, _ad_id(callback), own=self._breaks.shares)

    def _end_ad(self, callback: Callback) -> list[Signal]:
        """What comes next ends an open ad: some plugins have no word for its end (videojs-ima)."""
        breaks = self._breaks
        return breaks.finish(callback, own=breaks.shares) if breaks.ad.started else []

    @on("videojs", "ads-ad-skipped", "ad_progress ad_skip ad_error")
    def _on_ad_skip(self, callback: Callback) -> list[Signal]:
        breaks = self._breaks
        if not breaks.ad.started:
            return breaks.unmoved(callback.at)
        if breaks.shares and breaks.ad.is_of_another(callback, _ad_id(callback)):
            return self._drop(callback, "of an ad before the one that plays (S78)")
        return breaks.skip(callback, callback.number("currentTime") if breaks.shares else None)

    @on(
        "videojs",
        "ads-first-quartile ads-midpoint ads-third-quartile",
        "ad_progress",
        "of an ad outside the content's element",
    )
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        name = callback.event.removeprefix("ads-").replace("-", "")
        return self._breaks.quartile(callback, QUARTILES[name])

    @on("videojs", "ads-pause", "pause")
    @on("videojs", "ads-play", "play")
    def _on_ad_pause(self, callback: Callback) -> list[Signal]:
        return self._breaks.media(callback, callback.event.removeprefix("ads-"))

    @on("videojs", "ads-click", "ad_click")
    def _on_ad_click(self, callback: Callback) -> list[Signal]:
        return self._breaks.click(callback)

    @on("videojs", "adserror", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        return self._fail_ad(callback, "ad error")

    def _fail_ad(self, callback: Callback, reason: str) -> list[Signal]:
        """An ad failed: told once, whether its element or the plugin says so first (D4)."""
        if self._failed and self._breaks.in_break:
            return self._drop(callback, "this failure was told already")
        self._failed = True
        self._fresh_at = self._first = self._early = None
        return self._breaks.fail(callback, reason, _ad_id(callback))


def _count(value: object) -> int | None:
    number = finite(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def _placement(*names: object) -> str | None:
    """``pre``, ``mid`` or ``post`` out of ``PREROLL``, ``midroll``, ``post``..."""
    words = [name.lower() for name in names if isinstance(name, str)]
    found = (place for word in words for place in ("pre", "mid", "post") if word.startswith(place))
    return next(found, None)


def _pod(callback: Callback) -> Pod:
    """What a callback says of its ad pod."""
    pod, ad = part_of(callback.detail, "pod"), part_of(callback.detail, "ad")
    said = (pod.get("kind"), pod.get("type"), ad.get("type"), callback.detail.get("adType"))
    return Pod(name_of(pod.get("id")), _placement(*said), None, _count(pod.get("size")))


def _ad_id(callback: Callback) -> str | None:
    """The id of the ad that a callback speaks of."""
    return name_of(part_of(callback.detail, "ad").get("id"))


def _described(callback: Callback) -> Announced:
    """The ad that a callback speaks of."""
    ad = part_of(callback.detail, "ad")
    index = _count(ad.get("index"))
    if index is None:
        index = _count(callback.detail.get("indexInBreak"))
    return Announced(
        asset=name_of(ad.get("id")),
        pod_position=None if index is None else index + 1,
        duration=positive(ad.get("duration")),
    )
