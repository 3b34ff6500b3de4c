"""Which connections of bindings of Azure Functions are stored credentials."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.findings.finding import Confidence
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read
from keyless.assess.stored.of_bindings import stored_in_bindings
from keyless.assess.stored.stored import Stored

DOCUMENT = '{"bindings": [{"type": "%s", "connection": "Orders"}]}'
CSHARP = (
    'using Microsoft.Azure.Functions.Worker;\nclass A {{\n  [Function("x")]\n'
    "  public void Run([{}] string m) {{ }}\n}}\n"
)
JAVA = (
    'import com.microsoft.azure.functions.annotation.*;\nclass A {\n  @FunctionName("x")\n'
    '  public void run(@ServiceBusQueueTrigger(name = "m", connection = "Orders") String m) { }\n}\n'
)
PYTHON = (
    "import azure.functions as func\napp = func.FunctionApp()\n\n"
    '@app.{}(arg_name="m", connection="Orders")\ndef run(m): pass\n'
)
SCRIPT = (
    'import {{ app }} from "@azure/functions";\n\n\napp.{}("x", {{ connection: "Orders", handler: run }});\n'
)


def stored_in(**files: str) -> tuple[Stored, ...]:
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    sources = [one for path, text in named.items() if (one := read(path, text.encode())) is not None]
    return stored_in_bindings(Repository(sources, datetime.date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("f__function_json", DOCUMENT % "serviceBusTrigger", 1),
        ("A_cs", CSHARP.format('ServiceBusTrigger("q", Connection = "Orders")'), 4),
        ("A_java", JAVA, 4),
        ("a_py", PYTHON.format("service_bus_queue_trigger"), 4),
        ("a_ts", SCRIPT.format("serviceBusQueue"), 4),
    ],
)
def test_every_model_says_the_setting_of_a_connection(path: str, text: str, line: int) -> None:
    (found,) = stored_in(**{path: text})
    assert (found.service, found.where, found.place.span.line) == ("servicebus", "Orders", line)
    assert found.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("kind", "service"),
    [
        ("eventHubTrigger", "eventhubs"),
        ("queueTrigger", "queue"),
        ("blob", "blob"),
        ("table", "table"),
        ("cosmosDBTrigger", "cosmos"),
        ("webPubSub", "webpubsub"),
    ],
)
def test_the_type_of_a_binding_says_its_service(kind: str, service: str) -> None:
    (found,) = stored_in(f__function_json=DOCUMENT % kind)
    assert found.service == service


@pytest.mark.parametrize("kind", ["httpTrigger", "timerTrigger", "sqlTrigger", "kafka"])
def test_a_binding_without_a_connection_of_its_own_or_that_may_name_an_identity_is_none(kind: str) -> None:
    assert not stored_in(f__function_json=DOCUMENT % kind)


@pytest.mark.parametrize("name", ["Orders__fullyQualifiedNamespace", "Orders:fullyQualifiedNamespace"])
def test_settings_below_the_connection_are_an_identitys(name: str) -> None:
    settings = '{"Values": {"NAME": "contoso.servicebus.windows.net"}}'.replace("NAME", name)
    text = DOCUMENT % "serviceBusTrigger"
    assert not stored_in(f__function_json=text, local_settings_json=settings)


def test_a_setting_is_told_of_once() -> None:
    text = PYTHON.format("service_bus_queue_trigger")
    assert len(stored_in(a_py=text, f__function_json=DOCUMENT % "serviceBusTrigger")) == 1


def test_a_setting_that_a_template_reads_keys_for_is_told_there() -> None:
    template = """resource a 'Microsoft.ServiceBus/namespaces/AuthorizationRules@2021-11-01' existing = {
  name: 'contoso/send'
}

resource settings 'Microsoft.Web/sites/config@2023-12-01' = {
  name: 'contoso/appsettings'
  properties: {
    Orders: a.listKeys().primaryConnectionString
  }
}
"""
    assert not stored_in(main_bicep=template, f__function_json=DOCUMENT % "serviceBusTrigger")


def test_the_hosts_own_storage_and_what_is_no_name_are_left_out() -> None:
    for name in ("AzureWebJobsStorage", "Endpoint=sb://a"):
        assert not stored_in(f__function_json=(DOCUMENT % "queueTrigger").replace("Orders", name))


def test_a_file_that_knows_no_functions_has_no_bindings() -> None:
    text = 'import x\nx.service_bus_queue_trigger(connection="Orders")\n'
    assert not stored_in(a_py=text)
