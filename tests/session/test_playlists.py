"""One asset after another in the same player: S11, S24, S75."""

import pytest

from tests.session.story import Story, ad, mid, post, pre
from video_tracker.plan import Content


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
