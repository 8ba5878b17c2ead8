"""The ad breaks of a player that speaks in states: what is told of them, each change once.

The counterpart of :mod:`video_tracker.players.content_states`. An ad starts with its first moving
frame (S71): an adapter announces it, and says when it moves.
"""

from video_tracker.players.ad_breaks import Pod, break_start
from video_tracker.players.ad_element import JOINED, PACE, Announced
from video_tracker.players.break_watch import BreakWatch
from video_tracker.players.content_states import ContentStates
from video_tracker.signals import (
    AdBreakEnd,
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

__all__ = ["AdStates"]


class AdStates:
    """One player's ad breaks.

    Args:
        content: What the ads interrupt.
    """

    def __init__(self, content: ContentStates) -> None:
        self.in_break = False
        """Whether ads have the player."""
        self.ad: Announced | None = None
        """The ad that is due or plays."""
        self.started = False
        """Whether it has shown its first frame."""
        self.wanted = False
        """Whether play is wanted, as far as the session was told."""
        self.stalled = False
        """Whether a stall of the ad is open."""
        self.position: float | None = None
        """The last known position in the ad, in seconds."""
        self.watch = BreakWatch()
        """What the clocks that are heard in the break prove."""
        self._content = content
        self._since = 0.0
        """When the break began, or the ad before ended: an ad's first frame came later."""
        self._joined = False

    def open(
        self,
        at: float,
        *,
        pod_id: str | None = None,
        placement: str | None = None,
        offset: float | None = None,
        ads: int | None = None,
    ) -> list[Signal]:
        """A break begins; a start that comes again is none.

        Args:
            at: When.
            pod_id: Its id, when the player has one.
            placement: ``pre``, ``mid`` or ``post`` as the player declares it.
            offset: The content position for which it was scheduled, in seconds.
            ads: How many ads it has.
        """
        if self.in_break:
            return []
        out: list[Signal] = []
        self._joined = not self._content.begun
        if self._joined:
            out += self._content.want(at)  # a pre-roll follows the wish to play (S25)
        out += self._content.leave(at)
        self.in_break = True
        self.wanted = self._content.wanted or self._content.ended
        self.ad, self.started, self.stalled = None, False, False
        self._since = at
        self.watch.begin(at, self._content.position)
        pod = Pod(pod_id, placement, offset, ads if ads is not None and ads > 0 else None)
        content = self._content
        start = break_start(at, pod, ended=content.ended, length=content.duration)
        return [*out, start]

    def close(self, at: float, position: float | None = None) -> list[Signal]:
        """The break is over; an ad that is still open ends with it."""
        if not self.in_break:
            return []
        out = self.end(at, position)
        self.in_break = False
        self._content.come_back(wanted=self.wanted and not self._content.ended)
        return [*out, AdBreakEnd(at)]

    def content(self, at: float, position: float | None) -> list[Signal]:
        """The content's own clock was told in a break: has it gone on (S62)?"""
        resumed = self.watch.content(at, position, self._content.rate)
        if resumed is None:
            return []
        unsaid = self.started
        out = self.close(resumed.at)
        out = [] if unsaid else out  # the session judges what became of the ad (S72)
        out += self._content.moves(resumed.at, resumed.position)
        return [*out, *self._content.progress(at, position)]

    def announce(self, ad: Announced) -> None:
        """Which ad is due."""
        self.ad, self.started, self.stalled, self.position = ad, False, False, None

    def moves(self, at: float, position: float | None = None) -> list[Signal]:
        """The ad's frames move: its first one, or again after a pause or a stall."""
        if self.ad is None:
            return []
        out = self.play(at)
        if self.stalled:
            self.stalled = False
            out.append(BufferEnd(at, position))
        self.watch.ad_moves(at)
        if not self.started:
            out.append(self._start(at, self.ad, position))
        if position is not None:
            self.position = position
        return out

    def _start(self, at: float, ad: Announced, position: float | None) -> Signal:
        """The ad's first frame, or the first word of one that the session has joined."""
        joined, self._joined, self.started = self._joined, False, True
        shown, since = position or 0.0, min(self._since, at)
        if joined and shown > max(JOINED, at - since + PACE):
            return AdProgress(at, shown)
        return AdStart(max(at - shown, since), ad.asset, ad.pod_position, ad.duration)

    def progress(self, at: float, position: float | None) -> list[Signal]:
        """The ad's clock; an ad whose clock runs is one that moves."""
        if position is None or position < 0 or self.ad is None:
            return []
        before, self.position = self.position, position
        out: list[Signal] = []
        if position > 0 and (not self.started or self.stalled) and before != position:
            out += self.moves(at, position)
        if before != position:
            self.watch.ad_moves(at)
        return [*out, AdProgress(at, position)] if self.started and self.wanted else out

    def play(self, at: float) -> list[Signal]:
        """Play is wanted."""
        if self.wanted:
            return []
        self.wanted = True
        return [Play(at, self.position)]

    def pause(self, at: float) -> list[Signal]:
        """The ad was paused."""
        if not self.wanted or not self.started:
            return []
        self.wanted = self.stalled = False
        return [Pause(at, self.position)]

    def stall(self, at: float) -> list[Signal]:
        """The ad waits for data; before its first frame that is the break's gap (S67)."""
        if not self.started or self.stalled or not self.wanted:
            return []
        self.stalled = True
        return [BufferStart(at, self.position)]

    def end(self, at: float, position: float | None = None) -> list[Signal]:
        """The ad ended; one that never moved is simply gone (S71)."""
        ad, started = self._take(at)
        return [AdEnd(at, position, ad.asset_id)] if started else []

    def skip(self, at: float, position: float | None = None) -> list[Signal]:
        """The viewer skipped the ad."""
        _, started = self._take(at)
        where = self.position if position is None else position
        return [AdSkip(at, where)] if started else []

    def fail(self, at: float, reason: str, asset_id: str | None = None) -> list[Signal]:
        """The ad failed, before or after its first frame (S13, S71)."""
        ad, _ = self._take(at)
        return [AdError(at, reason, asset_id or ad.asset_id)]

    def _take(self, at: float) -> tuple[Announced, bool]:
        self._since = at
        self.watch.ad_ends(at)
        ad, started = self.ad or Announced(), self.started and self.ad is not None
        self.ad, self.started, self.stalled = None, False, False
        return ad, started
