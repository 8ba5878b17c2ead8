"""A cell of the matrix: a situation in a player's dialect, and what of it is not as it was."""

from collections.abc import Iterator
from typing import Any, Final

import attrs

from tests.players.matrix.dialects.table import DIALECTS
from tests.players.matrix.situations import SITUATIONS, Situation
from tests.players.matrix.truth import Truth, truth_of
from tests.players.matrix.viewing import Viewing, happenings, heard
from video_tracker.events import AdCompleted, AdStarted, Event, PlaybackEvent, PlaybackStarted
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings
from video_tracker.players.base import Adapter
from video_tracker.players.registry import find_adapter
from video_tracker.session import Playback, Session
from video_tracker.signals import Signal
from video_tracker.testing import sessions_faults
from video_tracker.testing.simulator.speech import START, Dialect, Said

__all__ = ["CELLS", "Told", "faults_of", "left_out", "play"]

CELLS: Final = tuple(
    (dialect, situation)
    for dialect in DIALECTS
    for situation in SITUATIONS
    if not situation.needs & dialect.cannot.keys()
)
"""All that a vocabulary can say."""


def left_out() -> dict[str, int]:
    """How many situations a player cannot tell, by player and by what it has no word for."""
    counts: dict[str, int] = {}
    for dialect in DIALECTS:
        for situation in SITUATIONS:
            for missing in situation.needs & dialect.cannot.keys():
                name = f"{dialect.player}: {missing}"
                counts[name] = counts.get(name, 0) + 1
    return counts


# -- playing ---------------------------------------------------------------------------------------


@attrs.frozen
class Told:
    """What came of a cell.

    Args:
        events: The events of all sessions.
        figures: The summary of the first session.
        sessions: How many there were.
        since: When the first word was heard, in seconds of the viewing.
        faults: What no session may be, whatever was played.
    """

    events: tuple[Event, ...]
    figures: dict[str, Any]
    sessions: int
    since: float
    faults: tuple[str, ...]


def seen_by(dialect: Dialect, situation: Situation) -> Viewing:
    """The viewing, as the player plays it: some go over to their ads without a gap."""
    gapless = dialect.gaps == (0.0, 0.0) and situation.viewing.gaps == 1.0
    return attrs.evolve(situation.viewing, gaps=0.0) if gapless else situation.viewing


def play(situation: Situation, dialect: Dialect) -> Told:
    """Play a cell through the adapter and its session."""
    adapter = find_adapter(dialect.player)() if dialect.player != "signals" else None
    settings = dict(adapter.settings) if adapter is not None else {}
    ads = "stitched" if situation.viewing.stitched else "client"
    plan = plan_of(situation.viewing, Settings(**settings, ads=ads))  # type: ignore[arg-type]
    playback = Playback(Session("s1", plan))
    moments = heard(seen_by(dialect, situation), situation.hearing, dialect.every)
    said = dialect.speak(moments)
    events: list[Event] = []
    for signal in signals_of(adapter, said):
        events += [event for _, event in playback.receive(signal)]
    events += [event for _, event in playback.finish()]
    figures = playback.sessions[0].summary().to_dict()
    faults = sessions_faults(events, [session.summary() for session in playback.sessions])
    return Told(tuple(events), figures, len(playback.sessions), said[0].at - START, tuple(faults))


def signals_of(adapter: Adapter | None, said: list[Said]) -> Iterator[Signal]:
    """What the adapter makes of a dialect's words; the library's own need none."""
    for word in said:
        if isinstance(word, Signal):
            yield word
        elif adapter is not None:
            yield from adapter.translate(word)
    if adapter is not None:
        yield from adapter.flush(said[-1].at)


def plan_of(viewing: Viewing, settings: Settings) -> SessionPlan:
    """What is known beforehand: nothing, but of ads in the stream where they lie (S9)."""
    if not viewing.stitched:
        return SessionPlan(user_id="viewer", settings=settings)
    places = {m.pod: m.place for m in happenings(viewing, 60.0) if m.kind == "break" and m.pod}
    breaks = [
        AdBreak(
            at={"pre": "start", "post": "end"}.get(pod.kind, place),  # type: ignore[arg-type]
            ads=tuple(Ad(asset_id=ad.name, duration=ad.length) for ad in pod.ads),
        )
        for pod, place in places.items()
    ]
    contents = (Content(asset_id=viewing.item.name, duration=viewing.item.length),)
    return SessionPlan(user_id="viewer", contents=contents, ad_breaks=breaks, settings=settings)


# -- comparing -------------------------------------------------------------------------------------


