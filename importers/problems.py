"""What was noticed while a file was read, and the one way to say that it cannot be."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a reader or the plan noticed.

    `path` is the first place (`CFItems[3].educationLevel`), `rule` a stable name of what was broken, and
    `count` how many places broke it in the same way.
    """

    severity: Severity
    path: str
    rule: str
    message: str
    count: int = 1

    def __str__(self) -> str:
        more = f" (and {self.count - 1:,} more like it)" if self.count > 1 else ""
        return f"{self.path}: {self.message}{more}" if self.path else f"{self.message}{more}"


class ImportRefused(Exception):
    """The source cannot be imported. The message is one line that says what is wrong, where, and what to do."""

    def __init__(self, message: str, *, path: str = "", rule: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.rule = rule


class Problems:
    """Collects problems; those alike are told once, with their number, so that 25,000 are one line."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Problem] = {}

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)

    def add(
        self, severity: Severity, path: str, rule: str, message: str, *, alike: str | None = None
    ) -> None:
        """`alike` groups: problems with the same rule and group are one. Without it each path stands alone."""
        key = (rule, path if alike is None else alike)
        known = self._found.get(key)
        if known is None:
            self._found[key] = Problem(severity, path, rule, message)
        else:
            self._found[key] = replace(known, count=known.count + 1)
