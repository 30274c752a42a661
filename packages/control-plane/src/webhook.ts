/**
 * Sends one signed message to an address that an operator gave. Given by whoever starts the control plane: the network in production,
 * nothing in the simulator. Rejects when there is no answer in time, or none may be asked for.
 */
export type CallWebhook = (request: {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}) => Promise<{ readonly status: number; readonly text: string }>
