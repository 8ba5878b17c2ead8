"""``video-tracker replay`` of many logs by several processes: the bytes of one, or a reason."""

import contextlib
import gzip
import json
import os
import pty
import resource
import shutil
import signal as os_signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.harness import COMMAND, ROOT, SHORT, SHORT_EVENTS, Run, Runner, jsonl, signal
from video_tracker.cli import replay
from video_tracker.cli.jobs import AHEAD, in_order

DATA = ROOT / "tests" / "recordings" / "data"
USER = ("--user-id", "u1")
KILLED = "a process was killed (no memory?); it is replayed again, alone"


def short(*names: str, folder: str = "logs") -> list[Path]:
    """Logs of a short session each."""
    paths = [Path(folder, f"{name}.jsonl") for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jsonl(*SHORT))
    return paths


def long(path: Path, seconds: int = 100_000) -> Path:
    """A log whose replay takes a while."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [signal("progress", n, position=float(n)) for n in range(2, seconds)]
    path.write_bytes(jsonl(*SHORT[:3], *lines, signal("exit", seconds)))
    return path


def sessions(done: Run) -> list[str]:
    """The sessions of its messages, each with the log's name alone, as they come."""
    ids = (message["properties"]["session_id"].rpartition("-")[0] for message in done.messages)
    return list(dict.fromkeys(ids))


def told(done: Run) -> list[str]:
    """What is said, but how far it was."""
    return [line for line in done.errors.splitlines() if not line.endswith(" files")]


# -- the same as one process -----------------------------------------------------------------------


def test_all_recordings_give_the_bytes_that_each_of_them_gives_alone(
    run: Runner, process: Runner
) -> None:
    """In the order of the files; the summaries are one list."""
    paths = sorted(DATA.glob("*.gz"))
    alone, summaries = b"", []
    for path in paths:
        alone += run("replay", path, *USER, "--summary", "one.json").output
        summaries += json.loads(Path("one.json").read_bytes())

    one = run("replay", *paths, *USER, "--summary", "all-1.json")
    three = process("replay", DATA, *USER, "--jobs", "3", "--summary", "all-3.json")

    assert len(paths) > 100
    assert (one.status, three.status) == (0, 0)
    assert one.output == three.output == alone
    assert told(one) == told(three)
    for name in ("all-1.json", "all-3.json"):
        assert Path(name).read_text() == json.dumps(summaries, indent=2) + "\n"


def test_what_people_read_is_the_same_too(
    run: Runner, process: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "90")  # readline may have set it behind our back
    paths = sorted(DATA.glob("01-simple-*.gz"))
    words = (*USER, "--text", "-o")
    alone = [run("replay", path, *words, "one.jsonl").output for path in paths]

    done = process("replay", *paths, *words, "all.jsonl", "--jobs", "2")

    assert len(paths) == 6
    assert done.output == b"".join(alone)
    assert Path("all.jsonl").read_bytes() == run("replay", *paths, *USER).output


