"""Stalls, announced or not, long or short: S32, S65, S66, S74."""

import pytest

from tests.session.story import Story, ad, mid, names


def in_ad(played: float = 5.0, length: float = 20.0) -> Story:
    """Five seconds into a mid-roll of twenty."""
    story = Story(60, quartiles="off").begin().watch(15)
    story.say("ad_break_start")
    story.ad_start("a1", duration=length)
    return story.watch_ad(played)


class TestBuffering:
    def test_a_stall_in_content_is_a_pair(self) -> None:
        """S32: in the same call each."""
        story = Story(60).begin().watch(5)
        assert story.say("buffer_start", position=5.0) == ["5 Buffer Started 5 @content-1"]
        assert story.wait(3).say("buffer_end", position=5.0) == ["8 Buffer Completed 5 @content-1"]

    def test_a_stall_in_an_ad_is_the_same_pair_with_the_ad_s_ids(self) -> None:
        """S32, S34."""
        story = in_ad()
        assert story.say("buffer_start") == ["20 Buffer Started 20 @ad-1"]
        assert story.wait(3).say("buffer_end") == ["23 Buffer Completed 20 @ad-1"]

    @pytest.mark.parametrize("over", ["playing", "progress"])
    def test_any_sign_of_playing_ends_a_stall(self, over: str) -> None:
        """S32, S61: the player never says that it is over."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        told = story.wait(3).say(over, position=5.0 if over == "playing" else 5.5)
        assert [line.split(" ")[1:3] for line in told] == [["Buffer", "Completed"]]

    def test_a_stall_told_twice_is_one_pair(self) -> None:
        """S20, S61."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        assert story.wait(1).say("buffer_start", position=5.0) == []
        story.wait(1).say("buffer_end", position=5.0)
        assert story.say("buffer_end", position=5.0) == []
        assert story.figures()["rebuffers"] == 1

    def test_a_pause_in_a_stall_closes_it_first(self) -> None:
        """S32, S66: Buffer Completed, then Paused, and the time after it is paused."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        assert story.wait(3).say("pause", position=5.0) == [
            "8 Buffer Completed 5 @content-1",
            "8 Paused 5 @content-1",
        ]
        assert story.wait(4).say("buffer_end", position=5.0) == []
        assert story.wait(1).say("play", position=5.0) == [
            "13 Resumed 5 @content-1",
            "13 Content Playing 5 content-1",
        ]
        figures = story.figures()
        assert (figures["buffering"], figures["paused"]) == (pytest.approx(3), pytest.approx(5))

    def test_an_interruption_of_a_stall_resumes_after_it(self) -> None:
        """S32: Buffer Completed precedes Resumed."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        story.wait(3).say("interrupt", method="network loss")
        story.wait(5).say("playing", position=5.0)
        order = [event.name for event in story.events]
        assert order.index("Video Playback Buffer Completed") < order.index(
            "Video Playback Resumed"
        )

    def test_a_seek_in_a_stall_closes_it(self) -> None:
        """S66: before Seek Started, at the same time."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        assert story.wait(3).say("seek_start", position=5.0, to=30.0) == [
            "8 Buffer Completed 5 @content-1",
            "8 Seek Started 5 @content-1 >30",
        ]

    @pytest.mark.parametrize("order", ["seek_end,buffer_end", "buffer_end,seek_end"])
    def test_both_orders_of_the_closing_callbacks_work(self, order: str) -> None:
        """S66: the stall was closed by the seek; nothing is left open, nothing is told twice."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        story.wait(3).say("seek_start", position=5.0, to=30.0)
        story.wait(2)
        for signal in order.split(","):
            story.say(signal, position=30.0)
        story.position = 30.0
        story.watch(5)

        assert story.rest[2:] == [
            "5 Buffer Started 5 @content-1",
            "8 Buffer Completed 5 @content-1",
            "8 Seek Started 5 @content-1 >30",
            "10 Seek Completed 30 @content-1 >30",
        ]

    def test_a_seek_may_hold_a_stall(self) -> None:
        """S32: a pair inside the seek's pair."""
        story = Story(60).begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        story.wait(1).say("buffer_start", position=30.0)
        story.wait(2).say("buffer_end", position=30.0)
        story.wait(1).say("seek_end", position=30.0)

        assert names(story.events)[2:] == [
            "Seek Started",
            "Buffer Started",
            "Buffer Completed",
            "Seek Completed",
        ]
        assert [event.at - story.start for event in story.events[2:]] == [5, 6, 8, 9]
        figures = story.figures()
        assert figures["seeking"] + figures["buffering"] == pytest.approx(4)

    def test_a_resume_at_rate_zero_is_still_buffering(self) -> None:
        """S74: paused and resumed in the stall; nothing plays until the rate is back."""
        story = Story(60).begin().watch(10)
        story.say("update", playback_rate=0.0)
        story.stand(2)
        story.say("pause")
        story.wait(3).say("play")
        story.say("playing")
        story.stand(4)
        story.say("update", playback_rate=1.0)
        story.watch(5)
        figures = story.figures()
        assert figures["paused"] == pytest.approx(3)
        assert figures["content_played"] == pytest.approx(15, abs=0.5)
        assert figures["buffering"] == pytest.approx(6, abs=0.5)

    @pytest.mark.parametrize("min_buffer", [0.0, 0.25])
    def test_a_break_closes_the_stall_in_a_seek_and_the_seek(self, min_buffer: float) -> None:
        """S20, S32: the inner pair first."""
        story = Story(60, min_buffer=min_buffer, quartiles="off").begin().watch(5)
        story.say("seek_start", position=5.0, to=30.0)
        story.wait(0.5).say("buffer_start", position=30.0)
        story.wait(2).pod(("a1", 5))
        assert names(story.events)[2:] == [
            "Seek Started",
            "Buffer Started",
            "Buffer Completed",
            "Seek Completed",
            "Content Completed",
            "Ad Started",
            "Ad Completed",
        ]

    def test_an_ad_that_moves_while_it_is_sought_in_still_seeks(self) -> None:
        """S33: the target is reported before the seek has ended."""
        story = in_ad(length=30)
        story.say("seek_start", position=5.0, to=12.0)
        assert story.wait(0.3).say("ad_progress", position=12.0) == []
        told = story.wait(0.3).say("seek_end", position=12.0)
        assert [line.split(" ")[1:3] for line in told] == [["Seek", "Completed"]]
        figures = story.figures()
        assert figures["seeking"] == pytest.approx(0.6)
        assert figures["ad_played"] == pytest.approx(5)

    @pytest.mark.parametrize(
        ("signal", "pair"),
        [
            ("pause", ["Paused", "Resumed"]),
            ("buffer_start", ["Buffer Started", "Buffer Completed"]),
        ],
    )
    def test_an_ad_that_plays_on_ends_its_pause_or_stall(
        self, signal: str, pair: list[str]
    ) -> None:
        """S61: the closing callback was lost; the ad's seconds are right."""
        story = in_ad()
        story.say(signal)
        story.wait(3).watch_ad(15).ad_end()
        assert names(story.events)[4:] == [*pair, "Ad Completed"]
        figures = story.figures()
        assert figures["ad_played"] == pytest.approx(20, abs=0.5)
        assert figures["paused"] + figures["buffering"] == pytest.approx(3, abs=0.5)

    def test_rate_zero_while_playing_is_buffering(self) -> None:
        """S74: never a rate, and never divided by."""
        story = Story(60).begin().watch(10)
        story.say("update", playback_rate=0.0)
        story.stand(5)
        story.say("update", playback_rate=1.0)
        story.watch(10)

        figures = story.figures()
        assert figures["buffering"] == pytest.approx(5, abs=0.5)
        assert figures["content_played"] == pytest.approx(20, abs=0.5)
        assert figures["average_rate"] == pytest.approx(1, abs=0.05)


