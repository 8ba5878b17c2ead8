"""The ad breaks of Shaka Player: what its ad manager says, and who plays the ads.

Interstitials play in an element of their own, or in the content's where a device has only one
decoder; a server's ads in the content's own stream; ads of the IMA SDK in an element nobody hears.
The manager says which ad is due, long before it moves and for ads that never do (D11), and that
one is complete when the next has begun (D12). The element that plays it, or where none is heard
the manager's own clock, says what really moves.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import Pod, break_start
from video_tracker.players.ad_element import AdElement, Announced
from video_tracker.players.base import Callback, finite, positive
from video_tracker.players.doubt import HOLD
from video_tracker.players.media_element import MediaElement
from video_tracker.signals import (
    AdBreakEnd,
    AdClick,
    AdError,
    Exit,
    Signal,
)

__all__ = ["ShakaAds"]

_GENERATED: Final = "_shaka_asset_"
"""What parts the interstitial's id from the place of its asset in an id that Shaka made."""


class ShakaAds:
    """Turns the ad manager's events and the ad element's into ad signals.

    Args:
        content: The content's element, which gives way to the ads.
        ignore: Counts a callback that became nothing.
    """

    def __init__(self, content: MediaElement, ignore: Callable[[Callback, str], None]) -> None:
        self.in_break = False
        """Whether an ad break has the player."""
        self._content = content
        self._ignore = ignore
        self._ad = AdElement(content.attributes)
        self._opened_at: float | None = None
        self._stands: float | None = None
        """Where the content stood then, as the callback's snapshot said."""
        self._told = False
        self._implied = False
        self._in_content_element = False
        self._stitched = False
        self._stopped = False
        self._ad_heard = False
        self._current: str | None = None
        self._late_completes = 0

    # -- what the adapter calls ----------------------------------------------------------------

    def receive(self, callback: Callback) -> list[Signal]:
        """The signals that an event of the ad manager is."""
        answer = self._ANSWERS.get(callback.event)
        return answer(self, callback) if answer is not None else []

    def on_ad_element(self, callback: Callback) -> list[Signal]:
        """An event of an element that Shaka keeps for ads."""
        if not self.in_break and not self._joins(callback):
            return []
        # Its element plays: which ad it is would have been said by now.
        out = self._open(None) if callback.event in ("play", "timeupdate") else []
        if self._ad.is_unheard(callback):
            length = positive(callback.state.get("duration"))
            self._ad.announce(Announced(None, None, length), self._ad.watch.free_since)
        return out + self._element(callback)

    def _joins(self, callback: Callback) -> bool:
        """Whether the session begins in the middle of an ad (S83)."""
        still = callback.flag("paused") or callback.flag("ended") or self._content.begun
        if still or callback.event != "timeupdate" or not callback.number("currentTime"):
            return False
        self._join(callback, Announced(None, None, callback.number("duration")))
        return True

    def _join(self, callback: Callback, ad: Announced) -> None:
        self._begin(callback, implied=True)
        self._ad.announce(ad, callback.at, joined=True)

    def on_content_element(self, callback: Callback) -> list[Signal]:
        """An event of the content's element during a break: the pause is Shaka's own."""
        if self._in_content_element:
            over = self._stitched and self._implied and self._ad.announced is None
            if over and callback.event == "timeupdate":  # nobody says that such a break is over
                return [*self.close(callback.at), *self._content.receive(callback)]
            return self._element(callback)
        # An ad may be announced long before anybody presses play.
        pressed = callback.event == "play" and not self._content.begun
        # With one decoder the ads take the element over.
        self._in_content_element = callback.event == "emptied"
        if pressed or self._in_content_element:
            return self._element(callback)
        self._stopped = self._stopped or callback.event == "pause"
        if self._implied and self._ad.announced is None and callback.event in ("play", "playing"):
            return [*self.close(callback.at), *self._content.receive(callback)]
        waits = self._ad.announced is not None and not self._ad.started
        if waits and not self._stopped:
            moved = self._ad.watch.element(callback, self._content.rate)
            return [] if moved is None else self._stitch(callback)
        return self._ad.content_speaks(callback, self._content, self.close) or []

    def leave_page(self, callback: Callback) -> list[Signal]:
        """The viewer leaves the page during a break: the content stands where it was left."""
        out = self.settle(callback.at)
        left = [
            Exit(callback.at, None) if isinstance(signal, Exit) else signal
            for signal in self._content.page(callback)
        ]
        self.in_break = self._ad.wanted = False
        return [*out, *left]

    def settle(self, at: float) -> list[Signal]:  # noqa: ARG002 - its own time is told
        """Tell a break whose first ad does not come."""
        return self._open(None) if self.in_break else []

    def wake_at(self) -> float | None:
        """When a break that was not told yet is told anyway."""
        if self._opened_at is None or self._told or not self.in_break:
            return None
        return self._opened_at + HOLD

    def close(self, at: float) -> list[Signal]:
        """The break is over, whoever says so."""
        if not self.in_break:
            return []
        out = self._open(None)
        self.in_break = self._implied = False
        self._opened_at = None
        self._ad.announced = None
        self._content.come_back(wanted=self._ad.wanted and not self._content.ended)
        self._ad.wanted = False
        return [*out, AdBreakEnd(at)]

    # -- breaks ----------------------------------------------------------------------------------

    def _on_break_started(self, callback: Callback) -> list[Signal]:
        if self.in_break and self._ad.announced is not None:
            self._implied = False
            return []  # late, or once more: of the break that is open (S61)
        out = self.close(callback.at)
        self._begin(callback)
        return out

    def _begin(self, callback: Callback, *, implied: bool = False) -> None:
        at = callback.at
        self._stands = callback.number("currentTime") if callback.element is None else None
        self.in_break, self._opened_at, self._told = True, at, False
        self._implied = implied
        self._in_content_element = self._stitched = self._stopped = self._ad_heard = False
        self._current = None
        self._late_completes = 0
        self._ad.watch.begin(at, self._content.position)

    def _open(self, ad: Mapping[str, Any] | None) -> list[Signal]:
        """Tell the break's start; its first ad knows what kind of break it is (D11)."""
        if self._told or self._opened_at is None:
            return []
        self._told = True
        out = self._content.leave(self._opened_at, self._stands)
        self._ad.watch.begin(self._opened_at, self._content.position)
        # After the start nobody but Shaka presses play for an ad.
        self._ad.wanted = self._content.begun
        told = ad if ad is not None else {}
        offset = finite(told.get("timeOffset"))
        size = finite(told.get("podSize"))
        placement = None
        if offset is not None:
            placement = "pre" if offset == 0 else "post" if offset < 0 else "mid"
        pod = Pod(
            _generated_id(told)[0],
            placement,
            offset if placement == "mid" else None,
            int(size) if size is not None and size >= 1 else None,
        )
        content = self._content
        start = break_start(self._opened_at, pod, ended=content.ended, length=content.duration)
        return [*out, start]

    def _on_break_ended(self, callback: Callback) -> list[Signal]:
        return self.close(callback.at)

    def _stitch(self, callback: Callback) -> list[Signal]:
        """Nobody stopped the content: the announced ad is a part of its stream."""
        self._in_content_element = self._stitched = True
        if self._ad.announced is not None and self._opened_at is not None:
            began = self._content.position or 0.0
            self._ad.announce(self._ad.announced, self._opened_at, began)
        return self._element(callback)

    # -- ads -------------------------------------------------------------------------------------

    def _on_started(self, callback: Callback) -> list[Signal]:
        ad = _ad_of(callback)
        if ad.get("linear") is False:
            return self._on_overlay(callback)
        name = f"{ad.get('id')} {ad.get('pos')}"
        if self._ad.announced is not None and self._ad.started and name == self._current:
            return []  # IMA says it twice
        if not self.in_break:
            self._begin(callback, implied=True)
        out = self._open(ad)
        if self._ad.started and self._current is None:
            self._current = name  # the one that was seen to play before it was named
            return out
        out += self._end(callback)  # nobody said that the one before has ended
        self._current = name
        place = finite(ad.get("pos"))
        position = int(place) if place is not None and place >= 1 else None
        self._ad_heard = False
        known = Announced(_ad_id(ad), position, positive(ad.get("duration")))
        began = callback.number("currentTime") if self._stitched else None
        self._ad.announce(known, callback.at, began or 0.0)
        return out

    def _on_overlay(self, callback: Callback) -> list[Signal]:
        """An ad over the running content is no break of it."""
        self._ignore(callback, "an overlay: the content goes on under it")
        if self.in_break and not self._told:
            self.in_break, self._opened_at = False, None
        return []

    def _on_length(self, callback: Callback) -> list[Signal]:
        """At `ad-started` the length is unknown; -1 says so (D11)."""
        ad, announced = _ad_of(callback), self._ad.announced
        length = positive(ad.get("duration"))
        mine = f"{ad.get('id')} {ad.get('pos')}" == self._current
        if announced is not None and not self._ad.started and mine and length is not None:
            self._ad.announced = attrs.evolve(announced, duration=length)
        return []

    def _on_playing(self, callback: Callback) -> list[Signal]:
        """The ad plays: which one it is, where the word of its start was lost (S83)."""
        lost = self.in_break and self._ad.announced is None
        return self._on_started(callback) if lost else self._on_length(callback)

    def _on_moves(self, callback: Callback) -> list[Signal]:
        return self._said_by_manager(callback, "timeupdate")

    def _on_paused(self, callback: Callback) -> list[Signal]:
        return self._said_by_manager(callback, "pause")

    def _on_resumed(self, callback: Callback) -> list[Signal]:
        return self._said_by_manager(callback, "play")

    def _said_by_manager(self, callback: Callback, event: str) -> list[Signal]:
        """What the manager's own clock says of an ad whose element nobody hears (IMA)."""
        position = _position(callback)
        if self._ad_heard or position is None:
            return []
        if not self.in_break:
            if self._content.begun or event != "timeupdate":
                return []
            ad = _ad_of(callback)
            self._join(callback, Announced(_ad_id(ad), None, positive(ad.get("duration"))))
        state = {
            "currentTime": position,
            "duration": positive(_ad_of(callback).get("duration")),
            "paused": event == "pause",
        }
        return self._ad.receive(attrs.evolve(callback, event=event, state=state))

    def _on_stopped(self, callback: Callback) -> list[Signal]:
        out = self._end(callback)
        self._late_completes += bool(out)  # its `ad-complete` is still to come (D12)
        self._ad.announced = None
        return out

    def _on_complete(self, callback: Callback) -> list[Signal]:
        if self._late_completes:
            self._late_completes -= 1
            return []
        return self._end(callback)

    def _end(self, callback: Callback) -> list[Signal]:
        """The open ad has ended; the content's clock does not tell where."""
        own = callback.element is not None or self._in_content_element
        return self._ad.end(callback if own else attrs.evolve(callback, state={}))

    def _on_skipped(self, callback: Callback) -> list[Signal]:
        return self._ad.skip(callback.at, _position(callback))

    def _on_error(self, callback: Callback) -> list[Signal]:
        ad = _ad_of(callback)
        name = f"{ad.get('id')} {ad.get('pos')}"
        reason = callback.text("message") or "ad error"
        if self._ad.announced is not None and (not ad or name == self._current):
            out = self._open(None)
            return [*out, *self._ad.fail(callback.at, reason)]
        if self._ad.started:
            self._ignore(callback, "of another ad than the one that plays")
            return []
        return [AdError(callback.at, reason, _ad_id(ad))]

    def _on_clicked(self, callback: Callback) -> list[Signal]:
        return [AdClick(callback.at)]

    # -- the element that plays them --------------------------------------------------------------

    def _element(self, callback: Callback) -> list[Signal]:
        if callback.event == "error":
            return []  # the manager says which ad failed
        if callback.event in ("playing", "timeupdate") and self._ad.announced is not None:
            self._ad_heard = True
        if callback.event in ("play", "seeked") and self._ad.announced and not self._ad.started:
            self._ad.announce(self._ad.announced, callback.at)  # it did not move before (D13)
        out = self._ad.receive(callback)
        self._content.begun = self._content.begun or self._ad.wanted
        return out

    _ANSWERS: ClassVar[Mapping[str, Callable[["ShakaAds", Callback], list[Signal]]]] = {
        "ad-break-ended": _on_break_ended,
        "ad-break-started": _on_break_started,
        "ad-clicked": _on_clicked,
        "ad-complete": _on_complete,
        "ad-duration-changed": _on_length,
        "ad-error": _on_error,
        "ad-first-quartile": _on_moves,
        "ad-midpoint": _on_moves,
        "ad-paused": _on_paused,
        "ad-playing": _on_playing,
        "ad-progress": _on_moves,
        "ad-resumed": _on_resumed,
        "ad-skipped": _on_skipped,
        "ad-started": _on_started,
        "ad-stopped": _on_stopped,
        "ad-third-quartile": _on_moves,
        "ads-loaded": _on_length,
    }


def _ad_of(callback: Callback) -> Mapping[str, Any]:
    ad = callback.detail.get("ad")
    return ad if isinstance(ad, Mapping) else {}


def _position(callback: Callback) -> float | None:
    """Where the ad is, by the manager's clock."""
    ad = _ad_of(callback)
    length, remaining = positive(ad.get("duration")), finite(ad.get("remaining"))
    if length is None or remaining is None or not 0 <= remaining <= length:
        return None
    return length - remaining


def _generated_id(ad: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The interstitial's id out of one that Shaka made for its asset, and whether it did."""
    name = ad.get("id")
    if not isinstance(name, str) or _GENERATED not in name:
        return None, False
    interstitial, _, place = name.rpartition(_GENERATED)
    return (interstitial or None, True) if place.isdigit() else (None, False)


def _ad_id(ad: Mapping[str, Any]) -> str | None:
    """The ad's id, when the application or its ad server gave it one."""
    name = ad.get("id")
    if not isinstance(name, str) or not name or _generated_id(ad)[1]:
        return None
    return name
