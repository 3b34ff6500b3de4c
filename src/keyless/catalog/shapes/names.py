"""Whether a name is that of a secret: `dbPassword`, `api_key`, `AZURE_CLIENT_SECRET`, `mail.password`.

Rules:
- a name is taken apart into words, and its end decides: `passwordField` and `tokenUrl` are none;
- `key` and `token` are secret only behind a word that says which (`accountKey`, `authToken`), or alone where
  the caller says that this is enough;
- words before may take it back: `publicKey`, `csrfToken`, `resetPassword`, `isSecret`.
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SURE = frozenset(
    {
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passwort",
        "userpwd",
        "pass",
        "userpass",
        "dbpass",
        "dbpassword",
    }
    | {"secret", "clientsecret", "apikey", "secretkey", "accesskey", "accountkey", "sharedkey", "authkey"}
    | {"apitoken", "accesstoken", "authtoken", "privatekey", "sastoken", "adminpassword"}
    | {"secretvalue", "apisecret", "appsecret", "subscriptionkey", "masterkey", "mysqlpassword"}
    | {"securitykey", "signingkey", "jwtkey", "jwtsecret", "encryptionkey"}
)
_RUN_TOGETHER = frozenset({"primarykey", "secondarykey", "primarymasterkey"})
"""Secret as one word (`DB_PRIMARYKEY`); as two (`primaryKey`) it is that of a table."""
_PASSWORDS = ("password", "passwd", "pwd", "passphrase", "pass", "passwort")
_KEY_BEFORE = frozenset(
    {
        "api",
        "access",
        "account",
        "secret",
        "shared",
        "auth",
        "master",
        "signing",
        "encryption",
        "admin",
    }
    | {
        "subscription",
        "primary",
        "cosmos",
        "cosmosdb",
        "search",
        "openai",
        "service",
        "private",
        "function",
        "host",
    }
    | {
        "redis",
        "cognitive",
        "speech",
        "translator",
        "vision",
        "maps",
        "signalr",
        "batch",
        "workspace",
        "jwt",
        "app",
        "security",
    }
    | {
        "license",
        "licence",
        "stripe",
        "sendgrid",
        "twilio",
        "github",
        "session",
        "crypto",
        "aes",
        "hmac",
        "azure",
    }
)
_TOKEN_BEFORE = frozenset(
    {"access", "auth", "api", "bearer", "refresh", "bot", "secret", "security", "personal", "git", "github"}
    | {
        "gitlab",
        "slack",
        "npm",
        "sonar",
        "vault",
        "webhook",
        "deploy",
        "deployment",
        "service",
        "sas",
        "admin",
    }
    | {
        "registry",
        "pypi",
        "nuget",
        "pulumi",
        "terraform",
        "tfe",
        "snyk",
        "datadog",
        "telegram",
        "discord",
        "id",
    }
)
_TAKEN_BACK = frozenset(
    {
        "public",
        "csrf",
        "xsrf",
        "reset",
        "forgot",
        "is",
        "has",
        "use",
        "enable",
        "enabled",
        "require",
        "required",
    }
    | {
        "no",
        "min",
        "max",
        "cancellation",
        "continuation",
        "cancel",
        "page",
        "next",
        "verify",
        "confirm",
        "show",
    }
    | {
        "hide",
        "allow",
        "allowed",
        "skip",
        "without",
        "missing",
        "invalid",
        "wrong",
        "incorrect",
        "change",
        "foreign",
    }
    | {
        "primary_",
        "partition",
        "sort",
        "hash",
        "cache",
        "translation",
        "i18n",
        "ssh_public",
        "idempotency",
        "lookup",
    }
)
_PAT_BEFORE = frozenset({"devops", "azdo", "ado", "github", "git", "personal", "gh", "vsts", "gitlab", "azp"})
_OTHER_KEYS = frozenset(
    {
        "site",
        "instrumentation",
        "public",
        "row",
        "foreign",
        "sort",
        "hash",
        "cache",
        "object",
        "route",
        "config",
    }
    | {"lookup", "group", "map", "dict", "query", "registry", "idempotency", "dedupe", "message", "resource"}
    | {"primary", "unique", "composite", "natural", "business", "measurement", "tracking", "ikey", "vapid"}
)
_ONLY_KEY = frozenset(
    {"function", "host", "app", "service", "session", "primary", "azure", "search", "maps", "batch"}
)


class NameOf(enum.Enum):
    """What a name says of its value."""

    PASSWORD = "password"
    SECRET = "secret"
    """A key, token or secret, which is drawn by lot."""
    SOME_KEY = "key"
    """A key that may be one of a table or a cache as well."""
    NOTHING = ""


@lru_cache(maxsize=16_384)
def name_of_secret(name: str) -> NameOf:
    """What a name says."""
    if len(name) > 200:
        return NameOf.NOTHING
    words = [one.casefold() for one in _WORD.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if not words or set(words[-4:]) & _TAKEN_BACK:
        return NameOf.NOTHING
    last = words[-1]
    before = words[-2] if len(words) > 1 else ""
    if last in _PASSWORDS or last.endswith(("password", "passwd")):
        return NameOf.PASSWORD
    if last in _SURE or before + last in _SURE:
        return NameOf.PASSWORD if last.endswith(("password", "pwd", "pass")) else NameOf.SECRET
    if _is_key_or_token(words, last, before):
        return NameOf.SECRET
    return NameOf.SOME_KEY if last == "key" and before and before not in _OTHER_KEYS else NameOf.NOTHING


def _is_key_or_token(words: list[str], last: str, before: str) -> bool:
    if last == "key":
        return before in _KEY_BEFORE and not (before in _ONLY_KEY and len(words) == 2)
    if last == "pat":
        return before in _PAT_BEFORE or not before
    if last in _RUN_TOGETHER:
        return True
    return last == "token" and (before in _TOKEN_BEFORE or not before)


def words_of(name: str) -> str:
    """A name as it compares: its words in small letters."""
    return "".join(one.casefold() for one in _WORD.findall(name[:500]))
