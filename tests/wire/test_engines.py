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

from video_tracker.errors import EncodingError
from video_tracker.events import (
    EVENTS,
    AdEvent,
    ContentEvent,
    Envelope,
    Event,
    NowPlaying,
    PlannedAd,
    PlaybackEvent,
    PlaybackInterrupted,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
    PlaybackStarted,
    QualityUpdated,
)
from video_tracker.plan import Ad, Content, PlayerAttributes
from video_tracker.wire import MESSAGE_LIMIT, PROFILES, Encoder, check_message
from video_tracker.wire.engines import ENGINES, find_engine

# Any code points at all: half surrogate pairs come out of real logs.
TEXT = st.text(alphabet=st.characters(), max_size=12)
ID = st.text(alphabet=st.characters(), min_size=1, max_size=12)
SECONDS = st.none() | st.integers(0, 10**7)
AMOUNT = st.none() | st.floats(0, 1e9) | st.integers(0, 10**20)
AD_TYPE = st.sampled_from(["pre-roll", "mid-roll", "post-roll"])
AIRDATE = st.dates() | st.datetimes() | st.datetimes(timezones=st.timezones()) | TEXT
SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.binary(max_size=4)
    | st.decimals()
    | st.fractions()
    | st.dates()
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.timedeltas()
    | st.uuids()
    | st.complex_numbers()
    | st.frozensets(st.integers() | TEXT, max_size=3)
)
ANYTHING = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(TEXT | st.integers() | st.none(), inner, max_size=3)
    ),
    max_leaves=8,
)
NONE: st.SearchStrategy[dict[str, Any]] = st.just({})
CUSTOM = NONE | st.dictionaries(TEXT, ANYTHING, max_size=4)

PLAYER = st.builds(
    PlayerAttributes,
    video_player=st.none() | TEXT,
    sound=AMOUNT,
    full_screen=st.none() | st.booleans(),
    ad_enabled=st.none() | st.booleans(),
    quality=st.none() | TEXT,
    bitrate=AMOUNT,
    framerate=AMOUNT,
    livestream=st.none() | st.booleans(),
)
Values = st.SearchStrategy[dict[str, Any]]


def contents(custom: Values) -> st.SearchStrategy[Content]:
    return st.builds(
        Content,
        asset_id=st.none() | ID,
        title=st.none() | TEXT,
        keywords=st.none() | st.lists(TEXT, max_size=3),
        season=st.none() | TEXT,
        full_episode=st.none() | st.booleans(),
        livestream=st.none() | st.booleans(),
        airdate=st.none() | AIRDATE,
        load_type=st.none() | st.sampled_from(["dynamic", "linear"]),
        properties=custom,
    )


def ads(custom: Values) -> st.SearchStrategy[Ad]:
    return st.builds(Ad, title=st.none() | TEXT, publisher=st.none() | TEXT, properties=custom)


PLAYING = st.builds(
    NowPlaying,
    content_asset_id=st.none() | ID,
    content_pod_id=st.none() | ID,
    ad_asset_id=st.none() | ID,
    ad_pod_id=st.none() | ID,
    ad_type=st.none() | AD_TYPE,
)
PLANNED = st.lists(st.builds(PlannedAd, asset_id=ID, pod_id=ID, ad_type=AD_TYPE), max_size=3)
ENVELOPE = st.builds(
    Envelope,
    user_id=ID,
    anonymous_id=st.none() | ID,
    context=CUSTOM,
    integrations=CUSTOM,
    absent=st.sampled_from(["omit", "null"]),
    restarted_from=st.none() | ID,
)


def _fields(kind: type[Event], custom: Values) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "at": st.floats(0, 4e9),
        "sequence": st.integers(1, 10**6),
        "session_id": ID,
        "properties": custom,
        "position": SECONDS,
        "total_length": SECONDS,
    }
    if issubclass(kind, PlaybackEvent):
        fields |= {"player": PLAYER, "playing": PLAYING}
    if issubclass(kind, PlaybackStarted):
        ids = st.lists(ID, max_size=2).map(tuple)
        fields |= {"content_asset_ids": ids, "content_pod_ids": ids}
        fields |= {"planned_ads": PLANNED.map(tuple)}
    if issubclass(kind, PlaybackInterrupted):
        fields |= {"method": st.none() | TEXT}
    if issubclass(kind, PlaybackSeekStarted | PlaybackSeekCompleted):
        fields |= {"seek_position": SECONDS}
    if issubclass(kind, ContentEvent):
        fields |= {"asset_id": ID, "pod_id": ID, "player": PLAYER, "content": contents(custom)}
    if issubclass(kind, AdEvent):
        fields |= {
            "ad": ads(custom),
            "asset_id": ID,
            "pod_id": ID,
            "ad_type": AD_TYPE,
            "player": PLAYER,
        }
        fields |= {"pod_position": st.integers(1, 9), "pod_length": SECONDS}
        fields |= {"content": st.none() | contents(custom), "content_asset_id": st.none() | ID}
        fields |= {"content_pod_id": st.none() | ID, "content_position": SECONDS}
        fields |= {"content_length": SECONDS, "quartile": st.none() | st.integers(1, 3)}
    if issubclass(kind, QualityUpdated):
        fields |= {"bitrate": AMOUNT, "framerate": AMOUNT}
        fields |= {"startup_time": SECONDS, "dropped_frames": SECONDS}
    return fields


def events(custom: Values) -> st.SearchStrategy[Event]:
    return st.sampled_from(sorted(EVENTS)).flatmap(
        lambda name: st.builds(EVENTS[name], **_fields(EVENTS[name], custom))
    )


PROFILE = st.sampled_from(sorted(PROFILES))


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
