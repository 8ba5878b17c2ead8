"""Logs to be changed and run again: those of the cases, and some told by hand.

A :class:`Tape` is a story that reaches no session: it keeps the signals. :func:`play` runs a log
through its sessions, with ticks between the callbacks as a schedule has them, and gives the bytes
that would be sent and the figures.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import attrs

from tests.cases.judging import FIRST, read_case
from tests.session.story import Story, ad, mid, post, pre, row
from video_tracker.events import Envelope, Event
from video_tracker.plan import AdRange, Content, PlayerAttributes, SessionPlan
from video_tracker.plan_json import plan_from_json
from video_tracker.session import Playback, Session, restore, snapshot
from video_tracker.signal_log import read_signals
from video_tracker.signals import SIGNALS, Signal, Tick
from video_tracker.wire import Encoder

Schedule = Callable[[Playback, float, float], Iterator[float]]
"""The times of the ticks between two times; the playback says when it wants one."""

_Any = TypeVar("_Any")


@attrs.frozen
class Log:
    """What a player said, and what was known ahead."""

    name: str
    plan: SessionPlan
    signals: tuple[Signal, ...]

    def __str__(self) -> str:
        return self.name


@attrs.frozen
class Run:
    """What came of a log.

    Args:
        events: The events in the order in which they were sent.
        bodies: For each session, the bytes of its messages.
        figures: Of each session, its summary without the diagnostics, which count inputs.
        diagnostics: Of each session.
    """

    events: tuple[Event, ...]
    bodies: dict[str, list[bytes]]
    figures: tuple[dict[str, Any], ...]
    diagnostics: tuple[dict[str, int], ...]

    @property
    def lines(self) -> list[str]:
        """The events as one reads them, session by session, without what only bytes show."""
        start = self.events[0].at if self.events else 0.0
        return [
            f"{session_id} {row(event, start)} of {event.total_length}"
            for session_id in self.bodies
            for event in self.events
            if event.session_id == session_id
        ]


class Tape(Story):
    """A story of which only the signals are kept."""

    def __init__(self, *contents: Content | float, **options: Any) -> None:
        super().__init__(*contents, **options)
        self.signals: list[Signal] = []

    def say_at(self, when: float, signal: str, **fields: Any) -> list[str]:
        self.signals.append(SIGNALS[signal](at=self.start + when, **fields))
        return []

    def log(self, name: str) -> Log:
        return Log(name, self.plan, tuple(self.signals))


def play(
    log: Log,
    schedule: Schedule | None = None,
    ahead: float | None = None,
    until: float | None = None,
) -> Run:
    """Run a log.

    Args:
        log: The log.
        schedule: The ticks between its callbacks; None is none at all.
        ahead: Each callback comes in only after a tick so many seconds later than its own time.
        until: Let time pass until then, as the schedule has it and with a last tick.
    """
    playback = Playback(Session("s1", log.plan))
    said: list[tuple[Envelope, Event]] = []
    before: float | None = None
    for signal in log.signals:
        if schedule is not None and before is not None:
            for at in schedule(playback, before, signal.at):
                said += playback.tick(at)
        if ahead is not None:
            said += playback.tick(signal.at + ahead)
        said += playback.receive(signal)
        before = signal.at if before is None else max(before, signal.at)
    if until is not None:
        if schedule is not None and before is not None:
            for at in schedule(playback, before, until):
                said += playback.tick(at)
        said += playback.tick(until)
    said += playback.finish()
    return _run(playback.sessions, said)


def play_restored(log: Log, at_every: bool) -> Iterator[tuple[int, Run]]:
    """Run a log on restored sessions.

    Args:
        log: The log.
        at_every: Write the session down and read it after every signal of one run; else once in a
            run, for each place where that can be.

    Yields:
        After how many signals, and what came of it.
    """
    if at_every:
        playback = Playback(Session("s1", log.plan))
        said: list[tuple[Envelope, Event]] = []
        for signal in log.signals:
            said += playback.receive(signal)
            playback.session = _written_and_read(playback.session)
        yield len(log.signals), _run(playback.sessions, [*said, *playback.finish()])
        return
    whole = Playback(Session("s1", log.plan))
    so_far: list[tuple[Envelope, Event]] = []
    for number, signal in enumerate(log.signals, start=1):
        so_far += whole.receive(signal)
        rest = Playback(_written_and_read(whole.session))
        rest.earlier = whole.earlier
        said = list(so_far)
        for later in log.signals[number:]:
            said += rest.receive(later)
        yield number, _run(rest.sessions, [*said, *rest.finish()])


def _written_and_read(session: Session) -> Session:
    return restore(json.loads(json.dumps(snapshot(session), allow_nan=False)))


def _run(sessions: Sequence[Session], said: Sequence[tuple[Envelope, Event]]) -> Run:
    encoder = Encoder()
    bodies: dict[str, list[bytes]] = {}
    for envelope, event in said:
        bodies.setdefault(event.session_id, []).append(encoder.encode(event, envelope).body)
    summaries = [session.summary().to_dict() for session in sessions]
    diagnostics = tuple(summary.pop("diagnostics") for summary in summaries)
    return Run(tuple(event for _, event in said), bodies, tuple(summaries), diagnostics)


def changed(log: Log, plan: SessionPlan | None = None, **fields: Callable[[Any], Any]) -> Log:
    """A log whose signals' fields of those names went through the functions; None stays None."""
    return attrs.evolve(
        log,
        plan=log.plan if plan is None else plan,
        signals=tuple(_changed(signal, fields) for signal in log.signals),
    )


