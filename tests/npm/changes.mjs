// Prints the changes from one schema to another that break clients, as JSON: changes.mjs OLD NEW
import { readFileSync } from "node:fs";

import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [before, after] = process.argv
  .slice(2)
  .map((path) => buildSchema(readFileSync(path, "utf8")));
const changes = await diff(before, after);
const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking);
const told = breaking.map(({ path, message, meta }) => {
  const member = meta.removedUnionMemberTypeName; // of a union the path names no member
  return { path: member ? `${path}.${member}` : path, message };
});
console.log(JSON.stringify(told));
