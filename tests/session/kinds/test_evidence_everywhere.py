"""Whatever carries a position is evidence, in every state: S78, S79, S81.

In each state of the charts a word is lost: the first frame, the play after a pause, the end of a
stall, a seek, an ad or a break. Then time and the position move on together for five seconds, and
each input that bears a position tells it. What must have happened is told first, dated by the
position; then the input means what it means.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import pytest

from tests.session.kinds.logs import Tape, play
from tests.session.story import Story, names, seconds

BASES: Final = (0.0, 600.0, 3600.0)
"""Where the viewer begins in the content: what holds at its start holds further on."""

MOVED: Final = 5.0


@attrs.frozen
class Lost:
    """A story in which a word was lost.

    Args:
        story: It stands where the next input comes.
        facts: What has happened by then, in the session's words.
        place: Where the content (or the ad) is by then.
        ads: Seconds of ads that lie before it on the session's timeline.
        ids: What plays, as rows name it.
        figures: Seconds by then.
    """

    story: Story
    facts: Sequence[str]
    place: float
    ads: float
    ids: str
    figures: dict[str, float]


Maker = Callable[[float, float], Lost]
"""From where the viewer begins, and how far the content reaches beyond the place."""


def told(length: float, position: float, **settings: Any) -> Story:
    """A story of a content of that length, in which only what is resumed has a beat."""
    story = Story(length, heartbeat=1000.0, quartiles="off", **settings)
    story.say("play", position=position)
    story.position = position
    return story


def watched(length: float, base: float) -> Story:
    """Twenty seconds of content were played."""
    story = told(length, base)
    story.say("playing", position=base)
    return story.watch(20)


def begun(base: float) -> list[str]:
    return [f"0 Playback Started {base:.0f}", f"0 Content Started {base:.0f} content-1"]


def starting(base: float, more: float) -> Lost:
    story = told(base + MOVED + more, base).wait(2 + MOVED)
    facts = [f"0 Playback Started {base:.0f}", f"2 Content Started {base:.0f} content-1"]
    figures = {"startup": 2.0, "content_played": MOVED}
    return Lost(story, facts, base + MOVED, 0, "content-1", figures)


def playing(base: float, more: float) -> Lost:
    story = watched(base + 25 + more, base).wait(MOVED)
    return Lost(story, begun(base), base + 25, 0, "content-1", {"content_played": 25.0})


def paused(base: float, more: float) -> Lost:
    story = watched(base + 25 + more, base)
    story.say("pause", position=base + 20)
    facts = [
        *begun(base),
        f"20 Paused {base + 20:.0f} @content-1",
        f"23 Resumed {base + 20:.0f} @content-1",
        f"23 Content Playing {base + 20:.0f} content-1",
    ]
    figures = {"content_played": 25.0, "paused": 3.0}
    return Lost(story.wait(3 + MOVED), facts, base + 25, 0, "content-1", figures)


def buffering(base: float, more: float) -> Lost:
    story = watched(base + 25 + more, base)
    story.say("buffer_start", position=base + 20)
    facts = [
        *begun(base),
        f"20 Buffer Started {base + 20:.0f} @content-1",
        f"23 Buffer Completed {base + 20:.0f} @content-1",
    ]
    figures = {"content_played": 25.0, "buffering": 3.0}
    return Lost(story.wait(3 + MOVED), facts, base + 25, 0, "content-1", figures)


def interrupted(base: float, more: float) -> Lost:
    story = watched(base + 25 + more, base)
    story.say("interrupt", method="call")
    facts = [
        *begun(base),
        f"20 Interrupted {base + 20:.0f} @content-1 call",
        f"23 Resumed {base + 20:.0f} @content-1",
        f"23 Content Playing {base + 20:.0f} content-1",
    ]
    figures = {"content_played": 25.0, "interrupted": 3.0}
    return Lost(story.wait(3 + MOVED), facts, base + 25, 0, "content-1", figures)


def seeking(base: float, more: float) -> Lost:
    story = watched(base + 105 + more, base)
    story.say("seek_start", position=base + 20, to=base + 100)
    facts = [
        *begun(base),
        f"20 Seek Started {base + 20:.0f} @content-1 >{base + 100:.0f}",
        f"22 Seek Completed {base + 100:.0f} @content-1 >{base + 100:.0f}",
    ]
    figures = {"content_played": 25.0, "seeking": 2.0}
    return Lost(story.wait(2 + MOVED), facts, base + 105, 0, "content-1", figures)


def seeking_paused(base: float, more: float) -> Lost:
    """The seek's end is lost, and the play six seconds later."""
    story = watched(base + 105 + more, base)
    story.say("pause", position=base + 20)
    story.wait(2).say("seek_start", position=base + 20, to=base + 100)
    facts = [
        *begun(base),
        f"20 Paused {base + 20:.0f} @content-1",
        f"22 Seek Started {base + 20:.0f} @content-1 >{base + 100:.0f}",
        f"24 Seek Completed {base + 100:.0f} @content-1 >{base + 100:.0f}",
        f"30 Resumed {base + 100:.0f} @content-1",
        f"30 Content Playing {base + 100:.0f} content-1",
    ]
    figures = {"content_played": 25.0, "seeking": 2.0, "paused": 8.0}
    return Lost(story.wait(8 + MOVED), facts, base + 105, 0, "content-1", figures)


