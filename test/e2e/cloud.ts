// What end-to-end tests share: SDK clients, the sandbox's controls, and waiting for a condition.
import { createHash } from 'node:crypto'
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { IAMClient } from '@aws-sdk/client-iam'
import { STSClient } from '@aws-sdk/client-sts'
import { inject } from 'vitest'
import { signV2 } from '../../src/auth/sigv2.ts'
import { ec2 as ec2Service, services } from '../../src/ec2/model/services.ts'
import type { Service } from '../../src/protocol/model.ts'
import { type Raw, readAs, sendForm } from './form.ts'

/** The cloud of the worker that runs this file. */
const cloud = inject('clouds')[Number(process.env['VITEST_POOL_ID']) - 1]
if (cloud === undefined) throw new Error(`there is no cloud for worker ${process.env['VITEST_POOL_ID']}`)

export const { endpoint, front, control, diskPort } = cloud

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** econe's own scheme: the user's name, and the hash of the password as the user pool has it. */
export const credentials = (user = 'helen') => ({ accessKeyId: user, secretAccessKey: sha256(user) })

const options = (user?: string) => ({ endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

export const ec2 = (user?: string) => new EC2Client(options(user))
export const sts = (user?: string) => new STSClient(options(user))
export const iam = (user?: string) => new IAMClient(options(user))

/** Asks the sandbox's control endpoint. */
export async function sandbox(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(new URL(path, control), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

interface Logged {
  readonly methods: string[]
  readonly requestId?: string
}

/** What the front-end is asked while some work is done, whoever asks. */
export async function asked(work: () => Promise<unknown>): Promise<Logged[]> {
  await sandbox('DELETE', 'requests')
  await work()
  const { requests } = (await sandbox('GET', 'requests')) as { requests: Logged[] }
  return requests
}

/** The upstream requests that some work costs, each as the methods in it: those that are for a request of EC2's. */
export async function upstream(work: () => Promise<unknown>): Promise<string[][]> {
  // Users' standings, and what an account's alarm looks after, are read at times of their own
  const requests = await asked(work)
  return requests.filter(({ requestId }) => requestId !== undefined).map(({ methods }) => methods)
}

/** For how long a condition is waited for, in milliseconds: longer than anything takes on a slow machine. */
const PATIENCE = 30_000

/** Between two looks at what is waited for, in milliseconds: first, and at most. Each look is work for all that runs beside. */
const PAUSE = { first: 50, most: 300 }

/** How the SDK's waiters wait, for a client: so long, and with such pauses. */
export const WAITING = { maxWaitTime: PATIENCE / 1000, minDelay: PAUSE.first / 1000, maxDelay: PAUSE.most / 1000 }

/** Polls until `probe` gives something; fails after {@link PATIENCE}. */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + PATIENCE
  for (let pause = PAUSE.first; Date.now() < deadline; pause = Math.min(pause * 2, PAUSE.most)) {
    const found = await probe()
    if (found) return found
    await new Promise(resolve => setTimeout(resolve, pause))
  }
  throw new Error(`${what} did not happen within ${PATIENCE} ms`)
}

/** Sends a form signed with SigV4, and gives what came back as it came. */
export function post(parameters: Iterable<readonly [string, string]>, user = 'helen'): Promise<Raw> {
  const form = new URLSearchParams(Array.from(parameters, ([name, value]): [string, string] => [name, value]))
  const { signingName } = serviceOf(form.get('Action') ?? '')
  return sendForm(endpoint, signingName, credentials(user), form.toString())
}

const serviceOf = (action: string): Service => services.find(service => service.knows(action)) ?? ec2Service

/** The same for an action with these parameters, in today's version. */
export const call = (action: string, parameters: Record<string, string> = {}, user?: string): Promise<Raw> =>
  post([['Action', action], ['Version', serviceOf(action).versions.newest], ...Object.entries(parameters)], user)

export type { Raw }

export const raw = async (response: Response): Promise<Raw> =>
  readAs(response.status, response.headers, await response.text())

let ready: Promise<string> | undefined

/** An AMI of helen's that can be run; one a test file. */
export function anImage(): Promise<string> {
  ready ??= uploaded(ec2())
  return ready
}

async function uploaded(client: EC2Client): Promise<string> {
  const imageId = await upload(new Blob([new Uint8Array(1024 * 1024)]), `${crypto.randomUUID()}.img`)
  await until('the import', async () => {
    const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [imageId] }))
    return Images?.[0]?.State === 'available'
  })
  return imageId
}

/** Uploads as econe's own client did: fields signed with SigV2, host without its port, then the file. */
export async function upload(file: Blob, name: string): Promise<string> {
  const { accessKeyId, secretAccessKey } = credentials()
  const parameters: [string, string][] = [
    ['Action', 'UploadImage'],
    ['Version', '2008-12-01'],
  ]
  const request = { method: 'POST', host: new URL(endpoint).hostname, path: '/', parameters }
  const form = new FormData()
  const fields = await signV2(request, { accessKeyId, secret: secretAccessKey }, Date.now, 'HmacSHA256')
  for (const [field, value] of fields) form.append(field, value)
  form.append('file', file, name)
  const { text } = await raw(await fetch(endpoint, { method: 'POST', body: form }))
  const imageId = /<imageId>(ami-[0-9a-f]{17})<\/imageId>/.exec(text)?.[1]
  if (imageId === undefined) throw new Error(text)
  return imageId
}
