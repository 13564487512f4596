// Which files are too long, of files that are made up.
import { expect, it } from 'vitest'
import { lengthFindings } from './lengths.ts'

const lines = (count: number): string => 'x\n'.repeat(count)

it('names files of more than 300 lines, the longest first', () => {
  const files = new Map([
    ['short.ts', lines(300)],
    ['long.ts', lines(301)],
    ['longer.ts', lines(400)],
  ])
  expect(lengthFindings(files, {})).toEqual([
    'longer.ts: 400 lines, more than 300',
    'long.ts: 301 lines, more than 300',
  ])
})

it('lets a table be longer, while it is', () => {
  const mayBeLonger = { 'table.ts': 'a plain table', 'gone.ts': 'generated', 'shorter.ts': 'generated' }
  const files = new Map([
    ['table.ts', lines(500)],
    ['shorter.ts', lines(20)],
  ])
  expect(lengthFindings(files, mayBeLonger)).toEqual([
    'gone.ts: needs no reason to be longer than 300 lines',
    'shorter.ts: needs no reason to be longer than 300 lines',
  ])
})
