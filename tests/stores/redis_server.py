"""A Redis of a test's own: started as a child, stopped and killed by its pid, started again."""

import socket
import subprocess
from pathlib import Path
from typing import Final

from tests.examples.servers import free_port, program, within

__all__ = ["RedisServer"]

_AOF: Final = ("--appendonly", "yes", "--appendfsync", "everysec")


class RedisServer:
    """One server on one port; what it keeps is in its folder.

    Args:
        folder: Where its files lie.
        options: Its settings, as on its command line.

    Attributes:
        port: Where it listens, whenever it runs.
        process: The server that was started last.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._options = options or _AOF

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "RedisServer":
        where = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder))
        command = (program("redis-server"), *where, "--save", "", *self._options)
        with (self.folder / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        assert within(15, self._answers), (self.folder / "output.txt").read_text()
        return self

    def stop(self) -> None:
        """Let it end as it does when a machine is shut down."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it between two instructions, wherever it is."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def tear(self, share: float) -> None:
        """Take the end off what it wrote, as when the machine's power failed; it does not run."""
        (log,) = (self.folder / "appendonlydir").glob("*.incr.aof")
        whole = log.read_bytes()
        log.write_bytes(whole[: int(len(whole) * (1 - share))])

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
