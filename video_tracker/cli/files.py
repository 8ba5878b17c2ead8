"""The files of the command line: what cannot be read or written is said in one line.

Standard input and output are called ``-``. Everything is bytes, since a message is written exactly
as it would be sent. A file that is packed with gzip is unpacked as it is read.
"""

import contextlib
import gzip
import io
import json
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from video_tracker.cli.mistaken import kind_of_value, what_else
from video_tracker.errors import TraceError

__all__ = [
    "CommandError",
    "Output",
    "log_lines",
    "logs_of",
    "open_input",
    "open_output",
    "print_json",
    "read_json",
    "read_whole",
    "same_file",
    "standard_output",
    "tell",
    "why",
]

_LOGS: Final = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
"""How the names of the files end that are read of a folder."""
_PACKED: Final = b"\x1f\x8b"
"""How what gzip packed begins."""
_DAMAGE: Final = (EOFError, zlib.error)
"""What unpacking raises beside ``OSError``."""
_LONGEST_LINE: Final = 16 * 1024 * 1024
"""No callback is this long; a file without line breaks is no log."""


class CommandError(Exception):
    """What the user asked for cannot be done; the message is what he is told."""


@contextlib.contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked if gzip packed it; ``-`` is standard input, as it is.

    Raises:
        CommandError: It cannot be opened.
    """
    if name == "-":
        if sys.stdin is None:
            raise CommandError("standard input: it is closed")
        if sys.stdin.isatty():
            tell("video-tracker: reading what is typed, until Ctrl-D; or give a file, or a pipe")
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed right below, errors told apart
    except FileNotFoundError as error:
        raise CommandError(f"{name}: {why(error)}{_near(Path(name))}") from error
    except IsADirectoryError as error:
        raise CommandError(f"{name}: {why(error)}; a file is needed") from error
    except OSError as error:
        raise CommandError(f"{name}: {why(error)}") from error
    except ValueError as error:  # a NUL in the name
        raise CommandError(f"{name!r}: {error}") from error
    with file:
        yield _unpacked(file, name)


def _unpacked(file: io.BufferedReader, name: str) -> BinaryIO:
    try:
        is_packed = file.peek(len(_PACKED)).startswith(_PACKED)
    except OSError as error:
        raise CommandError(f"{name}: {why(error)}") from error
    return cast("BinaryIO", _Packed(fileobj=file)) if is_packed else file


class _Packed(gzip.GzipFile):
    """What gzip packed; where it is damaged, that is told as of any file that cannot be read."""

    def read(self, size: int | None = -1) -> bytes:
        """So many bytes, or all."""
        try:
            return super().read(size)
        except _DAMAGE as error:
            raise OSError(f"packed with gzip, and damaged: {error}") from error

    def readline(self, size: int | None = -1) -> bytes:
        """The next line."""
        try:
            return super().readline(-1 if size is None else size)
        except _DAMAGE as error:
            raise OSError(f"packed with gzip, and damaged: {error}") from error


def logs_of(names: Iterable[str]) -> list[str]:
    """The logs that files and folders are, in order: a folder's sorted, with those below it.

    Args:
        names: Files, of any name, and folders; of these the files count whose names end in
            ``.jsonl`` or ``.ndjson``, also packed (``.gz``), and do not begin with a dot.

    Raises:
        CommandError: A folder cannot be read, or there is no log in it.
    """
    found: list[str] = []
    for name in names:
        found += _logs_in(name) if name != "-" and Path(name).is_dir() else [name]
    return found


def _logs_in(folder: str) -> list[str]:
    def refuse(error: OSError) -> None:
        raise CommandError(f"{error.filename}: {why(error)}") from error

    logs = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=refuse)
        for name in names
        if name.endswith(_LOGS) and not name.startswith(".")
    ]
    if not logs:
        raise CommandError(f"{folder}: there is no log in it: no name ends in {', '.join(_LOGS)}")
    return list(map(str, sorted(logs)))


def _near(missing: Path) -> str:
    """What was perhaps meant by a name that does not exist."""
    if not missing.parent.is_dir():
        return f"; there is no folder {missing.parent}"
    from video_tracker.spelling import nearest  # noqa: PLC0415 - only who errs pays for it

    near = nearest(missing.name, (each.name for each in missing.parent.iterdir()), cutoff=0.8)
    return "" if near is None else f"; did you mean {str(missing.with_name(near))!r}?"


def log_lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of a log.

    Args:
        file: The open log.
        name: Its name for messages.

    Raises:
        TraceError: It cannot be read on, or a line is longer than any callback can be.
    """
    number = 0
    while True:
        number += 1
        try:
            line = file.readline(_LONGEST_LINE + 1)
        except OSError as error:
            raise TraceError(name, number, why(error)) from error
        if not line:
            return
        if len(line) > _LONGEST_LINE:
            raise TraceError(name, number, "a line of more than 16 MiB; this is no callback log")
        yield line


