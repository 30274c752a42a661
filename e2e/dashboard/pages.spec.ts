import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from './fixtures.ts'

const places = {
  overview: '/',
  nodes: '/nodes',
  map: '/nodes?view=map',
  load: '/nodes?view=load',
  pools: '/pools',
  node: '/node?id=web-1',
  tasks: '/tasks',
  task: '/task?id=',
  dispatch: '/dispatch',
  control: '/control',
  schedules: '/schedules',
  'new schedule': '/schedule?form=new',
  broadcasts: '/broadcasts',
  workflows: '/workflows',
  jobs: '/jobs',
  'dead-letters': '/dead-letters',
  operations: '/operations',
  events: '/events',
  plan: '/plan?id=',
  'plan of a loss': '/plan?id=',
  settings: '/settings',
  users: '/settings?tab=users',
  join: '/settings?tab=join',
} as const

const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const

for (const { name: look, ...options } of looks) {
  test(`every page in ${look} has no serious finding of axe, fits its width, and asks nobody else for anything`, async ({
    browser,
    cluster,
  }) => {
    test.setTimeout(300_000)
    const { taskId } = await cluster.mutate<{ taskId: string }>('tasks.submit', {
      name: 'counter',
      driver: 'exec',
      exec: { command: 'for i in $(seq 1 300); do echo "line $i"; sleep 1; done', shell: true },
    })
    const { id: planId } = await cluster.mutate<{ id: string }>('nodes.previewAct', { act: 'cordon', ids: ['web-1'] })
    const { id: lossId } = await cluster.mutate<{ id: string }>('nodes.previewLoss', { ids: ['web-1'] })
    const context = await browser.newContext({ storageState: cluster.adminState, ...options })
    const page = await context.newPage()
    const origins = new Set<string>()
    page.on('request', (request) => origins.add(new URL(request.url()).origin))
    const errors: string[] = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))

    const ids: Readonly<Record<string, string>> = { task: taskId, plan: planId, 'plan of a loss': lossId }
    for (const [name, place] of Object.entries(places)) {
      await page.goto(cluster.url + place + (ids[name] ?? ''))
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByRole('button', { name: /Freshness: Live/ })).toBeVisible()
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual(
        [],
      )
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `width of ${name}`).toBeLessThanOrEqual(
        options.viewport.width,
      )
      await page.screenshot({ path: `screenshots/${look}-${name}.png` })
    }
    expect([...origins]).toEqual([cluster.url])
    expect(errors).toEqual([])
    await context.close()
    await cluster.mutate('tasks.cancel', { id: taskId, reason: 'end of the test' })
  })
}

test('a page of something that is not there says so under its heading', async ({ page, cluster }) => {
  const missing = {
    '/operation?id=op-none': ['Operation', 'There is no operation op-none.'],
    '/broadcast?id=b-none': ['Broadcast', 'There is no broadcast b-none.'],
    '/workflow-run?id=run-none': ['Run', 'There is no run run-none.'],
    '/workflow?id=flow-none': ['Workflow', 'flow-none'],
    '/job?id=job-none': ['Job template', 'job-none'],
    '/schedule?id=s-none': ['Schedule', 'There is no schedule s-none.'],
    '/task?id=t-none': ['Task', 'There is no task t-none.'],
    '/plan?id=plan-none': ['Plan', 'There is no plan plan-none.'],
  }
  for (const [place, [title = '', text = '']] of Object.entries(missing)) {
    await page.goto(cluster.url + place)
    await expect(page.getByRole('heading', { level: 1, name: title, exact: true })).toBeVisible()
    await expect(page.getByText(text)).toBeVisible()
  }
})
