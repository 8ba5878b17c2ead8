"""What must hold for any viewing in any dialect: the truth, and changes that change nothing.

Nothing here is compared with what the library said before: the truth is counted by the simulator,
and the rest is one run against another of what is the same viewing.
"""

import functools
import itertools
import json
import os
import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs
import pytest

from video_tracker import (
    Content,
    Event,
    Playback,
    Session,
    SessionPlan,
    adapter_snapshot,
    find_adapter,
    restore,
    restore_adapter,
    signals,
    snapshot,
)
from video_tracker.ingest import Beacon, Intake, PlayerFeed, ReorderWindow
from video_tracker.players.base import Callback
from video_tracker.session import Summary
from video_tracker.signals import Signal
from video_tracker.testing import check_streams
from video_tracker.testing.simulator import (
    DIALECTS,
    START,
    Run,
    Simulation,
    random_scenario,
    simulate,
)
from video_tracker.testing.simulator.speech import Said

SEEDS: Final = int(os.environ.get("SIMULATOR_SEEDS", "12"))
"""How many scenarios of each kind are played in each dialect."""
SEEN: Final = ("content_played", "ad_played", "paused", "seeking", "buffering", "suspended")
COUNTS: Final = (
    *("pauses", "seeks", "rebuffers", "breaks"),
    *("ads_started", "ads_completed", "ads_skipped", "ads_failed"),
)
LATE: Final = 0.3
"""Seconds by which a player may tell of something after it happened."""
ASLEEP: Final = 40.0
"""Seconds of silence; longer than any pause or stall of these scenarios."""

each_player = pytest.mark.parametrize("player", DIALECTS)


@functools.cache
def simulation(seed: int, player: str) -> Simulation:
    return simulate(random_scenario(seed), player, jitter=0.2, seed=seed)


@functools.cache
def outcome(seed: int, player: str) -> Run:
    return simulation(seed, player).run()


def interval(player: str) -> float:
    """The longest time between two words of the clock."""
    return DIALECTS[player].every * 1.2


def names(events: Sequence[Event]) -> tuple[str, ...]:
    """All but heartbeats and quartiles."""
    kept = [event.name for event in events if not event.name.endswith(" Playing")]
    return tuple(name.removeprefix("Video ") for name in kept)


def told(run: Run) -> list[dict[str, Any]]:
    return [attrs.asdict(event) for event in run.events]


def figures(summary: Summary) -> dict[str, Any]:
    """The summary without the diagnostics, which count the inputs themselves."""
    known = summary.to_dict()
    del known["diagnostics"]
    return known


# -- the truth -------------------------------------------------------------------------------------


def missed(one: Simulation, run: Run, player: str) -> Iterator[str]:
    """What was not told as it was."""
    truth = one.truth
    summary = run.summary.to_dict()
    within = interval(player) + LATE
    # Of another try after an error nobody says that it waits: that much may be told as something
    # else, in signals and in elements (S26: the wish to play undoes the interruption).
    retries = truth.names.count("Playback Interrupted") * one.scenario.startup
    if names(run.events) != truth.names:
        yield f"{names(run.events)}, not {truth.names}"
    for key in (*SEEN, "content_media_seconds", "unique_seconds"):
        wanted = truth.figures[key]
        assert isinstance(wanted, float)
        if abs(summary[key] - wanted) > within + retries:
            yield f"{key} {summary[key]:.2f}, not {wanted:.2f}"
    for key in (*COUNTS, "ended"):
        if summary[key] != truth.figures[key]:
            yield f"{key} {summary[key]}, not {truth.figures[key]}"
    for asset, parts in truth.watched.items():
        found = joined(summary["watched"][asset])
        near = zip((p for part in parts for p in part), (p for f in found for p in f), strict=False)
        if len(found) != len(parts) or any(abs(a - b) > 2 * within for a, b in near):
            yield f"watched {found}, not {parts}"


def joined(ranges: Sequence[Sequence[float]]) -> list[list[float]]:
    """Ranges with nothing but dust between them as one."""
    out: list[list[float]] = []
    for start, end in ranges:
        if out and start - out[-1][1] < 1e-3:
            out[-1][1] = end
        else:
            out.append([start, end])
    return out


@each_player
@pytest.mark.parametrize("seed", range(SEEDS * 2))
def test_what_is_told_is_what_happened(seed: int, player: str) -> None:
    """S20 to S33, S67, and the figures within one interval of the clock."""
    one, run = simulation(seed, player), outcome(seed, player)

    assert list(missed(one, run, player)) == [], str(one.scenario)
    assert check_streams(run.events) == []


