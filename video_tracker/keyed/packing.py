"""Plain values as bytes (MessagePack), and bytes as plain values."""

import functools
import math
from typing import Any, Final

__all__ = ["name_read", "name_written", "packed", "unpacked"]

_WIDEST: Final = 1 << 63
_LARGEST: Final = 1 << 1023


@functools.cache
def _codec() -> Any:
    try:
        from msgspec import msgpack  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImportError("snapshots need msgspec: pip install video-tracker[keyed]") from error
    return msgpack.Encoder().encode, msgpack.Decoder().decode


def packed(value: Any) -> bytes:
    """A plain value as bytes.

    What no bytes can tell is told as nearly as they can: a half of a character pair as the sign for
    an unknown character, a whole number that is too large as a real one (S60).

    Raises:
        TypeError: It is none.
    """
    encode = _codec()[0]
    made: bytes
    try:
        made = encode(value)
    except (OverflowError, UnicodeEncodeError):
        made = encode(_tellable(value))
    return made


def _tellable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_tellable(key): _tellable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_tellable(each) for each in value]
    if type(value) is int and not -_WIDEST <= value < _WIDEST:
        endless = math.inf if value > 0 else -math.inf
        return float(value) if -_LARGEST < value < _LARGEST else endless
    return value


def name_written(name: str) -> bytes:
    """An id, whatever text it is."""
    return name.encode("utf-8", "surrogatepass")


def name_read(written: Any) -> str:
    """The id that was written.

    Raises:
        TypeError, ValueError: There is none.
    """
    if type(written) is not bytes or not written:
        raise TypeError(written)
    return written.decode("utf-8", "surrogatepass")


def unpacked(written: bytes) -> Any:
    """The plain value that was written.

    Raises:
        ValueError: The bytes are none.
    """
    return _codec()[1](written)
