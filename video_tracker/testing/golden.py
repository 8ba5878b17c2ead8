"""Golden files: what was emitted once, looked at and kept, held against what is emitted now."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from video_tracker.events import Envelope, Event
from video_tracker.transcript import (
    Item,
    columns_that_differ,
    compare_rows,
    compare_transcripts,
    rows_of,
    transcript,
)
from video_tracker.transcript_alignment import align
from video_tracker.wire import Encoder

__all__ = ["UPDATE", "assert_golden"]

UPDATE: Final = "VIDEO_TRACKER_UPDATE_GOLDEN"
"""The environment variable that makes every golden file be written; so does ``--update-golden``."""

_ANYBODY: Final = Envelope(anonymous_id="anybody")


def assert_golden(
    events: Iterable[Item],
    path: str | os.PathLike[str],
    *,
    update: bool | None = None,
    profile: str = "customerio",
) -> None:
    """Hold events against a golden file.

    Its ending says what is in it. ``.txt``: the transcript, for reading. ``.jsonl``: the messages
    with all their properties, one a line; events are written as the profile has them, without who
    watched. The library's version, which every message tells, is left out.

    Args:
        events: Events or messages, in the order in which they came.
        path: The file.
        update: Whether to write it; by default as ``pytest --update-golden`` or the environment
            variable ``VIDEO_TRACKER_UPDATE_GOLDEN=1`` says.
        profile: The vendor's flavour of events that become messages.

    Raises:
        AssertionError: The file is missing or says otherwise; the text has all differences.
        ValueError: Its ending is another one, or what is in it is not what its ending says.
    """
    __tracebackhide__ = True
    file, items = Path(path), list(events)
    if file.suffix not in {".txt", ".jsonl"}:
        raise ValueError(f"{file}: a golden file ends in .txt (a transcript) or .jsonl (messages)")
    messages = [] if file.suffix == ".txt" else [_message(item, profile) for item in items]
    lines = [_json(message) for message in messages]
    text = transcript(items) if file.suffix == ".txt" else "\n".join(lines)
    old = file.read_text("utf-8").rstrip("\n") if file.exists() else None
    if old == text:
        return
    if update if update is not None else os.environ.get(UPDATE, "") not in {"", "0"}:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", "utf-8")
        return
    if old is None:
        raise AssertionError(
            f"there is no golden file {file}: run pytest --update-golden (or set {UPDATE}=1) to"
            " write it, read what it says, and commit it"
        )
    told = _told_transcripts(old, items) if file.suffix == ".txt" else _told(old, messages)
    raise AssertionError(
        f"{file} says otherwise; if it is right so, run pytest --update-golden\n\n{told}"
    )


def _told_transcripts(old: str, items: Sequence[Item]) -> str:
    return compare_transcripts(old, items, titles=("golden", "got"))


def _message(item: Item, profile: str) -> dict[str, Any]:
    """A message as it is kept."""
    if not isinstance(item, Event):
        message = dict(item)
    else:
        message = Encoder(profile).message(item, _ANYBODY)
        del message["anonymousId"]
    context = message.get("context")
    if isinstance(context, Mapping):
        message["context"] = {key: value for key, value in context.items() if key != "library"}
    return message


def _json(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _told(old: str, messages: Sequence[Mapping[str, Any]]) -> str:
    """What differs, side by side, and each value that does."""
    kept = [json.loads(line) for line in old.splitlines() if line.strip()]
    ours, theirs = rows_of(kept), rows_of(messages)

    def differing(i: int, j: int) -> list[str]:
        columns = columns_that_differ(ours[i], theirs[j])
        return columns if "name" in columns else list(_values(kept[i], messages[j]))

    pairs = align(ours, theirs, differing)
    lines = [compare_rows(ours, theirs, pairs, titles=("golden", "got"))]
    for i, j in (pair.beside for pair in pairs if pair.beside):
        head = f"message {j + 1}, {theirs[j].name}"
        values = _values(kept[i], messages[j])
        lines += [f"{head}: {path} is {new}, not {was}" for path, (was, new) in values.items()]
    return "\n".join(lines)


def _values(old: Any, new: Any, path: str = "") -> dict[str, tuple[str, str]]:
    """Each value that differs, by its path: as it was, as it is."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return {} if old == new else {path: (_shown(old), _shown(new))}
    found = {}
    for key in dict.fromkeys([*old, *new]):
        inner = f"{path}.{key}" if path else str(key)
        found.update(_values(old.get(key, _NOTHING), new.get(key, _NOTHING), inner))
    return found


_NOTHING: Final = object()


def _shown(value: object) -> str:
    return "left out" if value is _NOTHING else json.dumps(value, ensure_ascii=False)
