"""What was measured, beside what was asked for."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

# 50 times the corpus costs at most so many times as much.
TIMES = 50
GROWTH = {"two words": 5.0, "browse all": 10.0}


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def figures(values: Sequence[float]) -> str:
    return f"{median(values):.1f} / {p95(values):.1f}"


@dataclass
class Report:
    """Printed as it grows, so that a run cut short has not been in vain; what was asked comes together at the end."""

    tooks: dict[tuple[int, str], float] = field(default_factory=dict)
    pages: dict[tuple[int, str], float] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    title: str = ""

    def head(self, text: str) -> None:
        self.title = text
        print(f"\n== {text}", flush=True)

    def say(self, text: str) -> None:
        print(text, flush=True)

    def row(self, name: str, *cells: str) -> None:
        print(f"{name:28}" + "".join(f"{cell:>16}" for cell in cells), flush=True)

    def note(self, size: int, shape: str, took: float, page: float) -> None:
        self.tooks[size, shape], self.pages[size, shape] = took, page

    def asked(
        self,
        what: str,
        found: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        met = found <= at_most if at_most is not None else found >= (at_least or 0)
        limit = f"at most {at_most:g}" if at_most is not None else f"at least {at_least:g}"
        self.lines.append(
            f"{'met ' if met else 'MISS'}  {self.title}: {what}: {found:.1f} {unit}; asked: {limit}"
        )

    def say_ratios(self) -> None:
        """How cost grows from the smallest to the largest size, then every figure that was asked for."""
        sizes = sorted({size for size, _shape in self.pages})
        if len(sizes) > 1:
            small, large = sizes[0], sizes[-1]
            self.title = f"{small:,} to {large:,} resources, {large / small:g} times"
            print(f"\n== {self.title}")
            for size, shape in self.pages:
                if size != small:
                    continue
                took = self.tooks[large, shape] / max(self.tooks[small, shape], 1)
                page = self.pages[large, shape] / self.pages[small, shape]
                self.row(shape, f"took {took:.1f} times", f"page {page:.1f} times")
                if shape in GROWTH and large >= TIMES * small:
                    self.asked(f"{shape}: the page costs", page, "times as much", at_most=GROWTH[shape])
        print("\n== Asked for")
        for line in self.lines:
            print(line)
