"""The exact events and figures that follow from a truth by the definitions of the rules.

Nothing here knows how the session works. Positions are sums over what was seen (S1), beats are
counted word by word over the playing time (S40 to S45), pods are looked up between borders (S21,
S22). Where the rules leave a margin, :class:`Unclear` says so, and the world is not judged.
"""

import math

import attrs

from tests.session.model.told import heard, is_mute, spot_of
from tests.session.model.world import Break, Moment, Spot, Stretch, Truth, Where, World


class Unclear(Exception):  # noqa: N818 - it is no error of the world
    """The rules do not say what must be told here."""


@attrs.define
class Border:
    """A place where a content pod begins, and its id."""

    place: float
    pod_id: str


@attrs.define
class Beats:
    """The playing time of one pod or ad since its grid began (S40, S41)."""

    every: float
    played: float = 0.0
    due: float = 0.0
    quartile: int = 0
    last: float = -math.inf
    left_to: float = math.inf
    """The known end whose Completed says what a beat would have said (S44)."""

    def restart(self) -> None:
        """The grid begins anew."""
        self.left_to = math.inf
        self.played = 0.0
        self.due = self.every

    def beaten(self) -> None:
        """The next beat falls on the grid, however late this one came."""
        while self.due <= self.played:
            self.due += self.every


def whole(seconds: float | None) -> str:
    """A position or length as it leaves the library (S3)."""
    return "-" if seconds is None else str(math.floor(seconds))


