import { Client } from 'pg'

/** A new database on the test's PostgreSQL, and the way to be rid of it. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.WARDLINE_TEST_POSTGRES_URL
  if (!server) throw new Error('WARDLINE_TEST_POSTGRES_URL must name a PostgreSQL on which databases may be made')
  const name = `wardline_e2e_${process.pid}_${Date.now()}`
  await tell(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => tell(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function tell(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
