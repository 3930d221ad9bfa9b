"""Suggested standards by meaning: the real language model, where it is switched on, and what happens where it cannot be."""

import logging
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.urls import reverse

from people.models import Role
from repository.services import drafts
from search.models import StatementVector
from search.suggested import embeddings, meaning
from standards.models import Adoption
from tests.factories import DistrictFactory, FrameworkFactory, ItemFactory, KindFactory, member
from tests.repository.conftest import complete
from tests.repository.pages import Page

pytestmark = pytest.mark.django_db

PROJECT = Path(__file__).resolve().parents[2]
# Nothing listens there, so every way to the outside ends at once.
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}


def fetch(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "embed_standards", "--fetch"],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="session")
def _model_file() -> None:
    """Fetched before the first test that needs it, in a process that may reach the network."""
    pytest.importorskip("onnxruntime", reason="onnxruntime has no package for Macs with Intel processors")
    done = fetch()
    assert done.returncode == 0, done.stderr


@pytest.fixture
def model(_model_file, settings) -> embeddings.Model:
    settings.EMBEDDINGS = True
    model = embeddings.model()
    assert model is not None
    return model


@pytest.fixture
def framework():
    framework = FrameworkFactory(short_name="MER-MATH", title="Meridian mathematics")
    number = ItemFactory(framework=framework, full_statement="Number", cf_item_type="Domain")
    for code, words in [
        ("3.OA.2", "Interpret quotients of whole numbers as equal shares."),
        ("3.MD.1", "Tell the time to the nearest minute."),
        ("3.G.1", "Sort quadrilaterals by their attributes."),
        ("3.MD.5", "Recognise area as an attribute of plane figures."),
        ("3.P.1", "Understand probability."),
    ]:
        ItemFactory(
            framework=framework,
            human_coding_scheme=code,
            full_statement=words,
            under=number,
            depth=1,
            grades=["03"],
            cf_item_type="Standard",
        )
    return framework


