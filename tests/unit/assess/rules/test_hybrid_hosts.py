"""Which hosts are on premises, and which logins a text has."""

from __future__ import annotations

import pytest

from keyless.assess.findings.finding import Confidence
from keyless.assess.rules.hybrid._hosts import on_premises
from keyless.assess.rules.hybrid._logins import Login, login_in
from keyless.assess.syntax.expressions import Joined, Literal, Name
from keyless.assess.syntax.span import NOWHERE

HIGH, MEDIUM = Confidence.HIGH, Confidence.MEDIUM


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("sql01.corp.local", HIGH),
        ("tcp:sql01.corp.local,1433", HIGH),
        ("10.1.2.3", HIGH),
        ("192.168.0.4:5432", HIGH),
        ("HQSQL\\ORDERS", HIGH),
        ("db.intranet.northwind.org", MEDIUM),
        ("shop.database.windows.net", None),
        ("tcp:shop.database.windows.net,1433", None),
        ("orders.rds.amazonaws.com", None),
        ("localhost", None),
        ("127.0.0.1", None),
        ("(localdb)\\MSSQLLocalDB", None),
        (".\\SQLEXPRESS", None),
        ("db", None),
        ("postgres", None),
        ("host.docker.internal", None),
        ("db.default.svc.cluster.local", None),
        ("your-server.corp.local", None),
        ("db.example.com", None),
        ("<server>", None),
        ("8.8.8.8", None),
        ("northwind.org", None),
        ("", None),
    ],
)
def test_a_host_is_on_premises_by_its_name(host: str, expected: Confidence | None) -> None:
    assert on_premises(host) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Server=a.b.c;User Id=u;Password=s3cret", Login("a.b.c", True)),
        ("Data Source=a.b.c,1433;uid=u;pwd=s3cret;", Login("a.b.c,1433", True)),
        ("Server=a.b.c;User Id=u;Password=s3cret;Integrated Security=SSPI", None),
        ("Server=a.b.c;Authentication=Active Directory Managed Identity;User Id=u;Password=x1", None),
        ("Server=a.b.c;User Id=u;Password=<password>", None),
        ("Server=a.b.c;User Id=u", None),
        ("postgres://u:s3cret@a.b.c:5432/d", Login("a.b.c:5432", True)),
        ("postgres://a.b.c/d", None),
        ("jdbc:sqlserver://a.b.c:1433;user=u;password=s3cret", Login("a.b.c:1433", True)),
        ("jdbc:sqlserver://a.b.c;integratedSecurity=true;user=u;password=s3cret", None),
        ("https://u:s3cret@a.b.c/d", None),
        ("a=b;c=d", None),
        ("a sentence about a password", None),
    ],
)
def test_a_text_has_a_login_or_none(text: str, expected: Login | None) -> None:
    assert login_in(Literal(NOWHERE, text)) == expected


def test_a_password_that_is_put_in_counts_and_a_host_that_is_does_not() -> None:
    name = Name(NOWHERE, "x")
    put_in = Joined(NOWHERE, (Literal(NOWHERE, "Server=a.b.c;Uid=u;Pwd="), name))
    host = Joined(NOWHERE, (Literal(NOWHERE, "Server="), name, Literal(NOWHERE, ";Uid=u;Pwd=s3cret")))
    assert login_in(put_in) == Login("a.b.c", False)
    assert login_in(host) is None
