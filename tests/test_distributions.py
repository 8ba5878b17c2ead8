"""``.ci/run`` compares what is built with the source tree; here, that it sees faults."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.distributions import (
    AT_THE_TOP,
    OF_THE_SOURCE,
    PACKAGE,
    ROOT,
    alone,
    faults_of_metadata,
    faults_of_sdist,
    faults_of_wheel,
    files_below,
    main,
    project,
    together,
)

ABOUT = "video_tracker-1.dist-info"


def metadata(**changed: str) -> str:
    """The metadata of this project, with other values where they are given."""
    declared = project()
    heads = [
        ("Name", declared["name"]),
        ("License-Expression", declared["license"]),
        ("Requires-Python", declared["requires-python"]),
        *(("Classifier", each) for each in declared["classifiers"]),
        *(("Provides-Extra", each) for each in declared["optional-dependencies"]),
        ("Description-Content-Type", "text/markdown"),
    ]
    lines = [f"{name}: {changed.get(name.replace('-', '_'), value)}" for name, value in heads]
    return "\n".join([*lines, "", (ROOT / "README.md").read_text("utf-8")])


def wheel(folder: Path, *, without: str = "", beside: str = "", about: str = "") -> Path:
    """A wheel of this package, with a file less or more."""
    made = folder / "video_tracker-1-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as opened:
        for name in {*files_below(PACKAGE, ROOT), beside} - {without, ""}:
            opened.writestr(name, "")
        for name in ("RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"):
            opened.writestr(f"{ABOUT}/{name}", "")
        opened.writestr(f"{ABOUT}/METADATA", about or metadata())
    return made


def sdist(folder: Path, *, without: str = "") -> Path:
    """A source distribution of this tree, with a file less."""
    made = folder / "video_tracker-1.tar.gz"
    names = {*AT_THE_TOP, ".gitignore"} - {without}
    for each in OF_THE_SOURCE:
        names |= files_below(ROOT / each, ROOT) - {without}
    with tarfile.open(made, "w:gz") as opened:
        for name, text in [*((name, b"") for name in names), ("PKG-INFO", metadata().encode())]:
            member = tarfile.TarInfo(f"video_tracker-1/{name}")
            member.size = len(text)
            opened.addfile(member, io.BytesIO(text))
    return made


def test_a_wheel_of_the_whole_package_has_no_fault(tmp_path: Path) -> None:
    assert faults_of_wheel(wheel(tmp_path)) == []
    assert faults_of_sdist(sdist(tmp_path)) == []
    assert main(str(tmp_path)) == 0


@pytest.mark.parametrize(
    "file", ["py.typed", "wire/schemas/segment/video-ad-started.json", "cli/main.py"]
)
def test_what_a_wheel_lacks_is_named(tmp_path: Path, file: str) -> None:
    name = f"video_tracker/{file}"

    assert faults_of_wheel(wheel(tmp_path, without=name)) == [f"the wheel lacks {name}"]


def test_tests_in_a_wheel_are_named(tmp_path: Path) -> None:
    found = faults_of_wheel(wheel(tmp_path, beside="tests/test_hls.py"))

    assert found == ["the wheel has tests/test_hls.py"]


def test_what_a_source_distribution_lacks_is_named(tmp_path: Path) -> None:
    found = faults_of_sdist(sdist(tmp_path, without="tests/conftest.py"))

    assert found == ["the sdist lacks tests/conftest.py"]


def test_metadata_of_something_else_are_named() -> None:
    assert faults_of_metadata(metadata()) == []
    assert faults_of_metadata(metadata(Requires_Python=">=3.8")) == ["Requires-Python is '>=3.8'"]


def test_one_of_each_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(str(tmp_path)) == 1
    assert "has 0 wheels and 0 sdists" in capsys.readouterr().out


def test_extras_of_engines_are_had_one_by_one_and_all_others_together() -> None:
    assert {*alone(), *together()} == {*project()["optional-dependencies"]}
    assert "spark" in alone()
    assert not {*alone()} & {*together()}
