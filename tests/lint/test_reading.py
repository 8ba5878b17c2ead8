"""Files of messages in every form that people keep them in; what cannot be read is a finding."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lint.scripts import stream
from video_tracker.linting import Report, lint
from video_tracker.linting import reading as reading_module
from video_tracker.linting.reading import Item, Unreadable, read_values

MESSAGES = stream("0 Playback Started 0\n0 Content Started 0\n5 Playback Paused 4 sound=300")
LINES = [json.dumps(each) for each in MESSAGES]


def places(report: Report) -> list[tuple[str, int]]:
    return [(each.rule, each.line) for each in report.findings]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n".join(LINES), 3),
        ("\n".join(LINES) + "\n\n", 3),
        ("\ufeff" + "\n".join(LINES), 3),
        ("\n\n" + "\n".join(LINES), 5),
        ("[" + ",".join(LINES) + "]", 1),
        ("[\n" + ",\n".join(LINES) + "\n]\n", 4),
        (" [ " + " ,\n\n ".join(LINES) + " ] ", 5),
        (json.dumps({"batch": MESSAGES}), 1),
        (json.dumps({"sentAt": "now", "batch": MESSAGES, "context": {}}), 1),
        (json.dumps({"batch": MESSAGES[:2]}) + "\n" + json.dumps({"batch": MESSAGES[2:]}), 2),
        ('{\n"batch": [\n' + ",\n".join(LINES) + "\n]}", 5),
    ],
    ids=[
        *("lines", "blank lines", "byte order mark", "blank head", "array", "array of lines"),
        *("loose array", "batch", "batch with more", "batches", "batch over lines"),
    ],
)
def test_each_form_is_read_and_the_finding_has_its_line(text: str, line: int) -> None:
    report = lint(io.BytesIO(text.encode()))

    assert places(report) == [("VT207", line)]
    assert (report.kind, report.messages, report.sessions) == ("messages", 3, 1)


def test_a_document_over_several_lines_is_one_message() -> None:
    text = json.dumps(MESSAGES[1], indent=2)

    assert places(lint(io.BytesIO(text.encode()))) == [("VT101", 1)]


def test_a_file_is_read_by_its_name_as_lines_and_as_objects(tmp_path: Path) -> None:
    file = tmp_path / "sent.jsonl"
    file.write_text("\n".join(LINES), "utf-8")
    results = [lint(source) for source in (file, str(file), LINES, iter(LINES), MESSAGES)]

    assert [places(each) for each in results] == [[("VT207", 3)]] * 5
    assert places(lint(MESSAGES[2])) == [("VT101", 1), ("VT207", 1)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([LINES[0], "{broken", LINES[1]], [(2, "malformed JSON: Expecting property name")]),
        ([LINES[0], b"\xff\xfe", LINES[1]], [(2, "not UTF-8: invalid start byte")]),
        ([LINES[0], '{"a": NaN}', LINES[1]], [(2, "malformed JSON: NaN is no JSON number")]),
        ([LINES[0], "[" * 100_000, LINES[1]], [(2, "nested too deeply")]),
        (["oops", *LINES[:2]], [(1, "malformed JSON: Expecting value")]),
        (['{"cut": ', *LINES[:2]], [(1, "malformed JSON: Expecting value")]),
        ([*LINES[:2], LINES[2][:50]], [(3, "malformed JSON: ")]),
    ],
    ids=["broken", "latin", "nan", "deep", "no head", "cut head", "cut tail"],
)
def test_a_line_that_cannot_be_read_is_a_finding_and_reading_goes_on(
    lines: list[Any], expected: list[tuple[int, str]]
) -> None:
    """VT001: never a crash, and the lines after it are judged."""
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    report = lint(io.BytesIO(b"\n".join(raw)))
    found = [(each.line, each.message) for each in report.findings]

    assert report.messages == 2
    assert [(line, text[: len(expected[0][1])]) for line, text in found] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"[{LINES[0]},\n{LINES[1]},", "the array has no end; the file was cut off"),
        (f"[{LINES[0]},\n{LINES[1]}", "the array has no end; the file was cut off"),
        (f"[{LINES[0]},\n{LINES[1]},\n{{]", "malformed JSON: Expecting property name"),
        (f'[{LINES[0]},\n{LINES[1]},\n{{"a": NaN}}]', "NaN is no JSON number; the rest of the"),
    ],
    ids=["comma", "no end", "broken", "nan"],
)
def test_a_damaged_array_is_read_up_to_the_damage(text: str, message: str) -> None:
    report = lint(io.BytesIO(text.encode()))

    assert [each.rule for each in report.findings] == ["VT001"]
    assert report.findings[0].message.startswith(message)
    assert report.messages == 2


def test_a_line_that_is_too_long_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "LONGEST", 1000)
    text = f'{LINES[0]}\n{{"a": "{"x" * 5000}"}}\n{LINES[1]}\n'
    report = lint(io.BytesIO(text.encode()))

    assert [(each.line, each.message) for each in report.findings] == [
        (2, "a line of more than 16 MiB; this is no message")
    ]
    assert report.messages == 2


def test_an_array_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has been read is let go: the text that is kept is a piece, not the file."""
    monkeypatch.setattr(reading_module, "_PIECE", 64)
    longest = 0
    values = [{"number": number, "text": "é" * (number % 40)} for number in range(500)]
    text = json.dumps(values, ensure_ascii=False).encode()
    pieces = (text[place : place + 7] for place in range(0, len(text), 7))
    taken = 0

    def counted() -> Any:
        nonlocal taken
        for piece in pieces:
            taken += len(piece)
            yield piece

    read: list[Any] = []
    for item in read_values(counted()):
        assert isinstance(item, Item)
        read.append(item.value)
        longest = max(longest, taken - sum(len(json.dumps(v, ensure_ascii=False)) for v in read))

    assert read == values
    assert longest < len(text) / 2


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_at_all_makes_it_crash(data: bytes) -> None:
    for value in read_values(io.BytesIO(data)):
        assert isinstance(value, Item | Unreadable)
        assert value.line >= 1
    for kind in (None, "messages", "trace", "signals", "plan"):
        lint(io.BytesIO(data), kind=kind)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.data())
