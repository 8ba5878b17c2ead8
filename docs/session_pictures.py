"""Sessions drawn as ``video-tracker timeline`` draws them: recorded and simulated ones."""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from video_tracker.cli import timeline
from video_tracker.cli.main import parser
from video_tracker.explain import RecordedSession
from video_tracker.session import Playback
from video_tracker.testing import Scenario, read_scenario, simulate
from video_tracker.timeline import Timeline, explained_timeline
from video_tracker.timeline.picture import spec_of
from video_tracker.timeline.theme import ThemeName

RECORDINGS: Final = Path(__file__).parents[1] / "examples" / "recordings"


def recorded(name: str, *options: str) -> list[Timeline]:
    """The timelines of a recording, as the command draws them."""
    words = ["timeline", str(RECORDINGS / f"{name}.jsonl"), *options]
    sides = timeline.sides(parser("timeline").parse_args(words))
    found = [each for drawn, _ in sides for each in drawn]
    return [attrs.evolve(each, title=each.title.rpartition("-")[0]) for each in found]


def simulated(title: str, scenario: Scenario) -> list[Timeline]:
    """The timeline of a simulated viewing."""
    viewing = simulate(scenario, "hlsjs")
    playback = Playback(RecordedSession("simulated", viewing.plan))
    for signal in viewing.signals:
        playback.receive(signal)
    playback.finish()
    (session,) = playback.sessions
    assert isinstance(session, RecordedSession)
    return [attrs.evolve(explained_timeline(session.explain()), title=title)]


def example() -> list[Timeline]:
    """The recording of the README."""
    name = "preroll-midroll-postroll"
    return recorded(name, "--plan", str(RECORDINGS / f"{name}.plan.json"))


def restless() -> list[Timeline]:
    """A viewer who pauses, seeks, waits and skips."""
    film = Scenario(120).ads("pre", [8], names=["boots"]).play().watch(20).pause(8).watch(10)
    film = film.seek(60, takes=2).stall(5).watch(15).seek(20).watch(12)
    film = film.ads("mid", [10, 12], skip=1, after=5, names=["tea", "bikes"]).watch(15).exit()
    return simulated("a restless viewer", film)


def two() -> list[Timeline]:
    """One session under two settings."""
    return recorded("left-early", "--other-set", "heartbeat=3")


def written(title: str, scenario: str) -> list[Timeline]:
    """A viewing whose scenario is the text of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scenario.json")
        path.write_text(scenario, "utf-8")
        return simulated(title, read_scenario(path))


ON_PAGES: Final[Mapping[str, Callable[[], list[Timeline]]]] = {"restless": restless, "two": two}
"""The pictures of pages by their names."""


def spec_on_a_page(timelines: Sequence[Timeline], scheme: ThemeName, width: int) -> str:
    """A picture on the page's own ground, in the language of Vega-Lite."""
    spec: dict[str, Any] = {**spec_of(timelines, scheme, width), "background": None}
    return json.dumps(spec, sort_keys=True)


def spec_by_itself(timelines: Sequence[Timeline], scheme: ThemeName) -> str:
    """A picture that brings its ground along, in the language of Vega-Lite."""
    return json.dumps(spec_of(timelines, scheme, 1000), sort_keys=True)


def drawn(spec: str) -> str:
    """A picture as SVG.

    Raises:
        ImportError: The extra ``pictures`` is not installed.
    """
    import vl_convert  # noqa: PLC0415 - only who draws needs it

    return str(vl_convert.vegalite_to_svg(json.loads(spec)))
