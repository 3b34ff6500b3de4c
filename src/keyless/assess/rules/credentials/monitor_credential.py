"""A key opens a workspace or component of Azure Monitor."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "monitor-credential",
    services=frozenset({"appinsights", "loganalytics", "dcr", "monitor-workspace"}),
    title="A key opens a workspace or component of Azure Monitor",
    why=(
        "Whoever has the key of a workspace can write into its logs, which detection and billing rest on. "
        "Ingestion takes tokens of Entra."
    ),
    instead=(
        "Send with a managed identity's credential, through the logs ingestion API or the exporter's "
        "`credential`, and grant `Monitoring Metrics Publisher` at the rule or component. Then turn local "
        "authentication off."
    ),
    sources=(
        "https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication",
        "https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview",
    ),
)
