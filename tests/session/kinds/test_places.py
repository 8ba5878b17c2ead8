"""What is true at the content's start is true ten minutes and an hour into it: S1, S2, S10, S78.

A log is told again as if the content had begun so many seconds earlier and the viewer resumed
there: what is the content's (positions, lengths, planned places) moves on, what is an ad's does
not. The same must come of it, moved on likewise.
"""

from typing import Any, Final

import attrs
import pytest

from tests.session.kinds.logs import LOGS, Log, Run, play
from video_tracker.events import AdEvent, ContentEvent, Event
from video_tracker.plan import AdBreak, AdRange, Content, SessionPlan
from video_tracker.signals import (
    AdBreakEnd,
    AdBreakStart,
    AdEnd,
    AdError,
    AdProgress,
    AdRanges,
    AdSkip,
    AdStart,
    ContentEnd,
    ContentStart,
    Load,
    Play,
    Progress,
    SeekStart,
    Signal,
    Update,
)

LEFT_OUT: Final = (
    *("earlynext-", "latenext-", "nextinpreroll-", "pausednext-", "playlist", "properties-"),
    *("liveness-", "replays", "podids-", "stitched", "short-", "positionless"),
)
"""Several items, what begins (again) at 0, what hangs on the length, and what tells no place."""

IN_DOUBT_AT_60_S: Final = ("falseend-", "podend-")
"""S82 doubts an end by 2 % of the length; an hour further on these ends are in their place."""

CONTENT_S: Final = (Progress, ContentStart, ContentEnd)
AD_S: Final = (AdProgress, AdEnd, AdSkip)
AD_OVER: Final = (AdEnd, AdSkip, AdError, AdBreakEnd, ContentStart)


