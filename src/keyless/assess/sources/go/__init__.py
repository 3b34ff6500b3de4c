"""Files of Go.

Rules:
- of what a function gives or a call is assigned to, only the first counts where they are several: `c, err :=
  f()` gives `c` what `f` gives, and `return c, nil` returns `c`; what calls there are in the others is kept;
- pointers mean nothing for a value: `*T` is `T`, `&a` and `*a` are `a`.

Source: https://go.dev/ref/spec
"""

from __future__ import annotations

from keyless.assess.sources.go.declarations import DECLARATIONS
from keyless.assess.sources.go.expressions import EXPRESSIONS
from keyless.assess.sources.go.names import SILENT
from keyless.assess.sources.go.statements import STATEMENTS
from keyless.assess.sources.reading import Forms, code_of
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.source import Source
from keyless.grammars import parsed

_FORMS = Forms(EXPRESSIONS, {**STATEMENTS, **DECLARATIONS}, SILENT)


def read(path: str, text: str) -> Source:
    """What a file of Go says."""
    file = FileText(path, text)
    return code_of(file, parsed("go", file.data), Language.GO, _FORMS)
