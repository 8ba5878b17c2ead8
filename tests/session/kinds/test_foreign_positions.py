"""A position that cannot be of what plays says nothing: S78.

A torn-down element says 0, an ad's element tells its own clock while content plays, the content's
stands beside an ad, another item's lies far away. Each such position, told with each word in each
state, gives the same events and figures as the word without any position.
"""

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.session.kinds.logs import Run, Tape, play
from video_tracker.signals import SIGNALS

BASES: Final = (0.0, 600.0, 3600.0)
LENGTH: Final = 575.0
"""How much of the content lies beyond where the viewer began."""

FAR: Final = 444.25
"""Seconds beyond where the viewer began: another item's place, in this one's bounds."""


def opened(base: float) -> Tape:
    """Twenty seconds of content, and half a second that nobody has told of yet."""
    tape = Tape(base + LENGTH, step=0.5)
    tape.say("play", position=base)
    tape.say("playing", position=base)
    tape.position = base
    tape.watch(20)
    return tape


def content(base: float) -> Tape:
    tape = opened(base)
    tape.wait(0.25)
    tape.position += 0.25
    return tape


def after_an_ad(base: float) -> Tape:
    tape = opened(base)
    tape.pod(("a1", 15))
    tape.say("playing", position=tape.position)
    tape.watch(10).wait(0.25)
    tape.position += 0.25
    return tape


def paused(base: float) -> Tape:
    tape = opened(base)
    tape.say("pause", position=tape.position)
    tape.wait(4)
    return tape


def stalled(base: float) -> Tape:
    tape = opened(base)
    tape.say("buffer_start", position=tape.position)
    tape.wait(4)
    return tape


def interrupted(base: float) -> Tape:
    tape = opened(base)
    tape.say("interrupt", method="call")
    tape.wait(4)
    return tape


def between_ads(base: float) -> Tape:
    tape = opened(base)
    tape.say("ad_break_start")
    tape.ad("a1", 15)
    tape.wait(1)
    return tape


def in_ad(base: float, declared: float | None = 15.0) -> Tape:
    tape = opened(base)
    tape.say("ad_break_start")
    tape.ad_start("a1", duration=declared)
    tape.watch_ad(5).wait(0.25)
    tape.in_ad += 0.25
    return tape


def in_ad_of_unknown_length(base: float) -> Tape:
    return in_ad(base, None)


def in_pre_roll(base: float) -> Tape:
    tape = Tape(base + LENGTH, step=0.5)
    tape.say("play", position=base)
    tape.position = base
    tape.say("ad_break_start", placement="pre")
    tape.ad_start("a1", duration=15.0)
    tape.watch_ad(5).wait(0.25)
    tape.in_ad += 0.25
    return tape


def in_paused_ad(base: float) -> Tape:
    tape = in_ad(base)
    tape.say("pause", position=tape.in_ad)
    tape.wait(4)
    return tape


def in_stalled_ad(base: float) -> Tape:
    tape = in_ad(base)
    tape.say("buffer_start", position=tape.in_ad)
    tape.wait(4)
    return tape


# -- how it goes on --------------------------------------------------------------------------------


def on_with_content(tape: Tape) -> None:
    """The viewer plays on where he was, and leaves ten seconds later."""
    tape.wait(3).say("play")
    tape.say("buffer_end")
    tape.say("playing", position=tape.position)
    tape.watch(10).say("exit", position=tape.position)


def on_with_the_break(tape: Tape) -> None:
    tape.wait(3).say("play")
    tape.say("ad_break_end")
    tape.say("playing", position=tape.position)
    tape.watch(10).say("exit", position=tape.position)


def on_with_the_ad(tape: Tape) -> None:
    tape.wait(3).say("play")
    tape.say("buffer_end")
    tape.watch_ad(15 - tape.in_ad).ad_end()
    tape.say("ad_break_end")
    tape.say("playing", position=tape.position)
    tape.watch(10).say("exit", position=tape.position)


WORDS: Final = ("pause", "play", "seek_start", "buffer_start", "buffer_end", "exit")
Maker = Callable[[float], Tape]
GoesOn = Callable[[Tape], None]

STATES: Final[dict[Maker, tuple[GoesOn, tuple[str, ...], tuple[str, ...]]]] = {
    content: (on_with_content, (*WORDS, "end"), ("zero", "far")),
    after_an_ad: (on_with_content, (*WORDS, "end"), ("zero", "ad", "far")),
    paused: (on_with_content, WORDS, ("zero", "far")),
    stalled: (on_with_content, WORDS, ("zero", "far")),
    interrupted: (on_with_content, ("pause", "buffer_start", "exit"), ("zero", "far")),
    between_ads: (on_with_the_break, ("pause", "exit"), ("zero", "content", "far")),
    in_ad: (on_with_the_ad, (*WORDS, "ad_end", "ad_skip"), ("zero", "content", "far")),
    in_ad_of_unknown_length: (
        on_with_the_ad,
        (*WORDS, "ad_end", "ad_skip"),
        ("zero", "content", "far"),
    ),
    in_pre_roll: (on_with_the_ad, (*WORDS, "ad_end", "ad_skip"), ("zero", "content", "far")),
    in_paused_ad: (on_with_the_ad, WORDS, ("zero", "content", "far")),
    in_stalled_ad: (on_with_the_ad, WORDS, ("zero", "content", "far")),
}
"""For each state: how it goes on, the words, and whose positions are told with them."""


