"""Who may import whom, and what the pure core may not touch, read from the source itself."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import video_tracker
from video_tracker import Session
from video_tracker.players.registry import player_names

PACKAGE = Path(video_tracker.__file__).parent
MODULES = {
    ".".join(("video_tracker", *path.relative_to(PACKAGE).with_suffix("").parts)): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# A module may import its own group and what stands in the row of its group; nothing else.
KNOWN = {
    *("version", "errors", "json_values", "plan", "plan_json", "record", "signals", "events"),
    *("hls", "diagnostics", "summary", "interruption", "payload", "stream_markers", "spelling"),
}
ALLOWED: dict[str, set[str]] = {
    "version": set(),
    "errors": set(),
    "json_values": {"errors", "interruption"},
    "plan": {"errors"},
    "plan_json": {"errors", "json_values", "plan", "spelling"},
    "hls": {"plan"},
    "payload": set(),
    "spelling": set(),
    "stream_markers": {"payload", "plan", "signals"},
    "stitching": set(),
    "record": set(),
    "diagnostics": set(),
    "summary": set(),
    "compact": set(),
    "tally": set(),
    "signals": {"errors", "plan"},
    "events": {"errors", "plan"},
    "transcript": {"events", "plan", "transcript_alignment"},
    "transcript_alignment": set(),
    "clock": {"errors"},
    "interruption": set(),
    "players": KNOWN | {"tally"},
    "session": KNOWN | {"compact"},
    "wire": KNOWN,
    "trace": {"errors", "players"},
    "adapter_state": {"errors", "plan", "players", "signals", "tally"},
    "signal_log": KNOWN | {"players", "trace"},
    "ingest": KNOWN | {"players", "session", "signal_log", "trace"},
    "keyed": KNOWN | {"adapter_state", "compact", "ingest", "players", "session", "wire"},
    "charts": {"diagnostics", "session"},
    "explain": KNOWN | {"session", "transcript"},
    "delivery": KNOWN,
    "stores": KNOWN | {"clock", "ingest", "keyed", "wire"},
    "transports": KNOWN | {"delivery", "wire", "clock"},
}
SHELL = {*ALLOWED}
ALLOWED |= {"tracker": SHELL, "aio": SHELL | {"tracker"}, "testing": SHELL | {"tracker"}}
ALLOWED |= {"otel": SHELL | {"tracker"}, "engines": SHELL | {"tracker"}}
ALLOWED |= {"linting": SHELL | {"testing"}}
ALLOWED |= {"timeline": SHELL | {"testing", "linting"}}
ALLOWED |= {
    "cli": SHELL | {"tracker", "aio", "testing", "linting", "timeline"},
    "__main__": {"cli"},
}

PURE = {
    "errors",
    "plan",
    "plan_json",
    "hls",
    "payload",
    "spelling",
    "stream_markers",
    "stitching",
    "record",
    "signals",
    "events",
    "transcript",
    "transcript_alignment",
    "diagnostics",
    "summary",
    "compact",
    "tally",
    "players",
    "trace",
    "signal_log",
    "adapter_state",
    "session",
    "charts",
    "explain",
    "ingest",
    "keyed",
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
    "time": {"video_tracker.clock", "video_tracker.stores.shared", "video_tracker.testing.stores"},
}
RUNTIME = {"attrs", "httpx", "transitions"}
OPTIONAL = {
    "orjson": {"video_tracker.wire"},
    "msgspec": {"video_tracker.ingest", "video_tracker.keyed", "video_tracker.wire"},
    "hypothesis": {"video_tracker.testing"},
    "opentelemetry": {"video_tracker.otel"},
    "psycopg": {"video_tracker.stores.postgres"},
    "psycopg_pool": {"video_tracker.stores.postgres"},
    "pyarrow": {"video_tracker.engines.spark"},
    "pyflink": {"video_tracker.engines.flink"},
    "pyspark": {"video_tracker.engines.spark"},
    "pytest": {"video_tracker.testing"},
    "redis": {"video_tracker.stores.redis"},
    "rich": {"video_tracker.cli", "video_tracker.timeline"},
    "shtab": {"video_tracker.cli.completion"},
    "vl_convert": {"video_tracker.timeline"},
    "yaml": {"video_tracker.testing.scenario_file"},
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module is not None
            of_face = node.module == "video_tracker"
            yield from (f"video_tracker.{alias.name}" for alias in node.names if of_face)
            yield from () if of_face else (node.module,)


def group(module: str) -> str:
    """The folder or the module right under the package: the unit of the rule."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def group_of_import(name: str) -> str:
    place = name.split(".")[1]
    return "version" if place == "__version__" else place  # all that the face itself is asked for


