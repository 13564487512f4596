#!/usr/bin/env node
// econe-keys as a program.
import { runHere } from '../../cli/bin/process.ts'
import { main } from '../keys.ts'

await runHere(main)
