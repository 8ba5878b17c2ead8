"""The recipes as their pages say to try them: the service without a key, then a page's words."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.examples.servers import ROOT, child, free_port, program, within

PAGES: Final = ROOT / "docs" / "how-to" / "recipes"


def words(page: str, begins: str) -> str:
    """The block of a page that begins so."""
    text = (PAGES / page).read_text("utf-8")
    (block,) = re.findall(
        rf"^```\w+\n({re.escape(begins)}.*?)^```$", text, re.DOTALL | re.MULTILINE
    )
    return str(block)


@pytest.mark.parametrize(
    ("page", "service", "begins", "port"),
    [
        (
            "fastapi.md",
            ["uvicorn", "--factory", "recipes.fastapi_app:create_app"],
            "session=",
            8000,
        ),
        ("django.md", ["recipes.django_site", "runserver", "--noreload"], "session=", 8000),
        ("websockets.md", ["recipes.websocket_consumer"], "import asyncio", 8765),
    ],
)
def test_the_first_words_of_a_page_become_an_event(
    tmp_path: Path, page: str, service: Sequence[str], begins: str, port: int
) -> None:
    pytest.importorskip(page.removesuffix(".md"))
    free = str(free_port())
    where = {"fastapi.md": ["--port", free], "django.md": [free], "websockets.md": []}[page]
    environment = {"PORT": free, "PYTHONUNBUFFERED": "1", "CUSTOMERIO_KEY": ""}
    environment["DATABASE"] = str(tmp_path / "site.sqlite3")
    environment["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "examples")))
    if page == "django.md":
        migrate = [sys.executable, "-m", "recipes.django_site", "migrate"]
        subprocess.run(migrate, check=True, capture_output=True, env={**os.environ, **environment})
    said = words(page, begins).replace(str(port), free)
    speaker = [sys.executable, "-c"] if begins.startswith("import") else ["sh", "-euc"]
    if speaker[0] == "sh":
        program("curl")
    output = tmp_path / "output.txt"

    with child(sys.executable, "-m", *service, *where, folder=tmp_path, environment=environment):
        assert within(20, lambda: free in output.read_text()), output.read_text()
        answer = subprocess.run(
            [*speaker, said], check=True, capture_output=True, text=True, timeout=20
        )
        printed = within(10, lambda: "Video Playback Started" in output.read_text())

    assert printed, answer.stdout + answer.stderr + output.read_text()
