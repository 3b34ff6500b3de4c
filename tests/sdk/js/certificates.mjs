// All that the client of certificates can do; what stands behind a certificate is read by the other clients.
// It prints one JSON object of what it saw; the test that started it judges that.
import { X509Certificate, createHash, verify } from "node:crypto";
import { CertificateClient } from "@azure/keyvault-certificates";
import { DefaultAzureCredential } from "@azure/identity";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";

const seen = {};
const credential = new DefaultAzureCredential();
const url = process.env.VAULT_URL;
const certificates = new CertificateClient(url, credential);
const soon = { intervalInMs: 50 };
const self = { issuerName: "Self", subject: "cn=orders", keyType: "RSA", keySize: 2048, validityInMonths: 3, contentType: "application/x-pkcs12" };

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return { status: error.statusCode, code: error.code };
  }
  return null;
}

// --- created by the vault, with a key and a secret behind it
const poller = await certificates.beginCreateCertificate("orders", { ...self, subjectAlternativeNames: { dnsNames: ["orders.example"], emails: [], userPrincipalNames: [] } }, { ...soon, tags: { from: "js" } });
const made = await poller.pollUntilDone();
const parsed = new X509Certificate(made.cer);
seen.made = [made.name, made.properties.tags, parsed.subject, parsed.subjectAltName, parsed.verify(parsed.publicKey)];
seen.thumbprint = Buffer.from(made.properties.x509Thumbprint).equals(createHash("sha1").update(made.cer).digest());
const secret = await new SecretClient(url, credential).getSecret("orders");
seen.secret = [secret.properties.contentType, secret.properties.managed === true, secret.properties.certificateKeyId === made.keyId];
const key = await new KeyClient(url, credential).getKey("orders");
const signed = await new CryptographyClient(key, credential).sign("RS256", createHash("sha256").update("hello").digest());
seen.signed = verify("sha256", Buffer.from("hello"), parsed.publicKey, signed.result);
seen.keyIsManaged = key.properties.managed;

// --- versions, properties, policy
await (await certificates.beginCreateCertificate("orders", self, soon)).pollUntilDone();
seen.versions = 0;
for await (const _ of certificates.listPropertiesOfCertificateVersions("orders")) seen.versions += 1;
seen.older = (await certificates.getCertificateVersion("orders", made.properties.version)).properties.version === made.properties.version;
seen.updated = (await certificates.updateCertificateProperties("orders", made.properties.version, { tags: { a: "b" } })).properties.tags;
seen.policy = (await certificates.getCertificatePolicy("orders")).validityInMonths;
await certificates.updateCertificatePolicy("orders", { ...self, validityInMonths: 6 });
seen.policyUpdated = (await certificates.getCertificatePolicy("orders")).validityInMonths;

// --- brought in: the other's PFX
const copy = await certificates.importCertificate("copy", Buffer.from(secret.value, "base64"));
seen.imported = [copy.name, Buffer.from(copy.cer).equals(Buffer.from(made.cer))];
seen.notImported = await refusal(() => certificates.importCertificate("broken", Buffer.from("nothing")));
seen.names = [];
for await (const properties of certificates.listPropertiesOfCertificates()) seen.names.push(properties.name);

// --- signed elsewhere: a request that is cancelled
await certificates.beginCreateCertificate("elsewhere", { ...self, issuerName: "Unknown" }, soon);
const operation = await certificates.getCertificateOperation("elsewhere");
seen.operation = [operation.getOperationState().certificateOperation.status, operation.getOperationState().certificateOperation.csr.length > 300];
await operation.cancelOperation();
seen.cancelling = (await certificates.getCertificateOperation("elsewhere")).getOperationState().certificateOperation.cancellationRequested;
await certificates.deleteCertificateOperation("elsewhere");
seen.noOperation = await refusal(() => certificates.getCertificateOperation("elsewhere"));

// --- issuers and contacts
await certificates.createIssuer("ours", "Test", { accountId: "keyVaultUser", administratorContacts: [{ email: "a@b.example" }] });
seen.issuer = (await certificates.getIssuer("ours")).provider;
await certificates.updateIssuer("ours", { accountId: "another" });
seen.account = (await certificates.getIssuer("ours")).accountId;
seen.issuers = [];
for await (const issuer of certificates.listPropertiesOfIssuers()) seen.issuers.push(issuer.provider);
await certificates.deleteIssuer("ours");
await certificates.setContacts([{ email: "a@b.example", name: "a", phone: "1" }]);
seen.contacts = await certificates.getContacts();
await certificates.deleteContacts();

// --- deletion and backups
const backup = await certificates.backupCertificate("copy");
const deleted = await (await certificates.beginDeleteCertificate("copy", soon)).pollUntilDone();
seen.recoveryId = deleted.recoveryId;
seen.deletedNames = [];
for await (const one of certificates.listDeletedCertificates()) seen.deletedNames.push(one.name);
await (await certificates.beginRecoverDeletedCertificate("copy", soon)).pollUntilDone();
await (await certificates.beginDeleteCertificate("copy", soon)).pollUntilDone();
await certificates.purgeDeletedCertificate("copy");
seen.restored = (await certificates.restoreCertificateBackup(backup)).name;
seen.missing = await refusal(() => certificates.getCertificate("no-such-certificate"));

console.log(JSON.stringify(seen));
