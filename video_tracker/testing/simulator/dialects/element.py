"""A media element, as it speaks of content, of an ad in it, and of ads that take it over.

Sequences and delays are those of recordings (`tests/recordings/data`) and of the notes on real
players: A1 (`pause` before `ended`), A3 (`seeking` at its target), D1 to D20 (ads).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs

from video_tracker.players.base import Callback
from video_tracker.testing.simulator.moments import Moment, SimulatedAd
from video_tracker.testing.simulator.speech import Word, said

__all__ = [
    "LIKE_CONTENT",
    "QUARTILES",
    "TOGETHER",
    "Callbacks",
    "Element",
    "ad_state",
    "back_in",
    "by_kind",
    "content_state",
    "gives_way",
    "ima_event",
    "in_element",
    "merged",
    "page",
    "same",
    "stops",
    "to_ad",
]

TWIN: Final = 0.002
"""Seconds after which a library fires its element's event again (E4)."""
TOGETHER: Final = "the content is stopped when the break is told, not later"
LIKE_CONTENT: Final = "an ad in the content's element is content until the library speaks (S83)"
QUARTILES: Final = ("", "firstQuartile", "midpoint", "thirdQuartile")

Callbacks = Iterable[Callback]


def content_state(m: Moment, **changes: Any) -> dict[str, Any]:
    """What the content's element says of itself."""
    length = m.item.length
    ready = 1 if m.seeking or not m.shown else 2 if m.stalled else 4
    return {
        "currentTime": m.place,
        "duration": "Infinity" if length is None else length,
        "paused": not m.plays,
        "ended": m.ended,
        "seeking": m.seeking,
        "readyState": ready,
        "playbackRate": m.rate,
        "volume": m.volume / 100,
        "muted": m.muted,
        "fullscreen": m.full_screen,
        "hidden": m.hidden,
        **({} if m.buffered is None else {"bufferedEnd": m.buffered}),
        "src": f"item-{m.item.number}.mp4",
        **changes,
    }


def ad_state(m: Moment, **changes: Any) -> dict[str, Any]:
    """What an element says that plays the ad."""
    ad = m.ad or SimulatedAd("none", 0.0)
    ended = not m.moving and m.seen >= ad.length - 1e-6
    known = {
        "currentTime": m.seen,
        "duration": ad.length,
        "paused": not m.plays or ended,
        "ended": ended,
        "readyState": 2 if m.stalled else 4,
        "src": f"{ad.name}.mp4",
    }
    return content_state(m, **(known | {"seeking": False} | changes))


@attrs.frozen
class Element:
    """A media element, and the library that fires its events a second time.

    Args:
        state: What it says of itself.
        name: Its own, when it is not the content's.
        copies: Channel -> what the library calls an event; None: it says nothing of it.
        alone: Whether the library's copies are all that is heard.
    """

    state: Callable[..., dict[str, Any]] = content_state
    name: str | None = None
    copies: Mapping[str, Callable[[str], str | None]] = attrs.field(factory=dict)
    detail: Callable[[Moment], Mapping[str, Any]] = lambda _: {}

    def fires(self, m: Moment, *events: str, after: float = 0.0, **changes: Any) -> list[Callback]:
        """Events one after the other, a millisecond apart."""
        out: list[Callback] = []
        state = self.state(m, **changes)
        for number, event in enumerate(events):
            at = after + number / 1000
            out.append(said(m, "html5", event, state, at, self.name))
            for channel, name in self.copies.items():
                known = name(event)
                if known is not None:
                    told = self.detail(m)
                    out.append(said(m, channel, known, state, at + TWIN, self.name, **told))
        return out

    def words(self) -> dict[str, Word]:
        """The words of content in an element of its own."""
        return {
            "load": self.load,
            "press": lambda m: self.fires(m, "play"),
            "again": self.again,
            "frame": lambda m: self.fires(m, "playing"),
            "back": lambda m: self.fires(m, "play", "playing"),
            "poll": lambda m: self.fires(m, "timeupdate"),
            "pause": lambda m: self.fires(m, "timeupdate", "pause"),
            "resume": lambda m: self.fires(m, "play", "playing"),
            "seek": lambda m: self.fires(m, *("seeking", "waiting")[: 1 + m.plays]),
            "sought": lambda m: self.fires(m, *("seeked", "canplay", "playing")[: 2 + m.plays]),
            "stall": lambda m: self.fires(m, "waiting"),
            "fed": lambda m: self.fires(m, "canplay", "playing"),
            "content_end": lambda m: self.fires(m, "timeupdate", "pause", "ended"),
            "error": self.error,
            "rate": lambda m: self.fires(m, "ratechange"),
            "sound": lambda m: self.fires(m, "volumechange"),
            "screen": lambda m: [page(m, "fullscreenchange")],
            "hide": lambda m: [page(m, "visibilitychange")],
            "show": lambda m: [page(m, "visibilitychange")],
            "leave": self.leave,
            "item": lambda m: self.empty(m, f"item-{m.item.number - 1}.mp4") + self.load(m),
        }

    def again(self, m: Moment) -> list[Callback]:
        """A8: a seek to 0 that nobody asked for, and the wish to play."""
        out = self.fires(m, "seeking", seeking=True, readyState=1, paused=True)
        out += self.fires(m, "play", "waiting", after=0.002, seeking=True, readyState=1)
        return out + self.fires(m, "seeked", "canplay", after=0.05, readyState=4)

    def load(self, m: Moment, after: float = 0.001) -> list[Callback]:
        """A source begins to load (A14)."""
        out = self.fires(m, "loadstart", after=after, duration=None, readyState=0)
        return out + self.fires(m, "durationchange", "loadedmetadata", after=after + 0.001)

    def empty(self, m: Moment, source: str, **changes: Any) -> list[Callback]:
        """A source goes (A11)."""
        gone = {"currentTime": 0, "duration": None, "ended": False, "readyState": 0}
        return self.fires(m, "emptied", **{**gone, "src": source, **changes})

    def error(self, m: Moment) -> list[Callback]:
        """C1: the element is paused when it says that it failed."""
        told = self.fires(m, "error")
        failed = {"error": {"code": 2, "message": m.reason}}
        out = [attrs.evolve(word, detail={**word.detail, **failed}) for word in told]
        return out + self.fires(m, "timeupdate", "pause", after=0.003)

    def leave(self, m: Moment) -> list[Callback]:
        """E5: nothing but the page tells."""
        return [page(m, "pagehide", persisted=False)]


