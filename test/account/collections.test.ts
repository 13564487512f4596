// Collections in the account's object: a kind of item that is made up here, which takes a codec and a few lines.
import type { CreateTagsRequest, DescribeTagsResult } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changes } from '../../src/ec2/actions.ts'
import type { AnyChange } from '../../src/ec2/core/action.ts'
import type { ChangeContext } from '../../src/ec2/core/context.ts'
import { flag, text, whole } from '../../src/ec2/core/fields.ts'
import { IdMint } from '../../src/ec2/core/ids.ts'
import { type Item, items } from '../../src/ec2/core/items.ts'
import { type RecordOf, record } from '../../src/ec2/core/record.ts'
import { phrase, type Resource } from '../../src/ec2/core/resource.ts'
import type { ResourceTable } from '../../src/ec2/core/taggable.ts'
import { createTags } from '../../src/ec2/tags/create.ts'
import { describeTags } from '../../src/ec2/tags/describe.ts'
import { limits } from '../../src/limits.ts'
import { encoded } from '../../src/opennebula/xml/template.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import type { DocumentObject } from '../../src/sandbox/world/model.ts'
import { attribute, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000

// The kind
const SHELF = {
  kind: 'shelf',
  prefix: 'shelf',
  type: 'security-group',
  documents: 2999,
  notFound: 'InvalidGroup.NotFound',
  malformed: 'InvalidGroupId.Malformed',
  missing: phrase('shelf', 'shelves'),
} as const satisfies Resource

const shelfFields = { label: text(40), books: whole(0, 1000), locked: flag }
type Shelf = Item<RecordOf<typeof shelfFields, 'books'>>

const shelves = items({
  resource: SHELF,
  fields: record(shelfFields, 'books'),
  // The first form counted in a text
  upgrades: [before => ({ books: Number(Reflect.get(Object(before), 'count')) })],
  taken: name => new Ec2Error('InvalidGroup.Duplicate', `There is a shelf '${name}' already.`),
})
const table: ResourceTable = [{ resource: SHELF, tags: shelves.tags }]

// Its actions
interface Input {
  readonly Name?: string
  readonly Ids?: readonly string[]
  readonly Books?: number
}

interface Row<I> {
  change(input: I, context: ChangeContext): Promise<object | undefined>
}
const change = <I>(run: Row<I>['change']): Row<I> => ({ change: run })

const rows: Readonly<Record<string, AnyChange>> = {
  CreateShelf: change<Input>(({ Name, Books = 0 }, context) => {
    const make = (id: string): Shelf => ({
      id,
      name: Name,
      tags: new Map([['made', 'here']]),
      fields: { books: Books },
    })
    return shelves.create({ name: Name }, make, context)
  }),
  AddBooks: change<Input>(({ Ids = [], Books = 1 }, context) =>
    shelves.change(
      Ids,
      shelf => ({ ...shelf, fields: { ...shelf.fields, books: shelf.fields.books + Books } }),
      context,
    ),
  ),
  /** A shelf that follows from its id, and is kept once there is something on it. */
  FillShelf: change<Input>(async ({ Ids: [id = ''] = [], Books = 1 }, context) => {
    const [known] = (await shelves.all(context)).filter(shelf => shelf.id === id)
    const before: Shelf = known ?? { id, tags: new Map(), fields: { books: 0 } }
    await shelves.keep(before, { ...before, fields: { ...before.fields, books: before.fields.books + Books } }, context)
    return undefined
  }),
  DeleteShelves: change<Input>(({ Ids = [] }, context) => shelves.delete(shelves.named(Ids), context)),
  ListShelves: change<Input>(({ Ids }, context) => (Ids ? shelves.find(Ids, context) : shelves.all(context))),
  TagShelves: change<CreateTagsRequest>(createTags(table)),
  ListTags: change<object>(async (input, context) => {
    const { Tags = [] } = await describeTags(table)(input, context)
    return { Tags: await Array.fromAsync(Tags) }
  }),
}

beforeAll(() => {
  // The table of the object, for as long as these tests run
  const known = changes as Map<string, AnyChange>
  for (const [name, row] of Object.entries(rows)) known.set(name, row)
})
afterAll(() => {
  const known = changes as Map<string, AnyChange>
  for (const name of Object.keys(rows)) known.delete(name)
})

const create = (stage: Stage, input: Input & { readonly ClientToken?: string }) =>
  stage.succeed<Shelf>('CreateShelf', input)
const listed = (stage: Stage, Ids?: readonly string[]) => stage.succeed<Shelf[]>('ListShelves', { Ids })
const documents = ({ sandbox }: Stage) => sandbox.world.documents.all()
const idsOf = (shelves: readonly Shelf[]) => shelves.map(({ id }) => id)

/** Puts a document into the cloud, past the endpoint. */
const leave = ({ sandbox }: Stage, document: Partial<DocumentObject>) =>
  sandbox.world.documents.add(id => ({
    ...{
      id,
      uid: 2,
      gid: 1,
      name: 'left',
      type: SHELF.documents,
      template: {},
      permissions: [1, 1, 0, 0, 0, 0, 0, 0, 0],
    },
    ...document,
  }))

describe('an item', () => {
  it('is made, found, listed and deleted, and leaves nothing unfinished', async () => {
    const stage = setStage()
    const one = await create(stage, { Name: 'one', Books: 3 })
    const two = await create(stage, { Name: 'two' })
    expect(one.id).toMatch(/^shelf-[1-9a-f][0-9a-f]{16}$/)
    expect(documents(stage).map(({ name, type, uid }) => [name, type, uid])).toEqual([
      [one.id, SHELF.documents, 2],
      [two.id, SHELF.documents, 2],
    ])
    expect(await listed(stage)).toMatchObject([
      { id: one.id, name: 'one', fields: { books: 3 }, tags: new Map([['made', 'here']]) },
      { id: two.id, name: 'two', fields: { books: 0 } },
    ])
    expect(idsOf(await listed(stage, [two.id, one.id, two.id]))).toEqual([two.id, one.id])
    await stage.succeed('DeleteShelves', { Ids: [one.id] })
    expect(idsOf(await listed(stage))).toEqual([two.id])
    expect(documents(stage)).toHaveLength(1)
    expect(await stage.unfinished()).toEqual([])
  })

  it('that does not exist is said to be so in the words of its kind', async () => {
    const stage = setStage()
    const unknown = 'shelf-1234567890abcdef0'
    for (const action of ['ListShelves', 'AddBooks', 'DeleteShelves']) {
      expect((await stage.perform(action, { Ids: [unknown] })).error).toMatchObject({
        code: 'InvalidGroup.NotFound',
        message: `The shelf '${unknown}' does not exist`,
      })
      expect((await stage.perform(action, { Ids: ['vol-1'] })).error?.code).toBe('InvalidGroupId.Malformed')
    }
  })

  it('has a name that no other of the account has', async () => {
    const stage = setStage()
    await create(stage, { Name: 'one' })
    const both = await Promise.all(['one', 'two', 'two'].map(Name => stage.perform('CreateShelf', { Name })))
    const duplicate = 'InvalidGroup.Duplicate'
    expect(both.map(({ error }) => error?.code)).toEqual([duplicate, undefined, duplicate])
    expect(documents(stage)).toHaveLength(2)
  })

  it('is not made by a request that cannot be kept, nor by a dry run', async () => {
    const stage = setStage()
    expect((await stage.perform('CreateShelf', { Books: 1001 })).error?.code).toBe('InvalidParameterValue')
    expect((await stage.perform('CreateShelf', { DryRun: true })).error?.code).toBe('DryRunOperation')
    expect(documents(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is changed by many at once without loss', async () => {
    const stage = setStage()
    const { id } = await create(stage, {})
    const tag = (Key: string) => stage.succeed('TagShelves', { Resources: [id], Tags: [{ Key, Value: '' }] })
    const add = () => stage.succeed('AddBooks', { Ids: [id] })
    await Promise.all(Array.from({ length: 10 }, (_, index) => Promise.all([add(), tag(`tag ${index}`)])))
    const [shelf] = await listed(stage, [id])
    expect(shelf?.fields.books).toBe(10)
    expect(shelf?.tags.size).toBe(11)
  })

  it('is tagged, and its tags are listed', async () => {
    const stage = setStage()
    const { id } = await create(stage, {})
    await stage.succeed('TagShelves', { Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })
    const { Tags } = await stage.succeed<DescribeTagsResult>('ListTags', {})
    expect(Tags).toEqual([
      { Key: 'a', Value: 'b', ResourceId: id, ResourceType: 'security-group' },
      { Key: 'made', Value: 'here', ResourceId: id, ResourceType: 'security-group' },
    ])
  })
})

describe('an item that follows from something else', () => {
  const id = 'shelf-00000002'
  const fill = (stage: Stage, input: Input = {}) => stage.perform('FillShelf', { Ids: [id], ...input })

  it('is made when something is kept of it, under an id that no number gives, and changed from then on', async () => {
    const stage = setStage()
    await fill(stage, { Books: 3 })
    await fill(stage, { Books: 4 })
    expect(await listed(stage)).toMatchObject([{ id, fields: { books: 7 } }])
    expect(documents(stage).map(({ name }) => name)).toEqual([id])
    await stage.succeed('TagShelves', { Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })
    await stage.succeed('DeleteShelves', { Ids: [id] })
    expect(documents(stage)).toEqual([])
  })

  it('is made or not, whichever step it is killed at, and the next request finds it so', {
    timeout: 120_000,
  }, async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      stage.killAt(step)
      await fill(stage).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
      })
      if (!stage.disarm()) break
      await stage.pass(30 * MINUTE)
      const kept = (await listed(stage))[0]?.fields.books ?? 0
      expect([0, 1], `step ${step}`).toContain(kept)
      await fill(stage, { Books: 5 })
      expect(await listed(stage), `step ${step}`).toMatchObject([{ fields: { books: kept + 5 } }])
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
    }
  })

  it('is not what somebody wrote under its name without the seal', async () => {
    const stage = setStage()
    const item = encoded({ form: 2, fields: { books: 9 } })
    leave(stage, { name: id, template: { EC2_ID: [id], EC2_ITEM: [item] } })
    leave(stage, { name: id, template: { EC2_ID: [`${id}:0123456789abcdef`], EC2_ITEM: [item] } })
    expect(await listed(stage)).toEqual([])
  })
})

