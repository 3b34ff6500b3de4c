"""What a certificate's policy may say, and what goes without saying.

Rules:
- a subject or an alternative name is needed; all else has a default: RSA of 2048 bits, exportable and made
  anew for every version, a PFX, server and client authentication, twelve months, no issuer (`Unknown`);
- without lifetime actions a certificate is renewed at 80 % of its life where its issuer is here, and its
  contacts are told where it is not; there is at most one action, with one trigger;
- keys in hardware do not come out, and need a premium vault; symmetric keys have no certificates;
- what a change leaves out stays as it is; lists, and the alternative names, are replaced whole.

Source: https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#certificate-policy
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.policy_schemas import (
    Action,
    BasicConstraints,
    CertificatePolicy,
    IssuerParameters,
    KeyProperties,
    LifetimeAction,
    PolicyAttributes,
    SecretProperties,
    SubjectAlternativeNames,
    Trigger,
    X509Properties,
)
from keyless.planes.keyvault.keys.material.make import KeySpec, key_spec
from keyless.planes.keyvault.keys.material.types import Family
from keyless.wire.errors import InvalidProperty, InvalidRequest

S = TypeVar("S", bound=msgspec.Struct)

SELF, UNKNOWN = "Self", "Unknown"
"""The issuers that every vault has: the certificate's own key, and somebody elsewhere."""
AUTO_RENEW, EMAIL_CONTACTS = "AutoRenew", "EmailContacts"
PFX, PEM = "application/x-pkcs12", "application/x-pem-file"
MOST_MONTHS = 1200
_DAYS_A_MONTH = 27
_DEFAULT_PERCENTAGE = 80
_MOST_NAMES = 100
_SIGNER, _CIPHER = "digitalSignature", "keyEncipherment"

