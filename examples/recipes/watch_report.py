"""A report over a directory of sessions: `python -m recipes.watch_report DIRECTORY -o film.svg`.

The directory holds a log for each session (as `video-tracker replay` reads them) and, if there is
one, the `plan.json` of all of them. The summaries are merged into a table, and the picture shows
how many sessions watched each second of the film. Without a directory sixty viewings are simulated.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, Final

import vl_convert
from rich.console import Console
from rich.table import Table

from video_tracker import (
    Playback,
    Session,
    SessionPlan,
    Summary,
    find_adapter,
    plan_from_json,
    plan_to_json,
)
from video_tracker.signal_log import read_signals
from video_tracker.signals import Signal
from video_tracker.testing import Scenario, simulate
from video_tracker.trace import read_trace

ENDS: Final = ("completed", "exited", "timeout", "open")


def signals_of(log: Path) -> Iterator[Signal]:
    """What a log says, whether it is a player's or the library's own."""
    with log.open("rb") as lines:
        first = json.loads(lines.readline())
        lines.seek(0)
        if "signal" in first:
            for _, signal in read_signals(lines, log.name):
                yield signal
            return
        adapter, at = find_adapter(first["player"])(), 0.0
        for callback in read_trace(lines, log.name):
            at = callback.at
            yield from adapter.translate(callback)
        yield from adapter.flush(at)


def summaries_of(folder: Path) -> list[Summary]:
    """The summary of each session that the logs of a directory hold."""
    plan = SessionPlan(user_id="somebody")
    if (folder / "plan.json").exists():
        plan = plan_from_json(json.loads((folder / "plan.json").read_text("utf-8")))
    found: list[Summary] = []
    for log in sorted(folder.glob("*.jsonl")):
        playback = Playback(Session(log.stem, plan))
        for signal in signals_of(log):
            playback.receive(signal)
        playback.finish()
        found += (session.summary() for session in playback.sessions)
    return found


def merged(summaries: Sequence[Summary]) -> Summary:
    """Several summaries as one; exact, in any order."""
    return reduce(Summary.merge, summaries)


def table_of(summaries: Sequence[Summary]) -> Table:
    """The figures by how the sessions ended, and of all."""
    table = Table(title=f"{len(summaries)} sessions", show_footer=False)
    for name in ("ended", "sessions", "watched", "stalled", "stalls", "ads completed"):
        table.add_column(name, justify="left" if name == "ended" else "right")
    groups = [(end, [each for each in summaries if each.ended == end]) for end in ENDS]
    for end, group in [*groups, ("all", list(summaries))]:
        if group:
            table.add_row(*_row(end, merged(group)), end_section=end == groups[-1][0])
    return table


def _row(end: str, summary: Summary) -> Iterable[str]:
    playing, stalled = (float(summary.buckets[key]) for key in ("content_played", "buffering"))
    share = stalled / (playing + stalled) if playing + stalled else 0.0
    counts = summary.counts
    yield end
    yield str(len(summary.session_ids))
    yield f"{playing / 60:.1f} min"
    yield f"{share:.1%}"
    yield str(counts["rebuffers"])
    yield f"{counts['ads_completed']} of {counts['ads_started']}"


def watched_by(summaries: Iterable[Summary], film: str) -> list[int]:
    """For each second of a film how many sessions watched it, at least half of it."""
    seconds: list[int] = []
    for summary in summaries:
        for start, end in summary.watched.get(film, ()):
            first, last = round(start), round(end)
            seconds += [0] * (last - len(seconds))
            for second in range(first, last):
                seconds[second] += 1
    return seconds


def heat_map(seconds: Sequence[int], film: str, sessions: int) -> dict[str, Any]:
    """The picture as a Vega-Lite specification: a curve, and a strip of colour below it."""
    place = {
        "field": "second",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, len(seconds)], "nice": False},
        "axis": {"labelExpr": "floor(datum.value / 60) + ':' + format(datum.value % 60, '02')"},
    }
    number = {"field": "sessions", "type": "quantitative", "scale": {"domain": [0, sessions]}}
    curve = {
        "width": 800,
        "height": 160,
        "mark": {"type": "area", "interpolate": "step-after", "color": "#31688e", "opacity": 0.9},
        "encoding": {
            "x": {**place, "axis": {"labels": False, "ticks": False}},
            "y": {**number, "title": "sessions", "axis": {"tickMinStep": 1}},
        },
    }
    colour = {**number, "scale": {"domain": [0, sessions], "scheme": "viridis"}}
    legend = {"orient": "bottom", "title": "sessions", "gradientLength": 240}
    strip = {
        "width": 800,
        "height": 28,
        "mark": {"type": "rect", "tooltip": True},
        "encoding": {
            "x": place,
            "x2": {"field": "until"},
            "color": {**colour, "legend": legend},
            "stroke": {**colour, "legend": None},  # no gaps between the seconds
        },
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {
            "text": f"How often each second of {film!r} was watched",
            "subtitle": f"{sessions} sessions; one that watched a second twice counts once",
            "anchor": "start",
        },
        "background": "white",
        "padding": 16,
        "data": {
            "values": [
                {"second": second, "until": min(second + 1, len(seconds)), "sessions": count}
                for second, count in enumerate([*seconds, *seconds[-1:]])  # the last step's end
            ]
        },
        "vconcat": [curve, strip],
        "spacing": 6,
        "config": {"view": {"stroke": None}, "font": "sans-serif", "axis": {"grid": False}},
    }


def draw(specification: dict[str, Any], path: Path) -> None:
    """Write a picture: SVG, PNG, or a page that needs nothing else, by the file's name."""
    if path.suffix == ".svg":
        path.write_text(vl_convert.vegalite_to_svg(specification), "utf-8")
    elif path.suffix == ".png":
        path.write_bytes(vl_convert.vegalite_to_png(specification, scale=2))
    elif path.suffix == ".html":
        path.write_text(vl_convert.vegalite_to_html(specification, bundle=True), "utf-8")
    else:
        raise SystemExit(f"{path}: a picture is .svg, .png or .html")


