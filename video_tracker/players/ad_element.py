"""The ad that is due or plays, and what the events of a media element that plays it mean.

:class:`OpenAd` follows one ad, whoever tells of it: when it really moves, which alone starts it
(S71), what happens in it, and how it ends. :class:`AdElement` reads an element's events for it,
which may be the content's own (contrib-ads, hls.js, Fluid) or one that the framework keeps for ads
(vast-client, Shaka). The adapter knows from its framework which ad is due and announces it.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.plan import Ad
from video_tracker.players.base import Callback
from video_tracker.players.break_watch import BreakWatch
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import Attributes, error_reason
from video_tracker.signals import (
    AdEnd,
    AdError,
    AdProgress,
    AdSkip,
    AdStart,
    BufferEnd,
    BufferStart,
    Pause,
    Play,
    Signal,
)

__all__ = ["JOINED", "PACE", "SLACK", "AdElement", "Announced", "OpenAd"]

_AT_END: Final = 0.01
_MOVED: Final = 0.05
SLACK: Final = 1.5
"""Seconds by which a position may differ from where the ad's clock should be."""
PACE: Final = 0.5
"""Seconds by which an ad's clock may be ahead of the time that passed."""
JOINED: Final = 1.0
"""Seconds that an ad may have shown before it was heard of; one further in was joined there."""


@attrs.frozen
class Announced:
    """An ad that a framework announced.

    Args:
        asset: Its id or the whole ad, when known.
        pod_position: Its place in the pod, counted from 1.
        duration: Its declared length in seconds.
    """

    asset: str | Ad | None = None
    pod_position: int | None = None
    duration: float | None = None

    @property
    def asset_id(self) -> str | None:
        """The ad's id, when known."""
        return self.asset.asset_id if isinstance(self.asset, Ad) else self.asset


