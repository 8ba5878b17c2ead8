"""The model of the player and its viewer on a virtual clock: it plays a scenario, moment by moment.

One model for all dialects. It knows the truth and writes it down (``truth.Book``); what a player
would say of it is a dialect's business.
"""

import random
from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.testing.scenario import Scenario
from video_tracker.testing.scenario_steps import Ads, Next
from video_tracker.testing.simulator.moments import Item, Moment, Pod, SimulatedAd
from video_tracker.testing.simulator.truth import Book

__all__ = ["Break", "Player", "Schedule"]

_BREAK_GAP: Final = 4 / 3
"""From the start of a break to its first ad's first frame, in gaps of the scenario."""
_AT_ONCE: Final = 0.02
"""Seconds between two things that follow at once, where there are gaps."""
_AHEAD: Final = 30.0
"""Seconds of content that a player loads ahead."""
_LOADS: Final = 3.0
"""Seconds of content that are loaded in a second."""
_LIVE_DELAY: Final = 12.0
"""Seconds behind the edge at which a live content is joined."""
_DUST: Final = 1e-9
_SOON: Final = 1e-3
"""A clock that would be told so shortly before something else happens is not told."""

_IDLE: Final = 300.0
"""Seconds of silence while something plays, after which a playback is interrupted (S26)."""

Schedule = Mapping[int, tuple[tuple[float, Pod], ...]]
"""The breaks of each item (by its number) and their places, in order."""


@attrs.frozen
class Break:
    """A break of the scenario, where it lies, and what becomes of its ads.

    Args:
        pod: Its ads.
        at: Its content second; negative before the content, infinite behind it.
        stops: The ad (from 1) -> the second at which it is left, and how it ends.
    """

    pod: Pod
    at: float
    stops: Mapping[int, tuple[float, str]]

    @classmethod
    def of(cls, step: Ads, names: tuple[str, ...], at: float) -> "Break":
        """The break of a step."""
        ads = tuple(SimulatedAd(n, float(s)) for n, s in zip(names, step.lengths, strict=True))
        stops = {}
        if step.skip is not None:
            stops[step.skip] = (step.after, "ad_skip")
        if step.fail is not None:
            stops[step.fail] = (step.fail_after, "ad_error")
        return cls(Pod(step.kind, ads), at, stops)


