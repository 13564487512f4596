// Where an image waits in the bucket: one object an image, under its account.

/** Everything staged lies below this prefix; nothing else does. */
export const STAGING_PREFIX = 'staging/'

/** What is written on a staged object, as R2 custom metadata. */
export interface StagedMetadata {
  /** When the upload began, ISO 8601. */
  readonly created: string
  /** The file's own name, as the client gave it. */
  readonly name: string
  /** The access key's OpenNebula user name. */
  readonly owner: string
}

/** A staged object's account and image, as its key tells them. */
export interface StagedName {
  /** 12 digits. */
  readonly account: string
  /** `ami-…` */
  readonly imageId: string
}

/** The key of an image's bytes: `staging/<12-digit account>/<image id>`. */
export function stagingKey({ account, imageId }: StagedName): string {
  return `${STAGING_PREFIX}${account}/${imageId}`
}

/** What {@link stagingKey} was given, or undefined for a key that it did not write. */
export function parseStagingKey(key: string): StagedName | undefined {
  const [, account, imageId] = /^staging\/(\d{12})\/(ami-[0-9a-f]+)$/.exec(key) ?? []
  return account === undefined || imageId === undefined ? undefined : { account, imageId }
}
