"""The order of events: pods, breaks, playlists and the end: S20 to S25, S73, S75."""

import pytest

from tests.session.story import Story, ad, mid, names, post, pre
from video_tracker.plan import Content


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


class TestPostRolls:
    @pytest.mark.parametrize("planned", [True, False])
    def test_a_post_roll_lies_between_the_two_completions(self, planned: bool) -> None:
        """S23: Content Completed, ads, then Playback Completed, dated when all was over."""
        story = Story(20, breaks=[post(ad("z", 5))] if planned else [], quartiles="off")
        story.begin().watch(20).say("content_end", position=20.0)
        story.wait(1).pod(("z", 5))
        story.wait(2).say("end")

        assert story.rest[2:5] == [
            "20 Content Completed 20 content-1",
            "21 Ad Started 0 ad-1/z post",
            "26 Ad Completed 5 ad-1/z post",
        ]
        assert story.rest[5:] in (["26 Playback Completed 25"], ["28 Playback Completed 25"])

    def test_content_s_end_alone_completes_playback_after_a_while(self) -> None:
        """S75: nothing came within ``completion_wait``, so playback ended when content did."""
        story = Story(20).begin().watch(20)
        assert story.say("content_end", position=20.0) == ["20 Content Completed 20 content-1"]
        assert story.wait(29).say("tick") == []
        assert story.wait(1.5).say("tick") == ["20 Playback Completed 20"]

    def test_the_session_asks_to_be_woken_for_it(self) -> None:
        """S46, S75: by itself it would never know."""
        story = Story(20).begin().watch(20)
        story.say("content_end", position=20.0)
        assert story.session.wake_at() == pytest.approx(story.start + 50)

    def test_end_after_the_content_s_end_completes_at_once(self) -> None:
        """S75: once each."""
        story = Story(20).begin().watch(20)
        story.say("content_end", position=20.0)
        assert story.wait(1).say("end") == ["21 Playback Completed 20"] or (
            story.rest[-1] == "20 Playback Completed 20"
        )
        assert len(story.named("Content Completed")) == 1


class TestPlaylist:
    CONTENTS = (Content(asset_id="one", duration=20), Content(asset_id="two", duration=15))
    WANTED = (
        ("Video Playback Started", None, 0),
        ("Video Content Started", "one", 0),
        ("Video Content Completed", "one", 20),
        ("Video Content Started", "two", 0),
        ("Video Content Completed", "two", 15),
        ("Video Playback Completed", None, 35),
    )

    def told(self, story: Story) -> tuple[tuple[str, str | None, int | None], ...]:
        return tuple(
            (event.name, getattr(event, "asset_id", None), event.position)
            for event in story.events
            if not event.name.endswith("Playing")
        )

    def second(self, story: Story) -> None:
        story.position = 0.0
        story.watch(15).end()

    def test_the_next_asset_stays_in_the_session(self) -> None:
        """S24: Content Started with the new asset id."""
        story = Story(*self.CONTENTS).begin().watch(20)
        story.say("content_end", position=20.0)
        story.wait(1).say("content_start", asset_id="two", position=0.0)
        self.second(story)

        assert self.told(story) == self.WANTED

    def test_the_next_asset_of_the_plan_needs_no_name(self) -> None:
        """S24: the next content of the plan."""
        story = Story(*self.CONTENTS).begin().watch(20)
        story.say("content_end", position=20.0)
        story.wait(1).say("content_start")
        self.second(story)

        assert self.told(story) == self.WANTED

    def test_the_source_is_replaced(self) -> None:
        """S24: by ``load(next_item=True)`` after the end of the first."""
        story = Story(*self.CONTENTS).begin().watch(20)
        story.say("content_end", position=20.0)
        story.wait(1).say("load", next_item=True)
        story.say("play")
        story.wait(0.5).say("playing", position=0.0)
        self.second(story)

        assert self.told(story) == self.WANTED

    def test_the_source_is_replaced_in_the_middle(self) -> None:
        """S24, S26: the old pod closes without Completed; its length still counts (S1)."""
        story = Story(*self.CONTENTS).begin().watch(8)
        story.say("load", next_item=True)
        story.wait(0.5).say("playing", position=0.0)
        self.second(story)

        assert self.told(story) == (*self.WANTED[:2], *self.WANTED[3:])

    def test_pods_are_numbered_through_the_playlist(self) -> None:
        """S12: in order of first appearance on the timeline."""
        story = Story(*self.CONTENTS).begin().watch(20)
        story.say("content_end", position=20.0)
        story.say("content_start")
        self.second(story)

        assert [line for line in story.rest if "Content Started" in line] == [
            "0 Content Started 0 content-1",
            "20 Content Started 0 content-2",
        ]

    def test_an_unplanned_asset_follows(self) -> None:
        """S24: told with its metadata when it comes."""
        story = Story(Content(asset_id="one", duration=20)).begin().watch(20)
        story.say("content_end", position=20.0)
        story.say("content_start", asset_id=Content(asset_id="two", duration=15, title="Second"))
        self.second(story)

        assert self.told(story) == self.WANTED


