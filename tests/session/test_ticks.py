"""Time may come with ticks or with the next callback: what is told is the same (S46)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.session.story import T0, Story, ad, mid, post, pre
from video_tracker.plan import Content


class Ticking(Story):
    """A story whose session is woken whenever it asked to be, between all that is said."""

    def say_at(self, when: float, signal: str, **fields: Any) -> list[str]:
        """Serve every wake-up that falls due before the input."""
        while (due := self.session.wake_at()) is not None and due < self.start + when:
            self.events.extend(self.session.tick(due))
            after = self.session.wake_at()
            assert after is None or after > due, "a tick at wake_at must serve it"
        return super().say_at(when, signal, **fields)


def whole(make: Callable[..., Story]) -> Story:
    """Every kind of break."""
    story = make(40, breaks=[pre(ad("a0", 8)), mid(20, ad("a1", 8)), post(ad("a2", 8))])
    story.say("play")
    story.pod(("a0", 8))
    story.say("playing", position=0.0)
    story.watch(20)
    story.pod(("a1", 8))
    story.say("playing", position=20.0)
    story.watch(20).say("content_end", position=40.0)
    story.wait(3).pod(("a2", 8))
    story.say("end")
    return story


def busy(make: Callable[..., Story]) -> Story:
    """Pauses, stalls and seeks, some short, some long."""
    story = make(600).begin(startup=2).watch(12).pause(40).watch(7).seek(100, taking=3).watch(5)
    story.say("buffer_start", position=story.position)
    story.wait(25).say("buffer_end", position=story.position)
    story.watch(30).seek(110, 0.1).seek(120, 0.1).watch(10)
    story.say("interrupt", method="call")
    story.wait(100).say("playing")
    story.watch(4)
    story.say("exit")
    return story


def held(make: Callable[..., Story]) -> Story:
    """Whatever the settings hold back."""
    story = make(600, min_buffer=0.25, scrub_window=0.5, breaks=[mid(50, ad("a1", 8))])
    story.begin().watch(5)
    for wait in (0.1, 0.2, 0.4, 3.0):
        story.say("buffer_start", position=story.position)
        story.wait(wait).say("buffer_end", position=story.position)
        story.watch(2, step=0.25)
    for to in (20.0, 30.0, 25.0):
        story.seek(to, taking=0.1).watch(0.2, step=0.1)
    story.watch(5, step=0.25).pause(5).watch(19.5, step=0.25)
    story.say("pause", position=story.position)
    story.wait(0.1).pod(("a1", 8))
    story.say("playing", position=50.0)
    story.watch(20)
    story.say("exit")
    return story


def silent(make: Callable[..., Story]) -> Story:
    """A pause of three hours, and a device asleep for two."""
    story = make(600).begin().watch(30).pause(10_800).watch(20).wait(7200).watch(20)
    story.say("exit")
    return story


def lost(make: Callable[..., Story]) -> Story:
    """The ad's end, the break's end, the resume and the content's end are lost."""
    story = make(60, step=0.25).begin().watch(20)
    story.say("ad_break_start")
    story.ad_start("a1", duration=15)
    story.watch_ad(15).watch(20)
    story.say("pause", position=40.0)
    story.wait(10).watch(19.75).wait(4000)
    story.say("tick")
    return story


def playlist(make: Callable[..., Story]) -> Story:
    """One asset after another, with a wait between them."""
    story = make(Content(asset_id="one", duration=20), Content(asset_id="two", duration=20))
    story.begin().watch(20).say("content_end", position=20.0)
    story.wait(12).say("content_start", asset_id="two", position=0.0)
    story.position = 0.0
    story.watch(20).end()
    return story


@pytest.mark.parametrize("tell", [whole, busy, held, silent, lost, playlist])
@pytest.mark.parametrize("start", [T0, 0.0])
def test_ticks_change_nothing_but_beats(
    tell: Callable[[Callable[..., Story]], Story], start: float
) -> None:
    """S46: the same events with the same dates, and the same figures."""

    def settings(kind: type[Story]) -> Callable[..., Story]:
        return lambda *contents, **rest: kind(
            *contents, **{"start": start, "quartiles": "off", **rest}
        )

    calm, woken = tell(settings(Story)), tell(settings(Ticking))
    assert calm.rest == woken.rest
    ours, theirs = calm.figures(), woken.figures()
    for name, value in ours.items():
        if name in ("heartbeats", "diagnostics"):
            continue
        if isinstance(value, float):
            assert theirs[name] == pytest.approx(value, abs=0.01), name
        else:
            assert theirs[name] == value, name


@pytest.mark.parametrize("late", [0.0, 0.01, 0.9])
def test_a_tick_that_comes_late_still_brings_its_heartbeat(late: float) -> None:
    """S42, S46: timers are late; the beat comes all the same, and the next wish lies ahead."""
    story = Story(600)
    story.say("play")
    story.say("playing")  # a caller who never tells positions
    due = story.session.wake_at()
    assert due is not None

    assert story.say_at(due - story.start + late, "tick") == ["10 Content Playing 10 content-1"]
    wish = story.session.wake_at()
    assert wish is not None
    assert wish > due + late
