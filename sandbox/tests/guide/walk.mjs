// Runs the guide's snippets one after another, each as the body of a function of its own. What one of them declares
// fills the placeholders of those after it; `accessToken` is the token of the last sign-in.
import { readFileSync } from 'node:fs';

const AsyncFunction = (async () => {}).constructor;
const statuses = [];
const watched = async (...request) => {
  const response = await fetch(...request);
  statuses.push(response.status);
  if (!response.ok) throw new Error(`${request[0]}: ${response.status} ${await response.text()}`);
  return response;
};

const learned = new Map();
let accessToken;
let last;
for (const { name, source } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  let text = source;
  for (const [placeholder, value] of learned) text = text.replaceAll(placeholder, value);
  const declared = [...text.matchAll(/^const (?:\{ ([\w, ]+) \}|(\w+)) =/gm)];
  const names = declared.flatMap(([, several, one]) => (several ?? one).split(', '));
  const snippet = new AsyncFunction('fetch', 'accessToken', `${text}\nreturn { ${names.join(', ')} };`);
  try {
    last = await snippet(watched, accessToken);
  } catch (error) {
    throw new Error(`${name}: ${error.message}`);
  }
  accessToken = last.access_token ?? accessToken;
  const found = {
    YOUR_UNIT_ORG_ID: last.organization?.content.id,
    YOUR_UNIT_API_KEY: last.api_key,
    YOUR_UNIT_API_SECRET: last.api_secret,
    YOUR_LOCATION_ID: last.location?.content.id,
    YOUR_SYSTEM_ID: last.system?.content.id,
  };
  for (const [placeholder, value] of Object.entries(found)) {
    if (value !== undefined) learned.set(placeholder, value);
  }
}
console.log(JSON.stringify({ statuses, transaction: last.transaction }));
