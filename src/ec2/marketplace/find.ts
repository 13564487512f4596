// The appliances that an account can have images of: those of the operator's marketplaces that OpenNebula lets it use.
//
// OpenNebula makes an image of whatever appliance it is told, without asking who may use it, or in which state it is. So it is
// here that both are looked at, in what the pools show to the account itself.
import { appliancePool, marketplacePool } from '../../opennebula/calls/market.ts'
import type { Marketplace } from '../../opennebula/marketplaces.ts'
import { APPLIANCE_STATE, APPLIANCE_TYPE, MARKETPLACE_STATE } from '../../opennebula/states.ts'
import type { Context } from '../core/context.ts'
import type { Placed } from '../core/describe.ts'
import type { Image } from '../core/documents.ts'
import { counts, isOperators } from '../core/trust.ts'
import { applianceNumbers } from './resource.ts'
import { type Appliance, applianceIdOf, makingOf } from './view.ts'

/** The calls that read what a `Market` looks through; of one appliance, where its number is said. */
export const marketCalls = (only?: number) =>
  [marketplacePool(), appliancePool(only === undefined ? {} : { only })] as const

/** What is read, object by object: tells which appliances count, once the marketplaces were seen. */
export class Market {
  readonly #context: Pick<Context, 'account' | 'operators'>
  /** Those of the operator's that are switched on. */
  readonly #marketplaces = new Set<number>()

  constructor(context: Pick<Context, 'account' | 'operators'>) {
    this.#context = context
  }

  /** The object where it is an appliance that an image can be made of. */
  take(object: Marketplace | Appliance | Image): Appliance | undefined {
    if (isAppliance(object)) return this.#isUsable(object) ? object : undefined
    const isOpen = object.STATE === MARKETPLACE_STATE.ENABLED && isOperators(object, this.#context)
    if (!('DATASTORE_ID' in object) && isOpen) this.#marketplaces.add(object.ID)
    return undefined
  }

  /** What a marketplace's driver finds is oneadmin's, whoever has the marketplace. */
  #isUsable(appliance: Appliance): boolean {
    return (
      this.#marketplaces.has(appliance.MARKETPLACE_ID) &&
      counts(appliance, this.#context) &&
      appliance.STATE === APPLIANCE_STATE.READY &&
      appliance.TYPE === APPLIANCE_TYPE.IMAGE &&
      makingOf(appliance).type === 'OS'
    )
  }
}

export const isAppliance = (object: Marketplace | Appliance | Image): object is Appliance => 'MARKETPLACE_ID' in object

/** All of them, newest first, in one upstream request; one alone, where its number is said. */
async function* appliances(context: Context, only?: number): AsyncGenerator<Appliance> {
  if (!context.settings.marketplace) return
  const market = new Market(context)
  for await (const object of context.one.stream<Marketplace | Appliance>(...marketCalls(only))) {
    const appliance = market.take(object)
    if (appliance) yield appliance
  }
}

/** A place among appliances: the number of the last one before it. */
export type AppliancePlace = { readonly appliance: number }

export const isAppliancePlace = (value: unknown): value is AppliancePlace =>
  typeof value === 'object' && value !== null && 'appliance' in value && typeof value.appliance === 'number'

/** Those behind a place, each with its own. */
export async function* placedAppliances(
  context: Context,
  { appliance: before }: AppliancePlace = { appliance: Number.POSITIVE_INFINITY },
): AsyncGenerator<Placed<Appliance, AppliancePlace>> {
  for await (const each of appliances(context)) if (each.ID < before) yield [each, { appliance: each.ID }]
}

/** The appliances that ids name, by the ids; others name none. In one upstream request, where there is one to be looked for. */
export async function lookUpAppliances(ids: readonly string[], context: Context): Promise<Map<string, Appliance>> {
  const wanted = new Set(ids)
  const numbers = [...wanted].flatMap(id => applianceNumbers(id)?.number ?? [])
  const found = new Map<string, Appliance>()
  if (numbers.length === 0) return found
  for await (const each of appliances(context, numbers.length === 1 ? numbers[0] : undefined)) {
    const id = applianceIdOf(each)
    if (wanted.has(id)) found.set(id, each)
  }
  return found
}
