import { build } from 'esbuild'
await build({entryPoints:['/tmp/w/posted/src/ingest/text/posted/trace-form.ts'],bundle:true,format:'esm',platform:'node',outfile:'/tmp/tf.mjs',logLevel:'error'})
const m=await import('/tmp/tf.mjs')
for (const t of [' 0)   1.0',' 1)   1.082 us    |  fo',' 0)','root@host:~# cat trace']) console.log(t, m.isDamaged(t), m.isGraphLine(t))
