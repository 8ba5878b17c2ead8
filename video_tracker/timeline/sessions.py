"""Timelines of sessions: out of their events, anybody's messages, or a log that was explained."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import attrs

from video_tracker.events import Event
from video_tracker.explain import Explanation, Share
from video_tracker.linting.messages import messages_of
from video_tracker.linting.reading import Read, read_values
from video_tracker.linting.sources import Source, is_of_values, opened
from video_tracker.summary import Summary
from video_tracker.testing.intervals import PHASES, Phase, phases
from video_tracker.timeline.model import AdShown, Bar, Note, PlayheadLine, Timeline
from video_tracker.timeline.playhead import Place, heat, playhead_lines, watched_ranges
from video_tracker.timeline.told import Told, ad_pods, read_told, trimmed
from video_tracker.transcript import Item, time_of

__all__ = ["explained_timeline", "session_timeline", "session_timelines"]

_ANYBODYS: Final = "messages without session_id"
_OVER: Final = ("Playback Completed", "Playback Exited")


def session_timeline(
    source: Iterable[Event] | Source,
    *,
    session: str | None = None,
    summary: Summary | Mapping[str, Any] | None = None,
    until: float | None = None,
) -> Timeline:
    """What is drawn of a session, out of its events or messages.

    Args:
        source: Events of this library; or messages of anybody's (Segment, RudderStack,
            Customer.io): decoded, as lines, or a file of them by its name or open.
        session: The session's id, where there are several.
        summary: Its figures; without them those that the events tell are shown.
        until: The Unix time to which a session is drawn that is not over; by default that of its
            last event.

    Returns:
        The timeline.

    Raises:
        ValueError: There is no event in it, no such session, or several and none was named.
        OSError: The file cannot be read.
    """
    found = session_timelines(source, until=until)
    if session is not None:
        found = tuple(each for each in found if each.session_id == session) or _missing(
            f"there is no session {session!r}", found
        )
    if len(found) > 1:
        _missing("there are several sessions: name one, or take session_timelines()", found)
    if not found:
        raise ValueError("there is no video event in it: nothing can be drawn")
    return found[0] if summary is None else attrs.evolve(found[0], figures=_figures_of(summary))


def _missing(what: str, found: Sequence[Timeline]) -> tuple[Timeline, ...]:
    raise ValueError(f"{what}; there are: {', '.join(each.session_id for each in found)}")


def session_timelines(
    source: Iterable[Event] | Source, *, until: float | None = None
) -> tuple[Timeline, ...]:
    """What is drawn of each session of a stream, in the order in which they begin.

    Args:
        source, until: As for :func:`session_timeline`.

    Raises:
        OSError: The file cannot be read.
    """
    sessions = _sessions(source)
    return tuple(_of_items(key, items, until) for key, items in sessions if items)


def explained_timeline(explanation: Explanation) -> Timeline:
    """What is drawn of a session of which there is a log: more of it is known, and exactly.

    Args:
        explanation: Of :meth:`video_tracker.explain.RecordedSession.explain`.

    Returns:
        The timeline: its times are those of the ledger, stalls that nobody announced included
        (S65), its playhead that of the session, and it shows what was repaired and ignored.
    """
    events = [account.event for account in explanation.events]
    figures = explanation.figures
    known = _laid_out([share for name in Summary.BUCKETS for share in figures[name].shares])
    told = read_told(events, max((phase.end for phase in known), default=None))
    if not events:
        told.origin = explanation.origin
    places = [Place(each.at, each.asset_id, each.position) for each in explanation.playhead]
    made = _made(
        explanation.session_id,
        told,
        _merged(known),
        places,
        watched=[(s.name, s.start, s.end) for s in figures["watched"].shares],
    )
    return attrs.evolve(
        made,
        ads=tuple(_with_fates(made.ads, explanation)),
        notes=tuple(
            Note(n.diagnostic.at - told.origin, n.diagnostic.kind, n.diagnostic.reason,
                 n.diagnostic.input)
            for n in explanation.notes
        ),
        figures=_figures_of(explanation.summary),
    )  # fmt: skip


# -- sessions of a stream --------------------------------------------------------------------------


def _sessions(source: Iterable[Event] | Source) -> list[tuple[str, list[Item]]]:
    """The sessions of a source, each with its items by time."""
    given: Any = source
    if not isinstance(given, str | Mapping) and not hasattr(given, "readline"):
        given = list(given) if isinstance(given, Iterable) else given
    if isinstance(given, list) and any(isinstance(each, Event) for each in given):
        found = _of_events(given)
    else:
        with opened(given) as read:
            values = read if is_of_values(read) else read_values(cast("Iterable[bytes]", read))
            found = _of_messages(cast("Iterable[Read]", values))
    return [(key, sorted(items, key=lambda item: time_of(item) or 0.0)) for key, items in found]


def _of_events(events: Sequence[object]) -> list[tuple[str, list[Item]]]:
    found: dict[str, list[Item]] = {}
    for event in events:
        if not isinstance(event, Event):
            raise TypeError(f"events are needed, or messages, not both: {event!r:.60}")
        found.setdefault(event.session_id, []).append(event)
    return list(found.items())


def _of_messages(values: Iterable[Read]) -> list[tuple[str, list[Item]]]:
    """Messages by session; one without an id belongs to its viewer, from start to end."""
    found: list[tuple[str, list[Item]]] = []
    open_ones: dict[str, tuple[list[Item], bool]] = {}
    for message in messages_of(values):
        if message.at is None:
            continue
        key = message.session_id or f"\0{message.viewer}"
        items, over = open_ones.get(key, (None, False))
        if items is None or (over and message.short == "Playback Started"):
            items = []
            found.append((message.session_id or message.viewer or _ANYBODYS, items))
        items.append(message.as_read())
        open_ones[key] = (items, message.short in _OVER)
    return found


# -- the parts of a timeline -----------------------------------------------------------------------


def _of_items(key: str, items: Sequence[Item], until: float | None) -> Timeline:
    told = read_told(items, until)
    return _made(key, told, phases(items, until=until), told.places)


def _made(
    key: str,
    told: Told,
    known: Sequence[Phase],
    places: Sequence[Place],
    watched: Iterable[tuple[str, float, float]] | None = None,
) -> Timeline:
    origin = told.origin
    known = [Phase(each.name, each.start - origin, each.end - origin) for each in known]
    ads = trimmed([_since(ad, origin) for ad in told.ads], known)
    pods = [_since(pod, origin) for pod in told.pods]
    stood = [attrs.evolve(place, at=place.at - origin) for place in places]
    lines = playhead_lines(known, stood, whole=watched is None)
    seen = watched_ranges(lines) if watched is None else watched
    starts = [(each.start, each.asset_id) for each in ads]
    return Timeline(
        session_id=key,
        title=key,
        origin=origin,
        length=max([told.last - origin, *(phase.end for phase in known)]),
        bars=tuple(_bars(known, [(pod.start, pod.asset_id) for pod in pods], starts)),
        content_pods=tuple(pods),
        ads=tuple(ads),
        ad_pods=ad_pods(ads),
        playhead=tuple(lines),
        ticks=tuple(told.ticks),
        watched=heat(seen),
        lengths=told.lengths,
        figures=_counted(told, known, lines),
    )


def _since(part: Any, origin: float) -> Any:
    return attrs.evolve(part, start=part.start - origin, end=part.end - origin)


def _bars(
    known: Sequence[Phase], pods: Sequence[tuple[float, str]], ads: Sequence[tuple[float, str]]
) -> Iterable[Bar]:
    """The phases as bars; playing is parted where another content or ad begins."""
    begun = {"content_played": pods, "ad_played": ads}
    for phase in known:
        starts = begun.get(phase.name, ())
        label = next((name for at, name in reversed(starts) if at <= phase.start + 1e-6), "")
        start = phase.start
        for at, name in starts:
            if start + 1e-6 < at < phase.end:
                yield Bar(phase.name, start, at, label)
                start = at
            if at < phase.end:
                label = name if at > phase.start + 1e-6 else label
        yield Bar(phase.name, start, phase.end, label)


def _laid_out(shares: Sequence[Share]) -> list[Phase]:
    """The shares of the buckets one after the other.

    Of a silence of which only a part is proven nobody knows which; what played is shown first.
    """
    found: list[Phase] = []
    reached = float("-inf")
    for share in sorted(shares, key=lambda each: (each.start, each.name == "suspended", each.end)):
        seconds = float(share.seconds)
        start = max(share.start, min(reached, share.end - seconds))
        if seconds > 0:
            found.append(Phase(share.name, start, start + seconds))
            reached = max(reached, start + seconds)
    return found


def _merged(known: Sequence[Phase]) -> list[Phase]:
    """Phases of one name that touch as one."""
    found: list[Phase] = []
    for phase in known:
        last = found[-1] if found else None
        if last is not None and last.name == phase.name and phase.start - last.end < 1e-3:
            found[-1] = attrs.evolve(last, end=phase.end)
        else:
            found.append(phase)
    return found


def _with_fates(ads: Sequence[AdShown], explanation: Explanation) -> list[AdShown]:
    """Ads with what the session knows of their ends; those that never moved as well (S71)."""
    found = list(ads)
    origin = explanation.origin
    for name, fate in (("ads_skipped", "skipped"), ("ads_failed", "failed")):
        for step in explanation.figures[name].occurrences:
            at = step.cause.moment
            if at is None or step.step < 1:
                continue
            at -= origin
            index = next(
                (
                    number
                    for number in reversed(range(len(found)))
                    if found[number].start <= at + 1e-3 and found[number].fate in ("cut", "open")
                ),
                None,
            )
            if index is not None:
                found[index] = attrs.evolve(found[index], fate=fate)
            elif fate == "failed":
                found.append(AdShown(at, at, "", "", "", None, fate))
    return sorted(found, key=lambda ad: ad.start)


# -- figures ---------------------------------------------------------------------------------------


def _figures_of(summary: Summary | Mapping[str, Any]) -> Mapping[str, Any]:
    return summary.to_dict() if isinstance(summary, Summary) else summary


def _counted(
    told: Told, known: Sequence[Phase], lines: Iterable[PlayheadLine]
) -> Mapping[str, Any]:
    """The figures that events tell, under the summary's names."""
    seconds = dict.fromkeys(PHASES, 0.0)
    for phase in known:
        seconds[phase.name] = seconds.get(phase.name, 0.0) + phase.end - phase.start
    unique = heat(watched_ranges(lines))
    return {
        "elapsed": sum(seconds.values()),
        **seconds,
        "unique_seconds": sum(part.end - part.start for part in unique),
        "startup_time": told.startup_time,
        **told.counts,
        "breaks": len(ad_pods(told.ads)),
        "ended": told.ended,
    }
