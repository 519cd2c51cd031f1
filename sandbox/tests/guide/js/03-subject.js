const response = await fetch("https://test.api.fiskaly.com/api/v1/subjects", {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${accessToken}`,
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
    "X-Idempotency-Key": crypto.randomUUID(),
    "X-Scope-Identifier": "YOUR_UNIT_ORG_ID",
  },
  body: JSON.stringify({
    type: "API_KEY"
  }),
});
const subject = await response.json();
const { api_key, api_secret } = subject.content.credentials;
