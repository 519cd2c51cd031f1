# Sign in with the key of the GROUP.
curl -X POST https://test.api.fiskaly.com/api/v1/auth/token \
  -H "Content-Type: application/json" \
  -H "X-Api-Version: 2026-05-04" \
  -d '{
  "api_key": "YOUR_API_KEY",
  "api_secret": "YOUR_API_SECRET"
}'
