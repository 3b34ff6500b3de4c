"""What the operations on certificates as objects ask for."""

_CERTIFICATES = "Microsoft.KeyVault/vaults/certificates"
_READ = (f"{_CERTIFICATES}/read",)

EXPECTED: dict[str, tuple[str, ...] | str] = {
    "KeyVault.ImportCertificate": (f"{_CERTIFICATES}/import/action",),
    "KeyVault.GetCertificate": _READ,
    "KeyVault.GetCertificates": _READ,
    "KeyVault.GetCertificateVersions": _READ,
    "KeyVault.UpdateCertificate": (f"{_CERTIFICATES}/update/action",),
    "KeyVault.DeleteCertificate": (f"{_CERTIFICATES}/delete",),
    "KeyVault.BackupCertificate": (f"{_CERTIFICATES}/backup/action",),
    "KeyVault.RestoreCertificate": (f"{_CERTIFICATES}/restore/action",),
    "KeyVault.GetDeletedCertificates": _READ,
    "KeyVault.GetDeletedCertificate": _READ,
    "KeyVault.RecoverDeletedCertificate": (f"{_CERTIFICATES}/recover/action",),
    "KeyVault.PurgeDeletedCertificate": (f"{_CERTIFICATES}/purge/action",),
}
