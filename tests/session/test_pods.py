"""The order of events, and pods around breaks and seeks: S20, S21, S22."""

import pytest

from tests.session.story import Story, ad, mid, names, post, pre
from video_tracker.plan import AdBreak


class TestWholeSession:
    def test_a_session_with_every_kind_of_break(self) -> None:
        """S20, S21, S23: these events, in this order, and nothing more."""
        story = Story(
            40,
            breaks=[pre(ad("a0", 8)), mid(20, ad("a1", 8), ad("a2", 8)), post(ad("a3", 8))],
        )
        story.say("play")
        story.wait(1).pod(("a0", 8))
        story.say("playing", position=0.0)
        story.watch(20)
        story.pod(("a1", 8), ("a2", 8))
        story.say("playing", position=20.0)
        story.watch(20).say("content_end", position=40.0)
        story.pod(("a3", 8))
        story.say("end")

        assert story.rows == [
            "0 Playback Started 0",
            "1 Ad Started 0 ad-1/a0 pre",
            "3 Ad Playing 2 ad-1/a0 pre q1",
            "5 Ad Playing 4 ad-1/a0 pre q2",
            "7 Ad Playing 6 ad-1/a0 pre q3",
            "9 Ad Completed 8 ad-1/a0 pre",
            "9 Content Started 0 content-1",
            "19 Content Playing 10 content-1",
            "29 Content Completed 20 content-1",
            "29 Ad Started 0 ad-2/a1 mid",
            "31 Ad Playing 2 ad-2/a1 mid q1",
            "33 Ad Playing 4 ad-2/a1 mid q2",
            "35 Ad Playing 6 ad-2/a1 mid q3",
            "37 Ad Completed 8 ad-2/a1 mid",
            "37 Ad Started 0 ad-2/a2 mid",
            "39 Ad Playing 2 ad-2/a2 mid q1",
            "41 Ad Playing 4 ad-2/a2 mid q2",
            "43 Ad Playing 6 ad-2/a2 mid q3",
            "45 Ad Completed 8 ad-2/a2 mid",
            "45 Content Started 20 content-2",
            "55 Content Playing 30 content-2",
            "65 Content Completed 40 content-2",
            "65 Ad Started 0 ad-3/a3 post",
            "67 Ad Playing 2 ad-3/a3 post q1",
            "69 Ad Playing 4 ad-3/a3 post q2",
            "71 Ad Playing 6 ad-3/a3 post q3",
            "73 Ad Completed 8 ad-3/a3 post",
            "73 Playback Completed 72",
        ]
        assert [event.sequence for event in story.events] == list(range(1, 29))
        assert story.session.over

    def test_a_plain_session(self) -> None:
        """S20: one pod."""
        story = Story(25).begin(startup=0.5).watch(25).end()

        assert story.rows == [
            "0 Playback Started 0",
            "0.5 Content Started 0 content-1",
            "10.5 Content Playing 10 content-1",
            "20.5 Content Playing 20 content-1",
            "25.5 Content Completed 25 content-1",
            "25.5 Playback Completed 25",
        ]

    @pytest.mark.parametrize("how", ["end", "exit"])
    def test_nothing_follows_the_last_event(self, how: str) -> None:
        """S20: whatever is said after Completed or Exited."""
        story = Story(25).begin().watch(25)
        story.say(how, position=25.0)
        count = len(story.events)
        for signal in (
            "progress",
            "pause",
            "seek_start",
            "seek_end",
            "buffer_start",
            "buffer_end",
            "content_end",
            "ad_break_start",
            "ad_start",
            "ad_progress",
            "ad_end",
            "ad_skip",
            "ad_break_end",
            "quality",
            "update",
            "interrupt",
            "error",
            "tick",
            "end",
            "exit",
            "playing",
            "play",
        ):
            assert story.wait(1).say(signal) == [], signal
        assert story.wait(100_000).say("tick") == []
        assert len(story.events) == count
        assert story.session.wake_at() is None

    def test_an_end_before_any_frame_leaves_no_pod(self) -> None:
        """S20, S26: exit during startup."""
        story = Story(25)
        story.say("play")
        story.wait(3).say("exit")

        assert story.rows == ["0 Playback Started 0", "3 Exited 0"]


