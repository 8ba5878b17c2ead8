"""S9: stitched ads give the same events as client ads for the same viewing."""

from collections.abc import Sequence

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.session.stitched_viewing import (
    StreamWatcher,
    ads_of,
    as_client,
    plan_of,
)
from video_tracker.events import Event
from video_tracker.plan import AdBreak, SessionPlan
from video_tracker.session import Playback, Session
from video_tracker.signals import Signal
from video_tracker.testing import check_stream

SECONDS = st.sampled_from([1.0, 2.0, 3.0, 7.0, 12.0])
ACTIONS = st.one_of(
    st.tuples(st.just("watch"), st.sampled_from([1.0, 4.0, 9.0, 21.0, 0.4])),
    st.tuples(st.just("watch"), st.sampled_from([15.0, 33.0])),
    st.tuples(st.just("pause"), SECONDS),
    st.tuples(st.just("stall"), SECONDS),
    st.tuples(st.just("seek"), st.sampled_from([3.0, 17.0, 37.0, 48.0, 0.5])),
    st.tuples(st.just("tick"), st.just(0.0)),
)


@st.composite
def breaks(draw: st.DrawFn) -> tuple[AdBreak, ...]:
    places = draw(st.lists(st.sampled_from(["start", 10.0, 30.0, "end"]), max_size=3, unique=True))
    found = []
    for place in places:
        lengths = draw(st.lists(st.sampled_from([5.0, 15.0, 6.0]), min_size=1, max_size=3))
        resume = draw(st.sampled_from([0.0, 0.0, 5.0])) if isinstance(place, float) else 0.0
        found.append(
            AdBreak(at=place, ads=ads_of(*lengths, name=str(place)), resume_offset=resume)  # type: ignore[arg-type]
        )
    return tuple(found)


def watched(
    plan: SessionPlan, actions: Sequence[tuple[str, float]], *, exits: bool, **how: float
) -> StreamWatcher:
    watcher = StreamWatcher(plan, **how)  # type: ignore[arg-type]
    for action in actions:
        watcher.do(*action)
    if exits:
        watcher.exit()
    watcher.watch(10_000.0)
    return watcher


def played(plan: SessionPlan, log: Sequence[Signal]) -> tuple[Session, list[Event]]:
    playback = Playback(Session("s1", plan))
    said = [each for signal in log for each in playback.receive(signal)]
    said += playback.finish()
    assert "internal_fault" not in playback.session.diagnostics
    return playback.session, [event for _, event in said]


def figures(session: Session) -> dict[str, object]:
    """The summary, to the microsecond, without the diagnostics, which count the inputs."""
    known = session.summary().to_dict()
    del known["diagnostics"]
    return {name: rounded(value) for name, value in known.items()}


def rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 5) + 0.0
    if isinstance(value, list):
        return [rounded(part) for part in value]
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return value


def told(events: Sequence[Event]) -> list[dict[str, object]]:
    """All that the events say, their times to the microsecond."""
    return [attrs.asdict(event) | {"at": round(event.at, 5)} for event in events]


@given(breaks(), st.lists(ACTIONS, max_size=8), st.booleans())
def test_both_kinds_of_ads_give_the_same_events(
    parts: tuple[AdBreak, ...], actions: list[tuple[str, float]], exits: bool
) -> None:
    """S9, exactly: the stream speaks at every border."""
    plan = plan_of(parts)
    watcher = watched(plan, actions, exits=exits)

    client, expected = played(as_client(plan), watcher.client)
    stitched, events = played(plan, watcher.stream)

    assert told(events) == told(expected)
    assert check_stream(events) == []
    assert figures(stitched) == figures(client)


def without_beats(events: Sequence[Event]) -> list[dict[str, object]]:
    """All events but heartbeats, which are said at the next word of the playhead (S40)."""
    kept = [event for event in events if not event.name.endswith(" Playing")]
    return [known | {"sequence": 0} for known in told(kept)]


@given(
    breaks(),
    st.lists(ACTIONS, max_size=8),
    st.booleans(),
    st.sampled_from([0.25, 0.7, 1.0, 2.0, 25.0]),
)
def test_a_stream_that_does_not_speak_at_its_borders_has_them_dated_truly(
    parts: tuple[AdBreak, ...], actions: list[tuple[str, float]], exits: bool, step: float
) -> None:
    """S9: the playhead tells how long ago it passed a border, however seldom it is told."""
    plan = plan_of(parts)
    watcher = watched(plan, actions, exits=exits, step=step, exact=False)

    _, expected = played(as_client(plan), watcher.client)
    _, events = played(plan, watcher.stream)

    assert without_beats(events) == without_beats(expected)
    assert check_stream(events) == []
