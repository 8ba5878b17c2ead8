"""Each wrong use gets a sentence that says what is wrong and what to do, and status 2.

``wrong_uses.txt`` is the table: what was done, the command, and the whole message.
"""

import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.harness import Run, Runner
from tests.cli.wrong_files import write_files
from video_tracker.cli.send import KEY_VARIABLE

TABLE = Path(__file__).parent / "wrong_uses.txt"
PREFIX = "video-tracker: error: "


class WrongUse(NamedTuple):
    what: str
    command: str
    message: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.command.removeprefix("$ video-tracker"))


USES = [WrongUse(*block.splitlines()) for block in TABLE.read_text("utf-8").split("\n\n")]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    write_files(tmp_path)


def last_line(done: Run) -> str:
    return done.errors.splitlines()[-1]


@pytest.mark.parametrize("use", USES, ids=lambda use: use.what)
def test_a_wrong_use_is_told_what_to_do(use: WrongUse, run: Runner, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    done = run(*use.words)

    assert (done.status, last_line(done)) == (2, PREFIX + use.message)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_there_are_enough_of_them_and_none_is_told_twice() -> None:
    assert len(USES) >= 40
    assert len({use.command for use in USES}) == len({use.what for use in USES}) == len(USES)


@pytest.mark.parametrize(
    "right",
    [
        "replay log.jsonl --user-id u1",
        "replay log.jsonl.gz --user-id u1",
        "lint log.jsonl.gz",
        "replay signals.jsonl --plan plan.json",
        "send messages.jsonl --dry-run",
        "lint messages.jsonl",
        "explain signals.jsonl --event 1",
    ],
)
def test_the_files_that_are_right_are_taken(right: str, run: Runner) -> None:
    assert run(*right.split()).status == 0


@pytest.mark.parametrize(("key", "cause"), [("", "the API key?"), ('"k"', f"{KEY_VARIABLE}: no")])
def test_a_wrong_environment_is_told_by_the_variable_s_name(
    key: str, cause: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, key)

    done = run("send", "messages.jsonl")

    assert done.status == 2
    assert last_line(done).startswith(PREFIX + cause)
    assert KEY_VARIABLE in last_line(done)


def test_standard_input_is_judged_like_a_file(run: Runner, tmp_path: Path) -> None:
    for name, told in (
        ("log.jsonl.gz", "-: packed with gzip"),
        ("messages.jsonl", "-:1: messages that were made already"),
    ):
        done = run("replay", "-", "--user-id", "u1", stdin=(tmp_path / name).read_bytes())

        assert done.status == 2
        assert last_line(done).startswith(PREFIX + told)


def test_as_a_process_a_wrong_use_prints_no_traceback(process: Runner) -> None:
    for words in (("replay", "log.csv", "--user-id", "u1"), ("send", "folder", "--dry-run")):
        done = process(*words)

        assert done.status == 2
        assert done.errors.count("\n") == 1
        assert done.errors.startswith(PREFIX)
