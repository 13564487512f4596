# Every served kind of resource with its usual arguments; what an update in place changes is in `step`.

variable "public_key" { type = string }

data "aws_caller_identity" "me" {}
data "aws_availability_zones" "all" { state = "available" }
data "aws_availability_zone" "first" { name = data.aws_availability_zones.all.names[0] }
data "aws_region" "here" {}
data "aws_regions" "all" {}
data "aws_ec2_instance_types" "all" {}
data "aws_ec2_instance_type_offerings" "zone" {
  location_type = "availability-zone"

  filter {
    name   = "location"
    values = [data.aws_availability_zones.all.names[0]]
  }
}
data "aws_ec2_instance_type" "small" { instance_type = "m1.small" }

# Key pairs

resource "aws_key_pair" "imported" {
  key_name   = "terraform"
  public_key = var.public_key
  tags       = local.stage
}

data "aws_key_pair" "imported" {
  key_name           = aws_key_pair.imported.key_name
  include_public_key = true
}

# Volumes and snapshots

resource "aws_ebs_volume" "plain" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = local.second ? 2 : 1
  tags              = local.stage
}

resource "aws_ebs_volume" "gp3" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = 1
  type              = "gp3"
}

resource "aws_ebs_volume" "fast" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = 4
  type              = "io1"
  iops              = local.second ? 200 : 100
}

resource "aws_ebs_volume" "system" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = 1

  # One of them is a resource of its own
  lifecycle { ignore_changes = [tags, tags_all] }
}

resource "aws_ebs_snapshot" "system" {
  volume_id   = aws_ebs_volume.system.id
  description = "a system"
  tags        = local.stage
}

resource "aws_ebs_snapshot_copy" "system" {
  source_snapshot_id = aws_ebs_snapshot.system.id
  source_region      = "us-east-1"
  tags               = local.stage
}

resource "aws_ebs_volume" "restored" {
  availability_zone = data.aws_availability_zones.all.names[0]
  snapshot_id       = aws_ebs_snapshot_copy.system.id
}

resource "aws_snapshot_create_volume_permission" "rival" {
  snapshot_id = aws_ebs_snapshot.system.id
  account_id  = "000000000003"
}

data "aws_ebs_volume" "plain" {
  filter {
    name   = "volume-id"
    values = [aws_ebs_volume.plain.id]
  }
}

data "aws_ebs_volumes" "plain" {
  filter {
    name   = "volume-id"
    values = [aws_ebs_volume.plain.id]
  }
}

data "aws_ebs_snapshot" "system" {
  snapshot_ids = [aws_ebs_snapshot.system.id]
}

data "aws_ebs_snapshot_ids" "own" {
  owners     = ["self"]
  depends_on = [aws_ebs_snapshot.system]
}

# Images

resource "aws_ami" "system" {
  name                = "system"
  description         = local.second ? "the second" : "the first"
  virtualization_type = "hvm"
  root_device_name    = "/dev/sda1"
  ena_support         = true
  tags                = local.stage

  ebs_block_device {
    device_name = "/dev/sda1"
    snapshot_id = aws_ebs_snapshot.system.id
    volume_size = 1
  }
}

resource "aws_ami_copy" "system" {
  name              = "system-copied"
  source_ami_id     = aws_ami.system.id
  source_ami_region = "us-east-1"
  tags              = local.stage
}

resource "aws_ami_from_instance" "plain" {
  name               = "plain-saved"
  source_instance_id = aws_instance.plain.id
  tags               = local.stage
}

resource "aws_ami_launch_permission" "rival" {
  image_id   = aws_ami.system.id
  account_id = "000000000003"
}

resource "aws_ami_launch_permission" "own" {
  image_id   = aws_ami.system.id
  account_id = data.aws_caller_identity.me.account_id
}

data "aws_ami" "system" {
  owners      = ["self"]
  most_recent = true

  filter {
    name   = "name"
    values = [aws_ami.system.name]
  }
}

data "aws_ami_ids" "system" {
  owners = ["self"]

  filter {
    name   = "name"
    values = [aws_ami.system.name]
  }
}

# Instances

resource "aws_instance" "plain" {
  ami           = aws_ami.system.id
  instance_type = "m1.small"
  tags          = local.stage
}

resource "aws_instance" "described" {
  ami                                  = aws_ami.system.id
  instance_type                        = local.second ? "m1.large" : "m1.small"
  key_name                             = aws_key_pair.imported.key_name
  user_data                            = "#!/bin/sh\necho hello\n"
  availability_zone                    = data.aws_availability_zones.all.names[0]
  monitoring                           = local.second
  source_dest_check                    = !local.second
  instance_initiated_shutdown_behavior = local.second ? "stop" : "terminate"
  tags                                 = merge(local.stage, { Name = "described" })
  volume_tags                          = { Of = "described" }
}

