"""Every adapter's dialect."""

from typing import Final

from tests.players.matrix.dialects.elements import ELEMENTS

__all__ = ["DIALECTS"]

DIALECTS: Final = (*ELEMENTS,)
