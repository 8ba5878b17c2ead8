"""Every situation, played by every player, held against one truth.

A cell is a situation in a player's dialect. What comes of it must be what really happened: events,
ads, figures; whatever is told must be well formed (S20), and its seconds add up.
"""

from collections.abc import Iterator
from typing import Final

import attrs
import pytest

from tests.players.matrix.dialects.table import DIALECTS
from tests.players.matrix.situations import SITUATIONS, Situation
from tests.players.matrix.speech import START, Dialect
from tests.players.matrix.truth import Truth, truth_of
from tests.players.matrix.viewing import Viewing, heard, happenings
from video_tracker.events import AdCompleted, AdEvent, AdStarted, Event, PlaybackEvent
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.registry import find_adapter
from video_tracker.session import Playback, Session
from video_tracker.signals import Signal
from video_tracker.testing import check_streams

CELLS: Final = tuple(
    (dialect, situation)
    for dialect in DIALECTS
    for situation in SITUATIONS
    if not situation.needs & dialect.cannot.keys()
)


@attrs.frozen
class Told:
    """What came of a cell."""

    events: tuple[Event, ...]
    figures: dict[str, object]
    sessions: int
    since: float
    """When the first word of it was heard."""


def plan_of(viewing: Viewing, settings: Settings) -> SessionPlan:
    """What is known beforehand: nothing, but of ads in the stream where they lie (S9)."""
    if not viewing.stitched:
        return SessionPlan(user_id="viewer", settings=settings)
    places = {
        moment.pod: "start" if moment.pod.kind == "pre" else moment.place
        for moment in happenings(viewing, 60.0)
        if moment.pod is not None
    }
    breaks = tuple(
        AdBreak(
            at="end" if pod.kind == "post" else place,  # type: ignore[arg-type]
            ads=tuple(Ad(asset_id=ad.name, duration=ad.length) for ad in pod.ads),
        )
        for pod, place in places.items()
    )
    contents = (Content(asset_id=viewing.item.name, duration=viewing.item.length),)
    return SessionPlan(user_id="viewer", contents=contents, ad_breaks=breaks, settings=settings)


def seen_by(dialect: Dialect, situation: Situation) -> Viewing:
    """The viewing, as the player plays it: some go over to their ads without a gap."""
    gapless = dialect.gapless and situation.viewing.gaps == 1.0
    return attrs.evolve(situation.viewing, gaps=0.0) if gapless else situation.viewing


def play(situation: Situation, dialect: Dialect) -> Told:
    """Play a cell through the adapter and its session."""
    adapter = find_adapter(dialect.player)() if dialect.player != "signals" else None
    ads = "stitched" if situation.viewing.stitched else "client"
    known = {} if adapter is None else dict(adapter.settings)
    settings = Settings(**known, ads=ads)  # type: ignore[arg-type]
    playback = Playback(Session("s1", plan_of(situation.viewing, settings)))
    moments = heard(seen_by(dialect, situation), situation.hearing, dialect.every)
    events: list[Event] = []
    said = dialect.speak(moments)
    for signal in signals_of(adapter, said):
        events += [event for _, event in playback.receive(signal)]
    events += [event for _, event in playback.finish()]
    figures = playback.sessions[0].summary().to_dict()
    return Told(tuple(events), figures, len(playback.sessions), said[0].at - START)


def signals_of(adapter: Adapter | None, said: list[Callback | Signal]) -> Iterator[Signal]:
    """What the adapter makes of a dialect's words; the library's own need none."""
    for word in said:
        if isinstance(word, Signal):
            yield word
        elif adapter is not None:
            yield from adapter.translate(word)
    if adapter is not None:
        yield from adapter.flush(said[-1].at)


# -- what is compared ------------------------------------------------------------------------------


def names_of(events: tuple[Event, ...]) -> tuple[str, ...]:
    return tuple(
        event.name.removeprefix("Video ") for event in events if not event.name.endswith(" Playing")
    )


def ads_of(events: tuple[Event, ...], skipped: int) -> list[tuple[str, str]]:
    """Each ad that was started, and its fate; which were skipped only the summary counts."""
    completed = {event.asset_id for event in events if isinstance(event, AdCompleted)}
    return [
        (event.asset_id, "completed" if event.asset_id in completed else "")
        for event in events
        if isinstance(event, AdStarted)
    ]