def test_every_module_is_under_a_rule() -> None:
    assert {group(module) for module in MODULES} - {"__init__"} <= set(ALLOWED)


def rows_of_the_map() -> list[list[str]]:
    """The rows of the map in ``CONTRIBUTING.md``: what each is about, folders with their slash."""
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text("utf-8")
    body = text.partition("<!-- the map")[2].partition("<!-- end of the map -->")[0]
    return [re.findall(r"`([^`]+)`", row.split("|")[1]) for row in body.splitlines() if "`" in row]


def test_the_map_shows_each_part_of_the_package_once() -> None:
    places = {
        f"{path.name}/" if path.is_dir() else path.stem
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert sorted(each for row in rows_of_the_map() for each in row) == sorted(
        places - {"__init__"}
    )


def test_the_map_is_in_the_order_of_the_arrows() -> None:
    """What a row's modules may import stands above it, or in it."""
    seen: set[str] = set()
    for row in rows_of_the_map():
        names = {place.removesuffix("/") for place in row}
        seen |= names
        assert {name: ALLOWED[name] - seen for name in names if ALLOWED[name] - seen} == {}


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
def test_no_container_is_made_through_its_alias(module: str) -> None:
    """``list[int]()`` costs some 15 calls of ``list``: it fails to note on it what it was."""
    made = [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Subscript)
        and ast.unparse(node.func.value) in {"list", "dict", "set", "tuple", "frozenset"}
    ]
    assert made == []


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[module].read_text("utf-8")))


@pytest.mark.parametrize("module", MODULES)
def test_nothing_names_a_place_of_the_machine_it_was_written_on(module: str) -> None:
    text = MODULES[module].read_text("utf-8")

    assert [top for top in ("home", "root", "tmp", "work") if f"/{top}/" in text] == []


# -- the session: one state, plain functions in rooms ----------------------------------------------

ROOMS = {name: rank for rank, name in enumerate(("data", "effects", "rules", "stream", "session"))}
"""The rooms of the session from the bottom to the top; ``session`` is the object itself."""
ABOVE = {"playback", "snapshot"}
"""Modules on top of the object; nothing of the session imports them but its face."""
IN_SESSION = [
    module
    for module in MODULES
    if module.startswith("video_tracker.session.") and module != "video_tracker.session.__init__"
]
MOST_PARENTS = 4
MOST_PUBLIC_NAMES = 50
MOST_LINES = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef


def room(module: str) -> str:
    """The room of a module of the session; what lies in none is a room of its own."""
    return module.split(".")[2]


def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def docstring_lines(node: ast.AST) -> set[int]:
    """The lines of all docstrings in a node."""
    found: set[int] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = each.body[0]
            if ast.get_docstring(each, clean=False) is not None:
                found.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return found


def code_lines(function: Function, source: list[str]) -> int:
    """The lines of a function, signature included, without docstrings, comments and blank lines."""
    last = function.end_lineno or function.lineno
    lines = set(range(function.lineno, last + 1)) - docstring_lines(function)
    texts = (source[line - 1].strip() for line in lines)
    return sum(bool(text) and not text.startswith("#") for text in texts)


def is_number(value: ast.expr | None) -> bool:
    """Whether an expression is a number, or a sum or product of numbers."""
    match value:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float()):
            return True
        case ast.UnaryOp(operand=operand):
            return is_number(operand)
        case ast.BinOp(left=left, right=right):
            return is_number(left) and is_number(right)
    return False


