"""The library's version: the one place where it stands."""

from typing import Final

__all__ = ["__version__"]

__version__: Final = "0.1.0"
