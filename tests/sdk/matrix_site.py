"""One project for the whole table, and the runs in it: a source's programs are children of one workload."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from identity_matrix import (
    AKS,
    APP_SERVICE,
    APP_SERVICE_2017,
    CERTIFICATE,
    CLIENT_SECRET,
    FEDERATED,
    WITH_HOSTS,
    Cell,
    Library,
    Selection,
    Source,
    cells,
)
from sdk_estates import APPLICATION, APPLICATION_SECRET, GROUP, TENANT_ID, Identity
from sdk_site import PROGRAMS, Site
from sdk_wire import Wire

HERE = Path(__file__).parent
SCOPE = "https://vault.azure.net/.default"
CERTIFICATE_FILE = "orders-legacy.pem"
ISSUER = "https://ci.example.com"
SUBJECT = "repo:contoso/orders:ref:refs/heads/main"
KEYS_FILE = "issuer-keys.json"
TOKEN_FILE = "issued.jwt"
EXCHANGE = "api://AzureADTokenExchange"
NOBODY = "00000000-0000-4000-8000-00000000dead"
_JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")


def _user_assigned(name: str, number: int) -> Identity:
    place = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    return Identity(f"c1000000-0000-4000-8000-{number:012d}", f"b1000000-0000-4000-8000-{number:012d}", place)


@dataclass(frozen=True, slots=True)
class Host:
    """A host of the table's estate. ``kind`` is its host kind, where its type does not say it."""

    source: str
    type: str
    number: int
    kind: str = ""

    @property
    def name(self) -> str:
        """The workload that has an identity of every kind."""
        return f"host-{self.source}"

    @property
    def crowded(self) -> str:
        """The workload that has two user-assigned identities alone."""
        return f"crowded-{self.source}"

    @property
    def system_assigned(self) -> Identity:
        """The first one's own identity."""
        place = f"{GROUP}/providers/{self.type}/{self.name}"
        client_id, principal_id = (f"{first}2000000-0000-4000-8000-{self.number:012d}" for first in "cb")
        return Identity(client_id, principal_id, place)

    @property
    def declared(self) -> str:
        """Both, as the estate has them."""
        kind = f"        hostKind: {self.kind}\n" if self.kind else ""
        own = self.system_assigned
        return (
            f"      {self.name}:\n        type: {self.type}\n{kind}        identity:\n"
            f"          systemAssigned: {{clientId: {own.client_id}, principalId: {own.principal_id}}}\n"
            "          userAssigned: [named, second]\n"
            f"      {self.crowded}:\n        type: {self.type}\n{kind}"
            "        identity: {userAssigned: [named, second]}\n"
        )