def clock(seconds: float) -> str:
    """A time of day of the viewing."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


class Expectation:
    """Reads a truth from its beginning to its end, and writes down what must be told."""

    def __init__(self, world: World, truth: Truth) -> None:
        self.world = world
        self.truth = truth
        self.rows: list[str] = []
        self.lengths = [item.declared for item in world.items]
        self.furthest = [0.0 for _ in world.items]
        self.begun: set[int] = set()
        self.seen: dict[tuple[int, int], float] = {}
        self.spot_lengths = {
            (n, m): spot.declared
            for n, part in enumerate(world.breaks)
            for m, spot in enumerate(part.spots)
        }
        self.known_spots = {
            (n, m)
            for n, part in enumerate(world.breaks)
            if part.planned
            for m, _ in enumerate(part.spots)
        }
        self.overrun: set[tuple[int, int]] = set()
        self.now_ad: tuple[int, int] | None = None
        self.beats = Beats(world.manner.heartbeat)
        self.pod: str | None = None
        self.ad_pods = self.name_ad_pods()
        self.borders = self.name_pods()
        self.paused = False

    # -- ids (S12) ------------------------------------------------------------------------------

    def name_ad_pods(self) -> dict[int, str]:
        """Planned breaks are numbered along the timeline; a caller's own id wins."""
        order = {"pre": 0, "mid": 1, "post": 2}
        planned = [n for n, part in enumerate(self.world.breaks) if part.planned]

        def place(number: int) -> tuple[int, int, float]:
            part = self.world.breaks[number]
            return part.item, order[part.roll], part.place

        names: dict[int, str] = {}
        self.ad_pods_named = 0
        for number in sorted(planned, key=place):
            names[number] = self.next_ad_pod(self.world.breaks[number])
        return names

    def next_ad_pod(self, part: Break) -> str:
        """The id of a break that appears now."""
        self.ad_pods_named += 1
        return part.pod_id or f"ad-{self.ad_pods_named}"

    def name_pods(self) -> list[list[Border]]:
        """The planned mid-rolls part each item into pods, numbered along the timeline."""
        self.pods_named = 0
        return [
            [
                self.next_border(place)
                for place in sorted(
                    [0.0, *(b.place for b in self.world.breaks if self.parts(number, b))]
                )
            ]
            for number, _ in enumerate(self.world.items)
        ]

    def parts(self, item: int, part: Break) -> bool:
        """Whether a break is a planned mid-roll of this item."""
        return part.item == item and part.roll == "mid" and part.planned

    def next_border(self, place: float) -> Border:
        """A pod that appears now."""
        self.pods_named += 1
        return Border(place, f"content-{self.pods_named}")

    def pod_at(self, where: Where) -> str:
        """The pod in which a content place lies."""
        return [b.pod_id for b in self.borders[where.item] if b.place <= where.place][-1]

    # -- positions and lengths ------------------------------------------------------------------

    def session_place(self, where: Where) -> float:
        """S1: content, lengths left behind, and the ads of breaks at or before the place."""
        behind = sum(self.length_left_behind(item) for item in self.begun if item < where.item)
        return where.place + behind + sum(self.ads_counted(where))

    def length_left_behind(self, item: int) -> float:
        """S1: of one without a length, how far it was watched."""
        length = self.lengths[item]
        return self.furthest[item] if length is None else length

    def ads_counted(self, where: Where) -> list[float]:
        """The seconds of each ad that count at this place."""
        counted = []
        for (number, ad), seconds in self.seen.items():
            part = self.world.breaks[number]
            if part.item < where.item and part.item in self.begun:
                counted.append(seconds)
            elif number == where.pod:
                counted += [seconds] if where.spot is None or ad < where.spot else []
            elif part.item == where.item and part.place <= where.place:
                counted.append(seconds)
        if where.spot is not None:
            counted.append(where.seen)
        return counted

    def spot_length(self, key: tuple[int, int]) -> float | None:
        """S5, S80: what is known of an ad's length now."""
        return None if key in self.overrun else self.spot_lengths[key]

    def total(self) -> float | None:
        """S4: all contents and all ads known so far; S80: of an ad of unknown length, what played."""
        if any(length is None for length in self.lengths):
            return None
        ads = [
            self.seen.get(key, 0.0) if length is None else length
            for key in self.known_spots
            for length in [self.spot_length(key)]
        ]
        return sum(length for length in self.lengths if length is not None) + sum(ads)

    # -- rows -----------------------------------------------------------------------------------

    def say(self, at: float, name: str, position: str, length: str, *ids: str) -> None:
        """Write an event down."""
        self.rows.append(" ".join([clock(at), name, f"{position}/{length}", *ids]))

    def say_playback(self, at: float, name: str, where: Where, *more: str) -> None:
        """A playback event, with the ids of what plays (S34)."""
        position, total = whole(self.session_place(where)), whole(self.total())
        self.say(at, f"Playback {name}", position, total, *self.playing(where), *more)

    def playing(self, where: Where) -> list[str]:
        """The ids of what plays."""
        if where.spot is not None:
            assert where.pod is not None
            part = self.world.breaks[where.pod]
            ad = f"{self.ad_pods[where.pod]}/{part.spots[where.spot].name}"
            return [f"@{ad}", f"{part.roll}-roll"]
        return [f"@{self.world.items[where.item].name}/{self.pod}"] if self.pod else []

    def say_content(self, at: float, name: str, where: Where) -> None:
        """A content event: S2, S5."""
        length = self.lengths[where.item]
        place = where.place
        if name == "Completed" and length is not None and abs(place - length) <= 1:
            place = length
        ids = f"{self.world.items[where.item].name}/{self.pod}"
        self.say(at, f"Content {name}", whole(place), whole(length), ids)

    def say_ad(self, at: float, name: str, where: Where, *more: str) -> None:
        """An ad event: S2, S5, S12."""
        assert where.pod is not None
        assert where.spot is not None
        part = self.world.breaks[where.pod]
        length = self.spot_length((where.pod, where.spot))
        count = len(part.spots) if part.planned or self.world.manner.says_number else None
        self.say(
            at,
            f"Ad {name}",
            whole(where.seen),
            whole(length),
            f"{self.ad_pods[where.pod]}/{part.spots[where.spot].name}",
            f"{part.roll}-roll",
            f"{where.spot + 1} of {'-' if count is None else count}",
            *more,
        )

    # -- beats ----------------------------------------------------------------------------------

    def beat(self, at: float, where: Where, *more: str) -> None:
        """A heartbeat of what plays."""
        self.beats.last = at
        if where.spot is None:
            self.say_content(at, "Playing", where)
        else:
            self.say_ad(at, "Playing", where, *more)

    def known_end(self, where: Where) -> float | None:
        """S44: where the pod or ad will end, as far as anybody knows."""
        if where.spot is not None:
            assert where.pod is not None
            return self.spot_length((where.pod, where.spot))
        ends = [
            part.place
            for number, part in enumerate(self.world.breaks)
            if self.parts(where.item, part) and part.place >= where.place
            if any(border.place == part.place for border in self.borders[where.item])
        ]
        length = self.lengths[where.item]
        return min([*ends, *([] if length is None else [length])], default=None)

    def place_of(self, where: Where) -> float:
        """The place of what plays, on its own clock."""
        return where.place if where.spot is None else where.seen

    def play(self, stretch: Stretch) -> None:
        """Count what plays, word by word."""
        before = stretch.start
        for at in heard(self.world, stretch):
            where = moved(stretch, at - stretch.start)
            self.beats.played += at - before
            before = at
            self.notice(where)
            self.word(at, where)

    def notice(self, where: Where) -> None:
        """Keep what was seen, and see lengths that were wrong (S80)."""
        if where.spot is None:
            self.furthest[where.item] = max(self.furthest[where.item], where.place)
            length = self.lengths[where.item]
            if length is not None and where.place > length + 1:
                self.lengths[where.item] = None
            self.pass_borders(where)
            return
        assert where.pod is not None
        key = where.pod, where.spot
        self.seen[key] = where.seen
        length = self.spot_lengths[key]
        if length is not None and where.seen > length + 1:
            self.overrun.add(key)

    def pass_borders(self, where: Where) -> None:
        """S22: a border whose break was passed by playing without an ad is none any more."""
        if self.pod is None:
            return
        borders = self.borders[where.item]
        current = [border.pod_id for border in borders].index(self.pod)
        for border in borders[current + 1 :]:
            if where.place > border.place:
                borders.remove(border)

    def word(self, at: float, where: Where) -> None:
        """The player has told its position: what is due is told (S42, S45)."""
        place, end = self.place_of(where), self.known_end(where)
        if place > self.beats.left_to:
            raise Unclear("a beat was left to an end that did not come")
        due = self.beats.played >= self.beats.due
        quartile = self.quartile(where)
        if quartile > self.beats.quartile:
            self.tell_quartile(at, where, quartile)
            return
        if not due:
            return
        if end is not None and end - 1 < place:
            self.beats.beaten()
            self.beats.left_to = end  # Completed says it (S44)
            return
        if self.quartile(where) < self.quartile(moved_on(where, 1.0)):
            raise Unclear("a quartile within a second after a beat")
        self.beat(at, where)
        self.beats.beaten()

    def quartile(self, where: Where) -> int:
        """S45: how many quarters of the ad have passed, of those that are told."""
        if where.spot is None or not self.world.manner.quartiles:
            return 0
        assert where.pod is not None
        length = self.spot_length((where.pod, where.spot))
        return 0 if length is None else min(int(where.seen * 4 / length), 3)

    def tell_quartile(self, at: float, where: Where, quartile: int) -> None:
        """S45: a quartile, with the beat that falls within a second of it."""
        if 0 < at - self.beats.last <= 1:
            raise Unclear("a quartile just after a beat")
        self.beats.quartile = quartile
        self.beat(at, where, f"q{quartile}")
        ahead = self.beats.due - self.beats.played
        if 0 < ahead < 1:
            self.beats.due += self.beats.every
        elif ahead == 1:
            raise Unclear("a beat exactly a second after a quartile")
        self.beats.beaten()

    # -- what happens ---------------------------------------------------------------------------

    def read(self) -> list[str]:
        """All rows."""
        for each in self.truth:
            if isinstance(each, Moment):
                name = each.kind.replace(" ", "_")
                getattr(self, f"on_{name}")(each)
            elif each.kind in {"content", "ad"}:
                self.play(each)
        return self.rows

    def on_press(self, moment: Moment) -> None:
        """S25, S52: Playback Started, with all that is planned."""
        items = ",".join(item.name for item in self.world.items)
        pods = ",".join(border.pod_id for borders in self.borders for border in borders)
        ads = [
            f"{self.ad_pods[number]}/{spot.name}/{self.world.breaks[number].roll}-roll"
            for number in self.ad_pods
            for spot in self.world.breaks[number].spots
        ]
        position, total = whole(self.session_place(moment.where)), whole(self.total())
        self.say(moment.at, "Playback Started", position, total, items, pods, ",".join(ads))

    def on_frame(self, moment: Moment) -> None:
        """S20, S21: content begins to move, in the pod in which it lies."""
        self.begun.add(moment.where.item)
        self.pod = self.pod_at(moment.where)
        self.say_content(moment.at, "Started", moment.where)
        self.beats.restart()

    def on_learn(self, moment: Moment) -> None:
        """S5: the newest length counts."""
        self.lengths[moment.where.item] = self.world.items[moment.where.item].length

    def on_break(self, moment: Moment) -> None:
        """S21: the pod is completed before the first ad; a break of its own place is a border."""
        assert moment.where.pod is not None
        part = self.world.breaks[moment.where.pod]
        if moment.where.pod not in self.ad_pods:
            self.ad_pods[moment.where.pod] = self.next_ad_pod(part)
        if part.roll != "mid":
            return
        self.say_content(moment.at, "Completed", moment.where)
        borders = self.borders[moment.where.item]
        if not any(border.place == part.place for border in borders):
            borders.append(self.next_border(part.place))
            borders.sort(key=lambda border: border.place)

    def on_ad(self, moment: Moment) -> None:
        """S71: an ad's first frame; an ad seen again replaces what was seen of it (S1)."""
        assert moment.where.pod is not None
        assert moment.where.spot is not None
        key = moment.where.pod, moment.where.spot
        self.begun.add(moment.where.item)
        self.known_spots.add(key)
        self.seen[key] = 0.0
        self.say_ad(moment.at, "Started", moment.where)
        self.beats = Beats(self.world.manner.heartbeat)
        self.beats.restart()

    def on_ad_fails(self, moment: Moment) -> None:
        """S4, S71: dropped, with no event."""
        assert moment.where.pod is not None
        assert moment.where.spot is not None
        self.known_spots.discard((moment.where.pod, moment.where.spot))

    def on_ad_ends(self, moment: Moment) -> None:
        """S72, S80, S90: completed, unless it ended well before its length."""
        assert moment.where.pod is not None
        assert moment.where.spot is not None
        key = moment.where.pod, moment.where.spot
        seen, declared = moment.where.seen, self.spot_lengths[key]
        self.seen[key] = seen
        if declared is not None and seen < declared - min(1, declared / 4):
            return
        if declared is not None and abs(seen - declared) > 1:
            self.spot_lengths[key] = seen
            self.overrun.discard(key)
        self.say_ad(moment.at, "Completed", moment.where)
        if declared is None:
            self.spot_lengths[key] = seen

    def on_ad_skipped(self, moment: Moment) -> None:
        """S13: no Completed."""
        assert moment.where.pod is not None
        assert moment.where.spot is not None
        self.seen[moment.where.pod, moment.where.spot] = moment.where.seen

    def on_break_over(self, moment: Moment) -> None:
        """S30: never Resumed after a break."""

    def on_item(self, moment: Moment) -> None:
        """S24: the old pod is over; the next one begins with its first frame."""
        self.pod = None

    def on_pause(self, moment: Moment) -> None:
        """S30, S31: told at once."""
        self.paused = True
        self.say_playback(moment.at, "Paused", moment.where)

    def on_resume(self, moment: Moment) -> None:
        """S41, S43: a beat at once, and the grid begins anew."""
        self.paused = False
        self.say_playback(moment.at, "Resumed", moment.where)
        end = self.known_end(moment.where)
        if end is None or end - self.place_of(moment.where) >= 1:
            self.beat(moment.at, moment.where)
        self.beats.restart()

    def on_seek(self, moment: Moment) -> None:
        """S33: where the viewer left, and what he sought."""
        there = self.session_place(attrs.evolve(moment.where, place=moment.to))
        self.say_playback(moment.at, "Seek Started", moment.where, f">{whole(there)}")

    def on_sought(self, moment: Moment) -> None:
        """S22, S33: where playback goes on; another pod is started."""
        there = self.session_place(moment.where)
        left, self.pod = self.pod, self.pod_at(moment.where)
        self.say_playback(moment.at, "Seek Completed", moment.where, f">{whole(there)}")
        if self.pod != left:
            self.say_content(moment.at, "Started", moment.where)
        self.beats.restart()

    def on_stall(self, moment: Moment) -> None:
        """S32."""
        self.say_playback(moment.at, "Buffer Started", moment.where)

    def on_fed(self, moment: Moment) -> None:
        """S32."""
        self.say_playback(moment.at, "Buffer Completed", moment.where)

    def on_content_over(self, moment: Moment) -> None:
        """S23, S75, S80: content is completed before the post-roll."""
        item = moment.where.item
        declared = self.world.items[item].declared
        if self.lengths[item] is None and declared is not None:
            self.lengths[item] = moment.where.place
        elif self.lengths[item] is not None and moment.where.place < self.lengths[item] - 1:
            self.lengths[item] = moment.where.place
        self.say_content(moment.at, "Completed", moment.where)
        if self.lengths[item] is None:
            self.lengths[item] = moment.where.place

    def on_leave(self, moment: Moment) -> None:
        """S26: terminal, with open pods left open."""
        self.say_playback(moment.at, "Exited", moment.where)

    def on_finish(self, moment: Moment) -> None:
        """S7: the actual position."""
        self.say(
            moment.at,
            "Playback Completed",
            whole(self.session_place(moment.where)),
            whole(self.total()),
        )


