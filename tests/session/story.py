"""A short way to write what a viewer and a player did, and to read what came of it.

A :class:`Story` feeds the public inputs of one session in wall time and lists its events as rows::

    story = Story(60, breaks=[mid(30, ad("a1", 15))])
    story.begin().watch(30).pod(15).watch(30).end()
    assert story.rows == ["0 Playback Started 0", "0 Content Started 0 content-1", ...]

A row is: seconds since the story began, the event without its ``Video``, its position, and its
ids: the pod for content, ``pod/ad type`` for ads, ``@pod`` for what plays on playback events.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from video_tracker.events import (
    AdEvent,
    AdPlaying,
    ContentEvent,
    Event,
    PlaybackCompleted,
    PlaybackEvent,
    PlaybackInterrupted,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    PlaybackStarted,
)
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings
from video_tracker.session import Session, Summary
from video_tracker.testing import check_session

T0 = 1_795_432_210.25
"""The wall time at which most stories begin: a real one, since small numbers hide faults."""

BUCKETS = Summary.BUCKETS


def ad(asset_id: str, duration: float | None = None) -> Ad:
    """A planned ad."""
    return Ad(asset_id=asset_id, duration=duration)


def pre(*ads: Ad, **fields: Any) -> AdBreak:
    """A planned pre-roll."""
    return AdBreak(at="start", ads=ads, **fields)


def mid(at: float, *ads: Ad, **fields: Any) -> AdBreak:
    """A planned mid-roll."""
    return AdBreak(at=at, ads=ads, **fields)


def post(*ads: Ad, **fields: Any) -> AdBreak:
    """A planned post-roll."""
    return AdBreak(at="end", ads=ads, **fields)


def seconds(value: float) -> str:
    """``12.50`` as ``12.5``, ``12.00`` as ``12``."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def ids_of(event: Event) -> list[str]:
    """What tells this event from another of its name."""
    match event:
        case ContentEvent():
            return [event.pod_id]
        case AdEvent():
            ids = [f"{event.pod_id}/{event.asset_id}", event.ad_type.removesuffix("-roll")]
            if isinstance(event, AdPlaying) and event.quartile is not None:
                ids.append(f"q{event.quartile}")
            return ids
        case PlaybackStarted() | PlaybackCompleted():
            return []
        case PlaybackEvent():
            pod = event.playing.ad_pod_id or event.playing.content_pod_id
            ids = [f"@{pod}"] if pod else []
            if isinstance(event, PlaybackInterrupted) and event.method is not None:
                ids.append(event.method)
            if isinstance(event, PlaybackSeekStarted | PlaybackSeekCompleted):
                target = event.seek_position
                ids += [] if target is None else [f">{target}"]
            return ids
    return []


def row(event: Event, start: float) -> str:
    """One event in one line."""
    position = "-" if event.position is None else str(event.position)
    name = event.name.removeprefix("Video ").removeprefix("Playback ")
    if isinstance(event, PlaybackStarted | PlaybackCompleted):
        name = f"Playback {name}"
    return " ".join([seconds(event.at - start), name, position, *ids_of(event)])


def rows(events: Iterable[Event], start: float = T0) -> list[str]:
    """Events in lines."""
    return [row(event, start) for event in events]


def names(events: Iterable[Event]) -> list[str]:
    """Only what happened, in order, without heartbeats."""
    listed = (row(event, event.at).split(" ", 1)[1] for event in events)
    return [
        line.rsplit(" ", len(ids_of(event)) + 1)[0]
        for line, event in zip(listed, events, strict=True)
        if not event.name.endswith(" Playing")
    ]


