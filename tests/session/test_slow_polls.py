"""Players that tell their position every few seconds: how long their silence is ordinary (S63)."""

import pytest

from tests.session.story import Story
from tests.session.test_live import live

POLLS = [2.5, 3.0, 4.0, 5.0]


def spent(story: Story) -> tuple[float, float, float]:
    """What was played, stalled and suspended."""
    figures = story.figures()
    played = figures["content_played"] + figures["ad_played"]
    return played, figures["buffering"], figures["suspended"]


class TestStandingStill:
    @pytest.mark.parametrize("step", POLLS)
    def test_content_that_stands_between_slow_polls_stalls(self, step: float) -> None:
        """S63, S65: told to stand still five times, then it moves on."""
        story = Story(600, step=step).begin().watch(4 * step).stand(5 * step).watch(4 * step)
        assert spent(story) == pytest.approx((8 * step, 5 * step, 0))
        assert story.rest[2:] == []

    @pytest.mark.parametrize("step", POLLS)
    def test_so_does_an_ad(self, step: float) -> None:
        """S65, S84: an ad's clock is judged like the content's."""
        story = Story(600, step=step, quartiles="off").begin().watch(step)
        story.say("ad_break_start")
        story.ad_start("a", duration=100)
        story.watch_ad(4 * step)
        for _ in range(5):
            story.wait(step).say("ad_progress", position=story.in_ad)
        story.watch_ad(4 * step)
        assert spent(story) == pytest.approx((9 * step, 5 * step, 0))

    @pytest.mark.parametrize("step", POLLS)
    def test_a_pause_without_a_place_is_where_it_stood(self, step: float) -> None:
        """S63: a playhead that was told to stand still is known: nothing is extrapolated."""
        story = Story(600, step=step).begin().watch(4 * step).stand(4 * step).wait(1)
        assert story.say("pause") == [f"{8 * step + 1:g} Paused {int(4 * step)} @content-1"]

    def test_polls_need_not_come_punctually(self) -> None:
        """S63, S65: 5 s apart, now and then half a second more or less."""
        story = Story(600, step=5).begin().watch(20)
        story.stand(5.4, step=5.4).stand(4.7, step=4.7).stand(5.5, step=5.5).watch(10)
        assert spent(story) == pytest.approx((30, 15.6, 0))

    def test_a_word_between_two_polls_changes_no_habit(self) -> None:
        """S63: the usual interval stays 5 s, though one was told in 2 s and 3 s."""
        story = Story(600, step=5).begin().watch(20).watch(2).watch(3, step=3).stand(10)
        assert spent(story.watch(5)) == pytest.approx((30, 10, 0))

    def test_what_is_usual_is_of_one_run_of_playing(self) -> None:
        """S63: after a pause nobody knows it, and 5 s of silence are none."""
        story = Story(600, step=5).begin().watch(20).pause(3).stand(5).watch(5)
        assert spent(story) == pytest.approx((25, 0, 5))

    def test_two_sleeps_of_a_fast_player_are_no_habit(self) -> None:
        """S63: of its last five intervals three are short."""
        story = Story(600, idle_timeout=9000).begin().watch(20)
        for _ in range(2):
            story.wait(7200)
            story.position += 0.5
            story.say("progress", position=story.position)
        played, stalled, suspended = spent(story)
        assert (played + stalled, suspended) == pytest.approx((21, 14_399))

    def test_once_polls_are_fast_a_silence_is_no_slow_poll_any_more(self) -> None:
        """S63: the last five intervals are of a second."""
        story = Story(600, step=5).begin().watch(20).watch(6, step=1).stand(5).watch(5, step=1)
        assert spent(story) == pytest.approx((31, 0, 5))


class TestSlidingWindows:
    @pytest.mark.parametrize(
        ("step", "window"),
        [(2.0, 5), (2.5, 4), (2.5, 6), (4.0, 6), (5.0, 6), (5.0, 7), (5.0, 8), (5.0, 10), (8.0, 9)],
    )
    def test_a_window_that_slides_between_slow_polls_is_played(
        self, step: float, window: float
    ) -> None:
        """S85: it falls by what was gained since it fell last: no seek, no stall."""
        story = live().begin(position=3600.0)
        for poll in range(1, 21):
            story.wait(step).say("progress", position=3600.0 + poll * step % window)
        assert story.rest == ["0 Playback Started 0", "0 Content Started 0 content-1"]
        assert spent(story) == pytest.approx((20 * step, 0, 0))
        assert len(story.beats) == 20 * step // 10

    def test_a_sleep_is_no_sliding_window(self) -> None:
        """S63, S85: polls of 5 s, then 100 s without a word, and 2 s further back."""
        story = live().begin(position=3600.0).watch(20, step=5)
        story.wait(100).say("progress", position=3618.0)
        played, stalled, suspended = spent(story)
        assert (played, stalled, suspended) == pytest.approx((26, 0, 94))

    @pytest.mark.parametrize("place", [3606.3, 3610.7])
    def test_what_was_told_to_stand_at_the_edge_was_no_silence(self, place: float) -> None:
        """S63, S85: it was heard each second, then its window moved, or it hovers."""
        story = live().begin(position=3600.3).watch(10)
        for _ in range(6):
            story.wait(1).say("progress", position=3610.3)
        story.wait(1).say("progress", position=place)
        assert spent(story) == pytest.approx((17, 0, 0))


class TestOtherSilences:
    def test_what_a_slow_player_played_before_a_jump_counts(self) -> None:
        """S61, S63: 4 s to where the viewer sought; the interval of 5 s says nothing."""
        story = Story(600, step=5).begin().watch(20).wait(5)
        story.say("progress", position=300.0)
        story.position = 300.0
        story.watch(20)
        assert len(story.named("Playback Seek Started")) == 1
        assert spent(story) == pytest.approx((45, 0, 0))

    def test_a_stall_that_a_jump_ends_was_a_stall(self) -> None:
        """S65: heard at 20 for 6 s, a second later elsewhere."""
        story = Story(600).begin().watch(20).stand(6).wait(1)
        story.say("progress", position=300.0)
        story.position = 300.0
        story.watch(5)
        assert spent(story) == pytest.approx((26, 6, 0))

    def test_a_fatal_error_waits_for_a_slow_player_s_next_word(self) -> None:
        """S76: what was buffered plays on for two polls, then nothing moves."""
        story = Story(600, step=5).begin().watch(20).wait(1)
        story.say("error", fatal=True, reason="decode")
        story.now = 20
        assert story.watch(10).rest[2:] == []
        assert story.wait(60).say("tick") == ["30 Interrupted 30 @content-1 decode"]

    def test_a_next_item_begins_after_a_poll_of_the_old_one(self) -> None:
        """S63, S92: the old one played until then, though it was not heard for 5 s."""
        story = Story(600, step=5).begin().watch(20)
        story.say("load", next_item=True)
        story.wait(5).say("playing", position=0.0)
        assert spent(story) == pytest.approx((25, 0, 0))
