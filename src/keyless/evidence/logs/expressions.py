"""SQL that several categories have in common. What is given is SQL, too: a field such as ``{status}``.

Whether a call was allowed is told by its status:
- 2xx and 3xx: it was. 404, 409, 410, 412, 416, 423: it was, too, because the services look whether a caller
  may do a thing before they look whether it can be done: the permission was used;
- 401 and 403: it was denied;
- all others (400, 429, 5xx, ...): it may never have come to the decision. Such rows are counted and listed as
  having shown nothing.

Source: https://learn.microsoft.com/rest/api/azure/ (how Azure's services answer), and for Key Vault
https://learn.microsoft.com/azure/key-vault/general/rest-error-codes
"""

from __future__ import annotations

_REACHED = "404, 409, 410, 412, 416, 423"


def outcome_of(status: str) -> str:
    """`allowed`, `denied` or NULL, from the text of an HTTP status such as `200` or `200.0`."""
    number = f"try_cast(try_cast({status} AS DOUBLE) AS INTEGER)"
    return (
        f"CASE WHEN {status} = '200' THEN 'allowed' "  # nearly all; to read numbers costs more
        f"WHEN {number} BETWEEN 200 AND 399 OR {number} IN ({_REACHED}) THEN 'allowed' "
        f"WHEN {number} IN (401, 403) THEN 'denied' END"
    )


def guid(text: str) -> str:
    """A GUID in lower case; NULL for any other text."""
    return f"CAST(try_cast({text} AS UUID) AS VARCHAR)"


def url_path(url: str) -> str:
    """The path of a URL without query and fragment, which can hold a signature: `/a/b`."""
    return f"regexp_extract({url}, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)', 1)"
