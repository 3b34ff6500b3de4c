"""Files of C#.

Source: https://learn.microsoft.com/dotnet/csharp/language-reference/specifications
"""

from __future__ import annotations

from keyless.assess.sources.csharp.declarations import DECLARATIONS
from keyless.assess.sources.csharp.expressions import EXPRESSIONS
from keyless.assess.sources.csharp.names import SILENT
from keyless.assess.sources.csharp.statements import STATEMENTS
from keyless.assess.sources.csharp.understood import understood
from keyless.assess.sources.reading import Forms, code_of
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.source import Source

_FORMS = Forms(EXPRESSIONS, {**STATEMENTS, **DECLARATIONS}, SILENT)


def read(path: str, text: str) -> Source:
    """What a file of C# says."""
    file = FileText(path, text)
    root, problems = understood(file)
    return code_of(file, root, Language.CSHARP, _FORMS, problems)
