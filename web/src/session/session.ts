import { computed, ref } from 'vue'
import { Problem } from '@/api/problem'
import { send } from '@/api/call'
import { remember, recall } from '@/device/remember'

/** Who is signed in. */
export interface Me {
  id: string
  name: string
  staffNo?: string
  permissions: string[]
  mustChangePassword?: boolean
}

/** The person signed in, or null; undefined until the server was asked. */
export const me = ref<Me | null | undefined>(undefined)

/** Whether the person may do this kind of act anywhere. The server decides; this only leaves out buttons. */
export function may(permission: string): boolean {
  return me.value?.permissions.includes(permission) ?? false
}

export const signedIn = computed(() => !!me.value)

const path = '/api/v1/session'

function take(answer: unknown): Me {
  me.value = answer as Me
  remember('me', JSON.stringify(me.value))
  return me.value
}

/** Asks who is signed in. Without signal the one who was is kept, so that offline work goes on. */
export async function loadMe(): Promise<Me | null> {
  try {
    return take(await send('GET', path))
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status === 401) me.value = null
    else me.value = rememberedMe()
    return me.value
  }
}

function rememberedMe(): Me | null {
  const kept = recall('me')
  return kept === null ? null : (JSON.parse(kept) as Me)
}

export interface SignIn {
  login: string
  password: string
  /** Six digits, once the server asked for them. */
  code?: string
  /** Stay signed in on this device. */
  keep: boolean
}

/** Signs in; throws a Problem with code 'totp_required' when the second factor is wanted. */
export async function signIn(input: SignIn): Promise<Me> {
  return take(await send('POST', path, input))
}

/** Changes the password of the one signed in. */
export async function changePassword(current: string, next: string): Promise<void> {
  await send('POST', '/api/v1/me/password', { current, next })
  await loadMe()
}

/** Signs out here. */
export async function signOut(): Promise<void> {
  await send('DELETE', path)
  forgetMe()
}

/** Forgets who was signed in, when the server no longer knows them. */
export function forgetMe(): void {
  me.value = null
  remember('me', null)
}
