import { describe, expect, it } from 'vitest'
import {
  type Documents,
  image,
  network,
  reads,
  template,
  templatePool,
  vm,
  vmPool,
  vmSet,
} from '../../src/ec2/core/documents.ts'
import { chmod, merge, remove, rename, replace, WHOSE } from '../../src/opennebula/calls/common.ts'
import { allocateImage, cloneImage, setImagePersistent, setImageType } from '../../src/opennebula/calls/image.ts'
import { instantiate } from '../../src/opennebula/calls/template.ts'
import {
  attachDisk,
  attachNic,
  attachSecurityGroup,
  detachDisk,
  detachNic,
  detachSecurityGroup,
  resizeDisk,
  saveDisk,
  vmAction,
  vmResize,
  vmUpdateContext,
} from '../../src/opennebula/calls/vm.ts'
import { reserve } from '../../src/opennebula/calls/vn.ts'
import { OpenNebula } from '../../src/opennebula/client.ts'
import { OneError, OneFault, OneUnavailable, UnsafeValue } from '../../src/opennebula/errors.ts'
import { VM_STATE } from '../../src/opennebula/states.ts'
import { newMeter, Transport } from '../../src/opennebula/transport.ts'
import type { Flaw } from '../../src/opennebula/xml/flaw.ts'
import { answer, answerWith, failureResult, multicallAnswer, resultIn, resultWith } from './fixtures/recorded.ts'

const SESSION = 'serveradmin:helen:t0ken'

/** A client whose front-end gives these answers, one a request. */
function oneThatAnswers(...answers: string[]) {
  const bodies: string[] = []
  const meter = newMeter()
  const flaws: Flaw[] = []
  const transport = new Transport({
    url: 'https://one.example.com/RPC2',
    fetch: async (url, init) => {
      bodies.push(await new Request(url, init).text())
      return new Response(answers[Math.min(bodies.length, answers.length) - 1])
    },
  })
  const one = new OpenNebula<Documents>({
    reads,
    transport,
    session: async () => SESSION,
    meter,
    onFlaw: flaw => flaws.push(flaw),
  })
  return { one, bodies, meter, flaws }
}

/** Method and parameters of a call as it was sent, in short. */
function sent(body: string | undefined): string {
  const values = (body ?? '').matchAll(/<methodName>([^<]*)|<(?:string|int|boolean)>([^<]*)/g)
  return Array.from(values, ([, method, value]) => method ?? value).join('|')
}

const ack = (id: number) => answerWith('').replace('<string></string>', `<i4>${id}</i4>`)
const ackResult = (id: number) => resultIn(ack(id))
const small = (id: number) =>
  `<VM><ID>${id}</ID><UID>2</UID><GID>1</GID><UNAME>h</UNAME><GNAME>u</GNAME><NAME>n</NAME><STATE>3</STATE>` +
  `<LCM_STATE>3</LCM_STATE><STIME>1</STIME><ETIME>0</ETIME><TEMPLATE/><USER_TEMPLATE/></VM>`

