"""The quick way of a sound body gives what the long way gives, and leaves it all else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video_tracker.ingest import Decoded, Limits, decode, decode_beacons, text, typed
from video_tracker.players.base import Callback
from video_tracker.signals import Pause, Progress

SMALL = Limits(
    max_depth=6,
    max_keys=7,
    max_items=3,
    max_string=8,
    max_name=12,
    max_number=1_795_432_210_250,
    max_values=20,
)


def long_way(body: bytes, limits: Limits, owner: str | None) -> Decoded:
    """What is read without the quick way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "reader_of", lambda _: None)
        return decode_beacons(body, limits, session_id=owner)


def written(value: Any, separators: tuple[str, str] = (",", ":"), *, ascii: bool = False) -> bytes:
    return json.dumps(value, separators=separators, ensure_ascii=ascii).encode()


NAMES = st.sampled_from(
    ["play", "a", "", " ", "x" * 12, "x" * 13, "ä", "a\tb", "a\u200bb", "__proto__"]
)
NUMBERS = st.sampled_from([0, 1, -1, 1.5, 1000, 1000.5, -1001, 2**60, 10**30, 1e300, True])
SCALARS = st.none() | NUMBERS | st.sampled_from(["", "text", "x" * 8, "x" * 9, 'a":b', "ä"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)
TIMES = st.sampled_from(
    [0, 1_795_432_210_250, 1_795_432_210_250.5, -1, 1e17, "2026-11-23T10:56:22Z"]
)
BEACONS = st.fixed_dictionaries(
    {"event": NAMES, "t": TIMES},
    optional={
        "seq": st.sampled_from([0, 7, -1, 2**60, 1.0, None]),
        "state": OBJECTS | st.none(),
        "detail": OBJECTS,
        "player": NAMES | st.none(),
        "el": NAMES,
        "session_id": NAMES,
        "wall": TIMES,
        "colour": SCALARS,
        "signal": st.just("tick"),
    },
)
SOUND_BEACONS = st.fixed_dictionaries(
    {"event": st.just("play"), "t": st.just(1_795_432_210_250)},
    optional={"seq": st.integers(0, 9), "state": st.none(), "el": st.none()},
)
SIGNALS = st.fixed_dictionaries(
    {
        "signal": st.sampled_from(["progress", "progress", "pause", "tick", "ad_start", "", 1]),
        "at": st.sampled_from([1_795_432_210, 1_795_432_210.25, 0, -1, 1e17, True, None, "now"]),
    },
    optional={
        "seq": st.sampled_from([0, 7, -1, 2**60, 1.0, None]),
        "position": NUMBERS | st.none(),
        "duration": st.sampled_from([60, 60.5, None, "long"]),
        "t": TIMES,
        "session_id": NAMES,
        "state": OBJECTS,
    },
)
BODIES = st.fixed_dictionaries(
    {"beacons": st.lists(SOUND_BEACONS | SIGNALS | BEACONS, max_size=4)},
    optional={
        "session_id": st.sampled_from(["a", "a", "b", "", None]),
        "player": st.sampled_from(["html5", "html5", "", None]),
        "sent_at": TIMES,
    },
)
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :"), (",\n", "\t:")])


@settings(max_examples=300)
@given(
    BODIES,
    st.sampled_from([None, "a"]),
    st.sampled_from([SMALL, Limits()]),
    SEPARATORS,
    st.booleans(),
)
def test_both_ways_read_the_same(
    body: Any, owner: str | None, limits: Limits, separators: tuple[str, str], ascii: bool
) -> None:
    """S60, S68."""
    raw = written(body, separators, ascii=ascii)

    assert decode_beacons(raw, limits, session_id=owner) == long_way(raw, limits, owner)


WRONG = [
    *(b'"', b",", b"{", b"\\", b"1", b":", b"\xff", b"\\u0065", b"\\ud800"),
    *(b'"t" :1,', b'"a":1,"a" :2,', b'"beacons":[],', b'"__pr\\u006fto__":1,'),
]


@given(BODIES, st.integers(0, 400), st.sampled_from(WRONG))
def test_both_ways_read_damaged_bytes_alike(body: Any, place: int, wrong: bytes) -> None:
    """S60."""
    raw = written(body)
    damaged = raw[:place] + wrong + raw[place:]

    assert decode_beacons(damaged, session_id="a") == long_way(damaged, Limits(), "a")


FIRST: dict[str, Any] = {
    "seq": 0,
    "t": 1_795_432_210_250,
    "event": "timeupdate",
    "state": {"currentTime": 0.25, "paused": False, "src": "film.mp4"},
    "detail": {"levels": [{"height": 720}, {"height": 1080}]},
}
SOUND: dict[str, Any] = {"session_id": "s1", "player": "html5", "beacons": [FIRST]}


def test_what_a_player_says_goes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing else here would say a thing of it."""
    monkeypatch.setattr(decode, "parse_body", None)

    decoded = decode_beacons(written(SOUND))

    assert decoded.rejected == ()
    assert [each.said for each in decoded.beacons] == [
        Callback(1_795_432_210.25, "html5", "timeupdate", FIRST["state"], FIRST["detail"])
    ]


def test_what_the_example_s_page_posts_goes_the_quick_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It tells when it sent the body, a player with each beacon, and null for what there is not."""
    monkeypatch.setattr(decode, "parse_body", None)
    monkeypatch.setattr(decode, "parse_part", None)
    said = {
        **FIRST,
        "player": "html5",
        "el": None,
        "state": {"src": 'a "b" \\ c', "title": "\u00e9"},
    }
    body = {"sent_at": 1_795_432_211_500, "beacons": [said]}

    decoded = decode_beacons(written(body, ascii=True), session_id="s1")

    assert decoded.sent_at == 1_795_432_211.5
    assert [each.said for each in decoded.beacons] == [
        Callback(1_795_432_210.25, "html5", "timeupdate", said["state"], FIRST["detail"])
    ]


def test_a_signal_of_a_place_goes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole seconds stay whole."""
    monkeypatch.setattr(decode, "parse_body", None)
    monkeypatch.setattr(decode, "parse_part", None)
    beacons = [
        {"seq": 3, "signal": "progress", "at": 1_795_432_210, "position": 5, "duration": 60.5},
        {"signal": "pause", "at": 1_795_432_211.5},
        FIRST,
    ]

    decoded = decode_beacons(written({**SOUND, "beacons": beacons}))

    said = [each.said for each in decoded.beacons[:2]]
    assert said == [Progress(1_795_432_210.0, 5, 60.5), Pause(1_795_432_211.5)]
    assert [type(each) for each in vars(said[0]).values()] == [float, int, float]
    assert [each.sequence for each in decoded.beacons] == [3, None, 0]
    assert [each.said for each in decoded.beacons[2:]] == [
        Callback(1_795_432_210.25, "html5", "timeupdate", FIRST["state"], FIRST["detail"])
    ]


def test_one_that_is_out_of_the_ordinary_goes_the_long_way_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The others of its body are not read again for it."""
    slow = []

    def parse_part(part: bytes, most: int) -> Any:
        slow.append(part)
        return text.parse_part(part, most)

    monkeypatch.setattr(decode, "parse_body", None)
    monkeypatch.setattr(decode, "parse_part", parse_part)
    wrong = {**FIRST, "seq": -1}
    tick = {"seq": 3, "signal": "tick", "t": 1_795_432_211_000}
    beacons = [FIRST, wrong, {**FIRST, "seq": 2}, tick]

    decoded = decode_beacons(written({**SOUND, "beacons": beacons}))

    assert [each.sequence for each in decoded.beacons] == [0, 2, 3]
    assert [(each.path, each.reason) for each in decoded.rejected] == [
        ("beacons[1].seq", "bad_sequence")
    ]
    assert slow == [written(wrong), written(tick)]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(max_string=8, max_name=20), "too_long"),
        (Limits(max_keys=4), "too_wide"),
        (Limits(max_number=1_000_000), "bad_number"),
    ],
)
def test_limits_hold_for_a_beacons_own_fields_too(limits: Limits, reason: str) -> None:
    """S60: an event's name is a string, its time a number, its fields are keys."""
    said = b'{"seq":0,"t":1795432210250,"event":"timeupdate","state":{},"detail":{}}'
    body = b'{"session_id":"s1","player":"html5","beacons":[%s]}' % said

    assert decode_beacons(body, limits).reasons() == {reason: 1}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b'{"event":"play","event":"pause","t":1}', "duplicate_key"),
        (b'{"event":"play","event":"pause","t" :1}', "duplicate_key"),
        (b'{"event":"play","t":1,"state":{"a":":b","a"\n:2}}', "duplicate_key"),
        (b'{"event":"play","t":1,"state":{"__pr\\u006fto__":1}}', "bad_key"),
        (b'{"event":"play","t":1,"state":{"a":1,"a":2}}', "duplicate_key"),
        (b'{"event":"play","t":1,"state":{"a":[{"b":1,"b":2}]}}', "duplicate_key"),
        (b'{"event":"play","t":1,"state":{"__proto__":1}}', "bad_key"),
        (b'{"event":"play","t":1,"state":{"a":1e999}}', "bad_number"),
    ],
)
def test_what_msgspec_takes_and_we_do_not_is_found(said: bytes, reason: str) -> None:
    """S60: two readers might read two things."""
    body = b'{"session_id":"s1","player":"html5","beacons":[%s]}' % said

    assert decode_beacons(body).reasons() == {reason: 1}


def test_a_beacon_of_very_many_values_is_refused_alone() -> None:
    wide = {**FIRST, "seq": 1, "state": {f"k{n}": [n] * 9 for n in range(110)}}
    body = {**SOUND, "beacons": [FIRST, wide]}

    decoded = decode_beacons(written(body))

    assert len(decoded.beacons) == 1
    assert decoded.reasons() == {"too_wide": 1}


def test_without_msgspec_all_goes_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = decode_beacons(written(SOUND))
    monkeypatch.setattr(typed, "INSTALLED", False)
    typed.reader_of.cache_clear()

    assert typed.reader_of(Limits()) is None
    assert decode_beacons(written(SOUND)) == quick
    typed.reader_of.cache_clear()
