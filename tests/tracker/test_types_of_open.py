"""``open`` and ``adopt`` give what their types say: mypy, pyright and a run hold it.

``tests/typed_examples.py`` shows this file to the type checkers as a user's.
"""

import asyncio
from typing import assert_type

from video_tracker import AsyncTracker, MemoryTransport, SessionPlan, Tracker, find_adapter
from video_tracker.tracker import TrackedIntake, TrackedPlayer, TrackedSession

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


def test_the_tracker_of_an_event_loop_gives_the_same() -> None:
    async def serve() -> list[type[TrackedSession]]:
        async with AsyncTracker(MemoryTransport(), plan=PLAN) as tracker:
            session = assert_type(tracker.open("s"), TrackedSession)
            player = assert_type(tracker.open("p", player="html5"), TrackedPlayer)
            intake = assert_type(tracker.open("i", beacons=True), TrackedIntake)
        return [type(session), type(player), type(intake)]

    assert asyncio.run(serve()) == [TrackedSession, TrackedPlayer, TrackedIntake]
