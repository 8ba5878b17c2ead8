"""Tests of a user's own: the plugin's fixtures and the expectations, with their types."""

from typing import Any, assert_type

import pytest

from video_tracker import Event, MemoryTransport, Summary, Tracker
from video_tracker.testing import (
    PlayScenario,
    Scenario,
    Simulation,
    Viewing,
    assert_events,
    assert_summary,
    assert_transcript,
    check_stream,
    simulate,
)
from video_tracker.testing.clock import ManualClock


def test_a_scenario_is_played_through_the_tracker(
    scenario: Scenario, play_scenario: PlayScenario
) -> None:
    story = assert_type(scenario.play().watch(12).pause(5).watch_to_end(), Scenario)
    viewing = assert_type(play_scenario(story), Viewing)

    assert_events(viewing.events, ["Playback Started", ..., "Playback Completed"])
    assert assert_type(viewing.summary, Summary).counts["pauses"] == 1


@pytest.mark.video_tracker(profile="segment")
def test_the_tracker_is_driven_by_hand(
    tracker: Tracker, virtual_clock: ManualClock, memory_transport: MemoryTransport
) -> None:
    player = tracker.adapt("s1", "html5")
    player.callback("play", {"currentTime": 0})
    virtual_clock.advance(0.5)
    player.callback("playing", {"currentTime": 0})
    tracker.flush()

    assert memory_transport.events == ["Video Playback Started", "Video Content Started"]
    assert assert_type(memory_transport.messages, list[dict[str, Any]])[0]["type"] == "track"


def test_a_simulation_has_events_figures_and_the_truth() -> None:
    simulation = assert_type(simulate(Scenario().play().watch(3).exit(), "hlsjs"), Simulation)
    events = assert_type(simulation.events(), tuple[Event, ...])

    check_stream(events)
    assert_summary(simulation.summary(), within=0.5, content_played=3)
    assert_transcript(events, "Playback Started\nContent Started\nPlayback Exited")
