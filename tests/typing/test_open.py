"""``open``, ``adapt``, ``adopt`` and their like give what their types say."""

import asyncio
from collections.abc import Mapping
from typing import Any, assert_type

from video_tracker import AsyncTracker, MemoryTransport, SessionPlan, Tracker, find_adapter
from video_tracker.tracker import Stats, TrackedIntake, TrackedPlayer, TrackedSession
from video_tracker.tracker.options import Options

PLAN = SessionPlan(user_id="viewer-42")


def test_open_gives_a_session_a_player_or_an_intake() -> None:
    with Tracker(MemoryTransport(), plan=PLAN, mode="manual") as tracker:
        session = assert_type(tracker.open("s"), TrackedSession)
        player = assert_type(tracker.open("p", player="html5"), TrackedPlayer)
        by_class = assert_type(tracker.open("c", player=find_adapter("html5")), TrackedPlayer)
        signals = assert_type(tracker.open("b", beacons=True), TrackedIntake)
        intake = assert_type(tracker.open("i", player="html5", beacons=True), TrackedIntake)

    made = (session, player, by_class, signals, intake)
    assert [type(each) for each in made] == [
        TrackedSession,
        TrackedPlayer,
        TrackedPlayer,
        TrackedIntake,
        TrackedIntake,
    ]


def test_a_player_that_is_known_later_may_be_none() -> None:
    players: list[str | None] = [None, "html5"]
    with Tracker(MemoryTransport(), plan=PLAN, mode="manual") as tracker:
        opened: list[TrackedSession] = [tracker.open(f"o-{it}", player=it) for it in players]
        written = [each.snapshot() for each in opened]
        again = Tracker(MemoryTransport(), mode="manual")
        adopted: list[TrackedSession] = [
            again.adopt(value, player=it) for value, it in zip(written, players, strict=True)
        ]
        again.close()

    assert [type(each) for each in opened] == [TrackedSession, TrackedPlayer]
    assert [type(each) for each in adopted] == [TrackedSession, TrackedPlayer]


def test_without_beacons_it_is_as_if_they_were_not_mentioned() -> None:
    with Tracker(MemoryTransport(), plan=PLAN, mode="manual") as tracker:
        session = assert_type(tracker.open("s", beacons=False), TrackedSession)
        player = assert_type(tracker.open("p", player="html5", beacons=False), TrackedPlayer)

    assert [type(session), type(player)] == [TrackedSession, TrackedPlayer]


def test_sessions_of_new_ids_have_a_word_for_each_kind() -> None:
    with Tracker(MemoryTransport(), plan=PLAN, mode="manual") as tracker:
        session = assert_type(tracker.session("s"), TrackedSession)
        player = assert_type(tracker.adapt("p", "videojs"), TrackedPlayer)
        intake = assert_type(tracker.intake("i"), TrackedIntake)
        found = assert_type(tracker.find("s"), TrackedSession | None)

    assert [type(each) for each in (session, player, intake)] == [
        TrackedSession,
        TrackedPlayer,
        TrackedIntake,
    ]
    assert found is session


def test_what_is_released_is_adopted_as_it_was() -> None:
    with Tracker(MemoryTransport(), plan=PLAN, mode="manual") as tracker:
        tracker.open("p", player="html5").callback("play", {"currentTime": 0})
        written = assert_type(tracker.release("p"), Mapping[str, Any])
    with Tracker(MemoryTransport(), mode="manual") as tracker:
        player = assert_type(tracker.adopt(written, player="html5"), TrackedPlayer)
        stats = assert_type(tracker.flush(), Stats)

    assert type(player) is TrackedPlayer
    assert stats.pending == 0


def test_inputs_give_nothing_and_take_times_and_positions() -> None:
    transport = MemoryTransport()
    with Tracker(transport, plan=PLAN, mode="manual") as tracker:
        session = tracker.open("s")
        session.play(0)
        session.playing(0.0, at=None)
        session.receive("pause", position=3.5)
        session.update(properties={"tier": "gold"})
        stats = assert_type(tracker.close(), Stats)

    assert assert_type(stats.delivered, int) == 3
    assert assert_type(transport.events, list[str])[-1] == "Video Playback Paused"


def test_all_options_are_one_value_or_given_one_by_one() -> None:
    options = Options(mode="manual", profile="segment", plan=PLAN)
    with Tracker(MemoryTransport(), options=options) as tracker:
        assert assert_type(tracker.stats(), Stats).made == 0


def test_the_tracker_of_an_event_loop_gives_the_same() -> None:
    async def serve() -> list[type[TrackedSession]]:
        async with AsyncTracker(MemoryTransport(), plan=PLAN) as tracker:
            session = assert_type(tracker.open("s"), TrackedSession)
            player = assert_type(tracker.open("p", player="html5"), TrackedPlayer)
            intake = assert_type(tracker.open("i", beacons=True), TrackedIntake)
            session.play(0.0)
            assert assert_type(await tracker.flush(), Stats).delivered == 1
        return [type(session), type(player), type(intake)]

    assert asyncio.run(serve()) == [TrackedSession, TrackedPlayer, TrackedIntake]
