import { Api } from '../people/api'
import { expect, test } from '../people/journey'
import type { Hospital } from '../people/hospital'
import type { Account, Person } from '../people/shapes'
import { totp } from '../things/totp'

interface NewPerson {
  id: string
  login: string
  /** To be replaced at the first sign-in. */
  password: string
}

/** A new nurse, as the administrator makes one. */
async function newPerson(hospital: Hospital): Promise<NewPerson> {
  const admin = await hospital.as('admin')
  const { departmentId } = await hospital.me('nurse')
  const login = `e2e${hospital.mark()}`
  const person = await admin.post<Account>('/people', { name: '林小满', login, departmentId })
  await admin.put(`/people/${person.id}/grants`, { version: person.version, grants: [{ roleId: 'reporter', scopeKind: 'department' }] })
  const { password } = await admin.post<{ password: string }>(`/people/${person.id}/reset-password`)
  return { id: person.id, login, password }
}

const chosen = 'Bai-hua 2026 ok'

test('a first password must be replaced before anything else', async ({ hospital, visit }) => {
  const person = await newPerson(hospital)
  const phone = await visit({ on: 'phone', at: '/m/orders' })
  await expect(phone).toHaveURL(/\/m\/login\?to=/)

  await test.step('a wrong password is refused in the words for a wrong name', async () => {
    const texts: string[] = []
    for (const login of [person.login, 'nobody-of-this-name']) {
      await phone.getByLabel('姓名或工号').fill(login)
      await phone.getByLabel('密码', { exact: true }).fill('not the password')
      await phone.getByRole('button', { name: '登录', exact: true }).tap()
      await expect(phone.getByRole('alert')).toContainText('登录名或密码不正确')
      texts.push((await phone.getByRole('alert').textContent()) ?? '')
    }
    expect(texts[0]).toBe(texts[1])
    expect(await phone.context().cookies()).toEqual([])
  })

  await test.step('the one-time password leads to a new one, and nowhere else', async () => {
    await phone.getByLabel('姓名或工号').fill(person.login)
    await phone.getByLabel('密码', { exact: true }).fill(person.password)
    await phone.getByRole('button', { name: '登录', exact: true }).tap()
    await expect(phone.getByText('首次登录请设置自己的密码')).toBeVisible()
    await phone.goto('/m/orders')
    await expect(phone).toHaveURL(/\/m\/password/)
    const refused = await phone.request.get('/api/v1/orders')
    expect(refused.status()).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'identity.password_due' })
  })

  await test.step('a weak one is refused beside its field', async () => {
    // The page was opened anew, so it asks for the one-time password again.
    await phone.getByLabel('当前密码').fill(person.password)
    await phone.getByLabel('新密码', { exact: true }).fill('short1')
    await phone.getByLabel('再输一次新密码').fill('short1')
    await phone.getByRole('button', { name: '保存新密码' }).tap()
    await expect(phone.getByRole('alert').filter({ hasText: '至少' })).toBeVisible()
    await phone.getByLabel('再输一次新密码').fill('short2')
    await phone.getByRole('button', { name: '保存新密码' }).tap()
    await expect(phone.getByText('两次输入的密码不一致')).toBeVisible()
    expect((await (await hospital.as('admin')).get<{ account: { mustChangePassword: boolean } }>(`/people/${person.id}`)).account.mustChangePassword).toBe(true)
  })

  await phone.getByLabel('新密码', { exact: true }).fill(chosen)
  await phone.getByLabel('再输一次新密码').fill(chosen)
  await phone.getByRole('button', { name: '保存新密码' }).tap()
  await expect(phone).toHaveURL(/\/m\/orders$/) // where it was going
  await expect(phone.getByRole('heading', { name: '我的报修' })).toBeVisible()

  const me = await (await Api.signIn(hospital.base, person.login, chosen)).get<Person>('/auth/me')
  expect(me).toMatchObject({ id: person.id, mustChangePassword: false })
  await expect(Api.signIn(hospital.base, person.login, person.password)).rejects.toThrow(/401/)
})

test('a second factor is switched on at the desk and asked for on the phone', async ({ hospital, visit }) => {
  const person = await newPerson(hospital)
  const first = await Api.signIn(hospital.base, person.login, person.password)
  await first.post('/auth/password', { current: person.password, next: chosen })
  const session = await Api.signIn(hospital.base, person.login, chosen)
  let secret = ''

  await test.step('enrolling', async () => {
    const desk = await visit({ session, on: 'desk', at: '/desk/account' })
    const panel = desk.locator('section').filter({ has: desk.getByRole('heading', { name: '两步验证' }) })
    await panel.getByRole('button', { name: '启用两步验证' }).click()
    await desk.getByRole('dialog').getByLabel('请再次输入密码').fill(chosen)
    await desk.getByRole('dialog').getByRole('button', { name: '下一步' }).click()
    await expect(panel.getByRole('img', { name: '验证器二维码' })).toBeVisible()
    secret = /[A-Z2-7]{16,}/.exec((await panel.textContent()) ?? '')![0]
    await panel.getByLabel('动态验证码').fill(totp(secret))
    await panel.getByRole('button', { name: '启用' }).click()
    await expect(panel.getByText('恢复码只显示这一次')).toBeVisible()
    await expect(panel.getByText('已启用')).toBeVisible()
    expect(await session.get<Person>('/auth/me')).toMatchObject({ secondFactor: true, recoveryCodes: 10 })
  })

  await test.step('the phone asks for the code', async () => {
    const phone = await visit({ on: 'phone', at: '/m/login?to=/me' })
    await phone.getByLabel('姓名或工号').fill(person.login)
    await phone.getByLabel('密码', { exact: true }).fill(chosen)
    await phone.getByRole('button', { name: '登录', exact: true }).tap()
    const code = phone.getByLabel('动态验证码')
    await expect(code).toBeFocused()
    expect((await phone.request.get('/api/v1/orders')).status()).toBe(401) // half a sign-in is none

    await code.fill('000000')
    await phone.getByRole('button', { name: '登录', exact: true }).tap()
    await expect(phone.getByRole('alert')).toContainText('验证码不正确')
    await code.fill(totp(secret, 1)) // each counts once, and the present one was used for enrolling
    await phone.getByRole('button', { name: '登录', exact: true }).tap()
    await expect(phone).toHaveURL(/\/m\/me$/)
    await expect(phone.getByText('林小满')).toBeVisible()
    expect((await phone.request.get('/api/v1/orders')).status()).toBe(200)
  })
})

test('who signs out leaves nothing behind on the phone', async ({ hospital, visit }) => {
  const phone = await visit({ as: 'engineer', on: 'phone', at: '/m/work/' })
  await expect(phone.getByRole('heading', { name: '我的工单' })).toBeVisible()
  await phone.getByRole('link', { name: '我的', exact: true }).tap()
  const { value } = (await phone.context().cookies()).find((cookie) => cookie.name === 'wardline')!
  await phone.getByRole('button', { name: '退出登录' }).tap()
  await expect(phone).toHaveURL(/\/m\/work\/login/)
  const answer = await fetch(`${hospital.base}/api/v1/auth/me`, { headers: { Cookie: `wardline=${value}` } })
  expect(answer.status).toBe(401)
})