@each_player
@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_event_bears_the_position_and_the_time_that_were_true(seed: int, player: str) -> None:
    """S1, S2, S3. The place and the time of a word of the clock may be the one before it."""
    one = simulation(seed, player)
    rate = max(2.0 if "rate(" in str(one.scenario) else 1.0, 1.0)
    # Of each ad that is cut off its last word may lie an interval back.
    cut = sum(ad.fate != "completed" for ad in one.truth.ads)
    within = (interval(player) + LATE) * (rate + cut)
    for event, true in zip(
        [e for e in outcome(seed, player).events if not e.name.endswith(" Playing")],
        one.truth.events,
        strict=True,
    ):
        position = getattr(event, "position", None)
        assert position is not None
        assert true.position - within - 1 < position < true.position + within, (event, true)
        # Before a pre-roll a page starts its ads, and nobody says that play was pressed.
        if true.name != "Playback Started":
            assert abs(event.at - START - true.at) < interval(player) + LATE, (event, true)


# -- changes that change nothing -------------------------------------------------------------------


@each_player
@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_what_is_said_twice_counts_once(seed: int, player: str) -> None:
    """S60, S68: every callback comes a second time, at once."""
    one = simulation(seed, player)
    twice = one.told([item for item in one.items for _ in range(2)])

    once, again = outcome(seed, player), twice.run()
    assert [event.name for event in again.events] == [event.name for event in once.events]
    # A beat may come with the word before: `test_a_repeated_word_brings_no_beat_forward`.
    pairs = zip(told(once), told(again), once.events, strict=True)
    moved = [(a, b) for a, b, event in pairs if a != b and "Playing" not in event.name]
    assert moved == []
    beats = zip(once.events, again.events, strict=True)
    assert [a for a, b in beats if abs(a.at - b.at) > interval(player)] == []
    assert figures(again.summary) == figures(once.summary)


def test_a_repeated_word_brings_no_beat_forward() -> None:
    """S42, S46: a word 0.3 ms before a beat makes it on the long way, not on the short one."""

    def beats(times: int) -> list[float]:
        session = Session("s", SessionPlan(user_id="u", contents=(Content(duration=60.0),)))
        start = 1_795_432_210.0
        log: list[Signal] = [
            signals.Play(start),
            signals.Playing(start, 0.0),
            signals.Progress(start + 3.1, 3.1),
            signals.Pause(start + 3.1, 3.1),
            signals.Play(start + 6.6, 3.1),
            signals.Playing(start + 6.601, 3.1),
            *(signals.Progress(start + 6.6 + x, 3.099 + x) for x in range(1, 10)),
            *[signals.Progress(start + 16.5997, 13.0987)] * times,
            signals.Progress(start + 16.8, 13.299),
        ]
        told = [event for signal in log for event in session.receive(signal)]
        return [round(e.at - start, 4) for e in told if e.name.endswith("Content Playing")]

    assert beats(1) == beats(2)


def through_ingest(one: Simulation, arrivals: Sequence[tuple[float, int]]) -> list[dict[str, Any]]:
    """The events when each item (by its place) arrives so many seconds late."""
    adapter = None if one.player == "signals" else find_adapter(one.player)()
    feed = PlayerFeed(Playback(Session("simulated", one.plan)), adapter)
    intake = Intake(feed, window=ReorderWindow(limit_seconds=5.0))
    events: list[tuple[Any, Event]] = []
    for at, place in arrivals:
        item = one.items[place]
        beacon = Beacon("simulated", place, item.at, item)
        events += intake.push([beacon], at, sent_at=at)
    events += intake.finish()
    return [attrs.asdict(event) for _, event in events]


