// What an instance has written to its console.
import { useAnswer, WithAnswer } from '../../resource/tabs.tsx'
import { texts } from '../../texts.ts'
import { Verbatim } from '../../ui/copy.tsx'
import { Time } from '../../ui/format.tsx'
import type { Element } from '../../ui/types.ts'

const words = texts.instances.console

export function ConsoleOutput({ id }: { id: string }): Element {
  const asked = useAnswer('GetConsoleOutput', { InstanceId: id })
  return (
    <WithAnswer asked={asked}>
      {({ Output, Timestamp }) => (
        <>
          <p>
            <button type="button" onClick={asked.again}>
              {words.refresh}
            </button>{' '}
            {words.at} <Time at={Timestamp} />
          </p>
          {Output ? <Verbatim>{decoded(Output)}</Verbatim> : <p class="hint">{words.empty}</p>}
        </>
      )}
    </WithAnswer>
  )
}

/** The API has it as base64. */
const decoded = (output: string) => new TextDecoder().decode(Uint8Array.fromBase64(output))
