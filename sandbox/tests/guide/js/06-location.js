// Make the location.
const createResponse = await fetch("https://test.api.fiskaly.com/api/v1/locations", {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${accessToken}`,
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
    "X-Idempotency-Key": crypto.randomUUID(),
    "X-Scope-Identifier": "YOUR_UNIT_ORG_ID",
  },
  body: JSON.stringify({
    type: "BRANCH",
    address: {
      street: "123 Rue de Rivoli",
      postal_code: "75001",
      city: "Paris",
      country_code: "FR"
    }
  }),
});
const location = await createResponse.json();

// Commission the location.
await fetch(`https://test.api.fiskaly.com/api/v1/locations/${location.content.id}`, {
  method: "PATCH",
  headers: {
    "Authorization": `Bearer ${accessToken}`,
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
    "X-Scope-Identifier": "YOUR_UNIT_ORG_ID",
  },
  body: JSON.stringify({
    state: "COMMISSIONED"
  }),
});
