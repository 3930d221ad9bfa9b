"""What the random walks share: things drawn by chance, the same ones for the same seed."""

import random
from typing import Any

WORDS = "ratio fraction river map poem robot market garden water energy vote story".split()


class Walk:
    """Each public method of a walk is something that somebody does."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._made = chance, 0

    def _one(self, some: Any) -> Any:
        some = list(some)
        return self._chance.choice(some) if some else None

    def _name(self) -> str:
        self._made += 1
        return f"{' '.join(self._chance.choices(WORDS, k=2))} {self._made}"

    def _often(self) -> bool:
        return self._chance.random() < 0.7
