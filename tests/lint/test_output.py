"""What the linter writes: for people, as JSON, as SARIF; and its exit status."""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lint.scripts import stream
from video_tracker.cli.main import main
from video_tracker.linting import RULES, lint
from video_tracker.linting.as_we_would import as_we_would, signals_of
from video_tracker.linting.message import Message, read_message
from video_tracker.linting.reading import Item
from video_tracker.linting.sarif import sarif
from video_tracker.signals import (
    AdBreakEnd,
    AdBreakStart,
    AdEnd,
    AdProgress,
    AdStart,
    ContentEnd,
    ContentStart,
    End,
    Load,
    Pause,
    Play,
    Progress,
    SeekEnd,
    SeekStart,
)
from video_tracker.wire.profiles import PROFILES

ERROR = "0 Content Started 0"
WARNING = "0 Playback Started 0 sound=300"
NOTE = "0 Playback Started 0 @timestamp=2026-01-01T00:00:00Z"
CLEAN = "0 Playback Started 0"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sent.jsonl"


def write(file: Path, script: str) -> Path:
    file.write_text("".join(json.dumps(each) + "\n" for each in stream(script)), "utf-8")
    return file


# -- the exit status -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "arguments", "status"),
    [
        (CLEAN, [], 0),
        (NOTE, [], 0),
        (WARNING, [], 0),
        (ERROR, [], 1),
        (CLEAN, ["--fail-on", "warning"], 0),
        (NOTE, ["--fail-on", "warning"], 0),
        (WARNING, ["--fail-on", "warning"], 1),
        (ERROR, ["--fail-on", "warning"], 1),
        (ERROR, ["--ignore", "VT101"], 0),
        (ERROR, ["--format", "json"], 1),
        (ERROR, ["--format", "sarif"], 1),
        (CLEAN, ["--destination", "adobe", "--fail-on", "warning"], 1),
        (CLEAN, ["--destination", "youbora", "--fail-on", "warning"], 0),
    ],
)
def test_the_exit_status_says_whether_it_is_as_bad_as_asked(
    script: str, arguments: list[str], status: int, file: Path
) -> None:
    assert main(["lint", str(write(file, script)), *arguments]) == status


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.jsonl"], "nothing.jsonl: No such file or directory"),
        ([], "which file? give FILE, or - for standard input (see video-tracker lint --help)"),
        (["--as-we-would", "--kind", "plan", "x"], "--as-we-would reads messages, not plan"),
        (["."], ".: Is a directory; a file is needed"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_with_status_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", *arguments]) == 2
    assert capsys.readouterr().err == f"video-tracker: error: {message}\n"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--destination", "nielsen"], "nielsen-dcr"),
        (["--ignore", "VT1"], "lint --rules"),
        (["--kind", "log"], "signals"),
        (["--fail-on", "note"], "warning"),
        (["--player", "htlm5"], "html5"),
    ],
)
def test_an_unknown_word_is_refused_with_those_that_there_are(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["lint", "x", *arguments])

    assert exit_.value.code == 2
    assert word in capsys.readouterr().err


# -- text ------------------------------------------------------------------------------------------


