// OpenNebula's accounting: where VMs were, for how long, and as what. Times are in seconds since 1970, 0 for one that has not come.
import { documentType } from './xml/document-type.ts'
import {
  amount,
  attributes,
  type Declared,
  flag,
  many,
  optionalAmount,
  optionalInt,
  optionalText,
} from './xml/shape.ts'

/** A stay of a VM on a host, or a part of it: any change of the VM begins another. */
export const stayType = <D extends Declared>(...declared: readonly D[]) =>
  documentType(
    'HISTORY',
    {
      STIME: amount,
      ETIME: amount,
      /** From when and until when it ran. */
      RSTIME: amount,
      RETIME: amount,
      /** The VM as it was then. */
      VM: {
        TEMPLATE: { DISK: many({ SIZE: optionalAmount, IMAGE_ID: optionalInt, PERSISTENT: flag, TYPE: optionalText }) },
        USER_TEMPLATE: attributes(...declared),
      },
    },
    { pool: 'HISTORY_RECORDS' },
  )
