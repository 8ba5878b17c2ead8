"""Several workers: a session lives in one of them, whichever hears its beacons."""

import asyncio
import contextlib
import http.server
import itertools
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

import collector.workers
from collector.app import from_environment
from collector.settings import Settings
from tests.collector.processes import running_process, served, until
from tests.collector.service import Service, batch, callback, running
from tests.collector.test_cmcd import post, reports
from tests.delivery.server import FaultyServer

SECRET = b"k" * 32
FRESH = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))
"""Each request by a connection of its own, which any worker may get."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: the name of a socket has little room."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / "workers"


def viewing() -> list[dict[str, Any]]:
    """Play, pause, go on, seek, leave: a beacon each for a batch of its own."""
    said = [
        ("play", 0.0),
        ("playing", 0.0),
        *(("timeupdate", 0.4 * n) for n in range(1, 6)),
        ("pause", 2.0),
        ("play", 2.0),
        ("timeupdate", 2.4),
        ("seeking", 9.0),
        ("seeked", 9.0),
        *(("timeupdate", 9 + 0.4 * n) for n in range(1, 14)),
    ]
    beacons = [callback(number, event, at) for number, (event, at) in enumerate(said)]
    return [*beacons, {**callback(len(beacons), "pagehide", 14.4), "player": "page"}]


def messages_of(destination: FaultyServer, session: str) -> list[dict[str, Any]]:
    """What arrived of a session, without what differs between any two sessions."""
    messages = [each for request in destination.requests for each in request.messages]
    own = [each for each in messages if each["properties"]["session_id"] == session]
    assert len({each["messageId"] for each in own}) == len(own)
    for each in own:
        del each["messageId"], each["properties"]["session_id"]
        each.pop("sentAt", None)  # where it was sent alone
    return own


class _Turn(http.server.BaseHTTPRequestHandler):
    backends: Iterator[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = FRESH.post(next(self.backends) + self.path, content=body)
        self.send_response(answer.status_code)
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def in_turn(*backends: str) -> Iterator[str]:
    """A proxy that gives each request to the next of some services."""
    handler = type("Turn", (_Turn,), {"backends": itertools.cycle(backends)})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def tell(address: str, beacons: Sequence[dict[str, Any]]) -> str:
    """Let a viewer watch, each beacon over a connection of its own; his session."""
    asked = {"video": "film", "viewer": "anna"}
    given = FRESH.post(f"{address}/sessions", json=asked).json()
    for beacon in beacons:
        until(
            lambda beacon=beacon: (
                FRESH.post(f"{address}/beacons", content=batch(given["token"], beacon)).status_code
                == 204
            ),
            "it is not taken",
        )
    return str(given["session"])


@pytest.mark.crash
def test_what_goes_to_two_workers_in_turn_arrives_as_from_one(folder: Path) -> None:
    beacons = viewing()
    with contextlib.ExitStack() as stack:
        destination = stack.enter_context(FaultyServer())
        (_, one), (_, two) = [
            stack.enter_context(running_process(destination, workers_dir=folder)) for _ in range(2)
        ]
        assert served(one) != served(two)
        alone = tell(one, beacons)
        both = tell(stack.enter_context(in_turn(one, two)), beacons)
        figures = [httpx.get(f"{each}/healthz").json()["beacons"] for each in (one, two)]
        # Each beacon was taken once, by the worker whose session it was of.
        assert sum(each.get("taken", 0) for each in figures) == 2 * len(beacons)
    assert messages_of(destination, both) == messages_of(destination, alone)
    assert [each["event"].removeprefix("Video ") for each in messages_of(destination, both)] == [
        "Playback Started",
        "Content Started",
        "Playback Paused",
        "Playback Resumed",
        "Content Playing",
        "Playback Seek Started",
        "Playback Seek Completed",
        "Content Playing",
        "Playback Exited",
    ]


@pytest.mark.crash
def test_uvicorns_own_workers_find_each_other(folder: Path) -> None:
    beacons = viewing()
    with FaultyServer() as destination:
        options = ("--workers", "2", "--log-level", "warning")
        with running_process(destination, *options, workers_dir=folder) as (_, address):
            seen: set[str] = set()
            while len(seen) < 2:
                seen.add(served(address))
            sessions = [tell(address, beacons) for _ in range(3)]
    first, *others = [messages_of(destination, session) for session in sessions]
    assert len(first) == 9
    assert others == [first, first]
    assert list(folder.iterdir()) == []


@pytest.mark.crash
def test_the_sessions_of_a_killed_worker_are_over_and_the_rest_sends_what_it_kept(
    folder: Path, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        destination = stack.enter_context(FaultyServer(delay=0.2))
        (_, one), (doomed, two) = [
            stack.enter_context(
                running_process(destination, workers_dir=folder, spool_dir=tmp_path)
            )
            for _ in range(2)
        ]
        start = viewing()[:8]
        asked = httpx.post(f"{two}/sessions", json={"video": "film"}).json()
        said = batch(asked["token"], *start, callback(8, "play", 2.0))
        assert httpx.post(f"{one}/beacons", content=said).status_code == 204
        doomed.kill()
        doomed.wait()
        answer = httpx.post(f"{one}/beacons", content=batch(asked["token"], callback(9, "pause")))
        assert (answer.status_code, answer.json()) == (410, {"error": "session_over"})
        assert len(list(folder.iterdir())) == 1
        expected = ["Started", "Started", "Paused", "Resumed", "Playing"]

        def arrived() -> list[str]:
            once = {
                each["messageId"]: each["event"].rpartition(" ")[2]
                for request in destination.requests
                for each in request.messages
                if each["properties"]["session_id"] == asked["session"]
            }
            return list(once.values())

        until(lambda: len(arrived()) >= len(expected), "what it had kept is not sent")
        assert arrived() == expected


# -- the same without processes ----------------------------------------------------------------


@contextlib.asynccontextmanager
async def two(folder: Path | None, **changes: Any) -> Any:
    """Two workers with one secret."""
    changes = {"secret": SECRET, "workers_dir": folder, **changes}
    async with running(**changes) as one, running(**changes) as other:
        yield one, other


def test_refusals_of_the_right_worker_are_those_of_the_wrong_one(folder: Path) -> None:
    async def run() -> None:
        async with two(folder, token_rate=0.5, token_burst=2) as (one, other):
            token = await one.begin()
            answer = await other.call("POST", "/beacons", batch(token)[:-3])
            assert answer.error == (400, "malformed")
            for number in range(2):
                assert (await other.say(token, callback(number, "play"))).status == 204
            answer = await other.say(token, callback(2, "play"))
            assert answer.error == (429, "too_many_requests")
            assert answer.headers["retry-after"] in ("1", "2")
            foreign = {**callback(3, "play"), "session_id": "s"}
            one.ahead = 10
            assert (await other.say(token, foreign)).error == (403, "foreign_session")
            assert len(other.collector.sessions) == 0
            assert other.events == []

    asyncio.run(run())


def test_a_players_own_reports_are_passed_on_too(folder: Path) -> None:
    async def run() -> None:
        async with two(folder) as (one, other):
            token = await one.begin(player="cmcd")
            said = reports(one, "d", "s", "p", "a", "p", "e")
            assert (await post(other, token, said)).status == 204
        assert one.events[:2] == ["Video Playback Started", "Video Content Started"]
        assert one.events[-1] == "Video Playback Completed"
        assert other.events == []

    asyncio.run(run())


def test_the_session_of_a_worker_that_stopped_is_over(folder: Path) -> None:
    async def run() -> None:
        async with running(secret=SECRET, workers_dir=folder) as other:
            async with running(secret=SECRET, workers_dir=folder) as one:
                token = await one.begin()
                cmcd = await one.begin(player="cmcd")
                assert (await other.say(token, callback(0, "play"))).status == 204
            answer = await other.say(token, callback(1, "playing"))
            assert answer.error == (410, "session_over")
            assert (await post(other, cmcd, reports(one, "d"))).status == 410
            # So does a page that goes on: with a session of this worker.
            assert (await other.say(await other.begin(), callback(0, "playing", 3.0))).status == 204
        assert one.events == ["Video Playback Started"]
        assert len({json.loads(each.body)["messageId"] for each in other.transport.records}) == 2

    asyncio.run(run())


def test_a_worker_that_does_not_answer_is_asked_again_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector.workers, "_PATIENCE", 0.05)

    async def run() -> None:
        async with two(folder) as (one, other):
            token = await one.begin()

            async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await asyncio.sleep(0.2)
                writer.close()

            socket = folder / one.collector.workers.name
            socket.unlink()
            server = await asyncio.start_unix_server(silent, socket)
            answer = await other.say(token, callback(0, "play"))
            assert answer.error == (503, "worker_is_busy")
            assert answer.headers["retry-after"] == "1"
            server.close()
            await asyncio.sleep(0.3)

    asyncio.run(run())


def test_without_a_folder_a_worker_that_should_not_be_there_is_told_of() -> None:
    """Never a second session of the same ids: the page tries again, and may find the right one."""

    async def run() -> None:
        async with two(None) as (one, other):
            token, cmcd = await one.begin(), await one.begin(player="cmcd")
            answer = await other.say(token, callback(0, "play"))
            assert answer.error == (421, "other_worker")
            assert (await post(other, cmcd, reports(one, "d"))).status == 429
            assert (await one.say(token, callback(0, "play"))).status == 204
            # What was given before this worker was there is of one that is no more.
            assert (await one.say(await other.begin(), callback(0, "play"))).status == 421
        async with running(secret=SECRET) as after:
            assert (await after.say(token, callback(1, "pause"))).error == (410, "session_over")
        assert (len(other.events), len(after.events)) == (0, 0)

    asyncio.run(run())


def test_each_start_is_another_worker_though_the_program_was_loaded_before_it_forked() -> None:
    async def run() -> None:
        async with running() as service:
            first = service.collector.workers.name
        again = Service(service.collector.settings, service.transport)
        async with again.collector.workers.serving(time.time()):
            name = again.collector.workers.name
            async with again.collector.workers.serving(time.time()):
                assert len({"", first, name, again.collector.workers.name}) == 4

    asyncio.run(run())


def test_workers_without_a_secret_of_theirs_do_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"COLLECTOR_LOCAL_SINK": "1", "COLLECTOR_WORKERS_DIR": "/run/collector"}
    with pytest.raises(ValueError, match=r"^COLLECTOR_SECRET is missing"):
        Settings.from_environment(given)
    settings = Settings.from_environment({**given, "COLLECTOR_SECRET": "k" * 32})
    assert settings.workers_dir == Path("/run/collector")
    monkeypatch.setenv("COLLECTOR_LOCAL_SINK", "1")
    monkeypatch.setattr("multiprocessing.parent_process", object)
    with pytest.raises(ValueError, match=r"^COLLECTOR_STORE or COLLECTOR_WORKERS_DIR is missing"):
        from_environment()
