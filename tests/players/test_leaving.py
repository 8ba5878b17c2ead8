"""The viewer leaves: what a page still says of its ads is no new playback, of whatever player."""

import pytest

from tests.players.script import lines, run
from video_tracker.players.registry import find_adapter

WEB = """
    10   durationchange 0/60 P
    100  play 0/60
    400  playing 0/60
    2400 timeupdate 2/60
"""
JWPLAYER = """
    100  jwplayer:play 0/60
    400  jwplayer:firstFrame 0/60
    2400 jwplayer:time 2/60
"""
NATIVE = """
    100  {0}:play 0/60
    400  {0}:playing 0/60
    2400 {0}:{1} 2/60
"""
VIEWINGS = {
    "bitmovin": (NATIVE.format("bitmovin", "timechanged"), "bitmovin:adbreakstarted adstarted"),
    "brightcove": (WEB, "brightcove:ads-pod-started ads-ad-started adplaying"),
    "hlsjs": (WEB, "hlsjs:INTERSTITIAL_STARTED INTERSTITIAL_ASSET_STARTED html5:timeupdate"),
    "html5": (WEB, "html5:breakstart ad/playing ad/timeupdate"),
    "ima": (WEB, "ima:contentPauseRequested start adProgress"),
    "jwplayer": (JWPLAYER, "jwplayer:adBreakStart adImpression adPlay adTime"),
    "plyr": (WEB, "plyr:adscontentpause adstarted"),
    "shaka": (WEB, "shaka:ad-content-pause-requested ad-started html5:ad/playing ad/timeupdate"),
    "theoplayer": (NATIVE.format("theoplayer", "timeupdate"), "theoplayer:adbreakbegin adbegin"),
    "videojs": (WEB, "videojs:adstart ads-ad-started adplaying"),
}


def words(ads: str, since: int) -> list[str]:
    """What the player says of an ad, half a second apart."""
    out, channel = list[str](), ""
    for step, word in enumerate(ads.split()):
        before, colon, event = word.rpartition(":")
        channel = before if colon else channel
        at = since + 500 * step
        out.append(f'{at} {channel}:{event} 2.6/60 {{"position": {step}, "duration": 5}}')
    return out


@pytest.mark.parametrize("player", VIEWINGS)
def test_what_a_page_says_of_ads_after_it_was_left_in_content_begins_no_session(
    player: str,
) -> None:
    """S24, S26: nobody wants to watch any more."""
    content, ads = VIEWINGS[player]
    script = [*lines(content), "3000 page:pagehide 2.6/60", *words(ads, 3050)]

    told = run(find_adapter(player)(), "\n".join(script))

    assert told[-1] == "3000 exit position=2.6"


@pytest.mark.parametrize("player", VIEWINGS)
def test_what_a_page_says_of_ads_after_it_was_left_in_one_begins_no_session(player: str) -> None:
    """S24, S26."""
    content, ads = VIEWINGS[player]
    script = [*lines(content), *words(ads, 3000), "5900 page:pagehide 2.6/60", *words(ads, 6000)]

    told = run(find_adapter(player)(), "\n".join(script))

    assert told[-1].split()[:2] == ["5900", "exit"]
