"""Fluid Player: ads in the content's own element, told apart by what Fluid says beside it.

The numbers (D15 to D18) are those of the notes on what real players do.
"""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.players.script import expected, run
from video_tracker.players.base import Callback, Ignored
from video_tracker.players.element_library import ECHO
from video_tracker.players.fluidplayer import FluidplayerAdapter
from video_tracker.players.media_events import MEDIA_EVENTS
from video_tracker.signals import SIGNALS

ON_EVENTS = """
play playing pause ended seeked waiting timeupdate theatreModeOn theatreModeOff miniPlayerToggle
"""
"""Fluid Player 3: what ``on()`` takes, by its type declarations and its source."""

CONFIGURED_CALLBACKS = """
playerInitCallback vastLoadedCallback noVastVideoCallback vastVideoSkippedCallback
vastVideoEndedCallback
"""
"""Fluid Player 3: callbacks of ``layoutControls`` and of ``vastOptions.vastAdvanced``."""

TRACKERS = """
mute unmute pause resume rewind fullscreen skip playerExpand playerCollapse impression
viewImpression start firstQuartile midpoint thirdQuartile complete progress creativeView collapse
adCollapse close acceptInvitation iconClickThrough
"""
"""Fluid Player 3: ``trackingEventTypes``, the VAST trackers it calls."""

SOURCE = '{"mediaSourceType": "source"}'


def ad(roll: str, number: int, length: float, sequence: int | None = None) -> str:
    """The payload of a VAST tracker."""
    place = "" if sequence is None else f', "sequence": {sequence}'
    inside = f'{{"id": "ID1_AD{number}", "duration": {length}{place}}}'
    return f'{{"mediaSourceType": "{roll}", "rollListId": "ID1", "ad": {inside}}}'


def kind(roll: str) -> str:
    return f'{{"mediaSourceType": "{roll}"}}'


def check(script: str, signals: str) -> FluidplayerAdapter:
    adapter = FluidplayerAdapter()
    assert run(adapter, script) == expected(signals)
    return adapter


LOADED = """
    0    fluid:playerInitCallback 0/- P rs=0 src=
    10   loadstart 0/- P rs=0
    20   durationchange 0/20 P rs=1
"""
PLAYING = (
    LOADED
    + f"""
    100  play 0/20
    103  fluid:play 0/20 {SOURCE}
    110  playing 0/20
    113  fluid:playing 0/20 {SOURCE}
    8110 timeupdate 8/20
    8111 fluid:timeupdate 8/20 {SOURCE}
"""
)
STARTED = """
    20   load duration=20
    100  play position=0
    110  playing position=0
    8110 progress position=8
"""
TO_AD = """
    8210 emptied 0/- P rs=0
    8220 loadstart 0/- P rs=0 src=ad.mp4
    8230 durationchange 0/4 P rs=1 src=ad.mp4
"""
AD_PLAYS = f"""
    8240 fluid:vast:impression 0/4 rs=1 src=ad.mp4 {ad("midRoll", 0, 4)}
    8250 play 0/4 src=ad.mp4
    8260 playing 0/4 src=ad.mp4
"""
BACK = f"""
    12330 emptied 0/- P rs=0 src=ad.mp4
    12331 loadstart 0/- P rs=0
    12340 durationchange 0/20 P rs=1
    12341 seeking 7/20 S rs=1
    12342 play 7/20 S rs=1
    12344 fluid:play 7/20 S rs=1 {SOURCE}
    12350 seeked 7/20
    12352 fluid:seeked 7/20 {SOURCE}
    12360 playing 7/20
    12362 fluid:playing 7/20 {SOURCE}
    13360 timeupdate 8/20
"""


