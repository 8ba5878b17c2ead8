"""SVG, PNG and HTML of timelines."""

import html.parser
import itertools
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.collector.browser import CHROMIUM, Browser, Page
from tests.timeline.viewings import EVERYTHING, of_events, of_log, true_stretches
from video_tracker import Session, SessionPlan
from video_tracker.testing import Scenario
from video_tracker.timeline import Timeline, session_timeline
from video_tracker.timeline.picture import spec_of
from video_tracker.timeline.theme import THEMES, ThemeName

EVIL = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>"
THEME_NAMES: tuple[ThemeName, ...] = ("light", "dark")


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    return of_log(EVERYTHING)[0]


def evil_timeline() -> Timeline:
    """Of messages whose sender would like to be more than drawn."""
    ids = {"session_id": EVIL, "asset_id": EVIL, "pod_id": EVIL}
    return session_timeline(
        [
            {
                "type": "track",
                "event": f"Video {name}",
                "timestamp": f"2026-01-01T00:00:{second:02}Z",
                "properties": {**ids, "position": second, "total_length": 60},
            }
            for second, name in enumerate(
                ("Playback Started", "Content Started", "Content Playing")
            )
        ]
    )


def data(spec: Any) -> Iterator[dict[str, Any]]:
    """Every datum of a specification."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == "data":
                yield from value["values"]
            else:
                yield from data(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from data(value)


def test_the_picture_is_drawn_of_the_true_times(timeline: Timeline) -> None:
    _, viewing = of_log(EVERYTHING)
    drawn = list(data(spec_of([timeline], "light", 1000)))
    paused = [
        (each["start"] / 1000, each["end"] / 1000) for each in drawn if each.get("lane") == "paused"
    ]

    assert paused == true_stretches(viewing, "Playback Paused", "Playback Resumed")


def test_every_lane_and_every_event_has_a_row_with_its_name(timeline: Timeline) -> None:
    texts = svg_texts(timeline.to_svg())

    assert {"startup", "content", "ad break", "ads", "paused", "seek", "stall", "gap"} <= texts
    assert {tick.name for tick in timeline.ticks} <= texts
    assert {"film", "mid-2", "pre-roll", "mid-roll", "playhead", "seen film"} <= texts


def test_a_lane_in_which_nothing_was_is_left_out() -> None:
    texts = svg_texts(of_events(Scenario(20).play().watch_to_end())[0].to_svg())

    assert "content" in texts
    assert not texts & {"ads", "ad break", "paused", "seek", "stall", "interrupted"}


def test_the_figures_stand_below_the_title(timeline: Timeline) -> None:
    said = " ".join(svg_texts(timeline.to_svg()))

    assert "left early · " in said
    assert "ads 15 s: 2 of 3 completed, 1 skipped" in said
    assert "1 pause: 3 s" in said


def svg_texts(svg: str) -> set[str]:
    found = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return {"".join(each.itertext()) for each in found}


@pytest.mark.parametrize("theme", THEME_NAMES)
def test_an_svg_is_whole_and_refers_to_nothing_outside(
    timeline: Timeline, theme: ThemeName
) -> None:
    svg = timeline.to_svg(theme=theme)
    root = ET.fromstring(svg)

    assert float(root.attrib["width"]) <= 1000
    assert THEMES[theme].background in svg
    assert not re.search(r'(?:href|src)="(?!#)|url\((?!#)|<script|<image', svg)


@pytest.mark.parametrize("width", [400, 1000, 1600])
def test_a_picture_is_as_wide_as_is_asked_for(timeline: Timeline, width: int) -> None:
    drawn = float(ET.fromstring(timeline.to_svg(width=width)).attrib["width"])

    assert width - 30 <= drawn <= width


@pytest.mark.parametrize("width", [400, 1000, 1600])
def test_times_on_an_axis_do_not_run_into_each_other(timeline: Timeline, width: int) -> None:
    axes = [
        [
            (float(re.findall(r"[\d.]+", text.attrib["transform"])[0]), len(text.text or ""))
            for text in group.iter("{http://www.w3.org/2000/svg}text")
        ]
        for group in ET.fromstring(timeline.to_svg(width=width)).iter()
        if "role-axis-label" in group.get("class", "")
    ]
    below = [marks for marks in axes if len({at for at, _ in marks}) > 1]

    assert len(below) == 2  # wall time, and the seconds of the film
    for marks in below:
        for (at, letters), (following, _) in itertools.pairwise(marks):
            assert following - at > letters * 6.2


def test_a_row_that_is_named_shortly_leaves_its_room_to_the_picture() -> None:
    drawn, _ = of_events(Scenario(20).play().watch_to_end())
    without_events = attrs.evolve(drawn, ticks=())
    inside = [
        spec_of([each], "light", 400)["vconcat"][-1]["width"] for each in (drawn, without_events)
    ]

    assert inside == [400 - 42 - 119, 400 - 42 - 59]  # "Playback Completed", "seen film"


def test_the_name_of_an_ad_stands_where_it_played_and_not_upon_its_pause() -> None:
    session = Session("s1", SessionPlan(user_id="u1"))
    told = [
        *session.play(0.0),
        *session.ad_start(0.0, "boots", duration=8),
        *session.pause(2.0),
        *session.play(5.0),
        *session.ad_end(11.0),
        *session.exit(11.0),
    ]
    drawn = data(spec_of([session_timeline(told)], "light", 1000))

    assert [each["start"] for each in drawn if each.get("text") == "boots"] == [8000]


def test_a_png_has_two_pixels_for_each_of_the_svg(timeline: Timeline) -> None:
    png = timeline.to_png(theme="dark")
    width, height = struct.unpack(">II", png[16:24])
    svg = ET.fromstring(timeline.to_svg(theme="dark")).attrib

    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert (width, height) == pytest.approx((2 * float(svg["width"]), 2 * float(svg["height"])), 2)


def test_two_sessions_have_one_time_axis() -> None:
    short, _ = of_events(Scenario(20).play().watch_to_end())
    long, _ = of_events(Scenario(200).play().watch_to_end())
    ends = {
        ends
        for view in session_views(spec_of([short, long], "light", 1000))
        for ends in domains(view)
    }

    assert ends == {(0, round(long.length * 1000))}


def session_views(spec: dict[str, Any]) -> list[Any]:
    time, *_ = spec["vconcat"]
    return list(time["vconcat"])


def domains(value: Any) -> Iterator[tuple[int, int]]:
    """Of every x scale in a specification."""
    if isinstance(value, dict):
        if isinstance(x := value.get("x"), dict) and "scale" in x:
            yield tuple(x["scale"]["domain"])
        for each in value.values():
            yield from domains(each)
    elif isinstance(value, list):
        for each in value:
            yield from domains(each)


def test_above_each_other_sessions_are_numbered(timeline: Timeline) -> None:
    texts = svg_texts(timeline.to_svg(timeline))

    assert {"1 · simulated", "2 · simulated", "seen (1) film", "seen (2) film"} <= texts


def test_the_seconds_that_were_watched_again_say_how_often() -> None:
    film = Scenario(60).play().watch(20).seek(10).watch(15).exit()

    assert "2x" in svg_texts(of_log(film)[0].to_svg())


@pytest.mark.parametrize("theme", THEME_NAMES)
def test_names_upon_bars_are_legible(theme: ThemeName) -> None:
    """WCAG 2.2: a contrast of 4.5 for text; the axes' names as well."""
    colours = THEMES[theme]

    for lane, text in colours.texts.items():
        assert contrast(text, colours.lanes[lane]) >= 4.5
    for text in (colours.ink, colours.faint):
        assert contrast(text, colours.background) >= 4.5


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_an_unknown_theme_and_a_picture_that_is_too_narrow_are_told(timeline: Timeline) -> None:
    with pytest.raises(ValueError, match="no theme 'blue'; there are: light, dark"):
        timeline.to_svg(theme="blue")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="400 pixels or more, not 100"):
        timeline.to_png(width=100)


