import { api, type Schemas } from '@/api/client'

/** Whether I am checked in, the duty that runs and the next ones. */
export type MyDuty = Schemas['OrgMyDuty']

export const myDuty = (): Promise<MyDuty> => api.get('/api/v1/my-duty')
export const checkIn = (placeId?: string): Promise<MyDuty> => api.post('/api/v1/my-duty/check-in', { body: placeId ? { placeId } : {} })
export const checkOut = (): Promise<MyDuty> => api.post('/api/v1/my-duty/check-out')