def test_every_documented_event_is_mapped_or_ignored_with_a_reason() -> None:
    """S60: nothing a player says is dropped silently."""
    trackers = [f"vast:{name}" for name in TRACKERS.split()]
    named = [*ON_EVENTS.split(), *CONFIGURED_CALLBACKS.split(), *trackers]
    for event in [*named, "switchToMainVideo", *MEDIA_EVENTS]:
        assert ("fluid", event) in FluidplayerAdapter.vocabulary, event
    for (channel, event), entry in FluidplayerAdapter.vocabulary.items():
        assert channel in FluidplayerAdapter.channels
        if isinstance(entry, Ignored):
            assert entry.reason, event
        else:
            assert set(entry.signals) <= SIGNALS.keys(), event
            assert entry.signals or entry.note, event


def test_what_fluid_passes_on_counts_once() -> None:
    """S61, E4."""
    adapter = check(PLAYING, STARTED)
    assert adapter.ignored[f"play: {ECHO}"] == 1


def test_a_mid_roll_ends_with_its_element_and_the_content_goes_on_a_little_earlier() -> None:
    """D16, D17, S21, S72: `complete` is early; the way back to a whole second is no seek."""
    check(
        PLAYING
        + TO_AD
        + f"""
        8240 fluid:vast:impression 0/4 rs=1 src=ad.mp4 {ad("midRoll", 0, 4)}
        8250 play 0/4 src=ad.mp4
        8253 fluid:play 0/4 src=ad.mp4 {kind("midRoll")}
        8260 playing 0/4 src=ad.mp4
        8450 fluid:vast:start 0.17/4 src=ad.mp4 {ad("midRoll", 0, 4)}
        8510 timeupdate 0.25/4 src=ad.mp4
        8512 fluid:timeupdate 0.25/4 src=ad.mp4 {kind("midRoll")}
        11300 fluid:vast:complete 3.1/4 src=ad.mp4 {ad("midRoll", 0, 4)}
        12310 pause 4/4 PE src=ad.mp4
        12311 ended 4/4 PE src=ad.mp4
        12313 fluid:ended 4/4 PE src=ad.mp4 {kind("midRoll")}
        12314 fluid:switchToMainVideo 4/4 PE src=ad.mp4 {kind("midRoll")}
        12316 fluid:vastVideoEndedCallback 0/- P rs=0 src=ad.mp4 {SOURCE}
        """
        + BACK,
        STARTED
        + """
        8210 progress position=8.1
        8210 ad_break_start placement=mid
        8260 ad_start pod_position=1 duration=4
        8510 ad_progress position=0.25
        12311 ad_end position=4
        12314 ad_break_end
        12360 playing position=7
        13360 progress position=8
        """,
    )


def test_a_pause_right_before_fluids_first_word_of_an_ad_is_the_ads() -> None:
    """S31: the break begins where it stopped the content."""
    check(
        PLAYING
        + f"""
        8200 pause 8.1/20 P
        8250 fluid:timeupdate 0/4 src=ad.mp4 {kind("midRoll")}
        8260 playing 0/4 src=ad.mp4
        8510 timeupdate 0.25/4 src=ad.mp4
        """,
        STARTED
        + """
        8200 progress position=8.1
        8200 ad_break_start placement=mid
        8260 ad_start pod_position=1
        8510 ad_progress position=0.25
        """,
    )


