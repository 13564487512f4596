// A capture: an AMI or a snapshot that is to be made of an instance's disk, after the answer that says so.
import { placeholderName } from './marks.ts'

/**
 * An AMI or a snapshot that is to be made of an instance's disk.
 *
 * OpenNebula has no image before it saves the disk, and it does not save it while it is busy with the VM; for an AMI
 * the guest is to be off besides. Until then a placeholder of next to no size stands in for the image: what EC2 knows
 * of it is there, and is taken over as it stands when the disk is saved.
 */
export interface CaptureTask {
  readonly kind: 'capture'
  /** The id of the AMI or snapshot, which becomes the name of its image. */
  readonly id: string
  /** Of an AMI, the id of the snapshot that it is besides. */
  readonly snapshot?: string | undefined
  /** Of an AMI with more disks, the ids of their snapshots: tasks of their own, which come first. */
  readonly parts?: readonly string[]
  /** What the disk is saved as; `OS` where absent. */
  readonly type?: 'OS' | 'DATABLOCK'
  /** The instance's id, by which its state is locked. */
  readonly instance: string
  /** OpenNebula number of its VM, and of the disk. */
  readonly vm: number
  readonly disk: number
  /** OpenNebula number of the image that the disk is, where that may outlive it: what is copied once the VM has it no more. */
  readonly source?: number | undefined
  /** Whether the guest is switched off meanwhile. */
  readonly reboot: boolean
  /** Whether the placeholder is there: from then on its absence means that nobody wants the image any more. */
  readonly begun?: boolean
  /** Whether nothing of it is to stay. */
  readonly unwanted?: boolean
  /**
   * Of one that ended without its image: until when a save whose answer was lost may still take effect, and what comes of
   * it is deleted; milliseconds since 1970.
   */
  readonly until?: number | undefined
}

/** The names of all the images that a capture makes. */
export const namesOf = ({ id, parts = [] }: CaptureTask): string[] =>
  [id, ...parts].flatMap(each => [each, placeholderName(each)])
