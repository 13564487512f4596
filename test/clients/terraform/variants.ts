// What Terraform's users write, one thing a resource: served as it is written, or refused when it is applied.
//
// A name without a kind is that of an aws_instance, which has an `ami` and an `instance_type` besides, unless it has its
// own. The variables are in variants.tf.
import { DEFAULT_GROUP } from '../../e2e/default-group.ts'

/** The arguments of a resource by its kind and its name. */
type Resources = Readonly<Record<string, string>>

export const served: Resources = {
  bare: '',

  // The root
  root_standard: 'root_block_device { volume_type = "standard" }',
  root_gp2: 'root_block_device { volume_type = "gp2" }',
  root_gp3: 'root_block_device { volume_type = "gp3" }',
  root_gp3_fast: `root_block_device {
    volume_type = "gp3"
    volume_size = 8
    iops        = 4000
    throughput  = 250
  }`,
  root_io1: `root_block_device {
    volume_type = "io1"
    volume_size = 4
    iops        = 100
  }`,
  root_io2: `root_block_device {
    volume_type = "io2"
    volume_size = 4
    iops        = 200
  }`,
  root_st1: `root_block_device {
    volume_type = "st1"
    volume_size = 125
  }`,
  root_sc1: `root_block_device {
    volume_type = "sc1"
    volume_size = 125
  }`,
  root_not_encrypted: 'root_block_device { encrypted = false }',
  root_tagged: 'root_block_device { tags = { Of = "root" } }',
  root_kept: `root_block_device {
    delete_on_termination = false
    tags                  = { Of = "root" }
  }`,

  // Other disks
  disk_of_each_type: `
  ebs_block_device {
    device_name = "/dev/sdb"
    volume_size = 1
  }
  ebs_block_device {
    device_name = "/dev/sdc"
    volume_type = "standard"
    volume_size = 1
  }
  ebs_block_device {
    device_name = "/dev/sdd"
    volume_type = "gp2"
    volume_size = 1
    encrypted   = false
  }
  ebs_block_device {
    device_name = "/dev/sde"
    volume_type = "gp3"
    volume_size = 1
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_type = "gp3"
    volume_size = 8
    iops        = 4000
    throughput  = 250
  }
  ebs_block_device {
    device_name = "/dev/sdg"
    volume_type = "io1"
    volume_size = 4
    iops        = 100
  }
  ebs_block_device {
    device_name = "/dev/sdh"
    volume_type = "io2"
    volume_size = 4
    iops        = 200
  }
  ebs_block_device {
    device_name = "/dev/sdi"
    volume_type = "st1"
    volume_size = 125
  }
  ebs_block_device {
    device_name = "/dev/sdj"
    volume_type = "sc1"
    volume_size = 125
  }`,
  disk_from_snapshot: `ebs_block_device {
    device_name = "/dev/xvdb"
    snapshot_id = var.snapshot
  }`,
  disk_kept: `ebs_block_device {
    device_name           = "/dev/sdf"
    volume_size           = 1
    delete_on_termination = false
    tags                  = { Of = "disk" }
  }`,
  disk_tagged: `
  root_block_device { tags = { Of = "root" } }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
    tags        = { Of = "disk" }
  }`,
  disks_and_volume_tags: `
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
  }
  volume_tags = { Of = "both" }`,
  instance_store: `ephemeral_block_device {
    device_name  = "/dev/sdb"
    virtual_name = "ephemeral0"
  }`,
  no_instance_store: `ephemeral_block_device {
    device_name = "/dev/sdb"
    no_device   = true
  }`,

  'aws_ami.instance_store': ami(
    'instance_store',
    `virtualization_type = "hvm"
  ephemeral_block_device {
    device_name  = "/dev/sdb"
    virtual_name = "ephemeral0"
  }`,
  ),

  'aws_ebs_volume.of_no_type': 'size = 1',
  'aws_ebs_volume.standard': `size = 1
  type = "standard"`,
  'aws_ebs_volume.gp2': `size = 1
  type = "gp2"`,
  'aws_ebs_volume.gp3': `size = 1
  type = "gp3"`,
  'aws_ebs_volume.gp3_fast': `size       = 8
  type       = "gp3"
  iops       = 4000
  throughput = 250`,
  'aws_ebs_volume.io1': `size = 4
  type = "io1"
  iops = 100`,
  'aws_ebs_volume.io2': `size = 4
  type = "io2"
  iops = 200`,
  'aws_ebs_volume.st1': `size = 125
  type = "st1"`,
  'aws_ebs_volume.sc1': `size = 125
  type = "sc1"`,
  'aws_ebs_volume.not_encrypted': `size                 = 1
  encrypted            = false
  multi_attach_enabled = false`,
  'aws_ebs_volume.from_snapshot': 'snapshot_id = var.snapshot',
  'aws_ebs_volume.larger_than_snapshot': `snapshot_id = var.snapshot
  size        = 3`,

  // What the guest is told
  user_data: 'user_data = "#!/bin/sh\\necho hello\\n"',
  user_data_base64: 'user_data_base64 = base64encode("#!/bin/sh\\necho hello\\n")',
  user_data_replaced: `user_data                   = "#cloud-config\\n"
  user_data_replace_on_change = true`,
  key_name: 'key_name = var.key_name',
  password_data: 'get_password_data = false',
  metadata_all: `metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 64
    http_protocol_ipv6          = "enabled"
    instance_metadata_tags      = "enabled"
  }`,
  metadata_none: `metadata_options {
    http_endpoint               = "disabled"
    http_tokens                 = "optional"
    http_put_response_hop_limit = 1
    http_protocol_ipv6          = "disabled"
    instance_metadata_tags      = "disabled"
  }`,
  tagged: 'tags = { Name = "tagged", Of = "instance", Empty = "" }',
  tagged_as_by_default: 'tags = { Made = "terraform" }',

  // What it runs on
  ebs_optimized: 'ebs_optimized = true',
  not_ebs_optimized: 'ebs_optimized = false',
  monitored: 'monitoring = true',
  not_monitored: 'monitoring = false',
  not_protected: `disable_api_termination = false
  disable_api_stop        = false`,
  shutdown_stop: 'instance_initiated_shutdown_behavior = "stop"',
  shutdown_terminate: 'instance_initiated_shutdown_behavior = "terminate"',
  no_hibernation: 'hibernation = false',
  tenancy: 'tenancy = "default"',
  zone: 'availability_zone = "us-east-1b"',
  cpu_options: `cpu_options {
    core_count       = 1
    threads_per_core = 1
  }`,
  cpu_options_old: `cpu_core_count       = 1
  cpu_threads_per_core = 1`,
  one_thread_per_core: 'cpu_options { threads_per_core = 1 }',
  no_confidential_computing: 'cpu_options { amd_sev_snp = "disabled" }',
  credits: 'credit_specification { cpu_credits = "standard" }',
  // The provider asks for unlimited credits for every type of this name
  burstable: `instance_type = "t3.micro"
  credit_specification { cpu_credits = "standard" }`,
  burstable_by_default: 'instance_type = "t3.micro"',
  reservations_open: 'capacity_reservation_specification { capacity_reservation_preference = "open" }',
  reservations_none: 'capacity_reservation_specification { capacity_reservation_preference = "none" }',
  no_enclave: 'enclave_options { enabled = false }',
  recovery: 'maintenance_options { auto_recovery = "default" }',
  no_recovery: 'maintenance_options { auto_recovery = "disabled" }',

  // Networks
  subnet: 'subnet_id = "subnet-00000000"',
  private_ip: 'private_ip = "10.0.1.100"',
  private_ip_in_subnet: `subnet_id  = "subnet-00000000"
  private_ip = "10.0.1.101"`,
  groups_by_id: `vpc_security_group_ids = ["${DEFAULT_GROUP}"]`,
  groups_by_name: 'security_groups = ["default"]',
  'aws_security_group.web': `name        = "web"
  description = "what the web may do"
  vpc_id      = data.aws_vpc.default.id
  ingress {
    description = "from everywhere"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
  tags = { Name = "web" }`,
  'aws_security_group.bare': 'name_prefix = "bare-"',
  'aws_vpc_security_group_ingress_rule.ssh': `security_group_id = aws_security_group.bare.id
  description       = "from the office"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "192.0.2.0/24"
  tags              = { Name = "ssh" }`,
  'aws_vpc_security_group_ingress_rule.members': `security_group_id            = aws_security_group.bare.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432`,
  'aws_default_security_group.default': `vpc_id = data.aws_vpc.default.id
  ingress {
    protocol  = "-1"
    self      = true
    from_port = 0
    to_port   = 0
  }
  egress {
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
    from_port   = 0
    to_port     = 0
  }`,
  group_of_its_own: 'vpc_security_group_ids = [aws_security_group.web.id]',
  'aws_vpc_security_group_egress_rule.all': `security_group_id = aws_security_group.bare.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"`,
  no_public_ip: `subnet_id                   = "subnet-00000000"
  associate_public_ip_address = false`,
  public_ip: `subnet_id                   = "subnet-00000000"
  associate_public_ip_address = true
  vpc_security_group_ids      = ["${DEFAULT_GROUP}"]
  private_ip                  = "10.0.1.102"`,
  secondary_ips: `subnet_id             = "subnet-00000000"
  private_ip            = "10.0.1.103"
  secondary_private_ips = ["10.0.1.200", "10.0.1.201"]`,
  'aws_network_interface.front': `subnet_id         = "subnet-00000000"
  description       = "the front"
  private_ips       = ["10.0.1.110"]
  security_groups   = [aws_security_group.web.id]
  source_dest_check = false
  tags              = { Name = "front" }`,
  'aws_network_interface.back': `subnet_id   = "subnet-00000000"
  description = "the back"`,
  interfaces: `network_interface {
    device_index         = 0
    network_interface_id = aws_network_interface.front.id
  }`,
  'aws_eip.front': `domain            = "vpc"
  network_interface = aws_network_interface.front.id`,
  not_checked: 'source_dest_check = false',
  no_ipv6: 'ipv6_address_count = 0',
  names: `private_dns_name_options {
    hostname_type                        = "ip-name"
    enable_resource_name_dns_a_record    = false
    enable_resource_name_dns_aaaa_record = false
  }`,
}

