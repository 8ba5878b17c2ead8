"""CMCD version 2: a line as a callback, and reports as signals and events."""

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.script import START, expected, lines, written
from video_tracker.ingest.cmcd_log import in_order
from video_tracker.ingest.cmcd_report import (
    ReportError,
    is_media_type,
    lines_of,
    read_report,
)
from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Callback
from video_tracker.players.cmcd import CmcdAdapter
from video_tracker.session import Playback, Session
from video_tracker.signals import Load, Signal
from video_tracker.testing import check_adapter, check_streams

# -- a line ----------------------------------------------------------------------------------------


def keys_of(line: str) -> dict[str, Any]:
    """The keys of a line beside those that every report has."""
    told = dict(read_report(f"{line},e=t,ts=1795938196665,v=2").detail)
    return {key: value for key, value in told.items() if key not in ("e", "ts", "v")}


def test_a_line_is_a_callback_at_its_time() -> None:
    line = 'bl=(5900),br=(200),cid="film-1",e=ps,sid="s-1",sn=33,sta=a,ts=1795938196665,v=2'

    report = read_report(line)

    assert (report.at, report.player, report.event) == (1795938196.665, "cmcd", "ps")
    assert report.detail == {
        "bl": [5900],
        "br": [200],
        "cid": "film-1",
        "e": "ps",
        "sid": "s-1",
        "sn": 33,
        "sta": "a",
        "ts": 1795938196665,
        "v": 2,
    }


def test_a_response_counts_from_when_it_had_come() -> None:
    """`ts` of `rr` is when the request began; `ttlb` is how long its last byte took."""
    assert read_report("e=rr,ts=1795938209350,ttlb=6006,v=2").at == 1795938215.356


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("bg", {"bg": True}),
        ("bg=?0", {"bg": False}),
        ("pr=1.25", {"pr": 1.25}),
        ("ltc=-12", {"ltc": -12}),
        ("bl=(2000;v 1900;a)", {"bl": [[2000, "v"], [1900, "a"]]}),
        ("bsd=()", {"bsd": []}),
        ("bsd=( 1  22 )", {"bsd": [1, 22]}),
        ('nor=("a(1).m4s" "b, c.m4s")', {"nor": ["a(1).m4s", "b, c.m4s"]}),
        (r'cid="a \"b\" \\c"', {"cid": r'a "b" \c'}),
        ("com.example-own=tok:en/1", {"com.example-own": "tok:en/1"}),
        ("sn=1;p=2;q", {"sn": 1}),
        ("sn=1 ,\tst=l", {"sn": 1, "st": "l"}),
        ("sn=1,sn=2", {"sn": 2}),
        ("example-bytes=:aGk=:", {"example-bytes": ":aGk=:"}),
        ("example-number=123456789012345", {"example-number": 123456789012345}),
    ],
)
def test_values_are_read_as_rfc_8941_writes_them(line: str, keys: dict[str, Any]) -> None:
    assert keys_of(line) == keys


@pytest.mark.parametrize(
    "line",
    [
        "",
        "sn=1,",
        "sn=",
        "SN=1",
        "sn=1 st=l",
        "sn=1234567890123456",
        "pr=1.2345",
        "pr=1.",
        'cid="a',
        'cid="a\\n"',
        'cid="caf\u00e9"',
        "bg=?2",
        "bl=(1",
        "bl=(1(2))",
        "bl=(1,2)",
        "a=1\r\nb=2",
        "ts=\u0661\u0662",
    ],
)
def test_a_line_that_is_no_dictionary_is_told(line: str) -> None:
    with pytest.raises(ReportError) as error:
        read_report(line and f"e=t,v=2,ts=1795938196665,{line}")

    assert error.value.reason == "malformed"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ts=1795938196665,v=2", "missing"),
        ("e=t,v=2", "missing"),
        ("e=t,ts=1795938196665", "bad_version"),
        ("e=t,ts=1795938196665,v=1", "bad_version"),
        ("e=t,ts=soon,v=2", "bad_time"),
        ("e=t,ts=-1,v=2", "bad_time"),
        ("e=t,ts=7258118400000,v=2", "bad_time"),
    ],
)
def test_a_line_that_is_no_report_of_version_2_is_told(line: str, reason: str) -> None:
    with pytest.raises(ReportError) as error:
        read_report(line)

    assert error.value.reason == reason