class OpenAd:
    """The ad that is due or plays: when it starts, what happens in it, how it ends."""

    def __init__(self) -> None:
        self.announced: Announced | None = None
        """The ad that is due or plays; None when there is none."""
        self.started = False
        """Whether the announced ad has shown its first moving frame."""
        self.started_at = 0.0
        """When that was heard."""
        self.wanted = False
        """Whether play is wanted, as far as the session was told."""
        self.position = 0.0
        """The last known position in the ad, in seconds."""
        self.measured = False
        """Whether its own clock was heard."""
        self.watch = BreakWatch()
        """What the clocks that are heard in the break prove."""
        self._length: float | None = None
        self._stalled: tuple[float, float] | None = None
        self._since = 0.0
        self._heard_at = 0.0
        self._joined = False

    def announce(self, ad: Announced, at: float = 0.0, *, joined: bool = False) -> None:
        """``ad`` is next; it starts with its first moving frame (S71).

        Args:
            ad: What is known of it.
            at: When it was announced; its start is not dated back beyond.
            joined: Whether the session begins with it, so that it may have begun before (S83).
        """
        self.forget()
        self.announced, self._since, self._joined = ad, at, joined
        self.position = 0.0
        self.measured = False
        self._length = None

    def forget(self) -> None:
        """There is none any more, whatever became of it."""
        self.announced = self._stalled = None
        self.started = False

    # -- what it does ------------------------------------------------------------------------

    def play(self, at: float) -> list[Signal]:
        """Play is wanted."""
        if self.wanted:
            return []
        self.wanted = True
        self._since = max(self._since, at)
        return [Play(at, self.told if self.started else None)]

    def moves(self, at: float, position: float | None = None) -> list[Signal]:
        """Its frames move: the first one, or again after a stall."""
        position = self._put(position)
        if not self.started:
            return self._start(at, self.position)
        out = self.play(at)
        if self._stalled is not None:
            self._stalled = None
            out.append(BufferEnd(at, position))
        return out

    def progress(self, at: float, position: float) -> list[Signal]:
        """Its clock while it plays: one that moves proves that the ad does (S71, A4)."""
        before = self.position
        if self.announced is None:
            return []
        out: list[Signal] = []
        if not self.started and position > _MOVED:
            out += self._start(at, position)
        if self._stalled is not None:
            began, stood = self._stalled
            if position - stood <= 2 * _MOVED:
                return out
            self._stalled = None
            out.append(BufferEnd(max(at - (position - stood), began), stood))
        if self.started:
            if position != before:
                self.watch.ad_moves(at)
            self.position, self._heard_at = position, at
            if position != before or not out:
                out.append(AdProgress(at, position))
        return out

    def pause(
        self, at: float, position: float | None = None, *, ended: bool = False
    ) -> list[Signal]:
        """It was paused, or has ``ended``: a pause comes before every end (A1)."""
        position = self._put(position)
        declared = self.announced.duration if self.announced is not None else None
        length = declared if self._length is None else self._length
        at_end = length is not None and self.position >= length - _AT_END
        if ended or at_end or not self.wanted or self.announced is None:
            return []
        self._stalled = None
        self.wanted = False
        return [Pause(at, position if self.started else None)]

    def stall(self, at: float, position: float | None = None) -> list[Signal]:
        """It waits for data; before its first frame that is the break's gap (S67)."""
        if not self.started or self._stalled is not None:
            return []
        position = self._put(position)
        self._stalled = (at, self.position)
        return [BufferStart(at, position)]

    def end(self, at: float, position: float | None = None) -> list[Signal]:
        """It ended; once, whoever says it first, and only if it ever moved."""
        if self.announced is None or not self.started:
            return []
        ad = self._close(at)
        return [AdEnd(at, position, ad.asset_id)]

    def skip(self, at: float, position: float | None = None) -> list[Signal]:
        """The viewer skipped the ad; one that never moved is simply gone.

        Args:
            at: When he did.
            position: Where in the ad, when it is known better than by its last word.
        """
        started = self.announced is not None and self.started
        self._close(at)
        return [AdSkip(at, self.told if position is None else position)] if started else []

    def fail(self, at: float, reason: str, asset_id: str | None = None) -> list[Signal]:
        """The announced ad failed, before or after its first frame (S13, S71)."""
        if self.announced is None:
            return []
        ad = self._close(at)
        return [AdError(at, reason, asset_id or ad.asset_id)]

    # -- what is known of it -----------------------------------------------------------------

    def where(self, at: float) -> float:
        """The position at ``at``: the last known one, moved on while the ad plays."""
        still = not self.started or not self.wanted or self._stalled is not None
        if still:
            return self.position
        position = self.position + max(at - self._heard_at, 0.0)
        length = self.announced.duration if self.announced is not None else None
        return position if length is None else min(position, max(length, self.position))

    def is_of_another(self, at: float, position: float | None, asset_id: str | None = None) -> bool:
        """Whether a word is of another ad than the open one: by its name, or by its place (S78)."""
        known = self.announced.asset_id if self.announced is not None else None
        if None not in (asset_id, known):
            return asset_id != known
        return position is not None and position > self.position and not self.owns(at, position)

    def owns(self, at: float, position: float) -> bool:
        """Whether a position may be the open ad's: it goes on from its last one (S84)."""
        ad = self.announced
        if ad is None or not self.started:
            return False
        step, passed = position - self.position, max(at - self._heard_at, 0.0)
        if ad.duration is not None and position > ad.duration + PACE:
            return step <= passed + PACE  # beyond its length only at its pace (S80)
        return -SLACK <= step <= 2 * passed + SLACK

    @property
    def told(self) -> float | None:
        """The last position that its own clock told, in seconds; None when nothing tells it."""
        return self.position if self.measured else None

    def _put(self, position: float | None) -> float | None:
        """Remember a position that is told; without one, it is where its own clock was last."""
        if position is None:
            return self.told
        self.position = position
        return position

    def _start(self, at: float, position: float) -> list[Signal]:
        """The first moving frame; dated back by what has been shown already."""
        if self.announced is None:
            return []
        # One that is found far in was joined there, or began there (D14).
        shown = position <= max(JOINED, at - self._since + PACE)
        back = position if position > _MOVED and shown else 0.0
        began = min(max(at - back, self._since), at)
        joined = self._joined or not self.wanted
        out: list[Signal] = [] if self.wanted else [Play(began, None)]
        self.wanted = self.started = True
        self._heard_at = self.started_at = at
        self.watch.ad_moves(at)
        if joined and not shown:
            return [*out, AdProgress(began, position)]  # where it was joined, not where it began
        ad = self.announced
        return [*out, AdStart(began, ad.asset, ad.pod_position, ad.duration)]

    def _close(self, at: float) -> Announced:
        self.watch.ad_ends(at)
        ad = self.announced if self.announced is not None else Announced()
        self.forget()
        return ad


