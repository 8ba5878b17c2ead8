"""``video-tracker replay`` on a terminal: sessions as people read them."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.cli.harness import PLAN, RECORDING, ROOT, SHORT, Runner, jsonl, signal
from tests.cli.terminal import on_terminal

USER = ("--user-id", "u1")
SHORT_TABLE = [
    "second  event               asset/pod          position",
    "  0.00  Playback Started    -                       0/3",
    "  1.00  Content Started     asset-1/content-1       0/3",
    "  4.00  Content Completed   asset-1/content-1       3/3",
    "  4.00  Playback Completed  asset-1/content-1       3/3",
]


def write(*lines: object) -> Path:
    Path("log.jsonl").write_bytes(jsonl(*lines))
    return Path("log.jsonl")


def test_a_terminal_shows_the_table_the_picture_and_one_line_of_what_was_ignored() -> None:
    shown = on_terminal("replay", RECORDING, "--plan", PLAN)

    assert shown.status == 0
    assert shown.is_coloured
    assert shown.lines[0] == "Session preroll-midroll-postroll-1795434683903"
    assert shown.lines[1] == "of viewer-42; second 0 is 2026-11-23T11:51:24.856Z"
    rows = [line.split() for line in shown.lines]
    assert ["0.07", "Ad", "Started", "ad5/ad-1", "0/5", "pre-roll", "pod=1/1"] in rows
    assert ["41.76", "Playback", "Completed", "ad5/ad-3", "40/40", "post-roll"] in rows
    assert [line for line in shown.lines if line.startswith(("ads ", "playhead"))] != []
    assert "4 of 4 completed" in shown.text
    assert shown.lines[-3:] == [
        "403 callbacks that say nothing of playback were passed over; -v shows them",
        "2 inputs that changed nothing were passed over; -v shows them",
        "video-tracker: 642 callbacks, 1 session, 29 messages",
    ]
    assert "{" not in shown.text


def test_every_event_stands_in_the_table_once(run: Runner) -> None:
    done = run("replay", write(*SHORT), *USER, "--text")

    assert done.output.decode().splitlines()[3:8] == SHORT_TABLE


def test_a_pipe_json_and_a_file_get_the_exact_bytes(run: Runner) -> None:
    log = write(*SHORT)
    piped = run("replay", log, *USER)

    shown = on_terminal("replay", log, *USER, "--json")
    filed = on_terminal("replay", log, *USER, "-o", "out.jsonl")

    assert len(piped.messages) == 4
    assert shown.raw.encode().startswith(piped.output)
    assert Path("out.jsonl").read_bytes() == piped.output
    assert filed.lines == ["video-tracker: 8 callbacks, 1 session, 4 messages"]


def test_text_into_a_pipe_may_write_the_messages_too(run: Runner) -> None:
    log = write(*SHORT)

    both = run("replay", log, *USER, "--text", "-o", "out.jsonl")

    assert both.output.decode().splitlines()[3:8] == SHORT_TABLE
    assert Path("out.jsonl").read_bytes() == run("replay", log, *USER).output


def test_colours_are_for_terminals_unless_somebody_says_otherwise(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write(*SHORT)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    plain = run("replay", log, *USER, "--text").output
    monkeypatch.setenv("FORCE_COLOR", "1")
    forced = run("replay", log, *USER, "--text").output
    monkeypatch.setenv("NO_COLOR", "1")
    both = run("replay", log, *USER, "--text").output

    assert not on_terminal("replay", log, *USER, environment={"NO_COLOR": "1"}).is_coloured
    assert not on_terminal("replay", log, *USER, environment={"TERM": "dumb"}).is_coloured
    assert b"\x1b[" in forced
    assert b"\x1b[" not in plain == both


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_a_terminal_of_any_width_shows_the_same_words(
    run: Runner, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    log = write(*SHORT)
    monkeypatch.setenv("COLUMNS", str(columns))
    plain = run("replay", log, *USER, "--text").output
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("replay", log, *USER, "--text").output

    assert re.sub(rb"\x1b\[[0-9;]*m", b"", coloured) == plain


def test_without_rich_the_same_words_stand_there(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write(*SHORT)
    plain = run("replay", log, *USER, "--text").output
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setitem(sys.modules, "rich", None)

    assert run("replay", log, *USER, "--text").output == plain


def test_each_session_has_its_heading_and_its_viewer(run: Runner) -> None:
    lines = [{**line, "user_id": viewer} for line in SHORT for viewer in ("ann", "bob")]

    done = run("replay", write(*lines), "--text")
    text = done.output.decode()

    assert re.findall(r"^Session (.*)\nof (.*);", text, re.MULTILINE) == [
        ("log-1795432200000", "ann"),
        ("log-1795432200000.2", "bob"),
    ]
    assert text.count("\n".join(SHORT_TABLE)) == 2


def test_a_viewer_without_a_name_is_called_anonymous(run: Runner) -> None:
    lines = [{**SHORT[0], "anonymous_id": "a1"}, *SHORT[1:]]

    assert "\nof a1 (anonymous); " in run("replay", write(*lines), "--text").output.decode()


def test_many_heartbeats_stand_in_one_row_unless_all_is_asked_for(run: Runner) -> None:
    """S40: a heartbeat each 10 s, at 10, 20, ... 60."""
    polls = (signal("progress", at, position=float(at)) for at in range(1, 66))
    lines = [signal("play", 0), signal("playing", 0, position=0.0), *polls, signal("exit", 65)]
    log = write(signal("load", 0, duration=100), *lines)

    brief = run("replay", log, *USER, "--text").output.decode()
    whole = run("replay", log, *USER, "--text", "-v").output.decode()

    assert re.findall(r"^ *([\d.]+)  Content Playing(.*)$", brief, re.MULTILINE) == [
        ("10.00", " x 6  asset-1/content-1    10/100  until second 60.00, at 60/100")
    ]
    assert re.findall(r"^ *([\d.]+)  Content Playing ", whole, re.MULTILINE) == [
        f"{second}.00" for second in range(10, 70, 10)
    ]


def test_what_was_repaired_is_told_with_its_reason(run: Runner) -> None:
    """S61: playing that nobody asked for."""
    done = run("replay", write(SHORT[0], *SHORT[2:]), *USER, "--text")

    assert "repaired     1 x play_lost: Playback runs though nobody said play." in (
        done.output.decode().splitlines()
    )


def test_a_session_without_events_says_so(run: Runner) -> None:
    done = run("replay", write(signal("load", 0, duration=3)), *USER, "--text")

    assert done.output.decode().splitlines()[:2] == [
        "Session log-1795432200000",
        "Nothing was played: it has no events.",
    ]


def test_what_was_fine_before_a_damaged_line_is_shown(run: Runner) -> None:
    log = write(*SHORT)
    log.write_bytes(log.read_bytes() + b"{\n")

    done = run("replay", log, *USER, "--text")

    assert done.status == 2
    assert done.output.decode().splitlines()[3:8] == SHORT_TABLE
    assert done.account.startswith("video-tracker: error: log.jsonl:9: malformed JSON")


def test_the_summary_is_written_beside_the_view(run: Runner) -> None:
    run("replay", write(*SHORT), *USER, "--text", "--summary", "sums.json")

    (summary,) = json.loads(Path("sums.json").read_bytes())
    assert summary["ended"] == "completed"


def test_unknown_and_wrong_callbacks_stay_visible_and_what_says_nothing_does_not(
    run: Runner,
) -> None:
    """S60."""
    state = {"currentTime": 0, "duration": 60, "paused": False, "readyState": 4}
    names = ["play", "playing", "timeUpdate", "suspend", "suspend"]
    lines = [
        {"t": at * 500, "player": "html5", "event": name, "state": state}
        for at, name in enumerate(names)
    ]
    log = write(*lines, {"t": 3000, "player": "youtube", "event": "play"})

    brief = run("replay", log, *USER, "--player", "html5").errors.splitlines()
    whole = run("replay", log, *USER, "--player", "html5", "-v").errors.splitlines()

    assert [line for line in brief if line.startswith("unknown")] == [
        "unknown      1 x callback play: not this player's channel",
        "unknown      1 x callback timeUpdate: not in the vocabulary; did you mean 'timeupdate'?",
    ]
    assert "2 callbacks that say nothing of playback were passed over; -v shows them" in brief
    assert not [line for line in brief if line.startswith("ignored")]
    assert [line for line in whole if line.startswith("ignored      2 x callback suspend")]


def test_a_person_who_is_asked_for_input_is_told() -> None:
    shown = on_terminal("replay", "-", *USER, typed=b"\x04")

    assert shown.status == 2
    assert shown.lines[0].endswith(
        "video-tracker: reading what is typed, until Ctrl-D; or give a file, or a pipe"
    )
    assert shown.lines[-1] == "video-tracker: error: -: there is no callback in it"


def test_the_readme_shows_the_picture_of_its_first_command(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    section = (ROOT / "README.md").read_text("utf-8").partition("## Try it on a real recording")[2]
    shown = re.search(r"```text\n(.*?)```", section, re.DOTALL)

    done = run("replay", RECORDING, "--plan", PLAN, "--text")

    assert shown is not None
    assert f"\n\n{shown[1]}\n" in done.output.decode()
