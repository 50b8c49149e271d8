// Asks an independent simulator (npm @cloud-copilot/iam-simulate, a program of its own that is neither part of this project
// nor needed by it) what service control policies deny. Usage: node simulate.mjs FOLDER <cases >answers, where FOLDER has
// the package installed. A case is a line {"policy", "action", "resource", "context"}; an answer a line true, false or
// "why it was not asked".
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(process.argv[2] + '/'))
const { runSimulation } = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))
const account = '111122223333'
const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

async function denied({ policy, action, resource, context }) {
  const principal = `arn:aws:iam::${account}:role/somebody` // conditions read the context's aws:PrincipalArn
  const simulation = {
    request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
    identityPolicies: [{ name: 'all', policy: allow }],
    serviceControlPolicies: [{ orgIdentifier: 'o', policies: [{ name: 'allow', policy: allow }, { name: 'deny', policy }] }],
    resourceControlPolicies: []
  }
  const result = await runSimulation(simulation, {})
  if (result.resultType === 'error') {
    return JSON.stringify(result.errors)
  }
  return (result.analysis ?? result.result?.analysis ?? result.overallResult).result?.includes?.('Denied') ?? result
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = await denied(JSON.parse(line))
  } catch (error) {
    answer = String(error)
  }
  console.log(JSON.stringify(answer))
}
