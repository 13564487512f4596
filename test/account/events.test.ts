// The account's trail: no change without its event, whatever breaks off; nothing secret in any; and no more than fits.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { KeyPair, Reservation, Volume } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { REMOVED, SECRETS, withoutAccess } from '../../src/account/events/content.ts'
import type { AccountEvent, EventAttribute, EventPlace } from '../../src/account/events/event.ts'
import { TYPES } from '../../src/account/events/kinds.ts'
import { actions } from '../../src/ec2/actions.ts'
import { ec2Bounds } from '../../src/ec2/model/bounds.ts'
import { services } from '../../src/ec2/model/services.ts'
import { resources } from '../../src/ec2/resources.ts'
import type { Env } from '../../src/edge/services.ts'
import { limits } from '../../src/limits.ts'
import type { Shape } from '../../src/protocol/model.ts'
import { IMAGE, Killed, ORIGIN, type Stage, setStage } from './stage.ts'

const DAY = 24 * 60 * 60 * 1000
const VOLUME = { Size: 1, AvailabilityZone: 'opennebulaa' }
const LAUNCH = { ImageId: IMAGE, InstanceType: 'm1.small', MinCount: 1, MaxCount: 1 }

const createVolume = (stage: Stage) => stage.succeed<Volume>('CreateVolume', VOLUME)

describe('a change', () => {
  it('is an event with what was asked for, by whom, and what came of it', async () => {
    const stage = setStage()
    const { VolumeId = '' } = await createVolume(stage)
    const [event, ...others] = await stage.events()
    expect(others).toEqual([])
    expect(event).toMatchObject({
      ...{ service: 'ec2', action: 'CreateVolume', readOnly: false, user: 'helen', accessKeyId: 'AKIAHELEN' },
      resources: [{ type: 'AWS::EC2::Volume', name: VolumeId }],
      details: {
        ...{ address: ORIGIN.address, userAgent: ORIGIN.userAgent, region: ORIGIN.region },
        request: { size: 1, availabilityZone: 'opennebulaa' },
        response: { volumeId: VolumeId, size: 1, status: 'creating' },
      },
    })
    expect(event?.details).not.toHaveProperty('open')
    expect(event?.time).toBe(Date.now())
  })

  it('names what it made, and what it was made of', async () => {
    const stage = setStage()
    const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', { ...LAUNCH, MinCount: 2, MaxCount: 2 })
    const [event] = await stage.events()
    const ids = Instances.map(({ InstanceId }) => ({ type: 'AWS::EC2::Instance', name: InstanceId }))
    expect(ids).toHaveLength(2)
    expect(event?.resources).toEqual(expect.arrayContaining([{ type: 'AWS::EC2::Ami', name: IMAGE }, ...ids]))
    expect(event?.details.response).toMatchObject({ instancesSet: { items: [{ imageId: IMAGE }, { imageId: IMAGE }] } })
  })

  it('that is refused says why', async () => {
    const stage = setStage()
    await stage.perform('DeleteVolume', { VolumeId: 'vol-00000000000000000' })
    await stage.perform('CreateVolume', { ...VOLUME, DryRun: true })
    const [dry, refused] = await stage.events()
    expect(refused).toMatchObject({
      action: 'DeleteVolume',
      resources: [{ type: 'AWS::EC2::Volume', name: 'vol-00000000000000000' }],
      details: { error: { code: 'InvalidVolume.NotFound', status: 400 } },
    })
    expect(dry).toMatchObject({ action: 'CreateVolume', details: { error: { code: 'DryRunOperation' } } })
  })

  it('repeated with its token is two events with one answer', async () => {
    const stage = setStage()
    const input = { ...VOLUME, ClientToken: 'once' }
    for (let times = 0; times < 2; times++) await stage.succeed('CreateVolume', input)
    const [second, first] = await stage.events()
    expect(second?.resources).toEqual(first?.resources)
    expect(second?.id).not.toBe(first?.id)
  })

  it('is not lost among a thousand at once', async () => {
    const stage = setStage()
    const { VolumeId = '' } = await createVolume(stage)
    const tag = (n: number) => ({ Resources: [VolumeId], Tags: [{ Key: 'n', Value: String(n) }] })
    const outcomes = await Promise.all(Array.from({ length: 1000 }, (_, n) => stage.perform('CreateTags', tag(n))))
    expect(outcomes.filter(({ error }) => error)).toEqual([])
    const tagged = await stage.events({ attribute: { key: 'EventName', value: 'CreateTags' } })
    const values = tagged.map(({ details }) => JSON.stringify(details.request))
    expect(new Set(values).size).toBe(1000)
    expect(new Set(tagged.map(({ id }) => id)).size).toBe(1000)
  })

  it('leaves an event wherever its object is killed once something came about', async () => {
    let killed = 0
    for (let step = 1; ; step++) {
      const stage = setStage()
      stage.killAt(step)
      await stage.succeed('RunInstances', LAUNCH).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
      })
      if (!stage.disarm()) break
      killed++
      const [event] = await stage.events()
      if (stage.vms().length > 0)
        expect(event, `step ${step}`).toMatchObject({ action: 'RunInstances', details: { open: true } })
    }
    expect(killed).toBeGreaterThan(3)
  })
})