class Player:
    """A player, its viewer and the time.

    Args:
        scenario: What happens.
        every: Seconds between two words of its clock.
        jitter: How irregular they are: each interval is up to this share longer or shorter.
        seed: Of the irregularity.
        schedule: The breaks as the player knows them ahead, from an earlier run.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        every: float = 1.0,
        jitter: float = 0.0,
        seed: int = 0,
        schedule: Schedule | None = None,
    ) -> None:
        self.scenario, self.every, self.jitter = scenario, every, jitter
        self.stitched = scenario.ads_mode == "stitched"
        self.idle_timeout = _IDLE
        if scenario.plan is not None and scenario.plan.settings.idle_timeout is not None:
            self.idle_timeout = scenario.plan.settings.idle_timeout
        self.gap = 0.0 if self.stitched else scenario.gaps
        self.soon = _AT_ONCE if self.gap else 0.0
        self.schedule = schedule or {}
        self.chance = random.Random(seed)  # noqa: S311 - it must be repeatable, not secret
        self.moments: list[Moment] = []
        self.book = Book()
        self.throttle = 0.0
        self.more = False  # whether another item follows
        self.over = self.failed = self.inside = False
        self.open: Break | None = None
        self.waiting: list[Break] = []
        self.places: dict[int, dict[str, tuple[float, Pod]]] = {}
        item = Item(scenario.name, scenario.length, 0)
        self.now = Moment("load", 0.0, item, scenario.start, gapless=self.gap == 0)
        self.due = self.interval()
        self.load(0)
        self.say("load")

    # -- what is said ------------------------------------------------------------------------------

    def set(self, **now: Any) -> None:
        """Change what is true."""
        self.now = attrs.evolve(self.now, **now)

    def say(self, kind: str, **now: Any) -> None:
        """Something happens."""
        self.set(kind=kind, **now)
        self.book.happened(self.now)
        self.moments.append(self.now)

    # -- time --------------------------------------------------------------------------------------

    def interval(self) -> float:
        """Seconds to the clock's next word."""
        shake = 1 + self.jitter * self.chance.uniform(-1, 1)
        return max(self.every * shake, self.throttle, 1e-3)

    def spend(self, bucket: str, seconds: float, *, silent: bool = False) -> None:
        """Time passes; the clock is told whenever it is due, unless nobody is there to tell it."""
        end = self.now.at + seconds
        while not silent and self.due < end - _SOON:
            if self.due > self.now.at + _SOON:
                self.go(bucket, self.due - self.now.at)
                self.say("poll")
            self.due += self.interval()
        self.go(bucket, end - self.now.at)
        while self.due <= self.now.at:
            self.due += self.interval()

    def go(self, bucket: str, seconds: float) -> None:
        """Whatever moves, moves."""
        now = self.now
        self.book.spend(bucket, seconds)
        moved = seconds * self.pace if now.moving else 0.0
        if now.ad is not None:
            self.set(at=now.at + seconds, seen=now.seen + moved)
            self.book.see_ad(self.now)
            return
        place = now.place + moved
        if moved:
            self.book.watch(now.item, now.place, place)
        edge = None if now.edge is None else now.edge + seconds
        self.set(at=now.at + seconds, place=place, edge=edge)
        self.set(buffered=self.loaded(place, seconds))

    def loaded(self, place: float, seconds: float) -> float:
        """Up to where there are data after so many more seconds; a stall has none ahead."""
        if self.now.stalled:
            return place
        most = min(
            x for x in (place + _AHEAD, self.now.item.length, self.now.edge) if x is not None
        )
        have = self.now.buffered if self.now.buffered is not None else place
        return max(place, min(most, max(have, place) + _LOADS * seconds))

    @property
    def pace(self) -> float:
        """Seconds of what plays in a second; ads beside the content play at their own rate."""
        return 1.0 if self.now.ad is not None and not self.stitched else self.now.rate

    @property
    def end(self) -> float:
        """Where the content ends."""
        return float("inf") if self.now.item.length is None else self.now.item.length

    # -- breaks ------------------------------------------------------------------------------------

    def load(self, first: int) -> None:
        """The breaks of the item whose steps begin here, known by their steps, in order."""
        names = self.scenario.ad_names
        item = self.now.item
        self.waiting = []
        for index, step in enumerate(self.scenario.steps[first:], first):
            if isinstance(step, Next):
                break
            if isinstance(step, Ads) and (step.kind != "mid" or step.at is not None):
                place = {"pre": -1.0, "post": float("inf")}.get(step.kind, step.at or 0.0)
                self.waiting.append(Break.of(step, names[index], place))
        self.waiting.sort(key=lambda each: each.at)
        self.places[item.number] = {
            each.pod.name: (min(max(each.at, self.now.place * (each.at < 0)), self.end), each.pod)
            for each in self.waiting
        }
        known = self.schedule.get(item.number, ())
        edge = None if item.length is not None else self.now.place + _LIVE_DELAY
        self.set(schedule=known, loaded_at=self.now.at, edge=edge)
        self.learn()

    def learn(self) -> None:
        """The tracker's plan parts the content where its breaks lie; that is known ahead."""
        plan = self.scenario.plan
        mids = [at for at, pod in self.now.schedule if pod.kind == "mid"]
        if plan is not None:
            mids = [float(b.at) for b in plan.ad_breaks if isinstance(b.at, int | float)]
        self.book.know(tuple(mids))

    def next_break(self) -> Break | None:
        """The break that the playhead runs into next."""
        ahead = (b for b in self.waiting if self.now.place + _DUST < b.at < self.end)
        return next(ahead, None)

    def enter(self, part: Break) -> None:
        """A break begins."""
        if part in self.waiting and (not self.stitched or part.pod.kind != "mid"):
            self.waiting.remove(part)
        self.places[self.now.item.number][part.pod.name] = (self.now.place, part.pod)
        self.open, self.inside = part, False
        if part.pod.kind == "post":
            self.spend("gap", self.soon)
        self.set(gapless=self.is_smooth(1))
        self.say("stop", pod=part.pod, moving=False)
        self.say("break")
        self.spend("gap", self.gap * _BREAK_GAP)
        self.begin_ad(1)

    def is_smooth(self, number: int) -> bool:
        """Whether the player goes over to an ad without a gap: not to one that will never move."""
        assert self.open is not None
        return self.gap == 0 and self.open.stops.get(number) != (0.0, "ad_error")

    def begin_ad(self, number: int) -> None:
        """An ad begins, or fails before its first frame."""
        assert self.open is not None
        if number > len(self.open.pod.ads):
            self.leave_break()
            return
        if number > 1:
            self.spend("gap", self.gap)
        ad = self.open.pod.ads[number - 1]
        self.set(ad=ad, number=number, seen=0.0)
        if self.open.stops.get(number) == (0.0, "ad_error"):
            self.end_ad("ad_error")
        else:
            self.say("ad", moving=True, plays=True)

    def end_ad(self, kind: str) -> None:
        """The ad is over; the next one, or the content, follows."""
        number = self.now.number
        self.set(gapless=kind != "ad_error" and self.is_smooth(number + 1))
        self.say(kind, moving=False)
        self.set(ad=None, seen=0.0, number=0)
        self.begin_ad(number + 1)

    def leave_break(self) -> None:
        """The break is over; the content goes on, or everything ends."""
        self.spend("gap", self.soon)
        self.say("break_end")
        self.set(pod=None)
        self.open, self.inside = None, False
        if self.now.ended:
            self.conclude()
            return
        self.spend("gap", self.gap)
        self.say("back", moving=True, plays=True, shown=True)
        self.set(gapless=self.gap == 0)

    def play_ad(self, until: float = float("inf")) -> None:
        """The ad plays up to a second of it, or to where it is left."""
        assert self.open is not None
        assert self.now.ad is not None
        end = self.now.ad.length
        left, kind = self.open.stops.get(self.now.number, (end, "ad_end"))
        left, kind = (left, kind) if left < end else (end, "ad_end")
        for quartile in (1, 2, 3):
            place = end * quartile / 4
            if self.now.seen + _DUST < place < min(left, until) - _DUST:
                self.play_ad_to(place)
                self.say("quartile", quartile=quartile)
        self.play_ad_to(min(left, until))
        if left <= until:
            self.end_ad(kind)

    def play_ad_to(self, place: float) -> None:
        """The ad plays up to a second of it."""
        self.spend("ad_played", max(place - self.now.seen, 0.0) / self.pace)
        self.set(seen=place)
        self.book.see_ad(self.now)

    def finish_break(self) -> None:
        """The break plays to its end."""
        while self.open is not None:
            self.play_ad()

    # -- content -----------------------------------------------------------------------------------

    def start_content(self) -> None:
        """The first frame, or the pre-roll before it."""
        first = next((each for each in self.waiting if each.at < 0), None)
        if first is not None:
            self.enter(first)
        else:
            self.say("frame", moving=True, shown=True)

    def watch(self, seconds: float) -> None:
        """Content plays for so many seconds, or to its end; breaks play between."""
        left = seconds
        while self.can_play() and (left > _DUST or self.open is not None):
            if self.open is not None:
                self.finish_break()
                continue
            border = self.next_break()
            place = min(self.end, float("inf") if border is None else border.at)
            step = min(left, (place - self.now.place) / self.now.rate)
            self.spend("content_played", step)
            left -= step
            if abs(self.now.place - place) < 1e-6:
                self.set(place=place)
                self.reach(border)

    def can_play(self) -> bool:
        """Whether anything plays, or would."""
        return not (self.over or self.failed or (self.now.ended and self.open is None))

    def reach(self, border: Break | None) -> None:
        """The playhead is at a break, or at the end."""
        if border is not None:
            self.enter(border)
            return
        self.say("content_end", moving=False, plays=False, ended=True)
        last = next((each for each in self.waiting if each.pod.kind == "post"), None)
        if last is not None:
            self.enter(last)
        else:
            self.conclude()

    def conclude(self) -> None:
        """After the content, and its post-roll: the end, unless another item follows."""
        if not self.more:
            self.spend("gap", self.soon)
            self.say("end", moving=False, plays=False)
            self.over = True

    def hold(self, kind: str, bucket: str, seconds: float, back: str, **now: Any) -> None:
        """Nothing moves for a while."""
        self.say(kind, moving=False, **now)
        self.spend(bucket, seconds)
        again = {name: not value for name, value in now.items()}
        self.say(back, moving=True, **again)

    def jump(self, to: float, takes: float) -> None:
        """A seek."""
        moves = self.now.moving
        have = self.now.buffered
        kept = have is not None and self.now.place <= to <= have
        self.set(origin=self.now.place, place=float(to), buffered=have if kept else float(to))
        self.say("seek", moving=False, seeking=True)
        self.spend("seeking", takes)
        self.say("sought", moving=moves, seeking=False)
