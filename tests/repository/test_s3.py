"""Files in an S3 bucket, over HTTP, with the storage of the production settings: nothing leaves but by our views."""

import gc
import importlib
import io
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import boto3
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer
from PIL import Image
from storages.backends.s3 import S3Storage

from repository.services.files import store_file, store_image
from tests.factories import resource

pytestmark = [
    pytest.mark.django_db,
    # boto3's pool and moto's server leave their sockets to the garbage collector, which complains in any test.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server that speaks S3, empty."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, monkeypatch, settings):
    """An empty private bucket, in use as production has it."""
    environment = {
        "SECRET_KEY": "k" * 60,
        "SITE_URL": "https://resources.example.org",
        "DATABASE_URL": "postgresql://somewhere/else",
        "OPENSEARCH_URL": "https://engine.example:9200",
        "OPENSEARCH_PREFIX": "lessons",
        "EMAIL_HOST": "mail.example",
        "S3_BUCKET": "lessons",
        "S3_ENDPOINT_URL": s3,
        "S3_REGION": "us-west-2",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    bucket = boto3.resource("s3", endpoint_url=s3, region_name="us-west-2").Bucket("lessons")
    bucket.create(CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    # Another test may have been between two of these, and then the server is a new one.
    monkeypatch.delitem(sys.modules, "config.settings.production", raising=False)
    production = importlib.import_module("config.settings.production")
    settings.STORAGES = {**settings.STORAGES, "default": production.STORAGES["default"]}
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()
    gc.collect()  # here, where it is ignored


def keys(bucket):
    return sorted(one.key for one in bucket.objects.all())


def content_of(response):
    return b"".join(response.streaming_content)


def photo():
    written = io.BytesIO()
    Image.new("RGB", (900, 450), (200, 30, 30)).save(written, "JPEG")
    return SimpleUploadedFile("cereal.jpg", written.getvalue())


def visitors(people):
    """Somebody of the district, and two who are not."""
    colleague, outsider = Client(), Client()
    colleague.force_login(people.colleague)
    outsider.force_login(people.outsider)
    return colleague, [Client(), outsider]


def test_a_file_is_kept_in_the_bucket_and_given_to_its_audience_only(bucket, people):
    handout = SimpleUploadedFile("price list.txt", b"Oats 4.20\nRye 3.10\n")
    document = store_file(user=people.teacher, district=people.district, file=handout)
    assert isinstance(document.file.storage, S3Storage)
    assert keys(bucket) == [document.file.name]
    page = resource("Cereal boxes", district=people.district, audience="district")
    page.attachments.add(page.attachments.model(document=document))
    page.save_revision().publish()
    colleague, others = visitors(people)
    given = colleague.get(document.url)
    assert given.status_code == 200
    assert content_of(given) == b"Oats 4.20\nRye 3.10\n"
    assert [one.get(document.url).status_code for one in others] == [404, 404]
    shown = colleague.get(page.url).content.decode()
    assert document.url in shown
    assert bucket.meta.client.meta.endpoint_url not in shown


def test_a_picture_is_shown_from_the_bucket_to_its_audience_only(bucket, people):
    image = store_image(user=people.teacher, district=people.district, file=photo())
    body = [{"type": "image", "value": {"image": image.pk, "alt": "Boxes", "caption": ""}, "id": "i"}]
    page = resource("Cereal boxes", district=people.district, audience="district", body=body)
    rendition = image.get_rendition("width-400")
    assert keys(bucket) == sorted([image.file.name, rendition.file.name])
    colleague, others = visitors(people)
    given = colleague.get(rendition.url)
    assert given.status_code == 200
    assert Image.open(io.BytesIO(content_of(given))).size == (400, 200)
    assert [one.get(rendition.url).status_code for one in others] == [404, 404]
    shown = colleague.get(page.url).content.decode()
    assert reverse("resource_image", args=[1, "x"]).rsplit("/", 2)[0] in shown
    assert bucket.meta.client.meta.endpoint_url not in shown


def test_nobody_gets_a_file_from_the_bucket_itself(bucket, people):
    document = store_file(
        user=people.teacher, district=people.district, file=SimpleUploadedFile("a.txt", b"secret")
    )
    host = urlsplit(bucket.meta.client.meta.endpoint_url).netloc
    with closing(HTTPConnection(host, timeout=10)) as connection:
        connection.request("GET", f"/lessons/{document.file.name}")
        answer = connection.getresponse()
        assert answer.status == 403
        assert b"secret" not in answer.read()


def test_a_second_file_of_the_same_name_leaves_the_first(bucket, people):
    stored = [
        store_file(user=people.teacher, district=people.district, file=SimpleUploadedFile("a.txt", content))
        for content in (b"one", b"two")
    ]
    contents = []
    for document in stored:
        with document.file.open() as file:
            contents.append(file.read())
    assert contents == [b"one", b"two"]
    assert len(keys(bucket)) == 2
