"""The strategies give what they promise, and the simulated viewer counts right."""

import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.signals import SIGNALS, Signal
from video_tracker.testing import strategies
from video_tracker.testing.viewing import START, Viewing, Watcher

FILM = Content(asset_id="film", duration=60.0)
PLAN = SessionPlan(
    user_id="viewer",
    contents=(FILM,),
    ad_breaks=(
        AdBreak(at="start", ads=(Ad(asset_id="p1", duration=5.0),)),
        AdBreak(at=30.0, ads=(Ad(asset_id="m1", duration=15.0), Ad(asset_id="m2", duration=5.0))),
        AdBreak(at="end", ads=(Ad(asset_id="e1", duration=5.0),)),
    ),
)


def test_hypothesis_is_asked_for_by_the_strategies_only() -> None:
    script = "import sys, video_tracker.testing; print('hypothesis' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "False"


def test_a_viewing_without_a_viewers_doing_plays_everything_once() -> None:
    viewing = Watcher(PLAN, startup=2.0).finish()

    assert viewing.names == (
        "Playback Started",
        "Ad Started",
        "Ad Completed",
        "Content Started",
        "Content Completed",
        "Ad Started",
        "Ad Completed",
        "Ad Started",
        "Ad Completed",
        "Content Started",
        "Content Completed",
        "Ad Started",
        "Ad Completed",
        "Playback Completed",
    )
    assert viewing.figures["startup"] == 2.0
    assert viewing.figures["content_played"] == viewing.figures["unique_seconds"] == 60.0
    assert viewing.figures["ad_played"] == 30.0
    assert viewing.figures["elapsed"] == 92.0
    assert viewing.figures["ended"] == "completed"


def test_a_seek_over_a_break_leaves_it_unplayed_and_changes_the_pod() -> None:
    """S22."""
    watcher = Watcher(PLAN)
    watcher.do("watch", 10.0)
    watcher.do("seek", 48.0)
    watcher.do("skip", 0.0)

    viewing = watcher.finish(exits=True)

    assert viewing.names[3:] == (
        "Content Started",
        "Playback Seek Started",
        "Playback Seek Completed",
        "Content Started",
        "Playback Exited",
    )
    assert viewing.figures["content_played"] == 5.0
    assert viewing.figures["seeking"] == 0.5


def test_what_a_viewer_does_after_the_end_does_nothing() -> None:
    watcher = Watcher(SessionPlan(user_id="viewer", contents=(FILM,)))
    watcher.do("watch", 100.0)
    said = len(watcher.said)

    watcher.do("pause", 5.0)

    assert len(watcher.said) == said
    assert watcher.finish().figures["ended"] == "completed"


def test_pauses_stalls_and_skips_are_counted_where_they_happen() -> None:
    watcher = Watcher(PLAN)
    for action, amount in [("pause", 3.0), ("stall", 2.0), ("skip", 0.0), ("pause", 1.0)]:
        watcher.do(action, amount)

    figures = watcher.finish(exits=True).figures

    assert figures["paused"] == 4.0
    assert figures["pauses"] == 2
    assert figures["buffering"] == 2.0
    assert figures["ads_skipped"] == figures["rebuffers"] == 1


def test_a_viewing_needs_the_contents_length() -> None:
    with pytest.raises(ValueError, match="length"):
        Watcher(SessionPlan(user_id="viewer", contents=(Content(),)))


@given(strategies.viewings())
def test_the_phases_of_a_viewing_fill_its_time(viewing: Viewing) -> None:
    spent = ("startup", "content_played", "ad_played", "paused", "seeking", "buffering")
    times = [signal.at for signal in viewing.signals]

    total = sum(float(viewing.figures[name]) for name in spent)
    assert math.isclose(total, float(viewing.figures["elapsed"]))
    assert times == sorted(times)
    assert times[0] == START


@given(strategies.likely_logs())
def test_likely_logs_bear_times_and_numbers_that_can_be_read(log: list[Signal]) -> None:
    for signal in log:
        position = getattr(signal, "position", None)
        assert isinstance(signal.at, float)
        assert position is None or 0 <= position <= 65


def drawn(strategy: st.SearchStrategy[Signal], examples: int = 300) -> list[Any]:
    """Signals that a strategy gives, always the same."""
    seen: list[Any] = []

    @settings(max_examples=examples, derandomize=True)
    @given(strategy)
    def look(signal: Signal) -> None:
        seen.append(signal)

    look()
    return seen


def test_every_input_comes_in_likely_and_in_hostile_logs() -> None:
    for strategy in (strategies.likely_signals(), strategies.hostile_signals()):
        assert {type(signal) for signal in drawn(strategy)} == set(SIGNALS.values())


def test_hostile_signals_bear_times_and_values_that_cannot_be_read() -> None:
    seen = drawn(strategies.hostile_signals())

    assert any(not isinstance(signal.at, int | float) for signal in seen)
    assert any(isinstance(signal.at, float) and math.isnan(signal.at) for signal in seen)
    assert any(isinstance(getattr(signal, "position", None), str) for signal in seen)


@given(strategies.hostile_logs())
def test_hostile_logs_are_lists_of_signals(log: list[Any]) -> None:
    assert {type(each) for each in log} <= set(SIGNALS.values())


@given(strategies.spoilt_viewings())
def test_a_spoilt_viewing_still_is_a_log(spoilt: tuple[SessionPlan, list[Signal]]) -> None:
    plan, log = spoilt

    assert plan.contents[0].duration == 60.0
    assert log