_DEFAULTS = CertificatePolicy(
    key_props=KeyProperties(kty="RSA", reuse_key=False),
    secret_props=SecretProperties(content_type=PFX),
    x509_props=X509Properties(ekus=["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], validity_months=12),
    issuer=IssuerParameters(name=UNKNOWN),
    attributes=PolicyAttributes(enabled=True),
)


class WholePolicy(msgspec.Struct, frozen=True):
    """A policy with every member filled in, as certificates are made by it."""

    key: KeyProperties
    content_type: str
    x509: X509Properties
    issuer: IssuerParameters
    lifetime_actions: list[LifetimeAction]

    @property
    def issuer_name(self) -> str:
        """The name of who signs."""
        return self.issuer.name or UNKNOWN

    @property
    def is_self_signed(self) -> bool:
        """Whether the certificate's own key signs it."""
        return self.issuer_name == SELF

    @property
    def is_signed_elsewhere(self) -> bool:
        """Whether somebody signs it whom the vault does not know."""
        return self.issuer_name == UNKNOWN

    @property
    def key_spec(self) -> KeySpec:
        """The key to be made."""
        return key_spec(self.key.kty or "", self.key.key_size, self.key.crv)


def whole(policy: CertificatePolicy) -> WholePolicy:
    """What a policy that was completed says."""
    return WholePolicy(
        policy.key_props or KeyProperties(),
        (policy.secret_props or SecretProperties()).content_type or PFX,
        policy.x509_props or X509Properties(),
        policy.issuer or IssuerParameters(),
        policy.lifetime_actions or [],
    )


def completed(
    given: CertificatePolicy, vault: Vault, *, now: int, before: CertificatePolicy | None = None
) -> CertificatePolicy:
    """A policy as a request gives it, with everything filled in: from ``before`` where there is one.

    Raises:
        InvalidRequest: it says what no policy can; ``field`` names it.
    """
    if given.platform_managed is not None:
        raise InvalidProperty("platformManaged", "no platform manages certificates here")
    base = before or _DEFAULTS
    key = _key(_over(given.key_props, base.key_props), vault)
    x509 = _x509(_over(given.x509_props, base.x509_props), key)
    issuer = _issuer(_over(given.issuer, base.issuer))
    actions = base.lifetime_actions if given.lifetime_actions is None else given.lifetime_actions
    attributes = _over(given.attributes, base.attributes)
    created = now if before is None else attributes.created
    return CertificatePolicy(
        key_props=key,
        secret_props=_secret(_over(given.secret_props, base.secret_props)),
        x509_props=x509,
        lifetime_actions=_actions(actions, issuer, x509.validity_months or 0),
        issuer=issuer,
        attributes=msgspec.structs.replace(attributes, created=created, updated=now),
    )


def _over(given: S | None, base: S | None) -> S:
    """One structure over another: what the upper does not say, the lower does."""
    if base is None:
        raise TypeError("a policy without the structure to lay another over")
    if given is None:
        return base
    said = {field: value for field, value in msgspec.structs.asdict(given).items() if value is not None}
    return msgspec.structs.replace(base, **said)


def _key(key: KeyProperties, vault: Vault) -> KeyProperties:
    spec = key_spec(key.kty or "", key.key_size, key.crv)
    if spec.family is Family.OCT:
        raise InvalidProperty("kty", "a certificate's key is of type RSA, RSA-HSM, EC or EC-HSM")
    hardware = spec.key_type.in_hardware
    if hardware and vault.sku.casefold() != "premium":
        raise InvalidProperty("kty", "keys in hardware need a vault of the premium tier")
    exportable = not hardware if key.exportable is None else key.exportable
    if hardware and exportable:
        raise InvalidProperty("exportable", "keys in hardware do not come out of it")
    size, curve = (None, spec.curve) if spec.family is Family.EC else (spec.bits, None)
    return msgspec.structs.replace(key, exportable=exportable, key_size=size, crv=curve)


def _secret(secret: SecretProperties) -> SecretProperties:
    if secret.content_type not in {PFX, PEM}:
        raise InvalidProperty("contentType", f"it must be `{PFX}` or `{PEM}`")
    return secret


def _x509(given: X509Properties, key: KeyProperties) -> X509Properties:
    if not given.subject and not any(_names(given.sans)):
        raise InvalidProperty("x509_props", "give a `subject`, or an alternative name in `sans`")
    months = given.validity_months or 0
    if not 1 <= months <= MOST_MONTHS:
        raise InvalidProperty("validity_months", f"it must be between 1 and {MOST_MONTHS}")
    if sum(len(names) for names in _names(given.sans)) > _MOST_NAMES or len(given.ekus or ()) > _MOST_NAMES:
        raise InvalidProperty("x509_props", f"it may have {_MOST_NAMES} alternative names and purposes")
    usual = [_SIGNER] if (key.kty or "").startswith("EC") else [_SIGNER, _CIPHER]
    usages = usual if given.key_usage is None else given.key_usage
    return msgspec.structs.replace(given, key_usage=usages, basic_constraints=BasicConstraints())


def _names(sans: SubjectAlternativeNames | None) -> list[list[str]]:
    given = sans or SubjectAlternativeNames()
    kinds = (given.emails, given.dns_names, given.upns, given.uris, given.ip_addresses)
    return [names or [] for names in kinds]


def _issuer(issuer: IssuerParameters) -> IssuerParameters:
    """The issuer, with the names that every vault has spelled as they are."""
    known = {name.casefold(): name for name in (SELF, UNKNOWN)}
    name = issuer.name or UNKNOWN
    return msgspec.structs.replace(issuer, name=known.get(name.casefold(), name))


def _actions(
    given: list[LifetimeAction] | None, issuer: IssuerParameters, months: int
) -> list[LifetimeAction]:
    if not given:
        action = EMAIL_CONTACTS if issuer.name == UNKNOWN else AUTO_RENEW
        return [LifetimeAction(Trigger(_DEFAULT_PERCENTAGE), Action(action))]
    if len(given) > 1:
        raise InvalidRequest("At most one action is allowed", field="lifetime_actions")
    return [_action(given[0], months)]


def _action(given: LifetimeAction, months: int) -> LifetimeAction:
    trigger, action = given.trigger or Trigger(), (given.action or Action()).action_type
    known = {name.casefold(): name for name in (AUTO_RENEW, EMAIL_CONTACTS)}
    if action is None or action.casefold() not in known:
        raise InvalidProperty("action_type", f"it must be `{AUTO_RENEW}` or `{EMAIL_CONTACTS}`")
    percentage, days = trigger.lifetime_percentage, trigger.days_before_expiry
    if (percentage is None) == (days is None):
        raise InvalidProperty("trigger", "give either `lifetime_percentage` or `days_before_expiry`")
    if percentage is not None and not 1 <= percentage <= 99:
        raise InvalidProperty("lifetime_percentage", "it must be between 1 and 99")
    if days is not None and not 1 <= days <= months * _DAYS_A_MONTH:
        raise InvalidProperty("days_before_expiry", f"it must be between 1 and {months * _DAYS_A_MONTH}")
    return LifetimeAction(trigger, Action(known[action.casefold()]))
