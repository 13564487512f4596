# What the resources of variants.ts are made of.

variable "image" { type = string }
variable "snapshot" { type = string }
variable "volume" { type = string }
variable "key_name" { type = string }