describe('an item that is made twice', () => {
  it('with one token is there once', async () => {
    const stage = setStage()
    const made = await Promise.all(['a', 'a', 'b'].map(ClientToken => create(stage, { ClientToken })))
    const again = await create(stage, { ClientToken: 'a' })
    expect(made[1]).toEqual(made[0])
    expect(again).toEqual(made[0])
    expect(documents(stage).map(({ name }) => name)).toEqual([made[0]?.id, made[2]?.id])
  })

  it('is there once though the call of the first run comes late', async () => {
    const stage = setStage()
    stage.delay('one.document.allocate')
    expect((await stage.perform('CreateShelf', { ClientToken: 'a', Name: 'one' })).error?.status).toBe(503)
    const { id } = await create(stage, { ClientToken: 'a', Name: 'one' })
    await stage.workOff()
    expect(documents(stage)).toHaveLength(2)
    expect(idsOf(await listed(stage))).toEqual([id])
    await stage.succeed('AddBooks', { Ids: [id], Books: 7 })
    await stage.pass(20 * MINUTE)
    expect(documents(stage)).toHaveLength(1)
    expect(await listed(stage)).toMatchObject([{ id, fields: { books: 7 } }])
    expect(await stage.unfinished()).toEqual([])
  })

  it('does not come back after it was deleted', async () => {
    const stage = setStage()
    stage.delay('one.document.allocate')
    expect((await stage.perform('CreateShelf', { ClientToken: 'a' })).error?.status).toBe(503)
    const { id } = await create(stage, { ClientToken: 'a' })
    await stage.succeed('DeleteShelves', { Ids: [id] })
    await stage.workOff()
    await stage.pass(20 * MINUTE)
    expect(documents(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })
})

describe.each([{ ClientToken: 'token' }, {}])(
  'an item that is killed at any step, asked for by %j',
  { timeout: 120_000 },
  token => {
    const input = { ...token, Name: 'mine', Books: 5 }
    const withToken = token.ClientToken !== undefined

    it('is made by the next request, once', async () => {
      for (let step = 1; ; step++) {
        const stage = setStage()
        stage.killAt(step)
        await stage.perform('CreateShelf', input).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error
        })
        if (!stage.disarm()) break
        const again = await stage.perform('CreateShelf', input)
        // Without a token the very last steps come after it is done: only the answer can still be lost
        if (again.error) expect([step, withToken, again.error.code]).toEqual([step, false, 'InvalidGroup.Duplicate'])
        await stage.pass(30 * MINUTE)
        expect(await listed(stage), `step ${step}`).toMatchObject([{ name: 'mine', fields: { books: 5 } }])
        expect(documents(stage), `step ${step}`).toHaveLength(1)
        expect(await stage.unfinished(), `step ${step}`).toEqual([])
      }
    })

    it('is gone, or its caller could have been told of it, where nobody asks again', async () => {
      for (let step = 1; ; step++) {
        const stage = setStage()
        stage.killAt(step)
        await stage.perform('CreateShelf', input).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error
        })
        if (!stage.disarm()) break
        const finished = (await stage.unfinished()).length === 0
        const made = documents(stage).length
        await stage.pass(30 * MINUTE)
        expect(documents(stage), `step ${step}`).toHaveLength(finished ? made : 0)
        expect(await stage.unfinished(), `step ${step}`).toEqual([])
      }
    })
  },
)

