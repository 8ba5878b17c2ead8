"""What is true of a viewing: its events in order, its ads, its seconds. Knows no player.

Everything is read off the moments that really happened, whether anybody heard of them or not.
"""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from tests.players.matrix.viewing import Item, Moment, Viewing, happenings

__all__ = ["SeenAd", "Truth", "truth_of"]

_NAMES: Final = {
    "press": "Playback Started",
    "ad": "Ad Started",
    "ad_end": "Ad Completed",
    "pause": "Playback Paused",
    "resume": "Playback Resumed",
    "seek": "Playback Seek Started",
    "sought": "Playback Seek Completed",
    "stall": "Playback Buffer Started",
    "fed": "Playback Buffer Completed",
    "content_end": "Content Completed",
    "end": "Playback Completed",
    "leave": "Playback Exited",
    "error": "Playback Interrupted",
}
"""What is told of a moment (S20); starts and ends of content pods come beside it."""
_COUNTED: Final = {"pause": "pauses", "seek": "seeks", "stall": "rebuffers"}
_FATES: Final = {"ad_end": "completed", "ad_skip": "skipped"}
_PHASES: Final = {
    **dict.fromkeys(("load", "press", "item", "stop", "break", "ad_end", "ad_skip"), "between"),
    "break_end": "between",
    "pause": "pause",
    "error": "interrupted",
}
"""What the time after a moment is, whatever else is true; after others it is what plays."""
_BUCKETS: Final = {
    "content": "content_played",
    "ad": "ad_played",
    "pause": "paused",
    "seek": "seeking",
    "stall": "buffering",
}


@attrs.frozen
class SeenAd:
    """An ad that was seen: its id, its place in the pod and its fate (``""``: it was left open)."""

    name: str
    number: int
    fate: str = ""


@attrs.frozen
class Truth:
    """What must be told of a viewing.

    Args:
        names: All events but heartbeats and quartiles, in order, without ``Video``.
        ads: Each ad that was seen.
        counts: Pauses, seeks and rebuffers.
        seconds: Seconds by the summary's own keys.
        sessions: How many there are: after the end of one, playing is another (S24). Figures are
            those of the first.
        position, total: The last playback event's; None where the stream is live.
        unsaid: How much of the total is of ads that were not played to their end.
        ended: How the session ended.
        furthest: The furthest place of each item that was watched.
    """

    names: tuple[str, ...]
    ads: tuple[SeenAd, ...]
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    position: float
    total: float | None
    unsaid: float
    ended: str
    furthest: Mapping[str, float]
    sessions: int = 1


