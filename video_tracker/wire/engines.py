"""The JSON libraries: orjson when it is installed, else msgspec, else the standard library.

All of them are given only what ``clean.py`` and ``properties.py`` let through, so they write the
same meaning: compact, UTF-8, no escapes beyond those that JSON demands.
"""

import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["ENGINES", "find_engine", "json_text"]

Dumps = Callable[[Any], bytes]


def _orjson() -> Dumps:
    encode: Dumps = importlib.import_module("orjson").dumps

    def dumps(value: Any) -> bytes:
        # Its bytes sit at the start of a much larger block, which they hold for as long as they
        # are kept: 8 KB for each event in a queue, and fresh pages for each. A copy does not.
        return bytes(memoryview(encode(value)))

    return dumps


def _msgspec() -> Dumps:
    encode: Dumps = importlib.import_module("msgspec.json").Encoder().encode
    return encode


# The values are fresh copies of bounded depth, so the check for circles would find none.
json_text: Final[Callable[[Any], str]] = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
).encode
"""Writes JSON with the standard library, as text: compact, half surrogate pairs as they are."""


def _stdlib() -> Dumps:
    def dumps(value: Any) -> bytes:
        return json_text(value).encode()

    return dumps


ENGINES: Final[Mapping[str, Callable[[], Dumps]]] = {
    "orjson": _orjson,
    "msgspec": _msgspec,
    "json": _stdlib,
}
"""The engines by name, the fastest first."""


def find_engine(name: str | None = None) -> Dumps:
    """Return the function that writes JSON.

    Args:
        name: ``orjson``, ``msgspec`` or ``json``; without one the first that is installed.

    Raises:
        LookupError: There is no engine of that name.
        ImportError: The one asked for is not installed.
    """
    if name is not None:
        if name not in ENGINES:
            raise LookupError(f"no JSON engine is named {name!r}; there are {', '.join(ENGINES)}")
        return ENGINES[name]()
    for faster in ("orjson", "msgspec"):
        try:
            return ENGINES[faster]()
        except ImportError:
            continue
    return _stdlib()
