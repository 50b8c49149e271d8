# Attaches the service control policies as their emission says, and sets the policies of buckets.

module "guardrails" {
  source = "../out/scp"

  scp_targets = var.targets
}

locals {
  manifests = {
    for folder in ["scp", "buckets"] : folder => jsondecode(file("${path.module}/../out/${folder}/manifest.json"))
  }

  buckets = {
    for d in local.manifests["buckets"].documents : d.bucket => file("${path.module}/../out/buckets/${d.file}")
  }
}

data "aws_iam_policy_document" "buckets" {
  for_each = local.buckets

  source_policy_documents = compact([each.value, lookup(var.bucket_statements, each.key, "")])
}

resource "aws_s3_bucket_policy" "guardrails" {
  for_each = local.buckets

  bucket = each.key
  policy = data.aws_iam_policy_document.buckets[each.key].json
}
