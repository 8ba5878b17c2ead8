"""What the command line cannot use: one clear line, status 2, and nothing before the fault lost."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.harness import COMMAND, PLAN, RECORDING, SHORT, Runner, jsonl

USER = ("--user-id", "u1")
HTML5 = b'{"t": 1, "player": "html5", "event": "play"}\n'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "malformed JSON"),
        (b"\xff\xfe\x00\x01", "not UTF-8"),
        (b"[1, 2]", "not a JSON object but list"),
        (b'{"t": 1, "player": "html5"}', 'field "event" is missing'),
        (b'{"t": 1, "event": "play"}', 'field "player" is missing'),
        (b'{"t": 1, "player": "html5", "event": 7}', 'field "event" must be'),
        (b'{"t": NaN, "player": "html5", "event": "play"}', "NaN is no JSON number"),
        (b'{"t": 1e400, "player": "html5", "event": "play"}', 'field "t" is not a finite number'),
        (b'{"t": -1e9, "player": "html5", "event": "play"}', 'field "t" is an absurd time'),
        (b'{"player": "html5", "event": "play"}', 'one of the fields "wall" and "t" is needed'),
        (
            b'{"wall": "today", "player": "html5", "event": "play"}',
            'field "wall" is no ISO 8601 time',
        ),
        (b'{"t": 1, "player": "html5", "event": "play", "state": []}', 'field "state" must be'),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_damaged_line_is_named_and_what_was_before_it_is_written(
    run: Runner, line: bytes, reason: str
) -> None:
    """The messages and the summary are those of the log cut off before that line."""
    good = RECORDING.read_bytes().splitlines(keepends=True)[:300]
    words = ("--plan", PLAN, "--session-id", "s1", "--summary")
    cut = run("replay", "-", *words, "cut.json", stdin=b"".join(good))

    bad = run("replay", "-", *words, "bad.json", stdin=b"".join([*good, line, b"\n", good[-1]]))

    assert bad.status == 2
    assert bad.account.startswith(f"video-tracker: error: -:301: {reason}")
    assert bad.output == cut.output != b""
    assert Path("bad.json").read_bytes() == Path("cut.json").read_bytes()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"signal": "plai", "at": 1}, "there is no signal 'plai'; did you mean 'play'?"),
        ({"signal": "play"}, 'field "at" is missing'),
        ({"signal": "play", "at": "now"}, 'field "at" must be a number'),
        ({"signal": "play", "at": 1, "position": "3"}, 'field "position" must be a number'),
        ({"signal": "play", "at": 1, "position": 10**400}, 'field "position" must be'),
        ({"signal": "play", "at": 1, "session_id": ""}, 'field "session_id" must be'),
    ],
)
def test_a_damaged_signal_is_named_by_file_and_line(run: Runner, line: object, reason: str) -> None:
    Path("log.jsonl").write_bytes(jsonl(*SHORT[:4], line))

    done = run("replay", "log.jsonl", *USER)

    assert done.status == 2
    assert done.account.startswith(f"video-tracker: error: log.jsonl:5: {reason}")
    assert done.events[:2] == ["Playback Started", "Content Started"]


def test_values_of_the_player_that_make_no_sense_are_no_fault_of_the_log(run: Runner) -> None:
    """S60: a hostile value is counted, and the session goes on."""
    lines = [
        {"t": 1000 + n, "player": "html5", "event": event, "state": {"currentTime": value}}
        for n, (event, value) in enumerate(
            [("play", None), ("playing", -3), ("timeupdate", "x"), ("timeupdate", 1e300)]
        )
    ]

    done = run("replay", "-", *USER, stdin=jsonl(*lines))

    assert done.status == 0
    assert done.events[0] == "Playback Started"
    for message in done.messages:
        position = message["properties"].get("position", 0)
        assert isinstance(position, int)
        assert position >= 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty.jsonl: there is no callback in it"),
        (b"\n \n\n", "empty.jsonl: there is no callback in it"),
        (bytes(range(256)) * 40, "empty.jsonl:1: "),
        (b'{"t": 1, "player": "wii", "event": "play"}\n', "no player 'wii'"),
        (
            HTML5 + b'{"t": 2, "player": "wii", "event": "play"}\n',
            "signals; --player html5 reads its media element alone",
        ),
        (
            b'{"t": 1, "player": "hlsjs", "event": "a"}\n{"t": 2, "player": "shaka", "event": "b"}',
            "cannot tell the player from the channels (hlsjs, shaka)",
        ),
    ],
)
def test_a_file_that_is_no_usable_log_is_refused(run: Runner, content: bytes, reason: str) -> None:
    Path("empty.jsonl").write_bytes(content)

    done = run("replay", "empty.jsonl", *USER, "--summary", "sums.json")

    assert done.status == 2
    assert reason in done.account
    assert "empty.jsonl" in done.account
    assert done.output == b""


def test_a_line_without_end_does_not_eat_the_memory(run: Runner) -> None:
    Path("zeros.jsonl").write_bytes(HTML5 + b"0" * (17 * 1024 * 1024))

    done = run("replay", "zeros.jsonl", *USER)

    assert done.status == 2
    assert done.account.startswith(
        "video-tracker: error: zeros.jsonl:2: a line of more than 16 MiB"
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("missing.jsonl", *USER), "missing.jsonl: No such file or directory"),
        (("folder", *USER), "folder: there is no log in it"),
        (("log.jsonl", *USER, "--plan", "missing.json"), "missing.json: No such file"),
        (("log.jsonl", *USER, "--plan", "."), ".: Is a directory"),
        (("log.jsonl", *USER, "-o", "no/such/out"), "no/such/out: cannot be written: No such"),
        (("log.jsonl", *USER, "-o", "."), ".: cannot be written: Is a directory"),
        (("log.jsonl", *USER, "--summary", "."), ".: cannot be written: Is a directory"),
        (("log.jsonl", *USER, "-o", "/dev/full"), "/dev/full: cannot be written: No space left"),
        (("log.jsonl", *USER, "--summary", "/dev/full"), "/dev/full: cannot be written: No space"),
        (("log.jsonl", *USER, "-o", "log.jsonl"), "log.jsonl cannot be read and written at once"),
        (("log.jsonl", *USER, "-o", "x", "--summary", "x"), "cannot both go to x"),
        (("log.jsonl", *USER, "--summary", "-"), "cannot both go to standard output; give -o FILE"),
        (("-", *USER, "--plan", "-"), "the log and the plan cannot both be standard input"),
        (("log.jsonl",), "log.jsonl: who watches? give --user-id"),
        (("log.jsonl", "--user-id", ""), "--user-id: must not be empty"),
        (("log.jsonl", *USER, "--session-id", ""), "--session-id: must not be empty"),
        (("log.jsonl", *USER, "--player", "vlc"), "no player 'vlc'; there are: "),
        (("log.jsonl", *USER, "--profile", "mixpanel"), "no 'mixpanel'"),
        (("log.jsonl", *USER, "--heartbeat", "soon"), "--heartbeat: must be seconds, more than"),
        (("log.jsonl", *USER, "--heartbeat", "0"), "must be seconds, more than zero, not '0'"),
        (("log.jsonl", *USER, "--heartbeat", "nan"), "must be seconds, more than zero, not 'nan'"),
        (("log.jsonl", *USER, "--heartbeat=-1"), "must be seconds, more than zero, not '-1'"),
        (("log.jsonl", *USER, "--set", "heartbeat"), "heartbeat: NAME=VALUE is needed"),
        (("log.jsonl", *USER, "--set", "heartbeat=x"), "heartbeat=x: must be seconds, more than"),
        (("log.jsonl", *USER, "--set", "ids=none"), "ids=none: must be one of playing, both"),
        (("log.jsonl", *USER, "--set", "heart=5"), "unknown key 'heart' (did you mean 'heartbeat'"),
        (("log.jsonl", *USER, "--set", "zz=5"), "unknown key 'zz'; known are heartbeat, quartiles"),
        (("log.jsonl", *USER, "--session", "s"), "unrecognized arguments: --session"),
        ((), "the following arguments are required: LOG"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(
    run: Runner, words: tuple[str, ...], reason: str
) -> None:
    Path("log.jsonl").write_bytes(jsonl(*SHORT))
    Path("folder").mkdir()

    done = run("replay", *words)

    assert done.status == 2
    assert done.account.startswith("video-tracker: error: ")
    assert reason in done.account
    assert Path("log.jsonl").read_bytes() == jsonl(*SHORT)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("{", ["plan.json:1: malformed JSON: Expecting property name"]),
        ('{"user_id": "u",\n "user_id": "v"}', ["the key 'user_id' stands twice in one object"]),
        ("[]", ["plan.json: $ must be an object, not a list"]),
        ('{"sound": NaN}', ["plan.json: $.sound must be a number, zero or more, not nan"]),
        ("[" * 100_000, ["plan.json: malformed JSON: nested too deeply"]),
        (
            '{"contets": [], "ad_breaks": [{"at": 1, "ads": [{"duration": "5"}]}]}',
            [
                "plan.json: $ has an unknown key 'contets' (did you mean 'contents'?)",
                "plan.json: $.ad_breaks[0].ads[0].duration must be seconds, zero or more, not '5'",
            ],
        ),
    ],
)
def test_a_wrong_plan_is_refused_with_all_its_faults(
    run: Runner, text: str, faults: list[str]
) -> None:
    Path("plan.json").write_text(text)

    done = run("replay", "-", *USER, "--plan", "plan.json", stdin=jsonl(*SHORT))

    lines = done.errors.removeprefix("video-tracker: error: ").splitlines()
    assert done.status == 2
    assert done.output == b""
    assert len(lines) == len(faults)
    assert [fault in line for fault, line in zip(faults, lines, strict=True)] == [True] * len(
        faults
    )


def test_a_plan_that_is_not_text_is_refused(run: Runner) -> None:
    Path("plan.json").write_bytes(b'{"user_id": "\xff"}')

    done = run("replay", "-", "--plan", "plan.json", stdin=jsonl(*SHORT))

    assert done.status == 2
    assert "plan.json: not UTF-8 text" in done.errors


def test_a_full_disk_behind_standard_output_is_told(run: Runner) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "replay", "-", *USER],
            input=jsonl(*SHORT),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 2
    fault = b"video-tracker: error: standard output: cannot be written: No space left on device\n"
    assert done.stderr == fault
    assert run("replay", "-", *USER, stdin=jsonl(*SHORT)).status == 0


@pytest.mark.parametrize(
    ("closed", "reason"), [("<&-", "standard input"), (">&-", "standard output")]
)
def test_a_closed_standard_stream_is_told(closed: str, reason: str) -> None:
    Path("log.jsonl").write_bytes(jsonl(*SHORT))
    log = "-" if closed == "<&-" else "log.jsonl"
    command = " ".join([*COMMAND, "replay", log, *USER, closed])

    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, env=os.environ)

    assert done.returncode == 2
    assert done.stderr.decode() == f"video-tracker: error: {reason}: it is closed\n"


def test_diagnostics_that_nobody_hears_do_not_go_among_the_messages(run: Runner) -> None:
    Path("log.jsonl").write_bytes(jsonl(*SHORT))
    command = " ".join([*COMMAND, "replay", "log.jsonl", *USER, "2>&-"])

    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)

    assert done.returncode == 0
    assert done.stdout == run("replay", "log.jsonl", *USER).output


def test_no_output_file_is_made_for_a_plan_that_is_refused(run: Runner) -> None:
    Path("plan.json").write_text(json.dumps({"user_id": 5}))

    run("replay", "-", "--plan", "plan.json", "-o", "out.jsonl", stdin=jsonl(*SHORT))

    assert not Path("out.jsonl").exists()


def test_a_log_of_which_no_time_can_be_used_is_no_log(run: Runner) -> None:
    """S60: milliseconds by mistake must not look like nobody watching."""
    for factor in (1e3, 1e6):
        lines = [{**line, "at": 1_800_000_000 * factor} for line in SHORT]
        Path("log.jsonl").write_bytes(b"\n" + jsonl(*lines))

        done = run("replay", "log.jsonl", *USER, "--summary", "summary.json")

        assert done.status == 2
        assert done.output == b""
        assert "video-tracker: error: log.jsonl:2: its time is 18" in done.account
        assert "milliseconds by mistake?" in done.account
        assert f"rejected {len(lines):>5} x invalid_time" in done.errors
        assert Path("summary.json").exists()


def test_one_time_that_can_be_used_makes_it_a_log(run: Runner) -> None:
    """S60: the others are counted."""
    lines = [{**line, "at": 1.8e12} for line in SHORT]
    Path("log.jsonl").write_bytes(jsonl(*lines[:-1], {"signal": "play", "at": 1.8e9}))

    done = run("replay", "log.jsonl", *USER)

    assert done.status == 0
    assert done.events[:1] == ["Playback Started"]


def test_a_log_of_another_player_is_none_of_this_one(run: Runner) -> None:
    """S60: the message names the channels that the log has."""
    Path("log.jsonl").write_bytes(jsonl({"t": 1, "player": "videojs", "event": "play"}))

    done = run("replay", "log.jsonl", *USER, "--player", "youtube")

    assert done.status == 2
    assert "no callback in it is one of youtube: its channels are videojs" in done.account


def test_a_log_of_which_no_event_is_known_says_what_it_held(run: Runner) -> None:
    """S60: nothing and status 0 would look like nobody watching."""
    lines = ({"t": at, "player": "html5", "event": "timeUpdate"} for at in (1, 2))
    Path("log.jsonl").write_bytes(jsonl(*lines))

    done = run("replay", "log.jsonl", *USER)

    assert done.status == 2
    assert "no callback in it is one of html5: its channels are html5" in done.account
    assert "did you mean 'timeupdate'?" in done.account


def test_a_callback_with_a_wrong_channel_is_noted_in_the_account(run: Runner) -> None:
    """S60: it is taken for what it is."""
    state = {"currentTime": 0, "duration": 60, "paused": False, "readyState": 4}
    events = ("play", "playing", "pagehide")
    lines = [
        {"t": at * 500, "player": "html5", "event": name, "state": state}
        for at, name in enumerate(events)
    ]
    Path("log.jsonl").write_bytes(jsonl(*lines))

    done = run("replay", "log.jsonl", *USER)

    assert done.status == 0
    assert done.events[-1:] == ["Playback Exited"]
    assert "1 x pagehide: told as 'html5', it is page's" in done.errors
