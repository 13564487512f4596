// What is wrong with a question about usage.
import { JsonError } from '../../protocol/json.ts'

export const invalid = (sentence: string): JsonError => new JsonError('ValidationException', sentence)
