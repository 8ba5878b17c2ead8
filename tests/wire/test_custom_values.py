"""What becomes of the caller's own values, whatever they are."""

import collections
import datetime
import decimal
import enum
import fractions
import json
import math
import pathlib
import types
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from video_tracker.errors import EncodingError
from video_tracker.events import Envelope, QualityUpdated
from video_tracker.wire import REPAIRS, Encoder, Repair

ENVELOPE = Envelope(user_id="u1")


class Colour(enum.Enum):
    RED = "red"
    NONE = None
    ANY = True


class Level(enum.IntEnum):
    HIGH = 3


class Name(str):
    """A str that says something else when asked for its text."""

    __slots__ = ()

    def __str__(self) -> str:
        return "not this"


class Hostile(Mapping[str, object]):
    """A mapping that fails whenever it is read."""

    def __getitem__(self, key: str) -> object:
        raise RuntimeError(key)

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("no")

    def __len__(self) -> int:
        return 1


def event(custom: Mapping[str, Any]) -> QualityUpdated:
    return QualityUpdated(0.0, 1, "s1", custom, None, None)


def sent(custom: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """What is sent of ``custom`` and which repairs were counted; message and bytes agree."""
    encoder, other = Encoder(), Encoder()
    properties = json.loads(encoder.encode(event(custom), ENVELOPE).body)["properties"]
    assert other.message(event(custom), ENVELOPE)["properties"] == properties
    assert other.repairs == encoder.repairs
    assert properties.pop("session_id") == "s1"
    return properties, encoder.repairs


class Numpy:
    """What numpy's scalars and arrays have in common; they are no numbers to Python."""

    dtype = "whatever"

    def __init__(self, value: Any) -> None:
        self.value = value
        self.size = 1

    def tolist(self) -> Any:
        return self.value


class BytesPath:
    def __fspath__(self) -> bytes:
        return b"films"


def test_an_array_that_no_event_can_hold_is_not_even_unpacked() -> None:
    huge = Numpy([1])
    huge.size = 10**9
    with pytest.raises(EncodingError, match="more values"):
        sent({"own": huge})


def test_nothing_becomes_null_unseen() -> None:
    """In a list a value that is left out is null, so that places stay: it is counted there too."""
    kept, repairs = sent({"own": [object(), b"x", Hostile(), None]})
    assert kept == {"own": [None] * 4}
    assert repairs == {"not_json": 3}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (0, 0),
        (-1.5, -1.5),
        ("", ""),
        ("🎬 \x00\n\u2028", "🎬 \x00\n\u2028"),
        (2**53 - 1, 2**53 - 1),
        ([1, [2, {"a": None}]], [1, [2, {"a": None}]]),
        ((1, 2), [1, 2]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset("ba"), ["a", "b"]),
        (types.MappingProxyType({"a": 1}), {"a": 1}),
        (collections.OrderedDict(a=1), {"a": 1}),
        ({1: "one"}, {"1": "one"}),
        (Colour.RED, "red"),
        (Colour.NONE, None),
        (Colour.ANY, True),
        (Level.HIGH, 3),
        (Name("this"), "this"),
        (decimal.Decimal("9.99"), 9.99),
        (decimal.Decimal("10.0"), 10),
        (fractions.Fraction(1, 4), 0.25),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (pathlib.PurePosixPath("films/a.mp4"), "films/a.mp4"),
        (pathlib.Path("films"), "films"),
        (Numpy(True), True),
        (Numpy(2.5), 2.5),
        (Numpy([1, [2, None]]), [1, [2, None]]),
        (Numpy(datetime.date(2020, 4, 23)), "2020-04-23"),
        ([Numpy(False), pathlib.PurePath("x")], [False, "x"]),
        (datetime.date(2020, 4, 23), "2020-04-23"),
        (datetime.time(18, 30), "18:30:00"),
        (datetime.timedelta(minutes=1.5), 90.0),
        (datetime.datetime(2020, 4, 23, 18, 30, tzinfo=datetime.UTC), "2020-04-23T18:30:00Z"),
        (datetime.datetime(2020, 4, 23, 18, 30), "2020-04-23T18:30:00"),  # noqa: DTZ001
    ],
)
def test_a_value_that_json_can_mean_is_sent(value: Any, expected: Any) -> None:
    """S51: custom properties are sent; a zone is never invented."""
    assert sent({"own": value}) == ({"own": expected}, {})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "not_finite"),
        (math.inf, "not_finite"),
        (-math.inf, "not_finite"),
        (decimal.Decimal("NaN"), "not_finite"),
        (decimal.Decimal("sNaN"), "not_finite"),
        (decimal.Decimal("1E+999999"), "not_finite"),
        (fractions.Fraction(10**400), "not_finite"),
        (b"bytes", "not_json"),
        (Numpy(math.nan), "not_finite"),
        (Numpy(b"bytes"), "not_json"),
        (Numpy(Numpy(1)), "not_json"),
        (BytesPath(), "not_json"),
        (object(), "not_json"),
        (print, "not_json"),
        (1j, "not_json"),
        (iter([1]), "not_json"),
        (Hostile(), "not_json"),
        pytest.param(10**5000, "not_json", id="5000 digits"),
    ],
)
def test_a_value_that_json_cannot_mean_is_left_out_and_counted(value: Any, reason: str) -> None:
    """S3, S60: no NaN, nothing invented, and the loss is seen."""
    assert sent({"own": value, "other": 1}) == ({"other": 1}, {reason: 1})


