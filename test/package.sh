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

# The one file, copied to where nothing else is: it unpacks and reads on threads, too.
mkdir alone
cp "$here/dist/fgraph.mjs" alone
(
  cd alone
  [ "$(./fgraph.mjs --version)" = "$(npx --prefix .. fgraph --version)" ]
  ./fgraph.mjs convert --quiet "$here/golden/udp_sendmsg/input.txt" -o out.json -o out.pftrace -o out.pb.gz \
    -o out.html -o out.parquet -o out.folded
  for file in out.json out.pftrace out.pb.gz out.folded; do cmp "$file" "../$file"; done
  for packed in "$here"/test/node/packed/times-500.zst "$here"/test/node/packed/times-500-small-dictionary.xz; do
    ./fgraph.mjs convert --quiet "$packed" --jobs 2 -o packed.csv
    npx --prefix .. fgraph convert --quiet "$packed" --jobs 1 -f csv | cmp - packed.csv
  done
)

# For every user of a machine, and from the repository.
npm install --silent --global --prefix "$folder/global" "$here" > /dev/null
"$folder/global/bin/fgraph" --help | grep -q '^Usage: fgraph'
if git -C "$here" rev-parse --verify --quiet HEAD > /dev/null; then
  mkdir git
  (
    cd git
    npm init --yes > /dev/null
    npm install --silent "git+file://$here" > /dev/null
    npx fgraph --help | grep -q '^Usage: fgraph'
  )
fi

# Before the build, in one line what to do.
mkdir unbuilt
cp -r "$here/bin" "$here/package.json" unbuilt
if node unbuilt/bin/fgraph.js --version 2> said; then exit 1; fi
[ "$(cat said)" = 'fgraph: is not built; run npm ci in the folder of its package.json' ]

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
