// Disks as VM templates describe them.
import type { Vector } from './xml/attributes.ts'

/**
 * Whether a DISK is one that OpenNebula makes empty with each VM and deletes with it: swap, or a scratch file system.
 * @see https://docs.opennebula.io/7.0/product/operation_references/configuration_references/template/#volatile-disks
 */
export const isVolatile = (disk: Vector): boolean =>
  /^(fs|swap)$/i.test(disk['TYPE'] ?? '') &&
  /^\d+$/.test(disk['SIZE'] ?? '') &&
  disk['IMAGE'] === undefined &&
  disk['IMAGE_ID'] === undefined
