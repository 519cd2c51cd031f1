'use strict'

/** The native module: beside this file, or in the platform's own package. */

const { readdirSync } = require('node:fs')
const { version } = require('./package.json')

const { platform, arch } = process
/** What the module is built against, where a platform has more than one of it. */
const builds = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[platform] ?? ['']
const names = builds.map((build) => `${platform}-${arch}${build}`)

function load() {
  const causes = []
  for (const place of names.flatMap((name) => [`./fiskal.${name}.node`, `fiskal-${name}`])) {
    try {
      return require(place)
    } catch (cause) {
      causes.push(cause)
    }
  }
  throw missing(causes)
}

function missing(causes) {
  const unusable = causes.find(({ code }) => code !== 'MODULE_NOT_FOUND')
  const here = `Node ${process.version} on ${platform} ${arch}`
  if (unusable) {
    return new Error(`fiskal's native module cannot be loaded by ${here}: ${unusable.message}`, { cause: unusable })
  }
  const there = readdirSync(__dirname).filter((file) => file.endsWith('.node')).join(', ') || 'none'
  const message = `fiskal has no native module ${names.join(' or ')} for ${here} (in ${__dirname}: ${there}); `
    + 'build it from source'
  return new Error(message, { cause: causes[0] })
}

const native = load()
if (native.version() !== version) {
  throw new Error(`fiskal is version ${version} and its native module ${native.version()}; install both anew`)
}

module.exports = native
