"""What coordinators keep: topics, tags that become topics, scales."""

from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from taggit.models import Tag

from people.models import Role
from repository.curation import merge_tag, tags_in_use
from repository.models import Audience, CompetencyScale, ResourcePage, Topic
from repository.permissions import sync_all
from repository.services.drafts import discard_changes
from repository.services.review import unpublish
from repository.signals import resources_changed
from tests.factories import DistrictFactory, KindFactory, ScaleFactory, StateFactory, member, resource, topic
from tests.repository.conftest import OBJECTIVES
from tests.repository.pages import Page, edit_url, latest, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    return DistrictFactory()


def test_a_merged_tag_is_gone_and_its_resources_have_the_topic(district):
    ratios = topic("Ratios")
    tagged = resource("Mixing paint", district=district, tags=["ratio", "color"])
    already = resource("Scale drawings", district=district, tags=["ratio"], topics=[ratios])
    merged = merge_tag(tag=Tag.objects.get(name="ratio"), topic=ratios)
    assert merged.resources == 2
    for page in ResourcePage.objects.filter(pk__in=[tagged.pk, already.pk]):
        assert list(page.topics.all()) == [ratios]
        draft = page.get_latest_revision_as_object()
        assert [item.pk for item in draft.topics.all()] == [ratios.pk]
        assert "ratio" not in draft.tags.names()
    assert [tag.name for tag in tags_in_use(AnonymousUser())] == ["color"]


def test_merging_publishes_no_draft_and_keeps_its_words(district):
    page = resource("Mixing paint", district=district, tags=["ratio"])
    page.title = "Mixing paint, second attempt"
    page.save_revision()
    merge_tag(tag=Tag.objects.get(name="ratio"), topic=topic("Ratios"))
    page.refresh_from_db()
    assert page.title == "Mixing paint"
    draft = page.get_latest_revision_as_object()
    assert draft.title == "Mixing paint, second attempt"
    assert [item.name for item in draft.topics.all()] == ["Ratios"]


def test_who_discards_a_draft_after_a_merge_and_unpublishes_keeps_the_topic(district):
    author = member(Role.TEACHER, district)
    page = resource("Mixing paint", district=district, owner=author, tags=["ratio", "color"])
    page.title = "Mixing paint, second attempt"
    page.save_revision(user=author)
    merge_tag(tag=Tag.objects.get(name="ratio"), topic=topic("Ratios"))
    discard_changes(identifier=page.identifier, user=author)
    unpublish(identifier=page.identifier, user=author)
    draft = ResourcePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.title == "Mixing paint"
    assert said_of(draft) == (["color"], ["Ratios"])
    draft.save_revision(user=author).publish()
    assert said_of(ResourcePage.objects.get(pk=page.pk)) == (["color"], ["Ratios"])


def test_the_published_version_brought_back_after_a_merge_has_the_topic(district):
    page = resource("Mixing paint", district=district, tags=["ratio", "color"])
    page.save_revision()
    merge_tag(tag=Tag.objects.get(name="ratio"), topic=topic("Ratios"))
    published = ResourcePage.objects.get(pk=page.pk).live_revision.as_object()
    assert said_of(published) == (["color"], ["Ratios"])


def test_a_former_version_brought_back_after_a_merge_has_the_topic(district, client):
    page = resource("Mixing paint", district=district, tags=["ratio", "color"])
    former = page.latest_revision
    for title in ("Mixing paint, again", "Mixing paint, once more"):
        page.tags.remove("ratio")
        page.title = title
        page.save_revision().publish()
    merge_tag(tag=Tag.objects.get(name="ratio"), topic=topic("Ratios"))
    client.force_login(member(Role.COORDINATOR, district))
    url = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, former.pk])
    assert "Ratios" in [one.name for one in client.get(url).context["form"].initial["topics"]]
    former.refresh_from_db()
    former.publish()
    assert said_of(ResourcePage.objects.get(pk=page.pk)) == (["color"], ["Ratios"])


def test_a_form_that_was_open_while_a_tag_became_a_topic_is_told(district):
    author = member(Role.TEACHER, district)
    sync_all()
    page = resource(
        "Mixing paint", district=district, owner=author, live=False, tags=["ratio", "color"], body=OBJECTIVES
    )
    form = Page.open(signed_in(author), edit_url(page))
    merge_tag(tag=Tag.objects.get(name="ratio"), topic=topic("Ratios"))
    assert "Not saved" in form.press("Save").text
    assert said_of(latest(page)) == (["color"], ["Ratios"])


