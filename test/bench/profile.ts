// Where the JavaScript of a Worker spends its time: the sampling profiler behind workerd's inspector, by source file.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Bundle } from './bundle.ts'
import type { Workerd } from './workerd.ts'

/** A profile as the inspector tells it. https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

const INTERVAL_MICROSECONDS = 200

/**
 * Share of the time that each source file takes while `work` goes on, from 0 to 1; what the runtime does for a file counts
 * as the file's. `(garbage collector)` and `(program)`, which is the runtime outside of JavaScript, stand for themselves.
 */
export async function profile(
  { inspector }: Pick<Workerd, 'inspector'>,
  { script }: Bundle,
  work: () => Promise<void>,
): Promise<Map<string, number>> {
  const session = await Session.open(`${inspector}/json`)
  await session.ask('Profiler.enable')
  await session.ask('Profiler.setSamplingInterval', { interval: INTERVAL_MICROSECONDS })
  await session.ask('Profiler.start')
  await work()
  const { profile } = (await session.ask('Profiler.stop')) as { profile: Profile }
  session.close()
  return shares(profile, sourceFiles(await readFile(script, 'utf8')))
}

/** One conversation with the inspector. */
class Session {
  readonly #socket: WebSocket
  #asked = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** @param list address of the inspector's list of Workers: there is one */
  static async open(list: string): Promise<Session> {
    const [target] = (await (await fetch(list)).json()) as { webSocketDebuggerUrl: string }[]
    const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
    await once(socket, 'open')
    return new Session(socket)
  }

  ask(method: string, params = {}): Promise<unknown> {
    const id = ++this.#asked
    return new Promise(resolve => {
      const listener = ({ data }: { data: unknown }) => {
        const message = JSON.parse(String(data)) as { id?: number; result: unknown }
        if (message.id !== id) return
        this.#socket.removeEventListener('message', listener)
        resolve(message.result)
      }
      this.#socket.addEventListener('message', listener)
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }

  close(): void {
    this.#socket.close()
  }
}

/** By line of the bundle, the file it comes from: esbuild writes its path before what it took from it. */
function sourceFiles(script: string): string[] {
  let file = ''
  return script.split('\n').map(line => {
    file = /^\/\/ ((?:src|node_modules)\/\S+)$/.exec(line)?.[1] ?? file
    return file
  })
}

function shares({ nodes, samples, timeDeltas }: Profile, files: readonly string[]): Map<string, number> {
  const byId = new Map(nodes.map(node => [node.id, node]))
  const parents = new Map(nodes.flatMap(node => (node.children ?? []).map(child => [child, node] as const)))
  const owner = (node: ProfileNode): string => {
    const { functionName, url, lineNumber } = node.callFrame
    const file = url === '' ? undefined : files[lineNumber]
    if (file) return file
    const parent = parents.get(node.id)
    return functionName.startsWith('(') || !parent ? functionName : owner(parent)
  }
  const times = new Map<string, number>()
  for (const [index, sample] of samples.entries()) {
    const node = byId.get(sample)
    const name = node ? owner(node) : '(program)'
    if (name !== '(idle)') times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  }
  const total = times.values().reduce((sum, time) => sum + time, 0)
  return new Map([...times].sort(([, a], [, b]) => b - a).map(([name, time]) => [name, time / total]))
}
