"""One asset after another in the same player: S11, S24, S75."""

from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid, post, pre
from video_tracker.events import ContentStarted, PlaybackStarted
from video_tracker.plan import Content
from video_tracker.testing import check_stream


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

    def test_an_item_that_was_left_is_no_completed_one(self) -> None:
        """S20, S23: one was completed, the next one left; the player then says it is finished."""
        story = Story(20, 20, 20).begin()
        story.watch(20).say("content_end", position=20.0)
        story.say("load", next_item=True)
        story.say("playing", position=0.0)
        story.position = 0.0
        story.watch(5)
        story.say("load", next_item=True)
        # S92: until the third one plays the second goes on, and so it is the one that ends (S82).
        assert story.wait(1).say("end") == [
            "26 Content Completed 6 content-2",
            "26 Playback Completed 26",
        ]
        assert check_stream(story.events) == []

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


class TestWhereTheNextItemBegins:
    """S78: whether a place can be an item's is judged by its own length, never by another's."""

    TRAILER = Content(asset_id="trailer", duration=15)
    FEATURE = Content(asset_id="feature", duration=3600)

    def goes_on(self, story: Story, told: object, at: float) -> tuple[tuple[object, ...], ...]:
        """Three seconds of the next item; the starts of contents, and how often was sought."""
        story.wait(1).say("content_start", asset_id=told, position=at)
        story.position = at
        story.watch(3)
        starts = [event for event in story.events if isinstance(event, ContentStarted)]
        rows = [(event.asset_id, event.position, event.total_length) for event in starts[1:]]
        return (*rows, (story.figures()["seeks"],))

    @pytest.mark.parametrize("told", ["feature", None])
    @pytest.mark.parametrize("ended", [True, False])
    def test_a_feature_is_taken_up_after_a_trailer(self, told: str | None, ended: bool) -> None:
        """S78: at 1,200 s, far beyond the trailer."""
        story = Story(self.TRAILER, self.FEATURE).begin().watch(15 if ended else 10)
        if ended:
            story.say("content_end", position=15.0)
        rows = self.goes_on(story, told if ended else "feature", 1200.0)
        assert rows == (("feature", 1200, 3600), (0,))

    @pytest.mark.parametrize("settings", [{"ads": "stitched"}, {}])
    def test_its_length_was_told_by_the_player(self, settings: dict[str, Any]) -> None:
        """S78: also where that is the stream's."""
        story = Story(self.TRAILER, self.FEATURE, **settings)
        story.say("load", duration=15.0)
        story.begin().watch(15).say("content_end", position=15.0)
        assert self.goes_on(story, "feature", 1200.0) == (("feature", 1200, 3600), (0,))

    def test_the_post_roll_between_them_was_never_ended(self) -> None:
        """S61, S78: the place is told of what begins, whatever is open yet."""
        story = Story(self.TRAILER, self.FEATURE, quartiles="off").begin().watch(15)
        story.say("content_end", position=15.0)
        story.say("ad_break_start", placement="post")
        story.ad_start("boots", duration=5.0)
        story.watch_ad(5)
        assert self.goes_on(story, "feature", 1200.0) == (("feature", 1200, 3600), (0,))

    @pytest.mark.parametrize("clock", [5000.0, T0])
    def test_a_channel_after_a_trailer(self, clock: float) -> None:
        """S8, S78: a livestream's clock may stand anywhere, and count from 1970."""
        channel = Content(asset_id="channel", livestream=True)
        for planned, told in (((self.TRAILER, channel), "channel"), ((self.TRAILER,), channel)):
            story = Story(*planned).begin().watch(15)
            story.say("content_end", position=15.0)
            assert self.goes_on(story, told, clock) == (("channel", 0, None), (0,))

    def test_a_trailer_after_a_feature(self) -> None:
        """S3, S78: 1,200 s into 15 s is a mistake of units, though the feature was longer."""
        story = Story(self.FEATURE, self.TRAILER).begin().watch(10)
        story.wait(1).say("content_start", asset_id="trailer", position=1200.0)
        (_, started) = (event for event in story.events if isinstance(event, ContentStarted))
        assert (started.asset_id, started.position) == ("trailer", 0)
        assert story.session.diagnostics == {"invalid_position": 1}


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
    @pytest.mark.parametrize(("left_at", "completed"), [(20.0, 1), (19.5, 1), (18.0, 0)])
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
        paused = paused and not completed  # S30: Resumed comes with the frame of the next item
        assert told == [
            *(["Paused 18 @content-1"] * paused),
            *(["Content Completed 20 content-1"] * completed),
            *(["Resumed 20 @content-2"] * paused),
            "Content Started 0 content-2",
            "Exited 23 @content-2",
        ]
        figures = story.figures()
        went_on = 0.5 if by == "load" and not completed and not paused else 0.0  # S92
        assert figures["content_played"] == pytest.approx(left_at + went_on + 3)
        assert figures["watched"] == {
            "one": [pytest.approx([0, left_at + went_on])],
            "two": [pytest.approx([0, 3])],
        }


