"""The JSON schema and the reference page say what the reader does, and are up to date."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
import yaml

from keyless.estate.declared.estate import ESTATE
from keyless.estate.read import read_text
from keyless.estate.reference import reference_text
from keyless.estate.schema import estate_schema, shipped_schema_text
from keyless.estate.starter import Wanted, starter_text
from keyless.tokens.keys import KeyRing, SigningKey

ROOT = Path(__file__).resolve().parents[3]


def generator() -> ModuleType:
    """The script that writes the generated files."""
    path = ROOT / "scripts" / "build_estate_reference.py"
    spec = importlib.util.spec_from_file_location("build_estate_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def examples() -> list[str]:
    """Every example of the documentation, and the starters."""
    pages = [path.read_text("utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))]
    blocks = [block for page in pages for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    wanted = Wanted({"contoso-orders": ("db",)}, {"contoso-orders": (("a", None),)})
    estates = [
        block
        for block in blocks
        if block.lstrip().startswith(("version:", "# yaml-language-server: $schema=keyless.schema"))
    ]
    return [*estates, starter_text("orders"), starter_text("orders", wanted)]


def test_generated_files_are_up_to_date() -> None:
    assert generator().stale() == [], "run python scripts/build_estate_reference.py"


def test_a_stale_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = generator()
    monkeypatch.setattr(script, "ROOT", tmp_path)
    assert len(script.stale()) == 3
    monkeypatch.setattr("sys.argv", ["build_estate_reference.py", "--check"])
    assert script.main() == 1
    monkeypatch.setattr("sys.argv", ["build_estate_reference.py"])
    assert script.main() == 0
    assert script.stale() == []


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(estate_schema())


def test_the_package_ships_the_schema() -> None:
    assert json.loads(shipped_schema_text()) == estate_schema()


@pytest.mark.parametrize("text", examples())
def test_every_example_is_valid_to_schema_and_reader(
    text: str, tmp_path: Path, signing_key: SigningKey
) -> None:
    jsonschema.validate(yaml.safe_load(text), estate_schema(), jsonschema.Draft202012Validator)
    key_set = json.dumps(KeyRing([signing_key]).jwks())
    for kind, name in re.findall(r"^[^#\n]*(file|jwks): ([^\s,{}]+)", text, re.MULTILINE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(key_set if kind == "jwks" else "a secret")
    of_any_kind = "YSBzZWNyZXQgb2YgYW55IGtpbmQ="  # an access key has to be base64
    environ = dict.fromkeys(re.findall(r"env: (\w+)", text), of_any_kind)
    assert read_text(text, environ, folder=tmp_path)


def test_the_example_of_the_reference_page_is_among_them() -> None:
    assert len(examples()) >= 3


def test_everything_in_the_schema_is_described() -> None:
    for name, definition in estate_schema()["$defs"].items():
        assert definition["description"], name
        for key, schema in definition["properties"].items():
            assert schema["description"].endswith("."), f"{name}.{key}"


def test_the_reference_page_names_every_key() -> None:
    page = reference_text()
    for definition in estate_schema()["$defs"].values():
        for key in definition["properties"]:
            assert f"| `{key}`" in page


def test_the_schema_takes_what_the_reader_takes_for_nothing() -> None:
    group = "{identities: {one: }, vaults: , compute: }"
    text = f"version: 1\nresourceGroups: {{rg: {group}}}\nroleAssignments:\nx-y: 1\n"
    jsonschema.validate(yaml.safe_load(text), estate_schema(), jsonschema.Draft202012Validator)
    assert read_text(text, {}).identities


def test_the_file_as_a_whole_is_an_estate_in_words() -> None:
    assert ESTATE.words() == "an estate"
