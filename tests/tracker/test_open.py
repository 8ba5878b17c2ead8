"""Get or create: one object an id, and nothing is ever sent twice under it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from video_tracker.errors import PlanError, UnknownPlayerError
from video_tracker.ingest import decode_beacons
from video_tracker.plan import Content, SessionPlan
from video_tracker.testing.clock import NOON, ManualClock
from video_tracker.testing.grammar import check_messages
from video_tracker.tracker import TrackedPlayer, TrackedSession, Tracker
from video_tracker.transports import MemoryTransport

PLAN = SessionPlan(user_id="u1", contents=[Content(asset_id="film", duration=60)])
OTHER = SessionPlan(user_id="u1", contents=[Content(asset_id="other", duration=90)])
AT_START = {"currentTime": 0.0, "duration": 60, "paused": False, "readyState": 4}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sent() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def tracker(sent: MemoryTransport, clock: ManualClock) -> Iterator[Tracker]:
    with Tracker(sent, clock=clock, mode="sync") as made:
        yield made


def said(sent: MemoryTransport) -> list[str]:
    """Message ids with their events' names, without the word that all begin with."""
    return [
        f"{message['messageId']} {message['event'].removeprefix('Video ')}"
        for message in sent.messages
    ]


def place(seconds: float, **more: Any) -> dict[str, Any]:
    return {**AT_START, "currentTime": seconds, **more}


def watch_html5(tracker: Tracker, clock: ManualClock, seconds: int) -> None:
    """A viewer plays from the start, a callback a request."""
    for event in ("play", "playing"):
        tracker.open("s1", PLAN, player="html5").callback(event, place(0.0))
    for second in range(1, seconds + 1):
        clock.advance(1)
        tracker.open("s1", PLAN, player="html5").callback("timeupdate", place(float(second)))


def leave(tracker: Tracker, seconds: float) -> None:
    player = tracker.open("s1", PLAN, player="html5")
    player.callback("pagehide", place(seconds), channel="page")


