// The official client over gRPC in cleartext: runs, lists, cancels and deletes hyperparameter tuning jobs.
'use strict';
const assert = require('assert');
const {JobServiceClient} = require('@google-cloud/aiplatform').v1;
const {grpc} = require('google-gax');

const [host, port] = process.env.CAIRN_GRPC.split(':');
const client = new JobServiceClient({apiEndpoint: host, port: Number(port), sslCreds: grpc.credentials.createInsecure(), projectId: 'demo'});
const parent = 'projects/demo/locations/us-central1';
const ends = ['JOB_STATE_SUCCEEDED', 'JOB_STATE_FAILED', 'JOB_STATE_CANCELLED'];

const report = `
import json, os, sys
values = dict(argument[2:].split('=', 1) for argument in sys.argv[1:])
open(os.environ['CLOUD_ML_HP_METRIC_FILE'], 'w').write(json.dumps({'loss': (float(values['x']) - 1) ** 2, 'global_step': 2}) + chr(10))
`;

const job = (displayName, code, maxTrialCount) => ({
  displayName,
  maxTrialCount,
  parallelTrialCount: 2,
  labels: {from: 'node'},
  studySpec: {
    metrics: [{metricId: 'loss', goal: 'MINIMIZE'}],
    parameters: [
      {parameterId: 'x', doubleValueSpec: {minValue: -5, maxValue: 5}},
      {parameterId: 'layers', integerValueSpec: {minValue: 1, maxValue: 4}},
    ],
  },
  trialJobSpec: {
    workerPoolSpecs: [{
      machineSpec: {machineType: 'n1-standard-4'},
      replicaCount: 1,
      containerSpec: {imageUri: 'us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest', command: ['python3', '-c', code]},
    }],
  },
});

async function end(name) {
  const deadline = Date.now() + 150_000;
  while (Date.now() < deadline) {
    const [found] = await client.getHyperparameterTuningJob({name});
    if (ends.includes(found.state)) return found;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error(`${name} does not end`);
}

async function main() {
  const [created] = await client.createHyperparameterTuningJob({parent, hyperparameterTuningJob: job('node good', report, 4)});
  assert.equal(created.state, 'JOB_STATE_PENDING');
  const good = await end(created.name);
  assert.equal(good.state, 'JOB_STATE_SUCCEEDED', good.error && good.error.message);
  assert.deepEqual(good.trials.map(trial => trial.id), ['1', '2', '3', '4']);
  for (const trial of good.trials) {
    assert.equal(trial.state, 'SUCCEEDED');
    const x = trial.parameters.find(parameter => parameter.parameterId === 'x').value.numberValue;
    assert.ok(Math.abs(trial.finalMeasurement.metrics[0].value - (x - 1) ** 2) < 1e-9);
    assert.ok(Number.isInteger(trial.parameters.find(parameter => parameter.parameterId === 'layers').value.numberValue));
    const [custom] = await client.getCustomJob({name: trial.customJob});
    assert.equal(custom.state, 'JOB_STATE_SUCCEEDED');
  }

  const [long] = await client.createHyperparameterTuningJob({parent, hyperparameterTuningJob: job('node long', 'import time; time.sleep(600)', 4)});
  await assert.rejects(client.deleteHyperparameterTuningJob({name: long.name}), error => error.code === grpc.status.FAILED_PRECONDITION);
  await client.cancelHyperparameterTuningJob({name: long.name});
  assert.equal((await end(long.name)).state, 'JOB_STATE_CANCELLED');

  const [jobs] = await client.listHyperparameterTuningJobs({parent, filter: 'labels.from=node AND state=JOB_STATE_CANCELLED'});
  assert.deepEqual(jobs.map(found => found.name), [long.name]);

  const [operation] = await client.deleteHyperparameterTuningJob({name: created.name});
  await operation.promise();
  await assert.rejects(client.getHyperparameterTuningJob({name: created.name}), error => error.code === grpc.status.NOT_FOUND);
  await assert.rejects(
    client.createHyperparameterTuningJob({parent, hyperparameterTuningJob: {...job('bad', report, 0)}}),
    error => error.code === grpc.status.INVALID_ARGUMENT && /max_trial_count/.test(error.message));
  console.log('done');
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
