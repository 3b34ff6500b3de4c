"""What a value is told to be from its shape, and that telling it takes no time and gives nothing away."""

from __future__ import annotations

import time

import msgspec
import pytest

from keyless.catalog.replacements import replacement_of, replacements
from keyless.catalog.services import services
from keyless.catalog.shapes.of_value import shape_of
from keyless.catalog.shapes.shape import Holds, shapes

KEY_64 = "q" * 86 + "=="
KEY_32 = "q" * 43 + "="


def _marked(length, at, mark, *, annotated=False):
    filled = "a" * length
    if annotated:
        filled = filled[:52] + "JQQJ99" + filled[58:]
    return filled[:at] + mark + filled[at + len(mark) :]


CREDENTIALS = [
    (
        f"DefaultEndpointsProtocol=https;AccountName=orders;AccountKey={KEY_64}",
        "storage-connection-string",
        "blob",
    ),
    (f"AccountKey={KEY_64};AccountName=orders", "storage-connection-string", "blob"),
    (
        "BlobEndpoint=https://orders.blob.core.windows.net/;SharedAccessSignature=sv=2022-11-02&sig=abc%3D",
        "storage-sas-connection-string",
        "blob",
    ),
    (
        f"Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={KEY_32}",
        "messaging-connection-string",
        "servicebus",
    ),
    (
        f"Endpoint=https://x.service.signalr.net;AccessKey={KEY_32};Version=1.0;",
        "signalr-connection-string",
        "signalr",
    ),
    (
        f"Endpoint=https://x.webpubsub.azure.com;AccessKey={KEY_32}",
        "webpubsub-connection-string",
        "webpubsub",
    ),
    (
        f"endpoint=https://x.communication.azure.com/;accesskey={KEY_64}",
        "communication-connection-string",
        "communication",
    ),
    (
        f"AccountEndpoint=https://x.documents.azure.com:443/;AccountKey={KEY_64};",
        "cosmos-connection-string",
        "cosmos",
    ),
    (
        f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={KEY_64};TableEndpoint=https://x.table.cosmos.azure.com:443/;",
        "cosmos-table-connection-string",
        "cosmos-table",
    ),
    (f"Endpoint=https://x.azconfig.io;Id=ab-l9;Secret={KEY_32}", "appconfig-connection-string", "appconfig"),
    (
        "Server=tcp:x.database.windows.net,1433;Initial Catalog=shop;User ID=sa;Password=hunter2",
        "sql-connection-string",
        "sql",
    ),
    ("Data Source=x.database.windows.net;UID=sa;PWD=hunter2", "sql-connection-string", "sql"),
    (
        "jdbc:sqlserver://x.database.windows.net:1433;database=shop;user=sa;password=hunter2",
        "sql-connection-string",
        "sql",
    ),
    ("mssql+pyodbc://sa:hunter2@x.database.windows.net/shop", "sql-uri", "sql"),
    (
        "host=x.postgres.database.azure.com port=5432 user=shop password=hunter2",
        "postgres-connection-string",
        "postgres",
    ),
    (
        "postgresql://shop:hunter2@x.postgres.database.azure.com:5432/shop?sslmode=require",
        "postgres-uri",
        "postgres",
    ),
    (
        "jdbc:postgresql://x.postgres.database.azure.com/shop?user=a&password=hunter2",
        "postgres-uri",
        "postgres",
    ),
    ("Server=x.mysql.database.azure.com;Uid=shop;Pwd=hunter2", "mysql-connection-string", "mysql"),
    ("mysql://shop:hunter2@x.mysql.database.azure.com/shop", "mysql-uri", "mysql"),
    ("x.redis.cache.windows.net:6380,password=hunter2=,ssl=True", "redis-connection-string", "redis"),
    ("rediss://:hunter2@x.redis.cache.windows.net:6380", "redis-uri", "redis"),
    ("mongodb+srv://shop:hunter2@x.mongocluster.cosmos.azure.com/", "cosmos-mongo-uri", "mongo-vcore"),
    ("mongodb://x:hunter2@x.mongo.cosmos.azure.com:10255/?ssl=true", "cosmos-mongo-ru-uri", "cosmos"),
    (
        f"HostName=x.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey={KEY_32}",
        "iothub-connection-string",
        "iothub",
    ),
    (
        f"HostName=x.azure-devices.net;DeviceId=d1;SharedAccessKey={KEY_32}",
        "iothub-device-connection-string",
        "iothub",
    ),
    ("https://x.blob.core.windows.net/c/b?sv=2022-11-02&sp=r&sig=abcdefgh%3D", "storage-sas-url", "blob"),
    ("?sv=2022-11-02&ss=b&sp=rwd&sig=abcdefgh%3D", "storage-sas", "blob"),
    ("SharedAccessSignature sr=sb%3A%2F%2Fx&sig=abc&se=1&skn=Root", "messaging-sas", "servicebus"),
    ("https://x.azurewebsites.net/api/f?code=abcdefghijklmnop==", "functions-key-url", "functions"),
    (
        "https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/m/paths/invoke?sig=abc",
        "logicapp-callback-url",
        "logicapps",
    ),
    ("abc8Q~" + "x" * 34, "client-secret", "entra"),
    ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", "private-key", "entra"),
    ('{"clientId": "a", "clientSecret": "b", "tenantId": "c"}', "application-credentials", "entra"),
    (
        '<publishData><publishProfile userName="$x" userPWD="y"/></publishData>',
        "publish-profile",
        "appservice",
    ),
]

