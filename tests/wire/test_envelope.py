"""The envelope: identity, ids, times, context, size."""

import datetime
import fractions
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.errors import EncodingError
from video_tracker.events import Envelope, NowPlaying, PlaybackPaused
from video_tracker.plan import PlayerAttributes
from video_tracker.session import Session
from video_tracker.testing.clock import NOON
from video_tracker.version import __version__
from video_tracker.wire import MESSAGE_LIMIT, Encoder, Record
from video_tracker.wire.cache import IdentityCache
from video_tracker.wire.engines import find_engine
from video_tracker.wire.formats import message_id, timestamp
from video_tracker.wire.profiles import find_profile

ENVELOPE = Envelope(user_id="u1")


def paused(**changes: Any) -> PlaybackPaused:
    fields: dict[str, Any] = {
        "at": 1795432210.25,
        "sequence": 3,
        "session_id": "s1",
        "properties": {},
        "position": 8,
        "total_length": 60,
        "player": PlayerAttributes(),
        "playing": NowPlaying("a", "content-1"),
    }
    return PlaybackPaused(**{**fields, **changes})


def test_the_message_has_exactly_these_parts() -> None:
    """S50, S51; ``sentAt`` belongs to the attempt, not to the message."""
    envelope = Envelope(
        user_id="u1",
        anonymous_id="a1",
        context={"ip": "192.0.2.1", "page": {"url": "https://example.com/"}},
        integrations={"All": True, "Amplitude": False},
    )
    expected = {
        "type": "track",
        "event": "Video Playback Paused",
        "userId": "u1",
        "anonymousId": "a1",
        "messageId": "s1-3",
        "timestamp": "2026-11-23T11:10:10.250Z",
        "properties": {
            "session_id": "s1",
            "content_asset_id": "a",
            "content_pod_id": "content-1",
            "position": 8,
            "total_length": 60,
        },
        "context": {
            "ip": "192.0.2.1",
            "page": {"url": "https://example.com/"},
            "library": {"name": "video-tracker", "version": __version__},
        },
        "integrations": {"All": True, "Amplitude": False},
    }

    assert Encoder().message(paused(), envelope) == expected
    assert json.loads(Encoder().encode(paused(), envelope).body) == expected


def test_the_record_names_its_message() -> None:
    """Delivery reads these three and never looks inside the body."""
    record = Encoder().encode(paused(), ENVELOPE)

    assert isinstance(record, Record)
    assert (record.message_id, record.session_id, record.event) == (
        "s1-3",
        "s1",
        "Video Playback Paused",
    )


def test_the_body_is_compact_utf8() -> None:
    """S55 counts bytes, so none is wasted on spaces or escapes."""
    body = Encoder().encode(paused(session_id="über"), ENVELOPE).body

    assert b'"type":"track","event":' in body
    assert "über".encode() in body
    assert b"\\u" not in body


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        (Envelope(user_id="u"), {"userId": "u"}),
        (Envelope(anonymous_id="a"), {"anonymousId": "a"}),
        (Envelope(user_id="u", anonymous_id="a"), {"userId": "u", "anonymousId": "a"}),
    ],
)
def test_only_the_ids_that_are_set_are_sent(envelope: Envelope, expected: dict[str, str]) -> None:
    """S50: both allowed; a null id would be somebody of that name."""
    message = Encoder().message(paused(), envelope)

    assert {key: message[key] for key in ("userId", "anonymousId") if key in message} == expected


def test_an_event_of_nobody_is_refused() -> None:
    """S50: the vendor would answer 200 and drop it."""
    with pytest.raises(EncodingError, match=r"anonymous_id.*S50") as caught:
        Encoder().encode(paused(), Envelope())
    assert caught.value.reason == "unencodable"


def test_an_id_that_is_no_string_is_refused() -> None:
    """S50: 7 and "7" would be two people to some destinations and one to others."""
    with pytest.raises(EncodingError, match="userId must be a string, not 7"):
        Encoder().encode(paused(), Envelope(user_id=7))  # type: ignore[arg-type]


def test_a_replay_names_the_session_it_repeats() -> None:
    """S24: the old id is in the new session's context."""
    replay = Envelope(user_id="u1", restarted_from="s1", context={"ip": "192.0.2.1"})
    context = Encoder().message(paused(session_id="s1-2"), replay)["context"]

    assert context["restarted_from"] == "s1"
    assert context["ip"] == "192.0.2.1"
    assert "restarted_from" not in Encoder().message(paused(), ENVELOPE)["context"]


