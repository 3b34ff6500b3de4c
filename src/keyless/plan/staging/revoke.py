"""Stage 5: what the plan makes superfluous goes; what is not certain is a stage of its own, to be left out.

Rules:
- a removed assignment comes back under its name, with its condition; one of an identity that was deleted does
  not need to;
- an identity that a resource no longer uses is detached, not deleted. A system-assigned one that is switched
  off does not come back, and without roles it does no harm: it is left to the stage that can be left out;
- client secrets and certificates are deleted last of these, each found by what the evidence calls it. They do
  not come back: another one can be made;
- a secret that the target's own tokens replace is deleted from its vault, and can be recovered as long as the
  vault keeps it;
- what is transitional stays, with its date.

Sources: https://learn.microsoft.com/cli/azure/ad/app/credential,
https://learn.microsoft.com/cli/azure/keyvault/secret and
https://learn.microsoft.com/azure/role-based-access-control/role-assignments-remove
"""

from __future__ import annotations

import re

from keyless.model.evidence import SignInMethod
from keyless.model.guids import guid_key
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.resources import VAULT_TYPE
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan, Removal, StoredCredential
from keyless.plan.results.identities import IdentityChange, IdentityChoice
from keyless.plan.results.secrets import Fate, SecretDecision
from keyless.plan.results.stages import Asked, Step, Word
from keyless.plan.staging.beside import is_on, kinds_after
from keyless.plan.staging.hosts import SYSTEM, attach, detach
from keyless.plan.staging.switch import is_transitional
from keyless.plan.staging.words import asking, assign, az, unassign
from keyless.plan.wording import short_scope

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IN_DIRECTORY = (SignInMethod.CLIENT_SECRET, SignInMethod.CERTIFICATE)


def revoke(plan: Plan) -> tuple[Step, ...]:
    """What is certain."""
    return (
        *(_removed(one) for one in plan.removals if one.certain),
        *(_detached(choice, old) for choice, old in _old_identities(plan) if not _is_doubtful(old, plan)),
        *(_secret_gone(one) for one in plan.secrets if one.fate is Fate.REMOVABLE),
        *(_credential_gone(one) for one in _deletable(plan)),
    )


def revoke_uncertain(plan: Plan) -> tuple[Step, ...]:
    """What may still be needed."""
    return (
        *(_removed(one) for one in plan.removals if not one.certain),
        *(_detached(choice, old) for choice, old in _old_identities(plan) if _is_doubtful(old, plan)),
    )


def staying(plan: Plan) -> tuple[str, ...]:
    """What is left alone, and until when."""
    return tuple(
        f"{one.name} keeps its {one.method} until {one.until or 'its bridge stands'}: {one.bridge}"
        for one in plan.transitional
    )


def _removed(one: Removal) -> Step:
    scope = ResourceId.parse(one.scope)
    again = assign(
        one.assignment_id,
        one.principal,
        one.role_id,
        scope,
        condition=one.condition,
        condition_version=one.condition_version,
    )
    return Step(
        what=f"take {one.role_name} at {short_scope(scope)} from {one.principal.name}",
        target=one.scope,
        reason=one.reason,
        do=(unassign(one.scope, one.assignment_id),),
        undo=() if one.principal.is_deleted else (again,),
        reversible=not one.principal.is_deleted,
        remark="its principal is gone: there is nobody to give it back to"
        if one.principal.is_deleted
        else "",
    )


def _old_identities(plan: Plan) -> list[tuple[IdentityChoice, Subject]]:
    """The managed identities that resources have now and do not use after the switch."""
    needed = {
        guid_key(one.principal.principal_id) for one in plan.assignments if not one.principal.is_proposed
    }
    return [
        (choice, old)
        for choice in plan.identities.choices
        if choice.change is not IdentityChange.KEEP
        for old in choice.replaces
        if is_on(choice, old) and not (_is_own(old) and guid_key(old.principal_id) in needed)
    ]