def in_mid_roll(base: float, more: float, declared: float | None) -> tuple[Story, list[str]]:
    """At twenty seconds an ad begins that was not planned."""
    story = watched(base + 25 + more, base)
    story.say("ad_break_start")
    story.ad_start("a1", duration=declared)
    facts = [
        *begun(base),
        f"20 Content Completed {base + 20:.0f} content-1",
        "20 Ad Started 0 ad-1/a1 mid",
    ]
    return story, facts


def break_over(base: float, more: float) -> Lost:
    """The break's end is lost, and two seconds later content's first frame."""
    story, facts = in_mid_roll(base, more, 15.0)
    story.watch_ad(15).ad_end()
    facts += ["35 Ad Completed 15 ad-1/a1 mid", f"37 Content Started {base + 20:.0f} content-2"]
    figures = {"content_played": 25.0, "ad_played": 15.0, "gap": 2.0}
    return Lost(story.wait(2 + MOVED), facts, base + 25, 15, "content-2", figures)


def pre_roll_over(base: float, more: float) -> Lost:
    story = told(base + MOVED + more, base)
    story.say("ad_break_start", placement="pre")
    story.ad_start("a1", duration=15.0)
    story.watch_ad(15).ad_end()
    facts = [
        f"0 Playback Started {base:.0f}",
        "0 Ad Started 0 ad-1/a1 pre",
        "15 Ad Completed 15 ad-1/a1 pre",
        f"17 Content Started {base:.0f} content-1",
    ]
    figures = {"content_played": MOVED, "ad_played": 15.0}
    return Lost(story.wait(2 + MOVED), facts, base + MOVED, 15, "content-1", figures)


def ad_passed(base: float, more: float) -> Lost:
    """The ad's end and its break's are lost; its length has passed."""
    story, facts = in_mid_roll(base, more, 15.0)
    story.watch_ad(15)
    facts += ["35 Ad Completed 15 ad-1/a1 mid", f"35 Content Started {base + 20:.0f} content-2"]
    figures = {"content_played": 25.0, "ad_played": 15.0, "ads_completed": 1}
    return Lost(story.wait(MOVED), facts, base + 25, 15, "content-2", figures)


def ad_cut(base: float, more: float) -> Lost:
    """An ad of a minute was left after five seconds."""
    story, facts = in_mid_roll(base, more, 60.0)
    story.watch_ad(5)
    facts += [f"25 Content Started {base + 20:.0f} content-2"]
    figures = {"content_played": 25.0, "ad_played": 5.0, "ads_completed": 0}
    return Lost(story.wait(MOVED), facts, base + 25, 5, "content-2", figures)


def ad_of_unknown_length(base: float, more: float) -> Lost:
    """Nobody knows whether it was watched to its end."""
    story, facts = in_mid_roll(base, more, None)
    story.watch_ad(5)
    facts += [f"25 Content Started {base + 20:.0f} content-2"]
    figures = {"content_played": 25.0, "ad_played": 5.0, "ads_completed": 0}
    return Lost(story.wait(MOVED), facts, base + 25, 5, "content-2", figures)


REPORTS: Final = ("progress", "play", "playing")
WORDS: Final = ("pause", "seek_start", "buffer_start", "exit")
ENDS: Final = ("content_end", "end")

