"""A shared access key opens a notification hub."""

from __future__ import annotations

from keyless.assess.findings.finding import Severity
from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "notification-hubs-credential",
    services=frozenset({"notificationhubs"}),
    title="A shared access key opens a notification hub",
    why=(
        "Notification Hubs takes no identity from clients, so that a key has to be kept for it, and kept "
        "well."
    ),
    instead=(
        "Keep the connection string in a vault that the host reads with its managed identity, give the "
        "code a policy that only sends, and rotate the key."
    ),
    sources=(
        "https://learn.microsoft.com/azure/notification-hubs/notification-hubs-push-notification-security",
    ),
    severity=Severity.MEDIUM,
)
