"""What kind of file a path is of: which reader reads it.

Rules:
- a name decides, and where several kinds share an ending (JSON, YAML), the reader looks at what is in it;
- a kind that is not here is not looked at, and that is no lack.
"""

from __future__ import annotations

import enum
import re
from pathlib import PurePosixPath


class FileKind(enum.StrEnum):
    """A reader's name: `keyless.assess.sources.<value>` has `read(path, text) -> Source`."""

    PYTHON = "python"
    CSHARP = "csharp"
    JAVA = "java"
    JAVASCRIPT = "javascript"
    GO = "go"
    BICEP = "bicep"
    TERRAFORM = "terraform"
    JSON = "json_files"
    YAML = "yaml_files"
    PROPERTIES = "properties"
    DOTENV = "dotenv"
    XML = "xml_files"
    SHELL = "shell"
    POWERSHELL = "powershell"
    DOCKERFILE = "dockerfile"
    KEYS = "key_files"
    REQUIREMENTS = "requirements"
    HISTORY = "history"


_SUFFIXES = {
    ".py": FileKind.PYTHON,
    ".cs": FileKind.CSHARP,
    ".java": FileKind.JAVA,
    ".js": FileKind.JAVASCRIPT,
    ".cjs": FileKind.JAVASCRIPT,
    ".mjs": FileKind.JAVASCRIPT,
    ".jsx": FileKind.JAVASCRIPT,
    ".ts": FileKind.JAVASCRIPT,
    ".cts": FileKind.JAVASCRIPT,
    ".mts": FileKind.JAVASCRIPT,
    ".tsx": FileKind.JAVASCRIPT,
    ".go": FileKind.GO,
    ".bicep": FileKind.BICEP,
    ".bicepparam": FileKind.BICEP,
    ".tf": FileKind.TERRAFORM,
    ".tfvars": FileKind.TERRAFORM,
    ".json": FileKind.JSON,
    ".jsonc": FileKind.JSON,
    ".yml": FileKind.YAML,
    ".yaml": FileKind.YAML,
    ".properties": FileKind.PROPERTIES,
    ".config": FileKind.XML,
    ".xml": FileKind.XML,
    ".publishsettings": FileKind.XML,
    ".pubxml": FileKind.XML,
    ".csproj": FileKind.XML,
    ".sh": FileKind.SHELL,
    ".bash": FileKind.SHELL,
    ".ps1": FileKind.POWERSHELL,
    ".psm1": FileKind.POWERSHELL,
    ".dockerfile": FileKind.DOCKERFILE,
    ".pem": FileKind.KEYS,
    ".key": FileKind.KEYS,
    ".keys": FileKind.KEYS,
    ".rsa": FileKind.KEYS,
    ".ppk": FileKind.KEYS,
    ".p8": FileKind.KEYS,
}
_DOTENV = re.compile(r"\.env(\.[\w.-]+)?|[\w.-]+\.env")
_REQUIREMENTS = re.compile(r"requirements([.-][\w.-]+)?\.txt")
_KEYS = re.compile(
    r"([\w-]*[_-])?(rsa|dsa|ecdsa|ed25519)|[\w-]*(ssh|private|deploy|host|server|client|tls)[_-]?key",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"([\w-]*[._-])?(password|passwd|secret|api[_-]?key|token)(\.txt)?", re.IGNORECASE)
_HISTORY = re.compile(r"\.(bash|zsh|sh|ksh)_history")
_DOCKERFILE = re.compile(r"(Docker|Container)file(\.[\w.-]+)?", re.IGNORECASE)


def kind_of(path: str) -> FileKind | None:
    """The kind of a file by its path; none for what no reader reads."""
    name = PurePosixPath(path).name
    if _DOTENV.fullmatch(name):
        return FileKind.DOTENV
    if _HISTORY.fullmatch(name):
        return FileKind.HISTORY
    if _KEYS.fullmatch(name) or is_of_password(path) or _is_of_ssh(path):
        return FileKind.KEYS
    if _REQUIREMENTS.fullmatch(name):
        return FileKind.REQUIREMENTS
    if _DOCKERFILE.fullmatch(name):
        return FileKind.DOCKERFILE
    return _SUFFIXES.get(PurePosixPath(path).suffix.casefold())


def is_of_password(path: str) -> bool:
    """Whether a file's name says that a password, or a secret, is all that it holds."""
    return _PASSWORD.fullmatch(PurePosixPath(path).name) is not None


def _is_of_ssh(path: str) -> bool:
    return PurePosixPath(path).parent.name == ".ssh" and not path.endswith(".pub")
