// Validates the interface's description: node openapi.mjs ADDRESS
import { Validator } from '@seriousme/openapi-schema-validator'

const answer = await fetch(`${process.argv[2]}/sign-fr/openapi.json`)
const validator = new Validator()
const { valid, errors } = await validator.validate(await answer.json())
if (!valid) {
  console.error(JSON.stringify(errors, null, 2))
  process.exit(1)
}
console.log(`valid OpenAPI ${validator.version}`)
