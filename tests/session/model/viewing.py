"""Lets a world happen: the viewer's way through it, and the truth that comes of it."""

from typing import Literal

import attrs

from tests.session.model.world import (
    QUARTER,
    Act,
    Break,
    Item,
    Moment,
    MomentKind,
    Roll,
    Stretch,
    StretchKind,
    Truth,
    Where,
    World,
)

CLEAR = 1.75
"""How far the viewer's acts stay away from borders, where S31, S44 and S90 begin to doubt."""
LATE = 0.5
"""How long before an end a late pause comes."""
SETTLED = 6.0
"""How far past a break without an ad it is certain that none comes (S12: 5 s)."""


class Viewing:
    """The viewer's way through a world; :attr:`truth` is what happens."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.truth: Truth = []
        self.now = 0.0
        self.where = Where(0, world.start)
        self.over = False
        self.played: set[int] = set()
        self.entered: set[int] = set()
        self.learned: set[int] = set()
        self.since = 0.0
        """Seconds of content played since it last began."""

    # -- writing down ---------------------------------------------------------------------------

    def happens(self, kind: MomentKind, to: float = 0.0) -> None:
        """Write a moment down."""
        self.truth.append(Moment(kind, self.now, self.where, to))

    def lasts(self, kind: StretchKind, seconds: float) -> None:
        """Let something last, and the place move with it where it does."""
        if seconds <= 0:
            return
        end = self.now + seconds
        last = self.truth[-1] if self.truth else None
        if isinstance(last, Stretch) and last.kind == kind:
            self.truth[-1] = attrs.evolve(last, end=end)
        else:
            self.truth.append(Stretch(kind, self.now, end, self.where))
        self.now = end
        if kind == "content":
            self.since += seconds
            place = self.where.place + seconds * self.world.rate
            self.where = attrs.evolve(self.where, place=place)
        elif kind == "ad":
            self.where = attrs.evolve(self.where, seen=self.where.seen + seconds)

    # -- borders --------------------------------------------------------------------------------

    @property
    def item(self) -> Item:
        """The content that is on."""
        return self.world.items[self.where.item]

    def here(self) -> list[tuple[int, Break]]:
        """The mid-rolls of this item."""
        numbered = enumerate(self.world.breaks)
        return [(n, b) for n, b in numbered if b.item == self.where.item and b.roll == "mid"]

    def will_play(self, number: int) -> bool:
        """Whether this break plays when the playhead runs into it."""
        part = self.world.breaks[number]
        return part.comes and (part.again or number not in self.played)

    def unclear(self, place: float) -> bool:
        """Whether the viewer had better not act at this place of the content."""
        declared = [length for length in (self.item.length, self.item.declared) if length]
        if any(abs(place - length) < CLEAR for length in declared):
            return True
        for number, part in self.here():
            late = CLEAR if self.will_play(number) else SETTLED
            if part.place - CLEAR < place < part.place + late and place != part.place:
                return True
            if place == part.place and number not in self.played:
                return True
        return False

    def unclear_in_ad(self) -> bool:
        """Whether the viewer had better not act at this place of the ad."""
        if self.where.spot is None:
            return True
        spot = self.world.breaks[self.where.pod or 0].spots[self.where.spot]
        ends = [end for end in (spot.watched, spot.length, spot.declared) if end is not None]
        near = [abs(end - self.where.seen) < CLEAR for end in ends]
        return any(near) or self.where.seen < 2 * QUARTER

    # -- playing --------------------------------------------------------------------------------

    def begin(self) -> None:
        """Press play, wait for the first frame, run into the pre-roll if there is one."""
        self.happens("press")
        self.lasts("startup", self.world.startup)
        self.enter()

    def leave_at_once(self) -> None:
        """Press play, and leave before the first frame."""
        self.happens("press")
        self.lasts("startup", self.world.startup)
        self.over = True
        self.happens("leave")

    def enter(self) -> None:
        """An item begins: the first time with its pre-roll."""
        first = self.where.item not in self.entered
        self.entered.add(self.where.item)
        if not (first and self.open_break("pre")):
            self.frame()

    def frame(self) -> None:
        """Content begins to move."""
        self.since = 0.0
        self.happens("frame")

    def play(self, seconds: float) -> None:
        """Content and ads play for so long, whatever begins and ends in it."""
        left = seconds
        while left > 0 and not self.over:
            left -= self.run(left)

    def run(self, limit: float) -> float:
        """Play to the next border, at most for ``limit`` seconds; how long it was."""
        if self.where.spot is not None:
            assert self.where.pod is not None
            spot = self.world.breaks[self.where.pod].spots[self.where.spot]
            passed = min(limit, spot.watched - self.where.seen)
            self.lasts("ad", passed)
            if self.where.seen >= spot.watched:
                self.happens("ad ends" if spot.skip_at is None else "ad skipped")
                self.next_ad()
            return passed
        return self.run_content(limit)

    def run_content(self, limit: float) -> float:
        """Play content to the next break that plays, or to its end."""
        stop = self.next_stop()
        passed = min(limit, (stop - self.where.place) / self.world.rate)
        self.lasts("content", passed)
        if self.where.place == self.to_learn():
            self.learned.add(self.where.item)
            self.happens("learn")
        if self.where.place == self.item.length:
            self.happens("content over")
            if not self.open_break("post"):
                self.next_item()
        elif self.where.place == stop:
            self.open_break("mid")
        return passed

    def next_stop(self) -> float:
        """Where something happens next when content plays on."""
        place = self.where.place
        ahead = [b.place for n, b in self.here() if b.place > place and self.will_play(n)]
        told = self.to_learn()
        learns = [told] if told is not None and told > place else []
        return min([*ahead, *learns, self.item.length])

    def to_learn(self) -> float | None:
        """Where the player will learn this item's length, if it has not yet."""
        return None if self.where.item in self.learned else self.item.told_at

    # -- breaks ---------------------------------------------------------------------------------

    def open_break(self, roll: Roll) -> bool:
        """Open the break of this kind that stands here and plays; whether there is one."""
        for number, part in enumerate(self.world.breaks):
            fits = part.item == self.where.item and part.roll == roll
            stands = roll == "pre" or part.place == self.where.place
            if fits and stands and self.will_play(number):
                self.played.add(number)
                self.where = attrs.evolve(self.where, pod=number)
                self.happens("break")
                self.next_ad()
                return True
        return False

    def next_ad(self) -> None:
        """The next ad of the open break begins, or the break is over."""
        assert self.where.pod is not None
        part = self.world.breaks[self.where.pod]
        number = -1 if self.where.spot is None else self.where.spot
        self.where = attrs.evolve(self.where, spot=None, seen=0.0)
        self.lasts("gap", self.world.manner.gap)
        for spot in () if part.empty else part.spots[number + 1 :]:
            number += 1
            there = attrs.evolve(self.where, spot=number)
            if spot.fails:
                self.where, here = there, self.where
                self.happens("ad fails")
                self.where = here
            elif not spot.missing:
                self.where = there
                self.happens("ad")
                return
        self.happens("break over")
        self.where = attrs.evolve(self.where, pod=None)
        if part.roll == "post":
            self.next_item()
        else:
            self.lasts("gap", self.world.manner.gap)
            self.frame()

    # -- items ----------------------------------------------------------------------------------

    def next_item(self) -> None:
        """What follows the end of an item."""
        if self.where.item + 1 < len(self.world.items):
            self.turn_to(self.where.item + 1, self.world.manner.gap)
        else:
            self.over = True
            self.happens("finish")

    def turn_to(self, item: int, gap: float = 0.0) -> None:
        """Another item of the playlist begins at 0."""
        self.where = Where(item, 0.0)
        self.happens("item")
        self.lasts("gap", gap)
        self.enter()

    # -- acting ---------------------------------------------------------------------------------

    def settle(self, *, in_ad: bool = True) -> None:
        """Play on to where an act is clear of every doubt."""
        while not self.over and self.doubtful(in_ad=in_ad):
            self.run(QUARTER / self.world.rate)

    def doubtful(self, *, in_ad: bool) -> bool:
        """Whether an act would fall into a margin here."""
        if self.where.spot is not None:
            return not in_ad or self.unclear_in_ad()
        return self.since < 1 or self.unclear(self.where.place)

    def act(self, act: Act) -> None:
        """Do one act, where it makes sense."""
        if act.kind == "watch":
            return self.play(act.amount)
        if act.kind == "late pause":
            return self.pause_late(act.amount)
        self.settle(in_ad=act.kind not in {"seek", "pause and seek", "item"})
        if self.over:
            return None
        if act.kind in {"leave", "give up"}:
            self.leave(paused=act.kind == "give up")
        elif act.kind == "item":
            self.change_item(int(act.amount))
        elif act.kind in {"seek", "pause and seek"}:
            self.seek(act.amount, paused=act.kind == "pause and seek")
        elif act.kind == "pause":
            self.halt("pause", "resume", act.amount)
        else:
            self.halt("stall", "fed", act.amount)
        return None

    def leave(self, *, paused: bool) -> None:
        """The viewer leaves, perhaps out of a pause."""
        if paused:
            self.happens("pause")
            self.lasts("pause", 5.0)
        self.over = True
        self.happens("leave")

    def pause_late(self, seconds: float) -> None:
        """S31: pause where the player itself might, half a second before a known end."""
        left = self.to_known_end() - LATE
        if left < CLEAR:
            return
        self.play(left)
        self.halt("pause", "resume", max(seconds, 3.0))

    def to_known_end(self) -> float:
        """How long what plays goes on to an end of which everybody knows; 0 if there is none."""
        if self.where.spot is not None:
            spot = self.world.breaks[self.where.pod or 0].spots[self.where.spot]
            known = spot.declared == spot.watched and not spot.silent
            return spot.watched - self.where.seen if known else 0.0
        stop = self.next_stop()
        planned = [b.place for n, b in self.here() if b.planned and n not in self.played]
        known = stop in planned or stop == self.item.length == self.item.declared
        return (stop - self.where.place) / self.world.rate if known else 0.0

    def change_item(self, item: int) -> None:
        """The viewer chooses another item, unless he is at the start of this one."""
        if item < len(self.world.items) and item != self.where.item and self.where.place >= 6:
            self.turn_to(item)

    def halt(
        self, kind: Literal["pause", "stall"], end: Literal["resume", "fed"], seconds: float
    ) -> None:
        """A pause or a stall."""
        self.happens(kind)
        self.lasts(kind, seconds)
        self.happens(end)

    def seek(self, to: float, *, paused: bool) -> None:
        """Seek in the content, to the nearest place that is clear of borders."""
        end = min(self.item.length, self.item.declared or self.item.length) - CLEAR
        while self.unclear(to) and to < end:
            to += QUARTER
        if to >= end:
            return
        if paused:
            self.happens("pause")
            self.lasts("pause", 3.0)
        self.happens("seek", to)
        self.lasts("seek", 2 * QUARTER)
        self.where = attrs.evolve(self.where, place=to)
        self.happens("sought")
        if paused:
            self.lasts("pause", 2.0)
            self.happens("resume")


def watch(world: World) -> Truth:
    """What happens in this world, in order."""
    viewing = Viewing(world)
    if world.acts[:1] == (Act("leave"),):
        viewing.leave_at_once()
    else:
        viewing.begin()
    for act in world.acts:
        if not viewing.over:
            viewing.act(act)
    while not viewing.over:
        if viewing.item.live:  # it has no end
            viewing.act(Act("leave"))
        else:
            viewing.play(60.0)
    return viewing.truth
