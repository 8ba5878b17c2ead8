"""The benchmark of stores sends what must be sent; nothing is timed."""

import pytest

from tests.benchmarks.logs import LOGS
from tests.benchmarks.stores import measured


@pytest.mark.parametrize("log", sorted(LOGS))
@pytest.mark.parametrize("name", ["memory-cas", "memory-cas-anywhere", "memory-lease"])
def test_a_small_run_is_exact(name: str, log: str) -> None:
    figures = measured(name, log, sessions=24, beacons=8, batch=20)

    assert figures.faults == []
    assert figures.beacons > 150
