"""Every door: whatever ends an ad or content, or makes a pause real, settles the same: S86.

Something is open or held (a stall, a seek, a doubtful pause, a fatal error, a quartile that nobody
has told), and then the ad or the content ends in one of its ways. The events up to its end are the
same in each of them, and in the same order.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

import pytest

from tests.session.kinds.logs import Run, Tape, play
from tests.session.story import T0, Story, ad, mid, post
from video_tracker.events import AdPlaying, Event
from video_tracker.plan import Content

Door = Callable[[Tape], None]
Holding = Callable[[Tape], None]


def short(event: Event) -> str:
    """What happened, and which quartile."""
    quartile = event.quartile if isinstance(event, AdPlaying) else None
    return event.name.removeprefix("Video ") + ("" if quartile is None else f" q{quartile}")


def until(run: Run, name: str) -> list[str]:
    """What happened until the first event of that name, which closes the list."""
    told = [short(event) for event in run.events]
    return told[: told.index(name) + 1] if name in told else [*told, f"no {name}"]


def one(run: Run, name: str) -> tuple[float, int | None]:
    """When the only event of that name was, and where."""
    (event,) = [each for each in run.events if short(each) == name]
    return round(event.at - T0, 3), event.position


def first_of(run: Run, name: str) -> tuple[float, int | None]:
    """When the first event of that name was, and where."""
    event = next(each for each in run.events if short(each) == name)
    return round(event.at - T0, 3), event.position


def in_order(run: Run) -> bool:
    """Whether no event of a session is dated before the one that was sent before it."""
    return all(
        before.at <= after.at
        for before, after in pairwise(run.events)
        if before.session_id == after.session_id
    )


# -- the ways out of an ad -------------------------------------------------------------------------

TWO: Final = (Content(asset_id="one", duration=60.0), Content(asset_id="two", duration=60.0))


def content_goes_on(tape: Tape) -> None:
    tape.say("playing", position=tape.position)
    tape.watch(4).say("exit", position=tape.position)


def ad_end(tape: Tape) -> None:
    tape.say("ad_end", position=10.0)
    tape.say("ad_break_end")
    content_goes_on(tape)


def ad_end_without_position(tape: Tape) -> None:
    tape.say("ad_end")
    tape.say("ad_break_end")
    content_goes_on(tape)


def next_ad_start(tape: Tape) -> None:
    tape.ad("b", 6)
    tape.say("ad_break_end")
    content_goes_on(tape)


def ad_break_end(tape: Tape) -> None:
    tape.say("ad_break_end")
    content_goes_on(tape)


def second_break_start(tape: Tape) -> None:
    tape.say("ad_break_start", pod_id="other")
    tape.ad("b", 6)
    tape.say("ad_break_end")
    content_goes_on(tape)


def content_start(tape: Tape) -> None:
    tape.say("content_start", asset_id="one", position=tape.position)
    content_goes_on(tape)


def content_moves_on(tape: Tape) -> None:
    tape.watch(4).say("exit", position=tape.position)


def next_item(tape: Tape) -> None:
    tape.say("load", next_item=True)
    tape.say("content_start", asset_id="two", position=0.0)
    tape.position = 0.0
    tape.watch(4).say("exit", position=4.0)


def end(tape: Tape) -> None:
    """Only of a post-roll: everything is over."""
    tape.say("end")


WAYS_OUT_OF_AN_AD: Final[tuple[Door, ...]] = (
    ad_end,
    ad_end_without_position,
    next_ad_start,
    ad_break_end,
    second_break_start,
    content_start,
    content_moves_on,
    next_item,
    end,
)


def through(door: Door, holding: Holding, played: float, **settings: Any) -> Run:
    """An ad of ten seconds from 20 on; what is open or held is told, and then it ends."""
    contents = (Content(asset_id="one", duration=20.0), TWO[1]) if door is end else TWO
    tape = Tape(*contents, **{"heartbeat": 1000.0, "quartiles": "off", **settings})
    tape.begin().watch(20)
    if door is end:
        tape.say("content_end", position=20.0)
    tape.say("ad_break_start")
    tape.ad_start("a1", duration=10.0)
    tape.watch_ad(played)
    holding(tape)
    door(tape)
    return play(tape.log(door.__name__))


BEFORE_THE_AD: Final = ["Playback Started", "Content Started", "Content Completed", "Ad Started"]


def silence(tape: Tape) -> None:
    tape.now = 30.0


@pytest.mark.parametrize("door", WAYS_OUT_OF_AN_AD)
def test_an_ad_s_last_quartile_is_told_by_every_way_out(door: Door) -> None:
    """S45, S86: at 7 of 10 s its clock fell silent, and it ended when it should."""
    run = through(door, silence, 7, quartiles="emit")

    quartiles = [f"Ad Playing q{number}" for number in (1, 2, 3)]
    assert until(run, "Ad Completed") == [*BEFORE_THE_AD, *quartiles, "Ad Completed"]
    at, position = first_of(run, "Ad Playing q3")
    assert 27.5 <= at <= 30
    assert position in (7, 8, 9, 10)
    assert first_of(run, "Ad Completed") == (30.0, 10)
    assert in_order(run)


@pytest.mark.parametrize("door", WAYS_OUT_OF_AN_AD)
def test_an_ad_that_was_watched_whole_is_completed_by_every_way_out(door: Door) -> None:
    """S62, S86: dated at its start + length."""
    run = through(door, lambda _: None, 10, quartiles="emit")

    quartiles = [f"Ad Playing q{number}" for number in (1, 2, 3)]
    assert until(run, "Ad Completed") == [*BEFORE_THE_AD, *quartiles, "Ad Completed"]
    assert first_of(run, "Ad Completed") == (30.0, 10)
    assert in_order(run)
    assert run.figures[0]["ads_completed"] == sum(short(e) == "Ad Completed" for e in run.events)


def doubtful_pause(tape: Tape) -> None:
    tape.wait(0.4).say("pause", position=9.4)
    tape.now = 30.0


def pause_that_says_nothing(tape: Tape) -> None:
    tape.wait(0.4).say("pause")
    tape.now = 30.0


@pytest.mark.parametrize("door", [door for door in WAYS_OUT_OF_AN_AD if door != content_moves_on])
@pytest.mark.parametrize("holding", [doubtful_pause, pause_that_says_nothing])
def test_a_pause_that_an_ad_s_end_explains_is_none_by_every_way_out(
    door: Door, holding: Holding
) -> None:
    """S31, S86: within a second of the ad's known end it was the player's own."""
    run = through(door, holding, 9)

    told = [short(event) for event in run.events]
    assert until(run, "Ad Completed") == [*BEFORE_THE_AD, "Ad Completed"]
    assert first_of(run, "Ad Completed") == (30.0, 10)
    assert "Playback Paused" not in told
    assert "Playback Resumed" not in told
    assert sum(figures["pauses"] for figures in run.figures) == 0
    assert sum(figures["paused"] for figures in run.figures) == 0
    assert in_order(run)


def open_stall(tape: Tape) -> None:
    tape.wait(0.5).say("buffer_start", position=9.5)
    tape.now = 31.0


@pytest.mark.parametrize("door", WAYS_OUT_OF_AN_AD)
@pytest.mark.parametrize("min_buffer", [0.0, 0.5])
def test_an_open_stall_is_closed_before_the_ad_by_every_way_out(
    door: Door, min_buffer: float
) -> None:
    """S32, S86: half a second before the ad's end it stalled, and a second and a half passed."""
    run = through(door, open_stall, 9, min_buffer=min_buffer)

    pair = ["Playback Buffer Started", "Playback Buffer Completed"]
    assert until(run, "Ad Completed") == [*BEFORE_THE_AD, *pair, "Ad Completed"]
    assert one(run, "Playback Buffer Started") == (29.5, 29)
    at, position = one(run, "Playback Buffer Completed")
    assert (29.5 < at <= 31, position) in ((True, 29), (True, 30))
    assert first_of(run, "Ad Completed")[1] == 10
    assert in_order(run)


