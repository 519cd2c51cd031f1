import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import shops from './support/shop.cjs'

const folder = fileURLToPath(new URL('..', import.meta.url))
const shop = await shops.openShop({ after })
const project = join(shop.folder, 'project')

mkdirSync(project)
npm(folder, 'pack', '--pack-destination', project)
const tarball = readdirSync(project).find((file) => file.endsWith('.tgz'))
writeFileSync(join(project, 'package.json'), '{"name": "till", "private": true}')
npm(project, 'install', '--offline', `./${tarball}`)

function npm(cwd, ...options) {
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund']
  const env = { ...process.env, FISKAL_NATIVE: 'as-it-is' }
  execFileSync('npm', [...options, ...quiet], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
}

const run = (...options) => spawnSync(process.execPath, options, { cwd: project, encoding: 'utf8' })

test('the example sells with nothing but the packed package', async () => {
  copyFileSync(join(folder, '../examples/node/sale.mjs'), join(project, 'sale.mjs'))
  const { status, stdout, stderr } = run('sale.mjs', shop.config, 'R-EXAMPLE')
  assert.equal(stderr, '')
  assert.equal(status, 0)
  assert.match(stdout, /Ticket R-EXAMPLE[^]*Croissant +2,40[^]*Café +1,50[^]*TOTAL EUR +3,90/)
  const booked = (await shop.booked()).filter(({ number }) => number === 'R-EXAMPLE')
  assert.deepEqual(booked.map(({ times }) => times), [1])
})

test('the example tells an error by its code, and what it wants', () => {
  const failed = run('sale.mjs', 'none.toml', 'R-1')
  assert.equal(failed.status, 1)
  assert.match(failed.stderr, /^FISKAL_CONFIG: /)
  assert.equal(run('sale.mjs').status, 2)
})

test('the packed package can be required', () => {
  const { stdout, stderr } = run('-p', "require('fiskal').version")
  assert.equal(stderr, '')
  assert.equal(stdout.trim(), JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)
})

test('a platform without a native module is told so', () => {
  const program = "Object.defineProperty(process, 'arch', { value: 'pdp11' }); require('fiskal')"
  const { status, stderr } = run('-e', program)
  assert.notEqual(status, 0)
  assert.match(stderr, /fiskal has no native module linux-pdp11-gnu or linux-pdp11-musl for Node v/)
})

test('the native module may come from a package of its platform', () => {
  const module = readdirSync(folder).find((file) => file.endsWith('.node'))
  const platform = join(project, 'node_modules', module.replace('.node', '').replace('.', '-'))
  mkdirSync(platform)
  writeFileSync(join(platform, 'package.json'), `{"main": "${module}"}`)
  const moved = join(project, 'node_modules/fiskal', module)
  execFileSync('mv', [moved, platform])
  const { stdout, stderr } = run('-p', "typeof require('fiskal').open")
  execFileSync('mv', [join(platform, module), moved])
  assert.equal(stderr, '')
  assert.equal(stdout.trim(), 'function')
})

test('a native module that cannot be loaded is told with its cause', () => {
  const module = readdirSync(folder).find((file) => file.endsWith('.node'))
  const file = join(project, 'node_modules/fiskal', module)
  copyFileSync(file, `${file}.kept`)
  writeFileSync(file, 'no library')
  const { status, stderr } = run('-p', "require('fiskal')")
  copyFileSync(`${file}.kept`, file)
  assert.notEqual(status, 0)
  assert.match(stderr, /fiskal's native module cannot be loaded by Node v.* on linux/)
})