class TestUnannouncedStalls:
    """S65: position stands still for more than a second while "playing", then moves on."""

    def test_they_are_buffering_in_the_figures(self) -> None:
        """And make no events by default."""
        story = Story(60, step=0.25).begin().watch(8).stand(5).watch(8)

        figures = story.figures()
        assert figures["content_played"] == pytest.approx(16, abs=0.5)
        assert figures["buffering"] == pytest.approx(5, abs=0.5)
        assert story.rest[2:] == []

    def test_they_make_no_beats(self) -> None:
        """S40: buffering time does not count."""
        story = Story(60, step=0.25).begin().watch(8).stand(5).watch(1)
        assert story.beats == []
        story.watch(1.5)
        assert len(story.beats) == 1

    def test_they_make_events_when_asked_for(self) -> None:
        """The setting ``inferred_buffering``; dated truly."""
        story = Story(60, step=0.25, inferred_buffering=True).begin().watch(8).stand(5).watch(8)

        pair = [event for event in story.events if "Buffer" in event.name]
        assert [event.name.removeprefix("Video Playback ") for event in pair] == [
            "Buffer Started",
            "Buffer Completed",
        ]
        assert [event.position for event in pair] == [8, 8]
        assert pair[0].at - story.start == pytest.approx(8, abs=0.3)
        assert pair[1].at - story.start == pytest.approx(13, abs=0.3)

    def test_a_short_stand_is_none(self) -> None:
        """Up to a second may pass between two moves of the position."""
        story = Story(60, step=0.25, inferred_buffering=True).begin()
        story.watch(8).stand(0.75).watch(8)
        assert story.rest[2:] == []