def short_stall(tape: Tape) -> None:
    tape.wait(0.5).say("buffer_start", position=9.5)
    tape.now = 29.9


@pytest.mark.parametrize("door", [door for door in WAYS_OUT_OF_AN_AD if door != content_moves_on])
def test_a_stall_that_is_held_back_is_dropped_by_every_way_out(door: Door) -> None:
    """S32, S86: it ended sooner than ``min_buffer``."""
    run = through(door, short_stall, 9, min_buffer=0.5)

    assert until(run, "Ad Completed") == [*BEFORE_THE_AD, "Ad Completed"]
    assert not [event for event in run.events if "Buffer" in event.name]
    assert in_order(run)


def open_seek(tape: Tape) -> None:
    tape.say("seek_start", position=9.0, to=9.5)
    tape.now = 30.0


@pytest.mark.parametrize("door", WAYS_OUT_OF_AN_AD)
@pytest.mark.parametrize("scrub_window", [0.0, 0.5])
def test_an_open_seek_is_closed_before_what_follows_by_every_way_out(
    door: Door, scrub_window: float
) -> None:
    """S20, S86: a seek in an ad ends with it, whoever ends it."""
    run = through(door, open_seek, 9, scrub_window=scrub_window)
    first = through(ad_end, open_seek, 9, scrub_window=scrub_window)

    pair = ["Playback Seek Started", "Playback Seek Completed"]
    told = [short(event) for event in run.events]
    assert told[: len(BEFORE_THE_AD) + 2] == [*BEFORE_THE_AD, *pair]
    assert until(run, "Ad Completed") == until(first, "Ad Completed")
    assert [name for name in told if "Seek" in name] == pair
    assert in_order(run)


