"""The part of a report on stored credentials: who signs in with one, what replaces it, what goes then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from keyless.model.evidence import SignInMethod
from keyless.plan.problem import SubjectKind
from keyless.plan.reports.lines import print_labelled, print_line
from keyless.plan.result import Bridge, CredentialFree, Plan, StoredCredential
from keyless.plan.wording import counted, short_scope

if TYPE_CHECKING:
    from rich.console import Console

_METHODS = {
    SignInMethod.CLIENT_SECRET: "client secret",
    SignInMethod.CERTIFICATE: "certificate",
    SignInMethod.ACCESS_KEY: "access key",
    SignInMethod.FEDERATED_CREDENTIAL: "federated credential",
    SignInMethod.MANAGED_IDENTITY: "managed identity",
    SignInMethod.LOCAL_ACCOUNT: "account at this machine",
}
_BRIDGES = {
    Bridge.AZURE_ARC: "Azure Arc, for a server of your own: https://learn.microsoft.com/azure/azure-arc/servers",
    Bridge.FEDERATION: (
        "workload identity federation: https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
    ),
}


def print_legacy(console: Console, plan: Plan) -> None:
    """Stored credentials, each with its replacement; then who does without."""
    if plan.stored_credentials:
        print_line(console, "Stored credentials to replace", style="bold")
        print_line(console, "")
    for number, one in enumerate(plan.stored_credentials, 1):
        _details(console, number, one)
    if plan.credential_free:
        print_line(console, "Without a stored credential already", style="bold")
        for free in plan.credential_free:
            print_line(console, f"   {_free(free)}")
        print_line(console, "")


def _details(console: Console, number: int, one: StoredCredential) -> None:
    print_line(console, f"{number}. {_title(one)}", style="bold")
    print_line(console, f"   seen     {_seen(one)}")
    print_labelled(console, "instead", one.identity)
    for role in one.roles:
        print_line(console, f"   role     {role.role_name} at {short_scope(role.scope_id)}")
        print_line(console, f"            {role.role_id} at {role.scope}")
    if not one.roles:
        print_labelled(console, "role", _no_role(one))
    for bridge in one.bridges:
        print_line(console, f"   bridge   {_BRIDGES[bridge]}")
    print_labelled(console, "then", one.afterwards)
    print_line(console, "")


def _title(one: StoredCredential) -> str:
    name, method = one.principal.name, _METHODS[one.method]
    if one.principal.kind is SubjectKind.ACCESS_KEY:
        return name
    by = f" {one.by}" if one.by else ""
    target = f" for {' or '.join(one.services) or one.target}" if one.target else ""
    return f"{method}{by} of {name}{target}"


def _seen(one: StoredCredential) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(one.last_seen))
    failed = f", each refused ({one.error})" if one.error else ""
    target = f" at {one.target}" if one.target else ""
    return f"{counted(one.count, 'time')}{target}, last on {when}{failed}"


def _no_role(one: StoredCredential) -> str:
    if one.error:
        return "not known: no attempt succeeded"
    return "not known: nothing was seen there; run the workload with `keyless run --learn`"


def _free(one: CredentialFree) -> str:
    by = f", {one.by}" if one.by else ""
    return f"{one.principal.name} ({_METHODS[one.method]}{by}) for {', '.join(one.targets)}"
