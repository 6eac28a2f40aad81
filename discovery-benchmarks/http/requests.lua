-- Sends the requests of a file in turn: one a line, its method, path and body separated by tabs.
function init(args)
  requests = {}
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%S+)\t(%S+)\t(.*)$")
    requests[#requests + 1] = wrk.format(method, path, nil, body)
  end
  last = 0
end

function request()
  last = last % #requests + 1
  return requests[last]
end
