"""The truth of viewings that are small enough to be told by hand."""

from tests.players.matrix.truth import SeenAd, truth_of
from tests.players.matrix.viewing import Ad, Break, Hearing, Leave, Pause, Viewing, Watch, heard

AD = Ad("a", 12.0)
BREAK = Break("mid", (AD,))


def test_a_mid_roll_parts_the_content_and_its_gaps_count_nowhere() -> None:
    """S1, S21, S67."""
    truth = truth_of(Viewing((Watch(10.0), BREAK, Watch(5.0), Leave())))
    assert truth.names == (
        "Playback Started",
        "Content Started",
        "Content Completed",
        "Ad Started",
        "Ad Completed",
        "Content Started",
        "Playback Exited",
    )
    assert truth.ads == (SeenAd("a", 1, "completed"),)
    seconds = {key: round(told, 6) for key, told in truth.seconds.items() if told}
    assert seconds == {"content_played": 15.0, "ad_played": 12.0}
    assert (truth.position, truth.total, truth.ended) == (605.0 + 12.0, 3612.0, "exited")


def test_a_seek_in_a_pause_is_neither_pause_nor_content() -> None:
    """S33."""
    truth = truth_of(Viewing((Watch(10.0), Pause(6.0, 2000.0), Watch(3.0), Leave())))
    seconds = {key: round(told, 6) for key, told in truth.seconds.items() if told}
    assert seconds == {"content_played": 13.0, "paused": 5.4, "seeking": 0.6}
    assert truth.furthest == {"film": 2003.0}


def test_who_joins_in_an_ad_sees_the_rest_of_it() -> None:
    """S83: press at 1 s, frame at 2 s, break at 12 s, ad from 12.4 to 24.4 s."""
    truth = truth_of(Viewing((Watch(10.0), BREAK, Watch(5.0), Leave())), 20.4)
    assert truth.names[:3] == ("Playback Started", "Ad Started", "Ad Completed")
    assert round(truth.seconds["ad_played"], 6) == 4.0
    assert round(truth.position, 6) == 605.0 + 4.0


def test_what_is_lost_is_not_heard_and_what_is_late_sees_what_is_true_then() -> None:
    viewing = Viewing((Watch(10.0), Pause(6.0), Watch(5.0), Leave()))
    lost = heard(viewing, Hearing(lost=("resume",)), 1.0)
    late = heard(viewing, Hearing(late={"resume": 1.0}), 1.0)
    assert "resume" not in {moment.kind for moment in lost}
    assert [(m.at, m.place) for m in late if m.kind == "resume"] == [(19.0, 601.0)]
    assert [m.at for m in late] == sorted(m.at for m in late)


def test_ads_in_the_stream_move_its_clock_and_nobody_speaks_of_them() -> None:
    """S9."""
    viewing = Viewing((Watch(10.0), BREAK, Watch(5.0), Leave()), stitched=True)
    moments = heard(viewing, Hearing(), 1.0)
    assert {moment.kind for moment in moments} == {"load", "press", "frame", "poll", "leave"}
    assert [moment.place for moment in moments[-3:]] == [615.0, 616.0, 617.0]
    assert {moment.item.length for moment in moments} == {3612.0}
