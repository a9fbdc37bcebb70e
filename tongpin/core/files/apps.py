"""Django's name for files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files (文件): pictures and recordings, drawn anew before they are kept."""

    name = "tongpin.core.files"
    label = "files"
