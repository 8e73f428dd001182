// Builds the faces named on the command line (all of them by default) into dist/<face>.
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { faceConfig } from '../vite.config.mjs'
import { chosenFaces, manifestOf } from './faces.mjs'

for (const name of chosenFaces()) {
  const config = faceConfig(name)
  await build({ ...config, logLevel: 'warn' })
  // The manifest serves the size check and has no business among the files the program serves.
  mkdirSync(join(manifestOf(name), '..'), { recursive: true })
  renameSync(join(config.build.outDir, '.vite/manifest.json'), manifestOf(name))
  rmSync(join(config.build.outDir, '.vite'), { recursive: true })
  console.log(`built ${name}`)
}
