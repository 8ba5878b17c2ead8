"""The site: every fault in it fails the build, nothing public is missing, no network is needed."""

import importlib
import re
import shlex
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "mkdocs.yml"
PUBLIC = (
    "video_tracker",
    *("video_tracker." + name for name in ("adapter_state", "aio", "clock", "diagnostics")),
    "video_tracker.engines.spark",
    *("video_tracker." + name for name in ("errors", "events", "explain", "hls", "ingest")),
    *("video_tracker." + name for name in ("linting", "otel", "plan", "plan_json", "session")),
    *("video_tracker." + name for name in ("signal_log", "signals", "stitching", "summary")),
    *(
        "video_tracker." + name
        for name in ("testing", "timeline", "tracker", "trace", "transports", "wire")
    ),
)
"""What users import from, besides the modules of ``players`` and ``testing``."""
NOT_SHOWN = {
    "__version__",
    # The words of a diagnostic's kind, told where it is documented.
    *("ACCEPT", "IGNORE", "REJECT", "REPAIR"),
    # What tracker and asyncio's tracker share.
    *("Figures", "Sender"),
}


def options_of_ci() -> list[str]:
    """How ``.ci/run`` builds the site; it is no part of the source distribution."""
    script = ROOT / ".ci" / "run"
    if not script.exists():
        return ["--strict"]
    (line,) = (line for line in script.read_text("utf-8").splitlines() if "mkdocs build" in line)
    words = shlex.split(line)
    return words[words.index("build") + 1 : words.index("--site-dir")]


def built(folder: Path, config: Path, site: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "mkdocs", "build", *options_of_ci()]
    return subprocess.run(
        [*command, "--config-file", str(config), "--site-dir", str(site)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = built(ROOT, CONFIG, folder)
    assert build.returncode == 0, build.stderr
    return folder


# -- the build -------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A site of one page with the settings of the true one, and a module that it documents."""
    settings = CONFIG.read_text("utf-8").partition("\nnav:")[0]
    settings = settings.replace('paths: ["."]', f'paths: ["{tmp_path}"]')
    settings = settings.replace("docs/", f"{ROOT}/docs/")
    (tmp_path / "mkdocs.yml").write_text(f"{settings}\nnav:\n  - Home: index.md\n")
    (tmp_path / "docs" / "assets").mkdir(parents=True)
    (tmp_path / "docs" / "assets" / "tables.css").write_text("")
    write(tmp_path, page="# Home\n\nNothing is wrong.\n")
    return tmp_path


def write(folder: Path, *, page: str, code: str = "") -> None:
    (folder / "docs" / "index.md").write_text(page)
    (folder / "clip.py").write_text(code)


def test_a_page_without_fault_is_built(small: Path) -> None:
    code = 'def cut(at: float) -> None:\n    """Cut.\n\n    Args:\n        at: Where.\n    """\n'
    write(small, page="# Home\n\n::: clip.cut\n", code=code)

    assert built(small, small / "mkdocs.yml", small / "site").returncode == 0


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("[gone](gone.md)", "gone.md"),
        ("[gone](#no-such-place)", "no-such-place"),
        ("![gone](gone.svg)", "gone.svg"),
        ("[absolute](/index.html)", "/index.html"),
        ("[`Gone`][clip.Gone]", "clip.Gone"),
        ("::: clip.gone", "clip.gone"),
    ],
)
def test_a_reference_that_leads_nowhere_fails_the_build(small: Path, page: str, said: str) -> None:
    write(small, page=f"# Home\n\n{page}\n")
    build = built(small, small / "mkdocs.yml", small / "site")

    assert build.returncode != 0
    assert said in build.stdout + build.stderr


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def cut(at: float) -> None:", "'until' does not appear"),
        ("def cut(until) -> None:", "No type or annotation for parameter 'until'"),
    ],
)
def test_an_argument_that_is_not_there_or_has_no_type_fails_the_build(
    small: Path, code: str, said: str
) -> None:
    text = f'{code}\n    """Cut.\n\n    Args:\n        until: Where.\n    """\n'
    write(small, page="# Home\n\n::: clip.cut\n", code=text)
    build = built(small, small / "mkdocs.yml", small / "site")

    assert build.returncode != 0
    assert said in build.stdout + build.stderr