class TestBeforePlay:
    @pytest.mark.parametrize(
        "signal",
        [
            "load",
            "quality",
            "update",
            "interrupt",
            "error",
            "buffer_start",
            "buffer_end",
            "seek_start",
            "seek_end",
            "ad_break_start",
            "ad_break_end",
            "ad_end",
            "ad_skip",
            "ad_click",
            "ad_error",
            "content_end",
            "end",
            "exit",
            "tick",
        ],
    )
    def test_nothing_but_playing_starts_a_session(self, signal: str) -> None:
        """S20, S25: Playback Started comes first, at the intent to play."""
        story = Story(60)
        assert story.say(signal) == []


class TestPlaylistWithBreaks:
    def test_each_asset_has_its_own_breaks(self) -> None:
        """S1, S10, S11, S24: a mid-roll and a post-roll of the first, both kinds of the second."""
        one, two = Content(asset_id="one", duration=20), Content(asset_id="two", duration=20)
        story = Story(
            one,
            two,
            breaks=[
                mid(10, ad("m", 5)),
                post(ad("z", 5), content_asset_id="one"),
                pre(ad("p", 5), content_asset_id="two"),
                mid(12, ad("n", 5), content_asset_id="two"),
            ],
            quartiles="off",
        )
        story.begin().watch(10)
        story.pod(("m", 5))
        story.say("playing", position=10.0)
        story.watch(10).say("content_end", position=20.0)
        story.pod(("z", 5)).pod(("p", 5))
        story.say("content_start", asset_id="two", position=0.0)
        story.position = 0.0
        story.watch(3)
        story.pause(1).watch(9)
        story.pod(("n", 5))
        story.say("playing", position=12.0)
        story.watch(8).end()

        assert story.rest == [
            "0 Playback Started 0",
            "0 Content Started 0 content-1",
            "10 Content Completed 10 content-1",
            "10 Ad Started 0 ad-1/m mid",
            "15 Ad Completed 5 ad-1/m mid",
            "15 Content Started 10 content-2",
            "25 Content Completed 20 content-2",
            "25 Ad Started 0 ad-2/z post",
            "30 Ad Completed 5 ad-2/z post",
            "30 Ad Started 0 ad-3/p pre",
            "35 Ad Completed 5 ad-3/p pre",
            "35 Content Started 0 content-3",
            "38 Paused 38 @content-3",
            "39 Resumed 38 @content-3",
            "48 Content Completed 12 content-3",
            "48 Ad Started 0 ad-4/n mid",
            "53 Ad Completed 5 ad-4/n mid",
            "53 Content Started 12 content-4",
            "61 Content Completed 20 content-4",
            "61 Playback Completed 60",
        ]
        belongs = [event.content_asset_id for event in story.named("Ad Started")]  # type: ignore[attr-defined]
        assert belongs == ["one", "one", "two", "two"]
        lengths = {event.total_length for event in story.events if "Playback" in event.name}
        assert lengths == {60}


