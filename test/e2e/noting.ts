// A setup file: the SDK's clients note what they send and are given that is secret, for the end of the run to look for it in events.
import { appendFileSync } from 'node:fs'
import { EC2Client } from '@aws-sdk/client-ec2'
import { inject } from 'vitest'
import { SECRETS } from '../../src/account/events/content.ts'
import { TELLING } from './secrets.ts'

/** The texts in a value, those in base64 as what they say besides. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    yield value
    yield Buffer.from(value, 'base64').toString()
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) yield* textsIn(each)
  }
}

/** Streams, dates and the like are not looked into. */
const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)

/** What of an input or an output is secret. */
function* secretsIn(value: unknown): Generator<string> {
  if (!isPlain(value)) return
  for (const [name, each] of Object.entries(value)) {
    if (SECRETS.has(name)) yield* textsIn(each)
    else if (!name.startsWith('$')) yield* secretsIn(each)
  }
}

function note(value: unknown): void {
  const found = [...secretsIn(value)].filter(text => text.length >= TELLING && text.isWellFormed())
  if (found.length > 0) appendFileSync(inject('secrets'), found.map(text => `${JSON.stringify(text)}\n`).join(''))
}

/** What all of the SDK's clients are. */
const base = Object.getPrototypeOf(EC2Client.prototype) as { send: (...given: unknown[]) => Promise<unknown> }
const NOTES = Symbol.for('econe.notes')

if (!Object.hasOwn(base, NOTES)) {
  const { send } = base
  Object.assign(base, {
    [NOTES]: true,
    async send(...given: unknown[]) {
      const [command] = given
      note((command as { readonly input?: unknown } | undefined)?.input)
      const output = await Reflect.apply(send, this, given)
      note(output)
      return output
    },
  })
}
