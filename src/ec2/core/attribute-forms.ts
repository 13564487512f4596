// What a Modify…Attribute may set: one attribute, in the form of today or in that of old clients, and never both.
import { combination } from '../../protocol/complaints.ts'
import type { Ec2Error } from '../../protocol/errors.ts'

export const noAttributes = (): Ec2Error => combination('No attributes specified.')

/** For two attributes, and for two values of one: which of them is meant nobody can tell. */
export const severalAttributes = (): Ec2Error => combination('Fields for multiple attribute types specified')
