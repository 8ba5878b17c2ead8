"""A realistic half hour of viewing as session inputs: what every benchmark here is driven by.

One viewer, one 28-minute programme, a pre-roll and three mid-roll pods of two ads, with pauses,
seeks, stalls and quality changes in between; a ``timeupdate`` each quarter of a second, as browsers
fire it. Deterministic for a seed: the same seed gives the same times and positions to the last bit.
"""

import random
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from video_tracker.plan import Ad, AdBreak, Content, PlayerAttributes, SessionPlan

__all__ = ["CONTENT_LENGTH", "PLAN", "Input", "half_hour"]

CONTENT_LENGTH: Final = 1700.0
_EPOCH: Final = 1_790_000_000.0
_TIMEUPDATE: Final = 0.25


def _ad(name: str, duration: float) -> Ad:
    return Ad(
        asset_id=name,
        duration=duration,
        title=f"The {name} spot",
        publisher="Example Brands",
        load_type="dynamic",
    )


PLAN: Final = SessionPlan(
    user_id="user-1",
    contents=(
        Content(
            asset_id="programme-7",
            duration=CONTENT_LENGTH,
            title="The Long Way Up",
            description="A climb in four parts",
            keywords=("mountains", "documentary", "climbing"),
            season="2",
            episode="7",
            genre="documentary",
            program="The Long Way",
            publisher="Example Studios",
            channel="example-one",
            full_episode=True,
            livestream=False,
            airdate="2026-09-21",
        ),
    ),
    ad_breaks=(
        AdBreak(at="start", ads=(_ad("ad-cars", 15.0),)),
        AdBreak(at=420.0, ads=(_ad("ad-tea", 15.0), _ad("ad-bank", 30.0))),
        AdBreak(at=860.0, ads=(_ad("ad-shoes", 30.0), _ad("ad-phone", 15.0))),
        AdBreak(at=1290.0, ads=(_ad("ad-film", 24.0), _ad("ad-juice", 15.0))),
    ),
    player=PlayerAttributes(
        video_player="html5",
        sound=80,
        full_screen=False,
        ad_enabled=True,
        quality="1080p",
        bitrate=4200,
        framerate=25,
        livestream=False,
    ),
)
"""The plan of every session in the benchmarks; frozen, so that all of them share it."""


class Input(NamedTuple):
    """One call of a session method: its name, its arguments (``at`` first) and its keywords."""

    name: str
    args: tuple[Any, ...]
    keywords: dict[str, Any]


