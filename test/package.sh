#!/usr/bin/env bash
# The package as users get it: packed, installed into an empty folder, and run from there.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm pack --silent --ignore-scripts --pack-destination "$folder" "$here" > /dev/null
cd "$folder"
npm init --yes > /dev/null
npm install --silent ./fgraph-*.tgz

[ "$(npx fgraph --version)" = "$(node -p "require('$here/package.json').version")" ]
npx fgraph convert --quiet "$here/golden/udp_sendmsg/input.txt" -o out.json -o out.pftrace -o out.pb.gz \
  -o out.speedscope.json -o out.folded
cmp out.folded "$here/golden/udp_sendmsg/folded.txt"
for file in out.json out.pftrace out.pb.gz out.speedscope.json; do [ -s "$file" ]; done

cat > use.mts << 'END'
import { formats, TraceReader, type TimelineSink } from 'fgraph'
import { openInput } from 'fgraph/node'
END
cat > use.mjs << 'END'
import { formats, TraceReader } from 'fgraph'
import { openInput } from 'fgraph/node'

const blocks = []
const open = await formats.find(format => format.name === 'folded').load()
const reader = new TraceReader(open(block => blocks.push(block), { title: 'trace', root: 'none' }))
for await (const chunk of openInput(process.argv[2]).chunks) reader.push(chunk)
reader.endInput()
reader.finish()
process.stdout.write(Buffer.concat(blocks))
END
node use.mjs "$here/golden/udp_sendmsg/input.txt" | cmp - out.folded
"$here/node_modules/.bin/tsc" --ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --target es2022 \
  --types node --typeRoots "$here/node_modules/@types" use.mts
echo 'the package installs, runs, and has its types'
