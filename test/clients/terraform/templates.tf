# Launch templates and placement groups, and instances of them; what an update in place changes is in `step`.

resource "aws_placement_group" "spread" {
  name     = "spread"
  strategy = "spread"
  tags     = { Step = var.step }
}

resource "aws_placement_group" "cluster" {
  name     = "cluster"
  strategy = "cluster"
}

resource "aws_placement_group" "partition" {
  name            = "partition"
  strategy        = "partition"
  partition_count = 3
}

resource "aws_launch_template" "web" {
  name                    = "web"
  description             = "step ${var.step}"
  update_default_version  = true
  image_id                = var.image
  instance_type           = var.step == 1 ? "m1.small" : "m1.large"
  key_name                = var.key_name
  user_data               = base64encode("#cloud-config\n")
  ebs_optimized           = true
  disable_api_stop        = false
  disable_api_termination = false
  vpc_security_group_ids  = ["sg-00000000"]

  instance_initiated_shutdown_behavior = "stop"

  block_device_mappings {
    device_name = "/dev/sdf"
    ebs {
      volume_size           = var.step
      volume_type           = "gp3"
      delete_on_termination = true
    }
  }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
  monitoring {
    enabled = true
  }
  placement {
    availability_zone = "us-east-1b"
    group_name        = aws_placement_group.spread.name
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "web", Step = var.step }
  }
  tag_specifications {
    resource_type = "volume"
    tags          = { Name = "web" }
  }
  tags = { Kept = "yes", Step = var.step }
}

resource "aws_launch_template" "interfaces" {
  name_prefix   = "interfaces-"
  instance_type = "m1.small"
  network_interfaces {
    device_index    = 0
    subnet_id       = "subnet-00000000"
    security_groups = ["sg-00000000"]
  }
  cpu_options {
    core_count       = 1
    threads_per_core = 1
  }
  credit_specification {
    cpu_credits = "standard"
  }
  maintenance_options {
    auto_recovery = "disabled"
  }
}

# What an empty one has is for the launch to say
resource "aws_launch_template" "empty" {
  name = "empty"
}

data "aws_launch_template" "web" {
  name       = aws_launch_template.web.name
  depends_on = [aws_launch_template.web]
}

# By the first version: a later default one would replace it. Two things are the provider's own: it plans away tags that
# only the template says, and takes the hash of user data that only the template says for user data
resource "aws_instance" "web" {
  tags = { Name = "web", Step = 1 }
  launch_template {
    id      = aws_launch_template.web.id
    version = 1
  }
  lifecycle {
    ignore_changes = [user_data]
  }
}

# What it says itself counts, and what the template says of the rest
resource "aws_instance" "other" {
  instance_type = "m1.large"
  tags          = { Name = "web", Step = 1 }
  launch_template {
    name    = aws_launch_template.web.name
    version = "$Latest"
  }
  placement_group = aws_placement_group.cluster.name
  lifecycle {
    ignore_changes = [launch_template, user_data]
  }
}

output "templates" {
  value = {
    type        = aws_instance.web.instance_type
    other_type  = aws_instance.other.instance_type
    key         = aws_instance.web.key_name
    group       = aws_instance.web.placement_group
    other_group = aws_instance.other.placement_group
    version     = data.aws_launch_template.web.latest_version
  }
}
