"""A readable script of what a viewer and a player do, for tests: ``Scenario().play().watch(12)``.

A scenario is a value: each step gives a new one. It knows nothing of any player's callbacks;
:func:`~video_tracker.testing.simulator.simulate` plays it. The same as a YAML or JSON file:
:mod:`video_tracker.testing.scenario_file`.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from video_tracker.plan import SessionPlan, is_number
from video_tracker.testing.scenario_steps import (
    NAMES,
    Ads,
    Background,
    Error,
    Exit,
    FullScreen,
    IntoAd,
    Mute,
    Next,
    Pause,
    Play,
    Rate,
    ScenarioError,
    Seek,
    Skip,
    Sleep,
    Stall,
    Step,
    Volume,
    Wait,
    Watch,
    WatchToEnd,
    describe,
)

__all__ = ["Scenario", "ScenarioError"]


def _seconds(_: object, field: "attrs.Attribute[Any]", value: object) -> None:
    fits = value is None and field.default is None
    if not fits and not (is_number(value) and 0 <= value <= 1e7):  # type: ignore[operator]
        raise ScenarioError(f"{field.name} must be seconds, zero or more, not {value!r:.60}")


def _length(owner: object, field: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None:
        _seconds(owner, field, value)


def _ads(_: object, field: "attrs.Attribute[Any]", value: object) -> None:
    if value not in ("client", "stitched"):
        raise ScenarioError(f"{field.name} must be 'client' or 'stitched', not {value!r:.60}")


def _as_steps(value: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(value)


def _steps(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
    wrong = [step for step in value if type(step) not in NAMES]
    if wrong:
        raise ScenarioError(f"{field.name} must be steps, not {wrong[0]!r:.60}")


@attrs.frozen(repr=False)
class Scenario:
    """What a viewer and a player do, step by step.

    Args:
        length: The content's length in seconds; None is live.
        name: The content's id.
        start: Where the content is taken up, in seconds.
        startup: Seconds from play to the first frame.
        gaps: Seconds between content and ads and between two ads; 0 where ads are stitched.
        window: Of a live content, how many seconds behind its edge one can seek.
        ads: ``client``: ads play beside the content's timeline; ``stitched``: they lie in it (S9).
        plan: What the tracker is told beforehand, as it stands. Without one it is made of the
            scenario: its contents and all its breaks.
        steps: What happens; the methods add to it.

    Raises:
        ScenarioError: A value is impossible.
    """

    length: float | None = attrs.field(default=600.0, validator=_length)
    name: str = attrs.field(default="film", kw_only=True)
    start: float = attrs.field(default=0.0, kw_only=True, validator=_seconds)
    startup: float = attrs.field(default=1.0, kw_only=True, validator=_seconds)
    gaps: float = attrs.field(default=0.3, kw_only=True, validator=_seconds)
    window: float | None = attrs.field(default=None, kw_only=True, validator=_seconds)
    ads_mode: Literal["client", "stitched"] = attrs.field(
        default="client", kw_only=True, alias="ads", validator=_ads
    )
    plan: SessionPlan | None = attrs.field(default=None, kw_only=True)
    steps: tuple[Step, ...] = attrs.field(
        default=(), kw_only=True, converter=_as_steps, validator=_steps
    )

    # -- the viewer and the player -----------------------------------------------------------------

    def play(self) -> "Scenario":
        """Play is pressed: the start, or another try after an error."""
        return self.then(Play())

    def watch(self, seconds: float) -> "Scenario":
        """Watch so many seconds of content; a break that comes up plays whole, and counts not."""
        return self.then(Watch(seconds))

    def watch_to_end(self) -> "Scenario":
        """Watch the content, and its post-roll, to the end."""
        return self.then(WatchToEnd())

    def pause(self, seconds: float, *, seek: float | None = None) -> "Scenario":
        """Pause for so many seconds; ``seek``: where the viewer seeks in the middle of it."""
        return self.then(Pause(seconds, seek))

    def seek(self, to: float, *, takes: float = 0.5) -> "Scenario":
        """Seek to a second of the content; it takes so many seconds."""
        return self.then(Seek(to, takes))

    def stall(self, seconds: float) -> "Scenario":
        """The player waits for data for so many seconds."""
        return self.then(Stall(seconds))

    def ads(
        self,
        kind: str,
        lengths: Iterable[float],
        *,
        at: float | None = None,
        skip: int | None = None,
        after: float = 5.0,
        fail: int | None = None,
        fail_after: float = 0.0,
        names: Iterable[str] = (),
    ) -> "Scenario":
        """A break of ads.

        Args:
            kind: ``pre``, ``mid`` or ``post``; a pre-roll plays before the content's first frame
                and a post-roll behind its last, wherever the step stands.
            lengths: The ads' lengths in seconds.
            at: The content second of a mid-roll that plays when the playhead gets there; without
                it the mid-roll plays at once.
            skip: The place (from 1) of the ad that is skipped.
            after: After how many of its seconds it is skipped.
            fail: The place of the ad that fails.
            fail_after: After how many of its seconds it fails; 0 is before its first frame.
            names: The ads' ids; ``mid-1``, ``mid-2``... by default.
        """
        numbers = tuple(lengths)
        return self.then(
            Ads(kind, numbers, at, skip, after, fail, fail_after, tuple(names)),
        )

    def into_ad(self, seconds: float, number: int = 1) -> "Scenario":
        """Watch on until so many seconds into an ad of the next break; steps go on in it."""
        return self.then(IntoAd(seconds, number))

    def skip(self) -> "Scenario":
        """Skip the ad that plays; ``into_ad`` comes before it."""
        return self.then(Skip())

    def rate(self, rate: float) -> "Scenario":
        """Content plays at another rate; 1 is normal."""
        return self.then(Rate(rate))

    def volume(self, level: float) -> "Scenario":
        """The sound is set to 0 to 100."""
        return self.then(Volume(level))

    def mute(self, on: bool = True) -> "Scenario":
        """The sound goes off, or on again."""
        return self.then(Mute(on))

    def full_screen(self, on: bool = True) -> "Scenario":
        """The video fills the screen, or no longer."""
        return self.then(FullScreen(on))

    def background(self, seconds: float, *, throttle: float = 1.0) -> "Scenario":
        """The tab is hidden for so many seconds of content; its clock is told more seldom."""
        return self.then(Background(seconds, throttle))

    def sleep(self, seconds: float) -> "Scenario":
        """The device sleeps: nothing moves and nobody says so."""
        return self.then(Sleep(seconds))

    def error(self, reason: str = "network", *, fatal: bool = True) -> "Scenario":
        """The player fails; ``wait`` and ``play`` may follow. Not ``fatal``: nothing stops."""
        return self.then(Error(reason, fatal))

    def wait(self, seconds: float) -> "Scenario":
        """Time passes while nothing plays: after an error, before the start, after the end."""
        return self.then(Wait(seconds))

    def next(self, length: float | None = 600.0, name: str | None = None) -> "Scenario":
        """The next item of the playlist takes over, now; a ``length`` of None is live."""
        return self.then(Next(length, name))

    def exit(self) -> "Scenario":
        """The viewer leaves."""
        return self.then(Exit())

    def then(self, *steps: Step) -> "Scenario":
        """The same with more steps at its end.

        Args:
            steps: Steps, of :mod:`video_tracker.testing.scenario_steps`.
        """
        return attrs.evolve(self, steps=[*self.steps, *steps])

    # -- of a plan --------------------------------------------------------------------------------

    @classmethod
    def of(cls, plan: SessionPlan, **more: Any) -> "Scenario":
        """The scenario of a plan with one content: its breaks are scheduled, nothing happens yet.

        Args:
            plan: Its content and its ads need their lengths.
            more: Other arguments of the scenario, such as ``startup``.

        Raises:
            ScenarioError: It has no content or more than one, or a length is missing.
        """
        if len(plan.contents) != 1:
            raise ScenarioError("a scenario is made of a plan with one content; write next() steps")
        content = plan.contents[0]
        if content.duration is None and content.livestream is not True:
            raise ScenarioError("the content's length must be known")
        steps = []
        for place in plan.ad_breaks:
            if any(ad.duration is None for ad in place.ads):
                raise ScenarioError("the lengths of all ads must be known")
            kind = {"start": "pre", "end": "post"}.get(str(place.at), "mid")
            lengths = tuple(float(ad.duration or 0.0) for ad in place.ads)
            names = tuple(ad.asset_id or f"ad-{number}" for number, ad in enumerate(place.ads, 1))
            at = float(place.at) if kind == "mid" else None
            steps.append(Ads(kind, lengths, at, names=names))
        known = {"name": content.asset_id or "film", "ads": plan.settings.ads, "plan": plan}
        return cls(content.duration, **{**known, "steps": tuple(steps), **more})

    # -- what follows from the steps ---------------------------------------------------------------

    @property
    def ad_names(self) -> Mapping[int, tuple[str, ...]]:
        """The ids of the ads of each ``ads`` step, by its place among the steps."""
        numbers: Counter[str] = Counter()
        found = {}
        for index, step in enumerate(self.steps):
            if isinstance(step, Ads):
                first = numbers[step.kind] + 1
                numbers[step.kind] += len(step.lengths)
                count = range(first, first + len(step.lengths))
                found[index] = step.names or tuple(f"{step.kind}-{number}" for number in count)
        twice = [n for n, c in Counter(itertools.chain(*found.values())).items() if c > 1]
        if twice:
            raise ScenarioError(f"two ads are called {twice[0]!r}")
        return found

    def __repr__(self) -> str:
        """The script as it is written in Python."""
        given = [
            f"{field.alias}={getattr(self, field.name)!r}"
            for field in attrs.fields(Scenario)
            if field.name not in ("steps", "plan") and getattr(self, field.name) != field.default
        ]
        return ".".join((f"Scenario({', '.join(given)})", *map(describe, self.steps)))
