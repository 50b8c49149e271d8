output "policies" {
  description = "The ids of the service control policies."
  value       = module.guardrails.scp_ids
}

output "not_prevented" {
  description = "Denies that no document carries, and why."
  value       = flatten([for m in values(local.manifests) : m.not_expressible])
}
