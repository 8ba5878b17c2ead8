"""Ten thousand requests of someone who is up to no good: no event, no fault, no more memory."""

import asyncio
import gc
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from collector.tokens import verify
from tests.collector.service import Service, batch, callback, running

COUNT = 10_000


class Attacker:
    """Makes requests that must all be refused; the same ones for the same seed."""

    def __init__(self, seed: int, own: str, ended: str, victim: str) -> None:
        self.dice = random.Random(seed)
        self.own, self.ended, self.victim = own, ended, victim
        self.ways: list[Callable[[], bytes]] = [
            self.noise,
            self.forged,
            self.swapped,
            self.replayed,
            self.foreign,
            self.oversize,
            self.malformed,
            self.nested,
            self.wrong_types,
            self.absurd_numbers,
        ]

    def next(self) -> bytes:
        return self.dice.choice(self.ways)()

    def noise(self) -> bytes:
        return self.dice.randbytes(self.dice.randrange(200))

    def forged(self) -> bytes:
        place = self.dice.randrange(len(self.own))
        other = self.dice.choice([c for c in "abcXYZ019-_." if c != self.own[place]])
        return batch(self.own[:place] + other + self.own[place + 1 :], callback(0, "play"))

    def swapped(self) -> bytes:
        body, signature = self.own.partition(".")[0], self.ended.partition(".")[2]
        return batch(f"{body}.{signature}", callback(0, "play"))

    def replayed(self) -> bytes:
        return batch(self.ended, callback(self.dice.randrange(99), "play"))

    def foreign(self) -> bytes:
        return batch(self.own, {**callback(0, "play"), "session_id": self.victim})

    def oversize(self) -> bytes:
        return batch(self.own, callback(0, "play", detail={"x": "y" * 70_000}))

    def malformed(self) -> bytes:
        whole = batch(self.own, callback(0, "play"))
        start = len(self.own) + 1
        return whole[: self.dice.randrange(start, len(whole))]

    def nested(self) -> bytes:
        deep = self.dice.randrange(10, 20_000)
        kind = self.dice.choice([b"[", b'{"a":'])
        return self.own.encode() + b'\n{"beacons":[' + kind * deep

    def wrong_types(self) -> bytes:
        wrong: list[Any] = [None, True, -1, 1.5, "", [], {}, "x" * 5000, [[]], {"a": [1]}]
        beacon = callback(0, "play")
        for field in self.dice.sample(["event", "player", "t"], 2):
            beacon[field] = self.dice.choice([None, True, [], {}, ""])
        beacon["seq"] = self.dice.choice(wrong)
        return batch(self.own, beacon)

    def absurd_numbers(self) -> bytes:
        number = self.dice.choice(["NaN", "Infinity", "-Infinity", "1e999", "9" * 4000, "-1e308"])
        field = self.dice.choice(["t", "seq"])
        body = json.dumps({**callback(0, "play"), field: "here"}).replace('"here"', number)
        return f"{self.own}\n[{body}]".encode()


def test_ten_thousand_hostile_requests_give_no_event_no_fault_and_no_growth() -> None:
    async def run() -> None:
        async with running(
            address_rate=1e9, address_burst=1e9, token_rate=1e9, token_burst=1e9, over_seconds=0.0
        ) as service:
            attacker = await prepared(service)
            before = list(service.events)
            statuses: Counter[int] = Counter()
            for _ in range(500):  # what grows once has grown now
                await attack(service, attacker)
            gc.collect()
            blocks = sys.getallocatedblocks()
            for _ in range(COUNT):
                statuses[await attack(service, attacker)] += 1
            gc.collect()
            grown = sys.getallocatedblocks() - blocks
            await service.flush()
            assert service.faults == []
            assert service.events == before
            assert set(statuses) == {400, 401, 403, 410, 413}
            assert min(statuses.values()) > COUNT / 50
            assert len(service.collector.sessions) == 1
            assert grown < COUNT / 20  # what is kept of a request is more than a block

    asyncio.run(run())


async def prepared(service: Service) -> Attacker:
    """Someone with a token of his own, one that is over, and the id of somebody who watches."""
    victim, ended, own = [await service.begin() for _ in range(3)]
    await service.say(ended, callback(0, "play"), {**callback(1, "pagehide"), "player": "page"})
    service.ahead += 1
    service.collector.sessions.pass_time(service.collector.clock())
    await service.say(victim, callback(0, "play"))
    await service.flush()
    claims = verify(victim, service.collector.settings.secret, service.collector.clock())
    return Attacker(1, own, ended, claims.session)


async def attack(service: Service, attacker: Attacker) -> int:
    body = attacker.next()
    answer = await service.call("POST", "/beacons", body)
    assert answer.status >= 400, body[:300]
    assert answer.json["error"]
    assert len(answer.body) < 100
    return answer.status


def test_a_flood_from_many_addresses_leaves_nothing_behind() -> None:
    async def run() -> None:
        async with running() as service:
            service.collector.addresses._most = 1_000  # type: ignore[misc]
            for n in range(5_000):
                answer = await service.call("POST", "/beacons", b"x", address=f"192.0.2.{n}")
                assert answer.error == (401, "token_malformed")
            assert len(service.collector.addresses) == 1_000

    asyncio.run(run())


def test_a_flood_from_one_address_is_cut_off() -> None:
    async def run() -> None:
        async with running(address_rate=1.0, address_burst=20) as service:
            said = Counter(
                [(await service.call("POST", "/beacons", b"x")).status for _ in range(500)]
            )
            assert said[401] in range(20, 25)
            assert said[429] == 500 - said[401]

    asyncio.run(run())


def test_tokens_that_are_asked_for_and_not_used_cost_nothing() -> None:
    async def run() -> None:
        async with running(address_burst=1e9) as service:
            for _ in range(2_000):
                await service.begin()
            assert len(service.collector.sessions) == 0
            assert service.collector.tracker.stats().sessions == 0

    asyncio.run(run())
