"""The session's state charts as pictures, drawn by Graphviz' ``dot``."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from video_tracker.charts import CHARTS, arrows

Flow = tuple[Mapping[str, str], Sequence[tuple[str, str]]]
"""What the boxes are called, and which of them leads to which."""

FLOWS: Final[Mapping[str, Flow]] = {
    "rooms": (
        {
            "top": "session/: snapshot, playback",
            "session": "session.py\nthe object: inputs, figures, the short way",
            "stream": "stream/\nads in the stream, in front of the session",
            "rules": "rules/\nwhat is decided",
            "effects": "effects/\nwhat happens",
            "data": "data/\nwhat is remembered, and the tables",
        },
        [
            ("top", "session"),
            *(("session", room) for room in ("stream", "rules", "effects")),
            *(("stream", room) for room in ("rules", "effects", "data")),
            *(("rules", room) for room in ("effects", "data")),
            ("effects", "data"),
        ],
    ),
    "rules": (
        {
            "inputs": "inputs\nthe way in",
            "means": "on_motion, on_content, on_ads,\n"
            "on_attributes, on_time\nwhat each input means",
            "evidence": "evidence\nwhat must have happened",
            "values": "values\nwhat was told, and of what",
            "leaps": "leaps\nwhere content jumps",
            "doors": "doors\none for each meaning",
            "settle": "settle\nwhat is held back, what ends what",
            "breaks": "breaks\nwhich ad break",
        },
        [
            *(("inputs", each) for each in ("means", "evidence", "values")),
            ("evidence", "means"),
            *(("means", each) for each in ("values", "leaps", "doors")),
            ("leaps", "doors"),
            ("doors", "settle"),
            ("settle", "breaks"),
        ],
    ),
}
"""How the session is built, for the page that tells of it."""

INK = {
    "light": {"line": "#37474f", "box": "#e3f2fd"},
    "dark": {"line": "#cfd8dc", "box": "#1f3a52"},
}


def _head(name: str, scheme: str) -> list[str]:
    ink = INK[scheme]
    look = f'color="{ink["line"]}", fontcolor="{ink["line"]}", fontname="Helvetica"'
    box = f'shape=box, style="rounded,filled", fontsize=15, fillcolor="{ink["box"]}"'
    return [
        f'digraph "{name}" {{',
        "graph [bgcolor=transparent, nodesep=0.35, ranksep=0.55];",
        f"node [{look}, {box}];",
        f"edge [{look}, fontsize=12, arrowsize=0.7];",
    ]


def chart_source(name: str, scheme: str) -> str:
    """A chart in the language of ``dot``; moves that a repair makes are left out.

    A state that nothing leaves is drawn once for each state that leads to it: that is the end.
    """
    chart, _ = CHARTS[name]
    moves = arrows(name)
    ends = set(chart.states) - {source for source, _ in moves}
    lines = _head(name, scheme)
    lines.append(f'start [shape=point, width=0.16, fillcolor="{INK[scheme]["line"]}"];')
    lines.append(f"start -> {chart.states[0]};")
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


def flow_source(name: str, scheme: str) -> str:
    """A flow in the language of ``dot``."""
    labels, leads = FLOWS[name]
    lines = _head(name, scheme)
    lines += [f"{box} [label={json.dumps(label)}];" for box, label in labels.items()]
    lines += [f"{source} -> {dest};" for source, dest in leads]
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
