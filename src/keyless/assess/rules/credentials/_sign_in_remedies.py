"""What to write instead of a sign-in with a stored secret, by what signs in: workflows, pipelines, scripts.

Source: https://learn.microsoft.com/azure/developer/github/connect-from-azure-openid-connect
"""

from __future__ import annotations

from keyless.assess.findings.finding import Remedy
from keyless.assess.repository import Repository
from keyless.assess.syntax.documents import DocumentKind

IDS = (
    "client-id: ${{ vars.AZURE_CLIENT_ID }}",
    "tenant-id: ${{ vars.AZURE_TENANT_ID }}",
    "subscription-id: ${{ vars.AZURE_SUBSCRIPTION_ID }}",
)
_IDENTITY = (
    "a user-assigned managed identity (or an application) with a federated credential for the pipeline"
)
_SECRET_OFF = "delete the secrets and certificates of the application that the pipeline signed in as"


def remedy_in_workflow() -> Remedy:
    """What a workflow writes instead."""
    lines = (
        "permissions:",
        "  id-token: write",
        "  contents: read",
        "…",
        "- uses: azure/login@v2",
        "  with:",
    )
    return Remedy(
        instead="\n".join((*lines, *(f"    {one}" for one in IDS))),
        language="yaml",
        identity=_IDENTITY,
        local_auth_off=_SECRET_OFF,
        note="the three ids are no secrets: keep them as variables",
    )


def remedy_in_pipeline() -> Remedy:
    """What a pipeline of Azure DevOps writes instead."""
    return Remedy(
        instead="- task: AzureCLI@2\n  inputs:\n    azureSubscription: <federated service connection>",
        language="yaml",
        identity=_IDENTITY,
        local_auth_off=_SECRET_OFF,
        note="a service connection of the kind `workload identity federation` holds no secret",
    )


def remedy_of(kind: DocumentKind) -> Remedy:
    """What a workflow or pipeline writes instead."""
    return remedy_in_pipeline() if kind is DocumentKind.AZURE_PIPELINE else remedy_in_workflow()


def remedy_of_script(repository: Repository, path: str) -> Remedy:
    """What a script writes instead, be it a file or a step of a pipeline."""
    kinds = {one.kind for one in repository.documents if one.path == path}
    for kind in (DocumentKind.AZURE_PIPELINE, DocumentKind.GITHUB_WORKFLOW):
        if kind in kinds:
            return remedy_of(kind)
    return Remedy(
        instead="az login --identity --client-id <client id>",
        language="shell",
        identity="the identity of the machine, agent or container that runs the script",
        local_auth_off="delete the secrets and certificates of the application",
        note="in a pipeline, sign in with a token of the pipeline's own: `--federated-token`",
    )


def remedy_of_database() -> Remedy:
    """What a step that runs statements in a database writes instead."""
    return Remedy(
        instead="Server=<server>.database.windows.net;Authentication=Active Directory Default",
        language="text",
        identity="the identity that `azure/login` signs in as by token, as a user of the database",
        local_auth_off="`azureADOnlyAuthentication: true` on the server",
    )


def remedy_of_registry() -> Remedy:
    """What a step that pushes to a registry writes instead."""
    return Remedy(
        instead="az acr login --name <registry>",
        language="shell",
        identity="the identity that the pipeline signs in as, with a federated credential",
        roles=("AcrPush",),
        scope="the registry",
        local_auth_off="`adminUserEnabled: false` on the registry, and no passwords of tokens",
    )
