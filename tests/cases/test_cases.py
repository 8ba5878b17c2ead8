"""Each case of the field, replayed as the command line does it, gives what it must."""

from pathlib import Path

import pytest

from tests.cases.judging import NAMES, judge, read_case, replay


@pytest.mark.parametrize("name", NAMES)
def test_a_case_of_the_field_is_told_truly(name: str, tmp_path: Path) -> None:
    """S1-S92: the rule that each case names under ``why``."""
    case = read_case(name)

    faults = judge(case, replay(case, tmp_path))

    assert faults == [], f"{case.what}; {case.why}"
