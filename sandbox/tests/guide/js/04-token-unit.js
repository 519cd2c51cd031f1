const response = await fetch("https://test.api.fiskaly.com/api/v1/auth/token", {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    "X-Api-Version": "2026-05-04",
  },
  body: JSON.stringify({
    api_key: "YOUR_UNIT_API_KEY",
    api_secret: "YOUR_UNIT_API_SECRET"
  }),
});
const { access_token } = await response.json();
