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

from video_tracker.players.ad_breaks import Pod, break_start
from video_tracker.players.ad_element import AdElement, Announced
from video_tracker.players.base import Adapter, Callback, finite, name_of, on, positive
from video_tracker.players.doubt import HOLD
from video_tracker.players.element_view import part_of
from video_tracker.players.media_element import MediaElement, error_reason
from video_tracker.signals import (
    AdBreakEnd,
    AdBreakStart,
    AdClick,
    AdEnd,
    AdError,
    AdProgress,
    AdSkip,
    ContentEnd,
    Exit,
    Load,
    Pause,
    Play,
    Playing,
    Progress,
    Signal,
)

__all__ = ["BREAK", "ContribAds"]

BREAK: Final = "play progress update seek_end ad_break_start"
"""What a break's start is, when an event in ad mode is the first that tells of it (S61)."""

_QUARTILES: Final = {
    "ads-first-quartile": 0.25,
    "ads-midpoint": 0.5,
    "ads-third-quartile": 0.75,
}
_SAME: Final = 1.0
"""Seconds within which a nameless ad, announced again in an unseen element, is the same one."""
_NAMING: Final = frozenset({"adstart", "ads-pod-started"})


@attrs.define
class _Break:
    """An ad break of the framework: from ``adstart`` to ``adend``."""

    at: float
    pod: Pod
    implied: bool = False
    """Whether only its ads told of it."""
    told: bool = False
    """Whether the session knows of it."""
    shared: bool = False
    """Whether its ads play in the content's element: the source was swapped."""
    fresh_at: float | None = None
    """When a source was set that has not played yet."""
    failed: bool = False
    """Whether the failure of the present ad was told."""
    ad_at: float = 0.0
    """When the present ad was announced."""


