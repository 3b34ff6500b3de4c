"""A client that is given its endpoint and a key beside it: an identity takes the key's place.

Rules:
- the address stands there already, so that only the argument of the key changes; the setting that the key
  comes from is left alone, and the words say so;
- a call is changed where it is the making of a known client with the arguments that the table knows, and the
  key, or the object that is made of it, stands in the call itself;
- where a template has the compute, its identity must be certain; the words say which role it needs.

Sources: https://learn.microsoft.com/dotnet/api/azure.search.documents.searchclient.-ctor,
https://learn.microsoft.com/python/api/azure-cosmos/azure.cosmos.cosmosclient,
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/managed-identity
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keyless.assess.clients import ClientUse
from keyless.assess.findings.finding import Edit, Fix, Remedy
from keyless.assess.fixes.identity_library import IDENTITY_LIBRARIES, brought_in
from keyless.assess.fixes.signed_in import is_sure
from keyless.assess.flows.flow import Flow
from keyless.assess.repository import Repository
from keyless.assess.stored.host import hosts
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Argument, Call, Expr, Member, Name


class _Pair(msgspec.Struct, frozen=True):
    """How many arguments there are, and by which names the address and the key may go."""

    count: int
    address: str
    key: str


_PAIRS: Mapping[tuple[Language, str, str], _Pair] = {
    (Language.CSHARP, "cosmos", "CosmosClient"): _Pair(2, "accountEndpoint", "authKeyOrResourceToken"),
    (Language.CSHARP, "search", "SearchClient"): _Pair(3, "endpoint", "credential"),
    (Language.CSHARP, "search", "SearchIndexClient"): _Pair(2, "endpoint", "credential"),
    (Language.CSHARP, "search", "SearchIndexerClient"): _Pair(2, "endpoint", "credential"),
    (Language.PYTHON, "cosmos", "CosmosClient"): _Pair(2, "url", "credential"),
    (Language.PYTHON, "search", "SearchClient"): _Pair(3, "endpoint", "credential"),
    (Language.PYTHON, "search", "SearchIndexClient"): _Pair(2, "endpoint", "credential"),
    (Language.PYTHON, "search", "SearchIndexerClient"): _Pair(2, "endpoint", "credential"),
    (Language.JAVASCRIPT, "search", "SearchClient"): _Pair(3, "", ""),
    (Language.JAVASCRIPT, "search", "SearchIndexClient"): _Pair(2, "", ""),
    (Language.JAVASCRIPT, "search", "SearchIndexerClient"): _Pair(2, "", ""),
}
"""By language, service and client; the address is the first argument, and the key the last."""


def pair_fix(repository: Repository, use: ClientUse, flow: Flow, remedy: Remedy) -> Fix | None:
    """The edits that put an identity in the key's place; none where the call is another than is known."""
    unit, call = use.within.unit, use.at
    pair = _PAIRS.get((unit.language, use.service, use.client))
    if pair is None or use.optional or not isinstance(call, Call) or call.then:
        return None
    key = _key(call, pair, use.through or use.argument)
    sure = all(map(is_sure, hosts(repository, flow.steps)))
    added = brought_in(repository, unit) if key is not None and sure else None
    if key is None or added is None:
        return None
    edit = Edit(unit.path, key.span.start, key.span.end, IDENTITY_LIBRARIES[unit.language].credential)
    roles = " and ".join(remedy.roles)
    needs = f"; {remedy.identity} needs {roles} at {remedy.scope}" if roles else ""
    what = f"give `{use.client}` an identity where it is given a key, and leave the setting alone"
    return Fix(f"{what}{needs}", (edit, *added))


def _key(call: Call, pair: _Pair, key: Expr) -> Expr | None:
    """The argument of the key, where the address stands beside it."""
    given = call.arguments
    if len(given) != pair.count or any(one.spread for one in given):
        return None
    has_address = _is_at(given[0], pair.address) or any(one.name == pair.address for one in given)
    last = next((one for one in given if one.name == pair.key and pair.key), given[-1])
    here = last.value is key and not isinstance(key, Name | Member)  # what has a name may be an identity too
    return key if has_address and _is_at(last, pair.key) and here else None


def _is_at(one: Argument, name: str) -> bool:
    """Whether an argument goes by its position, or by the name."""
    return one.name is None or one.name == name
