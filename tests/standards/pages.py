"""What a visitor reads on a page, and what the page costs."""

import re
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext


def text_of(response):
    """What the page says, on one line, from its main part on."""
    main = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def queries_for(client, url, **headers):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url, headers=headers).status_code == 200
    return len(captured)
