// The official package against the server over cleartext gRPC: a model from upload to prediction, and away again.
const assert = require('node:assert');
const { grpc } = require('google-gax');
const { EndpointServiceClient, ModelServiceClient, PredictionServiceClient, helpers } = require('@google-cloud/aiplatform');

const options = { apiEndpoint: 'localhost', port: Number(process.env.CAIRN_GRPC_PORT), sslCreds: grpc.credentials.createInsecure(), projectId: 'demo' };
const parent = 'projects/demo/locations/us-central1';

async function finished([operation]) {
  const [response] = await operation.promise();
  return response;
}

async function main() {
  const models = new ModelServiceClient(options);
  const endpoints = new EndpointServiceClient(options);
  const predictions = new PredictionServiceClient(options);

  const uploaded = await finished(await models.uploadModel({
    parent,
    model: { displayName: 'node', artifactUri: 'gs://models-demo/linear', containerSpec: { imageUri: 'cairn/onnx:latest' } },
  }));
  assert.strictEqual(uploaded.modelVersionId, '1');
  const [model] = await models.getModel({ name: uploaded.model });
  assert.strictEqual(model.displayName, 'node');
  const [listed] = await models.listModels({ parent, filter: 'display_name="node"' });
  assert.strictEqual(listed.length, 1);

  const endpoint = await finished(await endpoints.createEndpoint({ parent, endpoint: { displayName: 'node' } }));
  const { deployedModel } = await finished(await endpoints.deployModel({
    endpoint: endpoint.name,
    deployedModel: { model: model.name, dedicatedResources: { machineSpec: { machineType: 'n1-standard-2' }, minReplicaCount: 1 } },
    trafficSplit: { 0: 100 },
  }));

  const [response] = await predictions.predict({ endpoint: endpoint.name, instances: [helpers.toValue([1, 1, 1])] });
  // The package's own fromValue() takes no list at the top.
  assert.deepStrictEqual(response.predictions[0].listValue.values.map((value) => value.numberValue), [6.5]);
  assert.strictEqual(response.deployedModelId, deployedModel.id);
  await assert.rejects(predictions.predict({ endpoint: endpoint.name, instances: [helpers.toValue([1])] }), /INVALID_ARGUMENT.*shape/);

  await finished(await endpoints.undeployModel({ endpoint: endpoint.name, deployedModelId: deployedModel.id }));
  await finished(await endpoints.deleteEndpoint({ name: endpoint.name }));
  await finished(await models.deleteModel({ name: model.name }));
  await assert.rejects(models.getModel({ name: model.name }), /NOT_FOUND/);
  console.log('done');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