def _changed(value: _Any, fields: dict[str, Callable[[Any], Any]]) -> _Any:
    told = {name: getattr(value, name, None) for name in fields}
    known: Any = {name: fields[name](old) for name, old in told.items() if old is not None}
    new: _Any = attrs.evolve(value, **known)  # type: ignore[misc]
    return new


def without_ticks(log: Log) -> Log:
    """The log as if nobody had let time pass."""
    kept = tuple(signal for signal in log.signals if not isinstance(signal, Tick))
    return attrs.evolve(log, signals=kept)


# -- the logs --------------------------------------------------------------------------------------


def _of_case(name: str) -> Log:
    case = read_case(name)
    plan = dict(case.plan)
    plan["settings"] = {**plan.get("settings", {}), **case.set}
    plan["user_id"] = "viewer-1"
    lines = [json.dumps(line) for line in case.log]
    signals = tuple(signal for _, signal in read_signals(lines, name))
    return Log(name, plan_from_json(plan), signals)


def whole() -> Tape:
    """Every kind of break, with beats, quartiles and gaps."""
    tape = Tape(60, breaks=[pre(ad("a0", 12)), mid(30, ad("a1", 8), ad("a2", 4)), post(ad("z", 8))])
    tape.say("play")
    tape.wait(0.5).pod(("a0", 12))
    tape.wait(0.75).say("playing", position=0.0)
    tape.watch(30).wait(0.25).pod(("a1", 8), ("a2", 4))
    tape.wait(1).say("playing", position=30.0)
    tape.watch(30).say("content_end", position=60.0)
    tape.wait(3).pod(("z", 8))
    tape.say("end")
    return tape


def busy() -> Tape:
    """Pauses, stalls, seeks and an interruption, some short, some long."""
    tape = Tape(600)
    tape.begin(startup=2).watch(12).pause(40).watch(7).seek(100, taking=3).watch(5)
    tape.say("buffer_start", position=tape.position)
    tape.wait(25).say("buffer_end", position=tape.position)
    tape.watch(30).seek(110, 0.1).seek(120, 0.1).watch(10)
    tape.say("interrupt", method="call")
    tape.wait(100).say("playing", position=tape.position)
    tape.watch(4).say("exit", position=tape.position)
    return tape


