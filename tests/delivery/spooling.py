"""Records, disks that fail, and real disks that are full or cannot be written."""

import contextlib
import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from video_tracker.delivery.spool import Spool
from video_tracker.delivery.spool_disk import Disk
from video_tracker.record import Record


def record(number: int, size: int = 100) -> Record:
    """A record like no other, with a body of about so many bytes."""
    body = f'{{"messageId":"m-{number}","n":"{"x" * max(0, size - 28)}"}}'
    return Record(f"m-{number}", f"s-{number % 7}", "Video Content Playing", body.encode())


def records(count: int, size: int = 100, start: int = 0) -> list[Record]:
    return [record(number, size) for number in range(start, start + count)]


def fill(spool: Spool, *what: Record, now: float = 1.0) -> None:
    for one in what:
        spool.append(one, now)


def drain(spool: Spool, *, settle: bool = True, many: int = 500) -> list[Record]:
    """Take all that waits."""
    found: list[Record] = []
    while spool.waiting:
        taken = spool.take(many, 480_000)
        assert taken.records or taken.lost_records
        found.extend(taken.records)
        if settle:
            spool.settled(taken.records)
    return found


def adopt_all(spool: Spool) -> int:
    total = 0
    while found := spool.adopt():
        total += found
    return total


def reopened(root: Path, **settings: Any) -> Spool:
    """A new spool that has taken over what the processes before it left."""
    spool = Spool(root, **settings)
    adopt_all(spool)
    return spool


def files(root: Path, pattern: str = "*") -> list[Path]:
    return sorted(path for path in root.rglob(pattern) if path.is_file())


class FaultyDisk(Disk):
    """A disk that fails on command.

    Args:
        failing: Names of calls, and the ``errno`` that each fails with. It may be changed.
        part: Before a write fails, so many bytes of it are written all the same.
        when: Of the paths and arguments of a call, whether it is one that fails.
    """

    def __init__(self, part: int = 0) -> None:
        self.failing: dict[str, int] = {}
        self.part = part
        self.calls: list[str] = []
        self.when: Callable[[Any], bool] = lambda _: True
        for name in (
            "write", "truncate", "unlink", "rmdir", "create", "open", "open_to_read", "read",
            "read_file", "size", "sync", "sync_directory", "make_directory", "names", "lock",
        ):  # fmt: skip
            setattr(self, name, self._wrapped(name, getattr(Disk, name)))

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        bound = isinstance(vars(Disk)[name], staticmethod)

        def call(*arguments: Any, **keywords: Any) -> Any:
            self.calls.append(name)
            if name in self.failing and self.when(arguments[0]):
                if name == "write" and 0 < self.part < len(arguments[1]):
                    short, self.part = self.part, 0
                    return os.write(arguments[0], arguments[1][:short])
                code = self.failing[name]
                raise OSError(code, os.strerror(code), str(arguments[0]))
            if bound:
                return real(*arguments, **keywords)
            return real(self, *arguments, **keywords)

        return call


class SmallDisk(Disk):
    """A disk on which the files below a root may take so many bytes in all."""

    def __init__(self, root: Path, size: int) -> None:
        def write(fd: int, data: bytes) -> int:
            room = size - sum(path.stat().st_size for path in files(root))
            if room <= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return os.write(fd, data[:room])

        setattr(self, "write", write)  # noqa: B010 - in the place of a static method


@contextlib.contextmanager
def mounted(place: Path, options: str) -> Iterator[Path]:
    """A small file system in memory at a place; needs the right to mount."""
    place.mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True, capture_output=True
    )
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def remount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)


def can_mount() -> bool:
    """Whether this process may mount file systems."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as place:
        try:
            with mounted(Path(place), "size=64k"):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def python(code: str, *arguments: str | Path, **keywords: Any) -> "subprocess.Popen[str]":
    """Start a program in a process of its own, with what it says coming back by a pipe."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        **keywords,
    )
