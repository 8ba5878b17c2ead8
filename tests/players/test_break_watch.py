"""Which media that move in a break prove that it is over, and since when."""

from video_tracker.players.base import Callback
from video_tracker.players.break_watch import BreakWatch, Resumed
from video_tracker.players.doubt import HOLD
from video_tracker.players.shaka import ShakaAdapter
from video_tracker.signals import Pause


def in_ad(*, left: float | None = 600.0) -> BreakWatch:
    """A break of 10 s at 100 s, whose ad was last heard at 110 s."""
    watch = BreakWatch()
    watch.begin(100.0, left)
    for at in range(101, 111):
        watch.ad_moves(float(at))
    return watch


def test_two_seconds_of_content_end_a_break_whose_ad_is_open() -> None:
    """S62: dated back to where it went on."""
    watch = in_ad()

    assert watch.content(112.0, 601.0) is None
    assert watch.content(113.0, 602.0) == Resumed(111.0, 600.0)


def test_half_a_second_is_enough_once_the_ad_has_ended() -> None:
    """S81."""
    watch = in_ad()
    watch.ad_ends(111.0)

    assert watch.content(111.4, 600.4) is None
    resumed = watch.content(111.6, 600.6)
    assert resumed is not None
    assert abs(resumed.at - 111.0) < 1e-6
    assert resumed.position == 600.0


def test_content_goes_on_no_earlier_than_the_ads_last_word() -> None:
    watch = in_ad()

    assert watch.content(112.0, 602.5) == Resumed(110.0, 600.0)


def test_a_jump_proves_nothing_until_it_moves_on() -> None:
    """S78: time does not explain it."""
    watch = in_ad()

    assert watch.content(111.0, 700.0) is None
    assert watch.content(112.0, 701.0) is None
    assert watch.content(113.0, 702.0) == Resumed(111.0, 700.0)


def test_where_nobody_knows_the_place_the_first_one_told_is_it() -> None:
    watch = in_ad(left=None)

    assert watch.content(111.0, 3.0) is None
    assert watch.content(113.0, 5.0) == Resumed(111.0, 3.0)


def test_an_ad_that_is_heard_in_between_plays() -> None:
    """S62: where both clocks move."""
    watch = in_ad()
    for second in range(40):
        assert watch.content(110.6 + second, 600.6 + second) is None
        watch.ad_moves(111.0 + second)


def test_where_both_clocks_move_an_ad_is_over_that_is_silent_for_long() -> None:
    watch = in_ad()
    watch.content(110.6, 600.6)
    watch.ad_moves(111.0)
    watch.content(111.6, 601.6)
    watch.ad_moves(112.0)

    assert watch.content(113.6, 603.6) is None
    assert watch.content(115.6, 605.6) is not None


def test_the_frameworks_way_back_is_no_playing() -> None:
    """D10: a seek, or a pause that comes after the break's first word."""
    watch = in_ad()
    state = {"currentTime": 605.0, "readyState": 4}

    assert watch.element(Callback(120.0, "html5", "seeked", state)) is None
    assert watch.element(Callback(120.1, "html5", "playing", state)) is None
    moved = Callback(122.1, "html5", "timeupdate", {**state, "currentTime": 607.1})
    resumed = watch.element(moved)
    assert resumed is not None
    assert abs(resumed.at - 120.0) < 1e-6
    assert resumed.position == 605.0


def test_a_doubt_is_over_in_time_or_by_what_the_content_says() -> None:
    """S31."""
    playing = [Callback(10.0, "html5", "play"), Callback(10.0, "html5", "playing")]
    words = [
        (Callback(11.1, "html5", "play"), True),
        (Callback(11.1, "page", "pagehide"), True),
        (Callback(11.1, "html5", "play", element="ad"), False),
        (Callback(11.1, "html5", "timeupdate"), False),
    ]
    for word, ends in words:
        adapter = ShakaAdapter()
        for callback in [*playing, Callback(11.0, "html5", "pause")]:
            adapter.translate(callback)

        assert adapter.wake_at() == 11.0 + HOLD
        assert any(isinstance(s, Pause) for s in adapter.translate(word)) is ends
        assert adapter.wake_at() == (None if ends else 11.0 + HOLD)
