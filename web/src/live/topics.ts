/** The topics of the live stream that pages listen to; the server sends each person only what they may see. */
export const liveTopics = ['order', 'message', 'asset', 'history.batch', 'incident'] as const
export type LiveTopic = (typeof liveTopics)[number]
