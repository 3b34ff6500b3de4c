"""Azure's rules for the names and other texts of an estate.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules,
https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates,
https://learn.microsoft.com/azure/azure-app-configuration/concept-key-value
"""

from __future__ import annotations

from keyless.estate.shapes.scalars import TextRule
from keyless.model import clusters, federated_credentials

_SEGMENT = r"[A-Za-z0-9_.()-]+"
_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

TENANT = TextRule("a tenant's name", "text such as `contoso`", at_most=256, example="contoso")
SUBSCRIPTION = TextRule(
    "a subscription's name", "text such as `orders-dev`", at_most=64, example="orders-dev"
)
GUID = TextRule(
    "a GUID",
    "32 hexadecimal digits as 8-4-4-4-12, or leave it out",
    _GUID,
    example="4633458b-17de-408a-b874-0445c86b69e6",
)
LOCATION = TextRule(
    "a location", "the short name, such as `westeurope`", r"[a-z][a-z0-9]{1,49}", example="westeurope"
)
RESOURCE_GROUP = TextRule(
    "a resource group's name",
    "at most 90 letters, digits and `-_.()`, not ending with `.`",
    r"(?!.*\.$)(?:[A-Za-z0-9_.()-]|[^\x00-\xbf])+",
    90,
    "orders-rg",
)
USER_ASSIGNED_IDENTITY = TextRule(
    "an identity's name",
    "3 to 128 letters, digits, `-` and `_`, beginning with a letter or digit",
    r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}",
    example="orders-shared",
)
COMPUTE = TextRule(
    "a compute resource's name",
    "letters, digits and `-_.()`, with `/` between the names of a nested resource",
    rf"{_SEGMENT}(?:/{_SEGMENT})*",
    260,
    example="orders-web",
)
RESOURCE_TYPE = TextRule(
    "a resource type",
    "provider and type, such as `Microsoft.Web/sites`",
    r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+(?:/[A-Za-z0-9]+)+",
    example="Microsoft.Web/sites",
)
VAULT = TextRule(
    "a vault's name",
    "3 to 24 letters, digits and `-`, beginning with a letter, ending with a letter or digit, without `--`",
    r"(?=.{3,24}$)[A-Za-z](?:-?[A-Za-z0-9])+",
    example="contoso-orders",
)
SECRET = TextRule(
    "a secret's name", "1 to 127 letters, digits and `-`", r"[0-9A-Za-z-]{1,127}", example="db-password"
)
VAULT_KEY = TextRule(
    "a key's name", "1 to 127 letters, digits and `-`", r"[0-9A-Za-z-]{1,127}", example="sign-orders"
)
CERTIFICATE = TextRule(
    "a certificate's name", "1 to 127 letters, digits and `-`", r"[0-9A-Za-z-]{1,127}", example="orders-web"
)
DURATION = TextRule("a duration", "as in ISO 8601: `P90D`, `P3M`, `P1Y`", r"P[0-9A-Z]{1,40}", example="P90D")
SECRET_VERSION = TextRule("a secret's version", "32 hexadecimal digits, or leave it out", r"[0-9a-f]{32}")
STORE = TextRule(
    "a configuration store's name",
    "5 to 50 letters, digits and `-`, not beginning or ending with `-`, without `---`",
    r"(?=.{5,50}$)[A-Za-z0-9](?:-{0,2}[A-Za-z0-9])+",
    example="contoso-orders",
)
REPLICA = TextRule("a replica's name", "1 to 50 letters and digits", r"[A-Za-z0-9]{1,50}", example="north")
ACCESS_KEY = TextRule(
    "an access key's id",
    "the id that Azure shows for it",
    r"[^&,\s\u0000]{1,128}",
    example="orders-key",
)
ACCESS_KEY_VALUE = TextRule(
    "an access key's value", "text in base64, `env:` or `file:`", r"[^\u0000]*", shown=False
)
KEY = TextRule(
    "a setting's key",
    "text without `%`, and not `.` or `..`",
    r"(?!\.{1,2}$)[^%\u0000]+",
    example="orders:pageSize",
)
SNAPSHOT = TextRule(
    "a snapshot's name",
    "up to 256 characters such as `release-1`",
    r"[^\u0000-\u001f\u007f-\u009f]{1,256}",
    example="release-1",
)
LABEL = TextRule("a label", "text such as `prod`, or leave it out", example="prod")
FEATURE = TextRule(
    "a feature flag's name",
    "text without `%` and `:`, such as `beta`",
    r"[^%:\r\n\u0000]+",
    example="beta",
)
VARIANT = TextRule("a variant's name", "text such as `big`", r"[^\r\n\u0000]+", example="big")
FILTER = TextRule(
    "a filter's name",
    "text such as `Microsoft.Targeting`",
    r"[^\r\n\u0000]+",
    example="Microsoft.Targeting",
)
MEMBER = TextRule("a user or group", "text, as the app calls it", r"[^\u0000]+", example="anna@example.com")
SEED = TextRule("a seed", "text", r"[^\r\n\u0000]+")
SETTING_VALUE = TextRule("a setting's value", "text, in quotes if need be", r"[^\u0000]*", shown=False)
SECRET_VALUE = TextRule("a secret's value", "text in quotes, `env:` or `file:`", shown=False)
VARIABLE = TextRule(
    "the name of an environment variable",
    "letters, digits and `_`, such as `ORDERS_DB_PASSWORD`",
    r"[A-Za-z_][A-Za-z0-9_]*",
    example="ORDERS_DB_PASSWORD",
    shown=False,
)
WEBHOOK = TextRule(
    "a webhook's address",
    "an `https` URL, or an `http` one of this machine",
    r"[^\s\u0000]+",
    2048,
    "http://localhost:7071/events",
    shown=False,
)
FILE = TextRule("a file's path", "a path relative to the estate file", example="secrets/db-password.txt")
CONTENT_TYPE = TextRule("a content type", "at most 255 characters", at_most=255, example="application/json")
DESCRIPTION = TextRule("a description", "text", r"[^\u0000]*")
TAG_NAME = TextRule("a tag's name", "at most 512 characters", at_most=512)
TAG_VALUE = TextRule("a tag's value", "at most 512 characters", r"[^\u0000]*", at_most=512)
SETTING_TAG = TextRule("a tag", "text", r"[^\u0000]*")
APPLICATION = TextRule(
    "an application's name", "at most 120 characters", at_most=120, example="orders-legacy"
)
USER_NAME = TextRule("a user's name", "at most 256 characters", at_most=256, example="Ada Byron")
USER_PRINCIPAL_NAME = TextRule(
    "a user principal name",
    "a name, `@` and a domain",
    r"[^\s@'\"<>/\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,190}[A-Za-z0-9])?",
    example="ada@contoso.onmicrosoft.com",
)
SECURITY_GROUP = TextRule("a group's name", "at most 256 characters", at_most=256, example="orders-devs")
DIRECTORY_ROLE = TextRule(
    "a role of the directory", "its name or id", at_most=128, example="Directory Readers"
)
FEDERATED_CREDENTIAL = TextRule(
    "a federated credential's name",
    "3 to 120 letters, digits, `-` and `_`, beginning with a letter or digit",
    federated_credentials.NAME,
    example="github-main",
)
ISSUER = TextRule(
    "an issuer",
    "an https URL without query or fragment, exactly as the tokens say it",
    federated_credentials.ISSUER,
    federated_credentials.LONGEST,
    "https://token.actions.githubusercontent.com",
)
SITE_ISSUER = TextRule(
    "this site's issuer",
    "an https URL in lower case without query, fragment or a slash at its end",
    federated_credentials.SITE_ISSUER,
    federated_credentials.LONGEST,
    "https://id.example.org",
)
SUBJECT = TextRule(
    "a subject",
    "text without `*`, exactly as the tokens say it",
    federated_credentials.EXACT,
    federated_credentials.LONGEST,
    "repo:contoso/orders:ref:refs/heads/main",
)
AUDIENCE = TextRule(
    "an audience",
    "text without `*`, exactly as the tokens say it",
    federated_credentials.EXACT,
    federated_credentials.LONGEST,
    federated_credentials.DEFAULT_AUDIENCE,
)
SERVICE_ACCOUNT = TextRule(
    "a service account", "`namespace/name`, in lower case", clusters.SERVICE_ACCOUNT, example="default/orders"
)
KEY_SET = TextRule("a key set", 'JSON such as `{"keys": [ … ]}`', shown=False)
CERTIFICATE = TextRule(
    "a certificate", "PEM text that begins with `-----BEGIN CERTIFICATE-----`, `file:` or `env:`", shown=False
)
WORKLOAD = TextRule(
    "a workload's name",
    "1 to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit",
    r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
    example="orders",
)
USER = TextRule(
    "a user",
    "a user's name, or their number in quotes",
    r"[A-Za-z_][A-Za-z0-9_.-]{0,254}[$]?|[0-9]{1,10}",
    example="orders",
)
GROUP = TextRule(
    "a group",
    "a group's name, or its number in quotes",
    r"[A-Za-z_][A-Za-z0-9_.-]{0,254}[$]?|[0-9]{1,10}",
    example="orders",
)
EXECUTABLE = TextRule(
    "an executable",
    "the whole path of a program",
    r"/[^\u0000]+",
)
SYSTEMD_UNIT = TextRule(
    "a systemd unit",
    "a unit's full name, such as `orders.service`; for a unit of a user's own, as "
    "`user@1000.service/orders.service`",
    r"(?:user@[0-9]+\.service/)?[A-Za-z0-9:_.\\@-]+\.(?:service|scope)",
    256,
    "orders.service",
)
CONTAINER = TextRule(
    "a container",
    "its id, or the first 12 digits of it or more",
    r"[0-9a-f]{12,64}",
    example="4c01db0b339c",
)
CGROUP = TextRule(
    "a control group",
    "the path of a control group, such as `/system.slice/orders.service`",
    r"/(?!\.\.?(?:/|$))[^/\u0000]+(?:/(?!\.\.?(?:/|$))[^/\u0000]+)*",
    4096,
    "/system.slice/orders.service",
)
IDENTIFIER_URI = TextRule(
    "an identifier URI",
    "an address such as `api://orders`, without a slash at its end",
    r"[A-Za-z][A-Za-z0-9+.-]*:[^\s?#]*[^\s?#/:]",
    255,
    "api://orders",
)
ROLE = TextRule(
    "a role",
    "the name or GUID of a built-in role, or of one of `customRoles`",
    example="Key Vault Secrets User",
)
CUSTOM_ROLE = TextRule(
    "a custom role's name", "at most 512 characters", at_most=512, example="Orders Settings Reader"
)
ROLE_DESCRIPTION = TextRule("a description", "at most 2048 characters", r"[^\u0000]*", 2048)
ACTION = TextRule(
    "an action",
    "provider, type and verb, such as `Microsoft.KeyVault/vaults/read`, with `*` for any part; or `*`",
    r"\*|(?:\*|[A-Za-z][A-Za-z0-9.*]*)(?:/[A-Za-z0-9*$_.-]+)+",
    example="Microsoft.KeyVault/vaults/read",
)
DENY_ASSIGNMENT = TextRule(
    "a deny assignment's name", "at most 260 characters", at_most=260, example="No secrets for build servers"
)
MANAGEMENT_GROUP = TextRule(
    "a management group's name",
    "1 to 90 letters, digits and `-_().`, beginning with a letter or digit, not ending with `.`",
    r"(?!.*\.$)[A-Za-z0-9][A-Za-z0-9_().-]{0,89}",
    example="platform",
)
DISPLAY_NAME = TextRule("a display name", "text", at_most=256, example="Platform")
REFERENCE = TextRule("a name", "a name that this file declares")
RESOURCE_ID = TextRule("a resource id", "a full resource id, beginning with `/`")
CONDITION = TextRule("a condition", "a condition on the assignment", at_most=8192)
CONDITION_VERSION = TextRule("a condition's version", '"2.0"', r"2\.0", example="2.0")
URI = TextRule(
    "a secret's address",
    "such as `https://contoso-orders.vault.azure.net/secrets/db-password`",
    r"https://[^/\s?#@]+/secrets/[0-9A-Za-z-]{1,127}(?:/[0-9a-f]{32})?",
)
