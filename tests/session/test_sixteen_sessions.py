"""The sixteen sessions every tracker should get right, each told in several plausible ways."""

from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid, pre
from video_tracker.session import Playback

WAYS = [
    pytest.param((T0, 1.0), id="progress-each-second"),
    pytest.param((T0, 0.25), id="progress-each-quarter"),
    pytest.param((T0 + 0.13, 0.1), id="progress-each-tenth"),
    pytest.param((T0, 15.0), id="few-callbacks"),
    pytest.param((0.0, 1.0), id="from-unix-time-zero"),
]

TOLERANCE = 0.5


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The wall time a story begins at, and how often its player reports progress."""
    start, step = request.param
    return {"start": start, "step": step}


def check(story: Story, **wanted: Any) -> dict[str, Any]:
    """Hold the figures of a story to the table: seconds within half a second, counts exactly."""
    figures = story.figures()
    got = {name: figures[name] for name in wanted}
    assert got == {
        name: pytest.approx(value, abs=TOLERANCE) if isinstance(value, float) else value
        for name, value in wanted.items()
    }
    return figures


class TestSession1:
    """60 s plain, 2 s startup."""

    def test_plays_sixty_seconds_after_two_of_startup(self, way: dict[str, Any]) -> None:
        """P60 J2, unique 60."""
        story = Story(60, **way).begin(startup=2).watch(60).end()
        check(
            story,
            content_played=60.0,
            startup=2.0,
            startup_time=2.0,
            unique_seconds=60.0,
            content_media_seconds=60.0,
            average_rate=1.0,
            elapsed=62.0,
            ended="completed",
            pauses=0,
            seeks=0,
            rebuffers=0,
            ads_started=0,
            breaks=0,
        )

    def test_counts_waiting_at_the_start_as_startup(self, way: dict[str, Any]) -> None:
        """P60 J2 also when the player says that it waits before its first frame (S25)."""
        story = Story(60, **way)
        story.say("play")
        story.wait(0.5).say("buffer_start", position=0.0)
        story.wait(1.5).say("buffer_end", position=0.0)
        story.say("playing", position=0.0)
        story.watch(60).end()
        check(story, content_played=60.0, startup=2.0, buffering=0.0, rebuffers=0)

    def test_needs_no_playing_callback(self, way: dict[str, Any]) -> None:
        """P60 J2 when the first progress is the only sign of the first frame."""
        story = Story(60, **way)
        story.say("play")
        story.wait(2).say("progress", position=0.0)
        story.watch(60).end()
        check(story, content_played=60.0, startup=2.0, unique_seconds=60.0, ended="completed")


class TestSession2:
    """Pre-roll 15 + 60, 1 s joint between them."""

    @pytest.mark.parametrize("planned", [True, False])
    @pytest.mark.parametrize("break_ends", ["before-the-joint", "after-the-joint", "never"])
    def test_counts_the_joint_in_neither(
        self, way: dict[str, Any], planned: bool, break_ends: str
    ) -> None:
        """P60 A15."""
        story = Story(60, breaks=[pre(ad("a1", 15))] if planned else [], **way)
        story.say("play")
        story.say("ad_break_start", placement="pre")
        story.ad("a1", 15)
        if break_ends == "before-the-joint":
            story.say("ad_break_end")
        story.wait(1)
        if break_ends == "after-the-joint":
            story.say("ad_break_end")
        story.say("playing", position=0.0)
        story.watch(60).end()
        check(
            story,
            content_played=60.0,
            ad_played=15.0,
            elapsed=76.0,
            unique_seconds=60.0,
            breaks=1,
            ads_started=1,
            ads_completed=1,
            ended="completed",
        )


class TestSession3:
    """Mid-roll 15 at 30; both its end callbacks lost; content then plays on."""

    @pytest.mark.parametrize("says_playing", [True, False])
    def test_completes_the_ad_by_evidence(self, way: dict[str, Any], says_playing: bool) -> None:
        """P60 A15, one ad completed (S62)."""
        story = Story(60, **way).begin().watch(30)
        story.say("ad_break_start")
        story.ad_start("a1", duration=15)
        story.watch_ad(15)
        if says_playing:
            story.say("playing", position=30.0)
        story.watch(30).end()
        check(
            story,
            content_played=60.0,
            ad_played=15.0,
            unique_seconds=60.0,
            ads_started=1,
            ads_completed=1,
            ads_skipped=0,
            breaks=1,
            ended="completed",
        )
        (completed,) = story.named("Ad Completed")
        assert completed.at - story.start == pytest.approx(45)
        assert completed.position == 15

    def test_knows_the_length_from_the_plan_alone(self, way: dict[str, Any]) -> None:
        """P60 A15 when only the plan declares the ad's length."""
        story = Story(60, breaks=[mid(30, ad("a1", 15))], **way).begin().watch(30)
        story.say("ad_break_start")
        story.ad_start("a1")
        story.watch_ad(15).watch(30).end()
        check(story, content_played=60.0, ad_played=15.0, ads_started=1, ads_completed=1)


