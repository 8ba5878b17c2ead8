"""What the wheel and the source distribution hold, compared with this source tree.

    python -m tests.distributions FOLDER

FOLDER holds one of each, as ``python -m build`` makes them.
"""

import email
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "video_tracker"
MADE = {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "node_modules"}
"""Folders that running something leaves behind."""
OF_THE_SOURCE = ("video_tracker", "tests", "docs", "examples")
"""Folders of which the source distribution has every file."""
ENGINES = frozenset({"flink", "spark"})
AT_THE_TOP = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "mkdocs.yml",
    "pyproject.toml",
)


def files_below(folder: Path, root: Path) -> set[str]:
    """The files of a folder, as a distribution names them."""
    return {
        path.relative_to(root).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not MADE & {*path.parts} and path.suffix not in {".pyc", ".pyo"}
    }


def project() -> dict[str, Any]:
    """What ``pyproject.toml`` says of the project."""
    read: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return read


def alone() -> list[str]:
    """The extras of stream engines, whose requirements exclude each other's."""
    return sorted(ENGINES & {*project()["optional-dependencies"]})


def together() -> list[str]:
    """The extras that can be had together."""
    return sorted({*project()["optional-dependencies"]} - ENGINES)


def compared(what: str, held: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """What is held and not wanted, and the other way round, a sentence each."""
    more, less = sorted({*held} - {*wanted}), sorted({*wanted} - {*held})
    return [f"{what} lacks {each}" for each in less] + [f"{what} has {each}" for each in more]


def faults_of_metadata(text: str) -> list[str]:
    """What is wrong with a distribution's metadata, a sentence each."""
    said, declared = email.message_from_string(text), project()
    readme = (ROOT / "README.md").read_text("utf-8")
    pairs: list[tuple[str, object, object]] = [
        ("Name", said["Name"], declared["name"]),
        ("Requires-Python", said["Requires-Python"], declared["requires-python"]),
        ("License-Expression", said["License-Expression"], declared["license"]),
        ("Description-Content-Type", said["Description-Content-Type"], "text/markdown"),
        ("Classifier", said.get_all("Classifier"), declared["classifiers"]),
        (
            "Provides-Extra",
            sorted(said.get_all("Provides-Extra", [])),
            sorted(declared["optional-dependencies"]),
        ),
        ("the description", str(said.get_payload()).strip(), readme.strip()),
    ]
    return [f"{what} is {told!r:.200}" for what, told, wanted in pairs if told != wanted]


def faults_of_wheel(wheel: Path) -> list[str]:
    """What is wrong with a wheel, a sentence each; it holds the package and nothing else."""
    with zipfile.ZipFile(wheel) as opened:
        names = [name for name in opened.namelist() if not name.endswith("/")]
        about = next((name.split("/")[0] for name in names if name.endswith("/METADATA")), "")
        metadata = opened.read(f"{about}/METADATA").decode() if about else ""
    inside = {name for name in names if not name.startswith(f"{about}/")}
    beside = {name.removeprefix(f"{about}/") for name in names if name.startswith(f"{about}/")}
    described = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    return [
        *compared("the wheel", inside, files_below(PACKAGE, ROOT)),
        *compared("the wheel's metadata", beside, described),
        *faults_of_metadata(metadata),
    ]


def faults_of_sdist(sdist: Path) -> list[str]:
    """What is wrong with a source distribution; it holds all that its tests and docs need."""
    with tarfile.open(sdist) as opened:
        names = {member.name.partition("/")[2] for member in opened if member.isfile()}
        about = opened.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/PKG-INFO")
        metadata = "" if about is None else about.read().decode()
    wanted = {*AT_THE_TOP, "PKG-INFO", ".gitignore"}
    for folder in OF_THE_SOURCE:
        wanted |= files_below(ROOT / folder, ROOT)
    return [*compared("the sdist", names, wanted), *faults_of_metadata(metadata)]


def main(folder: str) -> int:
    """Judge what lies in a folder; 1 when something is wrong."""
    wheels, sdists = sorted(Path(folder).glob("*.whl")), sorted(Path(folder).glob("*.tar.gz"))
    if (len(wheels), len(sdists)) != (1, 1):
        sys.stdout.write(
            f"{folder} has {len(wheels)} wheels and {len(sdists)} sdists, not 1 and 1\n"
        )
        return 1
    faults = [*faults_of_wheel(wheels[0]), *faults_of_sdist(sdists[0])]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.stdout.write(f"{wheels[0].name} and {sdists[0].name}: {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
