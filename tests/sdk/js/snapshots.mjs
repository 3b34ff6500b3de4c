// Makes a snapshot with the official client, waits for it as apps do, reads, archives and recovers it.
import { AppConfigurationClient } from "@azure/app-configuration";
import { DefaultAzureCredential } from "@azure/identity";

const seen = {};
const settings = new AppConfigurationClient(process.env.APPCONFIG_ENDPOINT, new DefaultAzureCredential());
for (let i = 0; i < 105; i += 1) await settings.setConfigurationSetting({ key: `js:${i}`, value: `${i}` });

const began = Date.now();
const snapshot = { name: "js release/1", filters: [{ keyFilter: "js:*" }], retentionPeriodInSeconds: 3600, tags: { of: "js" } };
const made = await settings.beginCreateSnapshotAndWait(snapshot, { updateIntervalInMs: 50 });
seen.quick = Date.now() - began < 5000;
seen.made = { name: made.name, status: made.status, items: made.itemCount, tags: made.tags };
try {
  await settings.beginCreateSnapshotAndWait(snapshot, { updateIntervalInMs: 50 });
} catch (error) {
  seen.again = { status: error.statusCode, name: error.name };
}
await settings.deleteConfigurationSetting({ key: "js:0" });
seen.listed = 0;
for await (const _ of settings.listConfigurationSettingsForSnapshot(made.name)) seen.listed += 1;
seen.archived = (await settings.archiveSnapshot(made.name)).status;
seen.names = [];
for await (const one of settings.listSnapshots({ statusFilter: ["archived"] })) seen.names.push(one.name);
const got = await settings.getSnapshot(made.name);
seen.expires = got.expiresOn instanceof Date;
seen.recovered = (await settings.recoverSnapshot(made.name, { etag: got.etag })).status;

console.log(JSON.stringify(seen));
