"""Texts that only stand for a value: placeholders, references, samples, and values that everybody knows.

Rules:
- brackets, braces and percent signs around it, `${…}`, `$(…)`, `{{ … }}`, `#{…}#`, `<your-key>`, `__X__`;
- words that say so (`your-…`, `changeme`, `example`, `dummy`, `xxxx`, `todo`), wherever they stand in it;
- one or two characters over and over, or the alphabet or digits in their order;
- references to where a secret lies, and values that are encrypted;
- the keys of the emulators, and those that vendors print in their documentation.
"""

from __future__ import annotations

import re

_REFERENCES = (
    "@microsoft.keyvault(",
    "@microsoft.appconfiguration(",
    "keyvaultref:",
    "secretref:",
    "vault:",
    "ref+",
    "op://",
    "awssecret",
    "arn:aws:",
    "projects/",
    "enc(",
    "enc[",
    "{cipher}",
    "$ansible_vault",
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2",
    "$6$",
    "$5$",
    "{ssha}",
    "{bcrypt}",
    "{noop}",
    "pbkdf2",
    "bcrypt:",
    "sha512-",
    "sha256-",
    "sha384-",
    "sha1-",
    "sha256:",
    "sha512:",
    "env:",
    "process.env",
    "os.environ",
    "data.",
    "var.",
    "local.",
    "module.",
    "secrets.",
    "variables.",
    "parameters(",
    "reference(",
    "listkeys(",
    "@appsetting(",
    "@parameters(",
    "@variables(",
    "@body(",
    "@{",
)
_OPENING = ("${", "$(", "{{", "#{", "<", "%(", "$[", "@(", "{%", "~{", "__", "[[", "@@", "$")
_WRAPPED = frozenset({"<>", "{}", "[]", "%%", "()", "__"})
_INSIDE = re.compile(
    r"\$\{|\$\(|\{\{|#\{|<[A-Za-z][\w .:/-]{0,60}>|\{\d{0,2}\}|\{[A-Za-z_][\w.]{0,40}\}|%[sdv]"
    r"|\[[a-z _-]{3,40}\]|%[A-Z_]{3,40}%"
)
_WORDS = re.compile(
    r"(^|[^a-z])(your|my|some|the|enter|insert|add|put|fill|replace|change|update|set|use|paste|provide)"
    r"[ _\-]?(own|me|this|it|here|in|your|with|the|a|real|key|secret|password|token|connection|account"
    r"|storage|value|api|client|service|azure|strong|super|database|db|sql|app|openai|search|redis|cosmos)?"
    r"([^a-z]|$|[a-z_\-]{0,60}(here|key|secret|password|token|value|string))"
)
_SAMPLES = re.compile(
    r"placeholder|change[ _-]?(me|this|it)|replace[ _-]?(me|this|with)|example|sample|dummy|redacted|fake"
    r"|foo[ _-]?bar|xxxx|\*\*\*|\.\.\.|todo|fixme|tbd|insert|goes[ _-]?here|your[ _-]?[a-z]"
    r"|not[ _-]?(a[ _-]?)?(real|secret|set|used)|undefined|lorem|mock|notreal|<[a-z]|not-?required|unused"
    r"|ignored?$|n/a"
)
_SAMPLES_IN_LONG = re.compile(r"placeholder|example|changeme|redacted|your|xxxxx|\*\*\*|\.\.\.|notreal")
_LONG = re.compile(r"[A-Za-z0-9+/_~.=\-]{40,2048}")
_KNOWN = (
    "eby8vdm02xnocqflquwjpllmetlcdxj1ouzft50usrz6ifsu",  # the storage emulator's account key
    "c2y6ydjf5/r+ob0n8a7cgv30vrdjiwehlm+4qdu5de2nq9nduvtqobd4b8mggypmbizn",  # the Cosmos DB emulator's key
    "akiaiosfodnn7example",
    "wjalrxutnfemi",
    "devstoreaccount1",
    "usedevelopmentstorage=true",
)
_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyzabcdef",
    "01234567890123456789",
    "98765432109876543210",
    "qwertyuiop",
    "0123456789abcdef" * 4,
)


def stands_for_something(text: str) -> bool:
    """Whether a text only stands for a value."""
    plain = text.strip().casefold()
    if not plain or plain[:1] + plain[-1:] in _WRAPPED or plain.startswith((*_OPENING, *_REFERENCES)):
        return True
    if _is_repeated(plain) or is_known_to_all(plain):
        return True
    start = plain[:2048]
    if _LONG.fullmatch(text):  # short words are in it by chance
        return _SAMPLES_IN_LONG.search(start) is not None
    patterns = (_WORDS, _SAMPLES)
    return _INSIDE.search(text[:2048]) is not None or any(one.search(start) for one in patterns)


def is_known_to_all(text: str) -> bool:
    """Whether a text is, or holds, a key that is printed in documentation and opens nothing."""
    plain = text.casefold()
    return any(known in plain for known in _KNOWN)


def _is_repeated(plain: str) -> bool:
    """One or two characters over and over, or characters in their order."""
    bare = plain.strip("\"'-_.*= ")
    if len(set(bare)) <= 2:
        return True
    if len(bare) >= 6 and any(bare in sequence for sequence in _SEQUENCES):
        return True
    half = len(bare) // 2
    return len(bare) >= 8 and bare[:half] == bare[half : 2 * half] and len(set(bare)) <= 4