def suggested(client, title: str) -> list[dict]:
    answer = client.post(
        "/api/v1/standards/suggest", {"title": title, "grades": ["3"]}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


# -- the model


def test_the_same_said_in_other_words_is_nearer_than_something_else_in_the_same_words(model):
    share, verbs = "Divide sweets fairly among children", "Divide sentences into subject and verb"
    [shared, grammar] = meaning.nearness(
        model, "Each friend gets the same number of cookies", [(share, share), (verbs, verbs)]
    )
    assert min(shared) > max(grammar) + 0.2
    assert all(0 <= one <= 1 for one in (*shared, *grammar))


def test_one_sentence_among_many_is_heard(model):
    text = "We begin with a song. Then everybody tidies the room. Read the hands of a clock. Homework is on the board."
    clock = "Tell the time from an analogue clock"
    [(whole, _in_full, sentence)] = meaning.nearness(model, text, [(clock, clock)])
    assert sentence > whole + 0.2


def test_a_text_longer_than_the_model_reads_is_cut_off(model):
    assert meaning.nearness(model, "area of a rectangle " * 2000, [("Area", "Area")])[0][0] > 0.3


def test_a_statement_is_computed_once_and_a_changed_one_anew(model, django_assert_num_queries):
    [before] = meaning.nearness(model, "sharing", [("Equal shares", "Number. Equal shares")])
    with django_assert_num_queries(1):
        [again] = meaning.nearness(model, "sharing", [("Equal shares", "Number. Equal shares")])
    assert again == pytest.approx(before, abs=0.001)
    assert StatementVector.objects.count() == 2
    meaning.nearness(model, "sharing", [("Telling the time", "Number. Telling the time")])
    assert StatementVector.objects.count() == 4


# -- suggestions


@pytest.mark.engine
def test_a_standard_that_shares_no_word_with_the_lesson_is_suggested_where_meaning_is_on(
    client, framework, index, model, settings
):
    lesson = "Odds and chances"
    best = suggested(client, lesson)[0]
    assert best["code"] == "3.P.1"
    assert best["words"] == []
    assert best["near_in_meaning"]
    settings.EMBEDDINGS = False
    assert suggested(client, lesson) == []


@pytest.mark.engine
def test_once_its_vectors_are_there_a_suggestion_costs_one_query_more(
    client, framework, index, model, settings, django_assert_max_num_queries
):
    suggested(client, "Equal shares")  # computes what is missing
    stored = StatementVector.objects.count()
    assert stored == 10
    with django_assert_max_num_queries(15):
        assert suggested(client, "Equal shares of a plane figure")
    assert StatementVector.objects.count() == stored


@pytest.mark.engine
def test_a_teacher_reads_that_a_standard_is_close_in_meaning(client, framework, index, model):
    district = DistrictFactory()
    Adoption.objects.create(organisation=district, framework=framework)
    teacher = member(Role.TEACHER, district)
    draft = drafts.create_draft(
        user=teacher, district=district, kind=KindFactory(), title="Odds and chances", fill=complete
    )
    client.force_login(teacher)
    page = Page.open(client, reverse("repository:edit", args=[draft.identifier]))
    page = page.press("Suggest standards", grades=["03"])
    [suggestion] = page.html.xpath("//li[.//button[contains(., 'Add 3.P.1')]]")
    assert "Speaks for it: close in meaning" in " ".join(suggestion.text_content().split())


# -- where it is off, or cannot be


def test_switched_off_no_package_of_it_is_touched(client, framework, index, monkeypatch, settings):
    for name in embeddings.PACKAGES:
        monkeypatch.setitem(sys.modules, name, None)  # as where it is not installed
    assert not settings.EMBEDDINGS
    best = suggested(client, "Equal shares")[0]
    assert (best["code"], best["near_in_meaning"]) == ("3.OA.2", False)
    assert checks.run_checks() == []


@pytest.mark.parametrize("lacking", ["packages", "file", "whole file"])
def test_switched_on_without_what_it_needs_words_decide_and_it_is_said_once(
    client, framework, index, monkeypatch, settings, tmp_path, caplog, lacking
):
    settings.EMBEDDINGS = True
    settings.EMBEDDINGS_MODEL = tmp_path / "model.jar"
    if lacking == "packages":
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
    elif lacking == "whole file":
        settings.EMBEDDINGS_MODEL.write_bytes(b"PK half a jar")
    with caplog.at_level(logging.WARNING, logger="search.embeddings"):
        assert suggested(client, "Equal shares")[0]["code"] == "3.OA.2"
        assert suggested(client, "The nearest minute")[0]["code"] == "3.MD.1"
    what_to_do = "requirements-embeddings.txt" if lacking == "packages" else "manage.py embed_standards"
    assert [record.message for record in caplog.records if what_to_do in record.message] == [
        caplog.messages[0]
    ]
    [warning] = checks.run_checks()
    assert warning.msg == "EMBEDDINGS is on, but standards are suggested by words alone."
    assert what_to_do in str(warning.hint)


# -- the command


def embed_standards() -> str:
    out = StringIO()
    call_command("embed_standards", stdout=out)
    return out.getvalue()


def test_all_statements_are_computed_and_what_nobody_says_any_more_is_removed(framework, model):
    assert "Vectors of 10 texts are kept: 10 computed now, 0 of texts that are gone" in embed_standards()
    changed = framework.items.get(human_coding_scheme="3.MD.1")
    changed.full_statement = "Tell the time to the nearest five minutes."
    changed.save()
    assert "Vectors of 10 texts are kept: 2 computed now, 2 of texts that are gone" in embed_standards()
    assert "0 computed now, 0 of texts that are gone" in embed_standards()


@pytest.mark.engine
def test_after_the_command_a_suggestion_computes_no_statement(client, framework, index, model, monkeypatch):
    embed_standards()
    read: list[str] = []
    embed = embeddings.Model.embed

    def noting(self, text):
        read.append(text.strip())
        return embed(self, text)

    monkeypatch.setattr(embeddings.Model, "embed", noting)
    assert suggested(client, "Equal shares")
    assert set(read) == {"Equal shares"}


def test_the_command_says_that_the_switch_is_off(settings):
    with pytest.raises(CommandError, match="EMBEDDINGS is off"):
        embed_standards()


def test_setting_up_without_network_is_told_so(tmp_path):
    done = fetch(LOCAL_SERVICES_CACHE=str(tmp_path), **NO_NETWORK)
    assert done.returncode == 1
    assert "Setting up needs the network" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("_model_file")
def test_what_has_been_fetched_needs_no_network():
    done = fetch(**NO_NETWORK)
    assert (done.returncode, done.stderr) == (0, "")
    [line] = done.stdout.splitlines()
    assert Path(line.removeprefix("The language model is ")).is_file()
