"""Any event and envelope that the types allow, and the values callers attach to them."""

from typing import Any

from hypothesis import strategies as st

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
from video_tracker.wire import PROFILES

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
