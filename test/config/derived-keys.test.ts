// Keys derived from the operator's secret: each for its purpose, those of earlier secrets behind that of today's.
import { describe, expect, it } from 'vitest'
import { keyBytes, type Purpose, sealingKeys, signingKeys } from '../../src/config/derived-keys.ts'
import { toBytes, toHex } from '../../src/lib/bytes.ts'
import { isSigned, sign } from '../../src/lib/signing.ts'

const TEXT = toBytes('text')
const signing: Purpose[] = ['pages', 'imageLinks', 'operator']

describe('derived keys', () => {
  it('verify what was made under any of the secrets, and are made under the first', async () => {
    const before = await signingKeys(['before'], 'pages')
    const rotated = await signingKeys(['now', 'before'], 'pages')
    expect(await isSigned(rotated, await sign(before, TEXT), TEXT)).toBe(true)
    expect(await isSigned(before, await sign(rotated, TEXT), TEXT)).toBe(false)
  })

  it.each(signing)('for %s are of no use for anything else', async purpose => {
    const signature = await sign(await signingKeys(['secret'], purpose), TEXT)
    for (const other of signing) {
      expect(await isSigned(await signingKeys(['secret'], other), signature, TEXT)).toBe(other === purpose)
    }
  })

  it('that seal cannot be taken out', async () => {
    const [key] = await sealingKeys(['secret'], 'accessKeys')
    expect(key).toMatchObject({ extractable: false, usages: ['encrypt', 'decrypt'] })
  })

  it('are the same in every release: what was made under them is stored', () => {
    expect(toHex(keyBytes('secret', 'ids'))).toBe('0dbc79c1383c1880a4a29aa63d52f1f234880df8f5f73ae8809080e3c38bd2ee')
  })
})
