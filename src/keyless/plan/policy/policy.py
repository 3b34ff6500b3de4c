"""The policy of a plan: everything that a person decides about it. One file, ``keyless.policy.yaml``.

Each section is a module beside this one; a section that is not given has its defaults. An unknown key is an
error, because a misspelt rule that is not followed would be worse than none.
"""

from __future__ import annotations

import msgspec

from keyless.plan.policy.effort import Effort
from keyless.plan.policy.evidence import EvidenceRules
from keyless.plan.policy.identities import IdentityRules
from keyless.plan.policy.native import NativeRules
from keyless.plan.policy.risks import RiskWeights
from keyless.plan.policy.roles import RoleRules
from keyless.plan.policy.scopes import ScopeRules
from keyless.plan.policy.secrets import SecretRules
from keyless.plan.policy.vaults import VaultRules


class PlanPolicy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """All sections."""

    roles: RoleRules = RoleRules()
    scopes: ScopeRules = ScopeRules()
    risks: RiskWeights = RiskWeights()
    effort: Effort = Effort()
    evidence: EvidenceRules = EvidenceRules()
    identities: IdentityRules = IdentityRules()
    vaults: VaultRules = VaultRules()
    native: NativeRules = NativeRules()
    secrets: SecretRules = SecretRules()


DEFAULT_POLICY = PlanPolicy()
