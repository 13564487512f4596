// What a thousand hostile objects of another tenant cost a healthy one: CPU and time of a list and of a launch.
import { crowd } from '../e2e/neighbours/crowd.ts'
import { oneOf } from '../e2e/neighbours/one.ts'
import { type Edge, startEdge } from './edge.ts'
import { cpuTime } from './process.ts'
import { median, type Row, type Section, short } from './table.ts'

const ROUNDS = 15
const WARM_UP = 5

const seed = { images: [{ name: 'gentoo', owner: 'helen', size: 4096, template: 'EC2_AMI="YES"' }] }

const LAUNCH = { ImageId: 'ami-00000000', InstanceType: 'm1.small', MinCount: '1', MaxCount: '1' }

const CALLS = [
  ['DescribeImages', 'own', { 'Owner.1': 'self' }],
  ['DescribeImages', 'all that are usable', {}],
  ['DescribeInstanceTypes', '', {}],
  ['DescribeVolumes', 'all', {}],
  ['RunInstances', '', LAUNCH],
] as const

interface Cost {
  readonly cpu: number
  readonly time: number
}

export async function neighbours(): Promise<Section[]> {
  await using edge = await startEdge({ sandbox: { seed } })
  const alone = await measure(edge)
  await crowd(oneOf(edge))
  const crowded = await measure(edge)
  return [
    {
      title: 'A thousand hostile objects',
      about:
        'CPU of the whole workerd process and time of a request, alone and with 1,000 public objects of another user ' +
        `around, flawed in every way that is known, 8 MiB among them: CPU is the mean, time the median of ${ROUNDS} requests, in ms.`,
      columns: ['request', '', 'CPU alone', 'CPU crowded', 'ratio', 'time alone', 'time crowded', 'ratio'],
      rows: CALLS.map(([action, what], index): Row => {
        const [before, after] = [alone[index], crowded[index]]
        if (!before || !after) throw new TypeError('every call is measured twice')
        return [
          ...[action, what, short(before.cpu), short(after.cpu), ratio(before.cpu, after.cpu)],
          ...[short(before.time), short(after.time), ratio(before.time, after.time)],
        ]
      }),
    },
  ]
}

const ratio = (before: number, after: number) => `${(after / before).toFixed(1)}×`

async function measure(edge: Edge): Promise<Cost[]> {
  const costs: Cost[] = []
  for (const [action, , parameters] of CALLS) {
    for (let sent = 0; sent < WARM_UP; sent++) await edge.call(action, parameters)
    const times: number[] = []
    const before = cpuTime(edge.workerd.pid)
    for (let sent = 0; sent < ROUNDS; sent++) {
      const began = performance.now()
      await edge.call(action, parameters)
      times.push(performance.now() - began)
    }
    costs.push({ cpu: (cpuTime(edge.workerd.pid) - before) / ROUNDS, time: median(times) })
  }
  return costs
}
