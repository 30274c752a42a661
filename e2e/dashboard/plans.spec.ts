import { eventually } from '@quarterdeck/testkit'
import { expect, test } from './fixtures.ts'

type Row = { readonly id: string; readonly nodeId: string | null; readonly state: string }

test('a page says why not elsewhere, what a cordon leaves, and evens the cluster out when told to', async ({
  page,
  cluster,
}) => {
  const row = async (id: string) => (await cluster.query<{ value: { task: Row } }>('tasks.get', { id })).value.task
  const running = (id: string) =>
    eventually(`task ${id} runs`, async () => {
      const task = await row(id)
      return task.state === 'running' ? task : undefined
    })
  const ids: string[] = []
  await cluster.mutate('nodes.cordon', { ids: ['web-1', 'web-2'], reason: 'so that all start on db-1' })
  for (const name of ['even-1', 'even-2', 'even-3']) {
    const { taskId } = await cluster.mutate<{ taskId: string }>('tasks.submit', {
      name,
      driver: 'exec',
      exec: { command: 'sleep', args: ['600'] },
      notOnNodes: ['web-2'],
      resources: { cpuMillis: 200, memoryBytes: 1_048_576 },
      onDrain: 'move',
    })
    ids.push(taskId)
  }
  for (const id of ids) expect((await running(id)).nodeId).toBe('db-1')
  await cluster.mutate('nodes.uncordon', { ids: ['web-1', 'web-2'], reason: 'and now' })

  await page.goto(`${cluster.url}/task?id=${ids[0]}`)
  await page.getByLabel('Why not on …?').fill('web-2')
  await expect(page.getByText(/Now: Not on web-2: the task rules web-2 out \(exclusions\)/)).toBeVisible()
  await expect(page.getByText('Would fit with no longer ruling out web-2.')).toBeVisible()

  await page.goto(`${cluster.url}/nodes?view=load`)
  await expect(page.getByText(/1 move would cut skew/)).toBeVisible()
  await page.getByRole('button', { name: 'Apply…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rebalance the cluster?' })
  await expect(dialog.getByRole('listitem').first()).toContainText('web-1')
  await dialog.getByRole('button', { name: 'Move 1 task' }).click()
  await expect(dialog).toBeHidden()
  await eventually('one of them runs on web-1', async () => {
    const now = await Promise.all(ids.map(row))
    return now.some(({ state, nodeId }) => state === 'running' && nodeId === 'web-1') || undefined
  })
  await page.goto(`${cluster.url}/operations`)
  await page.getByRole('link', { name: 'Rebalance db-1' }).first().click()
  await expect(page.getByRole('row', { name: /even-/ })).toContainText('moved')

  // A plan that is shared can be opened by its link, and applied there.
  await page.goto(`${cluster.url}/node?id=web-1`)
  await page.getByRole('button', { name: 'Drain…' }).click()
  const drain = page.getByRole('dialog', { name: 'Drain web-1' })
  await drain.getByRole('button', { name: 'Share plan' }).click()
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Plan to drain web-1' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply this plan…' })).toBeVisible()

  for (const id of ids) await cluster.mutate('tasks.cancel', { id, reason: 'end of the test' })
})

test('a plan of an act has a link, does what it said, and says what differs when it cannot', async ({
  page,
  cluster,
}) => {
  const preview = (act: string, ids: string[]) =>
    cluster.mutate<{ id: string; room: { after: { nodes: number } } }>('nodes.previewAct', { act, ids })
  const plan = await preview('cordon', ['web-1', 'web-2'])
  await page.goto(`${cluster.url}/plan?id=${plan.id}`)
  await expect(page.getByRole('heading', { name: 'Plan: Cordon 2 nodes' })).toBeVisible()
  await expect(page.getByText(/Left for new work: 1 node/)).toBeVisible()

  await cluster.mutate('nodes.cordon', { ids: ['db-1'], reason: 'meanwhile' })
  const button = page.getByRole('button', { name: 'Cordon 2 nodes' })
  await button.click()
  await expect(page.getByText(/It was to leave 1 node for new work; now it would leave 0/)).toBeVisible()
  await cluster.mutate('nodes.uncordon', { ids: ['db-1'], reason: 'and back' })
  await button.click()

  await expect(page.getByRole('heading', { name: 'Cordon 2 nodes' })).toBeVisible()
  const nodesRow = page.getByRole('row', { name: /Nodes for new work/ })
  await expect(nodesRow.getByRole('cell')).toHaveText(['Nodes for new work', '3', '1', '1'])
  await cluster.mutate('nodes.uncordon', { ids: ['web-1', 'web-2'], reason: 'end of the test' })

  await page.goto(`${cluster.url}/plan?id=plan-none`)
  await expect(page.getByText('There is no plan plan-none.')).toBeVisible()
})

test('a dialog confirms the plan that it shows', async ({ page, cluster }) => {
  await page.goto(`${cluster.url}/nodes`)
  await page.getByRole('checkbox', { name: 'Select web-1' }).check()
  await page.getByRole('checkbox', { name: 'Select web-2' }).check()
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Cordon' }).click()
  const dialog = page.getByRole('dialog', { name: 'Cordon 2 nodes' })
  await expect(dialog.getByRole('region', { name: 'Plan' })).toContainText('Left for new work: 1 node')
  await expect(dialog.getByRole('button', { name: 'Copy link to this plan' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Cordon 2 nodes' }).click()
  await expect(dialog).toBeHidden()
  const notices = page.getByRole('region', { name: 'Notifications' })
  await expect(notices.getByText(/Cordoned 2 nodes\. They keep their/)).toBeVisible()
  await notices.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('row', { name: /web-1/ })).not.toContainText('Cordoned')
})

test('what a loss would do has a link, and says what differs by now', async ({ page, cluster }) => {
  const submit = (name: string) =>
    cluster.mutate<{ taskId: string }>('tasks.submit', {
      name,
      driver: 'exec',
      exec: { command: 'sleep', args: ['600'] },
      onNodes: ['web-1'],
    })
  const running = (id: string) =>
    eventually(`task ${id} runs`, async () => {
      const { value } = await cluster.query<{ value: { task: Row } }>('tasks.get', { id })
      return value.task.state === 'running'
    })
  const first = await submit('held-fast')
  await running(first.taskId)

  await page.goto(`${cluster.url}/node?id=web-1`)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'What if it is lost…' }).click()
  const dialog = page.getByRole('dialog', { name: 'What if web-1 is lost?' })
  await expect(dialog.getByRole('listitem').filter({ hasText: 'held-fast' })).toContainText('has nowhere to go')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await dialog.getByRole('button', { name: 'Copy link to this plan' }).click()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(link).toContain('/plan?id=')

  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Plan: web-1 lost' })).toBeVisible()
  await expect(page.getByText('It would do the same.')).toBeVisible()
  const second = await submit('came-later')
  await running(second.taskId)
  await expect(page.getByText('By now it differs. 1 task was placed there since: came-later.')).toBeVisible()
  for (const { taskId } of [first, second])
    await cluster.mutate('tasks.cancel', { id: taskId, reason: 'end of the test' })
})
