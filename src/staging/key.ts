// Where an image waits in the bucket: one object an image, under its account; and what else is known by such names.

/** Everything staged lies below this prefix; nothing else does. */
export const STAGING_PREFIX = 'staging/'

/** Every piece of a bucket's object lies below this prefix; nothing else does. */
export const PIECES_PREFIX = 'objects/'

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
  /** `ami-…`; of what is held `snap-…` as well */
  readonly imageId: string
}

/** The key of an image's bytes: `staging/<12-digit account>/<image id>`. */
export function stagingKey({ account, imageId }: StagedName): string {
  return `${STAGING_PREFIX}${account}/${imageId}`
}

/** What {@link stagingKey} was given, or undefined for a key that it did not write. */
export const parseStagingKey = (key: string): StagedName | undefined =>
  named(/^staging\/(\d{12})\/(ami-[0-9a-f]+)$/.exec(key))

/** What is held of an account's bucket for the import of an image: no key of R2's, but where keys of staged objects are. */
export const heldKey = ({ account, imageId }: StagedName): string => `held/${account}/${imageId}`

/** What {@link heldKey} was given, or undefined for a key that it did not write. */
export const parseHeldKey = (key: string): StagedName | undefined =>
  named(/^held\/(\d{12})\/((?:ami|snap)-[0-9a-f]+)$/.exec(key))

/** The account of the key of a piece, `objects/<12-digit account>/<32 hex digits>`; undefined for another key. */
export const accountOfPiece = (key: string): string | undefined => /^objects\/(\d{12})\/[0-9a-f]{32}$/.exec(key)?.[1]

/** The key of a new piece, which nobody can guess. */
export const newPieceKey = (account: string): string =>
  `${PIECES_PREFIX}${account}/${crypto.getRandomValues(new Uint8Array(16)).toHex()}`

function named(match: RegExpExecArray | null): StagedName | undefined {
  const [, account, imageId] = match ?? []
  return account === undefined || imageId === undefined ? undefined : { account, imageId }
}
