"""Sessions of a day, and of many watched ranges: exact, no dearer for their length (S1, S63)."""

import random
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import pytest

from video_tracker import compact
from video_tracker.plan import Content, SessionPlan
from video_tracker.session import Session, restore, snapshot
from video_tracker.session.data.state import State
from video_tracker.summary import merge_ranges

T0 = 1_790_000_000.0
DAY = 86_400


def playing(start: float = T0, length: float = 200_000.0) -> Session:
    plan = SessionPlan(contents=(Content(asset_id="film", duration=length),))
    session = Session("s", plan, user_id="u")
    session.play(start, 0.0)
    session.playing(start + 0.3, 0.0)
    return session


def seek(session: Session, to: float, watch: float = 1.0) -> None:
    at = session.clock
    session.seek_start(at + 0.5, session.position, to)
    session.seek_end(at + 0.6, to)
    session.playing(at + 0.6, to)
    session.progress(at + 0.6 + watch, to + watch)


# -- a day -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [T0, T0 + 0.1, 0.1, 1e-3])
@pytest.mark.parametrize("step", [1.0, 0.25, 0.1])
def test_a_day_of_callbacks_is_counted_to_the_last_bit(start: float, step: float) -> None:
    session = playing(start)
    began = start + 0.3
    at = began
    for number in range(1, DAY + 1):
        at = began + number * step
        session.progress(at, number * step)

    summary = session.summary()
    assert float(Fraction(at) - Fraction(began)) == float(summary.buckets["content_played"])
    assert summary.elapsed == pytest.approx(at - start, abs=1e-9)
    assert summary.watched == {"film": ((0.0, DAY * step),)}
    assert summary.unique_seconds == DAY * step


def test_a_day_with_seeks_stays_exact() -> None:
    """A position each second, a seek each quarter of an hour: the buckets sum to the time."""
    session, noise = playing(), random.Random(1)
    at, position = session.clock, 0.0
    for second in range(DAY):
        if second % 900 == 899:
            to = float(noise.randrange(100_000))
            session.seek_start(at + 0.25, position + 0.25, to)
            session.seek_end(at + 0.75, to)
            session.playing(at + 0.75, to)
            at, position = at + 0.75, to
        at += 1.0
        position += 1.0
        session.progress(at, position)

    summary = session.summary()
    assert sum(summary.buckets.values()) == Fraction(at) - Fraction(T0)
    assert summary.buckets["seeking"] == Fraction(1, 2) * (DAY // 900)
    assert summary.buckets["content_played"] == DAY + Fraction(1, 4) * (DAY // 900)
    assert summary.counts["seeks"] == DAY // 900


def test_an_ad_of_an_hour_is_counted_to_the_last_bit() -> None:
    session = Session("s", user_id="u")
    session.play(T0)
    session.ad_break_start(T0)
    session.ad_start(T0, "long", 1, 3600.0)
    for number in range(1, 36_000):
        session.ad_progress(T0 + number * 0.1, number * 0.1)
    session.ad_end(T0 + 3600.0, 3600.0)
    assert session.summary().buckets["ad_played"] == 3600


def test_what_the_short_way_has_seen_survives_all_that_reads_or_writes() -> None:
    """Reading the figures, a snapshot or an annotation between two callbacks changes none."""
    plain, asked = playing(), playing()
    for number in range(1, 200):
        at, position = T0 + 0.3 + number * 0.25, number * 0.25
        plain.progress(at, position)
        if number % 3 == 0:
            asked.summary()
        if number % 5 == 0:
            asked = restore(snapshot(asked))
        if number % 7 == 0:
            asked.annotate({"mood": "calm"})
        if number % 11 == 0:
            asked.tick(at - 0.1)
        asked.progress(at, position)
    assert asked.summary() == plain.summary()


# -- many ranges -----------------------------------------------------------------------------------


def calls_of(work: Callable[[], object]) -> int:
    """How many functions some work calls, ours and the interpreter's."""
    count = 0

    def seen(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_a_round_costs_the_same_after_thousands_of_ranges() -> None:
    """Ranges that never touch cannot be united; a round of seeks must not pay for each of them."""
    session, places = playing(), list(range(8_000))
    random.Random(2).shuffle(places)

    def watch(number: int) -> None:
        seek(session, 3.0 + places[number] * 3.0)

    for number in range(100):
        watch(number)
    early = max(calls_of(partial(watch, number)) for number in range(100, 120))
    for number in range(120, 7_900):
        watch(number)
    late = max(calls_of(partial(watch, number)) for number in range(7_900, 7_920))

    assert late <= early * 1.1
    parts = session.summary().watched["film"]
    assert len(parts) == 7_921  # with the half second before the first seek (S63)
    assert session.summary().unique_seconds == pytest.approx(7_920.5)


@pytest.mark.parametrize("seed", range(12))
def test_ranges_are_the_same_however_they_are_kept(seed: int) -> None:
    noise = random.Random(seed)
    state = State("s", user_id="u")
    told: list[tuple[int, float, float]] = []
    wide = noise.choice([30, 300, 3_000])
    for number in range(
        noise.choice([5, 16, 17, compact.MANY_RANGES, compact.MANY_RANGES + 1, 400])
    ):
        asset = 0 if noise.random() < 0.6 else noise.choice([1, 2, 70_000])
        start = float(noise.randrange(wide))
        told.append((asset, start, start + noise.randrange(1, 8)))
        compact.add_watched(state, *told[-1])
        if number % 50 == 17:
            state.ranges = state.ranges  # by way of a snapshot
        assets = {asset for asset, _, _ in told}
        for each in (*assets, 5):
            ends = [end for asset, _, end in told if asset == each]
            assert compact.furthest_watched(state, each) == max(ends, default=0.0)

    for each in (0, 1, 2, 70_000):
        united = merge_ranges((start, end) for asset, start, end in told if asset == each)
        kept = [(start, end) for asset, start, end in compact.watched(state) if asset == each]
        assert merge_ranges(kept) == united
        if len(compact.watched(state)) > compact.MANY_RANGES:
            assert kept == united
