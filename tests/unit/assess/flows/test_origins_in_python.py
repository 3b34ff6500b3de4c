"""Where values of Python come from: names, parameters, fields, objects, settings, texts put together."""

from __future__ import annotations

from flows_shown import used, ways


def _used(body: str, **others: str) -> list[set[str]]:
    return used({"app.py": body, **{f"{name}.py": text for name, text in others.items()}})


def test_a_name_has_the_last_value_that_is_written_before_its_use() -> None:
    found = _used("import os\nk = os.environ['A']\nk = os.environ['B']\nuse(k)\nk = os.environ['C']\n")
    assert found == [{"setting B"}]


def test_a_write_under_a_condition_comes_beside_the_one_before_it() -> None:
    body = """
    import os
    def main(flag):
        k = os.getenv("A")
        if flag:
            k = os.getenv("B")
        use(k)
    """
    assert _used(body) == [{"setting A", "setting B"}]


def test_a_write_in_the_same_arm_hides_the_one_before_it() -> None:
    body = """
    import os
    def main(flag):
        k = os.getenv("A")
        if flag:
            k = os.getenv("B")
            use(k)
    """
    assert _used(body) == [{"setting B"}]


def test_a_later_write_in_a_loop_reaches_the_use() -> None:
    body = """
    import os
    def main(items):
        k = None
        for _ in items:
            use(k)
            k = os.environ.get("A")
    """
    assert _used(body) == [{"setting A"}]


def test_a_parameter_has_what_every_caller_gives() -> None:
    body = """
    import os
    def make(key, name="n"):
        use(key)
    make(os.environ["A"])
    make(name="x", key=os.environ["B"])
    """
    assert _used(body) == [{"setting A", "setting B"}]


def test_a_function_is_gone_into_with_the_arguments_of_its_call() -> None:
    body = """
    import os
    def get(name, default=None):
        return os.environ.get(name, default)
    use(get("A"), get("B"))
    """
    assert _used(body) == [{"setting A"}, {"setting B"}]


def test_a_parameter_that_nothing_gives_is_the_end() -> None:
    assert _used("def make(key):\n    use(key)\n") == [{"parameter key"}]


def test_a_field_has_what_the_constructor_is_given() -> None:
    body = """
    import os
    class Store:
        def __init__(self, key):
            self._key = key
        def open(self):
            use(self._key)
    class Wide(Store):
        def __init__(self):
            super().__init__(os.environ["WIDE"])
    Store(key=os.environ["A"])
    """
    assert _used(body) == [{"setting A", "setting WIDE"}]


def test_fields_of_settings_classes_are_settings_by_their_prefix() -> None:
    config = """
    from pydantic_settings import BaseSettings, SettingsConfigDict
    from pydantic import Field
    class Search(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SEARCH_")
        key: str = ""
        other: str = Field(validation_alias="OWN_NAME")
    class All(BaseSettings):
        search: Search = Search()
    settings = All()
    """
    body = "from config import settings\nuse(settings.search.key, settings.search.other)\n"
    assert _used(body, config=config) == [{"setting SEARCH_key"}, {"setting OWN_NAME"}]


def test_a_dataclass_has_what_its_maker_gives() -> None:
    body = """
    import os
    from dataclasses import dataclass
    @dataclass
    class Config:
        url: str
        key: str
    def run(config: Config):
        use(config.key)
    run(Config("https://a", os.environ["A"]))
    """
    assert _used(body) == [{"setting A"}]


def test_entries_of_dictionaries_and_tuples_are_followed() -> None:
    body = """
    import os
    config = {"key": os.environ["A"], "nested": {"k": os.getenv("B")}}
    pair, other = os.environ["C"], 2
    config["late"] = os.environ["D"]
    use(config["key"], config["nested"]["k"], pair, config["late"], config.get("key"))
    """
    assert _used(body) == [{"setting A"}, {"setting B"}, {"setting C"}, {"setting D"}, {"setting A"}]


def test_what_is_imported_is_followed_through_files() -> None:
    body = "import config\nfrom config import KEY as mine\nuse(mine, config.KEY, config.get())\n"
    config = "import os\nKEY = os.environ['A']\ndef get():\n    return KEY\n"
    assert _used(body, config=config) == [{"setting A"}] * 3


def test_names_of_settings_may_be_constants() -> None:
    assert _used("import os\nNAME = 'A'\nuse(os.environ[NAME])\n") == [{"setting A"}]


def test_the_secret_part_of_a_text_is_followed() -> None:
    body = """
    import os
    host, key, user = os.environ["HOST"], os.environ["KEY"], os.environ["USER_NAME"]
    use(f"AccountName={host};AccountKey={key};EndpointSuffix=x")
    use("Server=" + host + ";Password=" + key)
    use(f"postgresql://{user}:{key}@{host}/db")
    use(f"https://{host}.blob.core.windows.net")
    use(f"https://{host}.blob.core.windows.net?{key}")
    use("Bearer %s" % key)
    """
    secret = {"setting KEY"}
    assert _used(body) == [secret, secret, secret, {"address"}, secret, secret]


