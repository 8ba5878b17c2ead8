"""Counts the instructions of work inside one process, by ``valgrind --tool=callgrind``.

What is counted is asked for by the process itself, so that its start and imports are neither
counted nor slowed down by it. That needs a C compiler, for the three lines of ``counter.c``.
"""

import ctypes
import functools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

__all__ = ["count", "count_rounds", "missing", "run", "say_rounds"]

_NEEDED: Final = ("valgrind", "cc")
_ROOT: Final = Path(__file__).resolve().parents[2]
_COLLECTED: Final = re.compile(rb"Collected\s*:\s*(\d+)")
_TOTALS: Final = re.compile(rb"^totals: (\d+)", re.MULTILINE)
_LIBRARY: Final = "VIDEO_TRACKER_COUNTER"


def _environment() -> dict[str, str]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(paths)}


def run(
    command: Sequence[str], extra: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command in the project's folder.

    Raises:
        RuntimeError: It failed; with the end of what it said.
    """
    told = {**_environment(), **(extra or {})}
    done = subprocess.run(command, cwd=_ROOT, env=told, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done


def count(command: Sequence[str]) -> int:
    """The instructions of a whole process, from its start to its end."""
    counter = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    found = _COLLECTED.search(run([*counter, *command]).stderr)
    if found is None:
        raise RuntimeError("valgrind gave no count of instructions")
    return int(found[1])


@functools.cache
def _library() -> str:
    """The compiled ``counter.c``."""
    made = Path(tempfile.mkdtemp(prefix="counter-")) / "counter.so"
    source = Path(__file__).with_name("counter.c")
    run(["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(source)])
    return str(made)


def count_rounds(command: Sequence[str]) -> float:
    """The instructions of one round of a workload, whose process calls :func:`say_rounds`.

    Raises:
        RuntimeError: It failed, or nothing was counted.
    """
    library = _library()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "counts"
        counter = ["valgrind", "--tool=callgrind", "--instr-atstart=no"]
        run([*counter, f"--callgrind-out-file={out}", *command], {_LIBRARY: library})
        parts = [_TOTALS.search(Path(f"{out}.{part}").read_bytes()) for part in (1, 2)]
    once, thrice = [int(found[1]) if found else 0 for found in parts]
    if not 0 < once < thrice:
        raise RuntimeError(f"valgrind counted {once} and {thrice} instructions")
    return (thrice - once) / 2


def say_rounds(work: Callable[[int], object]) -> None:
    """Do a workload of one round, and of three, each counted: half the difference is one round.

    It is done once before, uncounted, so that what only the first round costs is in neither.

    Args:
        work: Called with the number of rounds.
    """
    library = ctypes.CDLL(os.environ[_LIBRARY])
    work(1)
    library.start_counting()
    for rounds in (1, 3):
        library.begin_part()
        work(rounds)
        library.end_part()


def missing() -> list[str]:
    """The programs that are needed to count and are not there."""
    return [name for name in _NEEDED if shutil.which(name) is None]
