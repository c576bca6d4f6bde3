variable "model" {}

resource "local_file" "note" {
  content  = "we use ${var.model}"
  filename = "note.txt"
}