def test_a_page_outside_the_navigation_fails_the_build(small: Path) -> None:
    (small / "docs" / "lost.md").write_text("# Lost\n")
    build = built(small, small / "mkdocs.yml", small / "site")

    assert build.returncode != 0
    assert "lost.md" in build.stdout + build.stderr


def test_a_phone_is_given_the_narrow_drawing_of_a_picture_that_has_one(site: Path) -> None:
    source = r'<source media="\(max-width: 30em\)" srcset="([^"]+)">'
    picture = re.compile(rf'<picture>{source}<img [^>]*src="([^"]+)"')
    shown = {
        page: picture.findall((site / page / "index.html").read_text("utf-8"))
        for page in ("", "tutorial/picture", "reference/charts")
    }

    for page in ("", "tutorial/picture"):
        assert [Path(each).name for pair in shown[page] for each in pair] == [
            *("evening-narrow-light.svg", "evening-light.svg#only-light"),
            *("evening-narrow-dark.svg", "evening-dark.svg#only-dark"),
        ]
        assert all((site / page / narrow).exists() for narrow, _ in shown[page])
    assert shown["reference/charts"] == []


# -- the reference ---------------------------------------------------------------------------------


def test_every_public_name_has_its_place_in_the_reference(site: Path) -> None:
    packed = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    known = {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}
    named = {name.rpartition(".")[2] for name in known}
    missing = [
        f"{module}.{name}"
        for module in PUBLIC
        for name in importlib.import_module(module).__all__
        if name not in named | NOT_SHOWN
    ]

    assert missing == []


def words(page: Path) -> str:
    """The text of a page with its markup taken out."""
    text = re.sub(r"<[^>]*>", "", page.read_text("utf-8"))
    text = text.replace("&#39;", "'").replace("&quot;", '"').replace("&gt;", ">")
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("page", "said"),
    [
        # an attrs class: field(default=...), a factory, an inherited field
        ("session", "Content( *, asset_id: str | None = None, duration: float | None = None,"),
        ("session", "heartbeat: float | None = 10.0,"),
        ("transports", "batch_bytes: int = 480_000"),
        # a tracker's options, which are a TypedDict
        ("tracker", "max_sessions: int = 100_000,"),
        ("tracker", 'mode: Mode = "thread",'),
        # a function, and a method
        ("wire", "json_schema( event: str"),
        ("session", "position: float | None = None, duration: float | None = None"),
    ],
)
def test_types_and_defaults_are_shown(site: Path, page: str, said: str) -> None:
    text = words(site / "reference" / "api" / page / "index.html")

    assert said.replace(" ", "") in text.replace(" ", "")


def test_no_docstring_shows_its_markup(site: Path) -> None:
    pages = sorted((site / "reference" / "api").glob("*/index.html"))
    shown = [role for page in pages for role in re.findall(r":\w+:`[^`]*`", words(page))]

    assert len(pages) == 10
    assert shown == []


# -- without a network -----------------------------------------------------------------------------

LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\bsrc=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|<link\b(?=[^>]*rel=[\"']?(?:stylesheet|preload|preconnect|icon|modulepreload))[^>]*"
    r"href=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|@import\s+(?:url\()?[\"']?(?:https?:)?//[^\"')\s]+"
    r"|url\([\"']?(?:https?:)?//[^\"')]+"
)


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/mermaid.js"></script>',
        '<link href="//fonts.example/css" rel="stylesheet">',
        "<img alt=x src=https://shields.example/x.svg>",
        "@import url('https://fonts.example/x.css');",
        ".a { background: url(//cdn.example/a.png) }",
    ],
)
def test_what_is_loaded_from_elsewhere_is_seen(text: str) -> None:
    assert LOADED.search(text)


def test_a_page_loads_nothing_from_elsewhere(site: Path) -> None:
    files = [*site.rglob("*.html"), *site.rglob("*.css"), *site.rglob("*.svg")]
    loaded = [
        f"{file.relative_to(site)}: {found}"
        for file in files
        for found in LOADED.findall(file.read_text("utf-8"))
    ]

    assert len(files) > 50
    assert loaded == []


def test_no_page_asks_for_the_library_that_draws_charts_in_the_browser(site: Path) -> None:
    """The theme fetches it from elsewhere where a page has such a block."""
    asking = [page for page in site.rglob("*.html") if 'class="mermaid"' in page.read_text("utf-8")]

    assert asking == []
