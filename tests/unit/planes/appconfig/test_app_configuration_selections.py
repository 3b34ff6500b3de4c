"""What lists select is noted for evidence: once, of who was let in, with what the client says of itself."""

from __future__ import annotations

import pytest
from app_configuration_site import ConfigurationSite

from keyless.evidence.recorder import SelectionKey
from plane_site import OFFICER

SAYS = "RequestType=Startup,Env=Azure,Features=LB+AI,UsesKeyVault"


async def test_the_filters_of_a_list_are_noted_as_they_were_sent(site: ConfigurationSite) -> None:
    for _ in range(2):
        await site.ask("GET", "/kv", query="key=orders:*&label=%00&tags=team%3Dblue")
    await site.ask("GET", "/kv", headers={"correlation-context": SAYS})
    at = site.configuration_store.resource_id
    assert site.selected() == [
        SelectionKey(OFFICER, at, "orders:*", "\0", ("team=blue",), "", False),
        SelectionKey(OFFICER, at, "", "", (), "", True),
    ]


async def test_tags_that_a_version_passes_over_select_nothing(site: ConfigurationSite) -> None:
    await site.ask("GET", "/kv", query="tags=team%3Dblue", version="1.0")
    assert [one.tags for one in site.selected()] == [()]


@pytest.mark.parametrize(
    ("says", "follows"),
    [
        (SAYS, True),
        ("UsesKeyVault", True),
        ("RequestType=Watch, UsesKeyVault", True),
        ("RequestType=Startup,Env=UsesKeyVaults", False),
        ("RequestType=Startup", False),
    ],
)
async def test_a_client_that_reads_from_key_vault_says_so(
    site: ConfigurationSite, says: str, follows: bool
) -> None:
    await site.ask("GET", "/kv", headers={"correlation-context": says})
    assert [one.follows for one in site.selected()] == [follows]


async def test_what_a_client_says_of_itself_later_is_noted_too(site: ConfigurationSite) -> None:
    for says in ("RequestType=Startup", "RequestType=Watch", SAYS, SAYS):
        await site.ask("GET", "/kv", headers={"correlation-context": says})
    assert [one.follows for one in site.selected()] == [False, True]


async def test_who_is_refused_selects_nothing_and_neither_does_a_single_key_value(
    site: ConfigurationSite,
) -> None:
    await site.ask("GET", "/kv/color")
    site.token = site.token_of("stranger")
    assert (await site.ask("GET", "/kv")).status == 403
    assert site.selected() == []
