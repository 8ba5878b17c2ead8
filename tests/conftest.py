"""How the tests are run: in how many processes, and how hypothesis searches.

It tries the same examples on every run, or searches deep on demand:
``HYPOTHESIS_PROFILE=deep pytest tests/session`` looks further and at new examples every time.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

_SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile(
    "steady", derandomize=True, max_examples=60, deadline=None, suppress_health_check=_SLOW_TO_DRAW
)
settings.register_profile(
    "deep", max_examples=3_000, deadline=None, suppress_health_check=_SLOW_TO_DRAW, database=None
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait for servers, browsers and clocks."""
    return (os.cpu_count() or 1) + 1
