"""Fuzzes the decoding of beacons and what plays behind it: ``python -m tests.ingest.fuzz``.

With atheris the coverage of the code leads; without it hypothesis chooses. Either runs for
``--seconds`` and ends with a traceback and the input when a rule is broken.
"""

import argparse
import contextlib
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

ATHERIS: ModuleType | None = None
with contextlib.suppress(ImportError):
    ATHERIS = importlib.import_module("atheris")

if ATHERIS is None:
    from tests.ingest.hostile import PLAYERS, check_body, hostile_body, play_body
else:
    with ATHERIS.instrument_imports(include=["video_tracker"]):
        from tests.ingest.hostile import PLAYERS, check_body, hostile_body, play_body

WORDS = (
    *('"session_id"', '"sent_at"', '"beacons"', '"seq"', '"t"', '"player"', '"event"', '"state"'),
    *(
        '"detail"',
        '"el"',
        '"signal"',
        '"at"',
        '"wall"',
        '"html5"',
        '"play"',
        '"position"',
        '"plan"',
    ),
    *(
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        "null",
        "true",
        "NaN",
        "1e999",
        "-1",
        "1795432210250",
        "\\u0000",
    ),
)
"""Words of the format, for a fuzzer that changes bytes."""

GOOD = {"seq": 0, "t": 1_795_432_210_250, "player": "html5", "event": "play", "state": {}}


def one(data: bytes) -> None:
    """Hold one input against the rules: as it is, and as choices of a body in a player's words."""
    check_body(data)
    if data:
        player = PLAYERS[data[0] % len(PLAYERS)]
        play_body(hostile_body(data[1:], player), player)


def with_atheris(atheris: ModuleType, seconds: int) -> None:
    """Let coverage lead; libFuzzer ends the process by itself."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        body = json.dumps({"session_id": "s1", "beacons": [GOOD]}).encode()
        (corpus / "body").write_bytes(body)
        (corpus / "choices").write_bytes(bytes(range(256)) * 2)
        words = Path(folder, "words")
        quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in WORDS)
        words.write_text("".join(f'"{word}"\n' for word in quoted), encoding="utf-8")
        options = [
            sys.argv[0],
            f"-max_total_time={seconds}",
            "-max_len=1024",
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-verbosity=0",
            "-print_final_stats=1",
            f"-dict={words}",
            f"-artifact_prefix={Path.cwd()}/",
            str(corpus),
        ]
        atheris.Setup(options, one)
        atheris.Fuzz()


def with_hypothesis(seconds: int) -> None:
    """Let hypothesis choose, batch after batch, until the time is up."""
    tried = 0

    @settings(
        max_examples=500,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=1024))
    def batch(data: bytes) -> None:
        nonlocal tried
        tried += 1
        one(data)

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        batch()
    sys.stdout.write(f"{tried} inputs by hypothesis\n")


def main() -> None:
    """Fuzz for as long as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--engine", choices=["atheris", "hypothesis"])
    arguments = parser.parse_args()
    if ATHERIS is None or arguments.engine == "hypothesis":
        if arguments.engine == "atheris":
            parser.error("atheris is not installed")
        with_hypothesis(arguments.seconds)
    else:
        with_atheris(ATHERIS, arguments.seconds)


if __name__ == "__main__":
    main()