def held() -> Tape:
    """What settings hold back, and a pause that the break explains."""
    tape = Tape(600, min_buffer=0.25, scrub_window=0.5, breaks=[mid(50, ad("a1", 8))])
    tape.begin().watch(5)
    for wait in (0.1, 0.2, 0.4, 3.0):
        tape.say("buffer_start", position=tape.position)
        tape.wait(wait).say("buffer_end", position=tape.position)
        tape.watch(2, step=0.25)
    for to in (20.0, 30.0, 25.0):
        tape.seek(to, taking=0.1).watch(0.2, step=0.1)
    tape.watch(5, step=0.25).pause(5).watch(19.5, step=0.25)
    tape.say("pause", position=tape.position)
    tape.wait(0.1).pod(("a1", 8))
    tape.say("playing", position=50.0)
    tape.position = 50.0
    tape.watch(20).say("exit", position=70.0)
    return tape


def doubted() -> Tape:
    """The viewer's own pauses near a planned break, near an ad's end and near the content's."""
    tape = Tape(60, breaks=[mid(30, ad("a1", 8))], quartiles="off")
    tape.begin().watch(29.5, step=0.5)
    tape.pause(12).watch(0.5)
    tape.say("ad_break_start")
    tape.ad_start("a1", duration=8.0)
    tape.watch_ad(7.5, step=0.5)
    tape.say("pause", position=7.5)
    tape.wait(9).say("play", position=7.5)
    tape.watch_ad(0.5).ad_end()
    tape.say("ad_break_end")
    tape.say("playing", position=30.0)
    tape.watch(29.5, step=0.5).pause(6).watch(0.5).end()
    return tape


def silent() -> Tape:
    """A pause of three hours, and a device asleep for two."""
    tape = Tape(6000)
    tape.begin().watch(30).pause(10_800).watch(20).wait(7200).watch(20)
    tape.say("exit", position=tape.position)
    return tape


def returned() -> Tape:
    """An open session that times out while paused and is revived."""
    tape = Tape(6000)
    tape.begin().watch(12)
    tape.say("pause", position=12.0)
    tape.wait(2500).say("play", position=12.0)
    tape.say("playing", position=12.0)
    tape.watch(15)
    return tape


def lost() -> Tape:
    """An ad's end, its break's end and a resume are lost, the content's end is never told."""
    tape = Tape(60, step=0.25)
    tape.begin().watch(20)
    tape.say("ad_break_start")
    tape.ad_start("a1", duration=15.0)
    tape.watch_ad(15).watch(20)
    tape.say("pause", position=40.0)
    tape.wait(10).watch(19.75)
    return tape


def playlist() -> Tape:
    """Three items, one after the other, the last one begun before the one before it ended."""
    items = [Content(asset_id=name, duration=20.0) for name in ("one", "two", "three")]
    tape = Tape(*items)
    tape.begin().watch(20)
    tape.say("content_end", position=20.0)
    for name in ("two", "three"):
        tape.wait(5).say("content_start", asset_id=name, position=0.0)
        tape.position = 0.0
        tape.watch(15)
    tape.watch(5).end()
    return tape


def replays() -> Tape:
    """A replay after the end, a loop without a word, and an exit."""
    tape = Tape(20)
    tape.begin().watch(20).end()
    tape.wait(4).begin()
    tape.watch(19.75, step=0.25)
    tape.position = 0.0
    tape.wait(0.25).say("progress", position=0.0)
    tape.watch(6, step=0.25).say("exit", position=6.0)
    return tape


def live() -> Tape:
    """A livestream with an ad in it, paused once; its clock begins at an hour."""
    tape = Tape(Content(asset_id="news", livestream=True), quartiles="off")
    tape.begin(position=3600.0).watch(25)
    tape.pod(("a", 10))
    tape.say("playing", position=3625.0)
    tape.watch(12).pause(8).watch(20).say("exit", position=tape.position)
    return tape