def play_pressed_in_a_seek(tape: Tape) -> None:
    tape.say("pause", position=8.0)
    tape.wait(0.2).say("seek_start", to=9.5)
    tape.say("play")
    tape.wait(0.2).say("buffer_start")
    tape.now = 30.0


@pytest.mark.parametrize("door", WAYS_OUT_OF_AN_AD)
def test_who_pressed_play_in_a_seek_goes_on_when_stall_and_seek_are_over(door: Door) -> None:
    """S20, S32, S86: whatever ends the ad, what is inside is closed first."""
    run = through(door, play_pressed_in_a_seek, 8)

    told = ["Paused", "Seek Started", "Buffer Started"]
    told += ["Buffer Completed", "Seek Completed", "Resumed"]
    shown = [short(event) for event in run.events][: len(BEFORE_THE_AD) + len(told)]
    assert shown == [*BEFORE_THE_AD, *[f"Playback {name}" for name in told]]
    assert in_order(run)


def fatal_error(tape: Tape) -> None:
    tape.wait(0.4).say("error", fatal=True, reason="decode")
    tape.now = 30.0


@pytest.mark.parametrize("door", WAYS_OUT_OF_AN_AD)
def test_a_fatal_error_that_stops_nothing_is_dropped_by_every_way_out(door: Door) -> None:
    """S76, S86: what comes after the ad plays, so playback was not interrupted."""
    run = through(door, fatal_error, 9)

    assert until(run, "Ad Completed") == [*BEFORE_THE_AD, "Ad Completed"]
    assert first_of(run, "Ad Completed") == (30.0, 10)
    assert not [event for event in run.events if short(event) == "Playback Interrupted"]
    assert in_order(run)


@pytest.mark.parametrize("name", ["ad_skip", "exit"])
def test_the_last_quartile_of_an_ad_that_is_left_is_told(name: str) -> None:
    """S45, S79, S86: his word bears the place: 8.5 of 10 s."""
    story = Story(60, heartbeat=1000.0).begin().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1", duration=10.0)
    story.watch_ad(7).wait(1.5).say(name, position=8.5)

    told = [short(event) for event in story.events]
    quartiles = [f"Ad Playing q{number}" for number in (1, 2, 3)]
    assert told[4:7] == quartiles
    assert "Ad Completed" not in told
    assert story.figures()["ads_skipped"] == (name == "ad_skip")


