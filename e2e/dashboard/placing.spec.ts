import { expect, test } from './fixtures.ts'

test('a task with wishes says them, and a taint shows whom it will stop before it does', async ({ page, cluster }) => {
  await page.goto(`${cluster.url}/dispatch`)
  await page.getByLabel('Run as a shell script').check()
  await page.getByRole('textbox', { name: 'Script', exact: true }).fill('echo "on $QD_TASK_PORT_HTTP"; sleep 300')
  await page.getByRole('textbox', { name: 'Name' }).fill('leaver')
  await page.getByText('Wishes, neighbours, ports').click()
  await page.getByRole('textbox', { name: 'Ports' }).fill('http=')
  await expect(page.getByText('"http=" cannot be read; write http or http=8080.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Ports' }).fill('http')
  await page.getByRole('textbox', { name: 'Apart from tasks of' }).fill('leaver')
  await page.getByRole('textbox', { name: 'Rather on nodes with' }).fill('80:node=web-1')
  await expect(page.getByText(/Would run on/)).toContainText('web-1')
  await page.getByRole('button', { name: 'Dispatch', exact: true }).click()
  await expect(page.getByRole('log')).toContainText(/on 2\d{4}/)
  await page.getByRole('tab', { name: 'Payload' }).click()
  await expect(page.getByText('apart leaver within node')).toBeVisible()
  await expect(page.getByText(/^http 2\d{4}$/)).toBeVisible()

  await page.goto(`${cluster.url}/node?id=web-1`)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Labels, pool and taints…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Labels, pool and taints of web-1' })
  const set = dialog.getByRole('button', { name: 'Set them on web-1' })
  await expect(set).toHaveAttribute('aria-disabled', 'true')
  await dialog.getByRole('textbox', { name: /Taints/ }).fill('repair:no-execute')
  await expect(dialog.getByRole('status')).toContainText(/1 task is stopped/)
  await expect(dialog.getByRole('link', { name: 'leaver' })).toBeVisible()
  await set.click()
  await expect(dialog).toBeHidden()
  await page.goto(`${cluster.url}/tasks?q=name:leaver`)
  await expect(page.getByRole('row', { name: /leaver/ })).toContainText(/web-2|db-1/)
  await expect(page.getByRole('row', { name: /leaver/ })).toContainText('Running')

  await page.goto(`${cluster.url}/node?id=web-1&tab=facts`)
  await expect(page.getByText('repair:no-execute')).toBeVisible()
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Labels, pool and taints…' }).click()
  await dialog.getByRole('textbox', { name: /Taints/ }).fill('')
  await set.click()
  await expect(page.getByText('repair:no-execute')).toHaveCount(0)

  // The cluster is shared: what runs on would be counted by others.
  const { value } = await cluster.query<{ value: { tasks: { id: string; name: string }[] } }>('tasks.list', {
    states: ['running', 'queued', 'assigned', 'stopping'],
    limit: 100,
  })
  for (const { id, name } of value.tasks)
    if (name === 'leaver') await cluster.mutate('tasks.cancel', { id, reason: 'test' })
})
