// What is left of a request that is killed, at whichever step of its work.
import { expect } from 'vitest'
import { Killed, type Stage, setStage } from './stage.ts'

/** Long enough for whatever is unfinished to be decided; milliseconds. */
const LONG = 30 * 60 * 1000

/**
 * That what a request makes is there once, or not at all, wherever it is killed; and that nothing stays unfinished.
 * @param count how many of it there are
 */
export async function expectOnceOrNever(
  action: string,
  input: object,
  count: (stage: Stage) => Promise<number>,
): Promise<void> {
  for (let step = 1; ; step++) {
    const stage = setStage()
    stage.killAt(step)
    await stage.perform(action, input).catch(error => expect(error).toBeInstanceOf(Killed))
    if (!stage.disarm()) break
    const wasDone = (await stage.unfinished()).length === 0
    const made = await count(stage)
    await stage.pass(LONG)
    expect(await count(stage), `step ${step}`).toBe(wasDone ? made : 0)
    expect(await stage.unfinished(), `step ${step}`).toEqual([])
  }
}
