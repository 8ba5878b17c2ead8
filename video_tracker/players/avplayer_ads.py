"""HLS interstitials in AVPlayer: the event monitor and the interstitial player.

The monitor says that an event is current: a break, whose template items are its ads. A player of
its own plays them; where its callbacks are heard, they say what moves, else the ad counts from the
moment the event became current.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from video_tracker.players.ad_breaks import AT_END
from video_tracker.players.ad_element import Announced
from video_tracker.players.ad_states import AdStates
from video_tracker.players.avplayer_values import error_reason, named, seconds, status_of
from video_tracker.players.base import Callback
from video_tracker.players.content_states import ContentStates
from video_tracker.signals import Signal

__all__ = ["AVPlayerAds"]

_MOST: Final = 1000


class AVPlayerAds(AdStates):
    """The breaks of an AVPlayer.

    Args:
        content: The primary player's content.
    """

    def __init__(self, content: ContentStates) -> None:
        super().__init__(content)
        self.content_stood = False
        """Whether the primary player has waited since the break began."""
        self._primary = content
        self._heard = False
        self._items: Sequence[Any] = ()
        self._place = 0
        self._event: object = None
        """What the event that is current is called."""

    def begin(self, at: float, event: Mapping[str, Any], *, stands: bool) -> list[Signal]:
        """An interstitial event is current.

        Args:
            at: When it became so.
            event: What the monitor says of it.
            stands: Whether the primary player waits for it already.
        """
        name, items = event.get("identifier"), event.get("templateItems")
        known, self._event = self._event, name
        items = items[:_MOST] if isinstance(items, list) else ()
        if self.in_break and self.ad is not None and known in (None, name):
            self._items = items
            return []  # late, or once more: of the break that is open (S61)
        out = self.close(at) if self.in_break else []
        cue = event.get("cue")
        offset = seconds(event.get("time"))
        placement = "mid" if offset else None
        if named(cue, "JoinCue", "Join") or offset == 0:
            placement = "pre"
        elif named(cue, "LeaveCue", "Leave"):
            placement = "post"
        length = self._primary.duration
        if self._primary.ended and offset is not None and offset >= (length or offset) - AT_END:
            placement = "post"  # at its end, after it has ended, whatever words declare it (S10)
        if placement == "post":
            out += self._primary.end(at, self._primary.duration)
        self._items = items
        out += self.open(
            at,
            pod_id=name if isinstance(name, str) and name else None,
            placement=placement,
            offset=offset if placement == "mid" else None,
            ads=len(self._items) or None,
        )
        self.content_stood = stands
        self._place = 0
        self._next()
        return out if self._heard else [*out, *self.moves(at)]

    def _next(self) -> None:
        """The next template item is due."""
        item = self._items[self._place] if self._place < len(self._items) else None
        told = item if isinstance(item, Mapping) else {}
        self._place += 1
        name = told.get("identifier")
        self.announce(
            Announced(
                name if isinstance(name, str) and name else None,
                self._place,
                seconds(told.get("duration")) or None,
            )
        )

    def receive(self, callback: Callback, value: Any) -> list[Signal]:
        """A callback of the interstitial player.

        Args:
            callback: What it said.
            value: The new value, when it is a key path.
        """
        self._heard = True
        event, at = callback.event, callback.at
        if not self.in_break:
            return self._unheard(callback, value)
        if event == "timeControlStatus":
            return self._status(at, status_of(value))
        if event in ("periodicTimeObserver", "boundaryTimeObserver"):
            told = seconds(callback.detail.get("time"))
            clock = seconds(callback.state.get("currentTime"))
            return self.progress(at, clock if told is None else told)
        if event == "AVPlayerItemDidPlayToEndTimeNotification":
            return self._over(self.end(at))
        if event == "AVPlayerItemFailedToPlayToEndTimeNotification" or (
            event == "currentItem.status" and value in (2, "failed")
        ):
            return self._over(self.fail(at, error_reason(callback.detail.get("error"))))
        return []

    def _unheard(self, callback: Callback, value: Any) -> list[Signal]:
        """The word that an event is current was lost, or the session begins after it (S83)."""
        begun = self._primary.begun
        runs = callback.event == "timeControlStatus" and status_of(value) == "playing"
        if not runs and (begun or callback.event != "periodicTimeObserver"):
            return []
        out = self.begin(callback.at, {}, stands=True)
        # Where the session begins, only the ad's clock says how much of it was shown before.
        return out if runs and not begun else [*out, *self.receive(callback, value)]

    def _status(self, at: float, status: str | None) -> list[Signal]:
        if status == "playing":
            return self.moves(at)
        return self.stall(at) if status == "waiting" else []

    def _over(self, out: list[Signal]) -> list[Signal]:
        if self._place < len(self._items):
            self._next()
        return out
