"""What a viewer's client said, in plain values: what waits for its turn is part of a snapshot."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from video_tracker.errors import SnapshotError
from video_tracker.ingest import Beacon, Said
from video_tracker.plan import AdRange
from video_tracker.plan_json import FORMS, ad_range_from_json, ad_range_to_json
from video_tracker.players.base import Callback
from video_tracker.signals import SIGNALS

__all__ = ["beacon_from_plain", "beacon_to_plain", "plain"]

_FORMS: Final = {**FORMS, AdRange: (ad_range_from_json, ad_range_to_json)}
_KINDS: Final = {f"${kind.__name__}": kind for kind in _FORMS}
_NAMES: Final = {kind: name for name, kind in SIGNALS.items()}
_DEEPEST: Final = 64
"""How deep a value may be nested; what lies below is told by its name, as all that is no JSON."""
_NOTHING: Final[Mapping[str, Any]] = {}


def beacon_to_plain(beacon: Beacon) -> list[Any]:
    """A beacon without its session's id, which is that of its viewer."""
    said = beacon.said
    told: list[Any]
    if isinstance(said, Callback):
        told = [said.player, said.event, plain(said.state), plain(said.detail), said.element]
    else:
        fields = (each for each in attrs.fields(type(said)) if each.name != "at")
        values = ((each, getattr(said, each.name)) for each in fields)
        told = [
            _NAMES[type(said)],
            {each.name: _written(value) for each, value in values if value != each.default},
        ]
    return [beacon.sequence, beacon.at, said.at, beacon.weight, beacon.order, told]


def beacon_from_plain(value: Any, session_id: str) -> Beacon:
    """The beacon that was written.

    Raises:
        SnapshotError: It is none.
    """
    try:
        sequence, at, said_at, weight, order, told = value
        said = _read(said_at, told)
        numbers = (at, said_at), (weight, order, 0 if sequence is None else sequence)
        fits = all(type(each) is float for each in numbers[0])
        if not fits or any(type(each) is not int for each in numbers[1]):
            raise TypeError(value)
    except (LookupError, TypeError, ValueError) as error:
        raise SnapshotError(f"the snapshot is damaged: {value!r:.80} is no beacon") from error
    return Beacon(session_id, sequence, at, said, weight, order)


def _read(at: float, told: list[Any]) -> Said:
    if len(told) == 2:
        name, fields = told
        return SIGNALS[name](at, **{key: _unwritten(each) for key, each in fields.items()})
    player, event, state, detail, element = told
    texts = (player, event, "" if element is None else element)
    if not all(type(each) is str for each in texts) or not (type(state) is type(detail) is dict):
        raise TypeError(told)
    return Callback(at, player, event, state or _NOTHING, detail or _NOTHING, element)


def _written(value: Any) -> Any:
    """A signal's value; a part of a plan stands under the name of its kind."""
    form = _FORMS.get(type(value))
    if form is not None:
        return {f"${type(value).__name__}": plain(form[1](value))}
    if isinstance(value, tuple) and any(type(each) in _FORMS for each in value[:1]):
        return {"$all": [_written(each) for each in value]}
    return plain(value)


def _unwritten(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        key, inner = next(iter(value.items()))
        if key == "$all":
            return tuple(_unwritten(each) for each in inner)
        if key in _KINDS:
            return _FORMS[_KINDS[key]][0](inner)
    return value


def plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON knows it; what it does not know is told by its name (S60)."""
    kind = type(value)
    if value is None or kind in (bool, float, int, str):
        return value
    if depth < _DEEPEST:
        if isinstance(value, Mapping):
            return {str(key): plain(each, depth + 1) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [plain(each, depth + 1) for each in value]
    return f"{kind.__name__} {value!r:.60}"
