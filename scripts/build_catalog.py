"""Writes the catalog's data files from a directory of collected facts.

    python scripts/build_catalog.py FACTS_DIR

FACTS_DIR holds ``builtin_roles.json``, ``provider_operations.json``, ``services.json``, ``credentials.json``,
``kv_actions.json`` and ``limits.json``.
What is written to ``src/keyless/catalog/data`` is the part of them that the product uses, in the product's
own format: sorted, one entry a line, so that a later run shows in a diff what changed in Azure.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from keyless.authz.effective import Universe
from keyless.model.actions import ActionPlane

Json = dict[str, Any]

HOUR_S, DAY_S = 3600, 24 * 3600
MB = 1024 * 1024
DATA_DIR = Path(__file__).resolve().parent.parent / "src" / "keyless" / "catalog" / "data"
BLOCK_FIELDS = ("actions", "notActions", "dataActions", "notDataActions", "condition", "conditionVersion")

# Resource types below a service's own at which its documentation assigns roles.
# https://learn.microsoft.com/azure/key-vault/general/rbac-guide,
# https://learn.microsoft.com/azure/storage/blobs/assign-azure-role-data-access (queues and tables alike),
# https://learn.microsoft.com/azure/service-bus-messaging/service-bus-managed-service-identity and
# https://learn.microsoft.com/azure/event-hubs/authorize-access-azure-active-directory
OBJECT_TYPES = {
    "blob": ["Microsoft.Storage/storageAccounts/blobServices/containers"],
    "queue": ["Microsoft.Storage/storageAccounts/queueServices/queues"],
    "table": ["Microsoft.Storage/storageAccounts/tableServices/tables"],
    "file": ["Microsoft.Storage/storageAccounts/fileServices/fileshares"],
    "servicebus": [
        "Microsoft.ServiceBus/namespaces/topics/subscriptions",
        "Microsoft.ServiceBus/namespaces/queues",
        "Microsoft.ServiceBus/namespaces/topics",
    ],
    "eventhubs": ["Microsoft.EventHub/namespaces/eventhubs"],
    "keyvault": [
        "Microsoft.KeyVault/vaults/certificates",
        "Microsoft.KeyVault/vaults/keys",
        "Microsoft.KeyVault/vaults/secrets",
    ],
}
# Services that take a token whose audience is the address of the very resource, some of them no other.
# https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-azure-ad
# https://learn.microsoft.com/kusto/management/security-roles and
# https://learn.microsoft.com/azure/healthcare-apis/get-access-token
ENDPOINT_IS_AUDIENCE = {"appconfig", "kusto", "healthcare"}
# Services whose client libraries are called in the same way as another's.
SAME_CALLS = {"blob": "storage", "sqlmi": "sql", "managedredis": "redis", "foundry": "cognitive"}


def main(facts_dir: Path) -> None:
    """Write every data file."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    operations = read(facts_dir, "provider_operations.json")
    services = read(facts_dir, "services.json")
    write("roles.json", roles_text(read(facts_dir, "builtin_roles.json")))
    write("operations.json", operations_text(operations, read(facts_dir, "builtin_roles.json")["roles"]))
    write("services.json", services_text(services))
    write("vault_permissions.json", vault_permissions_text(read(facts_dir, "kv_actions.json")))
    write("client_methods.json", client_methods_text(read(facts_dir, "kv_actions.json")))
    write("replacements.json", replacements_text(services, read(facts_dir, "credentials.json")))
    write("limits.json", json.dumps(limits(read(facts_dir, "limits.json")), indent=1) + "\n")


def read(facts_dir: Path, name: str) -> Json:
    """One facts file."""
    document: Json = json.loads((facts_dir / name).read_text(encoding="utf-8"))
    return document


def write(name: str, text: str) -> None:
    """One data file, and a line about it."""
    json.loads(text)
    (DATA_DIR / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(text):,} bytes")


def roles_text(facts: Json) -> str:
    """Roles in Azure's default list, roles that exist beside it, and roles that Azure has removed."""
    return sections(
        {
            "source": sources(facts),
            "builtIn": [role(entry) for entry in by_name(facts["roles"])],
            "unlisted": [role(entry) for entry in by_name(facts["notInDefaultList"])],
            "removed": [
                {"id": entry["id"], "name": entry["name"], "lastSeen": entry["lastSeen"]}
                for entry in by_name(facts["removed"])
            ],
        }
    )


