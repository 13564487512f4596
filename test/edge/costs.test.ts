// What each call costs at Cloudflare, counted: docs/costs.md is written from it, and out of date where this fails (`npm run costs`).
// And what each is answered: by AWS's schema, and with the members that AWS never leaves out.
import { AwsClient } from 'aws4fetch'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type Bill, type Counted, costsPage } from '../../docs/costs.ts'
import { Roles } from '../../src/auth/roles.ts'
import { edgeSecrets } from '../../src/config/variables.ts'
import { actions } from '../../src/ec2/actions.ts'
import { services } from '../../src/ec2/model/services.ts'
import { servicesOf } from '../../src/edge/services.ts'
import { findOperation } from '../../src/protocol/model.ts'
import { nothing } from '../account/bill.ts'
import { type Stage, setStage } from '../account/stage.ts'
import { elements, type Parameters } from '../bench/asking.ts'
import { Story, seed, steps } from '../bench/requests.ts'
import { ALWAYS } from '../protocol/always.ts'
import { problemsIn } from '../protocol/schema.ts'
import { type ObjectStep, objectSteps } from './s3/requests.ts'

const WORKER = 'http://localhost/'
const REGION = 'opennebula'
const DISK = 'https://images.example.org/disk.img'
const ENDLESS = 'https://images.example.org/endless.img'
/** What comes about behind a call, comes within it: ms. */
const SOON = 60_000
/** After so long what an earlier call has left to do is looked after seldom: ms. */
const SETTLED = 15 * 60_000
/** The most that is waited for anything: of what takes that long, ms. */
const PATIENCE = 60 * 60_000

/** A user's requests, with a key that the operator issued, as they come to the Worker. */
class Requests {
  /** What is wrong with the answers. */
  readonly problems = new Set<string>()
  readonly #stage: Stage
  readonly #credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly #kept = new Map<string, string>()

  private constructor(
    stage: Stage,
    { accessKeyId, secret }: { readonly accessKeyId: string; readonly secret: string },
  ) {
    this.#stage = stage
    this.#credentials = { accessKeyId, secretAccessKey: secret }
  }

  static async with(stage: Stage): Promise<Requests> {
    // Keys that other tests gave the same user are looked up with this one
    for (const { name } of (await stage.env.INDEX.list({ prefix: '' })).keys) await stage.env.INDEX.delete(name)
    return new Requests(stage, await servicesOf(stage.env).accessKeys.create({ user: { id: 2, name: 'helen' } }))
  }

  /** Makes a call of an action; the text of the answer. @throws Error with that of a refusal */
  async call(action: string, parameters: Parameters = {}): Promise<string> {
    const { signingName, signingRegion = REGION, versions } = findOperation(services, action).service
    const body = new URLSearchParams({ Action: action, Version: versions.newest, ...parameters }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const { text } = await this.#send(signingName, signingRegion, WORKER, { method: 'POST', headers, body })
    for (const problem of problemsIn(text, findOperation(services, action), ALWAYS)) {
      this.problems.add(`${action}: ${problem}`)
    }
    return text
  }

  /** Makes a request to S3, and keeps what later ones need. */
  async take({ method, target, headers, body, keep = {} }: ObjectStep): Promise<void> {
    const url = new URL(this.#filled(target), WORKER).href
    const sent = body === undefined ? undefined : this.#filled(body)
    const answer = await this.#send('s3', REGION, url, {
      method,
      headers: { ...headers, ...(sent !== undefined && { 'content-length': String(sent.length) }) },
      ...(sent !== undefined && { body: sent }),
    })
    for (const [name, from] of Object.entries(keep)) {
      this.#kept.set(name, answer.headers.get(from) ?? elements(answer.text, from)[0] ?? '')
    }
  }

  #filled(text: string): string {
    return text.replaceAll(/\$(\w+)/g, (_, name: string) => this.#kept.get(name) ?? '')
  }

