"""The machines let what is sound pass, and find each planted fault by a short course."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import Phase
from hypothesis.stateful import rule

from tests.recordings.replaying import recorded
from tests.testing.test_adapters import Sound as SoundAdapter
from tests.testing.test_transports import Sound as SoundTransport
from video_tracker.delivery import DELIVERED, MemoryStore, Refused, Taken, TryLater
from video_tracker.errors import StoreFullError
from video_tracker.players.base import Callback
from video_tracker.players.registry import find_adapter
from video_tracker.record import Record
from video_tracker.signals import Pause, Play, Progress, Signal
from video_tracker.testing.machines import (
    AdapterMachine,
    Machine,
    StoreMachine,
    StoreRules,
    TransportMachine,
)
from video_tracker.transports import JsonLinesTransport, MemoryTransport


def found(machine: type[Machine], **members: Any) -> str:
    """What a machine of these members finds; nothing when all is well."""
    options = {"phases": [Phase.generate], "derandomize": True}
    quick = type("Quick", (machine,), {"examples": 60, "options": options, **members})
    try:
        quick().test_in_any_order()
    except (AssertionError, ExceptionGroup) as error:
        return str(error) if isinstance(error, AssertionError) else str(error.exceptions[0])
    return ""


# -- adapters --------------------------------------------------------------------------------------


class TestOurHtml5(AdapterMachine):
    make: Any = staticmethod(find_adapter("html5"))
    logs = (recorded("01-simple-html5")[:60],)
    examples = 25


class TestOurYoutube(AdapterMachine):
    make: Any = staticmethod(find_adapter("youtube"))
    examples = 25


class TestOurMedia3(AdapterMachine):
    make: Any = staticmethod(find_adapter("media3"))
    examples = 25


class TestASmallAdapter(AdapterMachine):
    make = SoundAdapter
    examples = 25


class Raising(SoundAdapter):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if callback.detail.get("paused"):
            raise KeyError("position")
        return super()._answer(callback)


class Foretelling(SoundAdapter):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return (
            [Progress(callback.at + 5, 0.0)] if callback.event == "TIME" else [Pause(callback.at)]
        )


class Undeclared(SoundAdapter):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        return [Play(callback.at, 1.0)]


class Counting(SoundAdapter):
    told = 0

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        Counting.told += 1
        return [Progress(callback.at, float(Counting.told))] if callback.event == "TIME" else []


class Meddling(SoundAdapter):
    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if isinstance(callback.state, dict):
            callback.state["seen"] = True
        return super()._answer(callback)


class Impatient(SoundAdapter):
    """Holds a pause for a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.held: float | None = None

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        self.held = callback.at + 60
        return []

    def wake_at(self) -> float | None:
        return self.held

    def _let_go(self, at: float) -> Iterable[Signal]:  # noqa: ARG002
        self.held = None
        return []


@pytest.mark.parametrize(
    ("adapter", "fault"),
    [
        (Raising, "raised KeyError: 'position'"),
        (Foretelling, "later than the callback"),
        (Undeclared, "gave play, which its table does not say"),
        (Counting, "the same callbacks gave other signals the second time"),
        (Meddling, "changed the callback that it was given"),
        (Impatient, "it holds something back for 60 s"),
    ],
)
def test_a_faulty_adapter_is_found(adapter: type[SoundAdapter], fault: str) -> None:
    assert fault in found(AdapterMachine, make=staticmethod(adapter))


def test_the_course_that_shows_a_fault_is_short() -> None:
    """One callback is enough for what every callback does wrong."""
    courses: list[int] = []

    class Watched(Undeclared):
        def __init__(self) -> None:
            super().__init__()
            courses.append(0)

        def translate(self, callback: Callback) -> tuple[Signal, ...]:
            courses[-1] += 1
            return super().translate(callback)

    assert found(AdapterMachine, make=staticmethod(Watched), steps=5, options={"derandomize": True})
    assert courses[-1] == 1


def test_a_log_is_played_with_losses() -> None:
    """An adapter that knows its log by heart is found by a log that lost a word."""
    log = tuple(Callback(1.0 * n, "sound", "TIME", {"currentTime": 1.0 * n}) for n in range(8))

    class ByHeart(SoundAdapter):
        last = -1.0

        def _answer(self, callback: Callback) -> Iterable[Signal]:
            position = callback.number("currentTime")
            if callback.event == "TIME" and position is not None:
                if position > 1 and self.last == position - 2:
                    raise IndexError("a word is missing")
                self.last = position
            return super()._answer(callback)

    assert "a word is missing" in found(AdapterMachine, make=staticmethod(ByHeart), logs=(log,))


# -- transports ------------------------------------------------------------------------------------


class TestOurMemoryTransport(TransportMachine):
    make = MemoryTransport
    examples = 15

    def arrived(self, transport: Any) -> list[str]:
        return [record.message_id for record in transport.records]


class TestOurFile(TransportMachine):
    examples = 15

    def setup_method(self) -> None:
        self.folder = Path(tempfile.mkdtemp())

    def teardown_method(self) -> None:
        shutil.rmtree(self.folder)

    def make(self) -> JsonLinesTransport:
        return JsonLinesTransport(self.folder / "events.jsonl")


