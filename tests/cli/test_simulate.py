"""``video-tracker simulate``: a scenario in, what a player would say of it out."""

import json
from pathlib import Path

import pytest

from tests.cli.harness import Runner
from video_tracker.testing import Scenario, simulate, write_scenario
from video_tracker.trace import read_trace

FILM = Scenario(60.0).ads("pre", [5]).play().watch(9).pause(3).watch_to_end()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    write_scenario(FILM, tmp_path / "film.yaml")
    return tmp_path / "film.yaml"


def test_callbacks_are_written_and_replayed_to_the_truth(
    run: Runner, film: Path, tmp_path: Path
) -> None:
    log, summary = tmp_path / "log.jsonl", tmp_path / "summary.json"

    done = run("simulate", film, "--player", "ima", "-o", log)
    again = run("replay", log, "--user-id", "u", "--summary", summary)

    assert (done.status, again.status) == (0, 0)
    (told,) = json.loads(summary.read_text())
    assert (told["ads_completed"], told["pauses"], told["ended"]) == (1, 1, "completed")
    assert abs(told["content_played"] - 60.0) < 0.3
    assert "content_played 60.0, ad_played 5.0, paused 3.0" in done.errors


def test_signals_are_the_library_s_own_log(run: Runner, film: Path) -> None:
    own = run("simulate", film, "--player", "html5", "--out", "signals")

    names = [json.loads(line)["signal"] for line in own.output.splitlines()]
    assert {"load", "play", "ad_start", "ad_end", "pause", "content_end"} <= set(names)


def test_messages_are_those_of_the_simulation(run: Runner, film: Path) -> None:
    done = run("simulate", film, "--out", "messages", "--profile", "segment")

    names = [json.loads(line)["event"] for line in done.output.splitlines()]
    assert names == [event.name for event in simulate(FILM).events()]


def test_faults_are_seeded_and_told(run: Runner, film: Path) -> None:
    words = ("simulate", film, "--player", "html5", "--faults", "drop=0.1", "--seed", "3")
    whole = list(read_trace(run("simulate", film, "--player", "html5").output.splitlines()))

    done, again = run(*words), run(*words)

    left = list(read_trace(done.output.splitlines()))
    assert done.output == again.output
    assert 0 < len(whole) - len(left) == done.errors.count("fault ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope.yaml",), "nope.yaml: No such file"),
        (("film", "--player", "hls"), "no 'hls'"),
        (("film", "--faults", "drap=1"), "there is no fault 'drap'; did you mean 'drop'?"),
        (("film", "--poll", "0"), "must be seconds, more than zero"),
        (("film", "--jitter", "2"), "jitter below 1"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Runner, film: Path, words: tuple[str, ...], said: str
) -> None:
    done = run("simulate", film if words[0] == "film" else words[0], *words[1:])

    assert done.status == 2
    assert said in done.errors


def test_a_wrong_step_is_told_with_its_line(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("steps:\n- play\n- wach: 3\n")
    (tmp_path / "b.json").write_text('{"steps": ["play", "skip"]}')

    assert "a.yaml, line 3, step 2: unknown step 'wach'; did you mean 'watch'?" in (
        run("simulate", tmp_path / "a.yaml").errors
    )
    assert "b.json: step 2, skip(): no ad was entered" in (
        run("simulate", tmp_path / "b.json").errors
    )
