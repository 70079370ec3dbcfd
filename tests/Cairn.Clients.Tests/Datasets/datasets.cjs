// The official package against the server over cleartext gRPC: a table, and texts with classes, from their making to their end.
const assert = require('node:assert');
const { grpc } = require('google-gax');
const { DatasetServiceClient, helpers } = require('@google-cloud/aiplatform');

const options = { apiEndpoint: 'localhost', port: Number(process.env.CAIRN_GRPC_PORT), sslCreds: grpc.credentials.createInsecure(), projectId: 'demo' };
const parent = 'projects/demo/locations/us-central1';
const schemas = 'gs://google-cloud-aiplatform/schema/dataset/';
const gcsDestination = { outputUriPrefix: 'gs://datasets-demo/out' };

async function finished([operation]) {
  const [response] = await operation.promise();
  return response;
}

async function main() {
  const datasets = new DatasetServiceClient(options);

  const table = await finished(await datasets.createDataset({
    parent,
    dataset: {
      displayName: 'table',
      metadataSchemaUri: schemas + 'metadata/tabular_1.0.0.yaml',
      metadata: helpers.toValue({ inputConfig: { gcsSource: { uri: ['gs://datasets-demo/table.csv'] } } }),
    },
  }));
  assert.strictEqual((await datasets.getDataset({ name: table.name }))[0].displayName, 'table');
  const [listed] = await datasets.listDatasets({ parent, filter: 'display_name="table"' });
  assert.deepStrictEqual(listed.map((dataset) => dataset.name), [table.name]);
  const [renamed] = await datasets.updateDataset({ dataset: { name: table.name, displayName: 'renamed' }, updateMask: { paths: ['display_name'] } });
  assert.strictEqual(renamed.displayName, 'renamed');
  const split = await finished(await datasets.exportData({ name: table.name, exportConfig: { gcsDestination, fractionSplit: { trainingFraction: 0.5, validationFraction: 0.25, testFraction: 0.25 } } }));
  assert.strictEqual(split.exportedFiles.length, 3);
  const counts = [split.dataStats.trainingDataItemsCount, split.dataStats.validationDataItemsCount, split.dataStats.testDataItemsCount].map(Number);
  assert.strictEqual(counts[0] + counts[1] + counts[2], 100);

  const texts = await finished(await datasets.createDataset({ parent, dataset: { displayName: 'texts', metadataSchemaUri: schemas + 'metadata/text_1.0.0.yaml', metadata: helpers.toValue({}) } }));
  await finished(await datasets.importData({
    name: texts.name,
    importConfigs: [{ gcsSource: { uris: ['gs://datasets-demo/texts.csv'] }, importSchemaUri: schemas + 'ioformat/text_classification_single_label_io_format_1.0.0.yaml' }],
  }));
  assert.strictEqual(Number((await datasets.getDataset({ name: texts.name }))[0].dataItemCount), 3);
  const [items] = await datasets.listDataItems({ parent: texts.name, filter: 'labels.aiplatform.googleapis.com/ml_use=test' });
  assert.strictEqual(items.length, 1);
  assert.strictEqual(items[0].payload.structValue.fields.textContent.stringValue, 'bad');
  const [annotations] = await datasets.listAnnotations({ parent: items[0].name });
  assert.strictEqual(annotations[0].payload.structValue.fields.displayName.stringValue, 'sad');
  const whole = await finished(await datasets.exportData({ name: texts.name, exportConfig: { gcsDestination } }));
  assert.match(whole.exportedFiles[0], /\/text_classification\/data-00000-of-00001\.jsonl$/);
  await assert.rejects(
    async () => finished(await datasets.importData({ name: texts.name, importConfigs: [{ gcsSource: { uris: ['gs://datasets-demo/none.csv'] }, importSchemaUri: schemas + 'ioformat/text_classification_single_label_io_format_1.0.0.yaml' }] })),
    /There is no object/);
  await assert.rejects(datasets.createDatasetVersion({ parent: texts.name, datasetVersion: {} }), /UNIMPLEMENTED/);

  await finished(await datasets.deleteDataset({ name: texts.name }));
  await finished(await datasets.deleteDataset({ name: table.name }));
  await assert.rejects(datasets.getDataset({ name: table.name }), /NOT_FOUND/);
  console.log('done');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
