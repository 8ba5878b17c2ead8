"""``--json``: what a command tells people, as data on standard output."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.harness import SHORT, SHORT_EVENTS, Runner, jsonl
from tests.cli.wrong_files import write_files
from video_tracker.charts import CHARTS, diagram
from video_tracker.events import EVENTS
from video_tracker.linting import RULES
from video_tracker.testing import Scenario, simulate, write_scenario
from video_tracker.wire import json_schema


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    write_files(tmp_path)
    write_scenario(Scenario(20.0).play().watch_to_end(), tmp_path / "film.json")


@pytest.fixture
def data(run: Runner) -> Any:
    def data(*words: str, status: int = 0) -> Any:
        done = run(*words, "--json")
        assert done.status == status
        return json.loads(done.output)

    return data


def test_replay_writes_the_messages_a_line_each(run: Runner) -> None:
    done = run("replay", "signals.jsonl", "--user-id", "u1", "--json")

    assert done.events == SHORT_EVENTS


def test_explain_gives_a_list_of_sessions(data: Any) -> None:
    (session,) = data("explain", "signals.jsonl")

    assert [event["event"] for event in session["events"]] == [f"Video {n}" for n in SHORT_EVENTS]


def test_whatif_gives_what_differs_of_each_session(data: Any) -> None:
    (plain,) = data("whatif", "signals.jsonl", "--heartbeat", "1")
    (same,) = data("whatif", "signals.jsonl", "--heartbeat", "9")
    (whole,) = data("whatif", "signals.jsonl", "--heartbeat", "1", "--all")

    assert plain["session_id"] == "signals-1795432200000"
    alone = [pair["after"]["event"] for pair in plain["events"] if pair["before"] is None]
    assert set(alone) == {"Video Content Playing"}
    assert plain["figures"] == {"heartbeats": [0, len(alone)]}
    assert (same["events"], same["figures"]) == ([], {})
    equal = [pair["before"]["event"] for pair in whole["events"] if pair["before"] is not None]
    assert equal == [f"Video {name}" for name in SHORT_EVENTS]


def test_whatif_names_the_columns_in_which_a_pair_differs(data: Any) -> None:
    Path("short.json").write_text(json.dumps({"contents": [{"asset_id": "film", "duration": 3}]}))
    (session,) = data("whatif", "signals.jsonl", "--plan", "short.json")

    started = session["events"][0]
    assert (started["before"]["number"], started["after"]["number"]) == (2, 2)
    assert started["differing"] == ["ids"]


def test_timeline_gives_what_is_drawn(data: Any) -> None:
    (drawn,) = data("timeline", "signals.jsonl")

    assert drawn["session_id"] == "signals-1795432200000"


def test_lint_gives_its_report_and_its_rules(data: Any, run: Runner) -> None:
    report = data("lint", "messages.jsonl", status=run("lint", "messages.jsonl").status)
    rules = data("lint", "--rules")

    assert report["kind"] == "messages"
    assert [rule["id"] for rule in rules] == list(RULES)
    assert set(rules[0]) == {"id", "severity", "finds", "why", "do", "source"}
    as_format = run("lint", "messages.jsonl", "--format", "json").output
    assert json.loads(as_format) == report


def test_simulate_gives_the_truth_and_its_lines(data: Any, run: Runner) -> None:
    told = data("simulate", "film.json", "--player", "html5", "--faults", "drop=0.1", "--seed", "3")
    filed = data("simulate", "film.json", "-o", "log.jsonl")

    assert told["player"] == "html5"
    assert told["truth"]["content_played"] == 20.0
    plain = run("simulate", "film.json", "--player", "html5", "--faults", "drop=0.1", "--seed", "3")
    assert told["lines"] == [json.loads(line) for line in plain.output.splitlines()]
    assert [f"fault    {each}" for each in told["faults"]] == plain.errors.splitlines()[:-2]
    assert filed == {
        "player": "signals",
        "truth": told["truth"],
        "faults": [],
    }
    own = simulate(Scenario(20.0).play().watch_to_end())
    assert Path("log.jsonl").read_text().splitlines() == list(own.lines())


def test_schema_gives_an_object_of_all(data: Any) -> None:
    assert data("schema") == {event: json_schema(event) for event in EVENTS}
    assert list(data("schema", "--event", "Video Ad Started")) == ["Video Ad Started"]
    files = data("schema", "-o", "made")
    assert list(files) == list(EVENTS)
    assert json.loads(Path(files["Video Ad Started"]).read_text()) == json_schema(
        "Video Ad Started"
    )


def test_diagram_gives_an_object_of_charts(data: Any) -> None:
    assert data("diagram") == {name: diagram(name) for name in CHARTS}
    assert data("diagram", "where") == {"where": diagram("where")}


def test_send_gives_its_account(data: Any) -> None:
    told = data("send", "messages.jsonl", "--dry-run")

    assert told.pop("bytes") > 100
    assert told == {
        "delivered": 1,
        "requests": 1,
        "dead": {},
        "dropped": {},
        "left": 0,
        "dry_run": True,
        "trouble": None,
        "dead_letters": [],
    }


def test_what_is_wrong_stays_text_on_standard_error(run: Runner) -> None:
    for command in ("replay", "explain", "lint", "simulate", "send"):
        done = run(command, "missing.jsonl", "--json")

        assert (done.status, done.output) == (2, b"")


def test_a_scenario_is_read_from_standard_input_as_json_and_as_yaml(run: Runner) -> None:
    text = Path("film.json").read_bytes()
    yaml = b"length: 20.0\nsteps: [play, watch_to_end]\n"

    from_file = run("simulate", "film.json").output
    assert run("simulate", "-", stdin=text).output == from_file
    assert run("simulate", "-", stdin=yaml).output == from_file


def test_a_plan_is_read_from_standard_input(run: Runner) -> None:
    log = Path("signals.jsonl")
    log.write_bytes(jsonl(*SHORT))

    done = run("replay", log, "--plan", "-", stdin=b'{"user_id": "ann"}')

    assert {message["userId"] for message in done.messages} == {"ann"}
