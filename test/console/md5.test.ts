// MD5 as browsers compute it, beside Node's.
import { createHash, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { Md5 } from '../../src/console/upload/md5.ts'

it('is the same, whatever pieces the bytes come in', () => {
  const bytes = randomBytes(1000)
  for (let length = 0; length < 300; length++) {
    const md5 = new Md5()
    const cut = (length * 7) % 131
    for (const [from, to] of [
      [0, cut],
      [cut, cut + 64],
      [cut + 64, length],
    ] as const) {
      md5.update(bytes.subarray(Math.min(from, length), Math.min(to, length)))
    }
    const native = createHash('md5').update(bytes.subarray(0, length)).digest('hex')
    expect([length, Buffer.from(md5.digest()).toString('hex')]).toEqual([length, native])
  }
})
