"""Which stored resource a resource of a file is, by its names: judged by plain rules over any names."""

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from importers.resources.stored import known_again

NAMES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3, unique=True)
FILES = st.lists(NAMES, max_size=5, unique_by=lambda names: names[0])
Rows = list[tuple[int, str, Sequence[str], str | None]]


def wanted(file: list[list[str]]) -> dict[str, list[str]]:
    return {names[0]: names for names in file}


def rows(file: list[list[str]]) -> Rows:
    return [(number, names[0], names, None) for number, names in enumerate(file, start=1)]


def have(name: str, groups: Iterable[Sequence[str]]) -> int:
    return sum(name in names for names in groups)


@given(stored=FILES, file=FILES)
def test_each_row_is_one_resource_at_most_its_own_by_key_or_by_a_name_that_nobody_else_has(
    stored: list[list[str]], file: list[list[str]]
) -> None:
    found = known_again(wanted(file), rows(stored))
    assert len(set(found.values())) == len(found)
    here = {number: names for number, _, names, _ in rows(stored)}
    keys = {names[0]: number for number, names in here.items()}
    for key, names in wanted(file).items():
        certain = [
            name
            for name in names
            if have(name, file) == 1 == have(name, here.values())
            and not any(name in here[keys[other]] for other in wanted(file) if other in keys)
        ]
        if key in keys:
            assert found[key] == keys[key]
        elif key in found:
            assert set(certain) & set(here[found[key]])
        else:  # what it might be was taken by another that has as good a name of it
            assert all(any(name in here[pk] for pk in found.values()) for name in certain)


@given(first=FILES, second=FILES, data=st.data())
def test_what_two_files_brought_is_known_again_whatever_the_order(
    first: list[list[str]], second: list[list[str]], data: st.DataObject
) -> None:
    stored = rows(first)
    for file in (second, first):
        found = known_again(wanted(file), stored)
        names_of = {found[key]: names for key, names in wanted(file).items() if key in found}
        stored = [(pk, key, [*names_of.get(pk, ()), *names], None) for pk, key, names, _ in stored]
        stored += [
            (len(stored) + number, names[0], names, None)
            for number, names in enumerate((names for names in file if names[0] not in found), start=1)
        ]
        shuffled = data.draw(st.permutations(file))
        assert known_again(wanted(shuffled), stored) == found | {
            key: pk for pk, key, _, _ in stored if key in wanted(file) and key not in found
        }


def test_a_known_identifier_tells_more_than_an_address_wherever_it_stands_in_the_file() -> None:
    stored: Rows = [(1, "old-id", ["id", "address", "old-id"], None)]
    file = {"other": ["other", "address"], "id": ["id", "new-address"]}
    assert known_again(file, stored) == {"id": 1}
