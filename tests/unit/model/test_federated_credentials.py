"""The rules of federated credentials, and the cluster that workloads run in."""

from __future__ import annotations

import pytest

from keyless.model.clusters import (
    cluster_issuer,
    is_cluster_issuer,
    service_account,
    subject_of,
    workload_credential,
)
from keyless.model.federated_credentials import MOST, problems_of, problems_together
from keyless.model.identities import ComputeResource, FederatedCredential

TENANT = "7e4a0000-0000-4000-8000-000000000001"
GITHUB = FederatedCredential(
    "/owner",
    "github-main",
    "https://token.actions.githubusercontent.com",
    "repo:contoso/orders:ref:refs/heads/main",
    "api://AzureADTokenExchange",
)


def changed(**values: str) -> FederatedCredential:
    fields = {name: getattr(GITHUB, name) for name in GITHUB.__struct_fields__}
    return FederatedCredential(**(fields | values))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "a-1"},
        {"name": "0_" + "x" * 118},
        {"issuer": "https://oidc.example.org:8443/realms/one/"},
        {"issuer": "https://localhost:8443"},
        {"issuer": "https://" + "x" * 592},
        {"subject": "spiffe://example.org/ns/orders/sa/web"},
        {"subject": "system:serviceaccount:default:orders"},
        {"subject": "x"},
        {"subject": "a user with spaces"},
        {"audience": "sts.example.org"},
    ],
)
def test_what_azure_takes_is_taken(values: dict[str, str]) -> None:
    assert list(problems_of(changed(**values))) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "ab"),
        ("name", "-ab"),
        ("name", "a b"),
        ("name", "x" * 121),
        ("name", "größe"),
        ("issuer", ""),
        ("issuer", "http://issuer.example"),
        ("issuer", "https://"),
        ("issuer", "https://issuer.example/?a=b"),
        ("issuer", "https://issuer.example/#a"),
        ("issuer", "https://user@issuer.example/"),
        ("issuer", " https://issuer.example"),
        ("issuer", "https://issuer.example/ "),
        ("issuer", "https://*.example"),
        ("issuer", "https://issuer.example\n"),
        ("issuer", "https://" + "x" * 593),
        ("subject", ""),
        ("subject", " x"),
        ("subject", "x "),
        ("subject", "x\n"),
        ("subject", "repo:contoso/*"),
        ("subject", "x" * 601),
        ("subject", "a\u0000b"),
        ("audience", ""),
        ("audience", "api://one "),
    ],
)
def test_what_azure_refuses_is_refused(field: str, value: str) -> None:
    (problem,) = problems_of(changed(**{field: value}))
    assert problem.field == field
    assert problem.hint


def test_a_pair_of_issuer_and_subject_is_unique() -> None:
    twin = changed(name="twin", audience="other")
    other = changed(name="other", subject=GITHUB.subject.upper())
    ((position, problem),) = problems_together([GITHUB, other, twin])
    assert (position, problem.field) == (2, "subject")
    assert "`github-main`" in problem.message


def test_an_owner_has_twenty_at_most() -> None:
    many = [changed(name=f"one-{number}", subject=str(number)) for number in range(MOST + 1)]
    assert list(problems_together(many[:MOST])) == []
    assert [problem.field for _, problem in problems_together(many)] == ["name"]


def compute(name: str = "Orders_Web", **values: str) -> ComputeResource:
    return ComputeResource("/web", name, "westeurope", **values)  # type: ignore[arg-type]


def test_a_cluster_has_an_issuer_for_its_tenant_and_location() -> None:
    issuer = cluster_issuer(TENANT, "westeurope")
    assert issuer.startswith(f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/")
    assert issuer.endswith("/")
    assert is_cluster_issuer(issuer, TENANT)
    others = {cluster_issuer(TENANT, "uksouth"), cluster_issuer(TENANT.replace("7", "8"), "westeurope")}
    assert issuer not in others


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "https://evil.example/",
        f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{TENANT}/",
        cluster_issuer(TENANT, "westeurope").rstrip("/"),
        cluster_issuer(TENANT, "westeurope").upper(),
        cluster_issuer(TENANT, "westeurope") + "x",
        cluster_issuer("8" + TENANT[1:], "westeurope"),
        cluster_issuer(TENANT, "westeurope").replace("westeurope", "uksouth"),
    ],
)
def test_no_other_issuer_is_the_clusters(issuer: str) -> None:
    assert not is_cluster_issuer(issuer, TENANT)


def test_a_workload_runs_as_a_service_account() -> None:
    assert service_account(compute()) == "default/orders-web"
    assert service_account(compute("web/slot")) == "default/web-slot"
    assert service_account(compute("___")) == "default/workload"
    assert subject_of(compute(service_account="orders/api")) == "system:serviceaccount:orders:api"


def test_a_workloads_credential_is_made_once() -> None:
    made = workload_credential(compute(), "/id", TENANT)
    assert made.name == "aks-Orders_Web"
    assert list(problems_of(made)) == []
    assert workload_credential(compute(), "/id", TENANT, (made,)) is made
    elsewhere = FederatedCredential("/id", "aks-orders_web", "https://x", "y", "z")
    assert workload_credential(compute(), "/id", TENANT, (elsewhere,)).name == "aks-Orders_Web-2"
