"""The checked view that images leave by. Documents leave by Wagtail's own view, checked in repository.wagtail_hooks."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control

from repository.audience import may_get_image
from repository.models import ResourceRendition
from repository.pictures import extension_of


def image(request: HttpRequest, rendition_id: int, filename: str) -> FileResponse:
    """One rendition of an image; 404 for those who may not see any resource that shows it."""
    rendition = get_object_or_404(
        ResourceRendition.objects.select_related("image__collection"), pk=rendition_id
    )
    if not rendition.file.name.endswith(f"/{filename}") or not may_get_image(request.user, rendition.image):
        raise Http404
    # By its name, which Wagtail gives it by its format: looking into it would fetch it from the bucket twice.
    kind = extension_of(filename).replace("jpg", "jpeg")
    response = FileResponse(rendition.file.open("rb"), content_type=f"image/{kind}")
    response["Content-Security-Policy"] = "default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    # A browser may keep it, a shared cache must not: the next person may not be allowed to see it.
    patch_cache_control(response, private=True, max_age=3600)
    return response
