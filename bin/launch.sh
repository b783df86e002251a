# Starts a program of this checkout with the Node that the checkout pins, whatever Node the machine has.
# Sourced by the launchers beside it, which set `program` (its name), `entry` (its module below the root), `root`, and
# `node_flags` where they have some.

# Compiled modules are kept here: a start from them takes half the time and half the memory.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$root/.cache/compile}"

# A bundle starts faster and smaller than its sources, and is taken unless one of them is newer.
module=$root/dist/$program/$program.mjs
if [ ! -f "$module" ] || [ -n "$(find "$root/apps" "$root/packages" -name '*.ts' -newer "$module" -print -quit)" ]; then
  module=$root/$entry
fi

# npm installs only the one that fits the machine.
for arch in x64 arm64; do
  node=$root/node_modules/node-linux-$arch/bin/node
  if [ -x "$node" ]; then exec "$node" ${node_flags:-} "$module" "$@"; fi
done
echo "$program: Cannot start: the pinned Node is not there; run 'npm ci' in $root (amd64 and arm64 are supported)" >&2
exit 1
