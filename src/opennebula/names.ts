// The names that OpenNebula takes for its objects.
import { assertSendable } from './xml/text.ts'

const MAX_NAME = 128
// The characters OpenNebula refuses in the name of an object.
const NOT_IN_NAMES = /[&|:\\";/'#{}$<>\n\t\v\f\r]/

/** Whether OpenNebula takes this as the name of an object. */
export function isObjectName(name: string): boolean {
  if (name === '' || name.length > MAX_NAME || name.trim() !== name || NOT_IN_NAMES.test(name)) return false
  try {
    assertSendable(name, 'A name')
    return true
  } catch {
    return false
  }
}

/** The nearest name OpenNebula takes: `-` for each character that it would refuse, `fallback` where nothing is left. */
export function objectName(text: string, fallback: string): string {
  const name = Array.from(text, character => (isObjectName(`x${character}x`) ? character : '-'))
    .join('')
    .slice(0, MAX_NAME)
    .trim()
  return /[^-\s]/.test(name) ? name : fallback
}