describe('a single object', () => {
  it('is asked for with the session and read', async () => {
    const { one, bodies, meter } = oneThatAnswers(answer('04-instances/4'))
    expect(await one.vm(1)).toMatchObject({ ID: 1, UNAME: 'helen', STATE: VM_STATE.ACTIVE })
    expect(sent(bodies[0])).toBe(`one.vm.info|${SESSION}|1|0`)
    expect(meter.requests).toBe(1)
  })

  it.each([
    ['image', '03-images/20', 'one.image.info', (one: OpenNebula<Documents>) => one.image(1)],
    ['template', '02-templates/2', 'one.template.info', (one: OpenNebula<Documents>) => one.template(0)],
    ['network', '06-networks-and-security-groups/2', 'one.vn.info', (one: OpenNebula<Documents>) => one.network(0)],
    [
      'security group',
      '06-networks-and-security-groups/4',
      'one.secgroup.info',
      (one: OpenNebula<Documents>) => one.securityGroup(100),
    ],
    ['user', '01-auth-and-system/2', 'one.user.info', (one: OpenNebula<Documents>) => one.user()],
  ])('may be of every kind: %s', async (_, name, method, ask) => {
    const { one, bodies } = oneThatAnswers(answer(name))
    expect((await ask(one)).NAME).not.toBe('')
    expect(sent(bodies[0])).toContain(method)
  })

  it('that is missing is a OneError', async () => {
    const { one } = oneThatAnswers(answer('02-templates/3'))
    await expect(one.template(77)).rejects.toMatchObject({ name: 'OneError', code: 'NO_EXISTS', objectId: 77 })
    await expect(one.network(77)).rejects.toThrow(OneError)
  })

  it('that is nonsense is unavailable, and had no effect', async () => {
    for (const nonsense of ['', '<html>', answer('04-instances/4').slice(0, 3000), answer('03-images/20')]) {
      const { one } = oneThatAnswers(nonsense)
      await expect(one.vm(1)).rejects.toMatchObject({ name: 'OneUnavailable', reason: 'malformed', outcome: 'none' })
    }
  })

  it('may be the version', async () => {
    const { one } = oneThatAnswers(answer('01-auth-and-system/1'))
    expect(await one.version()).toBe('7.0.1')
  })
})

describe('pools', () => {
  it('come object by object', async () => {
    const { one, bodies } = oneThatAnswers(answer('03-images/38'))
    const images = await Array.fromAsync(one.images({ whose: WHOSE.OWN }))
    expect(images.map(image => image.ID)).toEqual([4, 3, 2, 1])
    expect(sent(bodies[0])).toBe(`one.imagepool.info|${SESSION}|-3|-1|-1`)
  })

  it('of VMs by their ids cost one request, and none for no ids', async () => {
    const { one, bodies, meter } = oneThatAnswers(answer('04-instances/12'))
    expect((await Array.fromAsync(one.vms([1, 999]))).map(vm => vm.ID)).toEqual([1])
    expect(sent(bodies[0])).toBe(`one.vmpool.infoset|${SESSION}|1,999|1`)
    expect(await Array.fromAsync(one.vms([]))).toEqual([])
    expect(meter.requests).toBe(1)
  })

  it('of VMs come in pages', async () => {
    const page = (...ids: number[]) => answerWith(`<VM_POOL>${ids.map(small).join('')}</VM_POOL>`)
    const { one, bodies } = oneThatAnswers(page(9, 8, 7), page(7, 5))
    const pages = one.vmPages({ size: 3, state: VM_STATE.DONE })
    expect((await Array.fromAsync(pages)).map(vm => vm.ID)).toEqual([9, 8, 7, 5])
    expect(pages.cursor).toEqual({ before: 5, offset: 4 })
    expect(bodies.map(sent)).toEqual([
      `one.vmpool.infoextended|${SESSION}|-3|0|-3|6|`,
      `one.vmpool.infoextended|${SESSION}|-3|2|-6|6|`,
    ])
  })

  it('that fail throw', async () => {
    const failed = oneThatAnswers(answer('04-instances/13'))
    await expect(Array.fromAsync(failed.one.vmPages())).rejects.toThrow(OneError)
    const fault = oneThatAnswers(answer('01-auth-and-system/22'))
    await expect(Array.fromAsync(fault.one.templates())).rejects.toThrow(OneFault)
  })

  it('that are cut off are unavailable, after the objects that came', async () => {
    const { one } = oneThatAnswers(answer('04-instances/11').slice(0, -400))
    const seen: number[] = []
    const walk = async () => {
      for await (const vm of one.vmPages()) seen.push(vm.ID)
    }
    await expect(walk()).rejects.toThrow(OneUnavailable)
    expect(seen[0]).toBe(2)
  })
})

