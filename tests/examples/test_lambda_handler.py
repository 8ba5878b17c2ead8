"""The recipe of a function as a service: containers come and go, the store remembers."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from recipes.lambda_handler import Handler
from tests.recordings.posted import posted
from tests.recordings.replaying import recorded
from tests.tracker.test_recordings_through_trackers import plan_of, straight
from video_tracker import MemoryTransport, Refused, Tracker, TryLater, plan_to_json
from video_tracker.errors import StoreError
from video_tracker.stores import MemoryStore, Stored
from video_tracker.testing.clock import ManualClock

FILM = "02-pause-html5_webkit"
START = recorded(FILM)[0].at


class Table(MemoryStore):
    """A store of which some keys cannot be read for a while.

    Args:
        clock: Its server's time.
    """

    def __init__(self, clock: ManualClock | None = None) -> None:
        super().__init__(4, clock=clock)
        self.away: set[str] = set()

    def load(self, keys: Sequence[str], partition: int | None = None) -> list[Stored | None]:
        if self.away & set(keys):
            raise StoreError("the table does not answer")
        return super().load(keys, partition)

    @property
    def waiting(self) -> int:
        """Messages that wait to be sent."""
        return sum(len(self.outgoing(number, 100)) for number in range(self.partitions))


def records(session: str, together: int = 10) -> list[dict[str, Any]]:
    """What the queue has of a viewer."""
    return [
        {
            "messageId": f"{session}-m{number}",
            "body": json.dumps(
                {
                    "session": session,
                    "plan": plan_to_json(plan_of(FILM)),
                    "body": body,
                    "posted_at": json.loads(body)["sent_at"] / 1000 + 0.2,
                }
            ),
        }
        for number, body in enumerate(posted(FILM, together))
    ]


def handler_of(table: Table, transport: MemoryTransport, clock: ManualClock) -> Handler:
    """A handler as in a container of its own, by a clock that is moved by hand."""
    made = Handler(table, transport)
    made.tracker = Tracker(transport, mode="sync", store=table, clock=clock)
    return made


def batch(*given: Any) -> dict[str, Any]:
    return {"Records": list(given)}


@pytest.mark.parametrize("containers", [1, 2, 100], ids=["warm", "two", "cold"])
def test_whichever_container_is_invoked_the_messages_are_those_of_one_process(
    containers: int,
) -> None:
    """S88."""
    clock = ManualClock(START + 60.0)
    table, transport = Table(clock), MemoryTransport()
    warm = [handler_of(table, transport, clock) for _ in range(containers)]
    for number, record in enumerate(records("s1", 5)):
        assert warm[number % containers](batch(record)) == {"batchItemFailures": []}

    assert [each.body for each in transport.records] == list(straight(FILM))
    assert table.waiting == 0


def test_what_was_not_sent_is_kept_and_sent_when_time_passes() -> None:
    clock = ManualClock(START + 60.0)
    table, transport = Table(clock), MemoryTransport([TryLater("throttled", after=3_600.0)])
    assert handler_of(table, transport, clock)(batch(*records("s1"))) == {"batchItemFailures": []}
    assert transport.records == []
    assert table.waiting == len(straight(FILM))

    clock.advance(31.0)  # that container was not seen again
    handler_of(table, transport, clock).pass_time()
    assert [each.body for each in transport.records] == list(straight(FILM))
    assert table.waiting == 0


def test_a_failed_session_holds_up_no_other_and_keeps_its_order() -> None:
    clock = ManualClock(START + 60.0)
    table, transport = Table(clock), MemoryTransport()
    handler = handler_of(table, transport, clock)
    first, second = records("s1", 60), records("s2", 60)
    table.away.add("s1")
    given = batch(first[0], second[0], first[1], second[1])
    assert handler(given) == {
        "batchItemFailures": [{"itemIdentifier": "s1-m0"}, {"itemIdentifier": "s1-m1"}]
    }
    table.away.clear()
    assert handler(batch(*first)) == {"batchItemFailures": []}

    for session in ("s1", "s2"):
        own = [each.body for each in transport.records if each.session_id == session]
        assert own == [each.replace(b'"s1', f'"{session}'.encode()) for each in straight(FILM)]


def test_what_comes_again_counts_once() -> None:
    clock = ManualClock(START + 60.0)
    table, transport = Table(clock), MemoryTransport()
    for record in records("s1"):
        for _ in range(2):
            handler_of(table, transport, clock)(batch(record))

    assert [each.body for each in transport.records] == list(straight(FILM))


def test_a_refused_event_is_dead_and_does_not_come_again() -> None:
    table = Table()
    handler = Handler(table, MemoryTransport([Refused("rejected", which=("s1-1", "s1-2"))]))

    assert handler(batch(records("s1", 20)[0])) == {"batchItemFailures": []}
    assert handler.tracker.stats().dead == {"rejected": 2}
    assert table.waiting == 0


def test_time_passes_for_the_sessions_of_the_store() -> None:
    clock = ManualClock(START + 1.0)
    table, transport = Table(clock), MemoryTransport()
    handler_of(table, transport, clock)(batch(records("s1", 20)[0]))
    clock.advance(400.0)
    handler_of(table, transport, clock).pass_time()

    assert transport.events[-1] == "Video Playback Interrupted"  # S26: five minutes of silence


def test_without_a_key_the_events_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CUSTOMERIO_KEY", raising=False)
    Handler(MemoryStore())(batch(records("s1", 20)[0]))

    assert "Video Playback Started" in capsys.readouterr().err
