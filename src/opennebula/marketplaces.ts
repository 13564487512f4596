// The documents of marketplaces, and of what is in them.
import { common } from './documents.ts'
import { type DocumentOf, documentType } from './xml/document-type.ts'
import { amount, attributes, int, optionalText, text } from './xml/shape.ts'

/** A marketplace. */
export const MARKETPLACE = documentType('MARKETPLACE', { ...common, STATE: int })
export type Marketplace = DocumentOf<typeof MARKETPLACE>

/** Something in a marketplace that images, or more, can be made of. */
export const APPLIANCE = documentType('MARKETPLACEAPP', {
  ...common,
  STATE: int,
  TYPE: int,
  SIZE: amount,
  REGTIME: amount,
  MARKETPLACE_ID: int,
  MARKETPLACE: text,
  VERSION: optionalText,
  DESCRIPTION: optionalText,
  /** The template of what is made of it, in base64. */
  APPTEMPLATE64: optionalText,
  TEMPLATE: attributes('ARCHITECTURE'),
})
export type Appliance = DocumentOf<typeof APPLIANCE>
