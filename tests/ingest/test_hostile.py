"""Hostile beacons: no exception, no event that breaks the grammar, no growth of memory (S60)."""

import gc
import itertools
import json
import random
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ingest.hostile import PLAYERS, T, check_body, hostile_body, play_body
from tests.ingest.streams import recorded
from video_tracker.ingest import Beacon, Intake, PlayerFeed, decode_beacons
from video_tracker.plan import SessionPlan
from video_tracker.players.base import Callback
from video_tracker.players.registry import find_adapter
from video_tracker.session import Playback, Session

LONG = st.sampled_from(
    ["x" * 2_049, "ü" * 2_048, [0] * 201, {f"k{place}": 0 for place in range(201)}]
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner), LONG),
    max_leaves=20,
)
GOOD = {"seq": 1, "t": T, "player": "html5", "event": "play", "state": {}, "detail": {}}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf")
@example(b"\xef\xbb\xbf\xef\xbb\xbf[]")
@example(b"[]\x00")
@example(b'{"beacons":[{"session_id":"s1"}]}{}')
@example(b"\n[]\n[]\n")
def test_any_bytes_are_beacons_or_rejections(data: bytes) -> None:
    check_body(data)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='[]{}",:\\u0eEd+-.truefalsn \n', max_size=400))
def test_any_text_of_jsons_own_characters_is_too(text: str) -> None:
    check_body(text.encode())


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from(["body", "beacons", "beacon", *GOOD, "session_id", "signal", "at"]))
def test_any_value_in_any_place_is_too(value: object, place: str) -> None:
    if place == "body":
        body = value
    elif place == "beacons":
        body = {"session_id": "s1", "beacons": value}
    elif place == "beacon":
        body = {"session_id": "s1", "beacons": [value, GOOD]}
    else:
        body = {"session_id": "s1", "beacons": [{**GOOD, place: value}]}

    check_body(json.dumps(body).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(PLAYERS))
def test_any_callbacks_of_any_player_make_a_valid_stream_or_none(data: bytes, player: str) -> None:
    """S60, S68: whatever the values are, the grammar holds, and the order says nothing."""
    play_body(hostile_body(data, player), player)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_good_body_with_some_bytes_changed_is_read_or_rejected(data: st.DataObject) -> None:
    said = recorded("08b-ad-pause-mute-contribads")[40:44]
    beacons = [
        {
            "seq": number,
            "t": each.at * 1000,
            "player": each.player,
            "event": each.event,
            "state": dict(each.state),
            "detail": dict(each.detail),
        }
        for number, each in enumerate(said)
    ]
    body = bytearray(json.dumps({"session_id": "s1", "beacons": beacons}).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        body = body[: data.draw(st.integers(0, len(body)))]

    decoded = check_body(bytes(body))

    assert decoded.beacons or decoded.rejected


GOOD_TEXT = json.dumps(GOOD)
VALUES = ['"x"', "[]", "-1", "1e999", "NaN", "Infinity", "true", '{"a": 1}', "9" * 4_400]
WRONG = {
    "seq": VALUES[0:5],
    "t": VALUES[0:8],
    "player": VALUES[1:8],
    "event": VALUES[1:8],
    "state": VALUES[0:7] + VALUES[8:],
    "detail": VALUES[0:7] + VALUES[8:],
    "session_id": VALUES[0:8],
}


def wrong_field(turn: int, rng: random.Random) -> bytes:
    field = rng.choice([*WRONG])
    wrong = json.dumps({**GOOD, field: "@"}).replace('"@"', rng.choice(WRONG[field]))
    return f'{{"session_id": "s1", "n": {turn}, "beacons": [{wrong}]}}'.encode()


def one(**fields: object) -> bytes:
    return json.dumps([{**GOOD, **fields}]).encode()


SPOILERS: list[Callable[[int, random.Random], bytes]] = [
    wrong_field,
    lambda turn, _: one(session_id=f"other-{turn}"),
    lambda _, rng: GOOD_TEXT.encode()[: rng.randrange(len(GOOD_TEXT) - 1)],
    lambda _, rng: b"[" * rng.randrange(9, 30_000),
    lambda _, rng: b'{"beacons": [' + b'{"a":' * rng.randrange(8, 2_000),
    lambda _, rng: GOOD_TEXT.encode() + bytes([rng.randrange(128, 256)]),
    lambda _, rng: b" " * (65_537 + rng.randrange(1_000)),
    lambda turn, _: one(detail={f"{turn}": "x" * 3_000}),
    lambda turn, _: one(state={f"{turn}-{place}": 0 for place in range(201)}),
    lambda turn, _: one(event=f"e{turn}\u0000"),
    lambda turn, _: one(detail={"__proto__": {"x": turn}}),
    lambda turn, _: one(signal=f"s{turn}"),
]


def spoilt(turn: int) -> bytes:
    """A body of which nothing may be taken; hardly two are the same."""
    return SPOILERS[turn % len(SPOILERS)](turn, random.Random(turn))


def test_ten_thousand_hostile_beacons_leave_no_trace() -> None:
    """No event, no exception, no growth of memory; each is a counted rejection."""
    playback = Playback(Session("s1", SessionPlan(user_id="u1")))
    intake = Intake(PlayerFeed(playback, find_adapter("html5")()), session_id="s1")
    turns = itertools.count()
    counted: dict[str, int] = {}

    def attack(count: int) -> None:
        for turn in itertools.islice(turns, count):
            decoded = decode_beacons(spoilt(turn), session_id="s1")
            assert decoded.beacons == ()
            assert sum(decoded.reasons().values()) == 1
            for reason in decoded.reasons():
                counted[reason] = counted.get(reason, 0) + 1
            assert intake.push(decoded, T / 1000) == ()

    attack(1_000)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    attack(10_000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert grown < 20_000
    assert sum(counted.values()) == 11_000
    assert set(counted) == {
        *("bad_id", "bad_key", "bad_name", "bad_number", "bad_sequence", "bad_time", "encoding"),
        *("foreign_session", "malformed", "too_deep", "too_large", "too_long", "too_wide"),
        *("unknown_signal", "wrong_type"),
    }
    assert intake.count.received == 0


@pytest.mark.parametrize("player", PLAYERS)
def test_a_flood_of_made_up_callbacks_does_not_fill_the_memory(player: str) -> None:
    """S60: names, ids and numbers that never come twice are not kept."""
    adapter = find_adapter(player)()
    playback = Playback(Session("s1", SessionPlan(user_id="u1")))
    intake = Intake(PlayerFeed(playback, adapter, keep_sessions=5), session_id="s1")
    events = sorted(find_adapter(player).vocabulary)
    rng = random.Random(player)
    numbers = itertools.count()

    def flood(count: int) -> None:
        for number in itertools.islice(numbers, count):
            channel, event = rng.choice([*events, (player, f"made-up-{number}")])
            values = {"id": f"{number}", "currentTime": rng.random() * 60, "src": f"u{number}"}
            at = T / 1000 + number * 0.02
            said = Callback(at, channel, event, values, values)
            intake.push([Beacon("s1", number, at, said)], at)

    few = len(events) < 25  # made-up names are every twentieth then: until all tables are full
    flood(12_000 if few else 4_000)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    flood(4_000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert grown < 100_000
    assert len(adapter.ignored) <= 600
