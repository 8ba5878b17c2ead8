"""``video-tracker schema``: the schemas, printed and written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.harness import Runner
from video_tracker.events import EVENTS
from video_tracker.wire import json_schema


def test_one_schema_is_one_json_document(run: Runner) -> None:
    done = run("schema", "--event", "Video Ad Started", "--profile", "segment")

    assert done.status == 0
    assert json.loads(done.output) == json_schema("Video Ad Started", "segment")


def test_all_schemas_follow_each_other(run: Runner) -> None:
    done = run("schema")

    expected = [json.dumps(json_schema(event), indent=2) + "\n" for event in EVENTS]
    assert done.output.decode() == "".join(expected)


def test_a_folder_gets_a_file_for_each_event(run: Runner, tmp_path: Path) -> None:
    done = run("schema", "--profile", "rudderstack", "-o", tmp_path / "made" / "here")

    assert (done.status, done.output) == (0, b"")
    written = sorted((tmp_path / "made" / "here").iterdir())
    assert len(written) == len(EVENTS)
    assert written[0].name == "video-ad-clicked.json"
    assert json.loads(written[0].read_bytes()) == json_schema("Video Ad Clicked", "rudderstack")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--event", "Video Paused"), "no event 'Video Paused'"),
        (("--profile", "adobe"), "no 'adobe'"),
        (("-o", "taken"), "taken"),
        (("-o", "a\0b"), "cannot be written"),
    ],
)
def test_what_cannot_be_used_is_said(
    run: Runner, tmp_path: Path, words: tuple[str, str], said: str
) -> None:
    (tmp_path / "taken").write_text("a file")
    done = run("schema", *words)

    assert done.status == 2
    assert said in done.account


def test_help_loads_no_wire() -> None:
    """The program answers at once while nothing is to be done."""
    script = (
        "import sys\n"
        "from video_tracker.cli.main import parser\n"
        "parser('').format_help()\n"
        "print([name for name in sys.modules if name.startswith('video_tracker.wire')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert done.stdout.decode().strip() == "[]"
