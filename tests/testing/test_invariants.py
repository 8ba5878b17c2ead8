"""Each invariant finds the fault that is planted in a right session, and keeps quiet without it."""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given

from tests.session.story import Story, ad, mid, pre
from video_tracker.events import (
    AdPlaying,
    AdStarted,
    ContentCompleted,
    ContentPlaying,
    ContentStarted,
    Event,
    PlaybackBufferStarted,
    PlaybackPaused,
    PlaybackResumed,
    PlaybackSeekStarted,
    QualityUpdated,
)
from video_tracker.plan import Settings
from video_tracker.session import Session
from video_tracker.summary import Summary
from video_tracker.testing import invariants
from video_tracker.testing.intervals import intervals
from video_tracker.testing.invariants import check_session, session_faults
from video_tracker.testing.simulator import Simulation
from video_tracker.testing.strategies import viewings

Told = tuple[list[Event], Summary]


def told() -> Told:
    """Two seconds of startup, a pre-roll, a pause, a stall, a seek, a skipped mid-roll, the end."""
    story = Story(60, breaks=[pre(ad("p", 5)), mid(30, ad("m", 15))], extra_events=True)
    story.say("play")
    story.wait(2).pod(("p", 5)).say("playing", position=0.0)
    story.say("quality", bitrate=1000)
    story.watch(12).pause(4)
    story.say("buffer_start", position=12.0)
    story.wait(3).say("buffer_end", position=12.0)
    story.seek(20).watch(10)
    story.say("ad_break_start")
    story.ad_start("m")
    story.watch_ad(6).say("ad_skip")
    story.say("ad_break_end")
    story.watch(30).end()
    return story.events, story.summary()


def at(kind: type[Event], events: Iterable[Event], nth: int = 0) -> int:
    return [place for place, event in enumerate(events) if isinstance(event, kind)][nth]


def with_event(kind: type[Event], nth: int = 0, **changes: Any) -> list[Event]:
    """The session with one event changed."""
    events = list(told()[0])
    place = at(kind, events, nth)
    events[place] = attrs.evolve(events[place], **changes)
    return events


def without(kind: type[Event], nth: int = 0) -> list[Event]:
    """The session without one event, the others numbered again."""
    events = list(told()[0])
    del events[at(kind, events, nth)]
    return [attrs.evolve(event, sequence=n) for n, event in enumerate(events, start=1)]


def test_the_session_that_faults_are_planted_in_is_right() -> None:
    assert session_faults(*told(), exact=True) == []


EVENT_CHECKS: dict[str, Callable[[Iterable[Event]], list[str]]] = {
    name: getattr(invariants, name)
    for name in (
        *("check_types", "check_positions", "check_order", "check_ids", "check_dates"),
        *("check_pods", "check_beats"),
    )
}


@pytest.mark.parametrize("check", EVENT_CHECKS)
def test_each_check_keeps_quiet_about_a_right_session_and_about_none(check: str) -> None:
    assert EVENT_CHECKS[check](told()[0]) == []
    assert EVENT_CHECKS[check]([]) == []


