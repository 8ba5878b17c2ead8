"""dash.js: its names for media events, periods, qualities and errors; callbacks in, signals out.

The numbers (D21, E1...) are those of the notes on what real players do.
"""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.players.script import expected, run
from video_tracker.players.base import Callback, Ignored, Mapped
from video_tracker.players.dashjs import SCHEME, DashjsAdapter
from video_tracker.signals import SIGNALS


def check(script: str, signals: str) -> DashjsAdapter:
    adapter = DashjsAdapter()
    assert run(adapter, script) == expected(signals)
    return adapter


def shown(bitrate: float, height: int, *, kind: str = "video", rate: float = 25) -> str:
    """The payload of a quality that shows."""
    told = {"id": "0", "bandwidth": bitrate, "height": height, "frameRate": rate}
    return json.dumps({"mediaType": kind, "newRepresentation": told})


def error(code: int, message: str = "it failed") -> str:
    return json.dumps({"error": {"code": code, "message": message}})


STARTED = """
    0    dashjs:playbackInitialized 0/- P rs=0 src=
    5    loadstart 0/- P rs=0 src=blob:1
    10   durationchange 0/20 P src=blob:1
    100  play 0/20 src=blob:1
    105  dashjs:playbackStarted 0/20 src=blob:1
    110  playing 0/20 src=blob:1
    112  dashjs:playbackPlaying 0/20 src=blob:1
    5110 timeupdate 5/20 src=blob:1
    5111 dashjs:playbackTimeUpdated 5/20 src=blob:1
"""
START = """
    10   load duration=20
    100  play position=0
    110  playing position=0
    5110 progress position=5
"""


def test_twins_are_counted_once_however_late_they_come() -> None:
    """S61, E4: dash.js' own `playbackStarted` came 62 ms after `play`."""
    adapter = check(
        STARTED
        + """
        6000 pause 5.9/20 P src=blob:1
        6062 dashjs:playbackPaused 5.9/20 P src=blob:1
        7000 play 5.9/20 src=blob:1
        7062 dashjs:playbackStarted 5.9/20 src=blob:1
        """,
        START
        + """
        6000 pause position=5.9
        7000 play position=5.9
        """,
    )
    assert adapter.ignored["playbackPaused: the media element says it itself (E4)"] == 1


def test_dash_js_alone_says_enough() -> None:
    """A log without the element's own channel."""
    check(
        """
        0    dashjs:playbackInitialized 0/- P rs=0 src=
        10   dashjs:playbackMetaDataLoaded 0/20 P src=blob:1
        100  dashjs:playbackStarted 0/20 src=blob:1
        110  dashjs:playbackPlaying 0/20 src=blob:1
        360  dashjs:playbackTimeUpdated 0.25/20 src=blob:1
        500  dashjs:playbackWaiting 0.4/20 rs=2 src=blob:1
        2500 dashjs:playbackPlaying 0.4/20 src=blob:1
        3000 dashjs:playbackSeeking 12/20 S src=blob:1
        3100 dashjs:playbackSeeked 12/20 src=blob:1
        3101 dashjs:playbackPlaying 12/20 src=blob:1
        4000 dashjs:playbackPaused 13/20 P src=blob:1
        """,
        """
        10   load duration=20
        100  play position=0
        110  playing position=0
        360  progress position=0.25
        500  buffer_start position=0.4
        2500 buffer_end position=0.4
        3000 seek_start position=0.9 to=12
        3100 seek_end position=12
        3101 playing position=12
        4000 pause position=13
        """,
    )


def test_the_last_period_s_end_ends_content_whose_element_never_ends() -> None:
    """E1: it seeks to the end, then back by half a second, paused; no `ended` ever."""
    check(
        STARTED
        + """
        19990 timeupdate 19.9/20.08 src=blob:1
        20090 dashjs:playbackEnded 20/20.08 PS rs=1 src=blob:1 {"isLast": true}
        20091 seeking 20/20.08 PS rs=1 src=blob:1
        20092 waiting 19.5/20.08 PS rs=1 src=blob:1
        20093 pause 19.5/20.08 PS rs=1 src=blob:1
        20095 seeking 19.5/20.08 PS rs=1 src=blob:1
        20110 seeked 19.5/20.08 P src=blob:1
        """,
        START
        + """
        19990 load duration=20.08
        19990 progress position=19.9
        20090 content_end position=20
        """,
    )


def test_a_seek_to_the_end_ends_the_content() -> None:
    """E1, S75: `pause` follows with the element's `ended` still false."""
    check(
        STARTED
        + """
        6000 seeking 20/20 S src=blob:1
        6010 seeked 20/20 src=blob:1
        6012 dashjs:playbackEnded 20/20 src=blob:1 {"isLast": true}
        6014 pause 20/20 P src=blob:1
        """,
        START
        + """
        6000 seek_start position=5.89 to=20
        6010 seek_end position=20
        6012 content_end position=20
        """,
    )


