"""The JSON form of a value that an adapter holds."""

import collections
import enum
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from video_tracker.adapter_state.kinds import fields_of, is_json
from video_tracker.adapter_state.refusing import MOST, shown, spent
from video_tracker.errors import SnapshotError

__all__ = ["NO_FORM", "ValueWriter", "form_of"]

NO_FORM: Final = object()
"""Stands for the form of a value that has none."""

_SHORT: Final = 24
"""Characters of a text that is written again rather than referred to."""


def form_of(value: object, classes: Mapping[str, type[Any]]) -> Any:
    """A value of a new adapter as it would be written, to compare others with it.

    Returns:
        ``NO_FORM`` if it cannot be.
    """
    try:
        return ValueWriter(None).written(value, classes, "", "")
    except SnapshotError:
        return NO_FORM


class ValueWriter:
    """Writes the values of one adapter.

    Attributes:
        places: Where each object, by its id, and each longer text was met first.
    """

    def __init__(self, adapter: object) -> None:
        self.places: dict[int | str, str] = {}
        self._adapter = adapter
        self._classes: Mapping[str, type[Any]] = {}
        self._left = MOST

    def written(
        self, value: object, classes: Mapping[str, type[Any]], place: str, path: str
    ) -> Any:
        """A value in its JSON form.

        Args:
            value: It may be anything.
            classes: Those of values that may stand in it, by name.
            place: Its own, for what refers to it later.
            path: Where it is held, for a message.

        Raises:
            SnapshotError: It has no such form, or there is no room left.
        """
        if self._is_plain(value):
            return value
        self._classes = classes
        return self._form(value, place, path)

    def _value(self, value: Any, place: str, path: str) -> Any:
        return value if self._is_plain(value) else self._form(value, place, path)

    def _is_plain(self, value: Any) -> bool:
        """Take room for a value; whether it is its own form wherever it stands."""
        self._left = spent(self._left, value)
        kind = type(value)
        if kind is str:
            return len(value) < _SHORT
        return value is None or kind is bool or is_json(value)

    def _form(self, value: Any, place: str, path: str) -> Any:
        kind = type(value)
        if kind is float:
            return {"$float": str(value)}
        if kind is types.MethodType and value.__self__ is self._adapter:
            return {"$method": value.__name__}
        met = value if kind is str else id(value)
        if met in self.places:
            return {"$same": self.places[met]}
        if kind is not tuple:  # tuples are shared by chance: they may be constants
            self.places[met] = place
        return value if kind is str else self._composed(value, place, path)

    def _composed(self, value: Any, place: str, path: str) -> Any:
        name = type(value).__name__
        if type(value) is dict:
            return self._pairs(value, place, path)
        if type(value) is collections.deque:
            return {"$deque": [self._items(value, place, path), value.maxlen]}
        if type(value) in (list, tuple, set, frozenset):
            items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
            listed = self._items(items, place, path)
            return listed if type(value) is tuple else {f"${name}": listed}
        if self._classes.get(name) is not type(value):
            raise SnapshotError(f"{path} holds what cannot be written: {shown(value)}")
        if isinstance(value, enum.Enum):
            return {f"${name}": value.name}
        return {f"${name}": dict(self._told(value, place, path))}

    def _items(self, items: Iterable[Any], place: str, path: str) -> list[Any]:
        plain, form = self._is_plain, self._form
        return [
            each if plain(each) else form(each, f"{place}.{at}", f"{path}[{at}]")
            for at, each in enumerate(items)
        ]

    def _pairs(self, value: dict[Any, Any], place: str, path: str) -> Any:
        plain = all(isinstance(key, str) and not key.startswith("$") for key in value)
        pairs = []
        for at, (key, each) in enumerate(value.items()):
            written = key if plain else self._value(key, f"{place}:{at}", path)
            form = (
                each
                if self._is_plain(each)
                else self._form(each, f"{place}.{key}", f"{path}[{key!r:.40}]")
            )
            pairs.append([written, form])
            self._left = spent(self._left, written)
        return dict(pairs) if plain else {"$dict": pairs}

    def _told(self, value: Any, place: str, path: str) -> Iterator[tuple[str, Any]]:
        """The fields of an object that are not as its class makes them."""
        kind: Any = type(value)
        for alias, field in fields_of(kind).items():
            part, default = getattr(value, field.name), field.default
            if type(part) is not type(default) or part != default:
                yield alias, self._value(part, f"{place}.{alias}", f"{path}.{field.name}")