describe('several reads', () => {
  it('cost one request and keep their types', async () => {
    const all = multicallAnswer(
      resultIn(answer('03-images/20')),
      resultIn(answer('02-templates/1')),
      failureResult('[one.vn.info] Error getting virtual network [9].', 1024, 9),
    )
    const { one, bodies, meter } = oneThatAnswers(all)
    const [images, templates, networks] = await one.read(image(1), templatePool(), network(9))
    expect(images.value?.map(image => image.SIZE)).toEqual([5])
    expect(templates.value?.map(template => template.NAME)).toEqual(['m1.large', 'm1.small'])
    expect(networks.error).toMatchObject({ code: 'NO_EXISTS', objectId: 9 })
    expect(meter.requests).toBe(1)
    expect(sent(bodies[0])).toBe(
      `system.multicall|one.image.info|${SESSION}|1|0|one.templatepool.info|${SESSION}|-2|-1|-1|one.vn.info|${SESSION}|9|0`,
    )
  })

  it('may be one or none', async () => {
    const { one, bodies } = oneThatAnswers(answer('02-templates/3'))
    const [only] = await one.read(template(77))
    expect(only.error).toBeInstanceOf(OneError)
    expect(sent(bodies[0])).toBe(`one.template.info|${SESSION}|77|0|0`)
    expect(await one.read()).toEqual([])
    expect(bodies).toHaveLength(1)
  })

  it('stream their pools one after the other', async () => {
    const all = multicallAnswer(resultIn(answer('04-instances/11')), resultIn(answer('07-terminate/6')))
    const { one } = oneThatAnswers(all)
    const vms = await Array.fromAsync(one.stream(vmPool(), vmPool({ state: VM_STATE.DONE })))
    expect(vms.map(vm => [vm.ID, vm.STATE])).toEqual([
      [2, VM_STATE.PENDING],
      [1, VM_STATE.ACTIVE],
      [1, VM_STATE.DONE],
    ])
  })

  it('stop streaming at the first failure', async () => {
    const { one } = oneThatAnswers(multicallAnswer(failureResult('no', 512), resultIn(answer('04-instances/11'))))
    await expect(Array.fromAsync(one.stream(vmPool(), vmPool()))).rejects.toMatchObject({
      code: 'AUTHORIZATION',
    })
  })

  it('are refused together when OpenNebula refuses the multicall', async () => {
    const { one } = oneThatAnswers(answer('01-auth-and-system/21'))
    await expect(one.read(vm(1), vm(2))).rejects.toThrow(OneFault)
  })
})