def test_the_library_is_named_whatever_the_caller_puts_there() -> None:
    """S51: ``context.library`` names this library."""
    envelope = Envelope(user_id="u1", context={"library": {"name": "other"}})

    library = Encoder().message(paused(), envelope)["context"]["library"]
    assert library == {"name": "video-tracker", "version": __version__}


def test_encoding_changes_nothing_and_answers_the_same_each_time() -> None:
    """S50: retries and replays of a session are idempotent."""
    context = {"ip": "192.0.2.1"}
    custom = {"tags": ["a"], "price": 1.5}
    envelope = Envelope(user_id="u1", context=context)
    encoder = Encoder()
    first = encoder.encode(paused(properties=custom), envelope)
    message = encoder.message(paused(properties=custom), envelope)
    message["properties"]["tags"].append("changed by the caller")
    message["context"]["library"]["name"] = "changed by the caller"

    assert encoder.encode(paused(properties=custom), envelope) == first
    assert Encoder().encode(paused(properties=custom), envelope) == first
    assert context == {"ip": "192.0.2.1"}
    assert custom == {"tags": ["a"], "price": 1.5}


def test_a_context_that_is_filled_anew_for_the_next_viewer_is_read_anew() -> None:
    """S51: nobody's context ever reaches another's message."""
    encoder, context = Encoder(), {"ip": "192.0.2.1"}
    encoder.encode(paused(), Envelope(user_id="u1", context=context))
    context["ip"] = "192.0.2.2"

    message = encoder.message(paused(), Envelope(user_id="u2", context=context))
    assert message["context"]["ip"] == "192.0.2.2"


SESSION_IDS = st.text(alphabet=st.characters(), max_size=130) | st.from_regex(
    r"\A(sha256-)?[a-f0-9]{0,70}(-[0-9]{1,3}){0,3}\Z"
)
SEQUENCES = st.integers(1, 10**9)


@given(SESSION_IDS, SEQUENCES)
def test_a_message_id_has_at_most_100_characters(session_id: str, sequence: int) -> None:
    """S50."""
    assert 1 <= len(message_id(session_id, sequence)) <= 100


@given(SESSION_IDS, SEQUENCES, st.booleans(), SESSION_IDS, SEQUENCES, st.booleans())
def test_two_events_never_share_a_message_id(
    a: str, m: int, again: bool, b: str, n: int, anew: bool
) -> None:
    """S50: the same session and the same n-th event, and only they; S24: a replay is another."""
    same = message_id(a, m, replay=again) == message_id(b, n, replay=anew)

    assert same == ((a, m, again) == (b, n, anew))


def test_a_replay_shares_no_message_id_with_a_session_that_has_its_name() -> None:
    """S24, S50: the first replay of ``v`` is ``v-2``; somebody may call a session so, too."""
    replay = Session("v", user_id="u").restart()
    namesake = Session("v-2", user_id="u")
    ids = [
        Encoder().message(session.play(NOON)[0], session.envelope())["messageId"]
        for session in (replay, namesake)
    ]

    assert ids == ["v-2.1", "v-2-1"]


def test_a_session_cannot_take_the_ids_of_a_hashed_one() -> None:
    """S50: an id that looks like a hash is hashed itself."""
    long = "x" * 200
    hashed = message_id(long, 1)
    disguised = hashed.removesuffix("-1")

    assert hashed.startswith("sha256-")
    assert message_id(disguised, 1) != hashed


def test_a_short_message_id_can_be_read() -> None:
    """S50; the hash begins where 100 characters end."""
    assert message_id("s1", 17) == "s1-17"
    assert message_id("s" * 98, 1) == "s" * 98 + "-1"
    assert message_id("s" * 99, 1).startswith("sha256-")
    assert message_id("üs", 1).startswith("sha256-")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (0.9994, "1970-01-01T00:00:00.999Z"),
        (0.9996, "1970-01-01T00:00:01.000Z"),
        (59.9996, "1970-01-01T00:01:00.000Z"),
        (86399.9996, "1970-01-02T00:00:00.000Z"),
        (951782399.9996, "2000-02-29T00:00:00.000Z"),
        (1795432210.9996, "2026-11-23T11:10:11.000Z"),
        (1795432210.0004, "2026-11-23T11:10:10.000Z"),
        (-0.0004, "1970-01-01T00:00:00.000Z"),
        (-0.25, "1969-12-31T23:59:59.750Z"),
        (1795432210, "2026-11-23T11:10:10.000Z"),
    ],
)
def test_a_timestamp_is_rounded_to_the_nearest_millisecond(at: float, expected: str) -> None:
    """S50: the carry reaches the second, the day and the year."""
    assert timestamp(at) == expected


