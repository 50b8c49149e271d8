// Answers the lines of `cordon simulate` with @cloud-copilot/iam-simulate, an independent simulator: usage
// node oracle.mjs FOLDER < lines > answers. FOLDER is where `npm install --prefix FOLDER @cloud-copilot/iam-simulate` put it. It is
// under the AGPL, runs as a process of its own, and is no part of Cordon.
import { createRequire } from 'module'
import { createInterface } from 'readline'
import { resolve } from 'path'

const { runSimulation } = createRequire(resolve(process.argv[2]) + '/')('@cloud-copilot/iam-simulate')
const words = { Allowed: 'allowed', ExplicitlyDenied: 'explicit_deny', ImplicitlyDenied: 'implicit_deny' }

async function answer(line) {
  const { principal, action, resource, accountId, context } = line.request
  const simulation = {
    request: {
      principal, action, contextVariables: context ?? {},
      resource: typeof resource === 'object' ? resource : { resource, accountId },
    },
    identityPolicies: line.identityPolicies ?? [],
    serviceControlPolicies: line.scps ?? [],
    resourceControlPolicies: line.rcps ?? [],
    resourcePolicy: line.resourcePolicy,
    permissionBoundaryPolicies: line.permissionBoundaries,
    sessionPolicy: line.sessionPolicy,
    vpcEndpointPolicies: line.vpcEndpointPolicies,
  }
  try {
    const result = await runSimulation(simulation, {})
    return result.resultType === 'error' ? { id: line.id, error: JSON.stringify(result.errors) }
      : { id: line.id, decision: words[result.overallResult], ignored: result.result?.ignoredContextKeys ?? [] }
  } catch (e) {
    return { id: line.id, error: String(e) }
  }
}

for await (const text of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(text))))
}
