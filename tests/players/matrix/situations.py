"""What every player must get right: viewings, what of them is heard, and what that may cost.

The content lasts 3,600 s, and what matters happens around 600 s of it, so that a confusion of the
content's clock or length with an ad's shows in every figure.
"""

from collections.abc import Iterable
from typing import Final

import attrs

from tests.players.matrix.viewing import (
    Act,
    Ad,
    Break,
    Fail,
    Hearing,
    Item,
    Leave,
    Next,
    Pause,
    Replay,
    Seek,
    Stall,
    Viewing,
    Watch,
)

__all__ = ["SITUATIONS", "Situation"]

TOLD: Final = 0.5
"""Seconds that may miss where everything is told four times a second."""
LOST: Final = 2.0
"""Seconds of any figure that the loss of a callback may cost (S83)."""


def words(told: Iterable[str]) -> frozenset[str]:
    return frozenset(told)


@attrs.frozen
class Situation:
    """A viewing and how it is heard.

    Args:
        name: What it is.
        rules: The rules that decide what must come of it.
        viewing: What really happens.
        hearing: What reaches the tracker.
        within: Seconds by which a figure may miss the truth.
        needs: What a vocabulary must be able to say: ``ads``, ``live``, ``stall``...
        nameless: Whether the word was not heard that names an ad.
        at_start: Whether Playback Started must bear the place where the content is taken up (S52).
    """

    name: str
    rules: str
    viewing: Viewing
    hearing: Hearing = attrs.field(factory=Hearing)
    within: float = TOLD
    needs: frozenset[str] = attrs.field(default=(), converter=words)
    nameless: bool = False
    at_start: bool = False


def viewing(*acts: Act, start: float = 590.0, **more: object) -> Viewing:
    return Viewing(acts, start, **more)  # type: ignore[arg-type]


A, B, C, D = Ad("a", 12.0), Ad("b", 8.0), Ad("c", 7.0), Ad("d", 11.0)
PRE, POD = Break("pre", (Ad("p", 10.0),)), Break("mid", (A, B))
MID, POST = Break("mid", (A,)), Break("post", (Ad("z", 9.0),))
REST_IN_AD = Break("mid", (attrs.evolve(A, pause=(5.0, 4.0)),))
STALL_IN_AD = Break("mid", (attrs.evolve(A, stall=(5.0, 3.0)),))
SKIPPED = Break("mid", (attrs.evolve(A, until=4.0),))
SKIPPED_LATE = Break("mid", (attrs.evolve(A, until=11.4),))
SKIPPED_LAST = Break("mid", (A, attrs.evolve(B, until=5.0)))
LEFT = Break("mid", (attrs.evolve(A, until=7.0),), leaves=True)
REWOUND = Break("mid", (A,), early=0.3)
LATER = Break("mid", (C, D))
HERE, ON, OFF = Watch(10.0), Watch(12.0), Leave()
NEXT = Item("next", 1800.0, 1)
LIVE = Item("news", None)
END = 3590.0

IN_CONTENT: Final = 6.03
"""Seconds of a viewing at which its content plays."""
IN_MID: Final = 17.03
"""Seconds of a viewing at which the first ad of its mid-roll plays, if content came before."""
IN_PRE: Final = 5.03
MIDPOINT: Final = 18.39
"""The same, right before a player with words for quartiles says that the ad is half over."""
MIDPOINT_OF_PRE: Final = 6.39

