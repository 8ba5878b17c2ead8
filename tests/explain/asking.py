"""Asking ``video-tracker explain`` and ``whatif`` as a person would: a log, a question, a text."""

import contextlib
import functools
import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from video_tracker.cli.main import main

RECORDINGS = Path(__file__).parent.parent / "recordings" / "data"
START = 1_795_432_200.0


def told(name: str, at: float, **values: Any) -> dict[str, Any]:
    """A line of the library's own log, ``at`` seconds after its beginning."""
    return {"signal": name, "at": START + at, **values}


def polled(start: float, end: float, place: float, every: float = 1.0) -> list[dict[str, Any]]:
    """Content plays on: a position each second, after ``start`` and until ``end``."""
    steps = range(1, round((end - start) / every) + 1)
    return [told("progress", start + n * every, position=place + n * every) for n in steps]


def ask(folder: Path, lines: Iterable[object], *question: str, command: str = "explain") -> str:
    """What the command prints of a log.

    Args:
        folder: An empty folder.
        lines: The log.
        question: The options.
        command: ``explain`` or ``whatif``.
    """
    log = folder / "log.jsonl"
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return _printed(command, str(log), *question)


@functools.cache
def ask_recording(name: str, *question: str) -> str:
    """What ``explain`` prints of a recording of a real player."""
    log = Path(_unpacked(name))
    return _printed("explain", str(log), *question)


@functools.cache
def _unpacked(name: str) -> str:
    import tempfile  # noqa: PLC0415 - beside its only use

    log = Path(tempfile.mkdtemp()) / f"{name}.jsonl"
    log.write_bytes(gzip.decompress((RECORDINGS / f"{name}.jsonl.gz").read_bytes()))
    return str(log)


def callback(name: str, line: int) -> dict[str, Any]:
    """A line of a recording as it stands there."""
    lines = gzip.decompress((RECORDINGS / f"{name}.jsonl.gz").read_bytes()).splitlines()
    found: dict[str, Any] = json.loads(lines[line - 1])
    return found


def _printed(*words: str) -> str:
    output = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(output):
        status = main(list(words))
        output.flush()
    assert status == 0
    return output.buffer.getvalue().decode()
