"""Timelines as text."""

import re
import subprocess
import sys

import pytest

from tests.timeline.viewings import EVERYTHING, of_log
from video_tracker import SessionPlan
from video_tracker.explain import RecordedSession
from video_tracker.signals import Progress
from video_tracker.testing import Scenario, simulate
from video_tracker.timeline import (
    Timeline,
    explained_timeline,
    session_timeline,
    terminal_timeline,
)

START = 1_767_225_600.0

FILM = Scenario(40, startup=0.0).play().watch(10).pause(10).watch(20).exit()
"""Forty seconds, of which the second quarter is paused."""


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    return of_log(EVERYTHING)[0]


def row(text: str, name: str, margin: int = 13) -> str:
    (found,) = [line[margin:] for line in text.splitlines() if line[:margin].strip() == name]
    return found


def test_a_quarter_of_the_time_is_a_quarter_of_the_columns() -> None:
    text = terminal_timeline(of_log(FILM)[0], width=13 + 40)

    assert row(text, "paused") == " " * 10 + "=" * 10
    assert row(text, "content") == "█film█████" + " " * 10 + "█" * 20


def test_a_longer_session_beside_it_halves_them() -> None:
    twice = Scenario(80, startup=0.0).play().watch_to_end()
    text = terminal_timeline(of_log(FILM)[0], of_log(twice)[0], width=13 + 40)

    assert text.count("paused   ") == 1
    assert row(text, "paused") == " " * 5 + "=" * 5


@pytest.mark.parametrize("width", [40, 60, 100, 237])
def test_no_line_is_wider_than_the_terminal(timeline: Timeline, width: int) -> None:
    assert max(map(len, terminal_timeline(timeline, width=width).splitlines())) <= width


def test_each_lane_is_drawn_with_a_character_of_its_own(timeline: Timeline) -> None:
    text = terminal_timeline(timeline)
    drawn = [row(text, name) for name in ("paused", "seek", "stall", "gap", "startup")]

    assert [set(each) - {" "} for each in drawn] == [{"="}, {">"}, {"x"}, {"·"}, {"░"}]


def test_a_skipped_ad_ends_in_its_mark(timeline: Timeline) -> None:
    ads = row(terminal_timeline(timeline, width=160), "ads")

    assert re.fullmatch(r" *▓pre-1▓+ +▓mid-1▓*» *▓mid-2▓+ *", ads)


def test_seconds_that_were_seen_twice_are_darker() -> None:
    film = Scenario(40, startup=0.0).play().watch(20).seek(0, takes=0).watch(10).exit()
    seen = row(terminal_timeline(of_log(film)[0], width=100), "seen")

    strip = seen[1 : seen.index("]")]
    half = len(strip) // 2
    assert set(strip[: half // 2 - 1]) == {"▒"}
    assert set(strip[half // 2 + 1 : half - 1]) == {"░"}
    assert set(strip[half + 1 :]) == {" "}


def test_the_playhead_rises_while_content_plays_and_stands_in_a_pause() -> None:
    text = terminal_timeline(of_log(FILM)[0], width=13 + 40)
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("to "))
    rows = [line[13:].ljust(40) for line in lines[first : first + 3]]
    levels = [sum(" ▁▂▃▄▅▆▇█".index(each[k]) for each in rows) for k in range(40)]

    assert levels[:10] == sorted(levels[:10])
    assert len(set(levels[10:20])) == 1
    assert levels[20:] == sorted(levels[20:])
    assert (levels[0], levels[39]) == (1, 24)


def test_what_was_repaired_has_a_row() -> None:
    """S61: it plays though nobody said play; what was only ignored has no mark."""
    session = RecordedSession("s", SessionPlan(user_id="u"))
    for second in range(10):
        session.receive(Progress(START + second, float(second)))
    timeline = explained_timeline(session.explain())

    assert [(note.kind, note.reason) for note in timeline.notes] == [
        ("ignore", "not_started"),
        ("repair", "play_lost"),
    ]
    assert row(terminal_timeline(timeline), "repaired").strip() == "+"
    assert "repaired" not in terminal_timeline(of_log(FILM)[0])


def test_colours_change_no_character(timeline: Timeline) -> None:
    coloured = terminal_timeline(timeline, colour=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)

    assert plain == terminal_timeline(timeline)
    assert "\x1b[" in coloured


def test_no_colour_is_the_ground_of_a_light_or_of_a_dark_terminal(timeline: Timeline) -> None:
    codes = re.findall(r"\x1b\[([0-9;]*)m", terminal_timeline(timeline, colour=True))
    used = {int(code) for each in codes for code in each.split(";") if code}

    assert used & {34, 33}  # content is blue, ads are yellow
    assert not used & {30, 37, 90, 97}  # black and white, dull and bright


def test_plain_text_needs_no_rich() -> None:
    code = (
        "import sys; sys.modules['rich'] = None\n"
        "from video_tracker.errors import VideoTrackerError\n"
        "from video_tracker.testing import Scenario, simulate\n"
        "from video_tracker.timeline import session_timeline, terminal_timeline\n"
        "film = session_timeline(simulate(Scenario(9).play().watch_to_end()).events())\n"
        "print(terminal_timeline(film))\n"
        "try: terminal_timeline(film, colour=True)\n"
        "except VideoTrackerError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert "█film█" in said
    assert 'pip install "video-tracker[cli]"' in said


def test_a_session_of_one_event_is_drawn() -> None:
    """The collector shows sessions that have just begun."""
    whole = simulate(Scenario(20).play().watch_to_end()).events()
    first = session_timeline(whole[:1])

    assert [tick.name for tick in first.ticks] == ["Playback Started"]
    assert first.length == 0
    assert row(terminal_timeline(first), "events") == "|"
    assert "Playback Started" in first.to_svg()


def test_what_cannot_be_drawn_is_told() -> None:
    with pytest.raises(ValueError, match="40 columns or more, not 39"):
        terminal_timeline(of_log(FILM)[0], width=39)
    with pytest.raises(ValueError, match="there is no timeline to draw"):
        terminal_timeline()
