"""Snapshots: versioned, JSON-able, refused when unknown or damaged, and complete."""

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.errors import SnapshotError
from video_tracker.events import Event
from video_tracker.plan import Ad, AdBreak, Content, PlayerAttributes, SessionPlan, Settings
from video_tracker.session import Session, restore, snapshot
from video_tracker.session.data.state import State
from video_tracker.testing import check_stream
from video_tracker.testing.strategies import hostile_values
from video_tracker.wire import Encoder

T0 = 1_795_432_210.25

PLAN = SessionPlan(
    user_id="viewer",
    anonymous_id="device",
    contents=(
        Content(
            asset_id="film", duration=60.0, title="Film", keywords=("a", "b"), airdate="2026-01-02"
        ),
    ),
    ad_breaks=(
        AdBreak(at="start", ads=(Ad(asset_id="p1", duration=5.0),)),
        AdBreak(at=30.0, ads=(Ad(asset_id="m1", duration=15.0), Ad(asset_id="m2", duration=5.0))),
        AdBreak(at="end", pod_length=1),
    ),
    player=PlayerAttributes(video_player="html5", sound=55),
    properties={"tenant": "t1", "nested": {"list": [1, None, "x"]}},
    context={"ip": "0.0.0.0"},
    integrations={"All": True},
    settings=Settings(extra_events=True),
)

Told = Callable[[Session], object]


def at(seconds: float) -> float:
    return T0 + seconds


def calls(*told: Told) -> tuple[Told, ...]:
    return told


def watch(first: int, last: int, behind: float = 0.0) -> tuple[Told, ...]:
    """Content progress every second; ``behind``: seconds by which the position lags."""

    def progress(second: int) -> Told:
        return lambda session: session.progress(at(second), second - behind)

    return tuple(progress(second) for second in range(first, last + 1))


PRE_ROLL = calls(
    lambda s: s.play(at(0)),
    lambda s: s.ad_break_start(at(0.5)),
    lambda s: s.ad_start(at(1)),
    lambda s: s.ad_progress(at(3), 2.0),
    lambda s: s.ad_progress(at(5.5), 4.5),
    lambda s: s.ad_end(at(6), 5.0),
    lambda s: s.ad_break_end(at(6)),
)
CONTENT = calls(lambda s: s.playing(at(7), 0.0)) + watch(8, 20, 7)
MID_ROLL = calls(
    lambda s: s.ad_break_start(at(37)),
    lambda s: s.ad_start(at(37.5)),
    lambda s: s.ad_progress(at(45), 7.5),
    lambda s: s.pause(at(46), 8.5),
    lambda s: s.play(at(50), 8.5),
    lambda s: s.ad_progress(at(56.5), 15.0),
    lambda s: s.ad_end(at(56.5), 15.0),
    lambda s: s.ad_start(at(56.5)),
    lambda s: s.ad_click(at(57)),
    lambda s: s.ad_skip(at(58), 1.5),
    lambda s: s.ad_break_end(at(58)),
    lambda s: s.playing(at(58), 30.0),
)
LAST_PART = watch(59, 88, 28) + calls(
    lambda s: s.content_end(at(88), 60.0),
    lambda s: s.ad_break_start(at(89)),
    lambda s: s.ad_start(at(89), "e1", duration=5.0),
    lambda s: s.ad_progress(at(94), 5.0),
    lambda s: s.ad_end(at(94)),
    lambda s: s.ad_break_end(at(94)),
    lambda s: s.end(at(94)),
)
WHOLE = PRE_ROLL + CONTENT + watch(21, 37, 7) + MID_ROLL + LAST_PART