describe('what stands in documents', () => {
  const mint = new IdMint(['a secret of the unit tests'])
  const id = 'shelf-1234567890abcdef0'
  const sealed = (uid = 2) => mint.attribute(id, uid)
  const kept = (form: number, fields: unknown) => encoded({ form, name: 'left', fields })

  it('is read in every form that was ever written, and kept in that of today when it changes', async () => {
    const stage = setStage()
    leave(stage, { template: { EC2_ID: [sealed()], EC2_ITEM: [kept(1, { count: '12' })] } })
    expect(await listed(stage)).toMatchObject([{ id, name: 'left', fields: { books: 12 } }])
    await stage.succeed('AddBooks', { Ids: [id] })
    const [document] = documents(stage)
    expect(attribute(document?.template, 'EC2_ITEM')).toBe(kept(2, { books: 13 }))
  })

  it.each<[string, Partial<DocumentObject>]>([
    [
      'another user, for all to see',
      {
        uid: 3,
        template: { EC2_ID: [sealed(3)], EC2_ITEM: [kept(2, { books: 1 })] },
        permissions: [1, 1, 1, 1, 1, 1, 1, 1, 1],
      },
    ],
    ['another user, given away', { template: { EC2_ID: [sealed(3)], EC2_ITEM: [kept(2, { books: 1 })] } }],
    [
      'a user who made up an id',
      { template: { EC2_ID: [`${id}:AAAAAAAAAAAAAAAA`], EC2_ITEM: [kept(2, { books: 1 })] } },
    ],
    ['a user who has none', { template: { EC2_ITEM: [kept(2, { books: 1 })] } }],
    ['another purpose', { type: 2998, template: { EC2_ID: [sealed()], EC2_ITEM: [kept(2, { books: 1 })] } }],
    ['a later release', { template: { EC2_ID: [sealed()], EC2_ITEM: [kept(3, { books: 1 })] } }],
    ['no form', { template: { EC2_ID: [sealed()], EC2_ITEM: [kept(0, { books: 1 })] } }],
    ['nonsense', { template: { EC2_ID: [sealed()], EC2_ITEM: ['nonsense'] } }],
    ['a wrong field that is needed', { template: { EC2_ID: [sealed()], EC2_ITEM: [kept(2, { books: [] })] } }],
    ['an earlier form that is nonsense', { template: { EC2_ID: [sealed()], EC2_ITEM: [kept(1, null)] } }],
    [
      'too much',
      {
        template: { EC2_ID: [sealed()], EC2_ITEM: [kept(2, { books: 1, label: 'x'.repeat(limits.storedItem.most) })] },
      },
    ],
  ])('by %s counts for nothing, and stays', async (_, document) => {
    const stage = setStage()
    leave(stage, document)
    const own = await create(stage, { Name: 'left' })
    expect(idsOf(await listed(stage))).toEqual([own.id])
    expect((await stage.perform('DeleteShelves', { Ids: [id] })).error?.code).toBe('InvalidGroup.NotFound')
    expect((await stage.perform('AddBooks', { Ids: [id] })).error?.code).toBe('InvalidGroup.NotFound')
    const { Tags } = await stage.succeed<DescribeTagsResult>('ListTags', {})
    expect(Tags?.map(({ ResourceId }) => ResourceId)).toEqual([own.id])
    expect(documents(stage)).toHaveLength(2)
  })

  it('counts but for the fields that are wrong', async () => {
    const stage = setStage()
    leave(stage, {
      template: { EC2_ID: [sealed()], EC2_ITEM: [kept(2, { books: 1, label: [], more: 1 })], EC2_TAGS: ['x'] },
    })
    const [shelf] = await listed(stage)
    expect(shelf).toMatchObject({ id, fields: { books: 1 }, tags: new Map() })
  })
})
