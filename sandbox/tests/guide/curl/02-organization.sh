# Make a UNIT under the GROUP.
curl -X POST https://test.api.fiskaly.com/api/v1/organizations \
  -H "Authorization: Bearer YOUR_ACCESS_TOKEN" \
  -H "Content-Type: application/json" \
  -H "X-Api-Version: 2026-05-04" \
  -H "X-Idempotency-Key: YOUR_UNIQUE_UUID" \
  -H "X-Scope-Identifier: YOUR_GROUP_ORG_ID" \
  -d '{
  "type": "UNIT",
  "name": "My UNIT Organization",
  "parent_id": "YOUR_GROUP_ORG_ID"
}'
