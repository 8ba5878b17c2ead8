"""A session as a list of plain values, and back: what many share is written once and read once.

Times and positions stand in their order without names, of the session's book what is not as in a
new one, and what most sessions never set under its name, in the form of
:mod:`video_tracker.session.snapshot`. A plan, a timeline and a player's attributes are values: each
is packed once for as long as it lives, and equal ones are one object when they are read.
"""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, Final, TypeVar

from video_tracker.compact import kept_fields, rare_things, thin_book, whole_book
from video_tracker.json_values import clean_mapping
from video_tracker.keyed.packing import name_read, name_written, packed, unpacked
from video_tracker.plan import PlayerAttributes, SessionPlan, Settings
from video_tracker.plan_json import (
    plan_from_json,
    plan_to_json,
    settings_from_json,
    settings_to_json,
)
from video_tracker.session import Session
from video_tracker.session.data.chart import HOW, WHERE
from video_tracker.session.data.state import NOTHING_HELD, AdPlay, Held, Seek, State
from video_tracker.session.data.timeline import Timeline, timeline_of
from video_tracker.session.effects import stream
from video_tracker.session.snapshot import check_parts, of_plain, to_plain
from video_tracker.wire.cache import IdentityCache

__all__ = ["session_from_plain", "session_to_plain"]

_NEVER: Final = math.inf
_KINDS: Final = kept_fields(State)
_CUSTOM: Final = ("properties", "annotation", "annotated", "context_told", "integrations_told")
_WHERE: Final = {name: place for place, name in enumerate(WHERE.states)}
_HOW: Final = {name: place for place, name in enumerate(HOW.states)}
_MOST: Final = 4096
"""Values of a kind that are remembered."""

T = TypeVar("T")


def session_to_plain(session: Session, key: str) -> list[Any]:
    """A session, at any point, as plain values.

    Args:
        session: The session; nothing of it changes.
        key: Of whom it is; an id that is the same is not written.
    """
    s = session._state
    plan, held, rare = s.plan, s.held, s.rare
    known = [
        None if s.session_id == key else name_written(s.session_id),
        _plan_written(plan),
        _settings_written(s.settings, plan),
        s.viewer,
        None if s.player is plan.player else _of_players.get(s.player),
        _timeline_written(s),
    ]
    places = [
        None if s.rate == 1.0 else s.rate,
        None if s.accrued == s.clock else s.accrued,
        None if s.beat_due == _NEVER else s.beat_due,
        s.clock,
        s.newest,
        s.position,
        s.duration,
        s.said_duration,
    ]
    counts = [s.sequence, _WHERE[s.where], _HOW[s.how], s.asset_index, s.heartbeats]
    opened = [
        s.pod_id,
        None if s.ad is None else to_plain(s.ad),
        None if held is NOTHING_HELD else to_plain(held),
        None if s.seek is None else to_plain(s.seek),
    ]
    return [known, places, counts, opened, thin_book(s.book), rare and _rare_written(rare)]


def session_from_plain(told: Any, key: str) -> Session:
    """The session that was written.

    Raises:
        SnapshotError: It does not fit together.
        TypeError, ValueError, LookupError: A value of it is of a wrong kind.
    """
    known, places, counts, opened, book, rare = told
    session = Session.__new__(Session)
    s = session._state = State.__new__(State)
    session_id, plan, settings, viewer, player, timeline = known
    s.session_id = key if session_id is None else name_read(session_id)
    s.plan = plan = _plan_read(plan)
    s.settings = plan.settings if settings is None else _settings_read(settings)
    s.viewer = _viewer_read(viewer)
    s.player = plan.player
    s.timeline = timeline_of(plan) if timeline is None else _timeline_read(timeline)
    _read_numbers(s, places, counts)
    pod_id, ad, held, seek = opened
    s.pod_id = None if pod_id is None else _text(pod_id)
    s.ad = None if ad is None else of_plain(AdPlay, ad)
    s.held = NOTHING_HELD if held is None else of_plain(Held, held)
    s.seek = None if seek is None else of_plain(Seek, seek)
    s.book, s.rare = whole_book(*book), None
    s.fast, s.on_diagnostic = False, None
    if rare is not None:
        for name, value in rare.items():
            setattr(s, name, _rare_read(name, value))
    if player is not None:
        s.take_player(_player_read(player))
    check_parts(s)
    s.tune()
    if s.stitch is not None:
        stream.measure_short_way(s)
    return session


