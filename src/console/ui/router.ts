// Addresses inside of the console: the location's hash, `#/instances/i-0123/storage`, which no server is told.
import { Store } from './store.ts'

/** The steps of an address, decoded: page, id, tab. */
export type Route = readonly string[]

const read = (): Route =>
  location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter(step => step !== '')
    .map(decoded)

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

/** Where the visitor is. */
export const route = new Store<Route>(read())

addEventListener('hashchange', () => route.set(read()))

/** Takes the fragment out of the address, and out of the browser's history. */
export function clearRoute(): void {
  history.replaceState(null, '', location.pathname)
  route.set([])
}

/** The address of a page, to link to. */
export const href = (...steps: readonly string[]): string => `#/${steps.map(encodeURIComponent).join('/')}`

/** Goes to a page. */
export function go(...steps: readonly string[]): void {
  location.hash = href(...steps)
}
