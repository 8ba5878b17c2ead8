"""Bytes in, beacons out: what is read, and the path and code of what is not (S60)."""

import json
import math
from typing import Any

import pytest

from video_tracker.errors import PolicyError
from video_tracker.ingest import REJECTIONS, Beacon, Decoded, Limits, decode_beacons
from video_tracker.plan import Content
from video_tracker.players.base import Callback
from video_tracker.signals import ContentStart, Load, Pause, Play, Update

T = 1_795_432_210_250
AT = 1_795_432_210.25


def body(*beacons: Any, **head: Any) -> bytes:
    return json.dumps({"session_id": "s1", "beacons": list(beacons), **head}).encode()


def callback(**fields: Any) -> dict[str, Any]:
    return {"seq": 17, "t": T, "player": "html5", "event": "timeupdate", **fields}


def faults(decoded: Decoded) -> list[tuple[str, str]]:
    return [(each.path, each.reason) for each in decoded.rejected]


def fault_of(**fields: Any) -> list[tuple[str, str]]:
    """What is wrong with a callback that has these fields."""
    decoded = decode_beacons(body(callback(**fields)))
    assert len(decoded.beacons) + len(decoded.rejected) == 1
    return faults(decoded)


def test_a_callback_and_a_signal_are_read() -> None:
    decoded = decode_beacons(
        body(
            callback(state={"currentTime": 8.14}, detail={"x": None}, el="ad"),
            {"seq": 18, "signal": "pause", "at": AT + 1, "position": 9.1},
            sent_at=T + 1250,
        )
    )

    said = Callback(AT, "html5", "timeupdate", {"currentTime": 8.14}, {"x": None}, "ad")
    assert decoded.beacons == (
        Beacon("s1", 17, AT, said),
        Beacon("s1", 18, AT + 1, Pause(AT + 1, 9.1)),
    )
    assert decoded.rejected == ()
    assert decoded.sent_at == AT + 1.25


@pytest.mark.parametrize(
    "when",
    [
        {"t": T},
        {"t": float(T)},
        {"t": "2026-11-23T11:10:10.250Z"},
        {"t": "2026-11-23T12:10:10.250+01:00"},
        {"t": "2026-11-23T11:10:10.250"},
        {"t": 812.4, "wall": "2026-11-23T11:10:10.250Z"},
    ],
)
def test_all_forms_of_a_time_are_one_time(when: dict[str, Any]) -> None:
    decoded = decode_beacons(body(callback(**when)))

    assert [beacon.at for beacon in decoded.beacons] == [AT]


def test_a_signal_may_have_the_clients_milliseconds_too() -> None:
    decoded = decode_beacons(body({"signal": "play", "t": T}))

    assert [beacon.said for beacon in decoded.beacons] == [Play(AT)]
    assert [beacon.sequence for beacon in decoded.beacons] == [None]


def test_what_all_beacons_share_may_stand_once() -> None:
    decoded = decode_beacons(
        body({"t": T, "event": "play"}, callback(player="page"), player="videojs")
    )

    players = [each.said.player for each in decoded.beacons if isinstance(each.said, Callback)]
    assert players == ["videojs", "page"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([callback(session_id="s1"), callback(session_id="s1")]),
        json.dumps(callback(session_id="s1")) + "\r\n\n" + json.dumps(callback(session_id="s1")),
        "\ufeff" + json.dumps([callback(session_id="s1"), callback(session_id="s1")]),
    ],
)
def test_bare_arrays_lines_and_byte_order_marks_do_as_well(text: str) -> None:
    decoded = decode_beacons(text.encode())

    assert [beacon.session_id for beacon in decoded.beacons] == ["s1", "s1"]
    assert decoded.rejected == ()


def test_a_single_beacon_does_as_well() -> None:
    assert len(decode_beacons(json.dumps(callback(session_id="s1")).encode()).beacons) == 1


def test_a_wrong_line_costs_itself_alone() -> None:
    good = json.dumps(callback(session_id="s1"))
    decoded = decode_beacons(f"{good}\n{{'a'}}\n{good}\n7".encode())

    assert len(decoded.beacons) == 2
    assert faults(decoded) == [("lines[2]", "malformed"), ("lines[4]", "wrong_type")]


