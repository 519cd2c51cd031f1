// Make the taxpayer.
const createResponse = await fetch("https://test.api.fiskaly.com/api/v1/taxpayers", {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${accessToken}`,
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
    "X-Idempotency-Key": crypto.randomUUID(),
    "X-Scope-Identifier": "YOUR_UNIT_ORG_ID",
  },
  body: JSON.stringify({
    type: "COMPANY",
    name: "My Company",
    address: {
      street: "123 Rue de Rivoli",
      postal_code: "75001",
      city: "Paris",
      country_code: "FR"
    },
    fiscalization: {
      tax_id_number: "123456789",
      credentials: {
        type: "PORTAL_ACCESS",
        username: "YOUR_PORTAL_USERNAME",
        password: "YOUR_PORTAL_PASSWORD"
      }
    }
  }),
});
const taxpayer = await createResponse.json();

// Commission the taxpayer.
await fetch(`https://test.api.fiskaly.com/api/v1/taxpayers/${taxpayer.content.id}`, {
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
