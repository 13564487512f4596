// The memory of a body that is stored is given back at once; that of one that is not waits for whoever may still have a view of it.
import { expect, it } from 'vitest'
import { ByteWindow } from '../../src/lib/byte-window.ts'
import { noise, streamOf } from '../staging/support.ts'

it('is that of both halves, and nothing comes any more', async () => {
  const window = new ByteWindow(streamOf([noise(100), noise(100)]), { size: 100 })
  await window.fill('full')
  const first = window.unread
  window.use(first.length)
  await window.fill('full')
  const second = window.unread
  expect([first.length, second.length]).toEqual([100, 100])
  window.free()
  expect([first.length, second.length, window.unread.length]).toEqual([0, 0, 0])
  // A second time there is nothing to give
  window.free()
})
