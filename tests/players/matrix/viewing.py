"""What a viewer and a player really did, and what of it is heard. Knows no player and no session.

A :class:`Viewing` is a list of acts. :func:`happenings` gives its moments, each with what is true
then; :func:`heard` takes away what is lost, moves what comes late or early, and asks for the clock
as often as somebody polls.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from video_tracker.testing.simulator.moments import Item, Moment, Pod, SimulatedAd

__all__ = [
    "Ad",
    "Break",
    "Fail",
    "Hearing",
    "Item",
    "Leave",
    "Moment",
    "Next",
    "Pause",
    "Replay",
    "Seek",
    "Stall",
    "Viewing",
    "Watch",
    "happenings",
    "heard",
]

STARTUP: Final = 1.0
BREAK_GAP: Final = 0.4
"""Seconds between the start of a break and its first ad's first frame."""
AD_GAP: Final = 0.3
"""Seconds between two ads."""
JOINT: Final = 0.3
"""Seconds between the last ad's end and the content's next frame."""
AFTER: Final = 0.02
"""Seconds between two things that follow at once."""

AD_PARTS: Final = frozenset(
    {"stop", "break", "ad", "quartile", "ad_end", "ad_skip", "break_end", "back"}
)
"""What nobody says of ads that lie in the stream."""


@attrs.frozen
class Ad(SimulatedAd):
    """An ad, how far it is watched (None: to its end), and a pause or a stall in it.

    Args:
        pause, stall: Where in the ad, and for how many seconds.
    """

    until: float | None = None
    pause: tuple[float, float] | None = None
    stall: tuple[float, float] | None = None


@attrs.frozen
class Break(Pod):
    """A break of ads: ``pre``, ``mid`` or ``post``.

    Args:
        leaves: Whether the viewer leaves where its last ad ends.
        early: Seconds before the break at which the content is taken up again (D17).
    """

    ads: tuple[Ad, ...]
    leaves: bool = False
    early: float = 0.0


@attrs.frozen
class Watch:
    """The content plays for so many seconds, or to its end."""

    seconds: float


@attrs.frozen
class Pause:
    """The viewer pauses; he may seek in the pause, a second before its end."""

    seconds: float
    seek: float | None = None


@attrs.frozen
class Seek:
    """The viewer seeks while the content plays."""

    to: float
    takes: float = 0.6


@attrs.frozen
class Stall:
    """The player waits for data."""

    seconds: float


@attrs.frozen
class Fail:
    """A fatal error; after some seconds the viewer goes, or tries again."""

    stays: float = 4.0
    retries: bool = False


@attrs.frozen
class Leave:
    """The viewer goes."""


@attrs.frozen
class Next:
    """The next item takes the player over; a break may come before it."""

    item: Item
    pre: Break | None = None


@attrs.frozen
class Replay:
    """After the end the viewer plays it again, from the start."""

    after: float = 20.0


Act = Watch | Pause | Seek | Stall | Break | Fail | Leave | Next | Replay


@attrs.frozen
class Viewing:
    """A viewing: where the content begins, and what happens.

    Args:
        acts: In order; a pre-roll comes first.
        start: Where the first item is taken up, in seconds.
        item: The first item.
        fails: Whether the first item fails before its first frame.
        stitched: Whether the ads lie in the stream, and nobody speaks of them.
        gaps: Seconds, as a multiple of the usual, between the content and its ads.
    """

    acts: tuple[Act, ...]
    start: float = 590.0
    item: Item = attrs.field(factory=Item)
    fails: bool = False
    stitched: bool = False
    gaps: float = 1.0

    @property
    def breaks(self) -> tuple[Break, ...]:
        """All its breaks."""
        return tuple(act for act in self.acts if isinstance(act, Break))


