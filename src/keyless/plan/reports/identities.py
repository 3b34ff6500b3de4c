"""The part of a report on identities: which one each compute resource gets, why, and who is near to share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.model.hosts import HostKind, host_kind_of
from keyless.model.identities import IdentityKind
from keyless.model.visible import visible
from keyless.plan.reports.lines import print_labelled, print_line, print_prose
from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan
from keyless.plan.wording import counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

CHANGES = {
    IdentityChange.KEEP: "keeps it",
    IdentityChange.ADD: "gets its first",
    IdentityChange.SHARE: "shares one",
    IdentityChange.SEPARATE: "gets another",
    IdentityChange.REPLACE: "gets another type",
}
KINDS = {
    IdentityKind.SYSTEM_ASSIGNED: "system-assigned",
    IdentityKind.USER_ASSIGNED: "user-assigned",
}


def print_identities(console: Console, plan: Plan) -> None:
    """A table of the choices, each choice with its reason, and the groups that were not made."""
    identities = plan.identities
    if not identities.choices:
        return
    print_line(console, "Identities", style="bold")
    print_prose(console, counts_in_words(identities), indent=0)
    console.print(_table(identities))
    for choice in identities.choices:
        _details(console, choice)
    for near in identities.near:
        names = ", ".join(name_of(identities, one) for one in near.members)
        print_line(console, f"nearly the same: {names}", style="bold")
        print_prose(console, near.remark, indent=3)
        print_line(console, "")


def counts_in_words(identities: IdentityPlan) -> str:
    """How many role assignments the identities of compute resources need, as they are and as chosen."""
    before, after = identities.assignments_before, identities.assignments_after
    return (
        f"They need {counted(before, 'role assignment')} as they are, {after:,} as chosen here, and would "
        f"need {identities.assignments_apart:,} if each resource had its own."
    )


def name_of(identities: IdentityPlan, resource_id: str) -> str:
    """What a compute resource is called."""
    choice = identities.of_resource(resource_id)
    return choice.name if choice is not None else resource_id


def client_id_in_words(choice: IdentityChoice) -> str:
    """How code gets the identity; empty where it need not name it."""
    if choice.chosen is IdentityKind.SYSTEM_ASSIGNED:
        return ""
    if host_kind_of(choice.resource, None) is HostKind.AKS:
        return "set its client id in the service account's annotation `azure.workload.identity/client-id`"
    if not choice.names_client_id:
        return ""
    return (
        "code must name it: set `AZURE_CLIENT_ID` to its client id, which `DefaultAzureCredential` reads, or "
        "another identity is meant, or none"
    )


def _table(identities: IdentityPlan) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("compute", "identity", "type", "change"):
        table.add_column(heading, overflow="fold")
    table.add_column("shared by", justify="right")
    for one in identities.choices:
        new = " (new)" if one.identity.is_proposed else ""
        texts = (one.name, f"{one.identity.name}{new}", KINDS[one.chosen], CHANGES[one.change])
        table.add_row(*(Text(visible(text)) for text in (*texts, f"{len(one.members):,}")))
    return table


def _details(console: Console, choice: IdentityChoice) -> None:
    print_line(console, f"{choice.name}: {KINDS[choice.chosen]} {choice.identity.name}", style="bold")
    print_line(console, f"   compute  {choice.resource}")
    if choice.chosen is IdentityKind.USER_ASSIGNED:
        print_line(console, f"   identity {choice.identity.resource_id}")
    for replaced in choice.replaces:
        print_line(console, f"   instead  of {replaced.name} ({replaced.principal_id})")
    for besides in choice.besides:
        print_line(console, f"   besides  {besides.name}, which it keeps")
    print_labelled(console, "why", choice.reason)
    if told := client_id_in_words(choice):
        print_labelled(console, "code", told)
    for change in choice.would_change:
        print_labelled(console, "unless", change)
    print_line(console, "")
