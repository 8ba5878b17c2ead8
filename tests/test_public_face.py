"""The public face: complete, lazy, and light to import."""

import ast
import importlib.metadata
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import video_tracker

ROOT = Path(__file__).parent.parent
HEAVY = (
    "asyncio",
    "hypothesis",
    "httpx",
    "pytest",
    "rich",
    "sqlite3",
    "ssl",
    "transitions.extensions",
    "vl_convert",
)


def imported_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running ``code``."""
    script = f"{code}\nimport sys; print(*sorted(sys.modules))"
    command = [sys.executable, "-X", "frozen_modules=off", "-c", script]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_all_names_of_the_face_exist_and_are_listed_once() -> None:
    names = video_tracker.__all__

    assert sorted(set(names)) == names
    assert [name for name in names if not hasattr(video_tracker, name)] == []
    assert dir(video_tracker) == sorted(names)


def test_what_type_checkers_see_is_what_is_loaded() -> None:
    tree = ast.parse(inspect.getsource(video_tracker))
    typed = {
        alias.name: node.module
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert set(typed) | {"__version__"} == set(video_tracker.__all__)
    for name, module in typed.items():
        home = importlib.import_module(str(module))
        assert getattr(video_tracker, name) is getattr(home, name)
        assert name in home.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'video_tracker' has no attribute 'Trakcer'"):
        video_tracker.Trakcer  # noqa: B018


def test_importing_the_package_loads_nothing_but_its_version() -> None:
    loaded = imported_by("import video_tracker")

    ours = {name for name in loaded if name.startswith("video_tracker")}
    assert ours == {"video_tracker", "video_tracker.version"}
    assert not loaded & {"attrs", "transitions", *HEAVY}


@pytest.mark.parametrize(
    "code",
    [
        "from video_tracker import Session, SessionPlan, Playback, Encoder, restore",
        "from video_tracker import Transport, MemoryTransport, JsonLinesTransport, find_adapter",
        "import video_tracker.cli.main",
    ],
)
def test_neither_the_core_nor_the_command_line_loads_what_is_heavy(code: str) -> None:
    assert not imported_by(code) & set(HEAVY)


def test_http_is_loaded_by_who_posts() -> None:
    assert "httpx" in imported_by("from video_tracker import HttpTransport")


def test_the_version_is_one_and_the_changelog_is_kept() -> None:
    """The installed metadata, the module and the changelog's newest heading agree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    headings = [
        line
        for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
        if line[:3] == "## "
    ]

    assert project["dynamic"] == ["version"]
    assert headings[0] == "## [Unreleased]" or video_tracker.__version__ in headings[0]
    try:
        installed = importlib.metadata.version("video-tracker")
    except importlib.metadata.PackageNotFoundError:
        return  # run from the source tree
    assert installed == video_tracker.__version__


def test_each_declared_python_is_tried() -> None:
    """``.ci/run`` tries each version that is here; one that it never tries is not declared."""
    script = ROOT / ".ci" / "run"
    if not script.exists():
        return  # it is no part of the source distribution
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    readme = (ROOT / "README.md").read_text("utf-8")
    word = "Programming Language :: Python :: 3."
    declared = [each.split()[-1] for each in project["classifiers"] if each.startswith(word)]
    lines = script.read_text("utf-8").splitlines()
    tried = next(line for line in lines if line.startswith("pythons=")).split('"')[1].split()

    assert project["requires-python"] == f">={declared[0]}"
    assert declared == tried[: len(declared)]
    assert f"Python {declared[0]} to {declared[-1]}" in readme


def test_the_package_is_typed() -> None:
    assert Path(inspect.getfile(video_tracker)).with_name("py.typed").exists()


@pytest.mark.parametrize(
    ("module", "absent", "told"),
    [
        ("otel", "opentelemetry", "pip install 'video-tracker[otel]'"),
        ("testing.strategies", "hypothesis", "pip install hypothesis"),
        ("testing.player_strategies", "hypothesis", "pip install hypothesis"),
        ("testing.machines", "hypothesis", "pip install hypothesis"),
    ],
)
def test_what_needs_more_than_the_library_says_what(module: str, absent: str, told: str) -> None:
    code = f"import sys; sys.modules[{absent!r}] = None; import video_tracker.{module}"
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("ImportError: ")
    assert run.stderr.splitlines()[-1].endswith(told)
