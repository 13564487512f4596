// What a check finds: one line each, and where something is wrong also what to do.

export interface Finding {
  /** `note`: nothing is wrong, but an operator may not know. */
  readonly kind: 'ok' | 'note' | 'wrong'
  readonly about: string
  /** What to do. */
  readonly remedy?: string
}

export const ok = (about: string): Finding => ({ kind: 'ok', about })
export const note = (about: string): Finding => ({ kind: 'note', about })
export const wrong = (about: string, remedy: string): Finding => ({ kind: 'wrong', about, remedy })

/** A finding as it is printed; the kinds make a column. */
export function lineOf({ kind, about, remedy }: Finding): string {
  return `${kind.padEnd(5)} ${about}${remedy === undefined ? '' : ` — ${remedy}`}`
}
