"""The clocks: no step back, whatever the machine's clock does (S46, S64)."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.clock import Clock, SystemClock
from video_tracker.testing.clock import NOON, ManualClock


class Machine:
    """A machine's two clocks, moved by hand."""

    def __init__(self) -> None:
        self.wall = 1_795_000_000.0
        self.steady = 100.0

    def run(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds

    def clock(self) -> SystemClock:
        return SystemClock(wall=lambda: self.wall, steady=lambda: self.steady)


def test_it_tells_unix_time() -> None:
    clock = SystemClock()
    assert isinstance(clock, Clock)
    assert clock.now() == pytest.approx(time.time(), abs=1.0)


def test_it_runs_as_the_machine_runs() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.run(12.5)
    assert clock.now() == pytest.approx(1_795_000_012.5)


def test_a_clock_set_back_is_not_followed() -> None:
    """S64: the time a session counts must not shrink."""
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    machine.wall -= 3600
    assert clock.now() == before


def test_after_a_step_back_it_runs_slow_until_the_clocks_agree() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= 3.0
    for _ in range(1000):
        machine.run(1.0)
        clock.now()
    assert clock.now() - machine.wall == pytest.approx(1.0, abs=0.01)
    before = clock.now()
    machine.run(10.0)
    assert clock.now() - before == pytest.approx(10.0, abs=0.06)


def test_a_clock_set_forward_is_followed() -> None:
    """A machine that slept: what no callback filled counts as suspended (S63)."""
    machine = Machine()
    clock = machine.clock()
    machine.wall += 7200
    machine.run(1.0)
    assert clock.now() == pytest.approx(machine.wall)


@pytest.mark.parametrize("step", [-0.9, -0.1, 0.1, 0.9])
def test_a_small_correction_moves_no_running_session(step: float) -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    machine.wall += step
    machine.run(5.0)
    assert clock.now() - before == pytest.approx(5.0)


STEPS = st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-0.01, 1e4)), max_size=50)


@given(STEPS)
def test_whatever_the_machine_does_it_never_steps_back(steps: list[tuple[float, float]]) -> None:
    """S64, even with a steady clock that is not quite steady."""
    machine = Machine()
    clock = machine.clock()
    last = clock.now()
    for jump, passed in steps:
        machine.wall += jump
        machine.run(passed)
        assert clock.now() >= last
        last = clock.now()


def test_it_steps_back_for_no_thread_while_others_read_it_and_the_machine_is_set() -> None:
    """S64: reading takes no lock."""
    shift = [0.0]
    clock = SystemClock(wall=lambda: time.time() + shift[0])
    steps: list[float] = []
    over = threading.Event()

    def read() -> None:
        last = clock.now()
        while not over.is_set():
            now = clock.now()
            if now < last:
                steps.append(now - last)
            last = now

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for jump in (5.0, 60.0, -3600.0, 7200.0, -2.0):
        shift[0] += jump
        time.sleep(0.02)
    over.set()
    for thread in threads:
        thread.join()
    assert steps == []


def test_a_manual_clock_moves_when_it_is_told_and_never_back() -> None:
    clock = ManualClock()
    assert isinstance(clock, Clock)
    assert clock.now() == NOON
    assert clock.advance(2.5) == clock.now() == NOON + 2.5
    assert clock.move_to(NOON + 4) == clock.now() == NOON + 4
    for wrong in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="zero seconds or more"):
            clock.advance(wrong)
    for wrong in (NOON, float("nan")):
        with pytest.raises(ValueError, match="does not go back"):
            clock.move_to(wrong)