class TestWhatThePlayerSays:
    """S12: the player's own word of its content fills what nobody has said."""

    SAID = Content(asset_id="dQw4", title="The Player's Title", genre="Music")

    def started(self, story: Story) -> list[tuple[str | None, str | None, str | None]]:
        return [
            (event.asset_id, event.content.title, event.content.genre)
            for event in story.events
            if isinstance(event, ContentStarted)
        ]

    def test_it_names_a_content_of_which_nothing_is_known(self) -> None:
        """S52: in Playback Started already."""
        story = Story()
        story.say("load", content=self.SAID)
        story.begin().watch(5)
        story.say("exit")

        assert self.started(story) == [("dQw4", "The Player's Title", "Music")]
        begun = story.events[0]
        assert isinstance(begun, PlaybackStarted)
        assert begun.content_asset_ids == ("dQw4",)

    def test_the_caller_s_own_id_and_title_win(self) -> None:
        """S12: and the player's content is no second one of the playlist."""
        story = Story(Content(asset_id="film", title="Mine", duration=5))
        story.say("load", content=self.SAID)
        story.begin().watch(5).end()

        assert self.started(story) == [("film", "Mine", "Music")]
        assert story.events[-1].name == "Video Playback Completed"

    def test_another_item_before_anything_played_takes_its_place(self) -> None:
        """The viewer chose another one first."""
        story = Story()
        story.say("load", content=self.SAID)
        story.say("load", content=Content(asset_id="other", title="Another"), next_item=True)
        story.begin().watch(5)

        assert self.started(story) == [("other", "Another", "Music")]

    def test_a_playlist_that_begins_with_its_third_item(self) -> None:
        """S24: the plan's own content of that id is meant."""
        contents = [Content(asset_id=name, duration=5) for name in ("one", "two", "three")]
        story = Story(*contents)
        story.say("load", content=Content(asset_id="three"))
        story.begin().watch(2)
        story.say("load", content=Content(asset_id="two"), next_item=True)
        story.position = 0.0
        story.say("playing", position=0.0)
        story.watch(2)

        assert [asset for asset, *_ in self.started(story)] == ["three", "two"]

    def test_each_item_of_a_playlist_has_its_own_id(self) -> None:
        """S24: one that comes again is the same asset, one that follows itself is a new one."""
        story = Story()
        story.say("load", content=Content(asset_id="a"))
        story.begin().watch(2)
        for name in ("b", "b", "a"):
            story.say("load", content=Content(asset_id=name), next_item=True)
            story.position = 0.0
            story.say("playing", position=0.0)
            story.watch(2)
        story.say("exit")

        assert [asset for asset, *_ in self.started(story)] == ["a", "b", "asset-3", "a"]
        assert story.figures()["content_played"] == pytest.approx(8)

    def test_an_id_that_was_told_stays(self) -> None:
        """S12: ids are stable once they have left."""
        story = Story().begin().watch(2)
        story.say("load", content=self.SAID)
        story.watch(2).say("exit")

        assert [asset for asset, *_ in self.started(story)] == ["asset-1"]

    def test_a_replay_keeps_it(self) -> None:
        """S24."""
        story = Story(5)
        story.say("load", content=self.SAID)
        story.begin().watch(5).end()
        again = story.session.restart()
        again.play(T0 + 10)

        (started,) = [e for e in again.playing(T0 + 11, 0.0) if isinstance(e, ContentStarted)]
        assert (started.asset_id, started.content.title) == ("dQw4", "The Player's Title")

    def test_what_is_no_content_is_refused(self) -> None:
        """S60."""
        story = Story()
        story.say("load", content="film")
        story.begin().watch(1)

        assert self.started(story) == [("asset-1", None, None)]
        assert story.figures()["diagnostics"]["invalid_value"] == 1
