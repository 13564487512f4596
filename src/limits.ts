// Every limit of the service in one table: what may be asked for, whose limit it is, and what goes beyond is answered with.
//
// The code that enforces a limit reads its value here; docs/limits.md is written from the table (`npm run docs`).

/** A bound, and what whoever goes beyond it is told. */
export interface Limit {
  /** What is bounded, in words that stand in a table. */
  readonly what: string
  readonly most: number
  readonly unit?: 'bytes' | 'characters' | 'milliseconds' | 'seconds' | 'MiB' | 'days'
  /** Who sets it: AWS for EC2, Cloudflare for the platform, OpenNebula for the front-end, or this project. */
  readonly from: 'AWS' | 'Cloudflare' | 'OpenNebula' | 'econe-edge'
  /** The error code that answers it; absent where it bounds our own work and nobody is refused. */
  readonly code?: string
}

export const limits = {
  listMembers: { what: 'Members of a list in a request', most: 1000, from: 'AWS', code: 'InvalidParameterValue' },
  blockDevices: { what: 'Block devices of an instance', most: 40, from: 'AWS', code: 'AttachmentLimitExceeded' },
  filters: { what: 'Filters of a request', most: 50, from: 'AWS', code: 'FilterLimitExceeded' },
  filterValues: { what: 'Values in all filters of a request', most: 200, from: 'AWS', code: 'FilterLimitExceeded' },
  filterValue: { what: 'Value of a filter', most: 255, unit: 'characters', from: 'AWS', code: 'FilterLimitExceeded' },
  filterWildcards: { what: 'Wildcards in a value of a filter', most: 5, from: 'AWS', code: 'FilterLimitExceeded' },
  filterWork: {
    what: 'Work of all filter values with wildcards: their characters; a text between two `*` counts 200, with `?` 2,000 for every 31',
    most: 10_000,
    from: 'econe-edge',
    code: 'FilterLimitExceeded',
  },
  filteredText: { what: 'Text that wildcards are compared with', most: 1024, unit: 'characters', from: 'econe-edge' },
  singleReads: {
    what: 'Objects that are read one by one before their pool is read instead',
    most: 20,
    from: 'econe-edge',
  },
  indexWrites: { what: 'Entries of the index that one request writes', most: 30, from: 'econe-edge' },
  subrequests: { what: 'Upstream requests of one request (free plan)', most: 50, from: 'Cloudflare' },
  kvOperations: { what: 'Operations on KV and R2 of one request', most: 1000, from: 'Cloudflare' },
  kvKeysPerGet: { what: 'Keys in one look into KV', most: 100, from: 'Cloudflare' },
  kvKey: { what: 'Key of an entry in KV', most: 512, unit: 'bytes', from: 'Cloudflare' },
  kvValue: { what: 'Value of an entry in KV', most: 25 * 1024 * 1024, unit: 'bytes', from: 'Cloudflare' },
  kvMetadata: { what: 'Metadata of an entry in KV', most: 1024, unit: 'bytes', from: 'Cloudflare' },
  r2Metadata: { what: 'Metadata of an object in R2', most: 8192, unit: 'bytes', from: 'Cloudflare' },
  r2Deletes: { what: 'Objects of R2 that one call deletes', most: 1000, from: 'Cloudflare' },
  storedRow: {
    what: 'Key and value of a row of an account',
    most: 2 * 1024 * 1024,
    unit: 'bytes',
    from: 'Cloudflare',
  },
  launchedInstances: {
    what: 'Instances of one launch',
    most: 200,
    from: 'econe-edge',
    code: 'InstanceLimitExceeded',
  },
  launchedVolumes: {
    what: 'Volumes that one launch makes',
    most: 500,
    from: 'econe-edge',
    code: 'VolumeLimitExceeded',
  },
  tagsPerResource: { what: 'Tags of a resource', most: 50, from: 'AWS', code: 'TagLimitExceeded' },
  tagKey: { what: 'Key of a tag', most: 128, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  tagValue: { what: 'Value of a tag', most: 256, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
} as const satisfies Record<string, Limit>