class _Reader:
    """Reads moments in order."""

    def __init__(self, since: float) -> None:
        self.since = since
        self.phase, self.phase_at = "startup", since
        self.names: list[str] = []
        self.pod_open = self.begun = self.over = False
        self.ads: list[SeenAd] = []
        self.lengths: dict[str, float] = {}
        self.items: dict[str, Item] = {}
        self.counts: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.furthest: dict[str, float] = {}
        self.ended = "open"
        self.again: _Reader | None = None
        """The session after this one."""

    def read(self, moment: Moment) -> None:
        if self.over and moment.kind == "again":
            self.again = self.again or _Reader(moment.at)
            self.again.names.append(_NAMES["press"])
            self.again.begun = True
        if self.again is not None:
            self.again.read(moment)
        if self.over:
            return
        self.spend(moment)
        if moment.at < self.since:
            self.phase = self.next_phase(moment)
            return
        self.items[moment.item.name] = moment.item
        if not self.begun and moment.kind != "load":
            self.begin(moment)
        getattr(self, f"on_{moment.kind}", self.on_plain)(moment)
        self.phase = self.next_phase(moment)

    def spend(self, moment: Moment) -> None:
        """The seconds since the moment before."""
        began = max(self.phase_at, self.since)
        if moment.at > began:
            self.seconds[self.phase] += moment.at - began
            if self.phase == "content":
                name, place = moment.item.name, moment.place
                place = moment.origin if moment.kind == "seek" else place
                self.furthest[name] = max(self.furthest.get(name, 0.0), place)
        self.phase_at = moment.at

    def next_phase(self, moment: Moment) -> str:
        """What the time after a moment is."""
        if moment.kind in _PHASES:
            return _PHASES[moment.kind]
        if moment.seeking or moment.stalled:
            return "seek" if moment.seeking else "stall"
        if moment.moving:
            return "ad" if moment.ad is not None else "content"
        return "pause" if moment.kind == "sought" else self.phase

    def begin(self, moment: Moment) -> None:
        """A tracker is attached where something plays already (S83): that is a start."""
        self.begun = True
        if moment.kind == "press":
            return
        self.names.append(_NAMES["press"])
        if self.phase == "ad" and moment.ad is not None:
            self.on_ad(moment)
        elif self.phase == "content" and moment.kind not in ("frame", "back"):
            self.on_frame(moment)

    # -- what each moment is -------------------------------------------------------------------

    def on_plain(self, moment: Moment) -> None:
        if moment.kind in _NAMES:
            self.names.append(_NAMES[moment.kind])
        if moment.kind in _COUNTED:
            self.counts[_COUNTED[moment.kind]] += 1
        if moment.kind in ("leave", "end"):
            self.over = True
            self.ended = "exited" if moment.kind == "leave" else "completed"

    def on_press(self, moment: Moment) -> None:
        if not self.names:
            self.on_plain(moment)

    on_again = on_press

    def on_frame(self, _: Moment) -> None:
        if self.names[-1] == _NAMES["error"]:
            self.names.append(_NAMES["resume"])  # S26: any sign of playing undoes it
        if not self.pod_open:
            self.names.append("Content Started")
        self.pod_open = True

    on_back = on_frame

    def on_break(self, _: Moment) -> None:
        if self.pod_open:
            self.names.append("Content Completed")  # S21
        self.pod_open = False

    def on_ad(self, moment: Moment) -> None:
        assert moment.ad is not None
        self.names.append(_NAMES["ad"])
        self.ads.append(SeenAd(moment.ad.name, moment.number))
        self.lengths[moment.ad.name] = moment.ad.length

    def on_ad_end(self, moment: Moment) -> None:
        self.on_plain(moment)
        self.ads[-1] = attrs.evolve(self.ads[-1], fate=_FATES[moment.kind])

    on_ad_skip = on_ad_end

    def on_content_end(self, moment: Moment) -> None:
        self.on_plain(moment)
        self.pod_open = False

    def on_item(self, _: Moment) -> None:
        self.pod_open = False


@functools.cache
def truth_of(viewing: Viewing, since: float = 0.0) -> Truth:
    """What must be told of a viewing, of which nothing before ``since`` was heard."""
    moments = happenings(viewing, 0.25)
    reader = _Reader(since)
    for moment in moments:
        reader.read(moment)
    last = reader if reader.again is None else reader.again
    live = any(item.length is None for item in reader.items.values())
    lengths = [*(item.length or 0.0 for item in last.items.values()), *last.lengths.values()]
    return Truth(
        (*reader.names, *(last.names if last is not reader else ())),
        tuple(reader.ads),
        {name: reader.counts[name] for name in _COUNTED.values()},
        {key: reader.seconds[phase] for phase, key in _BUCKETS.items()},
        _position(moments, last.since, live=live),
        None if live else sum(lengths),
        sum(reader.lengths.values()) - reader.seconds["ad"],
        reader.ended,
        reader.furthest,
        1 if last is reader else 2,
    )


def _position(moments: Iterable[Moment], since: float, *, live: bool) -> float:
    """S1: content, ads that were watched, items left behind; of a live one what was watched."""
    told = [moment for moment in moments if moment.at >= since]
    items: dict[int, float] = {}
    ads = content = 0.0
    before = next((m for m in reversed(tuple(moments)) if m.at < since), told[0])
    for moment in told:
        passed = moment.at - max(before.at, since) if before.moving else 0.0
        ads += passed if before.ad is not None else 0.0
        content += passed if before.ad is None else 0.0
        items[moment.item.number] = moment.item.length or 0.0
        before = moment
    last = told[-1]
    behind = sum(length for number, length in items.items() if number < last.item.number)
    return behind + ads + (content if live else last.place)
