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
EDGE = 5000.0
"""The playhead of a livestream when it is joined."""
LONG_AFTER = 2_000.0
"""When nothing more is awaited, not even a planned post-roll that never comes (S26)."""


class Told(NamedTuple):
    """One input of a session; ``at`` in seconds since the viewer pressed play."""

    at: float
    name: str
    fields: dict[str, Any]


# -- the plan -------------------------------------------------------------------------------------


def plan_of(world: World) -> SessionPlan:
    """What is known before anybody presses play."""
    return SessionPlan(
        user_id="viewer",
        contents=[
            Content(asset_id=item.name, duration=item.declared, livestream=item.live or None)
            for item in world.items
        ],
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


# -- clocks ---------------------------------------------------------------------------------------


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
    at = world.manner.phase
    while at <= stretch.end:
        if at > stretch.start:
            yield at
        at += world.manner.every


# -- inputs ---------------------------------------------------------------------------------------


def tell(world: World, truth: Truth) -> list[Told]:
    """All that the player says, in order."""
    return list(Player(world).tell(truth))


class Player:
    """Says what happens."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.beside = 0.0
        """Seconds that a livestream's playhead went on beside the content, under the ads."""

    def tell(self, truth: Truth) -> Iterator[Told]:
        """Every word of it, dressed in this player's manner."""
        for number, each in enumerate(truth):
            if isinstance(each, Stretch):
                words = list(self.progress(each, truth[number + 1]))
                if each.kind in {"ad", "gap"} and self.world.items[each.where.item].live:
                    self.beside += each.end - each.start
            else:
                words = list(self.callback(each, truth[number + 1 :]))
            yield from (Told(at, name, self.dressed(fields)) for at, name, fields in words)

    def dressed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Positions are left out by a mute player; whole numbers may be told as ints."""
        kept = {key: value for key, value in fields.items() if value is not None}
        if self.world.manner.mute:
            kept.pop("position", None)
        if self.world.manner.whole:
            return {key: as_int(value) for key, value in kept.items()}
        return kept

    def position(self, where: Where, passed: float = 0.0) -> float | None:
        """What the clock of what plays shows, some seconds after it was there."""
        if where.spot is not None:
            return None if spot_of(self.world, where).silent else where.seen + passed
        place = where.place + passed * self.world.rate
        return place + EDGE + self.beside if self.world.items[where.item].live else place

    def progress(self, stretch: Stretch, cause: Stretch | Moment) -> Iterator[Told]:
        """The clock that is told while something lasts."""
        moving = stretch.kind in {"content", "ad"}
        manner = self.world.manner  # a report without a place would say that it plays
        standing = stretch.kind in {"pause", "stall"} and manner.at_rest and not manner.mute
        where = stretch.where
        if not (moving or standing) or (
            where.spot is not None and spot_of(self.world, where).silent
        ):
            return
        times = set(polls(self.world, stretch))
        if moving and (self.world.manner.exact or tells_no_position(cause)):
            times.add(stretch.end)
        for at in sorted(times):
            position = self.position(where, at - stretch.start if moving else 0.0)
            yield Told(
                at, "progress" if where.spot is None else "ad_progress", {"position": position}
            )

    def callback(self, moment: Moment, after: Truth) -> Iterator[Told]:
        """What the player says when something happens."""
        at, where = moment.at, moment.where
        here = {"position": self.position(where)}
        match moment.kind:
            case "press":
                yield from self.press(moment)
            case "frame":
                yield self.first_frame(moment)
            case "item":
                yield from self.next_item(moment, after)
            case "learn":
                yield self.learn(moment)
            case "finish":
                yield from self.finish(moment)
            case "seek":
                yield Told(at, "seek_start", {**here, "to": moment.to})
            case "break" | "break over" | "ad" | "ad fails" | "ad ends" | "ad skipped":
                yield self.of_ads(moment)
            case _:
                yield from (Told(at, name, here) for name in PLAIN_WORDS[moment.kind])

    def press(self, moment: Moment) -> Iterator[Told]:
        """Play is wanted."""
        if self.world.rate != 1.0:
            yield Told(moment.at, "update", {"playback_rate": self.world.rate})
        yield Told(moment.at, "play", {"position": self.world.start or None})

    def first_frame(self, moment: Moment) -> Told:
        """Content begins to move: after the startup, a break, or in another item."""
        where = moment.where
        here = {"position": self.position(where)}
        if where.place == 0.0 and self.world.manner.next_by == "content_start":
            return Told(
                moment.at, "content_start", {"asset_id": self.world.items[where.item].name, **here}
            )
        return Told(moment.at, "playing", here)

    def next_item(self, moment: Moment, after: Truth) -> Iterator[Told]:
        """The source is replaced; it may be that only the first frame tells of it."""
        what = next((each.kind for each in after if isinstance(each, Moment)), "")
        if self.world.manner.next_by == "load" or what == "break":
            content = Content(asset_id=self.world.items[moment.where.item].name)
            yield Told(moment.at, "load", {"next_item": True, "content": content})

    def learn(self, moment: Moment) -> Told:
        """The player shows the content's true length."""
        duration: dict[str, Any] = {"duration": self.world.items[moment.where.item].length}
        if self.world.manner.learns_by == "progress":
            duration["position"] = self.position(moment.where)
        return Told(moment.at, self.world.manner.learns_by, duration)

    def finish(self, moment: Moment) -> Iterator[Told]:
        """Everything is over."""
        if self.world.manner.says_end:
            yield Told(moment.at, "end", {"position": self.position(moment.where)})
        else:
            yield Told(moment.at + LONG_AFTER, "tick", {})

    def of_ads(self, moment: Moment) -> Told:
        """What the player says of breaks and ads."""
        assert moment.where.pod is not None
        part = self.world.breaks[moment.where.pod]
        match moment.kind:
            case "break":
                count = len(part.spots) if self.world.manner.says_number else None
                fields = {"ads": count, "pod_id": part.pod_id}
                return Told(moment.at, "ad_break_start", fields)
            case "break over":
                return Told(moment.at, "ad_break_end", {})
            case _:
                return self.of_ad(part, spot_of(self.world, moment.where), moment)

    def of_ad(self, part: Break, spot: Spot, moment: Moment) -> Told:
        """What the player says of one ad."""
        here = {"position": self.position(moment.where)}
        match moment.kind:
            case "ad":
                return Told(moment.at, "ad_start", self.ad_fields(part, spot))
            case "ad fails":
                return Told(moment.at, "ad_error", {"asset_id": spot.name, "reason": "404"})
            case "ad skipped":
                return Told(moment.at, "ad_skip", here)
            case _:
                return Told(moment.at, "ad_end", here)

    def ad_fields(self, part: Break, spot: Spot) -> dict[str, Any]:
        """How an ad is told: one of the plan by its id, or only as the next one of its pod."""
        complete = not any(each.missing or each.fails for each in part.spots)
        nameless = self.world.manner.nameless and part.planned and complete
        return {
            "asset_id": None if nameless else spot.name,
            "duration": None if part.planned else spot.declared,
        }


PLAIN_WORDS = {
    "pause": ("pause",),
    "resume": ("play", "playing"),
    "sought": ("seek_end",),
    "stall": ("buffer_start",),
    "fed": ("buffer_end", "playing"),
    "content over": ("content_end",),
    "leave": ("exit",),
}
"""What is said with the place of what plays, and nothing more."""


def as_int(value: Any) -> Any:
    """A whole float as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def tells_no_position(cause: Stretch | Moment) -> bool:
    """Whether what ends a stretch tells no place of what was playing."""
    return isinstance(cause, Moment) and cause.kind in {"break", "item", "learn"}
