"""S68: order, repetition and delay within the window change nothing, byte for byte."""

import functools
import itertools
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.streams import (
    RECORDINGS,
    WINDOW,
    Arrival,
    adapter_of,
    drive,
    encoded,
    intake_of,
    numbered,
    recorded,
    straight,
)
from video_tracker.ingest import Beacon, ClockSkew, Said
from video_tracker.ingest.feed import Pair
from video_tracker.plan import SessionPlan
from video_tracker.session import Playback, Session
from video_tracker.signals import Pause, Play, Playing, Progress, Signal
from video_tracker.testing.simulator import START, Simulation
from video_tracker.testing.strategies import spoilt_viewings, viewings

Chance = Callable[[], float]
NO_SKEW = (0.0, 0.0)


def delivered(beacons: Sequence[Beacon], chance: Chance, offset: float = 0.0) -> list[Arrival]:
    """Each beacon comes once within the window, some come again any time later; in any batches.

    Args:
        beacons: What the client says, in order, by its clock.
        chance: Gives numbers from 0 to below 1.
        offset: What the server's clock shows beyond the client's.
    """
    coming = [(beacon.at + offset + chance() * (WINDOW - 1.2), beacon) for beacon in beacons]
    coming += [
        (beacon.at + offset + WINDOW * chance() * 4, beacon) for beacon in beacons if chance() < 0.3
    ]
    coming.sort(key=lambda pair: pair[0])
    return batched(coming, chance, offset)


def batched(coming: Sequence[tuple[float, Beacon]], chance: Chance, offset: float) -> list[Arrival]:
    """Beacons that come within about a second of each other travel in one body, in any order."""
    arrivals: list[Arrival] = []
    for _, group in itertools.groupby(coming, key=lambda pair: int(pair[0] / (0.1 + chance()))):
        together = list(group)
        at = min(at for at, _ in together)
        bodies = [beacon for _, beacon in together]
        bodies.sort(key=lambda _: chance())
        newest = max(beacon.at for beacon in bodies)
        # What has not happened yet cannot have been sent.
        arrivals.append(Arrival(max(at, newest + offset), tuple(bodies), None))
    arrivals.sort(key=lambda arrival: arrival.at)
    return arrivals


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_delivered_anyhow_gives_the_same_bytes(name: str) -> None:
    """S68: shuffled, repeated, delayed and batched within the window; with and without a timer."""
    said = recorded(name)
    expected = straight(said)

    for seed in range(4):
        intake, _ = intake_of(said, skew=ClockSkew(opened=NO_SKEW))
        arrivals = delivered(numbered(said), random.Random(f"{name}{seed}").random)

        assert drive(intake, arrivals, timer=seed % 2 == 0) == expected
        assert (intake.count.late, intake.count.missing, intake.count.pending) == (0, 0, 0)
        assert intake.count.released == len(said)


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_in_order_is_what_its_adapter_makes_of_it(name: str) -> None:
    """The intake adds nothing: adapter and playback, with the time in between, say the same."""
    said = recorded(name)
    kind = adapter_of(said)
    assert kind is not None
    adapter = kind()
    plan = SessionPlan(user_id="u1", settings=intake_of(said)[1].session.settings)
    playback = Playback(Session("s1", plan))
    made: list[Pair] = []

    def pass_time(until: float) -> None:
        while True:
            held, wish = adapter.wake_at(), playback.wake_at()
            due = min((when for when in (held, wish) if when is not None), default=None)
            if due is None or due >= until:  # at one time the callback goes first (S88)
                return
            if due == wish:
                made.extend(playback.tick(due))
            else:
                for signal in adapter.flush(due):
                    made.extend(playback.receive(signal))

    for callback in said:
        pass_time(callback.at)
        for signal in adapter.translate(callback):
            made.extend(playback.receive(signal))
    for signal in adapter.flush(said[-1].at):
        made.extend(playback.receive(signal))
    made += playback.finish()

    assert straight(said) == encoded(made)


@pytest.mark.parametrize("offset", [3 * 86_400.0 + 0.123, -5_000.5, 240.0, 20.0, -40.0])
@pytest.mark.parametrize("opened", [True, False])
def test_a_clock_that_is_wrong_is_corrected_alike_however_it_is_delivered(
    offset: float, opened: bool
) -> None:
    """S68: fixed at the opening, or estimated in whole steps: the same bytes for all deliveries."""
    said = recorded("08b-ad-pause-mute-contribads")
    results = []
    for seed in range(5):
        skew = ClockSkew(opened=(offset, 0.0) if opened else None)
        intake, _ = intake_of(said, skew=skew)
        chance = random.Random(seed).random
        results.append(drive(intake, delivered(numbered(said), chance, offset)))
        assert abs(intake.count.correction - offset) <= skew.tolerance
        assert intake.count.clock_jumps == 0

    assert results[0]
    assert [result == results[0] for result in results] == [True] * 5


