"""Simulated players with simulated viewers: what was done is what is told.

Each player is simulated as its documentation says it behaves; the viewer does random things. The
events and figures must be those of what he did, however often the application asks the player.
"""

import random
from typing import Any

import attrs
import pytest

from tests.players.api_script import translated
from tests.players.script import START
from tests.session.story import rows
from video_tracker.events import (
    AdCompleted,
    AdStarted,
    Event,
    PlaybackBufferStarted,
    PlaybackPaused,
    PlaybackSeekCompleted,
    PlaybackSeekStarted,
)
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.jwplayer import JwplayerAdapter
from video_tracker.players.youtube import YoutubeAdapter
from video_tracker.session import Playback, Session
from video_tracker.testing.grammar import check_stream

LENGTH = 120.0
COUNTED = {
    "pauses": PlaybackPaused,
    "seeks": PlaybackSeekStarted,
    "landings": PlaybackSeekCompleted,
    "stalls": PlaybackBufferStarted,
    "ads": AdStarted,
    "completed": AdCompleted,
}


@attrs.define(slots=False)
class Viewing:
    """A player, a viewer, and what really happened.

    Args:
        seed: Another seed, another viewer.
        step: Seconds between two words of the player's clock.
    """

    seed: int
    step: float
    at: float = START
    position: float = 0.0
    content: float = 0.0
    ad: float = 0.0
    done: dict[str, int] = attrs.field(factory=lambda: dict.fromkeys(COUNTED, 0))
    callbacks: list[Callback] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def did(self, *what: str) -> None:
        for each in what:
            self.done[each] += 1
            self.done["landings"] += each == "seeks"

    def elsewhere(self) -> float:
        """A place in the content that is a seek away."""
        away = self.random.uniform(8, 60)
        return (self.position + away) % (LENGTH - 20)

    def wait(self, least: float, most: float) -> None:
        self.at += self.random.uniform(least, most)

    def tell(self) -> None:
        """The player's clock is told."""

    def play(self, seconds: float) -> None:
        end = self.at + seconds
        while self.at < end - 1e-6 and self.position < LENGTH:
            step = min(self.step, end - self.at)
            self.at += step
            self.position += step
            self.content += step
            self.tell()

    def rest(self, seconds: float) -> None:
        end = self.at + seconds
        while self.at < end - 1e-6:
            self.at += min(self.step, end - self.at)
            self.tell()

    def leave(self) -> None:
        self.play(2)
        self.callbacks.append(Callback(self.at, "page", "pagehide"))


class Youtube(Viewing):
    """YouTube's player: states, and a clock that is asked."""

    state = -1

    def fires(self, event: str, **detail: Any) -> None:
        read = {"currentTime": self.position, "duration": LENGTH, "videoId": "abc"}
        self.callbacks.append(
            Callback(self.at, "youtube", event, {**read, "playerState": self.state}, detail)
        )

    def tell(self) -> None:
        if self.state in (1, 2, 3):
            self.fires("poll")

    def turns(self, state: int) -> None:
        self.state = state
        self.fires("onStateChange", data=state)

    def watch(self) -> None:
        self.fires("onReady")
        self.wait(0.1, 1)
        for state in (-1, 3):
            self.turns(state)
            self.wait(0.1, 1)
        self.turns(1)
        for _ in range(self.random.randint(1, 6)):
            self.play(self.random.uniform(3, 10))
            if self.position > LENGTH - 20:
                break
            deeds = (self.pause, self.click, self.key, self.drag, self.stall, self.seek_at_rest)
            self.random.choice(deeds)()
        self.leave()

    def pause(self) -> None:
        self.did("pauses")
        self.turns(2)
        self.rest(self.random.uniform(1, 10))
        self.turns(1)

    def click(self) -> None:
        self.did("seeks")
        self.turns(2)
        self.wait(0.02, 0.15)
        self.position = self.elsewhere()
        self.turns(3)
        self.rest(self.random.uniform(0.1, 1.5))
        self.turns(1)

    def key(self) -> None:
        self.did("seeks")
        self.position += 10 if self.position < 10 or self.random.random() < 0.5 else -10
        self.fires("poll")

    def drag(self) -> None:
        self.did("pauses", "seeks")
        self.turns(2)
        self.rest(self.random.uniform(0.6, 3))
        self.position = self.elsewhere()
        self.turns(3)
        self.rest(self.random.uniform(0.1, 1))
        self.turns(1)

    def stall(self) -> None:
        self.did("stalls")
        self.turns(3)
        self.rest(self.random.uniform(0.5, 5))
        self.turns(1)

    def seek_at_rest(self) -> None:
        self.did("pauses", "seeks")
        self.turns(2)
        self.rest(3)
        self.position = self.elsewhere()
        self.turns(3)
        self.wait(0.1, 0.5)
        self.turns(2)
        self.rest(2)
        self.turns(1)


