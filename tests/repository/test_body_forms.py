"""The body of a resource goes into forms and comes back: what nobody touched is as it was."""

import copy
from typing import Any

from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from repository.forms.blocks import BLOCK_FORMS, RowSet
from repository.forms.body import body_from_forms, forms_from_body
from repository.forms.rows import operate

SETTINGS = [("whole-class", "Whole class"), ("independent", "Independent work")]


def crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def posted(rowsets: dict[str, RowSet]) -> QueryDict:
    """What a browser sends for the forms as shown."""
    data = QueryDict(mutable=True)
    for rows in rowsets.values():
        put(data, rows)
    return data


def put(data: QueryDict, rows: RowSet) -> None:
    data[f"{rows.prefix}-TOTAL_FORMS"] = str(len(rows.forms))
    data[f"{rows.prefix}-INITIAL_FORMS"] = "0"
    for form in rows:
        for field in form:
            value = field.value()
            data[field.html_name] = "" if value is None else crlf(str(value))
        for inner in getattr(form, "rowsets", {}).values():
            put(data, inner)


def saved(body: list[dict[str, Any]], data: QueryDict, types: tuple[str, ...] = tuple(BLOCK_FORMS)) -> Any:
    rowsets = forms_from_body(body, types=types, data=data, settings=SETTINGS)
    for rows in rowsets.values():
        assert not rows.is_bound or rows.is_valid(), [form.errors for form in rows]
        for form in rows:
            assert not rows.is_bound or form.is_valid()
    return body_from_forms(body, rowsets)


def shown(body: list[dict[str, Any]], types: tuple[str, ...] = tuple(BLOCK_FORMS)) -> QueryDict:
    return posted(forms_from_body(body, types=types, settings=SETTINGS))


letters = st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")
line = st.text(letters, max_size=20)
long_text = st.one_of(
    st.text(letters, max_size=60), st.sampled_from(["", "a\nb", "a\r\nb", "  - indented", "\n\n", "x\n"])
)
ids = st.uuids().map(str)