def test_a_token_says_whose_beacons_they_are() -> None:
    """A beacon that names another session than the token's is nobody's."""
    sent = json.dumps(
        {"beacons": [callback(), callback(session_id="s1"), callback(session_id="s2")]}
    )
    decoded = decode_beacons(sent.encode(), session_id="s1")

    assert [beacon.session_id for beacon in decoded.beacons] == ["s1", "s1"]
    assert faults(decoded) == [("beacons[2].session_id", "foreign_session")]
    stolen = decode_beacons(body(callback(), session_id="s2"), session_id="s1")
    assert stolen.beacons == ()
    assert faults(stolen) == [("$.session_id", "foreign_session")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "malformed"),
        (b"   ", "malformed"),
        (b"{", "malformed"),
        (b'{"beacons": [}', "malformed"),
        (b"not json", "malformed"),
        (b"\x00\x01", "malformed"),
        (b"\xff\xfe{\x00}\x00", "encoding"),
        ('{"beacons": "ü'.encode()[:-1], "encoding"),
        (b'{"session_id": "\xed\xa0\x80", "beacons": []}', "encoding"),
        (b"null", "wrong_type"),
        (b"7", "wrong_type"),
        (b'"beacons"', "wrong_type"),
        (b"[" * 60_000, "too_deep"),
        (b'{"a":' * 10_000, "too_deep"),
        (b'{"a": "]]]]]]]]]]]]", "b":' + b"[" * 20 + b"]" * 20 + b"}", "too_deep"),
        (b"]]]]]]]]]]]]]]]]]]]]" + b"[" * 20, "too_deep"),
        (b"9" * 60_000, "wrong_type"),
        (b" " * 70_000, "too_large"),
        (b'{"beacons": [], "beacons": []}', "duplicate_key"),
        (b'{"session_id": "s1", "session_id": "s2", "beacons": []}', "duplicate_key"),
    ],
)
def test_a_body_that_cannot_be_read_is_one_rejection(data: bytes, reason: str) -> None:
    """S60: the whole body is at fault, and nothing else happens."""
    decoded = decode_beacons(data)

    assert decoded.beacons == ()
    assert faults(decoded) == [("$", reason)]
    assert decoded.reasons() == {reason: 1}


@pytest.mark.parametrize("value", [{}, "x", 7, None, True, {"0": {}}])
def test_beacons_must_be_an_array(value: Any) -> None:
    data = json.dumps({"session_id": "s1", "beacons": value}).encode()

    assert faults(decode_beacons(data)) == [("beacons", "wrong_type")]


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ({"session_id": 7}, ("$.session_id", "bad_id")),
        ({"session_id": ""}, ("$.session_id", "bad_id")),
        ({"session_id": " "}, ("$.session_id", "bad_id")),
        ({"session_id": "a\x00b"}, ("$.session_id", "bad_id")),
        ({"session_id": "\ud800"}, ("$.session_id", "bad_id")),
        ({"session_id": "s" * 129}, ("$.session_id", "too_long")),
        ({"session_id": ["s1"]}, ("$.session_id", "bad_id")),
        ({"sent_at": "soon"}, ("sent_at", "bad_time")),
        ({"sent_at": {}}, ("sent_at", "bad_time")),
        ({"sent_at": -1}, ("sent_at", "bad_time")),
        ({"sent_at": math.nan}, ("sent_at", "bad_time")),
        ({"player": ""}, ("$.player", "bad_name")),
        ({"player": {"html5": 1}}, ("$.player", "bad_name")),
        ({f"k{place}": 1 for place in range(250)}, ("$", "too_wide")),
    ],
)
def test_a_head_that_is_wrong_is_one_rejection(head: Any, fault: tuple[str, str]) -> None:
    decoded = decode_beacons(body(callback(), **head))

    assert decoded.beacons == ()
    assert faults(decoded) == [fault]


@pytest.mark.parametrize("value", [None, 7, "x", [], True, [callback()]])
def test_a_beacon_must_be_an_object(value: Any) -> None:
    assert faults(decode_beacons(body(value))) == [("beacons[0]", "wrong_type")]