ITEMS = st.one_of(
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)),
)


def serialised(value: object) -> str:
    """A value as RFC 8941, section 4.1, writes it."""
    if isinstance(value, list):
        return f"({' '.join(map(serialised, value))})"
    if isinstance(value, bool):
        return f"?{value:d}"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


@given(
    st.dictionaries(
        st.from_regex(r"[a-d][a-z0-9_.*-]{0,8}", fullmatch=True), ITEMS | st.lists(ITEMS)
    )
)
def test_what_is_written_by_the_standard_is_read_as_it_was(keys: dict[str, Any]) -> None:
    line = ",".join(f"{key}={serialised(value)}" for key, value in keys.items())

    assert keys_of(f"sn=0,{line}" if line else "sn=0") == {"sn": 0, **keys}


@given(st.text() | st.text('abe=,;() "\\?0123.-*:t'))
def test_any_line_is_a_report_or_a_reason(line: str) -> None:
    reason = ""
    try:
        reason = read_report(line).event
    except ReportError as error:
        reason = error.reason

    assert reason


def test_a_body_may_end_as_it_likes() -> None:
    assert list(lines_of("a=1\r\n\n b=2 \nc=3")) == [(1, "a=1"), (3, "b=2"), (4, "c=3")]


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("application/cmcd", True),
        ("text/cmcd", True),
        ("Application/CMCD; charset=utf-8", True),
        ("application/json", False),
        ("", False),
    ],
)
def test_both_names_of_the_media_type_are_known(value: str, known: bool) -> None:
    assert is_media_type(value) is known


# -- reports as signals ----------------------------------------------------------------------------


def reports(script: str) -> Iterator[Callback]:
    """Callbacks of lines ``ms KEYS``: numbered in each ``cid``, ``film`` where none is named."""
    counts: dict[str, int] = {}
    for line in lines(script):
        ms, _, keys = line.partition(" ")
        told = dict(part.partition("=")[::2] for part in keys.split(","))
        cid = told.setdefault("cid", '"film"').strip('"')
        told.setdefault("sn", str(counts.get(cid, 0)))
        counts[cid] = int(told["sn"]) + 1
        told.setdefault("sid", '"s"')
        told |= {"ts": f"{START * 1000 + float(ms):.0f}", "v": "2"}
        yield read_report(
            ",".join(f"{key}={value}" if value else key for key, value in told.items())
        )


def said(signal: Signal) -> str:
    """A signal as a line; of a load what it loads."""
    if not isinstance(signal, Load):
        return written(signal)
    words = [f"{round((signal.at - START) * 1000)} load"]
    words += [] if signal.content is None else [str(signal.content.asset_id)]
    words += ["next"] if signal.next_item else []
    return " ".join([*words, "live"] if signal.livestream else words)


def signals_of(script: str, adapter: CmcdAdapter | None = None) -> list[str]:
    """The signals of a script, as they are written."""
    adapter = CmcdAdapter() if adapter is None else adapter
    found = [signal for report in reports(script) for signal in adapter.translate(report)]
    return [said(signal) for signal in (*found, *adapter.flush(START + 1e6))]


def playback_of(script: str, adapter: CmcdAdapter | None = None) -> tuple[Playback, list[str]]:
    """The sessions of a script, and their events without beats: seconds, name, position."""
    adapter = CmcdAdapter() if adapter is None else adapter
    settings = Settings(**adapter.settings)
    playback = Playback(Session("s1", SessionPlan(user_id="u1"), settings=settings))
    told = [signal for report in reports(script) for signal in adapter.translate(report)]
    events = []
    for signal in (*told, *adapter.flush(START + 1e6)):
        events += [event for _, event in playback.receive(signal)]
    events += [event for _, event in playback.finish()]
    assert check_streams(events) == []
    told_events = [
        f"{round(event.at - START, 2):g} {event.name.removeprefix('Video ')} {event.position}"
        for event in events
        if not event.name.endswith((" Playing", "Updated"))
    ]
    return playback, told_events


