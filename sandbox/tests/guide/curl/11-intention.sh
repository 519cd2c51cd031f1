# A sale begins.
curl -X POST https://test.api.fiskaly.com/api/v1/records \
  -H "Authorization: Bearer YOUR_ACCESS_TOKEN" \
  -H "Content-Type: application/json" \
  -H "X-Api-Version: 2026-05-04" \
  -H "X-Idempotency-Key: YOUR_UNIQUE_UUID_1" \
  -H "X-Scope-Identifier: YOUR_UNIT_ORG_ID" \
  -d '{
  "type": "INTENTION",
  "system_id": "YOUR_SYSTEM_ID",
  "operation": {
    "type": "TRANSACTION"
  }
}'
