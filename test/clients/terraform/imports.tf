# A disk of the account's bucket as a snapshot, an AMI of it, and everybody who may launch that.

variable "bucket" { type = string }

resource "aws_ebs_snapshot_import" "disk" {
  description = "a disk of the bucket"
  tags        = { Of = "bucket" }

  disk_container {
    description = "debian"
    format      = "RAW"

    user_bucket {
      s3_bucket = var.bucket
      s3_key    = "debian.img"
    }
  }
}

resource "aws_ami" "imported" {
  name                = "imported"
  virtualization_type = "hvm"
  root_device_name    = "/dev/sda1"

  ebs_block_device {
    device_name = "/dev/sda1"
    snapshot_id = aws_ebs_snapshot_import.disk.id
  }
}

resource "aws_ami_launch_permission" "everybody" {
  image_id = aws_ami.imported.id
  group    = "all"
}

output "imported_gib" { value = aws_ebs_snapshot_import.disk.volume_size }
output "shared_with" { value = aws_ami_launch_permission.everybody.group }
