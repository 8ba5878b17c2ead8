"""The library's own log: every signal read, written, and told when it is wrong."""

import contextlib
import json
import math
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.errors import SignalFormatError, TraceError
from video_tracker.plan import Ad, AdBreak, AdRange, Content, SessionPlan
from video_tracker.signal_log import (
    read_signals,
    signal_from_json,
    signal_to_json,
    signal_to_line,
)
from video_tracker.signals import (
    SIGNALS,
    AdBreakStart,
    AdRanges,
    AdStart,
    ContentStart,
    Error,
    Load,
    Play,
    Progress,
    Quality,
    SeekStart,
    Signal,
    Tick,
    Update,
)

AD = Ad(asset_id="ad5", duration=5.0, title="Shoes")
PLAN = SessionPlan(
    contents=(Content(asset_id="film", duration=20.0, airdate="2020-01-01"),),
    ad_breaks=(AdBreak(at=8.0, ads=(AD,)),),
)

BOTH_WAYS: list[tuple[dict[str, Any], Signal]] = [
    ({"signal": "progress", "at": 1795432210.25, "position": 8.14}, Progress(1795432210.25, 8.14)),
    ({"signal": "play", "at": 1.5}, Play(1.5)),
    ({"signal": "tick", "at": 2.0}, Tick(2.0)),
    ({"signal": "seek_start", "at": 1.0, "position": 3.0, "to": 9.0}, SeekStart(1.0, 3.0, 9.0)),
    ({"signal": "error", "at": 1.0, "fatal": True, "reason": "x"}, Error(1.0, True, "x")),
    ({"signal": "ad_start", "at": 1.0, "asset_id": "a"}, AdStart(1.0, "a")),
    (
        {
            "signal": "ad_start",
            "at": 1.0,
            "ad": {"asset_id": "ad5", "duration": 5.0, "title": "Shoes"},
            "pod_position": 2,
        },
        AdStart(1.0, AD, 2),
    ),
    (
        {"signal": "content_start", "at": 1.0, "content": {"asset_id": "film"}, "position": 3.0},
        ContentStart(1.0, Content(asset_id="film"), 3.0),
    ),
    ({"signal": "ad_break_start", "at": 1.0, "ads": 2}, AdBreakStart(1.0, ads=2)),
    (
        {"signal": "ad_break_start", "at": 1.0, "ads": [{"asset_id": "a"}, {"duration": 3.0}]},
        AdBreakStart(1.0, ads=(Ad(asset_id="a"), Ad(duration=3.0))),
    ),
    (
        {
            "signal": "load",
            "at": 1.0,
            "plan": {
                "contents": [{"asset_id": "film", "duration": 20.0, "airdate": "2020-01-01"}],
                "ad_breaks": [
                    {
                        "at": 8.0,
                        "ads": [{"asset_id": "ad5", "duration": 5.0, "title": "Shoes"}],
                    }
                ],
            },
            "next_item": True,
        },
        Load(1.0, plan=PLAN, next_item=True),
    ),
    (
        {"signal": "load", "at": 1.0, "content": {"asset_id": "film", "title": "A Film"}},
        Load(1.0, content=Content(asset_id="film", title="A Film")),
    ),
    ({"signal": "load", "at": 1.0, "positions": "content"}, Load(1.0, positions="content")),
    (
        {"signal": "update", "at": 1.0, "sound": 0, "properties": {"a": [1, None]}},
        Update(1.0, sound=0, properties={"a": [1, None]}),
    ),
    (
        {"signal": "quality", "at": 1.0, "bitrate": 327.8, "dropped_frames": 3},
        Quality(1.0, 327.8, dropped_frames=3),
    ),
    (
        {
            "signal": "ad_ranges",
            "at": 1.0,
            "ranges": [
                {"start": 8.0, "end": 23.5, "ads": [{"duration": 5.0}], "pod_id": "mid"},
                {"start": 60.0, "pod_length": 2, "placement": "post", "replaces": True},
            ],
        },
        AdRanges(
            1.0,
            (
                AdRange(start=8.0, end=23.5, ads=(Ad(duration=5.0),), pod_id="mid"),
                AdRange(start=60.0, pod_length=2, placement="post", replaces=True),
            ),
        ),
    ),
]


