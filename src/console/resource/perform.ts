// Doing what an operation does: its calls, what is said of them, and waiting until things are as they shall be.
import { ApiError } from '../api/failure.ts'
import { api, isSignedIn } from '../session/session.ts'
import { texts } from '../texts.ts'
import type { Values } from '../ui/fields.ts'
import { tell, warn } from '../ui/toast.tsx'
import type { Operation, Resource } from './definition.ts'
import { until } from './watch.ts'

/** What came of an operation. */
export interface Outcome {
  readonly values: Values
  readonly answers: readonly unknown[]
}

/** Does it, and says so; what it takes afterwards is looked after behind the visitor's back. @throws ApiError */
export async function perform<Item>(
  resource: Resource<Item>,
  operation: Operation<Item>,
  values: Values,
  items: readonly Item[],
): Promise<Outcome> {
  const whole = (await operation.prepare?.(values)) ?? values
  const answers: unknown[] = []
  try {
    const sender = operation.as?.(whole) ?? api()
    for (const call of operation.calls(whole, items)) answers.push(await sender.send(call))
  } finally {
    // Some of the calls may have been answered
    void resource.list.shown.again()
  }
  tell(operation.done(whole, items))
  void follow(resource, operation, operation.made?.(answers) ?? items.map(resource.list.idOf), items)
  return { values: whole, answers }
}

async function follow<Item>(
  { list }: Resource<Item>,
  { until: reached, wait = reached && (ids => until(list, ids, reached)), reached: said, label }: Operation<Item>,
  ids: readonly string[],
  items: readonly Item[],
) {
  if (!wait) return
  try {
    if (!(await wait(ids))) warn(texts.operation.late(label, ids))
    else if (said) tell(said(ids, items))
  } catch (error) {
    // Who has signed out does not wait any more
    if (isSignedIn()) warn(errorText(error))
  }
}

/** An error in one line. */
export const errorText = (error: unknown): string =>
  error instanceof ApiError ? `${error.code}: ${error.message}` : String(error)
