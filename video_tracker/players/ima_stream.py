"""A stream that IMA's server has put ads into (DAI): one element, one clock for all of it (S9).

The stream's cue points say where ads lie; where there are none (live) the breaks that were seen do.
Positions are told as the content's. A break begins when IMA says so, or when the playhead runs into
a cue point's range, whichever comes first; it ends when IMA says so or the playhead is beyond it.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_clock import StreamRanges
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, finite
from video_tracker.players.element_breaks import ElementBreaks
from video_tracker.players.media_element import MediaElement
from video_tracker.signals import Signal

__all__ = ["ImaStream"]

_AHEAD: Final = 1.0
"""Seconds for which the element's clock is assumed to have run on since it was last heard."""
_EARLY: Final = 1.0
"""Seconds before its end on the playhead at which a word that it is over is true (S72)."""
_UNHEARD: Final = 1.0
"""Seconds of an ad that play before anybody says that it started, when that word was lost."""
_PLAYED_ON: Final = 2.0
"""Seconds beyond its last ad's end at which a break of unknown range is over (S81)."""
_OVER: Final = 0.5
"""Seconds beyond its range at which a break is over for sure."""
_IN_ADS: Final = frozenset({"play", "pause", "playing", "waiting"})


class ImaStream:
    """Parts a stream's element into content and ads.

    Args:
        content: The content, in its own seconds.
        breaks: The ad breaks.
    """

    def __init__(self, content: MediaElement, breaks: ElementBreaks) -> None:
        self.active = False
        """Whether the ads are a part of the stream."""
        self._content = content
        self._breaks = breaks
        self._ranges = StreamRanges()
        self._clock: tuple[float, float] | None = None
        self._runs = False
        self._from: float | None = None
        self._range: tuple[float, float] | None = None
        self._base: float | None = None
        self._ad_at: float | None = None
        self._free: float | None = None
        """What the clock showed when the last ad ended, or the break began."""
        self._length: float | None = None
        self._seeks = False

    # -- the timeline ------------------------------------------------------------------------

    def take(self, cue_points: Iterable[Any]) -> None:
        """The stream's cue points: where its ads lie, in stream seconds."""
        self.active = True
        self._ranges.clear()
        for point in cue_points:
            if isinstance(point, Mapping):
                start, end = finite(point.get("start")), finite(point.get("end"))
                if start is not None and end is not None:
                    self._ranges.add(start, end)

    def learned(self, callback: Callback) -> list[Signal]:
        """What changed of the content by what was learned of the stream.

        From the first word of it on, positions are told as the content's, whatever a plan says of
        ads in the stream (S78); its length is that of the stream without its ads.
        """
        if not self.active:
            return []
        out = self._ranges.taken_out(callback.at)
        content = self._content
        if self._length is None or content.ended or content.live.live:
            return out
        state = {"duration": self.to_content(self._length)}
        return out + content.receive(attrs.evolve(callback, event="durationchange", state=state))

    def to_content(self, position: float) -> float:
        """A stream position in content seconds; of client ads it is that already."""
        return self._ranges.to_content(position) if self.active else position

    def as_content(self, callback: Callback) -> Callback:
        """A callback of the element with its positions in content seconds."""
        if not self.active:
            return callback
        state = dict(callback.state)
        told = finite(state.get("contentTime"))
        for key in ("currentTime", "duration"):
            number = finite(state.get(key))
            if number is not None:
                state[key] = self._ranges.to_content(number)
        if told is not None:
            state["currentTime"] = told
        return attrs.evolve(callback, state=state)

    def where(self, at: float) -> float | None:
        """Where the element's clock is, in stream seconds."""
        if self._clock is None:
            return None
        told_at, position = self._clock
        passed = min(max(at - told_at, 0.0), _AHEAD)
        return position + passed if self._runs else position

    # -- the element -------------------------------------------------------------------------

    def element(self, callback: Callback) -> list[Signal]:
        """An event of the stream's element: the content's or an ad's."""
        event, position = callback.event, callback.number("currentTime")
        if event == "play":
            self._breaks.gone = False
        before = self._clock
        self.hear(callback)
        if self._breaks.in_break:
            silent = callback.at - before[0] if before is not None else 0.0
            return self._in_break(callback, position, max(silent, 0.0))
        ahead = None if position is None else self._ranges.find(position)
        moves = event in ("playing", "timeupdate") and self._runs and not callback.flag("seeking")
        if ahead is not None and moves and position is not None:
            return self._run_into(callback, ahead)
        return self._content.receive(self.as_content(callback))

    def hear(self, callback: Callback) -> None:
        """Read the element's clock, also before anybody knows that it is a stream's."""
        position = callback.number("currentTime")
        self._length = finite(callback.state.get("duration")) or self._length
        self._seeks = callback.flag("seeking")
        if position is not None and not self._seeks:
            self._clock = (callback.at, position)
            self._runs = not callback.flag("paused") and not callback.flag("ended")

    def _run_into(self, callback: Callback, ahead: tuple[float, float]) -> list[Signal]:
        """The playhead is in ads, before IMA says so."""
        out: list[Signal] = []
        if not self._content.begun:
            out += self._content.receive(attrs.evolve(self.as_content(callback), event="play"))
        at_start = ahead[0] == 0
        pod = Pod(None, None if at_start else "mid", None)
        return out + self.begin(callback, pod, ahead, wait=True)

    def _in_break(self, callback: Callback, position: float | None, silent: float) -> list[Signal]:
        event = callback.event
        if event == "volumechange":
            return self._content.attributes.changes(callback)
        if event in _IN_ADS:
            return self._breaks.media(callback, event)
        if event == "ended":
            return self._breaks.end(callback.at)
        moved = event == "timeupdate" and self._runs and position is not None
        return self._on_clock(callback, position or 0.0, silent) if moved else []

    def _on_clock(self, callback: Callback, position: float, silent: float) -> list[Signal]:
        """The element's clock moved in a break, and was silent for so long before."""
        part = self._range
        if part is not None and not part[0] - _OVER <= position <= part[1] + _OVER:
            return self._beyond(callback, position, part[1], silent)
        if not self._breaks.ad.started and self._free is not None:
            return self._between(callback, position, self._free)
        if self._base is None and self._ad_at is not None:
            self._base = position - (callback.at - self._ad_at)
        if self._base is None or position < self._base:
            return []
        place = position - self._base
        return self._breaks.moves(callback, place) if self._breaks.owns(callback.at, place) else []

    def _between(self, callback: Callback, position: float, free: float) -> list[Signal]:
        """The element's clock moves in a break, and no ad is open since it showed ``free``."""
        played = position - free
        if self._breaks.awaits_ad and played >= _UNHEARD:
            out = self._breaks.start(callback, Announced(), played)  # its word was lost (S83)
            self._base, self._ad_at = free, callback.at - played
            return out + self._breaks.moves(callback, played)
        if self._range is not None or self._breaks.awaits_ad or played < _PLAYED_ON:
            return []
        self._learn(free)
        return self._beyond(callback, position, free, played)  # nobody ended it (S81)

    def _learn(self, end: float) -> None:
        """A break was seen, though no cue point told of it."""
        if self._from is not None:
            declared = self._breaks.declared or math.inf
            # The ads' lengths are surer than the times of words.
            near = abs(end - self._from - declared) < _OVER
            self._ranges.add(self._from, self._from + declared if near else end)

    def _beyond(
        self, callback: Callback, position: float, end: float, silent: float
    ) -> list[Signal]:
        """The playhead has left the break's range: it ran out of it, or jumped."""
        told = self.as_content(callback)
        ran = 0 <= position - end <= max(silent + _OVER, 2 * _AHEAD)
        at = callback.at - (position - end) if ran else callback.at
        out = self._breaks.end(at)
        if ran:
            state = {**told.state, "currentTime": self.to_content(end)}
            back = attrs.evolve(told, at=at, event="playing", state=state)
            out += self._content.receive(back)
        return out + self._content.receive(told)

    # -- breaks and ads ----------------------------------------------------------------------

    def begin(
        self,
        callback: Callback,
        pod: Pod,
        part: tuple[float, float] | None = None,
        *,
        wait: bool = False,
    ) -> list[Signal]:
        """A break begins here.

        Args:
            callback: Who says so.
            pod: What is known of it.
            part: Its range on the stream timeline, when known.
            wait: Whether IMA has yet to tell more of it.
        """
        here = self.where(callback.at)
        self._from = here
        if part is None and here is not None:
            part = self._ranges.find(here) or self._ranges.find(here + _OVER)
        self._range, self._base, self._ad_at = part, None, None
        self._free = here if part is None else part[0]
        if part is None:
            return self._breaks.begin(callback.at, pod, wait=wait)
        at = callback.at
        if here is not None and self._content.shown:
            inside = here - part[0]
            at -= inside if 0 <= inside <= _AHEAD else 0.0  # it ran into it a moment ago
        out: list[Signal] = []
        last = self._length is not None and part[1] >= self._length - _AHEAD
        if last and pod.placement != "pre":
            pod = attrs.evolve(pod, placement="post", offset=None)
            out += self._content.finish(at, self.to_content(part[0]))
        elif pod.placement == "mid" and pod.offset is None:
            pod = attrs.evolve(pod, offset=self.to_content(part[0]))
        return out + self._breaks.begin(at, pod, wait=wait)

    def end_ad(self, callback: Callback) -> None:
        """The open ad is over: what the element's clock shows from here on is not its."""
        self._free = self.where(callback.at)

    def is_early(self, callback: Callback) -> bool:
        """Whether a word that the open ad is over comes before the playhead can be there (S84)."""
        part, ad = self._range, self._breaks.ad.announced
        if part is None or ad is None:
            return False
        whole = self._base is None or ad.duration is None
        end = part[1] if whole else min((self._base or 0.0) + (ad.duration or 0.0), part[1])
        return self._is_before(callback, end)

    def _is_before(self, callback: Callback, end: float) -> bool:
        """Whether the element's clock cannot have come to ``end`` yet."""
        if self._clock is None or not self._runs or self._seeks:
            return False
        told_at, position = self._clock
        return position + max(callback.at - told_at, 0.0) < end - _EARLY

    def end(self, callback: Callback) -> list[Signal]:
        """IMA says that the break is over: the element's clock runs on into the content."""
        if not self._breaks.in_break:
            return []
        if self._range is not None and self._is_before(callback, self._range[1]):
            return []  # the playhead is still in it, and tells when it leaves it (S84)
        here, part = self.where(callback.at), self._range
        if part is None and here is not None:
            self._learn(here)
        self._range = self._base = self._ad_at = None
        out = self._breaks.end(callback.at)
        if not self._runs or self._seeks or self._content.ended or here is None:
            return out
        if part is not None and here < part[1] - _OVER:
            return out  # left before its end: where to is not known yet
        state = {"currentTime": self.to_content(here), "paused": False}
        playing = attrs.evolve(callback, player="html5", event="playing", state=state, detail={})
        return out + self._content.receive(playing)

    def begin_ad(self, callback: Callback) -> None:
        """An ad begins at the element's present position."""
        heard = self._clock is not None and callback.at - self._clock[0] <= _AHEAD
        self._base = self.where(callback.at) if heard else None
        self._ad_at = callback.at

    def ad_is_at(self, callback: Callback, position: float) -> None:
        """The ad is at ``position`` seconds: where it began on the element's clock."""
        here = self.where(callback.at)
        if here is not None:
            self._base = here - position
