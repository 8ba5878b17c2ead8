"""Each case of the field, replayed as the command line does it, gives what it must."""

from pathlib import Path

import pytest

from tests.cases.judging import NAMES, judge, read_case, replay

NOT_YET = {
    "earlynext-break-announced-ahead": "S92: whether a break told early opens now or at its ad",
}
"""Cases that are told wrongly, and what is not decided in its one place."""


def cases() -> list[object]:
    return [
        pytest.param(name, marks=pytest.mark.xfail(reason=NOT_YET[name], strict=True))
        if name in NOT_YET
        else name
        for name in NAMES
    ]


@pytest.mark.parametrize("name", cases())
def test_a_case_of_the_field_is_told_truly(name: str, tmp_path: Path) -> None:
    """S1-S92: the rule that each case names under ``why``."""
    case = read_case(name)

    faults = judge(case, replay(case, tmp_path))

    assert faults == [], f"{case.what}; {case.why}"
