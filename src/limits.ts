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
  presignedExpires: {
    what: 'X-Amz-Expires of a presigned request (SigV4)',
    ...{ most: 604_800, unit: 'seconds', from: 'AWS', code: 'IncompleteSignature' },
  },
  expiresAhead: {
    what: 'Expires of a signature of version 2, from now',
    ...{ most: 7, unit: 'days', from: 'AWS', code: 'InvalidParameterValue' },
  },
  standingAge: {
    what: 'How long it counts what OpenNebula said of a user: that it is enabled, has this name, and who is in group 0',
    ...{ most: 60, unit: 'seconds', from: 'econe-edge' },
  },
  failedNames: {
    what: "Failed requests in a minute with econe's keys, for each user name and for each client address",
    ...{ most: 20, from: 'econe-edge', code: 'RequestLimitExceeded' },
  },
} as const satisfies Record<string, Limit>