class ContribAds(Adapter):
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
        super().__init__()
        self._content = MediaElement(note=self.note)
        self._said: Callback | None = None
        """The last callback of video.js, under its own name."""
        self._restoring = False
        """Whether the framework brings the content back after a break."""
        self._ad = AdElement(self._content.attributes)
        self._break: _Break | None = None
        self._pod_open = False
        """Whether a content pod is open as far as the session was told."""
        self._first: Callback | None = None
        """An ad's first frame, held until the next callback says which ad it is."""
        self._early: Callback | None = None
        """An ad announced before its source, held until the source shows whose element it uses."""

    def _drop(self, callback: Callback, reason: str) -> list[Signal]:
        """Count what became nothing, under the name that video.js gave it."""
        said = self._said if callback.player == self.name else None
        self.ignore(callback if said is None else said, reason)
        return []

    @property
    def _in_break(self) -> bool:
        """Whether ads have the player."""
        return self._break is not None

    def wake_at(self) -> float | None:
        """When something held back falls due."""
        held = (self._first, self._early)
        return min((each.at + HOLD for each in held if each is not None), default=None)

    def _note_pods(self, signal: Signal) -> None:
        """Keep track of whether the session has a content pod open."""
        if isinstance(signal, Playing | Progress):
            self._pod_open = True
        elif isinstance(signal, ContentEnd | Exit | AdBreakStart):
            self._pod_open = False
        elif isinstance(signal, Load):
            self._pod_open = self._pod_open and not signal.next_item

    def _missed_start(self, callback: Callback) -> list[Signal]:
        """The framework says that ads have the player though no ``adstart`` came (S61)."""
        if self._break is not None:
            return []
        runs = callback.event == "timeupdate" and not callback.flag("paused")
        joined = runs and not self._content.begun and bool(callback.number("currentTime"))
        if callback.detail.get("inAdBreak") is not True and not joined:
            return []
        out = self._imply_break(callback)
        if joined:
            # The session begins in the middle of an ad that plays in the content's element (S83).
            out += self._new_source(callback)
            due = Announced(duration=callback.number("duration"))
            self._ad.announce(due, callback.at, joined=True)
        return out

    def _content_speaks(self, callback: Callback) -> list[Signal]:
        """The content's own event in a break: has it gone on though nobody said so (S62)?"""
        said = callback.detail.get("inAdBreak") is True
        ended = attrs.evolve(callback, state={})  # its state is the content's
        out = (
            None
            if said
            else self._ad.content_speaks(
                callback, self._content, lambda at: self._close(attrs.evolve(ended, at=at))
            )
        )
        if out is None:
            return self._drop(callback, "an echo of the content while ads have the player (D1)")
        self._restoring = False
        return out

    def _ad_media(self, callback: Callback) -> list[Signal]:
        """The signals of an ad's media event, under its own name, inside a break."""
        event, current = callback.event, self._break
        if current is None:
            return []
        if event in ("emptied", "loadstart"):
            return self._new_source(callback)
        if event == "error":
            return self._fail(callback, error_reason(callback)[1])
        if not current.shared:
            return self._drop(callback, "the content's element, while ads play in another (D3)")
        if event in ("playing", "timeupdate") and current.fresh_at is not None:
            return self._first_frame(callback)
        out = self._ad.receive(callback)
        if self._ad.started:
            self._content.disown(callback)
        return out

    def _new_source(self, callback: Callback) -> list[Signal]:
        """A source is set: inside a break an ad takes the content's element over."""
        current = self._break
        if current is not None:
            current.shared, current.failed = True, False
            current.fresh_at = callback.at
            self._early = None  # the announced ad waits for its own first frame
        return []

    def _settle_ads(self, at: float, event: str | None) -> list[Signal]:
        """What was held until the next callback, or for a quarter of a second at most.

        Args:
            at: Now, in Unix seconds.
            event: The callback that comes next; None when no more will, "" when time passed.
        """
        out: list[Signal] = []
        if self._break is None:
            return out
        if event not in _NAMING and not self._pod_open:
            out += self._tell_break()  # it stops no content: told as soon as it is named
        first, early = self._first, self._early
        waits = event == "" and first is not None and at < first.at + HOLD
        if first is not None and event != "ads-ad-started" and not waits:
            self._first = None
            out += self._start(first)
        if early is not None and (event is None or at >= early.at + HOLD):
            # No source came: the ad plays in an element of its own, or within the content.
            self._early = None
            moving = {"currentTime": 0.0, "paused": False}
            out += self._tell_break()
            out += self._ad.receive(attrs.evolve(early, event="playing", state=moving))
        return out

    def _leave_ads(self, callback: Callback) -> list[Signal]:
        """The page or the player goes while ads play: the ad's last position."""
        out = self._settle_ads(callback.at, callback.event)
        if self._break is not None and self._break.shared and self._ad.started:
            out += self._ad.receive(attrs.evolve(callback, event="timeupdate"))
        return out

    # -- breaks ------------------------------------------------------------------------------

    @on("videojs", "adstart", f"{BREAK} ad_error ad_end ad_break_end")
    def _on_break_start(self, callback: Callback) -> list[Signal]:
        """``adstart``: the break begins; its name may come with the next callback."""
        current = self._break
        if current is not None and (current.implied or self._ad.started):
            current.pod, current.implied = current.pod.with_more(_pod(callback)), False
            return []  # late, or once more: of the break that is open (S61)
        out = self._close(callback)
        content, at = self._content, callback.at
        if not content.begun:
            own = callback.state if callback.event == "adstart" else {}  # else it is the ad's
            out += content.receive(attrs.evolve(callback, event="play", state=own))
        if callback.event == "adstart" and not callback.flag("seeking"):
            content.stand(callback)  # the content's last word: what follows is the ad's
        out += content.leave(at)  # a seek over a break ends here: it never does otherwise (D3)
        self._ad.wanted = content.wanted
        self._restoring = False
        self._break = _Break(at, _pod(callback))
        self._ad.watch.begin(at, content.position)
        return out

    def _imply_break(self, callback: Callback) -> list[Signal]:
        """An ad plays though no ``adstart`` came; it may come yet (S61)."""
        out = self._on_break_start(callback)
        if self._break is not None:
            self._break.implied = True
        return out

    @on("videojs", "ads-pod-started", f"{BREAK} ad_error ad_end ad_break_end")
    def _on_pod_start(self, callback: Callback) -> list[Signal]:
        pod = _pod(callback)
        if self._break is None:
            return self._on_break_start(callback)
        out: list[Signal] = []
        known = self._break.pod.pod_id
        if self._break.told and None not in (pod.pod_id, known) and pod.pod_id != known:
            # The plugin plays two pods within one break of the framework.
            out += self._end_ad(callback)
            out.append(AdBreakEnd(callback.at))
            before, self._break = self._break, _Break(callback.at, Pod())
            self._break.shared, self._break.fresh_at = before.shared, before.fresh_at
        self._break.pod = self._break.pod.with_more(pod)
        return out

    def _tell_break(self) -> list[Signal]:
        current = self._break
        if current is None or current.told:
            return []
        current.told = True
        content = self._content
        return [break_start(current.at, current.pod, ended=content.ended, length=content.duration)]

    @on("videojs", "adend", "ad_break_end ad_end ad_error")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        if self._break is None:
            return self._drop(callback, "no ad break is open")
        return self._close(callback)

    def _close(self, callback: Callback) -> list[Signal]:
        current = self._break
        if current is None:
            return []
        out = self._end_ad(callback)
        if current.told:
            out.append(AdBreakEnd(callback.at))
        self._break = None
        self._restoring = True
        self._content.come_back(wanted=self._ad.wanted and not self._content.ended)
        return out

    # -- ads ---------------------------------------------------------------------------------

    @on("videojs", "ads-ad-started", f"{BREAK} ad_start ad_end")
    def _on_ad_start(self, callback: Callback) -> list[Signal]:
        """``ads-ad-started``: which ad it is; that it moves is for the element to say."""
        out = self._imply_break(callback) if self._break is None else []
        current = self._break
        assert current is not None
        current.pod = current.pod.with_more(_pod(callback))
        ad, known = _described(callback), self._ad.announced
        if self._ad.started and known is not None:
            if self._repeats(current, known, ad, callback.at):
                return out + self._drop(callback, "this ad was started already (S62)")
            out += self._end_ad(callback)
        since = current.fresh_at if current.fresh_at is not None else callback.at
        self._ad.announce(ad, since)
        current.failed, current.ad_at = False, callback.at
        first, self._first = self._first, None
        if first is not None:
            return out + self._start(first)
        if current.fresh_at is None:
            self._early = callback
        return out

    @staticmethod
    def _repeats(current: _Break, known: Announced, ad: Announced, at: float) -> bool:
        """Whether ``ad`` is the one that plays; plugins that name none announce them alike."""
        if known.asset_id is None and known.pod_position is None and current.shared:
            return current.fresh_at is None  # it was seen to play before it was named
        if (known.asset_id, known.pod_position) != (ad.asset_id, ad.pod_position):
            return False
        named = ad.asset_id is not None or ad.pod_position is not None
        return named or current.shared or at - current.ad_at < _SAME

    def _first_frame(self, callback: Callback) -> list[Signal]:
        """The ad's element plays; which ad it is may be said before or right after."""
        if self._ad.announced is not None:
            return self._start(callback)
        still = callback.flag("paused") or callback.flag("ended") or callback.flag("seeking")
        moved = callback.event == "playing" or (callback.number("currentTime") or 0.0) > 0
        if moved and not still and self._first is None:
            self._first = callback
        return []

    def _start(self, callback: Callback) -> list[Signal]:
        current = self._break
        assert current is not None
        ad = self._ad.announced or Announced()
        if ad.duration is None and current.shared:
            ad = attrs.evolve(ad, duration=callback.number("duration"))
        if ad != self._ad.announced:
            self._ad.announce(ad, current.fresh_at or callback.at)
        out = self._ad.receive(callback)
        if not self._ad.started:
            return out
        current.fresh_at = None
        return self._tell_break() + out

    @on("videojs", "ads-ad-ended", "ad_end")
    def _on_ad_end(self, callback: Callback) -> list[Signal]:
        return self._placed(self._ad.end(callback, _ad_id(callback)))

    @on("videojs", "ads-ad-skipped", "ad_progress ad_skip")
    def _on_ad_skip(self, callback: Callback) -> list[Signal]:
        if self._shares() and self._ad.is_of_another(callback, _ad_id(callback)):
            return self._drop(callback, "of an ad before the one that plays (S78)")
        out = self._placed(self._ad.skip(callback.at))
        position = callback.number("currentTime")
        if not self._shares() or position is None:
            return out
        return [AdSkip(callback.at, position) for _ in out]

    def _end_ad(self, callback: Callback) -> list[Signal]:
        """Nothing is left open: an ad that played ends, one that never moved failed (S71)."""
        self._first = self._early = None
        if self._ad.announced is None:
            return []
        if self._ad.started:
            return self._placed(self._ad.end(callback))
        return self._ad.fail(callback.at, "never started")

    def _shares(self) -> bool:
        return self._break is not None and self._break.shared

    def _placed(self, out: list[Signal]) -> list[Signal]:
        """Take back positions of an ad whose element we cannot see."""
        if self._shares():
            return out
        return [
            attrs.evolve(signal, position=None) if isinstance(signal, AdEnd | AdSkip) else signal
            for signal in out
        ]

    @on(
        "videojs",
        "ads-first-quartile ads-midpoint ads-third-quartile",
        "ad_progress",
        "of an ad outside the content's element",
    )
    def _on_quartile(self, callback: Callback) -> list[Signal]:
        """Of an ad whose element we cannot see, quartiles are all that tells of its progress."""
        ad = self._ad.announced
        if self._shares() or ad is None or ad.duration is None or not self._ad.started:
            return self._drop(callback, "quartiles come from the ad's own clock (S45, S72)")
        return [AdProgress(callback.at, ad.duration * _QUARTILES[callback.event])]

    @on("videojs", "ads-pause", "pause")
    def _on_ad_pause(self, callback: Callback) -> list[Signal]:
        if not (self._ad.started and self._ad.wanted):
            return []
        self._ad.wanted = False
        return [Pause(callback.at, self._position())]

    @on("videojs", "ads-play", "play")
    def _on_ad_play(self, callback: Callback) -> list[Signal]:
        if self._ad.wanted or not self._ad.started:
            return []
        self._ad.wanted = True
        return [Play(callback.at, self._position())]

    def _position(self) -> float | None:
        return self._ad.position if self._shares() else None

    @on("videojs", "ads-click", "ad_click")
    def _on_ad_click(self, callback: Callback) -> list[Signal]:
        return [AdClick(callback.at)] if self._ad.started else []

    @on("videojs", "adserror", "ad_error")
    def _on_ad_error(self, callback: Callback) -> list[Signal]:
        if self._break is None:
            return self._drop(callback, "no ad was announced")
        return self._fail(callback, "ad error")

    def _fail(self, callback: Callback, reason: str) -> list[Signal]:
        """An ad failed: told once, whether its element or the plugin says so first (D4)."""
        current = self._break
        assert current is not None
        if current.failed:
            return self._drop(callback, "this failure was told already")
        current.failed = True
        current.fresh_at = None
        self._first = self._early = None
        if self._ad.announced is not None:
            return self._ad.fail(callback.at, reason)
        return [AdError(callback.at, reason, _ad_id(callback))]


def _count(value: object) -> int | None:
    number = finite(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def _placement(*names: object) -> str | None:
    """``pre``, ``mid`` or ``post`` out of ``PREROLL``, ``midroll``, ``post``..."""
    for name in names:
        word = name.lower() if isinstance(name, str) else ""
        for placement in ("pre", "mid", "post"):
            if word.startswith(placement):
                return placement
    return None


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