def test_credentials_are_told_apart_from_identities() -> None:
    body = """
    import os
    from azure.identity import DefaultAzureCredential, ClientSecretCredential, get_bearer_token_provider
    from azure.core.credentials import AzureKeyCredential
    credential = DefaultAzureCredential()
    use(credential, get_bearer_token_provider(credential, "s"), AzureKeyCredential(os.environ["A"]))
    use(ClientSecretCredential("t", "c", os.environ["B"]), credential.get_token("s").token)
    """
    assert _used(body) == [
        {"identity DefaultAzureCredential"},
        {"identity get_bearer_token_provider"},
        {"setting A"},
        {"entra-secret entra ClientSecretCredential"},
        {"identity DefaultAzureCredential"},
    ]


def test_a_read_of_a_vault_is_its_secret() -> None:
    body = """
    from azure.keyvault.secrets import SecretClient
    client = SecretClient("https://v.vault.azure.net", credential)
    use(client.get_secret("db-password").value)
    """
    assert _used(body) == [{"vault keyvault db-password"}]


def test_keys_that_a_management_client_reads_are_keys_of_the_resource() -> None:
    body = """
    keys = client.storage_accounts.list_keys("group", "name")
    use(keys.keys[0].value)
    """
    assert _used(body) == [{"key-of-resource blob"}]


def test_cycles_end() -> None:
    body = """
    def one(x):
        return two(x)
    def two(x):
        return one(x)
    a = b
    b = a
    use(one(1), a)
    """
    assert _used(body) == [{"unknown"}, {"unknown"}]


def test_the_way_goes_from_the_origin_to_the_use() -> None:
    files = {
        "app.py": "from config import KEY\ndef make(key):\n    use(key)\nmake(KEY)\n",
        "config.py": "import os\nKEY = os.environ['A']\n",
    }
    assert ways(files) == [
        [
            "config.py:2 read from setting `A`",
            "config.py:2 assigned to `KEY`",
            "app.py:4 given to `make` as `key`",
        ]
    ]


def test_keys_that_a_process_reads_are_keys_of_the_resource() -> None:
    body = """
    import json, subprocess
    found = json.loads(subprocess.run(f"az search admin-key show --service-name {name}", shell=True).stdout)
    use(found["primaryKey"])
    use(subprocess.check_output(["az", "storage", "account", "keys", "list", "-n", "x"]).decode())
    use(subprocess.check_output(["az", "account", "show"]))
    """
    assert _used(body) == [{"key-of-resource search"}, {"key-of-resource blob"}, {"unknown"}]


def test_what_the_command_line_gives_is_a_parameter() -> None:
    body = """
    import argparse, sys, getpass
    parser = argparse.ArgumentParser()
    args = parser.parse_args()
    use(args.key, sys.argv[1], getpass.getpass())
    """
    assert _used(body) == [{"parameter key"}, {"parameter"}, {"parameter getpass"}]


def test_what_code_writes_into_the_environment_is_read_from_there() -> None:
    body = """
    import os
    def start(secret_client):
        os.environ["LATER"] = os.environ["EARLIER"]
    app.config["FLASK"] = os.getenv("OTHER")
    use(os.environ["LATER"], app.config["FLASK"])
    """
    assert _used(body) == [{"setting EARLIER"}, {"setting OTHER"}]


def test_settings_of_django_are_settings() -> None:
    files = {
        "site/settings.py": "import os\nSTORAGE_KEY = os.environ['KEY']\nlower = 1\n",
        "site/views.py": "from django.conf import settings\nuse(settings.STORAGE_KEY)\n",
    }
    assert used(files) == [{"setting KEY"}]


def test_objects_of_settings_may_be_called_and_credentials_have_other_names() -> None:
    body = """
    from starlette.config import Config
    from azure.identity.aio import DefaultAzureCredential as Asynchronous
    config = Config(".env")
    KEY = config("KEY", default="")
    use(KEY, config("OTHER", cast=str), Asynchronous())
    """
    assert _used(body) == [{"setting KEY"}, {"setting OTHER"}, {"identity DefaultAzureCredential"}]


def test_calls_of_tests_give_nothing_to_what_is_no_test() -> None:
    files = {
        "app.py": "def make(key):\n    use(key)\n",
        "tests/test_app.py": "from app import make\nmake('hKu3NnX9yR2mPq7Zt5Wv8bDc')\n",
    }
    assert used(files) == [{"parameter key"}]


def test_a_method_of_the_repository_is_gone_into_though_it_has_the_name_of_a_vault_read() -> None:
    body = """
    import os
    from azure.keyvault.secrets import SecretClient
    class Helper:
        def __init__(self):
            self.client = SecretClient("https://v.vault.azure.net", credential)
        def get_secret(self, name):
            if os.environ.get("VAULTED"):
                return self.client.get_secret(os.environ[name]).value
            return os.environ.get(name)
    class Settings:
        def load(self):
            self.helper = Helper()
            self.KEY = self.helper.get_secret("API_KEY")
        def use_it(self):
            use(self.KEY)
    """
    assert _used(body) == [{"vault keyvault", "setting API_KEY"}]