class Story:
    """One viewing of one player, told in wall time.

    Args:
        contents: The planned contents, or only their lengths.
        breaks: The planned ad breaks.
        start: Unix seconds at which the story begins.
        step: Seconds between two progress callbacks.
        strict: Whether the session raises instead of repairing.
        session_id: The session's id.
        plan: Other fields of the plan.
        settings: Settings of the session.
    """

    told: ClassVar[list["Story"]] = []

    def __init__(
        self,
        *contents: Content | float,
        breaks: Sequence[AdBreak] = (),
        start: float = T0,
        step: float = 1.0,
        strict: bool = False,
        session_id: str = "s1",
        plan: dict[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        given = [each if isinstance(each, Content) else Content(duration=each) for each in contents]
        self.plan = SessionPlan(
            user_id="viewer",
            contents=given,
            ad_breaks=breaks,
            settings=Settings(**settings),
            **(plan or {}),
        )
        self.session = Session(session_id, self.plan, strict=strict)
        self.start = start
        self.step = step
        self.now = 0.0
        self.position = 0.0
        self.in_ad = 0.0
        self.events: list[Event] = []
        self.told.append(self)

    # -- saying ---------------------------------------------------------------------------------

    def say(self, signal: str, **fields: Any) -> list[str]:
        """Call one input now; the rows of what it caused at once."""
        return self.say_at(self.now, signal, **fields)

    def say_at(self, when: float, signal: str, **fields: Any) -> list[str]:
        """Call one input with a time of its own; the story's clock stays."""
        events = getattr(self.session, signal)(self.start + when, **fields)
        assert isinstance(events, tuple)
        self.events.extend(events)
        return rows(events, self.start)

    def begin(self, startup: float = 0.0, position: float = 0.0) -> "Story":
        """The viewer presses play, and after ``startup`` seconds the first frame moves."""
        self.say("play")
        self.now += startup
        self.position = position
        self.say("playing", position=position)
        return self

    def wait(self, seconds: float) -> "Story":
        """Time passes and nobody says anything."""
        self.now += seconds
        return self

    def watch(self, seconds: float, rate: float = 1.0, step: float | None = None) -> "Story":
        """The content plays for so many seconds of wall time, with progress at every step."""
        for passed in self._steps(seconds, step):
            self.position += passed * rate
            self.say("progress", position=self.position)
        return self

    def watch_ad(self, seconds: float, step: float | None = None) -> "Story":
        """The ad plays for so many seconds of wall time, with progress at every step."""
        for passed in self._steps(seconds, step):
            self.in_ad += passed
            self.say("ad_progress", position=self.in_ad)
        return self

    def stand(self, seconds: float, step: float | None = None) -> "Story":
        """The content's progress goes on being reported, and the position stands still."""
        for _ in self._steps(seconds, step):
            self.say("progress", position=self.position)
        return self

    def tick(self, seconds: float, step: float | None = None) -> "Story":
        """Time passes and the session is told so at every step."""
        for _ in self._steps(seconds, step):
            self.say("tick")
        return self

    def idle(self, seconds: float) -> "Story":
        """Time passes; the session is woken exactly when it asked for it, and at the end."""
        end = self.now + seconds
        while (due := self.session.wake_at()) is not None and due <= self.start + end:
            at = max(due - self.start, self.now)
            self.say_at(at, "tick")
            after = self.session.wake_at()
            assert after is None or after > due, "a tick at wake_at must serve it"
            self.now = at
        self.now = end
        self.say("tick")
        return self

    def _steps(self, seconds: float, step: float | None) -> Iterable[float]:
        step = step or self.step
        left = seconds
        while left > 1e-9:
            passed = min(step, left)
            left -= passed
            self.now += passed
            yield passed

    # -- ads ------------------------------------------------------------------------------------

    def ad_start(self, asset_id: str | Ad | None = None, **fields: Any) -> list[str]:
        """The ad's first frame moves."""
        self.in_ad = 0.0
        return self.say("ad_start", asset_id=asset_id, **fields)

    def ad_end(self, **fields: Any) -> list[str]:
        """The ad ends where it is."""
        return self.say("ad_end", position=self.in_ad, **fields)

    def ad(self, asset_id: str | None, length: float, declared: float | None = None) -> "Story":
        """A whole ad: start, progress, end."""
        self.ad_start(asset_id, duration=length if declared is None else declared)
        self.watch_ad(length)
        self.ad_end()
        return self

    def pod(self, *ads: tuple[str | None, float], **fields: Any) -> "Story":
        """A whole break with its ads."""
        self.say("ad_break_start", **fields)
        for asset_id, length in ads:
            self.ad(asset_id, length)
        self.say("ad_break_end")
        return self

    # -- the viewer -----------------------------------------------------------------------------

    def pause(self, seconds: float) -> "Story":
        """The viewer pauses for so long, then goes on."""
        self.say("pause", position=self.position)
        self.wait(seconds)
        self.say("play", position=self.position)
        self.say("playing", position=self.position)
        return self

    def seek(self, to: float, taking: float = 0.5) -> "Story":
        """The viewer seeks in the content; afterwards it goes on from there."""
        self.say("seek_start", position=self.position, to=to)
        self.wait(taking)
        self.position = to
        self.say("seek_end", position=to)
        return self

    def end(self) -> "Story":
        """The content runs out, and the player says it is finished."""
        self.say("end", position=self.position)
        return self

    # -- reading --------------------------------------------------------------------------------

    @property
    def rows(self) -> list[str]:
        """All events so far."""
        return rows(self.events, self.start)

    @property
    def beats(self) -> list[str]:
        """Only the heartbeats so far."""
        return [line for line in self.rows if " Playing " in line]

    @property
    def rest(self) -> list[str]:
        """Everything but heartbeats so far."""
        return [line for line in self.rows if " Playing " not in line]

    def named(self, name: str) -> list[Event]:
        """The events of one name (without ``Video``)."""
        return [event for event in self.events if event.name == f"Video {name}"]

    def summary(self) -> Summary:
        """The figures, after holding the session to all its invariants."""
        summary = self.session.summary()
        check_session(self.events, summary)
        return summary

    def figures(self) -> dict[str, Any]:
        """The figures under their names in JSON."""
        return self.summary().to_dict()
