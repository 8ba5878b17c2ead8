"""``.ci/run`` shows the documentation's code to type checkers; here, that it shows all of it."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.test_docs import EXAMPLES, PAGES, ROOT, name
from tests.typed_examples import IN_FOLDERS, TYPING, by_pyright, lay_out, main, module_of

PAGE = """# A page

```python
first = 1
```

```text
printed
```

```py
second = first

third = second
```
"""


def checker(folder: Path, answer: str) -> str:
    """A command that answers so, whatever it is asked."""
    command = folder / "checker"
    command.write_text(f"#!{sys.executable}\nprint({answer!r})\n")
    command.chmod(0o755)
    return str(command)


def answered(files: int, *found: tuple[str, int, str]) -> str:
    return json.dumps(
        {
            "generalDiagnostics": [
                {"file": f"/where/{file}", "range": {"start": {"line": line}}, "message": message}
                for file, line, message in found
            ],
            "summary": {"filesAnalyzed": files},
        }
    )


def test_code_keeps_the_lines_that_it_has_in_its_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)

    assert module_of(page).splitlines() == [
        *("", "", "", "first = 1", "", "", "", "", "", "", "", "second = first"),
        *("", "third = second"),
    ]


def test_every_page_with_code_and_every_example_is_shown(tmp_path: Path) -> None:
    with_code = {
        name(page)
        for page in PAGES
        if re.search("^```py(thon)?$", page.read_text("utf-8"), re.MULTILINE)
    }
    made = lay_out(tmp_path)

    assert {"README.md", "docs/index.md", "docs/how-to/embed-in-a-service.md"} <= with_code
    assert set(made.values()) == {
        *with_code,
        *map(name, EXAMPLES),
        *map(name, [*TYPING, *IN_FOLDERS]),
    }
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")}
    assert written == set(made)


def test_what_is_found_has_its_file_and_line(tmp_path: Path) -> None:
    pyright = checker(tmp_path, answered(2, ("README.py", 4, "no such attribute")))

    assert by_pyright(tmp_path, ["README.py", "b.py"], "python", pyright) == [
        "README.py:5: no such attribute"
    ]


def test_what_is_found_in_a_recipe_has_its_path(tmp_path: Path) -> None:
    pyright = checker(tmp_path, answered(2, ("recipes/app.py", 4, "no such attribute")))

    assert by_pyright(tmp_path, ["app.py", "recipes/app.py"], "python", pyright) == [
        "recipes/app.py:5: no such attribute"
    ]


def test_a_checker_that_read_too_little_or_broke_has_not_passed(tmp_path: Path) -> None:
    idle, broken = checker(tmp_path, answered(0)), "no configuration"

    assert by_pyright(tmp_path, ["a.py"], "python", idle) == ["pyright read 0 of 1 files"]
    assert by_pyright(tmp_path, ["a.py"], "python", checker(tmp_path, broken)) == [
        "no configuration\n"
    ]


def test_findings_name_their_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    python = checker(tmp_path, "")
    found = answered(0, ("docs_how_to_ingest.py", 8, "unknown"))
    (tmp_path / "other").mkdir()

    assert main(python, checker(tmp_path / "other", found)) == 1
    assert "docs/how-to/ingest.md:9: unknown\n" in capsys.readouterr().out


def test_ci_shows_it_beside_the_wheel() -> None:
    script = ROOT / ".ci" / "run"
    if script.exists():  # it is no part of the source distribution
        assert '-m tests.typed_examples "$work/venv/bin/python"' in script.read_text("utf-8")
