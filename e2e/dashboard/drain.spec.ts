import { eventually } from '@quarterdeck/testkit'
import { expect, test } from './fixtures.ts'

type Row = { readonly id: string; readonly nodeId: string | null; readonly state: string }

test('a drain does what its preview said', async ({ page, cluster }) => {
  const submit = (onDrain: string) =>
    cluster.mutate<{ taskId: string }>('tasks.submit', {
      name: `drained-${onDrain}`,
      driver: 'exec',
      exec: { command: 'sleep', args: ['600'] },
      onNodes: ['db-1', 'web-1'],
      strategy: 'spread',
      onDrain,
    })
  const row = async (id: string) => (await cluster.query<{ value: { task: Row } }>('tasks.get', { id })).value.task
  const { taskId } = await submit('move')
  const before = await eventually('the task runs', async () => {
    const task = await row(taskId)
    return task.state === 'running' ? task : undefined
  })
  const from = before.nodeId ?? ''
  const to = from === 'db-1' ? 'web-1' : 'db-1'

  await page.goto(`${cluster.url}/node?id=${from}`)
  await page.getByRole('button', { name: 'Drain…' }).click()
  const dialog = page.getByRole('dialog', { name: `Drain ${from}` })
  await expect(dialog).toContainText('1 task: 1 move')
  await dialog.getByText('Show where each task goes').click()
  await expect(dialog.getByRole('listitem').filter({ hasText: 'drained-move' })).toContainText(to)

  // What loses work asks for a number, and the keyboard alone does not start it.
  await dialog.getByLabel(/^Now\./).check()
  await expect(dialog.getByRole('button', { name: `Force drain ${from}` })).toHaveAttribute('aria-disabled', 'true')
  await dialog.getByLabel('Up to a deadline').check()
  await dialog.getByLabel('Reason (shown to everyone)').fill('kernel update')
  // The preview of these options must be there first: nothing is started that was not shown.
  const start = dialog.getByRole('button', { name: `Drain ${from}` })
  await expect(start).not.toHaveAttribute('aria-disabled', 'true')
  await start.click()
  await expect(dialog).toBeHidden()

  await expect(page.getByText('Drained', { exact: true })).toBeVisible()
  await expect(page.getByText('kernel update').first()).toBeVisible()
  const after = await eventually('the task runs elsewhere', async () => {
    const task = await row(taskId)
    return task.state === 'running' && task.nodeId !== from ? task : undefined
  })
  expect(after.nodeId).toBe(to)

  await page.goto(`${cluster.url}/operations`)
  await page
    .getByRole('link', { name: `Drain ${from}` })
    .first()
    .click()
  await expect(page.getByText('Planned and what happened')).toBeVisible()
  await expect(page.getByRole('row', { name: /drained-move/ })).toContainText(to)

  await page.goto(`${cluster.url}/node?id=${from}`)
  await page.getByRole('button', { name: 'Uncordon' }).click()
  await expect(page.getByText('Ready', { exact: true }).first()).toBeVisible()
  await cluster.mutate('tasks.cancel', { id: taskId, reason: 'end of the test' })
})

test('a drain that waits can be stopped, and the node stays cordoned', async ({ page, cluster }) => {
  const { taskId } = await cluster.mutate<{ taskId: string }>('tasks.submit', {
    name: 'stays',
    driver: 'exec',
    exec: { command: 'sleep', args: ['600'] },
    onNodes: ['web-2'],
  })
  await page.goto(`${cluster.url}/node?id=web-2`)
  await expect(page.getByRole('tab', { name: 'Tasks 1' })).toBeVisible()
  await page.getByRole('button', { name: 'Drain…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Drain web-2' })
  await dialog.getByLabel(/^No deadline/).check()
  await expect(dialog).toContainText('1 task')
  await dialog.getByRole('button', { name: 'Drain web-2' }).click()
  await expect(page.getByText('Draining', { exact: true }).first()).toBeVisible()

  await page.getByRole('button', { name: 'Stop drain…' }).click()
  const stop = page.getByRole('dialog', { name: 'Stop draining web-2?' })
  await expect(stop).toContainText('The node stays cordoned.')
  await stop.getByRole('button', { name: 'Stop drain' }).click()
  await expect(page.getByText('Cordoned', { exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Uncordon' }).click()
  await expect(page.getByText('Ready', { exact: true }).first()).toBeVisible()
  await cluster.mutate('tasks.cancel', { id: taskId, reason: 'end of the test' })
})
