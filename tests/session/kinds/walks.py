"""Random walks: what an odd player might say, input by input, drawn from a seed.

A clock and a playhead that mostly play on, inputs that mostly make sense, and now and then a step
back, a far place, a long silence, a second item. Unlike a viewing there is no truth here; what must
hold is what holds for any log.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from video_tracker.plan import (
    Ad,
    AdBreak,
    AdRange,
    Content,
    PlayerAttributes,
    SessionPlan,
    Settings,
)
from video_tracker.signals import SIGNALS, Signal

START: Final = 1_800_000_000.0
PACES: Final = {"polls": (1.0, 1.0, 2.0, 5.0), "quarters": (0.25, 0.25, 0.5), "rare": (1.0, 10.0)}
GAPS: Final = (0.0, 0.01, 0.3, 3.0, 9.0, 35.0, 400.0, 3600.0)


@attrs.frozen
class Walk:
    """One log with its plan."""

    plan: SessionPlan
    signals: tuple[Signal, ...]


def draw_plan(pick: random.Random) -> SessionPlan:
    """Contents, breaks and settings, the usual ones most of the time."""
    contents = [
        Content(
            asset_id=f"item-{number}",
            duration=pick.choice([None, 60.0, 60.0, 30, 600.0, 3.0, 100.5]),
            livestream=pick.choice([None, None, None, None, None, True, False]),
        )
        for number in range(pick.choice([0, 1, 1, 1, 2, 3]))
    ]
    breaks = [
        AdBreak(
            at=pick.choice(["start", "end", 0, 10.0, 20, 30.0, 45.0, 600.0]),
            ads=tuple(draw_ad(pick) for _ in range(pick.choice([0, 1, 1, 2, 3]))),
        )
        for _ in range(pick.choice([0, 0, 1, 2, 3]))
    ]
    return SessionPlan(
        anonymous_id="viewer",
        contents=tuple(contents),
        ad_breaks=tuple(breaks),
        settings=draw_settings(pick) if pick.random() < 0.5 else Settings(),
        player=PlayerAttributes(livestream=pick.choice([None, None, None, None, None, True])),
    )


def draw_ad(pick: random.Random) -> Ad:
    return Ad(
        asset_id=pick.choice([None, "a", "b", "c"]),
        duration=pick.choice([None, 5.0, 15, 30.0, 6.5]),
    )


def draw_settings(pick: random.Random) -> Settings:
    return Settings(
        heartbeat=pick.choice([10.0, 10.0, 5.0, 1.0, None]),
        beat_after=frozenset(pick.sample(["resume", "seek", "buffer"], pick.choice([0, 1, 3]))),
        quartiles=pick.choice(["emit", "emit", "tag", "off"]),
        extra_events=pick.random() < 0.5,
        live_position=pick.choice(["elapsed", "playhead", "offset", "epoch"]),
        min_buffer=pick.choice([0.0, 0.0, 0.25, 1.0]),
        scrub_window=pick.choice([0.0, 0.0, 0.5, 2.0]),
        idle_timeout=pick.choice([None, None, 60.0, 5.0]),
        inferred_seeks=pick.random() < 0.9,
        inferred_buffering=pick.random() < 0.3,
        completion_wait=pick.choice([30.0, 5.0, 0.0]),
        ads=pick.choice(["client", "client", "client", "stitched"]),
    )


@attrs.define
class Walker:
    """An odd player: its clock, its playheads, and what it has said."""

    pick: random.Random
    pace: str
    at: float = START
    content: float = 0.0
    ad: float | None = None
    said: list[Signal] = attrs.field(factory=list)

    def say(self, name: str, **values: Any) -> None:
        self.said.append(SIGNALS[name](at=self.at, **values))

    def place(self) -> float | int | None:
        """What it tells as its position: now and then none, or another."""
        here = self.content if self.ad is None else self.ad
        luck = self.pick.random()
        if luck < (0.8 if self.pace == "rare" else 0.05):
            return None
        if luck > 0.97:
            return max(here + self.pick.choice([-30, -3, -0.4, 0.4, 3, 30, 300]), 0.0)
        return int(here) if luck > 0.95 else here

    def let_time_pass(self) -> None:
        usual = self.pick.random() < 0.85
        passed = self.pick.choice(PACES[self.pace] if usual else GAPS)
        self.at += passed
        if self.pick.random() < 0.92:
            if self.ad is None:
                self.content += passed * self.pick.choice([1, 1, 1, 1, 2])
            else:
                self.ad += passed

    def report(self) -> None:
        name = "progress" if self.ad is None or self.pick.random() < 0.1 else "ad_progress"
        self.say(name, position=self.place())

    def seek(self) -> None:
        to = self.pick.choice([None, self.content + 20, 0.0, 55.0, self.content + 0.3, 600.0])
        self.say("seek_start", position=self.place(), to=to)
        if to is not None and self.ad is None and self.pick.random() < 0.9:
            self.content = to
        if self.pick.random() < 0.8:
            self.at += self.pick.choice([0.0, 0.1, 0.5, 2.0])
            self.say("seek_end", position=self.pick.choice([None, self.content]))

    def open_break(self) -> None:
        ads = self.pick.choice([None, None, 2, (Ad(asset_id="a", duration=15), Ad(asset_id="b"))])
        placement = self.pick.choice([None, None, "mid", "pre", "post"])
        offset = self.pick.choice([None, None, 30.0, 0, -1])
        self.say("ad_break_start", placement=placement, offset=offset, ads=ads)
        self.start_ad()

    def start_ad(self) -> None:
        asset_id = self.pick.choice([None, "a", "b", "z", Ad(asset_id="q", duration=10.0)])
        self.say("ad_start", asset_id=asset_id, duration=self.pick.choice([None, 15.0, 5]))
        self.ad = 0.0

    def end_ad(self) -> None:
        self.say(self.pick.choice(["ad_end", "ad_end", "ad_skip"]), position=self.place())
        self.ad = None

    def end_break(self) -> None:
        self.say("ad_break_end")
        self.ad = None

    def start_content(self) -> None:
        self.say("content_start", asset_id=self.pick.choice([None, None, "item-1", "other"]))
        self.ad = None

    def load(self) -> None:
        named = Content(asset_id=self.pick.choice(["item-1", "new"]))
        content = self.pick.choice([None, named])
        self.say("load", next_item=self.pick.random() < 0.6, content=content, duration=60.0)

    def change(self) -> None:
        rate = self.pick.choice([0, 0.5, 1, 2.0, 4.0, 8.0, -2])
        changes = ({"playback_rate": rate}, {"sound": 50}, {"live_edge": self.content + 5})
        self.say("update", **self.pick.choice(changes))

    def tell_ranges(self) -> None:
        start, end = self.pick.choice([0.0, 10.0, 30.0]), self.pick.choice([None, 45.0, 50.0])
        self.say("ad_ranges", ranges=(AdRange(start=start, end=end),))


def with_place(name: str) -> Callable[[Walker], None]:
    return lambda walker: walker.say(name, position=walker.place())


STEPS: Final[Sequence[tuple[int, Callable[[Walker], None]]]] = (
    (50, Walker.report),
    (6, with_place("pause")),
    (6, with_place("play")),
    (4, with_place("playing")),
    (4, Walker.seek),
    (3, with_place("buffer_start")),
    (3, with_place("buffer_end")),
    (4, Walker.open_break),
    (3, Walker.start_ad),
    (4, Walker.end_ad),
    (2, Walker.end_break),
    (2, Walker.start_content),
    (2, with_place("content_end")),
    (1, Walker.load),
    (1, lambda walker: walker.say("quality", bitrate=1200.0)),
    (1, Walker.change),
    (1, lambda walker: walker.say("error", fatal=walker.pick.random() < 0.7)),
    (1, lambda walker: walker.say("interrupt", method="call")),
    (1, Walker.tell_ranges),
    (1, lambda walker: walker.say("ad_error")),
)
"""What it says, and how often of a hundred times."""


def draw_walk(seed: int) -> Walk:
    """The walk of a seed, the same in every process."""
    pick = random.Random(seed)
    plan = draw_plan(pick)
    walker = Walker(pick, pick.choice(list(PACES)), content=pick.choice([0.0, 0.0, 12.0, 590.0]))
    if pick.random() < 0.8:
        walker.say("play")
    if pick.random() < 0.7:
        walker.at += 0.5
        walker.say("playing", position=walker.content)
    weights, steps = zip(*STEPS, strict=True)
    for step in pick.choices(steps, weights, k=pick.choice([10, 25, 50, 80])):
        walker.let_time_pass()
        step(walker)
    if pick.random() < 0.6:
        walker.say(pick.choice(["exit", "end"]), position=walker.place())
    return Walk(plan, tuple(walker.said))
