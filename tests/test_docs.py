"""The documentation is true: its code runs, its commands print what it says, nothing is missing.

In a page, the Python blocks run one after the other in one namespace; ``sh`` blocks are run too,
unless they set up an environment. A ``text`` block that follows one is what it prints.
"""

import contextlib
import importlib
import importlib.util
import io
import json
import logging
import os
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from video_tracker.diagnostics import REASONS
from video_tracker.events import EVENTS
from video_tracker.plan import Ad, AdBreak, Content, PlayerAttributes, SessionPlan, Settings
from video_tracker.players.registry import find_adapter, player_names

ROOT = Path(__file__).parent.parent
FACE = [ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOT_STANDARD = {"Video Ad Skipped", "Video Ad Clicked", "Video Ad Error"}  # S13
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
RECIPES = sorted((ROOT / "examples" / "recipes").glob("*.py"))
SESSION = ROOT / "video_tracker" / "session"
PLACE = re.compile(
    r"`((?:(?:data|effects|rules|stream)/\w+|session|playback|snapshot)\.py)(?::\s([\w.,\s]+))?`"
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BEGIN = "curl -s localhost:8000/sessions"
VIEWER = "-H 'x-viewer: viewer-42'"
FILM = """--json '{"video": "film"}' | cut -d '"' -f 4"""
IN_EARNEST = "CUSTOMERIO_KEY=... SPOOL_DIR=/var/spool/video-tracker"
COLLECTORS = (
    "COLLECTOR_STORE=redis://127.0.0.1:6379/0 COLLECTOR_SECRET=... COLLECTOR_KEY=... "
    "uvicorn --workers 2 --factory collector.app:from_environment"
)
FASTAPI = "uvicorn --factory recipes.fastapi_app:create_app"
WEBSOCKETS = "python -m recipes.websocket_consumer"
SENT = "$ video-tracker send /var/spool/video-tracker --dry-run"
PEERS = "$ python -m tests.benchmarks.peers"
LOOP_LAG = "$ python -m tests.benchmarks.loop_lag --rounds 5 --seconds 1.5"
FLINK = "python -m tests.benchmarks.engines_flink"
SPARK = "python -m tests.benchmarks.engines spark --together 2.5"
MEDIA_PEERS = "$ python -m tests.benchmarks.media_peers"


@attrs.frozen
class Block:
    language: str
    body: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [
        Block(match[1], match[2], text.count("\n", 0, match.start()) + 1)
        for match in FENCE.finditer(text)
    ]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture
def playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder with the examples beside it and ``video-tracker`` on the path.

    A page may set the level of the library's logger; it is set back.
    """
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command = tmp_path / "bin" / "video-tracker"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m video_tracker "$@"\n')
    command.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    logger = logging.getLogger("video_tracker")
    level = logger.level
    yield tmp_path
    logger.setLevel(level)


def printed(block: Block, page: Path, namespace: dict[str, Any]) -> str | None:
    """What a block prints when it is run; None for a block that is not for running."""
    if block.language == "python":
        code = "\n" * block.line + block.body
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(code, name(page), "exec"), namespace)
        return output.getvalue()
    if block.language == "sh" and "venv" not in block.body:
        return subprocess.run(
            ["sh", "-euc", block.body], check=True, capture_output=True, text=True
        ).stdout
    return None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_a_page_shows_is_what_happens(page: Path, playground: Path) -> None:
    module = types.ModuleType("page")
    before: str | None = None
    for block in blocks(page):
        if block.language == "text" and before is not None:
            assert before == block.body, f"{name(page)}:{block.line}"
        before = printed(block, page, vars(module))
        if block.language == "json":
            for document in documents(block.body):
                json.loads(document)
    assert playground.exists()


def test_every_command_and_all_code_of_python_is_run() -> None:
    """What is only shown: other languages, and what would change or measure this process.

    The programs of the recipes, which serve until they are stopped, and their callers run in
    ``tests/examples``, against real servers; the code on PostgreSQL in ``tests/stores``.
    """
    # `python3` is what ``tests/engines`` runs, in the engine's own environment.
    shown = {"text", "json", "js", "toml", "haproxy", "python3", "sql"}
    not_run = [
        (name(page), block.language, block.body.split("\n")[0])
        for page in PAGES
        for block in blocks(page)
        if block.language not in {"python", "sh", *shown}
    ]

    assert not_run == [
        ("docs/explanation/delivery-benchmarks.md", "console", PEERS),
        ("docs/explanation/delivery-benchmarks.md", "console", LOOP_LAG),
        ("docs/explanation/media-benchmarks.md", "console", MEDIA_PEERS),
        ("docs/how-to/collect-from-browsers.md", "console", COLLECTORS),
        ("docs/how-to/embed-in-a-service.md", "py", "import signal"),
        ("docs/how-to/flink.md", "console", "pip install 'video-tracker[flink]'"),
        ("docs/how-to/flink.md", "console", FLINK),
        ("docs/how-to/going-durable.md", "console", "$ python examples/crash_and_recovery.py"),
        ("docs/how-to/going-durable.md", "console", SENT),
        ("docs/how-to/postgres.md", "console", "pip install 'video-tracker[postgres]'"),
        (
            "docs/how-to/postgres.md",
            "py",
            "from video_tracker import Content, MemoryTransport, SessionPlan, Tracker",
        ),
        ("docs/how-to/postgres.md", "py", "from video_tracker.keyed import Told"),
        ("docs/how-to/recipes/celery.md", "console", "pip install '..[redis]' 'celery[redis]'"),
        ("docs/how-to/recipes/celery.md", "py", "from recipes.celery_worker import hear"),
        ("docs/how-to/recipes/django.md", "console", "pip install .. django"),
        ("docs/how-to/recipes/django.md", "console", f"session=$({BEGIN} {FILM})"),
        ("docs/how-to/recipes/fastapi.md", "console", "pip install .. fastapi uvicorn"),
        ("docs/how-to/recipes/fastapi.md", "console", f"session=$({BEGIN} {VIEWER} {FILM})"),
        ("docs/how-to/recipes/fastapi.md", "console", f"{IN_EARNEST} {FASTAPI}"),
        ("docs/how-to/recipes/nats.md", "console", "pip install .. nats-py"),
        ("docs/how-to/recipes/nats.md", "py", "import asyncio"),
        ("docs/how-to/recipes/report.md", "console", "pip install '..[cli,pictures]'"),
        ("docs/how-to/recipes/rq.md", "console", "pip install '..[redis]' rq"),
        ("docs/how-to/recipes/rq.md", "py", "from recipes.rq_worker import hear"),
        ("docs/how-to/recipes/websockets.md", "console", "pip install .. websockets"),
        ("docs/how-to/recipes/websockets.md", "py", "import asyncio"),
        ("docs/how-to/recipes/websockets.md", "console", f"{IN_EARNEST} {WEBSOCKETS}"),
        ("docs/how-to/several-workers.md", "py", "import os"),
        ("docs/how-to/spark.md", "console", "pip install 'video-tracker[spark]'"),
        ("docs/how-to/spark.md", "console", SPARK),
    ]


def documents(body: str) -> Iterator[str]:
    """A JSON block is one document or one a line."""
    if body.startswith("{\n"):
        yield body
    else:
        yield from body.splitlines()


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
@pytest.mark.usefixtures("playground")
def test_every_example_runs(example: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", example], check=False, capture_output=True, text=True
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout


def test_every_recipe_stands_on_a_page_as_its_file_has_it() -> None:
    shown = re.compile(
        r'^```py title="(examples/[\w/]+\.py)"\n(.*?)^```$', re.MULTILINE | re.DOTALL
    )
    found = [pair for page in PAGES for pair in shown.findall(page.read_text("utf-8"))]

    assert {file for file, _ in found} == {name(recipe) for recipe in RECIPES}
    assert [file for file, text in found if text != (ROOT / file).read_text("utf-8")] == []


@pytest.mark.parametrize("page", [*PAGES, *FACE], ids=name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", FACE, ids=name)
def test_places_and_programs_that_contributors_are_sent_to_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    places = re.findall(r"`((?:tests|docs|examples|video_tracker)/[\w./-]+)`", text)
    programs = re.findall(r"python -m (tests\.[\w.]+)", text)
    lost = [place for place in places if "NAME" not in place and not (ROOT / place).exists()]

    assert lost == []
    assert [each for each in programs if importlib.util.find_spec(each) is None] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_places_in_the_session_exist(page: Path) -> None:
    """``rules/doors.py: leave_ad`` names a file of the session, and what stands in it."""
    lost = []
    for file, names in PLACE.findall(page.read_text("utf-8")):
        if not (SESSION / file).exists():
            lost.append(file)
            continue
        path = ".".join(("video_tracker.session", *Path(file).with_suffix("").parts))
        module = importlib.import_module(path)
        for each in names.replace(",", " ").split():
            place: Any = module
            for part in each.split("."):
                place = getattr(place, part, None)
            if place is None:
                lost.append(f"{file}: {each}")

    assert lost == []


def test_the_readme_is_one_screen_with_figures_that_are_true() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    built_in = [
        player
        for player in player_names()
        if find_adapter(player).__module__.startswith("video_tracker.")
    ]

    assert len(readme.splitlines()) <= 105
    assert f"[{len(built_in)} players]" in readme
    assert f"the {len(set(EVENTS) - NOT_STANDARD)} video events" in readme


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "index.md"], ids=name)
def test_pictures_of_a_page_exist(page: Path) -> None:
    pictures = re.findall(r'src(?:set)?="([^":]+)"', page.read_text("utf-8"))

    assert [each for each in pictures if not (page.parent / each).exists()] == []


def test_every_page_embeds_as_the_readme_does() -> None:
    first = next(block for block in blocks(PAGES[0]) if block.language == "python")

    for page in ("index.md", "tutorial/embed.md"):
        assert first.body in (ROOT / "docs" / page).read_text("utf-8")


def test_what_ci_runs_are_the_commands_of_the_readme() -> None:
    """``.ci/run`` reads both commands from the README by words that stand on one line each."""
    readme = (ROOT / "README.md").read_text("utf-8").splitlines()
    script = ROOT / ".ci" / "run"
    words = (" -m pytest", " replay examples/")

    assert [sum(word in line for line in readme) for word in words] == [1, 1]
    if script.exists():  # it is no part of the source distribution
        text = script.read_text("utf-8")
        assert [f"readme_line '{word}'" in text for word in words] == [True, True]


def test_the_generated_pages_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help texts, reason codes and charts in the reference are those of the code."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)

    assert generate.main(["--check"]) == 0


def test_every_field_of_a_plan_stands_in_its_reference() -> None:
    text = (ROOT / "docs" / "reference" / "plan-file.md").read_text("utf-8")
    kinds = (SessionPlan, Content, Ad, AdBreak, PlayerAttributes, Settings)
    fields = {field.name for kind in kinds for field in attrs.fields(kind) if field.init}
    fields.remove("player")  # its attributes lie flat in the plan

    assert [field for field in sorted(fields) if f"`{field}`" not in text] == []


def test_the_defaults_of_settings_are_those_that_the_reference_says() -> None:
    text = (ROOT / "docs" / "reference" / "plan-file.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \|", text.partition("## Settings")[2], re.MULTILINE)
    said = {key: default.strip("`") for key, default in rows}
    true = {field.name: field.default for field in attrs.fields(Settings)}

    assert said == {key: shown(value) for key, value in true.items()}


def shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, frozenset):
        return json.dumps(sorted(value))
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    return json.dumps(number)


def test_rules_that_are_named_exist() -> None:
    """A docstring, a reason or a test that names a rule names one that is written down."""
    rules = (ROOT / "docs" / "explanation" / "semantics.md").read_text("utf-8")
    known = set(re.findall(r"^\| (S\d+) \|", rules, re.MULTILINE))
    named = set(re.findall(r"\bS\d\d?\b", " ".join(REASONS.values())))
    for path in (ROOT / "video_tracker").rglob("*.py"):
        named |= set(re.findall(r"\bS\d\d?\b", path.read_text("utf-8")))

    assert len(known) == 71
    assert f"[{len(known)} written rules]" in (ROOT / "README.md").read_text("utf-8")
    assert named <= known