class TestItemsWithoutAnEnd:
    """S24, S75: the next item comes, and nobody said that the first one ended."""

    @pytest.mark.parametrize("by", ["load", "content_start"])
    @pytest.mark.parametrize("paused", [True, False])
    @pytest.mark.parametrize(("left_at", "completed"), [(20.0, 1), (19.5, 1), (18.5, 0)])
    def test_an_item_played_to_its_end_is_completed(
        self, by: str, paused: bool, left_at: float, completed: int
    ) -> None:
        """S75: within a second of its end; and a pause there was none (S31)."""
        contents = (Content(asset_id="one", duration=20), Content(asset_id="two", duration=15))
        story = Story(*contents, step=0.5).begin().watch(left_at)
        if paused:
            story.say("pause", position=left_at)
        if by == "load":
            story.say("load", next_item=True)
            story.wait(0.5).say("playing", position=0.0)
        else:
            story.say("content_start", asset_id="two", position=0.0)
        story.position = 0.0
        story.watch(3)
        story.say("exit")

        told = [line.split(" ", 1)[1] for line in story.rest[2:]]
        pause = ["Paused 18 @content-1", "Resumed 18 @content-1"]
        assert told == [
            *(pause if paused and not completed else []),
            *(["Content Completed 20 content-1"] * completed),
            "Content Started 0 content-2",
            "Exited 23 @content-2",
        ]
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(left_at + 3)
        assert figures["watched"] == {
            "one": [pytest.approx([0, left_at])],
            "two": [pytest.approx([0, 3])],
        }


class TestStart:
    def test_the_start_is_the_intent_to_play(self) -> None:
        """S25: not the first frame."""
        story = Story(60)
        assert story.say("load", duration=60.0) == []
        assert story.wait(1).say("play") == ["1 Playback Started 0"]
        assert story.wait(2).say("playing", position=0.0) == ["3 Content Started 0 content-1"]

    def test_moving_content_is_a_start(self) -> None:
        """S25, S61: joined at its beginning, no ``play`` and no ``playing`` were said."""
        story = Story(60)
        story.say("load")
        story.wait(1).say("progress", position=0.0)
        story.wait(0.25).say("progress", position=0.25)
        assert names(story.events) == ["Playback Started", "Content Started"]
        assert [event.position for event in story.events] == [0, 0]

    @pytest.mark.parametrize("signal", ["playing", "content_start"])
    def test_an_autoplay_start_is_a_start(self, signal: str) -> None:
        """S25, S61: no ``play`` was said."""
        story = Story(60)
        story.say("load")
        assert story.wait(1).say(signal, position=0.0) == [
            "1 Playback Started 0",
            "1 Content Started 0 content-1",
        ]

    def test_waiting_before_the_first_frame_is_startup(self) -> None:
        """S25: no Buffer event, and its length is the startup time of the first quality update."""
        story = Story(60)
        story.say("play")
        assert story.wait(0.5).say("buffer_start") == []
        assert story.wait(1).say("buffer_end") == []
        assert story.wait(0.5).say("playing", position=0.0) == ["2 Content Started 0 content-1"]
        story.watch(1)
        assert story.say("quality", bitrate=800) == ["3 Quality Updated 1"]
        story.watch(1).say("quality", bitrate=1200)

        updates = story.named("Quality Updated")
        assert [update.startup_time for update in updates] == [2000, None]  # type: ignore[attr-defined]
        assert [update.bitrate for update in updates] == [800, 1200]  # type: ignore[attr-defined]

    def test_a_wait_that_lasts_into_the_first_frame_leaves_no_open_pair(self) -> None:
        """S25: its end is said after the first frame."""
        story = Story(60)
        story.say("play")
        story.say("buffer_start")
        story.wait(2).say("playing", position=0.0)
        story.wait(0.1).say("buffer_end", position=0.1)

        assert story.rows == ["0 Playback Started 0", "2 Content Started 0 content-1"]

    def test_waiting_before_the_pre_roll_is_startup(self) -> None:
        """S25: the first frame is the ad's."""
        story = Story(60)
        story.say("play")
        story.wait(3).say("ad_break_start")
        story.ad("a0", 5)

        figures = story.figures()
        assert figures["startup"] + figures["gap"] == pytest.approx(3)
        assert figures["ad_played"] == pytest.approx(5)


