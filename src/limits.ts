// Every limit of the service in one table: what may be asked for, whose limit it is, and what goes beyond is answered with.
//
// The code that enforces a limit reads its value here; docs/limits.md is written from the table (`npm run docs`).

/** A bound, and what whoever goes beyond it is told. */
export interface Limit {
  /** What is bounded, in words that stand in a table. */
  readonly what: string
  readonly most: number
  readonly unit?: 'bytes' | 'characters' | 'milliseconds' | 'seconds' | 'MiB' | 'GiB' | 'days'
  /** Who sets it: AWS for EC2, Cloudflare for the platform, OpenNebula for the front-end, or this project. */
  readonly from: 'AWS' | 'Cloudflare' | 'OpenNebula' | 'econe-edge'
  /** The error code that answers it; absent where it bounds our own work and nobody is refused. */
  readonly code?: string
}

export const limits = {
  // The largest that AWS allows: CreateTags with 1,000 ids (37 KB) and 50 tags of full length, every character three
  // bytes and each of these percent-encoded (173 KB). User data of 16 KiB makes 24 KB.
  requestBytes: {
    what: 'Query and form of a request',
    most: 256 * 1024,
    unit: 'bytes',
    from: 'econe-edge',
    code: 'RequestEntityTooLarge',
  },
  // 1,000 ids; 200 filter values; 50 tags for each of five resources; 300 rules of a security group
  requestParameters: {
    what: 'Parameters of a request',
    most: 2500,
    from: 'econe-edge',
    code: 'InvalidQueryParameter',
  },
  uploadFields: { what: 'Parts of an upload', most: 32, from: 'econe-edge', code: 'RequestResourceCountExceeded' },
  uploadField: {
    what: 'A field of an upload',
    most: 4096,
    unit: 'bytes',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  uploadsAtOnce: {
    what: 'Uploads of an account at a time',
    most: 4,
    from: 'econe-edge',
    code: 'ResourceLimitExceeded',
  },
  stagedBytes: {
    what: 'Images of an account that wait for OpenNebula (`STAGING_GIB`)',
    most: 100,
    unit: 'GiB',
    from: 'econe-edge',
    code: 'ResourceLimitExceeded',
  },
  // 10,000 parts of 8 MiB
  // https://developers.cloudflare.com/r2/platform/limits/
  uploadedImage: {
    what: 'An uploaded image',
    most: 10_000 * 8,
    unit: 'MiB',
    from: 'Cloudflare',
    code: 'InvalidParameterValue',
  },
  callsARequest: {
    what: 'Calls to OpenNebula for which a request counts once in `REQUEST_LIMIT`; so many more count once more',
    most: 5,
    from: 'econe-edge',
    code: 'RequestLimitExceeded',
  },
  sweepSubrequests: {
    what: 'Subrequests of a sweep of the staging area (the free plan has 50)',
    most: 45,
    from: 'Cloudflare',
  },
  filterValues: { what: 'Values in all filters of a request', most: 200, from: 'AWS', code: 'FilterLimitExceeded' },
  tagsPerResource: { what: 'Tags of a resource', most: 50, from: 'AWS', code: 'TagLimitExceeded' },
  tagKey: { what: 'Key of a tag', most: 128, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  tagValue: { what: 'Value of a tag', most: 256, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  value: {
    what: 'A value of an OpenNebula object (a longer one counts as absent)',
    most: 256 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
  keyPairsValue: {
    what: 'The value of `EC2_KEYPAIRS` of an OpenNebula user (a longer one counts as absent)',
    most: 1024 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
  object: {
    what: 'What is read of one OpenNebula object, with 32 characters for each value (a bigger object is left out)',
    most: 4 * 1024 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
} as const satisfies Record<string, Limit>
