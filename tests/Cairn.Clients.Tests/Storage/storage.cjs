// Exercises @google-cloud/storage against the server at CAIRN_HTTP; throws where something is not as it has to be.
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const {Storage} = require('@google-cloud/storage');

const storage = new Storage({apiEndpoint: process.env.CAIRN_HTTP, projectId: 'demo'});

async function digest(path) {
  const hash = crypto.createHash('md5');
  for await (const piece of fs.createReadStream(path)) hash.update(piece);
  return hash.digest('base64');
}

async function resumable(bucket) {
  const path = 'resumable.bin';
  const piece = crypto.randomBytes(1 << 20);
  const file = fs.openSync(path, 'w');
  for (let i = 0; i < 200; i++) {
    piece.writeUInt32BE(i);
    fs.writeSync(file, piece);
  }
  fs.closeSync(file);

  for (const [name, options] of [['whole', {}], ['chunks', {chunkSize: 16 << 20}]]) {
    await bucket.upload(path, {resumable: true, destination: name, ...options});
    const [metadata] = await bucket.file(name).getMetadata();
    assert.strictEqual(metadata.size, String(200 << 20));
    assert.strictEqual(metadata.md5Hash, await digest(path));
  }

  await bucket.file('whole').download({destination: `${path}.back`, validation: 'crc32c'});
  assert.strictEqual(await digest(`${path}.back`), await digest(path));
}

async function generations(bucket) {
  const file = bucket.file('counter');
  await file.save('0', {resumable: false, preconditionOpts: {ifGenerationMatch: 0}, metadata: {contentType: 'text/plain', metadata: {k: 'v'}}});
  const [first] = await file.getMetadata();
  assert.strictEqual(first.metadata.k, 'v');
  await assert.rejects(file.save('x', {resumable: false, preconditionOpts: {ifGenerationMatch: 0}}), error => error.code === 412);
  await file.save('1', {preconditionOpts: {ifGenerationMatch: first.generation}});
  const [second] = await file.getMetadata();
  assert.ok(BigInt(second.generation) > BigInt(first.generation));
  assert.strictEqual((await file.download())[0].toString(), '1');
  await assert.rejects(bucket.file('missing').download(), error => error.code === 404);
}

async function names(bucket) {
  for (const name of ['a', 'a/b', 'a/', 'ünï/模型 🦜.txt', 'x/../y', '%2e%2e', 'q?a=b&c#d']) {
    await bucket.file(name).save(name, {resumable: false});
    assert.strictEqual((await bucket.file(name).download())[0].toString(), name);
  }

  const [, , page] = await bucket.getFiles({prefix: 'a', delimiter: '/', autoPaginate: false});
  assert.deepStrictEqual([page.items.map(item => item.name), page.prefixes], [['a'], ['a/']]);
}

async function changes(bucket) {
  await bucket.file('s').save('text', {resumable: false});
  await bucket.file('s').copy(bucket.file('c'));
  await bucket.file('c').move('m');
  await bucket.combine(['s', 'm'], 'both');
  assert.strictEqual((await bucket.file('both').download())[0].toString(), 'texttext');
  await bucket.file('both').setMetadata({contentType: 'text/x', metadata: {a: 'b'}});
  assert.strictEqual((await bucket.file('both').getMetadata())[0].contentType, 'text/x');
  assert.deepStrictEqual(await bucket.file('c').exists(), [false]);
}

async function main() {
  const [bucket] = await storage.createBucket(`node-${crypto.randomUUID().slice(0, 8)}`);
  await assert.rejects(storage.createBucket(bucket.name), error => error.code === 409);
  for (const part of [generations, names, changes, resumable]) await part(bucket);
  await assert.rejects(bucket.delete(), error => error.code === 409);
  await bucket.deleteFiles({force: true});
  await bucket.delete();
  assert.deepStrictEqual(await bucket.exists(), [false]);
  console.log('done');
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
