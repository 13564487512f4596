#!/usr/bin/env node
// econe-check as a program.

import { main } from '../check.ts'
import { runHere } from './process.ts'

await runHere(main)
