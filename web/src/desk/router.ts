import { createRouter, createWebHistory } from 'vue-router'
import { guard } from '@/session/guard'

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes: [
    { path: '/login', component: () => import('@/session/LoginPage.vue'), meta: { open: true } },
    { path: '/password', component: () => import('@/session/PasswordPage.vue') },
    { path: '/', component: () => import('./pages/HomePage.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

guard(router)
