#!/usr/bin/env node
// econe-keys as a program.

import { main } from '../keys.ts'
import { runHere } from './process.ts'

await runHere(main)