class TestMinBuffer:
    def story(self) -> Story:
        return Story(60, min_buffer=0.25, step=0.25).begin().watch(5)

    def test_a_short_stall_is_dropped(self) -> None:
        """S32, S74: no pair; the ledger counts its time truly."""
        story = self.story()
        assert story.say("buffer_start", position=5.0) == []
        assert story.wait(0.2).say("buffer_end", position=5.0) == []
        story.watch(5)

        assert story.rest[2:] == []
        assert story.figures()["buffering"] == pytest.approx(0.2)

    @pytest.mark.parametrize("shown_by", ["tick", "buffer_end", "playing"])
    def test_a_longer_stall_is_dated_truly(self, shown_by: str) -> None:
        """S32: whatever shows that it lasted."""
        story = self.story()
        assert story.say("buffer_start", position=5.0) == []
        story.wait(0.5)
        if shown_by == "tick":
            assert story.session.wake_at() == pytest.approx(story.start + 5.25)
            assert story.say("tick") == ["5 Buffer Started 5 @content-1"]
            assert story.wait(0.5).say("buffer_end", position=5.0) == [
                "6 Buffer Completed 5 @content-1"
            ]
        else:
            assert story.say(shown_by, position=5.0) == [
                "5 Buffer Started 5 @content-1",
                "5.5 Buffer Completed 5 @content-1",
            ]

    def test_a_pause_drops_a_short_stall(self) -> None:
        """S32: it ended sooner."""
        story = self.story()
        story.say("buffer_start", position=5.0)
        assert story.wait(0.1).say("pause", position=5.0) == ["5.1 Paused 5 @content-1"]

    def test_a_pause_reports_a_longer_stall_first(self) -> None:
        """S32: the pair, dated truly, then Paused."""
        story = self.story()
        story.say("buffer_start", position=5.0)
        assert story.wait(1).say("pause", position=5.0) == [
            "5 Buffer Started 5 @content-1",
            "6 Buffer Completed 5 @content-1",
            "6 Paused 5 @content-1",
        ]

    def test_a_held_stall_holds_the_beat_too(self) -> None:
        """S32, S40: whatever becomes of it, its time is not playing."""
        story = Story(60, min_buffer=0.25, step=0.25).begin().watch(9.75)
        story.say("buffer_start", position=9.75)
        assert story.wait(0.2).say("tick") == []
        assert story.wait(0.1).say("tick") == ["9.75 Buffer Started 9 @content-1"]
        story.wait(3).say("buffer_end", position=9.75)
        story.watch(1)
        assert story.beats == ["13.3 Content Playing 10 content-1"]

    def test_without_the_setting_nothing_is_held(self) -> None:
        """S32: default 0."""
        story = Story(60).begin().watch(5)
        story.say("buffer_start", position=5.0)
        story.wait(0.01).say("buffer_end", position=5.0)
        assert len(story.rest) == 4


@pytest.mark.parametrize("scrub_window", [0.0, 0.5])
@pytest.mark.parametrize("min_buffer", [0.0, 0.5])
@pytest.mark.parametrize(
    ("after", "told"),
    [
        ("content", ["Content Started 12 content-2"]),
        ("ads", ["Content Completed 7 content-1", "Ad Started 0 ad-1/a mid"]),
    ],
)
def test_what_follows_a_seek_and_a_stall_over_an_unwatched_break_may_yet_be_that_break(
    min_buffer: float, scrub_window: float, after: str, told: list[str]
) -> None:
    """S20, S21, S22, S86: until it plays, no pod begins; least of all inside the stall."""
    story = Story(
        60, min_buffer=min_buffer, scrub_window=scrub_window, breaks=[mid(10, ad("a", 5))]
    )
    story.begin().watch(7).say("seek_start", to=12.0)
    story.wait(0.2).say("seek_end")
    story.say("buffer_start")
    story.wait(3).say("tick")
    assert story.rows[-3:] == [
        "7 Seek Started 7 @content-1 >12",
        "7.2 Seek Completed 12 @content-2 >12",
        "7.2 Buffer Started 12 @content-1",
    ]
    if after == "ads":
        story.say("ad_break_start")
        story.ad_start("a", duration=5.0)
    else:
        story.say("playing", position=12.0)
        story.position = 12.0
        story.watch(1)
    assert [line.split(" ", 1)[1] for line in story.rows[-1 - len(told) :]] == [
        "Buffer Completed 12 @content-1",
        *told,
    ]


@pytest.mark.parametrize("how", ["playing", "progress"])
def test_where_a_seek_led_that_is_told_in_a_stall_begins_behind_it(how: str) -> None:
    """S20, S22, S33: no pod starts inside a stall."""
    story = Story(60).begin().watch(20).pod(("x", 5)).watch(10)
    story.say("seek_start")
    story.wait(0.5).say("seek_end")
    story.say("buffer_start")
    story.wait(2).say(how, position=3.0)
    story.say("buffer_end")
    story.position = 3.0
    story.watch(1)
    assert story.rows[-2:] == [
        "37.5 Buffer Completed 3 @content-2",
        "37.5 Content Started 3 content-1",
    ]


@pytest.mark.parametrize(
    ("told", "row"),
    [("pause", "37.5 Paused 3 @content-1"), ("seek_start", "37.5 Seek Started 3 @content-1")],
)
def test_what_ends_a_stall_is_in_the_pod_that_was_told_in_it(told: str, row: str) -> None:
    """S20, S22, S33, S66."""
    story = Story(60).begin().watch(20).pod(("x", 5)).watch(10)
    story.say("seek_start")
    story.wait(0.5).say("seek_end")
    story.say("buffer_start")
    assert story.wait(2).say(told, position=3.0) == [
        "37.5 Buffer Completed 3 @content-2",
        "37.5 Content Started 3 content-1",
        row,
    ]
