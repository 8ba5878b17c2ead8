"""The exact events that follow from a truth by the definitions of the rules.

Nothing here knows how the session works: positions are sums over what was seen, beats are counted
word by word over the playing time, pods are looked up between borders. Where the rules leave a
margin, :class:`Unclear` says so, and the world is not judged.
"""

import math

import attrs

from tests.session.model.beats import Beats
from tests.session.model.pods import Pods, parts
from tests.session.model.sums import Sums, ad_of
from tests.session.model.told import heard, is_mute
from tests.session.model.world import Moment, Stretch, Truth, Where, World

PAUSE_TIMEOUT = 1800.0
"""Seconds of silence in a pause after which it is interrupted (S26)."""
JUST_BEFORE = 2.0
"""Seconds before a change of items in which a length may be the next one's (S80)."""
DUE = 5.0
"""Seconds of content after its place, or after a seek over it, for which a break is due (S12)."""


class Unclear(Exception):  # noqa: N818 - it is no error of the world
    """The rules do not say what must be told here."""


def expected_rows(world: World, truth: Truth) -> list[str]:
    """What must be told of this truth, an event a row.

    Raises:
        Unclear: The rules do not say it.
    """
    return Expectation(world).read(truth)


def whole(seconds: float | None) -> str:
    """A position or length as it leaves the library (S3)."""
    return "-" if seconds is None else str(math.floor(seconds))


def clock(seconds: float) -> str:
    """A time of the viewing."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


class Speech:
    """Writes rows: time, event, position/length, ids."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: list[str] = []
        self.sums = Sums(world)
        self.pods = Pods(world)

    def say(self, at: float, name: str, position: float, length: float | None, *ids: str) -> None:
        """Write an event down."""
        self.rows.append(" ".join([clock(at), name, f"{whole(position)}/{whole(length)}", *ids]))

    def say_playback(self, at: float, name: str, where: Where, *ids: str) -> None:
        """A playback event: S1, S4."""
        position, total = self.sums.session_place(where), self.sums.total()
        self.say(at, f"Playback {name}", position, total, *ids)

    def say_now(self, at: float, name: str, where: Where, *more: str) -> None:
        """A playback event with the ids of what plays (S34)."""
        self.say_playback(at, name, where, *self.playing(where), *more)

    def playing(self, where: Where) -> list[str]:
        """The ids of what plays."""
        if where.pod is not None:
            if where.spot is None:
                raise Unclear("what plays between two ads")
            return [f"@{self.ad_ids(where)}", f"{self.world.breaks[where.pod].roll}-roll"]
        name = self.world.items[where.item].name
        return [f"@{name}/{self.pods.current}"] if self.pods.current else []

    def ad_ids(self, where: Where) -> str:
        """Its pod and its own id; a nameless one is called after its place (S12)."""
        assert where.pod is not None
        assert where.spot is not None
        return (
            f"{self.pods.of_ads[where.pod]}/{self.world.breaks[where.pod].spots[where.spot].name}"
        )

    def say_content(self, at: float, name: str, where: Where) -> None:
        """A content event: S2, S3, S5."""
        length = self.sums.lengths[where.item]
        at_end = name == "Completed" and length is not None and abs(where.place - length) <= 1
        ids = f"{self.world.items[where.item].name}/{self.pods.current}"
        place = length if at_end and length is not None else where.place
        self.say(at, f"Content {name}", place, length, ids)

    def say_ad(self, at: float, name: str, where: Where, *more: str) -> None:
        """An ad event: S2, S5, S10, S12."""
        assert where.pod is not None
        assert where.spot is not None
        part = self.world.breaks[where.pod]
        told = part.planned or self.world.manner.says_number
        place = f"{where.spot + 1} of {len(part.spots) if told else '-'}"
        length = self.sums.ad_length((where.pod, where.spot))
        ids = self.ad_ids(where), f"{part.roll}-roll", place
        seen = where.seen if length is None else min(where.seen, length)
        self.say(at, f"Ad {name}", seen, length, *ids, *more)


