import { expect, test } from './fixtures.ts'

test.describe('the nodes page', () => {
  test('shows every node live, with what was measured', async ({ page, cluster }) => {
    await page.goto(`${cluster.url}/nodes`)
    for (const name of ['db-1', 'web-1', 'web-2']) {
      const row = page.getByRole('row', { name: new RegExp(name) })
      await expect(row).toContainText('Ready')
      await expect(row.getByRole('img', { name: /^CPU \d+%|^CPU <1%/ })).toBeVisible()
    }
    await expect(page.getByRole('button', { name: /Freshness: Live/ })).toBeVisible()
  })

  test('shows a node that joins without being loaded again', async ({ page, cluster }) => {
    await page.goto(`${cluster.url}/nodes?q=name:late`)
    await expect(page.getByText('No node matches name:late.')).toBeVisible()
    const late = await cluster.addNode('late-1')
    await expect(page.getByRole('row', { name: /late-1/ })).toContainText('Ready')
    await late.stop()
    await expect(page.getByRole('row', { name: /late-1/ })).toContainText(/Left|Down/)
  })

  test('cordons by a key and takes it back by Undo', async ({ page, cluster }) => {
    await page.goto(`${cluster.url}/nodes`)
    const row = page.getByRole('row', { name: /web-2/ })
    await row.focus()
    await page.keyboard.press('c')
    await expect(row).toContainText('Cordoned')
    await expect(page.getByRole('region', { name: 'Notifications' }).getByText('Cordoned web-2.')).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(row).toContainText('Ready')
    await page.goto(`${cluster.url}/events?q=web-2`)
    await expect(page.getByRole('region', { name: 'Events' })).toContainText(/cordoned/)
  })

  test('keeps rows where they are while somebody works in the table', async ({ page, cluster }) => {
    await page.goto(`${cluster.url}/nodes?q=web`)
    await page.getByRole('row', { name: /web-1/ }).hover()
    await page.getByRole('row', { name: /web-2/ }).focus()
    await page.keyboard.press('c')
    const apply = page.getByRole('button', { name: /would move/ })
    await expect(apply).toBeVisible()
    await expect(page.getByRole('row').nth(1)).toContainText('web-1')
    await apply.click()
    await expect(page.getByRole('row').nth(1)).toContainText('web-2')
    await page.getByRole('row', { name: /web-2/ }).focus()
    await page.keyboard.press('u')
    await expect(page.getByRole('row', { name: /web-2/ })).toContainText('Ready')
  })

  test('has its filter in the URL, and says what is wrong with it', async ({ page, cluster }) => {
    await page.goto(`${cluster.url}/nodes`)
    const filter = page.getByRole('combobox', { name: 'Filter nodes' })
    await filter.fill('name~/^web-\\d$/ -name:web-2')
    await expect(page.getByRole('row', { name: /web-1/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /db-1/ })).toHaveCount(0)
    await expect(page).toHaveURL(/q=name~/)
    await page.reload()
    await expect(page.getByRole('row', { name: /web-1/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /web-2/ })).toHaveCount(0)
    await filter.fill('statsu:down')
    await expect(page.getByText('There is no field "statsu".')).toBeVisible()
  })

  test('cordons many after a look at what is left', async ({ page, cluster }) => {
    await page.goto(`${cluster.url}/nodes`)
    await page.getByLabel('Select web-1').check()
    await page.getByLabel('Select web-2').check()
    await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Cordon' }).click()
    const dialog = page.getByRole('dialog', { name: 'Cordon 2 nodes' })
    await expect(dialog).toContainText('Left for new work: 1 node with')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('row', { name: /web-1/ })).toContainText('Ready')
  })
})
