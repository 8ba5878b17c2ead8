"""Every adapter's dialect, and the library's own signals."""

from typing import Final

from tests.players.matrix.dialects.devices import DEVICES
from tests.players.matrix.dialects.elements import ELEMENTS
from tests.players.matrix.dialects.native import NATIVE
from tests.players.matrix.dialects.remote import REMOTE
from tests.players.matrix.dialects.reports import REPORTS
from tests.players.matrix.dialects.streaming import STREAMING
from tests.players.matrix.dialects.swapped import SWAPPED

__all__ = ["DIALECTS"]

DIALECTS: Final = (*ELEMENTS, *STREAMING, *SWAPPED, *NATIVE, *REMOTE, *DEVICES, *REPORTS)