class Counting(Speech):
    """Counts the playing time word by word, and tells the beats and quartiles that fall due."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.beats = Beats(world.manner.heartbeat)
        self.last = self.left = Where(0, world.start)
        """Where content was heard last, and where its item was left."""

    def play(self, stretch: Stretch) -> None:
        """What plays moves on from word to word."""
        before = stretch.start
        for at in heard(self.world, stretch):
            where = moved(stretch.where, at - stretch.start, self.world.rate)
            self.beats.played += at - before
            before = at
            self.sums.see(where)
            if where.spot is None:
                self.pods.pass_by(where)
            self.word(at, where)

    def word(self, at: float, where: Where) -> None:
        """The player has told its position: what is due is told (S42, S45)."""
        self.last = where if where.spot is None else self.last
        if place_of(where) > self.beats.left_to:
            raise Unclear("a beat was left to an end that did not come")
        quartile = self.quartile(where)
        if quartile > self.beats.quartile:
            self.tell_quartile(at, where, quartile)
        elif self.beats.played >= self.beats.due:
            self.tell_beat(at, where)

    def tell_beat(self, at: float, where: Where) -> None:
        """S42, S44: a beat with the word's time and place, unless Completed will say it."""
        end = self.known_end(where)
        if end is not None and end - 1 < place_of(where):
            self.beats.left_to = end
        elif quartile_within_a_second(self.quartile, where):
            raise Unclear("a quartile within a second after a beat")
        else:
            self.beat(at, where)
        self.beats.told()

    def beat(self, at: float, where: Where, *more: str) -> None:
        """A heartbeat of what plays."""
        self.beats.last = at
        if where.spot is None:
            self.say_content(at, "Playing", where)
        else:
            self.say_ad(at, "Playing", where, *more)

    def quartile(self, where: Where) -> int:
        """S45: how many quarters of the ad have passed, of those that are told."""
        ad = ad_of(where)
        length = None if ad is None else self.sums.ad_length(ad)
        if length is None or not self.world.manner.quartiles:
            return 0
        if is_mute(self.world, where):
            raise Unclear("when the quartiles of an ad are told whose clock nobody tells")
        return min(int(where.seen * 4 / length), 3)

    def tell_quartile(self, at: float, where: Where, quartile: int) -> None:
        """S45: the highest one passed, with the beat that falls within a second of it."""
        if 0 < at - self.beats.last <= 1:
            raise Unclear("a quartile just after a beat")
        self.beats.quartile = quartile
        self.beat(at, where, f"q{quartile}")
        if not self.beats.merge():
            raise Unclear("a beat exactly a second after a quartile")

    def known_end(self, where: Where) -> float | None:
        """S44: where the pod or ad will end, as far as anybody knows."""
        ad = ad_of(where)
        if ad is not None:
            return self.sums.ad_length(ad)
        length = self.sums.lengths[where.item]
        ends = [] if length is None else [length]
        ends += [border.place for border in self.pods.ahead(where)[:1]]
        self.shun_old_borders(where)
        return min(ends, default=None)

    def shun_old_borders(self, where: Where) -> None:
        """A break that was seen, or that did not come, may come when its place is passed again."""
        borders = self.pods.ahead(where)[:1]
        known = {border.place for border in self.pods.borders[where.item]}
        lost = [
            part.place
            for part in self.world.breaks
            if parts(where.item, part) and part.place not in known
        ]
        seen = [b.place for b in borders if (where.item, b.place) in self.pods.broken]
        if any(-1 < where.place - place <= 0 for place in (*lost, *seen)):
            raise Unclear("whether a break comes when its place is passed again")


def quartile_within_a_second(quartile: object, where: Where) -> bool:
    """Whether a quartile lies within a second ahead."""
    assert callable(quartile)
    later = attrs.evolve(where, seen=where.seen + 1)
    return where.spot is not None and quartile(later) > quartile(where)


def place_of(where: Where) -> float:
    """The place of what plays, on its own clock."""
    return where.place if where.spot is None else where.seen


def moved(where: Where, passed: float, rate: float) -> Where:
    """Where playing for so long leads; ads play at the rate of 1."""
    if where.spot is None:
        return attrs.evolve(where, place=where.place + passed * rate)
    return attrs.evolve(where, seen=where.seen + passed)


