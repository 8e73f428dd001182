/** The event names of the live stream this product listens to. */
export const liveTopics = ['order', 'message', 'job'] as const
export type LiveTopic = (typeof liveTopics)[number]
