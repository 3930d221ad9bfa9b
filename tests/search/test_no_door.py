"""A resource for one school: somebody outside finds no door to it, no word of it and no count that gives it away."""

import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from people.models import Role, User
from repository.services.files import store_file, store_image
from repository.short_links import short_url
from tests.factories import (
    DistrictFactory,
    FrameworkFactory,
    ItemFactory,
    SchoolFactory,
    member,
    resource,
    topic,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.engine,
    # Wagtail leaves the files of a rendition to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SECRET = "Zanzibar expedition"


@pytest.fixture
def world():
    """Teachers of two schools, and a lesson of the first school with every kind of attachment."""
    district = DistrictFactory(name="Juniper Valley")
    ridge, high = SchoolFactory(parent=district), SchoolFactory(parent=district)
    author = member(Role.TEACHER, ridge, name="Rosa Delgado")
    item = ItemFactory(framework=FrameworkFactory(short_name="GEO"), human_coding_scheme="G.1")
    written = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(written, "JPEG")
    image = store_image(
        user=author, district=district, file=SimpleUploadedFile("zanzibar.jpg", written.getvalue())
    )
    page = resource(
        SECRET,
        district=district,
        school=ridge,
        owner=author,
        audience="school",
        summary="Maps of the island",
        tags=["zanzibar"],
        topics=[topic("Islands")],
        alignments=[{"item": item, "relation": "teaches"}],
        body=[{"type": "image", "value": {"image": image.pk, "alt": "A map", "caption": ""}, "id": "i"}],
    )
    document = store_file(
        user=author, district=district, file=SimpleUploadedFile("zanzibar.txt", b"Set sail at dawn")
    )
    page.attachments.add(page.attachments.model(document=document))
    page.save_revision(user=author).publish()
    return {
        "page": page,
        "author": author,
        "colleague": member(Role.TEACHER, ridge),
        "outside": [None, member(Role.TEACHER, high), member(Role.REVIEWER, DistrictFactory())],
        "doors": [
            page.url,
            short_url(page),
            f"/contribute/{page.identifier}/preview/",
            f"/contribute/{page.identifier}/",
            f"/review/{page.identifier}/",
            document.url,
            image.get_rendition("width-30").url,
        ],
        "lists": [
            "/",
            "/juniper-valley/",
            f"/{page.get_parent().slug}/",
            "/search/",
            "/search/?q=zanzibar",
            "/search/?q=expedition&sort=newest",
            "/search/?standard=GEO:G.1",
            "/search/?topic=islands",
            "/api/v1/resources?q=zanzibar",
            "/api/v1/resources",
            "/standards/item/GEO:G.1/",
            "/standards/GEO/",
            "/standards/lookup/?q=G.1",
        ],
    }


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def content_of(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # Found words are marked, in the middle of a title too.
    return re.sub(r"</?mark[^>]*>", "", content.decode(errors="replace"))


def test_nobody_outside_finds_it(world, follow: Callable[[], None]) -> None:
    follow()
    for user in world["outside"]:
        client = client_of(user)
        for door in world["doors"]:
            answer = client.get(door)
            # A visitor is asked to sign in where only members go; the answer is the same for what is not there.
            asked_to_sign_in = (
                user is None and answer.status_code == 302 and "/accounts/login/" in answer["Location"]
            )
            assert answer.status_code == 404 or asked_to_sign_in, (user, door)
        for address in world["lists"]:
            content = content_of(client.get(address, follow=True))
            for words in (SECRET, "Maps of the island", "zanzibar.", "Set sail"):
                assert words not in content, (user, address, words)
        found = client.get("/api/v1/resources?standard=GEO:G.1").json()
        assert found["total"] == 0
        counts = [bucket["count"] for facet in found["facets"].values() for bucket in facet["buckets"]]
        assert not any(counts)
        assert client.get("/api/v1/standards/GEO:G.1").json()["counts"]["resources"] == 0


def test_a_colleague_of_the_school_does(world, follow: Callable[[], None]) -> None:
    """The same addresses do show it to whom it is meant for: the test above can fail."""
    follow()
    client = client_of(world["colleague"])
    page, document, image = world["doors"][0], world["doors"][5], world["doors"][6]
    answers = [client.get(door, follow=True) for door in (page, document, image)]
    assert [answer.status_code for answer in answers] == [200] * 3
    # Each is read to its end, or the file that is sent stays open until another test runs.
    shown, sent, picture = map(content_of, answers)
    assert SECRET in shown
    assert sent == "Set sail at dawn"
    assert picture
    found = [address for address in world["lists"] if SECRET in content_of(client.get(address, follow=True))]
    assert {"/search/?q=zanzibar", "/search/?standard=GEO:G.1", "/standards/item/GEO:G.1/"} <= set(found)
    assert client.get("/api/v1/standards/GEO:G.1").json()["counts"]["resources"] == 1
