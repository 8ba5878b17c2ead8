"""``video-tracker replay``: what goes in, what comes out, and which setting wins."""

import json
import os
import re
import signal as os_signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.harness import COMMAND, PLAN, RECORDING, SHORT, SHORT_EVENTS, Runner, jsonl, signal


def test_the_readme_s_recording_gives_a_session_with_its_three_ad_breaks(run: Runner) -> None:
    """S20, S21, S23: the order of a session with a pre-roll, a mid-roll pod and a post-roll."""
    done = run("replay", RECORDING, "--plan", PLAN, "--set", "quartiles=off")

    assert done.status == 0
    assert [event for event in done.events if not event.endswith("Playing")] == [
        "Playback Started",
        "Ad Started",
        "Ad Completed",
        "Content Started",
        "Content Completed",
        "Ad Started",
        "Ad Completed",
        "Ad Started",
        "Ad Completed",
        "Content Started",
        "Content Completed",
        "Ad Started",
        "Ad Completed",
        "Playback Completed",
    ]
    started = [message for message in done.messages if message["event"] == "Video Ad Started"]
    assert [
        (ad["properties"]["asset_id"], ad["properties"]["type"], ad["properties"]["pod_position"])
        for ad in started
    ] == [
        ("ad5", "pre-roll", 1),
        ("ad4", "mid-roll", 1),
        ("ad6", "mid-roll", 2),
        ("ad5", "post-roll", 1),
    ]
    last = done.messages[-1]["properties"]
    assert (last["position"], last["total_length"]) == (40, 40)
    assert done.account == f"video-tracker: 642 callbacks, 1 session, {len(done.messages)} messages"


def test_the_same_log_gives_the_same_bytes(run: Runner) -> None:
    """S50: ids are deterministic, so that a replay can be repeated."""
    assert run("replay", RECORDING, "--plan", PLAN) == run("replay", RECORDING, "--plan", PLAN)


def test_the_log_s_own_player_column_decides_without_a_name(run: Runner) -> None:
    named = run("replay", RECORDING, "--plan", PLAN, "--player", "videojs")

    assert named == run("replay", RECORDING, "--plan", PLAN)


def test_as_a_process_it_does_the_same(run: Runner, process: Runner) -> None:
    for words in (("replay", RECORDING, "--plan", PLAN), ("replay", "missing"), ("replay",)):
        assert process(*words) == run(*words)


def test_a_dash_is_standard_input(run: Runner) -> None:
    log = RECORDING.read_bytes()
    piped = run("replay", "-", "--plan", PLAN, "--session-id", "s1", stdin=log)

    assert piped.output == run("replay", RECORDING, "--plan", PLAN, "--session-id", "s1").output
    assert {message["properties"]["session_id"] for message in piped.messages} == {"s1"}


def test_the_session_s_id_comes_from_the_log_s_name_and_time(run: Runner) -> None:
    Path("evening.jsonl").write_bytes(jsonl(*SHORT))

    done = run("replay", "evening.jsonl", "--user-id", "u1")
    piped = run("replay", "-", "--user-id", "u1", stdin=jsonl(*SHORT))

    assert done.messages[0]["messageId"] == "evening-1795432200000-1"
    assert piped.messages[0]["properties"]["session_id"] == "stdin-1795432200000"


def test_a_log_of_signals_is_known_by_its_first_line(run: Runner) -> None:
    known = run("replay", "-", "--user-id", "u1", stdin=b"\n\n" + jsonl(*SHORT))
    named = run("replay", "-", "--user-id", "u1", "--player", "signals", stdin=jsonl(*SHORT))

    assert known == named
    assert known.events == SHORT_EVENTS
    assert known.account == "video-tracker: 8 callbacks, 1 session, 4 messages"


def test_sessions_that_are_interleaved_in_one_log_stay_apart(run: Runner) -> None:
    lines = [{**line, "session_id": key} for line in SHORT for key in ("a", "b")]

    done = run("replay", "-", "--user-id", "u1", "--summary", "sums.json", stdin=jsonl(*lines))

    for key in ("a", "b"):
        own = [m for m in done.messages if m["properties"]["session_id"] == key]
        assert [m["event"].removeprefix("Video ") for m in own] == SHORT_EVENTS
        assert [m["messageId"] for m in own] == [f"{key}-{n}" for n in range(1, 5)]
    assert [each["session_id"] for each in json.loads(Path("sums.json").read_bytes())] == ["a", "b"]


def test_a_replay_in_the_log_is_a_session_of_its_own(run: Runner) -> None:
    """S24: playing on after the end starts a new session, which names the old one."""
    again = [{**line, "at": float(str(line["at"])) + 10} for line in SHORT[1:]]

    done = run(
        "replay", "-", "--user-id", "u1", "--session-id", "s", "--summary", "sums.json",
        stdin=jsonl(*SHORT, *again),
    )  # fmt: skip

    assert done.events == SHORT_EVENTS * 2
    assert done.messages[4]["context"]["restarted_from"] == "s"
    sessions = [each["session_id"] for each in json.loads(Path("sums.json").read_bytes())]
    assert sessions == ["s", "s-2"]


def test_messages_leave_while_the_log_still_grows() -> None:
    """With a player's name nothing waits for the end of the log."""
    words = [*COMMAND, "replay", "-", "--player", "signals", "--user-id", "u1"]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(jsonl(*SHORT[:2]))
        process.stdin.flush()
        first = json.loads(process.stdout.readline())
        process.stdin.close()
        process.stdout.read()

    assert first["event"] == "Video Playback Started"