@pytest.mark.parametrize(("line", "signal"), BOTH_WAYS)
def test_a_signal_is_read_and_written(line: dict[str, Any], signal: Signal) -> None:
    assert signal_from_json(line) == signal
    assert signal_to_json(signal) == line


@pytest.mark.parametrize("name", SIGNALS)
def test_every_input_of_a_session_can_be_in_the_log(name: str) -> None:
    """S60: a name each, and the same both ways."""
    signal = signal_from_json({"signal": name, "at": 7})

    assert signal == SIGNALS[name](7.0)
    assert signal_to_json(signal) == {"signal": name, "at": 7.0}


def test_a_field_that_is_null_is_as_if_left_out() -> None:
    assert signal_from_json({"signal": "play", "at": 1, "position": None}) == Play(1.0)


def test_a_load_may_carry_parts_of_a_plan_without_a_plan_around_them() -> None:
    line = {"signal": "load", "at": 1, "contents": [{"asset_id": "a"}], "ad_breaks": [{"at": 3}]}
    plan = SessionPlan(contents=(Content(asset_id="a"),), ad_breaks=(AdBreak(at=3),))

    assert signal_from_json(line) == Load(1.0, plan=plan)


def test_the_ads_of_a_break_may_be_ids() -> None:
    line = {"signal": "ad_break_start", "at": 1, "ads": ["a", "b"]}

    assert signal_from_json(line) == AdBreakStart(1.0, ads=(Ad(asset_id="a"), Ad(asset_id="b")))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"at": 1}, 'field "signal" must be the name of a signal, not None'),
        ({"signal": 3, "at": 1}, 'field "signal" must be the name of a signal, not 3'),
        ({"signal": "pley", "at": 1}, "there is no signal 'pley'; did you mean 'play'?"),
        ({"signal": "xyzzy", "at": 1}, "there is no signal 'xyzzy'"),
        ({"signal": "play"}, 'field "at" is missing'),
        ({"signal": "play", "at": "now"}, "field \"at\" must be a number, not 'now'"),
        ({"signal": "play", "at": True}, 'field "at" must be a number, not True'),
        ({"signal": "play", "at": math.nan}, 'field "at" must be a number, not nan'),
        ({"signal": "play", "at": 10**400}, 'field "at" must be a number, not 1'),
        ({"signal": "play", "at": 1, "position": "8"}, 'field "position" must be a number'),
        ({"signal": "error", "at": 1, "fatal": 1}, 'field "fatal" must be true or false, not 1'),
        ({"signal": "error", "at": 1, "reason": 1}, 'field "reason" must be a string, not 1'),
        ({"signal": "update", "at": 1, "properties": []}, 'field "properties" must be an object'),
        (
            {"signal": "ad_start", "at": 1, "pod_position": 1.5},
            'field "pod_position" must be a who',
        ),
        ({"signal": "ad_start", "at": 1, "ad": "x"}, 'field "ad" must be an object'),
        ({"signal": "ad_start", "at": 1, "ad": {"asset_id": 3}}, "ad.asset_id must be a non-empty"),
        ({"signal": "ad_break_start", "at": 1, "ads": -1}, 'field "ads" must be a list of ads or'),
        ({"signal": "ad_break_start", "at": 1, "ads": [3]}, 'field "ads[0]" must be an object'),
        ({"signal": "load", "at": 1, "contents": [{"asset_id": ""}]}, "$.contents[0].asset_id"),
        ({"signal": "load", "at": 1, "plan": {"nope": 1}}, "plan has an unknown key 'nope'"),
    ],
)
def test_a_wrong_field_is_told_by_its_name(line: dict[str, Any], message: str) -> None:
    with pytest.raises(SignalFormatError) as caught:
        signal_from_json(line)

    assert str(caught.value).startswith(message)


def test_unknown_fields_are_reported_and_do_no_harm() -> None:
    unknown: list[tuple[int, str]] = []
    lines = ['{"signal": "play", "at": 1, "seq": 4, "to": 3}']

    signals = list(read_signals(lines, "log", lambda line, field: unknown.append((line, field))))

    assert signals == [(None, Play(1.0))]
    assert unknown == [(1, "seq"), (1, "to")]


