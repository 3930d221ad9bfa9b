"""Broken files of every format: each gets a plan or one clear error, in little time and memory, and leaves nothing."""

import pytest

from tests.importers.fuzzing import fuzz

FILES = 200


@pytest.mark.timeout(900)  # 15 seconds of work; on a machine that is busy with much else, many times that
@pytest.mark.django_db(transaction=True)
def test_every_broken_file_gets_a_plan_or_one_clear_error_and_leaves_no_row() -> None:
    result = fuzz(0, FILES)
    assert result.faults == []
    assert result.outcomes.total() == FILES
    assert min(result.outcomes["plan"], result.outcomes["refused"]) > FILES // 20, (
        "the files are too much broken, or too little"
    )
