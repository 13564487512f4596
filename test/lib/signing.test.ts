// Signatures by keys of which the first signs and all verify.
import { expect, it } from 'vitest'
import { toBytes } from '../../src/lib/bytes.ts'
import { isSigned, SIGNATURE_BYTES, sign } from '../../src/lib/signing.ts'

const hmac = { name: 'HMAC', hash: 'SHA-256' }
const key = (secret: string) => crypto.subtle.importKey('raw', toBytes(secret), hmac, false, ['sign', 'verify'])

it('verifies what one of the keys signed, whole and unaltered', async () => {
  const [now, before, other] = [await key('now'), await key('before'), await key('other')]
  const text = toBytes('text')
  const signature = await sign([now, before], text)
  expect(signature.length).toBe(SIGNATURE_BYTES)
  expect(await isSigned([now], signature, text)).toBe(true)
  expect(await isSigned([other, now], signature, text)).toBe(true)
  expect(await isSigned([before], signature, text)).toBe(false)
  expect(await isSigned([now], signature, toBytes('another'))).toBe(false)
  expect(await isSigned([now], signature.subarray(1), text)).toBe(false)
  expect(await isSigned([now], new Uint8Array(), text)).toBe(false)
})
