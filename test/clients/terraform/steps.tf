# Where a configuration is changed in place: 1 as it is made, 2 after that.

variable "step" {
  type    = number
  default = 1
}

locals {
  second = var.step == 2
  stage  = { Stage = tostring(var.step) }
}