def _read_numbers(s: State, places: Any, counts: Any) -> None:
    rate, accrued, beat_due, clock, newest, position, duration, said = map(_number, places)
    sequence, where, how, asset_index, heartbeats = counts
    if clock is None or newest is None or position is None:
        raise TypeError(places)
    s.clock, s.newest, s.position = clock, newest, position
    s.rate = 1.0 if rate is None else rate
    s.accrued = clock if accrued is None else accrued
    s.beat_due = _NEVER if beat_due is None else beat_due
    s.duration, s.said_duration = duration, said
    s.sequence, s.asset_index = _whole(sequence), _whole(asset_index)
    s.heartbeats = _whole(heartbeats)
    s.where, s.how = WHERE.states[_whole(where)], HOW.states[_whole(how)]


def _viewer_read(told: Any) -> Any:
    ids = told if type(told) is list else [told]
    if len(ids) > 2 or not all(each is None or type(each) is str for each in ids):
        raise TypeError(told)
    return tuple(ids) if len(ids) == 2 else ids[0]


# -- what many share -------------------------------------------------------------------------------


def _plan_written(plan: SessionPlan) -> bytes:
    written: bytes | None = plan.derived.get("packed")
    if written is None:
        written = plan.derived["packed"] = packed(plan_to_json(plan))
    return written


def _settings_written(settings: Settings, plan: SessionPlan) -> bytes | None:
    return None if settings is plan.settings else _of_settings.get(settings)


def _timeline_written(s: State) -> bytes | None:
    timeline = s.timeline
    if timeline is s.plan.derived.get("timeline"):
        return None
    if timeline.packed is None:
        object.__setattr__(timeline, "packed", packed(to_plain(timeline)))
    return timeline.packed


_of_settings: Final = IdentityCache[Settings, bytes](lambda each: packed(settings_to_json(each)))
_of_players: Final = IdentityCache[PlayerAttributes, bytes](lambda each: packed(to_plain(each)))


def _reader(make: Callable[[Any], T]) -> Callable[[Any], T]:
    """Reads bytes; equal ones give one object, as long as they are seen again and again."""

    @functools.lru_cache(maxsize=_MOST)
    def read(written: bytes) -> T:
        return make(unpacked(written))

    return read


_plan_read: Final = _reader(plan_from_json)
_settings_read: Final = _reader(settings_from_json)
_player_read: Final = _reader(functools.partial(of_plain, PlayerAttributes))


@functools.lru_cache(maxsize=_MOST)
def _timeline_read(written: bytes) -> Timeline:
    timeline: Timeline = of_plain(Timeline, unpacked(written))
    object.__setattr__(timeline, "packed", written)
    return timeline


# -- what is rare ----------------------------------------------------------------------------------


def _rare_written(rare: tuple[Any, ...]) -> dict[str, Any]:
    written = {}
    for name, value in rare_things(rare):
        if name in _CUSTOM and value is not None:
            written[name] = clean_mapping(value, "", [], most=math.inf)
        else:
            written[name] = to_plain(value)
    return written


def _rare_read(name: str, written: Any) -> Any:
    if name == "reasons_counted":
        names, counts = written[::2], written[1::2]
        return tuple(itertools.chain(*zip(map(_text, names), map(_whole, counts), strict=True)))
    return of_plain(_KINDS[name], written)


def _number(value: Any) -> float | None:
    if value is not None and type(value) is not float and type(value) is not int:
        raise TypeError(value)
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(value)
    return value
