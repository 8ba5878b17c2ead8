"""Files that are given where others are needed."""

import gzip
import json
from pathlib import Path

from tests.cli.harness import SHORT, jsonl, signal

__all__ = ["write_files"]

_PLAN = {"user_id": "u1", "contents": [{"asset_id": "film", "duration": 3}]}
_MESSAGE = {
    "type": "track",
    "event": "Video Playback Started",
    "userId": "u1",
    "messageId": "s-1",
    "timestamp": "2026-11-23T10:56:22.104Z",
    "properties": {"session_id": "s"},
}


def _callback(event: str, at: float, **more: object) -> dict[str, object]:
    return {"t": at, "player": "videojs", "event": event, **more}


_LOG = [_callback("play", 0), _callback("playing", 10), _callback("timeupdate", 1000)]


def write_files(folder: Path) -> None:
    """Write them all, the right ones (``log.jsonl``, ``plan.json``, ``messages.jsonl``) too."""
    log, signals = jsonl(*_LOG), jsonl(*SHORT)
    files = {
        "log.jsonl": log,
        "signals.jsonl": signals,
        "plan.json": json.dumps(_PLAN, indent=2).encode(),
        "messages.jsonl": jsonl(_MESSAGE),
        "empty.jsonl": b"",
        "binary.bin": bytes(range(128, 256)) * 9,
        "log.jsonl.gz": gzip.compress(log),
        "cut.jsonl.gz": gzip.compress(log)[:-9],
        "log.csv": b"seq,t,player,event\n1,2,videojs,play\n",
        "utf16.jsonl": log.decode().encode("utf-16"),
        "page.html": b"<!doctype html>\n<title>404</title>\n",
        "array.json": json.dumps(_LOG).encode(),
        "spread.json": json.dumps(_LOG[0], indent=2).encode(),
        "batch.json": json.dumps({"batch": [_MESSAGE]}).encode(),
        "messages.json": json.dumps([_MESSAGE]).encode(),
        "summaries.json": json.dumps([{"session_id": "s", "content_played": 3.0}]).encode(),
        "film.json": b'{"length": 20, "steps": ["play", {"wach": 3}]}',
        "type.json": b'{"contents": [{"asset_id": "film", "duration": "20"}]}',
        "key.json": b'{"contents": [{"asset_id": "film", "durations": 20}]}',
        "negative.json": b'{"contents": [{"asset_id": "film", "duration": -20}]}',
        "viewer.json": b'{"user_id": 42}',
        "break.json": b'{"ad_breaks": [{"at": "begin", "ads": []}]}',
        "broken.json": b'{"user_id" "u"}',
        "number.jsonl": jsonl(_callback("play", 0, user_id=42)),
        "ms.jsonl": jsonl({"signal": "play", "at": 1_795_432_200_000}),
        "date.jsonl": jsonl(_callback("play", 1_795_432_200_000)),
        "several.jsonl": jsonl(
            *(signal("play", 0, user_id=viewer) for viewer in ("ann", "bob")), signal("pause", 1)
        ),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir()
    (folder / "folder" / "notes.txt").write_text("no records")
