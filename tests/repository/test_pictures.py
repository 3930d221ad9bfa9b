"""A stored picture shows what the photo showed, and says nothing of where, when and by whom it was taken."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from repository.models import ResourceDocument, ResourceImage
from repository.pictures import without_metadata
from repository.services.files import store_file, store_image
from repository.uploads import Refused

MAKER, OWNER = "Pocketcam 9", "Rosa Delgado"
RED, BLUE = (200, 30, 30), (30, 30, 200)


def notes(orientation=1):
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Artist], exif[Base.Orientation] = MAKER, OWNER, orientation
    exif.get_ifd(IFD.GPSInfo).update(
        {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (39.0, 44.0, 21.0), GPS.GPSLongitude: (104.0, 59.0, 5.0)}
    )
    return exif


def picture():
    """Red on the left, blue on the right: 64 by 32."""
    image = Image.new("RGB", (64, 32), RED)
    image.paste(BLUE, (32, 0, 64, 32))
    return image


def photo(kind="JPEG", orientation=1, **options):
    written = io.BytesIO()
    picture().save(written, kind, exif=notes(orientation), **options)
    return written.getvalue()


def cut_off_photo():
    written = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(written, "JPEG")
    return written.getvalue()[: len(written.getvalue()) // 2]


def cleaned(data, name="photo.jpg"):
    return without_metadata(ContentFile(data), name).read()


def content_of(stored):
    with stored.file.open() as file:
        return file.read()


def near(colour, wanted):
    return all(abs(one - other) < 25 for one, other in zip(colour[:3], wanted, strict=True))


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_place_device_and_name_are_gone_and_the_picture_is_not(kind, name):
    data = photo(kind)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(IFD.GPSInfo)
    clean = cleaned(data, name)
    shown = Image.open(io.BytesIO(clean))
    assert not dict(shown.getexif())
    assert not shown.getexif().get_ifd(IFD.GPSInfo)
    assert MAKER.encode() not in clean
    assert OWNER.encode() not in clean
    assert shown.format == kind
    assert near(shown.convert("RGB").getpixel((8, 16)), RED)
    assert near(shown.convert("RGB").getpixel((56, 16)), BLUE)


# Where the red half is, after the camera's note on how it was held has been followed.
@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [(1, (8, 16)), (3, (56, 16)), (6, (16, 8)), (8, (16, 56))],
)
def test_a_photo_taken_sideways_stands_upright(orientation, red_at):
    shown = Image.open(io.BytesIO(cleaned(photo(orientation=orientation))))
    assert shown.size == ((64, 32) if orientation in (1, 3) else (32, 64))
    assert near(shown.getpixel(red_at), RED)
    assert 0x0112 not in shown.getexif()


def test_what_is_appended_to_a_photo_goes_too():
    clean = cleaned(photo() + b"ftypmp4 a short film shot at Cedar Ridge")
    assert b"Cedar Ridge" not in clean


def test_comments_and_descriptions_go_and_the_colour_profile_stays():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = photo(comment=f"by {OWNER}".encode(), icc_profile=profile, xmp=b"<x:xmpmeta>Denver</x:xmpmeta>")
    clean = cleaned(data)
    assert b"Denver" not in clean
    assert OWNER.encode() not in clean
    assert Image.open(io.BytesIO(clean)).info["icc_profile"] == profile
    text = PngInfo()
    text.add_text("Author", OWNER)
    assert OWNER.encode() not in cleaned(photo("PNG", pnginfo=text), "a.png")


@pytest.mark.parametrize(("kind", "name"), [("GIF", "a.gif"), ("WEBP", "a.webp"), ("PNG", "a.png")])
def test_a_moving_picture_still_moves(kind, name):
    written = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE, (10, 200, 10))]
    frames[0].save(written, kind, save_all=True, append_images=frames[1:], duration=[50, 60, 70], loop=0)
    shown = Image.open(io.BytesIO(cleaned(written.getvalue(), name)))
    assert getattr(shown, "n_frames", 1) == 3
    shown.seek(1)
    assert near(shown.convert("RGB").getpixel((10, 10)), BLUE)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_a_png_of_every_kind_is_taken(mode):
    written = io.BytesIO()
    picture().convert("L" if mode == "I;16" else mode).convert(mode).save(written, "PNG")
    assert Image.open(io.BytesIO(cleaned(written.getvalue(), "a.png"))).size == (64, 32)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_for_print_or_without_colour_is_taken(mode):
    written = io.BytesIO()
    picture().convert(mode).save(written, "JPEG", exif=notes())
    shown = Image.open(io.BytesIO(cleaned(written.getvalue())))
    assert shown.mode == mode
    assert shown.convert("L").getpixel((8, 16)) == pytest.approx(
        picture().convert("L").getpixel((8, 16)), abs=25
    )


@pytest.mark.django_db
class TestWhatIsStored:
    def upload(self, name="cereal.jpg", orientation=6):
        return SimpleUploadedFile(name, photo(orientation=orientation), content_type="image/jpeg")

    def test_a_picture_from_the_contribution_page(self, people):
        stored = store_image(user=people.teacher, district=people.district, file=self.upload())
        stored = type(stored).objects.get()
        content = content_of(stored)
        assert MAKER.encode() not in content
        assert (stored.width, stored.height) == (32, 64)
        assert stored.file_size == len(content)

    def test_a_photo_given_as_a_file(self, people):
        stored = store_file(user=people.teacher, district=people.district, file=self.upload())
        stored = type(stored).objects.get()
        content = content_of(stored)
        assert MAKER.encode() not in content
        assert stored.file_size == len(content)

    @pytest.mark.parametrize(
        ("model", "address"),
        [(ResourceImage, "wagtailimages:add"), (ResourceDocument, "wagtaildocs:add")],
    )
    def test_one_from_the_admin(self, people, model, address):
        client = Client()
        client.force_login(people.coordinator)
        collection = people.coordinator.groups.first().collection_permissions.first().collection
        sent = client.post(
            reverse(address), {"title": "Cereal", "file": self.upload(), "collection": collection.pk}
        )
        assert sent.status_code == 302
        stored = model.objects.get()
        assert MAKER.encode() not in content_of(stored)
        hashed = stored.file_hash
        stored.title = "Cereal boxes"
        stored.save()
        assert model.objects.get().file_hash == hashed

    @pytest.mark.parametrize("address", ["wagtailimages:add", "wagtaildocs:add"])
    def test_the_admin_says_what_is_wrong_with_a_file(self, people, address):
        client = Client()
        client.force_login(people.coordinator)
        collection = people.coordinator.groups.first().collection_permissions.first().collection
        cut_off = SimpleUploadedFile("a.jpg", cut_off_photo())
        sent = client.post(
            reverse(address), {"title": "Cereal", "file": cut_off, "collection": collection.pk}
        )
        assert sent.status_code == 200
        assert "damaged" in sent.content.decode()
        assert not ResourceImage.objects.exists()
        assert not ResourceDocument.objects.exists()

    def test_a_photo_that_was_cut_off_is_refused(self, people):
        file = SimpleUploadedFile("a.jpg", cut_off_photo())
        with pytest.raises(Refused, match="damaged"):
            store_image(user=people.teacher, district=people.district, file=file)

    def test_a_moving_picture_of_too_many_pixels_is_refused(self, people, monkeypatch):
        monkeypatch.setattr("repository.uploads.MAX_PIXELS", 1000)
        written = io.BytesIO()
        frames = [Image.new("RGB", (20, 20), (n, 0, 0)) for n in range(3)]
        frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
        file = SimpleUploadedFile("a.gif", written.getvalue())
        with pytest.raises(Refused, match="too many pixels"):
            store_image(user=people.teacher, district=people.district, file=file)
