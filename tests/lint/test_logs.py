"""Traces, signal logs and plan files."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from video_tracker import UnknownPlayerError
from video_tracker.diagnostics import REASONS
from video_tracker.linting import Report, lint

EXAMPLE = Path(__file__).parents[2] / "examples" / "recordings" / "preroll-midroll-postroll.jsonl"


def told(report: Report) -> list[tuple[str, int, str]]:
    return [(each.rule, each.line, each.message) for each in report.findings]


def lines(*values: Any) -> io.BytesIO:
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return io.BytesIO("\n".join(texts).encode())


def signal(name: str, at: float, **fields: Any) -> dict[str, Any]:
    return {"signal": name, "at": at, **fields}


START = (
    signal("play", 1000.0),
    signal("playing", 1000.5, position=0),
    signal("progress", 1001.5, position=1),
)


# -- signal logs -----------------------------------------------------------------------------------


def test_a_sound_signal_log_gives_no_finding() -> None:
    report = lint(lines(*START, signal("exit", 1002.0, position=1.5)))

    assert told(report) == []
    assert (report.kind, report.messages, report.sessions) == ("signals", 4, 1)


def test_an_unknown_signal_is_told_with_the_nearest_and_reading_goes_on() -> None:
    """VT001 of a signal log."""
    report = lint(lines(*START, signal("pauze", 1002.0), "{", signal("exit", 1003.0)))

    assert [(rule, line) for rule, line, _ in told(report)] == [("VT001", 4), ("VT001", 5)]
    assert "did you mean 'pause'" in report.findings[0].message
    assert report.messages == 4


def test_a_field_that_a_signal_does_not_have_is_told_with_its_line() -> None:
    """VT705; also after a damaged line."""
    report = lint(lines("{", *START[:2], signal("progress", 1001.5, position=1, speed=2)))

    assert told(report)[1:] == [("VT705", 4, "its signal has no field 'speed'")]


def test_a_clock_that_steps_back_is_told_for_each_session_by_itself() -> None:
    """VT703 (S64), and the session's own word about it."""
    other = [each | {"session_id": "s2", "at": each["at"] - 500} for each in START]
    clean = [each | {"session_id": "s1"} for each in START]

    assert lint(lines(*clean, *other)).clean
    assert told(lint(lines(*START, signal("progress", 1000.75, position=2)))) == [
        ("VT703", 4, "its time lies 0.75 s before the newest one"),
        ("VT704", 4, f"clock_stepped_back: {REASONS['clock_stepped_back']}"),
    ]


def test_what_a_session_has_to_repair_is_a_note() -> None:
    """VT704 (S60)."""
    report = lint(lines(*START, signal("seek_end", 1001.6, position=1.1)))

    assert told(report) == [("VT704", 4, "no_seek_open: No seek is open.")]
    assert report.findings[0].severity == "note"
    assert not report.reaches("warning")


def test_a_log_without_any_position_is_told() -> None:
    """VT706 (S63)."""
    bare = [{key: value for key, value in each.items() if key != "position"} for each in START]

    assert told(lint(lines(*bare))) == [("VT706", 1, "no signal of it tells a position")]
    assert lint(lines(*bare, signal("exit", 1002.0, position=1.5))).clean


def test_an_empty_log_is_told() -> None:
    assert told(lint(lines(), kind="signals")) == [("VT003", 1, "there is no signal in it")]
    assert told(lint(lines(), kind="trace")) == [("VT003", 1, "there is no callback in it")]
    assert told(lint(lines(), kind="plan")) == [("VT003", 1, "there is no plan in it")]


# -- traces ----------------------------------------------------------------------------------------


def callback(event: str, t: float, player: str = "html5", **state: Any) -> dict[str, Any]:
    return {"player": player, "event": event, "t": t, "state": state}


TRACE = (
    callback("play", 1000, currentTime=0, paused=False),
    callback("playing", 1500, currentTime=0, paused=False),
    callback("timeupdate", 2500, currentTime=1.0, paused=False),
)


def test_a_recorded_trace_has_no_error_and_no_warning() -> None:
    report = lint(EXAMPLE)

    assert report.kind == "trace"
    assert report.messages == len(EXAMPLE.read_text("utf-8").splitlines())
    assert set(report.counts) <= {"VT702", "VT704"}
    assert not report.reaches("warning")


