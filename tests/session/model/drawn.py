"""Worlds drawn from a seed, from plain ones to rich ones."""

import random

from tests.session.model.world import Act, Break, Item, Manner, Roll, Spot, World

KINDS = ("plain", "acts", "words", "breaks", "odd breaks", "playlists", "lengths", "mute", "rich")
"""Each kind of world adds something to a plain viewing; a rich one has everything."""


def draw_world(seed: int, kind: str) -> World:
    """The world of this seed and kind."""
    dice = random.Random(f"{kind} {seed}")
    rich = kind == "rich"
    count = dice.choice((2, 2, 3)) if kind == "playlists" or (rich and dice.random() < 0.4) else 1
    start = dice.choice((0.0, 0.0, 600.0, 3600.0))
    items = draw_items(dice, kind, count, start)
    breaks: tuple[Break, ...] = ()
    if kind not in {"plain", "acts"}:
        odd = kind == "odd breaks" or (rich and dice.random() < 0.7)
        breaks = draw_breaks(dice, items, start, odd=odd)
    acts = () if kind == "plain" and dice.random() < 0.5 else draw_acts(dice, kind, items, start)
    return World(
        seed=seed,
        items=items,
        breaks=breaks,
        acts=acts,
        manner=draw_manner(dice, kind),
        startup=dice.choice((0.0, 0.5, 2.0)),
        start=start,
    )


def quarters(dice: random.Random, low: float, high: float) -> float:
    """A time or place, on quarters of a second; often a whole one."""
    step = dice.choice((1, 4))
    return dice.randint(round(low * 4 / step), round(high * 4 / step)) * step / 4


def draw_items(dice: random.Random, kind: str, count: int, start: float) -> tuple[Item, ...]:
    """The playlist; the first item is long enough for where it begins."""
    items = []
    for number in range(count):
        length = quarters(dice, 40, 100) + (start if number == 0 else 0.0)
        declared: float | None = length
        told_at = None
        if kind == "lengths" or (kind == "rich" and dice.random() < 0.2):
            told_at = (start if number == 0 else 0.0) + quarters(dice, 8, 20)
            declared = dice.choice((None, None, length, length + 8))
            told_at = dice.choice((told_at, None))
            if told_at is None and declared == length + 8:
                declared = length
        items.append(Item(f"item{number + 1}", length, declared, told_at))
    return tuple(items)


def draw_breaks(
    dice: random.Random, items: tuple[Item, ...], start: float, *, odd: bool
) -> tuple[Break, ...]:
    """Pre-, mid- and post-rolls of all items, the mid-rolls well apart."""
    breaks: list[Break] = []
    for number, item in enumerate(items):
        zero = start if number == 0 else 0.0
        if dice.random() < 0.5:
            breaks.append(draw_break(dice, number, 0.0, "pre", odd=odd, name=f"p{number}"))
        place = zero + quarters(dice, 10, 30)
        while place < item.length - 10 and dice.random() < 0.8:
            name = f"m{number}{len(breaks)}"
            breaks.append(draw_break(dice, number, place, "mid", odd=odd, name=name))
            place += quarters(dice, 12, 30)
        if dice.random() < 0.4:
            breaks.append(draw_break(dice, number, item.length, "post", odd=odd, name=f"z{number}"))
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
    again = dice.random() < 0.6
    if any(spot.fails or spot.declared is None or spot.declared != spot.length for spot in spots):
        again = False
    return Break(item, place, roll, spots, planned=planned, comes=comes, again=again)


def draw_spot(dice: random.Random, name: str, *, odd: bool, planned: bool) -> Spot:
    """One ad; an odd one is skipped, silent, of unknown or wrong length, or fails."""
    length = quarters(dice, 5, 32)
    if not odd or dice.random() < 0.3:
        return Spot(name, length, length)
    how = dice.choice(("skip", "silent", "unknown", "longer", "shorter", "fails", "missing"))
    match how:
        case "skip":
            return Spot(name, length, length, skip_at=min(2.0 + quarters(dice, 0, 10), length - 2))
        case "silent":
            return Spot(name, length, dice.choice((length, None)), silent=True)
        case "unknown":
            return Spot(name, length, None)
        case "longer":
            return Spot(name, length + 6, length)
        case "shorter":
            return Spot(name, length, length + 6)
        case "fails":
            return Spot(name, length, length, fails=True)
        case _:
            return Spot(name, length, length, missing=planned)


def draw_acts(
    dice: random.Random, kind: str, items: tuple[Item, ...], start: float
) -> tuple[Act, ...]:
    """What the viewer does, and perhaps he leaves."""
    acts: list[Act] = []
    for _ in range(dice.randint(0, 2) if kind == "plain" else dice.randint(1, 6)):
        acts.append(Act("watch", quarters(dice, 1, 40)))
        acts += draw_act(dice, kind, items, start)
    if dice.random() < 0.5:
        acts += [Act("watch", quarters(dice, 1, 30)), Act("leave")]
    return tuple(acts)


def draw_act(
    dice: random.Random, kind: str, items: tuple[Item, ...], start: float
) -> list[Act]:
    """One act of the viewer or the network."""
    kinds = ["pause", "pause", "stall"]
    if kind != "mute":
        kinds += ["seek", "seek", "pause and seek"]
    if kind in {"playlists", "rich"} and len(items) > 1:
        kinds.append("item")
    if kind == "plain":
        return []
    what = dice.choice(kinds)
    if what in {"pause", "stall"}:
        return [Act(what, quarters(dice, 1, 25))]  # type: ignore[arg-type]
    if what == "item":
        return [Act("item", dice.randrange(len(items)))]
    return [Act(what, start + quarters(dice, 0, 80))]  # type: ignore[arg-type]


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
        heartbeat=dice.choice((10.0, 10.0, 10.0, 7.0)),
        quartiles=dice.random() < 0.5,
        next_by=dice.choice(("content_start", "load")),
        says_number=dice.random() < 0.3,
    )
