"""Any number of workers over one store: the messages of one process, whoever hears which beacon."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest

from collector.app import Collector, from_environment
from collector.catalogue import plan_for
from collector.settings import Settings
from collector.tokens import verify
from tests.collector.processes import SECRET, running_process, until
from tests.collector.service import batch, callback, running
from tests.delivery.received import bodies_of
from tests.delivery.server import FaultyServer
from tests.recordings.posted import posted
from tests.recordings.replaying import recorded
from tests.stores.addresses import SERVERS, served_by
from tests.stores.redis_server import RedisServer
from video_tracker.ingest import decode_beacons
from video_tracker.keyed import Opening
from video_tracker.testing.keyed import Came, oracle

FRESH = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), timeout=60.0)
"""Each request by a connection of its own, which any worker may get."""
TOGETHER = 3
"""Beacons of a body."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    running_server = RedisServer(tmp_path / "redis").start()
    yield running_server
    running_server.stop()


@attrs.define
class Watcher:
    """A viewer who does what one did in a browser, and tells it to whichever address he is given.

    Args:
        recording: What was done.
        player: The player of that.
        video: What the collector is told that it was.
    """

    recording: str
    player: str
    video: str = "film"
    token: str = ""
    session: str = ""
    told: int = 0

    def begin(self, address: str) -> None:
        """Ask for a session; the viewer's clock stands where the recording begins."""
        start = recorded(self.recording)[0].at
        asked = {"video": self.video, "player": self.player, "clock": start * 1000, "viewer": "a"}
        given = FRESH.post(f"{address}/sessions", json=asked).json()
        self.token, self.session = given["token"], given["session"]

    @property
    def bodies(self) -> list[str]:
        return posted(self.recording, TOGETHER)

    def tell(self, addresses: Sequence[str], bodies: Sequence[str]) -> None:
        """Say something until it is taken, at one address after the other."""
        for body in bodies:
            said = f"{self.token}\n{body}".encode()
            for _ in range(600):
                self.told += 1
                with contextlib.suppress(httpx.TransportError):
                    address = addresses[self.told % len(addresses)]
                    status = FRESH.post(f"{address}/beacons", content=said).status_code
                    if status == 204:
                        break
                    assert status in (429, 503), status
                time.sleep(0.1)
            else:
                raise AssertionError("it is not taken")

    def expected(self) -> list[bytes]:
        """The messages of one process that keeps him in memory."""
        claims = verify(self.token, SECRET.encode(), time.time())
        opening = Opening(
            player=self.player,
            plan=plan_for(self.video, self.player),
            anonymous_id="a",
            opened=(claims.issued, claims.clock),
        )
        came = []
        for body in self.bodies:
            raw = body.encode()
            at = max(each.at for each in decode_beacons(raw, session_id=self.session).beacons)
            came.append(Came(self.session, at + claims.issued - claims.clock + 0.2, raw))
        (records,) = oracle(came, {self.session: opening}.__getitem__).values()
        return [record.body for record in records]

    def has_all_of(self, destination: FaultyServer, *, once: bool = True) -> None:
        expected = self.expected()
        assert len(expected) > 3
        until(
            lambda: len(bodies_of(destination, self.session, once=once)) >= len(expected),
            f"{self.recording}: not all of it arrives",
            120.0,
        )
        assert bodies_of(destination, self.session, once=once) == expected


def watchers() -> list[Watcher]:
    return [
        Watcher("13a-close-navigate-html5", "html5"),
        Watcher("02-pause-html5_webkit", "html5"),
        Watcher("13a-close-navigate-videojs", "videojs"),
        Watcher("03b-scrub-hlsjs", "hlsjs"),
        Watcher("01-simple-hlsjs_firefox", "hlsjs", "film-with-ads"),
    ]


