"""Where the playhead was between the places that somebody told, and how often a second was seen."""

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from video_tracker.testing.intervals import Phase
from video_tracker.timeline.model import PlayheadLine, Watched

__all__ = ["Place", "heat", "playhead_lines", "watched_ranges"]

_SAME: Final = 1e-6
_PLAYED: Final = "content_played"
_STRAIGHT: Final = 0.3
"""Seconds by which a place may lie beside a line and need no line of its own."""
_FASTEST: Final = 4.0
"""A playhead that moves faster than any rate has jumped (S70); nobody watched what lies between."""
_FOLLOWED: Final = 1.5
"""Seconds that are no jump, since positions are told in whole seconds (S3)."""


@attrs.frozen
class Place:
    """Where the content stood: at ``at``, Unix seconds or seconds of the session."""

    at: float
    asset_id: str
    position: float


@attrs.frozen
class _Run:
    """Content that plays without a break: its places, the first and the last at its borders."""

    phase: Phase
    places: tuple[Place, ...]


def playhead_lines(
    phases: Sequence[Phase], places: Sequence[Place], *, whole: bool = False
) -> list[PlayheadLine]:
    """How the playhead moved.

    Where content plays and only one place is known, it is taken to move a second a second; where
    it does not play it stands, and a seek leads from where it was left to where it goes on.

    Args:
        phases: Which time was what, in order.
        places: Where the content stood at times, in order.
        whole: Whether they were rounded down to whole seconds (S3).
    """
    slack = 1.0 if whole else 0.0
    runs = _runs(phases, places, slack)
    lines: list[PlayheadLine] = []
    by_phase = {id(run.phase): run for run in runs}
    following = iter([*runs[1:], None])
    left: Place | None = None
    ahead = runs[0] if runs else None
    for phase in phases:
        run = by_phase.get(id(phase))
        if run is not None:
            lines += _moving(run.places, slack)
            left, ahead = run.places[-1], next(following)
        elif phase.name == _PLAYED:
            left = None
        elif left is not None or ahead is not None:
            lines += _standing(phase, left, ahead.places[0] if ahead is not None else None)
            if phase.name == "seeking" and ahead is not None:
                left = ahead.places[0]
    return lines


def _standing(phase: Phase, left: Place | None, ahead: Place | None) -> list[PlayheadLine]:
    """While content does not play: where it was left; before it was ever seen, where it begins."""
    start = left or ahead
    assert start is not None
    end = start
    if phase.name == "seeking" and ahead is not None and ahead.asset_id == start.asset_id:
        end = ahead
    return [
        PlayheadLine(
            phase.name, phase.start, phase.end, start.position, end.position, start.asset_id
        )
    ]


def _runs(phases: Sequence[Phase], places: Sequence[Place], slack: float) -> list[_Run]:
    """The stretches of playing content of which some place is known."""
    runs: dict[int, _Run] = {}
    carried: Place | None = None
    index = 0
    for number, phase in enumerate(phases):
        if phase.name != _PLAYED:
            carried = None if phase.name == "seeking" else carried
            continue
        while index < len(places) and places[index].at < phase.start - _SAME:
            index += 1
        stop = index
        while stop < len(places) and places[stop].at <= phase.end + _SAME:
            stop += 1
        inside = _bordered(phase, list(places[index:stop]), carried, slack)
        if inside:
            runs[number] = _Run(phase, tuple(inside))
        carried = inside[-1] if inside else None
    _reckon_back(phases, runs)
    return [runs[number] for number in sorted(runs)]


def _reckon_back(phases: Sequence[Phase], runs: dict[int, _Run]) -> None:
    """Where the next stretch begins, this one has ended, if no seek lies between."""
    ahead: Place | None = None
    for number in reversed(range(len(phases))):
        phase = phases[number]
        if number in runs:
            ahead = runs[number].places[0]
        elif phase.name == "seeking":
            ahead = None
        elif phase.name == _PLAYED and ahead is not None:
            begun = Place(
                phase.start,
                ahead.asset_id,
                max(ahead.position - (phase.end - phase.start), 0.0),
            )
            runs[number] = _Run(phase, (begun, attrs.evolve(ahead, at=phase.end)))
            ahead = begun


