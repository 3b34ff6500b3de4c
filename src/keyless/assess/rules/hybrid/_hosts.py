"""Whether a host is one on premises, as far as its name says it.

Rules:
- a private address, an instance of SQL Server on a named host, and a domain that nobody can register
  (`.local`, `.corp`, `.lan`) are on premises for sure;
- a name with dots that is of no cloud is taken to be, with less confidence;
- a developer's machine, a name of one label (a container beside it), an example and what is put in when it
  runs are not told of.

Source: https://www.rfc-editor.org/rfc/rfc1918, https://www.rfc-editor.org/rfc/rfc6762#appendix-G
"""

from __future__ import annotations

import ipaddress
import re

from keyless.assess.findings.finding import Confidence
from keyless.catalog.services import services_of_host
from keyless.catalog.shapes.pairs import is_host

_DEVELOPERS = frozenset(
    {"localhost", "host.docker.internal", "host.containers.internal", "localhost.localdomain"}
)
_OWN = (
    ".local",
    ".corp",
    ".lan",
    ".intra",
    ".intranet",
    ".internal",
    ".ad",
    ".priv",
    ".private",
    ".home.arpa",
)
_INSIDE = (
    ".svc.cluster.local",
    ".cluster.local",
    ".docker.internal",
    ".compute.internal",
    ".containers.internal",
)
_CLOUD = (
    ".windows.net", ".azure.com", ".azure.net", ".azure.us", ".azure.cn", ".chinacloudapi.cn",
    ".usgovcloudapi.net", ".azurecontainerapps.io", ".amazonaws.com", ".amazonaws.com.cn", ".googleapis.com",
    ".googleusercontent.com", ".cloud.google.com", ".mongodb.net", ".neon.tech", ".supabase.co",
    ".supabase.com", ".aivencloud.com", ".cockroachlabs.cloud", ".ondigitalocean.com", ".planetscale.com",
    ".psdb.cloud", ".timescale.com", ".elephantsql.com", ".railway.app", ".render.com", ".oraclecloud.com",
    ".databases.appdomain.cloud", ".redislabs.com", ".redis-cloud.com", ".snowflakecomputing.com",
)  # fmt: skip
_EXAMPLES = re.compile(
    r"(^|[.\-_])(example|sample|your|my|test|placeholder|hostname|server-?name|contoso|fabrikam|foo|bar|some|dummy)"
)


def on_premises(written: str) -> Confidence | None:
    """How sure it is that a server, as a connection string names it, is on premises; none where it is not."""
    host, instance = _parts(written)
    if not host or host in _DEVELOPERS or host.startswith(("(", ".")):
        return None
    address = _address(host)
    if address is not None:
        return Confidence.HIGH if address.is_private and not _is_local(address) else None
    if not re.fullmatch(r"[a-z0-9._-]{1,253}", host) or _EXAMPLES.search(host):
        return None
    if host.endswith((*_INSIDE, *_CLOUD)) or services_of_host(host):
        return None
    if host.endswith(_OWN) or (instance and "." not in host):
        return Confidence.HIGH
    return Confidence.MEDIUM if is_host(host) and host.count(".") > 1 else None


def _parts(written: str) -> tuple[str, str]:
    """The host in small letters, and the instance of SQL Server behind it."""
    rest = written.strip().strip("\"'").casefold()
    for scheme in ("tcp:", "np:", "lpc:", "admin:"):
        rest = rest.removeprefix(scheme)
    rest = rest.partition(",")[0]
    host, _, instance = rest.partition("\\")
    return host.partition(":")[0].strip(), instance.strip()


def _address(host: str) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        return None


def _is_local(address: ipaddress.IPv4Address) -> bool:
    return address.is_loopback or address.is_unspecified or address.is_link_local