  async #send(service: string, region: string, url: string, init: RequestInit) {
    const client = new AwsClient({ ...this.#credentials, service, region, retries: 0 })
    // By the clock of the test
    const datetime = new Date(Date.now()).toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
    const response = await this.#stage.fetch(await client.sign(url, { ...init, aws: { datetime } }))
    const text = await response.text()
    if (!response.ok) throw new Error(`${init.method} ${url}: ${response.status} ${text}`)
    return { text, headers: response.headers }
  }
}

/** Counts what calls cost, each by itself. */
class Counter {
  readonly counted: Counted[] = []
  readonly #stage: Stage
  readonly #requests: Requests

  constructor(stage: Stage, requests: Requests) {
    this.#stage = stage
    this.#requests = requests
  }

  /** Counts a call, and once more where it looked up what an isolate knows from then on. */
  async count(name: string, what: string, work: () => Promise<unknown>): Promise<void> {
    const { rowsWritten, kvReads } = await this.#count(name, what, work)
    if (rowsWritten === 0 && kvReads > 0) await this.#count(name, what ? `${what}, again` : 'again', work)
  }

  async #count(name: string, what: string, work: () => Promise<unknown>): Promise<Bill> {
    // What is asked of a key once in a while is no call's own
    await this.#requests.call('GetCallerIdentity')
    const bill = await this.billOf(work)
    const after = bill.rowsWritten > 0 ? await this.billOf(() => this.#stage.pass(SOON)) : nothing()
    this.counted.push({ name, what, bill, after })
    if (after.objectRequests > 0) await this.#stage.pass(SETTLED)
    return bill
  }

  async billOf(work: () => Promise<unknown>): Promise<Bill> {
    Object.assign(this.#stage.bill, nothing())
    await work()
    return { ...this.#stage.bill }
  }
}

it('is what docs/costs.md says, and what AWS’s answers are', { timeout: 120_000 }, async () => {
  // OpenNebula's downloads: one comes to its end, the other never does
  const headers = { 'content-length': '1024' }
  const endless = () => new ReadableStream({ start: controller => controller.enqueue(new Uint8Array(1023)) })
  const downloads = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(
      async (url, { method } = {}) =>
        new Response(method === 'HEAD' ? null : url === ENDLESS ? endless() : 'x'.repeat(1024), { headers }),
    )
  onTestFinished(() => downloads.mockRestore())
  const images = seed.images.filter(({ name }) => name === 'plain')
  const stage = setStage({}, { ...seed, images, privateAddresses: 1000 }, { SIGNING_REGIONS: `us-east-1 ${REGION}` })
  const requests = await Requests.with(stage)
  const call = requests.call.bind(requests)
  const wait = async (what: string, probe: () => Promise<boolean>) => {
    for (let waited = 0; !(await probe()); waited += 1000) {
      if (waited > PATIENCE) throw new Error(`${what} did not happen`)
      await stage.pass(1000)
    }
  }

  const asked = new Counter(stage, requests)
  const first = await asked.billOf(() => call('GetCallerIdentity'))
  const story = new Story(call, { url: DISK, endless: ENDLESS }, wait)
  for (const step of steps) {
    await asked.count(step.action, step.what ?? '', () => story.take(step))
    for (let time = 1; time < (step.times ?? 1); time++) await story.take(step)
    await story.seeDone(step)
  }
  const stored = new Counter(stage, requests)
  for (const step of objectSteps) await stored.count(step.operation, step.what ?? '', () => requests.take(step))

  const page = costsPage({ first, actions: asked.counted, objects: stored.counted })
  const names = new Set(asked.counted.map(({ name }) => name))
  // A form that is a file, what is refused whatever there is, and what has to be defined by the operator
  const uncounted = [...actions].filter(([name, { static: told }]) => !names.has(name) && !told?.startsWith('refused'))
  expect(uncounted.map(([name]) => name)).toEqual(['UploadImage', 'AssumeRole'])
  await expect(page).toMatchFileSnapshot('../../docs/costs.md')

  const roles = new Roles({ store: stage.env.INDEX, secrets: edgeSecrets(stage.env), now: Date.now })
  await roles.create({ name: 'auditor', assumableBy: ['helen'], duration: 3600 })
  await call('AssumeRole', { RoleArn: 'arn:aws:iam::000000000002:role/auditor', RoleSessionName: 'answers' })
  expect([...requests.problems]).toEqual([])
})
