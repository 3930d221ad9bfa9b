"""The JSON API of search: its shape, its errors, and the requests that nobody should be able to make."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Role
from repository.models import Alignment, ResourcePage
from search.api.schemas import Resources
from search.facets import FACETS
from search.request import PARAMETERS, parse
from standards.codes import code_forms
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    LevelFactory,
    ScaleFactory,
    SubjectFactory,
    member,
    resource,
    topic,
)
from tests.repository.pages import Page

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
VISITOR = AnonymousUser()


@pytest.fixture
def library(follow: Callable[[], None]) -> None:
    framework = FrameworkFactory(short_name="MER-MATH")
    domain = ItemFactory(framework=framework, human_coding_scheme="6.RP", full_statement="Ratios")
    item = ItemFactory(
        framework=framework,
        human_coding_scheme="6.RP.A.3",
        full_statement="Use ratio reasoning",
        code_forms=code_forms("6.RP.A.3"),
        under=domain,
        depth=1,
    )
    for _number in range(2):
        ItemFactory(framework=framework, human_coding_scheme="9.X", code_forms=code_forms("9.X"))
    level = LevelFactory(scale=ScaleFactory(slug="meridian", name="Meridian scale"), name="Proficient")
    resource(
        "Mixing <b>paint</b>",
        district=DistrictFactory(slug="juniper"),
        summary="How much blue makes green & gray",
        grades=["05", "06"],
        duration_minutes=45,
        topics=[topic("Colors")],
        subjects=[SubjectFactory(slug="mathematics")],
        alignments=[
            {"item": item, "relation": "assesses", "level": level},
            {"item": domain, "relation": "teaches"},
            {
                "item": domain,
                "relation": "requires",
                "level": level,
                "status": Alignment.Status.DISPUTED,
            },
        ],
        link_url="https://paint.example/mix",
    )
    follow()


def get(client: Client, query: str = "", status: int = 200) -> dict[str, Any]:
    response = client.get(f"/api/v1/resources?{query}")
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    if status == 200:  # the view does not check itself: it promises `Resources`, field by field
        assert Resources.model_validate(body).model_dump(mode="json") == body
    return body


def test_a_result_says_what_it_is_and_why_it_is_there(library: None, client: Client) -> None:
    answer = get(client, "standard=MER-MATH:6.RP.3&level=meridian:proficient&relation=assesses&q=paint")
    (found,) = answer["results"]
    assert (answer["total"], answer["total_is_exact"], answer["did_you_mean"]) == (1, True, None)
    assert found["title"] == "Mixing <b>paint</b>"
    assert found["grades"] == ["05", "06"]
    assert found["source_url"] == "https://paint.example/mix"
    assert found["kind"] == "lesson"
    assert found["levels"] == ["meridian:proficient"]
    assert found["url"].startswith("http://testserver/juniper/")
    standard, *others = found["standards"]
    assert [(one["code"], one["matched"]) for one in others] == [("6.RP", False)] * 2
    assert {one["relation"]: one["disputed"] for one in others} == {"teaches": False, "requires": True}
    assert standard.pop("identifier")
    assert standard.pop("framework_title")
    assert standard == {
        "framework": "MER-MATH",
        "code": "6.RP.A.3",
        "statement": "Use ratio reasoning",
        "relation": "assesses",
        "level": "meridian:proficient",
        "matched": True,
        "disputed": False,
    }
    assert found["why"] == ["Assesses 6.RP.A.3 at Proficient", "“paint” in the title"]
    (found,) = get(client, "q=paint")["results"]
    assert found["standards"][0]["matched"] is False


def one(client: Client, identifier: str, status: int = 200) -> dict[str, Any]:
    response = client.get(f"/api/v1/resources/{identifier}")
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    return body


def test_a_single_resource_is_what_a_list_says_of_it(library: None, client: Client) -> None:
    (found,) = get(client, "q=paint")["results"]
    about_the_list = {name: found.pop(name) for name in ("why", "picked", "versions")}
    assert one(client, found["id"]) == one(client, found["id"].upper()) == found
    assert about_the_list["versions"] == []
    assert (found["minutes"], found["language"]) == (45, "en")
    page = ResourcePage.objects.get()
    assert datetime.fromisoformat(found["published_at"]) == page.first_published_at
    assert datetime.fromisoformat(found["changed_at"]) >= page.first_published_at


def test_a_single_resource_is_there_for_its_audience_only(follow: Callable[[], None], client: Client) -> None:
    juniper = DistrictFactory()
    ours = resource("For us", district=juniper, audience="district")
    draft = resource("Not yet", district=juniper, live=False)
    follow()
    for reader, status in (
        (None, 404),
        (member(Role.TEACHER, DistrictFactory()), 404),
        (member(Role.TEACHER, juniper), 200),
    ):
        if reader:
            client.force_login(reader)
        assert one(client, str(ours.identifier), status).get("title") == (
            "For us" if status == 200 else "Unknown resource"
        )
        one(client, str(draft.identifier), 404)


def test_a_resource_that_there_is_not_is_refused_in_words(
    library: None, client: Client, settings: Any
) -> None:
    for identifier in ("8e8bac11-0a9a-4c78-ac5b-4d5329e38ec8", "paint", "*", "paint%20mix"):
        assert "a list gives it as `id`" in one(client, identifier, 404)["detail"].lower()
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    assert one(client, "paint", 503)["title"] == "Search is resting"


def test_a_list_asks_as_often_for_many_resources_as_for_one(
    follow: Callable[[], None], client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            get(client, "q=paint&grade=06")
        return len(found)

    district = DistrictFactory()
    make = [{"alignments": [{"item": ItemFactory(framework=FrameworkFactory())}]} for _ in range(10)]
    resource("Paint", district=district, grades=["06"], **make[0])
    follow()
    get(client, "q=paint&grade=06")
    once = queries()
    for number, more in enumerate(make):
        resource(f"Paint {number}", district=district, grades=["06"], **more)
    follow()
    get(client, "q=paint&grade=06")
    assert queries() == once


def test_what_was_read_in_the_words_is_told_and_whether_it_filters(library: None, client: Client) -> None:
    read = get(client, "q=6th+grade+mathematics")["understood"]
    assert [(one["facet"], one["values"], one["label"], one["words"], one["applied"]) for one in read] == [
        ("grade", ["06"], "Grade 6", "6th grade", True),
        ("subject", ["mathematics"], "Mathematics", "mathematics", False),
    ]


def test_every_facet_of_the_registry_answers(library: None, client: Client) -> None:
    facets = get(client)["facets"]
    assert list(facets) == [spec.name for spec in FACETS]
    for facet in facets.values():
        assert facet["other_count"] == 0
        assert facet["label"]
        for bucket in facet["buckets"]:
            assert {"value", "label", "count", "selected"} <= set(bucket)
    assert facets["grade"]["buckets"][0]["label"] == "Grade 5"
    (level,) = facets["level"]["buckets"]
    assert (level["value"], level["group"]) == ("meridian:proficient", "Meridian scale")
    # A tree says what can be unfolded, and what is below what was.
    tree = get(client, "open=standard:MER-MATH&facet_limit=1")["facets"]
    (framework,) = tree["standard"]["buckets"]
    (domain,) = framework["children"]
    assert (framework["has_children"], domain["has_children"], domain["children"]) == (True, True, [])
    assert (domain["code"], domain["label"]) == ("6.RP", "Ratios")
    assert tree["grade"]["other_count"] == 1


def test_every_facet_keeps_its_contract(library: None, client: Client) -> None:
    """Each value that a facet gives can be asked for, is then selected, and keeps its count; nonsense is refused."""
    before = get(client, "open=standard:MER-MATH")["facets"]
    asked = 0
    for spec in FACETS:
        for bucket in before[spec.name]["buckets"]:
            answer = get(client, urlencode({spec.name: bucket["value"]}))
            again = next(
                one for one in answer["facets"][spec.name]["buckets"] if one["value"] == bucket["value"]
            )
            assert again["selected"] is True
            assert again["count"] == bucket["count"] == answer["total"]
            if not spec.joint:
                assert all(bucket["value"] in one["filters"][spec.name] for one in answer["results"])
            asked += 1
        problem = get(client, urlencode({spec.name: "no such value!"}), 400)
        assert problem["errors"][0]["parameter"] == spec.name
        assert "no such value!" in problem["detail"]
    assert asked >= 10


def test_grades_are_taken_as_people_say_them(library: None, client: Client) -> None:
    for grade in ("5", "05", "Grade 5", "3-5", "5th grade"):
        assert get(client, urlencode({"grade": grade}))["total"] == 1, grade


def test_standards_are_named_by_identifier_or_short_name_and_code(library: None, client: Client) -> None:
    for value in ("MER-MATH", "mer-math", "MER-MATH:6.RP", "MER-MATH:6.RP.A.3", "MER-MATH:6rp3", "6.RP.3"):
        assert get(client, urlencode({"standard": value}))["total"] == 1, value


def test_a_code_of_several_standards_is_refused_with_the_choice(library: None, client: Client) -> None:
    problem = get(client, "standard=MER-MATH:9.X", 400)
    assert len(problem["candidates"]) == 2
    assert all(one["code"] == "9.X" for one in problem["candidates"])


NOT_UNDERSTOOD = [
    ("colour=red", "colour", "q, standard"),
    ("grade=99x", "grade", "CEDS"),
    ("relation=loves", "relation", "teaches"),
    ("sort=best", "sort", "newest"),
    ("page=0", "page", "number from 1"),
    ("page=²", "page", "number from 1"),
    ("page=501", "page", "10000"),
    ("limit=101", "limit", "100"),
    ("level=meridian", "level", "meridian:proficient"),
    ("open=grade:05", "open", "standard, topic"),
    ("q=a&q=b", "q", "once"),
    ("q=" + "x" * 301, "q", "300"),
    ("&".join(f"grade={n % 12 + 1}" for n in range(101)), "grade", "100"),
]


def test_what_is_not_understood_is_refused_with_what_is_allowed(library: None, client: Client) -> None:
    for query, parameter, says in NOT_UNDERSTOOD:
        response = client.get(f"/api/v1/resources?{query}")
        assert response.status_code == 400, query
        assert response["Content-Type"] == "application/problem+json"
        (error,) = response.json()["errors"]
        assert error["parameter"] == parameter
        assert says in error["message"]


def test_the_documentation_names_every_parameter(client: Client) -> None:
    operation = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/resources"]["get"]
    assert {one["name"] for one in operation["parameters"]} == set(PARAMETERS)


def test_a_code_names_its_standards_beside_the_results(library: None, client: Client) -> None:
    answer = get(client, "q=6rp3")
    assert [one["code"] for one in answer["standards"]] == ["6.RP.A.3"]
    assert answer["total"] == 1
    # Those near the words are told of where nothing else is found.
    assert get(client, "q=ratio")["standards"] == []
    near = get(client, "q=ratio&grade=12")
    assert near["total"] == 0
    assert "6.RP.A.3" in [one["code"] for one in near["standards"]]


def test_a_typo_is_forgiven_and_named_only_where_nothing_matches(library: None, client: Client) -> None:
    answer = get(client, "q=mxing+pant")
    assert (answer["total"], answer["did_you_mean"]) == (1, "mixing paint")
    assert get(client, "q=mixing")["did_you_mean"] is None
    # The page goes on from the corrected words, and leads back to those that were typed; each from the first page.
    page = Page.open(client, "/search/?q=mxing+pant&as_typed=grade&page=2")
    leads = {" ".join(one.text_content().split()): one.get("href") for one in page.html.xpath("//main//a")}
    corrected = "/search/?q=mixing+paint&as_typed=grade"
    assert "There are not that many pages" in page.text
    assert leads["To the first page"] == corrected
    assert leads["Newest"] == f"{corrected}&sort=newest"
    typed = "/search/?q=mxing+pant&as_typed=grade&as_typed=spelling"
    assert leads["Search for “mxing pant” anyway"] == typed
    (meant,) = Page.open(client, typed).html.xpath("//*[@class='search__fuzzy']//a")
    assert (meant.text_content(), meant.get("href")) == ("mixing paint", corrected)
    # Filters that leave nothing are not blamed on the spelling.
    assert get(client, "q=mixing&grade=12")["did_you_mean"] is None


def test_without_an_engine_the_api_says_so(library: None, client: Client, settings: Any) -> None:
    settings.OPENSEARCH_URL = "http://127.0.0.1:9"
    answer = client.get("/api/v1/resources")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert answer.json()["title"] == "Search is resting"


# -- hostile and odd

ODD = [
    *(
        "*",
        "?",
        "a*b?",
        '"',
        '"""',
        "((((",
        "AND OR NOT",
        "a AND",
        "title:x",
        "{!lucene}",
        "/.*.*.*x/",
        "~~",
        "^5",
        "\\",
    ),
    *(
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "%00",
        "\x00\x01",
        "🦊",
        "ﷺ",
        "a" * 300,
        "x " * 149,
        "-",
        "the",
        "of the",
    ),
    *(
        "6.RP.A.3 OR *",
        "MER-MATH:",
        ":",
        "standard:6",
        "\ue000mark\ue001",
        "𝟔rp3",
        "null",
        "undefined",
        "[1 TO *]",
    ),
]


def test_no_query_however_odd_is_an_error(library: None, client: Client) -> None:
    for q in ODD:
        for path in ("/api/v1/resources", "/search/"):
            response = client.get(path, {"q": q})
            assert response.status_code == 200, (q, response.content)
            assert b"<script>alert" not in response.content


def test_words_that_say_nothing_leave_nothing_out(library: None, client: Client) -> None:
    assert get(client, "q=the")["total"] == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    params=st.lists(
        st.tuples(
            st.sampled_from([*PARAMETERS, "other"]),
            st.text(max_size=30)
            | st.sampled_from(["05", "MER-MATH", "teaches", "2", "topic:colors", "meridian:proficient"]),
        ),
        max_size=5,
    )
)
def test_any_address_is_answered_or_refused_and_never_fails(
    library: None, client: Client, params: list[tuple[str, str]]
) -> None:
    query = urlencode(params, errors="replace")
    assert client.get(f"/api/v1/resources?{query}").status_code in (200, 400)
    assert client.get(f"/search/?{query}").status_code == 200
    # What was understood is the same when read again from its own address.
    request, _complaints = parse(QueryDict(query))
    again, complaints = parse(QueryDict(request.query_string()))
    assert complaints == []
    assert again == request
