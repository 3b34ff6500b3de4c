"""A small Flask app on the clients of App Configuration and Key Vault, which reads in one of three ways.

`start` loads its settings and its secret once; `request` reads both for each request; `etag` loads once, and
looks with each request whether its sentinel or its settings have changed. It says its port, and ends with its
standard input.
"""

from __future__ import annotations

import logging
import os
import sys
import threading

from azure.appconfiguration import AzureAppConfigurationClient
from azure.core import MatchConditions
from azure.identity import ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient
from flask import Flask
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
credential = ManagedIdentityCredential()
store = AzureAppConfigurationClient(os.environ["STORE_ENDPOINT"], credential)
vault = SecretClient(os.environ["VAULT_URL"], credential)


def load() -> dict[str, str]:
    """The settings and the secret."""
    settings = {one.key: one.value for one in store.list_configuration_settings()}
    return settings | {"db": vault.get_secret("db").value}


def look_for_changes() -> None:
    """Ask whether something has changed, with what is known of it."""
    unless = {"etag": sentinel.etag, "match_condition": MatchConditions.IfModified}
    assert store.get_configuration_setting("sentinel", **unless) is None
    assert not list(store.list_configuration_settings().by_page(match_conditions=etags))


way = sys.argv[1]
loaded = load()
sentinel = store.get_configuration_setting("sentinel") if way == "etag" else None
if way == "etag":
    pages = store.list_configuration_settings().by_page()
    etags = [pages.etag for _ in pages]

app = Flask(__name__)


@app.get("/")
def answer() -> dict[str, str]:
    """What is known of the settings."""
    if way == "etag":
        look_for_changes()
    return load() if way == "request" else loaded


server = make_server("127.0.0.1", 0, app)
print(server.port, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown())).start()
server.serve_forever()
