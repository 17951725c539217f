-- Sends the requests of a plan, over and over, and says what was answered: wrk -t N -c N -s visit.lua URL -- PLAN
--
-- A thread has one connection, or else nobody could tell which request an answer belongs to. A line of the plan holds,
-- between tabs: kind, path, condition, status and bytes of the right answer, and headers with "|" between them. What
-- has a condition ("tag", "date", "both") is asked for as by an app that has seen it before: the thread remembers the
-- last whole answer to the same path and headers, and then 304 without bytes is right.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  plan, seen, counts, sent, wrong = {}, {}, {}, {}, {}
  for line in io.lines(arguments[1]) do
    local kind, path, condition, status, bytes, headers =
      line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(%d+)\t(%d+)\t([^\t]*)$")
    local ask = { kind = kind, path = path, condition = condition, status = tonumber(status), bytes = tonumber(bytes) }
    ask.key = path .. headers
    ask.headers = {}
    for name, value in headers:gmatch("([^:|]+): ([^|]*)") do ask.headers[name] = value end
    ask.request = wrk.format("GET", path, ask.headers)
    table.insert(plan, ask)
  end
  -- Everybody begins at another place.
  place = math.floor(number * #plan / math.max(1, tonumber(arguments[2])))
end

function request()
  place = place % #plan + 1
  asked = plan[place]
  known = asked.condition ~= "never" and seen[asked.key] or nil
  if not known then return asked.request end
  local headers = {}
  for name, value in pairs(asked.headers) do headers[name] = value end
  if asked.condition ~= "date" then headers["If-None-Match"] = known.tag end
  if asked.condition ~= "tag" then headers["If-Modified-Since"] = known.date end
  return wrk.format("GET", asked.path, headers)
end

function response(status, headers, body)
  local name = asked.kind .. "\t" .. status
  counts[name] = (counts[name] or 0) + 1
  sent[name] = (sent[name] or 0) + #body
  local right, bytes = asked.status, asked.bytes
  if known then right, bytes = 304, 0 end
  if status ~= right or #body ~= bytes then
    local text = asked.path .. "\t" .. status .. " with " .. #body .. " bytes, not " .. right .. " with " .. bytes
    wrong[text] = (wrong[text] or 0) + 1
  elseif status == 200 then
    seen[asked.key] = { tag = headers["ETag"], date = headers["Last-Modified"] }
  end
end

local function merge(name)
  local all = {}
  for _, thread in ipairs(threads) do
    for key, value in pairs(thread:get(name)) do all[key] = (all[key] or 0) + value end
  end
  return all
end

function done(summary, latency)
  local sent = merge("sent")
  for name, count in pairs(merge("counts")) do print("answer", name .. "\t" .. count .. "\t" .. sent[name]) end
  for text, count in pairs(merge("wrong")) do print("wrong", text .. "\t" .. count) end
  local errors = summary.errors
  for _, name in ipairs({ "connect", "read", "write", "timeout" }) do print("socket", name .. "\t" .. errors[name]) end
  print("took", summary.duration .. "\t" .. latency:percentile(99))
end