@pytest.mark.parametrize(
    ("fields", "path", "reason"),
    [
        ({"seq": -1}, "seq", "bad_sequence"),
        ({"seq": 10**18}, "seq", "bad_number"),
        ({"seq": 2**53}, "seq", "bad_number"),
        ({"seq": 1.0}, "seq", "bad_sequence"),
        ({"seq": True}, "seq", "bad_sequence"),
        ({"seq": "17"}, "seq", "bad_sequence"),
        ({"seq": [17]}, "seq", "bad_sequence"),
        ({"t": None}, "t", "missing"),
        ({"t": "yesterday"}, "t", "bad_time"),
        ({"t": True}, "t", "bad_time"),
        ({"t": -1}, "t", "bad_time"),
        ({"t": 1e15}, "t", "bad_time"),
        ({"t": T * 1000}, "t", "bad_time"),
        ({"t": "9999-12-31T23:59:59-23:59"}, "t", "bad_time"),
        ({"t": "0001-01-01T00:00:00+23:59"}, "t", "bad_time"),
        ({"player": None}, "player", "missing"),
        ({"player": 7}, "player", "bad_name"),
        ({"player": "p" * 129}, "player", "too_long"),
        ({"event": None}, "event", "missing"),
        ({"event": ""}, "event", "bad_name"),
        ({"event": "a\nb"}, "event", "bad_name"),
        ({"event": "\ud83d"}, "event", "bad_name"),
        ({"el": 7}, "el", "bad_name"),
        ({"state": []}, "state", "wrong_type"),
        ({"state": "x"}, "state", "wrong_type"),
        ({"detail": 7}, "detail", "wrong_type"),
        ({"state": {"currentTime": math.nan}}, "state.currentTime", "bad_number"),
        ({"state": {"duration": math.inf}}, "state.duration", "bad_number"),
        ({"state": {"duration": 1e16}}, "state.duration", "bad_number"),
        ({"state": {"src": "x" * 2049}}, "state.src", "too_long"),
        ({"state": {"k" * 129: 1}}, "state", "too_long"),
        ({"state": {"__proto__": {}}}, "state", "bad_key"),
        ({"detail": {str(key): 0 for key in range(201)}}, "detail", "too_wide"),
        ({"detail": {"x": [0] * 201}}, "detail.x", "too_wide"),
        ({"detail": {"x": [[0] * 150] * 10}}, "detail.x[6][86]", "too_wide"),
        ({"session_id": 7}, "session_id", "bad_id"),
    ],
)
def test_a_value_that_is_wrong_costs_its_beacon_and_is_named(
    fields: dict[str, Any], path: str, reason: str
) -> None:
    """S60: each fault with its path and a stable code."""
    assert fault_of(**fields) == [(f"beacons[0].{path}", reason)]


@pytest.mark.parametrize(
    ("fields", "path", "reason"),
    [
        ({"signal": "stop", "at": AT}, "beacons[0].signal", "unknown_signal"),
        ({"signal": 7, "at": AT}, "beacons[0].signal", "unknown_signal"),
        ({"signal": "p" * 2000, "at": AT}, "beacons[0].signal", "unknown_signal"),
        ({"signal": "pause"}, "beacons[0].t", "missing"),
        ({"signal": "pause", "at": T}, "beacons[0].at", "bad_time"),
        ({"signal": "pause", "at": "x"}, "beacons[0].at", "bad_time"),
        ({"signal": "pause", "at": AT, "position": "x"}, "beacons[0]", "bad_signal"),
        ({"signal": "load", "at": AT, "plan": {"contents": 7}}, "beacons[0]", "bad_signal"),
        ({"signal": "load", "at": AT, "plan": [1]}, "beacons[0]", "bad_signal"),
        ({"signal": "ad_start", "at": AT, "ad": {"duration": -1}}, "beacons[0]", "bad_signal"),
        ({"signal": "update", "at": AT, "properties": [1]}, "beacons[0]", "bad_signal"),
    ],
)
def test_a_signal_that_is_wrong_is_named(fields: dict[str, Any], path: str, reason: str) -> None:
    assert faults(decode_beacons(body(fields))) == [(path, reason)]


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_numbers_that_are_none_are_found_where_they_stand(literal: str) -> None:
    """S3: and the beacons beside them are read."""
    good = json.dumps(callback())
    bad = good.replace('"seq": 17', f'"seq": 17, "state": {{"a": {literal}}}')
    data = f'{{"session_id": "s1", "beacons": [{good}, {bad}]}}'.encode()

    decoded = decode_beacons(data)

    assert len(decoded.beacons) == 1
    assert faults(decoded) == [("beacons[1].state.a", "bad_number")]


