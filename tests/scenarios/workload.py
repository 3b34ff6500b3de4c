"""A workload for the scenarios: runs the code in its first argument, with the helpers below at hand.

It knows nothing but what the platform gives it: environment variables, and Azure's own addresses. Only the
standard library takes part, so that it starts quickly and shows what a plain client sees.
"""

from __future__ import annotations

import json
import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

VAULT_RESOURCE = "https://vault.azure.net"
STORE_RESOURCE = "https://azconfig.io"
TRUST = ssl.create_default_context()


def ask(
    url: str, method: str = "GET", body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Send a request as the environment says it must go; the status and the JSON of the answer."""
    data = None if body is None else json.dumps(body).encode()
    given = ({"Content-Type": "application/json"} if data else {}) | (headers or {})
    request = urllib.request.Request(url, data, given, method=method)
    try:
        with urllib.request.urlopen(request, context=TRUST) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, content = error.code, error.read()
    try:
        return status, json.loads(content)
    except ValueError:
        return status, content.decode(errors="replace")


def ask_for_token(
    resource: str = VAULT_RESOURCE, header: str | None = None, **choice: str
) -> tuple[int, Any]:
    """Ask the managed-identity endpoint of App Service."""
    query = urllib.parse.urlencode({"api-version": "2019-08-01", "resource": resource} | choice)
    proof = {"X-IDENTITY-HEADER": header or os.environ["IDENTITY_HEADER"]}
    return ask(f"{os.environ['IDENTITY_ENDPOINT']}?{query}", headers=proof)


def token(resource: str = VAULT_RESOURCE, **choice: str) -> str:
    """An access token of the workload's identity."""
    status, answer = ask_for_token(resource, **choice)
    if status != 200:
        raise SystemExit(f"no token: {status} {answer}")
    return str(answer["access_token"])


def claims(access_token: str) -> dict[str, Any]:
    """What a token says."""
    import base64

    payload = access_token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def bearer(access_token: str) -> dict[str, str]:
    """A token as a header."""
    return {"Authorization": f"Bearer {access_token}"}


def refused(status: int, answer: Any) -> str:
    """A refusal in short: the status, and the innermost code."""
    error = answer.get("error", {}) if isinstance(answer, dict) else {}
    return f"{status} {error.get('innererror', error).get('code', '')}".strip()


def secret(vault: str, name: str, access_token: str | None = None) -> str:
    """A secret's value, or how it was refused."""
    url = f"https://{vault}.vault.azure.net/secrets/{name}?api-version=7.4"
    status, answer = ask(url, headers=bearer(access_token or token()))
    return str(answer["value"]) if status == 200 else refused(status, answer)


def set_secret(vault: str, name: str, value: str) -> str:
    """Set a secret; `200`, or how it was refused."""
    url = f"https://{vault}.vault.azure.net/secrets/{name}?api-version=7.4"
    return refused(*ask(url, "PUT", {"value": value}, bearer(token())))


def setting(store: str, key: str, label: str = "%00") -> str:
    """A key-value's value, or the status of the refusal."""
    url = f"https://{store}.azconfig.io/kv/{urllib.parse.quote(key, safe='')}?label={label}&api-version=1.0"
    status, answer = ask(url, headers=bearer(token(STORE_RESOURCE)))
    return str(answer["value"]) if status == 200 else str(status)


def say(text: object) -> None:
    """Print a line at once."""
    print(text, flush=True)


def hold(text: str = "holding") -> str:
    """Say something, and wait for a line; empty where whoever would say it is gone."""
    say(text)
    return sys.stdin.readline()


if __name__ == "__main__":
    exec(compile(sys.argv[1], "<the scenario>", "exec"))
