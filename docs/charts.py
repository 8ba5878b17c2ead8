"""The session's state charts as pictures, drawn by Graphviz' ``dot``."""

import subprocess
from collections.abc import Iterator

from video_tracker.session.data.machine import CHARTS, arrows

INK = {
    "light": {"line": "#37474f", "box": "#e3f2fd"},
    "dark": {"line": "#cfd8dc", "box": "#1f3a52"},
}


def chart_source(name: str, scheme: str) -> str:
    """A chart in the language of ``dot``; moves that a repair makes are left out.

    A state that nothing leaves is drawn once for each state that leads to it: that is the end.
    """
    chart, _ = CHARTS[name]
    moves, ink = arrows(name), INK[scheme]
    ends = set(chart.states) - {source for source, _ in moves}
    look = f'color="{ink["line"]}", fontcolor="{ink["line"]}", fontname="Helvetica"'
    box = f'shape=box, style="rounded,filled", fontsize=15, fillcolor="{ink["box"]}"'
    dot = f'shape=point, width=0.16, fillcolor="{ink["line"]}"'
    lines = [
        f'digraph "{name}" {{',
        "graph [bgcolor=transparent, nodesep=0.35, ranksep=0.55];",
        f"node [{look}, {box}];",
        f"edge [{look}, fontsize=12, arrowsize=0.7];",
        f"start [{dot}];",
        f"start -> {chart.states[0]};",
    ]
    for (source, dest), said in moves.items():
        inputs = [name for name, reason in said if reason is None]
        if not inputs:
            continue
        end = dest
        if dest in ends:
            end = f"{dest}_after_{source}"
            lines.append(f'{end} [label="{dest}", peripheries=2, fontsize=12, height=0.3];')
        text = "".join(f" {name}\\l" for name in inputs)
        lines.append(f'{source} -> {end} [label="{text}"];')
    return "\n".join((*lines, "}\n"))


def repairs_of(name: str) -> Iterator[tuple[str, str, str, str]]:
    """The moves that a repair makes: from where to where, by which input, and its reason."""
    for (source, dest), said in arrows(name).items():
        for input_name, reason in said:
            if reason is not None:
                yield source, dest, input_name, reason


def drawn_chart(source: str) -> str:
    """The chart as SVG.

    Raises:
        FileNotFoundError: Graphviz is not installed.
    """
    done = subprocess.run(
        ["dot", "-Tsvg"],  # noqa: S607 - wherever it is installed
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout[done.stdout.index("<svg") :]
