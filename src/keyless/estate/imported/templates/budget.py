"""How much a template may ask for: whoever wrote it may be a stranger, or careless.

Rules:
- all templates of an import share a number of steps; when they are spent, nothing more is evaluated;
- a text or a list that grows beyond what a name, a condition or a policy can be is not made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from keyless.estate.imported.entry import CannotRead

_STEPS = 500_000
_OF_A_DEPLOYMENT = 100
_LONGEST, _MOST = 10_000, 10_000


@dataclass(slots=True)
class Budget:
    """The steps that are left."""

    left: int = field(default_factory=lambda: _STEPS)

    def spend(self, steps: int = 1) -> None:
        """Take steps.

        Raises:
            CannotRead: there are not so many left.
        """
        self.left -= steps
        if self.left < 0:
            raise CannotRead("takes more steps to evaluate than a template should")

    def spend_on_a_deployment(self) -> None:
        """Take what a whole template costs."""
        self.spend(_OF_A_DEPLOYMENT)


def bounded(value: object) -> object:
    """A value that has not grown out of bounds.

    Raises:
        CannotRead: it has.
    """
    if isinstance(value, str) and len(value) > _LONGEST:
        raise CannotRead(f"comes to a text of more than {_LONGEST} characters")
    if isinstance(value, list | dict) and len(value) > _MOST:
        raise CannotRead(f"comes to more than {_MOST} items")
    return value
