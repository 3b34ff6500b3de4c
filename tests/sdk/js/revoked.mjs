// Reads a secret, is revoked while it runs, and reads on with the same client; prints how that went.
// The argument is the command that revokes, as JSON. With APP_SECRET it signs in as an application.
import { execFileSync } from "node:child_process";

import { ClientSecretCredential, ManagedIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";

const { APP_TENANT, APP_ID, APP_SECRET, VAULT_URL } = process.env;
const credential = APP_SECRET
  ? new ClientSecretCredential(APP_TENANT, APP_ID, APP_SECRET)
  : new ManagedIdentityCredential();
const secrets = new SecretClient(VAULT_URL, credential);

async function outcome() {
  try {
    return (await secrets.getSecret("greeting")).value;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

const before = await outcome();
const [program, ...rest] = JSON.parse(process.argv[2]);
execFileSync(program, rest, { stdio: "ignore" });
console.log(JSON.stringify({ before, after: [await outcome(), await outcome()] }));