class Mover:
    """Moves the content's places in the signals of one log."""

    def __init__(self, log: Log, by: float) -> None:
        self.by = by
        self.live = is_live(log)
        self.stitched = log.plan.settings.ads == "stitched"
        self.content: float | None = None
        self.ad_since: float | None = None
        self.begun = self.live

    def signal(self, signal: Signal) -> Signal:
        """The same, so many seconds further into the content."""
        moved: Any = self._lengths(self._place(signal))
        if isinstance(signal, AdStart):
            self.ad_since = signal.at
        elif isinstance(signal, AD_OVER):
            self.ad_since = None
        if isinstance(signal, Play) and not self.begun:
            self.begun = True
            if signal.position is None:
                moved = attrs.evolve(moved, position=self.by)
        assert isinstance(moved, Signal)
        return moved

    def _place(self, signal: Any) -> Any:
        place = getattr(signal, "position", None)
        moved = signal
        if place is not None and self._is_content_s(signal, place):
            self.content = place
            moved = attrs.evolve(moved, position=place + self.by)
        if isinstance(signal, SeekStart) and signal.to is not None:
            self.content = signal.to
            moved = attrs.evolve(moved, to=signal.to + self.by)
        return moved

    def _is_content_s(self, signal: Signal, place: float) -> bool:
        if self.stitched or isinstance(signal, CONTENT_S):
            return True
        if isinstance(signal, AD_S):
            return False
        if place == 0.0 and self.content is not None and self.content > 2.0:
            return False  # a torn-down element
        if self.ad_since is None or place == self.content:
            return True
        return place > 0.0 and place > signal.at - self.ad_since + 2.0

    def _lengths(self, signal: Any) -> Any:
        fields: dict[str, Any] = {}
        if isinstance(signal, Load | Update | Progress) and signal.duration is not None:
            fields["duration"] = signal.duration + self.by
        match signal:
            case Update():
                fields |= self._clocks(signal)
            case AdBreakStart(offset=int() | float() as offset) if offset > 0:
                fields["offset"] = offset + self.by
            case ContentStart(asset_id=Content() as content):
                fields["asset_id"] = self.length(content)
            case AdRanges():
                fields["ranges"] = tuple(self._range(each) for each in signal.ranges)
            case Load():
                fields["content"] = signal.content and self.length(signal.content)
                fields["plan"] = signal.plan and self.plan(signal.plan)
        return attrs.evolve(signal, **fields)

    def _clocks(self, signal: Update) -> dict[str, float]:
        fields = {}
        if signal.live_edge is not None:
            fields["live_edge"] = signal.live_edge + self.by
        if signal.start_date is not None:
            fields["start_date"] = signal.start_date - self.by
        return fields

    def _range(self, each: AdRange) -> AdRange:
        end = None if each.end is None else each.end + self.by
        return attrs.evolve(each, start=each.start + self.by, end=end)

    def _break(self, each: AdBreak) -> AdBreak:
        return each if isinstance(each.at, str) else attrs.evolve(each, at=each.at + self.by)

    def length(self, content: Content) -> Content:
        """A content that is so much longer."""
        if content.duration is None:
            return content
        return attrs.evolve(content, duration=content.duration + self.by)

    def plan(self, plan: SessionPlan) -> SessionPlan:
        """A plan of a content that is so much longer."""
        return attrs.evolve(
            plan,
            contents=tuple(self.length(each) for each in plan.contents),
            ad_breaks=tuple(self._break(each) for each in plan.ad_breaks),
        )

    def log(self, log: Log) -> Log:
        """The whole log."""
        signals = tuple(self.signal(signal) for signal in log.signals)
        return attrs.evolve(log, plan=self.plan(log.plan), signals=signals)

    # -- what should come of it ------------------------------------------------------------------

    def event(self, event: Event) -> Event:
        """The same event, so many seconds further into the content."""
        if isinstance(event, AdEvent):
            return self._moved(event, "content_position", "content_length", "content")
        if isinstance(event, ContentEvent):
            return self._moved(event, "position", "total_length", "content")
        return self._moved(event, "position", "total_length", "seek_position")

    def _moved(self, event: Event, *names: str) -> Event:
        fields: dict[str, Any] = {}
        for name in names:
            old = getattr(event, name, None)
            if isinstance(old, Content):
                fields[name] = self.length(old)
            elif old is not None and not self.live:
                fields[name] = old + round(self.by)
        return attrs.evolve(event, **fields)

    def figures(self, figures: dict[str, Any]) -> dict[str, Any]:
        """The same figures; the places of a livestream's ranges are nobody's."""
        watched, furthest = figures.pop("watched"), figures.pop("furthest")
        known = {
            name: pytest.approx(value, abs=1e-3) if isinstance(value, float) else value
            for name, value in figures.items()
        }
        if self.live:
            return known
        for name, ranges in watched.items():
            places = [[low + self.by, high + self.by] for low, high in ranges]
            known[f"watched {name}"] = [pytest.approx(each, abs=1e-3) for each in places]
        for name, place in furthest.items():
            known[f"furthest {name}"] = pytest.approx(place + self.by, abs=1e-3)
        return known


def is_live(log: Log) -> bool:
    """Whether a log is one of a livestream, whose positions count from where it was joined."""
    return any(each.livestream for each in log.plan.contents) or any(
        isinstance(signal, Load) and signal.livestream for signal in log.signals
    )


def flat(figures: dict[str, Any], live: bool) -> dict[str, Any]:
    """Figures with the ranges of each asset as entries of their own."""
    watched, furthest = figures.pop("watched"), figures.pop("furthest")
    if not live:
        figures |= {f"watched {name}": [list(r) for r in each] for name, each in watched.items()}
        figures |= {f"furthest {name}": place for name, place in furthest.items()}
    return figures


def moved(run: Run, mover: Mover) -> Run:
    """A run as it should have come of the moved log."""
    return attrs.evolve(run, events=tuple(mover.event(event) for event in run.events))


@pytest.mark.parametrize("log", [log for log in LOGS if not log.name.startswith(LEFT_OUT)], ids=str)
@pytest.mark.parametrize("by", [600.0, 3600.0])
def test_what_is_true_at_the_start_is_true_further_on(log: Log, by: float) -> None:
    """S1, S2, S10, S78: at ten minutes and at an hour of the content, resumed there."""
    if by > 600.0 and log.name.startswith(IN_DOUBT_AT_60_S):
        return
    mover = Mover(log, by)
    here, there = play(log), play(mover.log(log))
    wanted = moved(here, mover)

    assert there.lines == wanted.lines
    assert there.events == wanted.events
    for ours, theirs in zip(here.figures, there.figures, strict=True):
        assert flat(dict(theirs), mover.live) == mover.figures(dict(ours))