describe('changes', () => {
  it('answer an id', async () => {
    const { one, bodies } = oneThatAnswers(ack(15))
    const extra = { DISK: [{ IMAGE_ID: 1 }], EC2_ID: 'i-1' }
    expect(await one.call(instantiate({ template: 0, extra }))).toBe(15)
    expect(sent(bodies[0])).toBe(`one.template.instantiate|${SESSION}|0||0|DISK=[IMAGE_ID="1"]\nEC2_ID="i-1"|0`)
  })

  it('that fail had no effect', async () => {
    const { one } = oneThatAnswers(answer('04-instances/20'))
    await expect(one.call(vmAction('resume', 1))).rejects.toMatchObject({ name: 'OneError', code: 'ACTION' })
  })

  it.each(['', '<html>', ack(15).slice(0, 200), answerWith('text')])(
    'whose answer is nonsense may have had an effect: %j',
    async nonsense => {
      const { one, meter } = oneThatAnswers(nonsense)
      const change = one.call(vmAction('terminate', 1))
      await expect(change).rejects.toMatchObject({ name: 'OneUnavailable', reason: 'malformed', outcome: 'unknown' })
      expect(meter.requests).toBe(1)
    },
  )

  it('may be many in one request, each with its outcome', async () => {
    const fault = resultIn(answer('01-auth-and-system/20')).match(/<value><struct>.*<\/struct><\/value>/s)?.[0] ?? ''
    const { one, bodies, meter } = oneThatAnswers(
      multicallAnswer(ackResult(1), failureResult('[one.vm.action] wrong state', 2048), fault),
    )
    const outcomes = await one.multicall([1, 2, 3].map(id => vmAction('terminate-hard', id)))
    expect(outcomes).toMatchObject([{ value: 1 }, { error: { code: 'ACTION' } }, { error: { faultCode: -506 } }])
    expect(meter.requests).toBe(1)
    expect(sent(bodies[0])).toContain(`|one.vm.action|${SESSION}|terminate-hard|3`)
  })

  it('of a multicall may be one or none', async () => {
    const { one, bodies } = oneThatAnswers(multicallAnswer(ackResult(7)))
    expect(await one.multicall([vmAction('hold', 7)])).toEqual([{ value: 7 }])
    expect(await one.multicall([])).toEqual([])
    expect(bodies).toHaveLength(1)
  })

  it('whose multicall is cut off may all have had an effect', async () => {
    const whole = multicallAnswer(ackResult(1), ackResult(2)).trimEnd()
    for (const cut of [whole.slice(0, -1), whole.slice(0, 300), multicallAnswer(ackResult(1))]) {
      const { one } = oneThatAnswers(cut)
      const change = one.multicall([vmAction('hold', 1), vmAction('hold', 2)])
      await expect(change).rejects.toMatchObject({ name: 'OneUnavailable', outcome: 'unknown' })
    }
  })

  it('may be followed by a read in the same request', async () => {
    const pool = resultIn(answerWith(`<VM_POOL>${small(1)}${small(2)}</VM_POOL>`))
    const refused = failureResult('[one.vm.update] Error getting virtual machine [2].', 1024)
    const { one, bodies, meter } = oneThatAnswers(multicallAnswer(ackResult(1), refused, pool))
    const notes = [1, 2].map(id => merge('vm', id, { EC2_GOAL: '' }))
    const { objects, errors } = await one.changeAndRead(notes, vmSet([1, 2]))
    expect(objects.map(({ ID }) => ID)).toEqual([1, 2])
    expect(errors).toMatchObject([{ code: 'NO_EXISTS' }])
    expect(sent(bodies[0])).toContain(`|one.vmpool.infoset|${SESSION}|1,2|1`)
    expect(meter.requests).toBe(1)
  })

  it('that a refused read follows are of no use', async () => {
    const { one } = oneThatAnswers(multicallAnswer(ackResult(1), failureResult('[one.vmpool.infoset] No', 512)))
    const both = one.changeAndRead([merge('vm', 1, {})], vmSet([1]))
    await expect(both).rejects.toMatchObject({ name: 'OneError', code: 'AUTHORIZATION' })
  })

  it('that cannot be sent are not sent', async () => {
    const { one, bodies } = oneThatAnswers(ack(1))
    expect(() => merge('vm', 1, { A: 'x\\' })).toThrow(UnsafeValue)
    await expect(one.call(rename('vm', 1, '😀'))).rejects.toThrow(UnsafeValue)
    await expect(one.multicall([rename('vm', 1, '\0')])).rejects.toThrow(UnsafeValue)
    expect(bodies).toEqual([])
  })

  it('survive JSON as descriptors', async () => {
    const call = attachNic(1, { NIC_ALIAS: { NETWORK_ID: 2, PARENT: 'NIC0', EXTERNAL: true } })
    expect(JSON.parse(JSON.stringify(call))).toEqual(call)
    expect(call.params[1]).toBe('NIC_ALIAS=[NETWORK_ID="2",PARENT="NIC0",EXTERNAL="YES"]')
  })
})