def test_the_output_and_the_summary_can_go_to_files(run: Runner) -> None:
    log = jsonl(*SHORT)
    printed = run("replay", "-", "--user-id", "u1", stdin=log)

    filed = run("replay", "-", "--user-id", "u1", "-o", "out.jsonl", "--summary", "-", stdin=log)

    assert Path("out.jsonl").read_bytes() == printed.output
    (summary,) = json.loads(filed.output)
    assert summary["ended"] == "completed"
    assert summary["content_played"] == 3.0
    assert summary["watched"] == {"asset-1": [[0.0, 3.0]]}


def test_an_output_file_is_replaced_and_not_added_to(run: Runner) -> None:
    Path("out.jsonl").write_text("old\n" * 1000)

    run("replay", "-", "--user-id", "u1", "-o", "out.jsonl", stdin=jsonl(*SHORT))

    assert len(Path("out.jsonl").read_bytes().splitlines()) == 4


@pytest.mark.parametrize("profile", ["customerio", "segment", "rudderstack"])
def test_each_profile_can_be_asked_for(run: Runner, profile: str) -> None:
    """S52: planned ads are strings for Customer.io and lists for the others."""
    done = run("replay", RECORDING, "--plan", PLAN, "--profile", profile)

    ad_ids = done.messages[0]["properties"]["ad_asset_id"]
    assert isinstance(ad_ids, str if profile == "customerio" else list)


def heartbeats(run: Runner, *words: str, plan: object = None) -> int:
    lines = [signal("play", 0), signal("playing", 0, position=0.0)]
    lines += [signal("progress", second, position=float(second)) for second in range(1, 13)]
    lines.append(signal("exit", 12.5))
    if plan is not None:
        Path("plan.json").write_text(json.dumps(plan))
        words = (*words, "--plan", "plan.json")
    done = run("replay", "-", "--user-id", "u1", *words, stdin=jsonl(*lines))
    return done.events.count("Content Playing")


def test_settings_of_the_command_line_win_over_the_plan_s_and_these_over_the_defaults(
    run: Runner,
) -> None:
    """S40: one heartbeat in the twelve seconds by default; the stronger word decides."""
    plan = {"settings": {"heartbeat": 4}}

    assert heartbeats(run) == 1
    assert heartbeats(run, plan=plan) == 3
    assert heartbeats(run, "--heartbeat", "3", plan=plan) == 4
    assert heartbeats(run, "--set", "heartbeat=6", plan=plan) == 2
    assert heartbeats(run, "--heartbeat", "3", "--set", "heartbeat=6") == 2
    assert heartbeats(run, "--set", "heartbeat=6", "--heartbeat", "3") == 4


def test_who_watches_is_taken_from_the_command_line_before_the_plan(run: Runner) -> None:
    Path("plan.json").write_text('{"user_id": "planned", "anonymous_id": "a1"}')
    log = jsonl(*SHORT)

    own = run("replay", "-", "--plan", "plan.json", "--user-id", "said", stdin=log).messages[0]
    planned = run("replay", "-", "--plan", "plan.json", stdin=log).messages[0]

    assert (own["userId"], own["anonymousId"]) == ("said", "a1")
    assert (planned["userId"], planned["anonymousId"]) == ("planned", "a1")


def test_what_was_repaired_and_ignored_is_told_on_standard_error(run: Runner) -> None:
    """S60: every reason is a code with a sentence, and counted."""
    lines = [SHORT[1], SHORT[1], {**SHORT[2], "colour": "red"}, *SHORT[3:]]

    brief = run("replay", "-", "--user-id", "u1", stdin=jsonl(*lines))
    whole = run("replay", "-", "--user-id", "u1", "-v", stdin=jsonl(*lines))

    assert whole.output == brief.output
    assert re.search(r"^ignored +1 x repeated: [A-Z].*\.$", whole.errors, re.MULTILINE)
    assert "ignored" not in brief.errors
    assert "\n1 input that changed nothing was passed over; -v shows it\n" in brief.errors
    for done in (brief, whole):
        assert "unknown      1 x field 'colour': its signal has no such field" in done.errors


def test_a_message_that_is_too_large_is_told_and_the_others_are_written(run: Runner) -> None:
    """S55: over 32,000 bytes nothing is sent; Customer.io would drop it without a word."""
    Path("plan.json").write_text(json.dumps({"contents": [{"title": "x" * 40_000}]}))

    done = run("replay", "-", "--user-id", "u1", "--plan", "plan.json", stdin=jsonl(*SHORT))

    assert done.status == 0
    assert done.events == ["Playback Started", "Playback Completed"]
    assert "unsent       1 x too_large: Video Content Started of session" in done.errors
    assert done.account.endswith("2 messages, 2 not sent")


def test_a_reader_that_goes_away_is_no_fault() -> None:
    """As in ``video-tracker replay ... | head -n 1``."""
    words = [*COMMAND, "replay", "-", "--user-id", "u1", "--player", "signals"]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(jsonl(*SHORT[:2]))
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(jsonl(*SHORT[2:]))
        process.stdin.close()
        errors = process.stderr.read()

    assert errors == b""
    assert process.returncode == 141


def hear_interrupts() -> None:
    """A shell's background job, and all that it starts, is deaf to the keyboard."""
    os_signal.signal(os_signal.SIGINT, os_signal.SIG_DFL)


def test_an_interrupt_from_the_keyboard_is_told_in_a_word() -> None:
    words = [*COMMAND, "replay", "-", "--user-id", "u1", "--player", "signals"]
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 - nothing else runs between fork and exec
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(jsonl(*SHORT[:2]))
        process.stdin.flush()
        process.stdout.readline()
        os.kill(process.pid, os_signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    told = b"video-tracker: interrupted from the keyboard; the work is not finished\n"
    assert errors == told
    assert process.returncode == 130
