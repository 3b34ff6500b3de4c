"""Files of Java.

Source: https://docs.oracle.com/javase/specs/jls/se21/html/index.html
"""

from __future__ import annotations

from keyless.assess.sources.java.declarations import DECLARATIONS
from keyless.assess.sources.java.expressions import EXPRESSIONS
from keyless.assess.sources.java.names import SILENT
from keyless.assess.sources.java.statements import STATEMENTS
from keyless.assess.sources.reading import Forms, code_of
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.source import Source
from keyless.grammars import parsed

_FORMS = Forms(EXPRESSIONS, {**STATEMENTS, **DECLARATIONS}, SILENT)


def read(path: str, text: str) -> Source:
    """What a file of Java says."""
    file = FileText(path, text)
    return code_of(file, parsed("java", file.data), Language.JAVA, _FORMS)
