"""A page in one file: head, style and script.

Rules:
- nothing is loaded from anywhere: style and script are in the file, and the content security policy allows
  these two by their hashes and nothing else, so that no name in a report could run or fetch anything;
- it works without its script.

Source: https://www.w3.org/TR/CSP3/ (hashes of inline elements)
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from keyless.html.markup import Html, element


def page(title: str, content: Iterable[Html], *, style: str, script: str) -> str:
    """The whole page; its content has a `main` with the id `main`. ``style`` comes after what all share."""
    styles = _shared_style() + style
    skip = element("a", "to the content", href="#main", class_="skip")
    whole = element(
        "html",
        _head(title, styles, script),
        element("body", skip, *content, _raw("script", script)),
        lang="en",
    )
    return f"<!doctype html>\n{whole}\n"


@cache
def _shared_style() -> str:
    return resources.files(__package__).joinpath("base.css").read_text("utf-8")


def _raw(name: str, content: str) -> Html:
    """A style or a script, which is not escaped: it is ours, and has no end tag in it."""
    return Html(f"<{name}>{content}</{name}>")


def _hash(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _head(title: str, style: str, script: str) -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        _raw("style", style),
    )
