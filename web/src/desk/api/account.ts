import { api, type Schemas } from '@/api/client'

export type Session = Schemas['IdentitySession']
export type Token = Schemas['IdentityToken']
export type Enrolment = Schemas['IdentityEnrolment']

export const listSessions = async () => (await api.get('/api/v1/auth/sessions')).items
export const endSession = (id: string) => api.delete('/api/v1/auth/sessions/{id}', { path: { id } })
export const endOtherSessions = () => api.delete('/api/v1/auth/sessions')
export const listTokens = async () => (await api.get('/api/v1/auth/tokens')).items
export const makeToken = (body: Schemas['IdentityNewToken']) => api.post('/api/v1/auth/tokens', { body })
export const revokeToken = (id: string) => api.delete('/api/v1/auth/tokens/{id}', { path: { id } })
export const enrolTotp = (password: string) => api.post('/api/v1/auth/totp/enrol', { body: { password } })
export const confirmTotp = async (code: string) => (await api.post('/api/v1/auth/totp/confirm', { body: { code } })).recoveryCodes
export const disableTotp = (password: string) => api.post('/api/v1/auth/totp/disable', { body: { password } })
export const newRecoveryCodes = async (password: string) => (await api.post('/api/v1/auth/totp/recovery', { body: { password } })).recoveryCodes
