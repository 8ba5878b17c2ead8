"""``video-tracker timeline``: what is read, what is drawn, and what is told."""

import json
import os
import pty
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.harness import COMMAND, PLAN, RECORDING, ROOT, SHORT, Runner, jsonl, signal


def lanes(output: bytes) -> dict[str, str]:
    return {line[:13].strip(): line[13:] for line in output.decode().splitlines()}


def test_a_log_is_drawn_on_the_terminal(run: Runner) -> None:
    said = run("timeline", RECORDING, "--plan", PLAN, "--width", "100")
    found = lanes(said.output)

    assert said.status == 0
    assert "█content20█" in found["content"]
    assert found["ads"].count("ad5") == 2
    assert "paused" not in found
    assert b"ads 20.6 s: 4 of 4 completed" in said.output


def test_the_messages_of_a_log_give_the_same_lanes(run: Runner, tmp_path: Path) -> None:
    messages = tmp_path / "messages.jsonl"
    run("replay", RECORDING, "--plan", PLAN, "-o", messages)
    drawn = lanes(run("timeline", messages).output)
    log = lanes(run("timeline", RECORDING, "--plan", PLAN).output)

    assert (drawn["content"], drawn["ads"], drawn["events"]) == (
        log["content"],
        log["ads"],
        log["events"],
    )


def test_standard_input_is_read(run: Runner) -> None:
    said = run("timeline", "-", stdin=jsonl(*SHORT))

    assert said.status == 0
    assert b"completed" in said.output


@pytest.mark.parametrize("form", ["svg", "png", "html", "SVG"])
def test_the_name_of_the_picture_decides_its_form(run: Runner, tmp_path: Path, form: str) -> None:
    picture = tmp_path / f"session.{form}"
    said = run("timeline", RECORDING, "--plan", PLAN, "-o", picture, "--theme", "dark")
    begins = {"svg": b"<svg", "png": b"\x89PNG", "html": b"<!doctype html>"}[form.lower()]

    assert (said.status, said.output, said.errors) == (0, b"", "")
    assert picture.read_bytes().startswith(begins)


def test_another_form_is_refused_with_those_that_there_are(run: Runner) -> None:
    said = run("timeline", RECORDING, "-o", "session.gif")

    assert said.status == 2
    assert "the name must end in .svg, .png, .html, not 'session.gif'" in said.errors


def test_two_logs_stand_above_each_other(run: Runner, tmp_path: Path) -> None:
    longer = tmp_path / "longer.jsonl"
    log = [*SHORT[:-2], *(signal("progress", 4 + s, position=3.0 + s) for s in range(1, 5))]
    longer.write_bytes(jsonl(signal("load", 0, duration=60), *log[1:]))
    short = tmp_path / "short.jsonl"
    short.write_bytes(jsonl(*SHORT))
    picture = tmp_path / "both.svg"
    run("timeline", short, longer, "-o", picture)
    texts = {"".join(each.itertext()) for each in ET.parse(picture).iter() if "text" in each.tag}
    titles = sorted(text for text in texts if ".jsonl: " in text)

    assert [title.rpartition("-")[0] for title in titles] == [
        "1 · short.jsonl: short",
        "2 · longer.jsonl: longer",
    ]


def test_one_log_under_two_settings_stands_above_itself(run: Runner) -> None:
    said = run("timeline", RECORDING, "--plan", PLAN, "--other-set", "heartbeat=2", "--json")
    before, after = json.loads(said.output)
    beats = [sum("Playing" in tick["name"] for tick in one["ticks"]) for one in (before, after)]

    assert before["title"].startswith("as it is: ")
    assert after["title"].startswith("what if: ")
    assert beats[0] < beats[1]
    assert before["bars"] == after["bars"]


def test_one_log_under_two_plans_stands_above_itself(run: Runner) -> None:
    said = run("timeline", RECORDING, "--other-plan", PLAN, "--json")
    before, after = json.loads(said.output)

    assert [pod["asset_id"] for pod in before["content_pods"]] == ["asset-1"] * 2
    assert [pod["asset_id"] for pod in after["content_pods"]] == ["content20"] * 2


