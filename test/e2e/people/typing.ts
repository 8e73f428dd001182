import type { CDPSession, Page } from '@playwright/test'

/** A keyboard with a Chinese input method: letters are composed into words before the page gets them. */
export class ChineseKeyboard {
  private constructor(
    private readonly page: Page,
    private readonly browser: CDPSession,
  ) {}

  static async at(page: Page): Promise<ChineseKeyboard> {
    return new ChineseKeyboard(page, await page.context().newCDPSession(page))
  }

  /** Types the letters one by one into the composition, as the input method shows them. */
  async compose(letters: string): Promise<void> {
    for (let length = 1; length <= letters.length; length++) {
      await this.browser.send('Input.imeSetComposition', { text: letters.slice(0, length), selectionStart: length, selectionEnd: length })
    }
  }

  /** Chooses the words that the composition stands for. */
  async commit(words: string): Promise<void> {
    await this.browser.send('Input.insertText', { text: words })
  }

  async words(letters: string, words: string): Promise<void> {
    await this.compose(letters)
    await this.commit(words)
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text)
  }
}
