"""Mutation testing of the session: ``python -m tests.mutation --sample 500 --jobs 2``.

Each mutant of the sample is tried in a process of its own, forked from one that has imported
everything: the changed function's code takes the place of the old one. Where a change lies outside
functions (a table, a tolerance), a fresh process imports a copy of the tree with the change in it.
First the cases of the field judge it, then the session's tests; a mutant that nothing notices has
survived. One that never comes to an end is noticed.
"""

import argparse
import importlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Final

import pytest

from tests.cases.judging import NAMES, judge, read_case, replay
from tests.cases.test_cases import NOT_YET
from tests.mutation.mutants import Mutant, sample

ROOT: Final = Path(__file__).parents[2]
SESSION: Final = Path("video_tracker/session")
TESTS: Final = (
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/session").glob("test_*.py")),
    *("tests/session/kinds", "tests/recordings", "tests/test_architecture.py"),
)
"""The quick ones first."""
LEFT_OUT: Final = ("tests/session/test_properties.py",)
"""Searches: they take long, and find what they find by chance."""
PATIENCE: Final = 240
"""Seconds after which a mutant is taken for one that never comes to an end."""

ENOUGH: Final = 90.0
"""So many of a hundred mutants must be noticed."""

KILLED, SURVIVED, ENDLESS = "killed", "survived", "endless"


# -- the change ------------------------------------------------------------------------------------


Changes = list[tuple[FunctionType, CodeType]]
"""Functions, and the code that each has in a mutant."""


def functions_of(module: ModuleType) -> Iterator[FunctionType]:
    """The functions of a module and of its classes, those that decorators wrap too."""
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    own = [vars(each) for each in classes if each.__module__ == module.__name__]
    for member in itertools.chain.from_iterable(names.values() for names in [vars(module), *own]):
        part: object = member
        while part is not None:
            for each in (part, *(getattr(part, name, None) for name in _CARRIED)):
                if isinstance(each, FunctionType) and each.__module__ == module.__name__:
                    yield each
            part = getattr(part, "__wrapped__", None)


_CARRIED: Final = ("fget", "fset", "__func__")
"""Where properties and class methods keep their functions."""


def codes_of(code: CodeType) -> dict[str, CodeType]:
    """The code of the functions of a compiled module, by qualified name."""
    found: dict[str, CodeType] = {}
    for part in code.co_consts:
        if isinstance(part, CodeType):
            found |= codes_of(part) if is_class(part) else {part.co_qualname: part}
    return found


def is_class(code: CodeType) -> bool:
    return "__module__" in code.co_names and "__qualname__" in code.co_names


def rest_of(code: CodeType) -> object:
    """What is compiled of a module beside the bodies of its functions."""
    constants = tuple(
        rest_of(part) if isinstance(part, CodeType) else part
        for part in code.co_consts
        if not isinstance(part, CodeType) or is_class(part)
    )
    return code.co_code, constants, code.co_names


def changes_to(path: Path, changed: str) -> Changes | None:
    """What a changed text of a module makes of its functions; None: it changes more than these."""
    before, after = (compile(text, str(path), "exec") for text in (path.read_text(), changed))
    if rest_of(before) != rest_of(after):
        return None
    module = importlib.import_module(".".join(path.with_suffix("").parts))
    old, new = codes_of(before), codes_of(after)
    wanted = {name for name in new if new[name] != old.get(name)}
    found = {
        function.__code__.co_qualname: function
        for function in functions_of(module)
        if function.__code__.co_qualname in wanted
    }
    if found.keys() != wanted:
        return None
    return [(function, new[name]) for name, function in found.items()]


# -- the judges ------------------------------------------------------------------------------------


def cases_notice() -> bool:
    """Whether a case of the field is told otherwise than it must be."""
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            case = read_case(name)
            told = name not in NOT_YET and case.player == "signals"
            if told and judge(case, replay(case, Path(folder))):
                return True
    return False


def tests_notice() -> bool:
    """Whether one of the session's tests fails."""
    left_out = [f"--ignore={path}" for path in LEFT_OUT]
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
    return pytest.main([*quiet, *left_out, *TESTS]) != 0


def judged() -> str:
    """What becomes of the mutant that this process is."""
    try:
        return KILLED if cases_notice() or tests_notice() else SURVIVED
    except BaseException:  # noqa: BLE001 - whatever a mutant does wrong is noticed
        return KILLED


def in_a_fork(changes: Changes) -> str:
    """Let a child process make the changes and judge itself."""
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        for function, code in changes:
            function.__code__ = code
        os._exit(0 if judged() == SURVIVED else 1)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return SURVIVED if status == 0 else KILLED
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return ENDLESS


def in_a_copy(path: Path, changed: str) -> str:
    """Let a fresh process judge a copy of the tree with the change in it."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "tree"
        shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        (copied / path).write_text(changed)
        command = [sys.executable, "-m", "tests.mutation", "--judge"]
        try:
            done = subprocess.run(
                command, cwd=copied, capture_output=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return ENDLESS
    return SURVIVED if done.returncode == 0 else KILLED


def try_out(mutant: Mutant) -> str:
    """What becomes of a mutant."""
    changed = mutant.source()
    try:
        changes = changes_to(mutant.path, changed)
    except SyntaxError:
        return KILLED
    return in_a_copy(mutant.path, changed) if changes is None else in_a_fork(changes)


def try_out_all(mutants: Sequence[Mutant], jobs: int) -> Iterator[tuple[Mutant, str]]:
    """What becomes of each mutant, as many at a time as there are jobs."""
    read, write = os.pipe()
    for job in range(jobs):
        if os.fork() == 0:
            for number in range(job, len(mutants), jobs):
                os.write(write, f"{number} {try_out(mutants[number])}\n".encode())
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        for line in told:
            which, fate = line.split()
            yield mutants[int(which)], fate


def main() -> int:
    """Try a sample out; the status is 0 when enough of it was noticed."""
    parser = argparse.ArgumentParser(prog="tests.mutation", description="Mutates the session.")
    parser.add_argument("--sample", type=int, default=500, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--only", default="", help="files whose path has this in it")
    parser.add_argument("--judge", action="store_true", help="judge this tree, and nothing else")
    wanted = parser.parse_args()
    if wanted.judge:
        return 0 if judged() == SURVIVED else 1
    if cases_notice():
        print("the tree itself is told wrongly", file=sys.stderr)
        return 2
    paths = [path for path in SESSION.rglob("*.py") if wanted.only in str(path)]
    mutants = sample(paths, wanted.sample, wanted.seed)
    fates: Counter[str] = Counter()
    for mutant, fate in try_out_all(mutants, wanted.jobs):
        fates[fate] += 1
        if fate == SURVIVED:
            print(f"{fates.total()}: {mutant}\n{mutant.difference()}", flush=True)
    tried, survived = fates.total(), fates[SURVIVED]
    share = 100 * (tried - survived) / max(tried, 1)
    print(
        f"{tried} mutants, {survived} survived, {fates[ENDLESS]} never ended: {share:.1f} % killed"
    )
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
