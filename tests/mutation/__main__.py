"""Mutation testing of the session: ``python -m tests.mutation --sample 500 --jobs 2``.

First every test runs once, and what each one calls is written down. Then each mutant of the sample
is tried in a process of its own, forked from the one that has collected the tests: the changed
function's code takes the place of the old one, and the tests that call it judge it, the quick ones
first. Where a change lies outside functions (a table, a tolerance), a fresh process imports a copy
of the tree with the change in it. A mutant that nothing notices has survived; one that never comes
to an end is noticed.
"""

import argparse
import importlib
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Final

import attrs
import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.mutants import Mutant, sample

ROOT: Final = Path(__file__).parents[2]
SESSION: Final = Path("video_tracker/session")
BESIDE: Final = tuple(Path(f"video_tracker/{name}.py") for name in ("compact", "summary"))
"""What only a session uses, though it knows no rule."""
TESTS: Final = (
    *("tests/session", "tests/cases/test_cases.py", "tests/recordings/test_recordings.py"),
    "tests/test_architecture.py",
)
LEFT_OUT: Final = ("tests/session/test_properties.py",)
"""What these find they find by chance."""
LONG: Final = (
    *("tests/session/model", "tests/recordings"),
    *(f"tests/session/kinds/test_{kind}.py" for kind in ("numbers", "schedules", "walks")),
    "tests/session/kinds/test_foreign_positions.py",
)
"""What takes too long for a process that runs everything."""
QUIET: Final = ("-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no")
PATIENCE: Final = 200
"""Seconds of work after which a mutant is taken for one that never comes to an end."""
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


@attrs.define
class Judges:
    """The collected tests, the time that each one takes, and what it calls.

    Args:
        items: The tests.
        seconds: How long each of them runs, by its name.
        callers: For the code of each function of the session the names of the tests that run it.
    """

    items: dict[str, pytest.Item]
    seconds: dict[str, float] = attrs.field(factory=dict)
    callers: dict[tuple[str, str], set[str]] = attrs.field(factory=dict)

    def recall(self, path: Path) -> None:
        """Take what an earlier run has learned of the tests that there are still."""
        told = json.loads(path.read_text())
        self.seconds = {name: told["seconds"][name] for name in self.items & told["seconds"].keys()}
        self.callers = {
            (file, name): {*tests} & self.items.keys() for file, name, tests in told["callers"]
        }

    def keep(self, path: Path) -> None:
        """Write down what was learned."""
        callers = [(*key, sorted(tests)) for key, tests in self.callers.items()]
        path.write_text(json.dumps({"seconds": self.seconds, "callers": callers}))

    def learn(self) -> None:
        """Run every new test once; one that fails before anything was changed is an error."""
        for name, item in self.items.items():
            if name in self.seconds:
                continue
            called: set[CodeType] = set()

            def look(frame: FrameType, event: str, _: object, called: set[Any] = called) -> None:
                if event == "call":
                    called.add(frame.f_code)

            began = time.process_time()
            sys.setprofile(look)
            try:
                failed = fails(item)
            finally:
                sys.setprofile(None)
            if failed:
                raise pytest.UsageError(f"{name} fails as the tree stands")
            self.seconds[name] = time.process_time() - began
            for code in called:
                if any(str(path) in code.co_filename for path in (SESSION, *BESIDE)):
                    self.callers.setdefault(key_of(code), set()).add(name)

    def notice(self, changes: Changes, budget: float) -> bool:
        """Whether a test of the changed functions fails, of the quickest for so many seconds."""
        concerned: set[str] = set()
        for _, code in changes:
            concerned |= self.callers.get(key_of(code), set())
        spent = 0.0
        for name in sorted(concerned, key=self.seconds.__getitem__):
            spent += self.seconds[name]
            if spent > budget:
                return False
            if fails(self.items[name]):
                return True
        return False


def key_of(code: CodeType) -> tuple[str, str]:
    path = Path(code.co_filename)
    return str(path.relative_to(ROOT) if path.is_absolute() else path), code.co_qualname


def fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def in_a_fork(changes: Changes, judges: Judges, budget: float) -> str:
    """Let a child process make the changes and judge itself."""
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
        for function, code in changes:
            function.__code__ = code
        try:
            noticed = judges.notice(changes, budget)
        except BaseException:  # noqa: BLE001 - whatever a mutant does wrong is noticed
            noticed = True
        os._exit(1 if noticed else 0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return ENDLESS
    return SURVIVED if status == 0 else KILLED


def in_a_copy(path: Path, changed: str) -> str:
    """Let a fresh process judge a copy of the tree with the change in it."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "tree"
        shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        (copied / path).write_text(changed)
        left_out = [f"--ignore={test}" for test in (*LEFT_OUT, *LONG)]
        command = [sys.executable, "-m", "pytest", *QUIET, *left_out, *TESTS]
        try:
            done = subprocess.run(
                command,
                cwd=copied,
                env=os.environ | {"PYTHONPATH": str(copied)},
                capture_output=True,
                timeout=2 * PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ENDLESS
    return SURVIVED if done.returncode == 0 else KILLED


def try_out(mutant: Mutant, judges: Judges, budget: float) -> str:
    """What becomes of a mutant."""
    changed = mutant.source()
    try:
        changes = changes_to(mutant.path, changed)
    except SyntaxError:
        return KILLED
    if changes is None:
        return in_a_copy(mutant.path, changed)
    return in_a_fork(changes, judges, budget)


def try_out_all(
    mutants: Sequence[Mutant], judges: Judges, budget: float, jobs: int
) -> Iterator[tuple[Mutant, str]]:
    """What becomes of each mutant, as many at a time as there are jobs."""
    read, write = os.pipe()
    for job in range(jobs):
        if os.fork() == 0:
            for number in range(job, len(mutants), jobs):
                os.write(write, f"{number} {try_out(mutants[number], judges, budget)}\n".encode())
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        for line in told:
            which, fate = line.split()
            yield mutants[int(which)], fate


@attrs.define
class Trial:
    """Takes the place of pytest's loop: with its tests collected, it tries the sample out."""

    wanted: argparse.Namespace
    share: float = 0.0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn what the tests call, then try every mutant."""
        judges = Judges({item.nodeid: item for item in session.items})
        learned = self.wanted.learned
        if learned is not None and learned.exists():
            judges.recall(learned)
        judges.learn()
        if learned is not None:
            judges.keep(learned)
        paths = [*SESSION.rglob("*.py"), *BESIDE]
        paths = [path for path in paths if any(part in str(path) for part in self.wanted.only)]
        mutants = sample(paths, self.wanted.sample, self.wanted.seed)
        if self.wanted.again is not None:
            told = self.wanted.again.read_text()
            mutants = [each for each in mutants if f" {each}\n" in told]
        fates: Counter[str] = Counter()
        for mutant, fate in try_out_all(mutants, judges, self.wanted.budget, self.wanted.jobs):
            fates[fate] += 1
            if fate == SURVIVED:
                print(f"{fates.total()}: {mutant}\n{mutant.difference()}", flush=True)
            elif fates.total() % 50 == 0:
                print(f"{fates.total()}: {fates[SURVIVED]} survived so far", flush=True)
        tried, survived = fates.total(), fates[SURVIVED]
        self.share = 100 * (tried - survived) / max(tried, 1)
        print(
            f"{tried} mutants, {survived} survived, {fates[ENDLESS]} never ended: "
            f"{self.share:.1f} % killed"
        )
        return True


def main() -> int:
    """Try a sample out; the status is 0 when enough of it was noticed."""
    parser = argparse.ArgumentParser(prog="tests.mutation", description="Mutates the session.")
    parser.add_argument("--sample", type=int, default=500, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--only", nargs="*", default=[""], help="files with one of these in them")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of tests for each")
    parser.add_argument("--again", type=Path, help="only those that a file says have survived")
    parser.add_argument("--learned", type=Path, help="a file that keeps what the tests call")
    trial = Trial(parser.parse_args())
    left_out = [f"--ignore={path}" for path in LEFT_OUT]
    status = pytest.main([*QUIET, "--capture=no", *left_out, *TESTS], plugins=[trial])
    return int(status) or int(trial.share < ENOUGH)


if __name__ == "__main__":
    sys.exit(main())
