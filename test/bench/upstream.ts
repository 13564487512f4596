// Upstream HTTP requests per action: what the sandbox front-end is asked, from the life of everything an account can have.
import { AwsClient } from 'aws4fetch'
import { actions } from '../../src/ec2/actions.ts'
import { type DiskHost, startDiskHost } from '../e2e/disk-host.ts'
import { credentials, REGION } from './credentials.ts'
import { type Edge, startEdge, textOf } from './edge.ts'
import { upload } from './form.ts'
import { type Step, Story, seed, steps } from './requests.ts'
import type { Row, Section } from './table.ts'

/** Upstream requests that any action may take. */
const LIMIT = 3
/** Nothing is under way any more when the front-end was not asked for so long, in ms. */
const QUIET = 120

/** CloudTrail's, which is JSON. */
async function lookUpEvents({ workerd: { url } }: Edge): Promise<string> {
  const client = new AwsClient({ ...credentials, service: 'cloudtrail', region: REGION, retries: 0 })
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${cloudTrail}.LookupEvents`,
  }
  return textOf(await client.fetch(url, { method: 'POST', headers, body: '{}' }))
}

const cloudTrail = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101'

export async function requests(): Promise<Section[]> {
  await using edge = await startEdge({ sandbox: { seed } })
  await using host = await startDiskHost(edge.diskPort)
  const life = new Life(edge, host)
  await edge.call('DescribeRegions')
  const rows = [rowOf('UploadImage', '', await life.cost(() => upload(edge.workerd.url, 1)), LIMIT)]
  for (const step of steps) rows.push(await life.row(step))
  rows.push(rowOf('LookupEvents', '', await life.cost(() => lookUpEvents(edge)), 0))
  const measured = new Set(rows.map(([action]) => action))
  const missing = [...actions.keys()].filter(action => !measured.has(action))
  return [
    {
      title: 'Upstream requests per action',
      about:
        `HTTP requests that OpenNebula gets for one call, counted by the sandbox front-end; at most ${LIMIT} each. The ` +
        `user pool is not counted: it is read once a minute for all requests together. ` +
        'What tasks of earlier calls do just then is counted with it (docs/costs.md tells them apart). ' +
        `Without a row: ${missing.join(', ') || 'none'}.`,
      columns: ['action', '', 'requests', 'limit', '', 'OpenNebula methods'],
      rows,
    },
  ]
}

/** The front-end's methods in one HTTP request. */
type Asked = readonly string[]

/** What the steps cost. */
class Life {
  readonly #edge: Edge
  readonly #story: Story

  constructor(edge: Edge, host: DiskHost) {
    this.#edge = edge
    this.#story = new Story(edge.call, host)
  }

  async row(step: Step): Promise<Row> {
    const { action, what = '', limit = LIMIT, times = 1 } = step
    let most: readonly Asked[] = []
    try {
      for (let time = 0; time < times; time++) {
        const asked = await this.cost(() => this.#story.take(step))
        if (asked.length >= most.length) most = asked
      }
      await this.#story.seeDone(step)
    } catch (error) {
      return [action, what, 'failed', limit, error instanceof Error ? error.message.slice(0, 200) : String(error), '']
    }
    return rowOf(action, what, most, limit)
  }

  /** What the front-end is asked for the sake of some work, and of nothing else. */
  async cost(work: () => Promise<unknown>): Promise<readonly Asked[]> {
    const { log } = this.#edge.sandbox
    for (let seen = -1; seen !== log.list().length; ) {
      seen = log.list().length
      await new Promise(resolve => setTimeout(resolve, QUIET))
    }
    log.clear()
    await work()
    return log.list().flatMap(({ methods }) => (methods.includes('one.userpool.info') ? [] : [methods]))
  }
}

function rowOf(action: string, what: string, asked: readonly Asked[], limit: number): Row {
  const summary = asked.map(methods => summarised(methods)).join('; ')
  const requests = asked.length
  return [action, what, requests, limit, requests <= limit ? 'met' : `missed by ${requests - limit}`, summary]
}

/** `one.vm.action ×50` for what a multicall holds. */
function summarised(methods: Asked): string {
  const counts = Map.groupBy(
    methods.filter(method => method !== 'system.multicall'),
    method => method,
  )
  return [...counts].map(([method, { length }]) => (length > 1 ? `${method} ×${length}` : method)).join(' + ')
}