CELLS: Final[dict[Maker, tuple[str, ...]]] = {
    # Where `play` and `playing` may also tell of a new place, nothing is asked of them.
    starting: ("progress", *WORDS, *ENDS),
    playing: (*REPORTS, *WORDS, "buffer_end", *ENDS),
    paused: (*REPORTS, *WORDS, *ENDS),
    buffering: (*REPORTS, *WORDS, "buffer_end", *ENDS),
    interrupted: (*REPORTS, *WORDS, *ENDS),
    seeking: ("progress", *WORDS, *ENDS),
    seeking_paused: ("progress", "pause", "exit", *ENDS),
    break_over: (*REPORTS, *WORDS, *ENDS),
    pre_roll_over: ("progress", *WORDS, *ENDS),
    ad_passed: (*REPORTS, *WORDS, *ENDS),
    ad_cut: (*REPORTS, *WORDS, *ENDS),
    ad_of_unknown_length: (*REPORTS, *WORDS, *ENDS),
}


def cells(table: dict[Any, tuple[str, ...]]) -> list[Any]:
    return [
        pytest.param(maker, name, id=f"{maker.__name__}-{name}")
        for maker, inputs in table.items()
        for name in inputs
    ]


def meaning(lost: Lost, name: str) -> list[str]:
    """What the input itself gives, now and here."""
    now = seconds(lost.story.now)
    here = f"{lost.place + lost.ads:.0f} @{lost.ids}"
    end = f"{now} Content Completed {lost.place:.0f} {lost.ids}"
    given = {
        "pause": [f"{now} Paused {here}"],
        "seek_start": [f"{now} Seek Started {here} >{lost.place + lost.ads + 200:.0f}"],
        "buffer_start": [f"{now} Buffer Started {here}"],
        "exit": [f"{now} Exited {here}"],
        "content_end": [end],
        "end": [end, f"{now} Playback Completed {lost.place + lost.ads:.0f}"],
        "ad_end": [f"{now} Ad Completed {lost.place:.0f} ad-1/a1 mid"],
    }
    return given.get(name, [])


def say(lost: Lost, name: str) -> None:
    """The input, with the place as its position."""
    more = {"to": lost.place + 200} if name == "seek_start" else {}
    lost.story.say(name, position=lost.place, **more)


def check(lost: Lost, name: str) -> None:
    figures = lost.story.figures()
    got = {figure: figures[figure] for figure in lost.figures}
    assert lost.story.rows == [*lost.facts, *meaning(lost, name)]
    assert got == pytest.approx(lost.figures, abs=0.1)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("maker", "name"), cells(CELLS))
def test_content_that_moved_on_tells_what_was_lost(maker: Maker, name: str, base: float) -> None:
    """S79: before the input's own meaning acts, dated by the position."""
    lost = maker(base, 0.0 if name in ENDS else 575.0)
    say(lost, name)

    check(lost, name)


@pytest.mark.parametrize("maker", CELLS)
def test_content_that_moved_on_plays_on(maker: Maker) -> None:
    """S79: after a report there is nothing left to be found out."""
    lost = maker(600.0, 575.0)
    say(lost, "progress")
    lost.story.position = lost.place
    lost.story.watch(5)
    played = lost.figures["content_played"] + 5

    assert lost.story.rows == lost.facts
    assert lost.story.figures()["content_played"] == pytest.approx(played, abs=0.1)


# -- the ad's own clock ----------------------------------------------------------------------------


def ad_plays(base: float, declared: float | None) -> Lost:
    story, facts = in_mid_roll(base, 575.0, declared)
    story.watch_ad(5).wait(MOVED)
    return Lost(story, facts, 10, base + 20, "ad-1", {"ad_played": 10.0})


def ad_paused(base: float, declared: float | None) -> Lost:
    story, facts = in_mid_roll(base, 575.0, declared)
    story.watch_ad(5).say("pause", position=5.0)
    facts += [
        f"25 Paused {base + 25:.0f} @ad-1",
        f"28 Resumed {base + 25:.0f} @ad-1",
        "28 Ad Playing 5 ad-1/a1 mid",
    ]
    figures = {"ad_played": 10.0, "paused": 3.0}
    return Lost(story.wait(3 + MOVED), facts, 10, base + 20, "ad-1", figures)


