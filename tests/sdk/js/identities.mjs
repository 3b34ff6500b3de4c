// Asks for a token of each managed identity that an app could mean, and prints whose it got.
// The argument names identities by all their ids.
import { DefaultAzureCredential, ManagedIdentityCredential } from "@azure/identity";

const ids = JSON.parse(process.argv[2]);
const scope = "https://vault.azure.net/.default";
const seen = {};

async function outcome(credential, asked = scope) {
  try {
    const { token, expiresOnTimestamp } = await credential.getToken(asked);
    const { aud, appid, oid } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
    return { aud, appid, oid, hours: Math.round((expiresOnTimestamp - Date.now()) / 3_600_000) };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

seen["default"] = await outcome(new DefaultAzureCredential());
seen["default by client id"] = await outcome(
  new DefaultAzureCredential({ managedIdentityClientId: ids.shared.client_id }),
);
seen["unnamed"] = await outcome(new ManagedIdentityCredential());
seen["unknown resource"] = await outcome(new ManagedIdentityCredential(), "https://nobody.example.com/.default");
for (const name of ["shared", "stranger"]) {
  seen[`${name} by client id`] = await outcome(new ManagedIdentityCredential({ clientId: ids[name].client_id }));
  seen[`${name} by object id`] = await outcome(new ManagedIdentityCredential({ objectId: ids[name].object_id }));
  seen[`${name} by resource id`] = await outcome(
    new ManagedIdentityCredential({ resourceId: ids[name].resource_id }),
  );
}
console.log(JSON.stringify(seen));
