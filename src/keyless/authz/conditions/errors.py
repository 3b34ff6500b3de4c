"""What is wrong with a condition's text, and at which character."""

from __future__ import annotations

_BEFORE, _AFTER = 60, 40
_CUT = "…"


class ConditionError(ValueError):
    """A text that is no condition: ``message`` says what was expected, ``position`` at which character."""

    def __init__(self, text: str, position: int, message: str) -> None:
        super().__init__(message)
        self.text = text
        self.position = min(max(position, 0), len(text))
        self.message = message

    @property
    def line(self) -> int:
        """The line of the position, from 1."""
        return self.text.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int:
        """The column of the position in its line, from 1."""
        return self.position - self._line_start() + 1

    def render(self) -> str:
        """The message, the line (as much of it as helps) and a caret under the character."""
        shown, caret = self._excerpt()
        return f"{self.message}\n  {shown}\n  {' ' * caret}^"

    def __str__(self) -> str:
        return f"{self.message} (line {self.line}, column {self.column})"

    def _line_start(self) -> int:
        return self.text.rfind("\n", 0, self.position) + 1

    def _excerpt(self) -> tuple[str, int]:
        start = self._line_start()
        line = self.text[start:].split("\n", 1)[0]
        at = self.position - start
        first, last = max(0, at - _BEFORE), at + _AFTER
        head = _CUT if first else ""
        tail = _CUT if last < len(line) else ""
        shown = "".join(c if c.isprintable() else " " for c in line[first:last])
        return head + shown + tail, len(head) + at - first