class TestMidRolls:
    def test_a_mid_roll_completes_the_pod_before_it(self) -> None:
        """S21: position where it stopped; the same asset goes on in the next pod."""
        story = Story(60, quartiles="off").begin().watch(20.5, step=0.5)
        story.pod(("a1", 5))
        story.say("playing", position=20.5)
        story.position = 20.5
        story.watch(1)

        assert story.rest == [
            "0 Playback Started 0",
            "0 Content Started 0 content-1",
            "20.5 Content Completed 20 content-1",
            "20.5 Ad Started 0 ad-1/a1 mid",
            "25.5 Ad Completed 5 ad-1/a1 mid",
            "25.5 Content Started 20 content-2",
        ]

    def test_content_may_go_on_a_little_off(self) -> None:
        """S21, S70: resumed half a second back, with no seek event of it."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.pod(("a1", 5))
        story.say("playing", position=19.6)
        story.position = 19.6
        story.watch(2)

        assert story.rest[-2:] == [
            "25 Ad Completed 5 ad-1/a1 mid",
            "25 Content Started 19 content-2",
        ]

    @pytest.mark.parametrize("breaks", [[], [mid(20, ad("a1", 5))]])
    def test_content_taken_up_before_its_break_opens_the_next_pod(
        self, breaks: list[AdBreak]
    ) -> None:
        """S1, S21: a second and a half is shown again; the ads that were seen lie behind."""
        story = Story(60, breaks=breaks, quartiles="off").begin().watch(20.5, step=0.5)
        story.pod(("a1", 5))
        story.say("playing", position=19.0)
        story.position = 19.0
        story.watch(0.5).pause(1)
        story.watch(4)

        assert story.rest[4:] == [
            "25.5 Ad Completed 5 ad-1/a1 mid",
            "25.5 Content Started 19 content-2",
            "26 Paused 24 @content-2",
            "27 Resumed 24 @content-2",
        ]

    def test_a_seek_back_to_before_a_break_is_no_taking_up(self) -> None:
        """S1, S22: the break's seconds do not count before it."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.pod(("a1", 5))
        story.say("playing", position=20.0)
        story.position = 20.0
        story.watch(1)
        story.seek(19)
        assert story.rest[-3:] == [
            "26 Seek Started 26 @content-2 >19",
            "26.5 Seek Completed 19 @content-1 >19",
            "26.5 Content Started 19 content-1",
        ]

    def test_a_break_right_after_a_seek_completes_the_pod_where_it_was_left(self) -> None:
        """S21: nothing was shown where the seek led; no plan tells of the break."""
        story = Story(60, quartiles="off", scrub_window=0.5).begin().watch(10)
        story.seek(40, taking=0.1)
        story.pod(("a1", 5))
        story.say("playing", position=40.0)

        assert [row for row in story.rest if "Content" in row] == [
            "0 Content Started 0 content-1",
            "10.1 Content Completed 10 content-1",
            "15.1 Content Started 40 content-2",
        ]

    def test_a_break_that_is_open_while_the_seek_is_completes_the_pod_where_it_was_left(
        self,
    ) -> None:
        """S21: the framework's seek over a break never ends for the session."""
        story = Story(60, quartiles="off").begin().watch(10)
        story.say("seek_start", position=10.0, to=40.0)
        story.pod(("a1", 5))
        assert story.rest[3:5] == [
            "10 Seek Completed 40 @content-1 >40",
            "10 Content Completed 10 content-1",
        ]

    def test_the_first_progress_opens_the_next_pod(self) -> None:
        """S21: when no ``playing`` says that the content goes on."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.pod(("a1", 5))
        assert story.wait(0.25).say("progress", position=20.25) in (
            ["25.25 Content Started 20 content-2"],
            ["25 Content Started 20 content-2"],
        )

    def test_a_break_played_after_a_seek_over_it_completes_the_pod(self) -> None:
        """S21: landed beyond the break, the player plays it first."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))], quartiles="off").begin().watch(10)
        story.seek(40)
        story.pod(("a1", 5), offset=20.0)
        story.say("playing", position=40.0)
        story.watch(20).end()

        told = names(story.events)
        ad_at = told.index("Ad Started")
        assert told.count("Content Started") - told.count("Content Completed") <= 1
        assert told[ad_at - 1] == "Content Completed"
        (stopped,) = story.named("Content Completed")[:-1]
        assert stopped.position == 10, "where it stopped: where the viewer left it"
        assert told[ad_at:] == [
            "Ad Started",
            "Ad Completed",
            "Content Started",
            "Content Completed",
            "Playback Completed",
        ]
        assert story.rest[-4:] == [
            "15.5 Ad Completed 5 ad-1/a1 mid",
            "15.5 Content Started 40 content-2",
            "35.5 Content Completed 60 content-2",
            "35.5 Playback Completed 65",
        ]

    def test_a_break_that_begins_inside_the_seek_over_it(self) -> None:
        """S21: the seek's end never comes; the pod stopped where the viewer left."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))], quartiles="off").begin().watch(10)
        story.say("seek_start", position=10.0, to=40.0)
        story.wait(0.5).pod(("a1", 5), offset=20.0)
        story.say("playing", position=40.0)
        story.position = 40.0
        story.watch(20).end()

        told = names(story.events)
        assert told[2:] == [
            "Seek Started",
            "Seek Completed",
            "Content Completed",
            "Ad Started",
            "Ad Completed",
            "Content Started",
            "Content Completed",
            "Playback Completed",
        ]
        assert story.rest[-4:] == [
            "15.5 Ad Completed 5 ad-1/a1 mid",
            "15.5 Content Started 40 content-2",
            "35.5 Content Completed 60 content-2",
            "35.5 Playback Completed 65",
        ]


class TestSeeksOverPods:
    def test_a_seek_over_a_border_starts_the_pod_landed_in(self) -> None:
        """S22: the left pod ends without Completed, and no ad plays."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))]).begin().watch(5).seek(40).watch(5)

        assert story.rest[2:] == [
            "5 Seek Started 5 @content-1 >40",
            "5.5 Seek Completed 40 @content-2 >40",
            "5.5 Content Started 40 content-2",
        ]

    def test_a_seek_within_a_pod_starts_nothing(self) -> None:
        """S22: unless it is the pod left."""
        story = Story(60, breaks=[mid(50, ad("a1", 5))]).begin().watch(5).seek(40).watch(5)

        assert story.rest[2:] == [
            "5 Seek Started 5 @content-1 >40",
            "5.5 Seek Completed 40 @content-1 >40",
        ]

    def test_a_seek_there_and_back_starts_the_left_pod_anew(self) -> None:
        """S22: one Content Started for each landing in another pod."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))]).begin()
        story.watch(5).seek(40).watch(5).seek(2).watch(5)

        assert [line for line in story.rest if "Content" in line] == [
            "0 Content Started 0 content-1",
            "5.5 Content Started 40 content-2",
            "11 Content Started 2 content-1",
        ]

    def test_a_seek_back_over_a_watched_break(self) -> None:
        """S22: the same for a break that was seen."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.pod(("a1", 5))
        story.say("playing", position=20.0)
        story.watch(5).seek(10).watch(5)

        assert story.rest[-3:] == [
            "30 Seek Started 30 @content-2 >10",
            "30.5 Seek Completed 10 @content-1 >10",
            "30.5 Content Started 10 content-1",
        ]

    def test_landing_on_the_break_itself_and_playing_it(self) -> None:
        """S21, S22: a seek to a second before the break, which then comes as usual."""
        story = Story(60, breaks=[mid(20, ad("a1", 5))], quartiles="off").begin().watch(5)
        story.seek(19).watch(1)
        story.pod(("a1", 5))

        assert story.rest[-3:] == [
            "6.5 Content Completed 20 content-1",
            "6.5 Ad Started 0 ad-1/a1 mid",
            "11.5 Ad Completed 5 ad-1/a1 mid",
        ]