def test_a_skip_is_a_skip_and_its_synthetic_end_ends_nothing() -> None:
    """D15, S13, S75: the pod goes on with its second ad."""
    check(
        PLAYING
        + TO_AD
        + f"""
        8240 fluid:vast:impression 0/8 rs=1 src=ad.mp4 {ad("midRoll", 0, 8, 1)}
        8250 play 0/8 src=ad.mp4
        8260 playing 0/8 src=ad.mp4
        11460 fluid:vastVideoSkippedCallback 3.2/8 src=ad.mp4 {kind("midRoll")}
        11461 ended 3.2/8 src=ad.mp4
        11462 fluid:ended 3.2/8 src=ad.mp4 {kind("midRoll")}
        11470 emptied 0/- P rs=0 src=ad.mp4
        11471 loadstart 0/- P rs=0 src=ad2.mp4
        11480 fluid:vast:impression 0/4 rs=1 src=ad2.mp4 {ad("midRoll", 1, 4, 2)}
        11490 play 0/4 src=ad2.mp4
        11500 playing 0/4 src=ad2.mp4
        12000 timeupdate 0.5/4 src=ad2.mp4
        12100 ended 0.6/4 src=ad2.mp4
        12102 fluid:switchToMainVideo 0.6/4 src=ad2.mp4 {kind("midRoll")}
        """
        + BACK,
        STARTED
        + """
        8210 progress position=8.1
        8210 ad_break_start placement=mid
        8260 ad_start pod_position=1 duration=8
        11460 ad_skip position=3.2
        11500 ad_start pod_position=2 duration=4
        12000 ad_progress position=0.5
        12100 ad_skip position=0.6
        12102 ad_break_end
        12360 playing position=7
        13360 progress position=8
        """,
    )


def test_a_skip_within_the_last_second_is_a_completion() -> None:
    """S72, D16: it was reported complete already."""
    script = (
        PLAYING
        + TO_AD
        + AD_PLAYS
        + f"""
        11300 fluid:vast:complete 3.05/4 src=ad.mp4 {ad("midRoll", 0, 4)}
        11560 fluid:vastVideoSkippedCallback 3.3/4 src=ad.mp4 {kind("midRoll")}
        11561 ended 3.3/4 src=ad.mp4
        """
    )
    assert run(FluidplayerAdapter(), script)[-1] == "11560 ad_end position=3.3"


def test_a_404_pre_roll_fails_and_what_ends_never_started() -> None:
    """D18, S71: told once play is wanted."""
    check(
        LOADED
        + f"""
        100  fluid:vastLoadedCallback 0/- P rs=0 {kind("preRoll")}
        102  emptied 0/- P rs=0
        103  loadstart 0/- P rs=0 src=missing.mp4
        120  error 0/- P rs=0 src=missing.mp4 {{"error": {{"code": 4, "message": "404"}}}}
        122  fluid:noVastVideoCallback 0/- P rs=0 src=missing.mp4 {kind("preRoll")}
        123  fluid:switchToMainVideo 0/- P rs=0 src=missing.mp4 {kind("preRoll")}
        125  fluid:vastVideoEndedCallback 0/- P rs=0 src=missing.mp4 {SOURCE}
        130  emptied 0/- P rs=0 src=missing.mp4
        131  loadstart 0/- P rs=0
        140  durationchange 0/20 P rs=1
        141  seeking 0/20 PS rs=1
        142  play 0/20 S rs=1
        150  seeked 0/20
        160  playing 0/20
        1160 timeupdate 1/20
        """,
        """
        20   load duration=20
        142  play position=0
        142  ad_break_start placement=pre
        142  ad_error reason=source not playable
        142  ad_break_end
        160  playing position=0
        1160 progress position=1
        """,
    )


def test_a_mid_roll_file_that_fails_before_fluid_says_a_word() -> None:
    """D18, S71: known as an ad's when Fluid gives up on it."""
    check(
        PLAYING
        + TO_AD.replace("durationchange 0/4 P rs=1", "error 0/- P rs=0")
        + f"""
        8300 fluid:noVastVideoCallback 0/- P rs=0 src=ad.mp4 {SOURCE}
        8301 fluid:switchToMainVideo 0/- P rs=0 src=ad.mp4 {SOURCE}
        """
        + BACK,
        STARTED
        + """
        8210 progress position=8.1
        8210 ad_break_start
        8230 ad_error reason=media error
        8301 ad_break_end
        12360 playing position=7
        13360 progress position=8
        """,
    )