def test_a_draft_that_took_the_tag_off_does_not_get_its_topic(district):
    page = resource("Mixing paint", district=district, tags=["ratio", "color"])
    page.tags.remove("ratio")
    draft = page.save_revision()
    merge_tag(tag=Tag.objects.get(name="ratio"), topic=topic("Ratios"))
    assert said_of(ResourcePage.objects.get(pk=page.pk)) == (["color"], ["Ratios"])
    draft.refresh_from_db()
    draft.publish()
    assert said_of(ResourcePage.objects.get(pk=page.pk)) == (["color"], [])


def said_of(page):
    return sorted(page.tags.names()), [one.name for one in page.topics.all()]


def test_a_coordinator_merges_tags_in_the_admin(district, client):
    ratios = topic("Ratios")
    resource("Mixing paint", district=district, tags=["ratio"])
    client.force_login(member(Role.COORDINATOR, district))
    page = client.get(reverse("tags:index"))
    assert "ratio" in page.content.decode()
    chosen = {"tag": Tag.objects.get().pk, "topic": ratios.pk}
    asked = client.post(reverse("tags:index"), chosen).content.decode()
    assert "Make “ratio” the topic “Ratios”?" in asked
    assert "1 resource has the tag" in asked
    assert Tag.objects.exists()
    answer = client.post(reverse("tags:index"), {**chosen, "sure": "1"}, follow=True)
    assert not Tag.objects.exists()
    assert "is now the topic “Ratios”, on 1 resource." in answer.content.decode()


def test_tags_of_drafts_of_other_districts_are_neither_listed_nor_counted(district, client):
    other = DistrictFactory()
    resource("Mixing paint", district=district, live=False, tags=["ratio"])
    resource("Scale drawings", district=other, tags=["ratio", "shared"])
    resource("Not yet", district=other, live=False, tags=["ratio", "secret"])
    resource("Ours alone", district=other, audience=Audience.DISTRICT, tags=["ratio", "internal"])
    client.force_login(member(Role.COORDINATOR, district))
    address = reverse("tags:index")
    html: Any = lxml.html.fromstring(client.get(address).content)
    rows = [
        [" ".join(cell.text_content().split()) for cell in row[:2]]
        for row in html.xpath("//main//table//tbody/tr[.//select]")
    ]
    assert rows == [["ratio", "2 resources"], ["shared", "1 resource"]]
    chosen = {"tag": Tag.objects.get(name="ratio").pk, "topic": topic("Ratios").pk}
    assert (
        "2 resources have the tag, and perhaps some that you may not see" in client.post(address, chosen).text
    )
    assert "on 2 resources." in client.post(address, {**chosen, "sure": "1"}, follow=True).text
    assert not Tag.objects.filter(name="ratio").exists()  # others' drafts have the topic, too
    secret = {"tag": Tag.objects.get(name="secret").pk, "topic": chosen["topic"], "sure": "1"}
    assert "the tag is not there any more" in client.post(address, secret, follow=True).text


def test_a_reviewer_may_not_merge_tags(district, client):
    client.force_login(member(Role.REVIEWER, district))
    assert "Tags" not in client.get(reverse("wagtailadmin_home")).content.decode()
    assert client.get(reverse("tags:index")).status_code == 302


def test_topics_are_added_below_others_and_moved_in_the_admin(district, client):
    number, shape = topic("Number"), topic("Shape")
    client.force_login(member(Role.COORDINATOR, district))
    client.post(
        reverse("topics:add"), {"name": "Ratios", "slug": "ratios", "description": "", "parent": number.pk}
    )
    ratios = Topic.objects.get(slug="ratios")
    assert ratios.get_parent() == number
    edit = reverse("topics:edit", args=[ratios.pk])
    client.post(edit, {"name": "Ratios", "slug": "ratios", "description": "", "parent": shape.pk})
    assert Topic.objects.get(slug="ratios").get_parent() == shape
    client.post(edit, {"name": "Ratios", "slug": "ratios", "description": "", "parent": ""})
    assert Topic.objects.get(slug="ratios").is_root()
    answer = client.post(
        reverse("topics:edit", args=[number.pk]),
        {"name": "Number", "slug": "number", "description": "", "parent": number.pk},
    )
    assert "cannot be part of itself" in answer.content.decode()
    assert Topic.find_problems() == ([], [], [], [], [])


