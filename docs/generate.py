"""Writes what is generated in the pages: ``python docs/generate.py``.

A page holds ``<!-- generate: NAME -->`` ... ``<!-- end -->``; what lies between is written here.
So are the pictures in ``assets``. Each bears the hash of what it was drawn of, and is
drawn anew only when that has changed: with Graphviz (``dot``) and the extra ``pictures``.

With ``--check`` nothing is written, and the exit status says whether a page or a picture is out of
date.
"""

import argparse
import ast
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import callbacks
import charts
import positions
import properties
import session_pictures

from video_tracker.charts import CHARTS
from video_tracker.cli.commands import COMMANDS, EXIT_STATUS
from video_tracker.cli.main import parser
from video_tracker.diagnostics import REASONS
from video_tracker.linting import DESTINATIONS, RULES
from video_tracker.linting.rules import GROUPS
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.session.data import tolerances
from video_tracker.session.data.input import AD, CONTENT, Input
from video_tracker.session.rules import inputs, settle
from video_tracker.session.stream.ranges import AD_RANGES
from video_tracker.timeline.theme import ThemeName
from video_tracker.wire import REPAIRS

DOCS = Path(__file__).parent
SESSION = DOCS.parent / "video_tracker" / "session"
ASSETS = DOCS / "assets"
TUTORIAL = DOCS / "tutorial" / "picture.md"
RE_PAGE = re.DOTALL | re.MULTILINE
SCHEMES: tuple[ThemeName, ...] = ("light", "dark")
WIDTHS = {"": 690, "-narrow": 420}
"""Pixels of a picture on a page, and on the same page on a phone (`narrow_pictures.py`)."""
DRAWN_OF = re.compile(r"<!-- drawn of (\w+) -->")
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


def what_goes_wrong(destination: str) -> str:
    """What a destination does wrong with which stream."""
    head = ("rule", "severity", "when", "what it does then", "what to do")
    rows = (
        (f"`{rule.id}`", rule.severity, rule.finds, rule.effects[destination], rule.do)
        for rule in RULES.values()
        if destination in rule.effects
    )
    return f"\n{table(head, rows)}\n"


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
        whose = f"the {row.of}'s" if row.of in (AD, CONTENT) else row.of
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


def events_and_properties() -> dict[str, str]:
    """All events, and which of them bears which property."""
    titles = map(properties.title_of, properties.kinds_of_events())
    head = ("property", *titles, "what it may be")
    events = table(("event", "when it comes", "standard in"), properties.rows_of_events())
    return {
        "events": f"\n{events}\n",
        "event columns": f"\n{table(('column', 'events'), properties.rows_of_kinds())}\n",
        "event properties": f"\n{table(head, properties.rows_of_properties())}\n",
    }


def repairs(name: str) -> str:
    """The moves of a chart that are repairs."""
    rows = (
        (f"`{source}`", f"`{dest}`", f"`{word}`", f"`{reason}`")
        for source, dest, word, reason in charts.repairs_of(name)
    )
    return f"\n{table(('from', 'to', 'input', 'reason'), rows)}\n"


def position(name: str) -> str:
    """A picture of positions, and the events in it."""
    head = ("", "at", "event", "what", "position", "made of")
    pictures = "".join(
        f"![{name}: the events of the table below on wall time]"
        f"(../assets/pictures/{name}-{scheme}.svg#only-{scheme})\n"
        for scheme in SCHEMES
    )
    return f"\n{pictures}\n{table(head, positions.rows_of(name))}\n"


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
        **{f"repairs of {name}": repairs(name) for name in CHARTS},
        **{f"position {name}": position(name) for name in positions.SCENES},
        **events_and_properties(),
        **{f"destination {name}": what_goes_wrong(name) for name in DESTINATIONS},
        "content of ads": f"\n{properties.rows_of_content_in_ads()}.\n\n",
    }


def filled(page: str, known: Mapping[str, str]) -> str:
    """The page with its blocks written anew."""
    return BLOCK.sub(lambda match: match[1] + known[match[2]] + match[3], page)


def plain(page: str) -> str:
    """The page without what Python's versions do differently: the layout of argparse's help."""
    text = " ".join(page.split())
    return re.sub(r"(-\w) (\S+), (--\S+) \2", r"\1, \3 \2", text)


def scenario_of(page: Path) -> str:
    """The scenario that a page writes into a file."""
    found = re.search(r"^cat > \w+\.json <<'END'\n(.*?)^END$", page.read_text("utf-8"), RE_PAGE)
    assert found is not None, f"{page.name} writes no scenario"
    return found[1]


def pictures() -> Iterator[tuple[str, str, Callable[[str], str]]]:
    """Each picture's file in ``assets``, what it is drawn of, and who draws it."""
    draw, on_a_page = session_pictures.drawn, session_pictures.spec_on_a_page
    sessions = {name: made() for name, made in session_pictures.ON_PAGES.items()}
    sessions["evening"] = session_pictures.written("evening", scenario_of(TUTORIAL))
    example = session_pictures.example()
    for scheme in SCHEMES:
        of_charts = [
            *((f"chart-{name}", charts.chart_source(name, scheme)) for name in CHARTS),
            *((f"flow-{name}", charts.flow_source(name, scheme)) for name in charts.FLOWS),
        ]
        of_vega = [
            (f"{name}{narrow}", source)
            for narrow, width in WIDTHS.items()
            for name, source in (
                *(
                    (name, json.dumps(positions.position_spec(name, scheme, width)))
                    for name in positions.SCENES
                ),
                *((name, on_a_page(drawn, scheme, width)) for name, drawn in sessions.items()),
            )
        ]
        for name, source in of_charts:
            yield f"pictures/{name}-{scheme}.svg", source, charts.drawn_chart
        for name, source in of_vega:
            yield f"pictures/{name}-{scheme}.svg", source, draw
        yield f"session-{scheme}.svg", session_pictures.spec_by_itself(example, scheme), draw


def pictures_out_of_date(*, check: bool) -> Iterator[str]:
    """Draw what is not drawn of what would be drawn today; of a check, only name it."""
    known = set()
    for name, source, draw in pictures():
        path, mark = ASSETS / name, hashlib.sha256(source.encode()).hexdigest()[:16]
        known.add(path)
        found = DRAWN_OF.match(path.read_text("utf-8")) if path.exists() else None
        if found is not None and found[1] == mark:
            continue
        yield f"assets/{name}"
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"<!-- drawn of {mark} -->\n{draw(source)}", "utf-8")
    for path in sorted(set((ASSETS / "pictures").glob("*")) - known):
        yield f"assets/pictures/{path.name}"
        if not check:
            path.unlink()


def main(arguments: list[str]) -> int:
    """Write or check all pages and pictures."""
    check = "--check" in arguments
    known, drawn = blocks(), list(pictures_out_of_date(check=check))
    stale = drawn if check else []
    for path in sorted(DOCS.rglob("*.md")):
        old = path.read_text("utf-8")
        new = filled(old, known)
        if not check:
            path.write_text(new, "utf-8")
        elif plain(old) != plain(new):
            stale.append(str(path.relative_to(DOCS)))
    for name in stale:
        sys.stderr.write(f"docs/{name} is out of date: run python docs/generate.py\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
