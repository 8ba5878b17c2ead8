"""Frames of a segment: what is whole is read, what is not is passed over, nothing is made up."""

import itertools
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.spooling import record, records
from video_tracker.delivery.spool_format import (
    OVERHEAD,
    RUN_SIZE,
    pack_record,
    pack_runs,
    runs,
    scan_records,
    scan_runs,
    unpack_record,
)
from video_tracker.record import Record

LOG = [pack_record(one, number, 5.0) for number, one in enumerate(records(4, size=40))]
WHOLE = b"".join(LOG)
BOUNDS = [sum(map(len, LOG[:count])) for count in range(len(LOG) + 1)]
BY_NUMBER = dict(enumerate(records(4, size=40)))

texts = st.text(st.characters(codec=None), max_size=12)
any_record = st.builds(
    Record, message_id=texts, session_id=texts, event=texts, body=st.binary(max_size=60)
)


def read(data: bytes) -> dict[int, Record]:
    return {frame.number: unpack_record(data, frame) for frame in scan_records(data)}


@given(st.lists(any_record, max_size=6), st.floats(0, 2e9))
def test_what_is_packed_is_read_back(kept: list[Record], at: float) -> None:
    data = b"".join(pack_record(one, number, at) for number, one in enumerate(kept))

    frames = list(scan_records(data))

    assert [unpack_record(data, frame) for frame in frames] == kept
    assert [frame.at for frame in frames] == [at] * len(kept)
    assert [frame.end - frame.body for frame in frames] == [len(one.body) for one in kept]


def test_a_record_takes_32_bytes_beside_its_own() -> None:
    one = record(1)
    texts = (one.message_id, one.session_id, one.event)

    assert OVERHEAD == 32
    assert len(pack_record(one, 0, 1.0)) == 32 + sum(map(len, texts)) + len(one.body)


@pytest.mark.parametrize("length", range(len(WHOLE) + 1))
def test_a_log_cut_off_anywhere_gives_all_records_before_the_cut(length: int) -> None:
    found = read(WHOLE[:length])

    assert found == {n: BY_NUMBER[n] for n in range(4) if BOUNDS[n + 1] <= length}


@pytest.mark.parametrize("position", range(len(WHOLE)))
def test_a_flipped_bit_costs_the_one_record_that_it_is_in(position: int) -> None:
    hit = next(n for n in range(4) if BOUNDS[n + 1] > position)
    for bit in range(8):
        data = bytearray(WHOLE)
        data[position] ^= 1 << bit

        assert read(bytes(data)) == {n: one for n, one in BY_NUMBER.items() if n != hit}


@pytest.mark.parametrize("filler", [b"\0", b"\xff", b"\1\0\0\0"])
def test_a_hole_costs_the_records_that_it_touches(filler: bytes) -> None:
    """File systems leave holes of zeros after a power cut, and write pages in any order."""
    for start in range(0, len(WHOLE), 3):
        for end in range(start + 1, len(WHOLE) + 1, 29):
            hole = (filler * (end - start))[: end - start]
            data = WHOLE[:start] + hole + WHOLE[end:]
            touched = {n for n in range(4) if BOUNDS[n] < end and BOUNDS[n + 1] > start}

            found = read(data)

            assert found.items() >= {n: BY_NUMBER[n] for n in BY_NUMBER.keys() - touched}.items()
            assert found.items() <= BY_NUMBER.items()


@pytest.mark.parametrize("filler", [b"\0", b"\xff", b"x", b"\1\0\0\0"])
def test_a_hole_of_any_number_of_records_costs_those_alone(filler: bytes) -> None:
    kept = records(400, size=300)
    log = [pack_record(one, number, 5.0) for number, one in enumerate(kept)]
    for first, last in ((0, 64), (3, 68), (5, 300), (1, 399)):
        size = sum(map(len, log[first:last]))
        data = b"".join(log[:first]) + (filler * size)[:size] + b"".join(log[last:])

        found = read(data)

        assert found == {n: one for n, one in enumerate(kept) if not first <= n < last}


def test_a_record_of_any_length_is_found_behind_a_hole() -> None:
    """A length may begin with a zero, which looks like the end of a hole of zeros."""
    for size in range(150, 420):
        whole = pack_record(record(1, size), 7, 5.0)

        assert read(bytes(200) + whole).keys() == {7}


def test_nothing_but_zeros_is_no_record() -> None:
    assert list(scan_records(bytes(1 << 16))) == []


@given(st.binary(max_size=300))
def test_garbage_holds_no_record(data: bytes) -> None:
    assert list(scan_records(data)) == []
    assert list(scan_runs(data)) == []


def test_a_number_that_was_there_before_is_passed_over() -> None:
    """Blocks of a file that was removed may come back behind a tail that was not written."""
    assert read(WHOLE + pack_record(record(9), 2, 1.0)) == BY_NUMBER


def test_a_length_beyond_the_end_is_no_reason_to_read_there() -> None:
    data = struct.pack("<II", 0xFFFFFFFF, 0) + WHOLE[8:]

    assert read(data).keys() == {1, 2, 3}


def test_texts_that_are_longer_than_their_frame_are_no_record() -> None:
    payload = struct.pack("<IdIII", 0, 1.0, 12, 4, 4) + b"too short"
    data = struct.pack("<II", len(payload), zlib.crc32(payload, len(payload))) + payload

    assert read(data + LOG[1]).keys() == {1}


@given(st.sets(st.integers(0, 60)))
def test_runs_name_the_same_numbers(numbers: set[int]) -> None:
    found = runs(numbers)

    assert {n for first, last in found for n in range(first, last + 1)} == numbers
    assert all(left[1] + 1 < right[0] for left, right in itertools.pairwise(found))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(10, 2**32 - 1)), max_size=5))
def test_runs_are_read_back(found: list[tuple[int, int]]) -> None:
    assert list(scan_runs(pack_runs(found))) == found


def test_a_damaged_run_ends_the_list() -> None:
    """A run too few is sent twice; one too many would be lost."""
    data = pack_runs([(0, 3), (7, 8), (11, 12)])
    for position in range(len(data)):
        for bit in range(8):
            hurt = bytearray(data)
            hurt[position] ^= 1 << bit
            assert (
                list(scan_runs(bytes(hurt))) == [(0, 3), (7, 8), (11, 12)][: position // RUN_SIZE]
            )
    for length in range(len(data)):
        assert len(list(scan_runs(data[:length]))) == length // RUN_SIZE
