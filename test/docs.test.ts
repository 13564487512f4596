// The documentation says what the code does: the pages that are written from it are, and what README names is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coverageOf } from '../docs/coverage.ts'
import { pages } from '../docs/write.ts'
import { keyNames } from '../src/auth/policy/keys.ts'
import { absent } from '../src/ec2/absent/rows.ts'
import { actions } from '../src/ec2/actions.ts'
import { releaseOf } from '../src/opennebula/calls/methods.ts'

const root = join(import.meta.dirname, '..')
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')

it.each(Object.entries(pages()))('%s is written from the code (npm run docs)', (name, page) => {
  expect(read(name)).toBe(page)
})

describe('how far an action is served', () => {
  const coverage = (action: string) => {
    const row = actions.get(action)
    return row && coverageOf(action, row)
  }

  it('is full where every member of its input is honoured', () => {
    expect(coverage('DescribeRegions')).toEqual({ served: 'full' })
    expect(coverage('UploadImage')).toEqual({ served: 'full' })
  })

  it('is partial where one is not, or not with every value, by the paths of these', () => {
    expect(coverage('StopInstances')).toEqual({ served: 'partial', without: ['SkipOsShutdown'] })
    const launch = coverage('RunInstances')
    const without = launch?.served === 'partial' ? launch.without : []
    expect(without).toEqual(
      expect.arrayContaining(['KernelId', 'Placement.Tenancy', 'BlockDeviceMappings.Ebs.KmsKeyId']),
    )
  })

  it('is static of all that no cloud has', () => {
    for (const action of Object.keys(absent)) expect(coverage(action)?.served, action).toBe('static')
    expect(coverage('GetConsoleOutput')?.served).toBe('static')
  })

  it('stands in the table of each', () => {
    const page = pages()['docs/actions.md'] ?? ''
    for (const action of actions.keys()) {
      expect(
        page.match(new RegExp(`^\\| \\[${action}\\]\\(#\\w+\\) \\| (full|partial|static) \\|`, 'gm')),
        action,
      ).toHaveLength(1)
    }
  })
})

it('names every key that conditions of policies may have', () => {
  const page = read('docs', 'keys.md')
  const missing = keyNames.filter(name => !page.includes(`\`${name.replace(/\/$/, '/…')}\``))
  expect(missing).toEqual([])
})

it('knows the release of every method that is called', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  const sources = files.filter(name => name.endsWith('.ts') && !name.startsWith('sandbox'))
  const called = sources.flatMap(name => read('src', name).match(/'one\.[a-z]+\.[a-z]+'/g) ?? [])
  expect(called.length).toBeGreaterThan(20)
  const unknown = called.map(text => text.slice(1, -1)).filter(method => !releaseOf.has(method))
  expect(unknown).toEqual([])
})

describe.each(['README.md', ...readdirSync(join(root, 'docs')).map(name => join('docs', name))])('%s', page => {
  it.runIf(page.endsWith('.md'))('links to files that there are', () => {
    const targets = [...read(page).matchAll(/\]\(([^)#:]+)[^):]*\)/g)].map(([, target = '']) => target)
    expect(targets.filter(target => !existsSync(join(root, page, '..', target)))).toEqual([])
  })
})
