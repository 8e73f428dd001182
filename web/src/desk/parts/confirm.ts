import { shallowRef } from 'vue'

/** A question that must be answered before something that cannot be taken back. */
export interface Question {
  title: string
  /** What will happen to what. */
  text: string
  /** The word on the button that does it. */
  act: string
  danger?: boolean
  answer: (yes: boolean) => void
}

/** The question shown now. */
export const question = shallowRef<Question | null>(null)

/** Asks before something that cannot be undone; says what will happen to what. */
export function confirm(asked: Omit<Question, 'answer'>): Promise<boolean> {
  question.value?.answer(false)
  return new Promise((done) => {
    question.value = {
      ...asked,
      answer: (yes) => {
        question.value = null
        done(yes)
      },
    }
  })
}