def cells() -> list[Any]:
    return [
        pytest.param(maker, name, whose, base, id=f"{maker.__name__}-{name}-{whose}-{base:.0f}")
        for maker, (_, inputs, positions) in STATES.items()
        for name in inputs
        for whose in positions
        for base in BASES
    ]


def seconds_of(whose: str, base: float, tape: Tape) -> float:
    """A position of somebody else."""
    return {"zero": 0.0, "far": base + FAR, "ad": 14.75, "content": tape.position}[whose]


def run(maker: Maker, name: str, base: float, whose: str | None) -> Run:
    """The story with the word, which bears somebody's position or none."""
    tape = maker(base)
    place = None if whose is None else seconds_of(whose, base, tape)
    more = {"to": tape.position + 100} if name == "seek_start" else {}
    tape.say(name, position=place, **more)
    if name == "seek_start":
        tape.wait(0.5).say("seek_end", position=tape.position + 100)
        tape.position += 100
    goes_on, _, _ = STATES[maker]
    if name in ("ad_end", "ad_skip"):
        goes_on = on_with_the_break
    goes_on(tape)
    return play(tape.log("foreign"))


@pytest.mark.parametrize(("maker", "name", "whose", "base"), cells())
def test_somebody_else_s_position_is_as_good_as_none(
    maker: Maker, name: str, whose: str, base: float
) -> None:
    """S78: no content position changes, no figure, no event."""
    with_it, without = run(maker, name, base, whose), run(maker, name, base, None)

    assert with_it.lines == without.lines
    assert with_it.bodies == without.bodies
    assert with_it.figures == without.figures


# -- reports that nobody confirms ------------------------------------------------------------------


def reported(maker: Maker, base: float, name: str, *places: float) -> Run:
    """The story in which reports of somebody else's clock stand between its own."""
    tape = maker(base)
    if maker is content:
        tape.say("progress", position=tape.position)
    else:
        tape.say("ad_progress", position=tape.in_ad)
    for place in places:
        tape.wait(0.25).say(name, position=place)
        tape.wait(0.25)
        if maker is content:
            tape.position += 0.5
            tape.say("progress", position=tape.position)
        else:
            tape.in_ad += 0.5
            tape.say("ad_progress", position=tape.in_ad)
    STATES[maker][0](tape)
    return play(tape.log("reported"))


def quiet(maker: Maker, base: float, times: int) -> Run:
    """The same story without them: attributes are told instead, which change nothing."""
    tape = maker(base)
    report = "progress" if maker is content else "ad_progress"
    tape.say(report, position=tape.position if maker is content else tape.in_ad)
    for _ in range(times):
        tape.wait(0.25).say("update")
        tape.wait(0.25)
        tape.position += 0.5 if maker is content else 0
        tape.in_ad += 0 if maker is content else 0.5
        tape.say(report, position=tape.position if maker is content else tape.in_ad)
    STATES[maker][0](tape)
    return play(tape.log("quiet"))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("name", ["progress", "playing"])
def test_a_zero_in_content_that_nothing_confirms_moves_nothing(name: str, base: float) -> None:
    """S78: content goes on where it was."""
    seen, wanted = reported(content, base, name, 0.0), quiet(content, base, 1)

    assert seen.lines == wanted.lines
    assert seen.figures == wanted.figures


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("maker", [in_ad, in_ad_of_unknown_length])
def test_an_ad_s_clock_on_the_content_s_channel_moves_no_content(maker: Maker, base: float) -> None:
    """S78: one element plays both, and reports the ad's clock as if it were the content's."""
    places = [5.5 + 0.5 * number for number in range(16)]
    seen, wanted = reported(maker, base, "progress", *places), quiet(maker, base, 16)

    assert seen.lines == wanted.lines
    assert seen.figures == wanted.figures


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("maker", [in_ad, in_ad_of_unknown_length])
def test_the_content_s_place_on_the_ad_s_channel_moves_no_ad(maker: Maker, base: float) -> None:
    """S78, S84: an ad's clock cannot run ahead of elapsed time."""
    seen, wanted = reported(maker, base, "ad_progress", base + 20.0), quiet(maker, base, 1)

    assert seen.lines == wanted.lines
    assert seen.figures == wanted.figures


def test_every_word_here_bears_a_position() -> None:
    """The tables ask for what there is."""
    names = {name for _, inputs, _ in STATES.values() for name in inputs}
    assert all(hasattr(SIGNALS[name](at=0.0), "position") for name in names)