def test_the_text_is_grouped_by_session_and_rule(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(file, f"{ERROR}\n1 Playback Started 0 session_id=s2 sound=300\n{NOTE} session_id=s3")
    main(["lint", str(file), "--ignore", "VT604"])
    one, two = RULES["VT101"], RULES["VT207"]

    assert capsys.readouterr().out.splitlines() == [
        "session s1",
        f"  VT101 error: {one.finds}",
        "    line 1  Video Content Started: the first event must be Video Playback Started (S20)",
        f"    why: {one.why}",
        f"    do:  {one.do}",
        "",
        "session s2",
        f"  VT207 warning: {two.finds}",
        "    line 2  Video Playback Started: properties.sound must be 0 to 100, not 300",
        f"    why: {two.why}",
        f"    do:  {two.do}",
        "",
        "sent.jsonl: 3 messages, 3 sessions; 1 error, 1 warning",
    ]


def test_many_findings_of_one_rule_are_told_together(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "\n".join(f"{at} Playback Paused 0 session_id=-" for at in range(1, 8))
    write(file, f"0 Playback Started 0 session_id=-\n{lines}")
    main(["lint", str(file)])
    out = capsys.readouterr().out

    assert out.count("VT401 error") == 1
    assert "    and 3 more: lines 6, 7, 8\n" in out


def test_a_clean_file_is_said_to_be_one(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(write(file, CLEAN))])

    assert capsys.readouterr().out == "sent.jsonl: 1 message, 1 session; nothing found\n"


def test_standard_input_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps(stream(ERROR)[0])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    assert main(["lint", "-"]) == 1
    assert capsys.readouterr().out.endswith("stdin: 1 message, 1 session; 1 error\n")


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_the_same_words_in_colours(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", _Terminal(buffer, "utf-8", write_through=True))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    main(["lint", str(write(file, ERROR))])
    text = buffer.getvalue().decode()

    assert "\x1b[" in text
    assert "VT101 error" in text


def test_the_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--rules"]) == 0
    out = capsys.readouterr().out

    assert [number for number in RULES if f"  {number}  " not in out] == []


# -- JSON and SARIF --------------------------------------------------------------------------------


def test_json_is_the_report(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(write(file, ERROR)), "--format", "json"])
    value = json.loads(capsys.readouterr().out)

    assert value == lint(file).to_dict()
    assert value["counts"] == {"VT101": 1}
    assert value["findings"][0] == {
        "rule": "VT101",
        "severity": "error",
        "line": 1,
        "session": "s1",
        "event": "Video Content Started",
        "message": "the first event must be Video Playback Started (S20)",
        "why": RULES["VT101"].why,
        "do": RULES["VT101"].do,
    }


LEVELS = ("none", "note", "warning", "error")


def check_sarif(log: dict[str, Any]) -> None:
    """What SARIF 2.1.0 demands of the parts that are used (3.13, 3.14, 3.19, 3.27, 3.49)."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"]
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(set(ids)) == len(ids)
        for rule in driver["rules"]:
            texts = ("shortDescription", "fullDescription", "help")
            assert all(isinstance(rule[each]["text"], str) for each in texts)
            assert rule["defaultConfiguration"]["level"] in LEVELS
        for result in run["results"]:
            assert ids[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in LEVELS
            assert result["message"]["text"]
            for location in result["locations"]:
                place = location["physicalLocation"]
                assert " " not in place["artifactLocation"]["uri"]
                assert place["region"]["startLine"] >= 1


def test_sarif_has_the_structure_that_the_standard_demands() -> None:
    messages = stream(f"{ERROR}\n{WARNING} session_id=s2\n{WARNING} session_id=s3")
    log = sarif(lint(messages), "my logs/sent.jsonl")

    check_sarif(log)
    results = log["runs"][0]["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("VT101", "error"),
        ("VT207", "warning"),
        ("VT207", "warning"),
    ]
    place = results[1]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "my%20logs/sent.jsonl"},
        "region": {"startLine": 2},
    }


def test_sarif_of_a_clean_file_has_a_run_without_results(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["lint", str(write(file, CLEAN)), "--format", "sarif"])
    log = json.loads(capsys.readouterr().out)

    check_sarif(log)
    assert log["runs"][0]["results"] == []


# -- as we would -----------------------------------------------------------------------------------


def messages_of(script: str) -> list[Message]:
    items = [Item(number, each, 0) for number, each in enumerate(stream(script), 1)]
    read = [read_message(item, (PROFILES["segment"],)) for item in items]
    return [message for message in read if message is not None]


def test_messages_tell_the_callbacks_that_made_them() -> None:
    script = """
        0 Playback Started 0
        0 Content Started 0
        5 Playback Paused 5
        6 Playback Resumed 5
        8 Playback Seek Started 7
        8 Playback Seek Completed 12
        18 Content Completed 20
        18 Playback Completed 20
    """
    kinds = [
        (type(signal), signal.at - 1_767_225_600, getattr(signal, "position", None))
        for signal in signals_of(messages_of(script))
    ]

    assert kinds == [
        (Load, 0, None),
        (Play, 0, None),
        (ContentStart, 0, 0),
        (Pause, 5, 5),
        (Play, 6, 5),
        (SeekStart, 8, 7),
        (SeekEnd, 8, 12),
        (Progress, 18, 20),
        (ContentEnd, 18, 20),
        (End, 18, None),
    ]


def test_a_mid_roll_without_its_pods_tells_a_break() -> None:
    """After ads a playback position is not the content's, and is not taken for it."""
    script = """
        0 Playback Started 0
        0 Content Started 0
        8 Ad Started 0
        18 Ad Completed 10
        20 Content Playing 10
        21 Playback Paused 21
    """
    kinds = [
        (type(signal), getattr(signal, "position", None))
        for signal in signals_of(messages_of(script))[3:]
    ]

    assert kinds == [
        (AdBreakStart, None),
        (AdStart, None),
        (AdProgress, 0),
        (AdEnd, 10),
        (AdBreakEnd, None),
        (Progress, 10),
        (Pause, None),
    ]


MID_ROLL = """
    0 Playback Started 0
    0 Content Started 0
    8 Ad Started 0
    18 Ad Completed 10
    28 Content Playing 18 pod_id=content-2
    30 Content Completed 20 pod_id=content-2
    30 Playback Completed 30 content_pod_id=content-2
"""


def test_what_is_missing_in_a_strangers_stream_stands_in_ours(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """S21: the pod is completed before the mid-roll, and the next one starts after it."""
    assert main(["lint", str(write(file, MID_ROLL)), "--as-we-would"]) == 0
    head, _titles, *rows = capsys.readouterr().out.splitlines()

    assert head == "session s1"
    assert [marked(row) for row in rows if marked(row)] == [
        "> 8 Content Completed 8/20",
        "> 18 Ad Playing 10/10",
        "> 18 Content Started 8/20",
    ]


def marked(row: str) -> str:
    """A line that only one side has: its mark, time, name and position."""
    for mark in "<>":
        left, found, right = row.partition(f" {mark} ")
        text = right if mark == ">" else left
        if found or row.endswith(f" {mark}"):
            match = re.search(r"(\S+) +(\w+ \w+(?: \w+)?) +\S+ +(\d+/\S+)", text)
            assert match is not None, row
            return f"{mark} {match[1]} {match[2]} {match[3]}"
    return ""


def test_our_own_stream_is_what_we_would_send() -> None:
    """A round trip: our messages tell callbacks of which the same messages are made."""
    script = """
        0 Playback Started 0 video_player=html5
        0 Content Started 0
        5 Playback Paused 5
        9 Playback Resumed 5
        9 Content Playing 5
        19 Content Playing 15
        24 Content Completed 20
        24 Playback Completed 20
    """
    items = [Item(number, each, 0) for number, each in enumerate(stream(script), 1)]
    (text,) = as_we_would(items)
    rows = text.splitlines()[2:]

    assert [row for row in rows if " > " in row or " < " in row] == []
    assert len(rows) == 8


def test_messages_without_a_time_cannot_be_followed() -> None:
    items = [Item(1, stream("0 Playback Started 0 @timestamp=- session_id=-")[0], 0)]

    nothing = "no message has a time that can be read: nothing can be inferred"

    assert list(as_we_would(items)) == [f"messages without session_id\n{nothing}"]


def test_a_file_without_messages_has_nothing_to_show(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text('{"type": "identify"}\n')

    assert main(["lint", str(file), "--as-we-would"]) == 2
    assert "there is no message of a video event in it" in capsys.readouterr().err
