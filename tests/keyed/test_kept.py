"""Viewers who are remembered beside their snapshots: what is said is as if nobody were (S88)."""

import threading
from collections.abc import Iterator

import attrs
import pytest

from tests.keyed.test_anywhere import in_lists, opening_for
from tests.recordings.replaying import LOGS, recorded
from video_tracker.keyed import KeptViewers, Opening, Step, Told, advance, encoded, expire, pack
from video_tracker.keyed.snapshot import unpack
from video_tracker.plan import Content, SessionPlan
from video_tracker.signals import Pause, Playing, Progress
from video_tracker.wire import Encoder

FILM = Opening(plan=SessionPlan(contents=[Content(asset_id="film", duration=600.0)]))
BEGINS = (Playing(1_000.0, 0.0), Progress(1_012.0, 12.0))


def bodies(step: Step) -> list[bytes]:
    return [each.body for each in encoded(step.events, Encoder())]


def steps_of(name: str, kept: KeptViewers | None) -> Iterator[Step]:
    opening, snapshot, deadline = opening_for(name), None, None
    for told in in_lists(recorded(name)):
        step = advance(snapshot, "s1", told, opening, kept)
        snapshot, deadline = step.snapshot, step.deadline
        yield step
    while snapshot is not None:
        assert deadline is not None
        step = expire(snapshot, "s1", deadline, opening, kept)
        snapshot, deadline = step.snapshot, step.deadline
        yield step


@pytest.mark.parametrize("name", sorted(LOGS))
def test_each_step_of_a_recording_says_what_it_says_without_a_memory(name: str) -> None:
    remembered, read = list(steps_of(name, KeptViewers())), list(steps_of(name, None))

    assert [bodies(step) for step in remembered] == [bodies(step) for step in read]
    assert [step.deadline for step in remembered] == [step.deadline for step in read]


def begun(kept: KeptViewers, key: str = "v", opening: Opening = FILM) -> bytes:
    step = advance(None, key, BEGINS, opening, kept)
    assert step.snapshot is not None
    return step.snapshot


def test_a_viewer_is_taken_once_and_only_by_the_snapshot_that_was_packed_of_him() -> None:
    kept = KeptViewers()
    first = begun(kept)
    second = advance(first, "v", (Progress(1_014.0, 14.0),), FILM, kept).snapshot
    assert second is not None

    assert kept.take(first, "v", FILM) is None
    assert kept.take(second, "v", FILM) is None, "who asked with another one has let go of him"

    kept.keep(second, unpack(second, "v", FILM))
    assert kept.take(second, "other", FILM) is None
    viewer = kept.take(second, "v", FILM)
    assert viewer is not None
    assert pack(viewer) == second
    assert kept.take(second, "v", FILM) is None


def test_a_step_whose_write_was_lost_is_done_again_from_the_old_snapshot() -> None:
    """Another was first: what he wrote counts, and what was remembered does not."""
    kept = KeptViewers()
    stored = begun(kept)
    pauses: tuple[Told, ...] = (Pause(1_020.0, 20.0),)

    lost = advance(stored, "v", pauses, FILM, kept)
    other = advance(stored, "v", (Progress(1_016.0, 16.0),), FILM)
    again = advance(other.snapshot, "v", pauses, FILM, kept)

    assert bodies(again) == bodies(advance(other.snapshot, "v", pauses, FILM))
    assert bodies(advance(stored, "v", pauses, FILM, kept)) == bodies(lost)


def test_in_a_full_memory_who_was_seen_longest_ago_gives_way_to_one_newcomer_in_eight() -> None:
    kept = KeptViewers(2)
    snapshots = {key: begun(kept, key) for key in "abcdefghij"}

    assert [key for key in snapshots if kept.take(snapshots[key], key, FILM)] == ["b", "j"]


def test_of_more_viewers_who_take_turns_than_are_kept_most_are_found() -> None:
    """If each newcomer drove out the one whose turn is next, nobody would ever be."""
    kept = KeptViewers(100)
    packed = {f"v{n}": begun(KeptViewers(0), f"v{n}") for n in range(110)}
    found = 0
    for _ in range(10):
        for key, snapshot in packed.items():
            viewer = kept.take(snapshot, key, FILM)
            found += viewer is not None
            kept.keep(snapshot, viewer or unpack(snapshot, key, FILM))

    assert found > 9 * 90


def test_a_memory_of_nobody_remembers_nobody() -> None:
    kept = KeptViewers(0)
    assert kept.take(begun(kept), "v", FILM) is None


def test_other_limits_of_the_window_hold_for_who_is_found() -> None:
    kept = KeptViewers()
    snapshot = begun(kept)
    assert kept.take(snapshot, "v", attrs.evolve(FILM, window_items=3)) is None

    kept.keep(snapshot, unpack(snapshot, "v", FILM))
    longer = attrs.evolve(FILM, remember=5.0)
    viewer = kept.take(snapshot, "v", longer)
    assert viewer is not None
    assert viewer.opening is longer


def test_of_many_threads_one_at_a_time_has_a_viewer() -> None:
    """Others come and go meanwhile, so that each of them is let go of now and then."""
    kept = KeptViewers(2)
    snapshots = {key: begun(KeptViewers(0), key) for key in ("a", "b", "c")}
    for key, snapshot in snapshots.items():
        kept.keep(snapshot, unpack(snapshot, key, FILM))
    in_hand: set[int] = set()
    taken, shared = list[str](), list[str]()
    start = threading.Barrier(4)

    def take_and_keep() -> None:
        start.wait()
        for _ in range(1_000):
            for key, snapshot in snapshots.items():
                viewer = kept.take(snapshot, key, FILM)
                if viewer is None:
                    viewer = unpack(snapshot, key, FILM)
                else:
                    taken.append(key)
                    shared.extend([key] if id(viewer) in in_hand else [])
                in_hand.add(id(viewer))
                in_hand.discard(id(viewer))
                kept.keep(snapshot, viewer)

    threads = [threading.Thread(target=take_and_keep) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) > 0
    assert shared == []
