// Make the system.
const createResponse = await fetch("https://test.api.fiskaly.com/api/v1/systems", {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${accessToken}`,
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
    "X-Idempotency-Key": crypto.randomUUID(),
    "X-Scope-Identifier": "YOUR_UNIT_ORG_ID",
  },
  body: JSON.stringify({
    type: "FISCAL_DEVICE",
    location_id: "YOUR_LOCATION_ID",
    product: {
      mpn: "POS-1000",
      brand: "My POS Brand",
      usage_start_date: "2026-03-01",
      software: {
        name: "My POS Software",
        version: "1.0.0"
      }
    }
  }),
});
const system = await createResponse.json();

// Commission the system.
await fetch(`https://test.api.fiskaly.com/api/v1/systems/${system.content.id}`, {
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
