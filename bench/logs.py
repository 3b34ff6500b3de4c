"""Measure an import of logs of the cloud and the plan that is made of it, as events and identities grow.

    python -m bench.logs [--events 1000000,3000000,10000000] [--identities 1000]

Half of the events are JSON Lines in gzip as a storage account has them, half are Parquet as Log Analytics
exports it: Key Vault's audit log (four of five), and the activity log with the steps of each call. They are
made by DuckDB from their numbers alone, so that each run has the same; every thousandth is there twice. The
files are removed in the end.

The import and the plan are commands, as a person runs them; time is the wall's, memory the most that the
process had at once.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import astuple, dataclass
from multiprocessing import get_context
from pathlib import Path

import duckdb

FILES = 8
DAYS = 28
SECRETS = 5
_START = 1_790_000_000
_SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
_ACTIONS = (
    "Microsoft.Web/sites/restart/action",
    "Microsoft.Web/sites/write",
    "Microsoft.Compute/virtualMachines/start/action",
    "Microsoft.Compute/virtualMachines/deallocate/action",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Network/networkSecurityGroups/securityRules/write",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
    "Microsoft.Sql/servers/databases/write",
)
_OPERATIONS = ("SecretGet", "SecretGet", "SecretGet", "SecretList", "KeySign", "KeyUnwrap")
# What an event is about follows from its number alone. An identity has one of fifty vaults, and does a few
# things often. Two events of the activity log are steps of one call.
_NUMBERS = f"""
SELECT n, who, instant, what, id, lpad(CAST(who AS VARCHAR), 12, '0') AS tail,
       strftime(to_timestamp(instant + n % 2), '%Y-%m-%dT%H:%M:%S.')
       || lpad(CAST(n % 10000000 AS VARCHAR), 7, '0') || 'Z' AS time
FROM (SELECT n, hash(m, 'who') % ? AS who, hash(m, 'what') AS what, hash(m, 'id') AS id,
             {_START} + CAST(hash(m, 'at') % ({DAYS} * 86400) AS BIGINT) AS instant
      FROM (SELECT n, CASE WHEN n % 5 = 4 THEN n // 10 ELSE n END AS m
            FROM (SELECT CASE WHEN i % 1000 = 998 THEN i - 1 ELSE i END AS n FROM range(?, ?) r(i))))
"""
_GUID = "'dddddddd-0000-4000-8000-' || lpad(to_hex({number} % 281474976710656), 12, '0')"
_OID = "'aaaaaaaa-0000-4000-8000-' || tail"
_VAULT = "'contoso-' || CAST(who % 50 AS VARCHAR)"
_OPERATION = f"[{', '.join(map(repr, _OPERATIONS))}][1 + CAST(what % {len(_OPERATIONS)} AS BIGINT)]"
_PATH = (
    f"CASE WHEN {_OPERATION} LIKE 'Key%' THEN '/keys/signing/0123456789abcdef0123456789abcdef' "
    f"WHEN {_OPERATION} = 'SecretList' THEN '/secrets' "
    f"ELSE '/secrets/secret-' || CAST((who + what % 3) % {SECRETS} AS VARCHAR) || "
    "'/0123456789abcdef0123456789abcdef' END"
)
_ACTION = f"[{', '.join(map(repr, _ACTIONS))}][1 + CAST((who + what % 3) % {len(_ACTIONS)} AS BIGINT)]"
_SITE = (
    f"'/subscriptions/{_SUBSCRIPTION}/resourceGroups/group-' || CAST(who % 100 AS VARCHAR) || "
    "'/providers/Microsoft.Web/sites/app-' || CAST(who AS VARCHAR)"
)
_IS_ACTIVITY = "n % 5 = 4"
_STEP = "CASE WHEN n % 2 = 0 THEN 'Start' ELSE 'Success' END"
_VAULT_LINE = f"""
'{{"time":"' || time || '","category":"AuditEvent","operationName":"' || {_OPERATION} ||
'","resultType":"Success","resultSignature":"OK","resultDescription":"","durationMs":"12",' ||
'"callerIpAddress":"203.0.113.7","correlationId":"' || {_GUID.format(number="id")} ||
'","identity":{{"claim":{{"http://schemas.microsoft.com/identity/claims/objectidentifier":"' || {_OID} ||
'","appid":"bbbbbbbb-0000-4000-8000-' || tail || '","xms_mirid":"/subscriptions/{_SUBSCRIPTION}' ||
'/resourcegroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity-' || tail ||
'"}}}},"properties":{{"id":"https://' || {_VAULT} || '.vault.azure.net' || {_PATH} ||
'","clientInfo":"azsdk-python-keyvault-secrets/4.9.0 Python/3.12.3 (Linux-6.8.0-x86_64-with-glibc2.39)",' ||
'"requestUri":"https://' || {_VAULT} || '.vault.azure.net' || {_PATH} || '?api-version=7.5",' ||
'"httpStatusCode":200,"isAddressAuthorized":true,"isRbacAuthorized":true,"tlsVersion":"TLS1_3"}},' ||
'"resourceId":"/SUBSCRIPTIONS/{_SUBSCRIPTION}/RESOURCEGROUPS/GROUP/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/' ||
upper({_VAULT}) || '","operationVersion":"7.5","location":"westeurope"}}'
"""
_ACTIVITY_LINE = f"""
'{{"time":"' || time || '","resourceId":"' || upper({_SITE}) || '","operationName":"' || upper({_ACTION}) ||
'","category":"Administrative","resultType":"' || {_STEP} || '","resultSignature":"Succeeded.OK",' ||
'"durationMs":"0","callerIpAddress":"203.0.113.7","correlationId":"' || {_GUID.format(number="id")} ||
'","identity":{{"authorization":{{"scope":"' || {_SITE} || '","action":"' || {_ACTION} ||
'","evidence":{{"role":"Contributor","principalType":"ServicePrincipal"}}}},"claims":{{"aud":' ||
'"https://management.core.windows.net/","iss":"https://sts.windows.net/eeeeeeee/","appid":"bbbbbbbb-0000-' ||
'4000-8000-' || tail || '","http://schemas.microsoft.com/identity/claims/objectidentifier":"' || {_OID} ||
'","idtyp":"app","ver":"1.0"}}}},"level":"Information","properties":{{"statusCode":"OK",' ||
'"serviceRequestId":"' || {_GUID.format(number="what")} || '","eventCategory":"Administrative"}}}}'
"""
_LINES = (
    f"COPY (SELECT CASE WHEN {_IS_ACTIVITY} THEN {_ACTIVITY_LINE} ELSE {_VAULT_LINE} END FROM ({_NUMBERS})) "
    "TO '{file}' (FORMAT csv, HEADER false, QUOTE '', DELIMITER '\x01', ESCAPE '', COMPRESSION gzip)"
)
_ROWS = f"""
COPY (SELECT time AS TimeGenerated, {_OPERATION} AS OperationName, 'Success' AS ResultType,
    'OK' AS ResultSignature, 200 AS HttpStatusCode, 'https://' || {_VAULT} || '.vault.azure.net' || {_PATH}
    AS Id, 'https://' || {_VAULT} || '.vault.azure.net' || {_PATH} || '?api-version=7.5' AS RequestUri,
    '{{"claim":{{"http://schemas.microsoft.com/identity/claims/objectidentifier":"' || {_OID} ||
    '","appid":"bbbbbbbb-0000-4000-8000-' || tail || '"}}}}' AS Identity, true AS IsRbacAuthorized,
    {_GUID.format(number="id")} AS CorrelationId, 'AZKVAuditLogs' AS Type,
    '/subscriptions/{_SUBSCRIPTION}/resourcegroups/group/providers/microsoft.keyvault/vaults/' || {_VAULT}
    AS _ResourceId FROM ({_NUMBERS})) TO '{{file}}' (FORMAT parquet)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took."""

    seconds: float
    processor_s: float
    memory_mb: float


def main() -> int:
    """Measure each number of events with each number of identities."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", default="1000000,3000000,10000000")
    parser.add_argument("--identities", default="1000")
    asked = parser.parse_args()
    grow(
        tuple(int(events) for events in asked.events.split(",")),
        tuple(int(identities) for identities in asked.identities.split(",")),
    )
    return 0


