# The sale ends with its receipt.
curl -X POST https://test.api.fiskaly.com/api/v1/records \
  -H "Authorization: Bearer YOUR_ACCESS_TOKEN" \
  -H "Content-Type: application/json" \
  -H "X-Api-Version: 2026-05-04" \
  -H "X-Idempotency-Key: YOUR_UNIQUE_UUID_2" \
  -H "X-Scope-Identifier: YOUR_UNIT_ORG_ID" \
  -d '{
  "type": "TRANSACTION",
  "intention_id": "YOUR_INTENTION_RECORD_ID",
  "operation": {
    "type": "RECEIPT",
    "document": {
      "number": "R-2026-0001",
      "date": "2026-03-01T12:00:00Z",
      "amounts": {
        "total_including_vat": "12000",
        "total_excluding_vat": "10000"
      }
    },
    "entries": [
      {
        "type": "SALE",
        "description": "Product A",
        "good_or_service": "GOOD"
      }
    ]
  }
}'
