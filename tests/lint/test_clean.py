"""What this library sends itself gives no finding, in each profile: recordings, the example."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.recordings.replaying import HERE, RECORDINGS, read_expected
from video_tracker.cli.main import main
from video_tracker.linting import lint
from video_tracker.plan_json import plan_from_json
from video_tracker.players.registry import adapter_for_channels, find_adapter
from video_tracker.session import Playback, Session
from video_tracker.trace import read_trace
from video_tracker.wire import PROFILES, Encoder

EXAMPLES = Path(__file__).parents[2] / "examples" / "recordings"
NOTHING_PLAYED = ("15a-404", "15d-not-video")
PLAYED = tuple(name for name in RECORDINGS if not name.startswith(NOTHING_PLAYED))


def replayed(name: str, profile: str) -> list[dict[str, Any]]:
    """The messages of a recording."""
    log = name.partition("+")[0]
    with gzip.open(HERE / "data" / f"{log}.jsonl.gz") as file:
        callbacks = list(read_trace(file))
    adapter = find_adapter(adapter_for_channels({each.player for each in callbacks}))()
    settings = {"user_id": "u1", "settings": dict(adapter.settings)}
    plan = read_expected(name).plan or plan_from_json(settings)
    playback, encoder = Playback(Session(name, plan)), Encoder(profile)
    said = [
        each
        for callback in callbacks
        for signal in adapter.translate(callback)
        for each in playback.receive(signal)
    ]
    for signal in adapter.flush(callbacks[-1].at):
        said += playback.receive(signal)
    said += playback.finish()
    return [encoder.message(event, envelope) for envelope, event in said]


@pytest.mark.parametrize("name", PLAYED)
def test_the_messages_of_a_recording_give_no_finding(name: str) -> None:
    """Ads, seeks, stalls, pauses, livestreams, loops, playlists of real players."""
    for profile in PROFILES if RECORDINGS.index(name) % 10 == 0 else ("customerio",):
        messages = replayed(name, profile)
        report = lint(messages, profile=profile)

        assert [(each.rule, each.line, each.message) for each in report.findings] == []
        assert report.messages == len(messages) > 0


@pytest.mark.parametrize("profile", PROFILES)
def test_the_messages_of_the_example_give_no_finding(profile: str, tmp_path: Path) -> None:
    trace, sent = EXAMPLES / "preroll-midroll-postroll.jsonl", tmp_path / "sent.jsonl"
    arguments = ["replay", str(trace), "--user-id", "u1", "--profile", profile, "-o", str(sent)]

    assert main(arguments) == 0
    assert lint(sent, profile=profile).clean
    assert lint(sent).clean


@pytest.mark.parametrize(("sent", "judged"), [("segment", "customerio"), ("customerio", "segment")])
def test_another_profile_than_its_own_is_noticed(sent: str, judged: str, tmp_path: Path) -> None:
    """Planned ads are lists in one and a string in the other (S52)."""
    plan = tmp_path / "plan.json"
    ads = [{"at": "start", "ads": [{"asset_id": "one", "duration": 5}]}]
    plan.write_text(json.dumps({"user_id": "u1", "ad_breaks": ads}))
    log, output = EXAMPLES / "preroll-midroll-postroll.jsonl", tmp_path / "sent.jsonl"
    main(["replay", str(log), "--plan", str(plan), "--profile", sent, "-o", str(output)])

    assert lint(output, profile=sent).clean
    assert set(lint(output, profile=judged).counts) == {"VT204"}
    assert lint(output).clean
