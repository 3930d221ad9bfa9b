"""Which source leads a framework: kept with the framework's package, read and written here alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standards.models import Framework

SOURCE = "source"
"""The key of `Framework.package_extra` under which the leading source is kept; without it, it is CASE."""


@dataclass(frozen=True, slots=True)
class Source:
    """The leading source of a framework.

    `filled`: it arrived as a further serialisation and came to lead because those before it were partial.
    """

    format: str = "case"
    partial: bool = False
    anonymous: bool = False
    filled: bool = False
    others: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        return self.format.partition("-")[0]

    def handed_to(self, format: str, *, anonymous: bool) -> "Source":
        """The source that leads in the place of this one, which has filled in what there is beside it."""
        others = tuple(one for one in dict.fromkeys([*self.others, self.format]) if one != format)
        return Source(format, anonymous=anonymous, others=others)


def source_of(framework: Framework) -> Source:
    said = framework.package_extra.get(SOURCE)
    if not isinstance(said, dict):
        return Source()
    return Source(**{**said, "others": tuple(said.get("others", ()))})


def with_source(package_extra: Mapping[str, Any], source: Source) -> dict[str, Any]:
    said = {
        "format": source.format,
        "partial": source.partial,
        "anonymous": source.anonymous,
        "filled": source.filled,
        "others": list(source.others),
    }
    return {**package_extra, SOURCE: said}
