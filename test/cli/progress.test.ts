// How far an upload is, as it is shown.
import { describe, expect, it } from 'vitest'
import { amount, Progress, progressLine, type Whole } from '../../src/cli/progress.ts'

const MIB = 1024 * 1024

const standing = { done: 0, total: undefined, share: 0, rate: undefined, left: undefined, trouble: undefined }

describe('a line', () => {
  it.each([
    [
      { done: 512 * MIB, total: 1216 * MIB, share: 0.42, rate: 35.2 * MIB, left: 20 },
      ' 42% [========>           ]  512.0 of 1216.0 MiB  35.2 MiB/s  20s left',
    ],
    [{ total: MIB }, '  0% [>                   ]  0.0 of 1.0 MiB'],
    [
      { done: MIB, total: MIB, share: 1, rate: MIB, left: 0 },
      '100% [====================]  1.0 of 1.0 MiB  1.0 MiB/s  0s left',
    ],
    [
      { done: 20_480 * MIB, share: 0.5, rate: 0, left: 7501 },
      ' 50% [==========>         ]  20.0 GiB  0.0 MiB/s  2h05m left',
    ],
    [
      { total: 2 * MIB, done: MIB, share: 0.5, trouble: 'trying again: timed out' },
      ' 50% [==========>         ]  1.0 of 2.0 MiB  trying again: timed out',
    ],
    [{ left: 200 }, '  0% [>                   ]  0.0 MiB  3m20s left'],
  ])('is a bar, an amount, a rate and what is left: %o', (given, line) => {
    expect(progressLine({ ...standing, ...given })).toBe(line)
  })

  it('fits a terminal of eighty columns', () => {
    const [total, rate] = [80_000 * MIB, 999.9 * MIB]
    expect(progressLine({ ...standing, done: total, total, share: 1, rate, left: 7501 }).length).toBeLessThan(80)
  })

  it('counts large files in GiB', () => {
    expect(amount(512 * MIB, 20_480 * MIB)).toBe('0.5 of 20.0 GiB')
  })
})

/** What is written of an upload in which time passes as it is told to. */
function watched(isTTY: boolean, whole: Whole, work: (progress: Progress, pass: (ms: number) => void) => void): string {
  let written = ''
  let now = 0
  const progress = new Progress({ isTTY, write: text => (written += text) }, whole, () => now)
  work(progress, ms => {
    now += ms
  })
  return written
}

describe('on a terminal', () => {
  it('it is one line, written again and again', () => {
    const written = watched(true, { total: 3 * MIB }, (progress, pass) => {
      for (let part = 0; part < 3; part++) {
        pass(1000)
        progress.advance(MIB)
      }
      progress.end()
    })
    expect(written.replaceAll('\x1b[K', '|')).toMatch(/^\r 33% .*\|\r 66% .*1\.0 MiB\/s {2}1s left\|\r100% .*\|\n$/)
    expect(written.match(/\n/g)).toHaveLength(1)
  })

  it('tells what stands in the way until something goes again', () => {
    const written = watched(true, { total: 2 * MIB }, (progress, pass) => {
      progress.advance(MIB)
      pass(1000)
      progress.retract(MIB, 'trying again: timed out')
      pass(1000)
      progress.advance(MIB)
    })
    expect(written.split('\r').slice(1)).toEqual([
      expect.stringMatching(/^ 50% /),
      expect.stringMatching(/^ {2}0% .*trying again: timed out/),
      expect.not.stringContaining('trying'),
    ])
  })

  it('takes no rate from what was there', () => {
    const written = watched(true, { total: 100 * MIB }, (progress, pass) => {
      progress.skip(90 * MIB)
      pass(1000)
      progress.advance(MIB)
    })
    expect(written).toMatch(/1\.0 MiB\/s {2}9s left[^\r]*$/)
  })
})

describe('in a log', () => {
  it('nothing is written of what is quick', () => {
    const written = watched(false, { total: MIB }, progress => {
      progress.advance(MIB)
      progress.end()
    })
    expect(written).toBe('')
  })

  it('a line is written now and then', () => {
    const written = watched(false, { total: 100 * MIB, label: 'gentoo.img' }, (progress, pass) => {
      for (let part = 0; part < 100; part++) {
        progress.advance(MIB)
        pass(1000)
      }
      progress.end()
    })
    expect(written.split('\n')).toEqual([
      expect.stringMatching(/^gentoo\.img: 31% .* 1\.0 MiB\/s/),
      expect.stringMatching(/^gentoo\.img: 61% /),
      expect.stringMatching(/^gentoo\.img: 91% /),
      '',
    ])
  })
})

describe('what is there', () => {
  it.each<[Whole, string]>([
    [{ total: 2 * MIB }, '50%'],
    [{ share: () => 0.9 }, '1.0 MiB'],
  ])('is told for %o as %s', (whole, told) => {
    watched(true, whole, progress => {
      progress.advance(MIB)
      expect(progress.summary).toBe(told)
    })
  })
})
