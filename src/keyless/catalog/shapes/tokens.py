"""Tokens and keys of other services that are known by how they begin.

Source: the documentation of each issuer, and https://docs.github.com/code-security/secret-scanning/introduction/
supported-secret-scanning-patterns
"""

from __future__ import annotations

import re
from typing import NamedTuple


class _Issued(NamedTuple):
    id: str
    start: str
    least: int
    most: int
    alphabet: frozenset[str]


_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_PLAIN = _LETTERS | frozenset("0123456789")
_WORD = _PLAIN | frozenset("_-")
_DOTTED = _WORD | frozenset(".")
_HEX = frozenset("0123456789abcdef")
_UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

_ISSUED = (
    _Issued("github-token", "ghp_", 36, 255, _PLAIN),
    _Issued("github-token", "gho_", 36, 255, _PLAIN),
    _Issued("github-token", "ghu_", 36, 255, _PLAIN),
    _Issued("github-token", "ghs_", 36, 255, _PLAIN),
    _Issued("github-token", "ghr_", 36, 255, _PLAIN),
    _Issued("github-token", "github_pat_", 60, 255, _WORD),
    _Issued("gitlab-token", "glpat-", 20, 64, _WORD),
    _Issued("slack-token", "xoxb-", 24, 255, _WORD),
    _Issued("slack-token", "xoxp-", 24, 255, _WORD),
    _Issued("slack-token", "xoxa-", 24, 255, _WORD),
    _Issued("slack-token", "xapp-", 24, 255, _WORD),
    _Issued("aws-access-key", "AKIA", 16, 16, _UPPER),
    _Issued("aws-access-key", "ASIA", 16, 16, _UPPER),
    _Issued("google-api-key", "AIza", 35, 35, _WORD),
    _Issued("stripe-key", "sk_live_", 16, 255, _PLAIN),
    _Issued("stripe-key", "rk_live_", 16, 255, _PLAIN),
    _Issued("stripe-webhook-secret", "whsec_", 32, 255, _PLAIN | frozenset("+/=")),
    _Issued("npm-token", "npm_", 36, 36, _PLAIN),
    _Issued("pypi-token", "pypi-AgE", 60, 255, _WORD),
    _Issued("sendgrid-key", "SG.", 60, 80, _DOTTED),
    _Issued("docker-token", "dckr_pat_", 20, 64, _WORD),
    _Issued("huggingface-token", "hf_", 34, 40, _LETTERS),
    _Issued("openai-key", "sk-proj-", 40, 255, _WORD),
    _Issued("openai-key", "sk-ant-", 80, 255, _WORD),
    _Issued("databricks-token", "dapi", 32, 34, _HEX | frozenset("-")),
    _Issued("vault-token", "hvs.", 24, 255, _WORD),
    _Issued("digitalocean-token", "dop_v1_", 64, 64, _HEX),
    _Issued("shopify-token", "shpat_", 32, 32, _HEX),
    _Issued("telegram-token", "bot", 45, 48, _WORD | frozenset(":")),
)
_BY_START = {one.start: one for one in _ISSUED}
_STARTS = re.compile("|".join(re.escape(one) for one in sorted(_BY_START, key=len, reverse=True)))


def issued_token(word: str) -> str | None:
    """The id of the kind of token that a word is; none where it is none that is known."""
    found = _STARTS.match(word)
    if found is None:
        return None
    one = _BY_START[found.group()]
    rest = word[found.end() :]
    fits = one.least <= len(rest) <= one.most and one.alphabet.issuperset(rest)
    return one.id if fits and len(set(rest)) > 5 else None
