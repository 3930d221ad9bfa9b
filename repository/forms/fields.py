"""Form fields whose cleaning can be asked of a stored value too, so that an unchanged value is known as such."""

import re
from typing import Any

from django import forms

MAX_TEXT = 100_000
"""Characters of any long text: a book's chapter. What is longer is hardly meant, and reading its markup may take minutes."""


class LineField(forms.CharField):
    """One line of text, as a browser sends it: without line breaks and outer spaces."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(re.sub(r"[\r\n]+", "", str(value)) if value else "") or ""


class MarkdownField(forms.CharField):
    """Long text. Browsers send CRLF for every line break; what is stored has LF."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", MAX_TEXT)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = re.sub(r"\r\n?", "\n", str(value)) if value else ""
        return text if text.strip() else ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Browsers count a line break as one character and send two: the limit is ours to check.
        return {}


def same(field: forms.Field, stored: Any, cleaned: Any) -> bool:
    """Whether a posted value is what the form showed for `stored`, so that nobody has changed it."""
    try:
        return bool(field.to_python(stored) == cleaned)
    except forms.ValidationError:
        return False