describe('secrets', () => {
  const userData = btoa('#!/bin/sh\nexport PASSWORD=correct-horse-battery')
  const secrets = [userData, 'correct-horse', 'sesame-of-the-url', 'f00dcafe']

  it('stand in no event', async () => {
    const stage = setStage()
    const { KeyMaterial = '' } = await stage.succeed<KeyPair>('CreateKeyPair', { KeyName: 'k' })
    await stage.perform('RunInstances', { ...LAUNCH, UserData: userData })
    await stage.perform('CreateLaunchTemplate', {
      LaunchTemplateName: 'lt',
      LaunchTemplateData: { ImageId: IMAGE, UserData: userData },
    })
    const [instance] = stage.ids()
    await stage.perform('ModifyInstanceAttribute', {
      InstanceId: instance,
      UserData: { Value: new TextEncoder().encode('correct-horse') },
    })
    await stage.perform('ModifyInstanceAttribute', { InstanceId: instance, Attribute: 'userData', Value: userData })
    const Url = 'https://helen:sesame-of-the-url@images.example.org/a.qcow2?X-Amz-Signature=f00dcafe'
    await stage.perform('ImportSnapshot', { DiskContainer: { Format: 'RAW', Url } })
    await stage.refuse({ input: { Url } }, { message: `The value ${Url} for Url is invalid.` })
    const events = await stage.events()
    expect(events).toHaveLength(7)
    const text = JSON.stringify(events)
    expect(text).toContain(REMOVED)
    expect(text).toContain('images.example.org/a.qcow2')
    for (const secret of [...secrets, KeyMaterial, KeyMaterial.slice(40, 90), KeyMaterial.split('\n')[1] ?? '']) {
      expect(text).not.toContain(secret)
    }
  })

  it('are all of who signs in, whatever characters it has', () => {
    expect(withoutAccess('at ftp://helen:se@same@host/a and http://host/b?x=1)')).toBe(
      'at ftp://host/a and http://host/b?…)',
    )
  })

  it('are looked for in one pass, however long a text is', () => {
    // Where each character is the beginning of another try, these take minutes
    for (const text of ['a', 'http://', 'http:', '://', '@'].map(part =>
      part.repeat(limits.requestBytes.most / part.length),
    ))
      expect(withoutAccess(text)).toBe(text)
  })

  it('are those too that no message repeats', () => {
    const hidden = Object.entries(ec2Bounds).filter(([, bound]) => bound.hidden)
    const names = hidden.map(([name]) => name.replace('Request.', '.'))
    expect(names.filter(name => !SECRETS.has(name))).toEqual([])
  })

  /** Members that sound like secrets, and are none. */
  const HARMLESS = [
    ...['ClientToken', 'PublicKeyMaterial', 'NextToken', 'HttpTokens', 'KeyFormat', 'PasswordLastUsed'],
    ...['DryRun', 'LastUsedDate', 'MinimumSessionTokenSize', 'SessionTokenUtilization', 'SessionTokenSize'],
  ]

  it('are all members of the model that sound like it', () => {
    const names = new Set<string>()
    const seen = new Set<string>()
    const look = (shape: Shape | undefined): void => {
      if (shape?.kind === 'list') look(shape.item)
      if (shape?.kind !== 'structure' || seen.has(shape.name)) return
      seen.add(shape.name)
      for (const member of shape.members) {
        names.add(member.name)
        look(member.shape)
      }
    }
    for (const operation of [...actions.keys()].map(name => services.map(each => each.operation(name)).find(Boolean))) {
      look(operation?.input)
      look(operation?.output)
    }
    const sounding = [...names].filter(name =>
      /secret|password|token|material|userdata|signature|presigned/i.test(name),
    )
    expect(sounding.filter(name => !SECRETS.has(name) && !HARMLESS.includes(name))).toEqual([])
  })
})