def faults_of(situation: Situation, dialect: Dialect) -> list[str]:
    """What of a cell is not as it was, a sentence each."""
    told = play(situation, dialect)
    joined = situation.hearing.since > 0
    truth = truth_of(seen_by(dialect, situation), told.since if joined else 0.0)
    wrong = list(check_streams(told.events))
    wrong += [f"{told.sessions} sessions"] if told.sessions != 1 else []
    names = names_of(told.events)
    if names != truth.names:
        wrong.append(f"{', '.join(names)} != {', '.join(truth.names)}")
    return wrong + [*_figures(truth, told, situation, dialect), *_sums(told)]


def _figures(truth: Truth, told: Told, situation: Situation, dialect: Dialect) -> Iterator[str]:
    # S63: what is told of a place is as old as the player's own clock
    figures, within = told.figures, max(situation.within, dialect.every)
    exact = {**truth.counts, "ended": truth.ended}
    exact["ads_skipped"] = sum(fate == "skipped" for *_, fate in truth.ads)
    exact["ads_completed"] = sum(fate == "completed" for *_, fate in truth.ads)
    for key, wanted in exact.items():
        if figures[key] != wanted:
            yield f"{key} {figures[key]}, not {wanted}"
    for key, seconds in truth.seconds.items():
        if abs(figures[key] - seconds) > within:
            yield f"{key} {figures[key]:.2f}, not {seconds:.2f}"
    ads = ads_of(told.events, 0)
    wanted_ads = [(name, "completed" * (fate == "completed")) for name, _, fate in truth.ads]
    if _nameless(situation, dialect):
        ads, wanted_ads = [(f, f) for _, f in ads], [(f, f) for _, f in wanted_ads]
    if ads != wanted_ads:
        yield f"ads {ads}, not {wanted_ads}"
    last = [event for event in told.events if isinstance(event, PlaybackEvent)][-1:]
    for event in last:
        yield from _ends(event, truth, within, situation, dialect)


def _nameless(situation: Situation, dialect: Dialect) -> bool:
    """Whether nobody tells which ads they are, or the word that names them was not heard."""
    later = situation.hearing.since > 0 and "ad names later" in dialect.cannot
    return situation.nameless or later or "ad names" in dialect.cannot


def _ends(event: PlaybackEvent, truth: Truth, within: float, situation: Situation, dialect: Dialect) -> Iterator[str]:
    # S1: of an item that was left behind and has no length, what was watched of it counts
    alone = len(truth.furthest) == 1 or "length" not in dialect.cannot
    if alone and abs((event.position or 0) - truth.position) > within + 1:
        yield f"position {event.position}, not {truth.position:.1f}"
    total = event.total_length
    total = None if not isinstance(total, int | float) else total
    # S80, S4: of an ad whose length nobody tells, what has played of it counts.
    unsaid = situation.nameless or "ad length" in dialect.cannot
    slack = within + 1 + truth.unsaid if unsaid else 1.0
    if "length" in dialect.cannot and total is None:
        return
    if truth.total is None or total is None:
        if truth.total != total:
            yield f"total_length {event.total_length}, not {truth.total}"
    elif abs(total - truth.total) > slack:
        yield f"total_length {total}, not {truth.total}"


BUCKETS: Final = (
    "startup content_played ad_played paused seeking buffering gap interrupted suspended".split()
)


def _sums(told: Told) -> Iterator[str]:
    total = sum(told.figures[bucket] for bucket in BUCKETS)
    if abs(total - told.figures["elapsed"]) > 1e-6:
        yield f"the seconds sum to {total}, not to {told.figures['elapsed']}"


def shown(situation, dialect):
    moments = heard(seen_by(dialect, situation), situation.hearing, dialect.every)
    adapter = find_adapter(dialect.player)() if dialect.player != "signals" else None
    from tests.players.script import written, NAMES
    import tests.players.script as sc
    out = []
    old, sc.START = sc.START, START
    polls = 0
    for w in dialect.speak(moments):
        if isinstance(w, Callback):
            sig = [written(s) for s in adapter.translate(w)]
            st = w.state
            out.append(f"{w.at-START:8.3f} {w.player}:{(w.element or '') + '/' if w.element else ''}{w.event} {st.get('currentTime')}/{st.get('duration')} {str(w.detail)[:150]} -> {sig}")
        else:
            out.append(f"{written(w)}")
    if adapter: out.append([written(s) for s in adapter.flush(w.at)])
    sc.START = old
    for e in play(situation, dialect).events:
        out.append(f"{e.at-START:8.3f} {e.name} {getattr(e,'position',None)} {getattr(e,'total_length',None)} {getattr(e,'asset_id','')}")
    out.append(play(situation, dialect).figures)
    return out
