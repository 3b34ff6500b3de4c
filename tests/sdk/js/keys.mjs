// All that the clients of keys can do: management, the cryptography client, rotation, and what is refused.
// It prints one JSON object of what it saw; the test that started it judges that.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, verify } from "node:crypto";
import { DefaultAzureCredential } from "@azure/identity";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";

const seen = {};
const credential = new DefaultAzureCredential();
const keys = new KeyClient(process.env.VAULT_URL, credential);

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return { status: error.statusCode, code: error.code };
  }
  return null;
}

// --- management
const rsa = await keys.createRsaKey("rsa", { keySize: 2048, tags: { from: "js" }, keyOps: ["sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey"] });
const curve = await keys.createEcKey("curve", { curve: "P-256", notBefore: new Date("2020-01-01"), expiresOn: new Date("2036-01-01") });
seen.made = [rsa.keyType, rsa.key.n.length, rsa.properties.tags, curve.keyType, curve.key.crv, curve.properties.expiresOn.getUTCFullYear()];
const second = await keys.createEcKey("curve", { curve: "P-256" });
seen.older = (await keys.getKey("curve", { version: curve.properties.version })).properties.version === curve.properties.version;
seen.newest = (await keys.getKey("curve")).properties.version === second.properties.version;
seen.versions = 0;
for await (const _ of keys.listPropertiesOfKeyVersions("curve")) seen.versions += 1;
const updated = await keys.updateKeyProperties("curve", second.properties.version, { enabled: false, tags: { a: "b" } });
seen.updated = [updated.properties.enabled, updated.properties.tags];
seen.disabled = await refusal(() => new CryptographyClient(updated, credential).sign("ES256", randomBytes(32)));
await keys.updateKeyProperties("curve", second.properties.version, { enabled: true });

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = pair.privateKey.export({ format: "jwk" });
const bytes = Object.fromEntries(Object.entries(jwk).map(([name, value]) => [name, name === "kty" ? value : Buffer.from(value, "base64url")]));
const imported = await keys.importKey("imported", { ...bytes, keyOps: ["sign", "verify"] });
seen.imported = Buffer.from(imported.key.n).equals(bytes.n) && imported.key.d === undefined;

seen.names = [];
for await (const properties of keys.listPropertiesOfKeys()) seen.names.push(properties.name);

// --- the cryptography client, whose answers node checks for itself
const digest = createHash("sha256").update("hello").digest();
const publicRsa = createPublicKey({ key: { kty: "RSA", n: Buffer.from(rsa.key.n).toString("base64url"), e: Buffer.from(rsa.key.e).toString("base64url") }, format: "jwk" });
const byRsa = new CryptographyClient(rsa.id, credential);
const signed = await byRsa.sign("RS256", digest);
seen.signed = [verify("sha256", Buffer.from("hello"), publicRsa, signed.result), (await byRsa.verify("RS256", digest, signed.result)).result];
const byCurve = new CryptographyClient(second.id, credential);
const es = await byCurve.signData("ES256", Buffer.from("hello"));
const publicCurve = createPublicKey({ key: { kty: "EC", crv: "P-256", x: Buffer.from(second.key.x).toString("base64url"), y: Buffer.from(second.key.y).toString("base64url") }, format: "jwk" });
seen.signedOnCurve = verify("sha256", Buffer.from("hello"), { key: publicCurve, dsaEncoding: "ieee-p1363" }, es.result);
const encrypted = await byRsa.encrypt({ algorithm: "RSA-OAEP-256", plaintext: Buffer.from("text") });
seen.decrypted = Buffer.from((await byRsa.decrypt({ algorithm: "RSA-OAEP-256", ciphertext: encrypted.result })).result).toString();
const wrapped = await byRsa.wrapKey("RSA-OAEP", Buffer.alloc(32, 7));
seen.unwrapped = Buffer.from((await byRsa.unwrapKey("RSA-OAEP", wrapped.result)).result).equals(Buffer.alloc(32, 7));
const publicImported = imported.key;
const bySigner = new CryptographyClient(imported.id, credential);
const ps = await bySigner.sign("PS256", digest);
seen.signedByImported = [publicImported.kty, ps.result.length];

// --- rotation
const policy = await keys.updateKeyRotationPolicy("rsa", { expiresIn: "P90D", lifetimeActions: [{ action: "Rotate", timeBeforeExpiry: "P30D" }] });
seen.policy = [policy.expiresIn, policy.lifetimeActions.find((one) => one.action === "Rotate").timeBeforeExpiry];
seen.policyRead = (await keys.getKeyRotationPolicy("rsa")).expiresIn;
const rotated = await keys.rotateKey("rsa");
seen.rotated = [rotated.properties.version !== rsa.properties.version, rotated.key.n.length];
seen.random = (await keys.getRandomBytes(16)).length;

// --- deletion and backups
const backup = await keys.backupKey("curve");
const deleted = await (await keys.beginDeleteKey("curve", { intervalInMs: 50 })).pollUntilDone();
seen.recoveryId = deleted.properties.recoveryId;
seen.conflict = await refusal(() => keys.createEcKey("curve"));
seen.deletedNames = [];
for await (const one of keys.listDeletedKeys()) seen.deletedNames.push(one.name);
await (await keys.beginRecoverDeletedKey("curve", { intervalInMs: 50 })).pollUntilDone();
await (await keys.beginDeleteKey("curve", { intervalInMs: 50 })).pollUntilDone();
await keys.purgeDeletedKey("curve");
seen.restored = (await keys.restoreKeyBackup(backup)).name;
seen.missing = await refusal(() => keys.getKey("no-such-key"));
seen.badName = await refusal(() => keys.createEcKey("no_such_name"));
seen.release = await refusal(() => keys.releaseKey("rsa", "token"));

console.log(JSON.stringify(seen));
