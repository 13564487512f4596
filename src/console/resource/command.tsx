// Calls as lines of the AWS CLI.
import { cliLine } from '../api/cli-line.ts'
import type { Call } from '../api/client.ts'
import { api } from '../session/session.ts'
import { CommandLine } from '../ui/copy.tsx'
import type { Element } from '../ui/types.ts'

export function Command({ calls }: { calls: readonly Call[] }): Element {
  const { region } = api()
  return <CommandLine lines={calls.map(call => cliLine(call, { endpoint: location.origin, region }))} />
}