class TestSession4:
    """30 s stall."""

    @pytest.mark.parametrize("over", ["buffer_end", "playing", "progress"])
    @pytest.mark.parametrize("silent", [True, False])
    def test_buffers_thirty_seconds(self, way: dict[str, Any], over: str, silent: bool) -> None:
        """P60 B30, whether or not progress reports the standing position meanwhile."""
        story = Story(60, **way).begin().watch(20)
        story.say("buffer_start", position=20.0)
        if silent:
            story.wait(30)
        else:
            story.stand(30)
        if over != "progress":
            story.say(over, position=20.0)
            story.watch(40)
        else:
            story.watch(40, step=0.25)
        story.end()
        check(
            story,
            content_played=60.0,
            buffering=30.0,
            rebuffers=1,
            elapsed=90.0,
            ended="completed",
        )


class TestSession5:
    """Seek 10 -> 40 taking 2 s, of 60."""

    @pytest.mark.parametrize("landing", ["seek_end", "seek_end+playing", "progress-meanwhile"])
    def test_plays_thirty_of_sixty(self, way: dict[str, Any], landing: str) -> None:
        """P30 K2, unique 30."""
        story = Story(60, **way).begin().watch(10)
        story.say("seek_start", position=10.0, to=40.0)
        if landing == "progress-meanwhile":
            story.wait(1)
            story.position = 40.0
            story.say("progress", position=40.0)
            story.wait(1).say("seek_end", position=40.0)
        else:
            story.wait(2).say("seek_end", position=40.0)
            if landing == "seek_end+playing":
                story.say("playing", position=40.0)
        story.position = 40.0
        story.watch(20).end()
        figures = check(
            story,
            content_played=30.0,
            seeking=2.0,
            unique_seconds=30.0,
            content_media_seconds=30.0,
            seeks=1,
            elapsed=32.0,
            ended="completed",
        )
        ((asset, ranges),) = figures["watched"].items()
        assert [list(each) for each in ranges] == [
            pytest.approx([0, 10], abs=TOLERANCE),
            pytest.approx([40, 60], abs=TOLERANCE),
        ]
        assert figures["furthest"] == {asset: pytest.approx(60, abs=TOLERANCE)}


class TestSession6:
    """Stall 5 s, viewer seeks out of it (3 s), the stall's end comes after the seek's end."""

    @pytest.mark.parametrize("late", [0.0, 0.05])
    @pytest.mark.parametrize("closing", ["seek_end,buffer_end", "buffer_end,seek_end"])
    def test_keeps_stall_and_seek_apart(
        self, way: dict[str, Any], late: float, closing: str
    ) -> None:
        """P30 B5 K3, in both orders of the closing callbacks (S66)."""
        story = Story(60, **way).begin().watch(10)
        story.say("buffer_start", position=10.0)
        story.wait(5).say("seek_start", position=10.0, to=40.0)
        story.wait(3)
        first, second = closing.split(",")
        story.say(first, position=40.0)
        story.wait(late).say(second, position=40.0)
        story.position = 40.0
        story.watch(20).end()
        check(
            story,
            content_played=30.0,
            buffering=5.0,
            seeking=3.0,
            rebuffers=1,
            seeks=1,
            unique_seconds=30.0,
            ended="completed",
        )


class TestSession7:
    """20 s pause inside the ad."""

    @pytest.mark.parametrize("resumed_by", ["play", "play+playing", "playing"])
    def test_pauses_the_ad(self, way: dict[str, Any], resumed_by: str) -> None:
        """P60 A15 Z20."""
        story = Story(60, **way).begin().watch(30)
        story.say("ad_break_start")
        story.ad_start("a1", duration=15)
        story.watch_ad(5)
        story.say("pause")
        story.wait(20)
        for signal in resumed_by.split("+"):
            story.say(signal)
        story.watch_ad(10).ad_end()
        story.say("ad_break_end")
        story.say("playing", position=30.0)
        story.watch(30).end()
        check(
            story,
            content_played=60.0,
            ad_played=15.0,
            paused=20.0,
            pauses=1,
            ads_started=1,
            ads_completed=1,
            ended="completed",
        )


