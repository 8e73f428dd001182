import { ref } from 'vue'
import { Problem } from '@/api/problem'
import { api, type Schemas } from '@/api/client'
import { remember, recall } from '@/device/remember'

/** Who is signed in, or half so: then `stage` says what is missing. */
export type Me = Schemas['IdentityMe']

/** The person signed in, or null; undefined until the server was asked. */
export const me = ref<Me | null | undefined>(undefined)

/** Whether the person may do this kind of act anywhere. The server decides; this only leaves out buttons. */
export function may(permission: string): boolean {
  return me.value?.permissions.includes(permission as Me['permissions'][number]) ?? false
}

function take(known: Me): Me {
  me.value = known
  // A half-done sign-in is worth nothing offline.
  remember('me', known.stage ? null : JSON.stringify(known))
  return known
}

/** Asks who is signed in. Without signal the one who was is kept, so that offline work goes on. */
export async function loadMe(): Promise<Me | null> {
  try {
    return take(await api.get('/api/v1/auth/me'))
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status === 401) forgetMe()
    else me.value = rememberedMe()
    return me.value ?? null
  }
}

function rememberedMe(): Me | null {
  const kept = recall('me')
  return kept === null ? null : (JSON.parse(kept) as Me)
}

/** The password just typed, kept in memory only while a new one must replace it, so that it is not asked twice. */
let justTyped = ''

/** Whether the current password is already known to this page. */
export const currentKnown = () => justTyped !== ''

/** Signs in with login name or staff number; what is then missing is in the answer's stage. */
export async function signIn(input: { login: string; password: string; keep: boolean }): Promise<Me | null> {
  await api.post('/api/v1/auth/login', { body: input })
  justTyped = input.password
  return settled()
}

/** Gives the code of the authenticator, or a recovery code. */
export async function giveCode(code: string): Promise<Me | null> {
  await api.post('/api/v1/auth/login/code', { body: { code } })
  return settled()
}

/** Changes the own password, or sets the first one; `current` may be empty when it was just typed. */
export async function changePassword(current: string, next: string): Promise<Me | null> {
  await api.post('/api/v1/auth/password', { body: { current: current || justTyped, next } })
  return settled()
}

async function settled(): Promise<Me | null> {
  const known = await loadMe()
  if (!known?.stage) justTyped = ''
  return known
}

/** Signs out here. */
export async function signOut(): Promise<void> {
  await api.post('/api/v1/auth/logout')
  forgetMe()
}

/** Forgets who was signed in, when the server no longer knows them. */
export function forgetMe(): void {
  me.value = null
  remember('me', null)
}
