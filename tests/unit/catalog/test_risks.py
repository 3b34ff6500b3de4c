from __future__ import annotations

import pytest

from keyless.catalog.operations import known_actions
from keyless.catalog.risks import risk_rule_of, risk_rules
from keyless.model.actions import AZURE_RBAC, ActionPlane

CONTROL, DATA = ActionPlane.CONTROL, ActionPlane.DATA


@pytest.mark.parametrize(
    ("plane", "action", "risk"),
    [
        (CONTROL, "Microsoft.Authorization/roleAssignments/write", "privilege-escalation"),
        (CONTROL, "microsoft.authorization/ELEVATEACCESS/action", "privilege-escalation"),
        (CONTROL, "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", "privilege-escalation"),
        (CONTROL, "Microsoft.Compute/virtualMachines/runCommand/action", "privilege-escalation"),
        (CONTROL, "Microsoft.KeyVault/vaults/accessPolicies/write", "privilege-escalation"),
        (CONTROL, "microsoft.web/sites/publishxml/action", "privilege-escalation"),
        (CONTROL, "Microsoft.Storage/storageAccounts/listkeys/action", "secret-reading"),
        (CONTROL, "Microsoft.Storage/storageAccounts/listAccountSas/action", "secret-reading"),
        (CONTROL, "Microsoft.Storage/storageAccounts/regeneratekey/action", "secret-reading"),
        (CONTROL, "Microsoft.DocumentDB/databaseAccounts/listConnectionStrings/action", "secret-reading"),
        (DATA, "Microsoft.KeyVault/vaults/secrets/getSecret/action", "secret-reading"),
        (CONTROL, "Microsoft.Storage/storageAccounts/delete", "data-destruction"),
        (CONTROL, "Microsoft.Authorization/locks/delete", "data-destruction"),
        (DATA, "Microsoft.KeyVault/vaults/secrets/purge/action", "data-destruction"),
        (DATA, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete", "data-destruction"),
    ],
)
def test_what_could_be_done_with_an_action_is_told(plane, action, risk):
    rule = risk_rule_of(plane, action)
    assert rule.risk == risk
    assert rule.reason


@pytest.mark.parametrize(
    ("plane", "action"),
    [
        (CONTROL, "Microsoft.KeyVault/vaults/read"),
        (CONTROL, "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"),
        (CONTROL, "Microsoft.Cdn/profiles/endpoints/Purge/action"),
        (CONTROL, "Microsoft.KeyVault/vaults/secrets/getSecret/action"),
        (DATA, "Microsoft.KeyVault/vaults/secrets/readMetadata/action"),
        (DATA, "Microsoft.ContainerService/managedClusters/coordination.k8s.io/leases/delete"),
    ],
)
def test_what_is_no_risk_is_called_none(plane, action):
    assert risk_rule_of(plane, action) is None


def test_every_rule_has_a_known_risk_a_source_and_stands_after_graver_ones():
    order = ["privilege-escalation", "secret-reading", "data-destruction"]
    ranks = [order.index(rule.risk) for rule in risk_rules()]
    assert ranks == sorted(ranks)
    assert all(rule.source.startswith("https://learn.microsoft.com/") for rule in risk_rules())


def test_most_of_what_can_be_done_is_no_stated_risk():
    known = [(plane, action) for plane in AZURE_RBAC for action in known_actions(plane)]
    risky = sum(risk_rule_of(*one) is not None for one in known)
    assert 300 < risky < len(known) / 10
