"""Commands that sign in to Azure, or to a registry of Azure, with a secret.

Rules:
- an application with a secret, password or certificate; a registry with a user and a password;
- a token in place of a secret (`--federated-token`, `az acr login --expose-token`) and an identity are none;
- a registry is Azure's for sure by its host or by a password that was read of it, perhaps by the name of what
  holds its address, and no other's.
"""

from __future__ import annotations

import re

from keyless.assess.az_commands import AzCommand
from keyless.assess.findings.finding import Confidence
from keyless.assess.rules.credentials._steps import names_in
from keyless.assess.syntax.expressions import Expr, text_of, within

SignIn = tuple[str, str, Expr | None, Confidence]
"""What is said of it, the service, the expression of the secret, how sure it is."""

_OF_AZURE = re.compile(r"azurecr\.(io|cn|us)", re.IGNORECASE)
_LIKE_AZURE = re.compile(r"acr([_-]|$)|(^|[_-])acr|azurecr|azure_?container_?registry", re.IGNORECASE)
_OTHER_REGISTRY = re.compile(
    r"(^|\.)(docker\.io|ghcr\.io|gcr\.io|quay\.io|amazonaws\.com|pkg\.dev)", re.IGNORECASE
)
TOKEN_USER = "00000000-0000-0000-0000-000000000000"
"""The user that a token of a registry goes with."""


def sign_in(command: AzCommand) -> SignIn | None:
    """What a command signs in with; none where it does not, or holds no secret."""
    found = _SIGN_INS.get((command.tool, command.path))
    return None if found is None else found(command)


def with_registry_key(command: AzCommand) -> SignIn:
    """What a login says whose password is known to be read of a registry of Azure, by whatever names."""
    return _of_registry(command, command.one("p", "password"), Confidence.HIGH)


def azure_registry(registry: Expr | None, own: bool) -> Confidence | None:
    """How sure it is that a registry is one of Azure's; none where it is another."""
    if registry is None:
        return Confidence.MEDIUM if own else None
    text = "".join(text_of(one) or "" for one in within(registry))
    if _OTHER_REGISTRY.search(text):
        return None
    if _OF_AZURE.search(text):
        return Confidence.HIGH
    if any(_LIKE_AZURE.search(one) for one in names_in(registry)):
        return Confidence.MEDIUM
    return Confidence.MEDIUM if own else None


def _az_login(command: AzCommand) -> SignIn | None:
    if not command.has("service-principal") or command.has("federated-token", "identity", "i"):
        return None
    secret = command.one("password", "p", "certificate")
    if secret is None:
        return None
    return (
        "`az login` signs in with the secret or certificate of an application",
        "entra",
        secret,
        Confidence.HIGH,
    )


def _azd_login(command: AzCommand) -> SignIn | None:
    secret = command.one("client-secret", "client-certificate")
    if secret is None:
        return None
    return "`azd auth login` signs in with the secret of an application", "entra", secret, Confidence.HIGH


def _connect(command: AzCommand) -> SignIn | None:
    if command.has("identity", "federatedtoken", "accesstoken", "usedeviceauthentication"):
        return None
    secret = command.one("credential", "certificatethumbprint", "certificatepath", "clientsecretcredential")
    if secret is None or not (command.has("serviceprincipal", "applicationid", "clientsecretcredential")):
        return None
    name = text_of(command.command.words[0])
    return (
        f"`{name}` signs in with the secret or certificate of an application",
        "entra",
        secret,
        Confidence.HIGH,
    )


def _registry_login(command: AzCommand) -> SignIn | None:
    if not command.has("p", "password", "password-stdin"):
        return None
    user = command.one("u", "username")
    registry = next(iter(command.values), None)
    certainty = azure_registry(registry, own=False)
    if certainty is None or text_of(user) == TOKEN_USER:
        return None
    secret = command.one("p", "password")
    if secret is not None and _is_exposed_token(secret):
        return None
    return _of_registry(command, secret, certainty)


def _of_registry(command: AzCommand, secret: Expr | None, certainty: Confidence) -> SignIn:
    tool = f"{command.tool} {command.path}"
    return f"`{tool}` signs in to a container registry with a password", "acr", secret, certainty


def _acr_login(command: AzCommand) -> SignIn | None:
    secret = command.one("password", "p")
    if secret is None or text_of(command.one("username", "u")) == TOKEN_USER:
        return None
    return _of_registry(command, secret, Confidence.HIGH)


def _is_exposed_token(secret: Expr) -> bool:
    return any(text_of(one) == "--expose-token" for one in within(secret)) or any(
        "token" in one for one in names_in(secret)
    )


def _creates(command: AzCommand) -> SignIn | None:
    """`az ad sp create-for-rbac --sdk-auth`: made to be stored in a pipeline."""
    if not command.has("sdk-auth", "json-auth"):
        return None
    return "an application's secret is made here to be stored in a pipeline", "entra", None, Confidence.MEDIUM


_SIGN_INS = {
    ("az", "login"): _az_login,
    ("azd", "auth login"): _azd_login,
    ("azd", "login"): _azd_login,
    ("", "connect-azaccount"): _connect,
    ("", "login-azaccount"): _connect,
    ("", "add-azaccount"): _connect,
    ("", "connect-azurermaccount"): _connect,
    ("", "login-azurermaccount"): _connect,
    ("", "add-azurermaccount"): _connect,
    ("", "connect-mggraph"): _connect,
    ("docker", "login"): _registry_login,
    ("podman", "login"): _registry_login,
    ("oras", "login"): _registry_login,
    ("helm", "registry login"): _registry_login,
    ("az", "acr login"): _acr_login,
    ("az", "ad sp create-for-rbac"): _creates,
}
