"""The pytest plugin: fixtures, a marker and the sessions' timelines in the report of a failure.

pytest loads it by its entry point in every run, so nothing of the library is imported before a
fixture is asked for.
"""

import os
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from video_tracker.testing.clock import ManualClock
    from video_tracker.testing.scenario import Scenario
    from video_tracker.testing.stage import Fault, PlayScenario, Stage
    from video_tracker.tracker import Tracker
    from video_tracker.transports import MemoryTransport

_MARKER: Final = "video_tracker"
_STAGE: Final = pytest.StashKey["Stage"]()
_RAISED: Final = pytest.StashKey[bool]()
_BEFORE: Final = pytest.StashKey[str | None]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-golden``."""
    try:
        parser.getgroup("video_tracker").addoption(
            "--update-golden",
            action="store_true",
            default=False,
            help="write the golden files of video_tracker.testing.assert_golden anew",
        )
    except ValueError:  # another plugin has an option of this name; it means ours, too
        return


def pytest_configure(config: pytest.Config) -> None:
    """The marker, and what ``--update-golden`` says to ``assert_golden``."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(allow=[...], **options): what the fixture `tracker` may leave behind"
        " (undelivered, unknown, repaired, rejected, fault, or a reason code), and other options"
        " of its Tracker",
    )
    if config.getoption("update_golden", default=False):
        from video_tracker.testing.golden import UPDATE

        config.stash[_BEFORE] = os.environ.get(UPDATE)
        os.environ[UPDATE] = "1"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave the environment as it was."""
    if _BEFORE in config.stash:
        from video_tracker.testing.golden import UPDATE

        before = config.stash[_BEFORE]
        if before is None:
            os.environ.pop(UPDATE, None)
        else:
            os.environ[UPDATE] = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what each session emitted to the report of a failure."""
    report = yield
    stage = item.stash.get(_STAGE, None)
    if stage is not None:
        item.stash[_RAISED] = item.stash.get(_RAISED, False) or call.excinfo is not None
        if report.failed:
            report.sections += stage.timelines()
    return report


@pytest.fixture
def virtual_clock() -> "ManualClock":
    """A clock that stands at noon of 2026-01-01 (UTC) and moves only when it is told."""
    from video_tracker.testing.clock import ManualClock

    return ManualClock()


@pytest.fixture
def memory_transport() -> "MemoryTransport":
    """A transport that keeps what it is given: ``.messages``, ``.events``."""
    from video_tracker.transports import MemoryTransport

    return MemoryTransport()


@pytest.fixture
def tracker(_video_tracker_stage: "Stage") -> "Tracker":
    """A tracker in manual mode, on ``virtual_clock`` and ``memory_transport``.

    When the test has passed, what waits is sent; then the test fails if something is undelivered,
    unknown, repaired, rejected or failed that the marker ``video_tracker`` does not allow.
    """
    return _video_tracker_stage.tracker


@pytest.fixture
def scenario() -> "Scenario":
    """A film of ten minutes of which nothing was watched yet: ``scenario.play().watch(12)``."""
    from video_tracker.testing.scenario import Scenario

    return Scenario()


@pytest.fixture
def play_scenario(_video_tracker_stage: "Stage") -> "PlayScenario":
    """Plays a scenario through ``tracker``; see :meth:`video_tracker.testing.stage.Stage.play`."""
    return _video_tracker_stage.play


@pytest.fixture
def _video_tracker_stage(
    request: pytest.FixtureRequest, virtual_clock: "ManualClock", memory_transport: Any
) -> "Generator[Stage]":
    from video_tracker.testing.stage import Stage

    try:
        allow, options = _marked(request.node)
        stage = request.node.stash[_STAGE] = Stage(virtual_clock, memory_transport, options)
    except TypeError as error:
        pytest.fail(f"the marker {_MARKER}: {error}", pytrace=False)
    yield stage
    stage.flush()
    faults = [] if request.node.stash.get(_RAISED, False) else stage.faults(allow)
    stage.tracker.close(0.0)
    if faults:
        pytest.fail(_told(faults), pytrace=False)


def _marked(node: pytest.Item) -> tuple[set[str], dict[str, Any]]:
    """What the markers of a test allow, and the options they give; the nearest one wins."""
    from video_tracker.diagnostics import REASONS
    from video_tracker.testing.stage import FAULTS, check_words
    from video_tracker.wire import REPAIRS

    allow: set[str] = set()
    options: dict[str, Any] = {}
    for marker in node.iter_markers(_MARKER):
        if marker.args or isinstance(marker.kwargs.get("allow"), str):
            raise TypeError(f"write @pytest.mark.{_MARKER}(allow=['repaired'], **options)")
        given = dict(marker.kwargs)
        allow.update(given.pop("allow", ()))
        options = given | options
    check_words(allow, {*FAULTS, *REASONS, *REPAIRS}, "fault to allow")
    return allow, options


def _told(faults: "list[Fault]") -> str:
    words = sorted({fault.kind for fault in faults})
    marker = f"@pytest.mark.{_MARKER}(allow={words!r})"
    lines = ["the tracker left behind what a test should not:", *(f"  {each}" for each in faults)]
    return "\n".join([*lines, f"if it is meant to be so: {marker}"])
