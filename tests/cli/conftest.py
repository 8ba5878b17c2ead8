"""Running the command line: in this process, which is quick, or as a process of its own."""

import contextlib
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.harness import COMMAND, ROOT, Run, Runner
from video_tracker.cli.main import main


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Runner:
    def run(*words: object, stdin: bytes = b"") -> Run:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        output, errors = io.TextIOWrapper(io.BytesIO()), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            try:
                status: Any = main([str(word) for word in words])
            except SystemExit as stop:
                status = stop.code
            output.flush()
        return Run(status, output.buffer.getvalue(), errors.getvalue())

    return run


@pytest.fixture
def process() -> Runner:
    def process(*words: object, stdin: bytes = b"") -> Run:
        done = subprocess.run(
            [*COMMAND, *map(str, words)], input=stdin, capture_output=True, check=False, timeout=60
        )
        return Run(done.returncode, done.stdout, done.stderr.decode())

    return process
