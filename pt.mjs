import { build } from 'esbuild'
await build({entryPoints:['/tmp/w/posted/src/ingest/text/posted/posted-text.ts'],bundle:true,format:'esm',platform:'node',outfile:'/tmp/pt-out.mjs',logLevel:'error'})
const {PostedText}=await import('/tmp/pt-out.mjs')
import fs from 'fs'
for (const f of process.argv.slice(2)){ const p=new PostedText(); const a=p.push(fs.readFileSync(f)); const b=p.end(); console.log('==',f.split('/').pop(),p.undone.join(' | ')); if(p.undone.length) process.stdout.write(Buffer.concat([a,b])) }