def page(m: Moment, event: str, **detail: Any) -> Callback:
    """An event of the page around the player."""
    return said(m, "page", event, content_state(m), **detail)


def by_kind(content: Mapping[str, Word], ad: Mapping[str, Word]) -> dict[str, Word]:
    """The words of content, and those of ads where both are said of a kind of moment."""

    def either(kind: str) -> Word:
        def word(m: Moment) -> Callbacks:
            table = ad if m.ad is not None and kind in ad else content
            return table[kind](m) if kind in table else ()

        return word

    return {kind: either(kind) for kind in {**content, **ad}}


def in_element(element: Element) -> dict[str, Word]:
    """What the element says that plays an ad."""
    return {
        "poll": lambda m: element.fires(m, "timeupdate"),
        "pause": lambda m: element.fires(m, "pause"),
        "resume": lambda m: element.fires(m, "play", "playing"),
        "stall": lambda m: element.fires(m, "waiting"),
        "fed": lambda m: element.fires(m, "playing"),
    }


def merged(*tables: Mapping[str, Word]) -> dict[str, Word]:
    """Several tables; of a kind that stands in more of them, all that they say."""

    def both(words: list[Word]) -> Word:
        return lambda m: [callback for word in words for callback in word(m)]

    kinds = {kind for table in tables for kind in table}
    return {kind: both([table[kind] for table in tables if kind in table]) for kind in kinds}


def stops(element: Element) -> Word:
    """The content's own element is paused for the ads; it has ended before a post-roll (S31)."""

    def word(m: Moment) -> Callbacks:
        if m.shown and not m.ended:
            yield from element.fires(m, "timeupdate", "pause", after=0.006, paused=True)

    return word


def back_in(element: Element, m: Moment) -> list[Callback]:
    """The content's source comes back, and the element finds its place again (D10)."""
    out = element.empty(m, "ad.mp4", after=-0.03, paused=False)
    out += element.fires(m, "play", "waiting", after=-0.028, currentTime=0, readyState=0)
    out += element.load(m, -0.025)
    out += element.fires(m, "seeking", after=-0.01, seeking=True, readyState=1)
    return out + element.fires(m, "seeked", "playing", after=-0.001)


def gives_way(element: Element) -> Word:
    """The content's source goes for the first ad's; before a pre-roll it was only loaded."""

    def word(m: Moment) -> Callbacks:
        source = f"{m.pod.ads[0].name}.mp4" if m.pod is not None else ""
        rests = not m.plays
        yield from element.empty(m, f"item-{m.item.number}.mp4", after=0.008, paused=rests)
        state = {"src": source, "duration": None, "readyState": 0, "currentTime": 0}
        yield from element.fires(m, "loadstart", after=0.02, paused=rests, ended=False, **state)

    return word


def to_ad(element: Element, m: Moment) -> list[Callback]:
    """An ad's source takes the element over."""
    out = element.empty(m, "ad.mp4", after=-0.03, paused=False) if m.number > 1 else []
    if m.number > 1:
        out += element.fires(m, "loadstart", after=-0.025, readyState=0, duration=None)
    out += element.fires(m, "play", "waiting", after=-0.02, readyState=0, duration=None)
    return out + element.fires(m, "durationchange", "playing", after=-0.001)


def same(event: str) -> str | None:
    """A library that passes every event of its element on."""
    return event


def ima_event(
    m: Moment, event: str, after: float = 0.0, channel: str = "ima", **more: Any
) -> Callback:
    """An event of the SDK, with what the application reads off its ad."""
    told: dict[str, Any] = dict(more)
    pod = m.pod
    if m.ad is not None and pod is not None:
        offset = {"pre": 0, "mid": m.place, "post": -1}[pod.kind]
        index = {"pre": 0, "mid": 1, "post": -1}[pod.kind]
        info = {"podIndex": index, "timeOffset": offset, "totalAds": len(pod.ads)}
        info["adPosition"] = m.number
        told["ad"] = {"adId": m.ad.name, "duration": m.ad.length, "linear": True, "adPodInfo": info}
    return said(m, channel, event, content_state(m, paused=True), after, **told)
