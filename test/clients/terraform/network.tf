# A network of one's own, and instances in it; what an update in place changes is in `step`.

# VPCs, and what their guests are told

resource "aws_vpc" "own" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = local.second
  tags                 = local.stage
}

resource "aws_vpc_dhcp_options" "own" {
  domain_name         = "own.example"
  domain_name_servers = ["192.0.2.53", "192.0.2.54"]
  ntp_servers         = ["192.0.2.123"]
  tags                = local.stage
}

resource "aws_vpc_dhcp_options_association" "own" {
  vpc_id          = aws_vpc.own.id
  dhcp_options_id = aws_vpc_dhcp_options.own.id
}

# Subnets

resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.own.id
  cidr_block              = cidrsubnet(aws_vpc.own.cidr_block, 8, 1)
  availability_zone       = "us-east-1a"
  map_public_ip_on_launch = local.second
  tags                    = local.stage
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.own.id
  cidr_block        = cidrsubnet(aws_vpc.own.cidr_block, 8, 2)
  availability_zone = "us-east-1b"
}

# Ways out

resource "aws_internet_gateway" "own" {
  vpc_id = aws_vpc.own.id
  tags   = local.stage
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.own.id
  tags   = local.stage

  route {
    cidr_block = local.second ? "198.51.100.0/24" : "0.0.0.0/0"
    gateway_id = aws_internet_gateway.own.id
  }
}

resource "aws_route_table" "private" { vpc_id = aws_vpc.own.id }

resource "aws_route" "by_interface" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  network_interface_id   = local.second ? aws_network_interface.back.id : aws_network_interface.front.id
}

resource "aws_route" "by_gateway" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "192.0.2.0/24"
  gateway_id             = aws_internet_gateway.own.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = local.second ? aws_route_table.private.id : aws_route_table.public.id
}

resource "aws_main_route_table_association" "own" {
  vpc_id         = aws_vpc.own.id
  route_table_id = local.second ? aws_route_table.public.id : aws_route_table.private.id
}

# Security groups

resource "aws_default_security_group" "own" {
  vpc_id = aws_vpc.own.id
  tags   = local.stage

  ingress {
    protocol  = "-1"
    self      = true
    from_port = 0
    to_port   = 0
  }
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "what the web may do"
  vpc_id      = aws_vpc.own.id
  tags        = local.stage

  ingress {
    from_port   = local.second ? 443 : 80
    to_port     = local.second ? 443 : 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "database" {
  name   = "database"
  vpc_id = aws_vpc.own.id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = local.second ? aws_default_security_group.own.id : aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = local.second ? 5433 : 5432
  tags                         = local.stage
}

resource "aws_security_group_rule" "database" {
  security_group_id        = aws_security_group.database.id
  type                     = "ingress"
  source_security_group_id = aws_security_group.web.id
  protocol                 = "tcp"
  from_port                = 6379
  to_port                  = 6379
  description              = "step ${var.step}"
}

# Network interfaces

resource "aws_network_interface" "front" {
  subnet_id         = aws_subnet.public.id
  description       = "step ${var.step}"
  private_ips       = ["10.20.1.10"]
  security_groups   = [local.second ? aws_security_group.database.id : aws_security_group.web.id]
  source_dest_check = local.second
  tags              = local.stage
}

resource "aws_network_interface" "back" { subnet_id = aws_subnet.private.id }

resource "aws_network_interface_attachment" "back" {
  instance_id          = aws_instance.front.id
  network_interface_id = aws_network_interface.back.id
  device_index         = 1
}

# Instances

resource "aws_instance" "public" {
  ami                         = var.image
  instance_type               = "m1.small"
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [local.second ? aws_security_group.database.id : aws_security_group.web.id]
}

resource "aws_instance" "front" {
  ami           = var.image
  instance_type = "m1.small"

  network_interface {
    device_index         = 0
    network_interface_id = aws_network_interface.front.id
  }
}

resource "aws_instance" "private" {
  ami             = var.image
  instance_type   = "m1.small"
  subnet_id       = aws_subnet.private.id
  private_ip      = "10.20.2.10"
  placement_group = aws_placement_group.spread.name
}

resource "aws_launch_template" "private" {
  name                   = "private"
  update_default_version = true
  image_id               = var.image
  instance_type          = local.second ? "m1.large" : "m1.small"

  network_interfaces {
    device_index    = 0
    subnet_id       = aws_subnet.private.id
    security_groups = [aws_security_group.database.id]
  }
}

resource "aws_instance" "of_template" {
  launch_template {
    id      = aws_launch_template.private.id
    version = 1
  }
}

# Addresses

resource "aws_eip" "front" { domain = "vpc" }

resource "aws_eip_association" "front" {
  allocation_id        = aws_eip.front.id
  network_interface_id = aws_network_interface.front.id
}

resource "aws_eip" "moved" {
  domain   = "vpc"
  instance = local.second ? aws_instance.of_template.id : aws_instance.private.id
}

# A VPC of which one has what it came with

resource "aws_vpc" "plain" { cidr_block = "10.20.0.0/16" }
resource "aws_internet_gateway" "plain" {}

resource "aws_internet_gateway_attachment" "plain" {
  vpc_id              = aws_vpc.plain.id
  internet_gateway_id = aws_internet_gateway.plain.id
}

resource "aws_default_route_table" "plain" {
  default_route_table_id = aws_vpc.plain.default_route_table_id
  tags                   = local.stage

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway_attachment.plain.internet_gateway_id
  }
}

# All that, looked for

data "aws_vpc" "own" { id = aws_vpc.own.id }
data "aws_vpc_dhcp_options" "own" { dhcp_options_id = aws_vpc_dhcp_options_association.own.dhcp_options_id }
data "aws_subnet" "private" { id = aws_subnet.private.id }
data "aws_network_interface" "front" { id = aws_network_interface.front.id }
data "aws_route_table" "public" { subnet_id = aws_route_table_association.public.subnet_id }

data "aws_internet_gateway" "own" {
  filter {
    name   = "attachment.vpc-id"
    values = [aws_internet_gateway.own.vpc_id]
  }
}

data "aws_subnets" "own" {
  filter {
    name   = "vpc-id"
    values = [aws_subnet.public.vpc_id, aws_subnet.private.vpc_id]
  }
}

data "aws_security_groups" "own" {
  filter {
    name   = "vpc-id"
    values = [aws_security_group.web.vpc_id, aws_security_group.database.vpc_id]
  }
}

output "network" {
  value = {
    cidr_block  = data.aws_vpc.own.cidr_block
    servers     = data.aws_vpc_dhcp_options.own.domain_name_servers
    zone        = data.aws_subnet.private.availability_zone
    gateway     = data.aws_internet_gateway.own.id == aws_internet_gateway.own.id
    table       = data.aws_route_table.public.id == aws_route_table.public.id
    interface   = data.aws_network_interface.front.private_ip
    subnets     = length(data.aws_subnets.own.ids)
    groups      = length(data.aws_security_groups.own.ids)
    public      = aws_instance.public.public_ip
    of_template = aws_instance.of_template.subnet_id == aws_subnet.private.id
    placed      = aws_instance.private.placement_group
  }
}
