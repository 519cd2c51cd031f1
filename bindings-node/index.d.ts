/// <reference types="node" />
import type { OperationName, Operations, OperationTypes } from './operations'
import type { Receipt } from './receipt'
import type { Decimal, ErrorCode, ErrorKind, Item, Payment, PaymentMethod, SaleData } from './types'

export * from './operations'
export * from './receipt'
export * from './types'

/**
 * Opens a configuration, and with it its journal.
 *
 * Clients of one journal in one process, worker threads included, share one core; they must have the same
 * configuration. An open client keeps no process alive.
 *
 * @param config The path of a configuration file, its `file:` URL, or the configuration itself.
 * @throws {FiskalError} `FISKAL_CONFIG` for what is wrong with the configuration, `FISKAL_JOURNAL` for a journal
 *   that cannot be used.
 */
export function open(config: string | URL, options?: OpenOptions): Promise<Client>
export function open(config: object, options?: CallOptions): Promise<Client>

/** What every call takes beside its parameters. */
export interface CallOptions {
  /**
   * Lets the call go when it is aborted: it rejects with the signal's reason as soon as the core has let go.
   * What had been sent by then is settled by `sync`; the same sale again gives the same receipt.
   */
  signal?: AbortSignal | undefined
}

/** What `open` takes beside the file. */
export interface OpenOptions extends CallOptions {
  /** Keys that win over those of the file. */
  overrides?: object | undefined
}

/** An open journal. Its methods may be called at any time; calls of one register take turns. */
export class Client {
  private constructor()

  /**
   * Begins a sale.
   *
   * @param register The register's name in the configuration.
   * @param members Further members of the sale: `id`, `cashier` and `training` are fixed from now on.
   */
  sale(register: string, members?: SaleMembers, options?: CallOptions): Promise<Sale>
  /** Goes on with a sale that was begun, in this process or another, and has not ended. */
  resume(sale: string, options?: ResumeOptions): Promise<Sale>

  /**
   * Does one named operation. Each has a method of its own, too: `sale.complete` is `saleComplete`.
   *
   * @throws {TypeError} for parameters that JSON does not have, such as a fractional number.
   * @throws {FiskalError} as the operation says; `FISKAL_CLOSED` once the client is closed.
   */
  call<Name extends OperationName>(
    operation: Name,
    params?: OperationTypes[Name]['params'],
    options?: CallOptions,
  ): Promise<OperationTypes[Name]['result']>
  call(operation: string, params?: object, options?: CallOptions): Promise<unknown>

  /** Lets all calls that wait return as if their patience had run out. */
  interrupt(): void

  /** Closes the client, when the calls under way have come to their end. Closing again does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
export interface Client extends Operations {}

/** What `resume` takes beside the sale's id. */
export interface ResumeOptions extends CallOptions {
  /** The register's name; needed where several have a sale of this id. */
  register?: string | undefined
}

/** Members of a sale whose register is known. */
export type SaleMembers = Partial<Omit<SaleData, 'register'>>

/**
 * A begun sale, put together call by call. What is handed over is written down at once: later changes of an
 * object that was handed over change nothing.
 */
export class Sale {
  private constructor()

  /** The sale's id. */
  readonly id: string

  /**
   * Sets members, such as `number`, `customer` or `discounts`. Those that are `undefined` stay as they are.
   *
   * @throws {TypeError} for what JSON does not have; then nothing is set.
   * @throws {FiskalError} `FISKAL_INVALID`, whose `pointer` names the member; then nothing is set.
   */
  set(members: SaleMembers): this
  /**
   * Adds an item.
   *
   * @throws {TypeError} for what JSON does not have, such as a fractional number.
   * @throws {FiskalError} `FISKAL_INVALID`, whose `pointer` names the member; then nothing is added.
   */
  add(item: Item): this
  /**
   * Adds a payment.
   *
   * @throws {TypeError} for what JSON does not have, such as a fractional number.
   * @throws {FiskalError} `FISKAL_INVALID`, whose `pointer` names the member; then nothing is added.
   */
  pay(method: PaymentMethod, amount: Decimal, members?: Omit<Payment, 'method' | 'amount'>): this

  /** Keeps what was added, so that the sale can be resumed with it. */
  save(options?: CallOptions): Promise<void>
  /** Sets members, and completes the sale. Called again, it gives the same receipt. */
  complete(members?: SaleMembers, options?: CallOptions): Promise<Receipt>
  /** Ends the sale without a receipt; the reason has at most 128 characters. */
  abort(reason?: string, options?: CallOptions): Promise<void>

  /** Aborts the sale, unless it was resumed, saved or aborted, or completing it was tried. */
  [Symbol.asyncDispose](): Promise<void>
  /** The sale's JSON, as `complete` sends it. */
  toJSON(): object
}

/** An error of the core: what happened, where, and what to do. */
export class FiskalError extends Error {
  constructor(details: { kind: ErrorKind, message: string, [key: string]: unknown })

  /** The kind, as C names it. */
  readonly code: ErrorCode
  /** The kind. */
  readonly kind: ErrorKind
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean
  /** JSON pointer (RFC 6901) to the field of the input. */
  readonly pointer?: string
  /** The file that is wrong. */
  readonly file?: string
  /** The line in that file, from 1. */
  readonly line?: number
  /** The id of the operation in the journal. */
  readonly operation?: string
  /** The caller's sale id. */
  readonly sale?: string
  /** The HTTP status of the service's answer. */
  readonly http_status?: number
  /** The service's own error code. */
  readonly service_code?: string
  /** The service's own words. */
  readonly service_message?: string
  /** The service's id of the exchange, for its support desk. */
  readonly trace_id?: string
  /** For `FISKAL_MISMATCH`: the receipt that was booked all the same. */
  readonly receipt?: Receipt

  /** The error's JSON, as every language shows it. */
  toJSON(): object
}

/** How much a line of the log matters. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace'

/**
 * Hears the core's log, in place of the function before; `null` for nobody. It hears every client of the
 * process, worker threads included, and keeps no process alive. What it throws is an uncaught exception.
 *
 * @param logger Called with the level, the module that says it, and the text.
 * @param maxLevel The most talkative level that is heard; `info` if absent.
 */
export function setLogger(
  logger: ((level: LogLevel, target: string, message: string) => void) | null,
  maxLevel?: LogLevel,
): void

/** The version of the package. */
export const version: string