class _Player:
    """A player and its viewer: knows the wall clock and the positions, says what a player says."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.at = round(_EPOCH + self.rng.uniform(0.0, 1000.0), 3)
        self.position = 0.0
        self.ad_position: float | None = None

    def say(self, name: str, *args: Any, **keywords: Any) -> Input:
        return Input(name, (self.at, *args), keywords)

    def here(self) -> float:
        return self.position if self.ad_position is None else self.ad_position

    def wait(self, least: float, most: float) -> None:
        self.at = round(self.at + self.rng.uniform(least, most), 3)

    def run_to(self, target: float) -> Iterator[Input]:
        """Play the content, or the open ad, to ``target`` with a timeupdate on the way."""
        name = "progress" if self.ad_position is None else "ad_progress"
        while (left := target - self.here()) > 1e-6:
            step = min(left, round(self.rng.gauss(_TIMEUPDATE, 0.006), 6))
            self.at = round(self.at + step, 3)
            if self.ad_position is None:
                self.position = round(self.position + step, 6)
            else:
                self.ad_position = round(self.ad_position + step, 6)
            yield self.say(name, self.here())

    def pause(self, least: float, most: float) -> Iterator[Input]:
        self.wait(0.02, 0.2)
        yield self.say("pause", self.here())
        self.wait(least, most)
        yield self.say("play", self.here())
        self.wait(0.01, 0.06)
        yield self.say("playing", self.here())

    def stall(self, least: float, most: float) -> Iterator[Input]:
        self.wait(0.01, 0.06)
        yield self.say("buffer_start", self.here())
        self.wait(least, most)
        yield self.say("buffer_end", self.here())
        self.wait(0.0, 0.01)
        yield self.say("playing", self.here())

    def seek(self, to: float) -> Iterator[Input]:
        self.wait(0.02, 0.2)
        yield self.say("seek_start", self.position, to)
        self.wait(0.15, 0.9)
        self.position = to
        yield self.say("seek_end", to)
        self.wait(0.0, 0.02)
        yield self.say("playing", to)

    def quality(self, bitrate: int, height: str) -> Iterator[Input]:
        self.wait(0.0, 0.02)
        yield self.say("quality", bitrate, 25, height, self.rng.randrange(4))

    def sound(self, level: int) -> Iterator[Input]:
        self.wait(0.0, 0.02)
        yield self.say("update", sound=level)

    def ad_break(self, pod: AdBreak, mishap: str | None) -> Iterator[Input]:
        """Play a whole pod; ``mishap``: a ``pause`` or a ``stall`` in its last ad."""
        self.wait(0.02, 0.08)
        yield self.say("ad_break_start")
        for place, ad in enumerate(pod.ads, 1):
            assert ad.duration is not None
            self.wait(0.3, 1.4)
            self.ad_position = 0.0
            yield self.say("ad_start", ad.asset_id, place, ad.duration)
            if mishap and place == len(pod.ads):
                yield from self.run_to(ad.duration * 0.6)
                yield from self.pause(8.0, 15.0) if mishap == "pause" else self.stall(1.5, 3.0)
            yield from self.run_to(ad.duration)
            self.wait(0.0, 0.03)
            yield self.say("ad_end", ad.duration)
        self.ad_position = None
        self.wait(0.0, 0.05)
        yield self.say("ad_break_end")
        self.wait(0.05, 0.3)
        yield self.say("playing", self.position)


def half_hour(seed: int = 1) -> Iterator[Input]:
    """Yield the inputs of one whole session, from ``load`` to ``end``.

    Args:
        seed: Varies the clock's start, the phase of the timeupdates and the lengths of pauses,
            stalls and seeks; what happens, and in what order, stays the same.

    Returns:
        About 7,200 inputs in the order of their times; :data:`PLAN` is their plan.
    """
    player = _Player(seed)
    pre, first, second, third = PLAN.ad_breaks
    yield player.say("load", duration=CONTENT_LENGTH)
    player.wait(0.4, 3.0)
    yield player.say("play", 0.0)
    yield from player.ad_break(pre, None)
    for until, then in (
        (4.0, player.quality(4200, "1080p")),
        (133.0, player.pause(30.0, 60.0)),
        (252.0, player.seek(282.0)),
        (335.0, player.stall(1.0, 4.0)),
        (338.0, player.quality(2400, "720p")),
        (420.0, player.ad_break(first, None)),
        (508.0, player.pause(5.0, 20.0)),
        (591.0, player.seek(576.0)),
        (640.0, player.quality(4200, "1080p")),
        (704.0, player.stall(2.0, 6.0)),
        (793.0, player.sound(35)),
        (860.0, player.ad_break(second, "pause")),
        (934.0, player.seek(974.0)),
        (1013.0, player.stall(0.5, 2.0)),
        (1082.0, player.pause(200.0, 400.0)),
        (1151.0, player.quality(2400, "720p")),
        (1222.0, player.sound(0)),
        (1290.0, player.ad_break(third, "stall")),
        (1364.0, player.seek(1389.0)),
        (1423.0, player.seek(1413.0)),
        (1505.0, player.pause(2.0, 9.0)),
        (1584.0, player.stall(1.0, 3.0)),
        (1589.0, player.quality(4200, "1080p")),
    ):
        yield from player.run_to(until)
        yield from then
    yield from player.run_to(CONTENT_LENGTH)
    player.wait(0.0, 0.03)
    yield player.say("content_end", CONTENT_LENGTH)
    player.wait(0.0, 0.03)
    yield player.say("end", CONTENT_LENGTH)
