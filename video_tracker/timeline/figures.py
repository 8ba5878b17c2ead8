"""A session's figures as a few words each."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["clock", "figure_words", "seconds_words"]

_ENDED: Final = {
    "completed": "completed",
    "exited": "exited",
    "timeout": "timed out",
    "open": "still open",
}


def figure_words(figures: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a picture says in words: pairs of a word and its value; what is nothing is left out.

    Args:
        figures: Under the names of :meth:`video_tracker.Summary.to_dict`.
    """
    return tuple(_words(figures))


def _words(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    def seconds(name: str) -> float:
        value = figures.get(name)
        return float(value) if isinstance(value, int | float) else 0.0

    def count(name: str) -> int:
        return int(seconds(name))

    yield "ended", _ENDED.get(str(figures.get("ended")), "unknown")
    yield "elapsed", seconds_words(seconds("elapsed"))
    if figures.get("startup_time") is not None:
        yield "startup", seconds_words(seconds("startup_time"))
    yield "content", seconds_words(seconds("content_played"))
    if seconds("unique_seconds"):
        yield "seen once", seconds_words(seconds("unique_seconds"))
    if count("ads_started") or seconds("ad_played") or count("ads_failed"):
        yield "ads", f"{seconds_words(seconds('ad_played'))}, {_fates(count)}"
    for word, number, name in (
        ("paused", "pauses", "paused"),
        ("seeks", "seeks", "seeking"),
        ("stalls", "rebuffers", "buffering"),
    ):
        if count(number) or seconds(name) >= 0.05:
            yield word, f"{count(number)} x, {seconds_words(seconds(name))}"
    for name in ("gap", "interrupted", "suspended"):
        if seconds(name) >= 0.05:
            yield name, seconds_words(seconds(name))


def _fates(count: Any) -> str:
    parts = [f"{count('ads_completed')} of {count('ads_started')} completed"]
    parts += [f"{count(f'ads_{fate}')} {fate}" for fate in ("skipped", "failed") if
              count(f"ads_{fate}")]  # fmt: skip
    return ", ".join(parts)


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
