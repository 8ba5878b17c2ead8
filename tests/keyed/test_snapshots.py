"""A snapshot is small, is refused where it is damaged, and keeps what it must (S68, S83, S88)."""

import functools
import math
import random
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import pytest

from tests.ingest.streams import numbered
from tests.recordings.replaying import LOGS, adapter_of, recorded
from tests.tracker.test_recordings_through_trackers import plan_of, straight
from video_tracker.errors import SnapshotError, UnknownPlayerError
from video_tracker.ingest import Beacon
from video_tracker.keyed import (
    MOST_BYTES,
    Arrival,
    Opening,
    Told,
    advance,
    encoded,
    expire,
    pack,
    unpack,
)
from video_tracker.keyed.packing import packed, unpacked
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.players.base import Callback
from video_tracker.signals import (
    AdBreakStart,
    AdProgress,
    AdStart,
    BufferStart,
    Exit,
    Load,
    Pause,
    Play,
    Playing,
    Progress,
    SeekStart,
    Signal,
)
from video_tracker.testing.clock import ManualClock
from video_tracker.tracker import Tracker
from video_tracker.transports import MemoryTransport
from video_tracker.wire import Encoder

T0 = 1_795_432_200.0
KEY = "0c6f3a5e-6d0e-4a6b-9f4e-1b2c3d4e5f60"
PLAN = SessionPlan(
    contents=[
        Content(
            asset_id="film-8821",
            title="The Long Way Home",
            genre="Drama",
            publisher="Northern Lights",
            duration=3600.0,
        )
    ],
    ad_breaks=[
        AdBreak(at=at, ads=[Ad(duration=15.0), Ad(duration=15.0)]) for at in (600.0, 1800.0)
    ],
)
OPENING = Opening(plan=PLAN, user_id="user-4412871")


def played(seconds: int, every: float = 0.25) -> list[Signal]:
    steps = int(seconds / every)
    return [
        Play(T0),
        Playing(T0 + 0.5, 0.0),
        *(Progress(T0 + 0.5 + n * every, n * every, 3600.0) for n in range(1, steps)),
    ]


def after(told: Sequence[Told], opening: Opening = OPENING) -> bytes:
    snapshot = advance(None, KEY, told, opening).snapshot
    assert snapshot is not None
    return snapshot


def in_html5(opening: Opening | None = None) -> bytes:
    """In mid-play of a page's player."""
    told: list[Told] = []
    for signal in played(50):
        place = getattr(signal, "position", None) or 0.0
        event = {Play: "play", Playing: "playing"}.get(type(signal), "timeupdate")
        state = {"currentTime": place, "duration": 3600.0, "paused": False, "readyState": 4}
        told.append(Callback(signal.at, "html5", event, state))
    beacons = numbered(told)  # type: ignore[arg-type]
    own = [Beacon(KEY, each.sequence, each.at, each.said) for each in beacons]
    return after([Arrival(own[-1].at, own)], opening or HTML5)


HTML5 = Opening(player="html5", plan=PLAN, user_id="user-4412871")

WAYS: dict[str, list[Signal]] = {
    "not begun": [],
    "content": played(50),
    "paused": [*played(50), Pause(T0 + 51, 50.0)],
    "seeking": [*played(50), SeekStart(T0 + 51, 50.0, 90.0)],
    "buffering": [*played(50), BufferStart(T0 + 51, 50.0)],
    "in an ad": [
        *played(50),
        AdBreakStart(T0 + 51, pod_id="mid", offset=50.0),
        AdStart(T0 + 51.1, Ad(asset_id="ad-1", duration=15.0)),
        AdProgress(T0 + 52.1, 1.0),
    ],
    "left": [*played(50), Exit(T0 + 51, 50.0)],
    "replayed": [*played(50), Exit(T0 + 51, 50.0), Play(T0 + 60), Playing(T0 + 60.5, 0.0)],
    "asked for again": [
        *played(50),
        Exit(T0 + 51, 50.0),
        Load(T0 + 60, duration=90.0),
        Play(T0 + 61),
    ],
}


def held_back() -> bytes:
    beacons = [Beacon(KEY, n, each.at, each) for n, each in enumerate(played(20))]
    late = [each for each in beacons if each.sequence not in {17, 18}]
    return after([Arrival(late[-1].at, late)])


@functools.cache
def kinds() -> dict[str, tuple[bytes, Opening]]:
    made = {name: (after(told), OPENING) for name, told in WAYS.items()}
    return made | {"held back": (held_back(), OPENING), "html5": (in_html5(), HTML5)}


# -- size ------------------------------------------------------------------------------------------


def test_a_session_in_mid_play_takes_at_most_600_bytes() -> None:
    assert len(after(played(50))) <= 600


