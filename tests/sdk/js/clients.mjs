// An ordinary program on the official clients: nothing in it knows where it runs.
// It prints one JSON object of what it saw; the test that started it judges that.
import { AppConfigurationClient } from "@azure/app-configuration";
import { DefaultAzureCredential, ManagedIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";

const seen = {};
const credential = new DefaultAzureCredential();
const secrets = new SecretClient(process.env.VAULT_URL, credential);
const connectionString = process.env.APPCONFIG_CONNECTION_STRING;
const settings = connectionString
  ? new AppConfigurationClient(connectionString)
  : new AppConfigurationClient(process.env.APPCONFIG_ENDPOINT, credential);

const token = await new ManagedIdentityCredential().getToken("https://vault.azure.net/.default");
seen.tokenAudience = JSON.parse(Buffer.from(token.token.split(".")[1], "base64url")).aud;

const first = await secrets.setSecret("js-secret", "one", { tags: { from: "js" }, contentType: "text/plain" });
const second = await secrets.setSecret("js-secret", "two");
seen.latest = (await secrets.getSecret("js-secret")).value;
seen.older = (await secrets.getSecret("js-secret", { version: first.properties.version })).value;
await secrets.updateSecretProperties("js-secret", second.properties.version, { enabled: false });
try {
  await secrets.getSecret("js-secret");
} catch (error) {
  seen.disabled = { status: error.statusCode, code: error.code };
}
await secrets.updateSecretProperties("js-secret", second.properties.version, { enabled: true });
seen.versions = 0;
for await (const _ of secrets.listPropertiesOfSecretVersions("js-secret")) seen.versions += 1;
for (let i = 0; i < 27; i += 1) await secrets.setSecret(`many-${i}`, `${i}`);
seen.names = [];
for await (const properties of secrets.listPropertiesOfSecrets()) seen.names.push(properties.name);

const backup = await secrets.backupSecret("js-secret");
const deleting = await secrets.beginDeleteSecret("js-secret", { intervalInMs: 50 });
const deleted = await deleting.pollUntilDone();
seen.recoveryId = deleted.recoveryId;
try {
  await secrets.setSecret("js-secret", "three");
} catch (error) {
  seen.conflict = { status: error.statusCode, code: error.code };
}
const recovering = await secrets.beginRecoverDeletedSecret("js-secret", { intervalInMs: 50 });
await recovering.pollUntilDone();
await (await secrets.beginDeleteSecret("js-secret", { intervalInMs: 50 })).pollUntilDone();
await secrets.purgeDeletedSecret("js-secret");
seen.restored = (await secrets.restoreSecretBackup(backup)).name;
try {
  await secrets.getSecret("no-such-secret");
} catch (error) {
  seen.missing = { status: error.statusCode, code: error.code };
}

await settings.addConfigurationSetting({ key: "js:colour/one", label: "prod", value: "blue", tags: { a: "b" } });
const got = await settings.getConfigurationSetting({ key: "js:colour/one", label: "prod" });
seen.setting = { value: got.value, label: got.label, tags: got.tags };
const unchanged = await settings.getConfigurationSetting(got, { onlyIfChanged: true });
seen.notModified = unchanged.statusCode;
try {
  await settings.setConfigurationSetting({ ...got, etag: "stale", value: "red" }, { onlyIfUnchanged: true });
} catch (error) {
  seen.stale = error.statusCode;
}
await settings.setReadOnly(got, true);
try {
  await settings.setConfigurationSetting({ key: got.key, label: got.label, value: "red" });
} catch (error) {
  seen.locked = error.statusCode;
}
await settings.setReadOnly(got, false);
for (let i = 0; i < 105; i += 1) await settings.setConfigurationSetting({ key: `js:many:${i}`, value: `${i}` });
seen.listed = 0;
for await (const _ of settings.listConfigurationSettings({ keyFilter: "js:many:*" })) seen.listed += 1;
seen.revisions = 0;
for await (const _ of settings.listRevisions({ keyFilter: "js:colour*" })) seen.revisions += 1;
seen.deleted = (await settings.deleteConfigurationSetting({ key: "js:colour/one", label: "prod" })).statusCode;

console.log(JSON.stringify(seen));
