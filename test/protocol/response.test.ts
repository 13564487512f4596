// Documents as AWS writes them, text that stays well-formed, and streams that end, break off or are given up.
import { DOMParser } from '@xmldom/xmldom'
import { describe, expect, it, vi } from 'vitest'
import { ec2, services, sts } from '../../src/ec2/model/services.ts'
import { makeLast } from '../../src/lib/lasting.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import { findOperation } from '../../src/protocol/model.ts'
import { writeError, writeResponse } from '../../src/protocol/response.ts'

const context = { requestId: '59dbff89-35bd-4eac-99ed-be587EXAMPLE', version: '2016-11-15' }
const head = '<?xml version="1.0" encoding="UTF-8"?>\n'

const write = (action: string, output?: object, version = context.version) =>
  writeResponse(findOperation(services, action), output, { ...context, version })

const textOf = async (response: Promise<Response>) => (await response).text()

describe('a response', () => {
  it('has AWS’s headers', async () => {
    const response = await write('DescribeTags', {})
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/xml;charset=UTF-8',
      'x-amzn-requestid': context.requestId,
      'cache-control': 'no-cache, no-store',
    })
  })

  it('has the request id first, members in the SDK’s order but for tags, which are last, and leaves out what is absent or unknown', async () => {
    const output = {
      NextToken: undefined,
      secret: 'x',
      Reservations: [
        {
          Instances: [
            {
              InstanceId: 'i-1',
              LaunchTime: new Date(0),
              EbsOptimized: false,
              AmiLaunchIndex: 0,
              State: { Name: 'running', Code: 16 },
              Tags: [],
              KeyName: '',
            },
          ],
          OwnerId: '000000000002',
        },
      ],
    }
    const instance =
      '<ebsOptimized>false</ebsOptimized><instanceId>i-1</instanceId>' +
      '<instanceState><code>16</code><name>running</name></instanceState><keyName></keyName>' +
      '<amiLaunchIndex>0</amiLaunchIndex><launchTime>1970-01-01T00:00:00.000Z</launchTime>' +
      '<tagSet></tagSet>'
    expect(await textOf(write('DescribeInstances', output))).toBe(
      `${head}<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">` +
        `<requestId>${context.requestId}</requestId><reservationSet><item><ownerId>000000000002</ownerId>` +
        `<instancesSet><item>${instance}</item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
    )
  })

  it('has the text of an item that comes again as it was, wherever the item stands', async () => {
    const lasting = { InstanceId: 'i-1', KeyName: 'é <&>' }
    const of = (...Instances: object[]) => ({ Reservations: [{ Instances }] })
    const first = await textOf(write('DescribeInstances', of(lasting)))
    makeLast(lasting)
    for (let time = 0; time < 3; time++) expect(await textOf(write('DescribeInstances', of(lasting)))).toBe(first)
    const other = await textOf(write('DescribeInstances', of({ InstanceId: 'i-2' }, lasting), '2014-10-01'))
    expect(other).toContain(
      '<instanceId>i-2</instanceId></item><item><instanceId>i-1</instanceId><keyName>é &lt;&amp;&gt;<',
    )
  })

  it('says true where AWS has nothing else to say, in the namespace that was asked for', async () => {
    expect(await textOf(write('CreateTags', undefined, '2008-12-01'))).toBe(
      `${head}<CreateTagsResponse xmlns="http://ec2.amazonaws.com/doc/2008-12-01/">` +
        `<requestId>${context.requestId}</requestId><return>true</return></CreateTagsResponse>`,
    )
  })

  it('says true beside an output where AWS does', async () => {
    expect(await textOf(write('AssociateAddress', { AssociationId: 'eipassoc-1' }))).toContain(
      '</requestId><return>true</return><associationId>eipassoc-1</associationId></AssociateAddressResponse>',
    )
  })

  it('answers UploadImage as econe did', async () => {
    expect(await textOf(write('UploadImage', { ImageId: 'ami-1' }))).toContain(
      '<imageId>ami-1</imageId></RegisterImageResponse>',
    )
  })

  it('is wrapped for STS', async () => {
    expect(await textOf(write('GetCallerIdentity', { Account: '1', Arn: 'a', UserId: 'u' }, '2011-06-15'))).toBe(
      `${head}<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
        '<UserId>u</UserId><Account>1</Account><Arn>a</Arn></GetCallerIdentityResult>' +
        `<ResponseMetadata><RequestId>${context.requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    )
  })

  it('has no result where an action of IAM has none', async () => {
    expect(await textOf(write('DeleteAccessKey', {}, '2010-05-08'))).toBe(
      `${head}<DeleteAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">` +
        `<ResponseMetadata><RequestId>${context.requestId}</RequestId></ResponseMetadata></DeleteAccessKeyResponse>`,
    )
  })

  it.each([
    ['& < > "', '&amp; &lt; &gt; &quot;'],
    [']]>', ']]&gt;'],
    ['a\r\nb\tc', 'a&#13;\nb\tc'],
    ['🐧 ünï', '🐧 ünï'],
    ['\0\u0001\u000b\u001f\ufffe\uffff', '\ufffd'.repeat(6)],
    ['\ud83d', '\ufffd'],
    ['a\udc27\ud83d\udc27', 'a\ufffd🐧'],
  ])('holds the text %j', async (text, expected) => {
    const document = await textOf(write('GetConsoleOutput', { Output: text }))
    expect(document).toContain(`<output>${expected}</output>`)
    const output = new DOMParser({ onError: () => {} })
      .parseFromString(document, 'text/xml')
      .getElementsByTagName('output')
    const sendable = text.toWellFormed().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    expect(output[0]?.textContent).toBe(sendable)
  })

  it.each([
    ['DescribeInstances', { Reservations: 'none' }],
    ['DescribeInstances', { Reservations: ['none'] }],
    ['CreateVolume', { CreateTime: '2024-01-01' }],
    ['CreateVolume', { CreateTime: new Date(Number.NaN) }],
  ])('of %s is not written from %j', async (action, output) => {
    await expect(write(action, output)).rejects.toThrow(/an output has|Invalid time value/)
  })
})

