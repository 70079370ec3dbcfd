// The official package against the server over cleartext gRPC: every call of the metadata service.
const assert = require('node:assert');
const { grpc } = require('google-gax');
const { MetadataServiceClient } = require('@google-cloud/aiplatform');

const options = { apiEndpoint: 'localhost', port: Number(process.env.CAIRN_GRPC_PORT), sslCreds: grpc.credentials.createInsecure(), projectId: 'demo' };
const location = 'projects/demo/locations/europe-west4';
const parent = `${location}/metadataStores/default`;
const number = (value) => ({ numberValue: value });
const id = (node) => node.name.split('/').pop();

async function finished([operation]) {
  const [response] = await operation.promise();
  return response;
}

async function main() {
  const metadata = new MetadataServiceClient(options);

  const store = await finished(await metadata.createMetadataStore({ parent: location, metadataStoreId: 'default', metadataStore: { description: 'd' } }));
  assert.strictEqual(store.name, parent);
  assert.strictEqual((await metadata.getMetadataStore({ name: parent }))[0].description, 'd');
  assert.strictEqual((await metadata.listMetadataStores({ parent: location }))[0].length, 1);

  const [schemas] = await metadata.listMetadataSchemas({ parent, filter: 'schema_type=CONTEXT_TYPE' });
  assert.ok(schemas.some((schema) => schema.schema.startsWith('title: system.ExperimentRun')));
  const [own] = await metadata.createMetadataSchema({ parent, metadataSchemaId: 'own-table', metadataSchema: { schema: 'title: own.Table\ntype: object', schemaVersion: '1.0.0', schemaType: 'ARTIFACT_TYPE' } });
  assert.strictEqual((await metadata.getMetadataSchema({ name: own.name }))[0].schemaVersion, '1.0.0');

  const [data] = await metadata.createArtifact({ parent, artifactId: 'data', artifact: { displayName: 'data', uri: 'gs://demo/data.csv', schemaTitle: 'system.Dataset', metadata: { fields: { rows: number(12) } } } });
  const [model] = await metadata.createArtifact({ parent, artifact: { displayName: 'model', schemaTitle: 'system.Model' } });
  const [train] = await metadata.createExecution({ parent, executionId: 'train', execution: { displayName: 'train', schemaTitle: 'system.ContainerExecution', state: 'RUNNING' } });
  const [group] = await metadata.createContext({ parent, contextId: 'group', context: { schemaTitle: 'system.Pipeline' } });
  const [run] = await metadata.createContext({ parent, contextId: 'group-run', context: { schemaTitle: 'system.PipelineRun' } });
  await assert.rejects(metadata.createContext({ parent, contextId: 'group', context: {} }), /ALREADY_EXISTS/);
  await assert.rejects(metadata.getArtifact({ name: `${parent}/artifacts/none` }), /NOT_FOUND/);

  await metadata.addContextChildren({ context: group.name, childContexts: [run.name] });
  await assert.rejects(metadata.addContextChildren({ context: run.name, childContexts: [group.name] }), /INVALID_ARGUMENT.*cycle/);
  assert.deepStrictEqual((await metadata.getContext({ name: run.name }))[0].parentContexts, [group.name]);
  await metadata.addContextArtifactsAndExecutions({ context: run.name, artifacts: [data.name, model.name], executions: [train.name] });
  await metadata.addExecutionEvents({ execution: train.name, events: [{ artifact: data.name, type: 'INPUT', labels: { role: 'training' } }, { artifact: model.name, type: 'OUTPUT' }] });

  const [inside] = await metadata.listArtifacts({ parent, filter: `in_context("${run.name}") AND metadata.rows.number_value > 1` });
  assert.deepStrictEqual(inside.map(id), ['data']);
  const [children] = await metadata.listContexts({ parent, filter: `parent_contexts:"${group.name}"` });
  assert.deepStrictEqual(children.map(id), ['group-run']);
  const [executions] = await metadata.listExecutions({ parent, filter: 'state=RUNNING', orderBy: 'create_time' });
  assert.deepStrictEqual(executions.map(id), ['train']);

  const [done] = await metadata.updateExecution({ execution: { name: train.name, state: 'COMPLETE' }, updateMask: { paths: ['state'] } });
  assert.deepStrictEqual([done.state, done.displayName], ['COMPLETE', 'train']);
  const [created] = await metadata.updateArtifact({ artifact: { name: `${parent}/artifacts/late`, displayName: 'late' }, allowMissing: true });
  assert.strictEqual(created.displayName, 'late');
  const [labelled] = await metadata.updateContext({ context: { name: group.name, labels: { team: 'birds' } }, updateMask: { paths: ['labels'] } });
  assert.strictEqual(labelled.labels.team, 'birds');

  for (const [graph] of [
    await metadata.queryExecutionInputsAndOutputs({ execution: train.name }),
    await metadata.queryContextLineageSubgraph({ context: run.name }),
    await metadata.queryArtifactLineageSubgraph({ artifact: model.name, maxHops: 2 }),
  ]) {
    assert.deepStrictEqual([graph.artifacts.length, graph.executions.length, graph.events.length], [2, 1, 2]);
    assert.strictEqual(graph.events.find((event) => event.type === 'INPUT').labels.role, 'training');
  }

  await metadata.removeContextChildren({ context: group.name, childContexts: [run.name] });
  assert.deepStrictEqual((await metadata.getContext({ name: run.name }))[0].parentContexts, []);
  const dry = await finished(await metadata.purgeArtifacts({ parent, filter: 'display_name="late"' }));
  assert.deepStrictEqual([Number(dry.purgeCount), dry.purgeSample.length], [1, 1]);
  assert.strictEqual(Number((await finished(await metadata.purgeArtifacts({ parent, filter: 'display_name="late"', force: true }))).purgeCount), 1);
  await finished(await metadata.deleteArtifact({ name: data.name }));
  await finished(await metadata.deleteExecution({ name: train.name }));
  await finished(await metadata.deleteContext({ name: run.name }));
  await finished(await metadata.deleteMetadataStore({ name: parent }));
  await assert.rejects(metadata.getMetadataStore({ name: parent }), /NOT_FOUND/);
  console.log('done');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
