"""An account key, connection string or shared access signature opens a storage account."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "storage-credential",
    services=frozenset({"blob", "queue", "table", "file", "cosmos-table"}),
    title="An account key, connection string or shared access signature opens a storage account",
    why=(
        "An account key opens everything in the account, for whoever has it, until it is rotated; it "
        "names nobody in the logs. Blobs, queues, tables and files take tokens of Entra, so that an "
        "identity gets just the container and the operations that it needs."
    ),
    instead=(
        "Give the client the account's address and a managed identity's credential; grant a `Storage ... "
        "Data` role at the container or account; where a link has to be handed out, sign it with a user "
        "delegation key. Then set `allowSharedKeyAccess` to `false`."
    ),
    sources=(
        "https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory",
        "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
    ),
)
