"""Watches a session's state as it is written: which input spent which second, and made what.

A session that nobody records has nothing of this: what is watched is a state of its own kind, whose
attributes tell a recorder what becomes of them.
"""

import sys
from collections.abc import Callable
from fractions import Fraction
from types import FrameType
from typing import Any, Final

import attrs

from video_tracker.diagnostics import Diagnostic
from video_tracker.errors import StrictError
from video_tracker.events import AdEvent, AdPlaying, ContentEvent, ContentPlaying, Event
from video_tracker.explain.record import (
    AdOver,
    Cause,
    Counted,
    Made,
    Note,
    Playhead,
    Record,
    Stretch,
    Watched,
)
from video_tracker.session.data.state import AdPlay, State
from video_tracker.session.effects import adverts, positions
from video_tracker.summary import Summary

__all__ = ["RecordedState", "Recorder", "ad_as_it_is"]

_SPENT: Final = {name: name for name in Summary.BUCKETS if name != "ad_played"}
_SPENT["ad_run"] = "ad_played"  # what plays of the open ad; `ad_played` has those that are over
_COUNTS: Final = frozenset(Summary.COUNTS)
_FATES: Final = {
    f"ads_{fate}": fate for fate in ("completed", "skipped", "failed")
}  # what counts as an ad ends says how it does
_SESSION: Final = "video_tracker.session."
_SAME: Final = 1e-5  # so near to each other, times are the same
_WAYS_IN: Final = frozenset(("front.enter", "front.let_time_pass", "session.progress"))


class Recorder:
    """Keeps what a recorded state tells it, input by input."""

    def __init__(self) -> None:
        self.record = Record()
        self.cause = Cause(0, "", 0.0, {})
        self._edge: Cause | None = None  # the input up to which time is accounted for,
        self._edge_said = False  # and whether it made an event there
        self._pending: list[tuple[str, Fraction]] = []
        self._revised: tuple[float, float] | None = None  # a silence of which more is known now
        self._saying: list[Made] = []
        self._told: dict[float, Cause] = {}  # the last input of each time

    def take(
        self, cause: Cause, act: Callable[[], tuple[Event, ...]], *, strict: bool
    ) -> tuple[Event, ...]:
        """Take an input; what a strict session refuses leaves no trace."""
        record = self.record
        self.cause, self._saying, self._pending, self._revised = cause, [], [], None
        # Stretches are written on; the other lists only grow.
        stretches = [attrs.evolve(each) for each in record.stretches] if strict else []
        lists: tuple[list[Any], ...] = (
            record.made,
            record.notes,
            record.watched,
            record.counted,
            record.ads,
        )
        sizes = [len(each) for each in lists]
        try:
            events = act()
        except StrictError:
            for each, size in zip(lists, sizes, strict=True):
                del each[size:]
            record.stretches[:] = stretches
            raise
        record.inputs.append(cause)
        if cause.moment is not None:
            self._told[cause.moment] = cause
        self._keep(events)
        return events

    def _keep(self, events: tuple[Event, ...]) -> None:
        """Join the events as they came out with how they were made: of a kind in their order."""
        for event in events:
            made = next((each for each in self._saying if type(each.event) is type(event)), None)
            if made is not None:
                self._saying.remove(made)
                self.record.made.append(attrs.evolve(made, event=event))

    def stood(self, state: State) -> None:
        """Keep where the content stands after an input, while it is the content that plays."""
        if state.where != "content" or state.place_unknown:
            return
        new = Playhead(state.clock, state.asset.asset_id, state.position)
        if not self.record.playhead or self.record.playhead[-1] != new:
            self.record.playhead.append(new)

    # -- what the state tells ------------------------------------------------------------------

    def spent(self, bucket: str, seconds: Fraction) -> None:
        """So many seconds went into a bucket; when they lay, the next :meth:`passed` tells.

        Fewer than none: what was suspended turns out to have been played, and follows (S26, S63).
        """
        if seconds < 0:
            self._revise(bucket, -seconds)
        elif self._revised is not None:
            self._lay(bucket, *self._revised, seconds)
            self._revised = None
        else:
            self._pending.append((bucket, seconds))

    def _revise(self, bucket: str, seconds: Fraction) -> None:
        """Take seconds back from the newest stretches of a bucket."""
        for stretch in reversed(self.record.stretches):
            if stretch.bucket == bucket and seconds > 0:
                taken = min(seconds, stretch.seconds)
                stretch.seconds -= taken
                seconds -= taken
                self._revised = self._revised or (stretch.start, stretch.end)
        self.record.stretches[:] = [each for each in self.record.stretches if each.seconds > 0]

    def passed(self, start: float, end: float) -> None:
        """The time up to ``end`` is accounted for."""
        pending, self._pending = self._pending, []
        shares = len({bucket for bucket, _ in pending}) > 1 and any(
            bucket == "suspended" for bucket, _ in pending
        )
        at = start
        for bucket, seconds in pending:
            stop = end if shares else at + float(seconds)
            self._lay(bucket, at, stop, seconds)
            at = start if shares else stop
        if end != start or not self._edge_said:
            self._edge, self._edge_said = self._told_at(end), False

    def _told_at(self, at: float) -> Cause:
        """The input that bears a time; the current one shows what no other tells."""
        return self.cause if at == self.cause.moment else self._told.get(at, self.cause)

    def _lay(self, bucket: str, start: float, end: float, seconds: Fraction) -> None:
        last = self.record.stretches[-1] if self.record.stretches else None
        new = Stretch(bucket, start, end, seconds, self._edge, self.cause)
        together = last is not None and last.bucket == bucket and abs(last.end - start) < _SAME
        if last is not None and together and last.whole and new.whole:
            last.end, last.closed = end, self.cause
            last.seconds += seconds
            return
        if last is not None and self._edge is not None and abs(last.end - start) < _SAME:
            last.closed = self._edge
        self.record.stretches.append(new)

    def watched(self, state: State, seconds: Fraction) -> None:
        """A range of content was closed."""
        start, end = state.range_start, state.position
        asset_id = state.asset.asset_id
        self.record.watched.append(Watched(asset_id, start, end, self.cause, seconds))

    def ad_over(self, state: State) -> None:
        """The open ad ends."""
        if state.ad is not None:
            names = (
                each.name for each in reversed(self.record.counted) if each.cause is self.cause
            )
            fate = _FATES.get(next((name for name in names if name.startswith("ads_")), ""), "cut")
            self.record.ads.append(ad_as_it_is(state, state.ad, self.cause, fate))

    def counts(self, name: str, step: int) -> None:
        """A count changed."""
        self.record.counted.append(Counted(name, step, self.cause))

    def noted(self, diagnostic: Diagnostic) -> None:
        """Something was not simply accepted."""
        self.record.notes.append(Note(diagnostic, self.cause))

    def made(self, state: State, event: Event) -> None:
        """An event was said."""
        begins = not isinstance(event, AdPlaying | ContentPlaying)
        if begins and abs(event.at - state.accrued) < _SAME:
            # What begins here begins with it, whatever else bears the same time.
            self._edge, self._edge_said = self._told_at(event.at), True
        place, way = None, _way(sys._getframe(2))
        reckoned = state.estimated or "on_time.say_beat_untold" in way
        if isinstance(event, ContentEvent):
            place = state.position
        elif isinstance(event, AdEvent) and state.ad is not None:
            place = state.ad.position
            reckoned = place > 0 and not state.ad_told
        parts = positions.position_parts(state)
        self._saying.append(Made(event, self.cause, way, parts, place, reckoned))


