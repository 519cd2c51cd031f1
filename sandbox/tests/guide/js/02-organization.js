const response = await fetch("https://test.api.fiskaly.com/api/v1/organizations", {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${accessToken}`,
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
    "X-Idempotency-Key": crypto.randomUUID(),
    "X-Scope-Identifier": "YOUR_GROUP_ORG_ID",
  },
  body: JSON.stringify({
    type: "UNIT",
    name: "My UNIT Organization",
    parent_id: "YOUR_GROUP_ORG_ID"
  }),
});
const organization = await response.json();
