// R2's own S3 endpoint: by what the Worker signs links that clients send bytes to, past the Worker.

/** How R2 is reached with S3's protocol, and as whom. */
export interface R2Access {
  /** Address without a slash at its end, such as `https://<account>.r2.cloudflarestorage.com`. */
  readonly endpoint: string
  /** The bucket's name there: that of the binding STAGING. */
  readonly bucket: string
  /** What the keys begin with; absent where that is nothing. */
  readonly prefix?: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The variables that say so: all of them or none. */
export const R2_VARIABLES = ['R2_ENDPOINT', 'R2_BUCKET', 'R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY'] as const

export type R2Variable = (typeof R2_VARIABLES)[number]

/**
 * Reads the four variables.
 * @param refuse throws what is wrong, in words that follow the name of the variable
 * @returns undefined where none is set
 */
export function parseR2Access(
  variables: { readonly [Name in R2Variable]?: string },
  refuse: (variable: R2Variable, problem: string) => never,
): R2Access | undefined {
  const given = R2_VARIABLES.find(name => variables[name])
  if (given === undefined) return undefined
  const value = (name: R2Variable) => variables[name] || refuse(name, `is not set, but ${given} is`)
  return {
    endpoint: endpointIn(value('R2_ENDPOINT'), refuse),
    bucket: bucketIn(value('R2_BUCKET'), refuse),
    accessKeyId: value('R2_ACCESS_KEY_ID'),
    secretAccessKey: value('R2_SECRET_ACCESS_KEY'),
  }
}

type Refuse = Parameters<typeof parseR2Access>[1]

/** Plain HTTP is for an R2 on the same machine. A path is that of `wrangler dev`. */
function endpointIn(text: string, refuse: Refuse): string {
  const url = URL.parse(text)
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (!url || !(url.protocol === 'https:' || isLocal) || url.username || url.search || url.hash) {
    return refuse('R2_ENDPOINT', 'must be an https address such as https://<account>.r2.cloudflarestorage.com')
  }
  return url.href.replace(/\/+$/, '')
}

/** @see https://developers.cloudflare.com/r2/buckets/create-buckets/ */
function bucketIn(text: string, refuse: Refuse): string {
  if (/^[a-z\d][a-z\d-]{1,61}[a-z\d]$/.test(text)) return text
  return refuse('R2_BUCKET', `must be the name of a bucket, but is "${text}"`)
}