def role(entry: Json) -> Json:
    """A role definition with its permission blocks; what is empty is left out."""
    blocks = entry.get("blocks") or [entry]
    permissions = [{field: block[field] for field in BLOCK_FIELDS if block.get(field)} for block in blocks]
    shaped = {"id": entry["id"].lower(), "name": entry["name"], "permissions": permissions}
    if entry.get("previousNames"):
        shaped["previousNames"] = entry["previousNames"]
    return shaped


def operations_text(facts: Json, roles: Iterable[Json]) -> str:
    """Actions by provider and plane, without the provider's name that each begins with; one a line.

    ``unnamed`` is what roles grant beyond what the list names.
    """
    grouped: defaultdict[str, list[Json]] = defaultdict(list)
    for entries in facts["providers"].values():
        for entry in entries:
            grouped[entry["action"].split("/", 1)[0].casefold()].append(entry)
    shaped = {spelling(entries): planes(entries) for entries in grouped.values()}
    document = {
        "source": sources(facts),
        "complete": facts["complete"],
        "unnamed": unnamed(facts, list(roles)),
        "providers": dict(sorted(shaped.items(), key=lambda item: item[0].casefold())),
    }
    return json.dumps(document, indent=0, ensure_ascii=False) + "\n"


def unnamed(facts: Json, roles: list[Json]) -> dict[str, list[str]]:
    """What role definitions grant without that any known action answers to it: patterns, and a few actions.

    A pattern counts as unanswered, too, where its block takes out again all the known actions it matches.
    """
    known = [entry for entries in facts["providers"].values() for entry in entries]
    universe = Universe(
        [entry["action"] for entry in known if not entry["isDataAction"]],
        [entry["action"] for entry in known if entry["isDataAction"]],
    )
    blocks = [block for entry in roles for block in entry.get("blocks") or [entry]]
    return {
        plane.value: sorted(
            {
                pattern
                for block in blocks
                for pattern in block.get(granting, [])
                if not universe.of_patterns(plane, [pattern])
                & ~universe.of_patterns(plane, block.get(excluding, []))
            },
            key=str.casefold,
        )
        for plane, granting, excluding in (
            (ActionPlane.CONTROL, "actions", "notActions"),
            (ActionPlane.DATA, "dataActions", "notDataActions"),
        )
    }


def spelling(entries: Iterable[Json]) -> str:
    """How the provider is mostly written."""
    spellings = Counter(str(entry["action"]).split("/", 1)[0] for entry in entries)
    return spellings.most_common(1)[0][0]


def planes(entries: Iterable[Json]) -> dict[str, list[str]]:
    """The actions of one provider on the two planes."""
    split: dict[str, list[str]] = {"control": [], "data": []}
    for entry in entries:
        split["data" if entry["isDataAction"] else "control"].append(entry["action"].split("/", 1)[1])
    return {plane: sorted(actions, key=str.casefold) for plane, actions in split.items() if actions}


def services_text(facts: Json) -> str:
    """Services, the types that can have an identity (S: system-assigned, U: user-assigned), API versions."""
    versions = {
        resource_type: details["apiVersion"]
        for entry in facts["services"]
        for resource_type, details in entry["host"]["types"].items()
        if details.get("apiVersion")
    }
    return sections(
        {
            "source": sources(facts),
            "services": [service(entry) for entry in facts["services"]],
            "identityTypes": ordered(facts["identityCapableTypes"]),
            "apiVersions": ordered(versions),
        }
    )


def service(entry: Json) -> Json:
    """What the product needs of a service; ``audiences`` are what its tokens may be made out to."""
    target = entry.get("target") or {}
    others = (other.split(" ", 1)[0] for other in target.get("otherAudiences") or ())
    scopes = [scope for scope in (target.get("scope"), *others) if scope and "{" not in scope]
    shaped = {
        "key": entry["key"],
        "name": entry["name"],
        "armType": target.get("armType"),
        "scope": scopes[0] if scopes else None,
        "audiences": [scope.removesuffix("/.default") for scope in scopes],
        "endpointSuffixes": target.get("endpointSuffixes"),
        "endpointIsAudience": entry["key"] in ENDPOINT_IS_AUDIENCE,
        "objectTypes": OBJECT_TYPES.get(entry["key"]),
        "localAuthOff": local_auth_off(target.get("localAuth") or {}),
    }
    return {field: value for field, value in shaped.items() if value}


def local_auth_off(fact: Json) -> str | None:
    """The property of a resource that turns its keys and passwords off, with the value that does."""
    name, value = str(fact.get("property")), fact.get("disabledWhen")
    if value is None or not name.startswith("properties.") or "list" in str(value):
        return None
    return f"{name}: {value if isinstance(value, str) else json.dumps(value)}"


