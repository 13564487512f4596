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
  filterValues: { what: 'Values in all filters of a request', most: 200, from: 'AWS', code: 'FilterLimitExceeded' },
  tagsPerResource: { what: 'Tags of a resource', most: 50, from: 'AWS', code: 'TagLimitExceeded' },
  tagKey: { what: 'Key of a tag', most: 128, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  tagValue: { what: 'Value of a tag', most: 256, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  documentValue: {
    what: 'A value of an OpenNebula object (a longer one counts as absent)',
    most: 256 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
  documentKeyPairs: {
    what: 'The value of `EC2_KEYPAIRS` of an OpenNebula user (a longer one counts as absent)',
    most: 1024 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
  documentObject: {
    what: 'What is read of one OpenNebula object, with 32 characters for each value (a bigger object is left out)',
    most: 4 * 1024 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
} as const satisfies Record<string, Limit>
