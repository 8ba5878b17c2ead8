"""The examples that need nothing beside the library say what is true."""

import asyncio
import json
import subprocess
import sys

import async_app
import crash_and_recovery
import custom_adapter
import pytest
import quickstart

from tests.examples.servers import ROOT
from tests.test_docs import EXAMPLES
from video_tracker.testing import check_adapter
from video_tracker.trace import read_trace


def test_the_quickstart_prints_one_line_for_each_event(capsys: pytest.CaptureFixture[str]) -> None:
    quickstart.main()

    assert [line.split()[1:] for line in capsys.readouterr().out.splitlines()] == [
        ["s1", "Video", "Playback", "Started", "0"],
        ["s1", "Video", "Content", "Started", "0", "content-1", "asset-1"],
        ["s1", "Video", "Playback", "Paused", "7", "content-1", "asset-1"],
        ["s1", "Video", "Playback", "Exited", "7", "content-1", "asset-1"],
    ]


def test_each_viewer_of_the_async_app_has_a_session(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(async_app.main())

    assert capsys.readouterr().out.splitlines() == [
        "3 Video Playback Started",
        "3 Video Content Started",
        "3 Video Playback Paused",
        "3 Video Playback Exited",
        "['viewer-0', 'viewer-1', 'viewer-2']",
    ]


def test_the_set_top_box_tells_what_was_seen() -> None:
    with custom_adapter.LOG.open("rb") as lines:
        events, ignored = custom_adapter.events_of(read_trace(lines))
    said = [(event.name.removeprefix("Video "), event.position) for event in events]
    beats = {"Content Playing", "Ad Playing"}

    # What the log says: 8.4 s of content, 6 s of an ad, to 12.9 s, a seek to 30 s, a stall at
    # 33.5 s, and to the end at 40 s. Positions are whole seconds (S3), those of playback events
    # stand on the stitched timeline (S1).
    assert [each for each in said if each[0] not in beats] == [
        ("Playback Started", 0),
        ("Content Started", 0),
        ("Content Completed", 8),
        ("Ad Started", 0),
        ("Ad Completed", 6),
        ("Content Started", 8),
        ("Playback Paused", 12 + 6),
        ("Playback Seek Started", 12 + 6),
        ("Playback Seek Completed", 30 + 6),
        ("Playback Resumed", 30 + 6),
        ("Playback Buffer Started", 33 + 6),
        ("Playback Buffer Completed", 33 + 6),
        ("Content Completed", 40),
        ("Playback Completed", 40 + 6),
    ]
    assert ignored == {"remote: a key, whether or not the player heeds it": 3}


@pytest.mark.parametrize("seed", range(4))
def test_the_set_top_box_holds_what_sessions_rely_on(seed: int) -> None:
    logs = [str(custom_adapter.LOG)]

    assert check_adapter(custom_adapter.SetTopAdapter, seed=seed, logs=logs) == []


@pytest.mark.crash
def test_a_killed_worker_loses_nothing_and_each_id_is_kept_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    assert crash_and_recovery.main() == 0
    first, second, missing, again = capsys.readouterr().out.splitlines()
    arrived = int(first.split(", ")[1].split()[0])
    told = json.loads(second.removeprefix("the second one said "))
    accepted = int(missing.split()[0])

    assert first.startswith("the first worker ended with -9")
    assert (told["pending"], told["lost"]) == (0, 0)
    assert arrived < accepted
    assert missing == f"{accepted} events were accepted, 0 of them are missing"
    # What is beyond that came twice, or was on the disk when the worker could not say so any more.
    twice = int(again.split()[0])
    assert 0 <= arrived + told["adopted"] - accepted - twice <= 1


def test_the_bare_examples_import_nothing_but_the_library() -> None:
    """They are run from the wheel's environment, where nothing else is."""
    extras = "celery django fastapi nats redis rich rq starlette vl_convert websockets"
    code = (
        "import sys, runpy\n"
        f"sys.modules |= dict.fromkeys({extras!r}.split())\n"
        "runpy.run_path(sys.argv[1], run_name='imported')\n"
    )
    for example in EXAMPLES:
        subprocess.run([sys.executable, "-c", code, str(example)], check=True, cwd=ROOT)
