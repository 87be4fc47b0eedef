// Runs the audits of GraphQL over HTTP against the URL given, and prints what each found.
import { serverAudits } from "graphql-http";

const [url] = process.argv.slice(2);
const audits = serverAudits({ url, fetchFn: fetch });
const results = [];
for (const audit of audits) {
  const { name, status, reason } = await audit.fn();
  results.push({ id: audit.id, name, status, reason });
}
console.log(JSON.stringify(results));
