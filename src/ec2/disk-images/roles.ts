// The kinds of resources that an image may be.
import type { Resource } from '../core/resource.ts'
import { IMAGE } from '../images/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { VOLUME } from '../volumes/resource.ts'
import type { ImageRole } from './image.ts'

export const resourceOf: Readonly<Record<ImageRole, Resource>> = { image: IMAGE, volume: VOLUME, snapshot: SNAPSHOT }
