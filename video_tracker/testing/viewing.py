"""A viewer and a well-behaved player, simulated: what the player says, and what is true of it.

:class:`Watcher` acts (watch, pause, stall, seek, skip) and writes down the signals, the seconds of
each phase and the events that must follow. It counts by itself and shares nothing with the session,
so that its figures can hold the session's.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from video_tracker import signals
from video_tracker.plan import Ad, AdBreak, SessionPlan
from video_tracker.signals import Signal

__all__ = ["START", "Step", "Viewing", "Watcher"]

START: Final = 1_795_432_210.25
"""When every viewing begins, in Unix seconds: a real time, since small numbers hide faults."""

Step = tuple[str, float]
"""An action of the viewer: ``watch``, ``pause``, ``stall``, ``seek`` (to) or ``skip``."""

_STEP: Final = 1.0
_SEEK_TAKES: Final = 0.5


@attrs.frozen
class Viewing:
    """What was said in a viewing, and the truth about it.

    Args:
        plan: The session's plan.
        signals: What the player said, in order.
        names: The events that must follow, in order, without ``Video``, heartbeats left out.
        figures: The figures of the summary that are known, by their key.
    """

    plan: SessionPlan
    signals: tuple[Signal, ...]
    names: tuple[str, ...]
    figures: Mapping[str, float | str]


class Watcher:
    """Acts a viewing of the plan's first content, whose length must be known.

    A break plays when the playhead runs into it, once; a seek over a break leaves it unplayed.
    Every ad of the plan needs a length.

    Args:
        plan: One content and its breaks.
        startup: Seconds between play and the first frame.
    """

    def __init__(self, plan: SessionPlan, startup: float = 0.0) -> None:
        duration = plan.contents[0].duration
        if duration is None:
            raise ValueError("the content's length must be known")
        self.plan = plan
        self.length = float(duration)
        self.now = START
        self.position = 0.0
        self.said: list[Signal] = []
        self.names = ["Playback Started"]
        self.spent = dict.fromkeys(
            ("startup", "content_played", "ad_played", "paused", "seeking", "buffering"), 0.0
        )
        self.counts = dict.fromkeys(
            (
                "pauses",
                "seeks",
                "rebuffers",
                "breaks",
                "ads_started",
                "ads_completed",
                "ads_skipped",
            ),
            0,
        )
        self.watched: list[tuple[float, float]] = []
        self.waiting = list(plan.ad_breaks)
        self.borders = [float(each.at) for each in plan.ad_breaks if isinstance(each.at, float)]
        self.pod: int | None = None
        self.ads: list[Ad] = []
        self.in_ad = 0.0
        self.after_content = False
        self.ended = "open"
        self._say(signals.Play(self.now))
        self._spend("startup", startup)
        if not self._enter_break(self._next_at("start")):
            self._open_content()

    # -- the viewer -------------------------------------------------------------------------

    def do(self, action: str, amount: float) -> None:
        """Do one thing; after the end, or where it makes no sense, nothing."""
        if self.ended != "open":
            return
        if action == "watch":
            self._watch(amount)
        elif action == "pause":
            self._pause(amount)
        elif action == "stall" and (self.ads or self.length - self.position > 1):
            self._stall(amount)
        elif action == "seek" and not self.ads:
            self._seek(amount)
        elif action == "skip" and self.ads:
            self._skip()

    def finish(self, exits: bool = False) -> Viewing:
        """Leave, or watch to the end, and say what is true of the whole."""
        if exits and self.ended == "open":
            self._say(signals.Exit(self.now, self._place()))
            self._end("exited", "Playback Exited")
        while self.ended == "open":
            self._watch(_STEP)
        figures: dict[str, float | str] = {**self.spent, **self.counts, "ended": self.ended}
        figures |= dict.fromkeys(("gap", "interrupted", "suspended", "ads_failed"), 0.0)
        figures["elapsed"] = self.now - START
        figures["content_media_seconds"] = self.spent["content_played"]
        figures["unique_seconds"] = _covered(self.watched)
        return Viewing(self.plan, tuple(self.said), tuple(self.names), figures)

    def _watch(self, seconds: float) -> None:
        left = seconds
        while left > 0 and self.ended == "open":
            left -= self._play_ad(left) if self.ads else self._play_content(left)

    def _pause(self, seconds: float) -> None:
        self._say(signals.Pause(self.now, self._place()))
        self._spend("paused", seconds)
        self._say(signals.Play(self.now, self._place()), signals.Playing(self.now, self._place()))
        self.names += ["Playback Paused", "Playback Resumed"]
        self.counts["pauses"] += 1

    def _stall(self, seconds: float) -> None:
        self._say(signals.BufferStart(self.now, self._place()))
        self._spend("buffering", seconds)
        self._say(signals.BufferEnd(self.now, self._place()))
        self._say(signals.Playing(self.now, self._place()))
        self.names += ["Playback Buffer Started", "Playback Buffer Completed"]
        self.counts["rebuffers"] += 1

    def _seek(self, to: float) -> None:
        self._say(signals.SeekStart(self.now, self.position, to))
        self._spend("seeking", _SEEK_TAKES)
        self.position = to
        self._say(signals.SeekEnd(self.now, to), signals.Playing(self.now, to))
        self.names += ["Playback Seek Started", "Playback Seek Completed"]
        self.counts["seeks"] += 1
        if self.pod != self._pod_here():
            self._name_pod()

    def _skip(self) -> None:
        self._say(signals.AdSkip(self.now, self.in_ad))
        self.counts["ads_skipped"] += 1
        self._leave_ad()

    # -- the player -------------------------------------------------------------------------

    def _play_content(self, left: float) -> float:
        """Play content for one step at most, up to the next break; the seconds it took."""
        ahead = [each for each in self.waiting if self.position < self._offset(each)]
        due = min(ahead, key=self._offset, default=None)
        border = self.length if due is None else self._offset(due)
        step = min(_STEP, left, border - self.position)
        self.watched.append((self.position, self.position + step))
        self.position += step
        self._spend("content_played", step)
        self._say(signals.Progress(self.now, self.position))
        if self.position >= self.length:
            self._finish_content()
        elif self.position >= border:
            self._enter_break(due)
        return step

    def _finish_content(self) -> None:
        self._say(signals.ContentEnd(self.now, self.position))
        self._close_pod()
        self.after_content = True
        if not self._enter_break(self._next_at("end")):
            self._complete()

    def _play_ad(self, left: float) -> float:
        length = float(self.ads[0].duration or 0.0)
        step = min(_STEP, left, length - self.in_ad)
        self.in_ad += step
        self._spend("ad_played", step)
        self._say(signals.AdProgress(self.now, self.in_ad))
        if self.in_ad >= length:
            self._say(signals.AdEnd(self.now, self.in_ad))
            self.names.append("Ad Completed")
            self.counts["ads_completed"] += 1
            self._leave_ad()
        return step

    def _enter_break(self, part: AdBreak | None) -> bool:
        if part is None:
            return False
        self.waiting.remove(part)
        self._say(signals.AdBreakStart(self.now, ads=part.ads))
        self._close_pod()
        self.counts["breaks"] += 1
        self.ads = list(part.ads)
        self._start_ad()
        return True

    def _start_ad(self) -> None:
        self.in_ad = 0.0
        self._say(signals.AdStart(self.now, self.ads[0]))
        self.names.append("Ad Started")
        self.counts["ads_started"] += 1

    def _leave_ad(self) -> None:
        self.ads = self.ads[1:]
        if self.ads:
            self._start_ad()
            return
        self._say(signals.AdBreakEnd(self.now))
        if self.after_content:
            self._complete()
        else:
            self._open_content()

    def _open_content(self) -> None:
        self._say(signals.Playing(self.now, self.position))
        self._name_pod()

    def _name_pod(self) -> None:
        self.names.append("Content Started")
        self.pod = self._pod_here()

    def _close_pod(self) -> None:
        if self.pod is not None:
            self.names.append("Content Completed")
        self.pod = None

    def _complete(self) -> None:
        self._say(signals.End(self.now, self.position))
        self._end("completed", "Playback Completed")

    def _end(self, ended: str, name: str) -> None:
        self.ended = ended
        self.names.append(name)

    # -- small things -----------------------------------------------------------------------

    def _say(self, *said: Signal) -> None:
        self.said += said

    def _spend(self, bucket: str, seconds: float) -> None:
        self.now += seconds
        self.spent[bucket] += seconds

    def _place(self) -> float:
        return self.in_ad if self.ads else self.position

    def _next_at(self, place: str) -> AdBreak | None:
        return next((each for each in self.waiting if each.at == place), None)

    def _offset(self, part: AdBreak) -> float:
        if isinstance(part.at, str):
            return -1.0 if part.at == "start" else self.length
        return float(part.at)

    def _pod_here(self) -> int:
        return sum(border <= self.position for border in self.borders)


def _covered(ranges: list[tuple[float, float]]) -> float:
    """Seconds covered by ranges that may overlap."""
    total, reached = 0.0, 0.0
    for start, end in sorted(ranges):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