resource "aws_instance" "protected" {
  ami                     = aws_ami.system.id
  instance_type           = "m1.small"
  disable_api_termination = !local.second
  disable_api_stop        = !local.second
}

resource "aws_instance" "metadata" {
  ami           = aws_ami.system.id
  instance_type = "m1.small"

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = local.second ? "required" : "optional"
    http_put_response_hop_limit = local.second ? 2 : 1
    instance_metadata_tags      = local.second ? "enabled" : "disabled"
  }

  root_block_device {
    volume_size = local.second ? 8 : 1
    volume_type = local.second ? "gp3" : "gp2"
    iops        = local.second ? 4000 : null
    tags        = local.stage
  }
}

resource "aws_instance" "disks" {
  ami           = aws_ami.system.id
  instance_type = "m1.small"

  root_block_device {
    volume_size           = 2
    volume_type           = "gp3"
    iops                  = 3000
    throughput            = 125
    delete_on_termination = true
    tags                  = local.stage
  }

  ebs_block_device {
    device_name           = "/dev/sdf"
    volume_size           = 1
    volume_type           = "gp2"
    delete_on_termination = true
  }
}

resource "aws_instance" "public" {
  ami                         = aws_ami.system.id
  instance_type               = "m1.small"
  subnet_id                   = aws_instance.plain.subnet_id
  associate_public_ip_address = true
}

resource "aws_instance" "usual" {
  ami              = aws_ami.system.id
  instance_type    = "m1.small"
  tenancy          = "default"
  ebs_optimized    = true
  hibernation      = false
  user_data_base64 = base64encode("#!/bin/sh\necho ${var.step}\n")

  enclave_options { enabled = false }
  maintenance_options { auto_recovery = local.second ? "default" : "disabled" }
  capacity_reservation_specification { capacity_reservation_preference = local.second ? "none" : "open" }
}

data "aws_instance" "plain" { instance_id = aws_instance.plain.id }

data "aws_instances" "running" {
  instance_tags = { Name = "described" }
  depends_on    = [aws_instance.described]
}

resource "aws_volume_attachment" "plain" {
  device_name = "/dev/sdh"
  volume_id   = aws_ebs_volume.gp3.id
  instance_id = aws_instance.described.id
}

resource "aws_ec2_instance_state" "plain" {
  instance_id = aws_instance.disks.id
  state       = local.second ? "running" : "stopped"
}

# Addresses

resource "aws_eip" "free" {
  domain = "vpc"
  tags   = local.stage
}

resource "aws_eip" "bound" {
  domain   = "vpc"
  instance = local.second ? aws_instance.metadata.id : aws_instance.protected.id
  tags     = local.stage
}

resource "aws_eip_association" "plain" {
  allocation_id = aws_eip.free.id
  instance_id   = aws_instance.plain.id
}

data "aws_eip" "free" { id = aws_eip.free.id }
data "aws_eips" "all" {
  tags       = local.stage
  depends_on = [aws_eip.free, aws_eip.bound]
}

# Tags

resource "aws_ec2_tag" "single" {
  resource_id = aws_ebs_volume.system.id
  key         = "Single"
  value       = tostring(var.step)
}

output "identity" { value = data.aws_caller_identity.me.account_id }
output "public_key" { value = data.aws_key_pair.imported.public_key }
output "volume" { value = data.aws_ebs_volume.plain.size }
output "snapshot" { value = data.aws_ebs_snapshot.system.volume_size }
output "image" { value = data.aws_ami.system.description }
output "instance" { value = data.aws_instance.plain.instance_state }
output "running" { value = length(data.aws_instances.running.ids) }
output "address" { value = data.aws_eip.free.public_ip }
output "memory" { value = data.aws_ec2_instance_type.small.memory_size }
output "region" { value = data.aws_region.here.name }
output "zone" { value = data.aws_availability_zone.first.zone_id }
output "regions" { value = data.aws_regions.all.names }
output "types" { value = sort(data.aws_ec2_instance_types.all.instance_types) }
output "offered" { value = sort(data.aws_ec2_instance_type_offerings.zone.instance_types) }
output "volumes" { value = length(data.aws_ebs_volumes.plain.ids) }
output "snapshots" { value = contains(data.aws_ebs_snapshot_ids.own.ids, aws_ebs_snapshot.system.id) }
output "images" { value = length(data.aws_ami_ids.system.ids) }
output "addresses" { value = length(data.aws_eips.all.public_ips) }

# What the variants of an instance are made of
output "image_id" { value = aws_ami.system.id }
output "snapshot_id" { value = aws_ebs_snapshot.system.id }
output "volume_id" { value = aws_ebs_volume.plain.id }
output "key_name" { value = aws_key_pair.imported.key_name }
