"""The judge of the cases: it must be able to fail, at every part of its format."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.cases.judging import (
    FILES,
    NAMES,
    Case,
    Expectation,
    Outcome,
    case_from_json,
    judge,
    read_case,
    replay,
)
from video_tracker.players.registry import player_names

T0 = 1_800_000_000.0
START = {"signal": "play", "at": T0, "session_id": "s1"}


def message(name: str, second: float, **properties: object) -> dict[str, Any]:
    return {
        "event": f"Video {name}",
        "timestamp": f"2027-01-15T08:00:{second:06.3f}Z",
        "properties": {"session_id": "s1", **properties},
    }


OUTCOME = Outcome(
    0,
    "video-tracker: 9 callbacks, 1 session, 4 messages",
    (
        message("Playback Started", 0, position=0, total_length=None),
        message("Content Started", 1, position=0, asset_id="v", total_length=60),
        message("Quality Updated", 1.5, position=1),
        message("Playback Exited", 31, position=30, livestream=True),
    ),
    (
        {"ended": "exited", "content_played": 20.0, "pauses": 1},
        {"ended": "completed", "content_played": 10.25, "startup_time": None},
    ),
)


def faults(outcome: Outcome = OUTCOME, **expected: Any) -> list[str]:
    case = Case(what="w", why="S0", kind="k", log=[START], expect=Expectation(**expected))
    return judge(case, outcome)


ALL: list[tuple[str, dict[str, Any]]] = [
    ("Playback Started", {}),
    ("Content Started", {}),
    ("Quality Updated", {}),
    ("Playback Exited", {}),
]

HOLDS: list[dict[str, Any]] = [
    {},
    {"sessions": 1},
    {"events": ALL},
    {"events": [ALL[0], ALL[1], ALL[3]], "ignore": ["Quality Updated"]},
    {"contains": [("Content Started", {"position": 0, "asset_id": "v", "at": 1.04})]},
    {"contains": [("Playback Exited", {"position": [29, 31]})]},
    {"contains": [("Playback Exited", {"position": [30, 30], "total_length": "-"})]},
    {"contains": [("Playback Started", {"total_length": None})]},
    {"absent": [("Playback Exited", {"position": 31}), ("Ad Started", {})]},
    {"absent": [("Content Started", {"total_length": None})]},
    {"counts": {"Content Started": 1, "Ad Started": 0}},
    {"summary": {"content_played": (30, 0.25), "pauses": (1, 0), "seeks": (0, 0)}},
    {"ended": ["exited", "completed"]},
    {"ordered": True},
    {"says": ["9 Callbacks", "session"]},
]

FAILS: list[tuple[dict[str, Any], str]] = [
    ({"sessions": 2}, "1 sessions instead of 2"),
    ({"sessions": 0}, "1 sessions instead of 0"),
    ({"events": ALL[:3]}, "one too many: Playback Exited@31.00 30"),
    ({"events": [*ALL, ("Ad Started", {})]}, "nothing instead of Ad Started {}"),
    ({"events": ALL[1:]}, "event 1 is Playback Started@0.00 0 instead of Content Started {}"),
    (
        {"events": [ALL[0], ALL[1], ALL[3]]},
        "event 3 is Quality Updated@1.50 1 instead of Playback Exited {}",
    ),
    (
        {"events": [("Playback Started", {"position": 1}), *ALL[1:]]},
        "event 1 is Playback Started@0.00 0 instead of Playback Started {'position': 1}",
    ),
    ({"events": []}, "one too many: Playback Started@0.00 0"),
    ({"contains": [("Started", {})]}, "no Started {}"),
    ({"contains": [("Content Started", {"at": 1.06})]}, "no Content Started {'at': 1.06}"),
    ({"contains": [("Content Started", {"at": 0.9})]}, "no Content Started {'at': 0.9}"),
    (
        {"contains": [("Playback Exited", {"position": [31, 40]})]},
        "no Playback Exited {'position': [31, 40]}",
    ),
    (
        {"contains": [("Playback Exited", {"total_length": [0, 99]})]},
        "no Playback Exited {'total_length': [0, 99]}",
    ),
    (
        {"contains": [("Playback Started", {"total_length": [0, 99]})]},
        "no Playback Started {'total_length': [0, 99]}",
    ),
    (
        {"contains": [("Playback Exited", {"total_length": None})]},
        "no Playback Exited {'total_length': None}",
    ),
    (
        {"contains": [("Playback Started", {"total_length": "-"})]},
        "no Playback Started {'total_length': '-'}",
    ),
    (
        {"contains": [("Content Started", {"asset_id": "w"})]},
        "no Content Started {'asset_id': 'w'}",
    ),
    ({"absent": [("Quality Updated", {})]}, "there is Quality Updated@1.50 1"),
    ({"absent": [("Playback Exited", {"ad_pod_id": "-"})]}, "there is Playback Exited@31.00 30"),
    ({"counts": {"Content Started": 2}}, "1 x Content Started instead of 2"),
    ({"summary": {"content_played": (30, 0.2)}}, "content_played 30.25 instead of 30"),
    ({"summary": {"no_such_figure": (1, 0)}}, "no_such_figure 0.00 instead of 1"),
    (
        {"ended": ["completed", "exited"]},
        "ended ['exited', 'completed'] instead of ['completed', 'exited']",
    ),
    ({"ended": ["exited"]}, "ended ['exited', 'completed'] instead of ['exited']"),
    (
        {"says": ["callbacks", "youtube"]},
        "it does not say youtube: video-tracker: 9 callbacks, 1 session, 4 messages",
    ),
]


@pytest.mark.parametrize("expected", HOLDS, ids=str)
def test_what_is_as_expected_has_no_fault(expected: dict[str, Any]) -> None:
    assert faults(**expected) == []


@pytest.mark.parametrize(("expected", "fault"), FAILS, ids=str)
def test_what_is_not_as_expected_is_told_in_a_sentence(
    expected: dict[str, Any], fault: str
) -> None:
    assert faults(**expected) == [fault]


def test_all_faults_are_told() -> None:
    assert len(faults(sessions=3, counts={"Ad Started": 1}, ended=[])) == 3


def test_an_earlier_date_after_a_later_one_is_disorder_within_a_session_only() -> None:
    back = message("Content Playing", 0.5, position=9)
    mixed = attrs.evolve(OUTCOME, messages=[*OUTCOME.messages, back])
    other = {**back, "properties": {"session_id": "s2"}}
    apart = attrs.evolve(OUTCOME, messages=[*OUTCOME.messages, other])

    assert faults(mixed, ordered=True) == [
        "Content Playing@0.50 9 comes after Playback Exited@31.00 30"
    ]
    assert faults(mixed) == []
    assert faults(apart, ordered=True) == []
    assert faults(apart, sessions=1) == ["2 sessions instead of 1"]


def test_a_status_that_was_not_expected_is_the_only_fault() -> None:
    refused = Outcome(2, "video-tracker: error: no plan")

    assert faults(refused, sessions=1) == ["status 2 instead of 0: video-tracker: error: no plan"]
    assert faults(refused, exit=2, says=["NO PLAN"]) == []
    assert faults(exit=2) == [f"status 0 instead of 2: {OUTCOME.says}"]


def test_a_log_whose_first_line_has_a_wall_time_begins_there() -> None:
    case = Case(
        what="w",
        why="S0",
        kind="k",
        log=[{"wall": "2027-01-15T08:00:01Z"}],
        expect=Expectation(contains=[("Content Started", {"at": 0})]),
    )

    assert judge(case, OUTCOME) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_case_says_what_it_is_and_asks_for_something(name: str) -> None:
    case = read_case(name)

    assert case.player in ("signals", *player_names())
    assert name.startswith(f"{case.kind}-")
    assert "S" in case.why
    assert case.log
    assert case.expect != Expectation()
    assert all(line["signal" if case.player == "signals" else "event"] for line in case.log)


@pytest.mark.parametrize("key", ["absnt", "event", "count"])
def test_a_key_that_nobody_judges_is_refused(key: str) -> None:
    given = json.loads(FILES[NAMES[0]].read_text(encoding="utf-8"))

    with pytest.raises(TypeError):
        case_from_json({**given, "expect": {**given["expect"], key: []}})
    with pytest.raises(TypeError):
        case_from_json({**given, key: []})


LOG: list[Mapping[str, Any]] = [
    START,
    {"signal": "playing", "at": T0, "session_id": "s1", "position": 0.0},
    {"signal": "progress", "at": T0 + 1, "session_id": "s1", "position": 1.0},
    {"signal": "progress", "at": T0 + 2, "session_id": "s1", "position": 2.0},
    {"signal": "exit", "at": T0 + 2.5, "session_id": "s1", "position": 2.5},
]


def told(folder: Path, log: list[Mapping[str, Any]] = LOG, **parts: Any) -> Outcome:
    case = Case(what="w", why="S0", kind="k", log=log, expect=Expectation(), **parts)
    return replay(case, folder)


def events(outcome: Outcome) -> list[str]:
    return [message["event"].removeprefix("Video ") for message in outcome.messages]


def test_a_replay_gives_messages_and_figures_as_the_command_line_does(tmp_path: Path) -> None:
    outcome = told(tmp_path)

    assert outcome.status == 0
    assert events(outcome) == ["Playback Started", "Content Started", "Playback Exited"]
    assert {message["userId"] for message in outcome.messages} == {"viewer-1"}
    assert [summary["ended"] for summary in outcome.summaries] == ["exited"]
    assert "5 callbacks, 1 session, 3 messages" in outcome.says


def test_the_plan_the_settings_and_the_profile_reach_the_replay(tmp_path: Path) -> None:
    plan = {
        "contents": [{"asset_id": "film", "duration": 60}],
        "framerate": 23.976,
        "settings": {"heartbeat": 100},
    }
    plain, other = tmp_path / "plain", tmp_path / "other"
    plain.mkdir()
    other.mkdir()
    usual = told(plain, plan=plan)
    changed = told(other, plan=plan, set={"heartbeat": 1, "ids": "both"}, profile="segment")

    assert usual.messages[1]["properties"]["asset_id"] == "film"
    assert isinstance(usual.messages[0]["properties"]["framerate"], int)
    assert changed.messages[0]["properties"]["framerate"] == 23.976
    assert events(usual).count("Content Playing") == 0
    assert events(changed).count("Content Playing") == 2


def test_what_cannot_be_replayed_gives_its_status_and_its_words(tmp_path: Path) -> None:
    unread = told(tmp_path, [START, {"signal": "plya", "at": T0 + 1}])
    refused = told(tmp_path, player="nobody")

    assert (unread.status, events(unread)[0]) == (2, "Playback Started")
    assert "did you mean 'play'?" in unread.says
    assert refused.status == 2
    assert "nobody" in refused.says
