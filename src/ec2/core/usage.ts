// What is counted of an account besides the hours of its instances, and how actions note what OpenNebula keeps no record of.

/** GiB of volumes, snapshots, images and the bucket; addresses, each one. */
export const usageKinds = ['volume', 'snapshot', 'image', 'address', 'bucket'] as const
export type UsageKind = (typeof usageKinds)[number]

/** Something that was there until now, and is in no pool of OpenNebula's any more. */
export interface Used {
  readonly kind: UsageKind
  /** Seconds since 1970. */
  readonly since: number
  /** The same; now where absent. */
  readonly until?: number
  /** How much of it; less than nothing takes back what else would be counted too much. */
  readonly amount: number
}

/** Notes for reports of usage. What cannot be noted disturbs nobody. */
export interface UsageNotes {
  /** Something ends now. To be called when OpenNebula has accepted that; what a deletion task is about is noted by that. */
  ended(used: Used): void
  /** There is so much more of a kind from now on, or less. */
  changed(kind: UsageKind, by: number): void
}
