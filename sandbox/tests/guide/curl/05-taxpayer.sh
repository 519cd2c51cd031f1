# Make the taxpayer.
curl -X POST https://test.api.fiskaly.com/api/v1/taxpayers \
  -H "Authorization: Bearer YOUR_ACCESS_TOKEN" \
  -H "Content-Type: application/json" \
  -H "X-Api-Version: 2026-05-04" \
  -H "X-Idempotency-Key: YOUR_UNIQUE_UUID" \
  -H "X-Scope-Identifier: YOUR_UNIT_ORG_ID" \
  -d '{
  "type": "COMPANY",
  "name": "My Company",
  "address": {
    "street": "123 Rue de Rivoli",
    "postal_code": "75001",
    "city": "Paris",
    "country_code": "FR"
  },
  "fiscalization": {
    "tax_id_number": "123456789",
    "credentials": {
      "type": "PORTAL_ACCESS",
      "username": "YOUR_PORTAL_USERNAME",
      "password": "YOUR_PORTAL_PASSWORD"
    }
  }
}'