def test_a_session_is_chosen_by_its_number_or_id(run: Runner) -> None:
    def message(session: str) -> dict[str, object]:
        return {
            "type": "track",
            "event": "Video Playback Started",
            "timestamp": "2026-01-01T00:00:00Z",
            "properties": {"session_id": session},
        }

    stream = jsonl(message("a"), message("b"))

    assert b"b" not in run("timeline", "-", "--session", "a", stdin=stream).output
    assert run("timeline", "-", "--session", "2", stdin=stream).output.startswith(b"b\n")
    said = run("timeline", "-", "--session", "c", stdin=stream)
    assert (said.status, said.errors) == (
        2,
        "video-tracker: error: --session c: there is none; there are: 1 a, 2 b\n",
    )


def test_of_many_sessions_ten_are_drawn_and_the_rest_is_told(run: Runner) -> None:
    stream = jsonl(
        *(
            {
                "event": "Video Playback Started",
                "timestamp": "2026-01-01T00:00:00Z",
                "properties": {"session_id": f"s{number}"},
            }
            for number in range(13)
        )
    )
    said = run("timeline", "-", stdin=stream)

    assert said.output.count(b"events") == 10
    assert said.errors == (
        "video-tracker: 3 more sessions are not drawn; choose one with --session\n"
    )


def test_what_came_before_a_damaged_line_is_drawn(run: Runner) -> None:
    said = run("timeline", "-", stdin=jsonl(*SHORT[:4]) + b"{broken\n")

    assert said.status == 2
    assert b"content" in said.output
    assert "-:5:" in said.errors


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nothing.jsonl",), "nothing.jsonl: No such file"),
        (("-", "-"), "only one of the files can be standard input"),
        ((RECORDING, "--width", "20"), "40 columns or more, not 20"),
        ((RECORDING, "-o", "a.svg", "--width", "20"), "400 pixels or more, not 20"),
        ((RECORDING, "-o", "no/such/a.svg"), "no/such/a.svg: cannot be written"),
    ],
)
def test_a_wrong_use_gets_a_sentence(
    run: Runner, arguments: tuple[str, ...], sentence: str
) -> None:
    said = run("timeline", *arguments)

    assert said.status == 2
    assert sentence in said.errors
    assert "Traceback" not in said.errors


@pytest.mark.parametrize("stdin", [b"", b"\n", jsonl({"type": "identify", "userId": "u"})])
def test_where_there_is_no_event_it_is_told(run: Runner, stdin: bytes) -> None:
    said = run("timeline", "-", stdin=stdin)

    assert (said.status, said.output) == (2, b"")
    assert "-: there is no video event in it: nothing can be drawn" in said.errors


def test_a_plan_for_messages_is_refused(run: Runner) -> None:
    message = {"event": "Video Playback Started", "timestamp": "2026-01-01T00:00:00Z"}
    said = run("timeline", "-", "--plan", PLAN, stdin=jsonl({**message, "properties": {}}))

    assert "a plan and settings are for logs; these are messages" in said.errors


def test_the_file_that_is_read_is_not_written_over(run: Runner, tmp_path: Path) -> None:
    log = tmp_path / "log.svg"
    log.write_bytes(jsonl(*SHORT))
    said = run("timeline", log, "-o", log)

    assert "cannot be read and written at once" in said.errors
    assert log.read_bytes() == jsonl(*SHORT)


def on_a_terminal(**environment: str) -> bytes:
    """What the command writes where somebody looks, 80 columns wide."""
    ours, theirs = pty.openpty()
    words = [*COMMAND, "timeline", str(RECORDING), "--plan", str(PLAN)]
    known = {"TERM": "xterm", "COLUMNS": "80", "LINES": "24", **environment}
    process = subprocess.Popen(words, stdout=theirs, cwd=ROOT, env={**os.environ, **known})
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
    os.close(ours)
    assert process.wait(60) == 0
    return said


def test_on_a_terminal_it_is_coloured_and_as_wide() -> None:
    said = on_a_terminal()

    assert b"\x1b[" in said
    assert max(len(line) for line in said.decode().splitlines() if "\x1b" not in line) <= 80


def test_no_color_is_heeded() -> None:
    assert b"\x1b[" not in on_a_terminal(NO_COLOR="1")
