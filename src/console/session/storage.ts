// Credentials that outlive a reload of the tab, for a visitor who ticked that: sessionStorage has them, and nothing else ever.
import type { Credentials } from '../api/client.ts'

const NAME = 'session'

export interface Kept {
  readonly credentials: Credentials
  readonly region: string
  readonly expires?: number | undefined
}

export function remember(kept: Kept): void {
  sessionStorage.setItem(NAME, JSON.stringify(kept))
}

export function recall(): Kept | undefined {
  const kept = sessionStorage.getItem(NAME)
  return kept === null ? undefined : (JSON.parse(kept) as Kept)
}

export function forget(): void {
  sessionStorage.clear()
}
