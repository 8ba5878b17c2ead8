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
from video_tracker.stores.postgres import PostgresStore

__all__ = ["PostgresServer", "postgres_server", "postgres_store"]

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
        assert within(30, self._answers), self.said()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT writes all down before, SIGQUIT does not, SIGKILL is as a lost machine."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        process.wait(30)
        # Its children see that it is gone, and a new one begins only when the last of them is.
        assert within(30, lambda: not _is_a_group(process.pid))

    def said(self) -> str:
        """Its log."""
        return (self._folder / "output.txt").read_text("utf-8")

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.conninfo):
            return True
        return False

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


def _is_a_group(number: int) -> bool:
    try:
        os.killpg(number, 0)
    except ProcessLookupError:
        return False
    return True


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


@contextlib.contextmanager
def postgres_store(partitions: int = 64) -> Iterator[PostgresStore]:
    """A new and empty store, before a server of its own; both go with the block."""
    with postgres_server() as server:
        store = PostgresStore(server.conninfo, partitions=partitions)
        store.create_tables()
        try:
            yield store
        finally:
            store.close()
