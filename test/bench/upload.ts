// An upload of 2 GiB and its import by OpenNebula: what they do to the memory of the workerd process.
import { elements, startEdge, until } from './edge.ts'
import { upload as send } from './form.ts'
import { forgetPeak, memory } from './process.ts'
import { type Section, short, verdict } from './table.ts'

const MEBIBYTES = 2048
/** MiB that the process may grow by. */
const TARGET = 64
const WARM_UP = 32

export async function upload(): Promise<Section[]> {
  await using edge = await startEdge()
  const { url, pid } = edge.workerd
  const imported = async (text: string) => {
    const [id = ''] = elements(text, 'imageId')
    await until('the import', async () => {
      const [state] = elements(await edge.call('DescribeImages', { 'ImageId.1': id }), 'imageState')
      return state === 'available'
    })
  }
  await imported(await send(url, WARM_UP))
  const before = memory(pid).now

  const rows = []
  let answer = ''
  for (const [what, work] of [
    [
      'the upload, until its answer',
      async () => {
        answer = await send(url, MEBIBYTES)
      },
    ],
    ['the import, until the image is available', () => imported(answer)],
  ] as const) {
    forgetPeak(pid)
    const began = performance.now()
    await work()
    const seconds = (performance.now() - began) / 1000
    const growth = memory(pid).peak - before
    rows.push([what, short(seconds), short(MEBIBYTES / seconds), short(growth), verdict(growth, TARGET, ' MiB')])
  }
  return [
    {
      title: `A ${MEBIBYTES / 1024} GiB upload by econe's form`,
      about:
        `After one of ${WARM_UP} MiB, when the workerd process held ${short(before)} MiB. It runs nothing but the Worker: the ` +
        `bucket is a server outside of it. Growth is the peak of its resident memory over that; at most ${TARGET} MiB.`,
      columns: ['', 's', 'MiB/s', 'growth in MiB', `target ${TARGET} MiB`],
      rows,
    },
  ]
}
