"""One viewing of a stitched stream, told twice: as a player of client ads, and as stream positions.

The viewer acts on the stream; a break plays whenever the playhead runs into it.
"""

from collections.abc import Callable
from typing import Any

import attrs

from video_tracker import signals
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings
from video_tracker.signals import Signal
from video_tracker.stitching import StitchedAds, StitchedBreak

START = 1_795_432_210.25
LENGTH = 60.0
SEEK_TAKES = 0.5


def plan_of(breaks: tuple[AdBreak, ...], **settings: Any) -> SessionPlan:
    """A film of a minute with these breaks in its stream."""
    return SessionPlan(
        user_id="viewer",
        contents=(Content(asset_id="film", duration=LENGTH),),
        ad_breaks=breaks,
        settings=Settings(ads="stitched", **settings),
    )


def as_client(plan: SessionPlan) -> SessionPlan:
    """The same plan with the ads beside the content."""
    return attrs.evolve(plan, settings=attrs.evolve(plan.settings, ads="client"))


def place_of(part: AdBreak) -> float:
    """Where a break stands in the content."""
    return {"start": 0.0, "end": LENGTH}.get(str(part.at), part.at)  # type: ignore[arg-type]


class StreamWatcher:
    """Watches a stitched stream.

    Args:
        plan: From :func:`plan_of`; all ads have lengths.
        step: Seconds between two words of the playhead.
        exact: Whether it also speaks at every border.
    """

    def __init__(self, plan: SessionPlan, step: float = 1.0, *, exact: bool = True) -> None:
        self.breaks = sorted(plan.ad_breaks, key=place_of)
        self.ads = StitchedAds(
            tuple(
                StitchedBreak(
                    place_of(part), tuple(ad.duration or 0.0 for ad in part.ads), part.resume_offset
                )
                for part in self.breaks
            )
        )
        starts = [self.ads.ad_to_stream(0.0, number, 0) for number in range(len(self.breaks))]
        self.starts = starts
        self.length = LENGTH + sum(part.added for part in self.ads.breaks)
        self.step, self.exact = step, exact
        self.now, self.playhead = START, 0.0
        self.word = START
        self.client: list[Signal] = []
        self.stream: list[Signal] = []
        self.open: int | None = None
        self.number = 0
        self.over = False
        self.moved = False
        self.both(signals.Play, 0.0, 0.0)
        self.both(signals.Playing, None, 0.0, client=0 not in [place_of(p) for p in self.breaks])
        self.borders()

    # -- saying --------------------------------------------------------------------------------

    def both(
        self,
        kind: Callable[..., Signal],
        here: float | None,
        there: float | None,
        *more: Any,
        client: bool = True,
    ) -> None:
        """Say something in client and in stream positions."""
        if client:
            self.client.append(kind(self.now, here, *more))
        self.stream.append(kind(self.now, there, *more))

    def tick(self) -> None:
        """Let time be noticed."""
        self.client.append(signals.Tick(self.now))
        self.stream.append(signals.Tick(self.now))

    @property
    def local(self) -> float:
        """The position as a player of client ads says it."""
        if self.open is not None:
            return self.ads.stream_to_ad(self.playhead, self.open, self.number)
        return self.content

    @property
    def content(self) -> float:
        """The content position."""
        return self.ads.stream_to_content(self.playhead)

    # -- acting --------------------------------------------------------------------------------

    def do(self, action: str, amount: float) -> None:
        """One action of the viewer or the player."""
        if self.over:
            return
        if action == "watch":
            self.watch(amount)
        elif action == "tick":
            self.tick()
        elif action == "pause":
            self.halt(signals.Pause, amount)
            self.both(signals.Play, self.local, self.playhead)
            self.both(signals.Playing, self.local, self.playhead)
        elif action == "stall":
            self.halt(signals.BufferStart, amount)
            self.both(signals.BufferEnd, self.local, self.playhead)
            self.both(signals.Playing, self.local, self.playhead)
        elif action == "seek" and self.open is None:
            self.seek(amount)

    def halt(self, kind: Callable[..., Signal], seconds: float) -> None:
        """Stand still for a while."""
        self.both(kind, self.local, self.playhead)
        self.now += seconds

    def seek(self, to: float) -> None:
        """Seek within the content; ``to`` is a content position in no break."""
        target = self.ads.content_to_stream(to)
        self.client.append(signals.SeekStart(self.now, self.content, to))
        self.stream.append(signals.SeekStart(self.now, self.playhead, target))
        self.now += SEEK_TAKES
        self.playhead = target
        self.client += [signals.SeekEnd(self.now, to), signals.Playing(self.now, to)]
        self.stream += [signals.SeekEnd(self.now, target), signals.Playing(self.now, target)]

    def watch(self, seconds: float) -> None:
        """Play for some seconds."""
        end = self.now + seconds
        while self.now < end - 1e-9 and not self.over:
            border = self.next_border()
            step = min(self.step, end - self.now, border - self.playhead)
            self.now += step
            self.playhead += step
            at_border = self.playhead >= border - 2e-6  # what times of 1.8e9 s leave of a second
            if at_border:
                self.playhead = border
            self.say_progress(at_border=at_border)
            if at_border:
                self.borders()

    def say_progress(self, *, at_border: bool) -> None:
        """The clocks moved."""
        if self.open is None:
            self.client.append(signals.Progress(self.now, self.local))
        elif not at_border:
            self.client.append(signals.AdProgress(self.now, self.local))
        if self.exact or not at_border:
            self.stream.append(signals.Progress(self.now, self.playhead))

    def next_border(self) -> float:
        """Where something begins or ends next in the stream."""
        if self.open is not None:
            lengths = self.ads.breaks[self.open].ads
            return self.ads.ad_to_stream(lengths[self.number], self.open, self.number)
        ahead = [start for start in self.starts if start > self.playhead]
        return min([*ahead, self.length])

    def borders(self) -> None:
        """What ends and begins at the playhead."""
        if self.open is not None:
            lengths = self.ads.breaks[self.open].ads
            self.client.append(signals.AdEnd(self.now, lengths[self.number]))
            self.number += 1
            if self.number < len(lengths):
                self.start_ad()
                return
            self.client.append(signals.AdBreakEnd(self.now))
            after_all = place_of(self.breaks[self.open]) >= LENGTH
            self.open = None
            if after_all:
                self.end()
                return
            self.client.append(signals.Playing(self.now, self.content))
            return
        for number, start in enumerate(self.starts):
            if start == self.playhead:
                if place_of(self.breaks[number]) >= LENGTH:
                    self.client.append(signals.ContentEnd(self.now, LENGTH))
                self.open, self.number = number, 0
                self.client.append(signals.AdBreakStart(self.now, ads=self.breaks[number].ads))
                self.start_ad()
                return
        if self.playhead >= self.length:
            self.both(signals.ContentEnd, LENGTH, self.playhead)
            self.end()

    def start_ad(self) -> None:
        """The next ad of the open break begins."""
        assert self.open is not None
        ad = self.breaks[self.open].ads[self.number]
        self.client += [signals.AdStart(self.now, ad), signals.AdProgress(self.now, 0.0)]

    def end(self) -> None:
        """The player has nothing more."""
        self.over = True
        self.both(signals.End, LENGTH, self.playhead)

    def exit(self) -> None:
        """The viewer leaves."""
        if not self.over:
            self.over = True
            self.both(signals.Exit, self.local, self.playhead)


def ads_of(*lengths: float, name: str = "ad") -> tuple[Ad, ...]:
    """Ads of these lengths."""
    return tuple(
        Ad(asset_id=f"{name}-{number}", duration=length) for number, length in enumerate(lengths)
    )
