// The leave to make a change that asks the policy of its key by itself, once it knows what it is about.
import { actions } from '../../ec2/actions.ts'
import type { Call } from '../../ec2/core/call.ts'
import type { ChangeContext } from '../../ec2/core/context.ts'
import { ec2 } from '../../ec2/model/services.ts'
import type { Services } from '../services.ts'
import { authorize, isAllowed } from './authorize.ts'

/** What a change asks for leave with, and what it may not do without. */
export interface Leave {
  readonly ask: ChangeContext['authorize']
  readonly may: ChangeContext['may']
  /** @throws TypeError where the change should have asked, and has not */
  readonly check: () => void
}

/** Whether an action asks the policy of this call's key by itself. */
export const asksItself = ({ action, grant }: Call): boolean =>
  grant !== undefined && actions.get(action)?.authorizes === true

/** @param services the region, and by what refusals are sealed */
export function leaveOf(call: Call, { config, refusals }: Pick<Services, 'config' | 'refusals'>): Leave {
  const { grant } = call
  const wish = { ...call, service: ec2, region: config.region }
  let isOpen = asksItself(call)
  return {
    ask: async resources => {
      if (grant) await authorize(grant, wish, resources(), refusals)
      isOpen = false
    },
    may: (action, resource) => !grant || isAllowed(grant, { ...wish, action }, [resource]),
    check: () => {
      if (isOpen) throw new TypeError(`${call.action} has not asked for leave`)
    },
  }
}
