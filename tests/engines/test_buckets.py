"""Many viewers in one value: what was put in comes out, and nothing else ever does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.engines.buckets import Held, packed, unpacked
from video_tracker.errors import PolicyError, SnapshotError

TIMES = st.integers(-(2**62), 2**62)
BUCKETS = st.dictionaries(
    st.text(st.characters(), min_size=1),  # also halves of a pair, which are in no UTF-8
    st.builds(Held, st.none() | st.binary(), TIMES, TIMES),
    max_size=5,
)


@given(BUCKETS)
def test_a_bucket_comes_out_as_it_was_put_in(bucket: dict[str, Held]) -> None:
    assert unpacked(packed(bucket, 1000), 1000) == bucket


@given(BUCKETS, st.data())
def test_a_bucket_of_which_a_bit_or_an_end_is_wrong_is_refused(
    bucket: dict[str, Held], data: st.DataObject
) -> None:
    """Whoever was lost out of it would begin anew, with ids that were used (S50)."""
    good = packed(bucket, 1000)
    bit = data.draw(st.integers(0, len(good) * 8 - 1))
    flipped = bytearray(good)
    flipped[bit // 8] ^= 1 << bit % 8
    end = data.draw(st.integers(0, len(good) - 1))

    for wrong in (bytes(flipped), good[:end], good + b"\0"):
        with pytest.raises(SnapshotError, match="a bucket of viewers cannot be read"):
            unpacked(wrong, 1000)


def test_a_form_of_a_later_version_is_named() -> None:
    value = packed({"s1": Held(b"he", 1, 0)}, 1000)

    with pytest.raises(SnapshotError, match="its form is 2"):
        unpacked(b"\x02" + value[1:], 1000)


def test_another_number_of_buckets_is_refused_for_nobody_would_be_found() -> None:
    value = packed({"s1": Held(b"he", 1, 0)}, 1000)

    with pytest.raises(PolicyError, match="dealt into 1000 buckets, not 2000: keep buckets=1000"):
        unpacked(value, 2000)
