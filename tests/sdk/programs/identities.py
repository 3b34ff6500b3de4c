"""Asks for a token in each case that it is given, with azure-identity (also asynchronous) and with MSAL.

The argument is JSON: ``scope``, and ``cases``, each with an id, a library, a credential, and what it names an
identity or an application by. Prints a line of JSON: by the case's id, the token, the error, or that the
library has no way to ask.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

import azure.identity as sync_library
import azure.identity.aio as aio_library
import msal
import requests

Case = dict[str, Any]
Outcome = dict[str, str]
AUTHORITY = "https://login.microsoftonline.com"
NOT_THERE = {"absent": "yes"}


def failed(error: Exception) -> Outcome:
    """An error, in words."""
    return {"error": type(error).__name__, "message": str(error)}


def absent(case: Case, library: Any) -> bool:
    """Whether the library has no way to ask what a case asks: told by the library's own source."""
    name, kind = case["credential"], case.get("by") or "client_id"
    if name == "DefaultAzureCredential":
        wanted = f"managed_identity_{kind}"
    elif name == "WorkloadIdentityCredential" and library is msal:
        return kind not in inspect.signature(msal.ConfidentialClientApplication).parameters
    elif name == "WorkloadIdentityCredential":
        wanted = kind
    else:
        return False
    return not hasattr(library, name) or wanted not in inspect.getsource(getattr(library, name))


def credential_of(library: Any, case: Case) -> Any:
    """The credential that a case asks for, of the synchronous or the asynchronous library."""
    kind, value, settings = case.get("by"), case.get("value"), case.get("settings", {})
    match case["credential"]:
        case "DefaultAzureCredential":
            options = {"managed_identity_client_id": value, "workload_identity_client_id": value}
            return library.DefaultAzureCredential(**(options if kind else {}))
        case "ManagedIdentityCredential":
            by_id = {"identity_config": {kind: value}} if kind in {"object_id", "resource_id"} else {}
            return library.ManagedIdentityCredential(**({kind: value} if kind == "client_id" else by_id))
        case "WorkloadIdentityCredential":
            return library.WorkloadIdentityCredential(**({"client_id": value} if kind else {}))
        case "ClientSecretCredential":
            return library.ClientSecretCredential(settings["tenant"], value, settings["secret"])
        case "CertificateCredential":
            return library.CertificateCredential(settings["tenant"], value, settings["certificate"])
        case "ClientAssertionCredential":
            read = Path(settings["token_file"]).read_text
            return library.ClientAssertionCredential(settings["tenant"], value, read)
        case other:
            raise ValueError(f"no credential is called `{other}`")


def by_sync(case: Case, scope: str) -> Outcome:
    """The synchronous library's outcome."""
    if absent(case, sync_library):
        return NOT_THERE
    try:
        return {"token": credential_of(sync_library, case).get_token(scope).token}
    except Exception as error:
        return failed(error)


async def by_aio(case: Case, scope: str) -> Outcome:
    """The asynchronous library's outcome."""
    if absent(case, aio_library):
        return NOT_THERE
    try:
        async with credential_of(aio_library, case) as credential:
            return {"token": (await credential.get_token(scope)).token}
    except Exception as error:
        return failed(error)


def by_msal(case: Case, scope: str) -> Outcome:
    """MSAL's outcome; it answers with a dictionary where it does not raise."""
    if absent(case, msal):
        return NOT_THERE
    try:
        pod = case["credential"] == "WorkloadIdentityCredential"
        settings = _of_the_pod(case) if pod else case
        answer = _application(settings, scope) if "settings" in settings else _managed_identity(case, scope)
    except Exception as error:
        return failed(error)
    if "access_token" in answer:
        return {"token": answer["access_token"]}
    return {"error": answer.get("error", ""), "message": answer.get("error_description", json.dumps(answer))}


def _managed_identity(case: Case, scope: str) -> dict[str, Any]:
    named = {case["by"]: case["value"]} if case.get("by") else {}
    identity = msal.UserAssignedManagedIdentity(**named) if named else msal.SystemAssignedManagedIdentity()
    client = msal.ManagedIdentityClient(identity, http_client=requests.Session())
    found: dict[str, Any] = client.acquire_token_for_client(resource=scope.removesuffix("/.default"))
    return found


def _of_the_pod(case: Case) -> Case:
    """What a pod's environment says, for a library that does not read it by itself."""
    found = {"tenant": os.environ["AZURE_TENANT_ID"], "token_file": os.environ["AZURE_FEDERATED_TOKEN_FILE"]}
    client_id = case.get("value") or os.environ["AZURE_CLIENT_ID"]
    return {"credential": "ClientAssertionCredential", "value": client_id, "settings": found}


def _application(case: Case, scope: str) -> dict[str, Any]:
    settings = case["settings"]
    client = msal.ConfidentialClientApplication(
        case["value"],
        authority=f"{AUTHORITY}/{settings['tenant']}",
        client_credential=_msal_credential(case["credential"], settings),
    )
    found: dict[str, Any] = client.acquire_token_for_client([scope])
    return found


def _msal_credential(credential: str, settings: dict[str, str]) -> Any:
    match credential:
        case "ClientSecretCredential":
            return settings["secret"]
        case "CertificateCredential":
            pem = Path(settings["certificate"]).read_text()
            key, _, certificate = pem.partition("-----BEGIN CERTIFICATE-----")
            return {"private_key": key, "public_certificate": f"-----BEGIN CERTIFICATE-----{certificate}"}
        case "ClientAssertionCredential":
            return {"client_assertion": Path(settings["token_file"]).read_text()}
        case other:
            raise ValueError(f"MSAL has no credential `{other}`")


def main() -> None:
    """Print the outcomes."""
    asked = json.loads(sys.argv[1])
    seen: dict[str, Outcome] = {}
    for case in asked["cases"]:
        match case["library"]:
            case "python":
                seen[case["id"]] = by_sync(case, asked["scope"])
            case "python-aio":
                seen[case["id"]] = asyncio.run(by_aio(case, asked["scope"]))
            case "msal":
                seen[case["id"]] = by_msal(case, asked["scope"])
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