PLAYS = """
0 e=ps,sta=d
1000 e=ps,sta=s
1100 e=ps,sta=p
"""
BEGAN = ["0 load film", "1000 play", "1100 playing"]


def after(script: str, adapter: CmcdAdapter | None = None) -> list[str]:
    """The signals of what follows a start at 1.1 s."""
    found = signals_of(PLAYS + script, adapter)
    assert found[:3] == BEGAN
    return found[3:]


def test_a_viewing_from_start_to_end() -> None:
    """S25, S75: `s` is the wish, `p` the first frame; `t` is evidence that it still plays (S63)."""
    assert after("31000 e=t,sta=p\n40000 e=ps,sta=e\n61000 e=t,sta=e") == expected("""
        31000 progress
        40000 content_end
        40000 end
        """)


@pytest.mark.parametrize(
    ("script", "signals"),
    [
        ("5000 e=ps,sta=a\n9000 e=ps,sta=p", ["5000 pause", "9000 play", "9000 playing"]),
        ("5000 e=ps,sta=a\n5010 e=ps,sta=e", ["5010 content_end", "5010 end"]),
        ("5000 e=ps,sta=a\n5100 e=t,sta=a\n5200 e=ps,sta=p",
         ["5000 pause", "5200 play", "5200 playing"]),
        ("5000 e=ps,sta=a\n5300 e=ps,sta=e", ["5000 pause", "5300 content_end", "5300 end"]),
        ("5000 e=ps,sta=a", ["5000 pause"]),
    ],
    ids=["a pause", "the end's own", "a short one", "one before the end", "the last word"],
)  # fmt: skip
def test_a_pause_is_held_for_the_end_that_may_follow(script: str, signals: list[str]) -> None:
    """S31: a quarter of a second, and told with its own time."""
    assert after(script) == signals


@pytest.mark.parametrize(
    ("script", "signals"),
    [
        ("5000 e=ps,sta=k\n5002 e=ps,sta=r\n5100 e=ps,sta=p",
         ["5000 seek_start", "5100 seek_end", "5100 playing"]),
        ("5000 e=ps,sta=k\n5000 e=ps,sta=w\n5100 e=ps,sta=p",
         ["5000 seek_start", "5100 seek_end", "5100 playing"]),
        ("5000 e=ps,sta=k\n5100 e=ps,sta=a",
         ["5000 seek_start", "5100 seek_end", "5100 pause"]),
        ("5000 e=ps,sta=a\n6000 e=ps,sta=k\n6005 e=ps,sta=a",
         ["5000 pause", "6000 seek_start", "6000 seek_end"]),
        ("5000 e=ps,sta=a\n6000 e=ps,sta=k\n36000 e=t,sta=k\n65000 e=ps,sta=p",
         ["5000 pause", "6000 seek_start", "6000 seek_end", "65000 play", "65000 playing"]),
        ("5000 e=ps,sta=k\n5100 e=ps,sta=e",
         ["5000 seek_start", "5100 seek_end", "5100 content_end", "5100 end"]),
    ],
    ids=["hls.js", "dash.js", "into a pause", "in a pause", "in one, unended", "to the end"],
)  # fmt: skip
def test_a_seek_looks_like_a_stall_and_is_none(script: str, signals: list[str]) -> None:
    """S33, S81: one in a pause is over at once, since some players never say so."""
    assert after(script) == signals


@pytest.mark.parametrize(
    ("script", "signals"),
    [
        ("5000 e=ps,sta=r\n7000 e=ps,sta=p", ["5000 buffer_start", "7000 buffer_end"]),
        ("5000 e=ps,sta=r\n6000 e=t,sta=r\n7000 e=ps,sta=a", ["5000 buffer_start", "7000 pause"]),
        ("5000 e=ps,sta=w\n7000 e=ps,sta=k\n8000 e=ps,sta=p",
         ["5000 buffer_start", "7000 seek_start", "8000 seek_end", "8000 playing"]),
    ],
    ids=["over", "into a pause", "into a seek"],
)  # fmt: skip
def test_a_stall(script: str, signals: list[str]) -> None:
    """S32, S66: who comes first ends it."""
    assert after(script) == signals


