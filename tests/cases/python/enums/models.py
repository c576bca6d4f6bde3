from enum import Enum, StrEnum


class Text(Enum):
    SMALL = "amazon.nova-micro-v1:0"
    LARGE = "us.amazon.nova-premier-v1:0"

    @property
    def scoped(self):
        return f"eu.{self.value}"

    @classmethod
    def default(cls):
        return cls.SMALL


class Embedding(StrEnum):
    TITAN = "amazon.titan-embed-text-v2:0"