OF_OTHERS = [
    ("Server=sql01.corp.local;Database=shop;User Id=sa;Password=hunter2", "other-connection-string"),
    ("amqps://shop:hunter2@rabbit.corp.local:5671/", "address-with-password"),
    ("https://user:hunter2@nexus.corp.local/", "address-with-password"),
    ("https://api.partner.example/v1?api_key=hunter2", "address-with-key"),
    ("https://hooks.chat.example/services/T00000000/B00000000/aZ09aZ09aZ09aZ09aZ09aZ09", "address-with-key"),
    ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl", "token"),
]

CONFIGURATION = [
    ("", "empty"),
    ("true", "truth-value"),
    ("30", "number"),
    ("0.75", "number"),
    ("00:05:00", "duration"),
    ("PT5M", "duration"),
    ("2027-01-31", "moment"),
    ("2027-01-31T12:00:00.123Z", "moment"),
    ("2027-01-31 12:00+02:00", "moment"),
    ("Information", "word"),
    ("https://orders.contoso.com/api/v2", "address"),
    ("https://orders.contoso.com/search?page=2&sort=name", "address"),
    ("smtp.contoso.com", "host"),
    ("UseDevelopmentStorage=true", "storage-emulator"),
    ("InstrumentationKey=00000000-0000-0000-0000-000000000001", "appinsights-connection-string"),
]

REFERENCES = [
    "@Microsoft.KeyVault(SecretUri=https://x.vault.azure.net/secrets/db/)",
    "https://x.vault.azure.net/secrets/db/0123456789abcdef0123456789abcdef",
    '{"uri":"https://x.vault.azure.net/secrets/db"}',
    "keyvaultref:https://x.vault.azure.net/secrets/db,identityref:system",
]

UNKNOWN = [
    "hunter2",
    "correct horse battery staple",
    "4242424242",
    "d0c0ffee-0000-4000-8000-00000000beef",
    "{not json",
    '{"a": 1}',
]


@pytest.mark.parametrize(("value", "shape", "service"), CREDENTIALS)
def test_a_credential_of_an_azure_service_is_known_by_its_shape(value, shape, service):
    found = shape_of(value)
    assert (found.id, found.holds, service in found.services) == (shape, Holds.CREDENTIAL, True)


@pytest.mark.parametrize(("value", "shape"), OF_OTHERS)
def test_a_credential_of_anything_else_is_one_whatever_it_opens(value, shape):
    found = shape_of(value)
    assert (found.id, found.holds, found.services) == (shape, Holds.CREDENTIAL, ())


@pytest.mark.parametrize(("value", "shape"), CONFIGURATION)
def test_what_settings_are_made_of_is_configuration(value, shape):
    found = shape_of(value)
    assert (found.id, found.holds) == (shape, Holds.CONFIGURATION)


@pytest.mark.parametrize("value", REFERENCES)
def test_what_says_where_a_secret_lies_is_a_reference(value):
    assert shape_of(value).holds is Holds.REFERENCE


@pytest.mark.parametrize("value", UNKNOWN)
def test_when_in_doubt_nothing_is_claimed(value):
    assert shape_of(value).holds is Holds.UNKNOWN


@pytest.mark.parametrize("shape", shapes().marks, ids=lambda one: f"{one.id}-{one.length}")
def test_every_marked_key_is_known_by_its_length_and_its_mark(shape):
    annotated = shape.length == 84
    value = _marked(shape.length, shape.at, shape.mark, annotated=annotated)
    assert shape_of(value).id == shape.id
    assert shape_of(value[:-1]).id != shape.id


def test_a_key_with_its_checksum_behind_it_is_still_known():
    assert shape_of(_marked(84, 76, "AZAC", annotated=True) + "ab==").id == "appconfig-secret"


@pytest.mark.parametrize("value", [value for value, *_ in (*CREDENTIALS, *OF_OTHERS)])
def test_a_shape_never_holds_what_is_secret(value):
    told = msgspec.json.encode(shape_of(value)).decode()
    for secret in ("hunter2", KEY_32, KEY_64, "abcdefgh", "xxxxxx", "MIIE", "aZ09", "c2lnbmF0dXJl"):
        assert secret not in told


@pytest.mark.parametrize(
    "unit",
    [
        "=",
        ";",
        ";a=",
        "a=b;",
        "&sig=sv=",
        "?",
        "://",
        "https://a",
        "[",
        "{",
        '{"a":',
        "eyJ.",
        ".",
        "-",
        " a=",
        "A",
        "%",
        "@",
        ",password=",
    ],
)
def test_no_value_takes_long_however_it_is_made(unit):
    for start in ("", "https://", "x.redis.cache.windows.net,", "jdbc:sqlserver://", "-----BEGIN "):
        began = time.process_time()
        shape_of(start + unit * (25_600 // len(unit)))
        assert time.process_time() - began < 6


def test_every_shape_names_services_of_the_catalog():
    known = {one.key for one in services()}
    named = {
        key
        for part in ("pairs", "marks", "uris", "links")
        for one in getattr(shapes(), part)
        for key in one.services
    }
    assert named <= known


def test_what_no_identity_can_replace_says_why():
    for part in ("pairs", "marks", "uris", "links"):
        for one in getattr(shapes(), part):
            assert bool(one.why) is not one.takes_identity


def test_replacements_name_roles_that_there_are():
    from keyless.catalog.roles import built_in_roles

    names = {role.name for role in built_in_roles()}
    assert {
        name for one in replacements().values() for level in one.roles.values() for name in level
    } <= names


def test_a_service_that_takes_identities_has_a_call_or_a_role():
    sql = replacement_of("sql")
    assert sql is not None
    assert sql.takes_identity
    assert sql.calls["csharp"]
    assert replacement_of("nothing-of-the-kind") is None