def test_a_lost_state_is_found_in_the_next_report() -> None:
    """S83: every report but a response's holds the state."""
    assert after("5000 e=t,sta=a\n9000 e=bc,sta=p") == expected("""
        5000 pause
        9000 play
        9000 playing
        """)


def test_a_responses_state_is_that_of_its_request() -> None:
    assert after("5000 e=rr,sta=r\n6000 e=rr,sta=k\n7000 e=rr,sta=a") == []


def test_a_response_is_evidence_of_what_the_state_said() -> None:
    """S63: a segment that is asked for while it plays."""
    assert after("5000 e=rr,sta=p\n6000 e=ps,sta=a\n9000 e=rr,sta=p") == expected("""
        5000 progress
        6000 pause
        """)


@pytest.mark.parametrize(
    ("script", "signals"),
    [
        ("0 e=ps,sta=s\n2600 e=ps,msd=1,sta=p", ["0 load film", "2599 play", "2600 playing"]),
        ("0 e=ps,sta=s\n900 e=ps,msd=900,sta=p", ["0 load film", "0 play", "900 playing"]),
        ("0 e=ps,sta=s\n900 e=ps,msd=9000,sta=p", ["0 load film", "0 play", "900 playing"]),
        ("0 e=ps,sta=s\n900 e=ps,sta=p", ["0 load film", "0 play", "900 playing"]),
        ("0 e=ps,sta=r\n900 e=ps,sta=p", ["0 load film", "900 play", "900 playing"]),
        ("0 e=ps,sta=s\n900 e=t,sta=s", ["0 load film"]),
    ],
    ids=["dash.js, loaded ahead", "autoplay", "absurd", "without msd", "Shaka", "never wanted"],
)
def test_the_wish_to_play_is_as_old_as_msd_says(script: str, signals: list[str]) -> None:
    """S25: an `s` that no `d` came before may only be the loading."""
    assert signals_of(script) == signals


def test_a_fatal_state_interrupts_with_the_codes_that_were_told() -> None:
    """S26, S76."""
    assert after('5000 e=e,ec=("E1" "net"),sta=p\n6000 e=ps,sta=f') == expected("""
        5000 progress
        5000 error reason=E1 net
        6000 error fatal=True reason=E1 net
        6000 interrupt method=E1 net
        """)


def test_a_fatal_error_before_the_first_frame_has_been_a_start() -> None:
    """S25, S76."""
    assert signals_of("0 e=ps,sta=s\n900 e=e,ec=27,sta=f") == expected("""
        0 load film
        0 play
        900 error fatal=True reason=27
        900 interrupt method=27
        """)


def test_a_failure_waits_a_moment_for_its_reason() -> None:
    """hls.js tells the state, and the code in its next report; the failure keeps its own time."""
    told = after('6000 e=ps,sta=f\n6001 e=e,ec=("bufferAppendError"),sta=f')
    silent = after("6000 e=ps,sta=f\n9000 e=t,sta=f")

    assert told == expected("""
        6000 error fatal=True reason=bufferAppendError
        6000 interrupt method=bufferAppendError
        """)
    assert silent == expected("""
        6000 error fatal=True reason=playback error
        6000 interrupt method=playback error
        """)


def test_who_quits_has_left() -> None:
    """S26."""
    assert after("5000 e=ps,sta=q") == ["5000 exit"]


def test_after_the_end_only_what_plays_begins_a_new_session() -> None:
    """S24: `t` goes on for ever, and a seek back alone plays nothing."""
    ended = PLAYS + "9000 e=ps,sta=e\n12000 e=t,sta=e\n13000 e=ps,sta=k\n15000 e=t,sta=k"
    once, _ = playback_of(ended)
    twice, events = playback_of(ended + "\n16000 e=ps,sta=p\n18000 e=ps,sta=e")

    assert len(once.sessions) == 1
    assert len(twice.sessions) == 2
    assert events[4:] == [
        "16 Playback Started 0",
        "16 Content Started 0",
        "18 Content Completed 2",
        "18 Playback Completed 2",
    ]


