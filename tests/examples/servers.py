"""Real servers as children of a test: on free ports, in folders of their own, awaited."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

__all__ = ["ROOT", "child", "free_port", "nats", "program", "redis", "within"]

ROOT = Path(__file__).parents[2]
T = TypeVar("T")


def program(name: str) -> str:
    """Where a server's program is; the test is skipped where there is none."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install {name})")
    return found


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def within(seconds: float, ask: Callable[[], T]) -> T:
    """The first answer that counts as true; the last one when the time is over."""
    until = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < until:
        time.sleep(0.02)
    return answer


@contextlib.contextmanager
def child(
    *command: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, whatever it was told before; its words go to a file."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "examples")))
    with (folder / "output.txt").open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
        with contextlib.suppress(ProcessLookupError):  # its own children, if it left any
            os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis; its address."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with child(program("redis-server"), *options, folder=folder) as process:
        assert within(10, lambda: _answers(port)), (folder / "output.txt").read_text()
        assert process.poll() is None
        yield f"redis://127.0.0.1:{port}/0"


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
        line.sendall(b"PING\r\n")
        return line.recv(16).startswith(b"+PONG")
    return False


@contextlib.contextmanager
def nats(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A NATS server with JetStream, whose streams stay in the folder."""
    store = ["--jetstream", "--store_dir", str(folder / "store")]
    where = ["--addr", "127.0.0.1", "--port", str(port)]
    with child(program("nats-server"), *store, *where, folder=folder) as process:
        ready = within(10, lambda: _greets(port))
        assert ready, (folder / "output.txt").read_text()
        yield process


def _greets(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
        greeting = line.makefile("rb").readline()
        return bool(json.loads(greeting.removeprefix(b"INFO "))["jetstream"])
    return False