def is_lookup(node: ast.AST | None) -> bool:
    """Whether an expression is ``getattr`` with a name that only the run knows."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and not isinstance(node.args[1], ast.Constant)
    )


def looked_up_calls(code: ast.AST) -> set[int]:
    """The lines where a function is found by a name that is put together, and called."""
    nodes = list(ast.walk(code))
    kept = {
        ast.unparse(target)
        for node in nodes
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and is_lookup(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    called = {
        call.lineno for call in calls if is_lookup(call.func) or ast.unparse(call.func) in kept
    }
    made_up = {
        call.lineno
        for call in calls
        if is_lookup(call) and isinstance(call.args[1], ast.JoinedStr | ast.BinOp)
    }
    return called | made_up


def test_every_module_of_the_session_lies_in_a_room() -> None:
    assert {room(module) for module in IN_SESSION} == {*ROOMS, *ABOVE}


@pytest.mark.parametrize("module", IN_SESSION)
def test_a_room_imports_only_itself_and_rooms_below(module: str) -> None:
    """From the bottom: data, effects, rules, stream, session; on top playback and snapshot."""
    own = room(module)
    below = {*ROOMS} if own in ABOVE else {each for each in ROOMS if ROOMS[each] < ROOMS[own]}
    taken = [name for name in imports(MODULES[module]) if name.startswith("video_tracker.session")]

    assert "video_tracker.session" not in taken  # the face imports the rooms, never they it
    assert [name for name in taken if room(name) not in below | {own}] == []


@pytest.mark.parametrize("module", IN_SESSION)
def test_inputs_are_found_by_reference(module: str) -> None:
    """An editor leads from an input to its meaning: no name is put together."""
    assert looked_up_calls(tree(module)) == set()


@pytest.mark.parametrize("module", IN_SESSION)
def test_nothing_is_left_to_a_subclass(module: str) -> None:
    names = [node.id for node in ast.walk(tree(module)) if isinstance(node, ast.Name)]

    assert "NotImplementedError" not in names


def test_the_session_is_one_object_and_no_tower() -> None:
    assert len(Session.__mro__) <= MOST_PARENTS


def test_the_session_shows_little_more_than_its_inputs() -> None:
    public = [name for name in dir(Session) if not name.startswith("_")]

    assert len(public) <= MOST_PUBLIC_NAMES


@pytest.mark.parametrize("module", IN_SESSION)
def test_functions_of_the_session_are_short(module: str) -> None:
    source = MODULES[module].read_text("utf-8").splitlines()
    lengths = [
        (node.name, code_lines(node, source))
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert [(name, lines) for name, lines in lengths if lines > MOST_LINES] == []


@pytest.mark.parametrize("module", IN_SESSION)
def test_numbers_of_the_rules_stand_in_one_file(module: str) -> None:
    """``X: Final = 2.0`` is for ``data/tolerances.py``, where it says its rule."""
    if room(module) not in {"effects", "rules", "stream", "session"}:
        return
    numbers = [
        ast.unparse(node)
        for node in tree(module).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_number(node.value)
    ]

    assert numbers == []


def test_each_number_of_the_rules_says_its_rule() -> None:
    source = MODULES["video_tracker.session.data.tolerances"].read_text("utf-8")
    said = re.findall(r"^(\w+): \w+ = [^#\n]+(.*)", source, re.MULTILINE)

    assert len(said) == sum(isinstance(node, ast.AnnAssign) for node in ast.parse(source).body)
    assert [name for name, text in said if not re.search(r"\w.*\(S\d\d?\b", text)] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('getattr(self, f"_on_{name}")(at)', True),
        ("getattr(self, name)(at)", True),
        ('take = getattr(self, "_on_" + name)', True),
        ("take = getattr(rules, name)\ntake(s, at)", True),
        ("(take := getattr(rules, name))\ntake(s, at)", True),
        ("value = getattr(told, field.name)", False),
        ("getattr(self, 'flush')()", False),
    ],
)
def test_a_call_by_a_made_up_name_is_seen(code: str, found: bool) -> None:
    assert bool(looked_up_calls(ast.parse(code))) is found


@pytest.mark.parametrize(
    ("code", "number"),
    [("2.0", True), ("-1", True), ("30 * 60", True), ("True", False), ("'a'", False), ("x", False)],
)
def test_a_number_is_seen(code: str, number: bool) -> None:
    assert is_number(ast.parse(code, mode="eval").body) is number


def test_a_line_of_code_is_counted_without_its_docstring() -> None:
    source = """def f(
    a: int,
) -> int:
    'One.'

    # why
    return a
"""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)

    assert code_lines(function, source.splitlines()) == 4
