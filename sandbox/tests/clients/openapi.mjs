// Validates the interfaces' descriptions: node openapi.mjs ADDRESS
import { Validator } from '@seriousme/openapi-schema-validator'

for (const service of ['sign-fr', 'sign-at', 'management']) {
  const answer = await fetch(`${process.argv[2]}/${service}/openapi.json`)
  const validator = new Validator()
  const { valid, errors } = await validator.validate(await answer.json())
  if (!valid) {
    console.error(service, JSON.stringify(errors, null, 2))
    process.exit(1)
  }
  console.log(`${service}: valid OpenAPI ${validator.version}`)
}
