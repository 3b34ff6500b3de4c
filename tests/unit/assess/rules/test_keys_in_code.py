"""Keys that code is given as texts: in what signs or encrypts, in other forms, and as defaults."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.findings.finding import Confidence, Finding
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials.secret_value import RULE
from keyless.assess.sources.read import read


def found_in(path: str, text: str) -> list[Finding]:
    source = read(path, text.encode())
    assert source is not None
    return list(RULE.check(Repository([source], datetime.date(2026, 1, 1))))


def of_java(body: str) -> str:
    return f"class A {{ void f(String given) {{ {body} }} }}"


def of_csharp(body: str) -> str:
    return f"class A {{ void F() {{ {body} }} }}"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("A.java", of_java('new SecretKeySpec("wal im winter!!!".getBytes(UTF_8), "AES");')),
        ("A.java", of_java('Keys.hmacShaKeyFor(Decoders.BASE64.decode("d2FsIGltIHdpbnRlciE="));')),
        ("A.java", of_java('Algorithm.HMAC256("walimwinter");')),
        ("A.java", of_java('byte[] k = "wal im winter!!!".getBytes(); new SecretKeySpec(k, "AES");')),
        ("A.cs", of_csharp('var k = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("wal im winter"));')),
        ("A.cs", of_csharp('var k = new HMACSHA256(Convert.FromBase64String("d2FsIGltIHdpbnRlciE="));')),
        ("a.py", "import hmac\nhmac.new(b'walim+winter-7', text)\n"),
        ("a.py", "import jwt\njwt.encode(claims, 'walimwinter', algorithm='HS256')\n"),
        ("a.py", "import jwt\njwt.decode(text, key='walimwinter', algorithms=['HS256'])\n"),
        ("a.py", "Fernet('d2FsIGltIHdpbnRlciE='.encode())\n"),
        ("a.js", "crypto.createCipheriv('aes-256-cbc', Buffer.from('wal im winter'), iv);\n"),
        ("a.js", "CryptoJS.AES.encrypt(text, 'walimwinter');\n"),
        ("a.go", 'package a\nfunc f() { c, _ := aes.NewCipher([]byte("wal im winter!!!")) }\n'),
    ],
)
def test_what_signs_or_encrypts_has_a_key_whatever_its_name(path: str, text: str) -> None:
    (finding,) = found_in(path, text)
    assert finding.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("A.java", of_java('new SecretKeySpec(given.getBytes(UTF_8), "AES");')),
        (
            "A.java",
            of_java('String k = "wal im winter"; k = load(); new SecretKeySpec(k.getBytes(), "AES");'),
        ),
        (
            "A.java",
            'class A { String given = "wal im winter"; ' + of_java("new SecretKeySpec(given, x);")[10:],
        ),
        ("A.java", of_java('Algorithm.HMAC256("${jwt.key}");')),
        ("a.py", "import hmac\nhmac.new(b'WebAppData', text)\n"),
        ("a.py", "import jwt\njwt.decode(text, 'your-256-bit-secret')\n"),
        ("a.py", "text.encode('utf-8')\nrecord.sign(a, 'walimwinter')\n"),
        ("a.js", "jwt.sign(claims, 'JWT_SECRET');\njwt.verify(token, './keys/public.pem');\n"),
        ("a.go", 'package a\nfunc f() { t.SignedString([]byte(os.Getenv("KEY"))) }\n'),
    ],
)
def test_names_of_keys_and_words_of_protocols_are_none(path: str, text: str) -> None:
    assert found_in(path, text) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", 'package a\nvar p = P{AdminPassword: to.Ptr("Hagel-2031!u")}\n'),
        ("a.py", "password = base64.b64decode('SGFnZWwtMjAzMSF1')\n"),
        ("a.js", "const password = 'Hagel' + '-2031' + 7;\n"),
        ("A.java", 'class A { @Value("${mail.password:Hagel-2031!u}") String p; }'),
        ("A.java", 'class A { A(@Value("Hagel-2031!u") String password) {} }'),
        ("a.sh", "helm install a b --set auth.password=Hagel-2031\n"),
        ("a.sh", "kubectl create secret generic a --from-literal=password=Hagel-2031\n"),
    ],
)
def test_a_secret_in_another_form_has_the_name_of_that_form(path: str, text: str) -> None:
    assert len(found_in(path, text)) == 1


def test_walks_over_the_keyboard_are_no_surer_than_words() -> None:
    (finding,) = found_in("a.py", "password = 'QWE123!@#'\n")
    assert finding.confidence is Confidence.MEDIUM