def test_a_log_holds_several_sessions() -> None:
    lines: list[str | bytes] = [
        signal_to_line(Play(1.0), "s1"),
        "\n",
        signal_to_line(Play(2.0), "s2").encode(),
    ]

    assert list(read_signals(lines)) == [("s1", Play(1.0)), ("s2", Play(2.0))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "malformed JSON"),
        ('{"signal": "play", "at": 1, "session_id": 5}', 'field "session_id" must be a non-empty'),
        ('{"signal": "play", "at": 1, "session_id": ""}', 'field "session_id" must be a non-empty'),
        ('{"signal": "play", "at": NaN}', "NaN is no JSON number"),
        ('{"signal": "play", "at": 1, "position": []}', 'field "position" must be a number'),
    ],
)
def test_a_damaged_line_is_told_with_file_and_line_after_what_was_fine(
    text: str, reason: str
) -> None:
    signals = read_signals(['{"signal": "play", "at": 1}', "", text], "s.jsonl")

    assert next(signals) == (None, Play(1.0))
    with pytest.raises(TraceError) as caught:
        next(signals)
    assert str(caught.value).startswith("s.jsonl:3: " + reason)


def test_a_value_that_json_does_not_know_is_told() -> None:
    with pytest.raises(SignalFormatError, match='field "position"'):
        signal_to_json(Play(1.0, math.inf))


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "plan": st.sampled_from([None, PLAN]),
    "ads": st.sampled_from([None, 0, 3, (AD,), ()]),
    "ranges": st.sampled_from([(), (AdRange(start=-3.0, end=8.0, ads=(AD,)), AdRange(start=9.0))]),
    "properties": st.sampled_from([None, {}, {"a": {"b": [1.5, "x", None, True]}}]),
    "next_item": st.booleans(),
    "content": st.sampled_from([None, Content(asset_id="film", duration=20.0)]),
    "fatal": st.booleans(),
    "livestream": st.sampled_from([None, True, False]),
    "full_screen": st.sampled_from([None, True, False]),
    "ad_enabled": st.sampled_from([None, True, False]),
    "pod_position": st.sampled_from([None, 1, 7]),
    "dropped_frames": st.sampled_from([None, 0, 7]),
}
TEXTS = st.one_of(st.none(), st.text())
for _name in ("asset_id", "method", "placement", "pod_id", "positions", "quality", "reason"):
    FIELDS[_name] = TEXTS
FIELDS["name"] = st.text()
for _name in ("context", "integrations"):
    FIELDS[_name] = FIELDS["properties"]
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))


@st.composite
def signals(draw: st.DrawFn) -> Signal:
    kind = SIGNALS[draw(st.sampled_from(sorted(SIGNALS)))]
    values = {
        field.name: draw(FIELDS.get(field.name, NUMBERS))
        for field in attrs.fields(kind)
        if field.name != "at"
    }
    return kind(draw(st.floats(0, 4e9)), **values)


@given(signals())
def test_what_is_written_is_read_back(signal: Signal) -> None:
    assert list(read_signals([signal_to_line(signal, "s")])) == [("s", signal)]


@given(
    st.dictionaries(
        st.sampled_from(["signal", "at", "position", "ad", "ads", "plan", "contents", "reason"]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.sampled_from(sorted(SIGNALS)),
            st.lists(st.integers(), max_size=2),
            st.dictionaries(st.sampled_from(["asset_id", "at"]), st.integers(), max_size=2),
        ),
    )
)
def test_any_object_is_a_signal_or_is_told(line: dict[str, Any]) -> None:
    """S60: no line does anything else."""
    with contextlib.suppress(SignalFormatError):
        signal_from_json(line)


def test_a_line_is_compact_and_keeps_every_letter() -> None:
    line = signal_to_line(Error(1.0, reason="Größe"))

    assert line == '{"signal":"error","at":1.0,"reason":"Größe"}'
    assert json.loads(line)["reason"] == "Größe"