def test_the_rate_is_the_reports_and_one_where_it_is_left_out() -> None:
    """S87."""
    script = "5000 e=pr,pr=2,sta=p\n6000 e=t,pr=2,sta=p\n7000 e=t,sta=p\n8000 e=t,pr=0,sta=p"

    assert [line for line in after(script) if "update" in line] == expected("""
        5000 update playback_rate=2
        7000 update playback_rate=1
        """)


@pytest.mark.parametrize(
    ("told", "kbps"),
    [
        ("(200)", "200"),
        ("(120;v 48;a)", "120"),
        ("(48;a 120;v)", "120"),
        ("(4500;av)", "4500"),
        ("200", "200"),
    ],
)
def test_the_bit_rate_is_the_pictures(told: str, kbps: str) -> None:
    """S54; version 1 writes a number without a list."""
    assert after(f"5000 e=bc,br={told},sta=p")[-1] == f"5000 quality bitrate={kbps}"


def test_a_livestream_says_so() -> None:
    """S6."""
    assert "5000 load live" in after("5000 e=t,st=l,sta=p")


def test_sound_screen_and_background() -> None:
    """S77: hidden is a remark, no pause."""
    adapter = CmcdAdapter()
    script = """
        2000 e=m,sta=p
        3000 e=pe,sta=p
        4000 bg,e=b,sta=p
        5000 bg=?0,e=b,sta=p
        6000 e=um,sta=p
        7000 e=pc,sta=p
        8000 cen="chapter",e=ce,sta=p
        """

    assert [line for line in after(script, adapter) if "progress" not in line] == expected("""
        2000 update sound=0
        3000 update full_screen=True
        6000 update sound=100
        7000 update full_screen=False
        """)
    assert {"b: background", "b: shown", "ce: chapter"} <= set(adapter.notes)


# -- places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["pt={}", 'video-tracker-pt="{}"', "video-tracker-pt={}"])
def test_a_playhead_that_is_told_is_exact(key: str) -> None:
    """S33, S78: a player's own key (`pt`), or the page's, in milliseconds."""
    adapter = CmcdAdapter()
    script = f"""
        3100 e=t,{key.format(2000)},sta=p
        5100 e=ps,{key.format(30000)},sta=k
        5300 e=ps,{key.format(30000)},sta=p
        7300 e=ps,{key.format(32000)},sta=a
        """

    assert after(script, adapter) == expected("""
        3100 progress position=2
        5100 seek_start position=4 to=30
        5300 seek_end position=30
        5300 playing position=30
        7300 pause position=32
        """)
    assert adapter.grade == "exact"
    assert list(adapter.notes) == ["positions: exact (pt)"]


def test_the_old_place_in_a_seeks_first_report_is_not_where_it_goes() -> None:
    script = "3100 e=t,pt=2000,sta=p\n4100 e=ps,pt=3000,sta=k\n4200 e=ps,sta=p\n6000 e=ps,sta=a"

    assert after(script)[1:] == expected("""
        4100 seek_start position=3
        4200 seek_end
        4200 playing
        6000 pause
        """)


# -- lanes -----------------------------------------------------------------------------------------

AD = """
5000 cid="ad",e=t
5001 cid="ad",e=ps,sta=d
5030 cid="ad",e=ps,sta=s
5050 cid="ad",e=ps,sta=p
7000 e=t,sta=p
"""
OVER = """
11060 e=ps,sta=d
11070 e=ps,sta=r
11080 e=ps,sta=k
11090 e=ps,sta=p
"""
OPENED = ["5050 ad_break_start", "5050 ad_start asset_id=ad"]


def test_an_interstitial_is_a_lane_that_begins_while_the_content_plays() -> None:
    """S14, S71: its first `p` starts it; until the content's next `ps` its reports say nothing."""
    assert after(AD + '11050 cid="ad",e=ps,sta=e' + OVER) == [
        *OPENED,
        "11050 ad_end asset_id=ad",
        "11090 ad_break_end",
        "11090 playing",
    ]


