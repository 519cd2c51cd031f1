'use strict'

/** An error of the core. Its members are those of its JSON, and `code` is the kind's name in C. */
class FiskalError extends Error {
  constructor(details) {
    super(details.message)
    this.code = `FISKAL_${details.kind.toUpperCase()}`
    for (const [key, value] of Object.entries(details)) {
      if (key !== 'message') this[key] = value
    }
  }

  /** The error's JSON, as every language shows it. */
  toJSON() {
    const { code, ...details } = this
    return { ...details, message: this.message }
  }
}
Object.defineProperty(FiskalError.prototype, 'name', { value: 'FiskalError', configurable: true, writable: true })

/** What is in an envelope of the native module; throws the error that is in it. */
function opened(envelope) {
  const { error, result } = JSON.parse(envelope)
  if (error) throw new FiskalError(error)
  return result
}

module.exports = { FiskalError, opened }
