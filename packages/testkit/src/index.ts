export { freePort, type RedisOptions, startRedis, type TestRedis } from './redis.ts'