def test_without_the_extra_the_message_names_it() -> None:
    code = (
        "import sys; sys.modules['vl_convert'] = None\n"
        "from video_tracker.errors import VideoTrackerError\n"
        "from video_tracker.testing import Scenario, simulate\n"
        "from video_tracker.timeline import session_timeline, terminal_timeline\n"
        "film = session_timeline(simulate(Scenario(9).play().watch_to_end()).events())\n"
        "terminal_timeline(film)\n"
        "try: film.to_svg()\n"
        "except VideoTrackerError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert 'pip install "video-tracker[pictures]"' in said


# -- the page --------------------------------------------------------------------------------------


class Scripts(html.parser.HTMLParser):
    """The elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_has_two_scripts_of_its_own_whatever_a_session_is_called() -> None:
    page = Scripts()
    page.feed(evil_timeline().to_html())
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]

    assert scripts == [{"type": "application/json", "id": "spec"}, {}]
    assert [tag for tag, attributes in page.tags if {"src", "href"} & set(attributes)] == []


def test_an_svg_holds_such_names_as_text() -> None:
    root = ET.fromstring(evil_timeline().to_svg())

    assert [each.tag for each in root.iter() if each.tag.endswith(("script", "}image"))] == []
    assert EVIL in svg_texts(evil_timeline().to_svg())


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def opened(browser: Browser, folder: Path, page: str) -> Page:
    file = folder / "timeline.html"
    file.write_text(page, "utf-8")
    shown = browser.page(file.as_uri(), 1100, 1400)
    shown.until("document.querySelector('#picture svg')")
    return shown


_MARKS = (
    "[...document.querySelectorAll('#picture .role-axis-label text')]"
    ".map(text => text.textContent).filter(text => text === '0:45').length"
)
"""How often the end of both time axes is written."""


def test_the_wheel_zooms_both_sessions_and_a_double_click_shows_all_again(
    browser: Browser, tmp_path: Path
) -> None:
    timeline, _ = of_log(EVERYTHING)
    page = opened(browser, tmp_path, timeline.to_html(timeline, theme="dark"))
    mouse = {"x": 300, "y": 200}

    assert page.evaluate(_MARKS) == 2
    page.command("Input.dispatchMouseEvent", {"type": "mouseMoved", **mouse})
    for _ in range(3):
        turn = {"type": "mouseWheel", **mouse, "deltaX": 0, "deltaY": -400}
        page.command("Input.dispatchMouseEvent", turn)
    page.until(f"{_MARKS} === 0")
    for count in (1, 2):
        for kind in ("mousePressed", "mouseReleased"):
            click = {"type": kind, **mouse, "button": "left", "clickCount": count}
            page.command("Input.dispatchMouseEvent", click)
    page.until(f"{_MARKS} === 2")
    assert browser.complaints == []


def test_a_name_out_of_a_message_is_shown_and_not_run(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, evil_timeline().to_html())

    assert page.evaluate("document.title") == EVIL
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    assert browser.complaints == []
