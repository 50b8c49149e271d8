// Asks an independent simulator (npm @cloud-copilot/iam-simulate, a program of its own that is neither part of this project
// nor needed by it) what a policy document of one of the targets denies where everything else allows. Usage: node simulate.mjs
// FOLDER <cases >answers, where FOLDER has the package installed. A case is a line {"policy", "target", "action", "resource",
// "context"}; an answer a line true (denied), false (allowed) or "why it was not asked", or why it is neither.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(process.argv[2] + '/'))
const { runSimulation } = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))
const validate = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-policy')))
const account = '111122223333'
const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

// Keys and roles are used by leave of their own policies only.
function resourcePolicy(action) {
  const statement = { Effect: 'Allow', Principal: '*', Action: '*' }
  return /^kms:/.test(action) ? { Statement: [{ ...statement, Resource: '*' }] }
    : /^sts:AssumeRole/.test(action) ? { Statement: [statement] } : undefined
}

const validators = {
  scp: validate.validateServiceControlPolicy,
  rcp: validate.validateResourceControlPolicy,
  'bucket-policy': validate.validateResourcePolicy,
  'key-policy': validate.validateResourcePolicy,
  'endpoint-policy': validate.validateEndpointPolicy,
  'permissions-boundary': validate.validateIdentityPolicy
}
const targets = {
  scp: (policies, named) => ({ serviceControlPolicies: [{ orgIdentifier: 'o', policies: [...policies, named] }] }),
  rcp: (policies, named) => ({ resourceControlPolicies: [{ orgIdentifier: 'o', policies: [named] }] }),
  'bucket-policy': (policies, named) => ({ resourcePolicy: named.policy }),
  'key-policy': (policies, named) => ({ resourcePolicy: named.policy }),
  'endpoint-policy': (policies, named) => ({ vpcEndpointPolicies: [named] }),
  'permissions-boundary': (policies, named) => ({ permissionBoundaryPolicies: [named] })
}

async function denied({ policy, target = 'scp', action, resource, context }) {
  const wrong = validators[target](policy)
  if (wrong.length !== 0) {
    return `it is no ${target}: ${JSON.stringify(wrong[0])}`
  }
  const principal = `arn:aws:iam::${account}:role/somebody` // conditions read the context's aws:PrincipalArn
  const owner = /^\d{12}$/.test(resource.split(':')[4]) ? resource.split(':')[4] : account
  const policies = [{ name: 'allow', policy: allow }]
  const simulation = {
    request: { principal, action, resource: { resource, accountId: owner }, contextVariables: context },
    identityPolicies: [{ name: 'all', policy: allow }],
    serviceControlPolicies: [{ orgIdentifier: 'o', policies }],
    resourceControlPolicies: [],
    resourcePolicy: resourcePolicy(action),
    ...targets[target](policies, { name: 'deny', policy })
  }
  const result = await runSimulation(simulation, {})
  if (result.resultType === 'error') {
    return JSON.stringify(result.errors)
  }
  const ignored = (result.result ?? result.results[0])?.ignoredContextKeys ?? []
  if (ignored.length !== 0) {
    return `it does not know ${ignored.join(' ')} here`
  }
  return result.overallResult === 'ExplicitlyDenied' ? true
    : result.overallResult === 'Allowed' || target === 'bucket-policy' ? false : `it is ${result.overallResult}`
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
