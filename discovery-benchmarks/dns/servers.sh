# shellcheck shell=bash disable=SC2034,SC2154
# Functions of the script run that write the records and start each server. They use variables of run.

# ---- Records

service() { printf 's%02d.%s' "$1" "$zone"; }

write_content() {
  local s i name target address
  {
    echo "\$TTL $ttl"
    printf '@ SOA localhost. hostmaster.localhost. 1 7200 900 1209600 5\n@ NS localhost.\n'
  } >"$work/zone"
  : >"$work/dnsmasq.conf"
  for ((s = 1; s <= services; s++)); do
    name=$(service "$s")
    printf '%s SRV\n' "$name" >>"$work/SRV"
    printf '%s A\n' "$name" >>"$work/A"
    for ((i = 1; i <= instances; i++)); do
      target=i-$i.$name address=10.0.$s.$i
      printf '%s. SRV 1 1 8080 %s.\n%s. A %s\n%s. A %s\n' \
        "$name" "$target" "$name" "$address" "$target" "$address" >>"$work/zone"
      printf 'srv-host=%s,%s,8080,1,1\nhost-record=%s,%s\nhost-record=%s,%s\n' \
        "$name" "$target" "$name" "$address" "$target" "$address" >>"$work/dnsmasq.conf"
    done
  done
}

# ---- Servers

# Prints a port that is free for UDP and TCP and below the ephemeral ports.
free_port() {
  local port hex
  while true; do
    port=$((20000 + RANDOM % 10000))
    hex=$(printf ':%04X ' "$port")
    cat /proc/net/{udp,udp6,tcp,tcp6} 2>/dev/null | grep -qF "$hex" || break
  done
  printf %s "$port"
}

start_nsd() {
  port=$(free_port)
  cat >"$work/nsd.conf" <<TEXT
server:
  ip-address: 127.0.0.1@$port
  server-count: 2
  reuseport: yes
  rrl-ratelimit: 0
  username: ""
  chroot: ""
  database: ""
  zonesdir: "$work"
  pidfile: "$work/nsd.pid"
  xfrdfile: "$work/nsd.xfrd"
  xfrdir: "$work"
  zonelistfile: "$work/nsd.zones"
remote-control:
  control-enable: no
zone:
  name: $zone
  zonefile: zone
TEXT
  nsd -d -c "$work/nsd.conf" >"$work/nsd.log" 2>&1 &
  server_pid=$!
}

start_knot() {
  port=$(free_port)
  mkdir -p "$work/knot"
  cat >"$work/knot.conf" <<TEXT
server:
  listen: 127.0.0.1@$port
  udp-workers: 2
  rundir: $work/knot
database:
  storage: $work/knot
zone:
  - domain: $zone
    storage: $work
    file: zone
    zonefile-sync: -1
    journal-content: none
TEXT
  knotd -c "$work/knot.conf" >"$work/knot.log" 2>&1 &
  server_pid=$!
}

start_dnsmasq() {
  port=$(free_port)
  dnsmasq --keep-in-foreground --conf-file="$work/dnsmasq.conf" --pid-file= --user="$(id -un)" --port="$port" \
    --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts --local-ttl="$ttl" \
    --local="/$zone/" >"$work/dnsmasq.log" 2>&1 &
  server_pid=$!
}

start_registry() {
  local ready='' i
  # The redirection below truncates the file only later, in the background.
  : >"$work/registry.out"
  "$java" -jar "$1" --http-port 0 --dns-port 0 >"$work/registry.out" 2>"$work/registry.err" &
  server_pid=$!
  for ((i = 0; i < 300; i++)); do
    ready=$(grep -a '^ready ' "$work/registry.out") && break
    kill -0 "$server_pid" 2>/dev/null || fail "the registry did not start"
    sleep 0.1
  done
  [[ $ready =~ http=([^ ]+)\ dns=.*:([0-9]+) ]] || fail "the registry did not become ready: '$ready'"
  http=http://${BASH_REMATCH[1]}
  port=${BASH_REMATCH[2]}
  "$java" "$here/Load.java" fill "$http" "$zone" "$services" "$instances" "$ttl"
}

stop_server() {
  stop "$server_pid"
  server_pid=
}
