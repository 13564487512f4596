#!/usr/bin/env node
// The econe-* commands as a program, under whichever of their names it was called.

import { basename } from 'node:path'
import { main } from '../main.ts'
import { runHere } from './process.ts'

await runHere((argv, io) => main(basename(process.argv[1] ?? ''), argv, io))
