"""What functions return."""

from __future__ import annotations

from keyless.assess.syntax.expressions import Return


def returns(body: tuple[object, ...]) -> list[Return]:
    """The returns of a function's body, not of functions within it."""
    found: list[Return] = []
    waiting = list(reversed(body))
    while waiting:
        one = waiting.pop()
        if isinstance(one, Return):
            found.append(one)
        elif not hasattr(one, "function") and not hasattr(one, "bases"):
            waiting.extend(reversed(getattr(one, "body", ())))
    return found
