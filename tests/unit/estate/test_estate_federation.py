"""`federation:` in an estate: under which issuer this site is trusted elsewhere."""

from __future__ import annotations

import pytest
from estate_texts import estate, only

from keyless.model.identities import Federation

ISSUER = "https://id.example.org"


def federation(issuer: str) -> str:
    return f'version: 1\nfederation: {{issuer: "{issuer}"}}\n'


def test_a_site_may_be_an_issuer_and_need_not() -> None:
    assert estate(federation(ISSUER)).federation == Federation(ISSUER)
    assert estate("version: 1\n").federation is None


@pytest.mark.parametrize("issuer", ["http://id.example.org", f"{ISSUER}/", "id.example.org", ""])
def test_an_issuer_has_its_form(issuer: str) -> None:
    assert "this site's issuer" in only(federation(issuer)).message


@pytest.mark.parametrize("issuer", ["https://sts.windows.net/t", "https://login.microsoftonline.com/t/v2.0"])
def test_a_site_cannot_be_entra(issuer: str) -> None:
    problem = only(federation(issuer))
    assert problem.message == f"`{issuer}` is Microsoft's"
    assert "host name of your own" in problem.hint


def test_a_federation_without_an_issuer_says_nothing() -> None:
    assert "issuer" in only("version: 1\nfederation: {}\n").message