SEEK = calls(
    lambda s: s.seek_start(at(20.5), 13.5, 40.0),
    lambda s: s.buffer_start(at(20.75), 40.0),
    lambda s: s.buffer_end(at(21), 40.0),
    lambda s: s.seek_end(at(21.5), 40.0),
    lambda s: s.playing(at(21.5), 40.0),
    lambda s: s.progress(at(22.5), 41.0),
)
DOUBTFUL_PAUSE = (
    PRE_ROLL
    + CONTENT
    + watch(21, 36, 7)
    + calls(
        # within 1 s of the planned mid-roll: held back until the next input shows what it was
        lambda s: s.pause(at(36.5), 29.5),
        lambda s: s.ad_break_start(at(36.6)),
        lambda s: s.ad_start(at(37)),
    )
)
REAL_PAUSE = DOUBTFUL_PAUSE[:-2] + calls(
    lambda s: s.tick(at(45)), lambda s: s.play(at(46), 29.5), lambda s: s.progress(at(46.4), 29.9)
)
PAUSED_SEEK = (
    PRE_ROLL
    + CONTENT
    + calls(
        lambda s: s.pause(at(20.5), 13.5),
        lambda s: s.seek_start(at(22), 13.5, 5.0),
        lambda s: s.seek_end(at(22.2), 5.0),
        lambda s: s.play(at(30), 5.0),
        lambda s: s.progress(at(31), 6.0),
    )
)
STALL = (
    PRE_ROLL
    + CONTENT
    + calls(
        lambda s: s.buffer_start(at(20.5), 13.5),
        lambda s: s.pause(at(25), 13.5),
        lambda s: s.buffer_end(at(26), 13.5),
        lambda s: s.play(at(27), 13.5),
        lambda s: s.interrupt(at(28), "call"),
        lambda s: s.progress(at(60), 14.0),
        lambda s: s.progress(at(61), 15.0),
    )
)
REORDERED_AD = calls(
    lambda s: s.play(at(0)),
    lambda s: s.ad_end(at(1), asset_id="p1"),
    lambda s: s.ad_start(at(2), "p1", duration=5.0),
    lambda s: s.playing(at(8), 0.0),
    lambda s: s.progress(at(12), 4.0),
)
TIMEOUT = (
    PRE_ROLL
    + CONTENT
    + calls(
        lambda s: s.pause(at(20.5), 13.5),
        lambda s: s.tick(at(3000)),
        lambda s: s.play(at(4000), 13.5),
        lambda s: s.progress(at(4001), 14.5),
        lambda s: s.exit(at(4002), 15.5),
    )
)
ATTRIBUTES = PRE_ROLL + calls(
    lambda s: s.update(at(6.5), sound=0, playback_rate=1.5, properties={"mood": "calm"}),
    lambda s: s.quality(at(6.6), bitrate=3000, framerate=25, quality="480p", dropped_frames=2),
    lambda s: s.playing(at(7), 0.0),
    lambda s: s.load(at(8), duration=61.5),
    lambda s: s.progress(at(12), 7.5),
    lambda s: s.load(at(13), plan=SessionPlan(contents=(Content(asset_id="two", duration=9.0),))),
    lambda s: s.load(at(20), next_item=True),
    lambda s: s.playing(at(20.5), 0.0),
    lambda s: s.progress(at(29), 8.5),
    lambda s: s.end(at(29.5), 9.0),
)
# The framework has an id of its own for the planned ad (S12): from then on both name it.
TWO_NAMES = calls(
    lambda s: s.play(at(0)),
    lambda s: s.ad_break_start(at(0.5)),
    lambda s: s.ad_start(at(1), "creative-77"),
    lambda s: s.ad_progress(at(3), 2.0),
    lambda s: s.ad_end(at(6), 5.0, "creative-77"),
    lambda s: s.ad_break_end(at(6)),
    lambda s: s.playing(at(7), 0.0),
    lambda s: s.ad_error(at(8), "late", "creative-77"),
)
# What a livestream has played stands behind the next item, and in front of it again (S1, S85).
LIVE_LEFT = calls(
    lambda s: s.play(at(0)),
    lambda s: s.load(at(0), livestream=True),
    lambda s: s.playing(at(1), 100.0),
    lambda s: s.progress(at(2), 101.0),
    lambda s: s.content_start(at(3), "show", 0.0),
    lambda s: s.progress(at(5), 2.0),
    lambda s: s.content_start(at(6), "film", 102.0),
    lambda s: s.progress(at(8), 104.0),
    lambda s: s.pause(at(9), 105.0),
)
TIGHT = Settings(min_buffer=3.0, scrub_window=2.0, heartbeat=2.0, completion_wait=5.0)

