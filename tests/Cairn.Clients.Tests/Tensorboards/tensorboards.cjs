// The official package against the server over cleartext gRPC: a tensorboard, an experiment, a run, its series, and their data, unary and streamed.
const assert = require('node:assert');
const { grpc } = require('google-gax');
const { TensorboardServiceClient } = require('@google-cloud/aiplatform');

const options = { apiEndpoint: 'localhost', port: Number(process.env.CAIRN_GRPC_PORT), sslCreds: grpc.credentials.createInsecure(), projectId: 'demo' };
const parent = 'projects/demo/locations/us-central1';

async function finished([operation]) {
  const [response] = await operation.promise();
  return response;
}

const id = (name) => name.split('/').at(-1);
const point = (step, value) => ({ step, wallTime: { seconds: 1767225600 + step }, ...value });

async function main() {
  const client = new TensorboardServiceClient(options);
  const board = await finished(await client.createTensorboard({ parent, tensorboard: { displayName: 'node' } }));
  await finished(await client.updateTensorboard({ tensorboard: { name: board.name, description: 'changed' }, updateMask: { paths: ['description'] } }));
  const [again] = await client.getTensorboard({ name: board.name });
  assert.strictEqual(again.description, 'changed');

  const [experiment] = await client.createTensorboardExperiment({ parent: board.name, tensorboardExperimentId: 'e1', tensorboardExperiment: { displayName: 'E' } });
  const [{ tensorboardRuns }] = await client.batchCreateTensorboardRuns({
    parent: experiment.name,
    requests: [1, 2, 3].map((i) => ({ parent: experiment.name, tensorboardRunId: `r${i}`, tensorboardRun: { displayName: `R${i}` } })),
  });
  const run = tensorboardRuns[0].name;
  const [runs] = await client.listTensorboardRuns({ parent: experiment.name, pageSize: 2 });
  assert.deepStrictEqual(runs.map((r) => r.displayName), ['R1', 'R2', 'R3']);

  const [{ tensorboardTimeSeries: [loss, pictures] }] = await client.batchCreateTensorboardTimeSeries({
    parent: experiment.name,
    requests: [
      { parent: run, tensorboardTimeSeries: { displayName: 'loss', valueType: 'SCALAR', pluginName: 'scalars' } },
      { parent: run, tensorboardTimeSeries: { displayName: 'pictures', valueType: 'BLOB_SEQUENCE', pluginName: 'images', pluginData: Buffer.from('x') } },
    ],
  });
  await client.writeTensorboardRunData({
    tensorboardRun: run,
    timeSeriesData: [
      { tensorboardTimeSeriesId: id(loss.name), valueType: 'SCALAR', values: [1, 2, 3, 4].map((s) => point(s, { scalar: { value: s / 2 } })) },
      { tensorboardTimeSeriesId: id(pictures.name), valueType: 'BLOB_SEQUENCE', values: [point(1, { blobs: { values: [{ data: Buffer.from('one') }, { data: Buffer.from('two') }] } })] },
    ],
  });
  await client.writeTensorboardExperimentData({
    tensorboardExperiment: experiment.name,
    writeRunDataRequests: [{ tensorboardRun: run, timeSeriesData: [{ tensorboardTimeSeriesId: id(loss.name), valueType: 'SCALAR', values: [point(5, { scalar: { value: 2.5 } })] }] }],
  });

  const [read] = await client.readTensorboardTimeSeriesData({ tensorboardTimeSeries: loss.name, filter: 'step >= 2', maxDataPoints: 100 });
  assert.deepStrictEqual(read.timeSeriesData.values.map((v) => [Number(v.step), v.scalar.value]), [[2, 1], [3, 1.5], [4, 2], [5, 2.5]]);
  const [batch] = await client.batchReadTensorboardTimeSeriesData({ tensorboard: board.name, timeSeries: [loss.name, pictures.name] });
  assert.strictEqual(batch.timeSeriesData.length, 2);
  const [exported] = await client.exportTensorboardTimeSeriesData({ tensorboardTimeSeries: loss.name, orderBy: 'step desc', pageSize: 2 });
  assert.deepStrictEqual(exported.map((v) => Number(v.step)), [5, 4, 3, 2, 1]);

  const ids = batch.timeSeriesData[1].values[0].blobs.values.map((b) => b.id);
  const bytes = [];
  await new Promise((resolve, reject) => {
    client.readTensorboardBlobData({ timeSeries: pictures.name, blobIds: ids })
      .on('data', (response) => response.blobs.forEach((b) => bytes.push(b.data.toString())))
      .on('end', resolve)
      .on('error', reject);
  });
  assert.deepStrictEqual(bytes, ['one', 'two']);

  const [listed] = await client.listTensorboardTimeSeries({ parent: run, filter: 'display_name="loss"' });
  assert.strictEqual(Number(listed[0].metadata.maxStep), 5);
  const [usage] = await client.readTensorboardUsage({ tensorboard: board.name });
  assert.strictEqual(Object.keys(usage.monthlyUsageData).length, 1);
  const [size] = await client.readTensorboardSize({ tensorboard: board.name });
  assert.ok(Number(size.storageSizeByte) > 0);

  await assert.rejects(client.getTensorboardRun({ name: `${experiment.name}/runs/none` }), /NOT_FOUND/);
  await finished(await client.deleteTensorboardTimeSeries({ name: pictures.name }));
  await finished(await client.deleteTensorboardRun({ name: run }));
  await finished(await client.deleteTensorboardExperiment({ name: experiment.name }));
  await finished(await client.deleteTensorboard({ name: board.name }));
  await assert.rejects(client.getTensorboard({ name: board.name }), /NOT_FOUND/);
  console.log('done');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
