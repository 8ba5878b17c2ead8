"""The report over a directory: what it counts is what was watched."""

import json
import re
from pathlib import Path

import pytest

from video_tracker import Content, SessionPlan, plan_to_json
from video_tracker.testing import Scenario, simulate

for needed in ("rich", "vl_convert"):
    pytest.importorskip(needed, reason=f"{needed} is not installed: pip install '.[examples]'")

from recipes import watch_report

FILM = Scenario(60, name="film").ads("pre", [5])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three viewings: 0 to 60, 0 to 20 twice over, and 0 to 10 and 40 to 50."""
    viewings = {
        "one.jsonl": (FILM.play().watch_to_end(), "html5"),
        "two.jsonl": (FILM.play().watch(20).seek(0).watch(20).exit(), "signals"),
        "three.jsonl": (FILM.play().watch(10).seek(40).watch(10).exit(), "hlsjs"),
    }
    for name, (scenario, player) in viewings.items():
        simulate(scenario, player).write(tmp_path / name)
    plan = SessionPlan(user_id="viewer", contents=[Content(asset_id="film", duration=60)])
    (tmp_path / "plan.json").write_text(json.dumps(plan_to_json(plan)))
    return tmp_path


def test_each_second_is_counted_once_for_each_session_that_watched_it(folder: Path) -> None:
    seconds = watch_report.watched_by(watch_report.summaries_of(folder), "film")

    assert seconds == [3] * 10 + [2] * 10 + [1] * 20 + [2] * 10 + [1] * 10


def test_the_figures_are_those_of_all_sessions(folder: Path) -> None:
    whole = watch_report.merged(watch_report.summaries_of(folder))

    assert sorted(whole.session_ids) == ["one", "three", "two"]
    assert float(whole.buckets["content_played"]) == pytest.approx(60 + 40 + 20, abs=0.5)
    assert (whole.counts["ads_started"], whole.counts["ads_completed"]) == (3, 3)
    assert (whole.counts["seeks"], whole.counts["rebuffers"]) == (2, 0)


def test_the_table_has_a_row_for_each_end_and_one_for_all(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    watch_report.main([str(folder)])
    rows = [re.findall(r"[^│┃]+", line) for line in capsys.readouterr().out.splitlines()]
    cells = [[cell.strip() for cell in row] for row in rows if len(row) == 6]

    assert cells == [
        ["ended", "sessions", "watched", "stalled", "stalls", "ads completed"],
        ["completed", "1", "1.0 min", "0.0%", "0", "1 of 1"],
        ["exited", "2", "1.0 min", "0.0%", "0", "2 of 2"],
        ["all", "3", "2.0 min", "0.0%", "0", "3 of 3"],
    ]


@pytest.mark.parametrize("kind", ["svg", "png", "html"])
def test_the_picture_is_of_the_kind_that_its_name_says(folder: Path, kind: str) -> None:
    picture = folder / f"film.{kind}"
    watch_report.main([str(folder), "-o", str(picture)])

    begins = {"svg": b"<svg", "png": b"\x89PNG", "html": b"<!DOCTYPE html>"}
    assert picture.read_bytes().lstrip().lower().startswith(begins[kind].lower())
    if kind == "svg":
        drawn = picture.read_text()
        colours = re.findall(r'aria-roledescription="rect mark"[^>]*fill="([^"]+)"', drawn)
        assert len(set(colours)) == 3, "one colour for 1, 2 and 3 sessions each"
        assert "3 sessions" in drawn


def test_what_cannot_be_reported_is_said_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="there is no session in it"):
        watch_report.main([str(tmp_path / "empty")])
    with pytest.raises(SystemExit, match="nobody watched series; watched were: film"):
        watch_report.main([str(folder), "--film", "series"])
    with pytest.raises(SystemExit, match=r"a picture is \.svg, \.png or \.html"):
        watch_report.main([str(folder), "-o", str(folder / "film.gif")])


def test_without_a_directory_it_shows_a_film_that_was_simulated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    watch_report.main([])

    assert "60 sessions" in capsys.readouterr().out
