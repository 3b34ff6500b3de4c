"""What each operation of this part of the management plane takes."""

EXPECTED: dict[str, tuple[str, ...]] = {}
