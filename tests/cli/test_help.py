"""Help that teaches, the shells' completion, and exit statuses that are the same everywhere."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.harness import COMMAND, RECORDING, ROOT, SHORT, Runner, jsonl
from tests.cli.wrong_files import write_files
from video_tracker.cli.commands import COMMANDS, EXIT_STATUS
from video_tracker.testing import Scenario, write_scenario

EXAMPLES = [
    pytest.param(name, example, id=example)
    for name, command in COMMANDS.items()
    for example in command.examples
]


@pytest.fixture
def program(tmp_path: Path) -> dict[str, str]:
    """An environment in which ``video-tracker`` is a command."""
    command = tmp_path / "bin" / "video-tracker"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}


def bash(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "--norc", "-euc", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_each_example_of_the_help_runs(
    name: str, example: str, program: dict[str, str], tmp_path: Path
) -> None:
    write_files(tmp_path)
    log = jsonl(*SHORT)
    (tmp_path / "film.jsonl").write_bytes(log)
    subprocess.run(["gzip", "-k", "film.jsonl"], check=True)
    (tmp_path / "logs").mkdir()
    for log_name in ("monday.jsonl", "tuesday.jsonl"):
        (tmp_path / "logs" / log_name).write_bytes(log)
    write_scenario(Scenario(20.0).play().watch_to_end(), tmp_path / "film.yaml")
    if name == "send" and "--dry-run" not in example:
        (tmp_path / "spool").mkdir()  # nothing is in it, so that nothing goes to the network

    done = bash(example, program)

    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_s_help_has_a_sentence_examples_and_statuses(name: str, run: Runner) -> None:
    text = run(name, "--help").output.decode()

    assert run(name, "--help").status == 0
    assert COMMANDS[name].description in text
    for example, why in COMMANDS[name].examples.items():
        assert f"\n  {example}\n      {why}\n" in text
    assert "exit status: 0 done, 1 findings or messages that did not arrive, 2 wrong use" in text


def test_every_option_stands_under_a_title(run: Runner) -> None:
    """Only the help itself is left under "options"."""
    for name in ("replay", "explain", "whatif", "timeline", "send", "lint", "simulate"):
        text = run(name, "--help").output.decode()
        plain = re.search(r"^options:\n((?:  .*\n)*)", text, re.MULTILINE)

        assert plain is not None
        assert [line.split()[0] for line in plain[1].splitlines()] == ["-h,"]


def test_the_program_s_help_stays_light() -> None:
    """Neither a command's modules nor what colours, draws or completes is loaded for it."""
    script = (
        "import sys\n"
        "from video_tracker.cli.main import parser\n"
        "parser('').format_help()\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())

    assert loaded & {"attr", "attrs", "difflib", "httpx", "rich", "shtab", "transitions"} == set()


def test_each_status_is_in_the_reference_with_its_meaning() -> None:
    text = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")

    for status, meaning in EXIT_STATUS.items():
        assert f"| {status} | {meaning} |" in text


def test_a_help_that_nobody_reads_to_its_end_is_no_fault(program: dict[str, str]) -> None:
    done = bash("video-tracker lint --rules | head -n 1; video-tracker --help | head -n 0", program)

    assert done.stderr == ""


# -- completion ------------------------------------------------------------------------------------


def completed(line: str, program: dict[str, str]) -> set[str]:
    """What a bash proposes at the end of a line."""
    words = [*line.split(), *([""] if line.endswith(" ") else [])]
    script = f"""
        set +eu
        source <(video-tracker completion bash)
        complete -p video-tracker >/dev/null || exit 3
        how=$(complete -p video-tracker); how=${{how##*-F }}
        COMP_WORDS=({" ".join(shlex.quote(word) for word in words)})
        COMP_CWORD={len(words) - 1}
        "${{how%% *}}"
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = bash(script, program)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_bash_completes_commands_options_and_their_values(program: dict[str, str]) -> None:
    assert completed("video-tracker re", program) == {"replay"}
    assert completed("video-tracker replay --us", program) == {"--user-id"}
    assert completed("video-tracker replay --player dash", program) == {"dashjs"}
    assert completed("video-tracker simulate --player h", program) == {"html5", "hlsjs"}
    assert completed("video-tracker schema --profile s", program) == {"segment"}
    assert completed("video-tracker replay --set heart", program) == {"heartbeat="}
    assert completed("video-tracker completion ", program) >= {"bash", "zsh", "tcsh"}


def test_bash_completes_files(program: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "evening.jsonl").write_bytes(RECORDING.read_bytes()[:100])

    assert "evening.jsonl" in completed("video-tracker replay eve", program)
    assert "evening.jsonl" in completed("video-tracker replay x --plan eve", program)


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_each_shell_has_a_script(shell: str, run: Runner) -> None:
    done = run("completion", shell)

    assert done.status == 0
    assert b"video-tracker" in done.output
    assert b"whatif" in done.output


def test_without_the_extra_completion_says_what_to_install(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)

    done = run("completion", "bash")

    assert done.status == 2
    assert done.account == (
        "video-tracker: error: completion needs shtab: pip install 'video-tracker[cli]'"
    )
