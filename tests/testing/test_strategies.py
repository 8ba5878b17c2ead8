"""The strategies give what they promise."""

import math
import subprocess
import sys
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from video_tracker.plan import SessionPlan
from video_tracker.signals import SIGNALS, Signal
from video_tracker.testing import strategies
from video_tracker.testing.simulator import START, Simulation


def test_hypothesis_is_asked_for_by_the_strategies_only() -> None:
    script = (
        "import sys, video_tracker.testing;"
        " print({'hypothesis', 'pytest', 'yaml'} & {*sys.modules} != set())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "False"


@given(strategies.viewings())
def test_the_phases_of_a_viewing_fill_its_time(viewing: Simulation) -> None:
    spent = ("startup", "content_played", "ad_played", "paused", "seeking", "buffering")
    times = [signal.at for signal in viewing.signals]

    total = sum(float(viewing.truth.figures[name]) for name in spent)
    assert math.isclose(total, float(viewing.truth.figures["elapsed"]))
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
