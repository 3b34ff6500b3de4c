"""What the operations that make certificates ask for."""

_VAULTS = "Microsoft.KeyVault/vaults"
_READ = (f"{_VAULTS}/certificates/read",)
_CREATE = (f"{_VAULTS}/certificates/create/action",)
_UPDATE = (f"{_VAULTS}/certificates/update/action",)
_READ_ISSUERS = (f"{_VAULTS}/certificatecas/read",)
_WRITE_ISSUERS = (f"{_VAULTS}/certificatecas/write",)
_CONTACTS = (f"{_VAULTS}/certificatecontacts/write",)

EXPECTED: dict[str, tuple[str, ...] | str] = {
    "KeyVault.CreateCertificate": _CREATE,
    "KeyVault.GetCertificateOperation": _READ,
    "KeyVault.UpdateCertificateOperation": _UPDATE,
    "KeyVault.DeleteCertificateOperation": _UPDATE,
    "KeyVault.MergeCertificate": _CREATE,
    "KeyVault.GetCertificatePolicy": _READ,
    "KeyVault.UpdateCertificatePolicy": _UPDATE,
    "KeyVault.GetCertificateIssuers": _READ_ISSUERS,
    "KeyVault.SetCertificateIssuer": _WRITE_ISSUERS,
    "KeyVault.GetCertificateIssuer": _READ_ISSUERS,
    "KeyVault.UpdateCertificateIssuer": _WRITE_ISSUERS,
    "KeyVault.DeleteCertificateIssuer": (f"{_VAULTS}/certificatecas/delete",),
    "KeyVault.SetCertificateContacts": _CONTACTS,
    "KeyVault.GetCertificateContacts": _CONTACTS,
    "KeyVault.DeleteCertificateContacts": _CONTACTS,
}