def grow(
    events: tuple[int, ...] = (1_000_000, 3_000_000, 10_000_000), identities: tuple[int, ...] = (1_000,)
) -> None:
    """Print a line for each number of events and identities."""
    titles = (
        "events",
        "identities",
        "logs, MB",
        *("import, s", "CPU, s", "MB"),
        *("plan, s", "CPU, s", "MB"),
    )
    print("  ".join(f"{title:>10}" for title in titles))
    for number in events:
        for who in identities:
            measure(number, who)


def measure(events: int, identities: int) -> None:
    """Make the logs, import them, plan."""
    with tempfile.TemporaryDirectory(prefix="keyless-logs-") as made:
        folder, project = Path(made, "logs"), Path(made, "project")
        folder.mkdir()
        project.mkdir()
        apart(folder, events, identities)
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        imported = command(project, "evidence", "import", str(folder))
        planned = command(project, "plan", "--format", "json")
    numbers = (number for cost in (imported, planned) for number in astuple(cost))
    cells = (f"{events:,}", f"{identities:,}", f"{size:,.0f}", *(f"{number:,.1f}" for number in numbers))
    print("  ".join(f"{cell:>10}" for cell in cells), flush=True)


def apart(folder: Path, events: int, identities: int) -> None:
    """Make the logs in a process of its own: what this one holds would count as the commands' memory."""
    made = get_context("spawn").Process(target=make_logs, args=(folder, events, identities))
    made.start()
    made.join()
    if made.exitcode:
        sys.exit("the logs could not be made")


def make_logs(folder: Path, events: int, identities: int) -> None:
    """Half the events as JSON Lines, half as Parquet, in ``FILES`` files each."""
    with duckdb.connect() as connection:
        connection.execute(
            "SET TimeZone = 'UTC'; SET memory_limit = '1GB'; SET preserve_insertion_order = false; "
            "SET enable_progress_bar = false"
        )
        each = events // (2 * FILES)
        for number in range(2 * FILES):
            lines = number < FILES
            file = folder / (f"PT1H-{number}.json.gz" if lines else f"part-{number}.parquet")
            statement = (_LINES if lines else _ROWS).replace("{file}", str(file))
            connection.execute(statement, [identities, number * each, (number + 1) * each])


def command(project: Path, *words: str) -> Cost:
    """Run `keyless` to its end."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "keyless.cli.main", *words, "--project", str(project)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"`keyless {' '.join(words)}` failed:\n{said}")
    processor_s = usage.ru_utime + usage.ru_stime
    return Cost(time.monotonic() - started, processor_s, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