@pytest.mark.parametrize(
    ("check", "events", "fault"),
    [
        (
            "check_types",
            with_event(AdStarted, ad_type="pre"),
            "event 2 (Video Ad Started): ad_type",
        ),
        (
            "check_types",
            with_event(PlaybackPaused, session_id=""),
            "event 10 (Video Playback Paused): it has no session id (S20)",
        ),
        (
            "check_positions",
            with_event(ContentPlaying, position=61),
            "event 9 (Video Content Playing): position 61 lies after total_length 60 (S1, S2)",
        ),
        (
            "check_positions",
            with_event(PlaybackPaused, position=12.5),
            "event 10 (Video Playback Paused): position 12.5 is no whole number of seconds (S3)",
        ),
        (
            "check_positions",
            with_event(AdStarted, position=-1),
            "event 2 (Video Ad Started): position -1 is negative (S3)",
        ),
        (
            "check_order",
            without(PlaybackPaused),
            "event 10 (Video Playback Resumed): there is no pause and no interruption",
        ),
        (
            "check_ids",
            with_event(ContentStarted, sequence=44),
            "event 7 (Video Content Started): its sequence is 44, not 7 (S50)",
        ),
        (
            "check_ids",
            with_event(PlaybackPaused, session_id="s2"),
            "event 10 (Video Playback Paused): it belongs to session s2, not s1 (S20)",
        ),
        (
            "check_ids",
            with_event(ContentPlaying, asset_id="another"),
            "event 9 (Video Content Playing): the pod content-1 is one of asset-1 (S12)",
        ),
        (
            "check_dates",
            with_event(PlaybackPaused, at=told()[0][8].at - 1),
            "event 10 (Video Playback Paused): it is dated 1.000 s before event 9 (Video Content",
        ),
    ],
)
def test_each_check_finds_the_fault_of_its_kind(
    check: str, events: list[Event], fault: str
) -> None:
    found = EVENT_CHECKS[check](events)

    assert found[0].startswith(fault)
    assert found[0] in session_faults(events)


def test_a_pod_that_nobody_closed_is_found() -> None:
    """S21, S22, S23."""
    before_ad, last = without(ContentCompleted), without(ContentCompleted, -1)

    (first_fault,) = invariants.check_pods(before_ad)
    (last_fault,) = invariants.check_pods(last)

    assert first_fault.endswith(
        "(Video Ad Started): content-1 was not completed before the ad (S21)"
    )
    assert last_fault.endswith("(Video Playback Completed): content-2 is still open (S23)")


def test_a_pod_that_begins_where_another_plays_needs_a_seek() -> None:
    """S22."""
    events = told()[0]
    begun = at(ContentStarted, events)
    pod: Any = attrs.evolve(events[begun], pod_id="content-9")  # type: ignore[call-arg]
    again = [*events[: begun + 2], pod, *events[begun:]]

    assert invariants.check_pods(again)[0] == (
        "event 9 (Video Content Started): content-1 was neither completed nor left (S21, S22)"
    )


def test_a_pod_left_by_a_seek_needs_no_completed() -> None:
    """S22."""
    story = Story(60, breaks=[mid(30, ad("m", 15))]).begin().watch(5).seek(40).watch(5)
    story.say("exit")

    assert len(story.named("Content Started")) == 2
    assert session_faults(story.events, story.summary(), exact=True) == []


def test_a_beat_before_its_time_is_found() -> None:
    """S40: the first at ten seconds, the second at twenty."""
    early = with_event(ContentPlaying, 0, at=told()[0][6].at + 9)

    assert invariants.check_beats(early) == [
        "event 9 (Video Content Playing): beat 1 of its grid comes after 9.000 s, not 10 (S40)"
    ]
    assert len(invariants.check_beats(told()[0], heartbeat=11.0)) == 3
    assert len(invariants.check_beats(told()[0], heartbeat=None)) == 3


def test_beats_that_answer_and_quartiles_are_none_of_the_grid() -> None:
    """S33, S43, S45."""
    events = told()[0]
    kinds = {type(event) for event in events}

    assert {PlaybackResumed, AdPlaying} <= kinds
    assert any(isinstance(event, AdPlaying) and event.quartile for event in events)
    assert invariants.check_beats(events) == []


# -- the figures -----------------------------------------------------------------------------------


def changed(**figures: Any) -> Summary:
    """The summary with some figures changed: buckets and counts by their names."""
    summary = told()[1]
    buckets = {name: figures.pop(name, value) for name, value in summary.buckets.items()}
    counts = {name: figures.pop(name, value) for name, value in summary.counts.items()}
    return attrs.evolve(summary, buckets=buckets, counts=counts, **figures)