def _is_own(old: Subject) -> bool:
    return old.kind is SubjectKind.SYSTEM_ASSIGNED


def _is_doubtful(old: Subject, plan: Plan) -> bool:
    mine = guid_key(old.principal_id)
    doubtful = (guid_key(one.principal.principal_id) for one in plan.removals if not one.certain)
    return _is_own(old) or mine in doubtful


def _detached(choice: IdentityChoice, old: Subject) -> Step:
    host = ResourceId.parse(choice.resource)
    identity = SYSTEM if _is_own(old) else old.resource_id
    keeps = kinds_after(choice, old)
    do, undo = detach(host, identity, keeps=keeps), attach(host, identity, keeps=keeps)
    return Step(
        what=f"take the identity {old.name} from {choice.name}",
        target=choice.resource,
        reason=f"it uses {choice.identity.name} by now",
        do=(do,) if do else (),
        undo=(undo,) if undo and not _is_own(old) else (),
        by_hand="" if do else f"detach {old.name} from {choice.resource}",
        reversible=not _is_own(old),
        remark="switched on again, it is another identity, without roles" if _is_own(old) else "",
    )


def _secret_gone(one: SecretDecision) -> Step:
    vault = _vault(one.container)
    named = ("--vault-name", vault.name, "--name", one.name) if vault else ()
    return Step(
        what=f"delete the secret {one.name}",
        target=one.container,
        reason=one.why,
        do=(az("keyvault", "secret", "delete", *named),) if vault else (),
        undo=(az("keyvault", "secret", "recover", *named),) if vault else (),
        by_hand="" if vault else f"delete {one.name} where it is kept",
        reversible=vault is not None,
        remark="recovered as long as the vault keeps what was deleted"
        if vault
        else "keep its value until then",
    )


def _vault(container: str) -> ResourceId | None:
    try:
        resource = ResourceId.parse(container)
    except InvalidResourceId:
        return None
    return resource if resource.is_type(VAULT_TYPE) else None


def _deletable(plan: Plan) -> list[StoredCredential]:
    """One of each credential of an application that a person does not keep for now."""
    found: dict[tuple[str, SignInMethod, str], StoredCredential] = {}
    for one in plan.stored_credentials:
        if one.method in _IN_DIRECTORY and not is_transitional(one.principal, plan):
            found.setdefault((guid_key(one.principal.principal_id), one.method, one.by), one)
    return list(found.values())


def _credential_gone(one: StoredCredential) -> Step:
    kind = one.method.value.replace("-", " ")
    key_id = _key_id(one)
    named = f" {one.by}" if one.by else ""
    words: tuple[Word, ...] = ("ad", "app", "credential", "delete", "--id", _application(one.principal))
    certificate = ("--cert",) if one.method is SignInMethod.CERTIFICATE else ()
    return Step(
        what=f"delete the {kind}{named} of {one.principal.name}",
        target=one.principal.principal_id,
        reason="an identity takes its place; look first that nothing signs in with it any more",
        do=(az(*words, "--key-id", key_id, *certificate),) if key_id else (),
        by_hand=""
        if key_id
        else (
            f"delete the {kind} that is used, of those that `az ad app credential list --id APPLICATION` "
            f"names for {one.principal.name}; the evidence does not say which"
        ),
        reversible=False,
        remark=f"the {kind} does not come back: make another by `az ad app credential reset --append`",
    )


def _application(subject: Subject) -> Asked:
    words = ("ad", "sp", "show", "--id", subject.principal_id, "--query", "appId")
    return Asked(asking(*words))


def _key_id(one: StoredCredential) -> Word | None:
    """The credential's key id, where what the evidence calls it is one.

    A certificate is known by its thumbprint, which is not the key id that Microsoft Graph gave it.
    """
    return one.by if _GUID.fullmatch(one.by) else None
