// Bringing instances into another state, by the table of transitions.
import type { InstanceStateChange, InstanceStateName } from '@aws-sdk/client-ec2'
import { vmAction } from '../../opennebula/calls/vm.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { OneWriter } from '../core/documents.ts'
import { isBusy, isFinal, throwFirst, toEc2Error } from '../core/failures.ts'
import { findAndHold } from '../core/find.ts'
import { withInterfaces } from '../network-interfaces/find.ts'
import { membersChange } from '../security-groups/states.ts'
import { instanceSource } from './find.ts'
import { incorrectInstanceState, noteWanted, stateLock } from './resource.ts'
import type { StateTask } from './state-task.ts'
import { shownState, stateItem, stateOf } from './states.ts'
import { bringsAbout, type Transition, type TransitionToState, transitions } from './transitions.ts'
import { type InstanceView, interfacesEndingWith, viewInstance, volumesEndingWith } from './view.ts'

/**
 * Brings instances into another state: all are checked before any is touched.
 *
 * Three upstream requests at most: one to look, one to act, and one to note on the VMs what OpenNebula refused for the
 * moment, which the account's object then does as soon as it can.
 * @param check throws where an instance may not
 * @throws Ec2Error NotFound, Malformed, IncorrectInstanceState, and as `check`
 */
export function transit(
  ids: readonly string[] | undefined,
  transition: Transition,
  context: ChangeContext,
  check: (view: InstanceView) => void = () => undefined,
): Promise<InstanceStateChange[]> {
  return findAndHold(instanceSource(context), ids ?? [], context, stateLock, async vms => {
    const views = vms.map(vm => viewInstance(vm, context))
    const planned = views.map(view => ({ view, before: shownState(view.vm, view.wanted) }))
    for (const { view, before } of planned) {
      check(view)
      if (transition.refused.includes(before)) throw incorrectInstanceState(view.id, before, transition.verb)
    }
    const one = context.commit()
    const isDone = (before: InstanceStateName) => transition.already.includes(before)
    // OpenNebula may not have come to a stop that was asked for: whoever starts the instance wants it no more
    if (!bringsAbout(transition)) await context.tasks.end(views.map(view => taskOf(view, transitions.stop)))
    const changing = planned.filter(({ before }) => !isDone(before)).map(({ view }) => view)
    if (bringsAbout(transition)) await bring(await withEndings(changing, transition, context), transition, one, context)
    else await start(changing, one)
    return planned.map(({ view, before }) => ({
      InstanceId: view.id,
      PreviousState: stateItem(before),
      CurrentState: stateItem(isDone(before) ? before : transition.shows),
    }))
  })
}

/** Instances with what ends with them, where they do. */
const withEndings = (views: readonly InstanceView[], { wanted }: TransitionToState, context: Context) =>
  wanted === 'terminate' ? Promise.all(views.map(withInterfaces(context))) : views

/** Starts instances. What was to become of them, and has, is history. */
async function start(views: readonly InstanceView[], one: OneWriter): Promise<void> {
  const noted = views.filter(view => view.wanted !== undefined)
  const notes = noted.map(({ vm }) => noteWanted(vm.ID, ''))
  const outcomes = await one.multicall([...notes, ...views.map(({ vm }) => vmAction('resume', vm.ID))])
  for (const [index, view] of views.entries()) {
    const error = outcomes[notes.length + index]?.error
    if (isBusy(error)) throw incorrectInstanceState(view.id, stateOf(view.vm), transitions.start.verb)
    if (error !== undefined) throw toEc2Error(error)
  }
}

/**
 * Stops or terminates instances, now or as soon as OpenNebula does. That it has begun does not mean that it will come to
 * an end: each is written down, and looked after until it has.
 */
async function bring(
  views: readonly InstanceView[],
  transition: TransitionToState,
  one: OneWriter,
  context: ChangeContext,
): Promise<void> {
  const tasks = views.map(view => taskOf(view, transition))
  await context.tasks.begin(tasks)
  if (transition.wanted === 'terminate') await membersChange(context)
  const outcomes = await one.multicall(tasks.map(({ number }) => vmAction(transition.action, number)))
  const results = tasks.map((task, index) => ({ task, noted: views[index]?.wanted, error: outcomes[index]?.error }))
  const busy = results.filter(({ error }) => isBusy(error))
  const others = results.filter(({ error }) => !isBusy(error))
  const refused = others.filter(({ error }) => error !== undefined && isFinal(error))
  await context.tasks.end(refused.map(({ task }) => task))
  const superseded = others.filter(({ noted, error }) => noted !== undefined && error === undefined)
  await one.multicall([
    ...busy.map(({ task: { number, wanted } }) => noteWanted(number, wanted)),
    ...superseded.map(({ task: { number } }) => noteWanted(number, '')),
  ])
  throwFirst(outcomes.filter(({ error }) => !isBusy(error)))
}

function taskOf(view: InstanceView, { wanted, hard }: TransitionToState): StateTask {
  const volumes = wanted === 'terminate' ? volumesEndingWith(view) : []
  const interfaces = wanted === 'terminate' ? interfacesEndingWith(view) : []
  return {
    kind: 'vm',
    number: view.vm.ID,
    id: view.id,
    wanted,
    ...(hard && { hard }),
    ...(volumes.length > 0 && { volumes }),
    ...(interfaces.length > 0 && { interfaces }),
  }
}