def simulated(folder: Path, viewers: int = 60, seed: int = 1) -> None:
    """Viewings of a film of three minutes: most from the start, many of the goal at 2:00."""
    chance = random.Random(seed)  # noqa: S311 - nothing is to be kept secret
    for number in range(viewers):
        film = Scenario(180, name="film").ads("pre", [10]).ads("mid", [15, 10], at=60).play()
        film = film.watch(chance.choice((4, 15, 35, 50, 58)))
        kind = chance.random()
        if kind < 0.55:
            film = film.seek(chance.uniform(112, 120)).watch(chance.uniform(8, 30))
            if kind < 0.2:
                film = film.seek(115).watch(12)
        elif kind < 0.7:
            film = film.stall(chance.uniform(1.5, 9)).watch(chance.uniform(4, 60))
        film = film.watch_to_end() if chance.random() < 0.3 else film.exit()
        viewing = simulate(film, "html5", jitter=0.2, seed=number)
        viewing.write(folder / f"viewer-{number:02}.jsonl")
    whole = simulate(
        Scenario(180, name="film").ads("pre", [10]).ads("mid", [15, 10], at=60).play().watch(90)
    )
    plan = json.dumps(plan_to_json(whole.plan), indent=2)
    (folder / "plan.json").write_text(plan, "utf-8")


def report(folder: Path, film: str | None, picture: Path | None, console: Console) -> None:
    """Print the table of a directory and draw the picture."""
    summaries = summaries_of(folder)
    if not summaries:
        raise SystemExit(f"{folder}: there is no session in it (no *.jsonl)")
    console.print(table_of(summaries))
    longest = merged(summaries).furthest
    if film is None:
        film = max(longest, key=lambda name: sum(watched_by(summaries, name)), default=None)
    if film is None or film not in longest:
        raise SystemExit(f"nobody watched {film}; watched were: {', '.join(longest) or 'none'}")
    seconds = watched_by(summaries, film)
    most = max(seconds)
    console.print(f"most watched of {film}: second {seconds.index(most)}, by {most} sessions")
    if picture is not None:
        draw(heat_map(seconds, film, len(summaries)), picture)
        console.print(f"{picture} was written", soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Report."""
    parser = argparse.ArgumentParser(description="A report over a directory of sessions.")
    parser.add_argument("directory", nargs="?", type=Path, help="logs, and a plan.json")
    parser.add_argument("--film", help="the asset's id; by default what was watched most")
    parser.add_argument("-o", "--output", type=Path, help="a picture: .svg, .png or .html")
    asked = parser.parse_args(arguments)
    console = Console(file=sys.stdout)
    if asked.directory is not None:
        report(asked.directory, asked.film, asked.output, console)
        return
    with tempfile.TemporaryDirectory() as folder:
        simulated(Path(folder))
        report(Path(folder), asked.film, asked.output, console)


if __name__ == "__main__":
    main()
