// That part of the Worker's bindings which is a region's: the same, with what they are asked for below a prefix.
import { type KeyStore, StoreBelow } from './store.ts'

/** The KV namespace of the Worker, as much of it as is used. */
export interface Index extends KeyStore {
  get(name: string, options?: { cacheTtl: number }): Promise<string | null>
  get(names: string[]): Promise<Map<string, string | null>>
}

/** What in the namespace has names that begin with a prefix, by the rest of them. */
export class IndexBelow extends StoreBelow implements Index {
  readonly #index: Index
  readonly #prefix: string

  constructor(index: Index, prefix: string) {
    super(index, prefix)
    this.#index = index
    this.#prefix = prefix
  }

  override get(name: string, options?: { cacheTtl: number }): Promise<string | null>
  override get(names: string[]): Promise<Map<string, string | null>>
  override async get(
    name: string | string[],
    options?: { cacheTtl: number },
  ): Promise<string | null | Map<string, string | null>> {
    if (typeof name === 'string') return this.#index.get(this.#prefix + name, options)
    const values = await this.#index.get(name.map(each => this.#prefix + each))
    return new Map(name.map(each => [each, values.get(this.#prefix + each) ?? null]))
  }
}

type Value = Parameters<R2Bucket['put']>[1]

/** What in the bucket has keys that begin with a prefix, by the rest of them. */
export class BucketBelow implements R2Bucket {
  readonly #bucket: R2Bucket
  readonly #prefix: string

  constructor(bucket: R2Bucket, prefix: string) {
    this.#bucket = bucket
    this.#prefix = prefix
  }

  async head(key: string): Promise<R2Object | null> {
    return this.#shown(await this.#bucket.head(this.#prefix + key))
  }

  get(key: string, options: Conditional<R2GetOptions>): Promise<R2ObjectBody | R2Object | null>
  get(key: string, options?: R2GetOptions): Promise<R2ObjectBody | null>
  async get(key: string, options?: R2GetOptions): Promise<R2ObjectBody | null> {
    return this.#shown(await this.#bucket.get(this.#prefix + key, options))
  }

  put(key: string, value: Value, options?: Conditional<R2PutOptions>): Promise<R2Object | null>
  put(key: string, value: Value, options?: R2PutOptions): Promise<R2Object>
  async put(key: string, value: Value, options?: R2PutOptions): Promise<R2Object> {
    return this.#shown(await this.#bucket.put(this.#prefix + key, value, options))
  }

  createMultipartUpload(key: string, options?: R2MultipartOptions): Promise<R2MultipartUpload> {
    return this.#bucket.createMultipartUpload(this.#prefix + key, options)
  }

  resumeMultipartUpload(key: string, uploadId: string): R2MultipartUpload {
    return this.#bucket.resumeMultipartUpload(this.#prefix + key, uploadId)
  }

  delete(keys: string | string[]): Promise<void> {
    return this.#bucket.delete([keys].flat().map(key => this.#prefix + key))
  }

  async list({ prefix = '', startAfter, ...options }: R2ListOptions = {}): Promise<R2Objects> {
    const page = await this.#bucket.list({
      ...options,
      prefix: this.#prefix + prefix,
      ...(startAfter !== undefined && { startAfter: this.#prefix + startAfter }),
    })
    for (const object of page.objects) this.#shown(object)
    return { ...page, delimitedPrefixes: page.delimitedPrefixes.map(each => each.slice(this.#prefix.length)) }
  }

  /** The object under the key by which it was asked for. */
  #shown<O extends R2Object | null>(object: O): O {
    return object && Object.defineProperty(object, 'key', { value: object.key.slice(this.#prefix.length) })
  }
}

type Conditional<Options> = Options & { onlyIf: R2Conditional | Headers }

/** A limiter that counts for itself what has a prefix before its name. */
export const limitBelow = (limiter: RateLimit, prefix: string): RateLimit => ({
  limit: ({ key }) => limiter.limit({ key: prefix + key }),
})
