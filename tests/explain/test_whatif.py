"""What another plan or other settings would change of the same log."""

import json
from pathlib import Path

import attrs

from tests.explain.asking import ask, polled, told
from video_tracker import SessionPlan
from video_tracker.explain import what_if
from video_tracker.plan import Ad, AdBreak, Content, Settings
from video_tracker.signal_log import read_signals
from video_tracker.signals import Signal

FILM = [
    told("load", 0, duration=20),
    told("play", 0, position=0.0),
    told("playing", 0, position=0.0),
    *polled(0, 12, 0),
    told("buffer_start", 12, position=12.0),
    told("buffer_end", 12.5, position=12.0),
    *polled(12.5, 20.5, 12),
    told("content_end", 20.5, position=20.0),
    told("end", 20.5),
]
PLAN = SessionPlan(user_id="u1", contents=[Content(asset_id="film", duration=20)])


def signals() -> list[Signal]:
    lines = (json.dumps(line) for line in FILM)
    return [signal for _, signal in read_signals(lines)]


def names(explanations: object) -> list[str]:
    assert isinstance(explanations, tuple)
    return [a.event.name.removeprefix("Video ") for e in explanations for a in e.events]


def test_the_same_plan_changes_nothing() -> None:
    difference = what_if(signals(), PLAN, PLAN)

    assert difference.same
    assert difference.text() == "Nothing changes: 7 events, and every figure, are the same."


def test_another_heartbeat_shows_the_events_that_it_brings() -> None:
    other = attrs.evolve(PLAN, settings=Settings(heartbeat=4))
    difference = what_if(signals(), PLAN, other)

    assert not difference.same
    # 20 s of playing: a beat at 10 s (at 20 s the content is over), or at 4, 8, 12 and 16 s
    assert names(difference.before).count("Content Playing") == 1
    assert names(difference.after).count("Content Playing") == 4
    assert difference.figures == ({"heartbeats": (1, 4)},)


def test_a_longer_min_buffer_takes_the_stall_out_of_the_events_and_not_out_of_the_ledger() -> None:
    """S32."""
    other = attrs.evolve(PLAN, settings=Settings(min_buffer=1))
    difference = what_if(signals(), PLAN, other)

    lost = [name for name in names(difference.before) if name not in names(difference.after)]
    assert lost == ["Playback Buffer Started", "Playback Buffer Completed"]
    assert difference.figures == ({"rebuffers": (1, 0), "diagnostics": ({}, {"short_buffer": 1})},)


def test_a_plan_with_ads_changes_what_playback_started_names_and_the_length() -> None:
    other = attrs.evolve(PLAN, ad_breaks=(AdBreak(at=10, ads=(Ad(asset_id="boots", duration=5),)),))
    lines = what_if(signals(), PLAN, other).text().splitlines()

    assert lines[0] == "Session session-1"
    assert lines[1].split() == ["as", "it", "is", "what", "if"]
    assert "0/20" in lines[2]
    assert "0/25  planned=boots" in lines[2]


def test_the_command_compares_a_log_with_itself_under_a_setting(tmp_path: Path) -> None:
    said = ask(tmp_path, FILM, "--heartbeat", "4", "--all", command="whatif").splitlines()

    beats = [line.count("Content Playing") for line in said]
    assert sum(beats) == 1 + 4
    assert said[-2:] == ["Figures that differ", "  heartbeats  1 -> 4"]


def test_figures_that_differ_are_written_as_explain_writes_them(tmp_path: Path) -> None:
    said = ask(tmp_path, FILM, "--set", "min_buffer=2", command="whatif").splitlines()

    assert said[said.index("Figures that differ") + 1 :] == [
        "  rebuffers    1 -> 0",
        "  diagnostics  none -> short_buffer 1",
    ]


def test_the_command_puts_a_setting_over_those_of_the_base(tmp_path: Path) -> None:
    options = ("--base-set", "heartbeat=4", "--set", "completion_wait=5")
    said = ask(tmp_path, FILM, *options, command="whatif")

    assert said == "Nothing changes: 10 events, and every figure, are the same.\n"