def test_with_its_adapter_it_takes_at_most_900_bytes() -> None:
    assert len(in_html5()) <= 900


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*WAYS, "held back", "html5"])
def test_each_bit_that_is_turned_is_found(name: str) -> None:
    snapshot, opening = kinds()[name]
    for place in range(len(snapshot)):
        for bit in range(8):
            turned = bytearray(snapshot)
            turned[place] ^= 1 << bit
            with pytest.raises(SnapshotError):
                unpack(bytes(turned), KEY, opening)


@pytest.mark.parametrize("name", ["content", "html5"])
def test_each_cut_is_found(name: str) -> None:
    snapshot, opening = kinds()[name]
    for size in range(len(snapshot)):
        with pytest.raises(SnapshotError):
            unpack(snapshot[:size], KEY, opening)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "a snapshot is bytes, not NoneType"),
        ("text", "a snapshot is bytes, not str"),
        (b"", "it is cut short"),
        (b"{}" * 20, "it does not begin as one"),
        (b"V" + bytes(MOST_BYTES + 10), "a snapshot of 1,000,011 bytes is more than 1,000,000"),
        (b"V\x63" + bytes(20), "unknown form 99 of a snapshot; known: 1"),
        ({}, "the snapshot is damaged"),
        ({"session_id": KEY, "version": 1}, "unknown snapshot version 1"),
    ],
)
def test_what_is_none_is_refused_with_a_reason(value: Any, says: str) -> None:
    with pytest.raises(SnapshotError, match=says):
        unpack(value, KEY, OPENING)


def test_that_of_another_viewer_is_refused() -> None:
    with pytest.raises(SnapshotError, match=f"is of '{KEY}', not of 's2'"):
        unpack(after(played(5)), "s2", OPENING)


def of_parts(parts: Any) -> bytes:
    body = packed(parts)
    return struct.pack("<BBI", 0x56, 1, zlib.crc32(body)) + body


JUNK: tuple[Any, ...] = (
    *(None, True, -1, 0, 3, 255, 1 << 40, 0.0, -5.5, 1e308, math.inf, math.nan),
    *("", "x", "content", b"", b"\xff" * 8, [], {}, [1, 2], {"a": 1}, [[]], [None] * 6, "$same"),
)


def spoilt(value: Any, chance: random.Random) -> Any:
    """A value with one part of it replaced by another."""
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        return [*value[:place], spoilt(value[place], chance), *value[place + 1 :]]
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(list(value))
        return {**value, name: spoilt(value[name], chance)}
    if isinstance(value, bytes) and len(value) > 1 and chance.random() < 0.5:
        place = chance.randrange(len(value))
        return value[:place] + bytes([chance.randrange(256)]) + value[place + 1 :]
    return chance.choice(JUNK)


@pytest.mark.parametrize("name", [*WAYS, "held back", "html5"])
def test_what_somebody_forged_is_refused_or_harmless(name: str) -> None:
    """With a right checksum: nothing but a SnapshotError, and who is taken can be spoken to."""
    snapshot, opening = kinds()[name]
    parts = unpacked(snapshot[6:])
    chance = random.Random(name)
    refused = 0
    for _ in range(1500):
        try:
            viewer = unpack(of_parts(spoilt(parts, chance)), KEY, opening)
        except SnapshotError:
            refused += 1
            continue
        viewer.take([Progress(T0 + 60, 58.0), Pause(T0 + 61, 59.0), Exit(T0 + 99, 59.0)])
        viewer.deadline()
        viewer.live_labels()
        pack(viewer)
    assert refused > 300


# -- what is kept ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*WAYS, "held back", "html5"])
def test_what_is_written_again_is_the_same(name: str) -> None:
    snapshot, opening = kinds()[name]
    assert pack(unpack(snapshot, KEY, opening)) == snapshot


def test_a_beacon_that_is_repeated_changes_nothing() -> None:
    beacons = [Beacon(KEY, n, each.at, each) for n, each in enumerate(played(20))]
    once = advance(None, KEY, [Arrival(beacons[-1].at, beacons)], OPENING)
    again = advance(once.snapshot, KEY, [Arrival(beacons[-1].at + 1.0, beacons[5:])], OPENING)

    assert again.events == ()
    viewer = unpack(again.snapshot or b"", KEY, OPENING)
    assert viewer.intake is not None
    assert viewer.intake.count.duplicates == len(beacons) - 5


