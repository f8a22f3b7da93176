// node validate.mjs MODULES < OBJECTS.json: checks an array of Kubernetes objects against the schemas of the npm packages kubernetes-models
// (generated from Kubernetes' OpenAPI description), which lie under MODULES. Prints what is wrong; exit code 1 if anything is.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';

const extensions = { 'monitoring.coreos.com': '@kubernetes-models/prometheus-operator', 'cert-manager.io': '@kubernetes-models/cert-manager' };
let wrong = 0;
for (const object of JSON.parse(readFileSync(0, 'utf8'))) {
  const where = `${object.kind} ${object.metadata?.name}`;
  try {
    const group = object.apiVersion.split('/')[0];
    const path = join(process.argv[2], extensions[group] ?? 'kubernetes-models', object.apiVersion, 'index.js');
    const types = await import(pathToFileURL(path));
    const type = types[object.kind] ?? types.default?.[object.kind];
    if (!type) throw new Error(`${object.apiVersion} has no ${object.kind}`);
    new type(object).validate();
  } catch (error) {
    wrong++;
    console.log(`${where}: ${error.message}`);
  }
}
process.exit(wrong ? 1 : 0);
