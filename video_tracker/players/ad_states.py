"""The ad breaks of a player that speaks in states: the counterpart of its ``ContentStates``.

An adapter reads its player's words and calls the verbs of :class:`AdStates`, as those of
:class:`~video_tracker.players.ad_breaks.AdBreaks`; what they mean is decided here.

* A break that is begun again is the open one, unless it has another name or place, or the open
  one's ads are over (S61, S62). One at the content's end, declared or shown by where the content
  stands, completes that first (S23, S75).
* An ad starts with its first moving frame, dated by its clock, not with its announcement (S71);
  one that is announced again is none. Those of a pod that are known beforehand are due in turn.
* What a player says before anybody wants to play waits for that (S25).
* A break whose end nobody tells is over when the content's clock shows it, and since then (S62).
"""

from collections.abc import Callable, Sequence

from video_tracker.players.ad_breaks import AT_END, Pod, break_start
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
    """One player's ad breaks, which interrupt a content."""

    def __init__(self, content: ContentStates) -> None:
        self.ad: Announced | None = None
        """The ad that is due or plays."""
        self.started = False
        """Whether it has shown its first frame."""
        self.position: float | None = None
        """The last known position in the ad, in seconds."""
        self.waits: Callable[[float], list[Signal]] | None = None
        """Begins what the player told before anybody wanted to play."""
        self._content = content
        self._watch = BreakWatch()
        self._pod = Pod()
        self._due: Sequence[Announced] = ()
        self._place = 0
        """How many ads of the break were announced."""
        self._wanted = self._stalled = self._joined = self._implied = False
        self._since = 0.0
        """When the break began, or the ad before ended: an ad's first frame came later."""

    @property
    def in_break(self) -> bool:
        """Whether ads have the player."""
        return self._content.away

    # -- breaks ----------------------------------------------------------------------------------

    def begin(
        self, at: float, pod: Pod, due: Sequence[Announced] = (), *, implied: bool = False
    ) -> list[Signal]:
        """A break begins, with the ads that are due in it; said again, it may tell more of those.

        Where only an ad has ``implied`` it, its own word may come yet; after the viewer has left,
        such are an ad's last twitches.
        """
        if self.in_break and not self._is_other(pod):
            self._due, self._implied = due or self._due, self._implied and implied
            return []
        out, content = self.end(at), self._content
        if implied and content.gone:
            return out
        self._implied = implied
        if content.shown and (
            pod.placement == "post" or content.at_end(content.position, within=AT_END)
        ):
            out += content.end(at, content.duration)
        self._joined = not content.begun
        if self._joined:
            out += content.want(at)  # a pre-roll follows the wish to play (S25)
        self._wanted = content.wanted or content.ended
        out += content.leave(at)
        self._since, self._pod, self._due, self._place = at, pod, due, 0
        self._watch.begin(at, content.position)
        out.append(break_start(at, pod, ended=content.ended, length=content.duration))
        return out + self._next(at)

    def _is_other(self, pod: Pod) -> bool:
        for told, known in ((pod.pod_id, self._pod.pod_id), (pod.offset, self._pod.offset)):
            if None not in (told, known) and told != known:
                return True
        return self.ad is None and self._place > 0 and not self._implied

    def begin_waiting(self, at: float) -> list[Signal]:
        """Play is wanted: what waited for that begins."""
        begin, self.waits = self.waits, None
        return [] if begin is None else begin(at)

    def end(self, at: float, position: float | None = None) -> list[Signal]:
        """The break is over; an ad that is still open ends with it."""
        if not self.in_break:
            return []
        ad, started = self._take(at)
        out: list[Signal] = [AdEnd(at, position, ad.asset_id)] if started else []
        self._content.come_back(wanted=self._wanted and not self._content.ended)
        return [*out, AdBreakEnd(at)]

    def content(self, at: float, position: float | None) -> list[Signal]:
        """The content's own clock was told in a break: has it gone on (S62)?"""
        resumed = self._watch.content(at, position, self._content.rate)
        if resumed is None:
            return []
        unsaid = self.started
        out = self.end(resumed.at)
        out = [] if unsaid else out  # the session judges what became of the ad (S72)
        out += self._content.moves(resumed.at, resumed.position)
        return [*out, *self._content.progress(at, position)]

    def back(
        self, at: float, position: float | None, *, left: float | None, skipped: bool
    ) -> list[Signal]:
        """The player says that it is in the content again, whose clock may tell since when (S62).

        It ``left`` the open ad there, and may have ``skipped`` it.
        """
        resumed = self._watch.content(at, position, self._content.rate)
        since = at if resumed is None else resumed.at
        out = [*(self.skip(since) if skipped else []), *self.end(since, left)]
        if resumed is not None:
            out += self._content.moves(resumed.at, resumed.position)
        self._content.put(at, position)
        return out

    # -- ads -------------------------------------------------------------------------------------

    def announce(self, at: float, ad: Announced) -> list[Signal]:
        """Which ad is due: the open one, or another, and then the open one's end was lost."""
        known = self.ad
        same = known is not None and known.asset_id == ad.asset_id
        if same and known is not None and known.pod_position == ad.pod_position:
            return []
        out = self.finish(at) if self.started else []
        self.ad, self.started, self._stalled, self.position = ad, False, False, None
        self._place += 1
        return out

    def _next(self, at: float) -> list[Signal]:
        return self.announce(at, self._due[self._place]) if self._place < len(self._due) else []

    def moves(self, at: float, position: float | None = None) -> list[Signal]:
        """The ad's frames move: its first one, or again after a pause or a stall."""
        if self.ad is None or not self.in_break:
            return []
        out = self.play(at)
        if self._stalled:
            self._stalled = False
            out.append(BufferEnd(at, position))
        self._watch.ad_moves(at)
        if not self.started:
            out.append(self._start(at, self.ad, position))
        self.position = self.position if position is None else position
        return out

    def _start(self, at: float, ad: Announced, position: float | None) -> Signal:
        """The ad's first frame, or the first word of one that the session has joined."""
        joined, self._joined, self.started = self._joined, False, True
        shown, since = position or 0.0, min(self._since, at)
        if joined and shown > max(JOINED, at - since + PACE):
            return AdProgress(at, shown)
        back = min(max(at - shown, since, self._content.said_at), at)
        return AdStart(back, ad.asset, ad.pod_position, ad.duration)

    def progress(self, at: float, position: float | None) -> list[Signal]:
        """The ad's clock; an ad whose clock runs is one that moves."""
        if position is None or position < 0 or self.ad is None or not self.in_break:
            return []
        moved, self.position = self.position != position, position
        out: list[Signal] = []
        if moved and position > 0 and (not self.started or self._stalled):
            out += self.moves(at, position)
        elif moved:
            self._watch.ad_moves(at)
        return [*out, AdProgress(at, position)] if self.started and self._wanted else out

    def play(self, at: float) -> list[Signal]:
        """Play is wanted."""
        if self._wanted:
            return []
        self._wanted, self._since = True, at
        return [Play(at, self.position)]

    def pause(self, at: float) -> list[Signal]:
        """The ad was paused."""
        if not self._wanted or not self.started:
            return []
        self._wanted = self._stalled = False
        return [Pause(at, self.position)]

    def stall(self, at: float) -> list[Signal]:
        """The ad waits for data; before its first frame that is the break's gap (S67)."""
        if not self.started or self._stalled or not self._wanted:
            return []
        self._stalled = True
        return [BufferStart(at, self.position)]

    def finish(self, at: float, position: float | None = None) -> list[Signal]:
        """The ad ended; one that never moved is simply gone (S71)."""
        ad, started = self._take(at)
        out = self._next(at)
        return [AdEnd(at, position, ad.asset_id), *out] if started else out

    def skip(self, at: float, position: float | None = None) -> list[Signal]:
        """The viewer skipped the ad, and those of its pod that were due with it."""
        _, started = self._take(at)
        where = self.position if position is None else position
        return [AdSkip(at, where)] if started else []

    def fail(self, at: float, reason: str, asset_id: str | None = None) -> list[Signal]:
        """The ad failed, before or after its first frame (S13, S71)."""
        ad, _ = self._take(at)
        return [AdError(at, reason, asset_id or ad.asset_id), *self._next(at)]

    def _take(self, at: float) -> tuple[Announced, bool]:
        self._since = at
        self._watch.ad_ends(at)
        ad, started = self.ad or Announced(), self.started and self.in_break
        self.ad, self.started, self._stalled = None, False, False
        return ad, started
