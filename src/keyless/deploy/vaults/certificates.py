"""A certificate that comes into a vault, with the key and the secret behind it.

It is checked as an import is: an expired one, or one without its private key, is refused.
"""

from __future__ import annotations

from keyless.deploy.vaults.found import Making
from keyless.model.resources import Vault
from keyless.planes.keyvault.arrivals import Arrival
from keyless.planes.keyvault.certificates.behind import Finished, whole_version
from keyless.planes.keyvault.certificates.imported import Content, read_import
from keyless.planes.keyvault.certificates.policy import whole
from keyless.planes.keyvault.certificates.records import CERTIFICATE, POLICIES, CertificateVersion
from keyless.planes.keyvault.keys.records import KEY
from keyless.planes.keyvault.objects.properties import check_tags
from keyless.planes.keyvault.secrets.records import SECRET
from keyless.planes.keyvault.vaults import check_name


def certificate_arrival(
    name: str,
    content: Content,
    vault: Vault,
    making: Making,
    *,
    tags: dict[str, str] | None = None,
    enabled: bool = True,
    version_id: str | None = None,
) -> Arrival[CertificateVersion]:
    """A certificate with one version; it is there already where the vault's current one is the same.

    Raises:
        InvalidRequest: the name, the content, its policy or a tag is not allowed.
    """
    check_tags(tags)
    imported = read_import(content, vault, making.now)
    made = CertificateVersion(
        id=version_id or making.new_id(),
        created=making.now,
        updated=making.now,
        enabled=enabled,
        tags=tags,
    )
    finished = Finished(made, whole(imported.policy), imported.key, imported.certificates)
    version, key, secret = whole_version(finished, making.now)

    def says_the_same(found: CertificateVersion) -> bool:
        return found.cer == version.cer

    return Arrival(
        CERTIFICATE,
        check_name(name),
        (version,),
        {POLICIES.name: imported.policy},
        says_the_same,
        behind=(Arrival(KEY, name, (key,)), Arrival(SECRET, name, (secret,))),
    )
