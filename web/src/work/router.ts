import { createRouter, createWebHistory } from 'vue-router'
import { guard } from '@/session/guard'
import MyWorkPage from './pages/MyWorkPage.vue'

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/login', component: () => import('@/session/LoginPage.vue'), meta: { open: true } },
    { path: '/password', component: () => import('@/session/PasswordPage.vue') },
    { path: '/', component: MyWorkPage, meta: { tabs: true } },
    { path: '/pool', component: () => import('./pages/PoolPage.vue'), meta: { tabs: true } },
    { path: '/me', component: () => import('./pages/MePage.vue'), meta: { tabs: true } },
    { path: '/outbox', component: () => import('./pages/OutboxPage.vue') },
    { path: '/s/:code', component: () => import('./pages/ScannedPage.vue') },
    { path: '/o/:id', component: () => import('./pages/OrderPage.vue') },
    { path: '/o/:id/carry', component: () => import('./pages/CarryPage.vue') },
    { path: '/o/:id/finish', component: () => import('./pages/FinishPage.vue') },
    { path: '/o/:id/task/:task', component: () => import('./pages/TaskPage.vue') },
    { path: '/report/:id', component: () => import('./pages/ReportPage.vue') },
    { path: '/inbox', component: () => import('@/inbox/InboxPage.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

guard(router)
