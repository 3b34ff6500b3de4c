"""The values of secrets of a cluster, decoded from base64, and of maps that are read under a secret's name.

Rules:
- what has the name of a secret is judged by it, as everywhere;
- a secret holds users, hosts and files of settings as well: by their names these are none;
- under any other name a value has to look as if it were more than a word;
- an entry of a map of configuration has the name of the variable that a container reads it into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyless.assess.repository import Repository
from keyless.assess.rules.credentials._texts import Key, Standing, Text
from keyless.assess.settings.written import written
from keyless.assess.syntax.documents import DocumentKind
from keyless.assess.syntax.expressions import Expr, Record, entry_of, parts_of, text_of
from keyless.assess.syntax.records import text_at
from keyless.catalog.shapes.names import NameOf, name_of_secret

_NO_SECRETS = re.compile(
    r"user(name)?|login|name|host(name)?|url|uri|port|database|db|server|domain|e?mail|account|id|region|endpoint"
    r"|tenant|subscription|client|namespace|address|path|type|mode|crt|cert|pub|version|issuer|json|ya?ml|xml|conf"
    r"|config|properties|toml|ini|bucket|container|topic|queue|scope|schema|ssl|enabled|env|environment|sh|sql",
    re.IGNORECASE,
)


def of_clusters(repository: Repository) -> Iterator[Text]:
    """What manifests write into secrets."""
    read_as = _read_as(repository)
    for one in repository.view(written):
        text = text_of(one.value)
        if text is not None and (variable := read_as.get((one.by, one.name))):
            yield Text(one.place.path, one.value.span, text, variable, Standing.SETTINGS)
        if text is None or not one.by.startswith("secret `"):
            continue
        key = Key.NONE if name_of_secret(one.name) is not NameOf.NOTHING or _is_none(one.name) else Key.KEPT
        yield Text(one.place.path, one.value.span, text, one.name, Standing.SETTINGS, key)


def _read_as(repository: Repository) -> dict[tuple[str, str], str]:
    """The variables that containers read entries of maps into, by the map and the entry."""
    waiting: list[Expr] = []
    for document in repository.documents:
        if document.kind is DocumentKind.KUBERNETES:
            waiting.extend(document.roots)
    found: dict[tuple[str, str], str] = {}
    while waiting:
        one = waiting.pop()
        waiting.extend(parts_of(one))
        reference = entry_of(one, "valueFrom", "configMapKeyRef") if isinstance(one, Record) else None
        if reference is not None:
            of, key, variable = (
                text_at(reference.value, "name"),
                text_at(reference.value, "key"),
                text_at(one, "name"),
            )
            found[f"config map `{of}`", key] = variable
    return found


def _is_none(name: str) -> bool:
    last = re.split(r"[._-]|(?<=[a-z])(?=[A-Z])", name)[-1]
    return _NO_SECRETS.fullmatch(last) is not None or _NO_SECRETS.fullmatch(name) is not None
