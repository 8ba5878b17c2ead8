"""Writes what is generated in the pages: ``python docs/generate.py``.

A page holds ``<!-- generate: NAME -->`` ... ``<!-- end -->``; what lies between is written here.
The pictures in ``assets`` are drawn here, too; each names what it was drawn from, so that it is
drawn anew only when that has changed. With ``--check`` nothing is written, and the exit status says
whether a page or a picture is out of date.
"""

import argparse
import ast
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs
import callbacks

from video_tracker.cli import timeline
from video_tracker.cli.commands import COMMANDS, EXIT_STATUS
from video_tracker.cli.main import parser
from video_tracker.diagnostics import REASONS
from video_tracker.explain import RecordedSession
from video_tracker.linting.rules import GROUPS
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.session import Playback
from video_tracker.session.data import tolerances
from video_tracker.session.data.input import PLAYS, Input
from video_tracker.session.data.machine import CHARTS, diagram
from video_tracker.session.rules import inputs, settle
from video_tracker.session.stream.ranges import AD_RANGES
from video_tracker.testing import Scenario, simulate
from video_tracker.timeline import Timeline, explained_timeline
from video_tracker.timeline.picture import spec_of
from video_tracker.timeline.theme import ThemeName
from video_tracker.wire import REPAIRS

DOCS = Path(__file__).parent
RECORDINGS = DOCS.parent / "examples" / "recordings"
WIDTH = 800  # pixels of a picture
SESSION = DOCS.parent / "video_tracker" / "session"
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


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of a page."""
    names = tuple(head)
    first = f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n"
    return first + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def codes(sentences: Mapping[str, str]) -> str:
    """Codes and their sentences."""
    rows = [(f"`{code}`", sentence) for code, sentence in sentences.items()]
    return f"\n{table(('code', 'meaning'), rows)}\n"


def players() -> str:
    """The built-in players: what each reads, and its settings."""
    rows = []
    for name in player_names():
        adapter = find_adapter(name)
        if adapter.__module__.startswith("video_tracker."):
            channels = ", ".join(f"`{channel}`" for channel in sorted(adapter.channels))
            settings = ", ".join(f"`{key}={value}`" for key, value in adapter.settings.items())
            rows.append((f"`{name}`", channels, settings))
    return f"\n{table(('player', 'channels', 'settings'), rows)}\n"


def what_players_read() -> dict[str, str]:
    """For each built-in player its callbacks, and the keys that are read with them."""
    found = {}
    for name in player_names():
        head = ("callbacks", "may become", "what for, or why not")
        found[f"callbacks {name}"] = f"\n{table(head, callbacks.rows_of_callbacks(name))}\n"
        head = ("key", "unit", "read with", "signals that need it")
        found[f"keys {name}"] = f"\n{table(head, callbacks.rows_of_keys(name))}\n"
    return found


def lint_rules() -> str:
    """The rules of the linter by subject."""
    head = ("rule", "severity", "what it finds", "why it matters", "what to do", "source")
    pages = []
    for group, rules in GROUPS.items():
        rows = [
            (f"`{rule.id}`", rule.severity, rule.finds, rule.why, rule.do, rule.source)
            for rule in rules
        ]
        pages.append(f"\n## {group}\n\n{table(head, rows)}")
    return "".join(pages) + "\n"


def what_ends_what() -> str:
    """What begins, and what then becomes of each thing that can be open or held."""
    rows = [
        (f"**{name}**", *(row.get(column, "") for column in settle.COLUMNS))
        for name, row in settle.ROWS.items()
    ]
    return f"\n{table(('what begins', *settle.COLUMNS), rows)}\n"


def all_inputs() -> str:
    """Every input: its meaning, its position, and what it is evidence of."""
    rows = []
    for row in (*(each for each in vars(inputs).values() if isinstance(each, Input)), AD_RANGES):
        module = row.means.__module__.removeprefix("video_tracker.session.").replace(".", "/")
        whose = row.of if row.of == PLAYS else f"the {row.of}'s"
        place = "" if row.place is None else f"argument {row.place + 1}: {whose}"
        flags = ("reports", "opens", "closes", "ends", "leads")
        says = [flag for flag in flags if getattr(row, flag)]
        if not row.decides:
            says.append("decides nothing")
        means = f"`{module}.py: {row.means.__name__}`"
        rows.append((f"`{row.name}`", place, ", ".join(says), means))
    return f"\n{table(('input', 'its position', 'what it says', 'its own meaning'), rows)}\n"


def numbers() -> str:
    """The numbers of the rules by subject, each with its sentence."""
    subjects: dict[str, list[tuple[str, str, str]]] = {}
    for line in (SESSION / "data" / "tolerances.py").read_text("utf-8").splitlines():
        if subject := re.match(r"# -- (.+?) -+$", line):
            rows = subjects[subject[1].capitalize()] = []
        elif number := re.match(r"(\w+): Final = \S+  # (.+)", line):
            rows.append((f"`{number[1]}`", number_shown(getattr(tolerances, number[1])), number[2]))
    return "".join(
        f"\n## {subject}\n\n{table(('name', 'value', 'meaning'), rows)}"
        for subject, rows in subjects.items()
    )


def number_shown(number: float) -> str:
    """A number without a fraction that says nothing."""
    return f"{int(number):,}" if number == number // 1 else str(number)


def rooms() -> str:
    """The files of the session and what each is for, from the bottom to the top."""
    rows = []
    for room in ("data", "effects", "rules", "stream", ""):
        for path in sorted((SESSION / room).glob("*.py")):
            if path.name != "__init__.py":
                said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
                sentence = " ".join(said.split("\n\n")[0].split())
                rows.append((f"`{path.relative_to(SESSION)}`", sentence))
    return f"\n{table(('file', 'what it is for'), rows)}\n"


def recipes() -> dict[str, str]:
    """The text of each recipe's file. Its first line has a title, so that no page runs it."""
    found = {}
    for path in sorted((DOCS.parent / "examples" / "recipes").glob("*.py")):
        name = f"examples/recipes/{path.name}"
        found[f"file {name}"] = f'```py title="{name}"\n{path.read_text("utf-8")}```\n'
    return found