def ad_as_it_is(state: State, ad: AdPlay, cause: Cause, fate: str = "open") -> AdOver:
    """How much of the open ad went by, and how much is needed."""
    length = ad.ad.duration
    needed = None if length is None else adverts.watch_needed(state, length)
    return AdOver(ad.asset_id, state.ad_watched(), needed, length, cause, fate)


def _way(frame: FrameType | None) -> tuple[str, ...]:
    """The functions of the session that are being called, from the way in to here."""
    found: list[str] = []
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(_SESSION):
            found.append(f"{module.rpartition('.')[2]}.{frame.f_code.co_name}")
            if found[-1] in _WAYS_IN:
                break
        frame = frame.f_back
    return tuple(reversed(found))


class _Out(list[Event]):
    """The events of an input while it is taken; tells of each as it is said."""

    def __init__(self, state: "RecordedState") -> None:
        super().__init__()
        self._state = state

    def append(self, event: Event) -> None:
        super().append(event)
        self._state.recorder.made(self._state, event)


class RecordedState(State):
    """A session's state that tells a recorder what is written to it."""

    __slots__ = ("recorder",)
    recorder: Recorder

    @classmethod
    def of(cls, state: State, recorder: Recorder) -> "RecordedState":
        """The same state, recorded from now on."""
        made = cls.__new__(cls)
        for field in attrs.fields(State):
            if hasattr(state, field.name):
                object.__setattr__(made, field.name, getattr(state, field.name))
        object.__setattr__(made, "recorder", recorder)
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "accrued":
            self._passes(value)
        elif name in _SPENT:
            spent = Fraction(value) - Fraction(getattr(self, name))
            begins = name == "ad_run" and value == 0.0  # what the last ad played is in its figure
            if spent and not begins:
                self.recorder.spent(_SPENT[name], spent)
        elif name in _COUNTS:
            if value != getattr(self, name):
                self.recorder.counts(name, value - getattr(self, name))
        elif name == "media_seconds":
            self.recorder.watched(self, Fraction(value) - Fraction(self.media_seconds))
        elif name == "ad" and value is None and self.ad is not None:
            self.recorder.ad_over(self)
        elif name == "out":
            value = _Out(self)
        super().__setattr__(name, value)

    def _passes(self, end: float) -> None:
        start = self.accrued
        if not hasattr(self, "out"):  # the short way only moves the clock, and settles later
            self.recorder.spent(
                "content_played" if self.fast else "ad_played", Fraction(end) - Fraction(start)
            )
        self.recorder.passed(start, end)

    def note(self, at: float, name: str, kind: str, reason: str) -> None:
        """Count a reason, tell the hook and the recorder."""
        super().note(at, name, kind, reason)
        self.recorder.noted(Diagnostic(at, self.session_id, name, kind, reason))
