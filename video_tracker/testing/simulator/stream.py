"""A viewing as a player tells it that knows of no ads: they lie in its stream (S9)."""

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from video_tracker.testing.simulator.moments import Moment, Pod

__all__ = ["in_stream"]

_AD_PARTS: Final = frozenset(
    {"stop", "break", "ad", "quartile", "ad_end", "ad_skip", "ad_error", "break_end", "back"}
)
"""What nobody says of ads that lie in the stream."""
_SAME_PLACE: Final = 1e-6


def in_stream(moments: Iterable[Moment]) -> Iterator[Moment]:
    """The same moments on the clock of a stream that holds the ads of their schedule.

    Args:
        moments: What happened, of a player that goes over to its ads and back without a gap.
    """
    over: set[str] = set()
    shown = False
    for moment in moments:
        pods = [(at, pod) for at, pod in moment.schedule if moment.pod is None or pod != moment.pod]
        if moment.kind == "break_end" and moment.pod is not None:
            over.add(moment.pod.name)
        if moment.kind in ("seek", "sought", "poll") and moment.pod is None:
            over = {pod.name for at, pod in moment.schedule if at < moment.place + _SAME_PLACE}
        if moment.kind == "item":
            over, shown = set(), False
        told = _told(moment, shown=shown)
        if told is None:
            continue
        shown = shown or told == "frame"
        place = _on_stream(moment.place, pods, over) + _inside(moment)
        yield _of_stream(moment, told, place, _on_stream(moment.origin, pods, over))


def _told(moment: Moment, *, shown: bool) -> str | None:
    """What kind of moment it is for who knows of no ads; None: nothing happens for him."""
    if moment.kind == "ad" and not shown:
        return "frame"
    if moment.kind == "content_end":
        return None if any(pod.kind == "post" for _, pod in moment.schedule) else "content_end"
    if moment.kind == "break_end" and moment.pod is not None and moment.pod.kind == "post":
        return "content_end"
    return None if moment.kind in _AD_PARTS else moment.kind


def _length(pod: Pod) -> float:
    return sum(ad.length for ad in pod.ads)


def _on_stream(place: float, pods: Iterable[tuple[float, Pod]], over: set[str]) -> float:
    """The stream's second of a content second; at a break's place it is behind it once it ran."""
    added = (
        _length(pod)
        for at, pod in pods
        if at < place - _SAME_PLACE or (pod.name in over and abs(at - place) <= _SAME_PLACE)
    )
    return place + sum(added)


def _inside(moment: Moment) -> float:
    """How far it is into the open break."""
    if moment.pod is None:
        return 0.0
    if moment.kind == "break_end":
        return _length(moment.pod)
    before = moment.pod.ads[: max(moment.number - 1, 0)]
    return sum(ad.length for ad in before) + moment.seen


def _of_stream(moment: Moment, kind: str, place: float, origin: float) -> Moment:
    length = moment.item.length
    added = sum(_length(pod) for _, pod in moment.schedule)
    return attrs.evolve(
        moment,
        kind=kind,
        place=place,
        origin=origin,
        item=attrs.evolve(moment.item, length=None if length is None else length + added),
        pod=None,
        ad=None,
        ended=kind in ("content_end", "end"),
        schedule=(),
        preroll=False,
        shown=moment.shown or moment.moving,
        buffered=None,
    )
