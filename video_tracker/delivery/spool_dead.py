"""Dead letters: records that will not be sent again, one a line, for somebody to look at.

They lie beside the directories of the processes, in ``dead.jsonl``, which all processes append to,
and ``dead.1.jsonl``, which is what that was before it had grown to half of the limit. A line has
why it is there and then the whole message, so that it can be put right and sent::

    {"id":"...","event":"...","session_id":"...","reason":"rejected","status":400,
     "detail":"no userId","attempts":3,"at":1790000000.5,"message":{...}}
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.delivery.account import Dead
from video_tracker.delivery.spool_disk import Disk
from video_tracker.record import Record

__all__ = ["DeadLetter", "DeadLetters", "read_dead"]

_NAME: Final = "dead.jsonl"
_OLD: Final = "dead.1.jsonl"
_MESSAGE: Final = b',"message":'
"""It cannot stand in a JSON string before it, where quotation marks are escaped."""


@attrs.frozen
class DeadLetter:
    """A line of the dead letters.

    Args:
        dead: The record, why it is dead, the destination's words, and how often it was sent.
        at: When it was given up, Unix seconds.
        status: The HTTP status of the refusal, if there was one.
    """

    dead: Dead
    at: float
    status: int | None = None


class DeadLetters:
    """Keeps dead letters up to a limit; the oldest go first.

    Args:
        root: The spool's directory; made when it is needed.
        max_bytes: How much they may take on disk, over all processes.
        disk: The system calls.

    Attributes:
        written: Letters that were written by this object.
        failed: Letters that could not be.
    """

    __slots__ = ("_disk", "_half", "_root", "failed", "written")

    def __init__(
        self,
        root: str | Path,
        *,
        max_bytes: int = 16 * 1024 * 1024,
        disk: Disk | None = None,
    ) -> None:
        self._root: Final = str(Path(root).absolute())
        self._half: Final = max(1, max_bytes // 2)
        self._disk: Final = Disk() if disk is None else disk
        self.written = 0
        self.failed = 0

    def write(self, dead: Dead, at: float, *, status: int | None = None) -> bool:
        """Keep a dead letter; never raises.

        Args:
            dead: What is dead, and why.
            at: Unix seconds.
            status: The HTTP status of the refusal, if there was one.

        Returns:
            Whether it is in the file. If the disk did not take it, or it is larger than half of
            the limit, it is counted and gone: hooks were told of it all the same.
        """
        line = _line(dead, at, status)
        try:
            if len(line) > self._half:
                raise OSError
            self._disk.make_directory(self._root, parents=True)
            self._append(line)
        except OSError:
            self.failed += 1
            return False
        self.written += 1
        return True

    def _append(self, line: bytes) -> None:
        path = f"{self._root}/{_NAME}"
        fd = self._disk.open(path)
        try:
            size = self._disk.size(fd)
            if size + len(line) > self._half and self._disk.lock(fd):
                # Without the lock somebody else is turning the file over, and what is written
                # to it now is kept under its old name.
                if self._disk.still_at(fd, path):
                    self._disk.rename(path, f"{self._root}/{_OLD}")
                new = self._disk.open(path)
                self._disk.close(fd)
                fd, size = new, self._disk.size(new)
            if size and self._disk.read(fd, size - 1) != b"\n":
                line = b"\n" + line  # fences off what a full disk or a dead process left
            if self._disk.write(fd, line) < len(line):
                raise OSError
        finally:
            self._disk.close(fd)


def _line(dead: Dead, at: float, status: int | None) -> bytes:
    record = dead.record
    head = json.dumps(
        {
            "id": record.message_id,
            "event": record.event,
            "session_id": record.session_id,
            "reason": dead.reason,
            "status": status,
            "detail": dead.detail,
            "attempts": dead.attempts,
            "at": at,
        },
        separators=(",", ":"),
    )
    # A line break can only stand between the parts of a JSON text, where a blank is as good.
    body = record.body.replace(b"\r", b" ").replace(b"\n", b" ")
    return head[:-1].encode() + _MESSAGE + body + b"}\n"


def read_dead(root: str | Path) -> Iterator[DeadLetter]:
    """Read the dead letters of a spool, oldest first; lines that are torn are passed over.

    Args:
        root: The spool's directory. If it has no dead letters, there are none.

    Raises:
        OSError: A file is there and cannot be read.
    """
    for name in (_OLD, _NAME):
        path = Path(root) / name
        if path.exists():
            with path.open("rb") as lines:
                for line in lines:
                    letter = _letter(line)
                    if letter is not None:
                        yield letter


def _letter(line: bytes) -> DeadLetter | None:
    try:
        said: dict[str, Any] = json.loads(line)
        body = line[line.index(_MESSAGE) + len(_MESSAGE) :].rstrip()[:-1]
        record = Record(said["id"], said["session_id"], said["event"], body)
        dead = Dead(record, said["reason"], said["detail"], said["attempts"])
        return DeadLetter(dead, said["at"], said["status"])
    except (ValueError, KeyError, TypeError):
        return None
