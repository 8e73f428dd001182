import { createRouter, createWebHistory } from 'vue-router'
import { guard } from '@/session/guard'
import { laterTexts } from './later/later'
import HomePage from './pages/HomePage.vue'
import ReportPage from './pages/ReportPage.vue'

/** The same build serves staff under /m/ and, by the codes that allow it, visitors under /p/. */
const visiting = location.pathname.startsWith('/p/')

export const router = createRouter({
  history: createWebHistory(visiting ? '/p/' : import.meta.env.BASE_URL),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/login', component: () => import('@/session/LoginPage.vue'), meta: { open: true } },
    { path: '/password', component: () => import('@/session/PasswordPage.vue') },
    { path: '/', component: HomePage, meta: { tabs: true, open: true, first: true } },
    { path: '/new', component: ReportPage, meta: { first: true } },
    { path: '/s/:code', component: ReportPage, meta: { open: true, first: true } },
    { path: '/o/:id', component: () => import('./pages/TrackPage.vue') },
    { path: '/t/:token', component: () => import('./pages/LinkPage.vue'), meta: { open: true } },
    { path: '/orders', component: () => import('./pages/OrdersPage.vue'), meta: { tabs: true } },
    { path: '/faq', component: () => import('./pages/FaqPage.vue'), meta: { tabs: true, open: true } },
    { path: '/me', component: () => import('./pages/MePage.vue'), meta: { tabs: true } },
    ...(visiting ? [{ path: '/:code', component: ReportPage, meta: { open: true, first: true } }] : []),
    { path: '/inbox', component: () => import('@/inbox/InboxPage.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

guard(router)
// A first page does without most texts, so that it stays small; every other page waits for them.
router.beforeEach(async (to) => {
  if (!to.meta.first) await laterTexts()
})
