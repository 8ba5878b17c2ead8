"""What is no longer used is freed at once, without the garbage collector, which then may sleep."""

import gc
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.test_adapter_state import viewings
from video_tracker.ingest import Beacon
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Callback
from video_tracker.players.registry import player_names
from video_tracker.session import Diagnostic
from video_tracker.tracker import TrackedIntake, TrackedPlayer, Tracker
from video_tracker.transports import MemoryTransport

NOON = 1_795_432_210.25


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """Nothing is collected while a test runs."""
    gc.collect()
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture
def only_what_is_new(no_collector: None) -> None:  # noqa: ARG001 - it comes first
    """Collections look at nothing that was there before the test, which would take them seconds."""
    gc.freeze()


def unreachable() -> list[Any]:
    """What of the library only the garbage collector would free."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return [each for each in gc.garbage if type(each).__module__.startswith("video_tracker.")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def tracker(**given: Any) -> Tracker:
    return Tracker(MemoryTransport(), mode="manual", plan=SessionPlan(user_id="u1"), **given)


def places(log: Sequence[Callback]) -> tuple[int, ...]:
    """In the middle of it, and at its end."""
    return len(log) // 3, 2 * len(log) // 3, len(log)


def watch(player: TrackedPlayer, log: Sequence[Callback]) -> None:
    for said in log:
        values = (said.event, said.state, said.detail)
        player.callback(*values, channel=said.player, element=said.element, at=said.at)


@pytest.mark.usefixtures("only_what_is_new")
@pytest.mark.parametrize("diagnoses", [False, True])
@pytest.mark.parametrize("name", player_names())
def test_a_player_that_nobody_holds_is_freed_at_once(name: str, diagnoses: bool) -> None:
    """Wherever it stands: in content, in ads, in a doubt, at its end."""
    heard: list[Diagnostic] = []
    more = {"on_diagnostic": heard.append} if diagnoses else {}
    own = tracker(**more)
    for log in viewings(name, 2):
        for place in places(log):
            player = own.open("s1", player=name)
            watch(player, log[:place])
            gone = weakref.ref(player), weakref.ref(player.adapter)
            own.release("s1")
            own.wake_at()
            del player

            assert [each() for each in gone] == [None, None], place
            assert unreachable() == []


@pytest.mark.usefixtures("only_what_is_new")
def test_an_intake_that_nobody_holds_is_freed_at_once() -> None:
    own = tracker()
    for log in viewings("html5", 4):
        for place in places(log):
            intake: TrackedIntake = own.open("s1", player="html5", beacons=True)
            for number, said in enumerate(log[:place]):
                if number % 5:  # some are lost, so that others wait for them
                    intake.push([Beacon("s1", number, said.at, said, 300)], received_at=said.at)
            gone = weakref.ref(intake)
            own.release("s1")
            own.wake_at()
            assert own.find("s1") is None
            del intake

            assert gone() is None
            assert unreachable() == []


@pytest.mark.usefixtures("only_what_is_new")
def test_a_session_with_replays_that_is_over_is_freed_when_its_id_is_forgotten() -> None:
    own = tracker(remember=1)
    session = own.open("s1")
    for turn in range(3):
        session.play(0.0, at=NOON + turn)
        session.playing(0.0, at=NOON + turn)
        session.end(1.0, at=NOON + turn + 0.5)
    assert session.replays == 2
    gone = weakref.ref(session)
    del session
    for other in ("s2", "s3"):
        own.open(other).play(0.0, at=NOON)
        own.find(other).exit(0.0, at=NOON + 1)  # type: ignore[union-attr]
    own.wake_at()

    assert gone() is None
    assert unreachable() == []


def test_what_was_frozen_is_freed_as_well() -> None:
    own = tracker()
    player = own.open("s1", player="html5")
    watch(player, next(viewings("html5", 1)))
    assert own.freeze()
    frozen, gone = gc.get_freeze_count(), weakref.ref(player)
    own.release("s1")
    own.wake_at()
    del player

    assert gone() is None
    assert gc.get_freeze_count() < frozen


def test_it_is_frozen_at_first_and_after_so_many_new_sessions() -> None:
    own = tracker()
    done = []
    for number in range(25):
        own.open(f"s{number}")
        if own.freeze(every=10):
            done.append(number)

    assert done == [0, 10, 20]


@pytest.mark.usefixtures("only_what_is_new")
def test_it_is_frozen_at_first_also_where_something_was_frozen_before() -> None:
    """Python 3.12 begins with frozen objects of its own."""
    assert gc.get_freeze_count()
    own = tracker()

    assert [own.freeze(), own.freeze()] == [True, False]


def test_what_is_garbage_is_not_frozen() -> None:
    """Else it would never be freed."""
    own = tracker()
    ring: list[Any] = []
    holder = own.open("s1")
    ring += [ring, holder]
    gone = weakref.ref(holder)
    own.release("s1")
    own.wake_at()
    del ring, holder
    assert gone() is not None

    own.freeze()

    assert gone() is None


def test_after_an_unfreezing_the_next_call_freezes_anew() -> None:
    own = tracker()
    assert own.freeze()
    assert not own.freeze()
    gc.unfreeze()
    assert own.freeze()


def test_players_of_a_kind_share_their_settings() -> None:
    """A player's defaults under the plan's own settings are one object for all its sessions."""
    own = tracker()
    first, second = own.open("s1", player="html5"), own.open("s2", player="html5")

    assert first.newest.settings is second.newest.settings
    assert first.newest.settings is not own.open("s3", player="media3").newest.settings