class TestSession8:
    """Ad start twice."""

    @pytest.mark.parametrize("again_after", [0.0, 0.25, 4.0])
    @pytest.mark.parametrize("asset_id", ["a1", None])
    def test_counts_one_ad(
        self, way: dict[str, Any], again_after: float, asset_id: str | None
    ) -> None:
        """One ad (S62: the same ad started again without an end between is a duplicate)."""
        story = Story(60, breaks=[mid(30, ad("a1", 15))], **way).begin().watch(30)
        story.say("ad_break_start")
        story.ad_start(asset_id, duration=15, pod_position=1)
        story.watch_ad(again_after)
        story.say("ad_start", asset_id=asset_id, duration=15, pod_position=1)
        story.watch_ad(15 - again_after).ad_end()
        story.say("ad_break_end")
        story.say("playing", position=30.0)
        story.watch(30).end()
        check(
            story,
            content_played=60.0,
            ad_played=15.0,
            ads_started=1,
            ads_completed=1,
            breaks=1,
        )
        assert len(story.named("Ad Started")) == len(story.named("Ad Completed")) == 1


class TestSession9:
    """Pause 2 h, then 10 s more."""

    @pytest.mark.parametrize("time_told", ["by-nobody", "by-ticks", "when-asked-for"])
    def test_pauses_two_hours(self, way: dict[str, Any], time_told: str) -> None:
        """P20 Z7200, unique 20: the timeout in the silent pause moves no time (S26)."""
        story = Story(60, **way).begin().watch(10)
        story.say("pause", position=10.0)
        if time_told == "by-nobody":
            story.wait(7200)
        elif time_told == "by-ticks":
            story.tick(7200, step=60)
        else:
            story.idle(7200)
        story.say("play", position=10.0)
        story.say("playing", position=10.0)
        story.watch(10)
        check(
            story,
            content_played=20.0,
            paused=7200.0,
            unique_seconds=20.0,
            elapsed=7220.0,
            interrupted=0.0,
            suspended=0.0,
            pauses=1,
            ended="open",
        )


class TestSession10:
    """Pause pressed in a stall after 10 s, resumed 20 s later."""

    @pytest.mark.parametrize("stall_over", ["in-the-pause", "after-the-pause", "never-said"])
    def test_ends_the_stall_with_the_pause(self, way: dict[str, Any], stall_over: str) -> None:
        """P20 B10 Z20 (S66)."""
        story = Story(60, **way).begin().watch(10)
        story.say("buffer_start", position=10.0)
        story.wait(10).say("pause", position=10.0)
        story.wait(15)
        if stall_over == "in-the-pause":
            story.say("buffer_end", position=10.0)
        story.wait(5).say("play", position=10.0)
        if stall_over == "after-the-pause":
            story.say("buffer_end", position=10.0)
        story.say("playing", position=10.0)
        story.watch(10)
        check(
            story,
            content_played=20.0,
            buffering=10.0,
            paused=20.0,
            rebuffers=1,
            pauses=1,
        )


class TestSession11:
    """Clock steps back 5 s in a pause."""

    def test_keeps_the_playing_when_the_pause_hides_the_step(self, way: dict[str, Any]) -> None:
        """P20: the pause looks 5 s shorter, nothing else changes."""
        story = Story(60, **way).begin().watch(10)
        story.say("pause", position=10.0)
        story.wait(20 - 5).say("play", position=10.0)
        story.say("playing", position=10.0)
        story.watch(10)
        check(story, content_played=20.0, paused=15.0, unique_seconds=20.0)

    def test_keeps_the_playing_when_the_pause_looks_negative(self, way: dict[str, Any]) -> None:
        """P20, nothing negative (S64): the resume bears a time before the pause."""
        story = Story(60, **way).begin().watch(10)
        story.say("pause", position=10.0)
        story.wait(2 - 5).say("play", position=10.0)
        story.say("playing", position=10.0)
        story.watch(10)
        figures = check(story, unique_seconds=20.0, pauses=1, seeks=0)
        # With one callback in those ten seconds, nothing tells a step from a late callback.
        least = 17.0 if way["step"] > 10 else 20.0
        assert least - TOLERANCE <= figures["content_played"] <= 20.0 + TOLERANCE
        assert 0 <= figures["paused"] <= 2
        assert sum(figures["diagnostics"].values()) >= 1, "the step is counted"

    def test_keeps_the_playing_when_callbacks_in_the_pause_show_the_step(
        self, way: dict[str, Any]
    ) -> None:
        """P20, nothing negative: a callback before the step and one after it, both paused."""
        story = Story(60, **way).begin().watch(10)
        story.say("pause", position=10.0)
        story.wait(8).say("update", sound=50)
        story.wait(1 - 5).say("update", sound=60)
        story.wait(6).say("play", position=10.0)
        story.say("playing", position=10.0)
        story.watch(10)
        check(story, content_played=20.0, unique_seconds=20.0)


