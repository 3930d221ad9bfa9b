"""The sample as it is loaded: complete, true to its files, and safe to load again."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from importers.sample.files import ResourceRecord, SampleError, read_resources, read_state
from importers.sample.load import load
from importers.sample.resources import load_resources
from people.models import Membership, Organisation, User
from repository.models import (
    Alignment,
    Audience,
    CompetencyLevel,
    Modality,
    ResourceKind,
    ResourcePage,
    Subject,
    Topic,
)
from standards.models import Association, Framework, Item

pytestmark = pytest.mark.django_db
RECORDS = read_resources()
PUBLISHED = next(record for record in RECORDS if record.state == "published")
LONG_FORM = {"objectives", "materials", "step", "rubric", "handout"}


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker):
    """The sample, loaded once for this module inside a transaction that is rolled back after its last test."""
    lines: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        load(lines.append)
        yield lines
        transaction.set_rollback(True)


def rows_by_model() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def item(standard: str) -> Item:
    short_name, code = standard.split(":")
    return Item.objects.get(framework__short_name=short_name, human_coding_scheme=code)


def test_loading_twice_changes_nothing():
    before = rows_by_model()
    pages = set(ResourcePage.objects.values_list("pk", "latest_revision", "live", "last_published_at"))
    said: list[str] = []
    load(said.append)
    assert rows_by_model() == before
    assert (
        set(ResourcePage.objects.values_list("pk", "latest_revision", "live", "last_published_at")) == pages
    )
    assert all(line.endswith("there already.") for line in said)


def test_it_says_what_it_loaded(loaded):
    assert "Standards frameworks: 4 new." in loaded
    assert f"Resources: {len(RECORDS)} new." in loaded


def test_nobody_is_sent_mail_about_the_sample(mailoutbox, django_capture_on_commit_callbacks):
    again = PUBLISHED.model_copy(update={"slug": "once-again"})
    with django_capture_on_commit_callbacks(execute=True):
        load_resources([again])
    assert ResourcePage.objects.get(slug="once-again").live
    assert mailoutbox == []
    assert not DBTaskResult.objects.filter(task_path="repository.mails.send_review_mail").exists()


def test_it_is_refused_where_sample_content_is_not_allowed(settings):
    settings.SAMPLE_CONTENT = False
    with pytest.raises(CommandError, match="never in production"):
        call_command("load_sample")


def test_two_districts_have_two_schools_each_and_people_in_every_role():
    for district in Organisation.objects.filter(kind="district"):
        assert district.children.count() == 2
        roles = set(
            Membership.objects.filter(organisation__in=[district, *district.children.all()])
            .values_list("role", flat=True)
        )  # fmt: skip
        assert roles == {"teacher", "reviewer", "coordinator", "district_admin"}
    assert Membership.objects.filter(role="state_admin").count() == 1


def test_every_account_signs_in_with_the_password_of_the_documentation():
    emails = {person.email for person in read_state().people}
    users = User.objects.filter(email__in=emails)
    assert len(users) == len(emails)
    assert all(user.check_password("meridian-demo") for user in users)


def test_every_district_level_names_its_equivalent_on_the_states_scale():
    levels = CompetencyLevel.objects.filter(scale__owner__kind="district")
    assert {level.key: level.state_equivalent.key for level in levels}[
        "harbor-badges:mentor"
    ] == "meridian:extending"
    assert not levels.filter(state_equivalent=None).exists()


def test_frameworks_are_adopted_by_the_state_and_by_both_districts():
    for framework in Framework.objects.filter(short_name__startswith="MER-"):
        assert set(framework.adoptions.values_list("organisation__slug", flat=True)) == {
            "meridian",
            "juniper-valley",
            "harbor-point",
        }
    assert set(Framework.objects.values_list("short_name", flat=True)) >= {
        "MER-MATH",
        "MER-ELA",
        "MER-SCI",
        "MER-CTE",
    }


def test_a_crosswalk_is_read_from_both_of_its_ends():
    percent_in_pay, percent = item("MER-CTE:C.HS.CR.4.a"), item("MER-MATH:M.7.RP.2")
    match = Association.objects.get(association_type="exactMatchOf")
    assert match in percent_in_pay.associations_from.all()
    assert match in percent.associations_to.all()
    across = Association.objects.filter(association_type__in=["isPeerOf", "isRelatedTo", "exactMatchOf"])
    assert not across.filter(destination=None).exists()
    assert not across.filter(origin=None).exists()


def test_a_standard_may_stand_in_two_places_of_the_tree():
    above = item("MER-CTE:C.HS.WF.1").ancestors.values_list("human_coding_scheme", flat=True)
    assert {"C.HS.WF", "C.MF", "C.HS.SF", "C.SF"} <= set(above)


def test_the_ended_statement_is_retired_and_no_resource_uses_it():
    ended = item("MER-MATH:M.6.RP.4")
    assert ended.retired_at is not None
    assert not Alignment.objects.filter(item=ended).exists()


def test_every_resource_is_stored_as_its_file_says():
    # One test for all: spread over workers, each of them would load the sample.
    for record in RECORDS:
        page = ResourcePage.objects.get(slug=record.slug).get_latest_revision_as_object()
        assert stored(page) == written(record), record.slug


def stored(page: ResourcePage) -> dict:
    return {
        "title": page.title,
        "author": page.owner.email,
        "district": page.district.slug,
        "school": page.school.slug if page.school else None,
        "audience": page.audience,
        "grades": page.grades,
        "subjects": {subject.slug for subject in page.subjects.all()},
        "topics": {topic.slug for topic in page.topics.all()},
        "settings": {modality.slug for modality in page.modalities.all()},
        "tags": set(page.tags.names()),
        "alignments": [
            (
                f"{each.item.framework.short_name}:{each.item.human_coding_scheme}",
                each.relation,
                each.level.key if each.level else None,
            )
            for each in page.alignments.all()
        ],
        "blocks": [block.block_type for block in page.body],
    }


def written(record: ResourceRecord) -> dict:
    return {
        "title": record.title,
        "author": record.author,
        "district": record.district,
        "school": record.school,
        "audience": record.audience,
        "grades": record.grades,
        "subjects": set(record.subjects),
        "topics": set(record.topics),
        "settings": set(record.modality),
        "tags": set(record.tags),
        "alignments": [(each.standard, each.relation, each.level) for each in record.alignments],
        "blocks": [block.type for block in record.body],
    }


def test_published_resources_name_their_reviewer_and_the_others_wait_or_were_returned():
    for record in RECORDS:
        page = ResourcePage.objects.get(slug=record.slug)
        tasks = [task for state in page.workflow_states.all() for task in state.task_states.all()]
        status = {"published": "approved", "in-review": "in_progress", "returned": "rejected"}.get(
            record.state
        )
        assert [task.status for task in tasks] == ([status] if status else []), record.slug
        assert page.live == (record.state == "published"), record.slug
        if status in ("approved", "rejected"):
            assert (
                tasks[0]
                .finished_by.memberships.filter(role="reviewer", organisation__slug=record.district)
                .exists()
            )
        if status == "rejected":
            assert tasks[0].comment == record.comment != ""


def test_there_are_at_least_40_resources_of_every_kind_setting_audience_and_state():
    assert len(RECORDS) >= 40
    assert {record.kind for record in RECORDS} == set(ResourceKind.objects.values_list("slug", flat=True))
    assert {each for record in RECORDS for each in record.modality} == set(
        Modality.objects.values_list("slug", flat=True)
    )
    assert {record.audience for record in RECORDS} == set(Audience.values)
    assert {record.state for record in RECORDS} == {"published", "draft", "in-review", "returned"}
    subjects = {each for record in RECORDS for each in record.subjects}
    assert len(subjects & set(Subject.objects.values_list("slug", flat=True))) >= 5


def test_at_least_ten_resources_are_complete():
    complete = [
        record
        for record in RECORDS
        if {block.type for block in record.body} >= LONG_FORM
        and (
            any(block.type == "differentiation" for block in record.body)
            or any(block.type == "step" and block.value.get("support") for block in record.body)
        )
    ]
    assert len(complete) >= 10


def test_the_tree_of_topics_has_about_60_topics_on_two_to_three_levels():
    assert 55 <= Topic.objects.count() <= 75
    assert set(Topic.objects.values_list("depth", flat=True)) == {1, 2, 3}


def test_a_name_that_is_not_there_is_reported_with_the_file_that_uses_it():
    wrong = RECORDS[0].model_copy(update={"slug": "wrong", "topics": ["no-such-topic"]})
    with pytest.raises(SampleError, match=r"resources/wrong\.json: no topic is called 'no-such-topic'"):
        load_resources([wrong])
    assert not ResourcePage.objects.filter(slug="wrong").exists()