def test_each_request_opens_the_same_session(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    watch_html5(tracker, clock, 5)
    leave(tracker, 5.0)

    assert said(sent) == [
        "s1-1 Playback Started",
        "s1-2 Content Started",
        "s1-3 Playback Exited",
    ]
    assert tracker.stats().unread == {}


def test_what_comes_late_for_a_session_that_is_over_is_counted(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    """S61: a second ``pagehide``, and a position that does not move on, play nothing."""
    watch_html5(tracker, clock, 5)
    leave(tracker, 5.0)
    before = said(sent)
    assert tracker.find("s1") is None

    leave(tracker, 5.0)
    player = tracker.open("s1", PLAN, player="html5")
    player.callback("timeupdate", place(5.0))

    assert said(sent) == before
    assert tracker.stats().diagnostics["after_end"] == 2


def test_what_plays_again_under_an_old_id_is_its_replay(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    """S24: ``open`` gives the session that goes on, under an id of its own."""
    watch_html5(tracker, clock, 5)
    leave(tracker, 5.0)
    clock.advance(3600)
    watch_html5(tracker, clock, 3)

    assert said(sent) == [
        "s1-1 Playback Started",
        "s1-2 Content Started",
        "s1-3 Playback Exited",
        "s1-2.1 Playback Started",
        "s1-2.2 Content Started",
    ]
    assert tracker.open("s1", PLAN, player="html5").session_id == "s1-2"
    assert check_messages(sent.messages) == []


def test_a_timeout_that_was_reported_does_not_free_the_id(
    tracker: Tracker, sent: MemoryTransport, clock: ManualClock
) -> None:
    """S26, S50: the tracker lets go of it, and the session goes on when it is heard again."""
    watch_html5(tracker, clock, 5)
    clock.advance(3600)
    tracker.tick()
    assert tracker.find("s1") is None

    tracker.open("s1", PLAN, player="html5").callback("timeupdate", place(6.0))
    tracker.open("s1", PLAN, player="html5").callback("timeupdate", place(7.0), at=clock.now() + 1)

    ids = [message["messageId"] for message in sent.messages]
    assert len(ids) == len(set(ids))
    assert check_messages(sent.messages) == []


def test_where_only_the_id_is_remembered_what_comes_is_a_replay(
    sent: MemoryTransport, clock: ManualClock
) -> None:
    """S24, S50: nothing is ever sent again under an id."""
    tracker = Tracker(sent, clock=clock, mode="sync", plan=PLAN, remember=1)
    for _ in range(2):
        for name in ("s1", "s2", "s3"):
            session = tracker.open(name)
            session.play(0.0)
            session.exit(0.0)

    ids = [message["messageId"] for message in sent.messages]
    assert [each for each in ids if each.endswith("1")] == [
        *("s1-1", "s2-1", "s3-1"),
        *("s1-2.1", "s2-2.1", "s3-2.1"),
    ]


def test_a_plan_for_a_session_that_is_there_changes_nothing_and_is_counted(
    tracker: Tracker, sent: MemoryTransport
) -> None:
    session = tracker.open("s1", PLAN)
    session.play(0.0)
    assert tracker.open("s1", SessionPlan(**vars_of(PLAN))) is session
    assert tracker.stats().unread == {}

    assert tracker.open("s1", OTHER, user_id="u2") is session
    session.playing(0.0)

    assert tracker.stats().unread == {"plan": 1, "user_id": 1}
    assert sent.messages[-1]["properties"]["asset_id"] == "film"
    assert {message["userId"] for message in sent.messages} == {"u1"}


def vars_of(plan: SessionPlan) -> dict[str, Any]:
    return {"user_id": plan.user_id, "contents": plan.contents}


@pytest.mark.parametrize(
    "form", [{}, {"player": "hlsjs"}, {"beacons": True}, {"player": "html5", "beacons": True}]
)
def test_a_session_that_takes_something_else_is_refused(
    tracker: Tracker, form: dict[str, Any]
) -> None:
    tracker.open("s1", PLAN, player="html5")

    with pytest.raises(PlanError, match="is open and takes 'html5' callbacks"):
        tracker.open("s1", PLAN, **form)


def test_an_unknown_player_is_refused(tracker: Tracker) -> None:
    with pytest.raises(UnknownPlayerError, match="no player 'vlc'"):
        tracker.open("s1", PLAN, player="vlc")


def test_beacons_are_opened_likewise(tracker: Tracker, sent: MemoryTransport) -> None:
    """S68: a viewer's requests may each be another worker thread's."""
    for number in range(3):
        body = (
            f'{{"session_id": "s1", "beacons": [{{"signal": "progress", "at": {NOON + number},'
            f' "seq": {number}, "position": {number}}}]}}'
        )
        viewer = tracker.open("s1", PLAN, beacons=True)
        viewer.push(decode_beacons(body.encode()), received_at=NOON + number)

    assert said(sent)[:2] == ["s1-1 Playback Started", "s1-2 Content Started"]
    assert viewer.count.received == 3


def test_many_threads_open_one_session(sent: MemoryTransport) -> None:
    """Atomic: whoever is first makes it, and all of them get it."""
    tracker = Tracker(sent, mode="manual", plan=PLAN)
    gate = threading.Barrier(8)
    opened: list[TrackedPlayer] = []

    def work() -> None:
        for number in range(200):
            gate.wait()
            opened.append(tracker.open(f"s{number}", player="html5"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == 1600
    assert len({id(each) for each in opened}) == 200
    assert tracker.stats().sessions == 200
    tracker.close()


def test_an_input_that_a_stranger_names_is_one_of_a_players(
    tracker: Tracker, sent: MemoryTransport
) -> None:
    """S60: no other method can be reached, and what is wrong is counted."""
    session: TrackedSession = tracker.open("s1", PLAN)
    session.receive("play", position=0.0)
    session.receive("playing", position=0.0, colour="red")
    for name in ("interrupt", "annotate", "summary", "_turn", "__class__", "", "emit"):
        assert session.receive(name) == ()

    assert said(sent) == ["s1-1 Playback Started", "s1-2 Content Started"]
    assert tracker.stats().diagnostics["invalid_value"] == 8
