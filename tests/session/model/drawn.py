"""Worlds drawn from a seed, from plain ones to rich ones."""

import random

import attrs

from tests.session.model.world import Act, Break, Item, Manner, Roll, Spot, World

KINDS = (
    "plain",
    "acts",
    "words",
    "breaks",
    "odd breaks",
    "playlists",
    "lengths",
    "mute",
    "rates",
    "live",
    "rich",
)
"""Each kind of world adds something to a plain viewing; a rich one has nearly everything."""
WITHOUT_BREAKS = {"plain", "acts", "rates"}
LIVE_LENGTH = 1e6


def draw_world(seed: int, kind: str) -> World:
    """The world of this seed and kind."""
    dice = random.Random(f"{kind} {seed}")
    starts = (0.0,) if kind in {"mute", "live"} else (0.0, 0.0, 600.0, 3600.0)
    start = dice.choice(starts)
    items = draw_items(dice, kind, start)
    breaks: tuple[Break, ...] = ()
    if kind not in WITHOUT_BREAKS:
        odd = kind == "odd breaks" or (kind == "rich" and dice.random() < 0.7)
        breaks = draw_breaks(dice, items, start, odd=odd)
    return World(
        seed=seed,
        items=items,
        breaks=breaks,
        acts=draw_acts(dice, kind, items, start),
        manner=draw_manner(dice, kind),
        startup=dice.choice((0.0, 0.5, 2.0)),
        start=start,
        rate=dice.choice((0.5, 2.0)) if kind == "rates" else 1.0,
    )


def quarters(dice: random.Random, low: float, high: float) -> float:
    """A time or place, on quarters of a second; often a whole one."""
    step = dice.choice((1, 4))
    return dice.randint(round(low * 4 / step), round(high * 4 / step)) * step / 4


def draw_items(dice: random.Random, kind: str, start: float) -> tuple[Item, ...]:
    """The playlist; the first item is long enough for where it begins."""
    if kind == "live":
        return (Item("channel", LIVE_LENGTH, None, live=True),)
    many = kind == "playlists" or (kind == "rich" and dice.random() < 0.4)
    items = []
    for number in range(dice.choice((2, 2, 3)) if many else 1):
        zero = start if number == 0 else 0.0
        length = zero + quarters(dice, 40, 100)
        wrong = kind == "lengths" or (kind == "rich" and dice.random() < 0.2)
        told_at, declared = draw_told(dice, length) if wrong else (None, length)
        items.append(
            Item(f"item{number + 1}", length, declared, None if told_at is None else zero + told_at)
        )
    return tuple(items)


def draw_told(dice: random.Random, length: float) -> tuple[float | None, float | None]:
    """When the true length is told, and what was declared before."""
    told_at = quarters(dice, 8, 20)
    return dice.choice(
        (
            (told_at, None),
            (told_at, length + 8),
            (told_at, length - 8),
            (None, None),
            (None, length - 8),
        )
    )


def draw_breaks(
    dice: random.Random, items: tuple[Item, ...], start: float, *, odd: bool
) -> tuple[Break, ...]:
    """Pre-, mid- and post-rolls of all items, the mid-rolls well apart."""
    breaks: list[Break] = []
    for number, item in enumerate(items):
        zero = start if number == 0 else 0.0
        length = zero + 100 if item.live else item.length
        if dice.random() < 0.5:
            breaks.append(draw_break(dice, number, 0.0, "pre", odd=odd, name=f"p{number}"))
        place = zero + quarters(dice, 10, 30)
        while place < length - 10 and dice.random() < 0.8:
            name = f"m{number}{len(breaks)}"
            breaks.append(draw_break(dice, number, place, "mid", odd=odd, name=name))
            place += quarters(dice, 12, 30)
        if dice.random() < 0.4 and not item.live:
            breaks.append(draw_break(dice, number, item.length, "post", odd=odd, name=f"z{number}"))
    if items[0].live:  # a plan cannot know the elapsed time at which a break will come
        return tuple(attrs.evolve(b, planned=False, comes=True) for b in breaks)
    return tuple(breaks)


