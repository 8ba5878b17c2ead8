"""What viewers do on the demonstration page, and which messages must arrive for it.

A line is an event with the ids that matter; a position beside it may be a second off, because the
viewer's hand is in real time.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from tests.collector.browser import Page

__all__ = ["SCENARIOS", "Line", "Scenario", "line_of"]

Line = tuple[str, int]

VIDEO = 'document.querySelector("video")'
NO_AD = 'document.getElementById("badge").hidden'


class Viewer:
    """The viewer's hand on one page."""

    def __init__(self, page: Page, player: str) -> None:
        self.page = page
        self.player = player
        page.until("window.demo", 30)
        page.until(f"{VIDEO}.readyState >= 1", 30)
        self.session = str(page.evaluate("document.body.dataset.session"))

    def play(self) -> None:
        self.page.evaluate(self.playing)

    @property
    def playing(self) -> str:
        """A script that presses play."""
        return "Promise.resolve(demo.controls.player.play()).catch(() => {});"

    def seeking(self, to: float) -> str:
        """A script that seeks."""
        player = "demo.controls.player"
        if self.player == "videojs":
            return f"{player}.currentTime({to});"
        return f"{player}.currentTime = {to};"

    def at(self, position: float, then: str = "") -> None:
        """Watch until the content stands there, and do something at that very moment."""
        self.page.until(
            f"{NO_AD} && !{VIDEO}.paused && {VIDEO}.currentTime >= {position}", then=then
        )

    def in_ad_at(self, position: float, name: str, then: str) -> None:
        """Watch until an ad of the HTML5 player stands there, and do something."""
        element = 'document.getElementById("ad")'
        shown = f'{element}.currentSrc.includes("{name}") && {element}.currentTime >= {position}'
        self.page.until(f"!{NO_AD} && {shown}", then=then)


@attrs.frozen
class Scenario:
    """A story and its messages.

    Args:
        name: Its name.
        player: The page's player.
        act: What the viewer does.
        expected: What arrives.
        ads: Whether the film has ads.
    """

    name: str
    player: str
    act: Callable[[Viewer], None]
    expected: Sequence[Line]
    ads: bool = False


def line_of(message: Mapping[str, Any]) -> Line:
    """A message as a line of an expected list."""
    said = message["properties"]
    words = [message["event"].removeprefix("Video ")]
    if words[0].startswith("Content"):
        words += [said["asset_id"], said["pod_id"]]
    elif words[0].startswith("Ad"):
        place = f"{said['pod_position']}/{said['pod_length']}"
        words += [said["asset_id"], said["type"], place]
        if "quartile" in said:
            words.append(f"quartile {said['quartile']}")
    return " ".join(words), said["position"]


# -- what viewers do -------------------------------------------------------------------------------


def pauses_and_seeks(viewer: Viewer) -> None:
    """Play, pause at 2 s for a second, go on, seek from 4 s to 16.5 s, watch to the end."""
    viewer.play()
    viewer.at(2.2, "demo.controls.player.pause();")
    time.sleep(1)
    viewer.play()
    viewer.at(4.2, viewer.seeking(16.5))


PAUSES_AND_SEEKS: Sequence[Line] = [
    ("Playback Started", 0),
    ("Content Started film content-1", 0),
    ("Playback Paused", 2),
    ("Playback Resumed", 2),
    ("Content Playing film content-1", 2),
    ("Playback Seek Started", 4),
    ("Playback Seek Completed", 16),
    ("Content Completed film content-1", 20),
    ("Playback Completed", 20),
]


def watches_all_ads(viewer: Viewer) -> None:
    """A pre-roll; a seek towards the mid-roll pod of two; a seek towards the end; a post-roll."""
    viewer.play()
    viewer.at(1.7, viewer.seeking(6.5))
    viewer.at(10.0, viewer.seeking(18.0))


def ad(name: str, place: str) -> list[Line]:
    """A whole ad of four seconds."""
    return [
        (f"Ad Started {name} {place}", 0),
        *((f"Ad Playing {name} {place} quartile {n}", n) for n in (1, 2, 3)),
        (f"Ad Completed {name} {place}", 4),
    ]


