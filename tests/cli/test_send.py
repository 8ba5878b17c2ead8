"""``video-tracker send``: what is stored gets there, and what does not is said."""

import builtins
import codecs
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.harness import Runner
from tests.delivery.server import FAULTS, FaultyServer
from video_tracker import SessionPlan, Tracker
from video_tracker.cli.progress import Bar, Lines, Silence, open_watched, progress
from video_tracker.cli.send import KEY_VARIABLE, read_messages
from video_tracker.errors import TraceError
from video_tracker.events import renamed
from video_tracker.testing.clock import ManualClock
from video_tracker.transports import MemoryTransport, TryLater

MESSAGE = {
    "type": "track",
    "event": "Video Playback Started",
    "userId": "u1",
    "messageId": "m",
    "properties": {"session_id": "s"},
}


def stored(path: Path, count: int, **properties: Any) -> Path:
    lines = [
        {
            "type": "track",
            "event": "Video Content Playing",
            "userId": "u1",
            "messageId": f"m-{number}",
            "properties": {"session_id": f"s-{number % 3}", **properties},
        }
        for number in range(count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """A spool in which a tracker that is no more left 30 messages."""
    folder = tmp_path / "spool"
    away = MemoryTransport([TryLater("network")] * 1_000)
    tracker = Tracker(away, spool_dir=folder, mode="manual")
    for number in range(30):
        tracker.session(f"s-{number}", SessionPlan(user_id="u1")).play()
    assert tracker.close(0).pending == 30
    return folder


def test_a_file_is_sent_in_batches(run: Runner, tmp_path: Path) -> None:
    path = stored(tmp_path / "events.jsonl", 1_200)
    with FaultyServer() as server:
        done = run("send", path, "--key", "k", "--base-url", server.url)

    assert done.status == 0
    assert done.account.startswith("video-tracker: 1,200 sent, 3 requests, ")
    assert sorted(server.accepted) == sorted(f"m-{number}" for number in range(1_200))
    assert {request.path for request in server.requests} == {"/v1/batch"}


def test_more_than_is_read_ahead_is_sent_too(run: Runner, tmp_path: Path) -> None:
    path = stored(tmp_path / "events.jsonl", 5_000)
    with FaultyServer() as server:
        done = run("send", path, "--key", "k", "--base-url", server.url, "--gzip", "--quiet")

    assert (done.status, len(server.accepted)) == (0, 5_000)


def test_what_fails_is_tried_again(run: Runner, tmp_path: Path) -> None:
    path = stored(tmp_path / "events.jsonl", 10)
    with FaultyServer(FAULTS["429, seconds"], times=2) as server:
        done = run("send", path, "--key", "k", "--base-url", server.url)

    assert (done.status, len(server.accepted), len(server.requests)) == (0, 10, 3)


def test_a_bad_message_is_told_and_the_others_are_sent(run: Runner, tmp_path: Path) -> None:
    path = stored(tmp_path / "events.jsonl", 9)
    with path.open("a") as file:
        file.write(json.dumps({**MESSAGE, "messageId": "bad", "properties": {"bad": True}}))
    with FaultyServer(FAULTS["400, one bad event"]) as server:
        done = run("send", path, "--key", "k", "--base-url", server.url)

    assert done.status == 1
    assert "dead     bad: rejected: HTTP 400" in done.errors
    assert done.account.startswith("video-tracker: 9 sent, ")
    assert done.account.endswith(", 1 dead (rejected)")


def test_a_wrong_key_ends_it_at_once_and_is_not_shown(run: Runner, tmp_path: Path) -> None:
    path = stored(tmp_path / "events.jsonl", 10)
    with FaultyServer(FAULTS["401"]) as server:
        done = run("send", path, "--key", "s3cret", "--base-url", server.url)

    assert done.status == 1
    assert "trouble  credentials: HTTP 401" in done.errors
    assert done.account.endswith(", 10 not sent")
    assert "s3cret" not in done.errors
    assert len(server.requests) == 1


def test_a_destination_that_stays_away_costs_patience_and_no_more(
    run: Runner, tmp_path: Path
) -> None:
    path = stored(tmp_path / "events.jsonl", 2_500)
    with FaultyServer(FAULTS["503"]) as server:
        done = run("send", path, "--key", "k", "--base-url", server.url, "--patience", "0.3")

    assert done.status == 1
    assert "trouble  unavailable: HTTP 503" in done.errors
    assert done.account.endswith(", 2500 not sent")


def test_a_spool_directory_is_sent_and_empty_then(run: Runner, spool: Path) -> None:
    with FaultyServer() as server:
        done = run("send", spool, "--key", "k", "--base-url", server.url)
        again = run("send", spool, "--key", "k", "--base-url", server.url)

    assert (done.status, len(server.accepted)) == (0, 30)
    assert done.account.startswith("video-tracker: 30 sent, 1 request, ")
    assert again.account == "video-tracker: 0 sent, 0 requests, 0 bytes"
    assert set(server.arrivals.values()) == {1}


def test_what_cannot_be_sent_stays_in_the_spool(run: Runner, spool: Path) -> None:
    with FaultyServer(FAULTS["503"]) as server:
        done = run("send", spool, "--key", "k", "--base-url", server.url, "--patience", "0.1")
        server.recover()
        again = run("send", spool, "--key", "k", "--base-url", server.url)

    assert done.status == 1
    assert done.account.endswith(", 30 left in the spool")
    assert (again.status, len(server.accepted)) == (0, 30)


@pytest.mark.parametrize("kind", ["file", "spool"])
def test_a_dry_run_needs_no_key_and_changes_nothing(
    kind: str, run: Runner, spool: Path, tmp_path: Path
) -> None:
    source = spool if kind == "spool" else stored(tmp_path / "events.jsonl", 30)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = run("send", source, "--dry-run")

    assert done.status == 0
    assert done.account.startswith("video-tracker: 30 would be sent, 1 request, ")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_damaged_line_is_told_and_what_came_before_is_sent(run: Runner, tmp_path: Path) -> None:
    path = stored(tmp_path / "events.jsonl", 3)
    with path.open("a") as file:
        file.write('\n{"event": \n')
    with FaultyServer() as server:
        done = run("send", path, "--key", "k", "--base-url", server.url)

    assert done.status == 2
    assert f"video-tracker: error: {path}:5: malformed JSON" in done.errors
    assert len(server.accepted) == 3


def test_standard_input_and_the_key_of_the_environment(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "k")
    text = stored(tmp_path / "events.jsonl", 3).read_bytes()
    with FaultyServer() as server:
        done = run("send", "-", "--base-url", server.url, stdin=text)

    assert (done.status, len(server.accepted)) == (0, 3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the API key? give --key, or set VIDEO_TRACKER_KEY"),
        (["--key", "a:b"], "key must be a non-empty string of plain characters"),
        (["--key", "k", "--base-url", "ftp://x"], "base_url must begin with http"),
        (["--key", "k", "--patience", "0"], "must be seconds, more than zero"),
    ],
)
def test_unusable_arguments_are_told(
    words: list[str], said: str, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    done = run("send", stored(tmp_path / "events.jsonl", 1), *words)

    assert done.status == 2
    assert said in done.errors


def test_a_file_that_is_not_there_is_told(run: Runner) -> None:
    done = run("send", "missing.jsonl", "--dry-run")
    assert done.status == 2
    assert "missing.jsonl: No such file" in done.errors


def without(*names: str, **others: Any) -> bytes:
    """A message without something, or with something else in its place."""
    return json.dumps(
        {name: value for name, value in {**MESSAGE, **others}.items() if name not in names}
    ).encode()


def test_a_message_is_sent_as_it_stands() -> None:
    (record,) = read_messages([b"\n", without() + b"\n"], "f")

    assert record.body == without()
    assert (record.message_id, record.session_id) == ("m", "s")
    assert record.event == "Video Playback Started"
    (anonymous,) = read_messages([without("userId", anonymousId="a")], "f")
    assert anonymous.message_id == "m"


def test_dead_letters_can_be_sent_again() -> None:
    line = {"id": "m", "reason": "rejected", "message": MESSAGE}
    (record,) = read_messages([json.dumps(line).encode()], "dead.jsonl")

    assert (record.message_id, json.loads(record.body)) == ("m", MESSAGE)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[]", "JSON of another kind (list)"),
        (b'"x"', "JSON of another kind (str)"),
        (b"{}", "its type is None, not 'track'"),
        (without("type"), "its type is None, not 'track'"),
        (without(type="identify"), "its type is 'identify', not 'track'"),
        (without(event=5), "an event that is none of this library's: 5"),
        (without(event="Order Completed"), "none of this library's: 'Order Completed'"),
        (without("messageId"), "a message without messageId"),
        (without(messageId=7), "a message without messageId"),
        (without("userId"), "a message without userId and anonymousId"),
        (without(userId=""), "a message without userId and anonymousId"),
        (b'{"signal": "progress", "at": 1.0}', "a log of signals: video-tracker replay"),
        (
            b'{"seq": 1, "t": 6.8, "player": "html5", "event": "playing"}',
            "a log of a player's callbacks: video-tracker replay",
        ),
        (b'{"batch": [], "sentAt": "2026"}', "the body of a request"),
        (b'{"contents": []}', "a plan"),
        (b"{", "malformed JSON"),
        (without(properties=float("nan")), "malformed JSON"),
        (b"[" * 100_000, "malformed JSON"),
        (b"\x1f\x8b\x08\x00", "packed with gzip"),
    ],
)
def test_what_is_no_message_is_told_with_its_line_and_what_it_is(line: bytes, said: str) -> None:
    with pytest.raises(TraceError, match=r"^f:2: ") as told:
        list(read_messages([without(), line], "f"))
    assert said in str(told.value)


