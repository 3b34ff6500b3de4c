// Asks for a token in each case that it is given, and prints by the case's id the token, the error, or that
// the library has no way to ask.
// The argument is JSON, as programs/identities.py describes it.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DefaultAzureCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";

const retryOptions = { maxRetries: 1 }; // it repeats a 404 for half a minute otherwise, and shows the same
const names = { client_id: "clientId", object_id: "objectId", resource_id: "resourceId" };
const defaults = {
  client_id: "managedIdentityClientId",
  object_id: "managedIdentityObjectId",
  resource_id: "managedIdentityResourceId",
};
const library = fileURLToPath(import.meta.resolve("@azure/identity"));
const declaring = { DefaultAzureCredential: defaults, WorkloadIdentityCredential: names };

function credentialOf({ credential, by, value, settings = {} }) {
  switch (credential) {
    case "DefaultAzureCredential":
      return new DefaultAzureCredential({
        ...(by ? { [defaults[by]]: value } : {}),
        ...(by === "client_id" ? { workloadIdentityClientId: value } : {}),
        retryOptions,
      });
    case "ManagedIdentityCredential":
      return new ManagedIdentityCredential({ ...(by ? { [names[by]]: value } : {}), retryOptions });
    case "WorkloadIdentityCredential":
      return new WorkloadIdentityCredential(by ? { clientId: value } : {});
    case "ClientSecretCredential":
      return new ClientSecretCredential(settings.tenant, value, settings.secret);
    case "CertificateCredential":
      return new ClientCertificateCredential(settings.tenant, value, settings.certificate);
    case "ClientAssertionCredential":
      return new ClientAssertionCredential(settings.tenant, value, async () =>
        readFileSync(settings.token_file, "utf8"),
      );
    default:
      throw new Error(`no credential is called ${credential}`);
  }
}

function isAbsent({ credential, by }) {
  const option = by && declaring[credential]?.[by];
  if (!option) {
    return false;
  }
  const file = `${credential[0].toLowerCase()}${credential.slice(1)}Options.d.ts`;
  const declared = readFileSync(join(dirname(library), "credentials", file), "utf8");
  return !declared.includes(`${option}:`) && !declared.includes(`${option}?:`);
}

async function outcome(one, scope) {
  if (isAbsent(one)) {
    return { absent: "yes" };
  }
  try {
    return { token: (await credentialOf(one).getToken(scope)).token };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

const { scope, cases } = JSON.parse(process.argv[2]);
const seen = {};
for (const one of cases) {
  seen[one.id] = await outcome(one, scope);
}
console.log(JSON.stringify(seen));
