"""Stage 3: the workloads go over to their identities; what they had still works beside it.

Rules:
- an identity is attached beside those that the resource has; those go in stage 5, when the new one has shown
  that it works;
- code is told the client id of a user-assigned identity, because a resource can have several; one that goes
  over to a system-assigned identity is told none any more;
- what a credential stood in for is a change of code or settings, and so a person's: each place is named;
- roles decide in a vault, in place of its access policies, after the roles hold. The policies stay stored, so
  that the way back is one command.

Sources: https://learn.microsoft.com/dotnet/azure/sdk/authentication/user-assigned-managed-identity and
https://learn.microsoft.com/azure/key-vault/general/rbac-migration
"""

from __future__ import annotations

from keyless.model.guids import guid_key
from keyless.model.identities import IdentityKind
from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan, StoredCredential
from keyless.plan.results.identities import IdentityChange, IdentityChoice
from keyless.plan.results.secrets import Fate, SecretDecision
from keyless.plan.results.stages import Command, Step
from keyless.plan.staging.beside import is_on, kinds_before
from keyless.plan.staging.holders import per_holder
from keyless.plan.staging.hosts import (
    SETTING,
    attach,
    detach,
    forget_client_id,
    is_pods,
    tell_client_id,
)
from keyless.plan.staging.words import az, of_resource
from keyless.plan.wording import counted, listed

_FATES = (Fate.REMOVABLE, Fate.CONFIGURATION, Fate.TO_VAULT)
_SHOWN_PLACES = 5


def switch(plan: Plan) -> tuple[Step, ...]:
    """The steps of the stage."""
    changed = [one for one in plan.identities.choices if one.change is not IdentityChange.KEEP]
    return (
        *(_attached(one) for one in changed if one.chosen is IdentityKind.USER_ASSIGNED),
        *(_told(one) for one in changed if _is_told(one)),
        *(
            _of_credential(one)
            for one in per_holder(plan.stored_credentials)
            if not is_transitional(one.principal, plan)
        ),
        *(_of_secret(one) for one in plan.secrets if one.fate in _FATES),
        *(_roles_decide(ResourceId.parse(vault)) for vault in plan.vaults_to_switch),
    )


def is_transitional(subject: Subject, plan: Plan) -> bool:
    """Whether a credential stays until its bridge stands."""
    mine = guid_key(subject.principal_id)
    return any(guid_key(one.principal_id) == mine for one in plan.transitional)


def _attached(choice: IdentityChoice) -> Step:
    host, identity = ResourceId.parse(choice.resource), choice.identity.resource_id
    what = f"give {choice.name} the identity {choice.identity.name}, beside what it has"
    if is_pods(choice):
        by_hand = (
            f"annotate the service accounts of {choice.name} with `azure.workload.identity/client-id`, the "
            f"client id of {choice.identity.name}, and label their pods `azure.workload.identity/use=true`"
        )
        return Step(what=what, target=choice.resource, reason=choice.reason, by_hand=by_hand)
    keeps = kinds_before(choice)
    do, undo = attach(host, identity, keeps=keeps), detach(host, identity, keeps=keeps)
    return Step(
        what=what,
        target=choice.resource,
        reason=choice.reason,
        do=(do,) if do else (),
        undo=(undo,) if undo else (),
        by_hand="" if do else f"attach {identity} to {choice.resource}",
    )


def _other_user_assigned(choice: IdentityChoice) -> list[Subject]:
    """The user-assigned identities that the resource has now, in place of which it gets another."""
    return [one for one in choice.replaces if one.kind is SubjectKind.USER_ASSIGNED and is_on(choice, one)]


def _is_told(choice: IdentityChoice) -> bool:
    user_assigned = choice.chosen is IdentityKind.USER_ASSIGNED
    if is_pods(choice):
        return False
    return user_assigned or bool(_other_user_assigned(choice))


def _told(choice: IdentityChoice) -> Step:
    host = ResourceId.parse(choice.resource)
    before = _other_user_assigned(choice)
    after = [choice.identity] if choice.chosen is IdentityKind.USER_ASSIGNED else []
    do, undo = _setting(host, after), _setting(host, before)
    value = f"the client id of {choice.identity.name}" if after else "nothing"
    return Step(
        what=f"set {SETTING} of {choice.name} to {value}",
        target=choice.resource,
        reason="a resource can have several identities, and code has to say which one it means",
        do=(do,) if do else (),
        undo=(undo,) if undo else (),
        by_hand="" if do else f"set {SETTING} in the environment of the code on {choice.name} to {value}",
    )


def _setting(host: ResourceId, identities: list[Subject]) -> Command | None:
    if identities:
        return tell_client_id(host, identities[0].resource_id)
    return forget_client_id(host)


def _of_credential(one: StoredCredential) -> Step:
    return Step(
        what=f"let what signs in as {one.principal.name} use an identity in place of its {_in_words(one)}",
        target=one.target,
        reason=f"it signed in so {counted(one.count, 'time')}",
        by_hand=(
            f"use {one.identity}; in code `DefaultAzureCredential` in place of the credential, and the "
            "endpoint's address in place of a connection string"
        ),
    )


def _in_words(one: StoredCredential) -> str:
    return one.method.value.replace("-", " ")


def _of_secret(one: SecretDecision) -> Step:
    places = [f"{place.file}:{place.line}" for place in one.places]
    more = f" and {len(places) - _SHOWN_PLACES} more" if len(places) > _SHOWN_PLACES else ""
    where = f" (in {listed(places[:_SHOWN_PLACES])}{more})" if places else ""
    return Step(
        what=f"do without the secret {one.name}" if one.fate is Fate.REMOVABLE else f"move {one.name}",
        target=one.container,
        reason=one.why,
        by_hand=f"{one.how}{where}",
    )


def _roles_decide(vault: ResourceId) -> Step:
    def command(value: str) -> Command:
        return az("keyvault", "update", *of_resource(vault), "--enable-rbac-authorization", value)

    return Step(
        what=f"let roles decide in the vault {vault.name}, in place of its access policies",
        target=vault.text,
        reason="the roles that take their place hold by now",
        do=(command("true"),),
        undo=(command("false"),),
        remark="the access policies stay stored, and count again where this is undone",
    )
