"""Decides what becomes of one secret or setting, by the shape of its value, its name, and the policy.

Rules:
- what opens an Azure service that takes identities can go; what opens anything else stays, and is changed
  every so many days, with two credentials that take turns, so that nothing stops meanwhile;
- what is no secret belongs in a configuration store, what is a secret does not;
- when in doubt it is a secret: a value in a vault is configuration only where both its shape and its name
  say so;
- what a person decided goes before all that.

Pure. Sources: https://learn.microsoft.com/azure/key-vault/secrets/secrets-best-practices,
https://learn.microsoft.com/azure/key-vault/secrets/tutorial-rotation-dual and
https://learn.microsoft.com/azure/azure-app-configuration/use-key-vault-references-dotnet-core
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keyless.catalog.shapes.shape import Holds, ValueShape
from keyless.model.vault_references import REFERENCE_MEDIA_TYPE
from keyless.plan.policy.secrets import SecretRule
from keyless.plan.results.secrets import Fate
from keyless.plan.secrets.names import hinted_service, mentions_secret, says_secret
from keyless.plan.secrets.replacing import service_names, takes_identity
from keyless.plan.secrets.stored import StoredKind, StoredValue

_FEATURE_FLAG = "application/vnd.microsoft.appconfig.ff+json"
_CERTIFICATES: Mapping[str, str] = {
    "private-key": "a private key",
    "pkcs12": "a certificate with its private key",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a value, and why."""

    fate: Fate
    why: str


def verdict_of(value: StoredValue, rule: SecretRule) -> Verdict | None:
    """What becomes of a value; none for a setting that is where it belongs."""
    own = _of_secret(value) if value.kind is StoredKind.SECRET else _of_setting(value)
    if rule.fate is not None:
        return Verdict(rule.fate, rule.reason or "the policy says so")
    if own is not None and own.fate is Fate.KEPT and rule.reason:
        return Verdict(own.fate, rule.reason)
    return own


def _of_secret(value: StoredValue) -> Verdict:
    return _SECRETS[value.shape.holds](value)


def _credential(value: StoredValue) -> Verdict:
    shape = value.shape
    if shape.id in _CERTIFICATES:
        return Verdict(
            Fate.KEPT,
            f"it is {_CERTIFICATES[shape.id]}: kept as a certificate, the vault can renew it; where an "
            "application signs in to Entra with it, a managed identity or a federated credential replaces it",
        )
    if shape.why_kept:
        return Verdict(Fate.KEPT, shape.why_kept)
    if takes_identity(shape.services):
        return Verdict(Fate.REMOVABLE, f"it opens {service_names(shape.services)}, which takes identities")
    if shape.services:
        return Verdict(Fate.KEPT, f"it opens {service_names(shape.services)}, which takes no identities")
    return Verdict(
        Fate.KEPT, "it is a credential, and what it opens is none of the Azure services that take identities"
    )


def _configuration(value: StoredValue) -> Verdict:
    if mentions_secret(value.name) and value.shape.id not in {"address", "host", "truth-value"}:
        kind = value.shape.id.replace("-", " ")
        return Verdict(Fate.KEPT, f"it looks like a {kind}, but its name speaks of a secret")
    return Verdict(Fate.CONFIGURATION, _what_it_is(value.shape))


def _reference(value: StoredValue) -> Verdict:
    return Verdict(Fate.CONFIGURATION, "it only says where a secret lies")


def _unknown(value: StoredValue) -> Verdict:
    hint = hinted_service(value.name)
    if hint and takes_identity((hint,)):
        return Verdict(
            Fate.KEPT,
            f"its shape does not show what it opens; its name speaks of {service_names((hint,))}, which "
            "takes identities: if that is what it opens, it can go",
        )
    return Verdict(Fate.KEPT, "its shape does not show what it opens, and when in doubt it is a secret")


_SECRETS: Mapping[Holds, Callable[[StoredValue], Verdict]] = {
    Holds.CREDENTIAL: _credential,
    Holds.CONFIGURATION: _configuration,
    Holds.REFERENCE: _reference,
    Holds.UNKNOWN: _unknown,
}


def _of_setting(value: StoredValue) -> Verdict | None:
    """What is to be done about a setting: nothing, unless it is a secret in the wrong place."""
    content_type = value.content_type.casefold()
    if content_type.startswith((_FEATURE_FLAG, REFERENCE_MEDIA_TYPE)) or value.shape.holds is Holds.REFERENCE:
        return None
    if value.shape.holds is Holds.CREDENTIAL:
        found = _credential(value)
        return found if found.fate is Fate.REMOVABLE else Verdict(Fate.TO_VAULT, found.why)
    if says_secret(value.name) and value.shape.id not in {"empty", "truth-value", "address", "host"}:
        return Verdict(Fate.TO_VAULT, "its name says that it is a secret")
    if value.shape.id == "drawn-by-lot":
        return Verdict(Fate.TO_VAULT, "it looks drawn by lot, as keys are")
    return None


def _what_it_is(shape: ValueShape) -> str:
    if shape.id == "appinsights-connection-string":
        return "a connection string of Application Insights lets send telemetry and read none"
    article = "an" if shape.id[0] in "aeiou" else "a"
    return f"it is {article} {shape.id.replace('-', ' ')}, and no secret"