class Jwplayer(Viewing):
    """JW Player: events, and ads before, in and after the content."""

    def fires(self, event: str, **detail: Any) -> None:
        self.callbacks.append(Callback(self.at, "jwplayer", event, {}, detail))

    def tell(self) -> None:
        self.fires("time", position=self.position, duration=LENGTH)

    def plays(self, before: str) -> None:
        self.fires("play", oldstate=before, newstate="playing")

    def watch(self) -> None:
        self.fires("playlistItem", index=0, item={"mediaid": "m1"})
        self.wait(0.5, 2)
        self.fires("beforePlay")
        if self.random.random() < 0.5:
            self.show_ads("pre")
        self.fires("playAttempt")
        self.fires("buffer", oldstate="idle", newstate="buffering", reason="loading")
        self.wait(0.1, 1)
        self.plays("buffering")
        for _ in range(self.random.randint(1, 6)):
            self.play(self.random.uniform(3, 9))
            if self.position > LENGTH - 20:
                break
            deeds = (self.pause, self.seek, self.seek_at_rest, self.stall, self.mid_roll)
            self.random.choice(deeds)()
        self.leave()

    def pause(self) -> None:
        self.did("pauses")
        self.fires("pause", oldstate="playing", newstate="paused")
        self.wait(0.5, 5)
        self.fires("playAttempt")
        self.plays("paused")

    def seek(self) -> None:
        self.jump()
        self.fires("buffer", oldstate="playing", newstate="buffering", reason="loading")
        self.wait(0.1, 1)
        self.tell()
        self.fires("seeked")
        self.plays("buffering")

    def jump(self) -> None:
        self.did("seeks")
        target = self.elsewhere()
        self.fires("seek", position=self.position, offset=target, duration=LENGTH)
        self.position = target

    def seek_at_rest(self) -> None:
        self.did("pauses")
        self.fires("pause", oldstate="playing", newstate="paused")
        self.wait(1, 2)
        self.jump()
        self.wait(0.1, 0.5)
        self.fires("seeked")
        self.wait(1, 2)
        self.fires("playAttempt")
        self.plays("paused")

    def stall(self) -> None:
        self.did("stalls")
        self.fires("buffer", oldstate="playing", newstate="buffering", reason="stalled")
        self.wait(0.5, 4)
        self.plays("buffering")

    def mid_roll(self) -> None:
        self.show_ads("mid")
        self.plays("idle")

    def show_ads(self, where: str) -> None:
        self.fires("adBreakStart", adposition=where)
        size = self.random.randint(1, 3)
        for place in range(1, size + 1):
            self.wait(0.05, 0.5)
            self.show_ad({"adPlayId": f"{self.at}", "adId": f"a{place}", "adposition": where}, size)
        self.fires("adBreakEnd", adposition=where)
        self.wait(0.01, 0.1)

    def show_ad(self, ad: dict[str, Any], size: int) -> None:
        self.did("ads")
        ad = {**ad, "podcount": size, "duration": 5, "linear": "linear"}
        self.fires("adMeta", **ad)
        self.fires("adImpression", **ad)
        self.fires("adPlay", newstate="playing", **ad)
        skipped = self.random.random() < 0.25
        for quarter in range(1, (8 if skipped else 20) + 1):
            self.at += 0.25
            self.ad += 0.25
            self.fires("adTime", position=quarter / 4, duration=5)
            if quarter == 6 and self.random.random() < 0.2:
                self.did("pauses")
                self.fires("adPause", newstate="paused", **ad)
                self.wait(1, 3)
                self.fires("adPlay", newstate="playing", **ad)
        if not skipped:
            self.did("completed")
        self.fires("adSkipped" if skipped else "adComplete", **ad)


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize(
    ("adapter", "player", "step"),
    [
        (YoutubeAdapter, Youtube, 0.25),
        (YoutubeAdapter, Youtube, 1.0),
        (JwplayerAdapter, Jwplayer, 0.25),
    ],
)
def test_what_the_viewer_did_is_what_is_told(
    adapter: type[Adapter], player: type[Any], step: float, seed: int
) -> None:
    """S30, S32, S33, S13: counts are exact, played seconds within one."""
    viewing = player(seed, step)
    viewing.watch()
    settings = Settings(**adapter.settings)
    playback = Playback(Session("s1", SessionPlan(user_id="viewer", settings=settings)))
    events: list[Event] = []
    for signal in translated(adapter(), viewing.callbacks):
        events += [event for _, event in playback.receive(signal)]

    told = {name: sum(isinstance(e, kind) for e in events) for name, kind in COUNTED.items()}
    assert told == viewing.done, rows(events, START)
    assert check_stream(events) == []
    figures = playback.sessions[0].summary().to_dict()
    assert figures["content_played"] == pytest.approx(viewing.content, abs=1)
    assert figures["ad_played"] == pytest.approx(viewing.ad, abs=1)
    assert len(playback.sessions) == 1
