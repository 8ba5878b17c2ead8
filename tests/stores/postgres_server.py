"""A real PostgreSQL as a child of a test: in a folder of its own, at a socket of its own."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.examples.servers import within

__all__ = ["PostgresServer", "postgres_server"]

FOLDERS = [
    *os.environ.get("PATH", "").split(os.pathsep),
    *Path("/").glob("usr/lib/postgresql/*/bin"),
]


class PostgresServer:
    """A server that can be stopped, killed and started again; its data stay in its folder.

    Args:
        folder: Its user's own.
        user: Who it runs as, as PostgreSQL runs for no root; None: who runs the tests.
    """

    def __init__(self, folder: Path, user: str | None) -> None:
        self._folder = folder
        self._as: dict[str, Any] = (
            {"user": user, "group": pwd.getpwnam(user).pw_gid} if user else {}
        )
        if user:
            self._as["extra_groups"] = ()
        self._process: subprocess.Popen[bytes] | None = None
        self.conninfo = f"host={folder} user=tests dbname=postgres"
        self._run(["initdb", "-D", "data", "-U", "tests", "-A", "trust", "-E", "UTF8", "-N"])

    def start(self) -> None:
        """Start it, and wait until it answers."""
        assert within(30, self._is_up), self.said()

    def _is_up(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            self._begin()  # again, where children of one that was killed are still there
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.conninfo):
            return True
        return False

    def _begin(self) -> None:
        # After a crash all is synced at once: a file each of the empty databases takes seconds.
        options = ["-c", "listen_addresses=", "-c", "recovery_init_sync_method=syncfs"]
        with (self._folder / "output.txt").open("ab") as output:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", "data", "-k", str(self._folder), *options],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **self._as,
            )

    def pids(self) -> list[int]:
        """Its processes: itself, and one for each connection and each duty."""
        assert self._process is not None
        own, found = self._process.pid, [self._process.pid]
        for each in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(_fields(each)[1]) == own:
                    found.append(int(each.parent.name))
        return found

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT writes all down before, SIGQUIT does not, SIGKILL is as a lost machine."""
        process = self._process
        if process is None:
            return
        every = self.pids()
        process.send_signal(how)
        process.wait(30)
        self._process = None
        # Its children go when they see that it is gone; until then they answer.
        assert within(30, lambda: all(_state(pid) in {"", "Z"} for pid in every))

    def said(self) -> str:
        """Its log."""
        return (self._folder / "output.txt").read_text("utf-8")

    def _run(self, command: Sequence[str]) -> None:
        subprocess.run(
            [program(command[0]), *command[1:]],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            **self._as,
        )


def program(name: str) -> str:
    """Where it is; the test is skipped where there is none."""
    found = shutil.which(name, path=os.pathsep.join(map(str, FOLDERS)))
    if found is None:
        pytest.skip(f"PostgreSQL's {name} is not installed (apt-get install postgresql)")
    return found


def _fields(stat: Path) -> list[str]:
    """What a process's ``stat`` says behind its name: state, parent and so on."""
    return stat.read_text().rpartition(")")[2].split()


def _state(pid: int) -> str:
    with contextlib.suppress(OSError):
        return _fields(Path(f"/proc/{pid}/stat"))[0]
    return ""


def _somebody() -> str | None:
    """Who PostgreSQL runs as: anybody but root."""
    if os.geteuid() != 0:
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server that has been started; it and its folder go with the block."""
    program("initdb")
    user = _somebody()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # pytest's folders are root's alone
    try:
        if user:
            shutil.chown(folder, user)
        server = PostgresServer(folder, user)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
