"""The environment of a leased workload: this process's own, changed so that the command reaches the plane."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from keyless.gateway.environment import Gateway, child_environment, proxy_url_of
from keyless.gateway.trust import java_trust_store, trust_bundle
from keyless.runtime.azure_profile import sign_in
from keyless.runtime.messages import Ready
from keyless.runtime.project import Project, ProjectError, make_owner_only

CA_FILE = "ca.pem"


def environment_of(
    project: Project, ready: Ready, *, keep_credentials: bool
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The command's environment, and what the user should be told about it.

    Raises:
        ProjectError: what the command is to trust cannot be written, or a directory for it not be made.
    """
    directory = project.tls_directory
    try:
        bundle = trust_bundle(directory, directory / CA_FILE, os.environ)
        java = java_trust_store(bundle.path) if _has_java() else None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ProjectError(f"cannot write what the command is to trust into `{directory}`: {why}") from error
    azure_config = _azure_config(project, ready)
    gateway = Gateway(
        proxy_url=proxy_url_of(ready.proxy_port, ready.secret),
        bundle=bundle.path,
        additions=bundle.additions,
        java_trust_store=java,
        host_kind=ready.host_kind,
        host_values=_host_values(ready, os.environ, keep_credentials=keep_credentials),
        azure_config=azure_config,
    )
    child = child_environment(os.environ, gateway, keep_credentials=keep_credentials)
    return child.variables, (*bundle.notes, *child.notes)


def _azure_config(project: Project, ready: Ready) -> Path:
    """The directory of the Azure CLI, made; the owner of a shell is signed in there."""
    if ready.account is None:
        made = project.azure_cli_directory, project.azure_cli_directory / ready.workload
    else:
        made = project.shell_directory, project.shell_directory / "azure-cli"
    for directory in made:
        make_owner_only(directory)
    if ready.account is not None:
        try:
            sign_in(made[1], ready.account)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise ProjectError(f"cannot sign in the Azure CLI in `{made[1]}`: {why}") from error
    return made[1]


def _host_values(ready: Ready, inherited: Mapping[str, str], *, keep_credentials: bool) -> dict[str, str]:
    """What the rows of the host kind are filled in with."""
    kept = inherited if keep_credentials else {}
    return {
        "identity_port": str(ready.identity_port),
        "identity_secret": ready.secret,
        "tls_port": str(ready.tls_port),
        "thumbprint": ready.thumbprint,
        "client_id": kept.get("AZURE_CLIENT_ID") or _named(inherited, ready.client_ids) or ready.client_id,
        "tenant_id": kept.get("AZURE_TENANT_ID") or ready.tenant_id,
        "token_file": ready.token_file,
    }


def _named(inherited: Mapping[str, str], client_ids: Sequence[str]) -> str:
    """The identity that the variable named before, if it is one of the workload's."""
    named = inherited.get("AZURE_CLIENT_ID", "").casefold()
    return next((one for one in client_ids if one.casefold() == named), "")


def _has_java() -> bool:
    return bool(os.environ.get("JAVA_HOME")) or shutil.which("java") is not None
