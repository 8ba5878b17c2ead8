"""``video-tracker replay --player cmcd``: recorded bodies in, messages out, or a reason."""

import json
from pathlib import Path

from tests.cli.harness import Runner, jsonl
from tests.recordings.cmcd_truth import bodies, log_of

PLAYS = 'cid="film",e=ps,sid="s1",sn=0,sta=p,ts=1795938183192,v=2\n'


def body(text: str, kind: str = "application/cmcd") -> dict[str, object]:
    return {"at": 1795938183.2, "type": kind, "body": text}


def test_recorded_bodies_become_the_messages_of_a_session(run: Runner) -> None:
    done = run("replay", log_of("hls"), "--player", "cmcd", "--user-id", "u1")

    assert done.status == 0
    assert done.events[:3] == ["Playback Started", "Content Started", "Quality Updated"]
    assert done.events[-2:] == ["Content Completed", "Playback Completed"]
    first = done.messages[0]["properties"]
    assert first["session_id"] == "bd9ca998-44ff-4f34-b191-d77e30c1cc22"
    assert first["video_player"] == "cmcd"
    assert done.account == f"video-tracker: 67 callbacks, 1 session, {len(done.messages)} messages"
    assert "1 x positions: timed (no pt): none is told after a seek" in done.errors


def test_a_log_of_bodies_is_known_by_its_first_line(run: Runner) -> None:
    named = run("replay", log_of("dash"), "--player", "cmcd", "--user-id", "u1")

    assert run("replay", log_of("dash"), "--user-id", "u1") == named


def test_each_sid_is_a_session_of_its_own(run: Runner) -> None:
    done = run("replay", log_of("hls-int"), "--user-id", "u1", "--summary", "summary.json")
    summaries = json.loads(Path("summary.json").read_text("utf-8"))

    assert [each["session_id"][:4] for each in summaries] == ["94f4", "8b56"]
    assert "56 callbacks, 2 sessions" in done.account
    assert "an interstitial under another sid is a session of its own" in done.errors


def test_a_log_without_play_states_ends_with_its_reason(run: Runner) -> None:
    """Shaka's release build sends none: no session is made up."""
    log = log_of("shaka")
    done = run("replay", log, "--player", "cmcd", "--user-id", "u1", "--summary", "summary.json")

    assert (done.status, done.output) == (2, b"")
    assert json.loads(Path("summary.json").read_text("utf-8")) == []
    assert done.account == (
        f"video-tracker: error: {log}: no session in 84 reports: unusable: no play state (sta) in "
        "any report; Shaka's release build sends none, dash.js none without enabledKeys"
    )


def test_doubled_lines_give_the_same_bytes(run: Runner) -> None:
    """S50, S68."""
    lines = bodies("hls")
    once = run("replay", "-", "--user-id", "u1", stdin=b"".join(lines))
    twice = run("replay", "-", "--user-id", "u1", stdin=b"".join(2 * line for line in lines))

    assert twice.output == once.output


def test_what_is_no_report_is_dropped_with_its_reason(run: Runner) -> None:
    """S60: bodies of another type, and lines that cannot be read, cost themselves alone."""
    log = jsonl(
        body("{}", "application/json"),
        body("e=ps,ts=\n" + PLAYS),
        body(PLAYS.replace(",v=2", "")),
    )
    done = run("replay", "-", "--player", "cmcd", "--user-id", "u1", stdin=log)

    assert done.status == 0
    assert done.events[:2] == ["Playback Started", "Content Started"]
    dropped = [line for line in done.errors.splitlines() if line.startswith("dropped")]
    assert dropped == [
        "dropped      1 x a body of the type 'application/json', which is not application/cmcd",
        "dropped      1 x a report: it is not of version 2 (v=2)",
        "dropped      1 x a report: not a dictionary of RFC 8941 at 8",
    ]


def test_a_log_of_which_no_report_can_be_read_is_a_fault(run: Runner) -> None:
    done = run("replay", "-", "--player", "cmcd", "--user-id", "u1", stdin=jsonl(body("a=1")))

    assert done.status == 2
    assert done.account == (
        "video-tracker: error: -: there is no report in it that can be read "
        "(1 x a report: it names no event (e))"
    )


def test_a_damaged_line_ends_the_log_there(run: Runner) -> None:
    for damaged, reason in (
        ({"at": 1}, 'field "body" must be a string, not None'),
        ({"body": "", "type": 1}, 'field "type" must be a string, not 1'),
    ):
        log = jsonl(body(PLAYS), damaged, body(PLAYS))
        done = run("replay", "-", "--player", "cmcd", "--user-id", "u1", stdin=log)

        assert done.status == 2
        assert done.events[:2] == ["Playback Started", "Content Started"]
        assert done.account == f"video-tracker: error: -:2: {reason}"