@pytest.mark.parametrize("name", ["ad_skip", "ad_error"])
def test_an_ad_that_is_left_in_a_stall_closes_it(name: str) -> None:
    """S32, S86: matched pairs, also where nothing is completed."""
    story = Story(60, heartbeat=1000.0, quartiles="off").begin().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1", duration=10.0)
    story.watch_ad(5).say("buffer_start", position=5.0)
    story.wait(3).say(name)

    assert story.rest[4:] == [
        "25 Buffer Started 25 @ad-1",
        "28 Buffer Completed 25 @ad-1",
    ]
    assert story.figures()["buffering"] == pytest.approx(3)


# -- the ways in which content ends ----------------------------------------------------------------


def content_end(tape: Tape) -> None:
    tape.say("content_end", position=30.0)


def content_end_without_position(tape: Tape) -> None:
    tape.say("content_end")


def end_of_all(tape: Tape) -> None:
    tape.say("end", position=30.0)


def end_without_position(tape: Tape) -> None:
    tape.say("end")


def post_roll(tape: Tape) -> None:
    tape.pod(("z", 5), placement="post")
    tape.say("end")


def planned_post_roll(tape: Tape) -> None:
    tape.pod(("z", 5))
    tape.say("end")


def ad_without_break(tape: Tape) -> None:
    tape.ad("z", 5)
    tape.say("end")


def loaded_item(tape: Tape) -> None:
    tape.say("load", next_item=True)
    next_content_start(tape)


def next_content_start(tape: Tape) -> None:
    tape.say("content_start", asset_id="two", position=0.0)
    tape.position = 0.0
    tape.watch(4).say("exit", position=4.0)


def loop(tape: Tape) -> None:
    tape.say("progress", position=0.0)
    tape.position = 0.0
    tape.watch(4).say("exit", position=4.0)


TOLD_ENDS: Final[tuple[Door, ...]] = (
    content_end,
    content_end_without_position,
    end_of_all,
    end_without_position,
)
AD_ENDS: Final[tuple[Door, ...]] = (post_roll, planned_post_roll, ad_without_break)
NEXT_ENDS: Final[tuple[Door, ...]] = (loaded_item, next_content_start)


def out_of(door: Door, holding: Holding, watched: float, **settings: Any) -> Run:
    """Content of thirty seconds; what is open or held is told, and then it ends."""
    contents = [Content(asset_id="one", duration=30.0)]
    if door in NEXT_ENDS:
        contents.append(TWO[1])
    breaks = [post(ad("z", 5))] if door in (planned_post_roll, ad_without_break) else []
    given = {"heartbeat": 10.0, "quartiles": "off", "step": 0.5, **settings}
    tape = Tape(*contents, breaks=breaks, **given).begin()
    assert isinstance(tape, Tape)
    tape.watch(watched)
    holding(tape)
    door(tape)
    return play(tape.log(door.__name__))


def check_end(run: Run, before: Sequence[str] = (), at: float | None = 30.0) -> None:
    """The content was completed once, after what was open and in order."""
    told = [name for name in until(run, "Content Completed") if name != "Content Playing"]
    assert told == ["Playback Started", "Content Started", *before, "Content Completed"]
    when, position = first_of(run, "Content Completed")
    assert position == 30
    assert at is None or when == at
    assert in_order(run)


@pytest.mark.parametrize("door", [*TOLD_ENDS, *AD_ENDS, *NEXT_ENDS, loop])
def test_no_beat_is_due_at_the_end_by_any_way(door: Door) -> None:
    """S44, S86: Completed says it; beats came at 10 and at 20 seconds, none at 30."""
    run = out_of(door, lambda tape: setattr(tape, "now", 30.0), 29.5)

    check_end(run)
    beats = [event.at - T0 for event in run.events if short(event) == "Content Playing"]
    assert beats == [10.0, 20.0]
    assert run.figures[0]["content_played"] == pytest.approx(
        30 if len(run.figures) > 1 or door not in NEXT_ENDS else 34, abs=0.6
    )