class AdElement(OpenAd):
    """Turns an element's events into the signals of the ad that it plays.

    Args:
        attributes: Shared by the player's elements.
    """

    def __init__(self, attributes: Attributes | None = None) -> None:
        super().__init__()
        self.attributes = attributes if attributes is not None else Attributes()
        self.offset: float | None = None
        """Where on the element's clock the ad begins, if it is a part of the content's stream."""

    # -- what adapters call ------------------------------------------------------------------

    def announce(self, ad: Announced, at: float = 0.0, *, joined: bool = False) -> None:
        """``ad`` is next; it starts with its first moving frame (S71)."""
        super().announce(ad, at, joined=joined)
        self.offset = None

    def receive(self, callback: Callback) -> list[Signal]:
        """The signals that an event of the element is."""
        answer = self._ANSWERS.get(callback.event)
        before = self.started
        out = answer(self, callback) if answer is not None else []
        return out if before or not self.started else self.attributes.changes(callback) + out

    @property
    def in_stream(self) -> bool:
        """Whether the ad is a part of the content's own stream."""
        return self.offset is not None

    def has_left(self, callback: Callback, content: MediaElement) -> bool:
        """Whether the element that ads share with the content holds the content again (S78).

        Args:
            callback: The element's event.
            content: The content, whose length tells it from an ad; else its place does.
        """
        position, length = callback.number("currentTime"), callback.number("duration")
        here = self.read(callback)
        if position is None or here is None:
            return False
        if self.owns(callback.at, here):
            return False
        left, due = content.position, self.announced
        if left is not None and position < left - SLACK:
            return False
        whole = content.duration
        declared = due.duration if due is not None else None
        if length is None or whole is None or abs(whole - (declared or 0.0)) <= SLACK:
            return due is None and left is not None  # only its place tells
        # At first the element may still tell the content's length of an ad (A13).
        early = due is not None and not self.started and (left or 0.0) <= SLACK
        return not early and abs(length - whole) < PACE

    def is_unheard(self, callback: Callback) -> bool:
        """Whether the element plays an ad whose start was lost: no other can be there (S83, S84).

        Args:
            callback: The element's event, when no ad is open.
        """
        position = callback.number("currentTime")
        rests = _rests(callback) or callback.flag("seeking")
        if self.announced is not None or callback.event != "timeupdate" or rests:
            return False
        reach = callback.at - self.watch.free_since + PACE
        return position is not None and 0 < position <= reach

    # -- the element's events ----------------------------------------------------------------

    def _on_play(self, callback: Callback) -> list[Signal]:
        return [*self.attributes.changes(callback), *self.play(callback.at)]

    def _on_playing(self, callback: Callback) -> list[Signal]:
        if _rests(callback) or callback.flag("seeking"):
            return []
        return self.moves(callback.at, self.clock(callback))

    def _on_timeupdate(self, callback: Callback) -> list[Signal]:
        position = self.read(callback)
        if position is None or callback.flag("seeking") or self.announced is None:
            return []
        if _rests(callback):
            self.clock(callback)
            return []
        out = self.progress(callback.at, position)
        self.measured = self.measured or self.started
        return out

    def _on_pause(self, callback: Callback) -> list[Signal]:
        return self.pause(callback.at, self.clock(callback), ended=callback.flag("ended"))

    def _on_waiting(self, callback: Callback) -> list[Signal]:
        if _rests(callback) or callback.flag("seeking"):
            return []
        return self.stall(callback.at, self.clock(callback))

    def _on_ended(self, callback: Callback) -> list[Signal]:
        if callback.state.get("ended") is False:
            return []  # synthetic (D15)
        if self.is_of_another(callback.at, self.read(callback)):
            return []  # the word of one before, come late (S78)
        return self.end(callback.at, self.clock(callback))

    def _on_error(self, callback: Callback) -> list[Signal]:
        return self.fail(callback.at, error_reason(callback)[1])

    def _on_attributes(self, callback: Callback) -> list[Signal]:
        return self.attributes.changes(callback)

    # -- what is known -----------------------------------------------------------------------

    def clock(self, callback: Callback) -> float:
        """Remember the ad's position and length; a torn down element has lost its own."""
        position = self.read(callback)
        if position is not None:
            self.position, self.measured = position, True
            length = callback.number("duration")
            self._length = None if length is None else length - (self.offset or 0.0)
        return self.position

    def read(self, callback: Callback) -> float | None:
        """Where the ad is by a callback, in its own seconds; None when the element is torn down."""
        position = callback.number("currentTime")
        if position is None or callback.number("readyState") == 0:
            return None
        return max(position - (self.offset or 0.0), 0.0)

    _ANSWERS: ClassVar[Mapping[str, Callable[["AdElement", Callback], list[Signal]]]] = {
        "play": _on_play,
        "playing": _on_playing,
        "timeupdate": _on_timeupdate,
        "pause": _on_pause,
        "waiting": _on_waiting,
        "ended": _on_ended,
        "error": _on_error,
        "volumechange": _on_attributes,
        "ratechange": _on_attributes,
    }


def _rests(callback: Callback) -> bool:
    return callback.flag("paused") or callback.flag("ended")
