"""The part of a report on vaults with access policies: who can let himself in, what roles change for whom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from keyless.plan.reports.lines import print_labelled, print_line, print_prose
from keyless.plan.result import Basis, Plan, PolicyMigration, VaultRisk
from keyless.plan.wording import listed, short_scope

if TYPE_CHECKING:
    from rich.console import Console

_BY = {
    Basis.EVIDENCE: "by what was seen to be used",
    Basis.POLICY: "by all that its policy gives: nothing was seen to be used",
}
_ASSIGNS = "Microsoft.Authorization/roleAssignments/write"


def print_policies(console: Console, plan: Plan) -> None:
    """First the risk, vault by vault; then each principal's access before and after."""
    for vault, risks in groupby(plan.risks, key=lambda one: one.vault):
        _risks(console, vault, tuple(risks))
    for vault, found in groupby(plan.migrations, key=lambda one: one.vault):
        _migrations(console, vault, tuple(found))


def _risks(console: Console, vault: str, risks: Sequence[VaultRisk]) -> None:
    name = short_scope(risks[0].vault_id)
    print_line(
        console, f"risk: who can let himself into {name}, which access policies decide on", style="bold"
    )
    print_line(console, f"   at       {vault}")
    for one in risks:
        print_prose(console, _risk(one), indent=3)
    print_line(console, "")


def _risk(one: VaultRisk) -> str:
    ways = []
    if any(action != _ASSIGNS for action in one.actions):
        ways.append("write the vault and give himself a policy")
    if _ASSIGNS in one.actions:
        ways.append("assign himself a role that may")
    narrowed = ", where its condition allows it" if one.conditional else ""
    role = f"`{one.role_name}` at {short_scope(one.scope_id)}"
    return f"{one.principal.name} can {' and '.join(ways)} ({role}{narrowed})"


def _migrations(console: Console, vault: str, found: Sequence[PolicyMigration]) -> None:
    name = short_scope(found[0].vault_id)
    print_line(console, f"Roles in place of access policies in {name}", style="bold")
    print_line(console, f"   at       {vault}")
    print_line(console, "")
    for one in found:
        _migration(console, one)


def _migration(console: Console, one: PolicyMigration) -> None:
    through = f", through application {one.application_id}" if one.application_id else ""
    print_line(console, f"   {one.principal.name}{through}")
    roles = [f"{role.role_name} at {short_scope(role.scope_id)}" for role in one.roles]
    by = f" ({_BY[one.basis]})" if roles and one.basis in _BY else ""
    print_labelled(console, "roles", f"{listed(roles) if roles else 'none'}{by}")
    for label, permissions in (("keeps", one.kept), ("gains", one.gained), ("loses", one.lost)):
        if permissions:
            print_labelled(console, label, ", ".join(_plain(name) for name in permissions))
    if one.remark:
        print_labelled(console, "note", one.remark)
    print_line(console, "")


def _plain(name: str) -> str:
    """A permission in words, `secrets get`; an action that no permission stands for as it is."""
    return name if name.count("/") > 1 else name.replace("/", " ")