const UNSUPPORTED = 'UnsupportedOperation'

/** For a code, where the provider looks for something before it asks for anything, and tells of it itself. */
export const OWN_WORDS = ''
const NO_TEMPLATE = "reading EC2 Launch Template versions: couldn't find resource"

/** A refusal's code and what its message names, by the name of the resource, and the arguments that it is for. */
export const refused: Readonly<Record<string, readonly [code: string, named: string, args: string]>> = {
  root_encrypted: [UNSUPPORTED, 'Encrypted', 'root_block_device { encrypted = true }'],
  root_kms: [
    UNSUPPORTED,
    'KmsKeyId',
    `root_block_device {
    kms_key_id = "arn:aws:kms:us-east-1:000000000002:key/00000000-0000-0000-0000-000000000000"
  }`,
  ],
  root_without_iops: [
    'MissingParameter',
    'iops',
    `root_block_device {
    volume_type = "io1"
    volume_size = 4
  }`,
  ],
  root_throughput: [
    'InvalidParameterValue',
    'Throughput',
    `root_block_device {
    volume_type = "gp3"
    throughput  = 1000
  }`,
  ],
  disk_encrypted: [
    UNSUPPORTED,
    'Encrypted',
    `ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
    encrypted   = true
  }`,
  ],
  disk_kms: [
    UNSUPPORTED,
    'KmsKeyId',
    `ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
    kms_key_id  = "arn:aws:kms:us-east-1:000000000002:key/00000000-0000-0000-0000-000000000000"
  }`,
  ],
  disk_unknown_snapshot: [
    'InvalidSnapshot.NotFound',
    'snap-0123456789abcdef0',
    `ebs_block_device {
    device_name = "/dev/sdf"
    snapshot_id = "snap-0123456789abcdef0"
  }`,
  ],
  disk_without_size: ['MissingParameter', 'size or snapshotId', 'ebs_block_device { device_name = "/dev/sdf" }'],
  disks_clash: [
    'InvalidBlockDeviceMapping',
    'xvdf',
    `
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 1
  }
  ebs_block_device {
    device_name = "/dev/xvdf"
    volume_size = 1
  }`,
  ],
  key_name: ['InvalidKeyPair.NotFound', 'nobody', 'key_name = "nobody"'],
  type: ['InvalidParameterValue', 'm5.metal', 'instance_type = "m5.metal"'],
  image: ['InvalidAMIID.NotFound', 'ami-0123456789abcdef0', 'ami = "ami-0123456789abcdef0"'],
  zone: ['InvalidParameterValue', 'us-east-1z', 'availability_zone = "us-east-1z"'],
  profile: [UNSUPPORTED, 'IamInstanceProfile', 'iam_instance_profile = "someone"'],
  template_by_id: [OWN_WORDS, NO_TEMPLATE, 'launch_template { id = "lt-0123456789abcdef0" }'],
  template_by_name: [OWN_WORDS, NO_TEMPLATE, 'launch_template { name = "mine" }'],
  spot: [UNSUPPORTED, 'InstanceMarketOptions', 'instance_market_options { market_type = "spot" }'],
  dedicated: [UNSUPPORTED, 'Placement.Tenancy', 'tenancy = "dedicated"'],
  host: [UNSUPPORTED, 'Placement', 'host_id = "h-0123456789abcdef0"'],
  host_group: [
    UNSUPPORTED,
    'Placement.HostResourceGroupArn',
    'host_resource_group_arn = "arn:aws:resource-groups:us-east-1:000000000002:group/mine"',
  ],
  placement_group: ['InvalidPlacementGroup.Unknown', 'mine', 'placement_group = "mine"'],
  partition: [
    UNSUPPORTED,
    'Placement',
    `placement_group            = "mine"
  placement_partition_number = 2`,
  ],
  hibernation: [UNSUPPORTED, 'HibernationOptions', 'hibernation = true'],
  enclave: [UNSUPPORTED, 'EnclaveOptions', 'enclave_options { enabled = true }'],
  cores: [
    UNSUPPORTED,
    'CpuOptions.CoreCount',
    `cpu_options {
    core_count       = 2
    threads_per_core = 1
  }`,
  ],
  threads: [
    UNSUPPORTED,
    'CpuOptions.ThreadsPerCore',
    `cpu_options {
    core_count       = 1
    threads_per_core = 2
  }`,
  ],
  confidential_computing: [UNSUPPORTED, 'CpuOptions.AmdSevSnp', 'cpu_options { amd_sev_snp = "enabled" }'],
  reservation: [
    UNSUPPORTED,
    'CapacityReservationSpecification',
    `capacity_reservation_specification {
    capacity_reservation_target { capacity_reservation_id = "cr-0123456789abcdef0" }
  }`,
  ],
  shutdown: ['InvalidParameterValue', 'hibernate', 'instance_initiated_shutdown_behavior = "hibernate"'],
  subnet: ['InvalidSubnetID.NotFound', 'subnet-000000ff', 'subnet_id = "subnet-000000ff"'],
  group_by_id: ['InvalidGroup.NotFound', 'sg-000000ff', 'vpc_security_group_ids = ["sg-000000ff"]'],
  group_by_name: ['InvalidGroup.NotFound', 'nobody', 'security_groups = ["nobody"]'],
  private_ip: ['InvalidParameterValue', '192.0.2.1', 'private_ip = "192.0.2.1"'],
  ipv6_count: [UNSUPPORTED, 'Ipv6AddressCount', 'ipv6_address_count = 1'],
  ipv6: [UNSUPPORTED, 'Ipv6Address', 'ipv6_addresses = ["2001:db8::1"]'],
  interface: [
    'InvalidNetworkInterfaceID.NotFound',
    'eni-0123456789abcdef0',
    `network_interface {
    device_index         = 0
    network_interface_id = "eni-0123456789abcdef0"
  }`,
  ],
  resource_name: [
    UNSUPPORTED,
    'PrivateDnsNameOptions.HostnameType',
    'private_dns_name_options { hostname_type = "resource-name" }',
  ],

  // Other resources
  'aws_ebs_volume.encrypted': [
    UNSUPPORTED,
    'Encrypted',
    `size      = 1
  encrypted = true`,
  ],
  'aws_ebs_volume.kms': [
    UNSUPPORTED,
    'Encrypted',
    `size       = 1
  encrypted  = true
  kms_key_id = "arn:aws:kms:us-east-1:000000000002:key/00000000-0000-0000-0000-000000000000"`,
  ],
  'aws_ebs_volume.multi_attach': [
    UNSUPPORTED,
    'MultiAttachEnabled',
    `size                 = 4
  type                 = "io1"
  iops                 = 100
  multi_attach_enabled = true`,
  ],
  'aws_ebs_volume.too_small': [
    'InvalidParameterValue',
    'too small',
    `size = 1
  type = "st1"`,
  ],
  'aws_ebs_volume.outpost': [
    UNSUPPORTED,
    'OutpostArn',
    `size        = 1
  outpost_arn = "arn:aws:outposts:us-east-1:000000000002:outpost/op-0123456789abcdef0"`,
  ],
  'aws_ebs_snapshot.outpost': [
    UNSUPPORTED,
    'OutpostArn',
    `volume_id   = var.volume
  outpost_arn = "arn:aws:outposts:us-east-1:000000000002:outpost/op-0123456789abcdef0"`,
  ],
  'aws_ebs_snapshot_copy.encrypted': [
    UNSUPPORTED,
    'Encrypted',
    `source_snapshot_id = var.snapshot
  source_region      = "us-east-1"
  encrypted          = true`,
  ],
  'aws_ami_copy.encrypted': [
    UNSUPPORTED,
    'Encrypted',
    `name              = "encrypted"
  source_ami_id     = var.image
  source_ami_region = "us-east-1"
  encrypted         = true`,
  ],
  'aws_ami.uefi': [UNSUPPORTED, 'BootMode', ami('uefi', 'boot_mode = "uefi"')],
  'aws_ami.tpm': [UNSUPPORTED, 'TpmSupport', ami('tpm', 'tpm_support = "v2.0"')],
  'aws_ami.imds': [UNSUPPORTED, 'ImdsSupport', ami('imds', 'imds_support = "v2.0"')],
  'aws_ami.paravirtual': [UNSUPPORTED, 'VirtualizationType', ami('paravirtual', 'virtualization_type = "paravirtual"')],
  'aws_eip.pool': [
    UNSUPPORTED,
    'CustomerOwnedIpv4Pool',
    'customer_owned_ipv4_pool = "ipv4pool-coip-0123456789abcdef0"',
  ],
}

function ami(name: string, more: string): string {
  return `name             = "${name}"
  root_device_name = "/dev/sda1"
  ${more}
  ebs_block_device {
    device_name = "/dev/sda1"
    snapshot_id = var.snapshot
  }`
}

/** What each kind has unless it is said otherwise. */
const usual: Readonly<Record<string, Resources>> = {
  aws_instance: { ami: 'var.image', instance_type: '"m1.small"' },
  aws_ebs_volume: { availability_zone: '"us-east-1a"' },
}

/** The kind and the name of a resource, as Terraform addresses it. */
export const addressOf = (name: string): string => (name.includes('.') ? name : `aws_instance.${name}`)

/** Resources in Terraform's language. */
export const written = (resources: Resources): string =>
  Object.entries(resources)
    .map(([name, args]) => {
      const [kind = '', of = ''] = addressOf(name).split('.')
      const more = Object.entries(usual[kind] ?? {}).filter(
        ([argument]) => !new RegExp(`^${argument}\\b`, 'm').test(args),
      )
      const lines = [...more.map(([argument, value]) => `${argument} = ${value}`), args]
      return `resource "${kind}" "${of}" {\n  ${lines.join('\n  ')}\n}\n`
    })
    .join('\n')