def own_pause(tape: Tape) -> None:
    tape.say("pause", position=29.5)
    tape.now = 30.0


@pytest.mark.parametrize("door", [*TOLD_ENDS, *AD_ENDS, *NEXT_ENDS])
def test_a_pause_that_the_content_s_end_explains_is_none_by_every_way(door: Door) -> None:
    """S31, S86: a player that pauses just before ``ended``."""
    run = out_of(door, own_pause, 29.5)

    check_end(run)
    told = [short(event) for event in run.events]
    assert "Playback Paused" not in told
    assert "Playback Resumed" not in told
    assert sum(figures["pauses"] for figures in run.figures) == 0


def stall_at_the_end(tape: Tape) -> None:
    tape.say("buffer_start", position=29.5)
    tape.now = 31.0


@pytest.mark.parametrize("door", [*TOLD_ENDS, *AD_ENDS, *NEXT_ENDS])
@pytest.mark.parametrize("min_buffer", [0.0, 0.5])
def test_an_open_stall_is_closed_before_the_content_by_every_way(
    door: Door, min_buffer: float
) -> None:
    """S32, S86: Buffer Completed, then Content Completed."""
    run = out_of(door, stall_at_the_end, 29.5, min_buffer=min_buffer)

    check_end(run, ["Playback Buffer Started", "Playback Buffer Completed"], at=None)
    assert one(run, "Playback Buffer Started") == (29.5, 29)
    assert 29.5 < one(run, "Playback Buffer Completed")[0] <= 31


def seek_to_the_end(tape: Tape) -> None:
    tape.say("seek_start", position=20.0, to=29.5)
    tape.wait(1)


@pytest.mark.parametrize("door", [content_end, end_of_all, post_roll, planned_post_roll])
@pytest.mark.parametrize("scrub_window", [0.0, 0.5])
def test_an_open_seek_is_closed_before_the_content_by_every_way(
    door: Door, scrub_window: float
) -> None:
    """S20, S86: he sought to the last half second, and its end is lost."""
    run = out_of(door, seek_to_the_end, 20, scrub_window=scrub_window)

    check_end(run, ["Playback Seek Started", "Playback Seek Completed"], at=None)
    assert 20 <= one(run, "Playback Seek Completed")[0] <= 21


def error_before_the_end(tape: Tape) -> None:
    tape.wait(0.1).say("error", fatal=True, reason="network")
    tape.now = 30.0


@pytest.mark.parametrize("door", [*TOLD_ENDS, *AD_ENDS, *NEXT_ENDS])
def test_a_fatal_error_that_the_buffer_outlives_is_dropped_by_every_way(door: Door) -> None:
    """S76, S86: the content was played to its end."""
    run = out_of(door, error_before_the_end, 29.5)

    check_end(run)
    assert not [event for event in run.events if short(event) == "Playback Interrupted"]


@pytest.mark.parametrize("name", ["exit", "rest"])
def test_content_that_was_played_to_its_last_second_is_completed(name: str) -> None:
    """S75, S90: who leaves there, or a player that never says that it ended."""
    story = Story(30, step=0.25, heartbeat=1000.0).begin().watch(29.75)
    if name == "exit":
        story.say("exit", position=29.75)
    story.idle(400)

    (completed,) = story.named("Content Completed")
    assert completed.position == 30
    assert 29.75 <= completed.at - story.start <= 31


# -- the ways in which a pause becomes real --------------------------------------------------------

PAUSED_AT: Final = 29.4

REAL: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "tick": ("tick", {}),
    "play": ("play", {"position": PAUSED_AT}),
    "play without position": ("play", {}),
    "playing": ("playing", {"position": PAUSED_AT}),
    "pause again": ("pause", {"position": PAUSED_AT}),
    "standing": ("progress", {"position": PAUSED_AT}),
    "seek": ("seek_start", {"position": PAUSED_AT, "to": 5.0}),
    "exit": ("exit", {"position": PAUSED_AT}),
    "exit without position": ("exit", {}),
    "interrupt": ("interrupt", {"method": "call"}),
    "error": ("error", {"fatal": True}),
    "break": ("ad_break_start", {}),
    "quality": ("quality", {"bitrate": 900.0}),
    "update": ("update", {"sound": 10.0}),
    "next item": ("load", {"next_item": True}),
    "end": ("end", {}),
}
"""What is told three seconds later, when the planned break can no longer explain the pause."""


