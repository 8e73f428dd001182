import { api, type Schemas } from '@/api/client'

/** What a code stands on, what is usually wrong with such things, and whether anyone may report there. */
export type Target = Schemas['AssetTarget']

/** What the scanned or typed code stands on. */
export const resolveCode = (code: string): Promise<Target> => api.get('/api/v1/scan/{code}', { path: { code } })

/** Number and name of the asset a code stands on. */
export const targetAsset = ({ assetNumber, assetName }: Target) => [assetNumber, assetName].filter(Boolean).join(' ')
