"""`/api/v1/standards`, as another program sees it."""

from typing import Any

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from standards.models import Adoption, Item, ItemAlias, License
from tests.factories import AssociationFactory, DistrictFactory, FrameworkFactory, ItemFactory, StateFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/standards"
FRAMEWORKS = "/api/v1/frameworks"


@pytest.fixture
def ratio():
    StateFactory()
    framework = FrameworkFactory(short_name="MER-MATH")
    domain = ItemFactory(framework=framework, human_coding_scheme="6.RP", full_statement="Ratios")
    return ItemFactory(
        framework=framework,
        human_coding_scheme="6.RP.A.3",
        full_statement="Find unit rates",
        uri="https://case.example/3",
        grades=["06"],
        under=domain,
    )


def problem(response, status):
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    assert {"type", "title", "detail"} <= document.keys()
    return document


def test_a_search_answers_with_what_the_design_promises(client, ratio):
    assert client.get(URL, {"q": "unit rate"}).json() == {
        "results": [
            {
                "identifier": ratio.identifier,
                "uri": "https://case.example/3",
                "code": "6.RP.A.3",
                "statement": "Find unit rates",
                "framework": "MER-MATH",
                "path": [
                    {
                        "identifier": Item.objects.get(human_coding_scheme="6.RP").identifier,
                        "code": "6.RP",
                        "statement": "Ratios",
                    }
                ],
            }
        ],
        "is_near": False,
        "retired": None,
    }


def test_any_spelling_of_a_code_is_taken(client, ratio):
    for code in ("6.RP.A.3", "6rp3", "6.rp.3"):
        assert client.get(URL, {"q": code}).json()["results"][0]["identifier"] == ratio.identifier


def test_a_limit_limits(client, ratio):
    ItemFactory.create_batch(5, full_statement="Unit rates again")
    assert len(client.get(URL, {"q": "unit rate", "limit": 2}).json()["results"]) == 2


def test_one_framework_only(client, ratio):
    ItemFactory(framework=FrameworkFactory(short_name="X"), full_statement="Unit rates again")
    found = client.get(URL, {"q": "unit rate", "framework": "mer-math"}).json()["results"]
    assert [one["framework"] for one in found] == ["MER-MATH"]


def test_an_empty_question_has_no_results(client, ratio):
    assert client.get(URL, {"q": ""}).json()["results"] == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"framework": "NOPE"}, "NOPE"),
        ({"grade": "06"}, "grade"),
        ({"q": "x" * 301}, "q"),
    ],
)
def test_what_it_does_not_understand_is_refused_by_name(client, ratio, query, named):
    assert named in problem(client.get(URL, query), 400)["detail"]


def test_one_standard_with_what_stands_around_it(client, ratio):
    child = ItemFactory(framework=ratio.framework, full_statement="Find prices", under=ratio)
    ItemFactory(framework=ratio.framework, under=child)
    following = ItemFactory(framework=ratio.framework, human_coding_scheme="7.RP.1")
    AssociationFactory(
        framework=ratio.framework, association_type="precedes", origin=ratio, destination=following
    )
    document = client.get(f"{URL}/{ratio.identifier}").json()
    assert [step["code"] for step in document["path"]] == ["6.RP"]
    assert [step["statement"] for step in document["children"]] == ["Find prices"]
    assert document["counts"] == {"children": 1, "descendants": 2, "resources": None}
    assert document["grades"] == ["06"]
    assert document["retired"] is False
    [association] = document["associations"]
    assert (association["type"], association["direction"], association["code"]) == (
        "precedes",
        "out",
        "7.RP.1",
    )


def test_children_and_counts_are_of_current_statements_as_on_the_page_of_the_standard(client, ratio):
    child = ItemFactory(framework=ratio.framework, full_statement="Find prices", under=ratio)
    gone = {"framework": ratio.framework, "retired_at": timezone.now()}
    ItemFactory(full_statement="Find old prices", under=ratio, **gone)
    ItemFactory(full_statement="Find older prices", under=child, **gone)
    document = client.get(f"{URL}/{ratio.identifier}").json()
    assert [step["statement"] for step in document["children"]] == ["Find prices"]
    assert document["counts"] == {"children": 1, "descendants": 1, "resources": None}


