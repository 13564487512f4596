// The table of resources: what tells its kinds apart.
import { expect, it } from 'vitest'
import type { Resource } from '../../src/ec2/core/resource.ts'
import { resources } from '../../src/ec2/resources.ts'

const kinds: readonly Resource[] = resources.map(({ resource }) => resource)

it.each(['kind', 'prefix', 'documents'] as const)('has no two kinds of the same %s', member => {
  const known = kinds.flatMap(resource => resource[member] ?? [])
  expect(known).toEqual([...new Set(known)])
})
