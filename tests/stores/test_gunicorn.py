"""Two processes of gunicorn over a store: one viewer's callbacks go to either of them."""

import functools
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import attrs
import httpx
import pytest

from tests.delivery.received import bodies_of
from tests.delivery.server import FaultyServer
from tests.examples.servers import ROOT, child, free_port, within
from tests.recordings.replaying import recorded
from tests.stores.addresses import served_by
from tests.tracker.test_recordings_through_trackers import straight

pytest.importorskip("gunicorn", reason="gunicorn is not installed: pip install '.[examples]'")

VIEWERS = {
    "s1": "02-pause-html5_webkit",
    "s2": "03c-seek-paused-html5",
    "s3": "10-skip-hlsjs",
    "s4": "03d-seek-end-html5_webkit",
}
"""Each of them is over with its last callback."""
LATER = 3_600.0
"""Seconds by which callbacks seem to come later than they do: however slow this machine is, nothing
falls due between two of them."""


def tell(address: str, session: str, processes: list[str]) -> None:
    """Say all that was recorded, each callback over a connection of its own."""
    recording = VIEWERS[session]
    callbacks = recorded(recording)
    shift = time.time() + LATER - callbacks[0].at
    with httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), timeout=60.0) as client:
        for each in callbacks:
            said = attrs.asdict(each, recurse=False)
            said.update(state=dict(each.state), detail=dict(each.detail))
            asked = {
                "session": session,
                "recording": recording,
                "received_at": each.at + shift,
                "callback": said,
            }
            answer = client.post(address, json=asked)
            assert answer.status_code == 204, answer.text
            processes.append(answer.headers["x-process"])


def expected(session: str) -> list[bytes]:
    """The messages of one process, which know the viewer as s1."""
    name = b'"%b' % session.encode()
    return [body.replace(b'"s1', name) for body in straight(VIEWERS[session])]


@pytest.mark.crash
@pytest.mark.parametrize(
    ("server", "options"),
    [("redis", ()), ("postgresql", ()), ("redis", ("--preload",))],
    ids=["redis", "postgresql", "redis-forked"],
)
def test_callbacks_that_alternate_between_two_processes_give_the_bytes_of_one(
    server: str, options: Sequence[str], tmp_path: Path
) -> None:
    """S88."""
    port = free_port()
    where = ("--bind", f"127.0.0.1:{port}", "--workers", "2", "--keep-alive", "0")
    command = (sys.executable, "-m", "gunicorn", *where, *options, "tests.stores.wsgi_app:app")
    with served_by(server, tmp_path / "server") as store, FaultyServer() as destination:
        path = os.pathsep.join((str(ROOT), str(ROOT / "examples")))
        environment = {"STORE": store, "DESTINATION": destination.url, "PYTHONPATH": path}
        with child(*command, folder=tmp_path, environment=environment):
            address = f"http://127.0.0.1:{port}/"
            assert within(60, lambda: _answers(address)), (tmp_path / "output.txt").read_text()
            processes: dict[str, list[str]] = {name: [] for name in VIEWERS}
            threads = [
                threading.Thread(target=tell, args=(address, name, processes[name]))
                for name in VIEWERS
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            # Which process takes a connection is the system's affair, so it holds for all together.
            assert sum(len(set(each)) == 2 for each in processes.values()) >= 2, processes
            for name in VIEWERS:
                within(120, functools.partial(_is_there, destination, name))
                assert bodies_of(destination, name) == expected(name)
        told = (tmp_path / "output.txt").read_text()
        assert "Traceback" not in told, told


def _is_there(destination: FaultyServer, session: str) -> bool:
    return len(bodies_of(destination, session)) >= len(expected(session))


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code > 0
    except httpx.TransportError:
        return False
