"""Streams of messages from short scripts: a line is a message.

``8 Content Completed 8 pod_id=content-2`` is 8 seconds, the event's name without Video, its
position, and properties that differ from the usual ones. ``key=-`` leaves a property out,
``@key=value`` is of the message and not of its properties, ``+ad`` gives a playback event the ids
of the ad. A value is JSON, or else plain text.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from video_tracker.wire.formats import timestamp

STREAMS = Path(__file__).parent / "streams"
BEGAN = 1_767_225_600.0
"""2026-01-01T00:00:00Z"""
LINE = re.compile(r"([\d.]+)\s+([A-Z]\w*(?: [A-Z]\w*)*)(?:\s+(-?[\d.]+|null))?((?:\s+\S+)*)$")
AD_IDS = {"ad_asset_id": "spot", "ad_pod_id": "ad-1", "ad_type": "mid-roll"}
USUAL: dict[str, dict[str, Any]] = {
    "Playback Started": {"content_asset_ids": ["film"], "content_pod_ids": ["content-1"]},
    "Playback": {"content_asset_id": "film", "content_pod_id": "content-1"},
    "Content": {"asset_id": "film", "pod_id": "content-1", "total_length": 20},
    "Ad": {
        "asset_id": "spot",
        "pod_id": "ad-1",
        "type": "mid-roll",
        "pod_position": 1,
        "pod_length": 1,
        "total_length": 10,
    },
    "Quality": {"bitrate": 800},
}


def stream(script: str) -> list[dict[str, Any]]:
    """The messages of a script."""
    lines = [line for line in map(str.strip, script.strip().splitlines()) if line]
    return [message(line, number) for number, line in enumerate(lines, 1)]


def message(line: str, number: int) -> dict[str, Any]:
    """The message of a line."""
    match = LINE.match(line)
    assert match is not None, line
    at, name, position, words = match.groups()
    properties: dict[str, Any] = {"session_id": "s1"}
    properties |= USUAL.get(name) or USUAL.get(name.split(" ", maxsplit=1)[0], {})
    if position is not None:
        properties["position"] = json.loads(position)
    result: dict[str, Any] = {
        "type": "track",
        "event": f"Video {name}",
        "userId": "u1",
        "messageId": f"m{number}",
        "timestamp": timestamp(BEGAN + float(at)),
        "properties": properties,
    }
    for word in words.split():
        change(result, properties, word)
    return result


def change(result: dict[str, Any], properties: dict[str, Any], word: str) -> None:
    """Apply a word of a line."""
    if word == "+ad":
        for key in USUAL["Playback"]:
            properties.pop(key, None)
        properties |= AD_IDS
        return
    key, _, text = word.partition("=")
    target = result if key.startswith("@") else properties
    key = key.removeprefix("@")
    if text == "-":
        target.pop(key, None)
        return
    try:
        target[key] = json.loads(text)
    except ValueError:
        target[key] = text


@attrs.frozen
class Case:
    """Streams of one rule: where it finds, and the nearest ones where it keeps quiet.

    Args:
        rule: Its id.
        finds: The script where it finds, with the rules that find something there too.
        quiet: The scripts where nothing is found.
    """

    rule: str
    finds: str
    also: tuple[str, ...]
    quiet: str


def cases(name: str) -> Iterator[Case]:
    """The cases of a file: ``== RULE [also RULE ...]``, the script, ``-- quiet``, the other."""
    text = (STREAMS / name).read_text("utf-8")
    for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        rule, *more = head.split()
        finds, quiet = body.split("-- quiet\n")
        yield Case(rule, finds, tuple(more[1:]), quiet)
