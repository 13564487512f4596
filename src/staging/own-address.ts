// By what address the Worker is reached. The Host of a request may be anything: what the operator says decides.
import { isHost } from '../lib/web-hosts.ts'

/** What the operator says of it. */
export interface OwnAddress {
  readonly publicUrl: string | undefined
  readonly ownHosts: readonly string[]
}

/**
 * Where OpenNebula fetches images from: the operator's `PUBLIC_URL`, else the address that a request came by, if that is
 * one of the operator's `OWN_HOSTS`. Undefined where neither is: OpenNebula is sent nowhere that only a caller names.
 *
 * @param requested scheme and host of the request
 */
export const originForDownloads = (requested: string, own: OwnAddress): string | undefined =>
  own.publicUrl ?? (isOwn(requested, own) ? requested : undefined)

/**
 * The address that callers are told. Where the operator says nothing it is the one that they named: nobody else is told.
 *
 * @param requested scheme and host of the request
 */
export const originForCallers = (requested: string, own: OwnAddress): string =>
  isOwn(requested, own) ? requested : (own.publicUrl ?? requested)

function isOwn(requested: string, { ownHosts }: OwnAddress): boolean {
  const url = new URL(requested)
  return ownHosts.some(own => isHost(own, url))
}
