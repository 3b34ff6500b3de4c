"""Writes federated credentials as commands of the Azure CLI.

Sources: https://learn.microsoft.com/cli/azure/identity/federated-credential and
https://learn.microsoft.com/cli/azure/ad/app/federated-credential
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import msgspec

from keyless.plan.federation import Bridge, Target

_INDENT = " \\\n  "


def write_az(bridges: Sequence[Bridge], target: Target) -> str:
    """A script for a shell."""
    write = _of_identity if target is Target.IDENTITY else _of_application
    return "\n".join(write(bridge) for bridge in bridges)


def _of_identity(bridge: Bridge) -> str:
    place = [("--resource-group", bridge.resource_group)]
    made = _command("az identity create", [("--name", bridge.target), *place]) if bridge.is_made else ""
    return made + _command(
        "az identity federated-credential create",
        [
            ("--name", bridge.name),
            ("--identity-name", bridge.target),
            *place,
            ("--issuer", bridge.issuer),
            ("--subject", bridge.subject),
            ("--audiences", bridge.audience),
        ],
    )


def _of_application(bridge: Bridge) -> str:
    credential = {
        "name": bridge.name,
        "issuer": bridge.issuer,
        "subject": bridge.subject,
        "audiences": [bridge.audience],
    }
    name = shlex.quote(bridge.target)
    found = f"az ad app list --display-name {name} --query '[0].appId' --output tsv"
    parameters = shlex.quote(msgspec.json.encode(credential).decode())
    return (
        f'az ad app federated-credential create{_INDENT}--id "$({found})"{_INDENT}--parameters {parameters}\n'
    )


def _command(name: str, options: list[tuple[str, str]]) -> str:
    return _INDENT.join([name, *(f"{option} {shlex.quote(value)}" for option, value in options)]) + "\n"
