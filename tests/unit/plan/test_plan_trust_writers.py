"""Identities for pods: the federated credentials that let service accounts of a cluster be one, by format."""

from __future__ import annotations

import json

import hcl2
import pytest
from plan_readers import bicep_tree
from plan_readers_made import made_by_bicep, plain
from plan_worlds import GROUP, SECRETS_USER, SUBSCRIPTION, VAULT
from staged_plans import OLD, SHARED, assignment, choice, done, stage, undone

from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange, IdentityPlan
from keyless.plan.results.stages import StageKey
from keyless.plan.trust import trusts
from keyless.plan.writers.arm import write_arm
from keyless.plan.writers.bicep import write_bicep
from keyless.plan.writers.terraform import write_terraform
from keyless.plan.writers.terraform_azapi import write_terraform_azapi

CLUSTER = f"{SUBSCRIPTION}/resourceGroups/shared/providers/Microsoft.ContainerService/managedClusters/c1"
FAR_CLUSTER = f"{GROUP}/providers/Microsoft.Kubernetes/connectedClusters/c2"


def pods(*accounts, identity=SHARED, cluster=CLUSTER, **more):
    choices = (choice("c1", identity, resource=cluster, service_account=one, **more) for one in accounts)
    return Plan(
        identities=IdentityPlan(choices=tuple(choices)),
        assignments=(assignment(1, identity, SECRETS_USER, VAULT),),
    )


TWO = pods("shop/web", "shop/worker")


def test_each_service_account_is_trusted_once() -> None:
    assert [one.subject for one in trusts(pods("shop/web", "shop/web", "shop/worker"))] == [
        "system:serviceaccount:shop:web",
        "system:serviceaccount:shop:worker",
    ]
    assert [one.name for one in trusts(TWO)] == ["aks-c1-shop-web", "aks-c1-shop-worker"]


def test_who_keeps_an_identity_or_runs_elsewhere_needs_no_trust() -> None:
    assert trusts(pods("shop/web", change=IdentityChange.KEEP)) == ()
    assert trusts(pods("")) == ()
    assert trusts(pods("shop/web", cluster=FAR_CLUSTER)) == ()


def test_a_cluster_outside_of_azure_is_a_persons() -> None:
    steps = stage(pods("shop/web", cluster=FAR_CLUSTER), StageKey.PREPARE).steps
    assert "federated-credential create" in steps[-1].by_hand


def test_the_script_reads_the_issuer_from_the_cluster() -> None:
    step = stage(TWO, StageKey.PREPARE).steps[1]
    named = f"--subscription {SUBSCRIPTION.rpartition('/')[2]} --resource-group shared --name c1"
    issuer = f"{{az aks show {named} --query oidcIssuerProfile.issuerUrl --output tsv}}"
    assert f"--issuer {issuer} --subject system:serviceaccount:shop:web" in done(step)[0]
    assert "az identity federated-credential delete" in undone(step)[0]
    assert "--yes" in undone(step)[0]


@pytest.mark.parametrize("identity", [SHARED, OLD], ids=["new", "there"])
def test_bicep_has_the_credentials_one_after_the_other(identity) -> None:
    files = write_bicep(pods("shop/web", "shop/worker", identity=identity))
    made_by_bicep(files)
    text = files["main.bicep"].partition("targetScope")[2]
    assert not bicep_tree(f"targetScope{text}").has_error
    assert text.count("issuer: managedClusterC1.properties.oidcIssuerProfile.issuerURL") == 2
    assert text.count("  dependsOn: [\n    ") == 1
    assert "scope: resourceGroup('shared')" in text
    declared = next(line for line in text.splitlines() if "userAssignedIdentities@" in line)
    assert declared.endswith("existing = {") == (identity is OLD)


def test_arm_has_the_credentials_one_after_the_other() -> None:
    template = json.loads(write_arm(TWO)["azuredeploy.json"])
    first, second = (one for one in template["resources"] if one["type"].endswith("IdentityCredentials"))
    identity = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'orders')]"
    assert first["dependsOn"] == [identity]
    assert second["dependsOn"][0] == identity
    assert second["dependsOn"][1].endswith("'orders', 'aks-c1-shop-web')]")
    assert first["name"] == "orders/aks-c1-shop-web"
    assert "oidcIssuerProfile.issuerURL" in first["properties"]["issuer"]
    assert "managedClusters', 'c1')" in first["properties"]["issuer"]


@pytest.mark.parametrize("write", [write_terraform, write_terraform_azapi])
@pytest.mark.parametrize("identity", [SHARED, OLD], ids=["new", "there"])
def test_terraform_has_the_credentials_one_after_the_other(write, identity) -> None:
    files = write(pods("shop/web", "shop/worker", identity=identity))
    document = hcl2.loads(files["main.tf"])
    found = [
        body
        for one in document["resource"]
        for inner in one.values()
        for body in inner.values()
        if "federatedIdentityCredentials" in body.get("type", "")
    ]
    assert [plain(one["name"]) for one in found] == ["aks-c1-shop-web", "aks-c1-shop-worker"]
    assert ["depends_on" in one for one in found] == [False, True]
    assert all("oidcIssuerProfile.issuerURL" in one["body"]["properties"]["issuer"] for one in found)
    assert "Azure/azapi" in files["versions.tf"]
    assert "3-switch/main.tf" not in files
