// The stages of a DescribeInstances, each repeated inside workerd without the network around it: where its CPU goes.
import { signedRequest } from '../../../src/auth/request.ts'
import type { Env } from '../../../src/config.ts'
import { identify } from '../../../src/dispatch.ts'
import type { Context } from '../../../src/ec2/context.ts'
import { describeInstances } from '../../../src/ec2/instances.ts'
import { ec2, services } from '../../../src/ec2/model/services.ts'
import { newMeter } from '../../../src/opennebula/transport.ts'
import { findOperation } from '../../../src/protocol/model.ts'
import { readBody, readParameters } from '../../../src/protocol/parameters.ts'
import { parseInput } from '../../../src/protocol/request.ts'
import { writeResponse } from '../../../src/protocol/response.ts'
import { accountOf, contextFor } from '../../../src/wiring.ts'

const operation = findOperation([ec2], 'DescribeInstances')
const filter = [{ Name: 'instance-state-name', Values: ['running'] }]
const version = '2016-11-15'

type Stage = (request: Request, context: Context, env: Env) => Promise<unknown>

/** Each does what the one before it does, and more: the differences are what counts. */
const stages: Readonly<Record<string, Stage>> = {
  nothing: async () => undefined,
  /** The signature alone. */
  identify: async (request, _, env) => {
    const body = await readBody(request.clone(), 1e6)
    const parameters = readParameters({ query: '', contentType: request.headers.get('content-type'), body }, BOUNDS)
    parseInput(operation, parameters)
    await identify(signedRequest(request, body, parameters), operation, env, () => undefined)
  },
  receive: (_, { one }) => Array.fromAsync(one.vmPages({ size: 250 }), vm => vm.ID),
  describe: (_, context) => describe({}, context),
  filter: (_, context) => describe({ Filters: filter }, context),
  write: async (_, context) => {
    const response = await writeResponse(operation, await describeInstances({}, context), { requestId: 'r', version })
    return response.arrayBuffer()
  },
}

const BOUNDS = { count: 5000, bytes: 1e6 }

async function describe(input: object, context: Context): Promise<unknown[]> {
  const { Reservations } = await describeInstances(input, context)
  return Array.fromAsync(Reservations ?? [])
}

/** Asks the front-end once for everything, and from then on nobody. */
function remembering(): Pick<Fetcher, 'fetch'> {
  const answers = new Map<string, ArrayBuffer>()
  return {
    fetch: async (url: RequestInfo | URL, init?: RequestInit) => {
      const question = String(init?.body)
      const known = answers.get(question) ?? (await (await fetch(url, init)).arrayBuffer())
      answers.set(question, known)
      return new Response(known)
    },
  }
}
