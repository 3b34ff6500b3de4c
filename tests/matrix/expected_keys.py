"""What each operation on keys of a vault takes."""

K = "Microsoft.KeyVault/vaults/keys"
P = "Microsoft.KeyVault/vaults/keyrotationpolicies"

EXPECTED: dict[str, tuple[str, ...]] = {
    "KeyVault.CreateKey": (f"{K}/create/action",),
    "KeyVault.ImportKey": (f"{K}/import/action",),
    "KeyVault.GetKey": (f"{K}/read",),
    "KeyVault.UpdateKey": (f"{K}/update/action",),
    "KeyVault.GetKeys": (f"{K}/read",),
    "KeyVault.GetKeyVersions": (f"{K}/read",),
    "KeyVault.DeleteKey": (f"{K}/delete",),
    "KeyVault.BackupKey": (f"{K}/backup/action",),
    "KeyVault.RestoreKey": (f"{K}/restore/action",),
    "KeyVault.RotateKey": (f"{K}/rotate/action",),
    "KeyVault.GetKeyRotationPolicy": (f"{P}/read",),
    "KeyVault.UpdateKeyRotationPolicy": (f"{P}/write",),
    "KeyVault.ReleaseKey": (f"{K}/release/action",),
    "KeyVault.GetKeyAttestation": (f"{K}/read",),
    "KeyVault.GetDeletedKeys": (f"{K}/read",),
    "KeyVault.GetDeletedKey": (f"{K}/read",),
    "KeyVault.RecoverDeletedKey": (f"{K}/recover/action",),
    "KeyVault.PurgeDeletedKey": (f"{K}/purge/action",),
    "KeyVault.Encrypt": (f"{K}/encrypt/action",),
    "KeyVault.Decrypt": (f"{K}/decrypt/action",),
    "KeyVault.WrapKey": (f"{K}/wrap/action",),
    "KeyVault.UnwrapKey": (f"{K}/unwrap/action",),
    "KeyVault.Sign": (f"{K}/sign/action",),
    "KeyVault.Verify": (f"{K}/verify/action",),
    "KeyVault.GetRandomBytes": (),
}
