"""What is in review while somebody moves it to another district, locks it, sends it for another, or is a moment later."""

import pytest
from django.urls import reverse

from people.models import Organisation
from repository.models import Audience, DistrictPage, ResourcePage
from repository.permissions import sync_all
from repository.services import drafts, review
from tests.factories import resource
from tests.repository.conftest import seen
from tests.repository.pages import Page, edit_url, signed_in
from tests.repository.test_review_in_the_admin import approve_in_admin, is_live

pytestmark = pytest.mark.django_db


def sent(draft):
    review.submit(identifier=draft.identifier, user=draft.owner)
    return reverse("repository:review", args=[draft.identifier])


def returned(draft, user, comment):
    review.return_to_author(identifier=draft.identifier, user=user, revision_id=seen(draft), comment=comment)


def move_to(people, draft, district: Organisation):
    """As the state's administrator does, in the admin."""
    target = DistrictPage.objects.get(district=district)
    signed_in(people.state_admin).post(reverse("wagtailadmin_pages:move_confirm", args=[draft.pk, target.pk]))
    assert ResourcePage.objects.get(pk=draft.pk).district_id == district.pk


def elsewhere(people):
    return people.other_reviewer.memberships.get().organisation


def test_the_reviewers_of_the_district_that_it_is_moved_to_decide(
    people, draft, mailoutbox, settings, django_capture_on_commit_callbacks
):
    """It stood in the queue of the former district, with its title, where nobody could open it, and in no other."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    url = sent(draft)
    with django_capture_on_commit_callbacks(execute=True):
        move_to(people, draft, elsewhere(people))
    assert {to for mail in mailoutbox for to in mail.to} == {people.other_reviewer.email}
    assert "Nothing waits for review" in Page.open(signed_in(people.reviewer), "/review/").text
    dashboard = signed_in(people.reviewer).get("/admin/").content.decode()
    assert "Cereal boxes" not in dashboard
    there = signed_in(people.other_reviewer)
    assert "Cereal boxes" in Page.open(there, "/review/").text
    Page.open(there, url).press("Send my decision", decision="approve")
    assert is_live(draft)


def test_what_was_returned_before_it_was_moved_goes_to_the_reviewers_there(people, draft):
    sent(draft)
    returned(draft, people.reviewer, "Please name the grade.")
    move_to(people, draft, elsewhere(people))
    review.submit(identifier=draft.identifier, user=people.state_admin)
    assert "Nothing waits for review" in Page.open(signed_in(people.reviewer), "/review/").text
    assert "Cereal boxes" in Page.open(signed_in(people.other_reviewer), "/review/").text


@pytest.mark.parametrize("decision", ["approve", "return"])
def test_nobody_decides_about_what_an_administrator_has_locked(people, draft, decision):
    """It was published, although its author could neither change it nor take it off the site."""
    form = Page.open(signed_in(people.reviewer), sent(draft))
    signed_in(people.district_admin).post(reverse("wagtailadmin_pages:lock", args=[draft.pk]))
    told = form.press("Send my decision", decision=decision, comment="Well made")
    assert f"{people.district_admin} has locked it" in told.text
    assert told.value("comment") == "Well made"
    assert (
        f"{people.district_admin} has locked this resource"
        in Page.open(signed_in(people.reviewer), f"/review/{draft.identifier}/").text
    )
    approve_in_admin(people.reviewer, draft)
    assert not is_live(draft)
    signed_in(people.district_admin).post(reverse("wagtailadmin_pages:unlock", args=[draft.pk]))
    told.press("Send my decision", decision="approve")
    assert is_live(draft)


def test_nobody_sends_what_an_administrator_has_locked_to_reviewers(people, draft):
    """It waited for those who cannot decide about it."""
    asks = Page.open(signed_in(people.teacher), f"/contribute/{draft.identifier}/submit/")
    signed_in(people.district_admin).post(reverse("wagtailadmin_pages:lock", args=[draft.pk]))
    assert f"{people.district_admin} has locked it" in asks.press("Send it").notices
    assert "Nothing waits for review" in Page.open(signed_in(people.reviewer), "/review/").text


def test_who_takes_back_what_was_just_returned_keeps_the_reviewers_comment(people, draft):
    """It was a draft like any other afterwards, and the comment was nowhere."""
    sent(draft)
    author = signed_in(people.teacher)
    asks = Page.open(author, f"/my-resources/{draft.identifier}/withdraw/")
    returned(draft, people.reviewer, "Please name the grade.")
    told = asks.press("Take it back")
    assert "the state of the resource has changed" in told.notices
    assert "Please name the grade." in told.text
    assert "Please name the grade." in Page.open(author, edit_url(draft)).text


def test_who_sent_the_resource_of_another_leaves_it_to_others_and_reads_why(people, draft):
    """The queue asked for a review, and the page said that she had made it herself."""
    review.submit(identifier=draft.identifier, user=people.coordinator)
    sender = signed_in(people.coordinator)
    assert "Yours: for another reviewer" in Page.open(sender, "/review/").text
    page = Page.open(sender, reverse("repository:review", args=[draft.identifier]))
    assert "You made this resource, or sent it yourself, so another reviewer" in page.text


@pytest.mark.parametrize(
    ("first", "what"),
    [
        (
            lambda people, url: Page.open(signed_in(people.reviewer), url).press("Send", decision="approve"),
            "Approved",
        ),
        (
            lambda people, url: review.withdraw(identifier=url.split("/")[-2], user=people.teacher),
            "Taken back",
        ),
    ],
)
def test_who_decides_second_reads_what_came_first_and_keeps_the_comment(people, draft, first, what):
    """“The state of the resource has changed” was all, and what had been typed was gone."""
    url = sent(draft)
    late = Page.open(signed_in(people.coordinator), url)
    first(people, url)
    told = late.press("Send my decision", decision="return", comment="Please name the grade.")
    who = people.reviewer if what == "Approved" else people.teacher
    assert f"Your decision was not taken This came first: “{what}”, {who}." in told.text
    assert "Your comment was sent to nobody: Please name the grade." in told.text
    assert [one.text for one in told.html.xpath("//aside//a[@href='/review/']")] == ["Waiting for review"]


def test_who_decides_about_what_is_deleted_or_elsewhere_by_then_is_led_to_the_queue(people, draft):
    """It was the page for what is not there."""
    late = Page.open(signed_in(people.reviewer), sent(draft))
    move_to(people, draft, elsewhere(people))
    told = late.press("Send my decision", decision="return", comment="Please name the grade.")
    assert told.url == "/review/"
    assert (
        "Nothing has been decided: this resource was deleted, or moved to another district." in told.notices
    )
    ResourcePage.objects.get(pk=draft.pk).delete()
    assert "Nothing has been decided" in late.press("Send my decision", decision="approve").notices


def test_an_author_who_has_left_is_offered_nothing_that_is_refused_and_reads_who_looks_after_it(
    people, draft
):
    """“Edit” and “Delete” led to “Not open to you”."""
    author = signed_in(people.teacher)
    assert Page.open(author, "/my-resources/").html.xpath(f"//a[@href='{edit_url(draft)}']")
    people.teacher.memberships.all().delete()
    mine = Page.open(author, "/my-resources/")
    assert "This belongs to Juniper Valley, where you have no role now" in mine.text
    links = mine.html.xpath("//li[contains(@class, 'row')]//a/@href")
    assert {author.get(link).status_code for link in links} == {200}


def test_a_reviewer_sees_what_has_changed_since_it_was_returned_or_published(people, draft):
    """All of it had to be read again."""

    def changes(words):
        (link,) = Page.open(reviewer, url).html.xpath(f"//a[text()='{words}']/@href")
        return Page.open(reviewer, link).text

    def revise(summary):
        drafts.save_draft(
            identifier=draft.identifier,
            user=people.teacher,
            change=lambda page: setattr(page, "summary", summary),
        )
        review.submit(identifier=draft.identifier, user=people.teacher)

    sync_all()
    reviewer, url = signed_in(people.reviewer), sent(draft)
    assert "What has changed" not in Page.open(reviewer, url).text
    returned(draft, people.reviewer, "By weight, please.")
    revise("Which cereal is cheaper by the gram?")
    told = changes("What has changed since it was returned")
    assert "ounce?" in told
    assert "gram?" in told
    Page.open(reviewer, url).press("Send my decision", decision="approve")
    revise("Which cereal is cheaper by the kilo?")
    told = changes("What has changed since it was published")
    assert "gram?" in told
    assert "kilo?" in told


@pytest.mark.parametrize("at_once", [False, True])
def test_who_moves_what_is_for_one_school_is_told_that_nobody_there_sees_it(people, at_once):
    """It vanished for everybody but staff, without a word."""
    school = people.teacher.memberships.get().organisation
    nets = resource("Nets", district=people.district, audience=Audience.SCHOOL, school=school)
    public = resource("Cubes", district=people.district)
    target = DistrictPage.objects.get(district=elsewhere(people))
    admin = signed_in(people.state_admin)
    if at_once:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])
        asked = f"{url}?id={nets.pk}&id={public.pk}&next=/admin/"
        answer = admin.post(asked, {"chooser": target.pk, "move_applicable": "on"}, follow=True)
    else:
        for page in (public, nets):
            url = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, target.pk])
            answer = admin.post(url, follow=True)
    assert ResourcePage.objects.get(pk=nets.pk).district_id == target.district_id
    told = answer.content.decode()
    assert "“Nets” was for one school of its former district: only staff see it now." in told
    assert "“Cubes” was for" not in told