def test_an_empty_answer_opens_no_break() -> None:
    """D18: the content is loaded once more, from its start."""
    check(
        LOADED
        + f"""
        100  fluid:noVastVideoCallback 0/20 P {SOURCE}
        101  fluid:switchToMainVideo 0/20 P {SOURCE}
        103  fluid:vastVideoEndedCallback 0/- P rs=0 {SOURCE}
        105  emptied 0/- P rs=0
        106  loadstart 0/- P rs=0
        110  durationchange 0/20 P rs=1
        111  seeking 0/20 S rs=1
        112  play 0/20 S rs=1
        115  fluid:play 0/20 S rs=1 {SOURCE}
        120  seeked 0/20
        130  playing 0/20
        """,
        """
        20   load duration=20
        112  play position=0
        130  playing position=0
        """,
    )


def test_an_ad_that_fluid_leaves_out_failed() -> None:
    """D18, S71: the first ad that plays says that it is the second."""
    script = (
        PLAYING
        + TO_AD
        + f"""
        8240 fluid:vast:impression 0/4 rs=1 src=ad.mp4 {ad("midRoll", 1, 4, 2)}
        8250 play 0/4 src=ad.mp4
        8260 playing 0/4 src=ad.mp4
        """
    )
    assert run(FluidplayerAdapter(), script)[-3:] == [
        "8210 ad_break_start placement=mid",
        "8240 ad_error reason=ad left out",
        "8260 ad_start pod_position=2 duration=4",
    ]
    absurd = script.replace('"sequence": 2', '"sequence": 1000000')
    assert run(FluidplayerAdapter(), absurd)[-2:] == [
        "8210 ad_break_start placement=mid",
        "8260 ad_start pod_position=1 duration=4",
    ]


def test_a_post_roll_comes_after_the_end_and_leaves_the_content_ended() -> None:
    """S23: brought back at its end, the content ends no second time."""
    check(
        PLAYING
        + f"""
        20110 pause 20/20 PE
        20114 fluid:pause 20/20 PE {SOURCE}
        20115 ended 20/20 PE
        20122 fluid:ended 0/- P rs=0 {kind("postRoll")}
        20127 emptied 0/- P rs=0
        20128 loadstart 0/- P rs=0 src=ad.mp4
        20140 fluid:vast:impression 0/5 rs=1 src=ad.mp4 {ad("postRoll", 0, 5)}
        20150 play 0/5 src=ad.mp4
        20160 playing 0/5 src=ad.mp4
        25160 pause 5/5 PE src=ad.mp4
        25161 ended 5/5 PE src=ad.mp4
        25163 fluid:switchToMainVideo 5/5 PE src=ad.mp4 {kind("postRoll")}
        25170 emptied 0/- P rs=0 src=ad.mp4
        25171 loadstart 0/- P rs=0
        25180 durationchange 0/20 P rs=1
        25181 seeking 20/20 PS rs=1
        25200 seeked 20/20 PE
        """,
        STARTED
        + """
        20110 content_end position=20
        20122 ad_break_start placement=post
        20160 ad_start pod_position=1 duration=5
        25161 ad_end position=5
        25163 ad_break_end
        """,
    )


def test_a_pause_that_only_a_snapshot_shows() -> None:
    """S83: its own word was lost."""
    assert run(FluidplayerAdapter(), PLAYING + "8500 timeupdate 8.3/20 P")[-1] == (
        "8500 pause position=8.3"
    )


def test_a_pause_and_the_end_of_the_page_in_an_ad() -> None:
    """S26: the element's clock is the ad's, not the content's."""
    check(
        PLAYING
        + TO_AD
        + AD_PLAYS
        + f"""
        9260 pause 1/4 P src=ad.mp4
        9262 fluid:pause 1/4 P src=ad.mp4 {kind("midRoll")}
        10260 page:pagehide 1/4 P src=ad.mp4
        """,
        STARTED
        + """
        8210 progress position=8.1
        8210 ad_break_start placement=mid
        8260 ad_start pod_position=1 duration=4
        9260 pause position=1
        10260 ad_progress position=1
        10260 exit
        """,
    )