def test_a_key_said_twice_is_no_object() -> None:
    """Two readers of it would read two things."""
    good = json.dumps(callback())
    bad = good.replace('"seq": 17', '"seq": 17, "seq": 18')
    inner = good.replace('"seq": 17', '"seq": 17, "state": {"a": 1, "a": 1}')
    data = f'{{"session_id": "s1", "beacons": [{bad}, {inner}, {good}]}}'.encode()

    decoded = decode_beacons(data)

    assert faults(decoded) == [
        ("beacons[0]", "duplicate_key"),
        ("beacons[1].state", "duplicate_key"),
    ]
    assert len(decoded.beacons) == 1


def test_more_beacons_than_the_limit_are_rejected_together() -> None:
    """The first ones are taken: a client that saved up too many loses the rest only."""
    decoded = decode_beacons(body(*[callback()] * 12), Limits(max_beacons=10))

    assert len(decoded.beacons) == 10
    assert faults(decoded) == [("beacons[10]", "too_many")]
    assert decoded.reasons() == {"too_many": 2}


def test_half_of_a_surrogate_pair_in_a_title_is_no_reason_to_lose_a_beacon() -> None:
    """A script that cuts a title in the middle of an emoji; the wire mends it."""
    decoded = decode_beacons(body(callback(detail={"title": "Film \ud83d"})))

    assert decoded.rejected == ()


def test_the_depth_counts_the_bodys_own_arrays() -> None:
    def nested(depth: int) -> Any:
        return [nested(depth - 1)] if depth else 0

    fits = body(callback(detail={"x": nested(4)}))
    assert decode_beacons(fits).rejected == ()
    deeper = body(callback(detail={"x": nested(5)}))
    assert faults(decode_beacons(deeper)) == [("$", "too_deep")]
    brackets = body(callback(detail={"x": '[[[[[[[[[[{{{{{{{{\\"[[['}))
    assert decode_beacons(brackets).rejected == ()


def test_a_client_may_say_what_plays_but_not_who_watches() -> None:
    """A plan that comes from a browser brings neither an identity nor settings."""
    plan = {
        "user_id": "somebody else",
        "anonymous_id": "x",
        "contents": [{"asset_id": "film", "duration": 60}],
        "settings": {"heartbeat": 0.1},
        "properties": {"tenant": "t2"},
    }
    decoded = decode_beacons(body({"signal": "load", "t": T, "plan": plan}))

    (beacon,) = decoded.beacons
    assert isinstance(beacon.said, Load)
    assert beacon.said.plan is not None
    assert beacon.said.plan.user_id is None
    assert beacon.said.plan.settings.heartbeat == 10.0
    assert beacon.said.plan.properties == {}
    assert beacon.said.plan.contents == (Content(asset_id="film", duration=60),)


def test_signals_carry_their_assets_and_properties() -> None:
    decoded = decode_beacons(
        body(
            {"signal": "content_start", "t": T, "content": {"asset_id": "film"}},
            {"signal": "update", "t": T, "properties": {"a": [1]}, "sound": 50},
            {"signal": "pause", "t": T, "unknown_field": 7},
        )
    )

    assert [beacon.said for beacon in decoded.beacons] == [
        ContentStart(AT, Content(asset_id="film")),
        Update(AT, properties={"a": [1]}, sound=50),
        Pause(AT),
    ]


def test_every_code_has_its_sentence_and_every_message_is_short() -> None:
    long = "x" * 2000
    decoded = decode_beacons(
        body(
            {"signal": long, "t": T},
            {"signal": "pause", "t": T, "position": long},
            {"signal": "load", "t": T, "plan": {long: 1}},
            callback(state={long: 1}),
            callback(state=long),
        )
    )

    assert len(decoded.rejected) == 5
    for rejection in decoded.rejected:
        assert rejection.reason in REJECTIONS
        assert len(rejection.message) <= 160
        assert len(rejection.path) < 200


@pytest.mark.parametrize("name", ["max_bytes", "max_beacons", "max_depth", "max_string"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "10", None, math.inf])
def test_an_impossible_limit_is_refused_when_it_is_built(name: str, value: Any) -> None:
    with pytest.raises(PolicyError, match=name):
        Limits(**{name: value})


def test_a_depth_that_the_parser_cannot_follow_is_refused() -> None:
    with pytest.raises(PolicyError, match="max_depth"):
        Limits(max_depth=101)
