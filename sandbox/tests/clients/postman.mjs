// Runs each Postman collection twice with the sandbox's environment: node postman.mjs ADDRESS
// The second run must work as the first did: whoever presses "Run" twice is no error.
import newman from 'newman'

for (const service of ['sign-fr', 'sign-at']) {
  const at = async (name) => (await fetch(`${process.argv[2]}/${service}/postman/${name}.json`)).json()
  const options = {
    collection: await at('collection'),
    environment: await at('environment'),
    iterationCount: 2,
    timeoutRequest: 20_000,
    reporters: [],
  }
  const summary = await new Promise((resolve, reject) => {
    newman.run(options, (error, summary) => (error ? reject(error) : resolve(summary)))
  })
  const { failures, stats } = summary.run
  for (const { source, error } of failures) console.error(`${source?.name}: ${error.test ?? ''} ${error.message}`)
  console.log(`${service}: ${stats.requests.total} requests, ${stats.assertions.total} assertions, ${failures.length} failed`)
  if (failures.length > 0 || stats.assertions.total === 0) process.exit(1)
}