AT_LARGE: Final = (
    Situation("to the end", "S25 S75", viewing(HERE, start=END)),
    Situation("leaves", "S26", viewing(HERE, OFF)),
    Situation("pause", "S30", viewing(HERE, Pause(6.0), ON, OFF)),
    Situation("leaves in a pause", "S26", viewing(HERE, Pause(6.0), Watch(0.2), OFF)),
    Situation("seek ahead", "S33", viewing(HERE, Seek(2000.0), ON, OFF)),
    Situation("seek back", "S33", viewing(HERE, Seek(300.0), ON, OFF)),
    Situation("seek in a pause", "S33", viewing(HERE, Pause(6.0, 2000.0), ON, OFF)),
    Situation("stall", "S32", viewing(HERE, Stall(4.0), ON, OFF), needs=["stall"]),
    Situation("pre-roll", "S25 S10", viewing(PRE, ON, OFF), needs=["ads"]),
    Situation("taken up again", "S52", viewing(HERE, OFF), at_start=True),
    Situation(
        "taken up again with a pre-roll",
        "S52",
        viewing(PRE, HERE, OFF),
        needs=["ads"],
        at_start=True,
    ),
    Situation("mid-roll", "S21", viewing(HERE, MID, ON, OFF), needs=["ads"]),
    Situation("pod of two", "S14 S21", viewing(HERE, POD, ON, OFF), needs=["ads"]),
    Situation("post-roll", "S23", viewing(HERE, POST, start=END), needs=["ads", "post-roll"]),
    Situation(
        "all of it",
        "S20 S22",
        viewing(
            *(PRE, HERE, POD, Watch(8.0), Pause(5.0), Watch(5.0), Seek(END - 20.0), Watch(5.0)),
            *(Stall(3.0), Watch(30.0), POST),
        ),
        needs=["ads", "stall", "post-roll"],
    ),
    Situation("pause in an ad", "S30", viewing(HERE, REST_IN_AD, ON, OFF), needs=["ads"]),
    Situation(
        "stall in an ad", "S32", viewing(HERE, STALL_IN_AD, ON, OFF), needs=["ads", "ad stall"]
    ),
    Situation("skip", "S13", viewing(HERE, SKIPPED, ON, OFF), needs=["ads", "skip"]),
    Situation("skip in a pod", "S13", viewing(HERE, SKIPPED_LAST, ON, OFF), needs=["ads", "skip"]),
    Situation(
        "skip right before the end",
        "S13",
        viewing(HERE, SKIPPED_LATE, ON, OFF),
        needs=["ads", "skip", "word of a skip"],
    ),
    Situation("leaves in an ad", "S26", viewing(HERE, LEFT, OFF), needs=["ads"]),
    Situation(
        "ads that wait for data",
        "S67 S71",
        viewing(HERE, MID, ON, OFF, gaps=5.0),
        needs=["ads", "gap"],
    ),
    Situation(
        "content goes on a little earlier",
        "S21 S22",
        viewing(HERE, REWOUND, HERE, Seek(2000.0), ON, OFF),
        needs=["ads"],
    ),
    Situation("two breaks", "S1", viewing(HERE, MID, ON, LATER, ON, OFF), needs=["ads"]),
)

ERRORS: Final = (
    Situation("fails", "S76", viewing(HERE, Fail(), OFF)),
    Situation("fails at once", "S76", viewing(OFF, fails=True)),
    # S63: of the second between the wish to play and the frame up to 2 s may count as played
    Situation(
        "fails and is tried again",
        "S26 S63 S76",
        viewing(HERE, Fail(5.0, retries=True), ON, OFF),
        within=LOST,
    ),
)

LISTS: Final = (
    Situation("next item", "S24", viewing(HERE, Next(NEXT), ON, OFF, start=END), needs=["list"]),
    Situation("next item too soon", "S24", viewing(HERE, Next(NEXT), ON, OFF)),
    Situation(
        "next item after a post-roll",
        "S11 S24",
        viewing(HERE, POST, Next(NEXT), ON, OFF, start=END),
        needs=["ads", "post-roll", "list"],
    ),
    Situation(
        "next item with a pre-roll",
        "S11 S24",
        viewing(HERE, Next(NEXT, PRE), ON, OFF, start=END),
        needs=["ads", "list"],
    ),
)

AGAIN: Final = (
    Situation("replay", "S24", viewing(HERE, Replay(), ON, OFF, start=END)),
    Situation(
        "replay after a post-roll",
        "S24",
        viewing(HERE, POST, Replay(), ON, OFF, start=END),
        needs=["ads", "post-roll"],
    ),
)

LIVES: Final = (
    Situation("live", "S6 S8", viewing(ON, OFF, start=5000.0, item=LIVE), needs=["live"]),
    Situation(
        "pause in live",
        "S6 S85",
        viewing(HERE, Pause(6.0), ON, OFF, start=5000.0, item=LIVE),
        needs=["live"],
    ),
    Situation(
        "mid-roll in live",
        "S6 S8",
        viewing(HERE, MID, ON, OFF, start=5000.0, item=LIVE),
        needs=["live", "ads"],
    ),
)


def attached(name: str, what: Viewing, since: float, *needs: str) -> Situation:
    hearing, nameless = Hearing(since=since), bool({"ad words", "ad clock"} & set(needs))
    return Situation(f"attached {name}", "S83", what, hearing, LOST, needs, nameless)