class Stage:
    """Plays a viewing, a moment at a time; clocks are told on a grid."""

    def __init__(self, viewing: Viewing, every: float) -> None:
        self.every = every
        self.gaps = 0.0 if viewing.stitched else viewing.gaps
        self.moments: list[Moment] = []
        gapless = viewing.gaps == 0.0
        self.now = Moment("load", 0.0, viewing.item, viewing.start, gapless=gapless)
        self.say("load")
        acts = list(viewing.acts)
        opens = bool(acts) and isinstance(acts[0], Break)
        self.say("press", at=1.0, plays=True, preroll=opens)
        if viewing.fails:
            self.rest(STARTUP)
            self.act(Fail())
        elif not opens:
            self.rest(STARTUP)
            self.say("frame", moving=True, shown=True)
        for act in acts:
            self.act(act)

    # -- what is said --------------------------------------------------------------------------

    def set(self, **now: object) -> None:
        self.now = attrs.evolve(self.now, **now)  # type: ignore[arg-type]

    def say(self, kind: str, **now: object) -> None:
        self.set(kind=kind, **now)
        self.moments.append(self.now)

    def rest(self, seconds: float) -> None:
        """Time passes and nothing moves."""
        self.pass_time(seconds, 0.0)

    def pass_time(self, seconds: float, rate: float = 1.0) -> None:
        """Time passes; the clock is told at every point of the grid."""
        began, last = self.now, self.now.at + seconds
        point = int(began.at / self.every + 1e-6) + 1
        while point * self.every < last - 1e-3:
            self.go(began, point * self.every, rate)
            self.say("poll")
            point += 1
        self.go(began, last, rate)

    def go(self, began: Moment, at: float, rate: float) -> None:
        """Where playing since ``began`` has led."""
        moved = (at - began.at) * rate
        if began.ad is not None:
            self.set(at=at, seen=began.seen + moved)
        else:
            self.set(at=at, place=began.place + moved)

    # -- acts ----------------------------------------------------------------------------------

    def act(self, act: Act) -> None:
        getattr(self, f"do_{type(act).__name__.lower()}")(act)

    def do_watch(self, act: Watch) -> None:
        length, place = self.now.item.length, self.now.place
        ends = length is not None and place + act.seconds >= length
        self.pass_time(length - place if ends and length is not None else act.seconds)
        if ends:
            self.say("content_end", moving=False, plays=False, ended=True)

    def do_pause(self, act: Pause) -> None:
        self.say("pause", moving=False, plays=False)
        if act.seek is None:
            self.rest(act.seconds)
        else:
            self.rest(act.seconds - 1.6)
            self.do_seek(Seek(act.seek))
            self.rest(1.0)
        self.say("resume", moving=True, plays=True)

    def do_seek(self, act: Seek) -> None:
        moves = self.now.moving
        self.set(origin=self.now.place, place=act.to)
        self.say("seek", moving=False, seeking=True)
        self.rest(act.takes)
        self.say("sought", moving=moves, seeking=False)

    def do_stall(self, act: Stall) -> None:
        self.say("stall", moving=False, stalled=True)
        self.rest(act.seconds)
        self.say("fed", moving=True, stalled=False)

    def do_fail(self, act: Fail) -> None:
        self.say("error", moving=False, plays=False)
        self.rest(act.stays)
        if act.retries:
            self.say("press", plays=True, preroll=False)
            self.rest(STARTUP)
            self.say("frame", moving=True, shown=True)

    def do_leave(self, _: Leave) -> None:
        self.say("leave", moving=False)

    def do_next(self, act: Next) -> None:
        ended = self.now.ended
        self.set(after_end=ended, after_post=ended and self.now.kind == "break_end")
        self.rest(AFTER)
        self.set(origin=self.now.place, moving=False, ended=False, shown=False)
        self.say("item", item=act.item, place=0.0, loaded_at=self.now.at)
        self.rest(AFTER)
        self.say("press", plays=True, preroll=act.pre is not None)
        if act.pre is not None:
            self.do_break(act.pre)
        else:
            self.rest(STARTUP)
            self.say("frame", moving=True, shown=True)

    def do_replay(self, act: Replay) -> None:
        if self.now.kind != "end":
            self.rest(AFTER)
            self.say("end")
        self.rest(act.after)
        self.set(origin=self.now.place, place=0.0, ended=False, shown=False)
        self.say("again", plays=True)
        self.rest(STARTUP)
        self.say("frame", moving=True, shown=True)

    # -- ads -----------------------------------------------------------------------------------

    def do_break(self, act: Break) -> None:
        self.rest(self.gaps * (AFTER if act.kind == "post" else 0.0))
        self.say("stop", pod=act, moving=False)
        self.say("break")
        self.rest(self.gaps * BREAK_GAP)
        for number, ad in enumerate(act.ads, start=1):
            self.rest(self.gaps * (AD_GAP if number > 1 else 0.0))
            self.say("ad", ad=ad, number=number, seen=0.0, moving=True, plays=True)
            self.play_ad(ad, leaves=act.leaves and number == len(act.ads))
        if act.leaves:
            return
        self.rest(self.gaps * AFTER)
        self.say("break_end")
        self.set(pod=None)
        if act.kind != "post":
            self.rest(self.gaps * JOINT)
            self.set(place=self.now.place - act.early)
            self.say("back", moving=True, shown=True)

    def play_ad(self, ad: Ad, *, leaves: bool) -> None:
        stops = {ad.length * q / 4: f"q{q}" for q in (1, 2, 3)}
        stops |= {rest[0]: "rest" for rest in (ad.pause, ad.stall) if rest is not None}
        end = ad.length if ad.until is None else ad.until
        for stop in sorted(place for place in stops if place < end):
            self.pass_time(stop - self.now.seen)
            if stops[stop] == "rest":
                self.act(Pause(ad.pause[1]) if ad.pause else Stall((ad.stall or (0, 0))[1]))
            else:
                self.say("quartile", quartile=int(stops[stop][1]))
        self.pass_time(end - self.now.seen)
        if leaves:
            return
        self.say("ad_end" if ad.until is None else "ad_skip", moving=False)
        self.set(ad=None, seen=0.0, number=0)


