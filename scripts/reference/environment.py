"""`docs/reference/environment.md`: the variables that a command gains, loses or finds changed, from the
gateway's own table; and those that Keyless reads."""

from __future__ import annotations

import string

from keyless.gateway.environment import VARIABLES, Change, Variable
from keyless.gateway.host_variables import HOST_VARIABLES, HostVariable
from reference.markdown import code, head, table

_TEXT = """
`keyless run`, `keyless prove` and `keyless shell` hand their own environment to the command, with the changes
below and no others. So what `keyless.yaml` takes from variables is in the command's environment too.
"""
_HOSTS = """
## What the kind of host sets

Each kind of host has the variables that it has in Azure, and a workload gets those of its own kind alone.
[Choose a host kind](../how-to/choose-a-host-kind.md) says how a client gets its token with them.

"""
_SHELL = """
`keyless shell` has what `cloud-shell` has, and besides:

"""
_REMOVED = """
## What is taken out

These variables would lead a client library elsewhere. What the kind of host sets is put in afterwards.

"""
_CREDENTIALS = """
## Stored credentials

They are taken out, because client libraries choose them before a managed identity. A line on the terminal
names them, never their values. `keyless run --keep-credentials` leaves them there.

"""
_BESIDE = """
These go with a stored credential. Where there is none, they stay.

"""
_VALUES = {
    "proxy_url": "the address of the proxy on loopback, with the secret of this run in it",
    "no_proxy": "`localhost`, `127.0.0.1`, `::1`, and what you had",
    "bundle": "the path of a bundle: the authorities that you trust, and the local one",
    "additions": "the path of the local authority's certificate, beside those that you added",
    "azure_config_dir": "the directory below `.keyless/azure-cli` that is the workload's own",
    "java_options": "what you had; where Java is installed, a trust store and system proxies besides",
}
_HOST_VALUES = {
    "identity_port": "PORT",
    "tls_port": "TLSPORT",
    "identity_secret": "the secret of this run",
    "thumbprint": "40 hexadecimal digits",
    "client_id": "a client id",
    "tenant_id": "a tenant id",
    "token_file": "a file in `.keyless/`",
}
READ: tuple[tuple[tuple[str, ...], str], ...] = (
    (("KEYLESS_PROJECT",), "The project's directory, as `--project` gives it."),
    (
        ("KEYLESS_ROOT_KEY",),
        """The root key that the store is sealed under, as base64 of 32 bytes. It takes the place of
        `.keyless/root.key`, which is then not made.""",
    ),
    (("NO_COLOR",), "Where it is set, Keyless prints without colour."),
    (
        ("GITHUB_ACTIONS",),
        "Where it is `true`, as in a workflow of GitHub's, `keyless plan --check` prints annotations, too.",
    ),
    (
        ("GIT_ALLOW_PROTOCOL", "GIT_NO_LAZY_FETCH"),
        "Set for the git that lists a project's code for `keyless plan`, so that it fetches nothing.",
    ),
    (("FORCE_COLOR", "COLUMNS", "TERM"), "Tables and trees on standard output heed them."),
    (
        ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"),
        """Your own proxies, also in lower case, which goes first. Connections to hosts that the plane does
        not answer go out through them. What counts is the environment of the command that started the
        plane, for those that join it too.""",
    ),
    (
        ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
        """The bundles that you trust. The command's bundle is made of them and the local authority; where
        none is set, of the system's own and the local authority.""",
    ),
    (
        ("NODE_EXTRA_CA_CERTS", "DENO_CERT"),
        "Authorities that you trust besides. They go into every bundle.",
    ),
    (("JAVA_HOME", "PATH"), "Whether Java is installed: a trust store for it is made only then."),
    (("SHELL",), "The shell that `keyless shell` opens; without it, the system's `sh`."),
    (("TMPDIR",), "Where `keyless demo` makes the directory that it works in."),
)
SHELL: tuple[tuple[tuple[str, ...], str], ...] = (
    (("KEYLESS_SHELL",), "The project's name, for the prompt of a shell that shows it."),
)
"""What `keyless shell` sets besides."""
SAMPLE = ("ORDERS_CONFIG_ENDPOINT", "ORDERS_SIGNING_KEY", "ORDERS_PAYMENT_API_KEY")
"""What `keyless demo` sets."""


def page() -> str:
    """The page."""
    parts = (head("Environment variables", "src/keyless/gateway/environment.py", _TEXT), _set())
    return "".join((*parts, _hosts(), _removed(), _credentials(), _read()))


def documented() -> frozenset[str]:
    """Every variable that the page names."""
    return frozenset(
        (
            *(row.name for row in VARIABLES),
            *(name for names, _ in (*READ, *SHELL) for name in names),
            *SAMPLE,
        )
    )


def _rows(*changes: Change) -> list[Variable]:
    return [row for row in VARIABLES if row.change in changes]


def _set() -> str:
    rows = ((f"`{row.name}`", _value(row), row.reason) for row in _rows(Change.SET, Change.EXTENDED))
    return "\n## What is set, whatever it was before\n\n" + table(("variable", "value", "why"), rows)


def _value(row: Variable) -> str:
    names = [name for _, name, _, _ in string.Formatter().parse(row.value) if name]
    return _VALUES[names[0]] if names else f"`{row.value}`"


def _hosts() -> str:
    rows = [
        (f"`{kind.value}`", f"`{row.name}`", _host_value(row), row.reason)
        for kind, rows in HOST_VARIABLES.items()
        for row in rows
    ]
    shell = table(("variable", "value"), ((code(names), meaning) for names, meaning in SHELL))
    bare = ", ".join(f"`{kind.value}`" for kind, rows in HOST_VARIABLES.items() if not rows)
    none = f"\nNothing is set for {bare}.\n" if bare else ""
    return _HOSTS + table(("kind", "variable", "value", "what it is"), rows) + none + _SHELL + shell


def _host_value(row: HostVariable) -> str:
    """A value as the page shows it: a template with words in it as a text, a value of one name as words."""
    filled = row.value.format_map(_HOST_VALUES)
    return filled if row.value.startswith("{") else f"`{filled}`"


def _removed() -> str:
    rows = ((f"`{row.name}`", row.reason, _exception(row)) for row in _rows(Change.REMOVED))
    return _REMOVED + table(("variable", "it", ""), rows)


def _exception(row: Variable) -> str:
    values = " or ".join(f"`{value}`" for value in row.harmless)
    stays = f"It stays where it is {values}." if values else ""
    return f"{stays} {'A line on the terminal says so.' if row.told else ''}".strip()


def _credentials() -> str:
    credentials = ((f"`{row.name}`", row.reason) for row in _rows(Change.CREDENTIAL))
    beside = ((f"`{row.name}`", row.reason) for row in _rows(Change.BESIDE_CREDENTIAL))
    headings = ("variable", "what it is")
    return _CREDENTIALS + table(headings, credentials) + _BESIDE + table(headings, beside)


def _read() -> str:
    rows = table(("variable", "meaning"), ((code(names), meaning) for names, meaning in READ))
    return (
        f"\n## What Keyless itself reads\n\n{rows}\n"
        "It also reads the variables that `keyless.yaml` names with `env`: see "
        "[the estate file](estate.md#secret-with-env).\n"
        f"`keyless demo` sets {code(SAMPLE)} for the sample that it runs.\n"
    )
