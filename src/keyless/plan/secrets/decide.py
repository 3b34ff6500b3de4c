"""What becomes of every secret and setting that there is.

Pure: the same facts give the same decisions, ordered by container and name.
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.catalog.shapes.shape import Holds
from keyless.model.resource_id import ResourceId
from keyless.model.resources import key_value_scope
from keyless.plan.policy.secrets import SecretRule, SecretRules
from keyless.plan.results.secrets import CodePlace, Fate, SecretDecision
from keyless.plan.secrets.fates import Verdict, verdict_of
from keyless.plan.secrets.names import hinted_service
from keyless.plan.secrets.reading import NOT_READ, Reading
from keyless.plan.secrets.reads import advice_on_secret
from keyless.plan.secrets.replacing import how_to_replace, service_names
from keyless.plan.secrets.stored import SecretFacts, StoredKind, StoredValue
from keyless.plan.wording import listed


def secret_decisions(
    facts: SecretFacts, read: Mapping[ResourceId, Reading], rules: SecretRules
) -> tuple[SecretDecision, ...]:
    """A decision for every secret, and for every setting that is not where it belongs.

    ``read`` is how often each was read, by its id.
    """
    found = []
    for value in facts.values:
        rule = rules.of(value.container.name, value.name)
        verdict = verdict_of(value, rule)
        if verdict is not None:
            reading = read.get(_scope(value), NOT_READ)
            places = facts.places.get(value.name, ())
            found.append(_decision(value, verdict, rule, rules, reading, places))
    return tuple(sorted(found, key=lambda one: (one.container.casefold(), one.name.casefold(), one.label)))


def _scope(value: StoredValue) -> ResourceId:
    if value.kind is StoredKind.SECRET:
        return value.container.child("secrets", value.name)
    return key_value_scope(value.container, value.name, value.label or None)


def _decision(
    value: StoredValue,
    verdict: Verdict,
    rule: SecretRule,
    rules: SecretRules,
    reading: Reading,
    places: tuple[CodePlace, ...],
) -> SecretDecision:
    stays = verdict.fate in {Fate.KEPT, Fate.TO_VAULT}
    too_often = value.kind is StoredKind.SECRET and reading.too_often
    every = rule.rotate_every_days or rules.rotate_every_days
    owner = rule.owner or rules.owner
    opens = _opens(value)
    return SecretDecision(
        container=value.container.text,
        name=value.name,
        label=value.label,
        fate=verdict.fate,
        why=verdict.why,
        how=_how(value, verdict.fate, places, owner, every),
        service=service_names(value.shape.services),
        opens=opens,
        host=value.shape.host if opens else "",
        owner=owner if stays else "",
        rotate_every_days=every if stays else None,
        read_by=reading.read_by,
        reads=reading.reads,
        most_per_second=reading.most_per_second,
        load_at_start_up=too_often,
        reading=advice_on_secret(reading) if too_often else "",
        places=places,
    )


def _opens(value: StoredValue) -> tuple[str, ...]:
    """What the value shows that it opens, or else what the name speaks of."""
    if value.shape.holds is Holds.UNKNOWN:
        hint = hinted_service(value.name)
        return (hint,) if hint else ()
    return value.shape.services if value.shape.holds is Holds.CREDENTIAL else ()


def _how(value: StoredValue, fate: Fate, places: tuple[CodePlace, ...], owner: str, every: int) -> str:
    """What to do, in one sentence."""
    if fate is Fate.REMOVABLE:
        return how_to_replace(value.shape.services, places, value.shape.host)
    if fate is Fate.CONFIGURATION:
        return "put it into a configuration store, and delete the secret"
    steps = [] if owner else ["name who answers for it in the policy (`secrets.named`)"]
    if fate is Fate.TO_VAULT:
        steps.insert(0, "put it into a vault, with a reference to it in the store")
    if value.kind is StoredKind.SECRET and value.expires is None:
        steps.append("give it a date on which it expires")
    steps.append(f"change it every {every} days, with two credentials that take turns")
    return listed(steps)
