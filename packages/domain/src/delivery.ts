export const deliveryPolicies = ['at-least-once', 'at-most-once', 'exclusive'] as const
export type DeliveryPolicy = (typeof deliveryPolicies)[number]
