"""Running the command line on a terminal of its own, as a person does."""

import os
import pty
import re
import subprocess
from collections.abc import Mapping

import attrs

from tests.cli.harness import COMMAND

__all__ = ["Shown", "on_terminal"]

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@attrs.frozen
class Shown:
    """What a terminal showed, standard output and error together."""

    status: int
    raw: str

    @property
    def text(self) -> str:
        """Without colours."""
        return _ESCAPE.sub("", self.raw)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.text.splitlines()]

    @property
    def is_coloured(self) -> bool:
        return bool(_ESCAPE.search(self.raw))


def on_terminal(
    *words: object, environment: Mapping[str, str] | None = None, typed: bytes | None = None
) -> Shown:
    """Run the command line on a terminal of 100 columns.

    Args:
        words: Its arguments.
        environment: Variables beside those of this process.
        typed: What is typed; None: nobody types, standard input is empty.
    """
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if "COLOR" not in key}
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)],
        stdin=subprocess.DEVNULL if typed is None else theirs,
        stdout=theirs,
        stderr=theirs,
        env={**kept, "TERM": "xterm-256color", "COLUMNS": "100", **(environment or {})},
    )
    os.close(theirs)
    if typed is not None:
        os.write(ours, typed)
    pieces = []
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    return Shown(process.wait(60), b"".join(pieces).decode().replace("\r\n", "\n"))
