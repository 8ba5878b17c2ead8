"""The recipe of a function as a service: containers come and go, the store remembers."""

import json
from typing import Any

from recipes.lambda_handler import ConflictError, Handler
from video_tracker import MemoryTransport, Refused, SessionPlan, Tracker, TryLater, plan_to_json
from video_tracker.testing import Scenario, simulate
from video_tracker.testing.clock import ManualClock

START = 1_795_432_200.0


class Table:
    """A store in memory, with a conditional write."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, int]] = {}

    def read(self, session_id: str) -> tuple[str | None, int]:
        return self.rows.get(session_id, (None, 0))

    def write(self, session_id: str, state: str, version: int) -> None:
        if self.read(session_id)[1] != version:
            raise ConflictError(f"version {version} is no more")
        self.rows[session_id] = (state, version + 1)

    def open(self) -> list[str]:
        return list(self.rows)


def record(number: int, session: str, *said: tuple[str, float, float], **more: Any) -> Any:
    callbacks = [
        {"event": event, "at": START + after, "state": {"currentTime": place, "duration": 60}}
        for event, after, place in said
    ]
    plan = plan_to_json(SessionPlan(user_id="viewer-42"))
    body = {"session": session, "plan": plan, "callbacks": callbacks, **more}
    return {"messageId": f"m{number}", "body": json.dumps(body)}


def batch(*records: Any) -> dict[str, Any]:
    return {"Records": list(records)}


def test_each_invocation_in_a_new_container_gives_what_one_process_would_have() -> None:
    film = Scenario(60, name="film").ads("pre", [5]).play().watch(20).pause(4).seek(40)
    viewing = simulate(film.watch_to_end(), "html5")
    table, transport = Table(), MemoryTransport()
    for number, callback in enumerate(viewing.callbacks):
        said = {
            "channel": callback.player,
            "element": callback.element,
            "event": callback.event,
            "at": callback.at,
            "state": dict(callback.state),
            "detail": {**callback.detail},
        }
        body = {"session": "s1", "plan": plan_to_json(viewing.plan), "callbacks": [said]}
        event = batch({"messageId": f"m{number}", "body": json.dumps(body)})
        assert Handler(table, transport)(event) == {"batchItemFailures": []}
    ids = [message["messageId"] for message in transport.messages]
    expected = [event.name for event in viewing.run(finish=False).events]

    assert [message["event"] for message in transport.messages] == expected
    assert ids == [f"s1-{number}" for number in range(1, len(expected) + 1)]


def test_what_was_not_sent_is_named_and_makes_the_same_events_again() -> None:
    table = Table()
    transport = MemoryTransport([TryLater("throttled", after=3600.0)])
    handler = Handler(table, transport)
    said = batch(
        record(1, "s1", ("play", 0.0, 0.0), ("playing", 0.5, 0.0)),
        record(2, "s1", ("pause", 4.5, 4.0), ("play", 9.5, 4.0)),
    )

    assert handler(said) == {
        "batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "m2"}]
    }
    assert table.rows == {}

    assert Handler(table, transport)(said) == {"batchItemFailures": []}
    assert [each["messageId"] for each in transport.messages] == [
        f"s1-{number}" for number in range(1, 6)
    ]
    tried, *_ = transport.batches
    assert [each.body for each in tried] == [each.body for each in transport.records[:2]]


def test_a_failed_session_holds_up_no_other_and_keeps_its_order() -> None:
    table, transport = Table(), MemoryTransport()
    handler = Handler(table, transport)
    read = table.read

    def lost(session_id: str) -> tuple[str | None, int]:
        if session_id == "s1":
            raise ConflictError("somebody else has it")
        return read(session_id)

    table.read = lost  # type: ignore[method-assign]
    answer = handler(
        batch(
            record(1, "s1", ("play", 0.0, 0.0)),
            record(2, "s2", ("play", 0.0, 0.0)),
            record(3, "s1", ("playing", 0.5, 0.0)),
        )
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "m3"}]}
    assert [message["messageId"] for message in transport.messages] == ["s2-1"]


def test_two_invocations_of_one_session_at_once_are_noticed() -> None:
    table = Table()
    handler = Handler(table, MemoryTransport())
    handler(batch(record(1, "s1", ("play", 0.0, 0.0))))
    read = table.read

    def overtaken(session_id: str) -> tuple[str | None, int]:
        found = read(session_id)
        state, version = table.rows[session_id]
        table.rows[session_id] = (state, version + 1)
        return found

    table.read = overtaken  # type: ignore[method-assign]
    assert handler(batch(record(2, "s1", ("pause", 4.0, 4.0)))) == {
        "batchItemFailures": [{"itemIdentifier": "m2"}]
    }


def test_a_refused_event_is_dead_and_does_not_come_again() -> None:
    table = Table()
    handler = Handler(table, MemoryTransport([Refused("rejected", "no")]))

    assert handler(batch(record(1, "s1", ("play", 0.0, 0.0)))) == {"batchItemFailures": []}
    assert handler.tracker.stats().dead == {"rejected": 1}
    assert list(table.rows) == ["s1"]


def test_time_passes_for_the_sessions_of_the_store() -> None:
    table, transport = Table(), MemoryTransport()
    first, later = Handler(table, transport), Handler(table, transport)
    first.tracker = Tracker(transport, mode="manual", clock=ManualClock(START + 0.5))
    later.tracker = Tracker(transport, mode="manual", clock=ManualClock(START + 0.5 + 301))
    first(batch(record(1, "s1", ("play", 0.0, 0.0), ("playing", 0.5, 0.0))))
    assert transport.events == ["Video Playback Started", "Video Content Started"]
    later.pass_time()

    # S26: five minutes of silence while playing.
    assert transport.events[-1] == "Video Playback Interrupted"
