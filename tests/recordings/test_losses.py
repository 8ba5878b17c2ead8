"""Recordings with callbacks lost, doubled or late, without their head, polled seldom (S61, S83).

Whatever of a log is missing, what comes of the rest is well formed, and its seconds are those that
the viewer watched. ``LOSSES`` says how many spoilt logs are tried; more of them find more.
"""

import functools
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence

import attrs
import pytest

from tests.recordings.replaying import LOGS, adapter_of, recorded
from video_tracker.events import Event, PlaybackEvent
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Callback
from video_tracker.session import Playback, Session
from video_tracker.testing import apply, check_sessions
from video_tracker.testing.faults import Delay, Drop, Duplicate, Thin
from video_tracker.testing.timed import is_poll

LOSSES = int(os.environ.get("LOSSES", "160"))
TWINS = 0.02
"""Seconds within which a library says its element's event again."""
CUTS = 16
"""Places at which the head of a log is cut off."""
BUCKETS = ("content_played", "ad_played", "paused", "seeking", "buffering", "startup")

Log = Sequence[Callback]
Spoil = Callable[[Log, int], Log]


@attrs.frozen
class Told:
    """What came of a log: its events, the sessions' seconds, ads and completions in all."""

    events: tuple[Event, ...]
    seconds: Counter[str]
    counts: Counter[str]
    length: float | None
    marks: dict[int, Counter[str]]
    """The seconds up to some places of the log."""


def tell(name: str, log: Log, marks: Sequence[int] = ()) -> Told:
    """Give a log to the recording's adapter, bare; whatever comes of it is well formed."""
    adapter = adapter_of(name)
    settings = Settings(**adapter.settings)
    playback = Playback(Session("s1", SessionPlan(user_id="u1", settings=settings)))
    events: list[Event] = []
    reached: dict[int, Counter[str]] = {}
    for place, callback in enumerate(log):
        if place in marks:
            reached[place] = seconds_of(playback)
        for signal in adapter.translate(callback):
            events += [event for _, event in playback.receive(signal)]
    for signal in adapter.flush(log[-1].at):
        events += [event for _, event in playback.receive(signal)]
    events += [event for _, event in playback.finish()]
    check_sessions(events, [session.summary() for session in playback.sessions])
    counts = Counter(event.name for event in events if event.name.endswith("Completed"))
    for session in playback.sessions:
        counts += Counter(session.summary().counts)
    lengths = [event.total_length for event in events if isinstance(event, PlaybackEvent)]
    length = lengths[-1] if lengths else None
    return Told(tuple(events), seconds_of(playback), counts, length, reached)


def seconds_of(playback: Playback) -> Counter[str]:
    seconds: Counter[str] = Counter()
    for session in playback.sessions:
        for bucket, told in session.summary().buckets.items():
            seconds[bucket] += float(told)  # type: ignore[assignment]
    return seconds


@functools.cache
def whole(name: str) -> Told:
    log = recorded(name)
    return tell(name, log, [cut(log, number) for number in range(CUTS)])


def differences(wanted: Counter[str], told: Counter[str], most: float) -> list[str]:
    return [
        f"{bucket} {wanted[bucket]:.1f} -> {told[bucket]:.1f}"
        for bucket in BUCKETS
        if abs(wanted[bucket] - told[bucket]) > most
    ]


# -- what may happen to a log ----------------------------------------------------------------------


def says_nothing(call: Callback) -> bool:
    """Whether it says nothing that the next one does not."""
    return is_poll(call) or call.event == "progress"


def without_twins(log: Log, place: int) -> Log:
    """Without a callback and the same word from the other channel."""
    lost = log[place]
    name = lost.event.lower().removeprefix("playback")

    def is_twin(other: Callback) -> bool:
        same = other.event.lower().removeprefix("playback") == name
        return same and other.element == lost.element and abs(other.at - lost.at) <= TWINS

    return [callback for callback in log if not is_twin(callback)]


