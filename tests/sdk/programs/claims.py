"""What an access token says, read without being checked: to show to people."""

from __future__ import annotations

import base64
import json
from typing import Any

SHOWN = ("aud", "appid", "oid", "sub", "tid", "iss", "idtyp", "ver", "xms_mirid", "xms_az_rid", "xms_cc")


def shown_claims(token: str) -> dict[str, Any]:
    """The claims that say whose a token is and what it is for."""
    encoded = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    return {name: claims[name] for name in SHOWN if name in claims}