def test_what_the_tracker_itself_wrote_is_sent_own_and_renamed_events_too() -> None:
    written = MemoryTransport()
    with Tracker(
        written,
        mode="sync",
        before=lambda event: renamed(event, event.name.removeprefix("Video ")),
    ) as tracker:
        session = tracker.open("s1", SessionPlan(user_id="u1"))
        session.play(0.0)
        session.emit("Trailer Liked")
    lines = [record.body + b"\n" for record in written.records]
    lines[0] = codecs.BOM_UTF8 + lines[0]  # as some editors begin a file

    sent = list(read_messages(lines, "own.jsonl"))
    assert [record.event for record in sent] == ["Playback Started", "Trailer Liked"]
    assert [record.body for record in sent] == [record.body for record in written.records]


def test_lines_come_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = ManualClock()
    lines = Lines(clock)
    lines.show(1, 10, "")
    clock.advance(2)
    lines.show(2, 10, "")
    lines.show(3, 10, "")
    clock.advance(2)
    lines.show(4, None, "backing_off")

    assert capsys.readouterr().err.splitlines() == [
        "video-tracker: 2 of 10 messages",
        "video-tracker: 4 messages (backing_off)",
    ]


def test_a_bar_is_shown_when_the_work_is_long_and_without_rich_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    clock = ManualClock()
    with contextlib.closing(Bar("sending", "messages", clock)) as bar:
        bar.show(1, 2)
        assert capsys.readouterr().err == ""  # soon done: no bar
        clock.advance(1)
        bar.show(1, 2, "a remark")
    assert "sending" in (shown := capsys.readouterr().err)
    assert "1/2" in shown
    assert "a remark" in shown
    real = builtins.__import__

    def without_rich(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("rich"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_rich)
    with contextlib.closing(Bar("reading", "bytes", clock)) as bar:
        clock.advance(1)
        bar.show(1, 2)
        clock.advance(2)
        bar.show(2, 2)
    assert capsys.readouterr().err == "video-tracker: 2 of 2 bytes\n"


@pytest.mark.parametrize(("terminal", "quiet"), [(True, True), (False, False)])
def test_without_a_terminal_and_where_quiet_is_asked_for_no_progress_is_shown(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, quiet: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    with progress("sending", quiet=quiet) as bar:
        assert isinstance(bar, Silence)


def test_how_far_a_file_is_read_is_counted_in_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal, and only of work that takes more than half a second."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"0" * 99_999 + b"\n" + b"1" * 300_000 + b"\n")
    with open_watched(str(log)) as file:
        assert len(file.readline()) == 100_000
        time.sleep(0.6)
        assert len(file.readline()) == 300_001
        assert file.readline() == b""

    shown = capsys.readouterr().err
    assert "reading" in shown
    assert "400.0/400.0 kB" in shown
