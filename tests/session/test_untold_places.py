"""A seek whose target nobody tells: no place is said until one is told (S33)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.session.story import Story, ad, mid
from video_tracker.events import AdEvent, Event
from video_tracker.session import Session
from video_tracker.wire import Encoder


def gone(length: float = 600) -> Story:
    """After five seconds the viewer has sought, and nobody tells whither."""
    story = Story(length).begin().watch(5)
    story.say("seek_start", position=5.0)
    story.wait(0.5).say("seek_end")
    return story


def to_a_second_seek(story: Story) -> list[str]:
    story.wait(2).say("seek_start", to=200.0)
    return story.wait(0.5).say("seek_end", position=200.0)


def to_the_frame_after_a_break(story: Story) -> list[str]:
    story.wait(3).pod(("a", 5))
    return story.say("playing", position=200.0)


def to_a_frame(story: Story) -> list[str]:
    story.say("playing", position=200.0)
    return story.say("buffer_start")


def to_a_pause(story: Story) -> list[str]:
    return story.wait(1).say("pause", position=200.0)


def to_a_place_in_a_pause(story: Story) -> list[str]:
    story.wait(1).say("pause")
    story.wait(1).say("progress", position=200.0)
    return story.wait(1).say("play")


def to_a_place_in_a_break(story: Story) -> list[str]:
    story.wait(3).say("ad_break_start")
    story.say("progress", position=200.0)
    story.ad("a", 5)
    story.say("ad_break_end")
    return story.say("playing")


def to_a_return_after_a_timeout(story: Story) -> list[str]:
    story.wait(1).say("buffer_start")
    story.wait(400)
    return story.say("progress", position=200.0)


@pytest.mark.parametrize(
    ("tells", "said"),
    [
        (to_a_second_seek, "8 Seek Completed 200 @content-1 >200"),
        (to_the_frame_after_a_break, "13.5 Content Started 200 content-2"),
        (to_a_frame, "5.5 Buffer Started 200 @content-1"),
        (to_a_pause, "6.5 Paused 200 @content-1"),
        (to_a_place_in_a_pause, "8.5 Resumed 200 @content-1"),
        (to_a_place_in_a_break, "13.5 Content Started 200 content-2"),
        (to_a_return_after_a_timeout, "406.5 Resumed 200 @content-1"),
    ],
)
def test_the_first_place_that_is_told_is_the_place(
    tells: Callable[[Story], list[str]], said: str
) -> None:
    """S33, S79: whatever tells it; no seek is invented, and nothing that was sought over counts."""
    story = gone()
    assert said in tells(story)
    story.position = 200.0
    assert "inferred_seek" not in story.figures()["diagnostics"]
    assert all(start == 0 or start >= 199 for start, _ in story.figures()["watched"]["asset-1"])


def test_a_seek_over_a_planned_break_opens_the_pod_behind_it_once_its_place_is_told() -> None:
    """S22, S33: whatever the seek went over, its first told place is behind the break."""
    story = Story(200, breaks=[mid(60, ad("a1", 10))]).begin().watch(30)
    story.say("seek_start", position=30.0)
    story.wait(1).say("seek_end")
    story.position = 99.0
    story.watch(12)
    assert story.rows[5:] == [
        "30 Seek Started 30 @content-1",
        "31 Seek Completed - @content-1",
        "32 Content Started 100 content-2",
        "42 Content Playing 110 content-2",
    ]


def test_the_break_that_such_a_seek_went_over_may_play_yet() -> None:
    """S21, S33: then it completes the pod where the seek left it."""
    story = Story(200, breaks=[mid(60, ad("a1", 10))]).begin().watch(30)
    story.say("seek_start", position=30.0)
    story.wait(1).say("seek_end")
    story.wait(1).say("progress", position=61.0)
    assert story.say("ad_break_start") == ["32 Content Completed 30 content-1"]


def test_a_place_that_is_told_in_a_pause_opens_its_pod_and_brings_no_beat() -> None:
    """S22, S33, S40: the grid starts with Resumed."""
    story = Story(200, breaks=[mid(60, ad("a1", 10))]).begin().watch(30)
    story.say("seek_start", position=30.0)
    story.wait(1).say("seek_end")
    story.wait(1).say("pause")
    story.wait(1).say("progress", position=100.0)
    story.tick(20)
    story.say("play")
    story.position = 100.0
    story.watch(10)
    assert story.rows[7:] == [
        "32 Paused - @content-1",
        "33 Content Started 100 content-2",
        "53 Resumed 100 @content-2",
        "53 Content Playing 100 content-2",
        "63 Content Playing 110 content-2",
    ]


def test_a_zero_of_what_is_torn_down_tells_no_place() -> None:
    """S33, S78."""
    assert gone().wait(2).say("exit", position=0.0) == ["7.5 Exited - @content-1"]


def test_the_first_second_behind_the_told_place_is_watched() -> None:
    """S33: 5 s before the first seek, 5 s behind the second."""
    story = gone()
    to_a_second_seek(story)
    story.position = 200.0
    story.watch(5)
    assert story.figures()["watched"] == {"asset-1": [[0.0, 5.0], [200.0, 205.0]]}


def test_another_item_begins_at_its_start() -> None:
    """S33, S24: what was unknown was the place in the one before it."""
    story = gone()
    story.wait(6)
    assert story.say("content_start", asset_id="two", position=0.0)[-1] == (
        "11.5 Content Started 0 content-2"
    )


def test_content_that_ends_where_nobody_knows_has_ended_at_its_end() -> None:
    """S33, S80: it is not as long as it had been watched before the seek."""
    story = gone()
    assert story.wait(6).say("content_end") == ["11.5 Content Completed 600 content-1"]


@pytest.mark.parametrize("left", [59.5, 5.0])
def test_who_leaves_from_an_unknown_place_has_not_watched_to_the_end(left: float) -> None:
    """S33, S75: also when the seek left within a second of the end."""
    story = Story(60).begin().watch(left)
    story.say("seek_start", position=left)
    story.wait(0.5).say("seek_end")
    assert story.wait(9).say("exit") == [f"{left + 9.5:g} Exited - @content-1"]


def test_a_seek_that_a_break_breaks_off_has_gone_nobody_knows_where() -> None:
    """S33, S21: the pod is completed where the seek left it."""
    story = Story(600).begin().watch(5)
    story.say("seek_start", position=5.0)
    assert story.wait(1).say("ad_break_start") == [
        "6 Seek Completed - @content-1",
        "6 Content Completed 5 content-1",
    ]


def test_beats_go_on_where_nobody_knows_how_far_the_end_is() -> None:
    """S40, S44: neither the end nor a break can be near a place that nobody tells."""
    story = Story(60, breaks=[mid(50, ad("a", 5))])
    story.say("play")
    story.say("playing")
    story.idle(30).say("seek_start")
    story.wait(1).say("seek_end")
    story.idle(30)
    assert story.rows[-5:] == [
        "30 Seek Started 30 @content-1",
        "31 Seek Completed - @content-1",
        "41 Content Playing - content-1",
        "51 Content Playing - content-1",
        "61 Content Playing - content-1",
    ]


def test_a_seek_behind_the_end_of_another_has_not_gone_where_that_one_went() -> None:
    """S33: one scrub, whose last seek tells no place."""
    story = Story(60, scrub_window=0.5).begin().watch(10).seek(40)
    story.wait(0.2).say("seek_start")
    story.wait(0.3).say("seek_end")
    story.idle(2)
    assert story.rows[-2:] == [
        "10 Seek Started 10 @content-1 >40",
        "11 Seek Completed - @content-1",
    ]


def test_an_ad_behind_such_a_seek_tells_no_place_of_its_content() -> None:
    """S33, S53: an estimate is never passed on as a measurement, in no block of an event."""
    story = gone()
    story.wait(3).pod(("a", 5))
    told = [message(story.session, event) for event in story.events if isinstance(event, AdEvent)]
    assert [each["content"].get("position", "-") for each in told] == ["-"] * len(told)
    assert len(told) == 5  # Started, three quartiles, Completed
    assert {each["content"]["total_length"] for each in told} == {600}


def message(session: Session, event: Event) -> dict[str, Any]:
    properties: dict[str, Any] = Encoder().message(event, session.envelope())["properties"]
    return properties