def cut(log: Log, number: int) -> int:
    """Where the head of a log ends."""
    return max(len(log) * number // CUTS, 1)


# -- what must hold --------------------------------------------------------------------------------


SPOILS: dict[str, Spoil] = {
    "dropped": lambda log, place: apply(Drop(nth=place + 1), log),
    "dropped with its twins": without_twins,
    "doubled": lambda log, place: apply(Duplicate(nth=place + 1), log),
    "one second late": lambda log, place: apply(Delay(1.0, nth=place + 1, redated=True), log),
}


@pytest.mark.parametrize("kind", SPOILS)
def test_a_lost_doubled_or_late_callback_moves_no_figure_by_two_seconds(kind: str) -> None:
    """S61, S62, S83; but for one in twenty, where the word was the only one of its thing.

    Lost words that nothing else tells: `pagehide` (the session then ends by its timeout), `play`
    long before the first frame (the wait before it is not known to be wanted).
    """
    pick, exceptions = random.Random(kind), list[str]()
    for _ in range(LOSSES):
        name = pick.choice(LOGS)
        log = recorded(name)
        place = pick.choice([n for n, call in enumerate(log) if not says_nothing(call)])
        told = tell(name, SPOILS[kind](log, place))
        wrong = differences(whole(name).seconds, told.seconds, 2.0)
        if wrong:
            exceptions.append(f"{name} {place} {log[place].player} {log[place].event}: {wrong}")

    assert len(exceptions) <= LOSSES * 0.05, "\n".join(exceptions)


def test_a_log_without_its_head_gives_the_seconds_from_there_on() -> None:
    """S83: within 1.2 s, and the length wherever a callback of the content still carries it.

    What remains is an ad in the content's own element or stream that the session joins, where no
    word before its end says that it is one: an interstitial of hls.js between two of hls.js' own
    callbacks, a period of ads whose marks were told before. It is taken for content until its end.
    """
    pick, exceptions = random.Random("head"), list[str]()
    for _ in range(4 * LOSSES):
        name = pick.choice(LOGS)
        log = recorded(name)
        start = cut(log, pick.randrange(CUTS))
        told, all_of_it = tell(name, log[start:]), whole(name)
        before = all_of_it.marks[start]
        rest = Counter({key: all_of_it.seconds[key] - before[key] for key in all_of_it.seconds})
        wrong = [
            f"{bucket} {rest[bucket]:.1f} -> {told.seconds[bucket]:.1f}"
            for bucket in ("content_played", "ad_played")
            if abs(rest[bucket] - told.seconds[bucket]) > 1.2
        ]
        length = all_of_it.length
        carried = length is not None and any(
            call.element is None and abs((call.number("duration") or 0.0) - length) < 1
            for call in log[start:]
        )
        if carried and told.events and told.length is None:
            wrong.append(f"total_length {length} -> None")
        if wrong:
            exceptions.append(f"{name} {start} {log[start].player} {log[start].event}: {wrong}")

    assert len(exceptions) <= 4 * LOSSES * 0.03, "\n".join(exceptions)


BLIND_AT_FIVE = {
    "06b-quality-manual-shaka": "sought after 4 s, before two polls told how often they come",
    "16b-loop-html5": "a clip of 9 s loops before two polls told how often they come",
    "16b-loop-html5_firefox": "a clip of 9 s loops before two polls told how often they come",
}
"""S63: one second of playing is assumed until two intervals are known."""


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("every", [2.0, 5.0])
def test_seldom_polls_give_the_same_ads_and_completions(name: str, every: float) -> None:
    """S63, S64: and seconds within one interval."""
    told, wanted = tell(name, apply(Thin(every), recorded(name))), whole(name)

    if every == 5.0 and name in BLIND_AT_FIVE:
        return
    for count in ("ads_started", "ads_completed", "ads_skipped", "ads_failed"):
        assert told.counts[count] == wanted.counts[count], count
    for completed in ("Video Content Completed", "Video Playback Completed"):
        assert told.counts[completed] == wanted.counts[completed], completed
    assert differences(wanted.seconds, told.seconds, every) == []