def test_two_assets_are_two_ads_of_one_break() -> None:
    second = '8000 cid="b",e=ps,sta=d\n8050 cid="b",e=ps,sta=p\n11050 cid="b",e=ps,sta=e'

    assert after(AD + '8000 cid="ad",e=ps,sta=e\n' + second + OVER) == [
        *OPENED,
        "8000 ad_end asset_id=ad",
        "8050 ad_start asset_id=b",
        "11050 ad_end asset_id=b",
        "11090 ad_break_end",
        "11090 playing",
    ]


def test_an_announced_interstitial_that_never_moves_is_none() -> None:
    """S71."""
    script = '5000 cid="ad",e=ps,sta=d\n5030 cid="ad",e=ps,sta=s\n7000 e=t,sta=p'

    assert after(script) == ["7000 progress"]


def test_an_ad_whose_end_was_lost_ends_with_its_break() -> None:
    """S62, S72: the session judges what became of it."""
    assert after(AD + OVER)[2:] == ["11090 ad_break_end", "11090 playing"]


def test_content_whose_return_was_lost_is_back_two_seconds_after_the_ad() -> None:
    """S81: every wait is bounded."""
    script = '11050 cid="ad",e=ps,sta=e\n12000 e=t,sta=p\n14000 e=t,sta=p'

    assert after(AD + script)[3:] == ["14000 ad_break_end", "14000 playing"]


def test_a_pause_and_a_stall_in_an_ad_are_the_ads() -> None:
    """S32."""
    script = """
        6000 cid="ad",e=ps,sta=r
        6500 cid="ad",e=ps,sta=p
        7500 cid="ad",e=ps,sta=a
        8500 cid="ad",e=ps,sta=p
        """
    assert after(AD.replace("7000 e=t,sta=p\n", "") + script)[2:] == expected("""
        6000 buffer_start
        6500 buffer_end
        7500 pause
        8500 play
        """)


def test_a_pre_roll_comes_after_the_wish_to_play() -> None:
    """S10, S25."""
    script = """
        0 e=ps,sta=d
        1000 e=ps,sta=s
        1010 cid="ad",e=ps,sta=d
        1050 cid="ad",e=ps,sta=p
        7050 cid="ad",e=ps,sta=e
        7100 e=ps,sta=p
        """

    assert signals_of(script) == expected("""
        0 load film
        1000 play
        1050 ad_break_start
        1050 ad_start asset_id=ad
        7050 ad_end asset_id=ad
        7100 ad_break_end
        7100 playing
        """)


@pytest.mark.parametrize("event", ["c", "t"])
def test_another_cid_of_the_same_reporter_is_the_next_item(event: str) -> None:
    """S24: its count goes on, also where the report of the change (`c`) was lost."""
    script = f'5000 cid="next",e={event},sn=3,sta=p\n9000 cid="next",e=ps,sn=4,sta=e'

    assert [line for line in after(script) if "progress" not in line] == expected("""
        5000 load next next
        5000 play
        5000 playing
        9000 content_end
        9000 end
        """)


def test_a_lane_that_begins_in_a_pause_is_the_next_item() -> None:
    """S92: nobody waits for the one before."""
    script = '3000 e=ps,sta=a\n5000 cid="next",e=ps,sta=s\n5100 cid="next",e=ps,sta=p'

    assert after(script) == expected("""
        3000 pause
        5000 load next next
        5000 play
        5100 playing
        """)


# -- what comes twice, late, or from elsewhere -----------------------------------------------------


def test_what_is_told_twice_or_late_changes_nothing() -> None:
    """S68: by the lane's own count, whatever its time."""
    adapter = CmcdAdapter()
    told = [*reports(PLAYS + "5000 e=ps,sta=a\n8000 e=ps,sta=p")]
    late = [told[0], told[1], told[2], told[2], told[4], told[3], told[0]]
    found = [said(signal) for report in late for signal in adapter.translate(report)]

    assert found == BEGAN
    assert adapter.ignored == {"ps: told twice, or after its turn (sn)": 3}


