// The place that keys and roles are kept in: a KV namespace.
export type { KeyStore, KeyStorePage } from '../config/store.ts'

/**
 * How long a record may be out of date here, and as long again in KV's cache at this location (its minimum, in seconds):
 * what was changed counts everywhere after about a minute.
 */
export const FRESH_SECONDS = 30