def test_a_packed_log_gives_the_messages_and_ids_of_the_unpacked_one(run: Runner) -> None:
    """S50: packing a log that was replayed must not send its events again."""
    (path,) = short("evening")
    packed = Path("evening.jsonl.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))

    assert run("replay", packed, *USER) == run("replay", path, *USER)


def test_a_long_log_does_not_let_the_later_ones_go_first(process: Runner) -> None:
    long(Path("logs", "a.jsonl"))
    short("b", "c", "d")

    done = process("replay", "logs", *USER, "--jobs", "2")

    assert done.status == 0
    assert sessions(done) == ["a", "b", "c", "d"]


def test_a_folder_is_its_logs_with_those_below_it_sorted(run: Runner) -> None:
    short("b/2", "b/10", "a", "c", ".hidden", folder="logs")
    Path("logs", "plan.json").write_text("{}")
    Path("logs", "b", "1.ndjson").write_bytes(jsonl(*SHORT))
    Path("other.log").write_bytes(jsonl(*SHORT))

    done = run("replay", "other.log", "logs", *USER)

    assert done.status == 0
    assert sessions(done) == ["other", "a", "1", "10", "2", "c"]


def test_the_account_is_of_all_logs_and_remarks_of_one_kind_are_one_line(run: Runner) -> None:
    for name in ("a", "b"):
        Path(f"{name}.jsonl").write_bytes(jsonl({**SHORT[0], "colour": "red"}, *SHORT[1:]))

    done = run("replay", "a.jsonl", "b.jsonl", *USER)

    assert done.errors.splitlines() == [
        "unknown      2 x field 'colour': its signal has no such field",
        "video-tracker: 2 logs, 16 callbacks, 2 sessions, 8 messages",
    ]


def test_summaries_of_logs_without_a_session_are_an_empty_list(run: Runner) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        Path(name).write_bytes(b"\n")

    done = run("replay", "a.jsonl", "b.jsonl", *USER, "--summary", "sums.json", "-o", "out.jsonl")

    assert done.status == 2
    assert Path("sums.json").read_text() == "[]\n"
    assert Path("out.jsonl").read_bytes() == b""


# -- what is wrong costs itself alone --------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bad_log_among_good_ones_is_named_and_the_others_are_replayed(
    run: Runner, jobs: str
) -> None:
    short("a", "c", "e")
    Path("logs", "b.jsonl").write_bytes(jsonl(*SHORT[:3]) + b"{\n" + jsonl(*SHORT[3:]))
    Path("logs", "d.jsonl").write_bytes(jsonl({"messageId": "m", "type": "track"}))

    done = run("replay", "logs", "missing.jsonl", *USER, "--jobs", jobs)

    assert done.status == 2
    assert sessions(done) == ["a", "b", "c", "e"]
    begun = ["Playback Started", "Content Started"]
    assert done.events[4:6] == begun  # of the damaged one: what was before the damage
    assert done.events.count("Playback Started") == 4
    wrong = [line for line in done.errors.splitlines() if " error: " in line]
    assert [line.split(": ")[2] for line in wrong] == [
        "logs/b.jsonl:4",
        "logs/d.jsonl:1",
        "missing.jsonl",
    ]
    assert "malformed JSON" in wrong[0]
    assert "messages that were made already" in wrong[1]
    assert wrong[2].endswith("No such file or directory")
    assert done.account.startswith("video-tracker: 6 logs, ")
    assert done.account.endswith("; 3 logs with a fault")


def test_where_nothing_can_be_used_no_file_is_made(run: Runner) -> None:
    short("a", "b")

    done = run("replay", "logs", "-o", "out.jsonl", "--summary", "sums.json")

    assert done.status == 2
    assert done.errors.count(": who watches? give --user-id") == 2
    assert not Path("out.jsonl").exists()
    assert not Path("sums.json").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_session_that_lies_in_several_logs_is_told(run: Runner, jobs: str) -> None:
    """Each part numbers its messages from 1: the destination would drop the second's as known."""
    for name, ids in (("a", ("s1", "s2", "s3")), ("b", ("s4",)), ("c", ("s2", "s3", "s5"))):
        lines = [{**line, "session_id": each} for each in ids for line in SHORT]
        Path(f"{name}.jsonl").write_bytes(jsonl(*lines))

    done = run("replay", "a.jsonl", "b.jsonl", "c.jsonl", *USER, "--jobs", jobs)

    assert done.status == 1
    assert done.events == SHORT_EVENTS * 7
    (wrong,) = [line for line in done.errors.splitlines() if " error: " in line]
    assert wrong.startswith(
        "video-tracker: error: c.jsonl: session s2 and 1 more, of which a.jsonl has a part, too: "
    )


def test_of_very_many_sessions_the_oldest_are_forgotten(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "_REMEMBERED", 2)
    for name, each in (("a", "s1"), ("b", "s2"), ("c", "s3"), ("d", "s2"), ("e", "s1")):
        Path(f"{name}.jsonl").write_bytes(jsonl(*({**line, "session_id": each} for line in SHORT)))

    done = run("replay", *(f"{name}.jsonl" for name in "abcde"), *USER)

    assert [line.split(": ")[2] for line in done.errors.splitlines() if "a part" in line] == [
        "d.jsonl"
    ]


# -- processes that end ----------------------------------------------------------------------------


def workers(parent: int) -> list[int]:
    """The processes that replay for another."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            of = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            if of == parent and b"spawn_main" in (each / "cmdline").read_bytes():
                found.append(int(each.name))
    return found


def reads(pid: int, path: Path) -> bool:
    """Whether a process has a file open."""
    with contextlib.suppress(OSError):
        return any(each.samefile(path) for each in Path(f"/proc/{pid}/fd").iterdir())
    return False


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def until(what: Callable[[], Any]) -> Any:
    """The first that is true, within a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.001)
    raise AssertionError("it did not come")


