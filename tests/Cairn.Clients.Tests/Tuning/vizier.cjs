// The official package against the server over cleartext gRPC: a study with conditional parameters from its creation to its best trial, by several clients at once.
const assert = require('node:assert');
const { grpc } = require('google-gax');
const { VizierServiceClient } = require('@google-cloud/aiplatform');

const options = { apiEndpoint: 'localhost', port: Number(process.env.CAIRN_GRPC_PORT), sslCreds: grpc.credentials.createInsecure(), projectId: 'demo' };
const parent = 'projects/demo/locations/us-central1';
const vizier = new VizierServiceClient(options);

async function finished([operation]) {
  const [response] = await operation.promise();
  return response;
}

async function suggest(study, clientId, suggestionCount = 1) {
  return (await finished(await vizier.suggestTrials({ parent: study.name, suggestionCount, clientId }))).trials;
}

function values(trial) {
  return Object.fromEntries(trial.parameters.map(({ parameterId, value }) => [parameterId, value[value.kind]]));
}

// Best at a tree of depth 6 that learns at 0.1; every tree is better than every linear model, so that the best of any two dozen trials is a tree.
function loss({ model, depth, eta, alpha }) {
  return model === 'tree' ? 0.02 * (depth - 6) ** 2 + 0.5 * (Math.log10(eta) + 1) ** 2 : 5 + 0.05 * (Math.log10(alpha) + 2) ** 2;
}

function child(parameterSpec, value) {
  return { parameterSpec, parentCategoricalValues: { values: [value] } };
}

async function main() {
  const studySpec = {
    metrics: [{ metricId: 'loss', goal: 'MINIMIZE' }],
    medianAutomatedStoppingSpec: {},
    parameters: [{
      parameterId: 'model',
      categoricalValueSpec: { values: ['linear', 'tree'] },
      conditionalParameterSpecs: [
        child({ parameterId: 'alpha', scaleType: 'UNIT_LOG_SCALE', doubleValueSpec: { minValue: 1e-6, maxValue: 10 } }, 'linear'),
        child({ parameterId: 'depth', integerValueSpec: { minValue: 1, maxValue: 16 } }, 'tree'),
        child({ parameterId: 'eta', scaleType: 'UNIT_LOG_SCALE', doubleValueSpec: { minValue: 1e-3, maxValue: 1 } }, 'tree'),
      ],
    }],
  };
  const [study] = await vizier.createStudy({ parent, study: { displayName: 'node', studySpec } });
  assert.strictEqual(study.state, 'ACTIVE');
  const [found] = await vizier.lookupStudy({ parent, displayName: 'node' });
  assert.strictEqual(found.name, study.name);
  const [listed] = await vizier.listStudies({ parent });
  assert.deepStrictEqual(listed.map(({ name }) => name), [study.name]);
  await assert.rejects(
    vizier.createStudy({ parent, study: { displayName: 'node', studySpec: { ...studySpec, metrics: [{ metricId: 'gain', goal: 'MAXIMIZE' }] } } }),
    /ALREADY_EXISTS/);

  // The same client gets its open trial again.
  const [first] = await suggest(study, 'worker-1');
  const [again] = await suggest(study, 'worker-1');
  assert.strictEqual(again.name, first.name);

  async function work(clientId) {
    for (let i = 0; i < 8; i++) {
      const [trial] = await suggest(study, clientId);
      const result = loss(values(trial));
      await vizier.addTrialMeasurement({ trialName: trial.name, measurement: { stepCount: 1, metrics: [{ metricId: 'loss', value: result + 1 }] } });
      await vizier.addTrialMeasurement({ trialName: trial.name, measurement: { stepCount: 2, elapsedDuration: { seconds: 1 }, metrics: [{ metricId: 'loss', value: result }] } });
      const { shouldStop } = await finished(await vizier.checkTrialEarlyStoppingState({ trialName: trial.name }));
      assert.strictEqual(typeof shouldStop, 'boolean');
      const [done] = await vizier.completeTrial({ name: trial.name });
      assert.strictEqual(done.state, 'SUCCEEDED');
      assert.strictEqual(done.finalMeasurement.metrics[0].value, result);
    }
  }

  await Promise.all(['worker-1', 'worker-2', 'worker-3'].map(work));
  const [trials] = await vizier.listTrials({ parent: study.name });
  assert.strictEqual(trials.length, 24);
  assert.strictEqual(new Set(trials.map(({ name }) => name)).size, 24);

  const [{ optimalTrials: [best] }] = await vizier.listOptimalTrials({ parent: study.name });
  assert.strictEqual(best.finalMeasurement.metrics[0].value, Math.min(...trials.map((trial) => trial.finalMeasurement.metrics[0].value)));
  assert.strictEqual(values(best).model, 'tree');

  // A trial of one's own, one that cannot be measured, one that is stopped, one that is deleted.
  const point = { model: { stringValue: 'tree' }, depth: { numberValue: 6 }, eta: { numberValue: 0.1 } };
  const [own] = await vizier.createTrial({
    parent: study.name,
    trial: {
      parameters: Object.entries(point).map(([parameterId, value]) => ({ parameterId, value })),
      finalMeasurement: { metrics: [{ metricId: 'loss', value: 0 }] },
    },
  });
  assert.strictEqual(own.state, 'SUCCEEDED');
  const [{ optimalTrials: [better] }] = await vizier.listOptimalTrials({ parent: study.name });
  assert.strictEqual(better.name, own.name);
  const [broken, slow] = await suggest(study, 'worker-4', 2);
  const [infeasible] = await vizier.completeTrial({ name: broken.name, trialInfeasible: true, infeasibleReason: 'out of memory' });
  assert.strictEqual(infeasible.state, 'INFEASIBLE');
  const [stopping] = await vizier.stopTrial({ name: slow.name });
  assert.strictEqual(stopping.state, 'STOPPING');
  await vizier.deleteTrial({ name: slow.name });
  await assert.rejects(vizier.getTrial({ name: slow.name }), /NOT_FOUND/);

  // Algorithms that the published enum lacks come as metadata, and so do studies to learn from.
  const extra = { otherArgs: { headers: { 'x-cairn-algorithm': 'tpe', 'x-cairn-predecessors': study.name } } };
  const [named] = await vizier.createStudy({ parent, study: { displayName: 'tpe', studySpec } }, extra);
  assert.strictEqual((await suggest(named, 'worker-1', 3)).length, 3);
  await assert.rejects(
    vizier.createStudy({ parent, study: { displayName: 'other', studySpec } }, { otherArgs: { headers: { 'x-cairn-algorithm': 'magic' } } }),
    /INVALID_ARGUMENT.*magic/);

  await vizier.deleteStudy({ name: study.name });
  await assert.rejects(vizier.getStudy({ name: study.name }), /NOT_FOUND/);
  console.log('done');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
