// Exercises @google-cloud/storage against a server that it knows by STORAGE_EMULATOR_HOST alone; throws where something is not as it has to be.
process.env.STORAGE_EMULATOR_HOST = process.env.CAIRN_HTTP;
const assert = require('node:assert');
const crypto = require('node:crypto');
const zlib = require('node:zlib');
const {Storage} = require('@google-cloud/storage');

async function contents(bucket) {
  const large = crypto.randomBytes(5 << 20);
  await bucket.file('ünï/small 1.txt').save('text', {resumable: false, metadata: {contentType: 'text/plain'}});
  await bucket.file('large').save(large, {resumable: true, chunkSize: 1 << 20});
  assert.strictEqual((await bucket.file('ünï/small 1.txt').download())[0].toString(), 'text');
  assert.ok((await bucket.file('large').download())[0].equals(large));
  assert.strictEqual((await bucket.file('large').download({start: 10, end: 19}))[0].length, 10);

  for (const resumable of [false, true]) {
    await bucket.file('zipped').save('plain text', {gzip: true, resumable});
    const [metadata] = await bucket.file('zipped').getMetadata();
    assert.strictEqual(metadata.contentEncoding, 'gzip');
    assert.strictEqual((await bucket.file('zipped').download())[0].toString(), 'plain text');
    const [raw] = await bucket.file('zipped').download({decompress: false});
    assert.strictEqual(zlib.gunzipSync(raw).toString(), 'plain text');
  }
}

async function lists(bucket) {
  const names = [...Array(5).keys()].map(i => `list/a name of more than seventeen bytes ${i}`);
  for (const name of names) await bucket.file(name).save(name.at(-1), {resumable: false});
  const [files] = await bucket.getFiles({prefix: 'list/', maxResults: 2, autoPaginate: true});
  const found = files.map(file => file.name);
  for (let query = {prefix: 'list/', maxResults: 2, autoPaginate: false}, pages = 0; query && pages < 9; pages++) {
    const [page, next] = await bucket.getFiles(query);
    for (const file of page) if (!found.includes(file.name)) found.push(file.name);
    query = next;
  }

  assert.deepStrictEqual(found, names);
  await bucket.combine(names, 'all');
  await bucket.file('all').copy(bucket.file('copy'));
  assert.strictEqual((await bucket.file('copy').download())[0].toString(), '01234');
}

async function preconditions(bucket) {
  const file = bucket.file('copy');
  const [{metageneration}] = await file.getMetadata();
  await file.setMetadata({metadata: {k: 'v'}}, {ifMetagenerationMatch: metageneration});
  await assert.rejects(file.setMetadata({metadata: {k: 'w'}}, {ifMetagenerationMatch: metageneration}), error => error.code === 412);
  await assert.rejects(file.save('x', {resumable: false, preconditionOpts: {ifGenerationMatch: 0}}), error => error.code === 412);
  await assert.rejects(bucket.file('missing').download(), error => error.code === 404);
}

async function main() {
  const storage = new Storage({projectId: 'demo'});
  const [bucket] = await storage.createBucket(`emulator-${crypto.randomUUID().slice(0, 8)}`);
  for (const part of [contents, lists, preconditions]) await part(bucket);
  await bucket.deleteFiles({force: true});
  await bucket.delete();
  assert.deepStrictEqual(await bucket.exists(), [false]);
  console.log('done');
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
