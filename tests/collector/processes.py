"""The collector as processes of their own, and viewers who do not stop for them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import httpx

from tests.collector.service import batch, callback
from tests.delivery.server import FaultyServer

__all__ = ["Viewer", "free_port", "running_process", "served", "until", "watch"]

ROOT = Path(__file__).parent.parent.parent
SECRET = "k" * 32


@attrs.define
class Viewer:
    """One viewer's session, and how many of his pauses were answered with 204."""

    session: str
    token: str
    pauses: int = 0
    asked: int = 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(told: object, what: str, seconds: float = 30.0) -> None:
    """Wait until a function says so."""
    assert callable(told)
    end = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def served(address: str) -> str:
    """The name of the worker that answers there; empty when nobody does."""
    with contextlib.suppress(httpx.TransportError):
        return str(httpx.get(f"{address}/healthz").json()["worker"])
    return ""


@contextlib.contextmanager
def running_process(
    destination: FaultyServer, *options: str, port: int | None = None, **environment: object
) -> "Iterator[tuple[subprocess.Popen[bytes], str]]":
    """``python -m collector``, or uvicorn with these options; ended, if it is not, by its number.

    Args:
        destination: Where it sends.
        options: Of uvicorn.
        port: Its port.
        environment: What is set besides: ``spool_dir`` is ``COLLECTOR_SPOOL_DIR``.
    """
    port = free_port() if port is None else port
    settings = {"key": "key", "destination": destination.url, "secret": SECRET, **environment}
    module: Sequence[str] = ["collector"]
    if options:
        module = ["uvicorn", "--factory", "collector.app:from_environment", *options]
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", *module, "--port", str(port)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "examples")]),
            **{f"COLLECTOR_{name.upper()}": str(value) for name, value in settings.items()},
        },
        cwd=ROOT / "examples",
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: served(address), "the collector does not start")
        yield process, address
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def watch(client: httpx.Client, address: str) -> Viewer:
    """Begin a session and play."""
    asked = {"video": "film", "player": "html5", "viewer": "anna"}
    answer = client.post(f"{address}/sessions", json=asked).json()
    viewer = Viewer(answer["session"], answer["token"])
    start = [callback(0, "play"), callback(1, "playing"), callback(2, "timeupdate", 0.6)]
    assert client.post(f"{address}/beacons", content=batch(viewer.token, *start)).status_code == 204
    return viewer


def pause_and_go_on(client: httpx.Client, address: str, viewer: Viewer) -> None:
    """Until the service is gone, or asks to come again elsewhere."""
    number = 3
    while True:
        pause, play = callback(number, "pause", 0.6), callback(number + 1, "play", 0.6)
        viewer.asked += 1
        try:
            answer = client.post(f"{address}/beacons", content=batch(viewer.token, pause, play))
        except httpx.TransportError:
            return
        if answer.status_code == 429:
            viewer.asked -= 1
            time.sleep(0.05)
            continue
        assert answer.status_code == 204
        viewer.pauses += 1
        number += 2