def test_another_quality_is_another_file_of_the_same_content() -> None:
    """Fluid's quality switch: no ad's, nothing next, no seek (S70)."""
    check(
        PLAYING
        + f"""
        8210 emptied 0/- P rs=0
        8211 loadstart 0/- P rs=0 src=film-720.mp4
        8220 durationchange 0/20.04 P rs=1 src=film-720.mp4
        8221 seeking 8.1/20.04 S rs=1 src=film-720.mp4
        8222 play 8.1/20.04 S rs=1 src=film-720.mp4
        8230 seeked 8.1/20.04 src=film-720.mp4
        8232 fluid:seeked 8.1/20.04 src=film-720.mp4 {SOURCE}
        8240 playing 8.1/20.04 src=film-720.mp4
        9240 timeupdate 9.1/20.04 src=film-720.mp4
        """,
        STARTED
        + """
        8210 progress position=8.1
        8220 load duration=20.04
        8240 playing position=8.1
        9240 progress position=9.1
        """,
    )


def test_a_source_of_another_length_is_the_next_item() -> None:
    """S24: known once it shows and Fluid has named no ad."""
    check(
        PLAYING
        + """
        8210 emptied 0/- rs=0
        8211 play 0/- rs=0 src=b.mp4
        8212 loadstart 0/- rs=0 src=b.mp4
        8220 durationchange 0/9 rs=1 src=b.mp4
        8230 playing 0/9 src=b.mp4
        8480 timeupdate 0.25/9 src=b.mp4
        """,
        STARTED
        + """
        8210 progress position=8.1
        8211 load next_item=True
        8211 play position=0
        8220 load duration=9
        8230 playing position=0
        8480 progress position=0.25
        """,
    )


def test_an_overlay_beside_the_content_is_no_break() -> None:
    adapter = check(
        PLAYING + f"8200 fluid:vast:impression 8.09/20 {ad('source', 0, 5)}",
        STARTED,
    )
    assert adapter.ignored["vast:impression: of an ad beside the content"] == 1


def test_a_log_of_fluid_alone_is_read_from_fluid() -> None:
    """It passes on no lengths and no beginning of a seek; a pod's ads follow each other bare."""
    check(
        f"""
        103  fluid:play 0/20 {SOURCE}
        113  fluid:playing 0/20 {SOURCE}
        3113 fluid:timeupdate 3/20 {SOURCE}
        3200 fluid:waiting 12/20 S rs=1 {SOURCE}
        3210 fluid:seeked 12/20 {SOURCE}
        3212 fluid:playing 12/20 {SOURCE}
        4212 fluid:timeupdate 13/20 {SOURCE}
        4300 fluid:vast:impression 0/4 rs=1 src=ad.mp4 {ad("midRoll", 0, 4, 1)}
        4310 fluid:play 0/4 src=ad.mp4 {kind("midRoll")}
        4320 fluid:playing 0/4 src=ad.mp4 {kind("midRoll")}
        8320 fluid:pause 4/4 PE src=ad.mp4 {kind("midRoll")}
        8321 fluid:ended 4/4 PE src=ad.mp4 {kind("midRoll")}
        8330 fluid:vast:impression 0/6 rs=1 src=ad2.mp4 {ad("midRoll", 1, 6, 2)}
        8340 fluid:playing 0/6 src=ad2.mp4 {kind("midRoll")}
        14340 fluid:ended 6/6 PE src=ad2.mp4 {kind("midRoll")}
        14341 fluid:vastVideoEndedCallback 0/- P rs=0 src=ad2.mp4 {SOURCE}
        14350 fluid:play 12/20 S rs=1 {SOURCE}
        14360 fluid:seeked 12/20 {SOURCE}
        14370 fluid:playing 12/20 {SOURCE}
        """,
        """
        103  load duration=20
        103  play position=0
        113  playing position=0
        3113 progress position=3
        3200 seek_start position=3.087 to=12
        3210 seek_end position=12
        3212 playing position=12
        4212 progress position=13
        4300 progress position=13.09
        4300 ad_break_start placement=mid
        4320 ad_start pod_position=1 duration=4
        8321 ad_end position=4
        8340 ad_start pod_position=2 duration=6
        14340 ad_end position=6
        14341 ad_break_end
        14370 playing position=12
        """,
    )


