"""Addresses of the pages of a district, and what one reads there."""

import re
from html import unescape

from django.urls import reverse


def url(name, *args):
    return reverse(f"people:{name}", args=args)


def text_of(response):
    """What the page says, on one line, from its notices on."""
    main = response.content.decode().split('id="notices"', 1)[-1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
