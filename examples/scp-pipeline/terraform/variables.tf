variable "targets" {
  description = "Ids of roots, organizational units and accounts that the service control policies are attached to."
  type        = set(string)
}

variable "bucket_statements" {
  description = "Policy documents, as JSON, that a bucket has beside Cordon's: S3 keeps only one policy a bucket."
  type        = map(string)
  default     = {}
}
