"""What is true of a simulated viewing, counted while it happens. Shares nothing with a session."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.testing.simulator.moments import Item, Moment

__all__ = ["Book", "SeenAd", "TrueEvent", "Truth"]

BUCKETS: Final = (
    *("startup", "content_played", "ad_played", "paused", "seeking", "buffering"),
    *("gap", "interrupted", "suspended"),
)
_COUNTS: Final = (
    *("pauses", "seeks", "rebuffers", "breaks"),
    *("ads_started", "ads_completed", "ads_skipped", "ads_failed"),
)
_EVENTS: Final[Mapping[str, str]] = {
    "pause": "Playback Paused",
    "resume": "Playback Resumed",
    "seek": "Playback Seek Started",
    "sought": "Playback Seek Completed",
    "stall": "Playback Buffer Started",
    "fed": "Playback Buffer Completed",
    "ad": "Ad Started",
    "ad_end": "Ad Completed",
    "error": "Playback Interrupted",
    "end": "Playback Completed",
}
"""What is told of a moment, whatever else is true (S20); pods of content come beside it."""
_COUNTED: Final[Mapping[str, str]] = {
    "pause": "pauses",
    "seek": "seeks",
    "stall": "rebuffers",
    "break": "breaks",
    "ad": "ads_started",
    "ad_end": "ads_completed",
    "ad_skip": "ads_skipped",
    "ad_error": "ads_failed",
}
_FATES: Final = {"ad_end": "completed", "ad_skip": "skipped", "ad_error": "failed"}
_ENDS: Final = {"Playback Completed": "completed", "Playback Exited": "exited"}
_SAME_PLACE: Final = 1e-6
_AT_BREAK: Final = 0.5
"""Seconds; what lies so shortly before a break is at it, since players resume early (S1)."""


@attrs.frozen
class TrueEvent:
    """An event that must be told.

    Args:
        name: Its name without ``Video``.
        at: When, in seconds of the viewing.
        position: What it says as its ``position``, in exact seconds: of a playback event the
            session's (S1), of content the content's, of an ad the ad's (S2).
    """

    name: str
    at: float
    position: float


@attrs.frozen
class SeenAd:
    """An ad that was due: its id, its place in the pod, the seconds of it that were seen, its fate.

    The fate is ``completed``, ``skipped``, ``failed``, or ``open`` when the viewer left in it.
    """

    name: str
    number: int
    seconds: float
    fate: str


@attrs.frozen(kw_only=True)
class Truth:
    """What is true of a viewing.

    Args:
        seconds: Seconds in each bucket, by the summary's own keys; ``startup``, ``gap`` and
            ``interrupted`` are the player's, of which not every dialect can tell.
        counts: Pauses, seeks, rebuffers, breaks, and ads by their fate.
        content_media_seconds: Seconds of content that were played, repeats included.
        watched: For each content its watched ranges, in order.
        events: The events that must follow, in order; heartbeats and quartiles are left out.
        ads: The ads that were due, in order.
        ended: ``completed``, ``exited`` or ``open``.
    """

    seconds: Mapping[str, float]
    counts: Mapping[str, int]
    content_media_seconds: float
    watched: Mapping[str, tuple[tuple[float, float], ...]]
    events: tuple[TrueEvent, ...]
    ads: tuple[SeenAd, ...]
    ended: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the events, without ``Video``."""
        return tuple(event.name for event in self.events)

    @property
    def unique_seconds(self) -> float:
        """Seconds of content seen at least once."""
        return sum(end - start for parts in self.watched.values() for start, end in parts)

    @property
    def elapsed(self) -> float:
        """Seconds from play to the end."""
        return sum(self.seconds.values())

    @property
    def figures(self) -> dict[str, float | str]:
        """All figures, by the summary's own keys."""
        return {
            **self.seconds,
            **self.counts,
            "elapsed": self.elapsed,
            "content_media_seconds": self.content_media_seconds,
            "unique_seconds": self.unique_seconds,
            "ended": self.ended,
        }

    def __getattr__(self, name: str) -> float:
        for table in ("seconds", "counts"):
            if name in object.__getattribute__(self, table):
                found: float = object.__getattribute__(self, table)[name]
                return found
        raise AttributeError(f"the truth has no {name!r}; it has {', '.join(self.figures)}")


