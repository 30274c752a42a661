import { expect, test } from './fixtures.ts'

test('a dispatched program lands on its live log, to the end', async ({ page, cluster }) => {
  await page.goto(`${cluster.url}/dispatch`)
  await page.getByLabel('Run as a shell script').check()
  await page
    .getByRole('textbox', { name: 'Script', exact: true })
    .fill('for i in 1 2 3 4 5; do echo "step $i"; sleep 1; done; exit 3')
  await page.getByRole('textbox', { name: 'Name' }).fill('steps')
  await page.getByRole('textbox', { name: 'Attempts', exact: true }).fill('1')
  await expect(page.getByText(/Would run on/)).toBeVisible()
  await page.getByRole('button', { name: 'Dispatch', exact: true }).click()

  await expect(page).toHaveURL(/\/task\?id=/)
  const log = page.getByRole('log')
  await expect(log).toContainText('step 1')
  await expect(page.getByText('Why here')).toBeVisible()
  await expect(log).toContainText('step 5')
  await expect(page.getByText(/Attempt 1 ended \(failed\) with exit 3/)).toBeVisible()

  await page.getByRole('tab', { name: /Attempts/ }).click()
  await expect(page.getByRole('row', { name: /failed/ })).toContainText('exit 3')
  await page.getByRole('tab', { name: 'Payload' }).click()
  await expect(page.getByText('step $i')).toBeVisible()
})

test('an impossible requirement says what it costs, and the task page says why it waits', async ({ page, cluster }) => {
  await page.goto(
    `${cluster.url}/dispatch?dispatch=${encodeURIComponent(JSON.stringify({ command: 'true', needs: 'gpu' }))}`,
  )
  await expect(page.getByRole('textbox', { name: 'Program' })).toHaveValue('true')
  const queue = page.getByRole('button', { name: 'Queue anyway' })
  await expect(queue).toBeVisible()
  await expect(page.getByRole('row', { name: /Can run it/ })).toContainText('0')
  await queue.click()
  await expect(page).toHaveURL(/\/task\?id=/)
  await expect(page.getByText('Why it waits')).toBeVisible()
  await expect(page.getByText('This task has not started, so there is no log.')).toBeVisible()

  await page.getByRole('button', { name: 'Cancel…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel true' }).click()
  await expect(page.getByText('Cancelled', { exact: true }).first()).toBeVisible()
})

test('a plan is kept under a link, runs where it said, and says what differs when it cannot', async ({
  page,
  cluster,
}) => {
  await page.goto(`${cluster.url}/dispatch`)
  await page.getByRole('textbox', { name: 'Program' }).fill('sleep')
  await page.getByRole('textbox', { name: 'Arguments' }).fill('300')
  await expect(page.getByText(/Would run on/)).toBeVisible()
  await page.getByRole('button', { name: 'Keep as a plan' }).click()
  await expect(page).toHaveURL(/\/dispatch\?plan=/)
  const run = page.getByRole('button', { name: /^Run it on / })
  const nodeId = ((await run.textContent()) ?? '').replace('Run it on ', '')
  const link = page.url()

  await cluster.mutate('nodes.cordon', { ids: [nodeId], reason: 'test' })
  await page.reload()
  await run.click()
  await expect(page.getByText(`Not on ${nodeId} any more`)).toBeVisible()
  await cluster.mutate('nodes.uncordon', { ids: [nodeId], reason: 'test' })
  await page.goto(link)
  await run.click()
  await expect(page).toHaveURL(/\/task\?id=/)
  await expect(page.getByText('as planned', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel sleep' }).click()
})
