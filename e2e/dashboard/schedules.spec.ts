import { expect, test } from './fixtures.ts'

test('a schedule is made by the form with its next runs, started by hand, paused, resumed and changed', async ({
  page,
  cluster,
}) => {
  await page.goto(`${cluster.url}/schedules`)
  await page.getByRole('button', { name: 'New schedule' }).click()
  await page.getByRole('textbox', { name: 'Schedule' }).fill('nightly')
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin')
  await expect(page.getByText('At 03:00', { exact: false })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Next runs' }).getByRole('row')).toHaveCount(6)
  await page.getByRole('textbox', { name: 'Program' }).fill('/bin/echo')
  await page.getByRole('button', { name: 'Make schedule' }).click()

  await expect(page.getByRole('heading', { name: 'nightly', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'Run now' }).click()
  const outcomes = page.getByRole('table', { name: 'Outcomes, newest first' })
  await expect(outcomes.getByText('Succeeded')).toBeVisible()

  await page.getByRole('button', { name: 'Pause…' }).click()
  await page.getByLabel('Reason (shown to everyone)').fill('holidays')
  await page.getByRole('button', { name: 'Pause nightly' }).click()
  await expect(page.getByText('holidays')).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByRole('button', { name: 'Pause…' })).toBeVisible()

  await page.goto(`${cluster.url}/schedule?id=nightly&form=edit`)
  await page.getByRole('textbox', { name: 'Description' }).fill('says hello')
  await page.getByRole('button', { name: 'Change nightly' }).click()
  await expect(page.getByText('says hello')).toBeVisible()
})

test('a task dispatched to each matching node shows the nodes before, and a result of each after', async ({
  page,
  cluster,
}) => {
  await page.goto(`${cluster.url}/dispatch`)
  await page.getByRole('textbox', { name: 'Program' }).fill('/bin/echo')
  await page.getByLabel('Each matching node').check()
  await expect(page.getByText('Would run once on each of 3 nodes')).toBeVisible()
  await page.getByRole('button', { name: 'Dispatch to each' }).click()
  await expect(page.getByText('3 of 3 succeeded')).toBeVisible()
  for (const node of ['db-1', 'web-1', 'web-2']) await expect(page.getByRole('link', { name: node })).toBeVisible()
})