def test_the_next_source_of_a_player_counts_anew() -> None:
    """S24: hls.js keeps its `sid`, and first tells the state of the source before.

    A smaller number in a later report is no repetition.
    """
    script = """
        5000 e=ps,sta=a
        60000 e=t,sn=0,sta=a
        60001 e=ps,sn=1,sta=d
        61000 e=ps,sn=2,sta=s
        61100 e=ps,sn=3,sta=p
        """

    assert after(script) == [
        "5000 pause",
        "60000 load film next",
        "61000 play",
        "61100 playing",
    ]


def test_the_next_source_may_come_at_once_and_under_its_own_name() -> None:
    """S92: while the one before plays; only a reporter that begins with `d` or `s` is an ad's."""
    script = """
        5000 cid="next",e=t,sta=p
        5001 cid="next",e=ps,sta=d
        6000 cid="next",e=ps,sta=s
        6100 cid="next",e=ps,sta=p
        """

    assert after(script) == ["5000 load next next", "6000 play", "6100 playing"]


def test_a_source_after_the_end_is_a_new_session() -> None:
    """S24."""
    script = """
        9000 e=ps,sta=e
        20000 e=t,sn=0,sta=e
        20001 e=ps,sn=1,sta=d
        21000 e=ps,sn=2,sta=s
        21100 e=ps,sn=3,sta=p
        25100 e=ps,sn=4,sta=e
        """
    playback, events = playback_of(PLAYS + script)

    assert len(playback.sessions) == 2
    assert events[4:] == [
        "21 Playback Started 0",
        "21.1 Content Started 0",
        "25.1 Content Completed 4",
        "25.1 Playback Completed 4",
    ]


def test_another_session_is_not_this_adapters() -> None:
    adapter = CmcdAdapter()

    assert after('5000 e=ps,sid="other",sta=a\n6000 e=t,sta=p', adapter) == ["6000 progress"]
    assert adapter.ignored == {"ps: of another session (sid)": 1}


def test_keys_that_nobody_knows_are_counted() -> None:
    """S60."""
    adapter = CmcdAdapter()

    assert after("5000 com.example-x=1,e=t,sta=p,zz\n6000 e=t,sta=p,zz", adapter) == [
        "5000 progress",
        "6000 progress",
    ]
    assert adapter.notes["key zz: not read"] == 2
    assert adapter.notes["key com.example-x: not read"] == 1


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("0 e=ps\n1000 e=t\n2000 e=rr", True),
        ("0 e=t,sta=z", True),
        ("0 e=t,sta=d", False),
        ("0 e=ps\n1000 e=t,sta=p", False),
    ],
)
def test_reports_without_play_states_are_of_no_use(script: str, reason: bool) -> None:
    adapter = CmcdAdapter()

    assert (signals_of(script, adapter) == []) is reason
    assert (adapter.unusable is not None) is reason


# -- stalls that no state told ---------------------------------------------------------------------


def test_the_lengths_of_stalls_repair_one_whose_state_was_lost() -> None:
    """S61: put right before the report that tells of it; those that were told stay as they are."""
    adapter = CmcdAdapter()
    told = "5000 e=ps,sta=r\n5400 bsd=(400),e=ps,sta=p\n15000 e=t,sta=p\n"
    lost = "25000 bsd=(2500),e=t,sta=p\n35000 bs,e=t,sta=p"

    assert after(told + lost, adapter) == expected("""
        5000 buffer_start
        5400 buffer_end
        15000 progress
        22500 buffer_start
        25000 progress
        25000 buffer_end
        35000 progress
        """)
    assert adapter.notes["bsd: a stall that no ps told"] == 1
    assert adapter.notes["bs: a stall of unknown length"] == 1


# -- ads that a player tells -----------------------------------------------------------------------


def test_ads_that_the_player_itself_tells() -> None:
    """S62, S71: `abs`, `as`, `ae`, `abe`; the id is a key of the page's own."""
    script = """
        5000 e=abs,sta=p
        5100 e=as,sta=p,video-tracker-ad="a1"
        7000 e=t,sta=p
        8000 e=ps,sta=a
        9000 e=ps,sta=p
        11000 e=ae,sta=p
        11100 e=as,sta=p,video-tracker-ad="a2"
        13000 e=sk,sta=p
        13100 e=abe,sta=p
        14000 e=t,sta=p
        """

    assert after(script) == expected("""
        5000 ad_break_start
        5100 ad_start asset_id=a1
        8000 pause
        9000 play
        11000 ad_end asset_id=a1
        11100 ad_start asset_id=a2
        13000 ad_skip
        13100 ad_break_end
        13100 playing
        14000 progress
        """)


