# Attaches what the manifests name: one service control policy for each document, and the policies of buckets.

locals {
  manifests = {
    for folder in ["scp", "buckets"] : folder => jsondecode(file("${var.documents}/${folder}/manifest.json"))
  }

  scps = {
    for d in local.manifests["scp"].documents : trimsuffix(d.file, ".json") => {
      content  = file("${var.documents}/scp/${d.file}")
      controls = distinct([for s in d.statements : s.control])
    }
  }

  buckets = {
    for d in local.manifests["buckets"].documents : d.bucket => file("${var.documents}/buckets/${d.file}")
  }

  attachments = {
    for pair in setproduct(keys(local.scps), var.targets) : "${pair[0]}@${pair[1]}" => {
      policy = pair[0]
      target = pair[1]
    }
  }
}

resource "aws_organizations_policy" "guardrails" {
  for_each = local.scps

  name        = "cordon-${each.key}"
  description = substr("Emitted by Cordon: ${join(", ", each.value.controls)}", 0, 512)
  type        = "SERVICE_CONTROL_POLICY"
  content     = each.value.content
}

resource "aws_organizations_policy_attachment" "guardrails" {
  for_each = local.attachments

  policy_id = aws_organizations_policy.guardrails[each.value.policy].id
  target_id = each.value.target
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