@given(st.floats(-62_135_596_800 + 1, 253_402_300_799 - 1))
def test_a_timestamp_is_the_moment_within_half_a_millisecond(at: float) -> None:
    """S50, for every moment that a date can have."""
    text = timestamp(at)
    moment = datetime.datetime.fromisoformat(text)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

    assert len(text) == 24
    millis = (moment - epoch) // datetime.timedelta(milliseconds=1)
    off = abs(fractions.Fraction(millis, 1000) - fractions.Fraction(at))
    assert off <= 0.0005 + math.ulp(at)


@pytest.mark.parametrize("at", [math.nan, math.inf, -math.inf, 1e12, -1e12, 1e300])
def test_an_event_at_no_time_is_refused(at: float) -> None:
    """S50: a message without its time would be dated by its arrival."""
    with pytest.raises(EncodingError) as caught:
        Encoder().encode(paused(at=at), ENVELOPE)
    assert caught.value.reason == "unencodable"


def sized(encoder: Encoder, size: int, filler: str = "x") -> PlaybackPaused:
    empty = len(encoder.encode(paused(properties={"filler": ""}), ENVELOPE).body)
    count, rest = divmod(size - empty, len(filler.encode()))
    return paused(properties={"filler": filler * count + "x" * rest})


@pytest.mark.parametrize("engine", ["json", "orjson", "msgspec"])
@pytest.mark.parametrize("filler", ["x", "é", "語", "🎬"])
def test_32000_bytes_are_sent_and_one_more_is_not(filler: str, engine: str) -> None:
    """S55: bytes of UTF-8, not characters."""
    if engine != "json":
        pytest.importorskip(engine)
    encoder = Encoder(engine=engine)

    assert len(encoder.encode(sized(encoder, MESSAGE_LIMIT, filler), ENVELOPE).body) == 32_000
    with pytest.raises(EncodingError, match=r"32,001 bytes.*S55") as caught:
        encoder.encode(sized(encoder, MESSAGE_LIMIT + 1, filler), ENVELOPE)
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_message_of_too_many_values_is_too_large_without_being_written(kind: type) -> None:
    """S55: sixteen lists inside each other, each twice, are 65,536 values."""
    bomb: Any = kind()
    for _ in range(16):
        bomb = kind((bomb, bomb))

    for call in (Encoder().encode, Encoder().message):
        with pytest.raises(EncodingError) as caught:
            call(paused(properties={"bomb": bomb}), ENVELOPE)
        assert caught.value.reason == "too_large"


def test_what_is_no_event_is_refused() -> None:
    """The only error that leaves the encoder is EncodingError."""
    with pytest.raises(EncodingError) as caught:
        Encoder().encode("Video Playback Paused", ENVELOPE)  # type: ignore[arg-type]
    assert caught.value.reason == "unencodable"


def test_an_unknown_profile_or_engine_is_refused_by_name() -> None:
    """A wrong setting is seen when the encoder is made, with the names that exist."""
    with pytest.raises(LookupError, match="customerio, segment, rudderstack"):
        Encoder("customer.io")
    with pytest.raises(LookupError, match="orjson, msgspec, json"):
        Encoder(engine="simplejson")
    assert Encoder(find_profile("segment")).profile.name == "segment"
    assert find_engine()({"a": None}) == b'{"a":null}'


def test_the_cache_never_grows_beyond_its_size() -> None:
    """A process that lives for months shows many assets; only a few are remembered."""
    made: list[object] = []

    def make(key: object) -> int:
        made.append(key)
        return len(made)

    cache: IdentityCache[object, int] = IdentityCache(make, size=10)
    keys = [object() for _ in range(95)]

    assert [cache.get(key) for key in keys] == list(range(1, 96))
    assert len(cache) <= 10
    assert cache.get(keys[-1]) == 95
    assert len(made) == 95