@each_player
@pytest.mark.parametrize("seed", range(SEEDS // 3))
def test_what_comes_in_another_order_within_the_window_changes_nothing(
    seed: int, player: str
) -> None:
    """S68: beacons that a network shuffled."""
    one, chance = simulation(seed, player), random.Random(seed)
    plain = [(item.at, place) for place, item in enumerate(one.items)]
    shuffled = sorted((at + chance.uniform(0, 4.0), place) for at, place in plain)
    assert [place for _, place in shuffled] != sorted(place for _, place in shuffled)

    assert through_ingest(one, shuffled) == through_ingest(one, plain)


@each_player
@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_a_log_that_is_cut_off_loses_only_what_lies_behind(seed: int, player: str) -> None:
    """S31, S63, S88: what was not decided yet is at most a few seconds old."""
    one, chance = simulation(seed, player), random.Random(seed)
    cut = chance.randrange(len(one.items) // 3, len(one.items))
    sure = one.items[cut - 1].at - 2.5 - interval(player)
    whole = [event for event in told(outcome(seed, player)) if event["at"] <= sure]
    part = [event for event in told(one.told(one.items[:cut]).run()) if event["at"] <= sure]

    assert part == whole


class Worker:
    """One that goes on where another stopped, by what that one wrote down."""

    def __init__(self, one: Simulation, written: str | None = None) -> None:
        if written is None:
            self.session = Session("simulated", one.plan)
            self.adapter = None if one.player == "signals" else find_adapter(one.player)()
        else:
            value = json.loads(written)
            self.session = restore(value["session"])
            self.adapter = None if value["adapter"] is None else restore_adapter(value["adapter"])
        self.playback = Playback(self.session)

    def take(self, items: Sequence[Said], *, last: bool = False) -> list[Event]:
        out: list[Event] = []
        for item in items:
            out += [e for s in self.signals(item) for _, e in self.playback.receive(s)]
        if last and self.adapter is not None:
            out += [
                e for s in self.adapter.flush(items[-1].at) for _, e in self.playback.receive(s)
            ]
        return out + ([e for _, e in self.playback.finish()] if last else [])

    def signals(self, item: Said) -> Sequence[Signal]:
        if isinstance(item, Callback):
            assert self.adapter is not None
            return self.adapter.translate(item)
        return (item,)

    def written(self) -> str:
        adapter = None if self.adapter is None else adapter_snapshot(self.adapter)
        return json.dumps({"session": snapshot(self.playback.session), "adapter": adapter})


@each_player
@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_two_workers_are_one(seed: int, player: str) -> None:
    """The second goes on from what the first wrote down, wherever that was."""
    one, chance = simulation(seed, player), random.Random(seed)
    cut = chance.randrange(1, len(one.items) - 1)
    alone, first = Worker(one), Worker(one)
    expected = alone.take(one.items, last=True)

    events = first.take(one.items[:cut])
    second = Worker(one, first.written())
    events += second.take(one.items[cut:], last=True)

    assert events == expected
    assert second.playback.session.summary() == alone.playback.session.summary()


# -- losses ----------------------------------------------------------------------------------------

CLOCKS: Final = ("Progress", "AdProgress", "timeupdate", "adProgress", "onProgressUpdate")


def word(item: Said) -> str:
    return item.event if isinstance(item, Callback) else type(item).__name__


def is_clock(item: Said) -> bool:
    return word(item) in CLOCKS


@each_player
@pytest.mark.parametrize("seed", range(SEEDS))
def test_one_lost_word_of_the_clock_costs_two_seconds_at_most(seed: int, player: str) -> None:
    """S83."""
    one, chance = simulation(seed, player), random.Random(seed)
    lost = chance.choice([place for place, item in enumerate(one.items) if is_clock(item)])
    less = one.told([item for place, item in enumerate(one.items) if place != lost])

    whole, rest = outcome(seed, player), less.run()
    before, after = whole.summary.to_dict(), rest.summary.to_dict()
    assert names(rest.events) == names(whole.events)
    assert [key for key in SEEN if abs(before[key] - after[key]) > 2.0] == []


@each_player
@pytest.mark.parametrize("seed", range(SEEDS // 4))
def test_any_one_lost_word_costs_two_seconds_at_most(seed: int, player: str) -> None:
    """S83: a word of each name is lost once; the clock is heard after it, before any sleep."""
    one, chance = simulation(seed, player), random.Random(seed)
    places: dict[str, list[int]] = {}
    last = max(place for place, item in enumerate(one.items) if is_clock(item))
    for place, (item, following) in enumerate(itertools.pairwise(one.items[: last + 1])):
        if following.at - item.at < ASLEEP:
            places.setdefault(word(item), []).append(place)
    whole = outcome(seed, player).summary.to_dict()
    for name, found in places.items():
        lost = chance.choice(found)
        less = one.told([item for place, item in enumerate(one.items) if place != lost])
        rest, within = less.run().summary.to_dict(), 2.0 + interval(player)
        wrong = [k for k in ("content_played", "ad_played") if abs(rest[k] - whole[k]) > within]
        assert wrong == [], (name, lost, one.scenario)


# -- two kinds of ads ------------------------------------------------------------------------------


@each_player
@pytest.mark.parametrize("seed", range(SEEDS))
def test_stitched_and_client_ads_give_the_same_events(seed: int, player: str) -> None:
    """S9: one viewing, of which the player tells with and without its ads."""
    scenario = random_scenario(seed, without=("in_ad", "rate", "ads", "sleep", "error"), gaps=0.0)
    client = simulate(scenario, player, poll=0.5)
    stitched = simulate(attrs.evolve(scenario, ads="stitched"), player, poll=0.5)
    if client.truth.names != stitched.truth.names:  # ads in a stream play again after a seek back
        assert "seek(" in str(scenario)
        return
    one, other = client.run(), stitched.run()

    def of(run: Run) -> list[tuple[Any, ...]]:
        return [
            (e.name, getattr(e, "asset_id", None), getattr(e, "pod_id", None))
            for e in run.events
            if not e.name.endswith(" Playing")
        ]

    assert of(other) == of(one)
    # Of its start each tells in its own way; to go over to an ad a player may need a moment.
    later = [a.at - b.at for a, b in zip(client.truth.events, stitched.truth.events, strict=True)]
    times = [[e.at for e in run.events if not e.name.endswith(" Playing")] for run in (one, other)]
    moved = [abs(a - b - more) for a, b, more in zip(*times, later, strict=True)]
    within = interval(player) + LATE
    assert max(moved[1:]) < within
    near, wanted = figures(other.summary), figures(one.summary)
    assert [key for key in SEEN if abs(near[key] - wanted[key]) > within] == []
