"""Recorded logs: what is read, and how a damaged line is told."""

import contextlib
import datetime
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.errors import TraceError
from video_tracker.players.base import Callback
from video_tracker.trace import read_trace

WALL = "2026-11-23T10:56:22.104Z"
AT = datetime.datetime(2026, 11, 23, 10, 56, 22, 104000, datetime.UTC).timestamp()


def line(**changes: Any) -> str:
    value: dict[str, Any] = {"seq": 1, "t": 663.8, "wall": WALL, "player": "html5", "event": "play"}
    return json.dumps({key: item for key, item in {**value, **changes}.items() if item is not None})


def read(lines: Iterable[str | bytes]) -> list[Callback]:
    return list(read_trace(lines, "log.jsonl"))


def test_a_line_becomes_a_callback() -> None:
    state, detail = {"currentTime": 4.5}, {"error": {"code": 2}}

    assert read([line(state=state, detail=detail, el="ad")]) == [
        Callback(AT, "html5", "play", state, detail, "ad")
    ]


def test_state_and_detail_may_be_missing_or_null() -> None:
    text = '{"t": 1, "player": "page", "event": "pageshow", "state": null, "detail": null}'

    assert read([text]) == [Callback(0.001, "page", "pageshow")]


def test_blank_lines_are_skipped_and_counted() -> None:
    with pytest.raises(TraceError) as caught:
        read(["\n", line() + "\n", "  \r\n", "{"])

    assert caught.value.line == 4


def test_bytes_are_utf_8_and_may_begin_with_a_mark() -> None:
    assert read([b"\xef\xbb\xbf" + line().encode()])[0].event == "play"


def test_without_wall_the_page_s_clock_is_the_time() -> None:
    assert [each.at for each in read([line(wall=None), line(wall=None, t=700)])] == [0.6638, 0.7]


def test_without_t_the_wall_clock_is_the_time() -> None:
    assert read([line(t=None)])[0].at == AT


def test_a_wall_clock_that_is_set_is_not_believed() -> None:
    """S64: the monotonic clock, anchored at the first line, goes on."""
    lines = [
        line(t=1000, wall="2026-11-23T10:00:00.000Z"),
        line(t=2000, wall="2026-11-23T10:00:01.001Z"),
        line(t=3000, wall="2026-11-23T09:00:02.000Z"),
        line(t=4000, wall="2026-11-23T12:00:03.000Z"),
    ]
    first, *later = [each.at for each in read(lines)]

    assert [round(at - first, 3) for at in later] == [1.001, 2.0, 3.0]


def test_a_page_loaded_again_starts_its_clock_anew() -> None:
    lines = [
        line(t=90000, wall="2026-11-23T10:00:00.000Z"),
        line(t=100, wall="2026-11-23T10:05:00.000Z"),
    ]
    first, second = [each.at for each in read(lines)]

    assert second - first == 300


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "malformed JSON"),
        ("[1]", "not a JSON object but list"),
        ("nothing", "malformed JSON"),
        (line(player=None), 'field "player" is missing'),
        (line(event=None), 'field "event" is missing'),
        (line(player=3), 'field "player" must be a non-empty string, not 3'),
        (line(event=""), 'field "event" must be a non-empty string'),
        (line(state=[1]), 'field "state" must be an object'),
        (line(detail="x"), 'field "detail" must be an object'),
        (line(el=1), 'field "el" must be a string'),
        (line(t="5"), 'field "t" must be milliseconds'),
        (line(t=True), 'field "t" must be milliseconds'),
        (line(t=-50), 'field "t" is an absurd time'),
        (line(t=1e15), 'field "t" is an absurd time'),
        (line(wall=17), 'field "wall" must be an ISO 8601 string'),
        (line(wall="yesterday"), 'field "wall" is no ISO 8601 time'),
        (line(wall="0001-01-01T00:00:00Z"), 'field "wall" is an absurd time'),
        (line(wall="9999-01-01T00:00:00Z"), 'field "wall" is an absurd time'),
        (line(wall=None, t=None), 'one of the fields "wall" and "t" is needed'),
        ('{"t": NaN, "player": "html5", "event": "play"}', "NaN is no JSON number"),
        ('{"t": 1, "player": "x", "event": "y", "state": {"a": Infinity}}', "Infinity is no JSON"),
        ('{"t": 1e999, "player": "html5", "event": "play"}', 'field "t" is not a finite number'),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe{}", "not UTF-8"),
        ('{"t": ' + "9" * 5000 + "}", "malformed JSON"),
    ],
)
def test_a_damaged_line_is_told_with_file_line_and_reason(text: str | bytes, reason: str) -> None:
    with pytest.raises(TraceError) as caught:
        read([line(), text])

    assert str(caught.value).startswith("log.jsonl:2: ")
    assert caught.value.reason.startswith(reason)


def test_what_came_before_the_damage_has_been_delivered() -> None:
    callbacks = read_trace([line(), line(event="playing"), "{"], "-")

    assert [next(callbacks).event, next(callbacks).event] == ["play", "playing"]
    with pytest.raises(TraceError, match=r"^-:3: malformed JSON"):
        next(callbacks)


@given(st.one_of(st.text(), st.binary()))
def test_any_line_is_read_skipped_or_told(text: str | bytes) -> None:
    """S60: no input of any kind does anything else."""
    with contextlib.suppress(TraceError):
        read([text])
