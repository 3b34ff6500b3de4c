"""How much a set of permissions weighs: whole numbers, so that every comparison is exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weigher:
    """Each permission weighs ``base``, and those in the sets of ``parts`` so much more (or less) besides.

    Each odd role that is chosen weighs ``odd``, too. The sets do not overlap, and no permission weighs less
    than 1; so a set never weighs less than one of its subsets, which is what the reduction of a cover problem
    relies on.
    """

    base: int = 1
    parts: tuple[tuple[int, int], ...] = ()
    odd: int = 0

    @classmethod
    def of(cls, base: int, weights: Iterable[tuple[int, int]], odd: int = 0) -> Weigher:
        """From disjoint sets with what a permission in each weighs; all others weigh ``base``."""
        by_weight: dict[int, int] = {}
        for bits, weight in weights:
            by_weight[weight - base] = by_weight.get(weight - base, 0) | bits
        return cls(
            base, tuple((bits, more) for more, bits in sorted(by_weight.items()) if bits and more), odd
        )

    def cost(self, bits: int) -> int:
        """What a set weighs."""
        total = self.base * bits.bit_count()
        for part, more in self.parts:
            total += more * (bits & part).bit_count()
        return total


COUNTED = Weigher()
"""Every permission weighs 1."""