def all_tell(each: Sequence[Watcher], addresses: Sequence[str], part: slice) -> None:
    """All of them at once: each has the others for a load."""
    threads = [
        threading.Thread(target=one.tell, args=(addresses, one.bodies[part])) for one in each
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.crash
@pytest.mark.parametrize("server", SERVERS)
def test_two_workers_of_uvicorn_are_as_one(server: str, tmp_path: Path) -> None:
    """S88: no name in the token, no folder, no routing."""
    viewers = watchers()
    options = ("--workers", "2", "--log-level", "warning")
    with (
        served_by(server, tmp_path / "server") as store,
        FaultyServer() as destination,
        running_process(destination, *options, store=store) as (_, address),
    ):
        for each in viewers:
            each.begin(address)
        all_tell(viewers, [address], slice(None))
        for each in viewers:
            each.has_all_of(destination)
        taken: dict[str, int] = {}
        while len(taken) < 2:
            figures = FRESH.get(f"{address}/healthz").json()
            taken[figures["worker"]] = figures["beacons"].get("taken", 0)
        assert min(taken.values()) > 0
        assert sum(taken.values()) == sum(len(recorded(each.recording)) for each in viewers)


@pytest.mark.crash
@pytest.mark.parametrize("server", SERVERS)
def test_nothing_that_was_answered_with_204_goes_with_a_worker_that_is_killed(
    server: str, tmp_path: Path
) -> None:
    viewers = watchers()
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(served_by(server, tmp_path / "server"))
        destination = stack.enter_context(FaultyServer())
        (_, one), (doomed, two) = [
            stack.enter_context(running_process(destination, store=store)) for _ in range(2)
        ]
        for each in viewers:
            each.begin(two)
        half = slice(None, 6)
        all_tell(viewers, [one, two], half)
        destination.delay = 1.0  # so that something is on its way when it is killed
        telling = threading.Thread(target=all_tell, args=(viewers, [one, two], slice(6, None)))
        telling.start()
        time.sleep(0.4)
        assert telling.is_alive()
        doomed.kill()
        doomed.wait()
        destination.delay = 0.0
        telling.join()
        for each in viewers:
            each.has_all_of(destination, once=False)
        assert FRESH.get(f"{one}/healthz").json()["status"] == "ok"


# -- the same without processes ----------------------------------------------------------------


def test_a_session_goes_on_at_any_worker_and_begins_once(server: RedisServer) -> None:
    async def run() -> None:
        changes: dict[str, Any] = {"secret": SECRET.encode(), "store": server.address}
        async with running(**changes) as one, running(**changes) as other:
            token, unused = await one.begin(), await one.begin()
            assert (await one.say(token, callback(0, "play"))).status == 204
            for service in (one, other):
                service.ahead = 200.0
            assert (await other.say(token, callback(1, "playing"))).status == 204
            # Nobody begins later than two minutes after he was given a token.
            answer = await other.say(unused, callback(0, "play"))
            assert answer.error == (410, "session_over")
            assert (await one.call("GET", "/healthz")).json["store"]["troubles"] == 0
            await one.flush()
            await other.flush()
            events = sorted(one.events + other.events)
            assert events == ["Video Content Started", "Video Playback Started"]

    asyncio.run(run())


def test_a_store_that_is_away_is_503_until_it_is_back(server: RedisServer) -> None:
    async def run() -> None:
        async with running(store=server.address, secret=SECRET.encode()) as service:
            token = await service.begin()
            assert (await service.say(token, callback(0, "play"))).status == 204
            server.stop()
            answer = await service.say(token, callback(1, "playing"))
            assert answer.error == (503, "store_fails")
            assert answer.headers["retry-after"] == "5"
            server.start()
            assert (await service.say(token, callback(1, "playing"))).status == 204
        assert service.events == ["Video Playback Started", "Video Content Started"]
        assert service.faults == []

    asyncio.run(run())


def test_rates_count_without_a_store_of_them(server: RedisServer) -> None:
    async def run() -> None:
        changes: dict[str, Any] = {"store": server.address, "token_rate": 0.01, "token_burst": 2}
        async with running(secret=SECRET.encode(), **changes) as service:
            token = await service.begin()
            assert (await service.call("POST", "/beacons", batch(token)[:-3])).status == 400
            assert (await service.say(token, callback(0, "play"))).status == 204
            answer = await service.say(token, callback(1, "playing"))
            assert answer.error == (429, "too_many_requests")

    asyncio.run(run())


def test_settings_that_do_not_fit_together_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"COLLECTOR_LOCAL_SINK": "1", "COLLECTOR_STORE": "redis://127.0.0.1:1/0"}
    with pytest.raises(ValueError, match=r"^COLLECTOR_SECRET is missing"):
        Settings.from_environment(given)
    given["COLLECTOR_SECRET"] = SECRET
    for name in ("COLLECTOR_WORKERS_DIR", "COLLECTOR_SPOOL_DIR"):
        with pytest.raises(ValueError, match=f"^{name} has no use: COLLECTOR_STORE is set"):
            Settings.from_environment({**given, name: "/run/collector"})
    with pytest.raises(ValueError, match=r"redis://\.\.\. or postgresql://\.\.\., not mysql:"):
        Collector(Settings.from_environment({**given, "COLLECTOR_STORE": "mysql://127.0.0.1"}))
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("multiprocessing.parent_process", object)
    assert from_environment().routes
