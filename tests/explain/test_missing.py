"""What did not come: each entry of the table says the nearest miss, or keeps quiet."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.explain.asking import START
from video_tracker import SessionPlan
from video_tracker.events import EVENTS
from video_tracker.explain import RecordedSession
from video_tracker.explain.missing import MISSING
from video_tracker.plan import Ad, AdBreak, Content, Settings

BOOTS = Ad(asset_id="boots", duration=8)


def film(
    until: int = 20, *, breaks: tuple[AdBreak, ...] = (), length: float | None = 60, **settings: Any
) -> RecordedSession:
    """Content that plays up to a second, with a position each second."""
    plan = SessionPlan(
        user_id="u1",
        contents=[Content(asset_id="film", duration=length)],
        ad_breaks=breaks,
        settings=Settings(**settings),
    )
    session = RecordedSession("s", plan)
    session.play(START, 0.0)
    session.playing(START, 0.0)
    for second in range(1, until + 1):
        session.progress(START + second, float(second))
    return session


def after(session: RecordedSession, *inputs: tuple[Any, ...]) -> RecordedSession:
    """The same session after some more: name, seconds since the start, arguments."""
    for name, at, *args in inputs:
        getattr(session, name)(START + at, *args)
    return session


def in_ad(*inputs: tuple[Any, ...]) -> RecordedSession:
    """An ad of 8 s begins at 20 s."""
    return after(film(), ("ad_start", 20, BOOTS), *inputs)


def nothing() -> RecordedSession:
    return RecordedSession("s", SessionPlan(user_id="u1"))


def says(session: RecordedSession, name: str) -> list[str]:
    return [miss.sentence for miss in session.explain().missing[name]]


def test_there_is_an_entry_for_each_event_and_for_heartbeats_and_quartiles() -> None:
    assert set(MISSING) == {*EVENTS, "heartbeat", "quartile"}


CASES: list[tuple[str, Callable[[], RecordedSession], list[str]]] = [
    (
        "Video Playback Started",
        nothing,
        ["Nothing was said that wants to play or plays (S25, S61)."],
    ),
    ("Video Playback Started", film, []),
    (
        "Video Playback Started",
        lambda: after(nothing(), ("progress", 0, 0.0), ("progress", 1, 0.0)),
        [
            (
                "2 positions were told, but none moved on from where it stood, and nobody said "
                "play: only the intent to play, or playing, starts a playback (S25, S61)."
            )
        ],
    ),
    (
        "Video Playback Paused",
        film,
        ["Nobody said pause; stalls, seeks and ad breaks are none (S30)."],
    ),
    ("Video Playback Paused", lambda: after(film(), ("pause", 20.5, 20.5)), []),
    (
        "Video Playback Paused",
        lambda: after(film(59), ("pause", 59.5, 59.5), ("content_end", 59.6, 60.0)),
        ["The player paused by itself: at an end, a break or in a seek (S31)."],
    ),
    (
        "Video Playback Resumed",
        film,
        ["Nothing was paused or interrupted; Resumed comes after that only (S30)."],
    ),
    (
        "Video Playback Resumed",
        lambda: after(film(), ("pause", 20.5, 20.5), ("exit", 30)),
        ["It was paused, and nothing played after that (S30)."],
    ),
    ("Video Playback Resumed", lambda: after(film(), ("pause", 20.5, 20.5), ("play", 30)), []),
    (
        "Video Playback Interrupted",
        lambda: after(film(), ("error", 20.5), ("exit", 62.5)),
        [
            "error was said, but: The error is not fatal; playback goes on.",
            (
                "Nobody said interrupt, no fatal error stopped it, and the longest silence was "
                "42.0 s: the idle timeout is 300 s while playing and 1800 s in a pause (S26)."
            ),
        ],
    ),
    (
        "Video Playback Interrupted",
        lambda: film(3, idle_timeout=45.0),
        [
            (
                "Nobody said interrupt, no fatal error stopped it, and the longest silence was "
                "1.0 s: the idle timeout is 45 s while playing and 45 s in a pause (S26)."
            )
        ],
    ),
    ("Video Playback Interrupted", lambda: after(film(), ("interrupt", 21)), []),
    (
        "Video Playback Buffer Started",
        film,
        ["Nobody said buffer_start, and no position stood still for over 1 s."],
    ),
    (
        "Video Playback Buffer Started",
        lambda: after(film(min_buffer=1.0), ("buffer_start", 20.5), ("buffer_end", 21)),
        ["A stall ended within min_buffer, 1 s (S32)."],
    ),
    (
        "Video Playback Buffer Started",
        lambda: after(
            film(), ("progress", 21, 20.0), ("progress", 22, 20.0), ("progress", 22.5, 20.5)
        ),
        [
            (
                "The position stood still for 2.0 s without a word: more than 1 s count as "
                "buffering, but make events only with the setting inferred_buffering (S65)."
            )
        ],
    ),
    ("Video Playback Buffer Started", lambda: after(film(), ("buffer_start", 20.5)), []),
    ("Video Playback Buffer Completed", film, ["No Buffer Started came before it (S32)."]),
    (
        "Video Playback Buffer Completed",
        lambda: after(film(), ("buffer_start", 20.5)),
        ["The stall lasted until the log ended (S32)."],
    ),
    (
        "Video Playback Buffer Completed",
        lambda: after(film(), ("buffer_start", 20.5), ("buffer_end", 21)),
        [],
    ),
    (
        "Video Playback Seek Started",
        film,
        ["Nobody said seek_start, and no position jumped (S61)."],
    ),
    (
        "Video Playback Seek Started",
        lambda: after(film(inferred_seeks=False), ("progress", 21, 50.0), ("progress", 22, 51.0)),
        ["The position jumped, but the setting inferred_seeks is off (S61)."],
    ),
    ("Video Playback Seek Started", lambda: after(film(), ("seek_start", 20.5, 20.5, 40.0)), []),
    ("Video Playback Seek Completed", film, ["No Seek Started came before it (S33)."]),
    (
        "Video Playback Seek Completed",
        lambda: after(film(), ("seek_start", 20.5, 20.5, 40.0)),
        ["The seek had not ended when the log ended (S33)."],
    ),
    (
        "Video Playback Completed",
        lambda: after(film(58), ("exit", 58.5, 58.5)),
        ["The viewer left 1.5 s before the end of the content; Exited excludes Completed (S26)."],
    ),
    (
        "Video Playback Completed",
        lambda: after(film(59), ("content_end", 60, 60.0)),
        [
            (
                "The content has ended; for 30 s (completion_wait) a post-roll or a next item is "
                "awaited, then the playback is complete (S75)."
            )
        ],
    ),
    (
        "Video Playback Completed",
        lambda: film(20, length=None),
        ["The log ends at content second 20.0 of an unknown length, and nobody said end (S7)."],
    ),
    ("Video Playback Completed", lambda: after(film(59), ("end", 60, 60.0)), []),
    (
        "Video Playback Exited",
        lambda: after(film(59), ("end", 60, 60.0)),
        ["It was completed, and that excludes an exit (S20)."],
    ),
    ("Video Playback Exited", film, ["Nobody said exit: who only falls silent times out (S26)."]),
    ("Video Playback Exited", lambda: after(film(), ("exit", 20.5)), []),
    (
        "Video Content Started",
        lambda: after(nothing(), ("play", 0)),
        ["No frame of content moved: nobody said playing, and no position moved on (S73)."],
    ),
    (
        "Video Content Started",
        lambda: film(0, breaks=(AdBreak(at="start", ads=[BOOTS]),)),
        ["Content showed, but a planned pre-roll is due: it waits for that (S73)."],
    ),
    ("Video Content Started", film, []),
    (
        "Video Content Playing",
        lambda: film(8),
        [
            (
                "The longest run of playing content was 8.0 s: a heartbeat falls due after 10 s "
                "(setting heartbeat, S40), not within 1.0 s of a known end (S44), and the count "
                "begins "
                "anew after a pause and a seek (S41)."
            )
        ],
    ),
    (
        "Video Content Playing",
        lambda: film(20, heartbeat=None),
        ["The setting heartbeat is null: none are sent (S40)."],
    ),
    ("Video Content Playing", film, []),
    (
        "Video Content Completed",
        lambda: after(film(58), ("exit", 58.5, 58.5)),
        [
            (
                "The viewer left 1.5 s before the end of film/content-1 (58.5 of 60 s): Content "
                "Completed needs the last 1 s, or the player's word of the end (S75, S90)."
            )
        ],
    ),
    (  # a tenth of a short thing is its tolerance (S90)
        "Video Content Completed",
        lambda: after(film(5, length=6), ("exit", 5.2, 5.2)),
        [
            (
                "The viewer left 0.8 s before the end of film/content-1 (5.2 of 6 s): Content "
                "Completed needs the last 0.6 s, or the player's word of the end (S75, S90)."
            )
        ],
    ),
    (
        "Video Content Completed",
        lambda: after(film(20, length=None), ("exit", 20.5)),
        [
            (
                "The viewer left at 20.5 s of film/content-1; its length is unknown, and nobody "
                "said content_end (S75)."
            )
        ],
    ),
    (
        "Video Content Completed",
        lambda: after(
            film(breaks=(AdBreak(at=10, ads=[BOOTS]), AdBreak(at=40, ads=[BOOTS]))),
            ("seek_start", 20.5, 20.5, 5.0),
            ("seek_end", 21, 5.0),
        ),
        [
            (
                "The log ends 55.0 s before the end of film/content-1 (5.0 of 60 s): Content "
                "Completed "
                "needs the last 1 s, or the player's word of the end (S75, S90)."
            )
        ],
    ),
    ("Video Content Completed", lambda: after(film(59), ("end", 60, 60.0)), []),
    ("Video Ad Started", film, ["Nobody said ad_start, and no ad was planned."]),
    (
        "Video Ad Started",
        lambda: film(breaks=(AdBreak(at=40, ads=[BOOTS]),)),
        ["The break ad-1 (mid-roll) lies at 40 s; content came to 20.0 s."],
    ),
    (
        "Video Ad Started",
        lambda: film(breaks=(AdBreak(at=10, ads=[BOOTS]),)),
        ["The break ad-1 (mid-roll) was planned, and the player played no ad of it (S12)."],
    ),
    (
        "Video Ad Started",
        lambda: after(film(), ("ad_break_start", 20), ("ad_error", 21), ("ad_break_end", 21)),
        [
            "An announced ad failed before its first frame moved (S71).",
            (
                "The break ad-1 (mid-roll) began, but none of its ads moved: an ad starts with its "
                "first moving frame (S71)."
            ),
        ],
    ),
    ("Video Ad Started", in_ad, []),
    (
        "Video Ad Completed",
        lambda: in_ad(("ad_progress", 23, 3.0), ("ad_skip", 23, 3.0)),
        ["boots went by for 3.0 s of 8, and was skipped: a skipped ad gets no Completed (S13)."],
    ),
    (  # one second, at most a quarter of the length, and 0.05 s of rounding (S72, S90)
        "Video Ad Completed",
        lambda: in_ad(("ad_progress", 23, 3.0), ("ad_end", 23, 3.0)),
        [
            (
                "boots went by for 3.0 s of 8, and was cut with ad_end: Ad Completed needs 6.95 s "
                "(S72, S90)."
            )
        ],
    ),
    (
        "Video Ad Completed",
        lambda: in_ad(("ad_progress", 23, 3.0), ("ad_error", 23)),
        ["boots went by for 3.0 s of 8, and then failed (S13)."],
    ),
    (
        "Video Ad Completed",
        lambda: in_ad(("ad_progress", 23, 3.0), ("exit", 23)),
        ["boots went by for 3.0 s of 8 when the viewer left: an ad that is left stays open (S26)."],
    ),
    ("Video Ad Completed", lambda: in_ad(("ad_progress", 27.5, 7.5), ("ad_end", 28, 8.0)), []),
    (
        "quartile",
        lambda: in_ad(("ad_progress", 23, 3.0), ("ad_skip", 23, 3.0)),
        ["boots went by for 3.0 s of 8: quartile 2 lies at 4 s (S45)."],
    ),
    (
        "quartile",
        lambda: after(film(quartiles="off"), ("ad_start", 20, BOOTS)),
        ["The setting quartiles is off: no events of their own (S45)."],
    ),
    ("quartile", film, ["No ad had started."]),
    (
        "heartbeat",
        lambda: film(3),
        [
            (
                "The longest run of playing content was 3.0 s: a heartbeat falls due after 10 s "
                "(setting heartbeat, S40), not within 1.0 s of a known end (S44), and the count "
                "begins "
                "anew after a pause and a seek (S41)."
            ),
            "No ad had started.",
        ],
    ),
    ("Video Ad Playing", film, ["No ad had started."]),
    ("Video Quality Updated", film, ["Nobody said quality."]),
    ("Video Quality Updated", lambda: after(film(), ("quality", 20.5, 800.0)), []),
    (
        "Video Ad Clicked",
        lambda: in_ad(("ad_click", 21)),
        ["ad_click was said, but the setting extra_events is off (S13)."],
    ),
    ("Video Ad Skipped", film, ["Nobody said ad_skip."]),
    ("Video Ad Error", film, ["Nobody said ad_error."]),
]


@pytest.mark.parametrize(("name", "make", "sentences"), CASES)
def test_the_nearest_miss_of_an_event(
    name: str, make: Callable[[], RecordedSession], sentences: list[str]
) -> None:
    assert says(make(), name) == sentences


def test_each_entry_of_the_table_is_asked_here() -> None:
    assert {name for name, _, _ in CASES} == set(MISSING)


def test_a_miss_names_the_input_that_came_nearest() -> None:
    session = after(film(58), ("exit", 58.5, 58.5))
    (miss,) = session.explain().missing["Video Content Completed"]

    assert miss.cause is not None
    assert (miss.cause.name, miss.cause.at, miss.cause.said) == (
        "exit",
        START + 58.5,
        {"position": 58.5},
    )