@pytest.fixture
def started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts the command; whatever happens, it is not left running, nor its files lying."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    running: list[subprocess.Popen[bytes]] = []

    def start(*words: object, **more: Any) -> subprocess.Popen[bytes]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        running.append(
            subprocess.Popen([*COMMAND, *map(str, words)], start_new_session=True, **pipes)
        )
        return running[-1]

    yield start
    for each in running:
        each.kill()
        each.communicate(timeout=60)


Start = Callable[..., "subprocess.Popen[bytes]"]


def test_the_work_of_a_killed_process_is_done_again(started: Start, run: Runner) -> None:
    first = long(Path("logs", "a.jsonl"))
    rest = short("b", "c", "d")
    process = started("replay", "logs", *USER, "--jobs", "2")

    victim = until(lambda: next((w for w in workers(process.pid) if reads(w, first)), None))
    os.kill(victim, os_signal.SIGKILL)
    output, errors = process.communicate(timeout=60)

    assert process.returncode == 0
    assert output == run("replay", first, *rest, *USER).output
    assert f"video-tracker: logs/a.jsonl: {KILLED}\n" in errors.decode()
    assert b"Traceback" not in errors


def test_a_log_that_kills_its_process_twice_costs_itself_alone(started: Start, run: Runner) -> None:
    (good, *others) = short("a", "c", "d", "e")
    bad = long(Path("logs", "b.jsonl"))
    process = started("replay", "logs", *USER, "--jobs", "2", "-o", "out.jsonl")

    killed = set[int]()
    while process.poll() is None:
        for pid in workers(process.pid):
            if pid not in killed and reads(pid, bad):
                os.kill(pid, os_signal.SIGKILL)
                killed.add(pid)
        time.sleep(0.001)
    _, errors = process.communicate(timeout=60)

    assert len(killed) == 2
    assert process.returncode == 2
    assert Path("out.jsonl").read_bytes() == run("replay", good, *others, *USER).output
    (wrong,) = [line for line in errors.decode().splitlines() if " error: " in line]
    assert wrong == (
        "video-tracker: error: logs/b.jsonl: a process was killed as it was replayed, and again "
        "as it was replayed alone (no memory?)"
    )
    assert b"Traceback" not in errors


def test_a_pipe_whose_process_was_killed_is_not_waited_for_again(started: Start) -> None:
    os.mkfifo("pipe.jsonl")
    (log,) = short("log")
    process = started("replay", "pipe.jsonl", log, *USER, "--jobs", "2")
    with Path("pipe.jsonl").open("wb") as pipe:  # opened once a process reads it
        pipe.write(jsonl(*SHORT[:3]))
        pipe.flush()
        path = Path("pipe.jsonl")
        os.kill(
            until(lambda: next((w for w in workers(process.pid) if reads(w, path)), None)),
            os_signal.SIGKILL,
        )
        output, errors = process.communicate(timeout=60)

    assert process.returncode == 2
    assert sessions(Run(2, output, "")) == ["log"]
    assert b"error: pipe.jsonl: a process was killed" in errors


def hear_interrupts() -> None:
    """A shell's background job, and all that it starts, is deaf to the keyboard."""
    os_signal.signal(os_signal.SIGINT, os_signal.SIG_DFL)


@pytest.mark.parametrize("at_work", [True, False])
def test_an_interrupt_ends_all_processes_with_a_word(started: Start, at_work: bool) -> None:
    """The keyboard interrupts the whole group, whose processes may be at work, or begin."""
    os.mkfifo("pipe.jsonl")
    words = ("replay", "pipe.jsonl", *short("a", "b"), *USER, "--jobs", "2")
    process = started(*words, preexec_fn=hear_interrupts)
    found = until(lambda: workers(process.pid))
    with Path("pipe.jsonl").open("wb") if at_work else contextlib.nullcontext():
        os.killpg(process.pid, os_signal.SIGINT)
        output, errors = process.communicate(timeout=60)

    assert errors == b"video-tracker: interrupted from the keyboard; the work is not finished\n"
    assert (process.returncode, output) == (130, b"")
    assert [pid for pid in found if is_alive(pid)] == []
    assert list(Path().glob("video-tracker-*")) == []