@pytest.mark.parametrize(
    ("summary", "fault"),
    [
        (changed(paused=Fraction(-4)), "paused is -4.0, no number of seconds from 0 (S64)"),
        (changed(seeks=-1), "seeks is -1"),
        (changed(media_seconds=Fraction(5)), "52.000 s were seen at least once, and 5.000 s of"),
        (changed(ads_skipped=2), "3 ads completed or were skipped, and 2 started (S13)"),
        (
            changed(watched={"film": ((0.0, 12.0), (5.0, 60.0))}),
            "film: watched 5 to 60 is no range, or not in order",
        ),
        (
            changed(watched={"film": ((9.0, 1.0),)}),
            "film: watched 9 to 1 is no range, or not in order",
        ),
    ],
)
def test_figures_that_do_not_add_up_are_found(summary: Summary, fault: str) -> None:
    assert [text for text in invariants.check_figures(summary) if text.startswith(fault)] != []


def test_buckets_that_do_not_sum_to_the_elapsed_time_are_found() -> None:
    @attrs.frozen(kw_only=True)
    class Longer(Summary):
        @property
        def elapsed(self) -> float:
            return 100.0

    summary = told()[1]
    longer = Longer(**{each.name: getattr(summary, each.name) for each in attrs.fields(Summary)})

    (fault,) = invariants.check_figures(longer)

    assert fault == f"the buckets sum to {summary.elapsed:.3f} s, not to the elapsed 100.000"


@pytest.mark.parametrize(
    ("summary", "fault"),
    [
        (changed(pauses=2), "pauses is 2, and the events tell of 1"),
        (changed(seeks=0), "seeks is 0, and the events tell of 1"),
        (changed(ads_started=3), "ads_started is 3, and the events tell of 2"),
        (changed(ads_completed=0), "ads_completed is 0, and the events tell of 1"),
        (changed(breaks=1), "breaks is 1, and there are 2 ad pods"),
        (changed(ads_skipped=0), "ads_skipped is 0, and there are 1 Ad Skipped"),
        (
            changed(ended="exited"),
            "it ended as exited, and its last event is Video Playback Completed (S20)",
        ),
        (
            changed(ended="open"),
            "it ended as open, and its last event is Video Playback Completed (S20)",
        ),
    ],
)
def test_figures_that_tell_another_story_than_the_events_are_found(
    summary: Summary, fault: str
) -> None:
    assert invariants.check_counts(told()[0], summary) == [fault]


def test_each_heartbeat_is_counted() -> None:
    events, summary = told()
    beats = sum(event.name.endswith(" Playing") for event in events)

    assert summary.counts["heartbeats"] == beats > 5
    assert invariants.check_counts(events, changed(heartbeats=beats + 1)) == [
        f"heartbeats is {beats + 1}, and the events tell of {beats}"
    ]


def test_an_elapsed_time_that_the_events_do_not_take_is_found() -> None:
    for more in (1, -1):
        paused = told()[1].buckets["paused"] + more
        (fault,) = invariants.check_counts(told()[0], changed(paused=paused))
        assert fault.startswith("elapsed is ")


def test_a_session_without_an_event_has_no_time() -> None:
    empty = Session("s1", Story(60).plan).summary()

    assert invariants.check_counts([], empty) == []
    assert invariants.check_counts([], told()[1])[-1].endswith("without an event")


def test_a_startup_time_that_is_told_twice_or_otherwise_is_found() -> None:
    """S25: in milliseconds, once."""
    events, summary = told()
    place = at(QualityUpdated, events)
    twice = [*events[:place], events[place], *events[place:]]
    other = with_event(QualityUpdated, startup_time=1500)

    assert getattr(events[place], "startup_time", None) == 2000
    assert invariants.check_counts(twice, summary) == ["startup_time is told 2 times (S25)"]
    assert invariants.check_counts(other, summary) == [
        "startup_time is 2 s, and Quality Updated says 1500 ms (S25)"
    ]


