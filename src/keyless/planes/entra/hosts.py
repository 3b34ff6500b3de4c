"""The login hosts of the public cloud: one service under several names.

Source: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
"""

from __future__ import annotations

import re

LOGIN_HOST = "login.microsoftonline.com"
ALIASES = (LOGIN_HOST, "login.windows.net", "login.microsoft.com", "sts.windows.net")
"""In the order in which instance discovery gives them."""
PREFERRED_CACHE = "login.windows.net"
_REGIONAL = re.compile(r"[a-z0-9]+\.login\.microsoft\.com")


def is_login_host(host: str) -> bool:
    """Whether a lower-case host name, without port, is a login host, regional ones included."""
    return host in ALIASES or _REGIONAL.fullmatch(host) is not None
