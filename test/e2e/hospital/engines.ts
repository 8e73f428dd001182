export type Engine = 'sqlite' | 'postgres'

/** The databases to run on. */
export function engines(): Engine[] {
  const wanted = (process.env.E2E_ENGINES ?? 'sqlite,postgres').split(',').map((name) => name.trim())
  return wanted.map((name) => {
    if (name !== 'sqlite' && name !== 'postgres') throw new Error(`E2E_ENGINES: ${name} is neither sqlite nor postgres`)
    return name
  })
}