def vault_permissions_text(facts: Json) -> str:
    """What each permission of an access policy lets do, as data actions, by kind of object."""
    kinds = {"key": "keys", "secret": "secrets", "certificate": "certificates", "storage": "storage"}
    given = facts["keyVault"]["accessPolicyToDataActions"]
    shaped = {kinds[kind]: dict(sorted(permissions.items())) for kind, permissions in given.items()}
    document = {"source": sources(facts), "permissions": dict(sorted(shaped.items()))}
    return json.dumps(document, indent=1) + "\n"


def client_methods_text(facts: Json) -> str:
    """The data actions of each operation of a vault or store, and the client's methods that call it."""
    operations = [
        *(
            {"kind": one["kind"], "operation": one["operation"], "actions": [one["dataAction"]]}
            | {"methods": plain_methods(one)}
            for one in facts["keyVault"]["operations"]
        ),
        *(
            {"kind": "key-value", "operation": one["operation"], "actions": one["dataActions"]}
            | {"methods": plain_methods(one)}
            for one in facts["appConfiguration"]["operations"]
        ),
    ]
    named = [one for one in operations if one["methods"]]
    lines = ",\n".join(compact(one) for one in named)
    return f'{{"source":{section(sources(facts))},\n"operations":[\n{lines}\n]}}\n'


def plain_methods(operation: Json) -> list[str]:
    """The methods whose name alone says that it is this operation."""
    return [name for name in operation.get("python", ()) if name.isidentifier()]


def replacements_text(services: Json, credentials: Json) -> str:
    """What takes a credential's place, by service: the roles by level, and the call in each language.

    Calls of one service hold for those that share its client libraries (``SAME_CALLS``).
    """
    calls = {entry["service"]: replacing_calls(entry) for entry in credentials["apiCalls"]}
    shaped = {
        entry["key"]: replacement(entry["target"], calls.get(SAME_CALLS.get(entry["key"], entry["key"])))
        for entry in services["services"]
        if entry.get("target")
    }
    shaped["entra"] = replacement({"entra": "yes"}, calls["entra"])
    lines = ",\n".join(f"{compact(key)}:{compact(value)}" for key, value in shaped.items())
    return (
        f'{{"source":{section([*sources(services), *sources(credentials)])},\n"services":{{\n{lines}\n}}}}\n'
    )


def replacing_calls(entry: Json) -> dict[str, str]:
    """The first call with an identity that is known for each language."""
    return {
        language: found["managedIdentity"][0]
        for language, found in entry.items()
        if isinstance(found, dict) and found.get("managedIdentity")
    }


def replacement(target: Json, calls: dict[str, str] | None) -> Json:
    """Whether a service takes identities, the names of its roles by level, and the calls."""
    roles = target.get("roles") or {}
    levels = {level: [one["name"] for one in roles[level]] for level in ("read", "write") if roles.get(level)}
    native: dict[str, list[str]] = {}
    for one in roles.get("native") or ():
        native.setdefault(one["level"], []).append(one["name"])
    shaped = {"takesIdentity": target["entra"] == "yes", "roles": levels, "native": native, "calls": calls}
    return {field: value for field, value in shaped.items() if value}


