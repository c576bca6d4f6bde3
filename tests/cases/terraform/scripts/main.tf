variable "chat_model" {
  default = "amazon.nova-lite-v1:0"
}

variable "open_model" {}

resource "aws_instance" "written_out" {
  user_data = <<-EOT
    #!/bin/bash
    # was amazon.nova-premier-v1:0
    echo "CHAT_MODEL=${var.chat_model}" >> /etc/environment
    export SUMMARY_MODEL=us.amazon.nova-pro-v1:0 OPEN_MODEL=${var.open_model}
  EOT
}

resource "aws_launch_template" "from_a_file" {
  user_data = base64encode(templatefile("${path.module}/start.sh.tftpl", { model_id = var.chat_model }))
}

resource "aws_instance" "without_a_model" {
  user_data = "#!/bin/bash\necho amazon.linux.2"
}