def test_the_code_of_a_retired_standard_finds_what_takes_its_place(client, ratio):
    old = ItemFactory(
        framework=ratio.framework,
        human_coding_scheme="6.RP.9",
        code_forms=["6.rp.9", "6rp9"],
        retired_at=timezone.now(),
    )
    AssociationFactory(
        framework=ratio.framework, association_type="replacedBy", origin=old, destination=ratio
    )
    found = client.get(URL, {"q": "6.RP.9"}).json()
    assert found["retired"]["identifier"] == old.identifier
    assert [one["identifier"] for one in found["results"]] == [ratio.identifier]
    assert found["is_near"] is False
    assert client.get(URL, {"q": ratio.human_coding_scheme}).json()["retired"] is None


def test_a_standard_goes_by_every_name_but_its_key(client, ratio):
    ItemAlias.objects.create(item=ratio, value="http://asn.example/S1")
    for name in ("MER-MATH:6.RP.A.3", "mer-math:6rp3", "https://case.example/3", "http://asn.example/S1"):
        assert client.get(f"{URL}/{name}").json()["identifier"] == ratio.identifier
    problem(client.get(f"{URL}/{ratio.pk}"), 404)


def test_an_ambiguous_code_is_refused_with_the_list(client, ratio):
    other = ItemFactory(framework=ratio.framework, human_coding_scheme="6.RP.A.3")
    document = problem(client.get(f"{URL}/MER-MATH:6.RP.A.3"), 400)
    assert {one["identifier"] for one in document["candidates"]} == {ratio.identifier, other.identifier}


def test_an_unknown_standard_is_a_problem_document(client):
    assert "nothing" in problem(client.get(f"{URL}/nothing"), 404)["detail"]


def test_the_description_for_programs_and_the_page_for_people_need_no_other_server(client):
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.")
    page = client.get("/api/v1/docs").content.decode()
    assert "https://" not in page


def test_without_scripts_the_page_for_people_lists_what_there_is(client):
    page: Any = lxml.html.fromstring(client.get("/api/v1/docs").content.decode())
    assert page.get("lang") == "en"
    (plain,) = page.xpath("//noscript")
    told = " ".join(plain.text_content().split())
    assert "GET /api/v1/resources Find resources." in told
    assert "POST /api/v1/standards/suggest" in told
    assert plain.xpath(".//a/@href") == ["/api/v1/openapi.json"]


def test_who_asks_for_nothing_is_told_how_to_ask(client, ratio):
    for query in ({}, {"framework": "MER-MATH"}):
        document = problem(client.get(URL, query), 400)
        assert document["errors"][0]["parameter"] == "q"
        assert "/api/v1/frameworks" in document["detail"]


def adopt(framework):
    Adoption.objects.create(framework=framework, organisation=DistrictFactory(name="Juniper Valley"))


def frameworks(client):
    answer = client.get(FRAMEWORKS)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_the_list_of_frameworks_names_each_and_where_it_is_had_whole(client, ratio):
    ItemFactory(framework=ratio.framework, retired_at=timezone.now())
    adopt(ratio.framework)
    FrameworkFactory(short_name="ABC", title="Zoology")
    first, second = sorted(frameworks(client), key=lambda one: one["title"] == "Zoology")
    assert (first["framework"], second["framework"], second["statements"]) == ("MER-MATH", "ABC", 0)
    assert (first["title"], first["identifier"]) == (ratio.framework.title, ratio.framework.identifier)
    assert (first["statements"], first["adopted_by"]) == (2, ["Juniper Valley"])
    assert client.get(first["url"]).status_code == 200
    for name, address in first["downloads"].items():
        assert client.get(address).status_code == 200, name
    package = client.get(first["downloads"]["case-1.1"]).json()
    assert package["CFDocument"]["identifier"] == first["identifier"]
    assert client.get(URL, {"q": "unit rate", "framework": first["framework"]}).json()["results"]


def test_the_list_of_frameworks_takes_no_parameter(client, ratio):
    assert "grade" in problem(client.get(FRAMEWORKS, {"grade": "06"}), 400)["detail"]


def test_the_list_of_frameworks_asks_as_often_for_ten_as_for_one(client, ratio):
    def queries():
        with CaptureQueriesContext(connection) as found:
            frameworks(client)
        return len(found)

    adopt(ratio.framework)
    once = queries()
    for framework in FrameworkFactory.create_batch(10):
        framework.license = License.objects.create(framework=framework, identifier=framework.identifier)
        framework.save()
        adopt(framework)
    assert queries() == once
