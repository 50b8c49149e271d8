output "policies" {
  description = "The ids of the service control policies."
  value       = { for name, policy in aws_organizations_policy.guardrails : name => policy.id }
}

output "not_prevented" {
  description = "Denies that no document carries, and why."
  value       = flatten([for m in values(local.manifests) : m.not_expressible])
}
