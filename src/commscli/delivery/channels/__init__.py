"""The channels: one small file each, behind the one protocol of ``channel``."""
