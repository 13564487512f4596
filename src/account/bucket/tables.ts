// The bucket's rows in the account object's storage: read and written at once, and ServiceUnavailable where that fails.
import { S3Error } from '../../s3/errors.ts'
import { migrations } from './schema.ts'

/** In the object's key-value rows: which form the tables are in; absent where there are none. */
const FORM = 'bucket'

/** The form that tables are in now. */
const CURRENT = migrations.length

type Bindings = readonly (string | number | null)[]

export type SqlRow = Record<string, SqlStorageValue>

/** The tables of one account's bucket. Who only reads makes none. */
export class Tables {
  readonly #storage: DurableObjectStorage
  #form: number

  /** Brings the tables of an earlier release into today's form. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#form = storage.kv.get<number>(FORM) ?? 0
    if (this.exist && this.#form < CURRENT) this.write(() => undefined)
  }

  /** Whether anything was ever written. */
  get exist(): boolean {
    return this.#form > 0
  }

  /** The rows of a query, as they are read. @throws S3Error ServiceUnavailable */
  rows<Row extends SqlRow>(query: string, ...bindings: Bindings): Iterable<Row> {
    return this.exist ? attempt(() => this.#storage.sql.exec<Row>(query, ...bindings)) : []
  }

  all<Row extends SqlRow>(query: string, ...bindings: Bindings): Row[] {
    return attempt(() => [...this.rows<Row>(query, ...bindings)])
  }

  /** The first row of a query. */
  first<Row extends SqlRow>(query: string, ...bindings: Bindings): Row | undefined {
    return this.all<Row>(query, ...bindings)[0]
  }

  /** Changes rows: inside of `write` only. */
  run(query: string, ...bindings: Bindings): void {
    attempt(() => this.#storage.sql.exec(query, ...bindings).toArray())
  }

  /** All that the work writes counts, or nothing where it throws. */
  write<T>(work: () => T): T {
    const form = this.#form
    try {
      return attempt(() =>
        this.#storage.transactionSync(() => {
          this.#migrate()
          return work()
        }),
      )
    } catch (error) {
      // Tables that were made are unmade again
      this.#form = form
      throw error
    }
  }

  #migrate(): void {
    const form = this.#storage.kv.get<number>(FORM) ?? 0
    if (form < CURRENT) {
      for (const migration of migrations.slice(form)) this.#storage.sql.exec(migration)
      this.#storage.kv.put(FORM, CURRENT)
    }
    this.#form = Math.max(form, CURRENT)
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof S3Error || error instanceof TypeError) throw error
    throw new S3Error('ServiceUnavailable', 'The bucket cannot be reached at the moment. Please try again.', {
      cause: error,
    })
  }
}