def read_whole(name: str) -> bytes:
    """Read a whole file.

    Raises:
        CommandError: It cannot be read.
    """
    with open_input(name) as file:
        try:
            return file.read()
        except OSError as error:
            raise CommandError(f"{name}: {why(error)}") from error


def read_json(name: str, wanted: str) -> Any:
    """Read a whole JSON file.

    Args:
        name: The file; ``-`` is standard input.
        wanted: What should be in it, of :mod:`~video_tracker.cli.mistaken`.

    Raises:
        CommandError: It cannot be read, is not UTF-8, or is not JSON, with line and column; or it
            is something else.
    """
    raw = read_whole(name)
    if not raw.strip():
        raise CommandError(f"{name}: it is empty; {wanted} is needed, at least {{}}")
    value = _decoded(raw, name, what_else(wanted, raw.split(b"\n", 1)[0], name))
    other = kind_of_value(wanted, value)
    if other is not None:
        raise CommandError(f"{name}: {other}")
    return value


def _decoded(raw: bytes, name: str, other: str | None) -> Any:
    """The JSON value of a file; if it is none, ``other`` may say what it is instead."""
    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        if other is not None:
            raise CommandError(f"{name}: {other}") from error
        raise CommandError(_json_fault(name, error)) from error


def _json_fault(name: str, error: Exception) -> str:
    match error:
        case UnicodeDecodeError():
            return f"{name}: not UTF-8 text: {error.reason}"
        case json.JSONDecodeError():
            place = f"{name}:{error.lineno}"
            return f"{place}: malformed JSON: {error.msg}, column {error.colno}"
        case RecursionError():
            return f"{name}: malformed JSON: nested too deeply"
    return f"{name}: malformed JSON: {error}"  # a doubled key; an integer of thousands of digits


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {key!r} stands twice in one object")
        result[key] = value
    return result


class Output:
    """A file that is being written; faults name it.

    Args:
        file: Where the bytes go.
        name: Its name for messages.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name

    def write(self, parts: Iterable[bytes]) -> None:
        """Write and flush, so that what was written is there whatever comes next.

        Raises:
            CommandError: The disk is full, or the like.
            BrokenPipeError: Nobody reads any more.
        """
        try:
            self._file.write(b"".join(parts))
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CommandError(f"{self._name}: cannot be written: {why(error)}") from error


@contextlib.contextmanager
def open_output(name: str) -> Iterator[Output]:
    """Open a file for writing, replacing what it held; ``-`` is standard output.

    Raises:
        CommandError: It cannot be opened, or not be written to its end.
    """
    if name == "-":
        yield standard_output()
        return
    try:
        file = Path(name).open("wb")  # noqa: SIM115 - closed right below, errors told apart
    except OSError as error:
        raise CommandError(f"{name}: cannot be written: {why(error)}") from error
    except ValueError as error:
        raise CommandError(f"{name!r}: {error}") from error
    try:
        yield Output(file, name)
    finally:
        # All was flushed, or the fault was told; closing would only tell it again.
        with contextlib.suppress(OSError):
            file.close()


def standard_output() -> Output:
    """Standard output, in bytes.

    Raises:
        CommandError: The process has none.
    """
    if sys.stdout is None:
        raise CommandError("standard output: it is closed")
    return Output(sys.stdout.buffer, "standard output")


def print_json(value: Any) -> None:
    """Print a value on standard output, as one JSON document.

    Raises:
        CommandError: It cannot be written.
        BrokenPipeError: Nobody reads any more.
    """
    text = json.dumps(value, indent=2, allow_nan=False)
    standard_output().write([text.encode(), b"\n"])


def tell(line: str) -> None:
    """Say something on standard error, if anybody can hear it."""
    if sys.stderr is not None:  # print would say it on standard output instead
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr)


def same_file(one: str, other: str) -> bool:
    """Whether two names are of one file on the disk; a name that does not exist is none."""
    if "-" in {one, other}:
        return one == other
    with contextlib.suppress(OSError, ValueError):
        if Path(one).exists():
            # Writing a device twice, such as /dev/null, is nobody's loss.
            return Path(one).is_file() and Path(one).samefile(other)
        return Path(one).resolve() == Path(other).resolve()
    return False


def why(error: Exception) -> str:
    """What the system says of an error, or the error of itself."""
    return getattr(error, "strerror", None) or str(error)