class TestContentBeforeAPreRoll:
    def story(self) -> Story:
        story = Story(60, breaks=[pre(ad("a0", 5))], quartiles="off")
        story.say("play")
        return story

    def test_a_moment_of_content_before_the_planned_pre_roll_opens_no_pod(self) -> None:
        """S73: ten to ninety milliseconds."""
        story = self.story()
        assert story.wait(0.01).say("playing", position=0.0) == []
        assert story.wait(0.09).say("progress", position=0.09) == []
        story.pod(("a0", 5))
        story.say("playing", position=0.0)

        assert story.rows == [
            "0 Playback Started 0",
            "0.1 Ad Started 0 ad-1/a0 pre",
            "5.1 Ad Completed 5 ad-1/a0 pre",
            "5.1 Content Started 0 content-1",
        ]

    def test_half_a_second_of_content_opens_the_pod_after_all(self) -> None:
        """S73: and its Started is dated truly."""
        story = self.story()
        story.wait(0.25).say("playing", position=0.0)
        assert story.wait(0.25).say("progress", position=0.25) == []
        assert story.wait(0.25).say("progress", position=0.5) == [
            "0.25 Content Started 0 content-1"
        ]

    def test_a_seek_in_the_moment_of_content_opens_the_pod_with_what_follows(self) -> None:
        """S73: the viewer went on in the content; one Started, and no half pair."""
        story = self.story()
        story.wait(0.25).say("playing", position=0.0)
        story.wait(0.25).say("seek_start", position=0.25, to=30.0)
        story.wait(0.25).say("seek_end", position=30.0)
        story.position = 30.0
        story.watch(2)
        assert names(story.events) in (
            ["Playback Started", "Content Started", "Seek Started", "Seek Completed"],
            ["Playback Started", "Content Started"],
        )

    def test_a_real_pause_in_the_moment_of_content_is_reported_with_its_time(self) -> None:
        """S31, S73: the planned pre-roll did not come after it."""
        story = self.story()
        story.wait(0.25).say("playing", position=0.0)
        story.wait(0.25).say("pause", position=0.25)
        story.wait(5).say("tick")
        assert [event.at - story.start for event in story.named("Playback Paused")] == [0.5]

    @pytest.mark.parametrize("signal", ["playing", "content_start"])
    def test_without_a_pre_roll_to_come_the_pod_opens_at_once(self, signal: str) -> None:
        """S73: told directly, with a mid-roll and a post-roll planned."""
        story = Story(60, breaks=[mid(20, ad("a1", 5)), post(ad("a2", 5))])
        story.say("play")
        assert story.wait(1).say(signal, position=0.0) == ["1 Content Started 0 content-1"]

    def test_after_the_pre_roll_the_pod_opens_at_once(self) -> None:
        """S73: none is still to come."""
        story = self.story()
        story.pod(("a0", 5))
        assert story.say("playing", position=0.0) == ["5 Content Started 0 content-1"]

    def test_after_the_failed_pre_roll_the_pod_opens_at_once(self) -> None:
        """S71, S73: it will not come any more."""
        story = self.story()
        story.say("ad_break_start")
        story.say("ad_error", asset_id="a0")
        story.say("ad_break_end")
        assert story.say("playing", position=0.0) == ["0 Content Started 0 content-1"]

    def test_the_moment_of_content_makes_the_pre_roll_no_mid_roll(self) -> None:
        """S10, S73: even when nothing declares its placement."""
        story = self.story()
        story.wait(0.1).say("playing", position=0.0)
        story.wait(0.1).say("ad_break_start")
        assert story.say("ad_start", asset_id="x", duration=5) == ["0.2 Ad Started 0 ad-1/x pre"]