def blocks() -> dict[str, str]:
    """All generated blocks by name."""
    return {
        "help": help_of(None),
        **{f"help {name}": help_of(name) for name in COMMANDS},
        "exit status": table(
            ("status", "meaning"), ((f"{code}", said) for code, said in EXIT_STATUS.items())
        ),
        "lint rules": lint_rules(),
        "players": players(),
        **what_players_read(),
        **recipes(),
        "reasons": codes(REASONS),
        "settle": what_ends_what(),
        "inputs": all_inputs(),
        "tolerances": numbers(),
        "rooms": rooms(),
        "repairs": codes(REPAIRS),
        **{f"chart {name}": f"```mermaid\n{diagram(name)}```\n" for name in CHARTS},
    }


def recorded(name: str, *options: str) -> list[Timeline]:
    """The timelines of a recording, as the command draws them."""
    words = ["timeline", str(RECORDINGS / f"{name}.jsonl"), *options]
    sides = timeline.sides(parser("timeline").parse_args(words))
    return [attrs.evolve(each, title=each.title.rpartition("-")[0]) for drawn, _ in sides
            for each in drawn]  # fmt: skip


def simulated(title: str, scenario: Scenario) -> Timeline:
    """The timeline of a simulated viewing."""
    viewing = simulate(scenario, "hlsjs")
    playback = Playback(RecordedSession("simulated", viewing.plan))
    for signal in viewing.signals:
        playback.receive(signal)
    playback.finish()
    (session,) = playback.sessions
    assert isinstance(session, RecordedSession)
    return attrs.evolve(explained_timeline(session.explain()), title=title)


def restless() -> Timeline:
    """A viewer who pauses, seeks, waits and skips."""
    film = Scenario(120).ads("pre", [8], names=["boots"]).play().watch(20).pause(8).watch(10)
    film = film.seek(60, takes=2).stall(5).watch(15).seek(20).watch(12)
    film = film.ads("mid", [10, 12], skip=1, after=5, names=["tea", "bikes"]).watch(15).exit()
    return simulated("a restless viewer", film)


def pictures() -> dict[str, tuple[ThemeName, Sequence[Timeline]]]:
    """All pictures by the names of their files: in which colours, and of what."""
    example = recorded(
        "preroll-midroll-postroll",
        *("--plan", str(RECORDINGS / "preroll-midroll-postroll.plan.json")),
    )
    two = recorded("left-early", "--other-set", "heartbeat=3")
    return {
        "session-light.svg": ("light", example),
        "session-dark.svg": ("dark", example),
        "timeline-restless.svg": ("light", [restless()]),
        "timeline-two.svg": ("light", two),
    }


def write_pictures(*, check: bool) -> list[Path]:
    """Draw what has changed; with ``check`` only say what would be drawn."""
    stale = []
    for name, (theme, drawn) in pictures().items():
        spec = json.dumps(spec_of(drawn, theme, WIDTH), sort_keys=True)
        mark = f"<!-- drawn from {hashlib.sha256(spec.encode()).hexdigest()} -->"
        path = DOCS / "assets" / name
        if path.exists() and mark in path.read_text("utf-8"):
            continue
        stale.append(path.relative_to(DOCS))
        if not check:
            first, *below = drawn
            path.write_text(f"{first.to_svg(*below, theme=theme, width=WIDTH)}\n{mark}\n", "utf-8")
    return stale


def filled(page: str, known: Mapping[str, str]) -> str:
    """The page with its blocks written anew."""
    return BLOCK.sub(lambda match: match[1] + known[match[2]] + match[3], page)


def plain(page: str) -> str:
    """The page without what Python's versions do differently: the layout of argparse's help."""
    text = " ".join(page.split())
    return re.sub(r"(-\w) (\S+), (--\S+) \2", r"\1, \3 \2", text)


def main(arguments: list[str]) -> int:
    """Write or check all pages and pictures."""
    check, known = "--check" in arguments, blocks()
    drawn = write_pictures(check=check)
    stale = drawn if check else []
    for path in sorted(DOCS.rglob("*.md")):
        old = path.read_text("utf-8")
        new = filled(old, known)
        if not check:
            path.write_text(new, "utf-8")
        elif plain(old) != plain(new):
            stale.append(path.relative_to(DOCS))
    for name in stale:
        sys.stderr.write(f"docs/{name} is out of date: run python docs/generate.py\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
