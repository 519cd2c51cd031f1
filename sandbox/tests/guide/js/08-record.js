// A sale begins.
const intentionResponse = await fetch("https://test.api.fiskaly.com/api/v1/records", {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${accessToken}`,
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
    "X-Idempotency-Key": crypto.randomUUID(),
    "X-Scope-Identifier": "YOUR_UNIT_ORG_ID",
  },
  body: JSON.stringify({
    type: "INTENTION",
    system_id: "YOUR_SYSTEM_ID",
    operation: {
      type: "TRANSACTION"
    }
  }),
});
const intention = await intentionResponse.json();

// The sale ends with its receipt.
const transactionResponse = await fetch("https://test.api.fiskaly.com/api/v1/records", {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${accessToken}`,
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
    "X-Idempotency-Key": crypto.randomUUID(),
    "X-Scope-Identifier": "YOUR_UNIT_ORG_ID",
  },
  body: JSON.stringify({
    type: "TRANSACTION",
    intention_id: intention.content.id,
    operation: {
      type: "RECEIPT",
      document: {
        number: "R-2026-0001",
        date: "2026-03-01T12:00:00Z",
        amounts: {
          total_including_vat: "12000",
          total_excluding_vat: "10000"
        }
      },
      entries: [
        {
          type: "SALE",
          description: "Product A",
          good_or_service: "GOOD"
        }
      ]
    }
  }),
});
const transaction = await transactionResponse.json();
