"""A session as a small JSON-able value, and back: it goes on byte for byte where it stopped.

Only what differs from a session that has not begun is written down, so that most snapshots are a
few hundred bytes. A hook is not part of it; give it to the restored session again.
"""

import functools
import math
import struct
import types
from array import array
from collections.abc import Mapping
from typing import Any, Final, Union, get_args, get_origin

import attrs

from video_tracker.compact import ads_in_book, kept_fields, watched
from video_tracker.errors import PlanError, SnapshotError
from video_tracker.json_values import clean_mapping
from video_tracker.plan import Ad, Content, SessionPlan, is_number
from video_tracker.plan_json import FORMS, plan_from_json, plan_to_json
from video_tracker.session.data.chart import HOW, WHERE
from video_tracker.session.data.state import State
from video_tracker.session.data.timeline import Asset, Break, Timeline
from video_tracker.session.effects import stream
from video_tracker.session.session import Session

__all__ = ["VERSION", "check_parts", "of_plain", "restore", "snapshot", "to_plain"]

VERSION: Final = 4
_NOT_STATE: Final = (
    *("session_id", "plan", "on_diagnostic", "out", "book", "rare", "viewer", "anonymous"),
    *("fast", "run_from", "reasons_counted", "watched_often"),
)
_FIELDS: Final[dict[str, Any]] = {
    **{field.name: field.type for field in attrs.fields(State) if field.name not in _NOT_STATE},
    **{name: kind for name, kind in kept_fields(State).items() if name not in _NOT_STATE},
    "ranges": tuple[float, ...] | None,
    "ad_seconds": tuple[float, ...] | None,
    "diagnostics_counted": dict[str, int] | None,
}
"""The names of all that a session remembers, with their types."""
_CUSTOM: Final = ("properties", "annotation", "annotated", "context_told", "integrations_told")
_NEVER: Final = "never"
_WHOLE: Final = (Timeline, Asset, Break)
"""Of these all fields are written; of the others those that differ from their defaults."""
_origin_of: Any = functools.cache(get_origin)
_parts_of: Any = functools.cache(get_args)
_DAMAGE: Final = (PlanError, struct.error, LookupError, ArithmeticError, TypeError, ValueError)
"""What a value of a wrong type or size raises where it is read, or put into the book."""


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
        if name in ("user_id", "anonymous_id") or value != getattr(fresh, name):
            custom = name in _CUSTOM and value is not None
            state[name] = clean_mapping(value, "", [], most=math.inf) if custom else to_plain(value)
    head = {"version": VERSION, "session_id": s.session_id, "plan": plan_to_json(s.plan)}
    return {**head, "state": state}


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
    s = (session := _begin(value, plan))._state
    for name, written in value["state"].items():
        try:
            setattr(s, name, of_plain(_FIELDS[name], written))
        except _DAMAGE as error:
            raise _damaged(f"{name} cannot be {written!r:.80}") from error
    s.take_player(s.player)
    check_parts(s)
    s.run_on()
    s.tune()
    if s.stitch is not None:
        stream.measure_short_way(s)
    return session


def _damaged(why: object) -> SnapshotError:
    return SnapshotError(f"the snapshot is damaged: {why}")


def _begin(value: Mapping[str, Any], plan: SessionPlan | None) -> Session:
    """The session that was written down as it began, when the snapshot has all of its parts."""
    if not isinstance(value, Mapping):
        raise SnapshotError(f"a snapshot is a mapping, not {type(value).__name__}")
    version = value.get("version")
    if isinstance(version, bool) or version != VERSION:
        raise SnapshotError(f"unknown snapshot version {version!r}; known: {VERSION}")
    for name, kind in (("session_id", str), ("state", Mapping), ("plan", Mapping)):
        if not isinstance(part := value.get(name), kind) and (name != "plan" or plan is None):
            raise _damaged(f"{name} cannot be {part!r:.80}")
    try:
        plan = plan_from_json(value["plan"]) if plan is None else plan
        return Session(value["session_id"], plan, anonymous_id="-")
    except (PlanError, TypeError) as error:
        raise _damaged(error) from error