STORIES: dict[str, tuple[Told, ...]] = {
    "whole": WHOLE,
    "seek": PRE_ROLL + CONTENT + SEEK,
    "doubtful pause": DOUBTFUL_PAUSE,
    "real pause": REAL_PAUSE,
    "seek while paused": PAUSED_SEEK,
    "stall": STALL,
    "reordered ad": REORDERED_AD,
    "timeout": TIMEOUT,
    "attributes": ATTRIBUTES,
    "two names": TWO_NAMES,
    "live left": LIVE_LEFT,
}


def new(settings: Settings = PLAN.settings) -> Session:
    return Session("s1", PLAN, settings=settings)


def tell(session: Session, story: Sequence[Told]) -> list[Event]:
    events: list[Event] = []
    for told in story:
        caused = told(session)
        assert isinstance(caused, tuple)
        events += caused
    return events


def through_json(session: Session) -> Session:
    return restore(json.loads(json.dumps(snapshot(session), allow_nan=False)))


@pytest.mark.parametrize("settings", [PLAN.settings, TIGHT], ids=["default", "tight"])
@pytest.mark.parametrize("name", STORIES)
def test_a_session_restored_before_every_single_input_tells_the_same(
    name: str, settings: Settings
) -> None:
    """In mid-ad, in mid-seek, with a pause held back: a restored session goes on byte for byte."""
    story = STORIES[name]
    straight = new(settings)
    expected = tell(straight, story)
    assert check_stream(expected) == []

    moved, actual = new(settings), list[Event]()
    for told in story:
        moved = through_json(moved)
        actual += tell(moved, [told])

    assert actual == expected
    assert moved.summary() == straight.summary()
    assert moved.wake_at() == straight.wake_at()
    assert moved.envelope() == straight.envelope()
    encoder = Encoder()
    for event in expected:
        assert (
            encoder.encode(event, moved.envelope()).body
            == encoder.encode(event, straight.envelope()).body
        )


@pytest.mark.parametrize("name", STORIES)
def test_a_session_is_restored_as_it_was_in_every_part(name: str) -> None:
    session = new()
    for told in STORIES[name]:
        told(session)
        restored = through_json(session)
        for field in State.__slots__:
            if field not in {"__weakref__", "out"}:  # `out` is of one input, unset between them
                before, after = getattr(session._state, field), getattr(restored._state, field)
                if field == "rare":  # names and values in turn, in whatever order they came
                    before, after = by_name(before), by_name(after)
                assert same(after, before), field


def by_name(rare: tuple[object, ...] | None) -> dict[object, object]:
    return dict(zip((rare or ())[::2], (rare or ())[1::2], strict=True))


def same(one: object, other: object) -> bool:
    """Equality of value; the mutable parts of a session compare by their fields."""
    if type(one) is type(other) and hasattr(one, "__slots__") and type(one).__eq__ is object.__eq__:
        return all(same(getattr(one, name), getattr(other, name)) for name in one.__slots__)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return one == other


def test_a_snapshot_is_versioned_json() -> None:
    session = new()
    tell(session, WHOLE[:20])

    stored = snapshot(session)

    assert stored["version"] == 4
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored


def test_a_snapshot_is_compact() -> None:
    """A fresh session stores little beside its plan; a played one not much more."""
    fresh, played = new(), new()
    tell(played, WHOLE[:-1])

    assert len(json.dumps(snapshot(fresh))) < 2_000
    assert len(json.dumps(snapshot(played))) < 4_000