class TestCompletion:
    def test_ended_twice_is_once(self) -> None:
        """S75: Content Completed and Playback Completed, one of each."""
        story = Story(20).begin().watch(20)
        story.say("content_end", position=20.0)
        story.say("content_end", position=20.0)
        story.say("end")
        story.say("end")

        assert story.rest[2:] == [
            "20 Content Completed 20 content-1",
            "20 Playback Completed 20",
        ]

    @pytest.mark.parametrize("ticks", [True, False])
    def test_playing_to_the_end_and_stopping_there_is_completion(self, ticks: bool) -> None:
        """S75: a player that never fires ``ended``."""
        story = Story(20).begin().watch(19.5, step=0.5)
        if ticks:
            story.tick(3600, step=1)
        else:
            story.wait(3600).say("tick")

        assert [line.split(" ", 1)[1] for line in story.rest[2:]] == [
            "Content Completed 20 content-1",
            "Playback Completed 20",
        ]
        for event in story.events[-2:]:
            assert 19.5 <= event.at - story.start <= 21, "dated when it stopped"
        assert story.figures()["ended"] == "completed"

    def test_stopping_well_before_the_end_is_not_completion(self) -> None:
        """S75: two seconds before it, it is a timeout."""
        story = Story(20).begin().watch(18)
        story.tick(3600, step=10)

        assert story.figures()["ended"] == "timeout"
        assert story.named("Content Completed") == []

    def test_the_end_of_an_ad_completes_no_content(self) -> None:
        """S75: the element's ``ended`` in a mid-roll is the ad's."""
        story = Story(60, quartiles="off").begin().watch(20)
        story.say("ad_break_start")
        story.ad_start("a1", duration=5)
        story.watch_ad(5)
        story.say("content_end")
        story.ad_end()
        story.say("ad_break_end")
        story.say("playing", position=20.0)
        story.watch(40).end()

        assert story.rest[2:] == [
            "20 Content Completed 20 content-1",
            "20 Ad Started 0 ad-1/a1 mid",
            "25 Ad Completed 5 ad-1/a1 mid",
            "25 Content Started 20 content-2",
            "65 Content Completed 60 content-2",
            "65 Playback Completed 65",
        ]

    def test_ended_without_the_last_progress(self) -> None:
        """S61, S75: three seconds of silence before ``end`` were played."""
        story = Story(60).begin().watch(57)
        story.wait(3).say("end")

        assert story.rest[2:] == ["60 Content Completed 60 content-1", "60 Playback Completed 60"]
        assert story.figures()["content_played"] == pytest.approx(60, abs=0.5)

    @pytest.mark.parametrize("signal", ["content_end", "end"])
    @pytest.mark.parametrize("told", [60.0, None])
    def test_the_last_seconds_before_the_end_are_watched(
        self, signal: str, told: float | None
    ) -> None:
        """S61: the end, with its position or without, is the last progress."""
        story = Story(60).begin().watch(57)
        story.wait(3).say(signal, position=told)
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(60, abs=0.5)
        assert figures["unique_seconds"] == pytest.approx(60, abs=0.5)
        assert figures["suspended"] == pytest.approx(0, abs=0.5)

    @pytest.mark.parametrize("signal", ["content_end", "end"])
    def test_an_end_in_a_pause_plays_nothing(self, signal: str) -> None:
        """S75: a seek to the end while paused; some engines fire ``ended`` then."""
        story = Story(60).begin().watch(20)
        story.say("pause")
        story.wait(3).seek(60).wait(2).say(signal, position=60.0)
        assert [event.position for event in story.named("Content Completed")] == [60]
        figures = story.figures()
        assert figures["content_played"] == pytest.approx(20)
        assert figures["unique_seconds"] == pytest.approx(20)
        assert (figures["paused"], figures["seeking"]) == (
            pytest.approx(5),
            pytest.approx(0.5),
        )

    @pytest.mark.parametrize("signal", ["content_end", "end"])
    def test_an_end_that_nothing_supports_tells_the_true_position(self, signal: str) -> None:
        """S3, S7: said at 20 of 60, it ends there; nobody saw the rest."""
        story = Story(60).begin().watch(20)
        story.say(signal)
        assert [event.position for event in story.named("Content Completed")] == [20]

    @pytest.mark.parametrize("signal", ["content_end", "end"])
    def test_an_end_closes_an_open_stall_first(self, signal: str) -> None:
        """S20, S32: matched pairs, and the stall's time is no playing."""
        story = Story(60, step=0.5).begin().watch(59.5)
        story.say("buffer_start", position=59.5)
        told = story.wait(3).say(signal, position=60.0)
        assert told[:2] == [
            "62.5 Buffer Completed 59 @content-1",
            "62.5 Content Completed 60 content-1",
        ]
        assert story.figures()["buffering"] == pytest.approx(3)

    def test_a_stall_just_before_the_end_is_no_completion(self) -> None:
        """S75: the player says that it waits; then it goes on, and that is no replay (S24)."""
        story = Story(60, step=0.5).begin().watch(59.5)
        story.say("buffer_start", position=59.5)
        story.idle(12)
        assert names(story.events)[2:] == ["Buffer Started"]
        story.say("buffer_end", position=59.5)
        story.say("playing", position=59.5)
        story.watch(0.5).end()
        assert names(story.events)[2:] == [
            "Buffer Started",
            "Buffer Completed",
            "Content Completed",
            "Playback Completed",
        ]
        assert not story.session.wants_restart
