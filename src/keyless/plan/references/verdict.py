"""How one reference stands: whether a secret is there to be read, and whether it will be the right one.

Rules:
- what cannot be followed at all is an error: no address of a secret, nothing there, deleted, disabled;
- a vault that is not known here may well be elsewhere: that is only told;
- a secret that is not yet valid, or has expired, is still given out by its vault, and is a warning; that one
  expires within 30 days, which is when a vault tells of it, is only told;
- a reference to a version does not follow when the secret changes. That is only told as long as another
  reference to the secret follows; it is a warning where none does, or where the secret is about to change:
  because it expires, or because a certificate is behind it, which is renewed;
- all of this at the estate's time.

Pure. Sources: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets,
https://learn.microsoft.com/azure/event-grid/event-schema-key-vault and
https://learn.microsoft.com/azure/azure-app-configuration/reload-key-vault-secrets-dotnet
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.model.nearest import nearest, quoted_list
from keyless.model.vault_references import Fault, Malformed, Target
from keyless.plan.references.facts import HeldSecret, HeldVault, ReferenceFacts, SecretState, StoredReference
from keyless.plan.results.references import ReferenceState, Severity
from keyless.plan.window import date_of

NEAR_EXPIRY_S = 30 * 24 * 60 * 60
_FAULTS = {
    Fault.NOT_JSON: ReferenceState.NOT_JSON,
    Fault.NO_URI: ReferenceState.NO_URI,
    Fault.NOT_A_SECRET: ReferenceState.NOT_A_SECRET,
}
_LEFT_OUT = "leave the version out of the `uri`, so that the reference follows the secret"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a reference stands, why, and what to do about it."""

    state: ReferenceState
    severity: Severity
    why: str = ""
    how: str = ""

    @property
    def can_be_followed(self) -> bool:
        """Whether there is a secret here to be read, by whoever may."""
        return self.severity is not Severity.ERROR and self.state is not ReferenceState.ELSEWHERE


FINE = Verdict(ReferenceState.FINE, Severity.NONE)


def verdict_of(reference: StoredReference, facts: ReferenceFacts) -> Verdict:
    """How a reference stands."""
    target = reference.points_to
    if isinstance(target, Malformed):
        advice = "point it to a secret: `https://VAULT.vault.azure.net/secrets/NAME`"
        return _error(_FAULTS[target.fault], target.why, advice)
    held = facts.vaults.get(target.vault) if target.vault else None
    if held is None:
        return _no_vault(target, facts)
    secret = held.secrets.get(target.secret.casefold())
    if secret is None:
        return _error(
            ReferenceState.NO_SECRET,
            f"vault `{target.vault}` has no secret `{target.secret}`{_perhaps(target, held)}",
            f"put it there (`keyless secret set {target.vault} {target.secret}`), or point to another",
        )
    return _of_secret(target, held, secret, facts)


def _no_vault(target: Target, facts: ReferenceFacts) -> Verdict:
    if target.vault in facts.deleted_vaults:
        return _error(
            ReferenceState.VAULT_DELETED,
            f"vault `{target.vault}` was deleted, and can still be recovered",
            f"recover it (`az keyvault recover --name {target.vault}`), or point to another",
        )
    return Verdict(
        ReferenceState.ELSEWHERE,
        Severity.NOTICE,
        f"no vault is known here as `{target.host}`: it may be one that lies elsewhere",
        "if it is one of this estate, declare it; if not, nobody here can say whether the secret is there",
    )


def _of_secret(target: Target, held: HeldVault, secret: HeldSecret, facts: ReferenceFacts) -> Verdict:
    if secret.purge_at is not None:
        until = date_of(secret.purge_at)
        return _error(
            ReferenceState.DELETED,
            f"secret `{secret.name}` of vault `{target.vault}` is deleted; it can be recovered until {until}",
            f"recover it: `az keyvault secret recover {_named(target)}`",
        )
    version = secret.version(target.version)
    if version is None:
        return _no_version(target, held, secret)
    if not version.enabled:
        return _disabled(target, secret)
    return _in_time(target, secret, version, facts.now) or _pinned(target, secret, facts) or FINE


def _no_version(target: Target, held: HeldVault, secret: HeldSecret) -> Verdict:
    owner = held.versions_elsewhere.get(target.version)
    if owner is not None:
        return _error(
            ReferenceState.OTHER_SECRET,
            f"its version is one of secret `{owner}`, not of `{secret.name}`",
            f"name the right secret, or {_LEFT_OUT}",
        )
    return _error(ReferenceState.NO_VERSION, f"secret `{secret.name}` has no such version", _LEFT_OUT)


def _disabled(target: Target, secret: HeldSecret) -> Verdict:
    enable = f"`az keyvault secret set-attributes --enabled true {_named(target)}`"
    newest = secret.version("")
    if target.version and newest is not None and newest.id != target.version and newest.enabled:
        return _error(
            ReferenceState.DISABLED,
            f"the version of secret `{secret.name}` that it names is disabled, and there is a newer one",
            _LEFT_OUT,
        )
    return _error(
        ReferenceState.DISABLED, f"secret `{secret.name}` is disabled: its vault gives no value", enable
    )


def _in_time(target: Target, secret: HeldSecret, version: SecretState, now: int) -> Verdict | None:
    """What its times say, where they say anything."""
    if version.not_before is not None and version.not_before > now:
        from_then = date_of(version.not_before)
        why = f"secret `{secret.name}` is not valid before {from_then}: its vault gives it out all the same"
        return _warning(ReferenceState.NOT_YET_VALID, why, "see to it that nobody needs it before")
    if version.expires is None or version.expires > now + NEAR_EXPIRY_S:
        return None
    when = date_of(version.expires)
    then = f"; {_LEFT_OUT}" if target.version else ""
    renew = f"set a new version of it (`keyless secret set {target.vault} {secret.name}`){then}"
    if version.expires <= now:
        why = f"secret `{secret.name}` expired on {when}: its vault still gives it out"
        return _warning(ReferenceState.EXPIRED, why, renew)
    why = f"secret `{secret.name}` expires on {when}"
    if target.version:
        why += ", and the reference names a version: it will not follow the next one"
        return _warning(ReferenceState.EXPIRING, why, renew)
    return Verdict(ReferenceState.EXPIRING, Severity.NOTICE, why, renew)


def _pinned(target: Target, secret: HeldSecret, facts: ReferenceFacts) -> Verdict | None:
    """What to say of a reference to a version, where that is not the newest, or will soon not be."""
    if not target.version or (target.version == secret.current and not secret.managed):
        return None
    alone = all(one.version for one in facts.pointing_to(target))
    severity = Severity.WARNING if alone else Severity.NOTICE
    why = f"it names a version of `{secret.name}` that is not the newest"
    why += ", and no reference follows the secret" if alone else ""
    if target.version == secret.current:
        why = f"it names a version of `{secret.name}`, which a certificate's renewal will replace"
    return Verdict(ReferenceState.PINNED, severity, why, _LEFT_OUT)


def _perhaps(target: Target, held: HeldVault) -> str:
    """The names that may have been meant."""
    near = nearest(target.secret, held.names)
    return f" (did you mean {quoted_list(near)}?)" if near else ""


def _named(target: Target) -> str:
    version = f" --version {target.version}" if target.version else ""
    return f"--vault-name {target.vault} --name {target.secret}{version}"


def _error(state: ReferenceState, why: str, how: str) -> Verdict:
    return Verdict(state, Severity.ERROR, why, how)


def _warning(state: ReferenceState, why: str, how: str) -> Verdict:
    return Verdict(state, Severity.WARNING, why, how)