def to_plain(value: Any) -> Any:
    """A value in its JSON form."""
    if type(value) is float or type(value) is str:
        return _NEVER if value == math.inf else value
    form = FORMS.get(type(value))
    if form is not None:
        return form[1](value)
    if hasattr(value, "__attrs_attrs__"):
        told = ((field, getattr(value, field.name)) for field in _fields(value.__class__))
        whole = type(value) in _WHOLE
        return {each.name: to_plain(part) for each, part in told if whole or part != each.default}
    if isinstance(value, tuple | list | array | set):
        parts = [to_plain(part) for part in value]
        return sorted(parts) if isinstance(value, set) else parts
    if isinstance(value, Mapping):
        return {str(key): part for key, part in value.items()}
    return _NEVER if value == math.inf else value


@functools.cache
def _fields(kind: Any) -> "list[attrs.Attribute[Any]]":
    """The fields of a class in the order in which they are written: what is a plan's comes last."""
    last = (Ad, Content, tuple[Ad, ...])
    return sorted((each for each in attrs.fields(kind) if each.init), key=lambda f: f.type in last)


def of_plain(kind: Any, written: Any) -> Any:
    """A value of a type, from its JSON form; whatever cannot be read so raises."""
    kind, parts = _origin_of(kind) or kind, _parts_of(kind)
    if kind in (Union, types.UnionType):
        return None if written is None else of_plain(parts[0], written)
    if kind in FORMS:
        return FORMS[kind][0](written)
    if hasattr(kind, "__attrs_attrs__"):
        return _read_object(kind, written)
    if kind in (dict, Mapping):
        return _read_mapping(parts, written)
    if not parts:
        return _read_plain(kind, written)
    if not isinstance(written, list | tuple):
        raise TypeError(written)
    kinds = parts[:1] * len(written) if len(parts) == 1 or parts[-1] is ... else parts
    return kind(of_plain(each, part) for each, part in zip(kinds, written, strict=True))


def _read_plain(kind: Any, written: Any) -> Any:
    """A number, a text, a yes or no; no whole number is below -1."""
    if kind is Any:
        return written
    if kind is float and (written == _NEVER or is_number(written)):
        return math.inf if written == _NEVER else float(written)
    fits = isinstance(written, kind) and isinstance(written, bool) == (kind is bool)
    if not fits or kind is float or (kind is int and written < -1):
        raise ValueError(written)
    return written


def _read_mapping(parts: tuple[Any, ...], written: Any) -> dict[Any, Any]:
    """A mapping of a type; JSON has made texts of its keys."""
    key_kind, kind = parts
    if not isinstance(written, Mapping) or not all(
        isinstance(key, str) and (key_kind is str or key.isdecimal()) for key in written
    ):
        raise TypeError(written)
    return {key_kind(key): of_plain(kind, part) for key, part in written.items()}


def _read_object(kind: Any, written: Any) -> Any:
    """An object by the types of its fields; each pod of an asset has its border."""
    kinds = {field.name: field.type for field in _fields(kind)}
    values = _read_mapping((str, Any), written)
    if kind in _WHOLE and len(values) < len(kinds):
        raise ValueError(written)
    told = kind(**{name: of_plain(kinds[name], part) for name, part in values.items()})
    if kind is Asset and not 0 < len(told.borders) == len(told.pod_ids):
        raise ValueError(written)
    return told


def check_parts(s: State) -> None:
    """What fits together in every session must fit together in a restored one."""
    timeline, stitch = s.timeline, s.stitch
    assets, breaks = len(timeline.assets), len(timeline.breaks)
    stretches = [] if stitch is None else stitch.stretches
    fits = (
        s.where in WHERE.states
        and s.how in HOW.states
        and 0 <= s.asset_index < assets
        and -1 <= s.open_break < breaks
        and (s.where != "ad" or s.ad is not None)
        and (s.where not in ("ad", "ad_break") or s.open_break >= 0)
        and all(index < breaks for index, _, _ in ads_in_book(s))
        and all(0 <= asset < assets for asset, _, _ in watched(s))
        and all(0 <= part.index < breaks for part in stretches)
        and (stitch is None or stitch.inside < 0 or stitch.open is not None)
    )
    if not fits:
        raise _damaged("its parts do not fit together")