def test_the_element_s_end_is_said_once() -> None:
    """E4: `ended`, then `playbackEnded`."""
    check(
        STARTED
        + """
        20100 pause 20/20 PE src=blob:1
        20103 dashjs:playbackPaused 20/20 PE src=blob:1 {"ended": true}
        20104 ended 20/20 PE src=blob:1
        20106 dashjs:playbackEnded 20/20 PE src=blob:1 {"isLast": true}
        """,
        START + "20100 content_end position=20",
    )


def test_the_end_of_a_period_ends_nothing() -> None:
    """D21: the next period goes on in the same content, even in another buffer."""
    adapter = check(
        STARTED
        + """
        5200 dashjs:playbackEnded 5.09/20 src=blob:1 {"isLast": false}
        5201 dashjs:periodSwitchStarted 5.09/20 src=blob:1
        5210 emptied 0/- rs=0 src=blob:1
        5212 loadstart 0/- rs=0 src=blob:2
        5215 durationchange 0/20 rs=1 src=blob:2
        5220 seeking 5.1/20 S src=blob:2
        5230 seeked 5.1/20 src=blob:2
        5232 playing 5.1/20 src=blob:2
        5480 timeupdate 5.35/20 src=blob:2
        """,
        START
        + """
        5210 progress position=5.1
        5232 playing position=5.1
        5480 progress position=5.35
        """,
    )
    assert adapter.ignored["playbackEnded: a period's end is not the content's (D21)"] == 1


def test_another_source_is_the_next_item() -> None:
    """S24: `playbackInitialized` comes once for each `attachSource`."""
    check(
        STARTED
        + """
        6000 dashjs:streamTeardownComplete 0/- P rs=0 src=blob:1
        6001 dashjs:playbackInitialized 0/- P rs=0 src=blob:1
        6002 emptied 0/- P rs=0 src=blob:1
        6003 loadstart 0/- P rs=0 src=blob:2
        6010 durationchange 0/9 rs=1 src=blob:2
        6020 play 0/9 src=blob:2
        6030 playing 0/9 src=blob:2
        """,
        START
        + """
        6001 progress position=5.891
        6001 load next_item=True
        6010 load duration=9
        6020 play position=0
        6030 playing position=0
        """,
    )


def test_the_picture_s_quality_is_told_once_and_not_before_it_shows() -> None:
    """E3: rendered for audio too, again in every period, and before the first frame."""
    check(
        f"""
        0    dashjs:playbackInitialized 0/- P rs=0
        10   dashjs:qualityChangeRendered 0/20 P dropped=0 {shown(252409, 180)}
        12   dashjs:qualityChangeRendered 0/20 P dropped=0 {shown(48373, 0, kind="audio")}
        100  play 0/20 dropped=0
        110  playing 0/20 dropped=2
        4000 dashjs:qualityChangeRequested 3.8/20 {shown(705552, 360)}
        5000 dashjs:qualityChangeRendered 4.8/20 dropped=3 {shown(705552, 360)}
        5100 timeupdate 4.9/20 dropped=3
        9000 dashjs:qualityChangeRendered 8.8/20 dropped=3 {shown(705552, 360)}
        """,
        """
        10   load duration=20
        100  play position=0
        110  playing position=0
        110  quality bitrate=252.4 framerate=25 quality=180p dropped_frames=2
        5100 progress position=4.9
        5100 quality bitrate=705.6 framerate=25 quality=360p dropped_frames=3
        """,
    )


def test_an_empty_buffer_is_no_stall_yet() -> None:
    """`bufferStalled` came 3.2 s before playback stopped."""
    check(
        STARTED
        + """
        5200 dashjs:bufferStalled 5.1/20 src=blob:1 {"mediaType": "video"}
        8400 timeupdate 8.3/20 src=blob:1
        8410 waiting 8.3/20 rs=2 src=blob:1
        8413 dashjs:playbackWaiting 8.3/20 rs=2 src=blob:1
        9410 playing 8.3/20 src=blob:1
        """,
        START
        + """
        8400 progress position=8.3
        8410 buffer_start position=8.3
        9410 buffer_end position=8.3
        """,
    )


def test_a_lost_segment_interrupts_when_playback_stops() -> None:
    """S76, C2: the buffer plays on for seconds."""
    check(
        STARTED
        + f"""
        5200 dashjs:error 5.1/20 src=blob:1 {error(27)}
        8410 waiting 8.3/20 rs=2 src=blob:1
        """,
        START
        + """
        5200 error fatal=True reason=network loss
        8410 interrupt method=network loss
        """,
    )


def test_a_missing_manifest_is_an_error_of_nothing_that_plays() -> None:
    """S76: nobody pressed play."""
    check(
        f"0 dashjs:error 0/- P rs=0 {error(25)}",
        "0 error fatal=True reason=network loss",
    )