def test_half_a_pair_of_characters_and_huge_numbers_are_no_trouble() -> None:
    opening = Opening(user_id="\ud800 who", plan=SessionPlan(properties={"n": 10**40}))
    key = "a key \udfff"
    step = advance(None, key, [Play(T0), Playing(T0 + 0.5, 0.0)], opening)
    assert step.snapshot is not None
    again = advance(step.snapshot, key, [Progress(T0 + 1.5, 1.0), Exit(T0 + 2, 1.5)], opening)

    assert [event.name for _, event in (*step.events, *again.events)] == [
        "Video Playback Started",
        "Video Content Started",
        "Video Playback Exited",
    ]
    assert {event.session_id for _, event in again.events} == {key}


def test_a_huge_number_in_what_is_held_back_is_no_trouble() -> None:
    """S60: a page may send any digits; beyond what a float holds they are infinite."""
    state = {"currentTime": 10**400, "volume": -(10**400), "readyState": 10**20}
    beacon = Beacon(KEY, 5, T0, Callback(T0, "html5", "timeupdate", state))
    viewer = unpack(after([Arrival(T0, [beacon])], HTML5), KEY, HTML5)
    assert viewer.intake is not None
    (said,) = (each.item.said for each in viewer.intake.window.flush())

    assert isinstance(said, Callback)
    assert said.state == {"currentTime": math.inf, "volume": -math.inf, "readyState": 1e20}


def test_an_adapter_of_another_version_joins_anew_and_says_so() -> None:
    """S83."""
    parts = unpacked(in_html5()[6:])
    place = next(n for n, each in enumerate(parts) if isinstance(each, dict) and "player" in each)
    parts[place]["version"] += 1
    viewer = unpack(of_parts(parts), KEY, HTML5)
    state = {"currentTime": 51.0, "duration": 3600.0, "paused": False, "readyState": 4}

    assert viewer.renewed
    assert not unpack(in_html5(), KEY, HTML5).renewed
    viewer.take([Callback(T0 + 51.5, "html5", "timeupdate", state)])
    assert viewer.feed.playback.session.position == 51.0


def test_a_player_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownPlayerError):
        Opening(player="nobody")


@pytest.mark.parametrize("name", sorted(LOGS)[::9])
def test_what_a_tracker_released_goes_on_here(name: str) -> None:
    """Sessions that were kept by ``release`` so far move into a store."""
    callbacks, plan, kind = recorded(name), plan_of(name), type(adapter_of(name))
    half = len(callbacks) // 2
    transport = MemoryTransport()
    tracker = Tracker(transport, mode="sync", clock=ManualClock(callbacks[0].at))
    tracked = tracker.open("s1", plan, player=kind, settings=plan.settings)
    for each in callbacks[:half]:
        where = {"channel": each.player, "element": each.element}
        tracked.callback(each.event, each.state, each.detail, **where, at=each.at)
    viewer = unpack(
        tracker.release("s1"), "s1", Opening(player=kind, plan=plan, settings=plan.settings)
    )
    events = viewer.take(callbacks[half:])
    while not viewer.is_forgotten(due := viewer.deadline()):
        events += viewer.advance(due)
    bodies = [record.body for record in (*transport.records, *encoded(events, Encoder()))]

    assert bodies == list(straight(name))


# -- time ------------------------------------------------------------------------------------------


def test_who_is_silent_is_interrupted_and_then_forgotten() -> None:
    """S26, S24."""
    snapshot = after(played(20))
    names: list[str] = []
    deadlines: list[float] = []
    deadline: float | None = 0.0
    left: bytes | None = snapshot
    while left is not None:
        step = expire(left, KEY, deadline or 0.0, OPENING)
        names += [event.name for _, event in step.events]
        left, deadline = step.snapshot, step.deadline
        deadlines += [] if deadline is None else [deadline]

    assert names[-1] == "Video Playback Interrupted"
    assert deadlines[-1] == played(20)[-1].at + OPENING.wait


def test_who_has_left_is_remembered_for_an_hour() -> None:
    told = WAYS["left"]
    step = advance(None, KEY, told, OPENING)
    assert step.snapshot is not None
    early = expire(step.snapshot, KEY, told[-1].at + 3599.0, OPENING)

    assert step.deadline == told[-1].at + 3600.0
    assert early.snapshot is not None
    assert expire(early.snapshot, KEY, told[-1].at + 3600.0, OPENING).snapshot is None


def test_a_viewing_of_three_days_ago_lets_time_pass_as_it_passed_here() -> None:
    """S88: times of long ago are silence only as long as it was silent here."""
    now = T0 + 3 * 86_400.0
    told = [Arrival(now, played(20))]
    step = advance(None, KEY, told, OPENING)
    assert step.snapshot is not None
    assert step.deadline is not None

    assert step.deadline > now
    assert expire(step.snapshot, KEY, now + 5.0, OPENING).events == ()


def test_the_same_steps_give_the_same_bytes() -> None:
    assert after(WAYS["in an ad"]) == after(WAYS["in an ad"])
