"""What an HTTP answer means, status by status."""

import json
from email.utils import formatdate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from video_tracker.delivery import DELIVERED, Delivered, Refused, TryLater
from video_tracker.transports.answers import judge, retry_after

NOW = 1_795_000_000.0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
def test_any_2xx_is_success_whatever_its_body(status: int) -> None:
    assert judge(status, {}, b"\xff<html>", now=NOW) == DELIVERED


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (408, "timeout"),
        (425, "unavailable"),
        (429, "throttled"),
        (500, "unavailable"),
        (502, "unavailable"),
        (503, "unavailable"),
        (504, "unavailable"),
        (520, "unavailable"),
        (599, "unavailable"),
    ],
)
def test_what_may_pass_is_tried_later(status: int, reason: str) -> None:
    answer = judge(status, {"retry-after": "7"}, b"", now=NOW)
    assert answer == TryLater(reason, f"HTTP {status}", after=7.0)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (100, "endpoint"),
        (301, "endpoint"),
        (307, "endpoint"),
        (400, "rejected"),
        (401, "credentials"),
        (403, "credentials"),
        (404, "endpoint"),
        (405, "endpoint"),
        (409, "rejected"),
        (410, "endpoint"),
        (413, "too_large"),
        (422, "rejected"),
        (501, "endpoint"),
        (505, "endpoint"),
        (600, "endpoint"),
        (0, "endpoint"),
    ],
)
def test_what_will_not_pass_is_refused(status: int, reason: str) -> None:
    assert judge(status, {"retry-after": "7"}, b"", now=NOW) == Refused(reason, f"HTTP {status}")


def test_the_reasons_of_the_body_are_told() -> None:
    body = json.dumps({"meta": {"errors": ["userId is required", "event is empty", 3]}}).encode()
    assert judge(400, {}, body, now=NOW) == Refused(
        "rejected", "HTTP 400: userId is required; event is empty; 3"
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", ""),
        (b"{}", ": {}"),
        (b"null", ": null"),
        (b'{"meta": null}', ': {"meta": null}'),
        (b'{"meta": {"errors": []}}', ': {"meta": {"errors": []}}'),
        (b'{"meta": {"errors": "no"}}', ': {"meta": {"errors": "no"}}'),
        (b"<html>\r\nbad\x1b[2J gateway</html>", ": <html>  bad [2J gateway</html>"),
        (b"\xff\xfe\xfd", ": \ufffd\ufffd\ufffd"),
    ],
)
def test_a_body_of_another_kind_is_told_as_it_is(body: bytes, told: str) -> None:
    assert judge(400, {}, body, now=NOW) == Refused("rejected", f"HTTP 400{told}")


@pytest.mark.parametrize("body", [b"[" * 60_000, b"9" * 60_000, b'{"meta":' * 8_000, b"x" * 65_536])
def test_a_body_made_to_hurt_is_cut(body: bytes) -> None:
    answer = judge(400, {}, body, now=NOW)
    assert isinstance(answer, Refused)
    assert len(answer.detail) <= 500


def test_a_secret_the_destination_repeats_is_blotted_out() -> None:
    body = json.dumps({"meta": {"errors": ["no such key: s3cret"]}}).encode()
    answer = judge(401, {}, body, now=NOW, secrets=["s3cret"])
    assert answer == Refused("credentials", "HTTP 401: no such key: ***")


@pytest.mark.parametrize(("text", "seconds"), [("0", 0.0), ("120", 120.0), (" 1.5 ", 1.5)])
def test_a_wait_in_seconds_is_read(text: str, seconds: float) -> None:
    assert retry_after({"retry-after": text}, now=NOW) == seconds


def test_a_wait_until_a_date_is_counted_on_the_destinations_own_clock() -> None:
    until = formatdate(NOW + 90, usegmt=True)
    assert retry_after({"retry-after": until}, now=NOW) == 90.0
    its_own = formatdate(NOW + 60, usegmt=True)
    assert retry_after({"retry-after": until, "date": its_own}, now=NOW) == 30.0


def test_a_date_gone_by_is_no_wait() -> None:
    assert retry_after({"retry-after": formatdate(NOW - 5, usegmt=True)}, now=NOW) == 0.0


@pytest.mark.parametrize(
    "text", ["", "-1", "soon", "1e9", "inf", "nan", "9" * 5_000, "Mon, 99 Foo 2026", "0x10", "٣"]
)
def test_a_wait_that_makes_no_sense_is_unknown(text: str) -> None:
    assert retry_after({"retry-after": text}, now=NOW) is None


@given(
    status=st.integers(-1, 1000),
    headers=st.dictionaries(st.sampled_from(["retry-after", "date", "x"]), st.text()),
    body=st.binary() | st.recursive(
        st.none() | st.text() | st.floats(), lambda inner: st.lists(inner) | st.dictionaries(
            st.sampled_from(["meta", "errors"]), inner)
    ).map(lambda value: json.dumps(value).encode()),
)  # fmt: skip
@example(status=429, headers={"retry-after": "Sun, 06 Nov 99999 08:49:37 GMT"}, body=b"")
@example(status=429, headers={"retry-after": "Sun, 06 Nov 1994 08:49:37 -0000"}, body=b"")
def test_no_answer_whatever_raises(status: int, headers: dict[str, str], body: bytes) -> None:
    answer = judge(status, headers, body, now=NOW)
    assert isinstance(answer, Delivered) == (200 <= status < 300)
