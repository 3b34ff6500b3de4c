"""When a certificate is to be renewed.

Pure. A policy's lifetime action has its time in each version's own life: after a percentage of it, or some
days before its end. Who signs elsewhere (`Unknown`) cannot be asked, so that nothing is renewed then; nor
is a version that is disabled, or not finished.

Source: https://learn.microsoft.com/azure/key-vault/certificates/overview-renew-certificate
"""

from __future__ import annotations

from keyless.planes.keyvault.certificates.policy import AUTO_RENEW, whole
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy, Trigger
from keyless.planes.keyvault.certificates.records import CertificateVersion

_DAY_S = 24 * 60 * 60


def renewal_due(policy: CertificatePolicy, certificate: CertificateVersion) -> int | None:
    """When a certificate's newest version is to be renewed, in epoch seconds; none where it is not."""
    filled = whole(policy)
    if filled.is_signed_elsewhere:
        return None
    triggers = [
        each.trigger
        for each in filled.lifetime_actions
        if each.trigger is not None and each.action is not None and each.action.action_type == AUTO_RENEW
    ]
    begin, end = certificate.not_before, certificate.expires
    if not triggers or not certificate.is_finished or not certificate.enabled or begin is None or end is None:
        return None
    return min(_time(trigger, begin, end) for trigger in triggers)


def _time(trigger: Trigger, begin: int, end: int) -> int:
    if trigger.days_before_expiry is not None:
        return end - trigger.days_before_expiry * _DAY_S
    return begin + (end - begin) * (trigger.lifetime_percentage or 0) // 100
