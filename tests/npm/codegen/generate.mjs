// Writes TypeScript of a schema, and of operations on it: generate.mjs SCHEMA OPERATIONS FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";

const [schemaPath, operationsPath, folder] = process.argv.slice(2);
const scalars = { DateTime: "string", JSON: "unknown", Position: "string", Upload: "Blob" };
const schema = parse(readFileSync(schemaPath, "utf8"));
const documents = [
  { location: operationsPath, document: parse(readFileSync(operationsPath, "utf8")) },
];

async function write(name, plugin) {
  const filename = join(folder, name);
  const written = await codegen({
    filename,
    schema,
    documents,
    config: { scalars, strictScalars: true },
    plugins: [{ plugin: {} }],
    pluginMap: { plugin },
  });
  writeFileSync(filename, written);
}

await write("schema.ts", typescript);
await write("types.ts", operations);
