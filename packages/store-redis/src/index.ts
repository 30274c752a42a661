export { type RedisStoreOptions, type RedisTimeouts, redisStore, UnsafeRedis } from './redis-store.ts'
