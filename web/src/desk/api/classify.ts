import { api, type Schemas } from '@/api/client'

/** What words seem to be about. */
export type Suggestion = Schemas['ClassifySuggestion']
export type Candidate = Schemas['ClassifyCandidate']
export type Question = Schemas['ClassifyQuestion']
export type Overview = Schemas['ClassifyOverview']
export type Report = Schemas['ClassifyReport']
export type Measure = Schemas['ClassifyMeasure']
export type Word = Schemas['ClassifyWord']
export type PolicyRule = Schemas['ClassifyPolicyRule']
export type Script = Schemas['ClassifyScript']
export type Guide = Schemas['ClassifyGuide']
export type Problem = Schemas['ClassifyProblem']
export type ProblemView = Schemas['ClassifyProblemView']

export const suggest = (body: Question, signal?: AbortSignal) => api.post('/api/v1/classify/suggest', { body, signal })
export const orderGuide = (id: string) => api.get('/api/v1/orders/{id}/guide', { path: { id } })

export const overview = () => api.get('/api/v1/classify')
export const setOverview = (body: Schemas['ClassifySettings']) => api.put('/api/v1/classify', { body })
export const train = () => api.post('/api/v1/classify/train')
export const report = (version: string) => api.get('/api/v1/classify/report', { query: { version: version || undefined } })
export const mistakes = async (version: string, itemId: string, guessId: string) => (await api.get('/api/v1/classify/mistakes', { query: { version, itemId, guessId } })).items
export const live = (days: number) => api.get('/api/v1/classify/live', { query: { days } })

export const dangerWords = () => api.get('/api/v1/classify/words')
export const saveWords = (items: Word[], stamp?: number) => api.put('/api/v1/classify/words', { body: { items, stamp } })
export const policy = () => api.get('/api/v1/classify/policy')
export const savePolicy = (items: PolicyRule[], stamp?: number) => api.put('/api/v1/classify/policy', { body: { items, stamp } })
export const scripts = async () => (await api.get('/api/v1/classify/scripts')).items
export const saveScript = (body: { itemCode: string; steps: Script['steps']; version?: number }) => api.put('/api/v1/classify/scripts', { body })

export const listProblems = (state: '' | 'open' | 'closed', cursor: string) => api.get('/api/v1/problems', { query: { state: state || undefined, cursor, limit: 50 } })
export const getProblem = (id: string) => api.get('/api/v1/problems/{id}', { path: { id } })
export const findProblem = (id: string, body: Schemas['ClassifyFinding']) => api.patch('/api/v1/problems/{id}', { path: { id }, body })
