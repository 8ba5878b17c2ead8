"""Any event with any values is valid JSON, and the same JSON whoever writes it."""

import datetime
import json
import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.strategies import CUSTOM, ENVELOPE, NONE, PROFILE, events
from video_tracker.errors import EncodingError
from video_tracker.events import Envelope, Event, QualityUpdated
from video_tracker.wire import MESSAGE_LIMIT, Encoder, check_message
from video_tracker.wire.engines import ENGINES, find_engine


def _no_constant(name: str) -> object:
    raise AssertionError(f"{name} is no JSON")


def decoded(body: bytes) -> Any:
    return json.loads(body.decode(), parse_constant=_no_constant)


@given(events(CUSTOM), ENVELOPE, PROFILE)
def test_any_event_is_valid_json_that_means_its_message(
    event: Event, envelope: Envelope, profile: str
) -> None:
    """S3, S60: whatever the values, the bytes are JSON, below the limit, and stable."""
    encoder = Encoder(profile, engine="json")
    record = encoder.encode(event, envelope)

    assert decoded(record.body) == encoder.message(event, envelope)
    assert encoder.encode(event, envelope) == record
    assert len(record.body) <= MESSAGE_LIMIT


@pytest.mark.parametrize("engine", sorted(ENGINES.keys() - {"json"}))
@given(event=events(CUSTOM), envelope=ENVELOPE, profile=PROFILE)
def test_every_engine_means_the_same(
    engine: str, event: Event, envelope: Envelope, profile: str
) -> None:
    """S6: null and absent, integers and floats survive every encoder alike."""
    pytest.importorskip(engine)
    standard, other = Encoder(profile, engine="json"), Encoder(profile, engine=engine)
    expected = decoded(standard.encode(event, envelope).body)
    actual = decoded(other.encode(event, envelope).body)

    assert actual == expected
    assert _types(actual) == _types(expected)
    assert other.repairs == standard.repairs


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _types(item) for key, item in value.items()}
    return [_types(item) for item in value] if isinstance(value, list) else type(value)


@given(events(NONE), PROFILE, st.sampled_from(["omit", "null"]))
def test_without_custom_properties_any_event_obeys_the_tables(
    event: Event, profile: str, absent: str
) -> None:
    """Tables 1.1, 1.2, 2.1, 2.4: types, choices, ranges and nulls."""
    message = Encoder(profile).message(event, Envelope(user_id="u", absent=absent))

    assert check_message(message, profile) == []


ODD = st.sampled_from([math.nan, math.inf, -math.inf, -1, 10**30, 1e300, "12", True, [], object()])


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(odd=st.tuples(ODD, ODD, ODD, ODD, ODD))
def test_odd_derived_values_never_reach_the_wire(engine: str, odd: tuple[Any, ...]) -> None:
    """S3: NaN, infinities and absurd inputs never reach a message, even if an event held them."""
    if engine != "json":
        pytest.importorskip(engine)
    rate, frames, startup, dropped, position = odd
    event = QualityUpdated(0.0, 1, "s", {}, position, None, rate, frames, startup, dropped)
    encoder = Encoder(engine=engine)
    message = decoded(encoder.encode(event, Envelope(user_id="u")).body)

    assert message == encoder.message(event, Envelope(user_id="u"))
    figures = [value for key, value in message["properties"].items() if key != "session_id"]
    assert all(type(figure) is int and abs(figure) < 2**53 for figure in figures)


@given(at=st.floats() | st.integers() | st.text(max_size=2), custom=CUSTOM)
def test_nothing_but_an_encoding_error_ever_leaves(at: Any, custom: dict[str, Any]) -> None:
    """S60: one kind of refusal, with a reason code."""
    event = QualityUpdated(at, 1, "s", custom, None, None)
    try:
        Encoder().encode(event, Envelope(user_id="u"))
    except EncodingError as error:
        assert error.reason in {"unencodable", "too_large"}  # noqa: PT017 - either is right


def test_an_event_of_a_kind_that_has_no_properties_is_refused() -> None:
    """A subclass of Event that no table knows has no shape on the wire."""

    class Foreign(Event):
        name = "Video Foreign"

    with pytest.raises(EncodingError, match="Foreign is no event of the library"):
        Encoder().message(Foreign(0.0, 1, "s", {}, None, None), Envelope(user_id="u"))


def test_the_first_installed_engine_is_taken() -> None:
    """orjson, then msgspec, then the standard library."""
    assert list(ENGINES) == ["orjson", "msgspec", "json"]
    when = {"null": None, "text": "é", "number": 1.5}
    assert find_engine()(when) == find_engine("json")(when)


def test_an_engine_that_is_not_installed_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extras are extras: without them the standard library writes."""

    def missing() -> Any:
        raise ImportError

    monkeypatch.setattr(
        "video_tracker.wire.engines.ENGINES",
        {"orjson": missing, "msgspec": missing, "json": ENGINES["json"]},
    )

    assert find_engine()([datetime.MINYEAR]) == b"[1]"
    with pytest.raises(ImportError):
        find_engine("orjson")


@pytest.mark.parametrize("name", ENGINES)
def test_bytes_that_are_kept_take_no_more_memory_than_they_need(name: str) -> None:
    """A queue of 20,000 events must not cost ten times its bytes."""
    script = f"""
import os
from video_tracker.wire.engines import find_engine
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
dumps = find_engine({name!r})
message = {{"properties": {{"title": "t" * 700}}}}
kept = [dumps(message) for _ in range(100)]
before = resident()
kept += [dumps(message) for _ in range(5_000)]
print((resident() - before) / 5_000)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert float(done.stdout) < 2_000
