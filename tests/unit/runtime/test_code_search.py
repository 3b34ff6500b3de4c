"""Which source files a project has, and which operations of vaults and stores its code names."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from keyless.catalog.client_methods import client_operations, kinds_named, operation_called
from keyless.runtime import code_files as lister
from keyless.runtime.code_files import CodeFile, code_files
from keyless.runtime.named_calls import named_calls

PYTHON = "from azure.keyvault.secrets import SecretClient\n\n# client.purge_deleted_secret(name)\n"


def files(root: Path) -> list[str]:
    return [one.path for one in code_files(root)]


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x = 1\n")


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)


def test_without_a_repository_what_tools_fill_is_left_out(tmp_path):
    write(tmp_path, "app.py", "src/a.ts", "notes.txt", "node_modules/x/i.js", ".venv/l.py", "venv/l.py")
    assert files(tmp_path) == ["app.py", "src/a.ts"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
def test_in_a_repository_git_says_what_is_ignored(tmp_path):
    git(tmp_path, "init", "-q")
    write(tmp_path, "app.py", "made/by_tool.py", "new.py", "dist/x.py")
    (tmp_path / ".gitignore").write_text("made/\n")
    git(tmp_path, "add", "app.py")
    assert files(tmp_path) == ["app.py", "new.py"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
def test_a_repository_runs_nothing_of_its_own_when_it_is_listed(tmp_path):
    git(tmp_path, "init", "-q")
    write(tmp_path, "app.py")
    monitor, ran = tmp_path / "monitor", tmp_path / "ran"
    monitor.write_text(f"#!/bin/sh\ntouch {ran}\n")
    monitor.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(monitor))
    assert files(tmp_path) == ["app.py"]
    assert not ran.exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
def test_a_clone_that_lacks_files_fetches_none_when_it_is_listed(tmp_path):
    git(tmp_path, "init", "-q")
    write(tmp_path, "app.py", "made/by_tool.py")
    (tmp_path / "made" / ".gitignore").write_text("*.log\n")
    git(tmp_path, "add", "app.py", "made/.gitignore")
    blob = git(tmp_path, "rev-parse", ":made/.gitignore").stdout.decode().strip()
    git(tmp_path, "update-index", "--skip-worktree", "made/.gitignore")
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (tmp_path / "made" / ".gitignore").unlink()
    ran = tmp_path / "ran"
    git(tmp_path, "config", "core.repositoryFormatVersion", "1")
    git(tmp_path, "config", "extensions.partialClone", "origin")
    git(tmp_path, "config", "remote.origin.promisor", "true")
    git(tmp_path, "config", "remote.origin.url", f"ext::sh -c touch% {ran}")
    git(tmp_path, "config", "protocol.ext.allow", "always")
    assert files(tmp_path)[:1] == ["app.py"]
    assert not ran.exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
def test_a_folder_that_became_a_link_is_not_followed(tmp_path):
    root, outside = tmp_path / "project", tmp_path / "outside"
    write(root, "app.py", "inner/a.py")
    write(outside, "a.py")
    git(root, "init", "-q")
    git(root, "add", ".")
    shutil.rmtree(root / "inner")
    os.symlink(outside, root / "inner")
    assert files(root) == ["app.py"]


def test_links_and_what_nobody_writes_are_not_read(tmp_path, monkeypatch):
    root, outside = tmp_path / "project", tmp_path / "outside.py"
    write(root, "app.py", "large.py")
    (root / "large.py").write_text("x" * 2000)
    outside.write_text("secret = 1\n")
    os.symlink(outside, root / "link.py")
    monkeypatch.setattr(lister, "LARGEST_BYTES", 1000)
    assert files(root) == ["app.py"]


def test_so_many_files_are_read_and_no_more(tmp_path, monkeypatch):
    write(tmp_path, "a.py", "b.py", "c.py")
    monkeypatch.setattr(lister, "MOST_FILES", 2)
    assert files(tmp_path) == ["a.py", "b.py"]


def test_without_git_folders_are_walked(tmp_path, monkeypatch):
    write(tmp_path, "app.py")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert files(tmp_path) == ["app.py"]


def found(text: str, path: str = "app.py") -> list[tuple[str, int]]:
    return [(one.operation, one.line) for one in named_calls([CodeFile(path, text)])]


def test_a_method_of_a_library_that_the_file_names_is_found_with_its_line():
    text = f"{PYTHON}client.set_secret('a', b)\nclient.set_secret('b', c)\nx.begin_delete_secret(a)\n"
    assert found(text) == [("set secret", 4), ("delete secret", 5 + 1)]


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ('import { SecretClient } from "@azure/keyvault-secrets";\nawait client.setSecret(a)', "set secret"),
        ("using Azure.Security.KeyVault.Secrets;\nawait c.SetSecretAsync(a);", "set secret"),
        ("using Azure.Security.KeyVault.Secrets;\nc.StartDeleteSecret(a);", "delete secret"),
        ("import com.azure.security.keyvault.secrets.*;\nc.beginDeleteSecret(a);", "delete secret"),
        ('import "github.com/Azure/azure-sdk-for-go/x/azsecrets"\nc.DeleteSecret(ctx, a)', "delete secret"),
        ("from azure.keyvault.keys.crypto import X\nx.unwrap_key(a)", "unwrap key"),
        ("from azure.appconfiguration import X\nx.set_configuration_setting(a)", "set key-value"),
    ],
)
def test_each_language_writes_the_same_words_in_its_own_way(text, operation):
    assert found(text) == [(operation, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "client.set_secret('a', b)\n",
        PYTHON + "client.sign(a)\n",
        PYTHON + "def set_secrets(a): ...\n",
        PYTHON + "text = 'set_secret'\n",
    ],
)
def test_a_name_alone_is_no_call(text):
    assert found(text) == []


def test_every_operation_has_actions_and_names_and_none_means_two_things():
    words = {}
    for one in client_operations():
        assert one.actions
        for method in one.methods:
            assert operation_called(method, {one.kind}) is not None
            words.setdefault((one.kind, method), set()).add(one.actions)
    assert all(len(actions) == 1 for actions in words.values())
    assert {one.kind for one in client_operations()} == {"secret", "key", "certificate", "key-value"}
    assert kinds_named("nothing of the kind") == frozenset()
