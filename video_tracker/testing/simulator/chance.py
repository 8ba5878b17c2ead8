"""Seeded random scenarios: viewings in which anything may happen that makes sense there."""

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from video_tracker.testing.scenario import Scenario
from video_tracker.testing.scenario_steps import (
    Ads,
    Background,
    Error,
    Exit,
    FullScreen,
    IntoAd,
    Mute,
    Pause,
    Play,
    Rate,
    Seek,
    Skip,
    Sleep,
    Stall,
    Step,
    Volume,
    Wait,
    Watch,
    WatchToEnd,
)
from video_tracker.testing.simulator.acting import sensible

__all__ = ["random_scenario"]

_Draw = Callable[[random.Random, float], tuple[Step, ...]]
_REST: Final = (2.0, 3.5, 7.0, 21.0)
"""Seconds of a pause or a stall. One of half a second before an end may be the player's own (S31):
it is not plain."""


def _watch(chance: random.Random, _: float) -> tuple[Step, ...]:
    return (Watch(chance.choice((4.3, 9.1, 16.7, 33.9))),)


def _seek(chance: random.Random, length: float) -> tuple[Step, ...]:
    """A place that is not near the next end; some content plays there before anything else."""
    return (
        Seek(round(chance.uniform(2.0, length - 8.0), 1), chance.choice((0.3, 1.2))),
        Watch(3.3),
    )


def _pause(chance: random.Random, _: float) -> tuple[Step, ...]:
    return (Pause(chance.choice(_REST)), Watch(3.7))


def _stall(chance: random.Random, _: float) -> tuple[Step, ...]:
    return (Stall(chance.choice(_REST)), Watch(2.9))


def _in_ad(chance: random.Random, _: float) -> tuple[Step, ...]:
    rest = chance.choice((Pause(chance.choice(_REST)), Skip()))
    return (IntoAd(chance.choice((2.1, 6.4))), rest)


def _broken(chance: random.Random, _: float) -> tuple[Step, ...]:
    return (Error(), Wait(chance.choice((3.0, 9.0))), Play(), Watch(5.2))


_MOSTLY: Final[Mapping[str, tuple[int, _Draw]]] = {
    "watch": (5, _watch),
    "seek": (3, _seek),
    "pause": (3, _pause),
    "stall": (2, _stall),
    "in_ad": (2, _in_ad),
    "ads": (1, lambda c, _: (Ads("mid", tuple(c.choices((10.0, 15.0, 20.0), k=2))), Watch(2.6))),
    "sound": (1, lambda c, _: (Volume(c.choice((0, 40, 100))), Mute(c.choice((True, False))))),
    "screen": (1, lambda c, _: (FullScreen(c.choice((True, False))),)),
    "rate": (1, lambda c, _: (Rate(c.choice((1.0, 1.5, 2.0))),)),
    "background": (1, lambda c, _: (Background(c.choice((6.2, 14.8))),)),
    "sleep": (1, lambda c, _: (Sleep(c.choice((60.0, 240.0))), Watch(8.1))),
    "error": (1, _broken),
}


def random_scenario(
    seed: int, *, without: tuple[str, ...] = (), most: int = 8, **more: Any
) -> Scenario:
    """A scenario in which anything may happen; the same for the same seed.

    Args:
        seed: Which one.
        without: What must not happen, of ``watch``, ``seek``, ``pause``, ``stall``, ``in_ad``,
            ``ads``, ``sound``, ``screen``, ``rate``, ``background``, ``sleep``, ``error``,
            ``pre``, ``mid``, ``post``.
        most: How many things happen at most.
        more: Arguments of the scenario that are not drawn.

    Returns:
        The scenario; the viewer watches to the end, or leaves.
    """
    chance = random.Random(seed)  # noqa: S311 - it must be repeatable, not secret
    length = chance.choice((60.0, 95.5, 180.0))
    base = Scenario(length, startup=chance.choice((0.4, 1.0, 3.0)))
    steps: list[Step] = [*_breaks(chance, length, without), Play(), Watch(3.1)]
    kinds = [kind for kind in _MOSTLY if kind not in without]
    weights = [_MOSTLY[kind][0] for kind in kinds]
    for kind in chance.choices(kinds, weights, k=chance.randint(1, most)):
        steps += _MOSTLY[kind][1](chance, length)
    steps.append(WatchToEnd() if chance.random() < 0.6 else Exit())
    return sensible(attrs.evolve(base, steps=steps, **more))


def _breaks(chance: random.Random, length: float, without: tuple[str, ...]) -> list[Step]:
    """Breaks that are scheduled ahead."""
    found: list[Step] = []
    for kind in ("pre", "mid", "post"):
        if kind in without or chance.random() < 0.5:
            continue
        lengths = tuple(chance.choices((8.0, 15.0, 30.0), k=chance.randint(1, 3)))
        at = round(length * chance.choice((0.3, 0.5)), 2) if kind == "mid" else None
        skip = chance.choice((None, None, 1)) if "in_ad" not in without else None
        found.append(Ads(kind, lengths, at, skip))
    return found