ATTACHED: Final = (
    attached("at play", viewing(HERE, Pause(4.0), ON, OFF), 0.5),
    attached("at play before a pre-roll", viewing(PRE, ON, OFF), 0.5, "ads"),
    attached("in content", viewing(ON, Pause(4.0), ON, OFF), IN_CONTENT),
    attached("in content before a mid-roll", viewing(HERE, MID, ON, OFF), IN_CONTENT, "ads"),
    attached("in content before its end", viewing(HERE, start=END), IN_CONTENT),
    attached("in a mid-roll", viewing(HERE, MID, ON, OFF), MIDPOINT, "ads", "ad words"),
    attached("in a pod", viewing(HERE, POD, ON, OFF), MIDPOINT, "ads", "ad words"),
    attached("in a pre-roll", viewing(PRE, ON, OFF), MIDPOINT_OF_PRE, "ads", "ad words"),
    attached("to a mid-roll's clock", viewing(HERE, MID, ON, OFF), IN_MID, "ads", "ad clock"),
    attached("to a pod's clock", viewing(HERE, POD, ON, OFF), IN_MID, "ads", "ad clock"),
    attached("to a pre-roll's clock", viewing(PRE, ON, OFF), IN_PRE, "ads", "ad clock"),
    attached(
        "in live", viewing(ON, OFF, start=5000.0, item=LIVE), IN_CONTENT, "live", "live later"
    ),
)


def lost(
    what: str, viewed: Viewing, kinds: str, rules: str, *needs: str, every: float | None = None
) -> Situation:
    hearing, nameless = (
        Hearing(lost=tuple(kinds.split()), every=every),
        bool({"unnamed ad", "unheard break"} & set(needs)),
    )
    return Situation(f"lost: {what}", f"S83 {rules}", viewed, hearing, LOST, needs, nameless)


SELDOM: Final = viewing(Watch(20.0), OFF)
FIRST: Final = viewing(PRE, Watch(20.0), OFF)
AMID: Final = viewing(HERE, MID, Watch(20.0), OFF)
LOSSES: Final = (
    lost("end of an ad", viewing(HERE, MID, ON, OFF), "ad_end", "S62", "ads"),
    lost("ends of a pod's ads", viewing(HERE, POD, ON, OFF), "ad_end", "S62", "ads", "ad length"),
    lost("end of a break", viewing(HERE, MID, ON, OFF), "break_end", "S81", "ads"),
    lost(
        "ends of an ad and its break",
        viewing(HERE, MID, ON, OFF),
        "ad_end break_end",
        "S62",
        "ads",
        "ad length",
    ),
    lost(
        "all but the content's clock after an ad",
        viewing(HERE, MID, ON, OFF),
        "ad_end break_end back",
        "S62",
        "ads",
        "ad length",
    ),
    lost(
        "ends of a pre-roll", viewing(PRE, ON, OFF), "ad_end break_end", "S62", "ads", "ad length"
    ),
    lost("start of a break", viewing(HERE, MID, ON, OFF), "break", "S61", "ads", "unheard break"),
    lost("start of an ad", viewing(HERE, MID, ON, OFF), "ad", "S83", "ads", "unnamed ad"),
    lost("end of content", viewing(HERE, start=END), "content_end end", "S75", "length"),
    lost(
        "end of content before ads",
        viewing(HERE, POST, start=END),
        "content_end",
        "S75",
        "ads",
        "post-roll",
    ),
    lost("end of a seek", viewing(HERE, Seek(2000.0), ON, OFF), "sought", "S81"),
    lost("start of a seek", viewing(HERE, Seek(2000.0), ON, OFF), "seek", "S79", "landing"),
    lost("end of a pause", viewing(HERE, Pause(6.0), ON, OFF), "resume", "S79"),
    lost("end of a pause in an ad", viewing(HERE, REST_IN_AD, ON, OFF), "resume", "S79", "ads"),
    lost("end of a stall", viewing(HERE, Stall(4.0), ON, OFF), "fed", "S79", "stall"),
    lost("first frame", viewing(HERE, OFF), "frame", "S79"),
    lost("wish to play", viewing(HERE, OFF), "press", "S61"),
    lost("first frame after ads", viewing(HERE, MID, ON, OFF), "back", "S81", "ads"),
    lost("first frame, polled every 5 s", SELDOM, "frame", "S79", every=5.0),
    lost("first frame after a pre-roll, polled every 5 s", FIRST, "back", "S79", "ads", every=5.0),
    lost("first frame after ads, polled every 5 s", AMID, "back", "S81", "ads", every=5.0),
)


