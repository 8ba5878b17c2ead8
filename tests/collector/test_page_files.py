"""What is served to pages: small, complete, and from nowhere else."""

import asyncio
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import collector
from tests.collector.service import Service, running
from video_tracker.players.base import Mapped
from video_tracker.players.registry import find_adapter

HERE = Path(collector.__file__).parent
BEACONS = (HERE / "static" / "beacons.js").read_text("utf-8")


def said(name: str) -> set[str]:
    """The words of one of the script's lists."""
    found = re.search(rf"const {name} = words\((.*?)\)", BEACONS, re.DOTALL)
    assert found is not None
    return set("".join(re.findall(r'"([^"]*)"', found[1])).split())


def mapped(player: str, channel: str) -> set[str]:
    """The callbacks of a channel that a player's adapter uses."""
    vocabulary = find_adapter(player).vocabulary
    return {
        event
        for (source, event), entry in vocabulary.items()
        if source == channel and isinstance(entry, Mapped)
    }


def test_the_script_is_less_than_six_kilobytes_as_served() -> None:
    async def run(service: Service) -> int:
        answer = await service.call("GET", "/static/beacons.js")
        assert answer.status == 200
        assert "javascript" in answer.headers["content-type"]
        return len(answer.body)

    async def served() -> int:
        async with running() as service:
            return await run(service)

    assert asyncio.run(served()) < 6 * 1024


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_script_keeps_its_promises_when_things_go_wrong(tmp_path: Path) -> None:
    script = tmp_path / "beacons.mjs"
    script.write_text(BEACONS, "utf-8")
    test = Path(__file__).parent / "beacons_test.mjs"
    done = subprocess.run(
        ["node", str(test), str(script)], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout == "16 promises\n"


MARKERS = {"metadata:cuechange"}
"""Date ranges of stitched streams: their pages tell them with `say`."""


def test_the_script_says_all_that_the_html5_adapter_uses() -> None:
    assert mapped("html5", "html5") - said("MEDIA") == MARKERS
    assert said("MEDIA") <= mapped("html5", "html5")


def test_the_script_says_what_the_hlsjs_adapter_uses() -> None:
    # When a live segment was made: for `live_position` "epoch" alone (S8). The schedule tells of an
    # ad that was joined: a page hears hls.js from its start.
    schedule = {"INTERSTITIALS_UPDATED", "INTERSTITIALS_BUFFERED_TO_BOUNDARY"}
    assert mapped("hlsjs", "hlsjs") - said("HLS") == MARKERS | schedule | {"FRAG_CHANGED"}
    assert said("HLS") <= mapped("hlsjs", "hlsjs")


def test_the_script_says_what_the_videojs_adapter_uses() -> None:
    prefixed = {prefix + name for prefix in ("", "ad", "content") for name in said("MEDIA")}
    unsaid = mapped("videojs", "videojs") - said("VIDEOJS") - prefixed
    # Those come from other objects than the player.
    other = {"qualitylevels:change", "vhs:mediachange", "segment-metadata:cuechange"}
    # These tell nothing of an ad in the content's element that its media events do not.
    quartiles = {"ads-first-quartile", "ads-midpoint", "ads-third-quartile"}
    assert unsaid <= other | quartiles | MARKERS, unsaid


def test_the_example_asks_nobody_else_for_anything() -> None:
    for file in [*(HERE / "static").iterdir(), *HERE.glob("*.json")]:
        text = file.read_text("utf-8")
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]{2,}", text), file.name


def test_the_clips_are_small() -> None:
    clips = [*(HERE / "media").rglob("*.mp4")]
    assert len(clips) == 10
    assert sum(clip.stat().st_size for clip in clips) < 600_000