describe('calls', () => {
  // As they were recorded, so that OpenNebula is known to take them.
  it.each([
    [vmUpdateContext(1, { NETWORK: 'YES' }), 'one.vm.updateconf', [1, 'CONTEXT=[NETWORK="YES"]', 1]],
    [vmResize(1, { MEMORY: 512 }), 'one.vm.resize', [1, 'MEMORY="512"', true]],
    [attachDisk(1, { DISK: { IMAGE_ID: 3, TARGET: 'sdh' } }), 'one.vm.attach', [1, 'DISK=[IMAGE_ID="3",TARGET="sdh"]']],
    [detachDisk(1, 2), 'one.vm.detach', [1, 2]],
    [saveDisk(1, 0, 'ec2-created-image', 'OS'), 'one.vm.disksaveas', [1, 0, 'ec2-created-image', 'OS', -1]],
    [resizeDisk(1, 2, 2048), 'one.vm.diskresize', [1, 2, '2048']],
    [detachNic(1, 1), 'one.vm.detachnic', [1, 1]],
    [attachSecurityGroup(1, 0, 100), 'one.vm.attachsg', [1, 0, 100]],
    [detachSecurityGroup(1, 0, 100), 'one.vm.detachsg', [1, 0, 100]],
    [allocateImage({ NAME: 'x' }, 1), 'one.image.allocate', ['NAME="x"', 1, true]],
    [cloneImage(3, 'ec2-snap-1'), 'one.image.clone', [3, 'ec2-snap-1', -1]],
    [setImagePersistent(4, false), 'one.image.persistent', [4, false]],
    [setImageType(4, 'DATABLOCK'), 'one.image.chtype', [4, 'DATABLOCK']],
    [chmod('image', 1, { OTHER_U: true }), 'one.image.chmod', [1, -1, -1, -1, -1, -1, -1, 1, -1, -1]],
    [chmod('image', 1, { GROUP_M: false }), 'one.image.chmod', [1, -1, -1, -1, -1, 0, -1, -1, -1, -1]],
    [reserve(1, { SIZE: 1, NAME: 'eip-1' }), 'one.vn.reserve', [1, 'SIZE="1"\nNAME="eip-1"']],
    [merge('image', 1, { EMPTY: '' }), 'one.image.update', [1, 'EMPTY=""', 1]],
    [
      replace('secgroup', 100, { RULE: [{ PROTOCOL: 'ALL' }] }),
      'one.secgroup.update',
      [100, 'RULE=[PROTOCOL="ALL"]', 0],
    ],
    [rename('image', 4, 'b'), 'one.image.rename', [4, 'b']],
    [remove('image', 1), 'one.image.delete', [1, false]],
    [remove('vn', 2), 'one.vn.delete', [2]],
    [remove('secgroup', 100), 'one.secgroup.delete', [100]],
  ])('%#: %o', (call, method, params) => {
    const { sets: _, ...sent } = call
    expect(sent).toEqual({ changes: true, method, params })
  })

  it('never ask for a page of one, which would be all', () => {
    expect(vmPool({ page: { start: 4, size: 1 } }).params).toEqual([-3, 4, -2, -1, ''])
  })
})

describe('an object that cannot be read', () => {
  const flawed = small(8).replace('<STATE>3', '<STATE>x')
  const reason = 'STATE is missing or wrong'

  it('does not exist where it is asked for by its number', async () => {
    const { one, flaws } = oneThatAnswers(answerWith(flawed))
    await expect(one.vm(8)).rejects.toMatchObject({ name: 'OneError', code: 'NO_EXISTS', objectId: 8 })
    expect(await one.read(vm(8))).toEqual([{ value: [] }])
    expect(flaws).toMatchObject([
      { kind: 'VM', id: 8, reason },
      { kind: 'VM', id: 8, reason },
    ])
  })

  it('is left out of pools and pages, and counts for its place in these', async () => {
    const page = (...vms: string[]) => answerWith(`<VM_POOL>${vms.join('')}</VM_POOL>`)
    const pool = oneThatAnswers(page(small(9), flawed, small(7)))
    expect((await Array.fromAsync(pool.one.vms([9, 8, 7]))).map(vm => vm.ID)).toEqual([9, 7])
    expect(pool.flaws).toMatchObject([{ kind: 'VM', id: 8, reason }])
    const { one, flaws } = oneThatAnswers(page(small(9), flawed, small(7)), page(small(7), small(5)))
    expect((await Array.fromAsync(one.vmPages({ size: 3 }))).map(vm => vm.ID)).toEqual([9, 7, 5])
    expect(flaws).toHaveLength(1)
  })
})

describe('an empty answer to a single object', () => {
  it('is malformed', async () => {
    const { one } = oneThatAnswers(answerWith('<VNET_POOL/>'), resultWith(''))
    await expect(one.network(1)).rejects.toThrow(OneUnavailable)
  })
})