class Plain(SoundTransport):
    """A transport whose destination can be away."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False

    def send(self, records: Sequence[Record]) -> Any:
        return TryLater("network") if self.down else super().send(records)


class Told(TransportMachine):
    """The machine of these."""

    def arrived(self, transport: Any) -> list[str]:
        return list(transport.ids)

    def outage(self, transport: Any, down: bool) -> None:
        transport.down = down


class TestAPlainTransport(Told):
    make = Plain
    examples = 15


class AsyncPlain(Plain):
    async def send(self, records: Sequence[Record]) -> Any:
        await asyncio.sleep(0)
        return super().send(records)

    async def close(self) -> None:  # type: ignore[override]
        super().close()


class TestAnAsyncTransport(Told):
    make = AsyncPlain
    examples = 8


class Lying(Plain):
    def send(self, records: Sequence[Record]) -> Any:
        return DELIVERED if self.down else super().send(records)


class Backwards(Plain):
    def send(self, records: Sequence[Record]) -> Any:
        return super().send(list(reversed(records)))


class Forgetful(Plain):
    def send(self, records: Sequence[Record]) -> Any:
        return super().send(records[:4])


class Raised(Plain):
    def send(self, records: Sequence[Record]) -> Any:
        if self.down:
            raise ConnectionError("no route")
        return super().send(records)


class Mute(Plain):
    def send(self, records: Sequence[Record]) -> Any:
        super().send(records)


class Disclosing(Plain):
    def send(self, records: Sequence[Record]) -> Any:
        return TryLater("network", "with s3cret") if self.down else super().send(records)


class Naming(Plain):
    def send(self, records: Sequence[Record]) -> Any:
        super().send(records)
        return Refused("rejected", which=("stranger",))


@pytest.mark.parametrize(
    ("transport", "fault"),
    [
        (Lying, "records that it called delivered did not arrive"),
        (Backwards, "records of one session arrived out of order"),
        (Forgetful, "records that it called delivered did not arrive"),
        (Raised, "raised ConnectionError: no route"),
        (Mute, "send returned NoneType, not an Outcome"),
        (Disclosing, "shows a secret"),
        (Naming, "send named records that it was not given"),
    ],
)
def test_a_faulty_transport_is_found(transport: type[Plain], fault: str) -> None:
    assert fault in found(Told, make=staticmethod(transport), secrets=("s3cret",), examples=30)


# -- stores ----------------------------------------------------------------------------------------


class TestOurMemoryStore(StoreMachine):
    make = MemoryStore


class TestOurLimitedMemoryStore(StoreMachine):
    make = staticmethod(lambda: MemoryStore(limit=(5, 300)))


class Losing(MemoryStore):
    def append(self, record: Record, now: float) -> None:
        if self.waiting < 5:
            super().append(record, now)


class LastFirst(MemoryStore):
    def take(self, max_records: int, max_bytes: int) -> Taken:
        taken = super().take(max_records, max_bytes)
        return attrs.evolve(taken, records=taken.records[::-1], times=taken.times[::-1])


class Greedy(MemoryStore):
    def take(self, max_records: int, max_bytes: int) -> Taken:  # noqa: ARG002
        return super().take(max_records, 10**9)


class Miscounting(MemoryStore):
    @property
    def waiting_bytes(self) -> int:
        return super().waiting_bytes + self.waiting


class Timeless(MemoryStore):
    def take(self, max_records: int, max_bytes: int) -> Taken:
        taken = super().take(max_records, max_bytes)
        return attrs.evolve(taken, times=[0.0 for _ in taken.records])


class Strict(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.mine: list[Record] = []

    def append(self, record: Record, now: float) -> None:
        super().append(record, now)
        self.mine.append(record)

    def settled(self, records: Sequence[Record]) -> None:
        for record in records:
            self.mine.remove(record)


class HalfFull(MemoryStore):
    """Says that it is full after it has added."""

    def append(self, record: Record, now: float) -> None:
        super().append(record, now)
        if self.waiting > 3:
            raise StoreFullError("full")


class Newest(MemoryStore):
    def evict(self) -> Record | None:
        newest = self.newest()
        if newest:
            self.remove(newest[-1])
        return newest[-1] if newest else None


class Unique(MemoryStore):
    def append(self, record: Record, now: float) -> None:
        if record.message_id not in {each.message_id for each in self.newest()}:
            super().append(record, now)


@pytest.mark.parametrize(
    ("store", "fault"),
    [
        (Losing, "waiting is 5, not"),
        (LastFirst, "take("),
        (Greedy, "take("),
        (Miscounting, "waiting_bytes is"),
        (Timeless, "take gave the times"),
        (HalfFull, ", not 3"),
        (Newest, "evict gave"),
    ],
)
def test_a_faulty_store_is_found(store: type[MemoryStore], fault: str) -> None:
    assert fault in found(StoreMachine, make=staticmethod(store))


def test_a_store_that_minds_what_it_does_not_know_is_found() -> None:
    with pytest.raises(ValueError, match="not in list"):
        found(StoreMachine, make=Strict)


def test_a_store_that_takes_an_id_once_is_found() -> None:
    assert "waiting is" in found(StoreMachine, make=Unique, examples=200)


def test_a_durable_store_that_forgets_is_found() -> None:
    class Forgets(StoreMachine):
        make = MemoryStore

        def reopen(self, store: Any, crash: bool) -> Any:
            return MemoryStore() if crash else store

    assert "not" in found(Forgets)


def test_a_thing_that_is_no_store_is_told() -> None:
    assert found(StoreMachine, make=dict) == "dict lacks a method of a Store"


def test_rules_of_ones_own_are_added_to_a_subclass() -> None:
    class Rules(StoreRules):
        @rule()
        def boom(self) -> None:
            raise AssertionError("boom")

    assert found(StoreMachine, make=MemoryStore, rules=Rules) == "boom"


def test_a_machine_that_makes_nothing_says_what_is_missing() -> None:
    with pytest.raises(NotImplementedError, match="make = staticmethod"):
        AdapterMachine().test_in_any_order()