def test_no_value_in_a_message_makes_it_crash(data: st.DataObject) -> None:
    """Strangers put anything anywhere: each value of a stream replaced by any other."""
    messages = json.loads(json.dumps(MESSAGES))
    for _ in range(data.draw(st.integers(1, 4))):
        message = data.draw(st.sampled_from(messages))
        place = data.draw(st.sampled_from([message, message.get("properties")]))
        if isinstance(place, dict) and place:
            place[data.draw(st.sampled_from(sorted(place)))] = data.draw(VALUES)

    report = lint(messages, destinations="all", now=0.0)

    assert report.counts


def test_a_long_array_over_lines_keeps_its_lines() -> None:
    """More than one piece is read: lines go on being counted."""
    many = [json.dumps({"number": number, "text": "x" * 300}) for number in range(2000)]
    text = "[\n" + ",\n".join(many) + "\n]"

    items = list(read_values(io.BytesIO(text.encode())))

    assert [each.line for each in items] == list(range(2, 2002))


# -- what is no message ----------------------------------------------------------------------------


def test_other_calls_and_other_events_are_counted_and_not_judged() -> None:
    others = [{"type": "identify", "userId": "u1"}, {"type": "track", "event": "Order Completed"}]
    report = lint([*others, *MESSAGES[:2]])

    assert report.clean
    assert (report.others, report.messages) == (2, 2)


@pytest.mark.parametrize("value", [1, "text", None, [], {}, {"hello": 1}])
def test_a_value_that_is_no_message_is_told(value: object) -> None:
    """VT002, with its line."""
    text = f"{LINES[0]}\n{json.dumps(value)}"

    assert places(lint(io.BytesIO(text.encode()))) == [("VT002", 2)]


@pytest.mark.parametrize("text", ["", "\n\n", "[]", json.dumps({"type": "identify"})])
def test_a_file_without_a_video_event_is_told(text: str) -> None:
    """VT003."""
    assert places(lint(io.BytesIO(text.encode()))) == [("VT003", 1)]
    assert places(lint(io.BytesIO(f"{text}\n{LINES[0]}".encode()))) != [("VT003", 1)]


def test_a_message_of_a_batch_must_say_its_type() -> None:
    """VT413; the body of a track call by itself needs none."""
    message = {key: value for key, value in MESSAGES[0].items() if key != "type"}

    assert places(lint([{"batch": [message]}])) == [("VT413", 1)]
    assert lint([message]).clean


def test_a_message_that_is_too_large_is_told() -> None:
    """VT412 (S55): 32,000 bytes are allowed, one more is not."""
    spare = 32_000 - len(json.dumps(MESSAGES[0], separators=(",", ":")))
    spare -= len(json.dumps({"more": ""}, separators=(",", ":"))) - 1
    largest = MESSAGES[0] | {"more": "x" * spare}
    text = json.dumps(largest, separators=(",", ":"))

    assert len(text) == 32_000
    assert lint([text]).clean
    assert places(lint([text.replace("xx", "xxx", 1)])) == [("VT412", 1)]
    assert lint([json.dumps(largest, indent=None)]).clean  # it is sent without the blanks


def test_a_batch_that_is_too_large_is_told() -> None:
    """VT004 (S55)."""
    messages = [
        {
            **MESSAGES[0],
            "messageId": f"m{number}",
            "more": "x" * 30_000,
            "properties": {**MESSAGES[0]["properties"], "session_id": f"s{number}"},
        }
        for number in range(17)
    ]

    assert places(lint([json.dumps({"batch": messages})])) == [("VT004", 1)]
    assert lint([json.dumps({"batch": messages[:16]})]).clean


# -- bounds ----------------------------------------------------------------------------------------


def test_a_report_keeps_so_many_findings_and_counts_the_rest() -> None:
    message = MESSAGES[0] | {"event": "Video Nothing"}
    report = lint(message | {"messageId": str(number)} for number in range(10_050))

    assert len(report.findings) == 10_000
    assert report.counts == {"VT203": 10_050}
    assert report.left_out == 50


def test_the_quietest_session_is_closed_where_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rule that speaks at the end of a session speaks then (VT817)."""
    monkeypatch.setattr("video_tracker.linting.messages._MOST_SESSIONS", 2)
    script = "0 Playback Started 0\n1 Playback Interrupted 0"
    sessions = [
        {
            **each,
            "messageId": f"{name}{each['messageId']}",
            "properties": {**each["properties"], "session_id": name},
        }
        for name in ("a", "b", "c", "d")
        for each in stream(script)
    ]
    report = lint(sessions, destinations="youbora")

    assert places(report) == [("VT817", 2), ("VT817", 4), ("VT817", 6), ("VT817", 8)]
    assert report.sessions == 4


def test_nothing_that_can_be_read_is_refused_with_what_is_needed() -> None:
    with pytest.raises(TypeError, match="a file, its lines or messages are needed, not 7"):
        lint(7)  # type: ignore[arg-type]
