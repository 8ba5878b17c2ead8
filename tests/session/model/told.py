"""What a player tells of a truth: the plan, and the inputs of a session in order."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.session.model.world import (
    QUARTER,
    Break,
    Moment,
    Spot,
    Stretch,
    Truth,
    Where,
    World,
)
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings

T0 = 1_795_432_210
"""When the viewer presses play."""


class Told(NamedTuple):
    """One input of a session; ``at`` in seconds since the viewer pressed play."""

    at: float
    name: str
    fields: dict[str, Any]


def plan_of(world: World) -> SessionPlan:
    """What is known before anybody presses play."""
    return SessionPlan(
        user_id="viewer",
        contents=[Content(asset_id=item.name, duration=item.declared) for item in world.items],
        ad_breaks=[planned(world, part) for part in world.breaks if part.planned],
        settings=Settings(
            heartbeat=world.manner.heartbeat,
            quartiles="emit" if world.manner.quartiles else "off",
        ),
    )


def planned(world: World, part: Break) -> AdBreak:
    """A break as the plan has it."""
    at: Any = {"pre": "start", "post": "end"}.get(part.roll, part.place)
    return AdBreak(
        at=at,
        ads=[Ad(asset_id=spot.name, duration=spot.declared) for spot in part.spots],
        pod_id=part.pod_id,
        content_asset_id=world.items[part.item].name,
    )


def heard(world: World, stretch: Stretch) -> list[float]:
    """When the player tells a position within a stretch, its end included, its start not.

    A clock that nobody tells is looked at every quarter of a second: its beats lie on the grid
    (S42), so all that matters is that each instant is there.
    """
    if is_mute(world, stretch.where):
        count = round((stretch.end - stretch.start) / QUARTER)
        return [stretch.start + QUARTER * (n + 1) for n in range(count)]
    return sorted({*polls(world, stretch), stretch.end})


def is_mute(world: World, where: Where) -> bool:
    """Whether nobody tells the clock of what plays."""
    return world.manner.mute or (where.spot is not None and spot_of(world, where).silent)


def spot_of(world: World, where: Where) -> Spot:
    """The ad that plays."""
    assert where.pod is not None
    assert where.spot is not None
    return world.breaks[where.pod].spots[where.spot]


def polls(world: World, stretch: Stretch) -> Iterator[float]:
    """The times of the player's grid in a stretch, its end included."""
    every = world.manner.every
    at = world.manner.phase
    while at <= stretch.end:
        if at > stretch.start:
            yield at
        at += every


def tell(world: World, truth: Truth) -> list[Told]:
    """All that the player says, in order."""
    told: list[Told] = []
    for number, each in enumerate(truth):
        if isinstance(each, Stretch):
            told += progress(world, each, cause=truth[number + 1])
        else:
            told += callback(world, each, before=truth[max(number - 1, 0)])
    return [Told(each.at, each.name, dressed(world, each.fields)) for each in told]


def dressed(world: World, fields: dict[str, Any]) -> dict[str, Any]:
    """Positions are left out by a mute player; whole numbers may be told as ints."""
    kept = {key: value for key, value in fields.items() if value is not None}
    if world.manner.mute:
        kept.pop("position", None)
    if world.manner.whole:
        return {key: as_int(value) for key, value in kept.items()}
    return kept


def as_int(value: Any) -> Any:
    """A whole float as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def progress(world: World, stretch: Stretch, cause: Stretch | Moment) -> Iterator[Told]:
    """The clock that is told while something lasts."""
    if stretch.kind in {"startup", "gap", "seek"}:
        return
    moving = stretch.kind in {"content", "ad"}
    if is_mute(world, stretch.where) or not (moving or world.manner.at_rest):
        return
    times = set(polls(world, stretch))
    if moving and (world.manner.exact or no_position(cause)):
        times.add(stretch.end)
    for at in sorted(times):
        passed = at - stretch.start if moving else 0.0
        if stretch.where.spot is None:
            yield Told(at, "progress", {"position": stretch.where.place + passed})
        else:
            yield Told(at, "ad_progress", {"position": stretch.where.seen + passed})


def no_position(cause: Stretch | Moment) -> bool:
    """Whether what ends a stretch tells no place of what was playing."""
    return isinstance(cause, Moment) and cause.kind in {"break", "item", "learn"}


def callback(world: World, moment: Moment, before: Stretch | Moment) -> Iterator[Told]:
    """What the player says when something happens."""
    at, where = moment.at, moment.where
    position = where.place if where.spot is None else where.seen
    match moment.kind:
        case "press":
            yield Told(at, "play", {"position": where.place or None})
        case "frame":
            yield first_frame(world, moment)
        case "item":
            if world.manner.next_by == "load":
                name = world.items[where.item].name
                yield Told(at, "load", {"next_item": True, "content": Content(asset_id=name)})
        case "learn":
            yield Told(at, "update", {"duration": world.items[where.item].length})
        case "pause" | "leave" | "finish":
            name = {"pause": "pause", "leave": "exit", "finish": "end"}[moment.kind]
            yield Told(at, name, {"position": position})
        case "resume":
            yield Told(at, "play", {"position": position})
            yield Told(at, "playing", {"position": position})
        case "seek":
            yield Told(at, "seek_start", {"position": position, "to": moment.to})
        case "sought":
            yield Told(at, "seek_end", {"position": position})
        case "stall":
            yield Told(at, "buffer_start", {"position": position})
        case "fed":
            yield Told(at, "buffer_end", {"position": position})
            yield Told(at, "playing", {"position": position})
        case "content over":
            yield Told(at, "content_end", {"position": position})
        case _:
            yield from of_ads(world, moment)
    del before


def first_frame(world: World, moment: Moment) -> Told:
    """Content begins to move: after the startup, a break, or in another item."""
    where = moment.where
    name = world.items[where.item].name
    if where.place == 0.0 and world.manner.next_by == "content_start":
        return Told(moment.at, "content_start", {"asset_id": name, "position": 0.0})
    return Told(moment.at, "playing", {"position": where.place})


def of_ads(world: World, moment: Moment) -> Iterator[Told]:
    """What the player says of breaks and ads."""
    assert moment.where.pod is not None
    part = world.breaks[moment.where.pod]
    if moment.kind == "break":
        count = len(part.spots) if world.manner.says_number else None
        yield Told(moment.at, "ad_break_start", {"ads": count})
    elif moment.kind == "break over":
        yield Told(moment.at, "ad_break_end", {})
    else:
        yield of_ad(part, spot_of(world, moment.where), moment)


def of_ad(part: Break, spot: Spot, moment: Moment) -> Told:
    """What the player says of one ad."""
    position = None if spot.silent else moment.where.seen
    match moment.kind:
        case "ad":
            declared = None if part.planned else spot.declared
            return Told(moment.at, "ad_start", {"asset_id": spot.name, "duration": declared})
        case "ad fails":
            return Told(moment.at, "ad_error", {"asset_id": spot.name, "reason": "404"})
        case "ad skipped":
            return Told(moment.at, "ad_skip", {"position": position})
        case _:
            return Told(moment.at, "ad_end", {"position": position})
