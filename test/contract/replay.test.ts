// Every recorded exchange is replayed, in order, against a fresh sandbox over HTTP: the answers must be the same.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { client, type Param, rawCall, serverToken } from '../sandbox/rpc.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { comparable, type Recording, recordings } from './recordings.ts'

const HOUR = 3600
const STEP = 25
const MAX_STEPS = 1000

/** What `<session:other>` stands for. */
const OTHER_SESSIONS = new Map<string, () => string>([
  ['wrong password', () => 'helen:wrong'],
  ['no such user', () => 'nobody:wrong'],
  ['server_cipher token for helen', () => serverToken('serveradmin', 'helen', epoch() + HOUR)],
  ['expired server_cipher token', () => serverToken('serveradmin', 'helen', epoch() - HOUR)],
  ['server_cipher token for an unknown user', () => serverToken('serveradmin', 'nobody', epoch() + HOUR)],
  ['user pool as serveradmin', () => serverToken('serveradmin', 'serveradmin', epoch() + HOUR)],
])

const epoch = (): number => Math.floor(Date.now() / 1000)

let sandbox: Sandbox
let files: Server
let url: string

/** images.example.net is a local file server with one image of 5 MiB; all other hosts refuse the connection. */
async function serveFiles(): Promise<string> {
  const image = Buffer.alloc(5 * 1024 * 1024)
  files = createServer((request, response) => {
    const found = request.url?.startsWith('/gentoo.img') ?? false
    response.writeHead(found ? 200 : 404, { 'Content-Length': found ? image.length : 0 })
    response.end(found && request.method === 'GET' ? image : undefined)
  })
  await new Promise<void>(resolve => files.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(files.address() as AddressInfo).port}`
}

const fetchFrom =
  (base: string): typeof fetch =>
  async (input, init) => {
    const { host, pathname, search } = new URL(input instanceof Request ? input.url : input)
    if (host !== 'images.example.net') throw new TypeError('fetch failed')
    return await fetch(base + pathname + search, init)
  }

beforeAll(async () => {
  sandbox = createSandbox({ manualClock: true, fetch: fetchFrom(await serveFiles()) })
  url = (await sandbox.listen()).url
  await useUpFirstIds()
})

afterAll(async () => {
  files.close()
  await sandbox.close()
})

/** The installation of the recordings had had an image 0 and a VM 0. */
async function useUpFirstIds(): Promise<void> {
  const admin = client(url, 'oneadmin:oneadmin')
  const image = await admin('one.image.allocate', 'NAME="first" TYPE="DATABLOCK" SIZE="1"', 1, true)
  const vm = await admin('one.template.instantiate', 0, '', true, '', false)
  expect([image.value, vm.value]).toEqual(['0', '0'])
  await admin('one.image.delete', 0)
  await admin('one.vm.action', 'terminate-hard', 0)
  sandbox.advance(HOUR)
}

function session({ session: recorded, note }: Recording): string {
  if (recorded === '<session:other>') return OTHER_SESSIONS.get(note)?.() ?? ''
  return recorded === null ? '' : withSessions(recorded)
}

/** `<session:helen>` in parameters, too: those of a multicall hold sessions. */
const withSessions = (text: string): string => text.replace(/<session:(\w+)>/g, '$1:$1')

const parameters = (recording: Recording): Param[] => {
  const params = JSON.parse(withSessions(JSON.stringify(recording.params))) as Param[]
  return recording.session === null ? params : [session(recording), ...params]
}

/** Lets time pass until every VM and image of the recorded answer is in the state that it had then, or is gone. */
async function awaitStates(recording: Recording): Promise<void> {
  await sandbox.settled()
  for (let step = 0; step < MAX_STEPS && !inRecordedState(recording); step += 1) sandbox.advance(STEP)
}

function inRecordedState({ method, params, response }: Recording): boolean {
  const { images, vms } = sandbox.world
  if (method === 'one.image.info' && response.includes('Error getting')) return !images.get(Number(params[0]))
  const text = response.replaceAll('&lt;', '<').replaceAll('&gt;', '>')
  const documents = [...text.matchAll(/<(VM|IMAGE)><ID>(\d+)<\/ID>.*?<STATE>(\d+)<\/STATE>(?:<LCM_STATE>(\d+)<)?/g)]
  return documents.every(([, kind, id, state, lcm]) => {
    const object = kind === 'VM' ? vms.get(Number(id)) : images.get(Number(id))
    return object?.state === Number(state) && (lcm === undefined || vms.get(Number(id))?.lcm === Number(lcm))
  })
}

function expected({ name, response }: Recording): string[] {
  const exceptions = EXCEPTIONS.filter(({ recording }) => recording === name)
  const text = response.replaceAll('&lt;', '<').replaceAll('&gt;', '>')
  return comparable(exceptions.reduce((read, exception) => read.replace(exception.recorded, exception.read), text))
}

test('all recordings are here', () => {
  expect(recordings).toHaveLength(205)
})

test('every exception is of a recording that has what it replaces', () => {
  for (const { recording, recorded } of EXCEPTIONS) {
    const response = recordings.find(({ name }) => name === recording)?.response ?? ''
    expect(response.replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toMatch(recorded)
  }
})

test.each(recordings)('$name: $method, $note', async recording => {
  await awaitStates(recording)
  const answer = await rawCall(url, recording.method, parameters(recording))
  expect(comparable(answer)).toEqual(expected(recording))
})