def test_the_seconds_between_the_events_are_those_of_the_viewing() -> None:
    """The joint behind the skipped ad has no length here; of startup the events tell 2 s."""
    assert intervals(told()[0]) == pytest.approx(
        {
            "startup": 2.0,
            "content_played": 12.0 + 10.0 + 30.0,
            "ad_played": 5.0 + 6.0,
            "paused": 4.0,
            "seeking": 0.5,
            "buffering": 3.0,
            "gap": 0.0,
            "interrupted": 0.0,
        }
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("content_played", "paused"), ("ad_played", "gap"), ("buffering", "seeking")],
)
def test_seconds_in_the_wrong_bucket_are_found(one: str, other: str) -> None:
    events, summary = told()
    buckets = summary.buckets
    wrong = changed(**{one: buckets[one] + 1, other: buckets[other] - 1})

    faults = invariants.check_intervals(events, wrong)

    names = {"gap": "startup and gap"}
    assert {text.split(" is ")[0] for text in faults} == {one, names.get(other, other)}
    assert invariants.check_intervals(events, wrong, slack=1.5) == []


def test_an_interruption_by_timeout_moves_no_time() -> None:
    """S26: a silent pause stays paused."""
    story = Story(60, idle_timeout=60.0).begin().watch(5)
    story.say("pause", position=5.0)
    story.idle(100).say("play", position=5.0)
    story.say("playing", position=5.0)
    story.watch(5).say("exit")

    assert any("Interrupted" in row for row in story.rows)
    assert invariants.check_intervals(story.events, story.summary()) == []


# -- all of it -------------------------------------------------------------------------------------


def test_check_session_raises_with_every_fault() -> None:
    events, _ = told()
    events = [event for event in events if not isinstance(event, PlaybackBufferStarted)]

    with pytest.raises(AssertionError) as error:
        check_session(events, changed(pauses=2, seeks=5))

    lines = str(error.value).splitlines()
    assert lines[0] == f"{len(lines) - 1} faults:"
    assert "  pauses is 2, and the events tell of 1" in lines
    assert "  seeks is 5, and the events tell of 1" in lines
    assert any("no buffer is open (S20)" in line for line in lines)
    assert len(set(lines)) == len(lines)


def test_check_session_lets_a_right_session_pass() -> None:
    check_session(*told(), exact=True)
    check_session(told()[0])


def test_the_beats_are_judged_by_the_sessions_own_setting() -> None:
    story = Story(60, heartbeat=4.0).begin().watch(60).end()

    check_session(story.events, story.summary(), exact=True, settings=Settings(heartbeat=4.0))
    assert session_faults(story.events, story.summary(), exact=True) != []


@given(viewings())
def test_a_well_behaved_viewing_keeps_all_invariants_exactly(viewing: Simulation) -> None:
    plan = attrs.evolve(viewing.plan, settings=Settings(extra_events=True))
    session = Session("s1", plan)
    events = [event for signal in viewing.signals for event in session.receive(signal)]

    check_session(events, session.summary(), exact=True)


def test_sessions_are_judged_each_by_itself() -> None:
    events, summary = told()
    other = [attrs.evolve(event, session_id="s2") for event in events]
    mixed = [event for pair in zip(events, other, strict=True) for event in pair]
    longer = attrs.evolve(changed(pauses=2), session_ids=("s2",))

    invariants.check_sessions(mixed, [summary], exact=True)
    assert invariants.sessions_faults(mixed, [summary, longer]) == [
        "session s2: pauses is 2, and the events tell of 1"
    ]
    with pytest.raises(AssertionError, match="1 faults"):
        invariants.check_sessions(mixed, [summary, longer])


def test_what_is_not_finite_is_no_figure() -> None:
    summary = changed(watched={"film": ((0.0, math.inf),)})

    assert any("film: watched 0 to inf" in text for text in invariants.check_figures(summary))


def test_a_seek_that_starts_twice_is_found_by_the_grammar() -> None:
    events = told()[0]
    place = at(PlaybackSeekStarted, events)

    assert any(
        "a seek is open already" in text
        for text in invariants.check_order([*events[: place + 1], *events[place:]])
    )
