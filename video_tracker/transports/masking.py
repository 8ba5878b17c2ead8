"""Masks a key in a text, in whatever form somebody escaped it. Pure.

A destination may repeat what it was sent: in a JSON string, in an address, in a header's encoding.
Each character is looked for in every way in which one is written, so mixtures are found as well.
"""

import base64
import functools
import re
from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["masked"]

_MASK: Final = "***"
_SHORTEST: Final = 6
"""Characters of a base64 text that are enough to be one of the key."""


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return the text with ``***`` in the place of each secret.

    Args:
        text: Whatever somebody else wrote.
        secrets: Texts in ASCII.
    """
    for secret in secrets:
        text = _pattern(secret).sub(_MASK, text)
    return text


@functools.lru_cache(maxsize=64)
def _pattern(secret: str) -> "re.Pattern[str]":
    forms = [secret, *_in_base64(secret)]
    return re.compile("|".join("".join(map(_ways, form)) for form in forms), re.IGNORECASE)


def _ways(char: str) -> str:
    """Every way to write a character: as it is, in an address, JSON, Python, HTML.

    What repeats is bounded, or a hostile answer would take time that grows with its square.
    """
    code = ord(char)
    ways = [
        re.escape(char),
        rf"\\{{1,8}}{re.escape(char)}",
        f"%(?:25){{0,4}}{code:02x}",
        rf"\\{{1,8}}u00{code:02x}",
        rf"\\{{1,8}}x{code:02x}",
        f"&#0{{0,6}}{code};",
        f"&#x0{{0,6}}{code:x};",
    ]
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "+": "%20"}.get(char)
    return f"(?:{'|'.join([*ways, *([named] if named else [])])})"


def _in_base64(secret: str) -> Iterator[str]:
    """What of it is sure to stand in the base64 of a text that it is somewhere in."""
    for before in range(3):
        first, last = -(-8 * before // 6), 8 * (before + len(secret)) // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            form = encode(b"\0" * before + secret.encode()).decode("ascii")[first:last]
            if len(form) >= _SHORTEST:
                yield form