class Expectation(Counting):
    """Reads a truth from its beginning to its end, and writes down what must be told."""

    doubted = False
    """Whether the content ended far from where its known length says (S82)."""
    learned_at = -math.inf
    """When the player last told a length."""
    plays = False
    """Whether content has begun, and not ended yet."""
    turned = False
    """Whether the viewer has just turned to another item while content played."""
    run_from = 0.0
    """Where the content that plays was taken up."""

    def read(self, truth: Truth) -> list[str]:
        """All rows."""
        for each in truth:
            if isinstance(each, Moment):
                getattr(self, "on_" + each.kind.replace(" ", "_"))(each.at, each.where, each.to)
            elif each.kind in {"content", "ad"}:
                self.play(each)
            elif each.kind == "pause":
                self.wait(each)
        return self.rows

    def wait(self, pause: Stretch) -> None:
        """S26: the silence of a long pause interrupts it once."""
        at = pause.start + PAUSE_TIMEOUT
        if at < pause.end:
            if self.world.manner.at_rest:
                raise Unclear("a pause in which the player goes on telling")
            self.say_now(at, "Interrupted", pause.where, "timeout")

    def on_press(self, at: float, where: Where, _: float) -> None:
        """S25, S52: Playback Started, with all that is planned."""
        items = ",".join(item.name for item in self.world.items)
        pods = ",".join(border.pod_id for borders in self.pods.borders for border in borders)
        ads = [
            f"{pod_id}/{spot.name}/{self.world.breaks[number].roll}-roll"
            for number, pod_id in self.pods.of_ads.items()
            for spot in self.world.breaks[number].spots
        ]
        self.say_playback(at, "Started", where, items, pods, ",".join(ads))

    def on_frame(self, at: float, where: Where, _: float) -> None:
        """S20, S21: content begins to move, in the pod in which it lies."""
        self.sums.begun.add(where.item)
        self.plays, self.turned, self.run_from = True, False, where.place
        self.pods.current = self.pods.at(where)
        self.say_content(at, "Started", where)
        self.beats.restart()

    def on_learn(self, at: float, where: Where, _: float) -> None:
        """S5: the newest length counts."""
        self.learned_at = at
        self.sums.lengths[where.item] = self.world.items[where.item].length

    # -- ads ------------------------------------------------------------------------------------

    def on_break(self, at: float, where: Where, _: float) -> None:
        """S21: a mid-roll completes the pod before it."""
        assert where.pod is not None
        part = self.world.breaks[where.pod]
        if self.turned and part.pod_id is None:
            self.shun_due_breaks(self.left, None)
        if not part.planned:
            self.shun_doubtful_breaks(where, part.pod_id)
        self.pods.name_ads(where.pod)
        if part.roll == "post" and self.doubted:
            raise Unclear("whether an end in the wrong place was the pod's only (S82)")
        if part.roll == "mid":
            self.say_content(at, "Completed", where)
            self.pods.break_at(where)

    def shun_doubtful_breaks(self, where: Where, name: str | None) -> None:
        """One that nobody planned may be the one that is due, or the old item's (S12).

        Where both have a name of their own, these decide.
        """
        if self.turned:
            raise Unclear("of which item a nameless break is that comes with the next one (S92)")
        self.shun_due_breaks(where, name)

    def shun_due_breaks(self, where: Where, name: str | None) -> None:
        """Whose a break is that nobody names, while a planned one is due."""
        for number, part in enumerate(self.world.breaks):
            played = any(pod == number for pod, _ in self.sums.seen)
            named = name is not None and part.pod_id is not None
            awaited = parts(where.item, part) and not played and not named
            past = min(where.place - part.place, where.place - self.run_from)
            if awaited and part.place <= where.place + 1 and past <= DUE:
                raise Unclear("whether a nameless break is the planned one that is due (S12)")

    def on_ad(self, at: float, where: Where, _: float) -> None:
        """S71: its first frame; an ad seen again replaces what was seen of it (S1)."""
        ad = ad_of(where)
        assert ad is not None
        self.sums.begun.add(where.item)
        self.sums.known.add(ad)
        self.sums.seen[ad] = 0.0
        self.say_ad(at, "Started", where)
        self.beats = Beats(self.world.manner.heartbeat)
        self.beats.restart()

    def on_ad_fails(self, _: float, where: Where, __: float) -> None:
        """S4, S71: dropped, with no event."""
        ad = ad_of(where)
        assert ad is not None
        self.sums.known.discard(ad)

    def on_ad_ends(self, at: float, where: Where, _: float) -> None:
        """S72, S80, S90: completed, unless it ended well before its length."""
        ad = ad_of(where)
        assert ad is not None
        self.sums.seen[ad] = where.seen
        declared = self.sums.ad_lengths[ad]
        if declared is not None and where.seen < declared - min(1, declared / 4):
            return
        if declared is not None and where.seen > declared + 1:
            self.sums.ad_lengths[ad] = where.seen
            self.sums.overrun.discard(ad)
        self.say_ad(at, "Completed", where)

    def on_ad_skipped(self, _: float, where: Where, __: float) -> None:
        """S13: no Completed."""
        ad = ad_of(where)
        assert ad is not None
        self.sums.seen[ad] = where.seen

    def on_break_over(self, _: float, where: Where, __: float) -> None:
        """S4: one that ends without any ad was unfilled."""
        assert where.pod is not None
        part = self.world.breaks[where.pod]
        ads = {(where.pod, number) for number, _ in enumerate(part.spots)}
        if not ads & set(self.sums.seen):
            self.sums.known -= ads

    # -- acts -----------------------------------------------------------------------------------

    def on_pause(self, at: float, where: Where, _: float) -> None:
        """S30, S31: told at once."""
        self.say_now(at, "Paused", where)

    def on_resume(self, at: float, where: Where, _: float) -> None:
        """S41, S43, S44: a beat at once, and the grid begins anew."""
        self.say_now(at, "Resumed", where)
        end = self.known_end(where)
        if end is None or end - place_of(where) >= 1:
            self.beat(at, where)
        self.beats.restart()

    def on_seek(self, at: float, where: Where, to: float) -> None:
        """S33: where the viewer left, and the session position that he sought."""
        sought = self.sums.session_place(attrs.evolve(where, place=to))
        self.say_now(at, "Seek Started", where, f">{whole(sought)}")

    def on_sought(self, at: float, where: Where, _: float) -> None:
        """S22, S33: where playback goes on; another pod is started."""
        left, self.pods.current, self.run_from = self.pods.current, self.pods.at(where), where.place
        self.say_now(at, "Seek Completed", where, f">{whole(self.sums.session_place(where))}")
        if self.pods.current != left:
            self.say_content(at, "Started", where)
        self.beats.restart()

    def on_stall(self, at: float, where: Where, _: float) -> None:
        """S32."""
        self.say_now(at, "Buffer Started", where)

    def on_fed(self, at: float, where: Where, _: float) -> None:
        """S32."""
        self.say_now(at, "Buffer Completed", where)

    # -- ends -----------------------------------------------------------------------------------

    def on_content_over(self, at: float, where: Where, _: float) -> None:
        """S23, S75, S80: content is completed before the post-roll; its end is its length."""
        self.plays, length = False, self.sums.lengths[where.item]
        self.doubted = length is not None and length - where.place > max(1, length / 50)
        ever_told = length is not None or self.world.items[where.item].declared is not None
        if ever_told and (length is None or where.place < length - 1):
            self.sums.lengths[where.item] = where.place
        self.say_content(at, "Completed", where)

    def on_item(self, at: float, where: Where, to: float) -> None:
        """S24: the old pod is over; the next one begins with its first frame."""
        del where, to
        if self.plays and at - self.learned_at <= JUST_BEFORE:
            raise Unclear("of which item a length is that is told just before it changes (S80)")
        self.turned, self.pods.current = self.plays, None
        self.left = self.last

    def on_leave(self, at: float, where: Where, _: float) -> None:
        """S26: terminal, with open pods left open."""
        self.say_now(at, "Exited", where)

    def on_finish(self, at: float, where: Where, _: float) -> None:
        """S7: the actual position."""
        self.say_playback(at, "Completed", where)