def test_inside_a_list_what_is_left_out_is_null_so_that_places_stay() -> None:
    """As JSON.stringify does it; a set has no places."""
    assert sent({"own": [1, math.nan, 3]}) == ({"own": [1, None, 3]}, {"not_finite": 1})
    assert sent({"own": {1, math.nan}}) == ({"own": [1]}, {"not_finite": 1})


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**63, 2**64, 10**30])
def test_an_integer_that_readers_would_round_is_sent_as_text(value: int) -> None:
    """Its digits are kept; a JavaScript reader would change the number silently."""
    assert sent({"own": value}) == ({"own": str(value)}, {"big_integer": 1})


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_is_joined() -> None:
    """UTF-8 cannot carry the half; a log that escaped both halves meant the character."""
    assert sent({"own": "a\ud800b"}) == ({"own": "a\ufffdb"}, {"bad_text": 1})
    assert sent({"own": "\ud83c\udfac"}) == ({"own": "🎬"}, {"bad_text": 1})
    assert sent({"\ud800": 1}) == ({"\ufffd": 1}, {"bad_text": 1})


def test_half_a_surrogate_pair_outside_the_custom_properties_is_replaced_too() -> None:
    """Ids and titles come from players, which may cut a string anywhere."""
    odd = QualityUpdated(0.0, 1, "s\udfff", {}, None, None)
    encoder = Encoder()
    record = encoder.encode(odd, Envelope(user_id="u\ud800"))
    message = json.loads(record.body)

    assert message["userId"] == "u\ufffd"
    assert message["properties"]["session_id"] == "s\ufffd"
    assert record.session_id == "s\udfff"
    assert encoder.repairs == {"bad_text": 2}
    assert Encoder().message(odd, Envelope(user_id="u\ud800")) == message


def test_a_key_that_is_no_text_is_left_out() -> None:
    """No spelling of a tuple or of None as a key would be the right one."""
    assert sent({"own": {None: 1, (1, 2): 2, True: 3, "a": 4}}) == (
        {"own": {"a": 4}},
        {"bad_key": 3},
    )


def test_a_value_that_contains_itself_is_cut_where_it_does() -> None:
    """A circle has no end in JSON."""
    circle: dict[str, Any] = {"a": 1}
    circle["self"] = circle
    ring: list[Any] = [1]
    ring.append(ring)

    assert sent({"own": circle}) == ({"own": {"a": 1}}, {"circular": 1})
    assert sent({"own": ring}) == ({"own": [1, None]}, {"circular": 1})


def test_the_same_value_twice_is_no_circle() -> None:
    """Sharing is not nesting."""
    shared = {"a": [1]}

    assert sent({"own": [shared, shared]}) == ({"own": [{"a": [1]}, {"a": [1]}]}, {})


def nested(levels: int) -> Any:
    value: Any = "bottom"
    for _ in range(levels):
        value = {"a": value}
    return value


def test_32_levels_are_sent_and_deeper_ones_are_cut() -> None:
    """No reader's stack is at risk, and none of ours."""
    assert sent({"own": nested(32)}) == ({"own": nested(32)}, {})
    assert sent({"own": nested(33)})[1] == {"too_deep": 1}
    assert sent({"own": nested(100_000)})[1] == {"too_deep": 1}


def test_context_and_integrations_are_made_safe_in_the_same_way() -> None:
    """S51: passed through, but never as invalid JSON."""
    envelope = Envelope(
        user_id="u1", context={"ratio": math.nan, "ip": "x"}, integrations={"A": {1, 2}, "B": b""}
    )
    encoder = Encoder()
    message = json.loads(encoder.encode(event({}), envelope).body)

    assert message["context"].keys() == {"ip", "library"}
    assert message["integrations"] == {"A": [1, 2]}
    assert encoder.repairs == {"not_finite": 1, "not_json": 1}


def test_each_repair_is_told_with_its_place_and_reason() -> None:
    """S60: the reason is a stable code with a sentence, counted, and visible to a hook."""
    told: list[Repair] = []
    encoder = Encoder(on_repair=told.append)
    encoder.encode(event({"a": {"b": [0, math.nan]}, "c": b""}), ENVELOPE)

    assert told == [
        Repair("s1", "Video Quality Updated", "properties.a.b[1]", "not_finite"),
        Repair("s1", "Video Quality Updated", "properties.c", "not_json"),
    ]
    assert all(repair.reason in REPAIRS for repair in told)


def test_a_hook_that_fails_loses_no_event() -> None:
    """A watcher's fault is not the viewer's."""

    def fail(repair: Repair) -> None:
        raise RuntimeError(repair.reason)

    encoder = Encoder(on_repair=fail)

    assert encoder.encode(event({"a": math.nan}), ENVELOPE).message_id == "s1-1"
    assert encoder.repairs == {"not_finite": 1}
