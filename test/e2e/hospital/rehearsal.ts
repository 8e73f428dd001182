import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildFolder } from './browser'
import { freshDatabase } from './database'
import type { Engine } from './engines'
import { cleanEnvironment, stop, type OpenHouse } from './program'

/** The moment at which a rehearsal begins: a Tuesday in Shanghai, an ordinary workday. */
export const beginsAt = '2026-12-01T08:00:00+08:00'

/** Serves a small hospital of its own whose clock is moved by hand. */
export async function openRehearsal(engine: Engine, name: string): Promise<OpenHouse> {
  const binary = process.env.WARDLINE_REHEARSAL
  if (!binary) throw new Error('WARDLINE_REHEARSAL must name the program of test/rehearsal')
  await mkdir(buildFolder, { recursive: true })
  const data = await mkdtemp(join(tmpdir(), `wardline-rehearsal-${engine}-`))
  const database = engine === 'postgres' ? await freshDatabase() : undefined
  const child = spawn(binary, ['-data', data, '-at', beginsAt, ...(database ? ['-database', database.url] : [])], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stderr.pipe(createWriteStream(join(buildFolder, `rehearsal-${engine}-${name}.log`)))
  const close = async () => {
    await stop(child)
    await database?.drop()
    await rm(data, { recursive: true, force: true })
  }
  try {
    const base = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve)
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`the rehearsal ended with ${code}`)))
    })
    return { engine, base, close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}
