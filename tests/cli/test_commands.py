"""The program around its commands: version, help, charts."""

from tests.cli.harness import Runner
from video_tracker.charts import diagram
from video_tracker.version import __version__


def test_the_version_is_printed(run: Runner) -> None:
    done = run("--version")

    assert (done.status, done.output.decode()) == (0, f"video-tracker {__version__}\n")


def test_help_names_every_command(run: Runner) -> None:
    done = run("--help")

    assert done.status == 0
    assert b"replay" in done.output
    assert b"diagram" in done.output


def test_nothing_said_is_answered_with_what_is_needed(run: Runner) -> None:
    done = run()

    assert done.status == 2
    assert done.account.startswith("video-tracker: error: ")
    assert "which command? there are: replay, send, " in done.account


def test_both_charts_are_printed_as_mermaid(run: Runner) -> None:
    done = run("diagram")

    assert done.status == 0
    assert (
        done.output.decode()
        == run("diagram", "where").output.decode() + run("diagram", "how").output.decode()
    )


def test_one_chart_is_a_mermaid_file_of_its_own(run: Runner) -> None:
    lines = run("diagram", "where").output.decode().splitlines()

    assert lines[:2] == ["stateDiagram-v2", "    %% where"]
    assert [lines[0], *lines[2:]] == diagram("where").splitlines()


def test_an_unknown_chart_is_refused(run: Runner) -> None:
    done = run("diagram", "when")

    assert done.status == 2
    assert "no 'when'" in done.account