describe('what fits', () => {
  it('is told of long parameters and answers', async () => {
    const stage = setStage()
    const Tags = Array.from({ length: 50 }, (_, n) => ({ Key: `${n}${'k'.repeat(100)}`, Value: 'v'.repeat(256) }))
    const ids = Array.from({ length: 1000 }, (_, n) => `i-${String(n).padStart(17, '0')}`)
    await stage.perform('CreateTags', { Resources: ids, Tags })
    const [event] = await stage.events()
    expect(JSON.stringify(event?.details.request).length).toBeLessThanOrEqual(limits.eventRequest.most)
    expect(event?.details.request).toHaveProperty(['resources', 0], ids[0])
    expect(event?.resources).toHaveLength(limits.eventResources.most)
  })

  it('name nothing that only looks like an id', async () => {
    const stage = setStage()
    await stage.refuse({ input: { InstanceIds: ['constructor-12345678', 'x-12345678', 'i-12345678'] } })
    const [event] = await stage.events()
    expect(event?.resources).toEqual([{ type: 'AWS::EC2::Instance', name: 'i-12345678' }])
  })

  it('of refused requests are so many a minute, and one that counts the others', async () => {
    const stage = setStage()
    const most = limits.refusalsAMinute.most
    for (let n = 0; n < most + 20; n++) await stage.refuse({})
    const [rest, ...events] = await stage.events()
    expect(events).toHaveLength(most)
    expect(rest).toMatchObject({ action: 'RefusedRequestsOmitted', service: 'cloudtrail', details: { omitted: 20 } })
    await stage.pass(60_000)
    await stage.refuse({ action: 'StopInstances' })
    expect((await stage.events())[0]).toMatchObject({ action: 'StopInstances' })
  })

  it('are so many changes and so many refused requests, of which the oldest go first', async () => {
    const stage = setStage()
    // It has the table from now on
    await stage.events()
    await fill(stage, limits.changeEvents.most, limits.refusalEvents.most)
    await createVolume(stage)
    await createVolume(stage)
    await stage.refuse({})
    expect(await counts(stage)).toEqual([limits.changeEvents.most, limits.refusalEvents.most])
  })

  it('are kept for ninety days, and forgotten by the alarm', async () => {
    const stage = setStage()
    await createVolume(stage)
    await stage.pass(45 * DAY)
    await stage.refuse({})
    expect(await stage.events()).toHaveLength(2)
    await stage.pass(44 * DAY)
    expect(await stage.events()).toHaveLength(2)
    await stage.pass(2 * DAY)
    expect((await stage.events()).map(({ action }) => action)).toEqual(['RunInstances'])
    await stage.pass(46 * DAY)
    expect(await stage.events()).toEqual([])
    await createVolume(stage)
    expect(await stage.events()).toHaveLength(1)
  })
})

