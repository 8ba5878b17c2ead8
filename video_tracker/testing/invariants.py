"""What holds for every session: of its events, of its figures, and between the two.

Each function gives a sentence for each violation and an empty list when there is none;
:func:`check_session` asks all of them and raises. Nothing here knows the session machine. Rules
that hold for *any* log are always asked; those that hold when a player's words all came, and came
in time, are asked with ``exact=True``. The grammar is :mod:`video_tracker.testing.grammar`.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from video_tracker.events import (
    AdEvent,
    AdPlaying,
    AdStarted,
    ContentCompleted,
    ContentEvent,
    ContentPlaying,
    ContentStarted,
    Event,
    OwnEvent,
    PlaybackBufferCompleted,
    PlaybackCompleted,
    PlaybackExited,
    PlaybackResumed,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    QualityUpdated,
)
from video_tracker.plan import Settings
from video_tracker.summary import Summary
from video_tracker.testing.fields import check_lengths, check_values
from video_tracker.testing.grammar import check_stream
from video_tracker.testing.intervals import intervals
from video_tracker.testing.order import Order
from video_tracker.testing.steps import step_of_event

__all__ = [
    "check_beats",
    "check_counts",
    "check_dates",
    "check_figures",
    "check_ids",
    "check_intervals",
    "check_order",
    "check_pods",
    "check_positions",
    "check_session",
    "check_sessions",
    "check_stream",
    "check_types",
    "session_faults",
    "sessions_faults",
]

_DUST: Final = 1e-3  # Seconds that adding up floats may lose.


def _label(number: int, event: Event) -> str:
    return f"event {number} ({event.name})"


def _each(events: Iterable[Event], check: Callable[[Event], Iterable[str]]) -> list[str]:
    return [
        f"{_label(number, event)}: {fault}"
        for number, event in enumerate(events, start=1)
        for fault in check(event)
    ]


# -- the events ------------------------------------------------------------------------------------


def check_types(events: Iterable[Event]) -> list[str]:
    """Every property is of its type and one of its words (S10, S12, S34, S54).

    Args:
        events: Events of any number of sessions.
    """
    return _each(events, check_values)


def check_positions(events: Iterable[Event]) -> list[str]:
    """Positions and lengths are whole seconds, and no position lies outside its length (S2, S3).

    Args:
        events: Events of any number of sessions.
    """
    return _each(events, check_lengths)


def check_order(events: Iterable[Event]) -> list[str]:
    """The grammar: each event may come where it comes (S20 and its friends).

    Args:
        events: All events of one session, in order.
    """
    order = Order()

    def misplaced(event: Event) -> list[str]:
        own = isinstance(event, OwnEvent)
        return [] if own else [fault.text for fault in order.accept(step_of_event(event))]

    return _each(events, misplaced)


def check_ids(events: Iterable[Event]) -> list[str]:
    """Events are numbered from 1 without a gap, and no content pod belongs to two contents.

    With the session's id the number makes the ``messageId`` (S50), so no two are the same.

    Args:
        events: All events of one session, in order.
    """
    faults: list[str] = []
    contents: dict[str, str] = {}
    session: str | None = None
    for number, event in enumerate(events, start=1):
        label, session = _label(number, event), session or event.session_id
        if event.sequence != number:
            faults.append(f"{label}: its sequence is {event.sequence}, not {number} (S50)")
        if event.session_id != session:
            faults.append(f"{label}: it belongs to session {event.session_id}, not {session} (S20)")
        if isinstance(event, ContentEvent):
            owner = contents.setdefault(event.pod_id, event.asset_id)
            if owner != event.asset_id:
                faults.append(f"{label}: the pod {event.pod_id} is one of {owner} (S12)")
    return faults


def check_dates(events: Iterable[Event]) -> list[str]:
    """No event comes before one that is dated earlier (S86); the embedder's own decide no date.

    Args:
        events: All events of one session, in order.
    """
    faults: list[str] = []
    newest, before = -math.inf, ""
    for number, event in enumerate(events, start=1):
        if event.at < newest:
            faults.append(
                f"{_label(number, event)}: it is dated {newest - event.at:.3f} s before"
                f" {before}, which came first (S86)"
            )
        elif event.at > newest and type(event) is not OwnEvent:  # which decides no date
            newest, before = event.at, _label(number, event)
    return faults


def check_pods(events: Iterable[Event]) -> list[str]:
    """Every content pod that opened is closed: completed, or left in a way that leaves it open.

    Left without Completed is a pod only by a seek (S22), for another content (S24), or at an exit
    (S26); when playback completes none is open (S23).

    Args:
        events: All events of one session, in order.
    """
    faults: list[str] = []
    opened: ContentStarted | None = None
    sought = False
    for number, event in enumerate(events, start=1):
        label = _label(number, event)
        if isinstance(event, PlaybackSeekStarted | PlaybackSeekCompleted):
            sought = True
        elif isinstance(event, ContentStarted):
            if opened is not None and opened.asset_id == event.asset_id and not sought:
                faults.append(f"{label}: {opened.pod_id} was neither completed nor left (S21, S22)")
            opened, sought = event, False
        elif isinstance(event, ContentCompleted):
            opened = None
        elif isinstance(event, AdEvent) and opened is not None:
            if event.content_asset_id in (None, opened.asset_id):
                faults.append(f"{label}: {opened.pod_id} was not completed before the ad (S21)")
            opened = None
        elif isinstance(event, PlaybackCompleted) and opened is not None:
            faults.append(f"{label}: {opened.pod_id} is still open (S23)")
    return faults


_RESTARTS: Final = (ContentStarted, AdStarted, PlaybackResumed, PlaybackSeekCompleted)
_ANSWERED: Final = (PlaybackResumed, PlaybackSeekCompleted, PlaybackBufferCompleted)


def check_beats(events: Iterable[Event], heartbeat: float | None = 10.0) -> list[str]:
    """The n-th beat of a grid comes n intervals after its start at the earliest (S40, S41).

    Beats that answer a Resumed, a Seek Completed or a Buffer Completed (S33, S43) and quartiles
    (S45) are none of the grid's. This holds when a player's words come in time.

    Args:
        events: All events of one session, in order.
        heartbeat: The setting, in seconds; None: there are no beats but those.
    """
    faults: list[str] = []
    start, beats, answers = -math.inf, 0, False
    for number, event in enumerate(events, start=1):
        if isinstance(event, _RESTARTS) or event.name in (
            "Video Content Started",
            "Video Ad Started",
        ):
            start, beats = event.at, 0
        if isinstance(event, ContentPlaying | AdPlaying):
            if getattr(event, "quartile", None) is None and not answers:
                beats += 1
                due = math.inf if heartbeat is None else start + beats * heartbeat
                if event.at < due - _DUST:
                    faults.append(
                        f"{_label(number, event)}: beat {beats} of its grid comes after"
                        f" {event.at - start:.3f} s, not {due - start:g} (S40)"
                    )
            answers = False
        else:
            answers = isinstance(event, _ANSWERED) or (
                answers and isinstance(event, QualityUpdated)
            )
    return faults


# -- the figures -----------------------------------------------------------------------------------


def check_figures(summary: Summary) -> list[str]:
    """The figures add up: buckets to the elapsed time, ranges to what was seen (conservation).

    Args:
        summary: Of one session, or of several.
    """
    figures = summary.to_dict()
    seconds = (*Summary.BUCKETS, "elapsed", "content_media_seconds", "unique_seconds")
    faults = [
        f"{name} is {figures[name]!r}, no number of seconds from 0 (S64)"
        for name in seconds
        if not (math.isfinite(figures[name]) and figures[name] >= 0)
    ]
    faults += [f"{name} is {figures[name]}" for name in Summary.COUNTS if figures[name] < 0]
    total, elapsed = sum(figures[name] for name in Summary.BUCKETS), figures["elapsed"]
    if not abs(total - elapsed) <= _DUST + 1e-9 * abs(total):
        faults.append(f"the buckets sum to {total:.3f} s, not to the elapsed {elapsed:.3f}")
    seen, media = figures["unique_seconds"], figures["content_media_seconds"]
    if seen > media + _DUST:
        faults.append(f"{seen:.3f} s were seen at least once, and {media:.3f} s of media played")
    ended, started = figures["ads_completed"] + figures["ads_skipped"], figures["ads_started"]
    if ended > started:
        faults.append(f"{ended} ads completed or were skipped, and {started} started (S13)")
    return faults + _check_ranges(figures["watched"])


def _check_ranges(watched: Mapping[str, Sequence[Sequence[float]]]) -> list[str]:
    faults: list[str] = []
    for asset, ranges in watched.items():
        last = -math.inf
        for start, end in ranges:
            if not (0 <= start <= end < math.inf and last < start):
                faults.append(f"{asset}: watched {start:g} to {end:g} is no range, or not in order")
            last = end
    return faults


_COUNTED: Final[Mapping[str, str]] = {
    "pauses": "Playback Paused",
    "seeks": "Playback Seek Started",
    "ads_started": "Ad Started",
    "ads_completed": "Ad Completed",
}
_LAST: Final[Mapping[str, type[Event]]] = {
    "completed": PlaybackCompleted,
    "exited": PlaybackExited,
}


def check_counts(events: Sequence[Event], summary: Summary) -> list[str]:
    """The figures count what the events tell, and the session ended as its last event says.

    Args:
        events: All events of one session, in order.
        summary: Of that session.
    """
    told = Counter(event.name.removeprefix("Video ") for event in events)
    wanted = {figure: told[name] for figure, name in _COUNTED.items()}
    wanted["heartbeats"] = told["Content Playing"] + told["Ad Playing"]
    faults = [
        f"{figure} is {summary.counts[figure]}, and the events tell of {count}"
        for figure, count in wanted.items()
        if summary.counts[figure] != count
    ]
    pods = {event.pod_id for event in events if isinstance(event, AdStarted)}
    for figure, least, what in (
        ("breaks", len(pods), "ad pods"),
        ("ads_skipped", told["Ad Skipped"], "Ad Skipped"),
        ("ads_failed", told["Ad Error"], "Ad Error"),
    ):
        if summary.counts[figure] < least:
            faults.append(f"{figure} is {summary.counts[figure]}, and there are {least} {what}")
    return faults + _check_end(events, summary) + _check_startup(events, summary)


def _check_end(events: Sequence[Event], summary: Summary) -> list[str]:
    if not events:
        return [f"elapsed is {summary.elapsed:.3f} s without an event"] if summary.elapsed else []
    passed, last = events[-1].at - events[0].at, events[-1]
    kind = _LAST.get(summary.ended)
    if (kind is not None) != isinstance(last, tuple(_LAST.values())) or not isinstance(
        last, kind or Event
    ):
        return [f"it ended as {summary.ended}, and its last event is {last.name} (S20)"]
    if summary.elapsed < passed - _DUST or (kind and summary.elapsed > passed + _DUST):
        return [f"elapsed is {summary.elapsed:.3f} s, and the events take {passed:.3f} s"]
    return []


def _check_startup(events: Iterable[Event], summary: Summary) -> list[str]:
    told = [
        event.startup_time
        for event in events
        if isinstance(event, QualityUpdated) and event.startup_time is not None
    ]
    if len(told) > 1:
        return [f"startup_time is told {len(told)} times (S25)"]
    known = summary.startup_time
    if told and (known is None or abs(told[0] - 1000 * known) > 1):
        return [f"startup_time is {known} s, and Quality Updated says {told[0]} ms (S25)"]
    return []


def check_intervals(
    events: Iterable[Event], summary: Summary, *, slack: float = _DUST
) -> list[str]:
    """Each bucket holds the seconds between the events that tell of it.

    This holds when a player's words all came: what it does not announce (a stall, sleep, a skip
    without ``extra_events``) is in the figures and not in the events.

    Args:
        events: All events of one session that is over, in order.
        summary: Of that session.
        slack: Seconds by which a bucket may differ.
    """
    told = intervals(events)
    known = {name: float(seconds) for name, seconds in summary.buckets.items()}
    # A joint between two ads, or before the content, is no phase that an event opens (S67).
    for seconds in (told, known):
        seconds["startup and gap"] = seconds.pop("startup") + seconds.pop("gap")
    told["suspended"] = 0.0
    return [
        f"{name} is {known[name]:.3f} s, and the events tell of {told[name]:.3f} s"
        for name in known
        if abs(known[name] - told[name]) > slack
    ]


# -- all of it -------------------------------------------------------------------------------------


def session_faults(
    events: Iterable[Event],
    summary: Summary | None = None,
    *,
    exact: bool = False,
    settings: Settings | None = None,
    slack: float = _DUST,
) -> list[str]:
    """All that is wrong with one session.

    Args:
        events: All its events, in order.
        summary: Its figures; without them the events alone are asked.
        exact: Whether the player's words all came, and in time: then the beats lie on their grid
            and the figures are the intervals between the events.
        settings: The session's; for the length of a heartbeat.
        slack: Seconds by which a bucket may differ from its intervals.

    Returns:
        A sentence for each fault; empty when all is right.
    """
    events = list(events)
    faults = check_stream(events) + check_dates(events)
    faults += [fault for fault in (*check_ids(events), *check_pods(events)) if fault not in faults]
    if exact:
        faults += check_beats(events, (settings or Settings()).heartbeat)
    if summary is not None:
        faults += [*check_figures(summary), *check_counts(events, summary)]
        faults += check_intervals(events, summary, slack=slack) if exact and events else []
    return faults


def check_session(
    events: Iterable[Event],
    summary: Summary | None = None,
    *,
    exact: bool = False,
    settings: Settings | None = None,
    slack: float = _DUST,
) -> None:
    """Hold one session against everything that must be true of it.

    Args:
        events: As of :func:`session_faults`, as all that follows.
        summary: The session's figures, if they are held against the events.
        exact: Whether the times are those of the player.
        settings: The session's; for the length of a heartbeat.
        slack: Seconds by which a bucket may differ from its intervals.

    Raises:
        AssertionError: Something is wrong; the message has a line for each fault.
    """
    _raise(session_faults(events, summary, exact=exact, settings=settings, slack=slack))


def sessions_faults(
    events: Iterable[Event], summaries: Iterable[Summary] = (), *, exact: bool = False
) -> list[str]:
    """All that is wrong with several sessions, such as those of one playback.

    Args:
        events: Their events, mixed; the order within a session counts.
        summaries: Their figures, as far as they are known; one may have no event yet.
        exact: As of :func:`session_faults`.

    Returns:
        A sentence for each fault, headed by the session's id.
    """
    sessions: dict[str, list[Event]] = {}
    for event in events:
        sessions.setdefault(event.session_id, []).append(event)
    known = {summary.session_ids[0]: summary for summary in summaries}
    return [
        f"session {session_id}: {fault}"
        for session_id in {**sessions, **known}
        for fault in session_faults(
            sessions.get(session_id, ()), known.get(session_id), exact=exact
        )
    ]


def check_sessions(
    events: Iterable[Event], summaries: Iterable[Summary] = (), *, exact: bool = False
) -> None:
    """Hold several sessions against everything that must be true of each.

    Args:
        events: As of :func:`sessions_faults`, as all that follows.
        summaries: Their figures, as far as they are known.
        exact: Whether the times are those of the player.

    Raises:
        AssertionError: Something is wrong; the message has a line for each fault.
    """
    _raise(sessions_faults(events, summaries, exact=exact))


def _raise(faults: Sequence[str]) -> None:
    if faults:
        raise AssertionError(f"{len(faults)} faults:\n" + "\n".join(f"  {each}" for each in faults))