class TestSession12:
    """Last beacon at 61 s, no end."""

    @pytest.mark.parametrize("length", [120.0, None])
    @pytest.mark.parametrize("noticed", ["one-late-tick", "when-asked-for", "end-of-the-log"])
    def test_times_out_without_inventing_playing(
        self, way: dict[str, Any], length: float | None, noticed: str
    ) -> None:
        """P60, ended by timeout."""
        contents = [] if length is None else [length]
        story = Story(*contents, **way).begin(startup=1).watch(60)
        if noticed == "one-late-tick":
            story.wait(7200).say("tick")
        elif noticed == "when-asked-for":
            story.idle(7200)
        else:
            Playback(story.session).finish()
        check(story, content_played=60.0, startup=1.0, unique_seconds=60.0, ended="timeout")


class TestSession13:
    """Device asleep 2 h while "playing" (10 s of media progress after it)."""

    @pytest.mark.parametrize("length", [40.0, 600.0])
    def test_suspends_the_sleep(self, way: dict[str, Any], length: float) -> None:
        """P40, suspended about 7,199 (S63)."""
        story = Story(length, **way).begin().watch(30)
        beats_before = len(story.beats)
        story.wait(7199).watch(10)
        story.end()
        figures = check(
            story,
            content_played=40.0,
            suspended=7199.0,
            unique_seconds=40.0,
            elapsed=7239.0,
        )
        assert len(story.beats) - beats_before <= 2, "no burst of heartbeats"
        assert figures["heartbeats"] == len(story.beats)


class TestSession14:
    """Play reported before load."""

    @pytest.mark.parametrize("known_after", [0.0, 0.5, 10.0])
    def test_plays_all_the_same(self, way: dict[str, Any], known_after: float) -> None:
        """P60 (S61)."""
        story = Story(**way).begin().watch(known_after)
        story.say("load", duration=60.0)
        story.watch(60 - known_after).end()
        check(
            story,
            content_played=60.0,
            unique_seconds=60.0,
            elapsed=60.0,
            ended="completed",
        )
        (completed,) = story.named("Content Completed")
        assert (completed.position, completed.total_length) == (60, 60)


class TestSession15:
    """8 s between break start and first ad."""

    @pytest.mark.parametrize("planned", [True, False])
    def test_counts_the_gap_as_neither(self, way: dict[str, Any], planned: bool) -> None:
        """P60 A15, gap 8 (S67)."""
        story = Story(60, breaks=[mid(30, ad("a1", 15))] if planned else [], **way)
        story.begin().watch(30)
        story.say("ad_break_start")
        story.wait(8).ad("a1", 15)
        story.say("ad_break_end")
        story.say("playing", position=30.0)
        story.watch(30).end()
        check(
            story,
            content_played=60.0,
            ad_played=15.0,
            gap=8.0,
            elapsed=83.0,
            breaks=1,
            ads_started=1,
            ads_completed=1,
        )


class TestSession16:
    """Ad end arrives before its start."""

    def test_swaps_them_by_their_times(self, way: dict[str, Any]) -> None:
        """P60 A15, one ad completed: the times are the player's, only the order is wrong (S62)."""
        story = Story(60, **way).begin().watch(30)
        story.say("ad_break_start")
        story.wait(15)
        story.say_at(45.0, "ad_end", asset_id="a1")
        story.say_at(30.0, "ad_start", asset_id="a1", duration=15.0)
        self._goes_on(story)

    @pytest.mark.parametrize("known_by", ["callback", "plan"])
    def test_swaps_them_by_the_known_length(self, way: dict[str, Any], known_by: str) -> None:
        """P60 A15, one ad completed: both bear the time of arrival, the length is known."""
        breaks = [mid(30, ad("a1", 15))] if known_by == "plan" else []
        story = Story(60, breaks=breaks, **way).begin().watch(30)
        story.say("ad_break_start")
        story.wait(15).say("ad_end", asset_id="a1")
        story.wait(0.05)
        story.say("ad_start", asset_id="a1", duration=15.0 if known_by == "callback" else None)
        self._goes_on(story)

    @staticmethod
    def _goes_on(story: Story) -> None:
        story.say("ad_break_end")
        story.say("playing", position=30.0)
        story.watch(30).end()
        check(
            story,
            content_played=60.0,
            ad_played=15.0,
            ads_started=1,
            ads_completed=1,
            ads_skipped=0,
            breaks=1,
            ended="completed",
        )
        assert len(story.named("Ad Started")) == len(story.named("Ad Completed")) == 1