def test_content_that_moves_is_back_though_nobody_said_that_it_plays() -> None:
    """S81, S83: so the next source that goes is a break's again, and no viewer has left."""
    script = (
        PLAYING
        + TO_AD
        + AD_PLAYS
        + f"""
        12311 ended 4/4 PE src=ad.mp4
        12314 fluid:switchToMainVideo 4/4 PE src=ad.mp4 {kind("midRoll")}
        """
        + BACK.replace("12360 playing 7/20", "12365 volumechange 7/20")
        + f"""
        18360 timeupdate 13/20
        18410 emptied 0/- P rs=0
        18910 loadstart 0/- P rs=0 src=ad.mp4
        18920 fluid:vast:impression 0/4 rs=1 src=ad.mp4 {ad("midRoll", 0, 4)}
        18930 play 0/4 src=ad.mp4
        18940 playing 0/4 src=ad.mp4
        """
    )
    assert run(FluidplayerAdapter(), script)[-6:] == [
        "12360 playing position=7",
        "13360 progress position=8",
        "18360 progress position=13",
        "18410 progress position=13.05",
        "18410 ad_break_start placement=mid",
        "18940 ad_start pod_position=1 duration=4",
    ]


def test_an_ad_without_an_element_starts_with_its_tracker() -> None:
    """VPAID: a script plays it; what ends it is the way back to the content."""
    script = (
        PLAYING
        + f"""
        8200 fluid:vast:impression 8.09/20 P {ad("midRoll", 0, 4)}
        8300 fluid:vast:start 8.09/20 P {ad("midRoll", 0, 4)}
        12300 fluid:vast:complete 8.09/20 P {ad("midRoll", 0, 4)}
        12310 fluid:switchToMainVideo 8.09/20 P {kind("midRoll")}
    """
    )
    said = run(FluidplayerAdapter(), script)
    assert said[-5:] == [
        "8200 progress position=8.09",
        "8200 ad_break_start placement=mid",
        "8300 ad_start pod_position=1 duration=4",
        "12310 ad_end position=0",
        "12310 ad_break_end",
    ]


_STATES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["currentTime", "duration", "readyState", "paused", "ended", "seeking", "src"]),
    st.sampled_from([None, True, False, -1, 0, 5.5, float("nan"), float("inf"), "", "x", [], {}]),
)
_ODD: st.SearchStrategy[Any] = st.sampled_from([None, 0, -1, 3, 1e300, float("nan"), "x", [], {}])
_DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "mediaSourceType": st.sampled_from(["source", "preRoll", "midRoll", "ad", "?", None, 3]),
        "ad": st.one_of(_ODD, st.fixed_dictionaries({"duration": _ODD, "sequence": _ODD})),
        "rollListId": _ODD,
        "error": _ODD,
    },
)
_SAID = st.tuples(st.sampled_from(list(FluidplayerAdapter.vocabulary)), _STATES, _DETAILS)


@given(st.lists(_SAID))
def test_nothing_that_a_callback_holds_raises(
    said: list[tuple[tuple[str, str], dict[str, Any], dict[str, Any]]],
) -> None:
    """S60."""
    adapter = FluidplayerAdapter()
    for at, ((channel, event), state, detail) in enumerate(said):
        adapter.translate(Callback(at / 8, channel, event, state, detail))
    adapter.flush(1e6)