def few() -> tuple[Said, ...]:
    return (
        Play(START, 0.0),
        Playing(START + 1.0, 0.0),
        Progress(START + 2.0, 1.0, 60.0),
        Pause(START + 3.0, 2.0),
        Play(START + 5.0, 2.0),
    )


def test_all_orders_of_five_beacons_give_the_same_bytes() -> None:
    """S68, exhaustively: every order, and every order with each one of them repeated."""
    beacons = numbered(few())
    expected = straight(few())
    sent = [*beacons, beacons[2]]

    for order in itertools.permutations(sent):
        intake, _ = intake_of(few(), skew=ClockSkew(opened=NO_SKEW))
        arrivals = [Arrival(START + 6.0 + place / 10, (each,)) for place, each in enumerate(order)]

        assert drive(intake, arrivals) == expected
        assert intake.count.duplicates == 1


def test_all_orders_of_five_beacons_without_numbers_give_the_same_bytes() -> None:
    """S68: where there are no numbers the time orders them, once the window has passed."""
    beacons = [Beacon("s1", None, each.at, each) for each in few()]
    expected = straight(few())

    for order in itertools.permutations([*beacons, beacons[1]]):
        intake, _ = intake_of(few(), skew=ClockSkew(opened=NO_SKEW))
        arrivals = [Arrival(START + 6.0 + place / 10, (each,)) for place, each in enumerate(order)]

        assert drive(intake, arrivals) == expected
        assert intake.count.duplicates == 1


@pytest.mark.parametrize("cuts", [*itertools.product([False, True], repeat=4)])
def test_all_batches_of_five_beacons_give_the_same_bytes(cuts: tuple[bool, ...]) -> None:
    """S68: how beacons are packed into bodies says nothing."""
    beacons = numbered(few())
    bodies: list[list[Beacon]] = [[beacons[0]]]
    for beacon, cut in zip(beacons[1:], cuts, strict=True):
        if cut:
            bodies.append([])
        bodies[-1].append(beacon)
    intake, _ = intake_of(few(), skew=ClockSkew(opened=NO_SKEW))

    arrivals = [Arrival(body[-1].at + 0.5, tuple(reversed(body))) for body in bodies]
    assert drive(intake, arrivals) == straight(few())


@settings(max_examples=40, deadline=None)
@given(viewings(), st.randoms(use_true_random=False))
def test_any_viewing_delivered_anyhow_gives_the_same_bytes(
    viewing: Simulation, rng: random.Random
) -> None:
    """S68: hypothesis chooses what the viewer does and what the network does."""
    intake, _ = intake_of(viewing.signals, viewing.plan, skew=ClockSkew(opened=NO_SKEW))

    made = drive(intake, delivered(numbered(viewing.signals), rng.random))

    assert made == straight(viewing.signals, viewing.plan)


@settings(max_examples=40, deadline=None)
@given(spoilt_viewings(), st.randoms(use_true_random=False))
def test_a_broken_stream_delivered_anyhow_stays_as_broken_as_it_was(
    spoilt: tuple[SessionPlan, list[Signal]], rng: random.Random
) -> None:
    """S60, S68: also a player that says nonsense says the same nonsense in any order."""
    plan, log = spoilt
    if any(later.at < earlier.at for earlier, later in itertools.pairwise(log)):
        log = sorted(log, key=lambda signal: signal.at)
    intake, _ = intake_of(log, plan, skew=ClockSkew(opened=NO_SKEW))

    made = drive(intake, delivered(numbered(log), rng.random))

    assert made == straight(log, plan)


@functools.cache
def _unnumbered(name: str) -> list[Beacon]:
    return [Beacon("s1", None, each.at, each) for each in recorded(name)]


@pytest.mark.parametrize("name", RECORDINGS[::8])
def test_a_recording_without_numbers_has_one_result_too(name: str) -> None:
    """S68: with times alone, all deliveries within the window give the same bytes."""
    said = recorded(name)
    results = []
    for seed in range(4):
        intake, _ = intake_of(said, skew=ClockSkew(opened=NO_SKEW))
        rng = random.Random(seed)
        beacons = list(enumerate(_unnumbered(name)))
        coming = sorted(
            (beacon.at + rng.random() * (WINDOW - 0.1), place, beacon) for place, beacon in beacons
        )
        results.append(drive(intake, [Arrival(at, (each,)) for at, _, each in coming]))

    assert [result == results[0] for result in results] == [True] * 4
