"""Writes what is generated in the reference pages: ``python docs/generate.py``.

A page holds ``<!-- generate: NAME -->`` ... ``<!-- end -->``; what lies between is written here.
With ``--check`` nothing is written, and the exit status says whether a page is out of date.
"""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from video_tracker.cli.main import parser
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.session.data.machine import CHARTS, diagram
from video_tracker.session.data.reasons import REASONS
from video_tracker.wire import REPAIRS

REFERENCE = Path(__file__).parent / "reference"
BLOCK = re.compile(r"(<!-- generate: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def help_of(command: str | None) -> str:
    """The help of a command, or of the program, 100 columns wide."""
    found: argparse.ArgumentParser = parser()
    if command is not None:
        groups = (action for action in found._actions if action.dest == "command")
        choices = next(groups).choices
        assert isinstance(choices, dict)
        found = choices[command]
    os.environ["COLUMNS"] = "100"
    return f"```text\n{found.format_help()}```\n"


def table(sentences: Mapping[str, str]) -> str:
    """Codes and their sentences."""
    rows = "".join(f"| `{code}` | {sentence} |\n" for code, sentence in sentences.items())
    return f"\n| code | meaning |\n|---|---|\n{rows}\n"


def players() -> str:
    """The built-in players: what each reads, and its settings."""
    rows = ""
    for name in player_names():
        adapter = find_adapter(name)
        if adapter.__module__.startswith("video_tracker."):
            channels = ", ".join(f"`{channel}`" for channel in sorted(adapter.channels))
            settings = ", ".join(f"`{key}={value}`" for key, value in adapter.settings.items())
            rows += f"| `{name}` | {channels} | {settings} |\n"
    return f"\n| player | channels | settings |\n|---|---|---|\n{rows}\n"


def blocks() -> dict[str, str]:
    """All generated blocks by name."""
    return {
        "help": help_of(None),
        "help replay": help_of("replay"),
        "help send": help_of("send"),
        "help diagram": help_of("diagram"),
        "players": players(),
        "reasons": table(REASONS),
        "repairs": table(REPAIRS),
        **{f"chart {name}": f"```mermaid\n{diagram(name)}```\n" for name in CHARTS},
    }


def filled(page: str) -> str:
    """The page with its blocks written anew."""
    known = blocks()
    return BLOCK.sub(lambda match: match[1] + known[match[2]] + match[3], page)


def plain(page: str) -> str:
    """The page without what Python's versions do differently: the layout of argparse's help."""
    text = " ".join(page.split())
    return re.sub(r"(-\w) (\S+), (--\S+) \2", r"\1, \3 \2", text)


def main(arguments: list[str]) -> int:
    """Write or check all pages of the reference."""
    stale = []
    for path in sorted(REFERENCE.glob("*.md")):
        old = path.read_text("utf-8")
        new = filled(old)
        if "--check" not in arguments:
            path.write_text(new, "utf-8")
        elif plain(old) != plain(new):
            stale.append(path.name)
    for name in stale:
        sys.stderr.write(f"docs/reference/{name} is out of date: run python docs/generate.py\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