def test_a_damaged_line_of_a_trace_is_told_and_reading_goes_on() -> None:
    """VT001."""
    report = lint(lines(TRACE[0], '{"player": 3}', *TRACE[1:], "oops"))

    assert [(rule, line) for rule, line, _ in told(report)] == [("VT001", 2), ("VT001", 5)]
    assert report.messages == 3


def test_a_trace_of_an_unknown_player_is_told() -> None:
    """VT701; a player that is named is believed, and one that does not exist is refused."""
    foreign = [each | {"player": "myplayer"} for each in TRACE]

    assert [(rule, line) for rule, line, _ in told(lint(lines(*foreign)))] == [("VT701", 1)]
    assert lint(lines(*TRACE), player="html5").clean
    assert lint(lines(*TRACE)).clean
    with pytest.raises(UnknownPlayerError):
        lint(lines(*TRACE), player="htlm5")


def test_a_callback_that_no_adapter_knows_is_told_once() -> None:
    """VT702."""
    report = lint(lines(*TRACE, *[callback("timeupdat", 2600 + n) for n in range(3)]))

    assert [(rule, line) for rule, line, _ in told(report)] == [("VT702", 4)]
    assert "timeupdat" in report.findings[0].message


# -- plans -----------------------------------------------------------------------------------------

PLAN = {
    "user_id": "u1",
    "contents": [{"asset_id": "film", "duration": 60}],
    "ad_breaks": [{"at": 30, "pod_id": "mid", "ads": [{"asset_id": "spot", "duration": 10}]}],
}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_sound_plan_gives_no_finding(indent: int | None) -> None:
    report = lint(lines(json.dumps(PLAN, indent=indent)))

    assert told(report) == []
    assert (report.kind, report.messages) == ("plan", 1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"user_id": None}, ("VT722", "neither user_id nor anonymous_id is set")),
        ({"contents": [{"asset_id": "film"}]}, ("VT723", "$.contents[0] has no duration")),
        (
            {"ad_breaks": [{"at": 90}]},
            ("VT724", "$.ad_breaks[0].at is 90, the content has 60 s"),
        ),
        (
            {"ad_breaks": [{"at": 10, "pod_id": "a"}, {"at": 20, "pod_id": "a"}]},
            ("VT725", "$.ad_breaks has 'a' 2 times"),
        ),
        ({"settings": {"heartbeat": 60}}, ("VT726", "$.settings.heartbeat is 60")),
        ({"settings": {"heartbeat": None}}, ("VT726", "$.settings.heartbeat is None")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_is_doubtful_in_a_plan_is_told(
    change: dict[str, Any], expected: tuple[str, str]
) -> None:
    plan = {key: value for key, value in (PLAN | change).items() if value is not None}
    rule, message = expected

    assert told(lint(lines(plan))) == [(rule, 1, message)]


def test_every_fault_of_a_plan_is_told_with_its_path() -> None:
    """VT721; an unknown key is refused with the nearest known one."""
    plan = PLAN | {"contents": [{"asset_id": "film", "duraton": 60}], "settings": {"ids": "all"}}
    report = lint(lines(plan))

    assert set(report.counts) == {"VT721"}
    assert ["duraton" in each.message for each in report.findings].count(True) == 1
    assert any("$.settings" in each.message for each in report.findings)


def test_a_livestream_needs_no_length() -> None:
    """S6."""
    assert lint(lines(PLAN | {"contents": [{"asset_id": "tv", "livestream": True}]})).clean


# -- which kind it is ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        ({"signal": "play", "at": 1}, "signals"),
        ({"player": "html5", "event": "play", "t": 1}, "trace"),
        ({"player": "html5", "event": "play", "wall": "2026-01-01T00:00:00Z"}, "trace"),
        ({"event": "Video Playback Started", "properties": {}}, "messages"),
        ({"batch": []}, "messages"),
        ({"contents": []}, "plan"),
        ({"settings": {}, "user_id": "u"}, "plan"),
        ({"video_player": "html5"}, "plan"),
        ({"hello": "world"}, "messages"),
    ],
)
def test_the_kind_is_recognised_by_the_first_line(first: dict[str, Any], kind: str) -> None:
    assert lint(lines(first)).kind == kind
    assert lint(lines("", "{broken", first)).kind == kind
    assert lint(lines(first), kind="messages").kind == "messages"