def faults_of(situation: Situation, dialect: Dialect) -> list[str]:
    """What of a cell is not as it was, a sentence each."""
    told = play(situation, dialect)
    joined = situation.hearing.since > 0
    truth = truth_of(seen_by(dialect, situation), told.since if joined else 0.0)
    return [
        *told.faults,
        *([] if told.sessions == truth.sessions else [f"{told.sessions} sessions"]),
        *_names(truth, told),
        *_counts(truth, told),
        *_seconds(truth, told, situation, dialect),
        *_ads(truth, told, situation, dialect),
        *_ends(truth, told, situation, dialect),
    ]


def _names(truth: Truth, told: Told) -> Iterator[str]:
    names = [e.name.removeprefix("Video ") for e in told.events if not e.name.endswith(" Playing")]
    if tuple(names) != truth.names:
        yield f"{', '.join(names)}; not {', '.join(truth.names)}"


def _counts(truth: Truth, told: Told) -> Iterator[str]:
    fates = [ad.fate for ad in truth.ads]
    exact = {
        **truth.counts,
        "ended": truth.ended,
        "ads_completed": fates.count("completed"),
        "ads_skipped": fates.count("skipped"),
    }
    for key, wanted in exact.items():
        if told.figures[key] != wanted:
            yield f"{key} {told.figures[key]}, not {wanted}"


def _within(situation: Situation, dialect: Dialect) -> float:
    """Seconds that may miss: what is told of a place is as old as the player's own clock (S63)."""
    return max(situation.within, dialect.every)


def _seconds(truth: Truth, told: Told, situation: Situation, dialect: Dialect) -> Iterator[str]:
    within = _within(situation, dialect)
    for key, seconds in truth.seconds.items():
        if abs(told.figures[key] - seconds) > within:
            yield f"{key} {told.figures[key]:.2f}, not {seconds:.2f}"
    furthest = list(told.figures["furthest"].values())
    wanted = list(truth.furthest.values())
    near = zip(furthest, wanted, strict=False)
    if len(furthest) != len(wanted) or any(abs(a - b) > within for a, b in near):
        yield f"furthest {furthest}, not {wanted}"


def _ads(truth: Truth, told: Told, situation: Situation, dialect: Dialect) -> Iterator[str]:
    completed = {event.asset_id for event in told.events if isinstance(event, AdCompleted)}
    started = [event for event in told.events if isinstance(event, AdStarted)]
    ads = [(event.asset_id, event.asset_id in completed) for event in started]
    wanted = [(ad.name, ad.fate == "completed") for ad in truth.ads]
    if _nameless(situation, dialect):
        ads, wanted = [("", fate) for _, fate in ads], [("", fate) for _, fate in wanted]
    if ads != wanted:
        yield f"ads {ads}, not {wanted}"


def _nameless(situation: Situation, dialect: Dialect) -> bool:
    """Whether nobody tells which ads they are, or the word that names them was not heard."""
    later = situation.hearing.since > 0 and "ad names later" in dialect.cannot
    return situation.nameless or later or "ad names" in dialect.cannot


def _ends(truth: Truth, told: Told, situation: Situation, dialect: Dialect) -> Iterator[str]:
    """The first and the last playback event: where it began, where it ended, how long it all is."""
    starts = [event for event in told.events if isinstance(event, PlaybackStarted)]
    if situation.at_start and [e.position for e in starts] != [int(situation.viewing.start)]:
        yield f"started at {[event.position for event in starts]}, not {situation.viewing.start}"
    within = _within(situation, dialect)
    for event in [event for event in told.events if isinstance(event, PlaybackEvent)][-1:]:
        # S1: of an item that was left behind and has no length, what was watched of it counts
        alone = len(truth.furthest) == 1 or "length" not in dialect.cannot
        if alone and abs((event.position or 0) - truth.position) > within + 1:
            yield f"position {event.position}, not {truth.position:.1f}"
        # S80, S4: of an ad whose length nobody tells, what has played of it counts
        unsaid = situation.nameless or "ad length" in dialect.cannot
        yield from _total(event, truth, within + 1 + truth.unsaid if unsaid else 1.0, dialect)


def _total(event: PlaybackEvent, truth: Truth, within: float, dialect: Dialect) -> Iterator[str]:
    total = event.total_length
    if not isinstance(total, int | float):
        known = truth.total is not None and "length" not in dialect.cannot
        if known:
            yield f"total_length {total}, not {truth.total}"
    elif truth.total is None or abs(total - truth.total) > within:
        yield f"total_length {total}, not {truth.total}"
