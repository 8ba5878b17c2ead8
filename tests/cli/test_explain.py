"""``video-tracker explain`` and ``whatif``: their options and their faults."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.harness import PLAN, RECORDING, SHORT, SHORT_EVENTS, Runner, jsonl, signal
from tests.cli.terminal import on_terminal

TWO = (
    *({**line, "session_id": "one"} for line in SHORT),
    *({**line, "session_id": "two"} for line in SHORT[:4]),
)


def write(*lines: object) -> Path:
    log = Path("log.jsonl")
    log.write_bytes(jsonl(*lines))
    return log


def test_an_account_needs_no_plan_and_nobody_who_watches(run: Runner) -> None:
    said = run("explain", write(*SHORT))

    assert said.status == 0
    heads = re.findall(r"^ +\d+  \S+ s  (\w+ \w+)", said.output.decode(), re.MULTILINE)
    assert heads == SHORT_EVENTS


def test_a_log_is_read_from_standard_input_too(run: Runner) -> None:
    said = run("explain", "-", "--event", "2", stdin=jsonl(*SHORT))

    assert said.output.decode().splitlines()[:2] == [
        "  2  1 s  Content Started  asset-1/content-1",
        "     because  line 3: playing position=0",
    ]


def test_a_recording_of_a_player_is_explained_under_its_plan(run: Runner) -> None:
    said = run("explain", RECORDING, "--plan", PLAN, "--position", "29")

    assert said.output.decode() == (
        "29 Playback Completed: position 40, whole seconds rounded down (S3)\n"
        "  content      20.000\n"
        "  ad5           5.000\n"
        "  ad4           4.000\n"
        "  ad6           6.000\n"
        "  ad5           5.000\n"
        "  sum          40.000\n"
    )


def test_the_same_is_there_as_data(run: Runner) -> None:
    log = write(*SHORT)
    (whole,) = json.loads(run("explain", log, "--json").output)
    (event,) = json.loads(run("explain", log, "--json", "--event", "3").output)
    (figure,) = json.loads(run("explain", log, "--json", "--figure", "content_played").output)
    (misses,) = json.loads(run("explain", log, "--json", "--missing", "exited").output)

    assert [each["event"] for each in whole["events"]] == [f"Video {n}" for n in SHORT_EVENTS]
    assert whole["events"][2] == event
    assert (event["cause"]["input"], event["cause"]["line"], event["rule"]) == (
        "content_end",
        7,
        "S75",
    )
    assert whole["figures"]["content_played"] == figure
    assert [share["seconds"] for share in figure["shares"]] == [3.0]
    assert whole["missing"]["Video Playback Exited"] == misses
    assert misses[0]["sentence"] == "It was completed, and that excludes an exit (S20)."


@pytest.mark.parametrize(("wanted", "ended"), [("two", "timeout"), ("1", "completed")])
def test_a_session_is_chosen_by_its_id_or_its_number(wanted: str, ended: str, run: Runner) -> None:
    said = run("explain", write(*TWO), "--session", wanted, "--figure", "ended")

    assert said.output.decode().splitlines()[0] == f"  ended {ended}: how it ended"


def test_without_a_choice_each_session_answers(run: Runner) -> None:
    said = run("explain", write(*TWO), "--figure", "ended").output.decode()

    assert [line for line in said.splitlines() if line.startswith("Session")] == [
        "Session one",
        "Session two",
    ]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--event", "9"), "session log-1795432200000 has no event 9: its events are 1 to 4"),
        (
            ("--missing", "Content Complete"),
            "no event 'Content Complete'; did you mean 'Content Completed'?",
        ),
        (("--figure", "content"), "no figure 'content'; did you mean"),
        (("--session", "3"), "--session 3: there is none; there are: 1 log-1795432200000"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    words: tuple[str, ...], fault: str, run: Runner
) -> None:
    said = run("explain", write(*SHORT), *words)

    assert said.status == 2
    assert said.output == b""
    assert said.errors.startswith(f"video-tracker: error: {fault}")


def test_what_was_fine_before_a_damaged_line_is_explained(run: Runner) -> None:
    log = write(*SHORT[:4])
    log.write_bytes(log.read_bytes() + b"{\n")
    said = run("explain", log, "--figure", "content_played")

    assert said.status == 2
    assert b"1.000  1 to 2" in said.output
    assert "log.jsonl:5: malformed JSON" in said.errors


def test_a_log_without_anything_is_refused(run: Runner) -> None:
    Path("log.jsonl").write_bytes(b"")
    said = run("explain", "log.jsonl")

    assert (said.status, said.output) == (2, b"")
    assert "there is no callback in it" in said.errors


def test_a_session_that_never_began_has_an_account_too(run: Runner) -> None:
    said = run("explain", write(signal("load", 0, duration=3)), "--missing", "playback started")

    assert said.output.decode() == (
        "Playback Started did not come:\n"
        "  Nothing was said that wants to play or plays (S25, S61). [line 1: load duration=3]\n"
    )


def test_whatif_wants_to_know_what_if(run: Runner) -> None:
    said = run("whatif", write(*SHORT))

    assert said.status == 2
    assert "what if what? give --plan, --set or --heartbeat" in said.errors


def test_whatif_stands_side_by_side_unless_the_terminal_is_too_narrow(run: Runner) -> None:
    asked = ("whatif", RECORDING, "--base-plan", PLAN, "--set", "quartiles=off")
    narrow = on_terminal(*asked, environment={"COLUMNS": "80"})

    assert narrow.lines[1:3] == ["- as it is", "+ what if"]
    assert run(*asked).output.decode().splitlines()[1].split() == ["as", "it", "is", "what", "if"]


def test_whatif_compares_with_the_plan_that_is(run: Runner) -> None:
    said = run("whatif", RECORDING, "--base-plan", PLAN, "--set", "quartiles=off")

    lost = [line for line in said.output.decode().splitlines() if " < " in line or line[-1:] == "<"]
    assert len(lost) == 12  # four ads, three quartiles each
    assert "  heartbeats  15 -> 3" in said.output.decode()
