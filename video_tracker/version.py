"""The library's version: the one place where it stands, read by the build too."""

__all__ = ["__version__"]

__version__ = "0.1.0"
