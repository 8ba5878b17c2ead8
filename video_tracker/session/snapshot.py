"""A session as a small JSON-able value, and back: it goes on byte for byte where it stopped.

Only what differs from a session that has not begun is written down, so that most snapshots are a
few hundred bytes. A hook is not part of it; give it to the restored session again.
"""

import math
import struct
import types
from array import array
from collections.abc import Callable, Mapping
from typing import Any, Final, Union, get_args, get_origin

import attrs

from video_tracker.errors import PlanError, SnapshotError
from video_tracker.events import NowPlaying
from video_tracker.json_values import clean_mapping
from video_tracker.plan import Content, PlayerAttributes, SessionPlan, Settings
from video_tracker.plan_json import (
    ad_from_json,
    ad_to_json,
    content_from_json,
    content_to_json,
    plan_from_json,
    plan_to_json,
    settings_from_json,
    settings_to_json,
)
from video_tracker.session.data.chart import HOW, WHERE
from video_tracker.session.data.compact import kept_fields
from video_tracker.session.data.state import AdPlay, Announced, Held, Seek, State
from video_tracker.session.data.stitch import Stitch, Stretch
from video_tracker.session.data.timeline import Asset, Break, Timeline
from video_tracker.session.effects import stream
from video_tracker.session.session import Session
from video_tracker.signals import Load

__all__ = ["VERSION", "restore", "snapshot"]

VERSION: Final = 2
_NOT_STATE: Final = (
    "session_id",
    "plan",
    "on_diagnostic",
    "out",
    "book",
    "rare",
    "viewer",
    "anonymous",
    "run_from",
    "reasons_counted",
    "watched_often",
)
_FIELDS: Final[dict[str, Any]] = {
    **{field.name: field.type for field in attrs.fields(State) if field.name not in _NOT_STATE},
    **{name: kind for name, kind in kept_fields(State).items() if name not in _NOT_STATE},
    "user_id": str | None,
    "anonymous_id": str | None,
    "ranges": array,
    "ad_seconds": array,
    "diagnostics_counted": dict[str, int] | None,
}
"""The names of all that a session remembers, with their types."""
_CUSTOM: Final = ("properties", "annotation", "annotated", "context_told", "integrations_told")
_IDENTITY: Final = ("user_id", "anonymous_id")
_NEVER: Final = "never"


def snapshot(session: Session) -> dict[str, Any]:
    """Write a session down.

    Args:
        session: Any session, at any point.

    Returns:
        A JSON-able mapping with ``version``, ``session_id``, ``plan`` and ``state``. Of custom
        properties it holds what the wire would send of them.
    """
    s = session._state
    s.settle()
    fresh = State(s.session_id, s.plan, anonymous_id="-")
    state = {}
    for name in _FIELDS:
        value = getattr(s, name)
        if name in _IDENTITY or value != getattr(fresh, name):
            custom = name in _CUSTOM
            state[name] = _write_custom(value) if custom else _write(value)
    return {
        "version": VERSION,
        "session_id": s.session_id,
        "plan": plan_to_json(s.plan),
        "state": state,
    }


def restore(value: Mapping[str, Any], plan: SessionPlan | None = None) -> Session:
    """The session that was written down.

    Args:
        value: What :func:`snapshot` returned, possibly by way of JSON.
        plan: The plan to share instead of the one written down; it must be the same.

    Returns:
        A session that goes on with the same events, byte for byte.

    Raises:
        SnapshotError: An unknown version, or a damaged value; the message says which.
    """
    session = _begin(value, plan)
    s = session._state
    for name, written in value["state"].items():
        try:
            setattr(s, name, _read_field(name, written))
        except (struct.error, OverflowError, ValueError) as error:  # no place for it in the book
            raise _damaged(name, written) from error
    s.take_player(s.player)
    _check(s)
    s.run_on()
    s.tune()
    if s.stitch is not None:
        stream.measure_short_way(s)
    return session


def _begin(value: Mapping[str, Any], plan: SessionPlan | None) -> Session:
    """The session that was written down as it began, when the snapshot has all of its parts."""
    if not isinstance(value, Mapping):
        raise SnapshotError(f"a snapshot is a mapping, not {type(value).__name__}")
    version = value.get("version")
    if isinstance(version, bool) or version != VERSION:
        raise SnapshotError(f"unknown snapshot version {version!r}; known: {VERSION}")
    session_id = value.get("session_id")
    if not isinstance(session_id, str) or not session_id:
        raise SnapshotError(f"the snapshot is damaged: session_id cannot be {session_id!r:.80}")
    if not isinstance(value.get("state"), Mapping):
        raise SnapshotError("the snapshot is damaged: state is no mapping")
    if plan is None and not isinstance(value.get("plan"), Mapping):
        raise SnapshotError("the snapshot is damaged: plan is missing or no mapping")
    try:
        plan = plan if plan is not None else plan_from_json(value["plan"])
        return Session(session_id, plan, anonymous_id="-")
    except (PlanError, TypeError) as error:
        raise SnapshotError(f"the snapshot is damaged: {error}") from error


