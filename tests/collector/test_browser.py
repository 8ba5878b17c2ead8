"""Real players in a real Chromium: what arrives at Customer.io is what the viewer did.

The page, the collector and a destination on loopback are all there is; the players come from the
npm registry, their versions from the example's ``package.json``.
"""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest
import uvicorn

import collector
from collector.app import Collector, create_app
from collector.settings import Settings
from tests.collector.browser import CHROMIUM, Browser, BrowserError
from tests.collector.viewing import SCENARIOS, Line, Scenario, Viewer, line_of, session_of, shown
from tests.delivery.server import FaultyServer
from video_tracker import HttpTransport

HERE = Path(collector.__file__).parent
AT_ONCE = 3
"""Videos that play at a time."""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed"),
]


@attrs.define
class Studio:
    """All that a viewing needs."""

    browser: Browser
    address: str
    destination: FaultyServer
    collector: Collector
    stuck: list[str] = attrs.field(factory=list)

    def lines(self, session: str) -> list[Line]:
        """What arrived of a session, in its order."""
        messages = [each for request in self.destination.requests for each in request.messages]
        return [line_of(message) for message in messages if session_of(message) == session]

    def wait(self, session: str, last: str) -> list[Line]:
        """What arrived, once a last event has."""
        for _ in range(400):
            lines = self.lines(session)
            if lines and lines[-1][0] == last:
                break
            time.sleep(0.05)
        time.sleep(0.3)  # whatever comes behind it would be wrong
        return self.lines(session)

    def watch(self, scenario: Scenario) -> list[Line]:
        """Let a viewer watch; again, when this machine or the player itself was stuck."""
        lines: list[Line] = []
        for _ in range(3):
            ads = "" if scenario.ads else "&ads=0"
            page = self.browser.page(f"{self.address}/?player={scenario.player}{ads}")
            viewer = Viewer(page, scenario.player)
            try:
                scenario.act(viewer)
            except BrowserError as error:
                self.stuck.append(f"{scenario.name}: {error}: {self.lines(viewer.session)}")
                page.close()
                continue
            lines = self.wait(viewer.session, scenario.expected[-1][0])
            if not any("Buffer" in name for name, _ in lines):
                break
            self.stuck.append(f"{scenario.name}: {lines}")
        return lines


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("players")
    shutil.copy(HERE / "package.json", folder)
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(
        install, check=False, cwd=folder, capture_output=True, text=True, timeout=300
    )
    if done.returncode != 0:
        pytest.skip(f"npm cannot install the players: {done.stderr.strip()[:300]}")
    return folder / "node_modules"


@pytest.fixture(scope="module")
def studio(libraries: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with FaultyServer() as destination:
        settings = Settings(local_sink=True, libraries=libraries, reorder_seconds=6.0)
        made = Collector(settings, HttpTransport("key", base_url=destination.url))
        config = uvicorn.Config(create_app(made), port=0, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        made.settings = attrs.evolve(settings, origins=frozenset({address}))
        try:
            with Browser(tmp_path_factory.mktemp("profile")) as browser:
                studio = Studio(browser, address, destination, made)
                yield studio
                sys.stderr.write("\n".join(studio.stuck))
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture(scope="module")
def arrived(studio: Studio) -> dict[str, Sequence[Line]]:
    """What arrived in each scenario; several are watched at a time."""
    with ThreadPoolExecutor(AT_ONCE) as viewers:
        return dict(
            zip(
                [scenario.name for scenario in SCENARIOS],
                viewers.map(studio.watch, SCENARIOS),
                strict=True,
            )
        )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_arrives_is_what_the_viewer_did(
    scenario: Scenario, arrived: dict[str, Sequence[Line]]
) -> None:
    lines = arrived[scenario.name]
    assert [name for name, _ in lines] == [name for name, _ in scenario.expected], shown(lines)
    for (_, position), (_, wanted) in zip(lines, scenario.expected, strict=True):
        assert abs(position - wanted) <= 1, shown(lines)


def test_a_page_whose_session_the_collector_gave_up_goes_on_in_a_new_one(studio: Studio) -> None:
    viewer = Viewer(studio.browser.page(f"{studio.address}/?player=html5&ads=0"), "html5")
    viewer.play()
    viewer.at(3.0)
    studio.collector.sessions._live.pop(viewer.session)
    studio.collector.sessions._over[viewer.session] = time.time() + 120
    viewer.page.until(f'document.body.dataset.session !== "{viewer.session}"', 10)
    second = str(viewer.page.evaluate("document.body.dataset.session"))
    viewer.at(6.5)
    viewer.page.close()
    lines = studio.wait(second, "Playback Exited")
    assert [name for name, _ in lines] == [
        "Playback Started",
        "Content Started film content-1",
        "Playback Exited",
    ]
    assert 1 <= lines[1][1] <= 5


def test_the_pages_complain_of_nothing(studio: Studio, arrived: object) -> None:  # noqa: ARG001
    assert [text for text in studio.browser.complaints if "/beacons" not in text] == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_nothing_is_wider_than_the_window(
    studio: Studio, width: int, height: int, dark: bool
) -> None:
    page = studio.browser.page(f"{studio.address}/")
    page.resize(width, height, dark=dark, mobile=width < 500)
    page.until("window.demo", 30)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width > 1000:
        assert page.evaluate("document.documentElement.scrollHeight") <= height
    page.close()