describe('looking up', () => {
  const find = async (stage: Stage, key: EventAttribute, value: string) =>
    (await stage.events({ attribute: { key, value } })).map(({ action }) => action)

  it('goes by each attribute', async () => {
    const stage = setStage()
    const { VolumeId = '' } = await createVolume(stage)
    await stage.succeed('CreateKeyPair', { KeyName: 'mine' })
    await stage.refuse({ service: 'iam', action: 'ListAccessKeys' })
    await stage.refuse({ origin: { ...ORIGIN, accessKeyId: 'AKIAOTHER' }, action: 'StopInstances' })
    const [event] = await stage.events({ attribute: { key: 'EventName', value: 'CreateVolume' } })
    const all = ['StopInstances', 'ListAccessKeys', 'CreateKeyPair', 'CreateVolume']
    const cases: readonly (readonly [EventAttribute, string, readonly string[]])[] = [
      ['EventId', event?.id ?? '', ['CreateVolume']],
      ['EventName', 'CreateKeyPair', ['CreateKeyPair']],
      ['EventName', 'createkeypair', []],
      ['ReadOnly', 'true', ['ListAccessKeys']],
      ['ReadOnly', 'false', ['StopInstances', 'CreateKeyPair', 'CreateVolume']],
      ['Username', 'helen', all],
      ['Username', 'other', []],
      ['ResourceType', 'AWS::EC2::KeyPair', ['CreateKeyPair']],
      ['ResourceName', VolumeId, ['CreateVolume']],
      ['ResourceName', 'mine', ['CreateKeyPair']],
      ['EventSource', 'iam.amazonaws.com', ['ListAccessKeys']],
      ['EventSource', 'iam', []],
      ['AccessKeyId', 'AKIAOTHER', ['StopInstances']],
    ]
    for (const [key, value, expected] of cases) {
      expect((await find(stage, key, value)).toSorted(), `${key} ${value}`).toEqual(expected.toSorted())
    }
  })

  it('goes by time, from and until', async () => {
    const stage = setStage()
    const times: number[] = []
    for (const action of ['StartInstances', 'StopInstances', 'RebootInstances']) {
      times.push(Date.now())
      await stage.refuse({ action })
      await stage.pass(1000)
    }
    const [, second = 0, third = 0] = times
    expect((await stage.events({ from: second })).map(({ action }) => action)).toEqual([
      'RebootInstances',
      'StopInstances',
    ])
    expect((await stage.events({ from: second, until: third })).map(({ action }) => action)).toEqual(['StopInstances'])
  })

  it('comes in pages that lose and repeat nothing, whatever happens meanwhile', async () => {
    const stage = setStage()
    for (let n = 0; n < 6; n++) {
      await stage.refuse({})
      await createVolume(stage)
      if (n % 2) await stage.pass(1000)
    }
    const all = await stage.events()
    const seen: AccountEvent[] = []
    let after: EventPlace | undefined
    do {
      const page = await stage.eventPage({ most: 5, after })
      seen.push(...page.events)
      after = page.next
      await stage.refuse({})
    } while (after)
    expect(seen).toEqual(all)
    expect(seen.toSorted((one, other) => other.time - one.time)).toEqual(seen)
  })
})

it('knows the type of every kind of resource', () => {
  expect(resources.map(({ resource }) => resource.prefix).filter(prefix => !(prefix in TYPES))).toEqual([])
})

const inTable = <T>({ account }: Stage, work: (sql: SqlStorage) => T): Promise<T> =>
  runInDurableObject((env as Env).ACCOUNT.getByName(account.id), (_, state) => work(state.storage.sql))

/** Events of both kinds, before the object has any of its own. */
const fill = (stage: Stage, changes: number, refusals: number) =>
  inTable(stage, sql => {
    for (const [kind, most] of [changes, refusals].entries()) {
      sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO events SELECT ?, i, i, i, 'ec2', 'StopInstances', 0, 'helen', 'AKIAHELEN', '[]', '{}' FROM n`,
        most,
        kind,
      )
    }
  })

const counts = (stage: Stage) =>
  inTable(stage, sql =>
    [0, 1].map(kind => Number(sql.exec('SELECT COUNT(*) AS n FROM events WHERE class = ?', kind).one()['n'])),
  )