def test_content_after_told_ads_is_back_two_seconds_after_the_last_one() -> None:
    """S81: the end of the break was lost."""
    script = "5000 e=as,sta=p\n11000 e=ae,sta=p\n12000 e=t,sta=p\n14000 e=t,sta=p"

    assert after(script)[-2:] == ["14000 ad_break_end", "14000 playing"]


# -- anything --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_it_passes_the_checks_of_an_adapter(seed: int) -> None:
    assert check_adapter(CmcdAdapter, seed=seed, rounds=10) == []


def strange(chance: random.Random) -> Iterator[Callback]:
    """Reports of a few lanes in any order, most of their keys likely, some of them not."""
    at = START
    for number in range(60):
        at += chance.choice((0.0, 0.002, 0.1, 0.3, 2.0, 30.0))
        event = chance.choice(("ps", "ps", "ps", "t", "rr", "c", "as", "ae", "abs", "abe", "e"))
        detail: dict[str, Any] = {"e": event, "ts": at * 1000, "sn": number}
        detail["sta"] = chance.choice("dsppprrkkaaweeefq")
        detail["cid"] = chance.choice(("film", "film", "film", "ad", "b", None))
        detail["bsd"] = chance.choice((None, [2000], [[5, "v"]], "x"))
        detail["pt"] = chance.choice((None, None, 1000 * number, -1, "x"))
        detail["br"] = chance.choice((None, [200], [], [[1, "v"]], 5))
        if chance.random() < 0.2:
            detail["sn"] = chance.choice((0, None, "x", number - 3))
        yield Callback(at, "cmcd", event, detail=detail)


@pytest.mark.parametrize("seed", range(30))
def test_no_order_of_states_and_lanes_makes_an_invalid_stream(seed: int) -> None:
    """S60."""
    adapter = CmcdAdapter()
    settings = Settings(**adapter.settings)
    playback = Playback(Session("s1", SessionPlan(user_id="u1"), settings=settings))
    events, last = [], START
    for report in strange(random.Random(seed)):
        signals = adapter.translate(report)
        assert all(before.at <= after.at for before, after in itertools.pairwise(signals))
        for signal in signals:
            events += [event for _, event in playback.receive(signal)]
        last = report.at
    for signal in adapter.flush(last):
        events += [event for _, event in playback.receive(signal)]
    events += [event for _, event in playback.finish()]

    assert check_streams(events) == []


# -- the order of a log ----------------------------------------------------------------------------


def order(told: Iterable[Callback]) -> list[tuple[Any, Any]]:
    return [(report.detail["cid"], report.detail["sn"]) for report in in_order(told)]


def test_a_lane_goes_by_its_numbers_though_its_clock_was_set_back() -> None:
    """S64, S68."""
    told = [*reports("10000 e=ps\n11000 e=ps\n4000 e=ps\n5000 e=ps")]

    assert order(told) == [("film", number) for number in range(4)]


def test_lanes_go_by_their_times() -> None:
    told = [*reports('1000 e=ps\n2000 cid="ad",e=ps\n3000 e=ps\n4000 cid="ad",e=ps')]

    assert order(told) == [("film", 0), ("ad", 0), ("film", 1), ("ad", 1)]


@pytest.mark.parametrize("turned", [False, True])
def test_the_next_source_comes_after_the_one_before(turned: bool) -> None:
    """Also at once, and where the lines of both overtook each other."""
    script = "1000 e=ps\n2000 e=ps\n3000 e=ps\n3050 e=ps,sn=0\n3060 e=ps,sn=1\n9000 e=ps,sn=2"
    told = [*reports(script)]
    told[2:5] = told[4:1:-1] if turned else told[2:5]

    assert [round(report.at - START, 2) for report in in_order(told)] == [1, 2, 3, 3.05, 3.06, 9]
