"""An access key opens a Redis cache."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "redis-credential",
    services=frozenset({"redis", "managedredis"}),
    title="An access key opens a Redis cache",
    why=(
        "The access key may run every command on every key of the cache. With Entra each identity is a "
        "user of its own, with an access policy."
    ),
    instead=(
        "Let the client fetch a token for `https://redis.azure.com/.default` through the extension of its "
        "library, and give the identity the policy `Data Reader`, `Data Contributor` or one of your own. "
        "Then set `disableAccessKeyAuthentication` to `true`."
    ),
    sources=(
        "https://learn.microsoft.com/azure/azure-cache-for-redis/cache-azure-active-directory-for-authentication",
    ),
)