def doubted() -> Story:
    """Just before a planned break the viewer pauses; the pause has a custom property."""
    story = Story(600, breaks=[mid(30, ad("m", 8))], heartbeat=1000.0).begin().watch(29)
    story.wait(0.4)
    story.session.annotate({"why": "button"})
    assert story.say("pause", position=PAUSED_AT) == []
    return story


@pytest.mark.parametrize("way", REAL)
def test_a_pause_becomes_real_with_its_own_time_by_every_way(way: str) -> None:
    """S31, S86, S88: first of all that the input brings, and dated when he pressed it."""
    story = doubted()
    name, fields = REAL[way]
    told = story.wait(3.6).say(name, **fields)

    assert told[0] == "29.4 Paused 29 @content-1"
    dates = [event.at for event in story.events]
    assert dates == sorted(dates)
    figures = story.figures()
    assert figures["pauses"] == 1
    if way != "tick":  # nobody's word: it counts in no figure (S88)
        assert figures["paused"] == pytest.approx(3.6, abs=0.01)
    assert figures["content_played"] == pytest.approx(PAUSED_AT, abs=0.01)


@pytest.mark.parametrize("way", REAL)
def test_a_pause_that_became_real_keeps_its_own_properties(way: str) -> None:
    """S51, S86: what was said of it is its own, and nobody else's."""
    story = doubted()
    name, fields = REAL[way]
    story.wait(3.6).say(name, **fields)

    assert [event.name for event in story.events if dict(event.properties)] == [
        "Video Playback Paused"
    ]
    assert dict(story.named("Playback Paused")[0].properties) == {"why": "button"}


def test_a_pause_that_was_none_leaves_its_properties_to_nobody() -> None:
    """S51, S86: the break came, so nothing was paused."""
    story = doubted()
    story.wait(0.6).pod(("m", 8))
    story.say("playing", position=30.0)
    story.position = 30.0
    story.watch(3).say("exit", position=33.0)

    assert story.named("Playback Paused") == []
    assert [event.name for event in story.events if dict(event.properties)] == []


IN_AN_AD: Final = ("tick", "play", "playing", "pause", "ad_progress", "exit", "interrupt")


@pytest.mark.parametrize("name", IN_AN_AD)
def test_a_pause_near_an_ad_s_end_becomes_real_by_every_way(name: str) -> None:
    """S31, S86: the ad did not end, so it was the viewer's."""
    story = Story(60, heartbeat=1000.0, quartiles="off").begin().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1", duration=10.0)
    story.watch_ad(9).wait(0.4)
    assert story.say("pause", position=9.4) == []
    fields = {} if name in ("tick", "interrupt") else {"position": 9.4}
    told = story.wait(3.6).say(name, **fields)

    assert told[0] == "29.4 Paused 29 @ad-1"
    if name != "tick":  # nobody's word: it counts in no figure (S88)
        assert story.figures()["paused"] == pytest.approx(3.6, abs=0.01)


@pytest.mark.parametrize("name", ["play", "seek_start"])
def test_a_pause_near_the_content_s_end_becomes_real_by_what_goes_on(name: str) -> None:
    """S31, S86: content did not end, and the viewer goes on."""
    story = Story(30, heartbeat=1000.0).begin().watch(29).wait(0.4)
    assert story.say("pause", position=PAUSED_AT) == []
    fields = {"to": 5.0} if name == "seek_start" else {}
    told = story.wait(3.6).say(name, position=PAUSED_AT, **fields)

    assert told[0] == "29.4 Paused 29 @content-1"
    assert story.figures()["paused"] == pytest.approx(3.6, abs=0.01)
