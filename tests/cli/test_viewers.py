"""A log that names its sessions and viewers replays with each one's identity."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from tests.cli.harness import PLAN, RECORDING, SHORT, SHORT_EVENTS, Run, Runner, jsonl, signal
from tests.recordings.cmcd_truth import bodies


def owned(lines: Iterable[dict[str, object]], **owner: object) -> list[dict[str, object]]:
    return [{**line, **owner} for line in lines]


def by_viewer(done: Run) -> dict[tuple[Any, Any], list[str]]:
    """The events of each (userId, anonymousId)."""
    found: dict[tuple[Any, Any], list[str]] = {}
    for message in done.messages:
        viewer = message.get("userId"), message.get("anonymousId")
        found.setdefault(viewer, []).append(message["event"].removeprefix("Video "))
    return found


def callbacks(**owner: object) -> list[dict[str, object]]:
    """A second of playing in a media element."""
    state = {"duration": 60, "paused": False, "readyState": 4}
    said = (("play", 0.0), ("playing", 0.0), ("timeupdate", 1.0), ("pause", 1.0))
    return [
        {
            "t": 1000.0 * number,
            "player": "html5",
            "event": event,
            "state": {**state, "currentTime": place, "paused": event == "pause"},
            **owner,
        }
        for number, (event, place) in enumerate(said)
    ]


def interleaved(*logs: list[dict[str, object]]) -> bytes:
    return jsonl(*(line for lines in zip(*logs, strict=True) for line in lines))


def test_signals_of_two_viewers_are_two_sessions_of_theirs(run: Runner) -> None:
    log = interleaved(owned(SHORT, user_id="ann"), owned(SHORT, user_id="bob", anonymous_id="b1"))

    done = run("replay", "-", stdin=log)

    assert done.status == 0
    assert by_viewer(done) == {("ann", None): SHORT_EVENTS, ("bob", "b1"): SHORT_EVENTS}
    sessions = [message["properties"]["session_id"] for message in done.messages[:2]]
    assert sessions == ["stdin-1795432200000", "stdin-1795432200000.2"]


def test_callbacks_of_two_viewers_are_read_by_an_adapter_each(run: Runner) -> None:
    """Each is as if it were alone in its log."""
    ann, bob = callbacks(user_id="ann"), callbacks(anonymous_id="b1")
    alone = run("replay", "-", stdin=jsonl(*ann))

    done = run("replay", "-", stdin=interleaved(ann, bob))

    assert alone.events[:3] == ["Playback Started", "Content Started", "Playback Paused"]
    assert by_viewer(done) == {("ann", None): alone.events, (None, "b1"): alone.events}


def test_the_session_of_a_line_decides_and_its_first_viewer_is_the_session_s(run: Runner) -> None:
    log = interleaved(
        owned(SHORT, session_id="s1", user_id="ann"), owned(SHORT, session_id="s2", user_id="ann")
    )

    done = run("replay", "-", stdin=log)

    assert {message["properties"]["session_id"] for message in done.messages} == {"s1", "s2"}
    (events,) = by_viewer(done).values()
    assert sorted(events) == sorted(SHORT_EVENTS * 2)
    assert [each["messageId"] for each in done.messages if each["messageId"].startswith("s2")] == [
        f"s2-{number}" for number in range(1, 5)
    ]


def test_one_line_that_names_the_viewer_is_enough_where_there_is_one_session(run: Runner) -> None:
    log = [*owned(callbacks()[:1], user_id="ann"), *callbacks()[1:]]

    assert set(by_viewer(run("replay", "-", stdin=jsonl(*log)))) == {("ann", None)}


def test_who_is_known_later_is_known_from_then_on(run: Runner) -> None:
    """S50: a viewer who logs in; another user within a session is left out and counted."""
    log = owned(SHORT, session_id="s", anonymous_id="a1")
    for line in log[3:]:
        line["user_id"] = "ann"
    log[-1]["user_id"] = "bob"

    done = run("replay", "-", "-v", stdin=jsonl(*log))

    viewers = [(m.get("userId"), m["anonymousId"]) for m in done.messages]
    assert viewers == [(None, "a1"), (None, "a1"), ("ann", "a1"), ("ann", "a1")]
    assert "1 x fixed_for_session" in done.errors


def test_the_command_line_wins_over_the_log_and_the_log_over_the_plan(run: Runner) -> None:
    log = jsonl(*owned(callbacks(), user_id="ann"))
    mixed = RECORDING.read_bytes().replace(b'{"seq":', b'{"anonymous_id":"a1","seq":')

    said = run("replay", "-", "--user-id", "said", stdin=log)
    logged = run("replay", "-", "--plan", PLAN, stdin=mixed)

    assert set(by_viewer(said)) == {("said", None)}
    assert set(by_viewer(logged)) == {(None, "a1")}


def test_a_session_s_id_of_the_command_line_is_told_apart_where_viewers_are_several(
    run: Runner,
) -> None:
    log = interleaved(owned(SHORT, user_id="ann"), owned(SHORT, user_id="bob"))

    done = run("replay", "-", "--session-id", "s", stdin=log)

    assert {message["properties"]["session_id"] for message in done.messages} == {"s", "s.2"}


def test_cmcd_bodies_may_name_their_viewer(run: Runner) -> None:
    named = b"".join(line.replace(b"{", b'{"user_id": "ann", ', 1) for line in bodies("hls"))

    done = run("replay", "-", stdin=named)

    assert done.status == 0
    assert {message["userId"] for message in done.messages} == {"ann"}


def test_explain_needs_no_viewer_and_takes_each_session_apart(run: Runner) -> None:
    log = interleaved(owned(SHORT, user_id="ann"), owned(SHORT, user_id="bob"))

    said = run("explain", "-", "--figure", "content_played", stdin=log)

    assert said.output.decode().count("content_played 3") == 2


@pytest.mark.parametrize("field", ["session_id", "user_id", "anonymous_id"])
@pytest.mark.parametrize("value", [42, "", [], True])
def test_an_id_that_is_no_text_is_refused(field: str, value: object, run: Runner) -> None:
    for line in (signal("play", 0), callbacks()[0]):
        done = run("replay", "-", stdin=jsonl({**line, field: value}))

        assert done.status == 2
        told = f'-:1: field "{field}" must be a non-empty string, not {value!r}'
        assert done.account == f"video-tracker: error: {told}"


def test_ids_that_are_null_are_as_if_left_out(run: Runner) -> None:
    log = owned(SHORT, session_id=None, user_id=None, anonymous_id=None)

    assert run("replay", "-", "--user-id", "u1", stdin=jsonl(*log)) == run(
        "replay", "-", "--user-id", "u1", stdin=jsonl(*SHORT)
    )


def test_lint_judges_each_viewer_s_session_by_itself(run: Runner) -> None:
    """Two that are interleaved have what each has alone, and no clock that steps back."""
    later = [{**line, "at": float(str(line["at"])) + 0.5} for line in SHORT]
    ann, bob = owned(SHORT, user_id="ann"), owned(later, user_id="bob")
    for one, other in ((ann, bob), (callbacks(user_id="ann"), callbacks(user_id="bob"))):
        alone = json.loads(run("lint", "-", "--json", stdin=jsonl(*one)).output)
        both = json.loads(run("lint", "-", "--json", stdin=interleaved(one, other)).output)

        assert both["sessions"] == 2
        assert both["messages"] == 2 * alone["messages"]
        assert both["counts"].keys() == alone["counts"].keys()


def test_lint_finds_a_line_of_which_nobody_knows_whose_it_is(run: Runner) -> None:
    log = [*owned(SHORT[:3], user_id="ann"), *owned(SHORT[:3], user_id="bob"), SHORT[3]]

    report = json.loads(run("lint", "-", "--json", stdin=jsonl(*log)).output)

    (finding,) = [each for each in report["findings"] if each["rule"] == "VT001"]
    assert finding["line"] == 7
    assert finding["message"].startswith("whose is it?")
