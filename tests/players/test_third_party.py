"""A player from another package: the one that the documentation shows, installed as it says."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from video_tracker.adapter_state import adapter_snapshot, restore_adapter
from video_tracker.players import registry
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.testing import check_adapter

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "own-adapter.md").read_text("utf-8")


def block(language: str) -> str:
    """The page's first block in a language."""
    match = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert match is not None
    return match[1]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site folder with the page's module and a distribution that offers it."""
    (tmp_path / "our_players.py").write_text(block("python"), "utf-8")
    points = tomllib.loads(block("toml"))["project"]["entry-points"]
    about = tmp_path / "our_players-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: our-players\nVersion: 1.0\n")
    rows = "\n".join(f"{name} = {value}" for name, value in points[registry.ENTRY_POINTS].items())
    (about / "entry_points.txt").write_text(f"[{registry.ENTRY_POINTS}]\n{rows}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "our_players", raising=False)
    return tmp_path


@pytest.mark.usefixtures("installed")
def test_another_package_s_adapter_is_found_by_its_name_and_sound() -> None:
    adapter = find_adapter("wistia")

    assert issubclass(adapter, Adapter)
    assert adapter.__module__ == "our_players"
    assert "wistia" in player_names()
    assert check_adapter(adapter) == []


@pytest.mark.usefixtures("installed")
def test_another_package_s_adapter_is_written_down_and_found_again_by_its_name() -> None:
    """It needs no line of code for that, and what it holds back is told by the other one (S31)."""
    adapter = find_adapter("wistia")()
    for at, event in enumerate(("play", "timechange", "timechange"), start=1_795_432_200):
        adapter.translate(Callback(at, "wistia", event, {"time": at % 10, "duration": 60}))

    again = restore_adapter(json.loads(json.dumps(adapter_snapshot(adapter))))

    pause = Callback(1_795_432_203, "wistia", "pause", {"time": 3})
    told = adapter.translate(pause)
    assert told
    assert (type(again), again.translate(pause)) == (type(adapter), told)


@pytest.mark.parametrize("arguments", [["--player", "wistia"], []], ids=["named", "by its channel"])
def test_the_command_line_replays_its_logs(installed: Path, arguments: list[str]) -> None:
    log = installed / "log.jsonl"
    moves = [("play", 0), ("timechange", 1), ("timechange", 2), ("end", 2)]
    log.write_text(
        "".join(
            json.dumps(
                {"t": place * 1000, "player": "wistia", "event": event, "state": {"time": at}}
            )
            + "\n"
            for place, (event, at) in enumerate(moves)
        )
    )
    done = subprocess.run(
        [sys.executable, "-m", "video_tracker", "replay", log, "--user-id", "u1", *arguments],
        env={**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert [json.loads(line)["event"] for line in done.stdout.splitlines()] == [
        "Video Playback Started",
        "Video Content Started",
        "Video Content Completed",
        "Video Playback Completed",
    ]
