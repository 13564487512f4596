// What AWS's own SDK sends is understood, and what we answer it understands: every member of every served action.
import * as ec2Sdk from '@aws-sdk/client-ec2'
import * as iamSdk from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { actions } from '../../src/ec2/actions.ts'
import { ec2, iam, sts } from '../../src/ec2/model/services.ts'
import type { Input, Output } from '../../src/ec2/model/types.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import type { Operation, Scalar, Service, Shape, Structure } from '../../src/protocol/model.ts'
import { readParameters, single } from '../../src/protocol/parameters.ts'
import { parseInput } from '../../src/protocol/request.ts'
import { type Streamed, writeError, writeResponse } from '../../src/protocol/response.ts'
import { ec2Client, iamClient, stsClient } from './sdk.ts'

/** The actions that the SDK can ask for. */
const ec2Actions = [...actions.keys()].filter(action => Object.hasOwn(ec2Sdk, `${action}Command`))

const context = { requestId: 'b-1', version: '2016-11-15' }

function operationOf(service: Service, name: string): Operation {
  const operation = service.operation(name)
  if (!operation) throw new Error(`${name} is not served`)
  return operation
}

const samples: Readonly<Record<Scalar['type'], unknown>> = {
  string: 'a & b <c> "d" \'e\' + ünï 🐧 ]]> %41',
  number: 42,
  boolean: true,
  timestamp: new Date('2024-02-29T12:34:56.789Z'),
  blob: new Uint8Array([0, 255, 62, 63]),
}

/** A value of which the schema says more than how long it may be. */
function withinBound({ type, bound }: Scalar): unknown {
  if (bound?.least === undefined) return undefined
  const { least, most, pattern = '' } = bound
  const texts = ['x', '/'].map(character => character.repeat(least))
  return type === 'number' ? most : texts.find(text => new RegExp(`^${pattern}`).test(text))
}

/** A value that has every member there is, and two items in every list. */
function sampleOf(shape: Shape): unknown {
  switch (shape.kind) {
    case 'scalar':
      return withinBound(shape) ?? samples[shape.type]
    case 'list':
      return [sampleOf(shape.item), sampleOf(shape.item)]
    case 'structure':
      return sampleMembers(shape)
  }
}

function sampleMembers({ members }: Structure): Record<string, unknown> {
  return Object.fromEntries(members.map(member => [member.name, sampleOf(member.shape)]))
}

/** The SDK's command for an action, taken for one of them: the types of their inputs have no common form. */
function commandOf(action: string, input: unknown): ec2Sdk.DescribeTagsCommand {
  const Command = Reflect.get(ec2Sdk, `${action}Command`) as new (input: unknown) => ec2Sdk.DescribeTagsCommand
  return new Command(input)
}

function parametersOf(form: string) {
  const request = { query: '', contentType: 'application/x-www-form-urlencoded', body: new TextEncoder().encode(form) }
  return readParameters(request, { count: 10_000, bytes: 1_000_000 })
}

async function* each<Item>(items: Iterable<Item>) {
  yield* items
}

describe.each(ec2Actions)('%s', action => {
  const operation = operationOf(ec2, action)

  it('is read as the SDK sends it', async () => {
    const input = sampleOf(operation.input)
    const received: unknown[] = []
    const client = ec2Client(async form => {
      const parameters = parametersOf(form)
      received.push(single(parameters, 'Action'), single(parameters, 'Version'), parseInput(operation, parameters))
      return writeResponse(operation, {}, context)
    })
    await client.send(commandOf(action, input))
    expect(received).toEqual([action, '2016-11-15', input])
  })

  it('is answered as the SDK reads it', async () => {
    const output = operation.output ? sampleMembers(operation.output) : {}
    const client = ec2Client(() => writeResponse(operation, output, context))
    const { $metadata, ...read } = await client.send(commandOf(action, sampleOf(operation.input)))
    expect(read).toEqual(output)
    expect($metadata.requestId).toBe('b-1')
  })
})

