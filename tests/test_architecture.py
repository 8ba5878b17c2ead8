"""Who may import whom, and what the pure core may not touch, read from the source itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import video_tracker
from video_tracker.players.registry import player_names

PACKAGE = Path(video_tracker.__file__).parent
MODULES = {
    ".".join(("video_tracker", *path.relative_to(PACKAGE).with_suffix("").parts)): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# A module may import its own group and what stands in the row of its group; nothing else.
KNOWN = {
    *("version", "errors", "json_values", "plan", "plan_json", "record", "signals", "events"),
    "hls",
}
ALLOWED: dict[str, set[str]] = {
    "version": set(),
    "errors": set(),
    "json_values": {"errors"},
    "plan": {"errors"},
    "plan_json": {"errors", "json_values", "plan"},
    "hls": {"plan"},
    "stitching": set(),
    "record": set(),
    "signals": {"errors", "plan"},
    "events": {"errors", "plan"},
    "clock": {"errors"},
    "players": KNOWN,
    "session": KNOWN,
    "wire": KNOWN,
    "ingest": KNOWN | {"players", "session"},
    "delivery": KNOWN,
    "transports": KNOWN | {"delivery", "wire", "clock"},
}
SHELL = {*ALLOWED}
ALLOWED |= {"tracker": SHELL, "aio": SHELL | {"tracker"}, "testing": SHELL}
ALLOWED |= {"otel": SHELL | {"tracker"}}
ALLOWED |= {"cli": SHELL | {"tracker", "aio", "testing"}, "__main__": {"cli"}}

PURE = {
    "errors",
    "plan",
    "plan_json",
    "hls",
    "stitching",
    "record",
    "signals",
    "events",
    "players",
    "session",
    "ingest",
    "wire",
    "delivery",
}
DISK = "video_tracker.delivery.spool"  # the only modules of delivery that touch a disk
FORBIDDEN_IN_CORE = {
    "asyncio", "concurrent", "http", "io", "logging", "multiprocessing", "os", "pathlib", "queue",
    "random", "secrets", "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl",
    "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
ONLY_IN = {
    "transitions": {"video_tracker.session.data.machine"},
    "httpx": {"video_tracker.transports.http"},
    "time": {"video_tracker.clock"},
}
RUNTIME = {"attrs", "httpx", "transitions"}
OPTIONAL = {
    "orjson": {"video_tracker.wire"},
    "msgspec": {"video_tracker.wire"},
    "hypothesis": {"video_tracker.testing"},
    "opentelemetry": {"video_tracker.otel"},
    "pytest": {"video_tracker.testing"},
    "rich": {"video_tracker.cli"},
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module is not None
            yield node.module


def group(module: str) -> str:
    """The folder or the module right under the package: the unit of the rule."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def group_of_import(name: str) -> str:
    parts = name.split(".")
    if len(parts) > 1:
        return parts[1]
    return "version"  # `from video_tracker import __version__` is all that the face is asked for


def test_every_module_is_under_a_rule() -> None:
    assert {group(module) for module in MODULES} - {"__init__"} <= set(ALLOWED)


@pytest.mark.parametrize("module", MODULES)
def test_arrows_point_one_way(module: str) -> None:
    """No group imports one that stands above or beside it."""
    own = group(module)
    if own == "__init__":
        return  # the face is lazy: it imports whatever it shows
    ours = [name for name in imports(MODULES[module]) if name.split(".")[0] == "video_tracker"]

    assert [name for name in ours if group_of_import(name) not in ALLOWED[own] | {own}] == []


@pytest.mark.parametrize("module", MODULES)
def test_no_player_imports_another(module: str) -> None:
    """A new player is one new file; what players share lies in ``players/base.py`` and the like."""
    if group(module) != "players":
        return
    adapters = set(player_names()) & {path.stem for path in MODULES.values()}
    taken = {name.split(".")[-1] for name in imports(MODULES[module]) if ".players." in name}

    if module.rsplit(".", maxsplit=1)[-1] in adapters:
        assert not (taken & adapters)


@pytest.mark.parametrize("module", MODULES)
def test_the_core_reads_no_clock_and_touches_nothing_outside(module: str) -> None:
    """S46: time is an argument; threads, sockets, files and chance are for the shells."""
    if group(module) not in PURE or module.startswith(DISK):
        return
    roots = {name.split(".")[0] for name in imports(MODULES[module])}
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert roots & FORBIDDEN_IN_CORE == set()
    assert calls & {"open", "print", "input", "exec", "eval"} == set()
    text = MODULES[module].read_text("utf-8")
    assert [call for call in (".now(", ".utcnow(", "uuid1(", "uuid4(") if call in text] == []


@pytest.mark.parametrize("module", MODULES)
def test_each_dependency_has_its_one_place(module: str) -> None:
    roots = {name.split(".")[0] for name in imports(MODULES[module])}
    outside = {
        root for root in roots if root not in sys.stdlib_module_names and root != "video_tracker"
    }

    assert outside <= RUNTIME | set(OPTIONAL)
    for name, homes in ONLY_IN.items():
        assert name not in roots or module in homes
    for name, homes in OPTIONAL.items():
        assert name not in roots or any(module.startswith(home) for home in homes)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[module].read_text("utf-8")))


@pytest.mark.parametrize("module", MODULES)
def test_nothing_names_a_place_of_the_machine_it_was_written_on(module: str) -> None:
    text = MODULES[module].read_text("utf-8")

    assert [top for top in ("home", "root", "tmp", "work") if f"/{top}/" in text] == []
