-- May a message go out now? Returns 0 and counts it, or the microseconds to wait.
-- KEYS: number, hold, unasked, pair. ARGV: the number's interval and tolerance, the pair's
-- interval and tolerance (all in microseconds), people a day, is it bulk, is it unasked, for whom.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local day = 86400 * 1000000
local bulk, unasked = ARGV[6] == '1', ARGV[7] == '1'

-- Lua writes large numbers with an exponent, and loses digits.
local function whole(number) return string.format('%.0f', number) end

local held_until = tonumber(redis.call('HGET', KEYS[2], bulk and 'bulk' or 'reply') or 0)
local number_due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local pair_due = math.max(tonumber(redis.call('GET', KEYS[4]) or 0), now)
local wait = math.max(
  0, held_until - now, number_due - now - ARGV[2], pair_due - now - ARGV[4])

if unasked and bulk then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', whole(now - day))
  local counted = redis.call('ZSCORE', KEYS[3], ARGV[8])
  if not counted and redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) then
    local oldest = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
    wait = math.max(wait, (tonumber(oldest[2]) or now) + day - now)
  end
end
if wait > 0 then return math.ceil(wait) end

local function keep(key, due)
  redis.call('SET', key, whole(due), 'PX', math.ceil((due - now) / 1000) + 1000)
end
keep(KEYS[1], number_due + ARGV[1])
keep(KEYS[4], pair_due + ARGV[3])
if unasked then
  redis.call('ZADD', KEYS[3], whole(now), ARGV[8])
  redis.call('PEXPIRE', KEYS[3], day / 1000)
end
return 0
