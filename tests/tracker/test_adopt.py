"""A viewer goes from one process to the next: written down, let go of, and gone on with."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from video_tracker.errors import PlanError, SnapshotError
from video_tracker.plan import Content, SessionPlan
from video_tracker.players.html5 import Html5Adapter
from video_tracker.session import Session
from video_tracker.testing.clock import NOON, ManualClock
from video_tracker.tracker import TrackedIntake, TrackedPlayer, Tracker
from video_tracker.transports import MemoryTransport

PLAN = SessionPlan(user_id="u1", contents=[Content(asset_id="film", duration=60)])
LOG: list[tuple[float, str, float, dict[str, Any]]] = [
    (0, "play", 0.0, {}),
    (0.5, "playing", 0.0, {}),
    *((0.5 + n, "timeupdate", float(n), {}) for n in range(1, 8)),
    (7.7, "pause", 7.2, {"paused": True}),
    (9.7, "play", 7.2, {}),
    (9.8, "playing", 7.2, {}),
    *((2.6 + n, "timeupdate", float(n), {}) for n in range(8, 20)),
    (22.0, "seeking", 40.0, {"seeking": True}),
    (22.4, "seeked", 40.0, {}),
    (22.4, "playing", 40.0, {}),
    *((n - 17.6, "timeupdate", float(n), {}) for n in range(41, 46)),
    (28.0, "pagehide", 45.6, {}),
]


def told(player: TrackedPlayer, at: float, event: str, position: float, **more: Any) -> None:
    state = {"currentTime": position, "duration": 60, "paused": False, "readyState": 4, **more}
    channel = "page" if event == "pagehide" else None
    player.callback(event, state, channel=channel, at=NOON + at)


def messages(transport: MemoryTransport) -> list[dict[str, Any]]:
    return transport.messages


def straight() -> list[dict[str, Any]]:
    transport = MemoryTransport()
    tracker = Tracker(transport, mode="sync", clock=ManualClock())
    for at, event, position, more in LOG:
        told(tracker.open("s1", PLAN, player="html5"), at, event, position, **more)
    return messages(transport)


def test_a_handler_resumes_a_player_feeds_it_and_lets_it_go() -> None:
    """One container a callback: what comes out is as of one that held the viewer all the time."""
    transport = MemoryTransport()
    kept: str | None = None
    for at, event, position, more in LOG:
        tracker = Tracker(transport, mode="sync", clock=ManualClock())
        if kept is None:
            player = tracker.open("s1", PLAN, player="html5")
        else:
            player = tracker.adopt(json.loads(kept), player="html5")
        told(player, at, event, position, **more)
        kept = json.dumps(tracker.release("s1"))
        assert tracker.find("s1") is None
        tracker.flush()

    assert messages(transport) == straight()


def test_a_warm_container_is_no_error() -> None:
    """What is held and what was stored are one session: the one that was heard of later goes on."""
    transport = MemoryTransport()
    tracker = Tracker(transport, mode="sync", clock=ManualClock())
    shelf: list[Mapping[str, Any]] = []
    for at, event, position, more in LOG:
        if not shelf:
            player = tracker.open("s1", PLAN, player="html5")
        else:
            player = tracker.adopt(shelf[-1], player="html5")
        told(player, at, event, position, **more)
        shelf.append(player.snapshot())

    assert messages(transport) == straight()


def test_a_store_that_is_further_than_the_container_wins() -> None:
    """Another worker went on meanwhile: here it would say other events under the same ids."""
    one, two = MemoryTransport(), MemoryTransport()
    here = Tracker(one, mode="sync", clock=ManualClock())
    there = Tracker(two, mode="sync", clock=ManualClock())
    for at, event, position, more in LOG[:5]:
        told(here.open("s1", PLAN, player="html5"), at, event, position, **more)
    old = here.open("s1", player="html5")
    away = there.adopt(old.snapshot(), player="html5")
    for at, event, position, more in LOG[5:12]:
        told(away, at, event, position, **more)
    back = here.adopt(away.snapshot(), player="html5")
    for at, event, position, more in LOG[12:]:
        told(back, at, event, position, **more)

    assert back is not old
    assert here.open("s1", player="html5") is back
    assert [*messages(one)[:2], *messages(two), *messages(one)[2:]] == straight()


def test_what_is_told_to_a_released_session_does_nothing(caplog: pytest.LogCaptureFixture) -> None:
    transport = MemoryTransport()
    tracker = Tracker(transport, mode="sync", clock=ManualClock())
    session = tracker.open("s1", PLAN)
    session.play(0.0)
    tracker.release("s1")

    assert session.playing(0.0) == ()
    assert session.progress(1.0) == ()
    assert len(transport.messages) == 1
    assert "session 's1' was ignored: it was released" in caplog.text
    assert tracker.stats().sessions == 0


def test_only_what_is_here_can_be_released() -> None:
    tracker = Tracker(MemoryTransport(), mode="manual")

    with pytest.raises(PlanError, match="there is no session 's1'"):
        tracker.release("s1")


def test_time_passes_for_an_adopted_session_without_another_word() -> None:
    """S26: whoever holds it last tells of its silence."""
    clock, transport = ManualClock(), MemoryTransport()
    first = Tracker(MemoryTransport(), mode="sync", clock=clock, plan=PLAN)
    session = first.open("s1")
    session.play(0.0)
    session.playing(0.0)
    second = Tracker(transport, mode="sync", clock=clock)
    second.adopt(first.release("s1"))
    clock.advance(3600)
    first.tick()
    second.tick()

    assert transport.events[-1] == "Video Playback Interrupted"
    assert [message["messageId"] for message in transport.messages] == [
        f"s1-{number}" for number in range(3, 3 + len(transport.messages))
    ]


def test_an_adapter_of_another_version_is_made_anew_and_counted() -> None:
    """S83: nothing of the session is lost."""
    transport = MemoryTransport()
    tracker = Tracker(transport, mode="sync", clock=ManualClock())
    for at, event, position, more in LOG[:5]:
        told(tracker.open("s1", PLAN, player="html5"), at, event, position, **more)
    kept = json.loads(json.dumps(tracker.release("s1")))
    kept["adapter"]["version"] = "of long ago"
    player = tracker.adopt(kept, player="html5")
    for at, event, position, more in LOG[5:]:
        told(player, at, event, position, **more)

    assert messages(transport) == straight()
    assert tracker.stats().unread == {"adapter": 1}


@pytest.mark.parametrize(
    "damage",
    [
        {"key": 7},
        {"lag": "x"},
        {"state": None},
        {"version": 1},
        {"adapter": {"player": "vlc"}},
        {"adapter": 7},
        {"plan": 7},
    ],
)
def test_a_damaged_snapshot_is_refused_with_a_snapshot_error(damage: dict[str, Any]) -> None:
    tracker = Tracker(MemoryTransport(), mode="manual", plan=PLAN)
    tracker.open("s1", player="html5").callback("play", {"currentTime": 0.0, "paused": False})
    kept = {**tracker.release("s1"), **damage}

    with pytest.raises(SnapshotError):
        tracker.adopt(kept)
    assert tracker.stats().sessions == 0


def test_a_player_of_ones_own_class_is_adopted_likewise() -> None:
    transport = MemoryTransport()
    tracker = Tracker(transport, mode="sync", clock=ManualClock(), plan=PLAN)
    told(tracker.open("s1", player=Html5Adapter), 0, "play", 0.0)
    player = tracker.adopt(tracker.release("s1"), player=Html5Adapter)
    told(player, 1, "playing", 0.0)

    assert [event.removeprefix("Video ") for event in transport.events] == [
        "Playback Started",
        "Content Started",
    ]


def test_a_session_that_was_made_elsewhere_needs_an_id_of_its_own() -> None:
    tracker = Tracker(MemoryTransport(), mode="manual")
    tracker.adopt(Session("s1", PLAN))

    with pytest.raises(PlanError, match="'s1' is being tracked"):
        tracker.adopt(Session("s1", PLAN))


def test_who_is_told_by_beacons_is_adopted_for_beacons() -> None:
    tracker = Tracker(MemoryTransport(), mode="sync", clock=ManualClock())
    tracker.open("s1", PLAN, player="html5", beacons=True)
    kept = json.loads(json.dumps(tracker.release("s1")))

    adopted = tracker.adopt(kept)
    assert isinstance(adopted, TrackedIntake)
    assert tracker.open("s1", player="html5", beacons=True) is adopted
