"""What mypy and pyright, both strict, say of the pages' code, the examples and ``tests/typing``.

They stand on the user's side: outside this folder, with an installed package. The blocks of a page
are one module, as ``test_docs`` runs them, and keep their lines. ``tests/typing`` holds what public
calls give, and what they refuse: there ``# type: ignore[code]`` is an expectation, and one that is
needless is a finding.

    python -m tests.typed_examples PYTHON PYRIGHT

PYTHON is of the environment that has the package, PYRIGHT the command. mypy is this environment's.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.test_docs import EXAMPLES, PAGES, RECIPES, ROOT, blocks, name

IN_FOLDERS = [*RECIPES, *sorted((ROOT / "examples" / "collector").glob("*.py"))]
"""What is imported by its path below ``examples``."""
TYPING = sorted((ROOT / "tests" / "typing").glob("*.py"))
SETTINGS = {
    "typeCheckingMode": "strict",
    "reportUnnecessaryTypeIgnoreComment": "error",
    # Frameworks leave the types of some of their members open.
    "executionEnvironments": [
        {"root": "recipes", "extraPaths": ["."], "reportUnknownMemberType": "none"}
    ],
}


def module_of(page: Path) -> str:
    """The code of a page, each block where it stands."""
    lines: list[str] = []
    for block in blocks(page):
        if block.language in {"python", "py"}:
            lines += [""] * (block.line - len(lines)) + block.body.splitlines()
    return "\n".join([*lines, ""])


def lay_out(folder: Path) -> dict[str, str]:
    """Write the modules into a folder: each one's file name, and what it was made of."""
    sources = {page: module_of(page) for page in PAGES}
    sources |= {example: example.read_text("utf-8") for example in (*EXAMPLES, *TYPING)}
    made = {}
    for source, text in sources.items():
        if text.strip():
            file = name(source.with_suffix("")).replace("/", "_").replace("-", "_") + ".py"
            (folder / file).write_text(text, "utf-8")
            made[file] = name(source)
    for source in IN_FOLDERS:
        file = str(source.relative_to(ROOT / "examples"))
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(source.read_text("utf-8"), "utf-8")
        made[file] = name(source)
    return made


def by_mypy(folder: Path, files: list[str], python: str) -> list[str]:
    """What mypy finds, a line each."""
    options = ["--strict", "--config-file=", "--python-executable", python, "--no-error-summary"]
    options += ["--explicit-package-bases"]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *files],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    found = run.stdout.splitlines()
    return found if run.returncode == 0 or found else [run.stderr]


def by_pyright(folder: Path, files: list[str], python: str, pyright: str) -> list[str]:
    """What pyright finds, a line each."""
    (folder / "pyrightconfig.json").write_text(json.dumps(SETTINGS))
    run = subprocess.run(
        [pyright, "--outputjson", "--pythonpath", python],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if not run.stdout.startswith("{"):
        return [run.stdout + run.stderr]
    told = json.loads(run.stdout)
    found = [
        f"{_of(files, each['file'])}:{each['range']['start']['line'] + 1}: {each['message']}"
        for each in told["generalDiagnostics"]
    ]
    read = told["summary"]["filesAnalyzed"]
    return found if read == len(files) else [*found, f"pyright read {read} of {len(files)} files"]


def _of(files: list[str], path: str) -> str:
    """Which of the files a path is."""
    return max((file for file in files if path.endswith(f"/{file}")), key=len, default=path)


def main(python: str, pyright: str) -> int:
    """Check all of it; 1 when something was found."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = lay_out(folder)
        found = by_mypy(folder, list(made), python)
        found += by_pyright(folder, list(made), python, pyright)
    for line in found:
        file, _, rest = line.partition(":")
        sys.stdout.write(f"{made.get(file, file)}:{rest}\n")
    sys.stdout.write(f"{len(made)} modules, {len(found)} findings by mypy and pyright\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
