import { api, type Schemas } from '@/api/client'

/** A rule as it stands. */
export type Rule = Schemas['AutomationRule']
export type Definition = Schemas['AutomationDefinition']
export type Cond = Schemas['AutomationCond']
export type Action = Schemas['AutomationAction']
export type FieldInfo = Schemas['AutomationFieldInfo']
export type DryRun = Schemas['AutomationDryRun']
export type Firing = Schemas['AutomationFiring']

export const listRules = () => api.get('/api/v1/rules')
export const listVersions = async (id: string) => (await api.get('/api/v1/rules/{id}/versions', { path: { id } })).items
export const addRule = (body: Schemas['AddRuleaddInBody']) => api.post('/api/v1/rules', { body })
export const saveRule = (id: string, body: Schemas['SaveRulesaveInBody']) => api.put('/api/v1/rules/{id}', { path: { id }, body })
export const switchRule = (id: string, on: boolean) => api.post('/api/v1/rules/{id}/switch', { path: { id }, body: { on } })
export const moveRule = (id: string, place: number) => api.post('/api/v1/rules/{id}/move', { path: { id }, body: { place } })
export const tryRule = (rule: Definition, days: number) => api.post('/api/v1/rules/try', { body: { rule, days } })
export const orderFirings = async (id: string) => (await api.get('/api/v1/orders/{id}/firings', { path: { id }, query: { limit: 50 } })).items
export const listFirings = (ruleId: string, cursor = '') => api.get('/api/v1/rules/firings', { query: { ruleId: ruleId || undefined, cursor, limit: 50 } })
export const webhookKey = async (id: string) => (await api.get('/api/v1/rules/{id}/webhook-key', { path: { id } })).key