# -- writing ---------------------------------------------------------------------------------------


def _write_custom(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if value is None else clean_mapping(value, "", [], most=math.inf)


def _write(value: Any) -> Any:  # noqa: C901, PLR0911 - one line a type
    if isinstance(value, float):
        return _NEVER if value == math.inf else value
    if isinstance(value, set):
        return sorted(_write(part) for part in value)
    if isinstance(value, tuple | list):
        return [_write(part) for part in value]
    if isinstance(value, Timeline):
        return _write_timeline(value)
    if isinstance(value, Settings):
        return settings_to_json(value)
    if isinstance(value, Load):
        return _write_load(value)
    if isinstance(value, AdPlay):
        return {**_write_fields(value), "ad": ad_to_json(value.ad)}
    if isinstance(value, Content):
        return content_to_json(value)
    if attrs.has(type(value)):
        return _write_fields(value)
    if isinstance(value, array):
        return list(value)
    if isinstance(value, Mapping):
        return {str(key): part for key, part in value.items()}
    return value


def _write_fields(value: Any) -> dict[str, Any]:
    kind: type[attrs.AttrsInstance] = type(value)
    return {
        field.name: _write(getattr(value, field.name))
        for field in attrs.fields(kind)
        if field.init and field.name != "ad" and getattr(value, field.name) != field.default
    }


def _write_timeline(timeline: Timeline) -> dict[str, Any]:
    return {
        "assets": [
            {**_write_fields_but(asset, "content"), "content": content_to_json(asset.content)}
            for asset in timeline.assets
        ],
        "breaks": [
            {**_write_fields_but(part, "ads"), "ads": [ad_to_json(ad) for ad in part.ads]}
            for part in timeline.breaks
        ],
        "pods_named": timeline.pods_named,
        "breaks_named": timeline.breaks_named,
    }


def _write_load(load: Load) -> dict[str, Any]:
    return {
        "at": load.at,
        "plan": None if load.plan is None else plan_to_json(load.plan),
        "duration": load.duration,
        "livestream": load.livestream,
        "content": None if load.content is None else content_to_json(load.content),
    }


def _write_fields_but(value: Any, left_out: str) -> dict[str, Any]:
    kind: type[attrs.AttrsInstance] = type(value)
    names = [field.name for field in attrs.fields(kind) if field.name != left_out]
    return {name: _write(getattr(value, name)) for name in names}


# -- reading ---------------------------------------------------------------------------------------


def _damaged(name: str, written: Any) -> SnapshotError:
    return SnapshotError(f"the snapshot is damaged: {name} cannot be {written!r:.80}")


def _read_field(name: str, written: Any) -> Any:
    if name not in _FIELDS:
        raise SnapshotError(f"the snapshot is damaged: unknown field {name!r}")
    return _read_value(name, _FIELDS[name], written)


def _read_value(name: str, kind: Any, written: Any) -> Any:
    """A value of a type, from its JSON form; anything else is damage."""
    if kind == "array[float] | None":
        kind = array
    if written is None and kind is array:
        return None
    if get_origin(kind) in (Union, types.UnionType):
        if written is None:
            return None
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) in (dict, Mapping):
        return _read_dict(name, written, *get_args(kind))
    reader = _READERS.get(get_origin(kind) or kind)
    if reader is None:
        raise _damaged(name, written)
    try:
        return reader(name, written)
    except SnapshotError:
        raise
    except (PlanError, TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise _damaged(name, written) from error


def _read_float(name: str, written: Any) -> float:
    if written == _NEVER:
        return math.inf
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise _damaged(name, written)
    if not math.isfinite(written):
        raise _damaged(name, written)
    return float(written)


def _read_int(name: str, written: Any) -> int:
    if isinstance(written, bool) or not isinstance(written, int) or written < -1:
        raise _damaged(name, written)
    return written


def _read_str(name: str, written: Any) -> str:
    if not isinstance(written, str):
        raise _damaged(name, written)
    return written


def _read_bool(name: str, written: Any) -> bool:
    if not isinstance(written, bool):
        raise _damaged(name, written)
    return written


def _read_mapping(name: str, written: Any) -> dict[str, Any]:
    if not isinstance(written, Mapping) or not all(isinstance(key, str) for key in written):
        raise _damaged(name, written)
    return dict(written)


def _read_dict(name: str, written: Any, key_kind: type[Any], kind: Any) -> dict[Any, Any]:
    """A mapping of a type; JSON has made texts of its keys."""
    told = _read_mapping(name, written)
    if key_kind is int and not all(key.isdecimal() for key in told):
        raise _damaged(name, written)
    if kind is not Any:
        told = {key: _read_value(name, kind, value) for key, value in told.items()}
    return {key_kind(key): value for key, value in told.items()}


def _read_set(name: str, written: Any) -> set[Any]:
    return {(_read_int(name, index), _read_int(name, place)) for index, place in written}


def _read_array(name: str, written: Any) -> "array[float]":
    if not isinstance(written, list) or len(written) % 3:
        raise _damaged(name, written)
    return array("d", [_read_float(name, part) for part in written])


def _reader_of(kind: type[Any]) -> Callable[[str, Any], Any]:
    """A reader of an attrs class whose fields are plain values."""

    def read(name: str, written: Any) -> Any:
        values = _read_mapping(name, written)
        fields = attrs.fields_dict(kind)
        if set(values) - set(fields):
            raise _damaged(name, written)
        return kind(
            **{
                field: _read_value(f"{name}.{field}", fields[field].type, part)
                for field, part in values.items()
            }
        )

    return read


def _read_ad_play(name: str, written: Any) -> AdPlay:
    values = _read_mapping(name, written)
    fields = attrs.fields_dict(AdPlay)
    return AdPlay(
        ad=ad_from_json(values.pop("ad")),
        **{
            field: _read_value(f"{name}.{field}", fields[field].type, part)
            for field, part in values.items()
        },
    )


def _read_timeline(name: str, written: Any) -> Timeline:
    values = _read_mapping(name, written)
    return Timeline(
        assets=tuple(_read_asset(name, part) for part in values["assets"]),
        breaks=tuple(_read_break(name, part) for part in values["breaks"]),
        pods_named=_read_int(name, values["pods_named"]),
        breaks_named=_read_int(name, values["breaks_named"]),
    )


def _read_load(name: str, written: Any) -> Load:
    plan, content = written["plan"], written["content"]
    return Load(
        _read_float(name, written["at"]),
        plan=None if plan is None else plan_from_json(plan),
        duration=_read_value(name, float | None, written["duration"]),
        livestream=_read_value(name, bool | None, written["livestream"]),
        content=None if content is None else content_from_json(content),
    )


def _read_asset(name: str, written: Any) -> Asset:
    borders = tuple(_read_float(name, border) for border in written["borders"])
    pod_ids = tuple(_read_str(name, pod_id) for pod_id in written["pod_ids"])
    if not borders or len(borders) != len(pod_ids):
        raise _damaged(name, written)
    duration = written["duration"]
    return Asset(
        content_from_json(written["content"]),
        None if duration is None else _read_float(name, duration),
        borders,
        pod_ids,
        _read_bool(name, written["named"]),
        None if written["live"] is None else _read_bool(name, written["live"]),
        None if written["told_id"] is None else _read_str(name, written["told_id"]),
    )


def _read_break(name: str, written: Any) -> Break:
    values = dict(written)
    ads = tuple(ad_from_json(ad) for ad in values.pop("ads"))
    fields = attrs.fields_dict(Break)
    return Break(
        ads=ads,
        **{
            field: _read_value(f"{name}.{field}", fields[field].type, part)
            for field, part in values.items()
        },
    )


def _read_stretches(name: str, written: Any) -> list[Stretch]:
    if not isinstance(written, list):
        raise _damaged(name, written)
    return [_read_stretch(f"{name}[{place}]", part) for place, part in enumerate(written)]


def _read_lengths(name: str, written: Any) -> tuple[float | None, ...]:
    if not isinstance(written, list):
        raise _damaged(name, written)
    return tuple(None if part is None else _read_float(name, part) for part in written)


_READERS: Final[dict[Any, Callable[[str, Any], Any]]] = {
    float: _read_float,
    int: _read_int,
    str: _read_str,
    bool: _read_bool,
    set: _read_set,
    array: _read_array,
    Settings: lambda _name, written: settings_from_json(written),
    PlayerAttributes: _reader_of(PlayerAttributes),
    NowPlaying: _reader_of(NowPlaying),
    Announced: _reader_of(Announced),
    Content: lambda _name, written: content_from_json(written),
    Held: _reader_of(Held),
    Seek: _reader_of(Seek),
    Load: _read_load,
    AdPlay: _read_ad_play,
    Timeline: _read_timeline,
    Stitch: _reader_of(Stitch),
    list: _read_stretches,
    tuple: _read_lengths,
}
_read_stretch: Final = _reader_of(Stretch)
"""Readers by type."""


def _check(session: State) -> None:
    """What fits together in every session must fit together in a restored one."""
    timeline = session.timeline
    fits = (
        session.where in WHERE.states
        and session.how in HOW.states
        and 0 <= session.asset_index < len(timeline.assets)
        and -1 <= session.open_break < len(timeline.breaks)
        and (session.where != "ad" or session.ad is not None)
        and (session.where not in ("ad", "ad_break") or session.open_break >= 0)
        and all(0 <= index < len(timeline.breaks) for index in (session.ad_seconds or ())[::3])
        and all(0 <= index < len(timeline.assets) for index in (session.ranges or ())[::3])
        and all(isinstance(told, Mapping) for told in session.annotated.values())
        and _stitch_fits(session)
    )
    if not fits:
        raise SnapshotError("the snapshot is damaged: its parts do not fit together")


def _stitch_fits(session: State) -> bool:
    """Whether every stretch of the stream has its break, and the open one its stretch."""
    stitch = session.stitch
    if stitch is None:
        return True
    breaks = len(session.timeline.breaks)
    known = all(0 <= part.index < breaks for part in stitch.stretches)
    return known and (stitch.inside < 0 or stitch.open is not None)
