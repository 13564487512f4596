// Calls about clusters.
import { CLUSTER } from '../documents.ts'
import { read } from './common.ts'

export const clusterPool = () => read(CLUSTER, 'one.clusterpool.info')
