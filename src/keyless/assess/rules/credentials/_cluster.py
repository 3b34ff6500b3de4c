"""The values of secrets of a cluster, decoded from base64: all of them are meant to be kept.

Rules:
- what has the name of a secret is judged by it, as everywhere;
- a secret holds users, hosts and files of settings as well: by their names these are none;
- under any other name a value has to look as if it were more than a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyless.assess.repository import Repository
from keyless.assess.rules.credentials._texts import Key, Standing, Text
from keyless.assess.settings.written import written
from keyless.assess.syntax.expressions import text_of
from keyless.catalog.shapes.names import NameOf, name_of_secret

_NO_SECRETS = re.compile(
    r"user(name)?|login|name|host(name)?|url|uri|port|database|db|server|domain|e?mail|account|id|region|endpoint"
    r"|tenant|subscription|client|namespace|address|path|type|mode|crt|cert|pub|version|issuer|json|ya?ml|xml|conf"
    r"|config|properties|toml|ini|bucket|container|topic|queue|scope|schema|ssl|enabled|env|environment|sh|sql",
    re.IGNORECASE,
)


def of_clusters(repository: Repository) -> Iterator[Text]:
    """What manifests write into secrets."""
    for one in repository.view(written):
        text = text_of(one.value)
        if text is None or not one.by.startswith("secret `"):
            continue
        key = Key.NONE if name_of_secret(one.name) is not NameOf.NOTHING or _is_none(one.name) else Key.KEPT
        yield Text(one.place.path, one.value.span, text, one.name, Standing.SETTINGS, key)


def _is_none(name: str) -> bool:
    last = re.split(r"[._-]|(?<=[a-z])(?=[A-Z])", name)[-1]
    return _NO_SECRETS.fullmatch(last) is not None or _NO_SECRETS.fullmatch(name) is not None
