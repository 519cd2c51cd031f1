# Make a till.
curl -X POST https://test.api.fiskaly.com/api/v1/systems \
  -H "Authorization: Bearer YOUR_ACCESS_TOKEN" \
  -H "Content-Type: application/json" \
  -H "X-Api-Version: 2026-05-04" \
  -H "X-Idempotency-Key: YOUR_UNIQUE_UUID" \
  -H "X-Scope-Identifier: YOUR_UNIT_ORG_ID" \
  -d '{
  "type": "FISCAL_DEVICE",
  "location_id": "YOUR_LOCATION_ID",
  "product": {
    "mpn": "POS-1000",
    "brand": "My POS Brand",
    "usage_start_date": "2026-03-01",
    "software": {
      "name": "My POS Software",
      "version": "1.0.0"
    }
  }
}'
