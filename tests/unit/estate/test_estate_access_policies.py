"""Access policies of vaults: read with their principals' names, refused, shown, written again."""

from __future__ import annotations

import io

from estate_texts import estate, in_group, only
from rich.console import Console

from keyless.estate.export import export_text
from keyless.estate.read import read_text
from keyless.estate.show import estate_tree
from keyless.estate.warnings import warnings_of
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.estate import Estate

GUID = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"
WEB = "compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}\n"


def with_policies(*policies: str, mode: str = "enableRbacAuthorization: false") -> str:
    """An estate with a web app, and a vault with these policies."""
    return in_group(f"{WEB}vaults: {{orders: {{{mode}, accessPolicies: [{', '.join(policies)}]}}}}")


def read(*policies: str) -> Estate:
    return estate(with_policies(*policies))


def test_a_vault_is_in_rbac_mode_and_without_policies_unless_it_says_otherwise() -> None:
    (vault,) = estate(in_group("vaults: {orders: }")).vaults
    assert vault.enable_rbac_authorization
    assert vault.access_policies == ()


def test_a_policy_is_for_a_principal_by_name() -> None:
    found = read("{principal: web, permissions: {secrets: [get, list], keys: [all]}}")
    (vault,), (web,) = found.vaults, found.compute
    assert web.system_assigned is not None
    assert not vault.enable_rbac_authorization
    permissions = PolicyPermissions(secrets=("get", "list"), keys=("all",))
    assert vault.access_policies == (
        AccessPolicy(found.tenant.tenant_id, web.system_assigned.principal_id, permissions),
    )


def test_a_policy_can_be_a_compound_identitys_and_of_another_tenant() -> None:
    found = read(
        f"{{principal: {GUID}, permissions: {{secrets: [get]}}, applicationId: {GUID}, tenantId: {OTHER}}}"
    )
    (policy,) = found.vaults[0].access_policies
    assert policy == AccessPolicy(OTHER, GUID, PolicyPermissions(secrets=("get",)), GUID)


def test_an_unknown_permission_is_refused_with_the_nearest() -> None:
    problem = only(with_policies("{principal: web, permissions: {secrets: [gett]}}"))
    assert "`gett` is not a permission" in problem.message
    assert "`get`" in problem.hint


def test_a_permission_of_another_kind_is_refused() -> None:
    problem = only(with_policies("{principal: web, permissions: {secrets: [sign]}}"))
    assert "`sign` is not a permission" in problem.message


def test_an_unknown_principal_is_refused() -> None:
    problem = only(with_policies("{principal: wab, permissions: {secrets: [get]}}"))
    assert "wab" in problem.message


def test_two_policies_for_one_principal_are_one_too_many() -> None:
    one = "{principal: web, permissions: {secrets: [get]}}"
    assert "another policy for the same principal" in only(with_policies(one, one)).message
    through = f"{{principal: web, permissions: {{secrets: [get]}}, applicationId: {GUID}}}"
    assert len(read(one, through).vaults[0].access_policies) == 2


def test_policies_are_written_as_they_were_read() -> None:
    found = read(
        "{principal: web, permissions: {secrets: [get, list], storage: [getsas]}}",
        f"{{principal: {GUID}, permissions: {{keys: [all]}}, applicationId: {GUID}, tenantId: {OTHER}}}",
    )
    assert "principal: web" in export_text(found)
    assert read_text(export_text(found), {}).vaults == found.vaults


def test_policies_are_shown_where_they_count() -> None:
    policy = "{principal: web, permissions: {secrets: [get, list], keys: [sign]}}"
    shown = io.StringIO()
    Console(file=shown, width=200).print(estate_tree(read(policy)))
    assert "access policies" in shown.getvalue()
    assert "web  keys sign; secrets get, list" in shown.getvalue()


def test_a_vault_of_policies_and_policies_without_effect_deserve_a_second_look() -> None:
    policy = "{principal: web, permissions: {secrets: [get]}}"
    (counts,) = warnings_of(read(policy))
    assert counts.startswith("access policies: vault orders heeds no roles")
    ignored = estate(with_policies(policy, mode="enableRbacAuthorization: true"))
    said = [one for one in warnings_of(ignored) if one.startswith("without effect")]
    assert len(said) == 1
