import type { Component, InjectionKey } from 'vue'

/**
 * The components a face offers for picking a place and an asset: v-model is the id or undefined.
 * A desk has wide type-aheads, a phone has lists and the scanner, so the renderer does not choose.
 */
export interface Pickers {
  place: Component
  asset: Component
}

export const pickersKey: InjectionKey<Pickers> = Symbol('pickers')
