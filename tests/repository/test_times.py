"""`publish_scheduled` where something is wrong with a page."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import Page, Revision

from repository.models import ResourcePage
from tests.factories import resource

pytestmark = pytest.mark.django_db


def scheduled(title: str, people: SimpleNamespace, **content: object) -> ResourcePage:
    """A draft whose time has come; content: what its stored version says, whoever wrote that."""
    page = resource(title, district=people.district, live=False)
    page.go_live_at = timezone.now() - timedelta(hours=1)
    revision = page.save_revision()
    Revision.objects.filter(pk=revision.pk).update(
        approved_go_live_at=page.go_live_at, content={**revision.content, **content}
    )
    return page


def test_an_address_that_another_page_has_taken_is_made_free(people: SimpleNamespace) -> None:
    taken = resource("Rivers", district=people.district)
    page = scheduled("Lakes", people, slug=taken.slug)
    call_command("publish_scheduled")
    page = ResourcePage.objects.get(pk=page.pk)
    assert page.live
    assert page.slug == f"{taken.slug}-2"
    assert page.url_path == f"{taken.url_path.rstrip('/')}-2/"


@pytest.mark.parametrize("what", ["begins", "ends"])
def test_a_page_with_which_something_is_wrong_keeps_no_other_from_its_turn(
    people: SimpleNamespace, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ended with the first that could not be published, and so did every run after it."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    ending = [resource(title, district=people.district) for title in ("Deserts", "Glaciers")]
    ResourcePage.objects.filter(pk__in=[page.pk for page in ending]).update(expire_at=an_hour_ago)
    beginning = [scheduled(title, people) for title in ("Lakes", "Seas")]
    if what == "begins":
        wrong, why = beginning[0], f"The slug '{beginning[0].slug}' is already in use"
        # As databases have it from before two could not take one address at the same moment.
        Page.objects.filter(pk=resource("Rivers", district=people.district).pk).update(
            slug=wrong.slug, url_path=wrong.url_path
        )
    else:
        wrong, why = ending[0], "RuntimeError('no room')"
        unpublish = ResourcePage.unpublish

        def fails(page: ResourcePage, **kwargs: object) -> None:
            if page.pk == wrong.pk:
                raise RuntimeError("no room")
            unpublish(page, **kwargs)

        monkeypatch.setattr(ResourcePage, "unpublish", fails)
    for _twice in range(2):
        with pytest.raises(CommandError) as told:
            call_command("publish_scheduled")
        assert f"“{wrong.title}” (page {wrong.pk}): {why}" in str(told.value)
        assert str(told.value).count("(page") == 1
    live = set(ResourcePage.objects.filter(live=True).values_list("title", flat=True)) - {"Rivers"}
    assert live == ({"Seas"} if what == "begins" else {"Deserts", "Lakes", "Seas"})