def test_a_snapshot_shares_nothing_with_its_session() -> None:
    session = new()
    tell(session, WHOLE[:40])
    stored = snapshot(session)
    kept = copy.deepcopy(stored)

    tell(session, WHOLE[40:])

    assert stored == kept
    restored = restore(stored)
    tell(restored, WHOLE[40:])
    assert stored == kept


def test_a_plan_given_on_restoring_stands_for_the_stored_one() -> None:
    """Thousands of sessions of one plan then share it again."""
    session = new()
    tell(session, WHOLE[:40])

    restored = restore(snapshot(session), PLAN)

    assert restored.plan is PLAN
    assert tell(restored, WHOLE[40:]) == tell(session, WHOLE[40:])


def test_a_restored_session_counts_its_restarts_on() -> None:
    """S24: the next session's id is the one that the first would have given."""
    session = new()
    tell(session, WHOLE)

    assert through_json(session).restart().session_id == session.restart().session_id == "s1-2"


def test_the_diagnostics_are_part_of_it() -> None:
    """S60."""
    session = new()
    session.seek_end(at(0))
    session.progress(at(1), float("nan"))

    assert session.diagnostics
    assert through_json(session).diagnostics == session.diagnostics


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"version": 1}, "version 1"),
        ({"version": 0}, "version 0"),
        ({"version": "1"}, "version '1'"),
        ({"version": True}, "version True"),
        ({"version": None}, "version None"),
    ],
)
def test_another_version_is_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SnapshotError, match=complaint):
        restore(snapshot(new()) | change)


@pytest.mark.parametrize("value", [None, 7, "x", [], [1], b"x", {}, {"version": 2}, {1: 2}])
def test_what_is_no_snapshot_is_refused(value: Any) -> None:
    with pytest.raises(SnapshotError, match=r"\w+ .*\w+"):
        restore(value)


def test_every_missing_part_is_refused_or_has_a_default() -> None:
    """Whatever is cut out of a snapshot, it is restored as it was or refused; never half right."""
    session = new()
    tell(session, WHOLE[:44])
    stored = snapshot(session)

    for name in stored:
        cut = {key: value for key, value in stored.items() if key != name}
        try:
            restored = restore(cut)
        except SnapshotError as error:
            assert name in str(error) or "do not fit together" in str(error)  # noqa: PT017
        else:
            assert snapshot(restored) == stored, f"{name} was lost without a word"


@given(st.data())
def test_a_damaged_value_is_refused_or_does_no_harm(data: st.DataObject) -> None:
    """Wrong types never leave ``restore`` as another error, and never make a broken session."""
    session = new()
    length = data.draw(st.sampled_from([0, 4, 12, 20, 44, 46, len(WHOLE)]))
    tell(session, WHOLE[:length])
    damaged = json.loads(json.dumps(snapshot(session)))
    place = damaged
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner and data.draw(st.booleans())):
            break
        place = inner
    value = data.draw(st.one_of(hostile_values(), st.sampled_from(["over", "ad", -1, 1e300])))
    place[key] = value

    try:
        restored = restore(damaged)
    except SnapshotError as error:
        assert str(error)  # noqa: PT017
        return
    tell(restored, WHOLE[length:])
    assert "internal_fault" not in restored.diagnostics
    restored.summary()
    snapshot(restored)


def test_the_complaint_names_the_part_that_is_wrong() -> None:
    stored = snapshot(new())

    with pytest.raises(SnapshotError, match="session_id"):
        restore(stored | {"session_id": 7})


def test_custom_properties_that_json_cannot_hold_change_no_byte_of_the_messages() -> None:
    """S51: a snapshot holds of them what the wire would send of them."""
    session = new()
    session.play(T0)
    session.update(T0 + 1, properties={"nan": float("nan"), "bytes": b"x", "set": {"b", "a"}})
    restored = restore(json.loads(json.dumps(snapshot(session), allow_nan=False)))
    encoder = Encoder()

    (left,), (again,) = session.exit(T0 + 2), restored.exit(T0 + 2)

    assert encoder.encode(left, session.envelope()) == encoder.encode(again, restored.envelope())