it('leaves no member of AWS’s structures out', () => {
  const seen = new Set<string>()
  const visit = (shape: Shape | undefined) => {
    if (shape?.kind === 'list') visit(shape.item)
    if (shape?.kind !== 'structure' || seen.has(shape.name)) return
    seen.add(shape.name)
    const names = shape.members.map(member => member.name)
    expect(names.toSorted(), shape.name).toEqual(Reflect.get(ec2Sdk, `${shape.name}$`)[4].toSorted())
    for (const member of shape.members) visit(member.shape)
  }
  for (const action of ec2Actions) {
    visit(operationOf(ec2, action).input)
    visit(operationOf(ec2, action).output)
  }
  expect(seen.size).toBeGreaterThan(200)
})

it('sends nested empty lists and structures as the SDK reads them', async () => {
  const output = { Reservations: [{ Groups: [], Instances: [{ Tags: [], Placement: {} }, {}] }] }
  const client = ec2Client(() => writeResponse(operationOf(ec2, 'DescribeInstances'), output, context))
  expect(await client.send(new ec2Sdk.DescribeInstancesCommand({}))).toMatchObject(output)
})

it('streams what the SDK reads', async () => {
  const reservations = Array.from({ length: 3000 }, (_, number) => ({ ReservationId: `r-${number}`, OwnerId: 'ß🐧' }))
  const output = { Reservations: each(reservations), NextToken: 'more' }
  const client = ec2Client(() => writeResponse(operationOf(ec2, 'DescribeInstances'), output, context))
  const read = await client.send(new ec2Sdk.DescribeInstancesCommand({}))
  expect(read.Reservations).toEqual(reservations)
  expect(read.NextToken).toBe('more')
})

it('writes errors as the SDK reads them', async () => {
  const error = new Ec2Error('InvalidInstanceID.NotFound', "The instance ID 'i-<1>' does not exist")
  const client = ec2Client(async () => writeError(ec2, error, 'b-1'))
  await expect(client.send(new ec2Sdk.DescribeInstancesCommand({}))).rejects.toMatchObject({
    name: 'InvalidInstanceID.NotFound',
    message: "The instance ID 'i-<1>' does not exist",
    $metadata: { httpStatusCode: 400, requestId: 'b-1' },
  })
})

describe('GetCallerIdentity', () => {
  const operation = operationOf(sts, 'GetCallerIdentity')

  it('is answered as the SDK of STS reads it', async () => {
    const identity = { Account: '000000000002', UserId: '2', Arn: 'arn:aws:iam::000000000002:user/a&b' }
    const client = stsClient(async form => {
      expect(parseInput(operation, parametersOf(form))).toEqual({})
      return writeResponse(operation, identity, { requestId: 'b-1', version: '2011-06-15' })
    })
    expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject(identity)
  })

  it('fails as the SDK of STS reads it', async () => {
    const client = stsClient(async () => writeError(sts, new Ec2Error('UnauthorizedOperation', 'No & no'), 'b-1'))
    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: 'No & no',
      $fault: 'client',
    })
  })
})

const iamActions = [...actions.keys()].filter(action => Object.hasOwn(iamSdk, `${action}Command`))

describe.each(iamActions)('%s', action => {
  const operation = operationOf(iam, action)
  const Command = Reflect.get(iamSdk, `${action}Command`) as new (input: unknown) => iamSdk.GetUserCommand

  it('is read as the SDK of IAM sends it, and answered as it reads it', async () => {
    const [input, output] = [sampleMembers(operation.input), operation.output && sampleMembers(operation.output)]
    const received: unknown[] = []
    const client = iamClient(async form => {
      received.push(parseInput(operation, parametersOf(form)))
      return writeResponse(operation, output, { requestId: 'b-1', version: '2010-05-08' })
    })
    const { $metadata: _, ...read } = await client.send(new Command(input))
    expect(received).toEqual([input])
    expect(read).toEqual(output ?? {})
  })
})

it('has AWS’s types', () => {
  expectTypeOf<Input<'RunInstances'>>().toEqualTypeOf<ec2Sdk.RunInstancesRequest>()
  expectTypeOf<Output<'RunInstances'>>().toEqualTypeOf<Streamed<ec2Sdk.Reservation>>()
  expectTypeOf<Output<'DescribeInstances'>['Reservations']>().toEqualTypeOf<
    ec2Sdk.Reservation[] | AsyncIterable<ec2Sdk.Reservation> | undefined
  >()
})