WATCHES_ALL_ADS: Sequence[Line] = [
    ("Playback Started", 0),
    *ad("boots", "pre-roll 1/1"),
    ("Content Started film content-1", 0),
    ("Playback Seek Started", 4 + 2),
    ("Playback Seek Completed", 4 + 6),
    ("Content Completed film content-1", 8),
    *ad("tea", "mid-roll 1/2"),
    *ad("bikes", "mid-roll 2/2"),
    ("Content Started film content-2", 8),
    ("Playback Seek Started", 12 + 10),
    ("Playback Seek Completed", 12 + 18),
    ("Content Completed film content-2", 20),
    *ad("lamps", "post-roll 1/1"),
    ("Playback Completed", 36),
]


def closes_the_page(viewer: Viewer) -> None:
    """Play for three seconds, then close the tab."""
    viewer.play()
    viewer.at(3.2)
    viewer.page.close()


CLOSES_THE_PAGE: Sequence[Line] = [
    ("Playback Started", 0),
    ("Content Started film content-1", 0),
    ("Playback Exited", 3),
]


def skips_and_leaves_in_an_ad(viewer: Viewer) -> None:
    """Skip the pre-roll, go to the mid-roll, leave in its first ad for another page."""
    viewer.play()
    viewer.in_ad_at(1.5, "boots", 'document.getElementById("skip").click();')
    viewer.at(1.2, viewer.seeking(7.0))
    leave = 'setTimeout(() => { location.href = "about:blank"; }, 50);'  # after the answer
    viewer.in_ad_at(1.4, "tea", leave)


SKIPS_AND_LEAVES_IN_AN_AD: Sequence[Line] = [
    ("Playback Started", 0),
    ("Ad Started boots pre-roll 1/1", 0),
    ("Ad Playing boots pre-roll 1/1 quartile 1", 1),
    ("Content Started film content-1", 0),
    ("Playback Seek Started", 3),
    ("Playback Seek Completed", 9),
    ("Content Completed film content-1", 8),
    ("Ad Started tea mid-roll 1/2", 0),
    ("Ad Playing tea mid-roll 1/2 quartile 1", 1),
    ("Playback Exited", 11),
]


def has_a_bad_network(viewer: Viewer) -> None:
    """As :func:`pauses_and_seeks`; every other answer is lost, then nothing goes for a while."""
    viewer.page.evaluate(
        "const real = window.fetch; let count = 0; window.away = false;"
        'window.fetch = (to, said) => { if (to !== "/beacons") return real(to, said);'
        '  if (away) return Promise.reject(new Error("away"));'
        "  const answer = real(to, said);"
        '  return ++count % 2 ? answer : answer.then(() => { throw new Error("lost"); }); }; 0'
    )
    pauses_and_seeks(viewer)
    viewer.page.evaluate("away = true; setTimeout(() => { away = false; }, 2000); 0")


SCENARIOS: Sequence[Scenario] = [
    Scenario("html5-with-ads", "html5", watches_all_ads, WATCHES_ALL_ADS, ads=True),
    Scenario("hlsjs-with-ads", "hlsjs", watches_all_ads, WATCHES_ALL_ADS, ads=True),
    Scenario("videojs-with-ads", "videojs", watches_all_ads, WATCHES_ALL_ADS, ads=True),
    Scenario("html5-bad-network", "html5", has_a_bad_network, PAUSES_AND_SEEKS),
    Scenario("html5", "html5", pauses_and_seeks, PAUSES_AND_SEEKS),
    Scenario("hlsjs", "hlsjs", pauses_and_seeks, PAUSES_AND_SEEKS),
    Scenario("videojs", "videojs", pauses_and_seeks, PAUSES_AND_SEEKS),
    Scenario(
        "html5-left-in-an-ad",
        "html5",
        skips_and_leaves_in_an_ad,
        SKIPS_AND_LEAVES_IN_AN_AD,
        ads=True,
    ),
    Scenario("html5-closed", "html5", closes_the_page, CLOSES_THE_PAGE),
    Scenario("hlsjs-closed", "hlsjs", closes_the_page, CLOSES_THE_PAGE),
    Scenario("videojs-closed", "videojs", closes_the_page, CLOSES_THE_PAGE),
]


def session_of(message: Mapping[str, Any]) -> str:
    """The session that a message belongs to; a replay's is its first session's."""
    return str(message["properties"]["session_id"]).partition("-")[0]


def shown(lines: Sequence[Line]) -> str:
    """Lines for a failure's message."""
    return json.dumps(list(lines), indent=1)
