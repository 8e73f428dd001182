import { createRouter, createWebHistory } from 'vue-router'
import { guard } from '@/session/guard'
import { may } from '@/session/session'
import { myPages } from './pages'

const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes: [
    { path: '/login', component: () => import('@/session/LoginPage.vue'), meta: { open: true, bare: true } },
    { path: '/password', component: () => import('@/session/PasswordPage.vue'), meta: { bare: true } },
    { path: '/', component: () => import('./intake/IntakePage.vue'), meta: { page: 'intake' } },
    { path: '/orders', component: () => import('./orders/OrdersPage.vue'), meta: { page: 'orders' } },
    { path: '/orders/:id', component: () => import('./orders/OrderPage.vue'), meta: { page: 'orders' } },
    { path: '/board', component: () => import('./board/BoardPage.vue'), meta: { page: 'board' } },
    { path: '/pool', component: () => import('./orders/PoolPage.vue'), meta: { page: 'pool' } },
    { path: '/batch', component: () => import('./orders/BatchPage.vue'), meta: { page: 'batch' } },
    { path: '/callbacks', component: () => import('./orders/CallBacksPage.vue'), meta: { page: 'callbacks' } },
    { path: '/due-reports', component: () => import('./supervise/ReportsPage.vue'), meta: { page: 'dueReports' } },
    { path: '/due-reports/:id', component: () => import('./supervise/ReportPage.vue'), meta: { page: 'dueReports' } },
    { path: '/watches', component: () => import('./supervise/WatchesPage.vue'), meta: { page: 'watches' } },
    { path: '/incidents', component: () => import('./incidents/IncidentsPage.vue'), meta: { page: 'incidents' } },
    { path: '/incidents/:id', component: () => import('./incidents/IncidentPage.vue'), meta: { page: 'incidents' } },
    { path: '/incident-plans', component: () => import('./incidents/EmergencyPlansPage.vue'), meta: { page: 'incidents' } },
    { path: '/transport', component: () => import('./moves/MovesPage.vue'), meta: { page: 'moves' } },
    { path: '/transport/settings', component: () => import('./moves/MoveSettingsPage.vue'), meta: { page: 'moving' } },
    { path: '/loans', component: () => import('./moves/LoansPage.vue'), meta: { page: 'loans' } },
    { path: '/plans', component: () => import('./admin/plans/PlansPage.vue'), meta: { page: 'plans' } },
    { path: '/problems', component: () => import('./problems/ProblemsPage.vue'), meta: { page: 'problems' } },
    { path: '/assets', component: () => import('./admin/assets/AssetsPage.vue'), meta: { page: 'assets' } },
    { path: '/assets/:id', component: () => import('./admin/assets/AssetPage.vue'), meta: { page: 'assets' } },
    { path: '/people', component: () => import('./admin/people/PeoplePage.vue'), meta: { page: 'people' } },
    { path: '/people/:id', component: () => import('./admin/people/PersonPage.vue'), meta: { page: 'people' } },
    { path: '/org/:kind?', component: () => import('./admin/org/OrgPage.vue'), meta: { page: 'org' } },
    { path: '/catalog', component: () => import('./admin/catalog/CatalogPage.vue'), meta: { page: 'catalog' } },
    { path: '/catalog/:id', component: () => import('./admin/catalog/ItemPage.vue'), meta: { page: 'catalog' } },
    { path: '/roles', component: () => import('./admin/roles/RolesPage.vue'), meta: { page: 'roles' } },
    { path: '/screens', component: () => import('./admin/ScreensPage.vue'), meta: { page: 'screens' } },
    { path: '/clocks', component: () => import('./admin/clocks/ClocksPage.vue'), meta: { page: 'clocks' } },
    { path: '/dispatching', component: () => import('./admin/dispatching/DispatchingPage.vue'), meta: { page: 'dispatching' } },
    { path: '/messages', component: () => import('./admin/messages/MessagesPage.vue'), meta: { page: 'messages' } },
    { path: '/history', component: () => import('./admin/history/HistoryPage.vue'), meta: { page: 'history' } },
    { path: '/history/:id', component: () => import('./admin/history/BatchPage.vue'), meta: { page: 'history' } },
    { path: '/ladders', component: () => import('./admin/ladders/LaddersPage.vue'), meta: { page: 'ladders' } },
    { path: '/ladders/:id', component: () => import('./admin/ladders/LadderPage.vue'), meta: { page: 'ladders' } },
    { path: '/rules', component: () => import('./admin/rules/RulesPage.vue'), meta: { page: 'rules' } },
    { path: '/rules/:id', component: () => import('./admin/rules/RulePage.vue'), meta: { page: 'rules' } },
    { path: '/classify', component: () => import('./admin/classify/ClassifyPage.vue'), meta: { page: 'classify' } },
    { path: '/jobs', component: () => import('./admin/JobsPage.vue'), meta: { page: 'jobs' } },
    { path: '/audit', component: () => import('./admin/AuditPage.vue'), meta: { page: 'audit' } },
    { path: '/account', component: () => import('./account/AccountPage.vue'), meta: { page: 'account' } },
    { path: '/inbox', component: () => import('./account/InboxPage.vue'), meta: { page: 'inbox' } },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

guard(router)

// The first page is the intake for those who take in, else the first one they may open.
router.beforeEach((to) => {
  if (to.path !== '/' || may('order.intake')) return true
  return myPages().find((page) => page.path !== '/')?.path ?? '/account'
})

export { router }