def test_subtitles_that_cannot_be_read_interrupt_nothing() -> None:
    check(
        STARTED
        + f"""
        5200 dashjs:error 5.1/20 src=blob:1 {error(33, "bad subtitles")}
        6000 pause 5.9/20 P src=blob:1
        """,
        START
        + """
        5200 error reason=bad subtitles
        6000 pause position=5.9
        """,
    )


MEDIA_PLAYER_EVENTS = """
    astInFuture baseUrlsUpdated bufferStalled bufferLoaded bufferStateChanged bufferLevelUpdated
    dvbFontDownloadAdded dvbFontDownloadComplete dvbFontDownloadFailed dynamicToStatic error
    fragmentLoadingCompleted fragmentLoadingProgress fragmentLoadingStarted
    fragmentLoadingAbandoned log manifestLoadingStarted manifestLoadingFinished manifestLoaded
    metricsChanged metricChanged metricAdded metricUpdated periodSwitchStarted
    periodSwitchCompleted qualityChangeRequested qualityChangeRendered newTrackSelected
    trackChangeRendered streamInitializing streamUpdated streamActivated streamDeactivated
    streamInitialized streamTeardownComplete allTextTracksAdded textTrackAdded cueEnter cueExit
    throughputMeasurementStored ttmlParsed ttmlToParse captionRendered captionContainerResize
    canPlay canPlayThrough playbackEnded playbackError playbackInitialized playbackNotAllowed
    playbackMetaDataLoaded playbackLoadedData playbackPaused playbackPlaying playbackProgress
    playbackRateChanged playbackSeeked playbackSeeking playbackStalled playbackStarted
    playbackTimeUpdated playbackVolumeChanged playbackWaiting manifestValidityChanged
    eventModeOnStart eventModeOnReceive conformanceViolation representationSwitch
    adaptationSetRemovedNoCapabilities contentSteeringRequestCompleted inbandPrft
    managedMediaSourceStartStreaming managedMediaSourceEndStreaming
"""
TYPE_DECLARATIONS = """
    public_keyAdded public_keyError public_keyMessage public_keySessionClosed
    public_keySessionCreated public_keySessionRemoved public_keyStatusesChanged
    public_keySystemSelected public_keySystemAccessComplete public_keySessionUpdated
    public_licenseRequestComplete public_licenseRequestSending public_protectioncreated
    public_protectiondestroyed public_offlineRecordFinished public_offlineRecordLoadedmetadata
    public_offlineRecordStarted public_offlineRecordStopped
    needkey protectionTeardownComplete serverCertificateUpdated videoElementSelected
"""


def test_every_event_of_dash_js_is_accounted_for() -> None:
    """S60: `MediaPlayerEvents` of dash.js 5.2 and what its `index.d.ts` adds, nothing invented."""
    known = {event for channel, event in DashjsAdapter.vocabulary if channel == "dashjs"}
    assert set((MEDIA_PLAYER_EVENTS + TYPE_DECLARATIONS).split()) == known - {SCHEME}


def test_the_table_names_real_signals_and_has_an_answer_for_each() -> None:
    for (channel, name), entry in DashjsAdapter.vocabulary.items():
        if isinstance(entry, Mapped):
            assert set(entry.signals) <= set(SIGNALS)
            assert DashjsAdapter().translate(Callback(1.0, channel, name)) is not None
        else:
            assert isinstance(entry, Ignored)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
)
INNER = st.dictionaries(
    st.sampled_from(["code", "message", "bandwidth", "height", "frameRate"]), VALUES
)
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "isLast": VALUES,
        "mediaType": st.sampled_from(["video", "audio"]),
        "newRepresentation": st.one_of(VALUES, INNER),
        "error": st.one_of(VALUES, INNER),
    },
)
STATES = st.dictionaries(
    st.sampled_from(
        [
            "currentTime",
            "duration",
            "paused",
            "ended",
            "seeking",
            "readyState",
            "src",
            "videoHeight",
        ]
    ),
    VALUES,
)
USED = [key for key, entry in DashjsAdapter.vocabulary.items() if isinstance(entry, Mapped)]


@given(
    st.lists(
        st.tuples(st.floats(min_value=0, max_value=0.5), st.sampled_from(USED), STATES, DETAILS),
        max_size=40,
    )
)
def test_no_callback_of_any_kind_makes_it_raise(calls: list[tuple]) -> None:  # type: ignore[type-arg]
    """S60: whatever dash.js fires, in whatever order, with whatever values."""
    adapter = DashjsAdapter()
    at = 1e9
    for gap, (player, name), state, detail in calls:
        at += gap
        for signal in adapter.translate(Callback(at, player, name, state, detail)):
            assert signal.at <= at