def test_processes_end_with_the_one_that_was_killed(started: Start) -> None:
    os.mkfifo("pipe.jsonl")
    process = started("replay", "pipe.jsonl", *short("a"), *USER, "--jobs", "2")
    with Path("pipe.jsonl").open("wb"):
        found = until(lambda: workers(process.pid))
        process.kill()

        until(lambda: not any(map(is_alive, found)))


def test_a_reader_that_goes_away_ends_all_of_it_in_silence(started: Start) -> None:
    """As in ``video-tracker replay logs --jobs 2 | head -n 1``."""
    (log,) = short("log")
    logs = [shutil.copy(log, f"{number:03}.jsonl") for number in range(100)]
    process = started("replay", *logs, *USER, "--jobs", "2")
    assert process.stdout is not None
    process.stdout.readline()
    found = workers(process.pid)
    process.stdout.close()
    assert process.stderr is not None

    assert told(Run(141, b"", process.stderr.read().decode())) == []
    assert process.wait(60) == 141
    assert [pid for pid in found if is_alive(pid)] == []


# -- bounds and progress ---------------------------------------------------------------------------


def test_no_more_is_taken_than_is_soon_its_turn() -> None:
    taken = 0

    def naps() -> Iterator[float]:
        nonlocal taken
        for _ in range(5 * AHEAD):
            taken += 1
            yield 0.0

    most = []
    done = in_order(time.sleep, naps(), 2, lambda _: False)
    for number, (_, is_done) in enumerate(done):
        assert is_done
        most.append(taken - number)

    assert len(most) == 5 * AHEAD
    assert max(most) == 2 * AHEAD


def test_what_a_slow_reader_has_not_read_waits_in_few_files(started: Start) -> None:
    """The results of later logs wait in the folder for temporary files, of no more than a few."""
    (log,) = short("log")
    logs = [shutil.copy(log, f"{number:03}.jsonl") for number in range(150)]
    Path("tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(Path("tmp").absolute())}
    process = started("replay", *logs, *USER, "--jobs", "2", env=environment)
    assert process.stdout is not None
    first = process.stdout.readline()

    def waiting() -> int:
        return sum(1 for each in Path("tmp").rglob("*-done"))

    until(lambda: waiting() >= AHEAD)
    before = -1
    while before != (before := waiting()):
        time.sleep(0.5)

    assert before <= 2 * AHEAD
    output = process.stdout.read()
    assert process.wait(60) == 0
    assert len((first + output).splitlines()) == 150 * len(SHORT_EVENTS)
    assert list(Path("tmp").iterdir()) == []


def test_a_full_disk_under_what_waits_is_told(started: Start) -> None:
    def no_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    process = started("replay", *short("a", "b"), *USER, "--jobs", "2", preexec_fn=no_files)
    output, errors = process.communicate(timeout=60)

    assert (process.returncode, output) == (2, b"")
    assert errors == b"video-tracker: error: a temporary folder: File too large\n"


def test_how_far_it_is_goes_to_standard_error_now_and_then(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = short("a", "b")
    quiet = run("replay", *paths, *USER)
    monkeypatch.setattr(replay, "_UNSEEN", 0.0)

    done = run("replay", *paths, *USER)

    assert done.output == quiet.output
    assert done.errors.splitlines() == [
        "video-tracker: 1 of 2 files",
        "video-tracker: 2 of 2 files",
        *quiet.errors.splitlines(),
    ]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_on_a_terminal_it_is_a_bar_on_standard_error(started: Start, jobs: str) -> None:
    """The messages beside it are untouched."""
    paths = [long(Path("a.jsonl")), *short("b", "c")]
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if "COLOR" not in key}
    process = started(
        "replay", *paths, *USER, "--jobs", jobs, "-o", "out.jsonl", stderr=theirs,
        env={**kept, "TERM": "xterm-256color", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    assert process.stdout is not None

    assert (process.wait(60), process.stdout.read()) == (0, b"")
    assert b"replaying" in shown
    assert b"/3" in shown
    assert len(Path("out.jsonl").read_bytes().splitlines()) > 2 * len(SHORT_EVENTS)