def listed(member: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Members as Wagtail stores them now, with an id, or as very old revisions have them, bare."""
    wrapped = st.builds(lambda value, key: {"type": "item", "value": value, "id": key}, member, ids)
    return st.one_of(st.lists(wrapped, max_size=3), st.lists(member, max_size=3))


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    # A field of its own stands for what a later version of the block may hold.
    return st.fixed_dictionaries(fields, optional={"from_a_later_version": line})


address = st.sampled_from(["", "https://example.org/a", "https://example.org/b?c=d"])
values: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "objectives": record(objectives=listed(long_text), evidence=long_text),
    "materials": record(items=listed(record(name=line, quantity=line, note=line))),
    "step": record(
        title=line,
        minutes=st.one_of(st.none(), st.integers(1, 10_000)),
        setting=st.sampled_from(["", "whole-class", "on-the-moon"]),
        text=long_text,
        support=long_text,
        extend=long_text,
        language=long_text,
    ),
    "differentiation": record(support=long_text, extend=long_text, language=long_text),
    "task": record(title=line, prompt=long_text, teacher_notes=long_text),
    "rubric": record(
        title=line, levels=listed(line), criteria=listed(record(name=line, descriptions=listed(long_text)))
    ),
    "handout": record(title=line, text=long_text),
    "opportunity": record(
        partner=line, place=line, hours=line, schedule=long_text, requirements=long_text, safety=long_text
    ),
    "text": record(heading=line, text=long_text),
    "image": record(image=st.integers(1, 10**6), alt=line, caption=line),
    "media": record(url=address, title=line, transcript=long_text),
    "links": record(items=listed(record(title=line, url=address, note=line))),
    "hologram": record(beam=line),
}
block = st.sampled_from(sorted(values)).flatmap(
    lambda kind: st.builds(lambda value, key: {"type": kind, "value": value, "id": key}, values[kind], ids)
)
bodies = st.lists(block, max_size=4, unique_by=lambda one: one["id"])


@given(bodies)
@settings(max_examples=120, deadline=None)
def test_a_body_that_nobody_touched_comes_back_as_it_was(body: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(body)
    assert saved(body, shown(body)) == before
    assert body == before


@given(bodies, st.lists(st.sampled_from(sorted(BLOCK_FORMS)), unique=True))
@settings(max_examples=40, deadline=None)
def test_types_that_are_not_on_the_page_stay(body: list[dict[str, Any]], types: list[str]) -> None:
    assert saved(body, shown(body, tuple(types))) == body


@given(bodies)
@settings(max_examples=40, deadline=None)
def test_adding_and_removing_a_row_changes_nothing(body: list[dict[str, Any]]) -> None:
    data = shown(body)
    for kind in BLOCK_FORMS:
        operate(data, f"add:{kind}", levels=["Low", "High"])
    assert [b for b in saved(body, data) if b["type"] != "rubric"] == [
        b for b in body if b["type"] != "rubric"
    ]
    for kind in BLOCK_FORMS:
        operate(data, f"remove:{kind}:{int(str(data[f'{kind}-TOTAL_FORMS'])) - 1}")
    assert saved(body, data) == body


def step(title: str, **fields: Any) -> dict[str, Any]:
    return {"type": "step", "value": {"title": title, **fields}, "id": title}


def titles(body: list[dict[str, Any]]) -> list[str]:
    return [block["value"].get("title") or block["type"] for block in body]


def test_a_step_moves_among_the_steps_and_other_blocks_keep_their_places() -> None:
    body = [step("Warm up"), {"type": "hologram", "value": {}, "id": "h"}, step("Explore"), step("Close")]
    data = shown(body)
    operate(data, "down:step:0")
    assert titles(saved(body, data)) == ["Explore", "hologram", "Warm up", "Close"]


def test_a_removed_step_takes_its_block_away_and_no_other() -> None:
    body = [step("Warm up"), {"type": "hologram", "value": {}, "id": "h"}, step("Explore"), step("Close")]
    data = shown(body)
    operate(data, "remove:step:1")
    assert titles(saved(body, data)) == ["Warm up", "hologram", "Close"]


def test_a_new_step_follows_the_last_one_and_saving_it_again_keeps_its_id() -> None:
    body = [step("Warm up"), {"type": "handout", "value": {"title": "Cards", "text": "x"}, "id": "c"}]
    data = shown(body)
    operate(data, "add:step")
    data["step-1-title"] = "Explore"
    first = saved(body, data)
    assert titles(first) == ["Warm up", "Explore", "Cards"]
    assert saved(first, data) == first


def test_only_the_changed_field_of_a_block_changes() -> None:
    body = [step("Warm up", text="a\r\nb", later="kept")]
    data = shown(body)
    data["step-0-minutes"] = "10"
    (block,) = saved(body, data)
    assert block == {
        "type": "step",
        "id": "Warm up",
        "value": {"title": "Warm up", "text": "a\r\nb", "later": "kept", "minutes": 10},
    }


def rubric() -> dict[str, Any]:
    def wrap(values: list[Any], stem: str) -> list[Any]:
        return [{"type": "item", "value": value, "id": f"{stem}{n}"} for n, value in enumerate(values)]

    criteria = [
        {"name": "Reasoning", "descriptions": wrap(["r low", "r mid", "r high"], "r")},
        {"name": "Words", "descriptions": wrap(["w low", "w mid", "w high"], "w")},
    ]
    value = {
        "title": "How well",
        "levels": wrap(["Low", "Mid", "High"], "l"),
        "criteria": wrap(criteria, "c"),
    }
    return {"type": "rubric", "value": value, "id": "rubric"}


def table(block: dict[str, Any]) -> list[list[str]]:
    value = block["value"]
    lines = [[level["value"] for level in value["levels"]]]
    for criterion in value["criteria"]:
        record = criterion["value"]
        lines.append([record["name"], *(one["value"] for one in record["descriptions"])])
    return lines


def test_a_removed_level_takes_its_column_along() -> None:
    body = [rubric()]
    data = shown(body)
    operate(data, "remove:rubric-0-levels:1")
    assert table(saved(body, data)[0]) == [
        ["Low", "High"],
        ["Reasoning", "r low", "r high"],
        ["Words", "w low", "w high"],
    ]


def test_a_moved_level_takes_its_column_along() -> None:
    body = [rubric()]
    data = shown(body)
    operate(data, "up:rubric-0-levels:2")
    assert table(saved(body, data)[0])[:2] == [
        ["Low", "High", "Mid"],
        ["Reasoning", "r low", "r high", "r mid"],
    ]


def test_a_new_rubric_begins_with_the_levels_of_the_scale() -> None:
    data = shown([])
    operate(data, "add:rubric", levels=["Emerging", "Proficient"])
    data["rubric-0-title"] = "How well"
    data["rubric-0-criteria-0-name"] = "Reasoning"
    data["rubric-0-criteria-0-d1"] = "Explains every step"
    (block,) = saved([], data)
    assert table(block) == [["Emerging", "Proficient"], ["Reasoning", "", "Explains every step"]]


def test_text_under_a_level_without_a_name_is_kept() -> None:
    body = [rubric()]
    data = shown(body)
    operate(data, "add:rubric-0-levels")
    data["rubric-0-criteria-0-d3"] = "r beyond"
    assert table(saved(body, data)[0])[:2] == [
        ["Low", "Mid", "High", ""],
        ["Reasoning", "r low", "r mid", "r high", "r beyond"],
    ]


def test_an_operation_on_a_row_that_is_not_there_changes_nothing() -> None:
    body = [step("Warm up")]
    data = shown(body)
    for operation in ("remove:step:7", "up:step:7", "down:step:0", "up:step:0", "remove:task:0"):
        operate(data, operation)
    assert saved(body, data) == body