def test_a_renamed_topic_goes_to_its_new_place_and_others_are_added_beside_it(district, client):
    fruit = topic("Fruit")
    apples, _berries, _cherries = (topic(name, under=fruit) for name in ("Apples", "Berries", "Cherries"))
    client.force_login(member(Role.COORDINATOR, district))
    client.post(
        reverse("topics:edit", args=[apples.pk]),
        {"name": "Zucchini", "slug": "apples", "description": "", "parent": fruit.pk},
    )
    for name in ("Bananas", "Yams", "Dates"):
        new = {"name": name, "slug": name.lower(), "description": "", "parent": fruit.pk}
        assert client.post(reverse("topics:add"), new).status_code == 302
    fruit.refresh_from_db()
    names = [one.name for one in fruit.get_children()]
    assert names == ["Bananas", "Berries", "Cherries", "Dates", "Yams", "Zucchini"]
    assert Topic.find_problems() == ([], [], [], [], [])


def test_a_moved_topic_tells_of_every_resource_at_or_below_it(district, client):
    number, shape = topic("Number"), topic("Shape")
    ratios = topic("Ratios", under=number)
    page = resource("Mixing paint", district=district, topics=[topic("Unit rates", under=ratios)])
    resource("Angles", district=district, topics=[shape])
    told = []

    def listen(page_ids, **kwargs):
        told.extend(page_ids)

    resources_changed.connect(listen)
    client.force_login(member(Role.COORDINATOR, district))
    edit = reverse("topics:edit", args=[ratios.pk])
    client.post(edit, {"name": "Ratios", "slug": "ratios", "description": "", "parent": shape.pk})
    resources_changed.disconnect(listen)
    assert told == [page.pk]


def test_a_coordinator_keeps_the_scales_of_the_own_district_only(district, client):
    own, foreign = ScaleFactory(owner=district), ScaleFactory(owner=DistrictFactory())
    of_state = ScaleFactory(owner=StateFactory())
    client.force_login(member(Role.COORDINATOR, district))
    assert client.get(reverse("competency_scales:edit", args=[own.pk])).status_code == 200
    for scale in (foreign, of_state):
        assert client.get(reverse("competency_scales:edit", args=[scale.pk])).status_code == 302
        assert client.post(reverse("competency_scales:delete", args=[scale.pk])).status_code == 302
    assert CompetencyScale.objects.count() == 3


def test_a_district_level_names_its_equivalent_on_the_states_scale(district, client):
    state_scale = ScaleFactory(owner=StateFactory(), name="State scale")
    proficient = state_scale.levels.create(name="Proficient", slug="proficient", sort_order=0)
    state_scale.save()
    client.force_login(member(Role.COORDINATOR, district))
    data = {
        "name": "Our scale",
        "slug": "our-scale",
        "owner": district.pk,
        "description": "",
        "levels-TOTAL_FORMS": 1,
        "levels-INITIAL_FORMS": 0,
        "levels-MIN_NUM_FORMS": 0,
        "levels-MAX_NUM_FORMS": 1000,
        "levels-0-name": "Got it",
        "levels-0-slug": "got-it",
        "levels-0-description": "",
        "levels-0-state_equivalent": proficient.pk,
        "levels-0-ORDER": 1,
        "levels-0-id": "",
    }
    answer = client.post(reverse("competency_scales:add"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    level = CompetencyScale.objects.get(slug="our-scale").levels.get()
    assert level.state_equivalent == proficient
    assert level.key == "our-scale:got-it"


def test_the_sections_of_a_kind_are_ticked_by_the_names_that_contributors_see(district, client):
    kind = KindFactory(slug="lesson", blocks=["objectives", "step", "handout"])
    author = member(Role.TEACHER, district)
    draft = resource("Mixing paint", district=district, owner=author, kind=kind, live=False)
    client.force_login(member(Role.STATE_ADMIN, StateFactory()))
    edit = reverse("resource_kinds:edit", args=[kind.pk])
    form = Page.open(client, edit)
    assert form.value("blocks") == ["step", "handout"]
    for words in ("Steps", "Handouts", "For every learner", "Video and audio"):
        assert words in form.text
    form.press("Save", blocks=["step", "rubric"])
    headings = Page.open(signed_in(author), edit_url(draft)).html.xpath("//main//section//h2/text()")
    offered = {"Steps", "Rubric", "Handouts"} & {heading.strip() for heading in headings}
    assert offered == {"Steps", "Rubric"}
