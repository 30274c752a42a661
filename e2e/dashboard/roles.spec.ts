import { expect, pageOf, signedIn, test, vic } from './fixtures.ts'

test('a viewer sees every act, disabled, with the role that it needs', async ({ browser, cluster }) => {
  const page = await pageOf(browser, await signedIn(cluster.url, vic))
  await page.goto(`${cluster.url}/node?id=web-1`)
  await expect(page.getByText('You can look but not change anything here.')).toBeVisible()
  const drain = page.getByRole('button', { name: 'Drain…' })
  await expect(drain).toHaveAttribute('aria-disabled', 'true')
  await drain.focus()
  await expect(page.getByRole('tooltip')).toContainText('Needs the operator role.')
  await drain.click({ force: true })
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.goto(`${cluster.url}/settings?tab=users`)
  await expect(page.getByText("You can't see the users. Roles that can: admin.")).toBeVisible()

  const refused = await page.request.post(`${cluster.url}/trpc/nodes.cordon`, {
    data: { ids: ['web-1'], reason: '' },
    headers: { 'x-qd-csrf': '1', origin: cluster.url },
  })
  expect(refused.status()).toBe(403)
  await page.context().close()
})

test('an admin makes a join token with the line to paste', async ({ page, cluster }) => {
  await page.goto(`${cluster.url}/settings?tab=join`)
  await page.getByRole('button', { name: 'Create join token' }).click()
  const made = page.getByRole('region', { name: 'New join token' })
  await expect(made).toContainText(`curl -fsSL ${cluster.url}/agent.mjs`)
  await expect(made).toContainText('--token qdj_')
})