describe('an error', () => {
  const error = new Ec2Error('InvalidAMIID.NotFound', "The image id '[ami-<&>\0]' does not exist")

  it('has EC2’s shape', async () => {
    const response = writeError(ec2, error, context.requestId)
    expect(response.status).toBe(400)
    expect(response.headers.get('x-amzn-requestid')).toBe(context.requestId)
    expect(response.headers.get('content-type')).toBe('text/xml;charset=UTF-8')
    expect(await response.text()).toBe(
      `${head}<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code>` +
        "<Message>The image id '[ami-&lt;&amp;&gt;\ufffd]' does not exist</Message></Error></Errors>" +
        `<RequestID>${context.requestId}</RequestID></Response>`,
    )
  })

  it.each([
    [403, 'SignatureDoesNotMatch', 'Sender'],
    [503, 'Unavailable', 'Receiver'],
  ] as const)('has STS’s shape, of status %d for %s from the %s', async (status, code, type) => {
    const response = writeError(sts, new Ec2Error(code, 'Message'), 'r')
    expect(response.status).toBe(status)
    expect(await response.text()).toBe(
      `${head}<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>${type}</Type>` +
        `<Code>${code}</Code><Message>Message</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    )
  })
})

describe('a stream', () => {
  const reservation = (number: number) => ({ ReservationId: `r-${number}`, RequesterId: 'x'.repeat(100) })
  const itemLength = `<item><reservationId>r-1000</reservationId><requesterId>${'x'.repeat(100)}</requesterId></item>`
    .length

  /** Reservations, up to a last one or an error, with a note of how far it was read and whether it was closed. */
  function source(count: number, failure?: Error) {
    const state = { made: 0, closed: false }
    async function* reservations() {
      try {
        while (state.made < count) yield reservation(state.made++)
        if (failure) throw failure
      } finally {
        state.closed = true
      }
    }
    return { state, reservations: reservations() }
  }

  it('is the same document as from a list', async () => {
    const { reservations } = source(2000)
    const list = Array.from({ length: 2000 }, (_, number) => reservation(number))
    const streamed = await write('DescribeInstances', { NextToken: 't', Reservations: reservations })
    expect(streamed.body).not.toBeNull()
    expect(await streamed.text()).toBe(await textOf(write('DescribeInstances', { NextToken: 't', Reservations: list })))
  })

  it.each([0, 1, 5])('of %d items is a document as from a list', async count => {
    const list = Array.from({ length: count }, (_, number) => reservation(number))
    expect(await textOf(write('DescribeInstances', { Reservations: source(count).reservations }))).toBe(
      await textOf(write('DescribeInstances', { Reservations: list })),
    )
  })

  it('goes out in pieces of 32 to 128 KB, and is read no further than the client takes it', async () => {
    const { state, reservations } = source(1_000_000)
    const { body }: { body: ReadableStream<Uint8Array> | null } = await write('DescribeInstances', {
      Reservations: reservations,
    })
    const reader = (body ?? new ReadableStream<Uint8Array>()).getReader()
    for (let pieces = 1; pieces <= 3; pieces += 1) {
      const { value } = await reader.read()
      expect(value?.byteLength).toBeGreaterThan(32 * 1024)
      expect(value?.byteLength).toBeLessThan(128 * 1024)
      await scheduler.wait(1) // for what might be read ahead
      expect(state.made * itemLength).toBeLessThan((pieces + 1) * 65 * 1024)
    }
    await reader.cancel()
    expect(state.closed).toBe(true)
  })

  it('that fails at once is an error of its own', async () => {
    const failure = new Ec2Error('InvalidInstanceID.NotFound', 'no')
    await expect(write('DescribeInstances', { Reservations: source(0, failure).reservations })).rejects.toBe(failure)
    await expect(write('DescribeInstances', { Reservations: source(3, failure).reservations })).rejects.toBe(failure)
  })

  it('that fails later breaks off', async () => {
    const failure = new Ec2Error('Unavailable', 'gone')
    const response = await write('DescribeInstances', { Reservations: source(5000, failure).reservations })
    let received = ''
    const reading = (async () => {
      for await (const text of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()))
        received += text
    })()
    await expect(reading).rejects.toBe(failure)
    expect(received.length).toBeGreaterThan(32 * 1024)
    expect(received).not.toContain('</DescribeInstancesResponse>')
  })

  it('that is given up closes what it reads', async () => {
    const close = vi.fn(async () => ({ done: true as const, value: undefined }))
    const iterator = { number: 0, next: async () => ({ value: reservation(iterator.number++) }), return: close }
    const { body } = await write('DescribeInstances', { Reservations: { [Symbol.asyncIterator]: () => iterator } })
    expect(close).not.toHaveBeenCalled()
    await body?.cancel()
    expect(close).toHaveBeenCalledOnce()
  })
})