def ad_stalled(base: float, declared: float | None) -> Lost:
    story, facts = in_mid_roll(base, 575.0, declared)
    story.watch_ad(5).say("buffer_start", position=5.0)
    facts += [
        f"25 Buffer Started {base + 25:.0f} @ad-1",
        f"28 Buffer Completed {base + 25:.0f} @ad-1",
    ]
    figures = {"ad_played": 10.0, "buffering": 3.0}
    return Lost(story.wait(3 + MOVED), facts, 10, base + 20, "ad-1", figures)


def ad_interrupted(base: float, declared: float | None) -> Lost:
    story, facts = in_mid_roll(base, 575.0, declared)
    story.watch_ad(5).say("interrupt", method="call")
    facts += [
        f"25 Interrupted {base + 25:.0f} @ad-1 call",
        f"28 Resumed {base + 25:.0f} @ad-1",
        "28 Ad Playing 5 ad-1/a1 mid",
    ]
    figures = {"ad_played": 10.0, "interrupted": 3.0}
    return Lost(story.wait(3 + MOVED), facts, 10, base + 20, "ad-1", figures)


OF_ADS: Final = ("ad_progress", "play", "playing", "pause", "buffer_start")
AD_ENDS: Final = ("ad_end", "ad_skip", "exit")
AdMaker = Callable[[float, float | None], Lost]
AD_CELLS: Final[dict[Any, tuple[str, ...]]] = {
    ad_plays: (*OF_ADS, "buffer_end", *AD_ENDS),
    ad_paused: (*OF_ADS, *AD_ENDS),
    ad_stalled: (*OF_ADS, "buffer_end", *AD_ENDS),
    ad_interrupted: (*OF_ADS, *AD_ENDS),
}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("maker", "name"), cells(AD_CELLS))
def test_an_ad_that_moved_on_tells_what_was_lost(
    maker: AdMaker, name: str, known: bool, base: float
) -> None:
    """S79, S84: an ad's clock is judged like the content's, with and without a known length."""
    length = 10.0 if name == "ad_end" else 30.0
    lost = maker(base, length if known else None)
    say(lost, name)

    check(lost, name)
    ends = {"ad_end": (1, 0), "ad_skip": (0, 1)}.get(name, (0, 0))
    figures = lost.story.figures()
    assert (figures["ads_completed"], figures["ads_skipped"]) == ends


@pytest.mark.parametrize("maker", AD_CELLS)
def test_an_ad_that_moved_on_does_not_make_content_move(maker: AdMaker) -> None:
    """S2, S78: the ad's seconds are no seconds of content."""
    lost = maker(600.0, 30.0)
    say(lost, "pause")
    lost.story.say("exit")

    assert lost.story.figures()["content_played"] == pytest.approx(20, abs=0.1)
    assert lost.story.session.position == 620


# -- after the content's end -----------------------------------------------------------------------

FOUR: Final = ["Playback Started", "Content Started", "Content Completed", "Playback Completed"]


@pytest.mark.parametrize(
    "name", ["progress", "pause", "buffer_start", "content_end", "end", "exit"]
)
@pytest.mark.parametrize("base", BASES)
def test_content_that_rests_at_its_end_tells_nothing_more(name: str, base: float) -> None:
    """S75: once; whoever says it again, stands there or leaves, has seen it."""
    story = told(base + 30, base)
    story.say("playing", position=base)
    story.watch(30).say("content_end", position=base + 30)
    story.wait(5).say(name, position=base + 30)
    story.idle(60)

    assert names(story.events) == FOUR
    assert story.named("Playback Completed")[0].position == base + 30
    assert story.figures()["content_played"] == pytest.approx(30, abs=0.1)


def test_content_that_moves_again_after_its_end_is_a_new_session() -> None:
    """S24: nothing that a viewer watches is dropped, though the play was lost."""
    tape = Tape(30, quartiles="off")
    tape.begin().watch(30).say("content_end", position=30.0)
    tape.position = 0.0
    tape.wait(4).watch(6).say("exit", position=6.0)
    run = play(tape.log("again"))

    assert list(run.bodies) == ["s1", "s1-2"]
    first, second = run.figures
    assert (first["ended"], second["ended"]) == ("completed", "exited")
    assert first["content_played"] == pytest.approx(30, abs=0.1)
    assert 5 <= second["content_played"] <= 6.1
