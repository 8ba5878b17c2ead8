"""A session's figures as a few words each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from video_tracker.spelling import counted

__all__ = ["clock", "figure_phrases", "in_lines", "seconds_words", "step_of"]

_ENDED: Final = {
    "completed": "completed",
    "exited": "left early",
    "timeout": "timed out",
    "open": "still open",
}
_HALTS: Final = (
    ("pauses", "pause", "paused"),
    ("seeks", "seek", "seeking"),
    ("rebuffers", "stall", "buffering"),
)
_REPEATED: Final = 0.5
"""Seconds between what was played and what was seen from which on both are shown."""
_SHORTEST: Final = 0.05
"""Seconds that are shown as more than none."""


def figure_phrases(figures: Mapping[str, Any]) -> tuple[str, ...]:
    """What a picture says in words; what is nothing is left out.

    Args:
        figures: Under the names of :meth:`video_tracker.Summary.to_dict`.
    """
    return tuple(_phrases(figures))


def _phrases(figures: Mapping[str, Any]) -> Iterator[str]:
    def seconds(name: str) -> float:
        value = figures.get(name)
        return float(value) if isinstance(value, int | float) else 0.0

    if figures.get("ended") in _ENDED:
        yield _ENDED[figures["ended"]]
    yield f"{seconds_words(seconds('elapsed'))} in all"
    if seconds("startup_time") >= _SHORTEST:
        yield f"startup {seconds_words(seconds('startup_time'))}"
    yield f"content {seconds_words(seconds('content_played'))}"
    if abs(seconds("unique_seconds") - seconds("content_played")) > _REPEATED:
        yield f"{seconds_words(seconds('unique_seconds'))} of the content seen"
    started, failed = int(seconds("ads_started")), int(seconds("ads_failed"))
    if started or failed:
        words = [f"{int(seconds('ads_completed'))} of {started} completed"]
        words += [
            f"{int(seconds(f'ads_{fate}'))} {fate}"
            for fate in ("skipped", "failed")
            if seconds(f"ads_{fate}")
        ]
        yield f"ads {seconds_words(seconds('ad_played'))}: {', '.join(words)}"
    for count, noun, name in _HALTS:
        if seconds(count) or seconds(name) >= _SHORTEST:
            yield f"{counted(int(seconds(count)), noun)}: {seconds_words(seconds(name))}"
    for name in ("gap", "interrupted", "suspended"):
        if seconds(name) >= _SHORTEST:
            yield f"{name} {seconds_words(seconds(name))}"


def in_lines(phrases: Iterable[str], width: int, between: str = " · ") -> list[str]:
    """Phrases in lines of so many characters at most, if no phrase alone is longer."""
    lines: list[str] = []
    for phrase in phrases:
        if lines and len(lines[-1]) + len(between) + len(phrase) <= width:
            lines[-1] += between + phrase
        else:
            lines.append(phrase)
    return lines


def seconds_words(seconds: float) -> str:
    """``12.5 s``; from two minutes on ``2:05``, from an hour on ``1:02:05``."""
    if abs(seconds) < 120:
        return f"{seconds:.1f} s" if round(seconds, 1) % 1 else f"{seconds:.0f} s"
    return clock(seconds)


def clock(seconds: float) -> str:
    """``0:05``, ``12:05``, ``1:02:05``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def step_of(seconds: float, most: int) -> float:
    """The seconds between two marks of an axis, so that there are not more than ``most``."""
    for step in _STEPS:
        if seconds / step <= most:
            return step
    days = -(-seconds // (most * _STEPS[-1]))
    return float(days * _STEPS[-1])


_STEPS: Final = (
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0),
    *(3_600.0, 7_200.0, 14_400.0, 21_600.0, 43_200.0, 86_400.0),
)