def moved_on(where: Where, seconds: float) -> Where:
    """A place a little further on."""
    return attrs.evolve(where, place=where.place + seconds, seen=where.seen + seconds)


def moved(stretch: Stretch, passed: float) -> Where:
    """Where a stretch of playing has come to."""
    if stretch.where.spot is None:
        return attrs.evolve(stretch.where, place=stretch.where.place + passed)
    return attrs.evolve(stretch.where, seen=stretch.where.seen + passed)


def expected_rows(world: World, truth: Truth) -> list[str]:
    """What must be told of this truth.

    Raises:
        Unclear: The rules do not say it.
    """
    return Expectation(world, truth).read()


# -- figures ------------------------------------------------------------------------------------

BUCKET_OF = {
    "content": "content_played",
    "ad": "ad_played",
    "pause": "paused",
    "stall": "buffering",
    "seek": "seeking",
}


def expected_figures(world: World, truth: Truth, rows: list[str]) -> dict[str, float]:
    """The figures of the summary, each as a plain sum or count over the truth."""
    figures: dict[str, float] = dict.fromkeys(BUCKET_OF.values(), 0.0)
    for each in truth:
        if isinstance(each, Stretch) and each.kind in BUCKET_OF:
            figures[BUCKET_OF[each.kind]] += each.end - each.start
    figures["unique_seconds"] = unique_seconds(world, truth)
    kinds = [each.kind for each in truth if isinstance(each, Moment)]
    names = [row.split(" ", 1)[1] for row in rows]
    figures["pauses"] = kinds.count("pause")
    figures["seeks"] = kinds.count("seek")
    figures["rebuffers"] = kinds.count("stall")
    figures["ads_started"] = kinds.count("ad")
    figures["ads_failed"] = kinds.count("ad fails")
    figures["ads_completed"] = sum(name.startswith("Ad Completed") for name in names)
    return figures


def unique_seconds(world: World, truth: Truth) -> float:
    """How much of the contents was seen at least once, by marking each quarter of a second."""
    marked: set[tuple[int, int]] = set()
    for each in truth:
        if isinstance(each, Stretch) and each.kind == "content":
            first = round(each.where.place * 4)
            count = round((each.end - each.start) * 4)
            marked |= {(each.where.item, first + n) for n in range(count)}
    del world
    return len(marked) / 4


__all__ = ["Spot", "Unclear", "expected_figures", "expected_rows", "is_mute", "spot_of"]