@functools.cache
def happenings(viewing: Viewing, every: float) -> tuple[Moment, ...]:
    """All that happens, with the clocks every so many seconds."""
    stage = Stage(viewing, every)
    last = stage.now
    is_over = last.ended and last.kind in ("content_end", "break_end")
    if is_over:
        stage.rest(AFTER)
        stage.say("end")
    places = {(m.item.number, m.pod): m.place for m in stage.moments if m.kind == "break"}
    return tuple(
        attrs.evolve(
            moment,
            schedule=tuple(
                (place, pod)
                for (number, pod), place in places.items()
                if number == moment.item.number and pod is not None
            ),
        )
        for moment in stage.moments
    )


# -- what is heard ---------------------------------------------------------------------------------


@attrs.frozen
class Hearing:
    """What of a viewing reaches the tracker.

    Args:
        every: Seconds between two polls; None: as the player tells its clock.
        since: Nothing before it is heard, in seconds of the viewing.
        lost: Kinds of moments that nobody hears.
        late: Kinds that are told so many seconds later, with what is true then; earlier if below 0.
    """

    every: float | None = None
    since: float = 0.0
    lost: tuple[str, ...] = ()
    late: Mapping[str, float] = attrs.field(factory=dict)


def heard(viewing: Viewing, hearing: Hearing, every: float) -> tuple[Moment, ...]:
    """What of a viewing is heard, in the order in which it comes.

    Args:
        viewing: What really happens.
        hearing: What reaches the tracker.
        every: Seconds between two words of the player's clock, where nobody polls.
    """
    moments = happenings(viewing, every if hearing.every is None else hearing.every)
    told = tuple(_in_stream(moments)) if viewing.stitched else moments
    out = [
        _moved(moment, hearing.late[moment.kind], told) if moment.kind in hearing.late else moment
        for moment in told
        if moment.kind not in hearing.lost
    ]
    return tuple(sorted((m for m in out if m.at >= hearing.since), key=lambda m: m.at))


def _moved(moment: Moment, seconds: float, all_of_it: tuple[Moment, ...]) -> Moment:
    """A moment that is told at another time: it sees what is true then."""
    at = moment.at + seconds
    now = max((m for m in all_of_it if m.at <= at), key=lambda m: m.at)
    passed = (at - now.at) if now.moving else 0.0
    said = attrs.evolve(
        moment,
        at=at,
        place=now.place if now.ad is not None else now.place + passed,
        moving=now.moving,
        plays=now.plays,
    )
    if now.ad is None or moment.ad is None:
        return said
    return attrs.evolve(said, seen=now.seen + passed) if now.ad == moment.ad else said


def _in_stream(moments: Iterable[Moment]) -> Iterator[Moment]:
    """The same on the clock of a stream that holds the ads: nobody speaks of them."""
    told = tuple(moments)
    breaks = {m.pod: m.place for m in told if m.kind == "break" and m.pod is not None}
    added = {pod: sum(ad.length for ad in pod.ads) for pod in breaks}

    over: set[Pod | None] = set()

    def on_stream(place: float) -> float:
        passed = (pod for pod, at in breaks.items() if at < place or (pod in over and at == place))
        return place + sum(added[pod] for pod in passed)

    before: Pod | None = None
    ends_with_ads = any(pod.kind == "post" for pod in breaks)
    for moment in told:
        kind = moment.kind
        over |= {before} - {moment.pod}
        before = moment.pod
        if kind in AD_PARTS or (ends_with_ads and kind == "content_end"):
            continue
        if kind == "end" and ends_with_ads:
            last = (moment.item.length or 0.0) + sum(added.values())
            said = _of_stream(moment, "content_end", last, last)
            yield attrs.evolve(said, item=attrs.evolve(said.item, length=last))
        ads = moment.pod.ads[: moment.number - 1] if moment.pod is not None else ()
        inside = sum(ad.length for ad in ads) + moment.seen
        place = on_stream(moment.place) + inside
        said = _of_stream(moment, kind, place, on_stream(moment.origin))
        length = moment.item.length
        whole = None if length is None else length + sum(added.values())
        yield attrs.evolve(said, item=attrs.evolve(said.item, length=whole))


def _of_stream(moment: Moment, kind: str, place: float, origin: float) -> Moment:
    """A moment of a player that knows of no ads."""
    return attrs.evolve(
        moment,
        kind=kind,
        place=place,
        origin=origin,
        pod=None,
        ad=None,
        ended=kind in ("content_end", "end"),
        schedule=(),
        preroll=False,
        shown=moment.shown or moment.moving,
    )