def limits(facts: Json) -> Json:
    """The numbers that the product enforces, warns about or quotes, by service."""
    vault, store, identity, rbac = (
        {name: fact["value"] for name, fact in facts[area].items()}
        for area in ("keyVault", "appConfiguration", "managedIdentity", "rbac")
    )
    return {
        "source": sources(facts),
        "keyVault": {
            "secretMaxBytes": vault["secretMaxBytes"],
            "vaultNamePattern": vault["vaultName"]["regex"],
            "objectNamePattern": vault["objectName"]["regex"],
            "softDeleteMinDays": vault["softDeleteRetentionDays"]["min"],
            "softDeleteMaxDays": vault["softDeleteRetentionDays"]["max"],
            "softDeleteDefaultDays": vault["softDeleteRetentionDays"]["default"],
            "windowS": vault["transactionsWindowSeconds"],
            "subscriptionTimes": vault["subscriptionMultiplier"],
            "keyTransactions": {
                re.sub("^EC-P", "P-", name): rates(fact)
                for name, fact in vault["keyTransactionsPer10s"].items()
            },
            "secretCreatesPerWindow": vault["secretCreatePer10s"],
            "transactionsPerWindow": vault["otherTransactionsPer10s"],
            "backoffS": vault["backoffSeconds"],
        },
        "appConfiguration": {
            "keyValueMaxBytes": store["keyValueMaxBytes"],
            "keyValuesPerPage": store["keyValuesPerPage"],
            "rbacPropagationMinutes": store["rbacPropagationMinutes"],
            "shortestRetentionS": store["snapshotRetentionSeconds"]["min"],
            "snapshotMaxBytes": store["snapshotMaxMB"] * MB,
            "tiers": {name: tier(fact, store) for name, fact in store["tiers"].items()},
        },
        "managedIdentity": {
            "federatedCredentialsPerIdentity": identity["federatedCredentialsPerIdentity"],
            "imdsRequestsPerS": identity["imdsTokenRequests"]["perSecond"],
            "tokenCacheHours": identity["tokenCacheHours"],
            "createWindowS": 20,
            "createsPerTenant": identity["createPer20s"]["perTenantPerRegion"],
            "createsPerSubscription": identity["createPer20s"]["perSubscriptionPerRegion"],
            "deletedCountsDays": identity["deletedSystemIdentityCountsDays"],
        },
        "rbac": {
            "assignmentsPerSubscription": rbac["roleAssignmentsPerSubscription"],
            "assignmentsPerManagementGroup": rbac["roleAssignmentsPerManagementGroup"],
            "customRolesPerTenant": rbac["customRolesPerTenant"],
            "propagationMinutes": rbac["propagationMinutes"],
        },
    }


def rates(fact: Json) -> Json:
    """How many keys of one kind can be made, and used, in a window, by what protects them."""
    return {
        protection: {"createsPerWindow": many["create"], "othersPerWindow": many["other"]}
        for protection, many in fact.items()
    }


def tier(fact: Json, store: Json) -> Json:
    """What one tier of App Configuration gives; a tier whose history is short keeps snapshots no longer.

    Source: https://learn.microsoft.com/cli/azure/appconfig/snapshot#az-appconfig-snapshot-create
    """
    history, snapshots = fact["revisionDays"] * DAY_S, store["snapshotRetentionSeconds"]
    is_short = history == snapshots["defaultFree"]
    return {
        "requestsPerWindow": fact.get("requestsPerDay") or fact["requestsPerHour"],
        "windowS": DAY_S if fact.get("requestsPerDay") else HOUR_S if fact["requestsPerHour"] else None,
        "readsPerS": fact["readRps"],
        "writesPerS": fact["writeRps"],
        "storageBytes": fact["storageMB"] * MB,
        "snapshotStorageBytes": fact["snapshotStorageMB"] * MB,
        "revisionRetentionS": history,
        "snapshotRetentionDefaultS": snapshots["defaultFree" if is_short else "defaultStandard"],
        "snapshotRetentionMaxS": history if is_short else snapshots["max"],
        "keepsDeleted": fact["softDelete"],
    }


def sources(facts: Json) -> list[Json]:
    """Where the facts come from: public repositories at a commit or a date, without remarks."""
    return [source(entry) for entry in facts["source"] if "/" in entry["repo"]]


def source(entry: Json) -> Json:
    """Repository, path, commit and date of one source."""
    repo, path = (entry[field].split(" (")[0] for field in ("repo", "path"))
    shaped = {"repo": repo, "path": path, "commit": entry.get("commit")}
    date = re.match(r"\d{4}-\d\d-\d\d", entry.get("date", ""))
    shaped["date"] = date and date[0]
    return {field: value for field, value in shaped.items() if value}


def by_name(entries: Iterable[Json]) -> list[Json]:
    """Sorted by name, without case."""
    return sorted(entries, key=lambda entry: (entry["name"].casefold(), entry["id"]))


def ordered(mapping: Mapping[str, str]) -> dict[str, str]:
    """Sorted by key, without case."""
    return dict(sorted(mapping.items(), key=lambda item: item[0].casefold()))


def sections(document: Mapping[str, list[Json] | dict[str, str]]) -> str:
    """JSON with one entry of each section a line."""
    return "{\n" + ",\n".join(f"{compact(name)}:{section(body)}" for name, body in document.items()) + "\n}\n"


def section(body: list[Json] | dict[str, str]) -> str:
    """One section of entries."""
    if isinstance(body, list):
        return "[\n" + ",\n".join(compact(entry) for entry in body) + "\n]"
    return "{\n" + ",\n".join(f"{compact(key)}:{compact(value)}" for key, value in body.items()) + "\n}"


def compact(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/build_catalog.py FACTS_DIR")
    main(Path(sys.argv[1]))
