// Disks as VMs and their templates describe them.
import type { Disk, Vm } from './documents.ts'
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

/** The disk of a VM that is this image. */
export const diskOf = (vm: Vm, image: number): Disk | undefined =>
  vm.TEMPLATE.DISK.find(({ IMAGE_ID }) => IMAGE_ID === image)

/** Whether a disk of the VM has this device, its context disk included. */
export const hasTarget = ({ TEMPLATE: { DISK, CONTEXT } }: Vm, target: string): boolean =>
  DISK.some(({ TARGET }) => TARGET === target) || CONTEXT.TARGET === target
