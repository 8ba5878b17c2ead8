"""What a session's events tell: pods, ads and what became of them, places, counts, lengths."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker.plan import is_number
from video_tracker.testing.intervals import Phase
from video_tracker.timeline.model import AdPod, AdShown, ContentPod, Tick
from video_tracker.timeline.playhead import Place
from video_tracker.transcript import (
    Item,
    about_of,
    ad_type_of,
    name_of,
    row_of,
    short_name,
    time_of,
    value_of,
)

__all__ = ["Told", "ad_pods", "read_told", "trimmed"]

_COUNTED: Final[Mapping[str, str]] = {
    "Playback Paused": "pauses",
    "Playback Seek Started": "seeks",
    "Playback Buffer Started": "rebuffers",
    "Content Playing": "heartbeats",
    "Ad Playing": "heartbeats",
    "Ad Started": "ads_started",
    "Ad Completed": "ads_completed",
    "Ad Skipped": "ads_skipped",
    "Ad Error": "ads_failed",
}
_FATES: Final = {"Ad Completed": "completed", "Ad Skipped": "skipped", "Ad Error": "failed"}
_TIMEOUT: Final = "timeout"
_TO_THE_MILLISECOND: Final = 1e-3


@attrs.define
class Told:
    """What events tell; times are Unix seconds.

    Attributes:
        pods, ads: The content pods and the ads, in their order.
        places: Where the content stood.
        ticks: The events, in seconds since the first one.
        counts: Counts of a summary.
        lengths: For each content its length.
        ended: How it ended, as a summary says it.
        startup_time: Seconds, where an event tells them.
    """

    origin: float = 0.0
    last: float = 0.0
    pods: list[ContentPod] = attrs.field(factory=list)
    ads: list[AdShown] = attrs.field(factory=list)
    places: list[Place] = attrs.field(factory=list)
    ticks: list[Tick] = attrs.field(factory=list)
    counts: dict[str, int] = attrs.field(factory=lambda: dict.fromkeys(_COUNTED.values(), 0))
    lengths: dict[str, float] = attrs.field(factory=dict)
    ended: str = "open"
    startup_time: float | None = None
    _pod: ContentPod | None = None
    _ad: AdShown | None = None
    _several: bool = False

    def take(self, item: Item) -> None:
        """Take the next event; one without a time tells nothing."""
        at = time_of(item)
        if at is None:
            return
        self.last = max(self.last, at)
        name = short_name(name_of(item))
        row = row_of(item, self.origin)
        words = (row.ids, row.position, row.rest)
        detail = " ".join(word for word in words if word.strip("-/"))
        self.ticks.append(Tick(at - self.origin, name, detail))
        if name in _COUNTED:
            self.counts[_COUNTED[name]] += 1
        read = _READ.get(name)
        if read is not None:
            read(self, item, at)
        self._place(item, name, at)

    # -- content -------------------------------------------------------------------------------

    def content(self, item: Item, at: float, *, begins: bool) -> None:
        """Content plays: a pod is open, and no ad any more."""
        self.close_ad(at, "cut")
        asset_id, pod_id = _ids(item)
        open_one = self._pod
        same = open_one is not None and (open_one.asset_id, open_one.pod_id) == (asset_id, pod_id)
        if begins or not same:
            self.close_pod(at, completed=False)
            self._pod = ContentPod(at, at, asset_id, pod_id, completed=False)
        length = value_of(item, "total_length")
        if is_number(length) and length > 0:
            self.lengths[asset_id] = float(length)

    def close_pod(self, at: float, *, completed: bool) -> None:
        """The open content pod is over."""
        if self._pod is not None:
            self.pods.append(attrs.evolve(self._pod, end=at, completed=completed))
            self._pod = None

    def _place(self, item: Item, name: str, at: float) -> None:
        """A content event tells the place; a playback event where no ad was, and one content."""
        position = value_of(item, "position")
        if not is_number(position) or not name.startswith(("Content ", "Playback ")):
            return
        if name.startswith("Content "):
            asset_id = _ids(item)[0]
            self._several |= bool(self.places) and self.places[-1].asset_id != asset_id
            self.places.append(Place(at, asset_id, float(position)))
        elif self._pod is not None and not (self.ads or self._ad or self._several):
            live = value_of(item, "livestream") is True or self._pod.asset_id not in self.lengths
            if not live:
                self.places.append(Place(at, self._pod.asset_id, float(position)))

    # -- ads -----------------------------------------------------------------------------------

    def ad(self, item: Item, at: float, *, begins: bool) -> None:
        """An ad plays; the content pod before it is over."""
        asset_id, pod_id = _ids(item)
        open_one = self._ad
        same = open_one is not None and (open_one.asset_id, open_one.pod_id) == (asset_id, pod_id)
        if not begins and same:
            return
        self.close_ad(at, "cut")
        self.close_pod(at, completed=False)
        place = value_of(item, "pod_position")
        kind = ad_type_of(item)
        self._ad = AdShown(
            at,
            at,
            asset_id,
            pod_id,
            kind if isinstance(kind, str) else "",
            int(place) if is_number(place) else None,
            "open",
        )

    def close_ad(self, at: float, fate: str) -> None:
        """The open ad is over."""
        if self._ad is not None:
            self.ads.append(attrs.evolve(self._ad, end=at, fate=fate))
            self._ad = None

    # -- the end -------------------------------------------------------------------------------

    def over(self, at: float, ended: str) -> None:
        """The session is over."""
        self.close_ad(at, "cut")
        self.close_pod(at, completed=False)
        self.ended = ended

    def still_open(self, until: float) -> None:
        """No event follows; what is open goes on to there."""
        self.close_ad(until, "open")
        self.close_pod(until, completed=False)


def _ids(item: Item) -> tuple[str, str]:
    asset_id, pod_id = about_of(item)
    return ("" if asset_id is None else str(asset_id), "" if pod_id is None else str(pod_id))


def _ad_over(told: Told, item: Item, at: float) -> None:
    told.ad(item, at, begins=False)  # joined in the middle, or its start was lost
    told.close_ad(at, _FATES[short_name(name_of(item))])


def _content_over(told: Told, item: Item, at: float) -> None:
    told.content(item, at, begins=False)
    told.close_pod(at, completed=True)


def _interrupted(told: Told, item: Item, _at: float) -> None:
    if value_of(item, "method") == _TIMEOUT:
        told.ended = _TIMEOUT


def _resumed(told: Told, _item: Item, _at: float) -> None:
    told.ended = "open"


def _quality(told: Told, item: Item, _at: float) -> None:
    startup = value_of(item, "startup_time")
    if told.startup_time is None and is_number(startup):
        told.startup_time = startup * _TO_THE_MILLISECOND


_READ: Final[Mapping[str, Callable[[Told, Item, float], Any]]] = {
    "Content Started": lambda told, item, at: told.content(item, at, begins=True),
    "Content Playing": lambda told, item, at: told.content(item, at, begins=False),
    "Content Completed": _content_over,
    "Ad Started": lambda told, item, at: told.ad(item, at, begins=True),
    "Ad Playing": lambda told, item, at: told.ad(item, at, begins=False),
    "Ad Completed": _ad_over,
    "Ad Skipped": _ad_over,
    "Ad Error": _ad_over,
    "Playback Interrupted": _interrupted,
    "Playback Resumed": _resumed,
    "Playback Completed": lambda told, _, at: told.over(at, "completed"),
    "Playback Exited": lambda told, _, at: told.over(at, "exited"),
    "Quality Updated": _quality,
}
"""What each event tells, by its name without ``Video``."""


def read_told(items: Iterable[Item], until: float | None = None) -> Told:
    """Read the events of one session.

    Args:
        items: Its events or messages, in order.
        until: The Unix time to which what is open goes on; by default that of the last event.
    """
    listed = list(items)
    told = Told(origin=next((at for at in map(time_of, listed) if at is not None), 0.0))
    told.last = told.origin
    for item in listed:
        told.take(item)
    told.still_open(told.last if until is None else max(until, told.last))
    return told


def ad_pods(ads: Sequence[AdShown]) -> tuple[AdPod, ...]:
    """The breaks in which ads were shown, one after the other."""
    pods: list[AdPod] = []
    for ad in ads:
        last = pods[-1] if pods else None
        if last is not None and (last.pod_id, last.ad_type) == (ad.pod_id, ad.ad_type):
            pods[-1] = attrs.evolve(last, end=max(last.end, ad.end))
        else:
            pods.append(AdPod(ad.start, ad.end, ad.pod_id, ad.ad_type))
    return tuple(pods)


def trimmed(ads: Sequence[AdShown], phases: Sequence[Phase]) -> list[AdShown]:
    """Ads whose end nobody told end where they played last."""
    found = []
    for ad in ads:
        ends = [
            min(phase.end, ad.end)
            for phase in phases
            if phase.name == "ad_played" and phase.start < ad.end and phase.end > ad.start
        ]
        told = ad.fate in ("completed", "skipped", "failed")
        found.append(ad if told or not ends else attrs.evolve(ad, end=max(ends)))
    return found
