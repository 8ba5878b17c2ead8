"""An ad in a media element: when it starts, how it ends, what happens in it."""

import pytest

from tests.players.script import callback, written
from video_tracker.plan import Ad
from video_tracker.players.ad_element import AdElement, Announced
from video_tracker.signals import Signal


def said(*signals: Signal) -> list[str]:
    return [written(signal) for signal in signals]


def play(element: AdElement, script: str) -> list[str]:
    """The signals of a script's callbacks."""
    lines = [line for line in script.splitlines() if line.strip()]
    return said(*(signal for line in lines for signal in element.receive(callback(line))))


def due(*, wanted: bool = True) -> AdElement:
    element = AdElement()
    element.wanted = wanted
    element.announce(Announced("ad5", 1, 5.0))
    return element


def test_an_announced_ad_that_never_moves_never_starts() -> None:
    """S71: nor does it end or get skipped; it can only fail."""
    element = due()

    assert play(element, "0 play 0/-\n1 waiting 0/-\n2 ended 0/5 PE") == []
    assert element.skip(3.0) == []
    assert element.announced is None


def test_an_ad_s_first_frame_that_no_event_tells_is_dated_by_its_position() -> None:
    """S71."""
    assert play(due(), "1000 timeupdate 0.25/5") == [
        "750 ad_start asset_id=ad5 pod_position=1 duration=5",
        "1000 ad_progress position=0.25",
    ]


def test_a_moving_ad_that_nobody_announced_is_none() -> None:
    """The framework's word is needed for which ad it is."""
    assert play(AdElement(), "0 playing 0/5\n250 timeupdate 0.25/5") == []


def test_without_any_play_the_first_frame_is_one() -> None:
    """S25: a pre-roll starts playback."""
    assert play(due(wanted=False), "0 playing 0/5") == [
        "0 play",
        "0 ad_start asset_id=ad5 pod_position=1 duration=5",
    ]


def test_a_stall_in_an_ad_is_ended_by_its_progress() -> None:
    """S32, A4: WebKit says no `playing`; standing still is no progress."""
    script = """
        0    playing 0/5
        1000 timeupdate 1/5
        1010 waiting 1/5 rs=2
        1260 timeupdate 1/5 rs=2
        3510 timeupdate 1.25/5
    """
    assert play(due(), script) == [
        "0 ad_start asset_id=ad5 pod_position=1 duration=5",
        "1000 ad_progress position=1",
        "1010 buffer_start position=1",
        "3260 buffer_end position=1",
        "3510 ad_progress position=1.25",
    ]


def test_a_synthetic_end_ends_no_ad() -> None:
    """S75, D15."""
    assert play(due(), "0 playing 0/5\n1000 ended 1/5") == [
        "0 ad_start asset_id=ad5 pod_position=1 duration=5"
    ]


def test_an_error_of_the_ad_s_element_fails_the_ad_once() -> None:
    """S13, S71."""
    error = '{"error": {"code": 4}}'
    assert play(due(), f"0 error 0/- P {error}\n1 error 0/- P {error}") == [
        "0 ad_error reason=source not playable asset_id=ad5"
    ]


def test_the_ad_s_pause_at_its_end_is_none() -> None:
    """S31, A1: with or without the flag."""
    assert play(due(), "0 playing 0/5\n5000 pause 5/5 P\n5001 ended 5/5 PE") == [
        "0 ad_start asset_id=ad5 pod_position=1 duration=5",
        "5001 ad_end position=5 asset_id=ad5",
    ]


def test_the_ad_s_volume_is_the_player_s() -> None:
    """S54: what is heard is the ad."""
    assert play(due(), "0 playing 0/5 v=1\n500 volumechange 0.5/5 M v=1") == [
        "0 update sound=100",
        "0 ad_start asset_id=ad5 pod_position=1 duration=5",
        "500 update sound=0",
    ]


def test_a_torn_down_element_has_lost_the_position_and_not_the_ad() -> None:
    """A11: after `emptied` the element says 0."""
    element = due()
    play(element, "0 playing 0/5\n3000 timeupdate 3/5\n3010 timeupdate 0/- rs=0")

    assert said(*element.skip(callback("3020 pause 0/- P").at)) == ["3020 ad_skip position=3"]


def test_an_announcement_may_hold_the_whole_ad() -> None:
    assert Announced(Ad(asset_id="a")).asset_id == "a"
    assert Announced("b").asset_id == "b"
    assert Announced().asset_id is None


@pytest.mark.parametrize("words", ["play 0/6", "playing 0/6", "play 0/6\n6200 playing 0/6"])
@pytest.mark.parametrize("length", [9.0, 30.0])
def test_another_file_s_first_frame_is_no_pause_of_the_ad_before(words: str, length: float) -> None:
    """S30, S83: the end of the open one was lost; what begins at 0 has not stood where that was."""
    element = AdElement(wanted=True)
    element.announce(Announced("one", 1, length))
    play(element, f"0 playing 0/{length}\n1500 timeupdate 1.5/{length}\n3000 timeupdate 3/{length}")

    assert play(element, f"6100 {words}") == []
    assert element.position == 3.0


def test_an_ad_that_plays_on_from_where_it_stood_was_paused() -> None:
    """S83: its `pause` was lost."""
    element = AdElement(wanted=True)
    element.announce(Announced("one", 1, 30.0))
    play(element, "0 playing 0/30\n1500 timeupdate 1.5/30\n3000 timeupdate 3/30")

    assert play(element, "6100 play 3/30\n6110 playing 3/30") == [
        "3000 pause position=3",
        "6100 play position=3",
    ]


def test_frames_that_go_on_without_a_word_of_play_were_not_paused() -> None:
    """S65, S83: the `waiting` before them was lost; its clock shows that the ad stood."""
    element = AdElement(wanted=True)
    element.announce(Announced("one", 1, 30.0))
    play(element, "0 playing 0/30\n1500 timeupdate 1.5/30\n3000 timeupdate 3/30")

    assert play(element, "6100 playing 3/30\n6400 timeupdate 3.3/30") == [
        "6400 ad_progress position=3.3"
    ]
