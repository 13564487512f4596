// What modules of the Worker remember is shared by all regions, and by all tenants: it may follow from what it is asked by, and from nothing else.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readSources } from './graph.ts'

/** What each of them remembers, by the file. All else hangs on what is wired once per environment (`edge/services.ts`). */
const REMEMBERED: Readonly<Record<string, string>> = {
  'auth/hmac.ts': 'keys by their secrets',
  'auth/policy/arn.ts': 'the parts of an ARN by its text',
  'auth/policy/decide.ts': 'policies by their texts',
  'auth/policy/text.ts': 'the text that was read last, by itself',
  'config/environment.ts': 'a configuration by its environment',
  'ec2/security-groups/resource.ts': 'an id by the id that it follows from, and from no secret',
  'edge/health.ts': 'what a probe found, by the environment',
  'edge/regions.ts': 'environments of regions, and which there are, by that of the Worker',
  'edge/services.ts': 'services by the environment',
  'lib/crc.ts': 'tables by their model',
  'lib/lasting.ts': 'which objects come again, by themselves',
  'protocol/packed-text.ts': 'what is around the values of items, by itself',
  'protocol/response.ts': 'writers by the shapes that they write',
}

/** An empty collection that is not only read, or a variable, at the beginning of a line: of the module itself. */
const MEMORY =
  /^(?:export )?(?:let \w+|const \w+(?:: (?!Readonly)[^=]+)? = new (?:Weak)?(?:Map|Set|Lru|SharedReads)(?:<.*>)?\((?:\d+)?\))/m

/** Named so because it stays empty. */
const EMPTY = /^const (?:none|nobody): .*\n/gm

it('is of files that say why it may be', () => {
  const sources = readSources(join(import.meta.dirname, '..', '..', 'src'))
  const remembering = [...sources]
    .filter(([file]) => !/^(?:sandbox|cli|operator|console|upload)\//.test(file))
    .filter(([, text]) => MEMORY.test(text.replaceAll(EMPTY, '')))
    .map(([file]) => file)
  expect(remembering).toEqual(Object.keys(REMEMBERED))
})