def _bordered(
    phase: Phase, inside: list[Place], carried: Place | None, slack: float
) -> list[Place]:
    """The places of a stretch with those at its borders, where nobody told them."""
    at_start = [place for place in inside if place.at <= phase.start + _SAME]
    inside = [*at_start[-1:], *(p for p in inside if p.at > phase.start + _SAME)]
    at_end = [place for place in inside if place.at >= phase.end - _SAME]
    inside = [*(p for p in inside if p.at < phase.end - _SAME), *at_end[:1]]
    if not inside and carried is None:
        return []
    goes_on = carried is not None and bool(inside) and carried.asset_id == inside[0].asset_id
    if carried is not None and goes_on and at_start:
        lost = carried.position - inside[0].position
        if 0 <= lost < slack:  # the second began before, and its rest is not told
            inside[0] = attrs.evolve(inside[0], position=carried.position)
    first = inside[0] if inside else carried
    assert first is not None
    if not at_start:
        begun = max(first.position - (first.at - phase.start), 0.0) if inside else first.position
        if carried is not None and goes_on:
            begun = carried.position
        inside.insert(0, Place(phase.start, first.asset_id, begun))
    last = inside[-1]
    if not at_end or last.at < phase.end - _SAME:
        inside.append(Place(phase.end, last.asset_id, last.position + (phase.end - last.at)))
    return inside


def _moving(places: Sequence[Place], slack: float) -> list[PlayheadLine]:
    """As few lines as go through the places of a stretch, each within a fraction of a second."""
    lines: list[PlayheadLine] = []
    first = 0
    for last in range(1, len(places)):
        at_end = last + 1 == len(places)
        changes = places[last].asset_id != places[first].asset_id
        if changes:
            first = last
        elif at_end or not _is_straight(places, first, last + 1, slack):
            lines.append(_line(places[first], places[last]))
            first = last
    return lines


def _is_straight(places: Sequence[Place], first: int, last: int, slack: float) -> bool:
    one, other = places[first], places[last]
    if one.asset_id != other.asset_id:
        return False
    rate = (other.position - one.position) / max(other.at - one.at, _SAME)
    # The border of what is looked at moves on by one: only the newest can lie beside the line.
    near = (
        range(first + 1, last) if last - first < 8 else (first + 1, (first + last) // 2, last - 1)
    )
    beside = (one.position + rate * (places[k].at - one.at) - places[k].position for k in near)
    return all(-_STRAIGHT <= each <= _STRAIGHT + slack for each in beside)


def _line(one: Place, other: Place) -> PlayheadLine:
    moved, took = other.position - one.position, other.at - one.at
    jumped = not -_FOLLOWED < moved <= _FASTEST * took + _FOLLOWED
    kind = "seeking" if jumped else _PLAYED
    return PlayheadLine(kind, one.at, other.at, one.position, other.position, one.asset_id)


def watched_ranges(lines: Iterable[PlayheadLine]) -> Iterable[tuple[str, float, float]]:
    """The ranges of content that such lines went over while it played."""
    going: tuple[str, float, float] | None = None
    for line in lines:
        if line.kind == "seeking" and going is not None:
            yield going
            going = None
        elif line.kind == _PLAYED:
            asset_id, reached = line.asset_id, line.end_position
            if going is not None and going[0] == asset_id and reached >= going[1]:
                going = (asset_id, going[1], max(going[2], reached))
                continue
            if going is not None:
                yield going
            going = (asset_id, line.start_position, max(line.start_position, reached))
    if going is not None:
        yield going


def heat(ranges: Iterable[tuple[str, float, float]]) -> tuple[Watched, ...]:
    """How often each second was watched, from the ranges that were watched in one go.

    Args:
        ranges: An asset id, and from where to where, in content seconds.
    """
    steps: dict[str, dict[float, int]] = {}
    for asset_id, start, end in ranges:
        if end > start:
            of_asset = steps.setdefault(asset_id, {})
            of_asset[start] = of_asset.get(start, 0) + 1
            of_asset[end] = of_asset.get(end, 0) - 1
    found: list[Watched] = []
    for asset_id, changes in steps.items():
        times, since = 0, 0.0
        for at in sorted(changes):
            if times and changes[at]:
                found.append(Watched(asset_id, since, at, times))
            if changes[at]:
                since = at
            times += changes[at]
    return tuple(found)
