"""What a list of key-values selects, as evidence keeps it; and whether its client follows references.

Rules:
- key, label and tag filters are kept as they were sent; without a filter everything is meant, and so it is
  with tags at an api-version that passes over them;
- a provider says in `Correlation-Context` that it was given a way to read from Key Vault (`UsesKeyVault`). It
  then follows every reference that it loads.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value#filtering
"""

from __future__ import annotations

from keyless.planes.appconfig.api_versions import has
from keyless.wire.operation import Selected, Selects
from keyless.wire.request import Request

_TELLS = "correlation-context"
_USES_KEY_VAULT = "useskeyvault"


def _selected_by(request: Request) -> Selected:
    """What a request for a list selects."""
    query = request.query
    tags = query.all("tags") if has("key_values?tags", query.get("api-version") or "") else ()
    return Selected(
        keys=query.get("key") or "",
        labels=query.get("label") or "",
        tags=tuple(sorted(text for text in tags if text)),
        snapshot=query.get("snapshot") or "",
        follows=_USES_KEY_VAULT in _told(request),
    )


def _told(request: Request) -> set[str]:
    """The words of what a client says of itself, such as `RequestType=Startup,UsesKeyVault`."""
    said = (request.headers.get(_TELLS) or "").casefold()
    return set(said.replace("=", ",").replace("+", ",").replace(" ", "").split(","))


SELECTS = Selects(_selected_by, _TELLS)
