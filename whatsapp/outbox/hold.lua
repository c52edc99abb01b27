-- Let the number rest: bulk longer than replies, and longer each time that it does not help.
-- KEYS: hold. ARGV: the first and the longest rest, how many times as long bulk rests, and the
-- rest that the provider asks for (0 for none); in seconds.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local function read(field) return tonumber(redis.call('HGET', KEYS[1], field) or 0) end
local function whole(number) return string.format('%.0f', number) end

local reply, rest = read('reply'), tonumber(ARGV[4])
if now >= reply then
  -- Refusals of messages that were under way already when the rest began say nothing new.
  local level = redis.call('HINCRBY', KEYS[1], 'level', 1)
  rest = math.max(rest, math.min(tonumber(ARGV[2]), ARGV[1] * 2 ^ (level - 1)))
end
reply = math.max(reply, now + rest * 1000000)
local bulk = math.max(read('bulk'), now + rest * 1000000 * ARGV[3])
redis.call('HSET', KEYS[1], 'reply', whole(reply), 'bulk', whole(bulk))
redis.call('PEXPIRE', KEYS[1], math.ceil((bulk - now) / 1000 + ARGV[2] * 1000))
return 0
