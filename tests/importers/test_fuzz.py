"""Broken files of every format: each gets a plan or one clear error, in little time and memory, and leaves nothing."""

import pytest

from tests.importers.fuzzing import fuzz


@pytest.mark.timeout(900)  # 15 seconds of work; on a machine that is busy with much else, many times that
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("what", "files"), [("frameworks", 200), ("resources", 100)])
def test_every_broken_file_gets_a_plan_that_holds_or_one_clear_error_and_leaves_no_row(
    what: str, files: int
) -> None:
    result = fuzz(0, files, what)
    assert result.faults == []
    assert result.outcomes.total() == files
    assert min(result.outcomes["plan"], result.outcomes["refused"]) > files // 20, (
        "the files are too much broken, or too little"
    )
