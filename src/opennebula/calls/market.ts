// Calls about marketplaces and what is in them.
import { APPLIANCE, MARKETPLACE } from '../marketplaces.ts'
import { pool, read } from './common.ts'

/** All marketplaces that one may use: nobody can say which. */
export const marketplacePool = () => read(MARKETPLACE, 'one.marketpool.info')

/** Appliances, with everything that is known of each. */
export const appliancePool = pool(APPLIANCE, 'one.marketapppool.info')
