variable "documents" {
  description = "The folder with the documents that cordon emit wrote."
  type        = string
  default     = "../out"
}

variable "targets" {
  description = "Roots, organizational units and accounts that the service control policies are attached to."
  type        = set(string)
}

variable "bucket_statements" {
  description = "Policy documents, as JSON, that a bucket has beside Cordon's: S3 keeps only one policy a bucket."
  type        = map(string)
  default     = {}
}
