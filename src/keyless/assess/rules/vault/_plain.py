"""Whether the value of a vault's secret is plainly no secret.

Rules:
- an address without a user, password, signature or key in it; `true`, `false`; a short number;
- an attribute of a resource that is its name, id, location or endpoint;
- a name that says that it is secret (`password`, `key`, `token`) is believed for texts.
"""

from __future__ import annotations

import re

from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.syntax.expressions import Expr, Member, text_of

_SECRET_NAME = re.compile(r"pass|pwd|secret|key|token|credential|conn", re.IGNORECASE)
_PLAIN_NAME = re.compile(
    r".*?(client|tenant|object|subscription|application|app|principal|resource|group)[-_ ]?ids?"
    r"|.*?(endpoint|url|uri|host|hostname|location|region|audience|username|user[-_]name)s?",
    re.IGNORECASE,
)
_LONGEST_NAME = 127
_ADDRESS = re.compile(r"https?://[\w.-]+(:\d+)?(/[\w./-]*)?")
_SWITCH = re.compile(r"true|false|\d{1,5}", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+\.(net|com|us|cn|io|org)", re.IGNORECASE)
_ATTRIBUTES = frozenset(
    {
        "name",
        "id",
        "location",
        "endpoint",
        "documentendpoint",
        "vaulturi",
        "loginserver",
        "login_server",
        "fullyqualifieddomainname",
        "fully_qualified_domain_name",
        "fqdn",
        "hostname",
        "defaulthostname",
        "default_hostname",
        "clientid",
        "client_id",
        "tenantid",
        "tenant_id",
        "vault_uri",
        "primary_blob_endpoint",
        "primary_queue_endpoint",
        "primary_table_endpoint",
        "blob",
    }
)


def is_plain_configuration(found: Deployed) -> bool:
    """Whether what a vault's secret holds is configuration, as far as that is sure."""
    value = found.value("properties.value")
    if value.told is Told.ABSENT:
        return False
    if isinstance(value.literal, str):
        named = f"{found.name} {found.symbol.rpartition('.')[2]}"
        return is_plain_text(value.literal) and not _SECRET_NAME.search(named)
    return is_plain_attribute(value.expression)


def is_plain_name(name: str) -> bool:
    """Whether a name says that what it stands for is an id, an address or a place."""
    return len(name) <= _LONGEST_NAME and _PLAIN_NAME.fullmatch(name) is not None


def is_plain_text(text: str) -> bool:
    """Whether a text is an address, a switch or a host, with nothing secret in it."""
    return any(one.fullmatch(text) for one in (_ADDRESS, _SWITCH, _HOST))


def is_plain_attribute(expression: Expr | None) -> bool:
    """Whether an expression is an attribute of a resource that is public knowledge."""
    if not isinstance(expression, Member) or text_of(expression) is not None:
        return False
    return expression.name.casefold() in _ATTRIBUTES