def polled(name: str, every: float, what: Viewing, *needs: str) -> Situation:
    within = max(every, TOLD)
    return Situation(
        f"{name}, polled every {every:g} s", "S63", what, Hearing(every=every), within, needs
    )


POLLS: Final = tuple(
    polled(name, every, what, *needs)
    for every in (1.0, 5.0)
    for name, what, needs in (
        ("pause", viewing(HERE, Pause(12.0), Watch(14.0), OFF), ()),
        ("seek", viewing(HERE, Watch(8.0), Seek(2000.0), Watch(14.0), OFF), ()),
        ("stall", viewing(HERE, Stall(7.0), Watch(14.0), OFF), ("stall",)),
        ("pod of two", viewing(HERE, POD, Watch(14.0), OFF), ("ads",)),
        ("pre-roll", viewing(PRE, Watch(14.0), OFF), ("ads",)),
        ("to the end", viewing(Watch(17.0), start=3583.0), ()),
    )
)


def late(
    what: str, viewed: Viewing, kind: str, seconds: float, rules: str, *needs: str
) -> Situation:
    hearing = Hearing(late={kind: seconds})
    return Situation(what, f"S83 {rules}", viewed, hearing, LOST, needs)


LATE: Final = (
    late("late: end of an ad", viewing(HERE, MID, ON, OFF), "ad_end", 0.25, "S78", "ads"),
    late("late: end of a break", viewing(HERE, MID, ON, OFF), "break_end", 1.0, "S81", "ads"),
    late("late: resume", viewing(HERE, Pause(6.0), ON, OFF), "resume", 1.0, "S79"),
    late("late: pause", viewing(HERE, Pause(6.0), ON, OFF), "pause", 1.0, "S83"),
    late("late: end of a seek", viewing(HERE, Seek(2000.0), ON, OFF), "sought", 1.0, "S79"),
    late("late: end of a stall", viewing(HERE, Stall(4.0), ON, OFF), "fed", 1.0, "S79", "stall"),
    late("late: first frame", viewing(HERE, OFF), "frame", 1.0, "S79"),
    late("late: end of content", viewing(HERE, start=END), "content_end", 1.0, "S75"),
    late("early: break", viewing(HERE, MID, ON, OFF), "break", -1.0, "S92", "ads", "early break"),
    late(
        "early: end of an ad",
        viewing(HERE, MID, ON, OFF),
        "ad_end",
        -0.8,
        "S72",
        "ads",
        "early end",
    ),
)


def stitched(name: str, hearing: Hearing, *acts: Act, start: float = 590.0) -> Situation:
    within = LOST if hearing.every is None else max(LOST, hearing.every)
    what = Viewing(acts, start, stitched=True)
    return Situation(f"stitched: {name}", "S9", what, hearing, within, ["positions"])


STITCHED: Final = (
    stitched("mid-roll", Hearing(), HERE, MID, ON, OFF),
    stitched("pod of two", Hearing(), HERE, POD, ON, OFF),
    stitched("two breaks", Hearing(), HERE, MID, ON, LATER, ON, OFF),
    stitched("pre-roll", Hearing(), PRE, ON, OFF, start=0.0),
    stitched("to the end", Hearing(), HERE, POST, start=END),
    stitched("pause in an ad", Hearing(), HERE, REST_IN_AD, ON, OFF),
    stitched("leaves in an ad", Hearing(), HERE, LEFT, OFF),
    stitched("polled every 1 s", Hearing(every=1.0), HERE, POD, ON, OFF),
    stitched("polled every 5 s", Hearing(every=5.0), HERE, POD, ON, OFF),
    stitched("attached in content", Hearing(since=IN_CONTENT), HERE, POD, ON, OFF),
    stitched("attached in an ad", Hearing(since=IN_MID), HERE, POD, ON, OFF),
)

SITUATIONS: Final = (
    *(*AT_LARGE, *ERRORS, *LISTS, *AGAIN, *LIVES),
    *(*ATTACHED, *LOSSES, *POLLS, *LATE, *STITCHED),
)
