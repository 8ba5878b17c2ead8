"""A seek bar that stops the content and plays on inside the seek, in each player of an element."""

import pytest

from tests.players.native import events
from tests.players.script import expected, lines
from video_tracker.players.registry import find_adapter

ELEMENTS = {"videojs": "videojs", "brightcove": "brightcove"} | dict.fromkeys(
    ("dashjs", "fluidplayer", "hlsjs", "html5", "mediaelement", "plyr", "shaka"), "html5"
)
PLAYS = "duration=900 readyState=4 paused=false"
RESTS = "duration=900 readyState=4 paused=true"
STARTED = f"""
    0     loadedmetadata | currentTime=0 {RESTS}
    400   play | currentTime=0 {PLAYS}
    900   playing | currentTime=0 {PLAYS}
    1900  timeupdate | currentTime=1 {PLAYS}
    2900  timeupdate | currentTime=2 {PLAYS}
    3200  pause | currentTime=2.3 {RESTS}
"""


def said(player: str, script: str) -> list[str]:
    words = (line.split(maxsplit=1) for line in lines(script))
    told = "\n".join(f"{at} {ELEMENTS[player]}:{rest}" for at, rest in words)
    return events(find_adapter(player)(), told + "\n9710 page:pagehide")


@pytest.mark.parametrize("waits", [10, 80, 240])
@pytest.mark.parametrize("player", ELEMENTS)
def test_a_pause_that_play_undoes_inside_the_seek_after_it_is_none(player: str, waits: int) -> None:
    """S31, S30: the player stopped for its own scrub; nobody saw a pause."""
    script = (
        STARTED
        + f"""
        {3200 + waits} seeking | currentTime=300 seeking=true {RESTS}
        3445  play | currentTime=300 seeking=true {PLAYS}
        3700  seeked | currentTime=300 {PLAYS}
        3710  playing | currentTime=300 {PLAYS}
        4710  timeupdate | currentTime=301 {PLAYS}
        """
    )

    assert said(player, script) == expected(f"""
        400  Playback Started position=0
        900  Content Started position=0
        {3200 + waits} Playback Seek Started position=2
        3700 Playback Seek Completed position=300
        9710 Playback Exited position=302
        """)


@pytest.mark.parametrize("player", ELEMENTS)
def test_a_word_of_sound_inside_the_scrub_says_nothing_of_its_pause(player: str) -> None:
    """S31: what tells nothing of playback explains no pause."""
    script = (
        STARTED
        + f"""
        3280  seeking | currentTime=300 seeking=true {RESTS}
        3300  volumechange | currentTime=300 seeking=true volume=0.5 {RESTS}
        3400  play | currentTime=300 seeking=true {PLAYS}
        3700  seeked | currentTime=300 {PLAYS}
        3710  playing | currentTime=300 {PLAYS}
        4710  timeupdate | currentTime=301 {PLAYS}
        """
    )

    assert not [line for line in said(player, script) if "Paused" in line]


@pytest.mark.parametrize("player", ELEMENTS)
def test_a_pause_that_nothing_undoes_in_the_seek_is_the_viewers(player: str) -> None:
    """S31, S33: told with its own time, and the seek inside it."""
    script = (
        STARTED
        + f"""
        3280  seeking | currentTime=300 seeking=true {RESTS}
        3700  seeked | currentTime=300 {RESTS}
        9000  play | currentTime=300 {PLAYS}
        9050  playing | currentTime=300 {PLAYS}
        """
    )

    assert said(player, script) == expected("""
        400  Playback Started position=0
        900  Content Started position=0
        3200 Playback Paused position=2
        3280 Playback Seek Started position=2
        3700 Playback Seek Completed position=300
        9000 Playback Resumed position=300
        9710 Playback Exited position=300
        """)


@pytest.mark.parametrize("player", ELEMENTS)
def test_a_pause_before_which_nothing_comes_in_time_is_the_viewers(player: str) -> None:
    """S31: a quarter of a second, and no more."""
    script = (
        STARTED
        + f"""
        3460  seeking | currentTime=300 seeking=true {RESTS}
        3470  play | currentTime=300 seeking=true {PLAYS}
        3700  seeked | currentTime=300 {PLAYS}
        """
    )

    assert "3200 Playback Paused position=2" in said(player, script)


@pytest.mark.parametrize("player", ELEMENTS)
def test_what_is_told_while_a_pause_is_held_does_not_date_it(player: str) -> None:
    """S31: Shaka tells the length anew 118 ms behind the viewer's pause."""
    script = (
        STARTED
        + f"""
        3318  durationchange | currentTime=2.3 {RESTS.replace("900", "900.5")}
        3400  timeupdate | currentTime=2.3 {RESTS.replace("900", "900.5")}
        """
    )

    assert said(player, script) == expected("""
        400  Playback Started position=0
        900  Content Started position=0
        3200 Playback Paused position=2
        9710 Playback Exited position=2
        """)
