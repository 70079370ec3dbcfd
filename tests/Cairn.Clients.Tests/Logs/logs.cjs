// The official client of the Logging API over gRPC in cleartext: writes, lists, tails and deletes entries.
'use strict';
const assert = require('assert');
const {LoggingServiceV2Client} = require('@google-cloud/logging-api').v2;
const {grpc} = require('google-gax');

const [host, port] = process.env.CAIRN_GRPC.split(':');
const client = new LoggingServiceV2Client({apiEndpoint: host, port: Number(port), sslCreds: grpc.credentials.createInsecure(), projectId: 'demo'});
const resource = 'projects/demo';
const logName = `${resource}/logs/node-client`;

const write = (textPayload, severity, labels = {}) => client.writeLogEntries({
  logName,
  resource: {type: 'global', labels: {}},
  labels,
  entries: [{textPayload, severity}],
});

async function listed(filter) {
  const [entries] = await client.listLogEntries({resourceNames: [resource], filter: `log_id("node-client") AND ${filter}`, orderBy: 'timestamp asc'});
  return entries.map(entry => entry.textPayload);
}

async function main() {
  await write('a quiet line', 'INFO', {team: 'vision'});
  await write('disk full on /data', 'ERROR');
  assert.deepStrictEqual(await listed('severity>=INFO'), ['a quiet line', 'disk full on /data']);
  assert.deepStrictEqual(await listed('severity=(ERROR OR CRITICAL)'), ['disk full on /data']);
  assert.deepStrictEqual(await listed('labels.team="vision"'), ['a quiet line']);
  assert.deepStrictEqual(await listed('textPayload=~"^disk .*data$"'), ['disk full on /data']);
  assert.deepStrictEqual(await listed('SEARCH("FULL disk")'), ['disk full on /data']);
  assert.deepStrictEqual(await listed('NOT textPayload:quiet'), ['disk full on /data']);

  const tail = client.tailLogEntries();
  const seen = [];
  let failure = null;
  tail.on('data', reply => seen.push(...reply.entries.map(entry => entry.textPayload)));
  tail.on('error', error => { failure = error; });
  tail.write({resourceNames: [resource], filter: 'log_id("node-client") severity>=WARNING', bufferWindow: {seconds: 0}});
  const deadline = Date.now() + 60_000;
  for (let i = 0; seen.length < 3; i++) {
    assert.ok(Date.now() < deadline && failure === null, `only ${seen} came, ${failure}`);
    await write(`quiet ${i}`, 'DEBUG');
    await write(`loud ${i}`, 'WARNING');
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  assert.ok(seen.every(text => text.startsWith('loud')), seen);
  assert.strictEqual(new Set(seen).size, seen.length);
  const ended = new Promise(resolve => tail.once('error', resolve));
  tail.cancel();
  assert.strictEqual((await ended).code, 1);

  await client.deleteLog({logName});
  assert.deepStrictEqual(await listed('severity>=DEFAULT'), []);
  console.log('done');
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
