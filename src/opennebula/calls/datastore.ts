// Calls about datastores.
import { DATASTORE } from '../documents.ts'
import { read } from './common.ts'

export const datastorePool = () => read(DATASTORE, 'one.datastorepool.info')
