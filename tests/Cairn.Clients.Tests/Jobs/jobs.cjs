// The official client over gRPC in cleartext: runs, lists, cancels and deletes custom jobs.
'use strict';
const assert = require('assert');
const {JobServiceClient} = require('@google-cloud/aiplatform').v1;
const {grpc} = require('google-gax');

const [host, port] = process.env.CAIRN_GRPC.split(':');
const client = new JobServiceClient({apiEndpoint: host, port: Number(port), sslCreds: grpc.credentials.createInsecure(), projectId: 'demo'});
const parent = 'projects/demo/locations/us-central1';
const ends = ['JOB_STATE_SUCCEEDED', 'JOB_STATE_FAILED', 'JOB_STATE_CANCELLED'];

const job = (displayName, code) => ({
  displayName,
  labels: {from: 'node'},
  jobSpec: {
    workerPoolSpecs: [{
      machineSpec: {machineType: 'n1-standard-4'},
      replicaCount: 1,
      containerSpec: {imageUri: 'us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest', command: ['python3', '-c', code]},
    }],
  },
});

async function end(name) {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const [found] = await client.getCustomJob({name});
    if (ends.includes(found.state)) return found;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`${name} does not end`);
}

async function main() {
  const [created] = await client.createCustomJob({parent, customJob: job('node good', 'print(1)')});
  assert.equal(created.state, 'JOB_STATE_QUEUED');
  const good = await end(created.name);
  assert.equal(good.state, 'JOB_STATE_SUCCEEDED', good.error && good.error.message);
  assert.ok(good.startTime && good.endTime);

  const [long] = await client.createCustomJob({parent, customJob: job('node long', 'import time; time.sleep(600)')});
  await assert.rejects(client.deleteCustomJob({name: long.name}), error => error.code === grpc.status.FAILED_PRECONDITION);
  await client.cancelCustomJob({name: long.name});
  assert.equal((await end(long.name)).state, 'JOB_STATE_CANCELLED');

  const [bad] = await client.createCustomJob({parent, customJob: job('node bad', 'raise SystemExit(4)')});
  const failed = await end(bad.name);
  assert.equal(failed.state, 'JOB_STATE_FAILED');
  assert.match(failed.error.message, /non-zero status of 4/);

  const [jobs] = await client.listCustomJobs({parent, filter: 'labels.from=node AND state=JOB_STATE_FAILED'});
  assert.deepEqual(jobs.map(found => found.name), [bad.name]);

  const [operation] = await client.deleteCustomJob({name: created.name});
  await operation.promise();
  await assert.rejects(client.getCustomJob({name: created.name}), error => error.code === grpc.status.NOT_FOUND);
  await assert.rejects(client.createCustomJob({parent, customJob: {displayName: 'empty'}}), error => error.code === grpc.status.INVALID_ARGUMENT && /worker_pool_specs/.test(error.message));
  console.log('done');
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