def draw_break(
    dice: random.Random, item: int, place: float, roll: Roll, *, odd: bool, name: str
) -> Break:
    """One break with its ads."""
    planned = dice.random() < 0.6
    spots = tuple(
        draw_spot(dice, f"{name}{letter}", odd=odd, planned=planned)
        for letter in "abc"[: dice.choice((1, 1, 2, 3))]
    )
    comes = not planned or dice.random() < 0.85
    plain = all(spot.declared == spot.length and not spot.fails for spot in spots)
    return Break(
        item,
        place,
        roll,
        spots,
        planned=planned,
        comes=comes,
        empty=odd and dice.random() < 0.1,
        again=plain and dice.random() < 0.6,
        pod_id=f"pod-{name}" if dice.random() < 0.2 else None,
    )


def draw_spot(dice: random.Random, name: str, *, odd: bool, planned: bool) -> Spot:
    """One ad; an odd one is skipped, silent, of unknown or wrong length, or fails."""
    length = quarters(dice, 5, 32)
    spot = Spot(name, length, length)
    if not odd or dice.random() < 0.3:
        return spot
    skip_at = min(2.0 + quarters(dice, 0, 10), length - 2)
    return dice.choice(
        (
            attrs.evolve(spot, skip_at=skip_at),
            attrs.evolve(spot, skip_at=skip_at, declared=None),
            attrs.evolve(spot, silent=True),
            attrs.evolve(spot, silent=True, declared=None),
            attrs.evolve(spot, declared=None),
            attrs.evolve(spot, length=length + 6),
            attrs.evolve(spot, declared=length + 6),
            attrs.evolve(spot, fails=True),
            attrs.evolve(spot, missing=planned),
        )
    )


def draw_acts(
    dice: random.Random, kind: str, items: tuple[Item, ...], start: float
) -> tuple[Act, ...]:
    """What the viewer does, and perhaps he leaves; who joined a livestream must."""
    if dice.random() < 0.02:
        return (Act("leave"),)
    acts: list[Act] = []
    for _ in range(dice.randint(0, 2) if kind == "plain" else dice.randint(1, 6)):
        acts.append(Act("watch", quarters(dice, 1, 40)))
        if kind != "plain":
            acts.append(draw_act(dice, kind, items, start))
    if kind == "live" or dice.random() < 0.5:
        acts += [Act("watch", quarters(dice, 1, 30)), Act(dice.choice(("leave", "give up")))]
    return tuple(acts)


def draw_act(dice: random.Random, kind: str, items: tuple[Item, ...], start: float) -> Act:
    """One act of the viewer or the network."""
    kinds = ("pause", "stall", "seek", "seek", "pause and seek", "item", "late pause")
    what = dice.choice(kinds)
    if what == "item" and len(items) > 1:
        return Act("item", dice.randrange(len(items)))
    if what in {"seek", "pause and seek"} and kind not in {"mute", "live"}:
        to = start + quarters(dice, 0, 80)
        return Act("seek", to) if what == "seek" else Act("pause and seek", to)
    if what in {"stall", "late pause"}:
        seconds = quarters(dice, 1, 25)
        return Act("stall", seconds) if what == "stall" else Act("late pause", seconds)
    return Act("pause", 2000.0 if dice.random() < 0.05 else quarters(dice, 1, 25))


def draw_manner(dice: random.Random, kind: str) -> Manner:
    """How the player tells it."""
    every = dice.choice((0.25, 0.5, 1.0, 1.0, 2.0, 5.0))
    return Manner(
        every=every,
        phase=dice.choice((0.0, 0.25, 0.5)),
        exact=kind != "words" or every > 1,
        at_rest=dice.random() < 0.3,
        mute=kind == "mute",
        whole=dice.random() < 0.3,
        gap=dice.choice((0.0, 0.0, 0.25, 1.0)),
        nameless=dice.random() < 0.2,
        says_number=dice.random() < 0.3,
        says_end=dice.random() < 0.7,
        next_by=dice.choice(("content_start", "load")),
        learns_by=dice.choice(("update", "load", "progress")),
        heartbeat=dice.choice((10.0, 10.0, 10.0, 7.0)),
        quartiles=dice.random() < 0.5,
    )