class Book:
    """The account of a viewing that is going on."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(BUCKETS, 0.0)
        self.counts = dict.fromkeys(_COUNTS, 0)
        self.events: list[TrueEvent] = []
        self.ads: list[SeenAd] = []
        self.ranges: dict[str, list[tuple[float, float]]] = {}
        self.media: dict[str, float] = {}
        self.ended = "open"
        self.broken = False
        self.stopped = 0.0  # where content moved last
        self.landed: tuple[int, float, Moment] | None = None  # a pod after a seek, not begun yet
        self.closing = "Playback Exited"
        self.end_place = 0.0
        self.pod: float | None = None  # where the open pod of content begins
        self.borders: list[float] = []  # where those of this item begin, but the first
        self.played: dict[tuple[str, str], tuple[float, dict[int, float]]] = {}
        self.behind: dict[str, float] = {}

    # -- what passes -------------------------------------------------------------------------------

    def spend(self, bucket: str, seconds: float) -> None:
        """Time passed."""
        self.seconds[bucket] += seconds

    def watch(self, item: Item, start: float, end: float) -> None:
        """Content moved from one place to another."""
        self.ranges.setdefault(item.name, []).append((start, end))
        if self.landed is not None:
            index, self.pod, moment = self.landed
            held, self.events = self.events[index:], self.events[:index]
            self.landed = None
            self.tell(moment, "Content Started")
            self.events += held
        self.pass_by(start, end)
        self.stopped = end
        self.media[item.name] = self.media.get(item.name, 0.0) + end - start

    def pass_by(self, start: float, end: float) -> None:
        """S22: a border over which content plays on without an ad is no border any more."""
        if self.pod is not None:
            self.borders = [
                border
                for border in self.borders
                if border <= self.pod + _SAME_PLACE
                or not start - _SAME_PLACE <= border < end - _SAME_PLACE
            ]

    def know(self, places: tuple[float, ...]) -> None:
        """Where breaks of this item are known to lie: each parts two pods."""
        self.borders = sorted({*self.borders, *places})

    def pod_at(self, place: float) -> float:
        """Where the pod begins in which a place lies; a border belongs to the pod that it opens."""
        return max((b for b in self.borders if b <= place + _SAME_PLACE), default=0.0)

    # -- what happens ------------------------------------------------------------------------------

    def happened(self, m: Moment) -> None:
        """Write down what is told of a moment."""
        if m.kind in _COUNTED:
            self.counts[_COUNTED[m.kind]] += 1
        before = _BEFORE.get(m.kind)
        if before is not None:
            before(self, m)
        if m.kind in _EVENTS:
            self.tell(m, _EVENTS[m.kind])
            self.ended = _ENDS.get(_EVENTS[m.kind], self.ended)
        after = _AFTER.get(m.kind)
        if after is not None:
            after(self, m)

    def leave(self, m: Moment, *, last: bool) -> None:
        """S75, S90: who leaves near the end of the content has completed it.

        Args:
            m: What is true when he leaves.
            last: Whether nothing was to come after this content.
        """
        near = min(1.0, max(0.3, (m.item.length or 0.0) / 10))
        if m.item.length is None or m.pod is not None or m.place < m.item.length - near:
            self.closing = "Playback Exited"
            return
        self.end_place = m.item.length
        _pod_ends(self, attrs.evolve(m, place=m.item.length))
        self.closing = "Playback Completed" if last else "Playback Exited"

    def sleep(self, m: Moment, seconds: float, idle_timeout: float) -> None:
        """S26: a silence that is too long interrupts, and the next word revives."""
        if seconds >= idle_timeout:
            self.tell(attrs.evolve(m, at=m.at + idle_timeout), "Playback Interrupted")
            self.tell(attrs.evolve(m, at=m.at + seconds), "Playback Resumed")

    def tell(self, m: Moment, name: str) -> None:
        """An event follows from a moment."""
        place = m.origin if m.kind == "seek" else m.place
        if name.startswith("Content"):
            position = self.media.get(m.item.name, 0.0) if m.item.length is None else place
        elif name.startswith("Ad"):
            position = m.seen
        else:
            position = self.session_position(m, place)
        self.events.append(TrueEvent(name, m.at, position))

    def session_position(self, m: Moment, place: float) -> float:
        """S1: content, contents left behind, and what was seen of ads at or before this place."""
        here = place
        if m.item.length is None:
            place = self.media.get(m.item.name, 0.0)
        ads = (
            sum(seen.values())
            for (item, _), (at, seen) in self.played.items()
            if item != m.item.name or at <= here + _AT_BREAK or m.item.length is None
        )
        behind = (length for item, length in self.behind.items() if item != m.item.name)
        return place + sum(behind) + sum(ads)

    def see_ad(self, m: Moment) -> None:
        """How much of the ad that plays was seen; seen again it replaces (S1)."""
        if m.pod is not None and m.ad is not None:
            _, seen = self.played.setdefault((m.item.name, m.pod.name), (m.place, {}))
            seen[m.number] = m.seen

    def truth(self) -> Truth:
        """What is true of all that was written down."""
        return Truth(
            seconds=dict(self.seconds),
            counts=dict(self.counts),
            content_media_seconds=sum(self.media.values()),
            watched={item: _united(parts) for item, parts in self.ranges.items()},
            events=tuple(self.events),
            ads=tuple(self.ads),
            ended=self.ended,
        )


# -- pods, ads and items: before and after the moment's own event ----------------------------------


def _press(book: Book, m: Moment) -> None:
    if not book.events:
        book.tell(m, "Playback Started")
    if book.broken:  # S26: play that is wanted again undoes the interruption
        book.tell(m, "Playback Resumed")
    book.broken = False


def _content_moves(book: Book, m: Moment) -> None:
    """A pod of content begins with its first frame (S21, S22); after a seek once content moves."""
    here = book.pod_at(m.place)
    book.landed = None
    goes_on = m.kind == "resume" and abs(m.place - book.stopped) < _SAME_PLACE
    if book.pod == here or goes_on or not m.moving or m.ad is not None:
        return
    if m.kind in ("frame", "back") or book.pod is None:
        book.tell(m, "Content Started")
        book.pod = here
    else:
        book.landed = (len(book.events), here, m)


def _pod_ends(book: Book, m: Moment) -> None:
    """S21, S75: ads, or the end, complete the open pod; where it was left if none was landed in."""
    if book.pod is not None:
        place = m.place if book.landed is None else book.stopped
        book.tell(attrs.evolve(m, place=place), "Content Completed")
    book.pod = book.landed = None


def _break(book: Book, m: Moment) -> None:
    _pod_ends(book, m)
    if m.pod is not None and m.pod.kind == "mid":
        book.know((m.place,))
        book.played[m.item.name, m.pod.name] = (m.place, {})


def _ad(book: Book, m: Moment) -> None:
    assert m.ad is not None
    book.ads.append(SeenAd(m.ad.name, m.number, 0.0, "open"))


def _ad_over(book: Book, m: Moment) -> None:
    if m.kind == "ad_error" and m.seen == 0.0 and m.ad is not None:
        book.ads.append(SeenAd(m.ad.name, m.number, 0.0, "open"))
    book.ads[-1] = attrs.evolve(book.ads[-1], seconds=m.seen, fate=_FATES[m.kind])


def _leave(book: Book, m: Moment) -> None:
    near = m if book.closing == "Playback Exited" else attrs.evolve(m, place=book.end_place)
    book.tell(near, book.closing)
    book.ended = _ENDS[book.closing]
    if m.ad is not None and book.ads:
        book.ads[-1] = attrs.evolve(book.ads[-1], seconds=m.seen)


def _item(book: Book, _: Moment) -> None:
    book.pod = book.landed = None
    book.borders = []


def _error(book: Book, _: Moment) -> None:
    book.broken = True


_BEFORE: Final[Mapping[str, Any]] = {
    "press": _press,
    "break": _break,
    "content_end": _pod_ends,
    "leave": _leave,
}
_AFTER: Final[Mapping[str, Any]] = {
    "frame": _content_moves,
    "back": _content_moves,
    "resume": _content_moves,
    "sought": _content_moves,
    "ad": _ad,
    "ad_end": _ad_over,
    "ad_skip": _ad_over,
    "ad_error": _ad_over,
    "item": _item,
    "error": _error,
}


def _united(parts: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Ranges that overlap or touch as one."""
    out: list[tuple[float, float]] = []
    for start, end in sorted(parts):
        if out and start <= out[-1][1] + _SAME_PLACE:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)
