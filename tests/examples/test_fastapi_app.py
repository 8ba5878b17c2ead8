"""The FastAPI recipe behind a real server: who watches is who is logged in."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.examples.servers import within
from video_tracker import MemoryTransport, TryLater

pytest.importorskip("fastapi", reason="fastapi is not installed: pip install '.[examples]'")

import uvicorn

from recipes.fastapi_app import LARGEST, create_app

VIEWER = {"x-viewer": "viewer-42"}


def body(*said: tuple[str, float], first: int = 0) -> bytes:
    """What a page posts: events of its player with the playhead, half a second apart."""
    now = time.time() * 1000
    beacons = [
        {
            "seq": first + number,
            "t": round(now + 500 * (first + number)),
            "player": "html5",
            "event": event,
            "state": {"currentTime": place, "duration": 60, "paused": event == "pause"},
        }
        for number, (event, place) in enumerate(said)
    ]
    return json.dumps({"beacons": beacons}).encode()


@pytest.fixture
def transport() -> MemoryTransport:
    return MemoryTransport()


@contextlib.contextmanager
def served(transport: MemoryTransport) -> Iterator[httpx.Client]:
    """A client of a service that runs; it is stopped with the block."""
    app = create_app(transport)
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert within(10, lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(15)
    assert not thread.is_alive()


@pytest.fixture
def client(transport: MemoryTransport) -> Iterator[httpx.Client]:
    with served(transport) as running:
        yield running


def begun(client: httpx.Client) -> str:
    answer = client.post("/sessions", json={"video": "film"}, headers=VIEWER)
    assert answer.status_code == 201
    session: str = answer.json()["session"]
    return session


def test_what_a_page_posts_becomes_the_events_of_who_is_logged_in(
    transport: MemoryTransport,
) -> None:
    with served(transport) as client:
        session = begun(client)
        said = body(("play", 0.0), ("playing", 0.0))
        answer = client.post(f"/sessions/{session}/beacons", content=said)
        assert (answer.status_code, answer.content) == (204, b"")
    # The service has stopped: all of it is sent.
    assert transport.events == ["Video Playback Started", "Video Content Started"]
    first, second = transport.messages
    assert (first["userId"], first["properties"]["session_id"]) == ("viewer-42", session)
    assert second["properties"]["asset_id"] == "film"
    assert transport.closed


def test_who_is_not_logged_in_begins_nothing(client: httpx.Client) -> None:
    assert client.post("/sessions", json={"video": "film"}).status_code == 401
    assert client.get("/healthz").json()["sessions"] == 0


@pytest.mark.parametrize(
    ("posted", "status"),
    [
        (b"{", 400),
        (b"x" * (LARGEST + 1), 413),
        (json.dumps({"beacons": [{"session_id": "another", "signal": "play"}]}).encode(), 400),
    ],
)
def test_what_cannot_be_read_is_refused(client: httpx.Client, posted: bytes, status: int) -> None:
    session = begun(client)

    assert client.post(f"/sessions/{session}/beacons", content=posted).status_code == status


def test_a_player_without_an_adapter_is_refused_by_name(client: httpx.Client) -> None:
    wanted = {"video": "film", "player": "flash"}

    assert client.post("/sessions", json=wanted, headers=VIEWER).status_code == 422


def test_a_session_of_a_process_that_is_no_more_is_gone(transport: MemoryTransport) -> None:
    with served(transport) as before:
        session = begun(before)
        before.post(f"/sessions/{session}/beacons", content=body(("play", 0.0)))

    with served(MemoryTransport()) as after:
        answer = after.post(f"/sessions/{session}/beacons", content=body(("pause", 3.0), first=1))
        assert answer.status_code == 410
        assert begun(after) != session
    assert transport.events == ["Video Playback Started"]


def test_what_the_process_before_left_in_the_spool_is_sent_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOOL_DIR", str(tmp_path))
    away = MemoryTransport([TryLater("throttled", after=3600.0)])
    with served(away) as before:
        session = begun(before)
        before.post(f"/sessions/{session}/beacons", content=body(("play", 0.0)))
    back = MemoryTransport()

    with served(back):
        within(10, lambda: back.events)

    assert away.events == []
    assert [record.message_id for record in back.records] == [f"{session}-1"]
