import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { buildFolder } from './browser'
import { freshDatabase } from './database'
import type { Engine } from './engines'

/** A demonstration hospital being served. */
export interface House {
  engine: Engine
  base: string
}

export interface OpenHouse extends House {
  close(): Promise<void>
}

function program(): string {
  const path = process.env.WARDLINE_BIN
  if (!path) throw new Error('WARDLINE_BIN must name the program')
  return path
}

/** The settings of whoever runs the tests must not reach the program. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WARDLINE_')))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null
const end = (child: ChildProcess) => new Promise<void>((resolve) => (ended(child) ? resolve() : child.once('exit', () => resolve())))

/** Ends a program that was started here; one that does not obey is killed. */
export async function stop(child: ChildProcess): Promise<void> {
  if (ended(child)) return
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await end(child)
  clearTimeout(late)
}

async function run(args: string[], env: NodeJS.ProcessEnv, log: string): Promise<void> {
  const out = createWriteStream(log, { flags: 'a' })
  const child = spawn(program(), args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.pipe(out, { end: false })
  child.stderr.pipe(out, { end: false })
  const failed = await new Promise<Error | undefined>((resolve) => {
    child.once('error', resolve)
    child.once('close', (code) => resolve(code === 0 ? undefined : new Error(`${args.join(' ')} ended with ${code}`)))
  })
  await new Promise<void>((done) => out.end(() => done()))
  if (failed) throw new Error(`${failed.message}\n${await tail(log)}`)
}

const tail = async (log: string) => (await readFile(log, 'utf8').catch(() => '')).slice(-2000)

async function answers(base: string): Promise<boolean> {
  return fetch(`${base}/healthz`).then(
    (response) => response.ok,
    () => false,
  )
}

/** Serves what is in the folder; the port may be taken meanwhile, so it is tried again. */
async function serve(env: NodeJS.ProcessEnv, log: string): Promise<{ base: string; child: ChildProcess }> {
  for (let attempt = 1; ; attempt++) {
    const address = `127.0.0.1:${await freePort()}`
    const base = `http://${address}`
    const out = createWriteStream(log, { flags: 'a' })
    const child = spawn(program(), ['serve', '-address', address], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.pipe(out)
    child.stderr.pipe(out)
    for (let i = 0; i < 600 && !ended(child); i++) {
      if (await answers(base)) return { base, child }
      await pause(100)
    }
    await stop(child)
    if (attempt === 3) throw new Error(`the program does not start\n${await tail(log)}`)
  }
}

/** How large the hospital is: enough that lists and screens are not empty. */
export interface Size {
  orders: number
  months: number
}

/** Invents a hospital in a new folder and database, and serves it. */
export async function openHouse(engine: Engine, size: Size): Promise<OpenHouse> {
  await mkdir(buildFolder, { recursive: true })
  const data = await mkdtemp(join(tmpdir(), `wardline-e2e-${engine}-`))
  const log = join(buildFolder, `${engine}.log`)
  await rm(log, { force: true })
  const database = engine === 'postgres' ? await freshDatabase() : undefined
  const env = {
    ...cleanEnvironment(),
    WARDLINE_DATA: data,
    WARDLINE_LOG_LEVEL: 'warn',
    ...(database ? { WARDLINE_DATABASE_URL: database.url } : {}),
  }
  const clear = async () => {
    await database?.drop()
    await rm(data, { recursive: true, force: true })
  }
  try {
    await run(['demo', '-orders', String(size.orders), '-months', String(size.months)], env, log)
    const { base, child } = await serve(env, log)
    return {
      engine,
      base,
      close: async () => {
        await stop(child)
        await clear()
      },
    }
  } catch (thrown) {
    await clear()
    throw thrown
  }
}