NAMED, SECOND, STRANGER = (
    _user_assigned("named", 1),
    _user_assigned("second", 2),
    _user_assigned("stranger", 3),
)
_HOSTS = {
    host.source: host
    for host in (
        Host("app-service", "Microsoft.Web/sites", 11),
        Host("vm", "Microsoft.Compute/virtualMachines", 12),
        Host("service-fabric", "Microsoft.ServiceFabric/managedClusters", 13),
        Host("aml", "Microsoft.MachineLearningServices/workspaces", 14),
        Host("arc", "Microsoft.HybridCompute/machines", 15),
        Host("cloud-shell", "Microsoft.Portal/consoles", 16, kind="cloud-shell"),
        Host("aks", "Microsoft.App/containerApps", 17, kind="aks"),
    )
}
_IDENTITIES = (("named", NAMED), ("second", SECOND), ("stranger", STRANGER))
ESTATE = "".join(
    (
        f"version: 1\ntenant: {{name: contoso, id: {TENANT_ID}}}\n",
        f"subscription: {{name: orders-dev, id: {GROUP.split('/')[2]}}}\n",
        "resourceGroups:\n  orders-rg:\n    identities:\n",
        *(
            f"      {name}: {{clientId: {one.client_id}, principalId: {one.principal_id}}}\n"
            for name, one in _IDENTITIES
        ),
        "    compute:\n",
        *(host.declared for host in _HOSTS.values()),
        f"applications:\n  orders-legacy:\n    clientId: {APPLICATION.client_id}\n",
        f"    principalId: {APPLICATION.principal_id}\n    clientSecret: {APPLICATION_SECRET}\n",
        f"    certificates: [{{file: {CERTIFICATE_FILE}}}]\n",
        f"    federatedCredentials: {{from-ci: {{issuer: {ISSUER}, subject: {SUBJECT}}}}}\n",
        f"issuers:\n  {ISSUER}: {{jwks: {{file: {KEYS_FILE}}}}}\n",
    )
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs together: a source's cells in one workload's place, with one environment."""

    workload: str
    selections: frozenset[Selection]
    environment: dict[str, str]
    """What the programs have besides: a stored credential, say, which a run would take out."""
    without: tuple[str, ...] = ()


def host_of(source: Source) -> Host:
    """The host that a managed identity's source is on."""
    return _HOSTS[APP_SERVICE.name if source is APP_SERVICE_2017 else source.name]


def named_on(source: Source) -> Identity:
    """The identity that is named on a host: never the one that is meant without a name."""
    return SECOND if source is AKS else NAMED


def stages(source: Source, root: Path) -> Iterator[Stage]:
    """The runs that a source's cells need."""
    if source in WITH_HOSTS:
        every, ambiguous = frozenset(source.answers), frozenset({Selection.AMBIGUOUS})
        without = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER") if source is APP_SERVICE_2017 else ()
        yield Stage(host_of(source).name, every - ambiguous, {}, without=without)
        yield Stage(host_of(source).crowded, ambiguous, {}, without=without)
        return
    for selection in source.answers:
        environment = {"AZURE_TENANT_ID": TENANT_ID, "AZURE_CLIENT_ID": application_id(selection)}
        proof = {
            CLIENT_SECRET.name: {"AZURE_CLIENT_SECRET": APPLICATION_SECRET},
            CERTIFICATE.name: {"AZURE_CLIENT_CERTIFICATE_PATH": str(root / CERTIFICATE_FILE)},
            FEDERATED.name: {"AZURE_FEDERATED_TOKEN_FILE": str(root / TOKEN_FILE)},
        }[source.name]
        yield Stage("host-app-service", frozenset({selection}), environment | proof)


def application_id(selection: Selection) -> str:
    """The client id that a selection names an application by."""
    return NOBODY if selection.is_of_a_stranger else APPLICATION.client_id


def case_of(cell: Cell, root: Path) -> dict[str, Any]:
    """A cell, as the programs are told of it."""
    case: dict[str, Any] = {"id": cell.id, "library": cell.library, "credential": cell.credential}
    if cell.source not in WITH_HOSTS:
        return case if cell.is_default else case | _application(cell.selection, root)
    if not cell.selection.names_by:
        return case
    identity = STRANGER if cell.selection.is_of_a_stranger else named_on(cell.source)
    ids = {
        "client_id": identity.client_id,
        "object_id": identity.principal_id,
        "resource_id": identity.resource_id,
    }
    return case | {"by": cell.selection.names_by, "value": ids[cell.selection.names_by]}


def _application(selection: Selection, root: Path) -> dict[str, Any]:
    files = {"certificate": str(root / CERTIFICATE_FILE), "token_file": str(root / TOKEN_FILE)}
    settings = {"tenant": TENANT_ID, "secret": APPLICATION_SECRET} | files
    return {"value": application_id(selection), "settings": settings}


def programs() -> dict[str, tuple[list[str], tuple[Library, ...]]]:
    """The programs that can run here, and the libraries that each of them is on."""
    python = Library.PYTHON, Library.PYTHON_AIO, Library.MSAL
    found = {"python": ([sys.executable, str(PROGRAMS / "identities.py")], python)}
    node, java = shutil.which("node"), shutil.which("java")
    if node and (HERE / "js" / "node_modules" / "@azure" / "identity").is_dir():
        found["javascript"] = ([node, str(HERE / "js" / "identities.mjs")], (Library.JAVASCRIPT,))
    built = _script("go_clients").PROGRAM
    if built.exists():
        found["go"] = ([str(built)], (Library.GO,))
    classes, class_path = _script("java_clients").CLASSES, _script("java_clients").CLASS_PATH
    if java and classes.is_dir():
        found["java"] = ([java, *_JAVA_OPTIONS, "-cp", class_path, "Identities"], (Library.JAVA,))
    return found


def runnable() -> frozenset[Library]:
    """The libraries whose programs can run here."""
    return frozenset(library for _, libraries in programs().values() for library in libraries)


def made_site(folder: Path) -> dict[str, Any]:
    """The project of all runs: where it is, and the keys that its tokens verify by."""
    site = Site.made(folder)
    site.declare(ESTATE)
    (site.root / CERTIFICATE_FILE).write_bytes(self_signed())
    keys, token = issued_elsewhere()
    (site.root / KEYS_FILE).write_text(keys)
    (site.root / TOKEN_FILE).write_text(token)
    with site.inside("host-app-service") as environment:
        published = Wire(environment).ask(
            "GET", f"https://login.microsoftonline.com/{TENANT_ID}/discovery/v2.0/keys"
        )
    return {"root": str(site.root), "keys": published.json}


def self_signed() -> bytes:
    """A new certificate and its key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "orders-legacy")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = (
        builder.not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM)


def issued_elsewhere() -> tuple[str, str]:
    """Another issuer's published keys, and a token of its for the application."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": SUBJECT, "aud": EXCHANGE, "iat": now, "exp": now + 3600}
    token = jwt.encode(claims, key, "RS256", {"kid": "one"})
    return json.dumps({"keys": [public | {"kid": "one"}]}), token


def outcomes(site: Site, source: Source) -> dict[str, dict[str, str]]:
    """What every cell of a source showed, by the cell's id."""
    seen: dict[str, dict[str, str]] = {}
    for stage in stages(source, site.root):
        wanted = [cell for cell in cells() if cell.source is source and cell.selection in stage.selections]
        seen |= _run(site, stage, wanted)
    return seen


def _run(site: Site, stage: Stage, wanted: list[Cell]) -> dict[str, dict[str, str]]:
    commands = {}
    for name, (command, libraries) in programs().items():
        cases = [case_of(cell, site.root) for cell in wanted if cell.library in libraries]
        commands[name] = [*command, json.dumps({"scope": SCOPE, "cases": cases})]
    asked = json.dumps({"commands": commands, "without": stage.without, "with": stage.environment})
    ran = site.python("each.py", asked, options=("--as", stage.workload))
    if ran.code == 125 and "install -d" in ran.stderr:  # Azure Arc's keys cannot be shown on this system
        return {cell.id: {"not here": ran.stderr} for cell in wanted}
    seen: dict[str, dict[str, str]] = {}
    for went in ran.seen.values():
        assert went["code"] == 0, went["stderr"] + went["stdout"]
        seen |= json.loads(went["stdout"].splitlines()[-1])
    return seen


def _script(name: str) -> Any:
    folder = str(HERE.parents[1] / "scripts")
    sys.path.insert(0, folder)
    try:
        return import_module(name)
    finally:
        sys.path.remove(folder)