def stitched() -> Tape:
    """Two breaks in the stream, one of them passed by a seek and played after a seek back."""
    tape = Tape(60, ads="stitched", quartiles="off")
    ranges = (
        AdRange(start=0.0, end=10.0, ads=(ad("p", 10.0),)),
        AdRange(start=40.0, end=52.0, ads=(ad("m1", 7.0), ad("m2", 5.0))),
    )
    tape.say("ad_ranges", ranges=ranges)
    tape.begin().watch(30).seek(60.0).watch(5).seek(35.0).watch(25)
    tape.say("exit", position=tape.position)
    return tape


def positionless() -> Tape:
    """A caller who never tells where he is."""
    tape = Tape(600, quartiles="off")
    tape.say("play")
    tape.wait(1).say("playing")
    tape.wait(37).say("pause")
    tape.wait(12).say("play")
    tape.wait(23).say("ad_break_start")
    tape.say("ad_start", asset_id="a", duration=20.0)
    tape.wait(20).say("ad_end")
    tape.say("ad_break_end")
    tape.say("playing")
    tape.wait(44).say("exit")
    return tape


def fast_and_slow() -> Tape:
    """Rates that are told, positions every five seconds."""
    tape = Tape(600)
    tape.begin().watch(20, step=5)
    for rate in (2.0, 0.5, 1.25):
        tape.say("update", playback_rate=rate)
        tape.watch(20, rate=rate, step=5)
    tape.say("exit", position=tape.position)
    return tape


def failing_ads() -> Tape:
    """One ad is skipped, one fails, one never comes, and all of it is told."""
    tape = Tape(60, breaks=[mid(20, ad("a", 10), ad("b", 10), ad("c", 10))], extra_events=True)
    tape.begin().watch(20)
    tape.say("ad_break_start")
    tape.ad_start("a", duration=10.0)
    tape.watch_ad(4).say("ad_click")
    tape.watch_ad(2).say("ad_skip", position=6.0)
    tape.wait(0.5).ad_start("b", duration=10.0)
    tape.watch_ad(3).say("ad_error", reason="decode", asset_id="b")
    tape.wait(0.5).say("ad_error", reason="404", asset_id="c")
    tape.say("ad_break_end")
    tape.say("playing", position=20.0)
    tape.watch(15).say("exit", position=35.0)
    return tape


def attributes() -> Tape:
    """Sound, rate, quality and length change on the way."""
    tape = Tape(plan={"player": PlayerAttributes(video_player="tv", sound=40, framerate=25)})
    tape.say("load", duration=90.0)
    tape.begin(startup=1.5).watch(6)
    tape.say("quality", bitrate=2500.0, framerate=24.0, quality="720p", dropped_frames=3)
    tape.watch(6).say("update", sound=0.0, full_screen=True)
    tape.watch(6).say("update", duration=60.0, properties={"chapter": 2})
    tape.watch(6).say("error", fatal=False, reason="caption")
    tape.watch(36).end()
    return tape


def error_at_last() -> Tape:
    """A fatal error while the buffer plays on for three seconds; then it stands, and he leaves."""
    tape = Tape(600)
    tape.begin().watch(14)
    tape.say("error", fatal=True, reason="network")
    tape.watch(3).stand(6).say("exit", position=tape.position)
    return tape


def impatient() -> Tape:
    """Each report comes half a second after the timeout."""
    tape = Tape(60, idle_timeout=0.5)
    tape.begin().watch(4).say("exit", position=4.0)
    return tape


_TOLD: Final = (
    whole,
    busy,
    held,
    doubted,
    silent,
    returned,
    lost,
    playlist,
    replays,
    live,
    stitched,
    positionless,
    fast_and_slow,
    failing_ads,
    attributes,
    error_at_last,
    impatient,
)

CASES: Final = tuple(_of_case(name) for name in FIRST)
TOLD: Final = tuple(tell().log(tell.__name__) for tell in _TOLD)
LOGS: Final = (*CASES, *TOLD)
