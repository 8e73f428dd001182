import { ref } from 'vue'

/**
 * Whether the server answered the last time it was asked. The browser's own idea of being online is often wrong:
 * it knows of a radio, not of a way to the server.
 */
export const reachable = ref(true)
