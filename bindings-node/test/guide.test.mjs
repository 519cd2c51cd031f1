import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import shops from './support/shop.cjs'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** What `fiskal init` would have the reader write. */
const toml = ({ url, key, secret }) => `
journal = "fiskal.db"

[account.paris]
service = "sign-fr"
environment = "sandbox"
url = "${url}"
key = "${key}"
secret = "${secret}"

[merchant.martin]
account = "paris"
name = "Boulangerie Martin SARL"
tax_id = "123456789"
address = { street = "Rue de Rivoli", number = "123", code = "75001", city = "Paris", country = "FR" }

[location.rivoli]
merchant = "martin"

[register.till-1]
location = "rivoli"
model = "POS-1000"
software = { name = "My POS", version = "1.0.0" }
`

/** The examples in JavaScript on a page. */
const examples = (page) => [...readFileSync(page, 'utf8').matchAll(/^```js\n([^]*?)^```/gm)].map(([, code]) => code)

const pages = ['../docs/node.md', '../README.md', 'README.md']
for (const page of pages) {
  const found = examples(join(folder, page))
  test(`${page} has examples`, () => assert.ok(found.length > 0))
  found.forEach((code, index) => test(`example ${index + 1} of ${page} runs`, async () => {
    const shop = await shops.openShop({ after })
    writeFileSync(join(shop.folder, 'fiskal.toml'), toml(shop.account))
    mkdirSync(join(shop.folder, 'node_modules'))
    symlinkSync(folder, join(shop.folder, 'node_modules/fiskal'))
    writeFileSync(join(shop.folder, 'example.mjs'), code)
    const { status, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: shop.folder, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  }))
}
